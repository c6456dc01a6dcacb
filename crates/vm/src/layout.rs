//! Offsets that compiled code depends on, beside those of frames and values.

use crate::Context;
use crate::class::PropInfo;
use crate::func::Func;
use crate::stack::VmStack;
use std::mem::offset_of;

/// The next free byte of the VM stack, in a context: pointer.
pub const CONTEXT_STACK_TOP: usize = offset_of!(Context, stack) + VmStack::TOP;
/// The end of the VM stack's chunk in use, in a context: pointer.
pub const CONTEXT_STACK_END: usize = offset_of!(Context, stack) + VmStack::END;
/// The frame being executed, in a context: pointer.
pub const CONTEXT_FRAME: usize = offset_of!(Context, frame);
/// What the compiler made of a function: pointer to a `FuncProto`, null for native functions.
pub const FUNC_PROTO: usize = Func::PROTO;
/// The inline caches of a function: pointer, null before its first call.
pub const FUNC_CACHE: usize = Func::CACHE;
/// Tags of values that may be stored into a property without a conversion, as bits, in a `PropInfo`: u32.
pub const PROP_FAST_BITS: usize = offset_of!(PropInfo, fast_bits);
