//! Conversions of strings that look at bytes only; the rules for numbers are in [`crate::convert`].

use super::PhpString;
use crate::convert::numeric;

impl PhpString {
    /// PHP's truth: everything but `""` and `"0"`.
    #[inline(always)]
    pub fn truthy(&self) -> bool {
        let bytes = self.as_bytes();
        !(bytes.is_empty() || bytes == b"0")
    }

    /// The integer a cast gives: the leading number, 0 when there is none.
    pub fn to_int(&self) -> i64 {
        numeric::to_int(self.as_bytes())
    }

    /// The float a cast gives: the leading number, 0 when there is none.
    pub fn to_float(&self) -> f64 {
        numeric::to_float(self.as_bytes())
    }

    /// What `is_numeric()` and arithmetic see in the string.
    pub fn numeric(&self) -> numeric::Numeric {
        numeric::classify(self.as_bytes())
    }
}
