//! Running many tests at once.
//!
//! Workers take tests from one queue. A test whose conflict key is held by a running one is put aside until that one is done;
//! tests that conflict with `all` wait until everything else is finished and run alone. A redirecting test puts what it
//! redirects to into the queue.

use std::collections::{HashSet, VecDeque};
use std::io;
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::options::Options;
use crate::outcome::TestResult;
use crate::program::Program;
use crate::run_test::{Ran, TestCase, run_test};
use crate::test_file::{Borked, TestFile};

struct State {
    waiting: VecDeque<TestCase>,
    /// Tests whose conflict keys were taken when their turn came.
    blocked: VecDeque<Job>,
    /// Tests that run alone.
    alone: VecDeque<Job>,
    held: HashSet<String>,
    running: usize,
}

struct Job {
    case: TestCase,
    test: Result<TestFile, Borked>,
    keys: Vec<String>,
}

struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

/// Runs the tests at `paths` and calls `report` with each result as it comes. The results are sorted by name.
pub fn run_tests(
    options: &Options,
    paths: Vec<PathBuf>,
    report: &(dyn Fn(&TestResult) + Sync),
) -> io::Result<Vec<TestResult>> {
    let program = Program::new(options)?;
    let waiting: VecDeque<_> = paths.into_iter().map(|path| TestCase { path, redirect: None }).collect();
    let workers = options.workers.clamp(1, waiting.len().max(1));
    let state =
        State { waiting, blocked: VecDeque::new(), alone: VecDeque::new(), held: HashSet::new(), running: 0 };
    let queue = Queue { state: Mutex::new(state), changed: Condvar::new() };
    let results = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(Job { case, test, keys }) = queue.take() {
                    let mut redirected = Vec::new();
                    match run_test(&program, &case, test) {
                        Ran::Redirected(cases) => redirected = cases,
                        Ran::Done(result) => {
                            report(&result);
                            results.lock().unwrap_or_else(PoisonError::into_inner).push(*result);
                        }
                    }
                    queue.finish(&keys, redirected);
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(results)
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next test that may run now; nothing when all are done.
    fn take(&self) -> Option<Job> {
        let mut state = self.lock();
        loop {
            if let Some(job) = state.unblocked() {
                state.running += 1;
                return Some(job);
            }
            if let Some(case) = state.waiting.pop_front() {
                // Counted as running, so that nobody starts a test that must be alone meanwhile.
                state.running += 1;
                drop(state);
                let job = load(case);
                state = self.lock();
                state.running -= 1;
                state.admit(job);
                continue;
            }
            if state.running == 0 {
                // Anything blocked is free now, so only tests that run alone can be left.
                let job = state.alone.pop_front();
                state.running += usize::from(job.is_some());
                if job.is_none() {
                    self.changed.notify_all();
                }
                return job;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn finish(&self, keys: &[String], redirected: Vec<TestCase>) {
        let mut state = self.lock();
        state.running -= 1;
        state.waiting.extend(redirected);
        for key in keys {
            state.held.remove(key);
        }
        self.changed.notify_all();
    }
}

fn load(case: TestCase) -> Job {
    let test = TestFile::load(&case.path, case.redirect.is_some());
    let keys = test.as_ref().map(TestFile::conflicts).unwrap_or_default();
    Job { case, test, keys }
}

impl State {
    fn admit(&mut self, job: Job) {
        if job.keys.iter().any(|key| key == "all") {
            self.alone.push_back(job);
        } else {
            self.blocked.push_back(job);
        }
    }

    /// The first test whose keys are free, with the keys taken.
    fn unblocked(&mut self) -> Option<Job> {
        let index =
            self.blocked.iter().position(|job| job.keys.iter().all(|key| !self.held.contains(key)))?;
        let job = self.blocked.remove(index)?;
        self.held.extend(job.keys.iter().cloned());
        Some(job)
    }
}
