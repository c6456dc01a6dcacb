//! Conversions and comparisons that need no PHP code.

pub mod compare;
pub mod float;
pub mod incdec;
pub mod int;
pub mod numeric;
mod scalar;
mod shortest;

pub use compare::{NoObjects, compare, identical, loose_equal};
pub use float::{FloatBuffer, format_float};
pub use int::{IntBuffer, int_to_string};
pub use numeric::{Numeric, NumericPrefix};
pub use scalar::{float_to_int, float_to_int_exact, float_to_string, precision, set_precision};
