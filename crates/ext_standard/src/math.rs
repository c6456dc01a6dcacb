//! Mathematics: rounding, powers, logarithms, bases, random numbers.

pub mod arith;
pub mod base;
pub mod format;
pub mod mt;
pub mod random;
pub mod round;
pub mod trig;
