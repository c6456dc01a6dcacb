//! Strings.

pub mod case;
pub mod codec;
pub mod compare;
pub mod distance;
pub mod escape;
pub mod format;
pub mod html;
pub mod increment;
pub mod likeness;
pub mod locale;
pub mod markup;
pub mod mask;
pub mod metaphone;
pub mod natural;
pub mod number;
pub mod pack;
pub mod replace;
pub mod scan;
pub mod search;
pub mod slice;
pub mod split;
pub mod strip_tags;
pub mod transfer;
pub mod trim;
pub mod wrap;
