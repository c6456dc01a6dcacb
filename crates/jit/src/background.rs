//! Compiling beside the program: a thread of the process that makes code of finished SSA forms, while those who asked for
//! it go on interpreting.
//!
//! The thread knows nothing of scripts: it gets a form, which is plain data, and gives bytes. Whoever asked publishes them, when
//! it comes by a hot place or an exit next, for the script is in use there.

use crate::ir::Func;
use crate::lower::{self, Compiled, Scratch};
use crate::{Jit, Reason};
use rustc_hash::FxHashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::thread;

/// What is to be compiled.
pub(crate) struct Job {
    pub jit: Arc<Jit>,
    pub func: Func,
    /// What dumps call it.
    pub name: String,
    /// What the answer is sent with.
    pub ticket: u64,
    pub answer: Sender<Answer>,
    /// Gone when nobody waits any more.
    pub waiting: Weak<()>,
}

/// What became of a job.
pub(crate) type Answer = (u64, Result<Compiled, Reason>);

/// What threads share of it.
#[derive(Default)]
pub(crate) struct Background {
    /// Where jobs go, once there is a thread; none if it could not be had.
    jobs: OnceLock<Option<Sender<Job>>>,
    /// Addresses of the sites that somebody waits for.
    sites: Mutex<FxHashSet<usize>>,
}

impl Background {
    /// Whether somebody waits for code of a site.
    pub(crate) fn is_awaited(&self, site: usize) -> bool {
        self.sites.lock().unwrap_or_else(PoisonError::into_inner).contains(&site)
    }

    /// Nobody waits for code of a site any more.
    pub(crate) fn forget(&self, site: usize) {
        self.sites.lock().unwrap_or_else(PoisonError::into_inner).remove(&site);
    }

    /// Has code made for a site; gives the job back if there is nobody to do it.
    pub(crate) fn submit(&self, site: usize, job: Job) -> Result<(), Box<Job>> {
        let Some(jobs) = self.jobs.get_or_init(start) else { return Err(Box::new(job)) };
        self.sites.lock().unwrap_or_else(PoisonError::into_inner).insert(site);
        jobs.send(job).map_err(|refused| {
            self.forget(site);
            Box::new(refused.0)
        })
    }
}

/// Starts the thread. It ends when the JIT is dropped, whose jobs come by the channel.
fn start() -> Option<Sender<Job>> {
    let (sender, jobs) = channel();
    let thread = thread::Builder::new().name("jit".to_owned()).spawn(move || work(&jobs));
    thread.is_ok().then_some(sender)
}

fn work(jobs: &Receiver<Job>) {
    let mut scratch = Scratch::default();
    while let Ok(mut job) = jobs.recv() {
        if job.waiting.strong_count() == 0 {
            continue;
        }
        let made =
            catch_unwind(AssertUnwindSafe(|| lower::make(&job.jit, &mut job.func, &job.name, &mut scratch)));
        let result = made.unwrap_or_else(|_| {
            scratch = Scratch::default();
            Err(Reason::Backend)
        });
        // Who does not wait any more does not need it.
        let _ = job.answer.send((job.ticket, result));
    }
}
