//! Elements of packed arrays that lie in variables.

use super::Lower;
use crate::plan::{Plan, Src};
use crate::step;
use crate::types::{State, Ty};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block, InstBuilder, Value, types};
use phalanx_bytecode::flags::BinOp;
use phalanx_value::Tag;
use phalanx_value::array::raw::ARRAY_HASH;
use phalanx_value::layout::{
    ARRAY_DATA, ARRAY_FLAGS, ARRAY_LEN, ARRAY_USED, COUNTED_REFCOUNT, VALUE_FLAGS, VALUE_TAG,
};
use phalanx_value::value::COUNTED;

impl Lower<'_, '_> {
    /// The array in a variable.
    fn array(&mut self, index: usize, exit: Block) -> Value {
        let tag = self.byte(self.fp, Self::offset(index) + VALUE_TAG as i32);
        let fits = self.is(IntCC::Equal, tag, Tag::Array as i64);
        self.guard(fits, exit);
        self.load(types::I64, self.fp, Self::offset(index))
    }

    /// The packed array in a variable, which from here on is known to be one.
    fn packed(&mut self, index: usize, at: u32, state: &State) -> Value {
        if state[index].ty == Ty::Packed {
            return self.b.use_var(self.ints[index]);
        }
        let exit = self.exit_at(at, state);
        let array = self.array(index, exit);
        let flags = self.half(array, ARRAY_FLAGS as i32);
        let bit = self.imm(i64::from(ARRAY_HASH));
        let hash = self.b.ins().band(flags, bit);
        self.guard_not(hash, exit);
        self.b.def_var(self.ints[index], array);
        array
    }

    /// Address of the value at a key of a packed array.
    fn place(&mut self, array: Value, key: Value, exit: Block) -> Value {
        let used = self.half(array, ARRAY_USED as i32);
        let inside = self.b.ins().icmp(IntCC::UnsignedLessThan, key, used);
        self.guard(inside, exit);
        let data = self.load(types::I64, array, ARRAY_DATA as i32);
        let four = self.imm(4);
        let distance = self.b.ins().ishl(key, four);
        self.b.ins().iadd(data, distance)
    }

    /// Goes on only if the array in the variable has one owner.
    fn guard_owned(&mut self, index: usize, array: Value, exit: Block) {
        let flags = self.byte(self.fp, Self::offset(index) + VALUE_FLAGS as i32);
        let bit = self.imm(i64::from(COUNTED));
        let counted = self.b.ins().band(flags, bit);
        self.guard(counted, exit);
        let count = self.half(array, COUNTED_REFCOUNT as i32);
        let one = self.is(IntCC::Equal, count, 1);
        self.guard(one, exit);
    }

    pub(super) fn element(
        &mut self,
        index: usize,
        key: Src,
        ty: Ty,
        at: u32,
        state: &State,
    ) -> Option<Value> {
        let array = self.packed(index, at, state);
        let exit = self.exit_at(at, state);
        let key = self.int(key);
        let place = self.place(array, key, exit);
        self.load_value(place, 0, ty, exit)
    }

    pub(super) fn count(&mut self, index: usize, at: u32, state: &State) -> Value {
        let exit = self.exit_at(at, state);
        let array = self.array(index, exit);
        self.half(array, ARRAY_LEN as i32)
    }

    /// `variable[key] = value`: here if the element is there, by a helper if it has to be made.
    pub(super) fn store_element(
        &mut self,
        index: usize,
        key: Src,
        value: Src,
        plan: &Plan,
        at: u32,
        state: &State,
    ) {
        let exit = self.exit_at(at, state);
        let (slow, done) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(slow);
        let key = self.int(key);
        let array = self.packed(index, at, state);
        self.guard_owned(index, array, slow);
        let place = self.place(array, key, slow);
        let tag = self.byte(place, VALUE_TAG as i32);
        // Elements without a pointer, but no holes.
        let one = self.imm(1);
        let tag = self.b.ins().isub(tag, one);
        let plain = self.is(IntCC::UnsignedLessThan, tag, Tag::Float as i64);
        self.guard(plain, slow);
        let new = self.source(value);
        self.write(place, 0, value.ty(), new);
        self.b.ins().jump(done, &[]);
        self.b.switch_to_block(slow);
        self.b.seal_block(slow);
        let offset = self.imm(i64::from(Self::offset(index)));
        let slot = self.b.ins().iadd(self.fp, offset);
        let (payload, meta) = self.words(value);
        let stored = self.helper(step::store_int as *const () as usize, &[slot, key, payload, meta]);
        self.guard(stored, exit);
        // It is stored; the array may be another one now, or have an index.
        let is_packed = self.is(IntCC::NotEqual, stored, 1);
        let mut after = state.clone();
        plan.apply(&mut after);
        let behind = self.region.planner.code.behind(at);
        let leave = self.exit(behind, &after, true);
        self.guard(is_packed, leave);
        self.b.def_var(self.ints[index], stored);
        self.b.ins().jump(done, &[]);
        self.b.switch_to_block(done);
        self.b.seal_block(done);
    }

    /// The two words of a value.
    fn words(&mut self, value: Src) -> (Value, Value) {
        let new = self.source(value);
        let zero = self.imm(0);
        match (value.ty(), new) {
            (Ty::Int, Some(new)) => (new, self.imm(Tag::Int as i64)),
            (Ty::Float, Some(new)) => {
                let bits = self.b.ins().bitcast(types::I64, cranelift_codegen::ir::MemFlagsData::new(), new);
                (bits, self.imm(Tag::Float as i64))
            }
            (Ty::Bool, Some(new)) => {
                let first = self.imm(Tag::False as i64);
                (zero, self.b.ins().iadd(new, first))
            }
            _ => (zero, self.imm(Tag::Null as i64)),
        }
    }

    /// `variable[key] op= value`.
    #[expect(clippy::too_many_arguments, reason = "what a plan says, and where")]
    pub(super) fn change_element(
        &mut self,
        op: BinOp,
        index: usize,
        key: Src,
        value: Src,
        ty: Ty,
        at: u32,
        state: &State,
    ) {
        let exit = self.exit_at(at, state);
        let array = self.packed(index, at, state);
        self.guard_owned(index, array, exit);
        let key = self.int(key);
        let place = self.place(array, key, exit);
        let old = self.load_value(place, 0, ty, exit).unwrap_or(key);
        let new = if ty == Ty::Float {
            let right = self.float(value);
            self.float_op(op, old, right, at, state)
        } else {
            let right = self.int(value);
            let known = if let Src::Int(int) = value { Some(int) } else { None };
            self.int_op(op, old, right, known, at, state)
        };
        self.store(new, place, 0);
    }
}
