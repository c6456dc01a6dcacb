//! What the VM knows of other threads: whoever makes requests there, and what objects are on the way to one.

use crate::Context;
use crate::output::Sink;
use crate::thrown::PhpResult;
use phalanx_host::cwd::Cwd;
use phalanx_host::env::Env;
use phalanx_value::ObjRef;

/// What a request on another thread takes over from the one that starts it. Settings are those that were configured, not
/// what scripts made of them.
pub struct ThreadSeed {
    /// Where its output goes; none leaves the choice to the host.
    pub sink: Option<Box<dyn Sink + Send>>,
    /// Working directory.
    pub cwd: Cwd,
    /// The environment.
    pub env: Env,
    /// The main script as it was named.
    pub script: Option<Vec<u8>>,
    /// `$argv`.
    pub args: Vec<Vec<u8>>,
    /// `PHP_SAPI`.
    pub sapi: &'static str,
}

/// Makes requests on threads; the engine installs one in [`Context::thread_host`].
pub trait ThreadHost: Send + Sync {
    /// Bytes of native stack that a thread of a request needs.
    fn stack_size(&self) -> usize;

    /// Runs `body` in a request of its own on the current thread, which was started for it.
    fn run(&self, seed: ThreadSeed, body: Box<dyn FnOnce(&mut Context) + Send>);

    /// Whether the thread holds nothing that must not be held across a switch of coroutines (write windows).
    fn may_switch(&self) -> bool;
}

/// An object with native state on its way to another thread.
pub trait Traveler: Send {
    /// Makes the object there.
    fn arrive(self: Box<Self>, cx: &mut Context) -> PhpResult<ObjRef>;
}

impl Context {
    /// What a thread that this request starts takes over from it.
    pub fn thread_seed(&mut self) -> ThreadSeed {
        self.flush_sink();
        ThreadSeed {
            sink: self.output.sink_mut().for_thread(),
            cwd: self.process.cwd.clone(),
            env: self.process.env.clone(),
            script: self.process.script.as_ref().map(|script| script.to_vec()),
            args: self.process.args.iter().map(|arg| arg.to_vec()).collect(),
            sapi: self.process.sapi,
        }
    }
}
