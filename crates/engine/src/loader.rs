//! From source to a Unit that runs: through the opcode cache, or privately.
//!
//! # Safety
//!
//! Units in the cache are used from `fetch` to the end of the request, which unpins them.
#![allow(unsafe_code, reason = "Units of the cache are reached by address")]

use crate::Engine;
use crate::opcache::{self, Loaded, RequestCache};
use phalanx_bytecode::draft::UnitDraft;
use phalanx_bytecode::unit::{Image, PrivateUnit, UnitRef};
use phalanx_cache::FileStamp;
use phalanx_compiler::{ErrorKind, Options};
use phalanx_syntax::{ParseOptions, parse};
use phalanx_vm::Context;
use phalanx_vm::loader::{LoadError, LoadedUnit, Loader};

use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;
use std::sync::Arc;

/// The source of a script, and the state of its file when it was read.
pub struct Source {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The file's stamp.
    pub stamp: FileStamp,
}

/// The loader of a request.
pub struct EngineLoader {
    engine: Arc<Engine>,
    cache: Option<Rc<RequestCache>>,
    /// What was loaded, in order, if somebody wants to know.
    log: Option<RefCell<Log>>,
}

/// What a loader has loaded, each Unit once, and their ids.
#[derive(Default)]
struct Log {
    entries: Vec<Logged>,
    ids: HashSet<u32>,
}

/// Something that a loader has loaded.
#[derive(Clone)]
pub struct Logged {
    /// The Unit.
    pub unit: UnitRef,
    /// Its size in bytes.
    pub size: usize,
    /// Whether it comes from a file.
    pub is_file: bool,
}

impl EngineLoader {
    /// Loads for a request of `engine`, through its cache if it has one.
    pub fn new(engine: Arc<Engine>) -> EngineLoader {
        let cache = engine.cache().and_then(RequestCache::begin);
        EngineLoader { engine, cache, log: None }
    }

    /// Loads for the request that preloads, and keeps a log.
    pub fn preloading(engine: Arc<Engine>) -> EngineLoader {
        let cache = engine.cache().and_then(RequestCache::preload);
        EngineLoader { engine, cache, log: Some(RefCell::default()) }
    }

    /// What was loaded so far, each Unit once, in the order of the first time.
    pub fn log(&self) -> Vec<Logged> {
        self.log.as_ref().map(|log| log.borrow().entries.clone()).unwrap_or_default()
    }

    fn note(&self, loaded: LoadedUnit, size: usize, is_file: bool) -> LoadedUnit {
        if let Some(log) = &self.log {
            let mut log = log.borrow_mut();
            if log.ids.insert(loaded.unit.id) {
                log.entries.push(Logged { unit: loaded.unit, size, is_file });
            }
        }
        loaded
    }

    /// The cache as the request uses it.
    pub fn cache(&self) -> Option<&Rc<RequestCache>> {
        self.cache.as_ref()
    }

    /// Ends the request: no Unit that was loaded is used any more.
    pub fn end(&self) {
        if let Some(cache) = &self.cache {
            cache.end();
        }
    }

    fn image(
        &self,
        cx: &Context,
        source: &[u8],
        path: &[u8],
        options: ParseOptions,
    ) -> Result<Image, LoadError> {
        let assertions = cx.ini.get_int("zend.assertions").unwrap_or(1) >= 0;
        let draft = compile(&self.engine, source, path, options, assertions, cx.process.cwd.path())?;
        Ok(phalanx_bytecode::assemble(&draft))
    }

    fn private(&self, image: &Image) -> LoadedUnit {
        let unit = Arc::new(PrivateUnit::new(image, self.engine.unit_id()));
        LoadedUnit { unit: unit.get(), keeper: unit, size: 0 }
    }

    fn load(
        &self,
        cx: &Context,
        source: &[u8],
        path: &[u8],
        options: ParseOptions,
    ) -> Result<LoadedUnit, LoadError> {
        let image = self.image(cx, source, path, options)?;
        Ok(self.note(self.private(&image), image.bytes().len(), true))
    }
}

fn read(path: &[u8]) -> Result<Source, LoadError> {
    let (bytes, stat) = phalanx_host::fs::read_file(path)
        .map_err(|error| LoadError::Open(phalanx_host::error_text(&error)))?;
    if stat.is_dir() {
        return Err(LoadError::Open("Is a directory".to_string()));
    }
    Ok(Source { bytes, stamp: opcache::stamp_of(&stat) })
}

fn compile(
    engine: &Engine,
    source: &[u8],
    path: &[u8],
    options: ParseOptions,
    assertions: bool,
    cwd: &[u8],
) -> Result<UnitDraft, LoadError> {
    let parsed = parse(source, options);
    if let Some(error) = parsed.error {
        let text = String::from_utf8_lossy(&error.message).into_owned();
        return Err(match error.kind {
            phalanx_syntax::ErrorKind::Parse => LoadError::Parse { text, line: error.line },
            phalanx_syntax::ErrorKind::Compile => LoadError::Compile { text, line: error.line },
        });
    }
    let constant = |name: &[u8]| engine.constant(name);
    let eval = options.start_in_script;
    let disabled = |name: &[u8]| engine.registry().is_disabled(name);
    let options = Options { assertions, eval, dir: cwd, constant: &constant, disabled: &disabled };
    phalanx_compiler::compile(&parsed.ast, source, path, &options).map_err(|error| match error.kind {
        ErrorKind::Parse => LoadError::Parse { text: error.text, line: error.line },
        ErrorKind::Compile => LoadError::Compile { text: error.text, line: error.line },
    })
}

/// Compiles a script without running it: for `-l` and for tools.
pub fn compile_unit(engine: &Engine, source: &[u8], path: &[u8]) -> Result<UnitDraft, LoadError> {
    compile(engine, source, path, script_options(true), true, b".")
}

fn script_options(short_open_tag: bool) -> ParseOptions {
    ParseOptions { short_open_tag, start_in_script: false, skip_shebang: true }
}

/// `short_open_tag`, which cannot change while the process runs: what is in the cache was compiled with it too.
fn short_tags(cx: &Context) -> bool {
    cx.ini.get_bool("short_open_tag")
}

impl Loader for EngineLoader {
    fn load_file(&self, cx: &mut Context, path: &[u8]) -> Result<LoadedUnit, LoadError> {
        let options = script_options(short_tags(cx));
        let Some(cache) = self.cache.as_ref().filter(|_| cx.ini.get_bool("opcache.enable")) else {
            return self.load(cx, &read(path)?.bytes, path, options);
        };
        let compile = |source: Source| self.image(cx, &source.bytes, path, options);
        match cache.load(path, || read(path), compile)? {
            Loaded::Private(image) => Ok(self.note(self.private(&image), image.bytes().len(), true)),
            Loaded::Shared(hit) => {
                // SAFETY: what was stored is the image of a Unit; it stays pinned until `end`, which `Request::finish`
                // calls when the context is gone.
                let unit = unsafe { hit.unit() };
                Ok(self.note(LoadedUnit { unit, keeper: Arc::new(()), size: 0 }, hit.size(), true))
            }
        }
    }

    fn hold(&self, preloaded: &LoadedUnit) -> LoadedUnit {
        match &self.cache {
            Some(cache) if preloaded.unit.id < cache.cache().id_limit() => {
                cache.pin(preloaded.unit.id);
                // The pin is all there is to it: no count that threads share.
                LoadedUnit { unit: preloaded.unit, keeper: Arc::new(()), size: 0 }
            }
            _ => preloaded.clone(),
        }
    }

    fn load_code(&self, cx: &mut Context, code: &[u8], path: &[u8]) -> Result<LoadedUnit, LoadError> {
        let options =
            ParseOptions { short_open_tag: short_tags(cx), start_in_script: true, skip_shebang: false };
        let image = self.image(cx, code, path, options)?;
        // Files are as many as somebody has written; code for `eval` is made without end.
        let size = image.bytes().len();
        Ok(self.note(LoadedUnit { size, ..self.private(&image) }, size, false))
    }

    fn load_script(&self, cx: &mut Context, source: &[u8], path: &[u8]) -> Result<LoadedUnit, LoadError> {
        self.load(cx, source, path, script_options(short_tags(cx)))
    }
}
