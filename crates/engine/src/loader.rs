//! From source to a Unit that runs: through the opcode cache, or privately.
//!
//! # Safety
//!
//! Units in the cache are used from `fetch` to the end of the request, which unpins them.
#![allow(unsafe_code, reason = "Units of the cache are reached by address")]

use crate::Engine;
use crate::opcache::{self, CompileSettings, Loaded, RequestCache, Setting};
use phalanx_bytecode::draft::UnitDraft;
use phalanx_bytecode::unit::{Image, PrivateUnit, UnitRef};
use phalanx_cache::{CacheConfig, FileStamp, Hit};
use phalanx_compiler::{ErrorKind, Options};
use phalanx_host::output::{Stream, write_all};
use phalanx_syntax::{ParseOptions, parse};
use phalanx_value::PhpString;
use phalanx_vm::Context;
use phalanx_vm::loader::{Install, LoadError, LoadedUnit, Loader};
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
    /// `short_open_tag`, which no script changes: what is in the cache was compiled with it too.
    short_tags: bool,
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
        EngineLoader::with(engine, cache, None)
    }

    /// Loads for a request that runs no script: it takes no thread's place in the cache.
    pub fn without_cache(engine: Arc<Engine>) -> EngineLoader {
        EngineLoader::with(engine, None, None)
    }

    /// Loads for the request that preloads, and keeps a log.
    pub fn preloading(engine: Arc<Engine>) -> EngineLoader {
        let cache = engine.cache().and_then(RequestCache::preload);
        EngineLoader::with(engine, cache, Some(RefCell::default()))
    }

    fn with(engine: Arc<Engine>, cache: Option<Rc<RequestCache>>, log: Option<RefCell<Log>>) -> EngineLoader {
        let short_tags = Setting::of(engine.ini(), "short_open_tag").truth();
        EngineLoader { engine, cache, short_tags, log }
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
        cached: Option<&CacheConfig>,
    ) -> Result<Image, LoadError> {
        let wanted = Wanted { assertions: assertions(cx), cached, cwd: cx.process.cwd.path() };
        let draft = compile(&self.engine, source, path, options, wanted)?;
        if self.cache.as_ref().is_some_and(|cache| cache.shows_code()) {
            let listing = phalanx_bytecode::disasm::unit(&draft);
            // Nobody is left to be told when standard error is closed.
            let _ = write_all(Stream::Error, listing.as_bytes());
        }
        Ok(phalanx_bytecode::assemble(&draft))
    }

    fn private(&self, image: &Image) -> LoadedUnit {
        let unit = Arc::new(PrivateUnit::new(image, self.engine.unit_id()));
        LoadedUnit { unit: unit.get(), keeper: Some(unit), size: 0, how: Install::default() }
    }

    /// How a file is made known to the request.
    fn install(&self, silent: bool) -> Install {
        let pass_duplicates = self.cache.as_ref().is_some_and(|cache| cache.switches().dups_fix);
        Install { silent, pass_duplicates }
    }

    /// What this request has found in the cache.
    fn shared(&self, hit: Hit, silent: bool) -> LoadedUnit {
        // SAFETY: what was stored is the image of a Unit; it stays pinned until `end`, which `Request::finish` calls when the context
        // is gone.
        let unit = unsafe { hit.unit() };
        let how = self.install(silent);
        self.note(LoadedUnit { unit, keeper: None, size: 0, how }, hit.size(), true)
    }

    fn load(
        &self,
        cx: &Context,
        source: &[u8],
        path: &[u8],
        options: ParseOptions,
    ) -> Result<LoadedUnit, LoadError> {
        let image = self.image(cx, source, path, options, None)?;
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

/// The bit of `opcache.optimization_level` that lets go of code without effect.
const DEAD_CODE: i64 = 1 << 13;

/// What a compilation depends on beside the source.
struct Wanted<'a> {
    assertions: bool,
    /// The settings of the cache that the code is for.
    cached: Option<&'a CacheConfig>,
    cwd: &'a [u8],
}

fn compile(
    engine: &Engine,
    source: &[u8],
    path: &[u8],
    options: ParseOptions,
    wanted: Wanted<'_>,
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
    let Wanted { assertions, cached, cwd } = wanted;
    let options = Options {
        assertions,
        comments: cached.is_none_or(|config| config.save_comments),
        unused_statics_go: cached.is_some_and(|config| config.optimization_level & DEAD_CODE != 0),
        eval,
        dir: cwd,
        constant: &constant,
        disabled: &disabled,
    };
    phalanx_compiler::compile(&parsed.ast, source, path, &options).map_err(|error| match error.kind {
        ErrorKind::Parse => LoadError::Parse { text: error.text, line: error.line },
        ErrorKind::Compile => LoadError::Compile { text: error.text, line: error.line },
    })
}

/// Compiles a script without running it: for `-l` and for tools.
pub fn compile_unit(engine: &Engine, source: &[u8], path: &[u8]) -> Result<UnitDraft, LoadError> {
    let wanted = Wanted { assertions: true, cached: None, cwd: b"." };
    compile(engine, source, path, script_options(true), wanted)
}

fn script_options(short_open_tag: bool) -> ParseOptions {
    ParseOptions { short_open_tag, start_in_script: false, skip_shebang: true }
}

/// Whether there is code for `assert()`, from `zend.assertions`.
fn assertions(cx: &Context) -> bool {
    cx.ini.get_int("zend.assertions").unwrap_or(1) >= 0
}

impl Loader for EngineLoader {
    fn knows_file(&self, cx: &Context, path: &[u8]) -> bool {
        let cache = self.cache.as_ref().filter(|cache| cache.cache().config().enable_file_override);
        cache.is_some_and(|cache| cache.switches().enable && cache.contains(&cx.full_path(path)))
    }

    fn load_file(&self, cx: &mut Context, path: &[u8]) -> Result<LoadedUnit, LoadError> {
        let options = script_options(self.short_tags);
        let files = self.engine.files();
        let config = match (&self.cache, files) {
            (Some(cache), _) if cache.switches().enable => cache.cache().config(),
            (None, Some(files)) if cx.ini.get_bool("opcache.enable") => files.config(),
            _ => return self.load(cx, &read(path)?.bytes, path, options),
        };
        let mut compiled = false;
        let mut compile = |source: Source| {
            compiled = true;
            self.image(cx, &source.bytes, path, options, Some(config))
        };
        let files = files.map(|files| {
            let (assertions, short_open_tag) = (assertions(cx), self.short_tags);
            let (comments, level) = (config.save_comments, config.optimization_level);
            (
                &**files,
                CompileSettings { assertions, short_open_tag, comments, dead_code: level & DEAD_CODE != 0 },
            )
        });
        let loaded = match (&self.cache, files) {
            (Some(cache), files) => cache.load(path, files, || read(path), compile)?,
            // Either there is to be no shared cache, or it has no room for another thread.
            (None, Some((files, settings))) => {
                Loaded::Private(files.load_or_compile(path, settings, || read(path), compile)?)
            }
            (None, None) => Loaded::Private(compile(read(path)?)?),
        };
        let silent = !compiled && !config.record_warnings;
        Ok(match loaded {
            Loaded::Private(image) => {
                let how = self.install(silent);
                self.note(LoadedUnit { how, ..self.private(&image) }, image.bytes().len(), true)
            }
            Loaded::Shared(hit) => self.shared(hit, silent),
        })
    }

    fn load_cached(&self, path: &PhpString) -> Option<LoadedUnit> {
        let cache = self.cache.as_ref()?;
        Some(self.shared(cache.stored(path)?, !cache.cache().config().record_warnings))
    }

    fn hold(&self, preloaded: &LoadedUnit) -> LoadedUnit {
        match &self.cache {
            Some(cache) if preloaded.unit.id < cache.cache().id_limit() => {
                cache.pin(preloaded.unit.id);
                // The pin is all there is to it: no count that threads share.
                LoadedUnit { keeper: None, size: 0, ..preloaded.clone() }
            }
            _ => preloaded.clone(),
        }
    }

    fn load_code(&self, cx: &mut Context, code: &[u8], path: &[u8]) -> Result<LoadedUnit, LoadError> {
        let options =
            ParseOptions { short_open_tag: self.short_tags, start_in_script: true, skip_shebang: false };
        let image = self.image(cx, code, path, options, None)?;
        // Files are as many as somebody has written; code for `eval` is made without end.
        let size = image.bytes().len();
        Ok(self.note(LoadedUnit { size, ..self.private(&image) }, size, false))
    }

    fn load_script(&self, cx: &mut Context, source: &[u8], path: &[u8]) -> Result<LoadedUnit, LoadError> {
        self.load(cx, source, path, script_options(self.short_tags))
    }
}
