//! `--threads`: one script on many threads at once.
//!
//! Each thread runs a request of its own on the same engine, so cache and compiled code are shared, and its output goes into
//! memory. What all print alike is printed once; when one differs, all are shown, which no test expects.

use std::sync::{Arc, Barrier, Mutex, PoisonError};
use std::thread;

use phalanx_engine::{STACK_SIZE, Sink};

use super::Run;

/// Output in memory, errors and log among it.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<u8>>>);

impl Memory {
    fn add(&self, bytes: &[u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
    }
}

impl Sink for Memory {
    fn write(&mut self, bytes: &[u8]) -> bool {
        self.add(bytes);
        true
    }

    fn error(&mut self, bytes: &[u8]) {
        self.add(bytes);
    }

    fn log(&mut self, _: Option<&[u8]>, message: &[u8]) {
        self.add(message);
        self.add(b"\n");
    }

    fn for_thread(&mut self) -> Option<Box<dyn Sink + Send>> {
        Some(Box::new(self.clone()))
    }
}

/// Runs the script and gives the exit code of the first thread.
pub(super) fn run(run: &Run<'_>, file: &[u8]) -> i32 {
    if let Err(code) = run.check(file) {
        return code;
    }
    let count = run.invocation.threads as usize;
    let barrier = Barrier::new(count);
    let one = || {
        barrier.wait();
        let memory = Memory::default();
        let mut request = run.request_to(Box::new(memory.clone()), Some(file), &run.invocation.arguments);
        // The file was there a moment ago; when it is gone now the outputs tell.
        if let Err(reason) = request.run_file(file) {
            memory.add(reason.as_bytes());
        }
        let code = request.finish();
        let output = std::mem::take(&mut *memory.0.lock().unwrap_or_else(PoisonError::into_inner));
        (code, output)
    };
    let results: Vec<(i32, Vec<u8>)> = thread::scope(|scope| {
        let threads: Vec<_> = (0..count)
            .map(|_| thread::Builder::new().stack_size(STACK_SIZE).spawn_scoped(scope, one))
            .collect();
        threads
            .into_iter()
            .map(|thread| match thread.map(thread::ScopedJoinHandle::join) {
                Ok(Ok(result)) => result,
                Ok(Err(_)) => (254, b"the thread panicked\n".to_vec()),
                Err(error) => (254, format!("the thread could not be started: {error}\n").into_bytes()),
            })
            .collect()
    });
    let first = &results[0];
    if results.iter().all(|result| result == first) {
        super::print_bytes(&first.1);
        return first.0;
    }
    for (index, (code, output)) in results.iter().enumerate() {
        super::print(&format!("--- thread {index}, exit code {code} ---\n"));
        super::print_bytes(output);
    }
    255
}
