//! ReflectionExtension.

use crate::state::{HOOKS, Subject, fail, make, set_subject, subject};
use phalanx_macros::{native_class, php_method};
use phalanx_value::{ObjRef, PhpArray, PhpString, Value};
use phalanx_vm::native::Extension;
use phalanx_vm::{Context, PhpResult};

native_class! {
    /// <https://www.php.net/class.reflectionextension>
    pub static REFLECTION_EXTENSION = "class ReflectionExtension implements Reflector";
    flags: not_serializable;
    hooks: HOOKS;
    prop "public string $name";
    methods: CONSTRUCT, TO_STRING, GET_NAME, GET_VERSION, GET_CLASS_NAMES, IS_PERSISTENT, IS_TEMPORARY;
}

/// The object of an extension.
pub fn object_of(cx: &mut Context, extension: &'static Extension) -> PhpResult<ObjRef> {
    let name = PhpString::from(extension.name);
    make(cx, "reflectionextension", Subject::Extension(extension), &[&name])
}

fn own(cx: &mut Context, this: &ObjRef) -> PhpResult<&'static Extension> {
    match subject(this) {
        Subject::Extension(extension) => Ok(extension),
        _ => Err(cx.throw_error(
            "Typed property ReflectionExtension::$name must not be accessed before initialization",
        )),
    }
}

#[php_method("ReflectionExtension::__construct(string $name)", rename = CONSTRUCT)]
fn construct(cx: &mut Context, this: &ObjRef, name: &PhpString) -> PhpResult {
    let found = cx.extensions().iter().copied().find(|one| one.name.as_bytes().eq_ignore_ascii_case(name));
    let Some(extension) = found else {
        return Err(fail(cx, format!("Extension \"{name}\" does not exist")));
    };
    this.set_slot(0, Value::str(extension.name));
    set_subject(this, Subject::Extension(extension));
    Ok(())
}

#[php_method("ReflectionExtension::__toString(): string", rename = TO_STRING)]
fn to_string(cx: &mut Context, this: &ObjRef) -> PhpResult<String> {
    let own = own(cx, this)?;
    Ok(format!("Extension [ <persistent> extension #0 {} version {} ] {{\n}}\n", own.name, own.version))
}

#[php_method("ReflectionExtension::getName(): string", tentative)]
fn get_name(cx: &mut Context, this: &ObjRef) -> PhpResult<&'static str> {
    Ok(own(cx, this)?.name)
}

#[php_method("ReflectionExtension::getVersion(): ?string", tentative)]
fn get_version(cx: &mut Context, this: &ObjRef) -> PhpResult<&'static str> {
    Ok(own(cx, this)?.version)
}

#[php_method("ReflectionExtension::getClassNames(): array", tentative)]
fn get_class_names(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpArray> {
    Ok(own(cx, this)?.classes.iter().map(|class| Value::str(class.name)).collect())
}

#[php_method("ReflectionExtension::isPersistent(): bool", tentative)]
fn is_persistent(this: &ObjRef) -> bool {
    let _ = this;
    true
}

#[php_method("ReflectionExtension::isTemporary(): bool", tentative)]
fn is_temporary(this: &ObjRef) -> bool {
    let _ = this;
    false
}
