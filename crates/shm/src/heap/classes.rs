//! Size classes: powers of two, each divided into sixteen steps.

/// Steps between two powers of two.
pub(super) const SECOND_LEVELS: usize = 16;
/// Enough for any size that fits into 32 bits.
pub(super) const FIRST_LEVELS: usize = 29;

const STEP_BITS: u32 = SECOND_LEVELS.trailing_zeros();

/// The class that a free block of this many granules belongs to.
pub(super) fn class_of(units: u32) -> (usize, usize) {
    if units < SECOND_LEVELS as u32 {
        return (0, units as usize);
    }
    let log = units.ilog2();
    let step = (units >> (log - STEP_BITS)) as usize - SECOND_LEVELS;
    ((log - STEP_BITS + 1) as usize, step)
}

/// The first class all of whose blocks have at least this many granules, or `None` if there is no such class.
pub(super) fn class_for(units: u32) -> Option<(usize, usize)> {
    if units < SECOND_LEVELS as u32 {
        return Some((0, units as usize));
    }
    let step = 1u32 << (units.ilog2() - STEP_BITS);
    Some(class_of(units.checked_add(step - 1)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Classes are in the order of sizes, and a class that is searched for a size holds only blocks that fit.
    #[test]
    fn every_block_of_the_class_for_a_size_fits() {
        let sizes = (1..5000).chain((13..32).flat_map(|p| [(1u32 << p) - 1, 1 << p, (1 << p) + 1]));
        let mut last = (0, 0);
        for units in sizes.clone() {
            let class = class_of(units);
            assert!(class >= last && class.0 < FIRST_LEVELS && class.1 < SECOND_LEVELS, "{units}");
            last = class;
            let wanted = class_for(units).unwrap();
            assert!(wanted >= class);
            for other in [units.saturating_sub(1), units / 2 + 1] {
                assert!(other >= units || class_of(other) < wanted, "{other} in the class for {units}");
            }
        }
        assert_eq!(class_for(u32::MAX), None);
    }
}
