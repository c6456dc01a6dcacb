//! PHP's SPL: exceptions, iterators, data structures, and functions on objects and class loaders.
#![forbid(unsafe_code)]

mod array;
mod dual;
mod exceptions;
mod files;
mod fixed;
mod functions;
mod heap;
mod interfaces;
mod list;
mod recursive;
mod storage;
mod util;

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
        &interfaces::OUTER_ITERATOR,
        &interfaces::RECURSIVE_ITERATOR,
        &interfaces::SEEKABLE_ITERATOR,
        &interfaces::SPL_OBSERVER,
        &interfaces::SPL_SUBJECT,
        &array::ARRAY_OBJECT,
        &array::ARRAY_ITERATOR,
        &array::RECURSIVE_ARRAY_ITERATOR,
        &dual::ITERATOR_ITERATOR,
        &dual::FILTER_ITERATOR,
        &dual::RECURSIVE_FILTER_ITERATOR,
        &dual::CALLBACK_FILTER_ITERATOR,
        &dual::RECURSIVE_CALLBACK_FILTER_ITERATOR,
        &dual::PARENT_ITERATOR,
        &dual::LIMIT_ITERATOR,
        &dual::CACHING_ITERATOR,
        &dual::RECURSIVE_CACHING_ITERATOR,
        &dual::NO_REWIND_ITERATOR,
        &dual::APPEND_ITERATOR,
        &dual::INFINITE_ITERATOR,
        &dual::REGEX_ITERATOR,
        &dual::RECURSIVE_REGEX_ITERATOR,
        &dual::EMPTY_ITERATOR,
        &recursive::RECURSIVE_ITERATOR_ITERATOR,
        &list::SPL_DOUBLY_LINKED_LIST,
        &list::SPL_QUEUE,
        &list::SPL_STACK,
        &heap::SPL_HEAP,
        &heap::SPL_MIN_HEAP,
        &heap::SPL_MAX_HEAP,
        &heap::SPL_PRIORITY_QUEUE,
        &files::SPL_FILE_INFO,
        &files::directory::DIRECTORY_ITERATOR,
        &files::filesystem::FILESYSTEM_ITERATOR,
        &files::filesystem::RECURSIVE_DIRECTORY_ITERATOR,
        &fixed::SPL_FIXED_ARRAY,
        &storage::SPL_OBJECT_STORAGE,
        &storage::MULTIPLE_ITERATOR,
    ],
    consts: &[],
    ini: &[],
    request_start: None,
    request_end: None,
};
