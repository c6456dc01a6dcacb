//! `cargo xtask sanitize`: the tests of shared memory and of threads under LLVM's sanitizers.
//!
//! Sanitizers are switched on by an unstable option of the compiler. `RUSTC_BOOTSTRAP`, set for these builds alone, lets the
//! stable one take it.
//!
//! The thread sanitizer needs a standard library that is instrumented as well, so it builds one, for which the component
//! `rust-src` has to be there. It knows memory by its address: the segments have one view instead of two then
//! (`phalanx_one_view`), or it would never see a reader and a writer at the same place.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::arguments::Arguments;
use crate::{Done, TaskResult, workspace};

pub(crate) const HELP: &str = "\
sanitize                the tests of shared memory and threads under the address and the thread sanitizer
    --address           under the address sanitizer only
    --thread            under the thread sanitizer only
    --php               phpt tests of threads, cache and JIT, with a command that is built with the address
                        sanitizer, which takes some minutes";

const TARGET: &str = "x86_64-unknown-linux-gnu";

/// What is run with `--php`.
const PHPT_FOLDERS: [&str; 3] = ["tests/opcache", "tests/async", "tests/jit"];

struct Sanitizer {
    name: &'static str,
    rustflags: &'static str,
    /// Whether the standard library has to be built as well.
    build_std: bool,
    environment: &'static [(&'static str, &'static str)],
    suites: &'static [Suite],
    /// Names of tests, or parts of them, that cannot run so.
    skips: &'static [&'static str],
}

/// Tests of one package.
struct Suite {
    package: &'static str,
    tests: &'static [&'static str],
}

const SANITIZERS: [Sanitizer; 2] = [
    Sanitizer {
        name: "address",
        rustflags: "-Zsanitizer=address",
        build_std: false,
        environment: &[("PHALANX_SHM_KILLS", "100"), ("PHALANX_CACHE_KILLS", "100")],
        suites: &[
            Suite { package: "phalanx-shm", tests: &["heap", "faults", "sharing", "deaths", "limits"] },
            Suite { package: "phalanx-cache", tests: &["cache", "units", "stress", "kills"] },
            Suite { package: "phalanx-threads", tests: &[] },
            Suite { package: "phalanx-engine", tests: &["requests"] },
        ],
        skips: &[
            // It reserves terabytes of address space itself.
            "an_address_space_that_is_too_small",
            // It keeps a list of threads, from which one that ends behind its back is not removed.
            "threads_killed_at_any_instant",
            "a_thread_killed_at_the_gate",
        ],
    },
    Sanitizer {
        name: "thread",
        rustflags: "-Zsanitizer=thread --cfg phalanx_one_view",
        build_std: true,
        environment: &[("TSAN_OPTIONS", "halt_on_error=1:die_after_fork=0")],
        suites: &[
            Suite { package: "phalanx-shm", tests: &["heap", "sharing"] },
            Suite { package: "phalanx-cache", tests: &["cache", "units", "stress"] },
            Suite { package: "phalanx-threads", tests: &[] },
        ],
        skips: &[],
    },
];

pub(crate) fn run(mut arguments: Arguments) -> TaskResult {
    let chosen: Vec<_> =
        SANITIZERS.iter().filter(|sanitizer| arguments.flag(&format!("--{}", sanitizer.name))).collect();
    let php = arguments.flag("--php");
    arguments.paths()?;
    if php {
        return run_phpt(&SANITIZERS[0]);
    }
    let chosen = if chosen.is_empty() { SANITIZERS.iter().collect() } else { chosen };
    let mut done = Done::Good;
    for sanitizer in chosen {
        if sanitizer.build_std && !has_library_source()? {
            println!("SKIPPED: the {} sanitizer needs `rustup component add rust-src`", sanitizer.name);
            continue;
        }
        for suite in sanitizer.suites {
            println!("== {} sanitizer: {}", sanitizer.name, suite.package);
            let status =
                sanitizer.command(suite).status().map_err(|error| format!("cannot run cargo: {error}"))?;
            if !status.success() {
                println!("{}: {status} under the {} sanitizer", suite.package, sanitizer.name);
                done = Done::Bad;
            }
        }
    }
    Ok(done)
}

/// Runs phpt tests with a command of its own.
fn run_phpt(sanitizer: &Sanitizer) -> TaskResult {
    let status = sanitizer.cargo("build").args(["--package", "phalanx-cli"]).status();
    if !status.map_err(|error| format!("cannot run cargo: {error}"))?.success() {
        return Err("cargo build failed".into());
    }
    let php = sanitizer.target_dir().join(TARGET).join("debug/phalanx");
    let mut command = Command::new(std::env::current_exe()?);
    command
        .args(["phpt", "-q", "--mode", "interp", "--mode", "tracing", "--mode", "warm"])
        .args(["--timeout", "200", "--php"])
        .arg(php);
    // The sanitizer's notes on memory lie at addresses of their own, terabytes of them.
    command.args(["--memory", "100000"]).args(PHPT_FOLDERS).current_dir(workspace::root());
    // How deep a stack is cannot be seen where locals lie elsewhere, and what a process keeps to its end is no leak.
    command.env("ASAN_OPTIONS", "detect_stack_use_after_return=0:detect_leaks=0");
    Ok(if command.status()?.success() { Done::Good } else { Done::Bad })
}

impl Sanitizer {
    fn target_dir(&self) -> PathBuf {
        workspace::target_dir().join("sanitize").join(self.name)
    }

    fn cargo(&self, task: &str) -> Command {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.current_dir(workspace::root()).env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", self.rustflags);
        command.envs(self.environment.iter().copied().filter(|(name, _)| std::env::var_os(name).is_none()));
        command.args([task, "--target", TARGET, "--target-dir"]).arg(self.target_dir());
        if self.build_std {
            command.arg("-Zbuild-std");
        }
        command
    }

    fn command(&self, suite: &Suite) -> Command {
        let mut command = self.cargo("test");
        command.args(["--package", suite.package, "--lib"]);
        for test in suite.tests {
            command.args(["--test", test]);
        }
        command.arg("--");
        for skip in self.skips {
            command.args(["--skip", skip]);
        }
        command
    }
}

/// Whether the source of the standard library is installed.
fn has_library_source() -> Result<bool, String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc)
        .args(["--print", "sysroot"])
        .current_dir(workspace::root())
        .output()
        .map_err(|error| format!("cannot run rustc: {error}"))?;
    let sysroot = String::from_utf8_lossy(&output.stdout);
    Ok(Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library").is_dir())
}
