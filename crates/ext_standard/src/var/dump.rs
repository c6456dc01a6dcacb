//! `var_dump()` and `debug_zval_refcount()`'s kin `debug_zval_dump()`.

use super::props::{self, Prop, Visibility};
use phalanx_macros::php_fn;
use phalanx_value::{Key, ObjRef, PhpArray, Value, View};
use phalanx_vm::class::ClassRef;
use phalanx_vm::convert::class_name;
use phalanx_vm::lazy;
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult, flags};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&VAR_DUMP, &DEBUG_ZVAL_DUMP];

/// <https://www.php.net/var_dump>
#[php_fn("var_dump(mixed $value, mixed ...$values): void")]
fn var_dump(cx: &mut Context, value: Value, values: &[Value]) -> PhpResult<()> {
    for value in std::iter::once(&value).chain(values) {
        Dumper { out: Vec::new(), counts: false }.top(cx, value)?;
    }
    Ok(())
}

/// <https://www.php.net/debug_zval_dump>
#[php_fn("debug_zval_dump(mixed $value, mixed ...$values): void")]
fn debug_zval_dump(cx: &mut Context, value: Value, values: &[Value]) -> PhpResult<()> {
    for value in std::iter::once(&value).chain(values) {
        Dumper { out: Vec::new(), counts: true }.top(cx, value)?;
    }
    Ok(())
}

/// Text is collected and written before PHP code can run, so that both come out in order.
struct Dumper {
    out: Vec<u8>,
    /// Whether reference counts are shown.
    counts: bool,
}

impl Dumper {
    fn top(mut self, cx: &mut Context, value: &Value) -> PhpResult {
        self.value(cx, value, 0)?;
        self.flush(cx)
    }

    fn flush(&mut self, cx: &mut Context) -> PhpResult {
        let out = std::mem::take(&mut self.out);
        cx.echo(&out)
    }

    fn text(&mut self, text: impl AsRef<[u8]>) {
        self.out.extend_from_slice(text.as_ref());
    }

    fn indent(&mut self, level: usize) {
        self.out.resize(self.out.len() + level, b' ');
    }

    fn value(&mut self, cx: &mut Context, value: &Value, level: usize) -> PhpResult {
        self.indent(level);
        if let Some(reference) = value.as_ref() {
            let inner = reference.get();
            if self.counts {
                self.text(format!("reference refcount({}) {{\n", reference.ref_count()));
                self.value(cx, &inner, level + 2)?;
                self.indent(level);
                self.text("}\n");
                return Ok(());
            }
            let shared = reference.ref_count() > 1;
            return self.plain(cx, &inner, level, if shared { "&" } else { "" });
        }
        self.plain(cx, value, level, "")
    }

    /// `mark` is what stands before the value: `&` for a reference.
    fn plain(&mut self, cx: &mut Context, value: &Value, level: usize, mark: &str) -> PhpResult {
        match value.view() {
            View::Undef | View::Null | View::Internal => self.text(format!("{mark}NULL\n")),
            View::Bool(on) => self.text(format!("{mark}bool({on})\n")),
            View::Int(int) => self.text(format!("{mark}int({int})\n")),
            View::Float(float) => {
                let digits = cx.ini.serialize_precision;
                self.text(format!("{mark}float("));
                self.text(super::float_text(float, digits));
                self.text(")\n");
            }
            View::Str(string) => {
                self.text(format!("{mark}string({}) \"", string.len()));
                self.text(string);
                self.text("\"");
                if self.counts {
                    self.count(value);
                }
                self.text("\n");
            }
            View::Array(array) => cx.nested(|cx| self.array(cx, value, array, level, mark))?,
            View::Object(object) => cx.nested(|cx| self.object(cx, value, object, level, mark))?,
            View::Resource(resource) => {
                self.text(format!("{mark}resource({}) of type ({})", resource.id(), resource.type_name()));
                if self.counts {
                    self.count(value);
                }
                self.text("\n");
            }
            View::Ref(reference) => return self.plain(cx, &reference.get(), level, mark),
        }
        Ok(())
    }

    /// ` refcount(N)` or ` interned`.
    fn count(&mut self, value: &Value) {
        match value.refcount() {
            Some(count) => self.text(format!(" refcount({count})")),
            None => self.text(" interned"),
        }
    }

    fn array(
        &mut self,
        cx: &mut Context,
        value: &Value,
        array: &PhpArray,
        level: usize,
        mark: &str,
    ) -> PhpResult {
        if !array.enter() {
            self.text("*RECURSION*\n");
            return Ok(());
        }
        self.text(format!("{mark}array({})", array.len()));
        if self.counts {
            if !array.is_hash() && !array.is_empty() {
                self.text(" packed");
            }
            self.count(value);
            if array.is_immutable() {
                self.text(" ");
            }
            self.text("{\n");
        } else {
            self.text(" {\n");
        }
        let result = self.elements(cx, array, level);
        array.leave();
        result?;
        self.close(level);
        Ok(())
    }

    fn elements(&mut self, cx: &mut Context, array: &PhpArray, level: usize) -> PhpResult {
        for (key, value) in array {
            self.indent(level + 2);
            self.key(key);
            self.value(cx, value, level + 2)?;
        }
        Ok(())
    }

    fn key(&mut self, key: Key<'_>) {
        match key {
            Key::Int(int) => self.text(format!("[{int}]=>\n")),
            Key::Str(name) => {
                self.text("[\"");
                self.text(name);
                self.text("\"]=>\n");
            }
        }
    }

    fn object(
        &mut self,
        cx: &mut Context,
        value: &Value,
        object: &ObjRef,
        level: usize,
        mark: &str,
    ) -> PhpResult {
        let class = ClassRef::of(object);
        if class.has(flags::class::ENUM) && !self.counts {
            let case = object.get_slot(0);
            self.text(format!("{mark}enum("));
            self.text(&class.name);
            self.text("::");
            self.text(case.as_bytes().unwrap_or(b""));
            self.text(")\n");
            return Ok(());
        }
        if !object.enter() {
            self.text("*RECURSION*\n");
            return Ok(());
        }
        let result = self.object_body(cx, value, object, class, (level, mark));
        object.leave();
        result
    }

    fn object_body(
        &mut self,
        cx: &mut Context,
        value: &Value,
        object: &ObjRef,
        class: ClassRef,
        (level, mark): (usize, &str),
    ) -> PhpResult {
        self.flush(cx)?;
        let props = props::shown(cx, object)?;
        let count = props.iter().filter(|prop| !prop.value.is_undef()).count();
        let kind = match (lazy::is_proxy(object), lazy::is_uninitialized(object)) {
            (true, _) => "lazy proxy ",
            (false, true) => "lazy ghost ",
            (false, false) => "",
        };
        self.text(format!("{mark}{kind}object("));
        self.text(class_name(class));
        self.text(format!(")#{} ({count})", object.handle()));
        if self.counts {
            self.count(value);
            self.text("{\n");
        } else {
            self.text(" {\n");
        }
        for prop in &props {
            self.prop(cx, prop, level + 2)?;
        }
        self.close(level);
        Ok(())
    }

    fn prop(&mut self, cx: &mut Context, prop: &Prop, level: usize) -> PhpResult {
        self.indent(level);
        self.text("[");
        match prop.name.as_key() {
            Key::Int(int) => self.text(format!("{int}")),
            Key::Str(name) => {
                self.text("\"");
                self.text(name);
                self.text("\"");
            }
        }
        match &prop.visibility {
            Visibility::Public => {}
            Visibility::Protected => self.text(":protected"),
            Visibility::Private(class) => {
                self.text(":\"");
                self.text(&class[..memchr::memchr(0, class).unwrap_or(class.len())]);
                self.text("\":private");
            }
        }
        self.text("]=>\n");
        if prop.value.is_undef() {
            self.indent(level);
            self.text(format!("uninitialized({})\n", super::type_text(prop.info)));
            return Ok(());
        }
        self.value(cx, &prop.value, level)
    }

    fn close(&mut self, level: usize) {
        self.indent(level);
        self.text("}\n");
    }
}
