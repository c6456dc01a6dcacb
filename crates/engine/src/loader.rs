//! From source to a Unit that runs: through the opcode cache, or privately.
//!
//! # Safety
//!
//! Units in the cache are used from `fetch` to the end of the request, which unpins them.
#![allow(unsafe_code, reason = "Units of the cache are reached by address")]

use crate::Engine;
use crate::opcache::{self, CompileSettings, Loaded, RequestCache};
use phalanx_bytecode::draft::UnitDraft;
use phalanx_bytecode::unit::{Image, PrivateUnit};
use phalanx_cache::FileStamp;
use phalanx_compiler::{ErrorKind, Options};
use phalanx_syntax::{ParseOptions, parse};
use phalanx_vm::Context;
use phalanx_vm::loader::{LoadError, LoadedUnit, Loader};
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
}

impl EngineLoader {
    /// Loads for a request of `engine`, through its cache if it has one.
    pub fn new(engine: Arc<Engine>) -> EngineLoader {
        let cache = engine.cache().and_then(RequestCache::begin);
        EngineLoader { engine, cache }
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
        let draft = compile(&self.engine, source, path, options, assertions(cx), cx.process.cwd.path())?;
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
    let options = Options { assertions, eval, dir: cwd, constant: &constant };
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

/// Whether there is code for `assert()`, from `zend.assertions`.
fn assertions(cx: &Context) -> bool {
    cx.ini.get_int("zend.assertions").unwrap_or(1) >= 0
}

impl Loader for EngineLoader {
    fn load_file(&self, cx: &mut Context, path: &[u8]) -> Result<LoadedUnit, LoadError> {
        let options = script_options(short_tags(cx));
        if !cx.ini.get_bool("opcache.enable") {
            return self.load(cx, &read(path)?.bytes, path, options);
        }
        let compile = |source: Source| self.image(cx, &source.bytes, path, options);
        let settings = CompileSettings { assertions: assertions(cx), short_open_tag: short_tags(cx) };
        let files = self.engine.files().map(|files| (&**files, settings));
        let loaded = match (&self.cache, files) {
            (Some(cache), files) => cache.load(path, files, || read(path), compile)?,
            // Either there is to be no shared cache, or it has no room for another thread.
            (None, Some((files, settings))) => {
                Loaded::Private(files.load_or_compile(path, settings, || read(path), compile)?)
            }
            (None, None) => Loaded::Private(compile(read(path)?)?),
        };
        match loaded {
            Loaded::Private(image) => Ok(self.private(&image)),
            Loaded::Shared(hit) => {
                // SAFETY: what was stored is the image of a Unit; it stays pinned until `end`, which `Request::finish`
                // calls when the context is gone.
                let unit = unsafe { hit.unit() };
                Ok(LoadedUnit { unit, keeper: Arc::new(()), size: 0 })
            }
        }
    }

    fn load_code(&self, cx: &mut Context, code: &[u8], path: &[u8]) -> Result<LoadedUnit, LoadError> {
        let options =
            ParseOptions { short_open_tag: short_tags(cx), start_in_script: true, skip_shebang: false };
        let image = self.image(cx, code, path, options)?;
        // Files are as many as somebody has written; code for `eval` is made without end.
        Ok(LoadedUnit { size: image.bytes().len(), ..self.private(&image) })
    }

    fn load_script(&self, cx: &mut Context, source: &[u8], path: &[u8]) -> Result<LoadedUnit, LoadError> {
        self.load(cx, source, path, script_options(short_tags(cx)))
    }
}
