//! From source to a Unit that runs.

use crate::Engine;
use phalanx_bytecode::draft::UnitDraft;
use phalanx_bytecode::unit::PrivateUnit;
use phalanx_compiler::{ErrorKind, Options};
use phalanx_syntax::{ParseOptions, parse};
use phalanx_vm::Context;
use phalanx_vm::loader::{LoadError, LoadedUnit, Loader};
use std::rc::Rc;
use std::sync::Arc;

/// The loader of a request.
pub struct EngineLoader {
    engine: Arc<Engine>,
}

impl EngineLoader {
    /// Loads for requests of `engine`.
    pub fn new(engine: Arc<Engine>) -> EngineLoader {
        EngineLoader { engine }
    }

    fn load(
        &self,
        cx: &Context,
        source: &[u8],
        path: &[u8],
        options: ParseOptions,
    ) -> Result<LoadedUnit, LoadError> {
        let assertions = cx.ini.get_int("zend.assertions").unwrap_or(1) >= 0;
        let draft = compile(&self.engine, source, path, options, assertions)?;
        let image = phalanx_bytecode::assemble(&draft);
        let unit = Rc::new(PrivateUnit::new(&image, self.engine.unit_id()));
        Ok(LoadedUnit { unit: unit.get(), keeper: unit })
    }
}

fn compile(
    engine: &Engine,
    source: &[u8],
    path: &[u8],
    options: ParseOptions,
    assertions: bool,
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
    let options = Options { assertions, constant: &constant };
    phalanx_compiler::compile(&parsed.ast, source, path, &options).map_err(|error| match error.kind {
        ErrorKind::Parse => LoadError::Parse { text: error.text, line: error.line },
        ErrorKind::Compile => LoadError::Compile { text: error.text, line: error.line },
    })
}

/// Compiles a script without running it: for `-l` and for tools.
pub fn compile_unit(engine: &Engine, source: &[u8], path: &[u8]) -> Result<UnitDraft, LoadError> {
    compile(engine, source, path, script_options(), true)
}

fn script_options() -> ParseOptions {
    ParseOptions { short_open_tag: false, start_in_script: false, skip_shebang: true }
}

impl Loader for EngineLoader {
    fn load_file(&self, cx: &mut Context, path: &[u8]) -> Result<LoadedUnit, LoadError> {
        let (source, stat) = phalanx_host::fs::read_file(path)
            .map_err(|error| LoadError::Open(phalanx_host::error_text(&error)))?;
        if stat.is_dir() {
            return Err(LoadError::Open("Is a directory".to_string()));
        }
        self.load(cx, &source, path, script_options())
    }

    fn load_code(&self, cx: &mut Context, code: &[u8], path: &[u8]) -> Result<LoadedUnit, LoadError> {
        let options = ParseOptions { short_open_tag: false, start_in_script: true, skip_shebang: false };
        self.load(cx, code, path, options)
    }

    fn load_script(&self, cx: &mut Context, source: &[u8], path: &[u8]) -> Result<LoadedUnit, LoadError> {
        self.load(cx, source, path, script_options())
    }
}
