//! Including scripts: finding them, declaring what they hoist, running them.
//!
//! # Safety
//!
//! The frame of an included script is pushed here and left by its RETURN.
#![allow(unsafe_code, reason = "pushes frames")]

use crate::Context;
use crate::closure::scoped_function;
use crate::dispatch::Next;
use crate::errors::Speaker;
use crate::frame::{Frame, VmThis, flag};
use crate::func::FuncRef;
use crate::ins::Ins;
use crate::loader::{LoadError, LoadedUnit};
use crate::names::NameTable;
use crate::ops::{attach, symbols_of};
use crate::spare::Reuse;
use crate::thrown::{PhpResult, Thrown};
use crate::{link, run};
use phalanx_bytecode::flags::op as op_flag;
use phalanx_bytecode::unit::UnitRef;
use phalanx_value::{PhpString, Value};
use std::ptr;

/// Full paths that were included, in order.
#[derive(Default)]
pub struct Included(NameTable<PhpString, ()>);

impl Included {
    /// Notes a path; false if it was there already.
    pub fn add(&mut self, path: &PhpString) -> bool {
        self.0.add(path.clone(), ())
    }

    /// Whether the path was included.
    pub fn contains(&self, path: &PhpString) -> bool {
        self.0.contains(path)
    }

    /// All in order.
    pub fn paths(&self) -> impl ExactSizeIterator<Item = &PhpString> {
        self.0.names()
    }
}

impl Reuse for Included {
    fn empty(&mut self) {
        self.0.empty();
    }
}

/// Declares function `index` of a Unit.
pub fn declare_function(cx: &mut Context, unit: UnitRef, index: u32) -> PhpResult {
    let (func, before) = cx.units.function_to_declare(unit, index);
    let lower = &unit.functions[index as usize].lc_name;
    let is_free = !cx.preloads_function(lower) && (before || cx.registry.function(lower).is_none());
    if is_free && cx.functions.add(lower.clone(), func) {
        cx.function_order.push(func);
        if !before {
            cx.units.note_declared(unit, index);
        }
        return Ok(());
    }
    if cx.find_function(lower) == Some(func) && cx.preloads_function(lower) {
        return Ok(());
    }
    Err(redeclared(cx, func))
}

fn redeclared(cx: &mut Context, func: FuncRef) -> Thrown {
    let proto = func.proto().expect("a user function");
    let earlier = cx.find_function(&proto.lc_name).expect("just found");
    let place = match earlier.proto() {
        Some(earlier) => {
            format!(" (previously declared in {}:{})", earlier.unit().path, earlier.line_start)
        }
        None => String::new(),
    };
    cx.fatal_error_at(
        crate::errors::level::E_ERROR,
        format!("Cannot redeclare function {}(){place}", func.name),
        &proto.unit().path,
        proto.line_start,
    )
}

/// Shows the compile-time warnings of a Unit and declares the functions that it hoists.
pub fn install_functions(cx: &mut Context, loaded: &LoadedUnit) -> PhpResult {
    cx.units.add(loaded);
    let unit = loaded.unit;
    for warning in unit.warnings.iter().filter(|_| !loaded.how.silent) {
        cx.raise_at(warning.level.into(), &warning.text, &unit.path, warning.line)?;
    }
    for &index in unit.hoisted_functions.iter() {
        declare_function(cx, unit, index)?;
    }
    Ok(())
}

/// Makes a Unit known to the request: compile-time warnings are shown, what it hoists is declared.
pub fn install(cx: &mut Context, loaded: &LoadedUnit) -> PhpResult<FuncRef> {
    install_functions(cx, loaded)?;
    let unit = loaded.unit;
    for &index in unit.hoisted_classes.iter() {
        link::hoist_class(cx, unit, index, loaded.how)?;
    }
    if let Some(offset) = unit.halt_compiler_offset() {
        cx.halt_offsets.insert(unit.path.clone(), offset);
    }
    Ok(cx.units.function(unit, 0))
}

/// Reports why a script could not be loaded, the way `include` does.
fn report(
    cx: &mut Context,
    error: LoadError,
    what: &str,
    shown: &[u8],
    path: &[u8],
    required: bool,
) -> PhpResult {
    let starting = matches!(cx.errors.speaker, Speaker::Startup);
    let origin = |argument: &str| match starting {
        true => "PHP Startup".to_owned(),
        false => format!("{what}({argument})"),
    };
    match error {
        LoadError::Open(reason) => {
            // A path with NUL names no file, so opening is not even tried; what is shown ends there.
            let end = shown.iter().position(|&byte| byte == 0);
            let shown = String::from_utf8_lossy(&shown[..end.unwrap_or(shown.len())]).into_owned();
            if end.is_none() {
                cx.warning(format!("{}: Failed to open stream: {reason}", origin(&shown)))?;
            }
            let include_path = String::from_utf8_lossy(cx.ini.get_str("include_path")).into_owned();
            if required {
                return Err(cx.throw_error(format!(
                    "Failed opening required '{shown}' (include_path='{include_path}')"
                )));
            }
            cx.warning(format!(
                "{}: Failed opening '{shown}' for inclusion (include_path='{include_path}')",
                origin("")
            ))
        }
        LoadError::Parse { text, line } => {
            let error = cx.new_exception("parseerror", text.as_bytes(), 0)?;
            crate::throw::set_exception_prop(&error, "file", Value::str(path));
            crate::throw::set_exception_prop(&error, "line", Value::int(line.into()));
            Err(cx.throw_object(error))
        }
        LoadError::Compile { text, line } => {
            let path = PhpString::from_bytes(path);
            Err(cx.fatal_error_at(crate::errors::level::E_COMPILE_ERROR, text, &path, line))
        }
    }
}

/// Reports why the main script could not be loaded.
pub fn report_main(cx: &mut Context, error: LoadError, path: &[u8]) -> PhpResult {
    report(cx, error, "require", path, path, true)
}

/// Reports why a script that the function `what` was given could not be loaded.
pub fn report_failure(
    cx: &mut Context,
    error: LoadError,
    what: &str,
    shown: &[u8],
    path: &[u8],
) -> PhpResult {
    report(cx, error, what, shown, path, false)
}

/// The bits of the instruction's flags that say what it is.
const MODE: u16 = 7;

/// The opcode `INCLUDE`.
pub fn execute(ins: Ins, cx: &mut Context) -> PhpResult<Next> {
    let mode = ins.op().flags() & MODE;
    let operand = ins.take_a(cx)?;
    let operand = cx.to_string(&operand)?;
    if mode == op_flag::EVAL {
        let (path, line) = cx.position();
        let path = [&path[..], format!("({line}) : eval()'d code").as_bytes()].concat();
        let loader = cx.loader.clone();
        let loaded = match loader.load_code(cx, &operand, &path) {
            Ok(loaded) => loaded,
            Err(error) => {
                report(cx, error, "eval", &operand, &path, false)?;
                ins.set_c(Value::FALSE);
                return Ok(Next { pc: ins.next(), fp: ins.fp() });
            }
        };
        return enter(ins, cx, &loaded);
    }
    let what = match mode {
        op_flag::INCLUDE => "include",
        op_flag::INCLUDE_ONCE => "include_once",
        op_flag::REQUIRE => "require",
        _ => "require_once",
    };
    if operand.is_empty() {
        return Err(cx.throw_value_error("Path must not be empty"));
    }
    let once = mode == op_flag::INCLUDE_ONCE || mode == op_flag::REQUIRE_ONCE;
    let required = mode == op_flag::REQUIRE || mode == op_flag::REQUIRE_ONCE;
    let known = |cx: &Context, path: &PhpString| once && cx.included.contains(path);
    let pass = || {
        ins.set_c(Value::TRUE);
        Ok(Next { pc: ins.next(), fp: ins.fp() })
    };
    // What was included and what is in the cache go by real paths.
    if operand[0] == b'/' {
        if known(cx, &operand) {
            return pass();
        }
        if let Some(loaded) = cx.loader.load_cached(&operand) {
            cx.included.add(&operand);
            return enter(ins, cx, &loaded);
        }
    }
    let resolved = cx.resolve_include(&operand);
    if resolved.as_ref().is_some_and(|path| known(cx, path)) {
        return pass();
    }
    let loaded = match &resolved {
        Some(path) if crate::process::has_scheme(path) => load_stream(cx, path, what)?,
        Some(path) => {
            let loader = cx.loader.clone();
            loader.load_file(cx, path)
        }
        None => Err(LoadError::Open("No such file or directory".to_string())),
    };
    let path = resolved.unwrap_or_else(|| operand.clone());
    match loaded {
        Ok(loaded) => {
            cx.included.add(&path);
            enter(ins, cx, &loaded)
        }
        Err(error) => {
            report(cx, error, what, &operand, &path, required)?;
            ins.set_c(Value::FALSE);
            Ok(Next { pc: ins.next(), fp: ins.fp() })
        }
    }
}

/// The script behind a path with a scheme. Its Unit is the request's own: nobody knows when it changes.
fn load_stream(
    cx: &mut Context,
    path: &PhpString,
    what: &'static str,
) -> PhpResult<Result<LoadedUnit, LoadError>> {
    let Some(read) = cx.read_source else {
        return Ok(Err(LoadError::Open("no suitable wrapper could be found".to_string())));
    };
    let before = std::mem::replace(&mut cx.errors.speaker, Speaker::Construct(what, cx.frame));
    let source = read(cx, path);
    cx.errors.speaker = before;
    let loader = cx.loader.clone();
    Ok(match source? {
        Ok(source) => loader.load_script(cx, &source, path),
        Err(reason) => Err(LoadError::Open(reason)),
    })
}

/// Begins to run a script included by `ins`, in the scope of its frame.
///
/// Scripts that only declare something are many, and need no variables by name: without variables of its own, a script gets
/// the includer's symbol table when something asks for it.
fn enter(ins: Ins, cx: &mut Context, loaded: &LoadedUnit) -> PhpResult<Next> {
    let body = install(cx, loaded)?;
    let fp = ins.fp();
    let has_variables = loaded.unit.functions[0].num_cvs != 0;
    // SAFETY: the frame is left by the script's RETURN; the includer's frame is alive.
    unsafe {
        let symbols = has_variables.then(|| symbols_of(fp));
        let (this, flags) = match (*fp).this.as_object() {
            Some(object) => (VmThis::object(object.clone()), flag::OWNS_THIS),
            None => ((*fp).this.clone(), 0),
        };
        let (func, owned) = scoped_body(body, ins, cx);
        let frame = cx.stack.push(func, 0, this, flags | flag::INCLUDED | owned, fp);
        (*frame).ret = if ins.wants_result() { ins.slot(ins.op().c) } else { ptr::null_mut() };
        let pc = run::enter(frame, cx);
        if let Some(symbols) = symbols {
            attach(&symbols, frame);
        }
        Ok(Next { pc, fp: frame })
    }
}

/// The script body as a function of the includer's class, so that it sees private members, and the flag of a frame that owns it.
fn scoped_body(body: FuncRef, ins: Ins, cx: &mut Context) -> (FuncRef, u32) {
    let scope = ins.scope();
    // A file may be included again, and finds its inline caches then. Evaluated code has nothing that anybody finds again.
    if scope.is_some() && ins.op().flags() & MODE == op_flag::EVAL {
        return (FuncRef::owned(body.duplicate(scope)), flag::OWNS_FUNC);
    }
    let proto = body.proto().expect("a script's body");
    let func = if scope.is_none() { body } else { scoped_function(cx, proto, scope) };
    if !proto.statics.is_empty() {
        // They begin anew each time.
        func.clear_statics();
    }
    (func, 0)
}

impl Context {
    /// Runs a script in the global scope; its result is dropped.
    pub fn run_script(&mut self, loaded: &LoadedUnit) -> PhpResult<Value> {
        let body = install(self, loaded)?;
        let mut result = Value::UNDEF;
        let prev = self.frame;
        // SAFETY: the frame is left when the script returns; `result` outlives it.
        unsafe {
            let frame: *mut Frame = self.stack.push(body, 0, VmThis::NONE, 0, prev);
            (*frame).ret = &raw mut result;
            let pc = run::enter(frame, self);
            attach(&self.globals, frame);
            let ran = run::resume(pc, frame, self);
            self.frame = prev;
            ran?;
        }
        Ok(result)
    }
}
