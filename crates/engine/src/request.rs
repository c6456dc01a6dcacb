//! The life of a request.
//!
//! # Safety
//!
//! The context goes before what the request has kept is released.
#![allow(unsafe_code, reason = "releases the heap of a request as a whole")]

use crate::loader::EngineLoader;
use crate::opcache::Handle;
use crate::threads::EngineThreads;
use crate::{Engine, border};
use phalanx_value::{PhpString, Value};
use phalanx_vm::errors::{Speaker, level};
use phalanx_vm::frame::VmThis;
use phalanx_vm::ini::Ini;
use phalanx_vm::loader::{LoadError, LoadedUnit, Loader};
use phalanx_vm::output::{Output, Sink};
use phalanx_vm::process::Process;
use phalanx_vm::{Context, PhpResult};
use std::rc::Rc;
use std::sync::Arc;

/// A request: a context, and what begins and ends it.
pub struct Request {
    /// The context, which stays where it is: fibers that are suspended know its address.
    pub cx: Box<Context>,
    loader: Rc<EngineLoader>,
    /// A bug ended it.
    broken: bool,
}

impl Engine {
    /// Begins a request on the current thread, which has `stack_size` bytes of native stack left.
    pub fn request(self: &Arc<Engine>, sink: Box<dyn Sink>, process: Process, stack_size: usize) -> Request {
        let mut request = self.begin(
            Rc::new(EngineLoader::new(self.clone())),
            sink,
            process,
            stack_size,
            Speaker::Function,
        );
        request.cx.preload = self.preloaded.get().map(|preloaded| preloaded.table.clone());
        request
    }

    /// The same without what is preloaded, with a loader of the caller's, and of the process's start if `speaker` says so.
    pub(crate) fn begin(
        self: &Arc<Engine>,
        loader: Rc<EngineLoader>,
        sink: Box<dyn Sink>,
        process: Process,
        stack_size: usize,
        speaker: Speaker,
    ) -> Request {
        let ini = Ini::new(self.ini().clone());
        let mut cx = Box::new(Context::new(
            self.registry().clone(),
            ini,
            loader.clone(),
            Output::new(sink),
            process,
            stack_size,
        ));
        *cx.state() = Handle {
            cache: loader.cache().cloned(),
            files: self.files().cloned(),
            engine: Some(self.clone()),
        };
        cx.thread_host = Some(Arc::new(EngineThreads::new(self.clone())));
        cx.errors.speaker = speaker;
        phalanx_vm::begin_request(&mut cx);
        crate::jit::install(&mut cx, self.jit(), loader.cache());
        for extension in self.extensions() {
            if let Some(start) = extension.request_start {
                start(&mut cx);
            }
        }
        Request { cx, loader, broken: false }
    }
}

impl Request {
    /// Runs the script at `path` as the main script. An error to open it is given back.
    pub fn run_file(&mut self, path: &[u8]) -> Result<(), String> {
        let full = self.cx.real_path(path).unwrap_or_else(|| self.cx.full_path(path).into());
        let loaded = self.loader.clone().load_file(&mut self.cx, &full);
        if let Err(LoadError::Open(reason)) = loaded {
            return Err(reason);
        }
        self.cx.included.add(&full);
        self.run(loaded, &full);
        Ok(())
    }

    /// Runs the script that decides for a server what becomes of a request: false if it leaves that to the server.
    pub fn run_router(&mut self, path: &[u8]) -> Result<bool, String> {
        let full = self.cx.real_path(path).unwrap_or_else(|| self.cx.full_path(path).into());
        let loaded = self.loader.clone().load_file(&mut self.cx, &full);
        if let Err(LoadError::Open(reason)) = loaded {
            return Err(reason);
        }
        self.cx.included.add(&full);
        Ok(!self.run(loaded, &full).is_false())
    }

    /// The fatal error that has ended the script, if one did: its message and where it was.
    pub fn fatal_error(&self) -> Option<String> {
        let last = self.cx.errors.last.as_ref().filter(|last| last.level & level::FATAL != 0)?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Some(format!("{} in {} on line {}", text(&last.message), text(&last.file), last.line))
    }

    /// Runs code as `-r` does. As in PHP, no handler of the user hears of what it does not catch. Tells whether it came
    /// to its end.
    pub fn run_code(&mut self, code: &[u8], name: &[u8]) -> bool {
        let loaded = self.loader.clone().load_code(&mut self.cx, code, name);
        let mut ended = false;
        let whole = border::guard(&mut self.cx, |cx| {
            let result: PhpResult = match loaded {
                Ok(loaded) => cx.run_script(&loaded).map(drop),
                Err(error) => phalanx_vm::include::report_main(cx, error, name),
            };
            ended = result.is_ok();
            if let Some(exception) = cx.exception.take() {
                cx.report_uncaught(&exception, level::E_ERROR);
            }
        });
        self.broken |= !whole;
        ended
    }

    /// Runs a script that was read already.
    pub fn run_script(&mut self, source: &[u8], name: &[u8]) {
        let loaded = self.loader.clone().load_script(&mut self.cx, source, name);
        self.run(loaded, name);
    }

    /// Compiles a script without running it. What is wrong with it is reported as it would be when it ran.
    pub fn check_syntax(&mut self, source: &[u8], name: &[u8]) -> bool {
        match self.loader.clone().load_script(&mut self.cx, source, name) {
            Ok(_) => true,
            Err(error) => {
                let result = phalanx_vm::include::report_main(&mut self.cx, error, name);
                self.cx.finish_exception(result);
                false
            }
        }
    }

    /// Sets the variables that code for each line of an input sees: `$argn`, the line, and `$argi`, its number.
    pub fn set_line(&mut self, line: &[u8], number: i64) {
        let mut globals = self.cx.globals.borrow_mut();
        globals.set(&PhpString::from_bytes(b"argn"), Value::str(line));
        globals.set(&PhpString::from_bytes(b"argi"), Value::int(number));
    }

    /// The next line of standard input, through the stream that the script itself can read from.
    pub fn read_line(&mut self) -> Option<Vec<u8>> {
        let mut line = None;
        let whole = border::guard(&mut self.cx, |cx| {
            let stream = cx.constants.get(&PhpString::from_bytes(b"STDIN")).cloned();
            if let (Some(stream), Some(fgets)) = (stream, cx.find_function(b"fgets"))
                && let Ok(value) = cx.call_function(fgets, VmThis::NONE, None, &[stream])
            {
                line = value.as_bytes().map(<[u8]>::to_vec);
            }
        });
        self.broken |= !whole;
        line
    }

    /// Whether code may run behind code that has ended the script: so it is after `exit`, not after a fatal error.
    pub fn goes_on(&mut self) -> bool {
        let fatal = self.cx.errors.last.as_ref().is_some_and(|last| last.level & level::FATAL != 0);
        if self.broken || self.cx.exiting && fatal {
            return false;
        }
        self.cx.exiting = false;
        true
    }

    /// Runs a main script and gives what it returned.
    fn run(&mut self, loaded: Result<LoadedUnit, LoadError>, path: &[u8]) -> Value {
        let mut returned = Value::NULL;
        let whole = border::guard(&mut self.cx, |cx| {
            let result: PhpResult = match loaded {
                Ok(loaded) => cx.run_script(&loaded).map(|value| returned = value),
                Err(error) => phalanx_vm::include::report_main(cx, error, path),
            };
            cx.finish_exception(result);
        });
        self.broken |= !whole;
        returned
    }

    /// Ends the request: shutdown functions, destructors, output, extensions. Gives the exit code.
    pub fn finish(self) -> i32 {
        self.end(|_| false)
    }

    /// The same with something to do after PHP code has run for the last time, which says whether the scripts stay in use.
    pub(crate) fn end(mut self, last: impl FnOnce(&mut Context) -> bool) -> i32 {
        let mut stays = false;
        if !self.broken {
            self.broken = !border::guard(&mut self.cx, |cx| {
                phalanx_vm::end_request(cx);
                stays = last(cx);
                for extension in cx.registry.clone().extensions() {
                    if let Some(end) = extension.request_end {
                        end(cx);
                    }
                }
            });
        }
        // A thread does not wait for those it has started: whoever started the first one does. After a bug nobody has told
        // the threads to end.
        if !phalanx_threads::is_php_thread() && !self.broken {
            phalanx_threads::wait_for_all();
        }
        if self.cx.process.web.is_some() {
            // A response without a body has headers all the same.
            self.cx.begin_body();
        }
        self.cx.flush_sink();
        let Request { cx, loader, broken } = self;
        let code = cx.exit_code;
        if broken {
            // After a bug nothing is known of the state, so nothing of it is taken apart.
            std::mem::forget(cx);
            return code;
        }
        let keepers = cx.units.keepers();
        drop(cx);
        // SAFETY: the context was the last that referred to anything of the request on this thread.
        unsafe { phalanx_vm::release_request() };
        drop(keepers);
        if stays || phalanx_threads::is_php_thread() && phalanx_threads::has_sent_code() {
            // Closures that this thread has sent may run in others after its end: what it has pinned stays pinned.
            std::mem::forget(loader);
        } else {
            // Only now is nothing left that lies in a Unit.
            loader.end();
        }
        code
    }
}
