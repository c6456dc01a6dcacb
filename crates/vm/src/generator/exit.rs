//! The graceful exit: what is thrown into a generator or fiber that is closed before its end.

use crate::Context;
use crate::class::ClassRef;
use crate::native::NativeClass;
use crate::thrown::Thrown;
use phalanx_value::ObjRef;
use std::ptr;

/// Its class, which PHP code cannot name: it is in no table.
pub static GRACEFUL_EXIT: NativeClass = NativeClass {
    name: "\0GracefulExit",
    parent: None,
    interfaces: &[],
    flags: phalanx_bytecode::flags::class::FINAL,
    traits: 0,
    consts: &[],
    props: &[],
    methods: &[],
    hooks: None,
    enum_type: 0,
};

/// Throws a graceful exit.
pub fn graceful_exit(cx: &mut Context) -> Thrown {
    let class = crate::link::native_class(cx, &GRACEFUL_EXIT);
    let object = cx.allocate(class);
    cx.exception = Some(object);
    Thrown::Exception
}

/// Whether what was thrown is a graceful exit.
pub fn is_graceful_exit(object: &ObjRef) -> bool {
    ClassRef::of(object).native.is_some_and(|native| ptr::eq(native, &GRACEFUL_EXIT))
}
