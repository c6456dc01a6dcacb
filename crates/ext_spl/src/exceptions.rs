//! The exceptions of the SPL: names alone, everything they do is Exception's.

use phalanx_macros::native_class;

native_class! {
    /// <https://www.php.net/class.logicexception>
    pub static LOGIC_EXCEPTION = "class LogicException extends Exception";
}

native_class! {
    /// <https://www.php.net/class.badfunctioncallexception>
    pub static BAD_FUNCTION_CALL_EXCEPTION = "class BadFunctionCallException extends LogicException";
}

native_class! {
    /// <https://www.php.net/class.badmethodcallexception>
    pub static BAD_METHOD_CALL_EXCEPTION = "class BadMethodCallException extends BadFunctionCallException";
}

native_class! {
    /// <https://www.php.net/class.domainexception>
    pub static DOMAIN_EXCEPTION = "class DomainException extends LogicException";
}

native_class! {
    /// <https://www.php.net/class.invalidargumentexception>
    pub static INVALID_ARGUMENT_EXCEPTION = "class InvalidArgumentException extends LogicException";
}

native_class! {
    /// <https://www.php.net/class.lengthexception>
    pub static LENGTH_EXCEPTION = "class LengthException extends LogicException";
}

native_class! {
    /// <https://www.php.net/class.outofrangeexception>
    pub static OUT_OF_RANGE_EXCEPTION = "class OutOfRangeException extends LogicException";
}

native_class! {
    /// <https://www.php.net/class.runtimeexception>
    pub static RUNTIME_EXCEPTION = "class RuntimeException extends Exception";
}

native_class! {
    /// <https://www.php.net/class.outofboundsexception>
    pub static OUT_OF_BOUNDS_EXCEPTION = "class OutOfBoundsException extends RuntimeException";
}

native_class! {
    /// <https://www.php.net/class.overflowexception>
    pub static OVERFLOW_EXCEPTION = "class OverflowException extends RuntimeException";
}

native_class! {
    /// <https://www.php.net/class.rangeexception>
    pub static RANGE_EXCEPTION = "class RangeException extends RuntimeException";
}

native_class! {
    /// <https://www.php.net/class.underflowexception>
    pub static UNDERFLOW_EXCEPTION = "class UnderflowException extends RuntimeException";
}

native_class! {
    /// <https://www.php.net/class.unexpectedvalueexception>
    pub static UNEXPECTED_VALUE_EXCEPTION = "class UnexpectedValueException extends RuntimeException";
}
