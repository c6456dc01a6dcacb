//! The classes of the core: what the language itself needs.

pub(crate) mod attributes;
pub(crate) mod closure;
pub(crate) mod enums;
pub(crate) mod exceptions;
pub(crate) mod interfaces;
pub(crate) mod std_class;
mod trace;
pub(crate) mod weak;

use crate::native::{Extension, NativeClass};

pub use exceptions::CANCELLATION;
pub use interfaces::internal_iterator::wrap as internal_iterator;
pub(crate) use trace::{escaped, float_text, text as trace_text};

/// What the language itself declares.
pub static CORE: Extension = Extension {
    name: "Core",
    version: crate::request::PHP_VERSION,
    functions: &[],
    classes: CLASSES,
    consts: &[],
    ini: &[],
    request_start: None,
    request_end: None,
};

/// All of them.
pub static CLASSES: &[&NativeClass] = &[
    &std_class::STD_CLASS,
    &std_class::INCOMPLETE_CLASS,
    &interfaces::TRAVERSABLE,
    &interfaces::ITERATOR_AGGREGATE,
    &interfaces::ITERATOR,
    &interfaces::SERIALIZABLE,
    &interfaces::ARRAY_ACCESS,
    &interfaces::COUNTABLE,
    &interfaces::STRINGABLE,
    &interfaces::UNIT_ENUM,
    &interfaces::BACKED_ENUM,
    &interfaces::INTERNAL_ITERATOR,
    &exceptions::THROWABLE,
    &exceptions::EXCEPTION,
    &exceptions::ERROR_EXCEPTION,
    &exceptions::ERROR,
    &exceptions::COMPILE_ERROR,
    &exceptions::PARSE_ERROR,
    &exceptions::TYPE_ERROR,
    &exceptions::ARGUMENT_COUNT_ERROR,
    &exceptions::VALUE_ERROR,
    &exceptions::ARITHMETIC_ERROR,
    &exceptions::DIVISION_BY_ZERO_ERROR,
    &exceptions::UNHANDLED_MATCH_ERROR,
    &exceptions::CLOSED_GENERATOR_EXCEPTION,
    &closure::CLOSURE,
    &crate::generator::GENERATOR,
    &crate::fiber::FIBER,
    &crate::fiber::FIBER_ERROR,
    &weak::WEAK_REFERENCE,
    &weak::WEAK_MAP,
    &attributes::ATTRIBUTE,
    &attributes::RETURN_TYPE_WILL_CHANGE,
    &attributes::ALLOW_DYNAMIC_PROPERTIES,
    &attributes::SENSITIVE_PARAMETER,
    &attributes::SENSITIVE_PARAMETER_VALUE,
    &attributes::OVERRIDE,
    &attributes::DEPRECATED,
];
