//! Compiling beside the program: a thread of the process that makes better code of finished SSA forms, while those who
//! asked for it run what they have.
//!
//! The thread knows nothing of scripts: it gets a form, which is plain data, and gives bytes. Whoever asked publishes them
//! when it comes by, for the script is in use there.

use crate::ir::Func;
use crate::lower::{self, Compiled, Scratch};
use crate::{Jit, Reason};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, OnceLock, Weak};
use std::thread;

/// What is to be compiled.
pub(crate) struct Job {
    pub jit: Arc<Jit>,
    pub func: Func,
    /// What the answer is sent with.
    pub ticket: u64,
    pub answer: Sender<Answer>,
    /// Gone when nobody waits any more.
    pub waiting: Weak<()>,
}

/// What became of a job.
pub(crate) type Answer = (u64, Result<Compiled, Reason>);

/// Where jobs go, once there is a thread; it stays without one if none can be had.
#[derive(Default)]
pub(crate) struct Background(OnceLock<Option<Sender<Job>>>);

impl Background {
    /// Says whether there is somebody to do it.
    pub(crate) fn submit(&self, job: Job) -> bool {
        self.0.get_or_init(start).as_ref().is_some_and(|jobs| jobs.send(job).is_ok())
    }
}

/// Starts the thread. It ends when the JIT is dropped, for jobs come by its channel.
fn start() -> Option<Sender<Job>> {
    let (sender, jobs) = channel();
    let thread = thread::Builder::new().name("jit".to_owned()).spawn(move || work(&jobs));
    thread.is_ok().then_some(sender)
}

fn work(jobs: &Receiver<Job>) {
    let mut scratch = Scratch::default();
    while let Ok(job) = jobs.recv() {
        if job.waiting.strong_count() == 0 {
            continue;
        }
        let made = catch_unwind(AssertUnwindSafe(|| lower::compile(&job.jit, &job.func, &mut scratch)));
        let result = made.unwrap_or_else(|_| {
            scratch = Scratch::default();
            Err(Reason::Backend)
        });
        // Who does not wait any more does not need it.
        let _ = job.answer.send((job.ticket, result));
    }
}
