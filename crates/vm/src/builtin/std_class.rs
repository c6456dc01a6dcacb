//! `stdClass`, and what unserialized objects of unknown classes become.

use phalanx_macros::native_class;

native_class! {
    /// <https://www.php.net/class.stdclass>
    pub(crate) static STD_CLASS = "class stdClass";
    flags: allow_dynamic_props;
}

native_class! {
    /// <https://www.php.net/class.__php_incomplete_class>
    pub(crate) static INCOMPLETE_CLASS = "final class __PHP_Incomplete_Class";
    flags: allow_dynamic_props;
}
