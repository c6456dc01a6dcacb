//! What several functions do with their arguments.

use phalanx_value::{PhpRef, Value};
use phalanx_vm::{Context, PhpResult, props};

/// Gives a variable that was passed by reference a new value.
pub fn assign(cx: &mut Context, variable: &PhpRef, value: Value) -> PhpResult {
    if variable.has_type_sources() {
        return props::assign_reference(cx, variable, value).map(|_| ());
    }
    variable.set(value);
    Ok(())
}

/// Where a search begins: an offset from the start, or from the end if negative. None beyond the end.
pub fn start(offset: i64, len: usize) -> Option<usize> {
    if offset < 0 {
        return Some(len.saturating_sub(offset.unsigned_abs() as usize));
    }
    usize::try_from(offset).ok().filter(|offset| *offset <= len)
}
