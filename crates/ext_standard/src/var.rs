//! Values: showing, storing, converting and testing them.

pub mod dump;
pub mod export;
pub mod print_r;
pub mod props;
pub mod serialize;
pub mod types;
pub mod unserialize;

use phalanx_value::convert::format_float;
use phalanx_vm::class::PropRef;
use phalanx_vm::types::TypeScope;

/// A float with `precision` digits (17 or -1, usually), as `var_dump()` and friends show it.
pub fn float_text(float: f64, precision: i32) -> Vec<u8> {
    format_float(float, precision).as_bytes().to_vec()
}

/// The type of a property as written.
pub fn type_text(info: Option<PropRef>) -> String {
    info.map_or_else(String::new, |info| info.ty.text(TypeScope { class: Some(info.class), called: None }))
}
