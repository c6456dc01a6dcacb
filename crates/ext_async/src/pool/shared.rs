//! What a pool and its workers share: the queue, and who waits for it.

use crate::remote::{Reply, Report};
use phalanx_threads::{Mailbox, Parcel};
use std::collections::VecDeque;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A call in the queue.
pub struct Job {
    /// Number.
    pub id: u64,
    /// What to call.
    pub task: Parcel,
    /// Arguments.
    pub args: Parcel,
    /// Whom to tell of its end.
    pub reply: Reply,
}

/// What became of a call that was to be put into the queue.
pub enum Push {
    /// It is in.
    Done,
    /// There is no room.
    Full(Job),
    /// The pool takes no more.
    Closed(Job),
}

/// What a worker is to do.
pub enum Take {
    /// This.
    Job(Job),
    /// Wait until it is told.
    Wait,
    /// End.
    End,
}

/// What workers are told, beside that there is something to do (a unit).
pub struct CancelJob(pub u64);

/// A receiver on a thread.
struct Party {
    mailbox: Arc<Mailbox>,
    to: u64,
}

impl Party {
    fn call(&self) {
        // One that has ended needs no call.
        let _ = self.mailbox.post(self.to, ());
    }
}

#[derive(Default)]
struct State {
    queue: VecDeque<Job>,
    closed: bool,
    canceled: bool,
    failure: Option<String>,
    next_job: u64,
    /// Calls that run: their number, and the worker.
    running: Vec<(u64, Party)>,
    completed: u64,
    /// Workers that have not ended.
    workers: usize,
    /// Workers that wait for something to do.
    idle: Vec<Party>,
    /// Those that wait for room in the queue.
    blocked: VecDeque<Party>,
}

/// What a pool and its workers share.
pub struct Shared {
    state: Mutex<State>,
    queue_size: usize,
    /// Workers run several calls at once.
    pub coroutine: bool,
    /// How many calls a worker runs at once.
    pub at_once: usize,
}

impl Shared {
    /// An empty queue.
    pub fn new(workers: usize, queue_size: usize, coroutine: bool, at_once: usize) -> Shared {
        let state = State { workers, ..State::default() };
        Shared { state: Mutex::new(state), queue_size, coroutine, at_once }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A number for a call.
    pub fn next_job(&self) -> u64 {
        let mut state = self.lock();
        state.next_job += 1;
        state.next_job
    }

    /// Puts a call into the queue.
    pub fn push(&self, job: Job) -> Push {
        let mut state = self.lock();
        if state.closed || state.workers == 0 {
            return Push::Closed(job);
        }
        if state.queue.len() >= self.queue_size {
            return Push::Full(job);
        }
        state.queue.push_back(job);
        let worker = state.idle.pop();
        drop(state);
        if let Some(worker) = worker {
            worker.call();
        }
        Push::Done
    }

    /// The receiver is called when there may be room. False if there is some already.
    pub fn wait_for_room(&self, mailbox: Arc<Mailbox>, to: u64) -> bool {
        let mut state = self.lock();
        if state.closed || state.workers == 0 || state.queue.len() < self.queue_size {
            return false;
        }
        state.blocked.push_back(Party { mailbox, to });
        true
    }

    /// The receiver waits no more.
    pub fn stop_waiting(&self, to: u64) {
        let mut state = self.lock();
        let before = state.blocked.len();
        state.blocked.retain(|party| party.to != to);
        // One that was called and does not push hands the call on.
        let next = if before == state.blocked.len() && state.queue.len() < self.queue_size {
            state.blocked.pop_front()
        } else {
            None
        };
        drop(state);
        if let Some(next) = next {
            next.call();
        }
    }

    /// The next call for a worker, which is called at `to` when it has to wait.
    pub fn take(&self, mailbox: &Arc<Mailbox>, to: u64) -> Take {
        let mut state = self.lock();
        let is_it = |party: &Party| party.to == to && Arc::ptr_eq(&party.mailbox, mailbox);
        let Some(job) = state.queue.pop_front() else {
            if state.closed {
                return Take::End;
            }
            if !state.idle.iter().any(is_it) {
                state.idle.push(Party { mailbox: mailbox.clone(), to });
            }
            return Take::Wait;
        };
        state.idle.retain(|party| !is_it(party));
        state.running.push((job.id, Party { mailbox: mailbox.clone(), to }));
        let blocked = state.blocked.pop_front();
        drop(state);
        if let Some(blocked) = blocked {
            blocked.call();
        }
        Take::Job(job)
    }

    /// A call has ended.
    pub fn done(&self, job: u64) {
        let mut state = self.lock();
        state.running.retain(|(id, _)| *id != job);
        state.completed += 1;
    }

    /// Takes no more calls; those in the queue are done.
    pub fn close(&self) {
        let (idle, blocked) = {
            let mut state = self.lock();
            state.closed = true;
            (mem::take(&mut state.idle), mem::take(&mut state.blocked))
        };
        idle.iter().chain(&blocked).for_each(Party::call);
    }

    /// Takes no more calls; those in the queue are refused, and those that run in workers with coroutines are canceled.
    pub fn cancel(&self) {
        self.close();
        let queue = {
            let mut state = self.lock();
            state.canceled = true;
            if self.coroutine {
                for (id, worker) in &state.running {
                    let _ = worker.mailbox.post(worker.to, CancelJob(*id));
                }
            }
            mem::take(&mut state.queue)
        };
        for job in queue {
            job.reply.send(Report::Failed {
                class: "Async\\AsyncCancellation",
                message: "ThreadPool task was cancelled before execution".to_owned(),
            });
        }
    }

    /// Nobody wants the result of a call any more: it does not run, or is canceled where it waits.
    pub fn cancel_job(&self, job: u64) {
        let mut state = self.lock();
        let queued = state.queue.iter().position(|queued| queued.id == job);
        let removed = queued.and_then(|at| state.queue.remove(at));
        let blocked = if removed.is_some() { state.blocked.pop_front() } else { None };
        if let Some((_, worker)) = state.running.iter().find(|(id, _)| *id == job) {
            let _ = worker.mailbox.post(worker.to, CancelJob(job));
        }
        drop(state);
        drop(removed);
        if let Some(blocked) = blocked {
            blocked.call();
        }
    }

    /// The pool is of no use any more; gives the calls that nobody will do.
    pub fn fail(&self, message: &str) -> Vec<Job> {
        self.close();
        let mut state = self.lock();
        state.failure.get_or_insert_with(|| message.to_owned());
        mem::take(&mut state.queue).into()
    }

    /// Why the pool is of no use any more.
    pub fn failure(&self) -> Option<String> {
        self.lock().failure.clone()
    }

    /// A worker has ended; gives the calls that nobody will do, if it was the last one.
    pub fn worker_ended(&self) {
        let (left, blocked) = {
            let mut state = self.lock();
            state.workers -= 1;
            if state.workers > 0 {
                return;
            }
            (mem::take(&mut state.queue), mem::take(&mut state.blocked))
        };
        drop(left);
        blocked.iter().for_each(Party::call);
    }

    /// Whether it takes no more calls.
    pub fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Calls in the queue.
    pub fn pending(&self) -> usize {
        self.lock().queue.len()
    }

    /// Calls that run.
    pub fn running(&self) -> usize {
        self.lock().running.len()
    }

    /// Calls that have ended.
    pub fn completed(&self) -> u64 {
        self.lock().completed
    }

    /// Workers that have not ended.
    pub fn workers(&self) -> usize {
        self.lock().workers
    }
}
