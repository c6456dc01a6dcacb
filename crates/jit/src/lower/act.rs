//! One instruction, from its plan.

use super::Lower;
use crate::plan::{Act, Flow, Plan, Relation, Src};
use crate::step;
use crate::types::{State, Ty};
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{AbiParam, InstBuilder, Signature, Value, types};
use cranelift_codegen::isa::CallConv;

impl Lower<'_, '_> {
    /// Makes the code of an instruction. Gives the next one, if it belongs to the same block.
    pub(super) fn instruction(&mut self, at: u32, plan: &Plan, state: &mut State) -> Option<u32> {
        for &(index, ty) in &plan.loads {
            let exit = self.exit_at(at, state);
            self.load_slot(index, ty, exit);
        }
        if let Some(index) = plan.free {
            let exit = self.exit_at(at, state);
            self.guard_free(index, exit);
        }
        let mut results: Vec<Option<Value>> = Vec::new();
        let mut condition = None;
        match plan.act {
            Act::Nothing | Act::Jump(_) => {}
            Act::Copy(src) => {
                let value = self.source(src);
                results = vec![value; plan.outs.len()];
            }
            Act::Binary(op, a, b) => {
                let value = self.binary(op, a, b, at, state);
                results = vec![Some(value); plan.outs.len()];
            }
            Act::DivideInexact(a, b) => results.push(Some(self.divide_inexact(a, b, at, state))),
            Act::Step(src, by) => {
                let old = self.int(src);
                results.push(Some(self.step(old, by, at, state)));
                results.push(Some(old));
            }
            Act::Compare(relation, a, b) => {
                let truth = self.compare(relation, a, b);
                results.push(Some(self.b.ins().uextend(types::I64, truth)));
            }
            Act::Truth(src, wanted) => {
                let value = self.int(src);
                let cc = if wanted { IntCC::NotEqual } else { IntCC::Equal };
                let truth = self.is(cc, value, 0);
                results.push(Some(self.b.ins().uextend(types::I64, truth)));
            }
            Act::ToFloat(src) => results.push(Some(self.float(src))),
            Act::JumpCompare(relation, a, b, ..) => condition = Some(self.compare(relation, a, b)),
            Act::JumpTruth(src, ..) => {
                let value = self.int(src);
                let truth = self.is(IntCC::NotEqual, value, 0);
                results.push(Some(self.b.ins().uextend(types::I64, truth)));
                condition = Some(truth);
            }
            Act::Element(array, key) => {
                let ty = plan.outs.first().map_or(Ty::Int, |out| out.1);
                results.push(self.element(array, key, ty, at, state));
            }
            Act::Store(array, key, value) => self.store_element(array, key, value, plan, at, state),
            Act::Change(op, array, key, value, ty) => {
                self.change_element(op, array, key, value, ty, at, state)
            }
            Act::Count(array) => results.push(Some(self.count(array, at, state))),
            Act::Handler => return self.handler(at, plan, state, step::step as *const () as usize),
            Act::Call => return self.handler(at, plan, state, step::call as *const () as usize),
            Act::Leave => {
                let exit = self.exit_at(at, state);
                self.b.ins().jump(exit, &[]);
                return None;
            }
        }
        for (&(index, ty), value) in plan.outs.iter().zip(results) {
            self.define(index, ty, value);
        }
        plan.apply(state);
        match self.region.planner.flow(at, plan) {
            Flow::Next(next) => {
                if self.region.contains(next) && !self.region.leaders.contains(&next) {
                    return Some(next);
                }
                self.edge(Some(at), next, state);
            }
            Flow::Jump(target) => {
                if self.region.contains(target) && !self.region.leaders.contains(&target) {
                    return Some(target);
                }
                self.edge(Some(at), target, state);
            }
            Flow::Branch(target, behind) => {
                let wanted = match plan.act {
                    Act::JumpCompare(_, _, _, wanted, _) | Act::JumpTruth(_, wanted, _) => wanted,
                    _ => true,
                };
                let condition = condition.unwrap_or(self.args);
                let (yes, no) = if wanted { (target, behind) } else { (behind, target) };
                self.branch(condition, at, yes, no, state);
            }
            Flow::Seen(_) | Flow::Leave => {}
        }
        None
    }

    /// An int, or a bool as 0 or 1.
    pub(super) fn int(&mut self, src: Src) -> Value {
        self.source(src).unwrap_or(self.args)
    }

    /// A number as a float.
    pub(super) fn float(&mut self, src: Src) -> Value {
        let value = self.source(src).unwrap_or(self.args);
        match (src.ty(), src) {
            (_, Src::Int(int)) => self.b.ins().f64const(int as f64),
            (Ty::Float, _) => value,
            _ => self.b.ins().fcvt_from_sint(types::F64, value),
        }
    }

    /// The truth of a relation of two numbers or bools.
    fn compare(&mut self, relation: Relation, a: Src, b: Src) -> Value {
        if a.ty() == Ty::Float || b.ty() == Ty::Float {
            let (a, b) = (self.float(a), self.float(b));
            let cc = match relation {
                Relation::Less => FloatCC::LessThan,
                Relation::LessEqual => FloatCC::LessThanOrEqual,
                Relation::Equal => FloatCC::Equal,
                Relation::NotEqual => FloatCC::NotEqual,
            };
            return self.b.ins().fcmp(cc, a, b);
        }
        let (a, b) = (self.int(a), self.int(b));
        let cc = match relation {
            Relation::Less => IntCC::SignedLessThan,
            Relation::LessEqual => IntCC::SignedLessThanOrEqual,
            Relation::Equal => IntCC::Equal,
            Relation::NotEqual => IntCC::NotEqual,
        };
        self.b.ins().icmp(cc, a, b)
    }

    /// Calls a helper with words.
    pub(super) fn helper(&mut self, address: usize, args: &[Value]) -> Value {
        let mut signature = Signature::new(CallConv::SystemV);
        signature.params.extend(args.iter().map(|_| AbiParam::new(types::I64)));
        signature.returns.push(AbiParam::new(types::I64));
        let signature = self.b.import_signature(signature);
        let target = self.imm(address as i64);
        let call = self.b.ins().call_indirect(signature, target, args);
        self.b.inst_results(call)[0]
    }

    /// Leaves an instruction to its handler, and goes where that says.
    fn handler(&mut self, at: u32, plan: &Plan, state: &mut State, helper: usize) -> Option<u32> {
        self.sync(state);
        plan.apply(state);
        let pc = self.pc(at);
        let next = self.helper(helper, &[self.args, pc]);
        let Flow::Seen(all) = self.region.planner.flow(at, plan) else { return None };
        let leave = self.b.create_block();
        self.b.set_cold_block(leave);
        let mut single = None;
        for &to in &all {
            let address = self.pc(to);
            let here = self.b.ins().icmp(IntCC::Equal, next, address);
            let (yes, no) = (self.b.create_block(), self.b.create_block());
            self.b.ins().brif(here, yes, &[], no, &[]);
            self.b.switch_to_block(yes);
            self.b.seal_block(yes);
            if all.len() == 1 && self.region.contains(to) && !self.region.leaders.contains(&to) {
                single = Some((to, yes));
            } else {
                self.edge(Some(at), to, state);
            }
            self.b.switch_to_block(no);
            self.b.seal_block(no);
        }
        self.b.ins().jump(leave, &[]);
        self.b.switch_to_block(leave);
        self.b.seal_block(leave);
        let number = self.number(true);
        self.set_exit(number);
        self.b.ins().return_(&[next]);
        let (to, block) = single?;
        self.b.switch_to_block(block);
        Some(to)
    }
}
