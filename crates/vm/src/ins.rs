//! The instruction being executed, as the bodies of most opcodes see it: operands to read and take, places to
//! write, the result to set.
//!
//! # Safety
//!
//! An [`Ins`] is made by the dispatch loop for an instruction and a frame that belong together ([`Ins::new`] is
//! unsafe for that reason). With that its methods are safe: operands lie in the frame or among the literals, and
//! values that are handed out are owned, so that user code which runs meanwhile may change any variable.
#![allow(unsafe_code, reason = "operands are addressed relative to frame and instruction")]

use crate::class::ClassRef;
use crate::frame::Frame;
use crate::func::{CacheSlot, FuncRef};
use crate::thrown::PhpResult;
use crate::{Context, run};
use phalanx_bytecode::flags::op as flag;
use phalanx_bytecode::{FRAME_HEADER_SIZE, Kind, Op, SLOT_SIZE};
use phalanx_value::{ObjRef, PhpString, Value};
use std::cell::Cell;

/// The instruction being executed; see the module documentation.
#[derive(Clone, Copy)]
pub struct Ins {
    pc: *const Op,
    fp: *mut Frame,
}

macro_rules! operand {
    ($kind:ident, $field:ident, $take:ident, $peek:ident, $place:ident, $name:ident, $free:ident, $doc:literal) => {
        #[doc = concat!("Takes operand ", $doc, " as a value: an undefined variable warns and is null.")]
        #[inline(always)]
        pub fn $take(self, cx: &mut Context) -> PhpResult<Value> {
            self.take(self.op().$kind(), self.op().$field, cx)
        }

        #[doc = concat!("The value of operand ", $doc, ", not taken: a copy, dereferenced, undef if undefined.")]
        #[inline(always)]
        pub fn $peek(self) -> Value {
            self.peek(self.op().$kind(), self.op().$field)
        }

        #[doc = concat!("The place that operand ", $doc, " names: a variable, or what a fetch left in a temporary.")]
        #[inline(always)]
        pub fn $place(self) -> *mut Value {
            self.place(self.op().$kind(), self.op().$field)
        }

        #[doc = concat!("The string literal that operand ", $doc, " is.")]
        #[inline(always)]
        pub fn $name(self) -> &'static PhpString {
            self.literal(self.op().$field).as_string().expect("a name is a string literal")
        }

        #[doc = concat!("Releases operand ", $doc, " if it is a temporary.")]
        #[inline(always)]
        pub fn $free(self) {
            if self.op().$kind() == Kind::Tmp {
                drop(self.take_slot(self.op().$field));
            }
        }
    };
}

impl Ins {
    /// The instruction at `pc` in `fp`.
    ///
    /// # Safety
    /// `pc` must be an instruction of the function of `fp`, and `fp` the innermost frame of user code.
    #[inline(always)]
    pub unsafe fn new(pc: *const Op, fp: *mut Frame) -> Ins {
        Ins { pc, fp }
    }

    /// The instruction.
    #[inline(always)]
    pub fn op(self) -> Op {
        // SAFETY: `new`.
        unsafe { *self.pc }
    }

    /// Its address.
    #[inline(always)]
    pub fn pc(self) -> *const Op {
        self.pc
    }

    /// The frame.
    #[inline(always)]
    pub fn fp(self) -> *mut Frame {
        self.fp
    }

    /// The frame, to read.
    #[inline(always)]
    pub fn frame(&self) -> &Frame {
        // SAFETY: `new`; nobody else refers to the frame mutably while an instruction runs.
        unsafe { &*self.fp }
    }

    /// The frame, to change.
    #[inline(always)]
    #[expect(clippy::mut_from_ref, reason = "the frame is a different object than the instruction")]
    pub fn frame_mut(&self) -> &mut Frame {
        // SAFETY: as `frame`.
        unsafe { &mut *self.fp }
    }

    /// The call being prepared.
    #[inline(always)]
    #[expect(clippy::mut_from_ref, reason = "the frame is a different object than the instruction")]
    pub fn call(&self) -> &mut Frame {
        // SAFETY: instructions that send arguments stand between INIT and CALL, so there is one.
        unsafe { &mut *(*self.fp).call }
    }

    /// The function being executed.
    #[inline(always)]
    pub fn func(self) -> FuncRef {
        self.frame().func
    }

    /// The class whose private members may be used here.
    #[inline(always)]
    pub fn scope(self) -> Option<ClassRef> {
        self.func().scope
    }

    /// `$this`.
    #[inline(always)]
    pub fn this(&self) -> Option<&ObjRef> {
        self.frame().this.as_object()
    }

    /// Whether a flag of the opcode is set.
    #[inline(always)]
    pub fn has(self, flag: u16) -> bool {
        self.op().flags() & flag != 0
    }

    /// Whether operand c wants the result.
    #[inline(always)]
    pub fn wants_result(self) -> bool {
        self.op().kind_c() != Kind::None
    }

    operand!(kind_a, a, take_a, peek_a, place_a, name_a, free_a, "a");
    operand!(kind_b, b, take_b, peek_b, place_b, name_b, free_b, "b");
    operand!(kind_c, c, take_c, peek_c, place_c, name_c, free_c, "c");

    /// The literal at byte offset `offset` from the instruction.
    #[inline(always)]
    pub fn literal(self, offset: u32) -> &'static Value {
        // SAFETY: literal operands point to literals of the same Unit, which outlives the frame.
        unsafe { &*self.pc.cast::<u8>().offset(offset as i32 as isize).cast::<Value>() }
    }

    /// The literal `index` places behind the one at `offset`.
    #[inline(always)]
    pub fn literal_after(self, offset: u32, index: u32) -> &'static Value {
        self.literal(offset.wrapping_add(index * SLOT_SIZE))
    }

    /// The inline cache slot that a name literal carries, `extra` further.
    #[inline(always)]
    pub fn cache_of(self, name: &'static Value, extra: u32) -> &'static Cell<CacheSlot> {
        // SAFETY: the compiler reserved the slots; the cache lives as long as the function and is the thread's own.
        unsafe { &*self.frame().cache.add((name.spare() + extra) as usize).cast() }
    }

    /// Address of inline cache slots, or null without a frame cache.
    #[inline(always)]
    pub fn cache_ptr(self, name: &'static Value) -> *mut CacheSlot {
        // SAFETY: as `cache_of`.
        unsafe { self.frame().cache.add(name.spare() as usize) }
    }

    /// The target of a jump operand.
    #[inline(always)]
    pub fn target(self, offset: u32) -> *const Op {
        self.pc.wrapping_byte_offset(offset as i32 as isize)
    }

    /// The instructions behind this one, to the end of the function.
    pub fn following(self) -> std::vec::IntoIter<Op> {
        let code = self.frame().func.proto().map_or(&[][..], |proto| proto.code());
        // SAFETY: the instruction is one of its function's code.
        let at = unsafe { self.next().offset_from(code.as_ptr()) };
        code.iter().skip(at as usize).copied().collect::<Vec<_>>().into_iter()
    }

    /// The instruction behind this one (behind its DATA if it has one).
    #[inline(always)]
    pub fn next(self) -> *const Op {
        let skip = if self.op_has_data() { 2 } else { 1 };
        self.pc.wrapping_add(skip)
    }

    fn op_has_data(self) -> bool {
        phalanx_bytecode::spec::base_of(self.op().code).info().has_data()
    }

    /// The DATA instruction behind this one.
    #[inline(always)]
    pub fn data(self) -> Ins {
        // SAFETY: the verifier sees to it that opcodes with data are followed by DATA.
        unsafe { Ins::new(self.pc.add(1), self.fp) }
    }

    /// Address of the slot at `offset`.
    #[inline(always)]
    pub fn slot(self, offset: u32) -> *mut Value {
        // SAFETY: `new`.
        unsafe { Frame::slot(self.fp, offset) }
    }

    #[inline(always)]
    fn take(self, kind: Kind, operand: u32, cx: &mut Context) -> PhpResult<Value> {
        match kind {
            Kind::Cv => {
                // SAFETY: slots of variables are initialised; the reference ends before user code runs.
                let value = unsafe { &*self.slot(operand) };
                if value.is_undef() { self.undefined(operand, cx) } else { Ok(value.deref_clone()) }
            }
            Kind::Tmp => Ok(self.take_slot(operand).into_deref()),
            Kind::Lit => Ok(self.literal(operand).clone()),
            Kind::None => Ok(Value::UNDEF),
        }
    }

    #[inline(always)]
    fn peek(self, kind: Kind, operand: u32) -> Value {
        match kind {
            // SAFETY: slots that an instruction reads are initialised.
            Kind::Cv | Kind::Tmp => unsafe { &*self.slot(operand) }.deref_clone(),
            Kind::Lit => self.literal(operand).clone(),
            Kind::None => Value::UNDEF,
        }
    }

    #[inline(always)]
    fn place(self, kind: Kind, operand: u32) -> *mut Value {
        let slot = self.slot(operand);
        // SAFETY: slots that an instruction reads are initialised.
        if kind == Kind::Tmp && unsafe { (*slot).tag() } == phalanx_value::Tag::Indirect {
            // SAFETY: see above.
            return unsafe { (*slot).indirect_ptr() };
        }
        slot
    }

    /// Moves the value out of a temporary, whose slot is free from then on.
    #[inline(always)]
    pub fn take_slot(self, offset: u32) -> Value {
        // SAFETY: a temporary is taken once, after it was written.
        unsafe { self.slot(offset).read() }
    }

    /// Whether operand a is a variable that is undefined.
    pub fn misses_a(self) -> bool {
        // SAFETY: slots of variables are initialised.
        self.op().kind_a() == Kind::Cv && unsafe { (*self.slot(self.op().a)).is_undef() }
    }

    /// Warns that the variable at `offset` is undefined; its value is null.
    #[cold]
    #[inline(never)]
    pub fn undefined(self, offset: u32, cx: &mut Context) -> PhpResult<Value> {
        self.save(cx);
        let index = (offset - FRAME_HEADER_SIZE) / SLOT_SIZE;
        let proto = self.frame().func.proto().expect("instructions belong to user functions");
        let name = proto.cv_names[index as usize].clone();
        let mut text = b"Undefined variable $".to_vec();
        text.extend_from_slice(&name);
        cx.warning(text)?;
        Ok(Value::NULL)
    }

    /// Name of the variable at `offset`.
    pub fn variable_name(self, offset: u32) -> PhpString {
        let index = (offset - FRAME_HEADER_SIZE) / SLOT_SIZE;
        self.frame().func.proto().map_or(PhpString::new(), |proto| proto.cv_names[index as usize].clone())
    }

    /// Notes in the frame where execution stands: before anything that may warn, throw or call.
    #[inline(always)]
    pub fn save(self, cx: &mut Context) {
        self.frame_mut().pc = self.pc;
        cx.frame = self.fp;
    }

    /// Sets the result; drops it if nobody wants it.
    #[inline(always)]
    pub fn set_c(self, value: Value) {
        match self.op().kind_c() {
            // SAFETY: a temporary that receives a result holds nothing.
            Kind::Tmp => unsafe { self.slot(self.op().c).write(value) },
            Kind::Cv => run::assign_plain(self.slot(self.op().c), value),
            _ => drop(value),
        }
    }

    /// Writes a temporary that holds nothing.
    #[inline(always)]
    pub fn init_slot(self, offset: u32, value: Value) {
        // SAFETY: the caller's instruction defines the temporary.
        unsafe { self.slot(offset).write(value) }
    }

    /// Whether the result goes to a variable.
    #[inline(always)]
    pub fn dest_is_cv(self) -> bool {
        self.has(flag::DEST_CV)
    }
}
