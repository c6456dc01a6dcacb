//! Frames: the activation records of PHP functions, on the VM stack.
//!
//! # Safety
//!
//! A frame is made by [`crate::stack::VmStack::push`], which gives it room for its slots; it stays where it is until
//! it is popped. Handlers reach slots by byte offset from the frame's address, as the compiler computed them from
//! the same function that the room was computed from.
//!
//! ```text
//!  0      8      16     24     32            48     56      64     72        76      80
//!  +------+------+------+------+-------------+------+-------+------+---------+-------+----------------
//!  | pc   | call | ret  | func |    this     | prev | extra | cache| num_args| flags | args, CVs, TMPs ...
//!  +------+------+------+------+-------------+------+-------+------+---------+-------+----------------
//! ```
#![allow(unsafe_code, reason = "the frame layout of the VM")]

use crate::class::ClassRef;
use crate::func::{CacheSlot, FuncRef};
use crate::thrown::PhpResult;
use phalanx_bytecode::{FRAME_HEADER_SIZE, Op, SLOT_SIZE};
use phalanx_value::{ObjRef, PhpArray, Tag, Value};
use std::mem::offset_of;

/// An activation record; see the module documentation.
#[repr(C)]
pub struct Frame {
    /// The instruction being executed, saved whenever something may look at it.
    pub pc: *const Op,
    /// The innermost call being prepared.
    pub call: *mut Frame,
    /// Where the result goes; null drops it.
    pub ret: *mut Value,
    /// The function.
    pub func: FuncRef,
    /// `$this`, or the called class (see [`VmThis`]), or undef.
    pub this: VmThis,
    /// The frame that called; of a prepared call, the call that was being prepared before.
    pub prev: *mut Frame,
    /// Rare parts, made when needed.
    pub extra: Option<Box<FrameExtra>>,
    /// The function's inline caches.
    pub cache: *mut CacheSlot,
    /// Arguments passed by position.
    pub num_args: u32,
    /// Bits of [`flag`].
    pub flags: u32,
}

const _: () = {
    assert!(size_of::<Frame>() == FRAME_HEADER_SIZE as usize);
    assert!(offset_of!(Frame, func) == 24 && offset_of!(Frame, this) == 32 && offset_of!(Frame, prev) == 48);
    assert!(offset_of!(Frame, cache) == 64 && offset_of!(Frame, num_args) == 72);
};

/// What [`Frame::flags`] says.
pub mod flag {
    /// Returning from this frame leaves the run loop.
    pub const TOP: u32 = 1 << 0;
    /// `this` holds an object of which the frame owns a count.
    pub const OWNS_THIS: u32 = 1 << 1;
    /// Arguments beyond the declared parameters lie behind the temporaries.
    pub const EXTRA_ARGS: u32 = 1 << 2;
    /// A constructor called by `new`.
    pub const CTOR: u32 = 1 << 3;
    /// Some arguments were skipped by named arguments and are undef.
    pub const MAY_HAVE_UNDEF: u32 = 1 << 4;
    /// The function is a closure's, of which the frame owns a count (in `extra`).
    pub const CLOSURE: u32 = 1 << 5;
    /// The frame belongs to a generator and lies on the heap.
    pub const GENERATOR: u32 = 1 << 6;
    /// Its variables are attached to a symbol table.
    pub const SYMBOLS: u32 = 1 << 7;
    /// The body of an included or evaluated script.
    pub const INCLUDED: u32 = 1 << 8;
    /// The argument that `CHECK_FUNC_ARG` looked at goes by reference.
    pub const SEND_BY_REF: u32 = 1 << 9;
    /// The function is a trampoline of `__call` or `__callStatic`.
    pub const TRAMPOLINE: u32 = 1 << 10;
    /// A native frame, or one that a native function called.
    pub const NATIVE: u32 = 1 << 11;
    /// The frame's variables are being released.
    pub const LEAVING: u32 = 1 << 12;
    /// The frame owns its function, made for this call alone.
    pub const OWNS_FUNC: u32 = 1 << 13;
    /// Called by a value or from native code, not by its name in a script.
    pub const DYNAMIC: u32 = 1 << 14;
}

/// `$this` or the called class of a frame: an object value, a class pointer under the tag of raw pointers, or undef.
#[repr(transparent)]
pub struct VmThis(Value);

impl VmThis {
    /// Neither.
    pub const NONE: VmThis = VmThis(Value::UNDEF);

    /// An object.
    pub fn object(object: ObjRef) -> VmThis {
        VmThis(Value::object(object))
    }

    /// The called class of a static method.
    pub fn class(class: ClassRef) -> VmThis {
        VmThis(Value::raw_ptr(class.as_ptr().cast_mut()))
    }

    /// The object.
    #[inline(always)]
    pub fn as_object(&self) -> Option<&ObjRef> {
        self.0.as_object()
    }

    /// The class that `static` names: the object's, or the called class.
    pub fn called_class(&self) -> Option<ClassRef> {
        match self.as_object() {
            Some(object) => Some(ClassRef::of(object)),
            None if self.0.tag() == Tag::Raw => {
                // SAFETY: raw pointers get here only through `class`.
                Some(unsafe { ClassRef::from_ptr(self.0.payload_ptr().cast()) })
            }
            None => None,
        }
    }

    /// The same without a count: for a frame that does not own it.
    ///
    /// # Safety
    /// The result is not dropped, and not used any more when this one is gone.
    #[inline(always)]
    pub(crate) unsafe fn borrow_raw(&self) -> VmThis {
        // SAFETY: the caller's promise.
        VmThis(unsafe { self.0.copy_raw() })
    }

    /// Takes the value out.
    pub fn take(&mut self) -> VmThis {
        std::mem::replace(self, VmThis::NONE)
    }
}

impl Clone for VmThis {
    fn clone(&self) -> VmThis {
        VmThis(self.0.clone())
    }
}

/// Parts of a frame that few frames have.
#[derive(Default)]
pub struct FrameExtra {
    /// Variables by name, of functions that use variable variables and the like.
    pub symbols: Option<crate::symbols::SymbolsRef>,
    /// Named arguments that no parameter has: `...$args` collects them.
    pub named: Option<PhpArray>,
    /// The closure whose function this is.
    pub closure: Option<ObjRef>,
    /// The generator whose frame this is (not counted).
    pub generator: Option<std::ptr::NonNull<u8>>,
    /// Positions of named arguments that were given, for `func_get_args` and backtraces.
    pub trampoline_name: Option<phalanx_value::PhpString>,
}

impl Frame {
    /// Address of the slot at byte offset `offset`.
    ///
    /// # Safety
    /// The offset must be one of this frame's function.
    #[inline(always)]
    pub unsafe fn slot(this: *mut Frame, offset: u32) -> *mut Value {
        // SAFETY: the caller promises that the slot lies in the frame's room.
        unsafe { this.cast::<u8>().add(offset as usize).cast() }
    }

    /// Address of slot number `index`.
    ///
    /// # Safety
    /// The slot must be one of this frame's function.
    #[inline(always)]
    pub unsafe fn slot_at(this: *mut Frame, index: u32) -> *mut Value {
        // SAFETY: as above.
        unsafe { Frame::slot(this, FRAME_HEADER_SIZE + index * SLOT_SIZE) }
    }

    /// Whether any of `bits` is set.
    #[inline(always)]
    pub fn has(&self, bits: u32) -> bool {
        self.flags & bits != 0
    }

    /// The rare parts, made if absent.
    pub fn extra_mut(&mut self) -> &mut FrameExtra {
        self.extra.get_or_insert_with(Box::default)
    }

    /// The frame that called.
    pub fn caller(&self) -> Option<&Frame> {
        // SAFETY: the frames that called a live one are alive.
        unsafe { self.prev.as_ref() }
    }

    /// Line being executed, 0 in native functions.
    pub fn line(&self) -> u32 {
        let Some(proto) = self.func.proto() else { return 0 };
        let first = proto.code().as_ptr();
        // SAFETY: `pc` of a user function's frame points into its code.
        let op = unsafe { self.pc.offset_from(first) };
        proto.line_of(op.max(0) as usize)
    }
}

/// Byte offset of slot number `index`.
pub const fn slot_offset(index: u32) -> u32 {
    FRAME_HEADER_SIZE + index * SLOT_SIZE
}

impl Frame {
    /// Whether this is the body of a script, not of a function.
    pub fn is_script(&self) -> bool {
        self.func.has(phalanx_bytecode::flags::func::MAIN)
    }

    /// The arguments of a user function as they are now.
    pub fn arguments(&self) -> PhpArray {
        crate::backtrace::frame_args(std::ptr::from_ref(self).cast_mut())
    }
}

impl crate::Context {
    /// The PHP code that called the native function that runs. An error when it did not call it by its name: the function
    /// would look at the wrong variables.
    pub fn direct_caller(&mut self) -> PhpResult<Option<&Frame>> {
        if self.frame_ref().is_some_and(|frame| frame.has(flag::DYNAMIC)) {
            let name = crate::throw::function_name(self.frame_ref().expect("a frame").func);
            let name = String::from_utf8_lossy(&name).into_owned();
            return Err(self.throw_error(format!("Cannot call {name}() dynamically")));
        }
        Ok(self.user_frame_ref())
    }

    /// The frame being executed.
    pub fn frame_ref(&self) -> Option<&Frame> {
        // SAFETY: the chain of frames is alive.
        unsafe { self.frame.as_ref() }
    }

    /// The frame of the innermost user function.
    pub fn user_frame_ref(&self) -> Option<&Frame> {
        // SAFETY: as above.
        unsafe { self.user_frame().as_ref() }
    }
}
