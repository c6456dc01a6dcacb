//! From source to a Unit that runs: through the opcode cache, or privately.
//!
//! # Safety
//!
//! Units in the cache are used from `fetch` to the end of the request, which unpins them.
#![allow(unsafe_code, reason = "Units of the cache are reached by address")]

use crate::Engine;
use crate::opcache::{self, Loaded, RequestCache, Setting};
use phalanx_bytecode::draft::UnitDraft;
use phalanx_bytecode::unit::{Image, PrivateUnit};
use phalanx_cache::FileStamp;
use phalanx_compiler::{ErrorKind, Options};
use phalanx_host::output::{Stream, write_all};
use phalanx_syntax::{ParseOptions, parse};
use phalanx_vm::Context;
use phalanx_vm::loader::{Install, LoadError, LoadedUnit, Loader};
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
}

impl EngineLoader {
    /// Loads for a request of `engine`, through its cache if it has one.
    pub fn new(engine: Arc<Engine>) -> EngineLoader {
        let cache = engine.cache().and_then(|cache| RequestCache::begin(cache, engine.ini()));
        let short_tags = Setting::of(engine.ini(), "short_open_tag").truth();
        EngineLoader { engine, cache, short_tags }
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
        comments: bool,
    ) -> Result<Image, LoadError> {
        let assertions = cx.ini.get_int("zend.assertions").unwrap_or(1) >= 0;
        let wanted = Wanted { assertions, comments, cwd: cx.process.cwd.path() };
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
        LoadedUnit { unit: unit.get(), keeper: unit, size: 0, how: Install::default() }
    }

    fn load(
        &self,
        cx: &Context,
        source: &[u8],
        path: &[u8],
        options: ParseOptions,
    ) -> Result<LoadedUnit, LoadError> {
        let image = self.image(cx, source, path, options, true)?;
        Ok(self.private(&image))
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

/// What a compilation depends on beside the source.
struct Wanted<'a> {
    assertions: bool,
    comments: bool,
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
    let Wanted { assertions, comments, cwd } = wanted;
    let options = Options { assertions, comments, eval, dir: cwd, constant: &constant };
    phalanx_compiler::compile(&parsed.ast, source, path, &options).map_err(|error| match error.kind {
        ErrorKind::Parse => LoadError::Parse { text: error.text, line: error.line },
        ErrorKind::Compile => LoadError::Compile { text: error.text, line: error.line },
    })
}

/// Compiles a script without running it: for `-l` and for tools.
pub fn compile_unit(engine: &Engine, source: &[u8], path: &[u8]) -> Result<UnitDraft, LoadError> {
    let wanted = Wanted { assertions: true, comments: true, cwd: b"." };
    compile(engine, source, path, script_options(true), wanted)
}

fn script_options(short_open_tag: bool) -> ParseOptions {
    ParseOptions { short_open_tag, start_in_script: false, skip_shebang: true }
}

impl Loader for EngineLoader {
    fn knows_file(&self, _: &Context, path: &[u8]) -> bool {
        let cache = self.cache.as_ref().filter(|cache| cache.cache().config().enable_file_override);
        cache.is_some_and(|cache| cache.switches().enable && cache.contains(path))
    }

    fn load_file(&self, cx: &mut Context, path: &[u8]) -> Result<LoadedUnit, LoadError> {
        let options = script_options(self.short_tags);
        let Some(cache) = self.cache.as_ref().filter(|cache| cache.switches().enable) else {
            return self.load(cx, &read(path)?.bytes, path, options);
        };
        let comments = cache.cache().config().save_comments;
        let mut compiled = false;
        let compile = |source: Source| {
            compiled = true;
            self.image(cx, &source.bytes, path, options, comments)
        };
        match cache.load(path, || read(path), compile)? {
            Loaded::Private(image) => Ok(self.private(&image)),
            Loaded::Shared(hit) => {
                let how = Install {
                    silent: !compiled && !cache.cache().config().record_warnings,
                    pass_duplicates: cache.switches().dups_fix,
                };
                // SAFETY: what was stored is the image of a Unit; it stays pinned until `end`, which `Request::finish`
                // calls when the context is gone.
                let unit = unsafe { hit.unit() };
                Ok(LoadedUnit { unit, keeper: Arc::new(()), size: 0, how })
            }
        }
    }

    fn load_code(&self, cx: &mut Context, code: &[u8], path: &[u8]) -> Result<LoadedUnit, LoadError> {
        let options =
            ParseOptions { short_open_tag: self.short_tags, start_in_script: true, skip_shebang: false };
        let image = self.image(cx, code, path, options, true)?;
        // Files are as many as somebody has written; code for `eval` is made without end.
        Ok(LoadedUnit { size: image.bytes().len(), ..self.private(&image) })
    }

    fn load_script(&self, cx: &mut Context, source: &[u8], path: &[u8]) -> Result<LoadedUnit, LoadError> {
        self.load(cx, source, path, script_options(self.short_tags))
    }
}
