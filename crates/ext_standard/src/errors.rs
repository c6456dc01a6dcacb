//! Warnings that several functions raise.

use phalanx_vm::{Context, PhpResult};

/// Raises each text as a warning of the function that runs.
pub fn warn_all(cx: &mut Context, texts: &[&'static str]) -> PhpResult {
    for text in texts {
        cx.doc_warning(text)?;
    }
    Ok(())
}
