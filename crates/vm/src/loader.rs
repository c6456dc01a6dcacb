//! What the VM asks of the engine: to compile scripts, through the opcode cache or not.

use crate::Context;
use phalanx_bytecode::unit::UnitRef;
use phalanx_value::PhpString;
use std::any::Any;
use std::sync::Arc;

/// Keeps the memory of a Unit alive. Closures take it to other threads.
pub type Keeper = Arc<dyn Any + Send + Sync>;

/// A Unit and whatever keeps it alive.
#[derive(Clone)]
pub struct LoadedUnit {
    /// The Unit.
    pub unit: UnitRef,
    /// Keeps it alive; none if a pin in the cache does so until the request ends.
    pub keeper: Option<Keeper>,
    /// Bytes that the memory limit of a request counts for it; none for what all requests share.
    pub size: usize,
    /// How it is made known to the request.
    pub how: Install,
}

/// How a Unit is made known to a request.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Install {
    /// What the compiler warns of was said when it was compiled.
    pub silent: bool,
    /// Classes that are there already are passed over.
    pub pass_duplicates: bool,
}

/// Why a script could not be loaded.
#[derive(Clone, Debug)]
pub enum LoadError {
    /// The file cannot be opened: the operating system's words ("No such file or directory").
    Open(String),
    /// It does not parse: ParseError.
    Parse {
        /// Text.
        text: String,
        /// Line.
        line: u32,
    },
    /// It does not compile: fatal error.
    Compile {
        /// Text.
        text: String,
        /// Line.
        line: u32,
    },
}

/// Turns scripts into Units; the engine installs one.
pub trait Loader {
    /// Whether the opcode cache vouches for the file that a script calls `path`, so that nobody needs to look.
    fn knows_file(&self, _cx: &Context, _path: &[u8]) -> bool {
        false
    }

    /// The Unit of the file at the absolute path `path`.
    fn load_file(&self, cx: &mut Context, path: &[u8]) -> Result<LoadedUnit, LoadError>;

    /// The Unit of a file that the opcode cache has under the path as it is written, and need not be asked for elsewhere.
    fn load_cached(&self, _path: &PhpString) -> Option<LoadedUnit> {
        None
    }

    /// A preloaded Unit for a request that is about to use it: whatever keeps it alive does so until the request ends.
    fn hold(&self, preloaded: &LoadedUnit) -> LoadedUnit {
        preloaded.clone()
    }

    /// The Unit of PHP code given to `eval`, `-r` and the like (it begins in PHP mode); `path` is its name in
    /// messages.
    fn load_code(&self, cx: &mut Context, code: &[u8], path: &[u8]) -> Result<LoadedUnit, LoadError>;

    /// The Unit of a script that was read already (standard input); it begins in HTML mode.
    fn load_script(&self, cx: &mut Context, source: &[u8], path: &[u8]) -> Result<LoadedUnit, LoadError>;
}
