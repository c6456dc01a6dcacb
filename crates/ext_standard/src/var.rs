//! Values: showing, storing, converting and testing them.

pub mod dump;
pub mod export;
pub mod print_r;
pub mod props;
pub mod serialize;
pub mod types;
pub mod unserialize;

use phalanx_value::convert::format_float;
use phalanx_vm::class::PropType;

/// A float with `precision` digits (17 or -1, usually), as `var_dump()` and friends show it.
pub fn float_text(float: f64, precision: i32) -> Vec<u8> {
    format_float(float, precision).as_bytes().to_vec()
}

/// A type as written.
pub fn type_text(ty: &PropType) -> String {
    match ty {
        PropType::None => "mixed".into(),
        PropType::Native(ty) => ty.text.into(),
        PropType::Decl(ty) => ty.text.to_str_lossy().into_owned(),
    }
}
