//! Requests on other threads, for PHP code that starts threads.

use crate::{Engine, Process, ProcessSink, STACK_SIZE};
use phalanx_vm::Context;
use phalanx_vm::threads::{ThreadHost, ThreadSeed};
use std::sync::Arc;

/// Makes requests of one engine on the threads that its requests start.
pub(crate) struct EngineThreads {
    engine: Arc<Engine>,
}

impl EngineThreads {
    pub(crate) fn new(engine: Arc<Engine>) -> EngineThreads {
        EngineThreads { engine }
    }
}

impl ThreadHost for EngineThreads {
    fn stack_size(&self) -> usize {
        STACK_SIZE
    }

    fn run(&self, seed: ThreadSeed, body: Box<dyn FnOnce(&mut Context) + Send>) {
        // Before anything else: threads begin with the rights of the one that started them.
        phalanx_shm::enter_thread();
        let sink: Box<dyn phalanx_vm::output::Sink> = match seed.sink {
            Some(sink) => sink,
            None => Box::new(ProcessSink::default()),
        };
        let process = Process {
            env: seed.env,
            script: seed.script.map(|script| script[..].into()),
            args: seed.args.iter().map(|arg| arg[..].into()).collect(),
            sapi: seed.sapi,
            ..Process::new(seed.cwd)
        };
        let mut request = self.engine.request(sink, process, STACK_SIZE);
        body(&mut request.cx);
        request.finish();
    }

    fn may_switch(&self) -> bool {
        phalanx_shm::open_windows() == 0
    }
}
