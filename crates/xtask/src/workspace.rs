//! Where the workspace is, and building its program.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of the root Cargo.toml.
pub(crate) fn root() -> PathBuf {
    // This crate is crates/xtask.
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// The folder that Cargo builds into.
pub(crate) fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Builds the program `phalanx` and gives its path. `profile` is Cargo's: `release`, `dev` or one of our own.
pub(crate) fn build_phalanx(profile: &str) -> Result<PathBuf, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .current_dir(root())
        .args(["build", "--quiet", "--package", "phalanx-cli", "--profile", profile])
        .status()
        .map_err(|error| format!("cannot run cargo: {error}"))?;
    if !status.success() {
        return Err("cargo build failed".to_owned());
    }
    let folder = if profile == "dev" { "debug" } else { profile };
    Ok(target_dir().join(folder).join("phalanx"))
}
