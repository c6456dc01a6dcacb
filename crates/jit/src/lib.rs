//! The JIT compiler: hot loops become machine code.
//!
//! How a loop or function gets there:
//!
//! 1. [`phalanx_vm::hot`] counts visits of trace sites and calls [`hooks`] when one is hot.
//! 2. [`record`] watches the interpreter from there on and notes which instructions run and what their operands hold, in
//!    the called functions too: [`profile`].
//! 3. [`build`] walks the instructions seen, for each combination of types that comes to them, and makes a typed SSA form
//!    of them: [`ir`]. Called functions are walked into, or called as compiled code.
//! 4. [`pass`] improves it; [`quick`] makes machine code of it at once, and [`lower`], with Cranelift, better code beside the
//!    program: [`background`]; [`code`] puts that where threads find it.
//!
//! What was not seen is an exit: a [`snapshot`] says how the interpreter's frames are rebuilt, and the interpreter goes on
//! there. An exit that is taken often is recorded in turn, and the region is compiled again with what was learned. An
//! instruction without code of its own is executed by its handler ([`runtime`]), so that there is nothing in a loop which
//! cannot be compiled; its slots are in memory then.
//!
//! Invariant: interpreter and compiled code agree on everything that a program can see.
#![deny(unsafe_code)]

mod background;
mod build;
mod code;
mod config;
mod hooks;
mod ir;
mod lower;
mod pass;
mod profile;
mod quick;
mod reason;
mod record;
mod runtime;
mod snapshot;
mod status;
mod types;

pub use code::{ALIGN, CodeStore, Place};
pub use config::{JitConfig, Mode, parse_mode, parse_size};
pub use hooks::{block, install, is_available, switch};
pub use reason::Reason;
pub use status::{Status, status};

use background::Background;
use code::CodeMemory;
use cranelift_codegen::isa::OwnedTargetIsa;
use phalanx_bytecode::unit::FuncProto;
use rustc_hash::FxHashSet;
use status::Counters;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The JIT of a process: its code memory and counters, shared by all threads.
pub struct Jit {
    config: JitConfig,
    code: CodeMemory,
    isa: OwnedTargetIsa,
    counters: Counters,
    background: Background,
    blocked: Mutex<FxHashSet<Named>>,
}

/// A function by its script's path, its first line and its name.
type Named = (Box<[u8]>, u32, Box<[u8]>);

fn named(proto: &FuncProto) -> Named {
    (proto.unit().path.as_bytes().into(), proto.line_start, proto.lc_name.as_bytes().into())
}

impl Jit {
    /// Sets up code memory.
    ///
    /// # Errors
    /// Those of the operating system, and that this machine is none that code can be made for.
    pub fn new(config: JitConfig) -> io::Result<Jit> {
        if !cfg!(target_arch = "x86_64") {
            return Err(io::ErrorKind::Unsupported.into());
        }
        let isa = lower::target().map_err(io::Error::other)?;
        let code = CodeMemory::new(config.buffer_size, config.gate)?;
        let (counters, background, blocked) = Default::default();
        Ok(Jit { config, code, isa, counters, background, blocked })
    }

    fn block(&self, proto: &FuncProto) {
        self.blocked().insert(named(proto));
    }

    fn is_blocked(&self, proto: &FuncProto) -> bool {
        let blocked = self.blocked();
        !blocked.is_empty() && blocked.contains(&named(proto))
    }

    fn blocked(&self) -> MutexGuard<'_, FxHashSet<Named>> {
        self.blocked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What it was made with.
    pub fn config(&self) -> &JitConfig {
        &self.config
    }
}
