//! Preloading (`opcache.preload`): a script that runs once, before the first request, and whose functions and classes every
//! request has from the start.
//!
//! It is a request of its own. What it leaves is a table of names that point into its Units; these stay in the cache for good,
//! pinned by a slot that nobody gives back. The slot belongs to the thread that preloads, which therefore has to live as long as
//! requests run.

use crate::loader::EngineLoader;
use crate::opcache::{FATAL, Level, Log, Setting};
use crate::startup::FAILED;
use crate::{Engine, Process, Sink, border};
use phalanx_host::credentials::ThreadUser;
use phalanx_host::system;
use phalanx_value::PhpString;
use phalanx_vm::Context;
use phalanx_vm::errors::{Speaker, level};
use phalanx_vm::loader::{LoadError, Loader};
use phalanx_vm::preload::{self, PreloadTable};
use phalanx_vm::thrown::Thrown;
use std::rc::Rc;
use std::sync::Arc;

/// What was preloaded.
pub struct Preloaded {
    /// The declarations.
    pub table: Arc<PreloadTable>,
    /// What `opcache_get_status()` tells of them.
    pub statistics: Statistics,
}

/// What `opcache_get_status()['preload_statistics']` tells.
#[derive(Default)]
pub struct Statistics {
    /// Bytes of the scripts.
    pub memory: usize,
    /// Functions.
    pub functions: Vec<Box<[u8]>>,
    /// Classes, and those that could not be linked yet.
    pub classes: Vec<Box<[u8]>>,
    /// Paths of the scripts.
    pub scripts: Vec<Box<[u8]>>,
}

impl Engine {
    /// Preloads what the settings ask for, if they do and the cache is on: the second half of [`Engine::start`].
    pub(crate) fn preload(
        self: &Arc<Engine>,
        sink: impl Fn() -> Box<dyn Sink>,
        make: impl Fn() -> Process,
        stack_size: usize,
    ) -> Result<(), i32> {
        let path = Setting::of(self.ini(), "opcache.preload").text().into_bytes();
        let Some(cache) = self.cache().filter(|_| !path.is_empty()) else { return Ok(()) };
        if Setting::of(self.ini(), "opcache.file_cache_only").truth()
            && !Setting::of(self.ini(), "opcache.file_cache").text().is_empty()
        {
            self.log_warning("Preloading doesn't work in \"file_cache_only\" mode");
            return Ok(());
        }
        let user = self.preload_user()?;
        let loader = Rc::new(EngineLoader::preloading(self.clone()));
        if loader.cache().is_none() {
            // There is no slot: the warning has been given.
            return Ok(());
        }
        let mut request = self.begin(loader.clone(), sink(), make(), stack_size, Speaker::Function);
        let done = run(&mut request.cx, &loader, &path);
        let mut table = None;
        let keep = |cx: &mut Context| {
            table = done.then(|| link(cx, &loader));
            table.is_some()
        };
        request.end(keep);
        drop(user);
        let Some(table) = table else { return Err(FAILED) };
        let is_cached = |id: &u32| *id < cache.id_limit();
        cache.keep(loader.log().iter().map(|entry| entry.unit.id).filter(is_cached).collect());
        let preloaded = Preloaded { statistics: statistics(&table, &loader), table: Arc::new(table) };
        assert!(self.preloaded.set(preloaded).is_ok(), "an engine preloads once");
        Ok(())
    }

    /// What was preloaded, if anything was.
    pub(crate) fn preload_statistics(&self) -> Option<&Statistics> {
        self.preloaded.get().map(|preloaded| &preloaded.statistics)
    }

    fn log_warning(&self, text: &str) {
        Log::of(self.ini()).write(Level::Warning, text);
    }

    /// Makes the thread that user's whom `opcache.preload_user` names, until the result is dropped.
    fn preload_user(&self) -> Result<Option<ThreadUser>, i32> {
        let name = Setting::of(self.ini(), "opcache.preload_user").text();
        if name.is_empty() {
            return Ok(None);
        }
        if system::effective_user_id() != 0 {
            self.log_warning("\"opcache.preload_user\" is ignored because the current user is not \"root\"");
            return Ok(None);
        }
        let fatal = |text: &str| {
            Log::of(self.ini()).write(Level::Fatal, text);
            FATAL
        };
        let Some(id) = system::user_by_name(name.as_bytes()) else {
            return Err(fatal(&format!("Preloading failed to getpwnam(\"{name}\")")));
        };
        if id == system::effective_user_id() {
            return Ok(None);
        }
        match ThreadUser::become_user(name.as_bytes()) {
            Ok(user) => Ok(Some(user)),
            Err(error) => {
                let error = phalanx_host::error_text(&error);
                Err(fatal(&format!("Preloading failed to setuid({id}): {error}")))
            }
        }
    }
}

/// Runs the script; says whether it came to its end.
fn run(cx: &mut Context, loader: &Rc<EngineLoader>, path: &[u8]) -> bool {
    cx.errors.speaker = Speaker::Startup;
    for name in ["argv", "argc"] {
        cx.globals.borrow_mut().remove(name.as_bytes());
    }
    let mut done = false;
    let whole = border::guard(cx, |cx| {
        let full = cx.resolve_include(&PhpString::from_bytes(path));
        let loaded = match &full {
            Some(full) => loader.load_file(cx, full),
            None => Err(LoadError::Open("No such file or directory".to_owned())),
        };
        let result = match loaded {
            Ok(loaded) => {
                cx.included.add(&full.expect("what was loaded has a path"));
                cx.run_script(&loaded).map(drop)
            }
            Err(LoadError::Open(reason)) => {
                not_opened(cx, path, &reason);
                return;
            }
            Err(error) => phalanx_vm::include::report_main(cx, error, &full.unwrap_or_default()),
        };
        done = match result {
            Ok(()) => true,
            // A handler may deal with it.
            Err(Thrown::Exception) => cx.errors.exception_handler().is_some(),
            Err(Thrown::Exit) => false,
        };
        cx.finish_exception(result);
        done &= !cx.exiting;
    });
    whole && done
}

fn not_opened(cx: &mut Context, path: &[u8], reason: &str) {
    let nowhere = PhpString::from_bytes(b"Unknown");
    let shown = String::from_utf8_lossy(path);
    let include_path = String::from_utf8_lossy(cx.ini.get_str("include_path")).into_owned();
    // No script has run, so there is nothing that a warning could throw.
    let text = format!("PHP Startup: Failed to open stream: {reason}");
    let _ = cx.raise_at(level::E_WARNING, text, &nowhere, 0);
    let text = format!("Failed opening required '{shown}' (include_path='{include_path}')");
    let _ = cx.fatal_error_at(level::E_COMPILE_ERROR, text, &nowhere, 0);
}

/// After the end of the script: links what it has only compiled, and collects everything.
fn link(cx: &mut Context, loader: &EngineLoader) -> PreloadTable {
    cx.exiting = false;
    cx.errors.clear_handlers();
    let units: Vec<_> = loader.log().iter().map(|entry| entry.unit).collect();
    // Warnings cannot throw, since nobody handles errors any more.
    let _ = preload::link_rest(cx, &units);
    preload::collect(cx)
}

fn statistics(table: &PreloadTable, loader: &EngineLoader) -> Statistics {
    let log = loader.log();
    let mut statistics = Statistics {
        memory: log.iter().map(|entry| entry.size).sum(),
        functions: table.function_names().map(Box::from).collect(),
        classes: table.class_names().map(Box::from).collect(),
        scripts: log
            .iter()
            .filter(|entry| entry.is_file)
            .map(|entry| entry.unit.path.as_bytes().into())
            .collect(),
    };
    for decl in log.iter().flat_map(|entry| entry.unit.classes.iter()) {
        if !table.declares(decl) {
            statistics.classes.push(decl.name.as_bytes().into());
        }
    }
    statistics
}
