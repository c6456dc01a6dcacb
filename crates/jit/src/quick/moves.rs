//! Moves that happen at once: values are passed to places that others may still be in.

use super::alloc::Place;
use smallvec::SmallVec;

/// Places, and what comes into each at once.
pub(super) type Moves = SmallVec<[(Place, Source); 8]>;

/// Where a moved value comes from: a place, or a number that is in none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Source {
    Place(Place),
    Int(i64),
    /// Bits of a float.
    Float(u64),
}

/// One move of a sequence.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Move {
    /// To a place.
    To(Place, Source),
    /// What is in the first place is kept aside, for the second one.
    Aside(Place, Place),
    /// What was kept aside of the first place goes to the second one.
    Back(Place, Place),
}

/// The moves in an order in which nothing is lost. At most one value is aside at a time.
pub(super) fn order(mut moves: Moves) -> SmallVec<[Move; 8]> {
    let mut all = SmallVec::new();
    moves.retain(|&mut (to, from)| from != Source::Place(to));
    while !moves.is_empty() {
        let wanted = |place: Place, moves: &[(Place, Source)]| {
            moves.iter().any(|&(_, from)| from == Source::Place(place))
        };
        if let Some(index) = (0..moves.len()).find(|&index| !wanted(moves[index].0, &moves)) {
            let (to, from) = moves.swap_remove(index);
            all.push(Move::To(to, from));
            continue;
        }
        // All that are left are in circles: one is opened, and closed as soon as its place is free.
        let (mut hole, Source::Place(first)) = moves.swap_remove(0) else { continue };
        let last = hole;
        all.push(Move::Aside(first, last));
        hole = first;
        while let Some(index) = moves.iter().position(|&(to, _)| to == hole) {
            let (to, from) = moves.swap_remove(index);
            all.push(Move::To(to, from));
            match from {
                Source::Place(next) => hole = next,
                _ => break,
            }
        }
        all.push(Move::Back(first, last));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    /// Executes the sequence and compares with what moving at once gives.
    fn check(moves: &[(u32, u32)]) {
        let place = |number: u32| Place::Stack(number);
        let sequence =
            order(moves.iter().map(|&(to, from)| (place(to), Source::Place(place(from)))).collect());
        let mut state: HashMap<u32, u32> = (0..10).map(|number| (number, number)).collect();
        let mut aside = None;
        let number = |place: Place| match place {
            Place::Stack(number) => number,
            _ => unreachable!(),
        };
        for step in sequence {
            match step {
                Move::To(to, Source::Place(from)) => {
                    state.insert(number(to), state[&number(from)]);
                }
                Move::Aside(from, _) => assert!(aside.replace(state[&number(from)]).is_none()),
                Move::Back(_, to) => {
                    state.insert(number(to), aside.take().unwrap());
                }
                Move::To(..) => unreachable!(),
            }
        }
        for &(to, from) in moves {
            assert_eq!(state[&to], from, "{moves:?}");
        }
    }

    #[test]
    fn nothing_is_lost() {
        check(&[(1, 2), (2, 3)]);
        check(&[(2, 3), (1, 2)]);
        check(&[(1, 2), (2, 1)]);
        check(&[(1, 2), (2, 3), (3, 1)]);
        check(&[(1, 2), (2, 1), (3, 1), (4, 2)]);
        check(&[(1, 2), (2, 1), (3, 4), (4, 3), (5, 5)]);
        check(&[(1, 2), (2, 3), (3, 4), (4, 1), (5, 1), (6, 5)]);
    }
}
