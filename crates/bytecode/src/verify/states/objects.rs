//! Objects whose constructors are being called: which `CALL` ends what a `NEW` has begun, and where the object lies meanwhile.
//!
//! [`crate::flow`] pairs them like brackets, in the order of the instructions, and unwinding releases an object wherever it is
//! between the two. So every path has to agree with that order.

use crate::flow::constructions;
use crate::shape::Shape;

/// The pairs of a function.
pub(super) struct Objects {
    /// For each instruction that ends a call the `NEW` that began it plus 1, or 0.
    begun_by: Vec<u32>,
    /// For each instruction the innermost `NEW` of the pairs that it lies between plus 1, or 0.
    inside: Vec<u32>,
    /// The same for the `NEW` of each pair.
    outer: Vec<u32>,
}

impl Objects {
    pub(super) fn of(func: &Shape<'_>) -> Objects {
        let count = func.code.len();
        let (mut begun_by, mut is_ended) = (vec![0; count], vec![false; count]);
        for range in constructions(func) {
            let (new, call) = (range.start as usize - 1, range.end as usize - 1);
            begun_by[call] = range.start;
            is_ended[new] = true;
        }
        let (mut inside, mut outer) = (vec![0; count], vec![0; count]);
        let mut innermost = 0;
        for at in 0..count {
            inside[at] = innermost;
            if is_ended[at] {
                outer[at] = innermost;
                innermost = at as u32 + 1;
            } else if begun_by[at] != 0 {
                innermost = outer[begun_by[at] as usize - 1];
            }
        }
        Objects { begun_by, inside, outer }
    }

    /// The `NEW` that began the call which an instruction ends, plus 1; 0 for another call.
    pub(super) fn begun_by(&self, at: usize) -> u32 {
        self.begun_by[at]
    }

    /// The `NEW`s whose objects an exception of an instruction releases, from the innermost on.
    pub(super) fn around(&self, at: usize) -> impl Iterator<Item = usize> {
        let number = |plus: u32| plus.checked_sub(1).map(|number| number as usize);
        std::iter::successors(number(self.inside[at]), move |&new| number(self.outer[new]))
    }
}
