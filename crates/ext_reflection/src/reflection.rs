//! The class Reflection, the interface Reflector and the exception.

use crate::show;
use phalanx_macros::{native_class, php_method};
use phalanx_value::{PhpArray, Value};
use phalanx_vm::class::ClassRef;

native_class! {
    /// <https://www.php.net/class.reflectionexception>
    pub static REFLECTION_EXCEPTION = "class ReflectionException extends Exception";
}

native_class! {
    /// <https://www.php.net/class.reflector>
    pub static REFLECTOR = "interface Reflector extends Stringable";
}

native_class! {
    /// <https://www.php.net/class.reflection>
    pub static REFLECTION = "class Reflection";
    methods: GET_MODIFIER_NAMES;
}

#[php_method("static Reflection::getModifierNames(int $modifiers): array", tentative)]
fn get_modifier_names(class: ClassRef, modifiers: i64) -> PhpArray {
    let _ = class;
    show::modifier_names(modifiers).into_iter().map(Value::str).collect()
}
