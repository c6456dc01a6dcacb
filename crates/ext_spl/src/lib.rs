//! PHP's SPL: exceptions, iterators, data structures, and functions on objects and class loaders.
#![forbid(unsafe_code)]

mod exceptions;
mod functions;

use phalanx_vm::native::Extension;
use phalanx_vm::request::PHP_VERSION;

/// The extension.
pub static SPL: Extension = Extension {
    name: "SPL",
    version: PHP_VERSION,
    functions: &[functions::FUNCTIONS],
    classes: &[
        &exceptions::LOGIC_EXCEPTION,
        &exceptions::BAD_FUNCTION_CALL_EXCEPTION,
        &exceptions::BAD_METHOD_CALL_EXCEPTION,
        &exceptions::DOMAIN_EXCEPTION,
        &exceptions::INVALID_ARGUMENT_EXCEPTION,
        &exceptions::LENGTH_EXCEPTION,
        &exceptions::OUT_OF_RANGE_EXCEPTION,
        &exceptions::RUNTIME_EXCEPTION,
        &exceptions::OUT_OF_BOUNDS_EXCEPTION,
        &exceptions::OVERFLOW_EXCEPTION,
        &exceptions::RANGE_EXCEPTION,
        &exceptions::UNDERFLOW_EXCEPTION,
        &exceptions::UNEXPECTED_VALUE_EXCEPTION,
    ],
    consts: &[],
    ini: &[],
    request_start: None,
    request_end: None,
};
