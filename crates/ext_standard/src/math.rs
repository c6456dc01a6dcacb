//! Mathematics: rounding, powers, logarithms, bases, random numbers.

pub mod mt;
pub mod round;
