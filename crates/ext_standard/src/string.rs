//! Strings.

pub mod distance;
pub mod escape;
pub mod html;
pub mod mask;
pub mod metaphone;
pub mod natural;
pub mod number;
pub mod strip_tags;
pub mod transfer;
pub mod utf8;
pub mod wrap;
