//! Registers.
//!
//! A value has one place for its whole life, so that every exit finds it there. Those that are touched most choose first:
//! a register that nobody before them needs where they are needed, else a word of the frame. Three general registers and two
//! for floats are never given to values: what needs certain registers, or reads memory twice, uses those.

use super::asm::{Gpr, RBX, RDI, RSI, Xmm};
use super::live::{Form, Interval, Live, Range};
use crate::ir::{Blk, Func, Inst, Ty, Val};
use smallvec::SmallVec;

/// Where a value is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    Gpr(Gpr),
    Xmm(Xmm),
    /// Number of a word of the frame.
    Stack(u32),
    /// Where what the code was called with is kept.
    Args,
}

/// Registers that called code may change, and those that it leaves as they are.
const LOST: [Gpr; 6] = [RSI, RDI, Gpr(8), Gpr(9), Gpr(10), Gpr(11)];
const KEPT: [Gpr; 5] = [RBX, Gpr(12), Gpr(13), Gpr(14), Gpr(15)];
const FLOATS: u8 = 14;

pub(super) struct Places {
    /// By value, where it has a place of its own.
    pub of: Vec<Option<Place>>,
    /// Registers that the caller wants back.
    pub saved: Vec<Gpr>,
    /// Words of the frame.
    pub words: u32,
}

/// A register, and where it is needed: in order.
struct Register {
    place: Place,
    taken: Vec<Range>,
}

impl Register {
    fn is_free(&self, ranges: &[Range]) -> bool {
        let mut taken = self.taken.iter().peekable();
        ranges.iter().all(|&(start, end)| {
            while taken.next_if(|other| other.1 <= start).is_some() {}
            taken.peek().is_none_or(|other| other.0 >= end)
        })
    }

    fn take(&mut self, ranges: &[Range]) {
        self.taken.extend(ranges);
        self.taken.sort_unstable();
    }
}

pub(super) fn allocate(func: &Func, live: &Live) -> Places {
    let mut places = Places { of: vec![None; func.insts.len()], saved: Vec::new(), words: 0 };
    let hints = hints(func, live);
    if let Some(args) = func.block(Blk(0)).params.first() {
        places.of[args.0 as usize] = Some(Place::Args);
    }
    // Called code changes registers while it runs.
    let calls: Vec<Range> = live.calls.iter().map(|&at| (at, at + 1)).collect();
    let lost = LOST.into_iter().map(|reg| Register { place: Place::Gpr(reg), taken: calls.clone() });
    let kept = KEPT.into_iter().map(|reg| Register { place: Place::Gpr(reg), taken: Vec::new() });
    let mut ints: Vec<Register> = lost.chain(kept).collect();
    let mut floats: Vec<Register> =
        (0..FLOATS).map(|number| Register { place: Place::Xmm(Xmm(number)), taken: calls.clone() }).collect();
    let mut order: Vec<&Interval> = live.intervals.iter().collect();
    order.sort_by_key(|interval| (u32::MAX - interval.weight, interval.val));
    for Interval { val, ranges, .. } in order {
        let registers = if func.ty(*val) == Ty::Float { &mut floats } else { &mut ints };
        let wanted = hints[val.0 as usize].iter().filter_map(|other| places.of[other.0 as usize]);
        let hinted = wanted
            .filter_map(|place| registers.iter().position(|register| register.place == place))
            .find(|&index| registers[index].is_free(ranges));
        let index = hinted.or_else(|| registers.iter().position(|register| register.is_free(ranges)));
        places.of[val.0 as usize] = Some(match index {
            Some(index) => {
                registers[index].take(ranges);
                registers[index].place
            }
            None => {
                places.words += 1;
                Place::Stack(places.words - 1)
            }
        });
    }
    places.saved = KEPT.into_iter().filter(|&reg| places.of.contains(&Some(Place::Gpr(reg)))).collect();
    places
}

type Hints = SmallVec<[Val; 3]>;

/// Values that had better be in the same place as each value: what is passed for a parameter, and what is computed of another value.
fn hints(func: &Func, live: &Live) -> Vec<Hints> {
    let mut hints = vec![Hints::new(); func.insts.len()];
    let mut join = |a: Val, b: Val| {
        if let (Some(a), Some(b)) = (live.root(a), live.root(b)) {
            hints[a.0 as usize].push(b);
            hints[b.0 as usize].push(a);
        }
    };
    for &block in &live.graph.order {
        for edge in func.block(block).end.edges() {
            for (&param, &arg) in func.block(edge.to).params.iter().zip(&edge.args) {
                join(param, arg);
            }
        }
        for &val in &func.block(block).insts {
            if live.forms[val.0 as usize] != Form::Placed {
                continue;
            }
            if let Inst::IntOp(_, a, _) | Inst::Checked(_, a, ..) | Inst::FloatOp(_, a, _) | Inst::Not(a) =
                *func.inst(val)
            {
                join(val, a);
            }
        }
    }
    hints
}
