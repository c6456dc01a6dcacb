//! The JIT compiler: hot loops become machine code.
//!
//! How a loop gets there:
//!
//! 1. [`phalanx_vm::hot`] counts visits of trace sites and calls [`hooks`] when one is hot.
//! 2. [`record`] watches the interpreter from there on and notes which instructions run, which follow which, and what
//!    their operands hold: a [`profile`].
//! 3. [`region`] takes the instructions seen as a control-flow graph and finds by a forward walk which slots hold
//!    unboxed numbers where; [`plan`] says for one instruction, from those types, what code it becomes.
//! 4. [`lower`] makes code of the plans with Cranelift; [`code`] puts it where threads find it.
//!
//! What was not seen is an exit: values in registers are written to their slots of the frame, and the interpreter
//! goes on at that instruction. An exit that is taken often is recorded in turn, and the loop is compiled again with
//! what was learned. An instruction without code of its own is executed by its handler ([`step`]), so that there is
//! nothing in a loop which cannot be compiled; its slots are in memory then.
//!
//! Invariant: between two instructions a slot's value is either in memory, as the interpreter has it, or in
//! registers with a type known while compiling; [`types::State`] says which. Interpreter and compiled code agree on
//! everything that a program can see.
#![deny(unsafe_code)]

mod code;
mod config;
mod hooks;
mod lower;
mod plan;
mod profile;
mod reason;
mod record;
mod region;
mod status;
mod step;
mod types;

pub use code::{CodeStore, Place};
pub use config::{JitConfig, Mode, parse_mode, parse_size};
pub use hooks::install;
pub use reason::Reason;
pub use status::Status;

use code::CodeMemory;
use cranelift_codegen::isa::OwnedTargetIsa;
use status::Counters;
use std::io;

/// The JIT of a process: its code memory and counters, shared by all threads.
pub struct Jit {
    config: JitConfig,
    code: CodeMemory,
    isa: OwnedTargetIsa,
    counters: Counters,
}

impl Jit {
    /// Sets up code memory.
    ///
    /// # Errors
    /// Those of the operating system, and that this machine is none that code can be made for.
    pub fn new(config: JitConfig) -> io::Result<Jit> {
        let isa = lower::target().map_err(io::Error::other)?;
        Ok(Jit { code: CodeMemory::new(config.buffer_size)?, isa, counters: Counters::default(), config })
    }

    /// What it was made with.
    pub fn config(&self) -> &JitConfig {
        &self.config
    }
}
