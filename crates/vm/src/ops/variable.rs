//! Moves, variables by name, globals, statics, unset.
//!
//! # Safety
//!
//! Places come from [`Ins`] and from symbol tables, which know that they are live.
#![allow(unsafe_code, reason = "variables are reached through places")]

use crate::Context;
use crate::frame::{Frame, flag};
use crate::ins::Ins;
use crate::symbols::SymbolsRef;
use crate::thrown::PhpResult;
use phalanx_bytecode::Op;
use phalanx_bytecode::flags::op as op_flag;
use phalanx_value::{PhpArray, PhpRef, PhpString, Value};
use std::cell::RefCell;
use std::rc::Rc;

pub(super) fn nop(_: Ins, _: &mut Context) -> PhpResult {
    Ok(())
}

pub(super) fn move_(ins: Ins, cx: &mut Context) -> PhpResult {
    let value = ins.take_a(cx)?;
    ins.set_c(value);
    Ok(())
}

pub(super) fn copy_tmp(ins: Ins, _: &mut Context) -> PhpResult {
    // SAFETY: the temporary is live.
    let value = unsafe { (*ins.slot(ins.op().a)).clone() };
    ins.set_c(value);
    Ok(())
}

pub(super) fn free(ins: Ins, _: &mut Context) -> PhpResult {
    ins.free_a();
    Ok(())
}

impl Context {
    /// The variables of the PHP code that runs or called the function that runs.
    pub fn caller_symbols(&mut self) -> SymbolsRef {
        let frame = self.user_frame();
        if frame.is_null() { self.globals.clone() } else { symbols_of(frame) }
    }
}

/// The symbol table of a frame, made if it has none yet: from then on its variables are attached. An included script has
/// that of whoever includes it.
pub(crate) fn symbols_of(frame: *mut Frame) -> SymbolsRef {
    // SAFETY: callers give a live frame of a user function; the frames that included a script are alive while it runs.
    unsafe {
        let mut owner = frame;
        while (*owner).flags & (flag::SYMBOLS | flag::INCLUDED) == flag::INCLUDED {
            owner = (*owner).prev;
        }
        let symbols = table_of(owner);
        if owner != frame {
            attach(&symbols, frame);
        }
        symbols
    }
}

/// The symbol table of a frame, a new one if it has none yet.
///
/// # Safety
/// `frame` must be a live frame of a user function.
unsafe fn table_of(frame: *mut Frame) -> SymbolsRef {
    // SAFETY: the caller's promise.
    unsafe {
        if (*frame).has(flag::SYMBOLS)
            && let Some(symbols) = &(*frame).extra_mut().symbols
        {
            return symbols.clone();
        }
        let symbols: SymbolsRef = Rc::new(RefCell::new(Default::default()));
        attach(&symbols, frame);
        symbols
    }
}

/// Gives a frame that has none its symbol table.
///
/// # Safety
/// `frame` must be a live frame of a user function, its variables initialised.
pub(crate) unsafe fn attach(symbols: &SymbolsRef, frame: *mut Frame) {
    // SAFETY: the caller's promise; whoever leaves a frame with the flag detaches its variables.
    unsafe {
        symbols.borrow_mut().attach(frame);
        (*frame).extra_mut().symbols = Some(symbols.clone());
        (*frame).flags |= flag::SYMBOLS;
    }
}

/// The table in which an instruction looks its variable up.
fn table(ins: Ins, cx: &mut Context) -> SymbolsRef {
    if ins.has(op_flag::GLOBAL) { cx.globals.clone() } else { symbols_of(ins.fp()) }
}

/// The name in operand a.
fn name(ins: Ins, cx: &mut Context) -> PhpResult<PhpString> {
    let name = ins.take_a(cx)?;
    match name.as_string() {
        Some(name) => Ok(name.clone()),
        None => cx.to_string(&name),
    }
}

fn is_this(name: &[u8]) -> bool {
    name == b"this"
}

fn undefined(cx: &mut Context, name: &[u8], global: bool) -> PhpResult {
    let prefix: &[u8] = if global { b"Undefined global variable $" } else { b"Undefined variable $" };
    cx.warning([prefix, name].concat())
}

fn read(ins: Ins, cx: &mut Context, quiet: bool) -> PhpResult {
    let name = name(ins, cx)?;
    if is_this(&name) && !ins.has(op_flag::GLOBAL) {
        let this = ins.this().map(|this| Value::object(this.clone()));
        if this.is_none() && !quiet {
            undefined(cx, &name, false)?;
        }
        ins.set_c(this.unwrap_or(Value::NULL));
        return Ok(());
    }
    let found = table(ins, cx).borrow_mut().get(&name);
    let value = match found {
        Some(value) => value,
        None => {
            if !quiet {
                undefined(cx, &name, ins.has(op_flag::GLOBAL))?;
            }
            Value::NULL
        }
    };
    ins.set_c(value);
    Ok(())
}

pub(super) fn fetch_r(ins: Ins, cx: &mut Context) -> PhpResult {
    read(ins, cx, false)
}

pub(super) fn fetch_is(ins: Ins, cx: &mut Context) -> PhpResult {
    read(ins, cx, true)
}

pub(super) fn fetch_w(ins: Ins, cx: &mut Context) -> PhpResult {
    let name = name(ins, cx)?;
    if is_this(&name) && !ins.has(op_flag::GLOBAL) {
        return Err(cx.throw_error("Cannot re-assign $this"));
    }
    let place = table(ins, cx).borrow_mut().find_or_add(&name);
    // SAFETY: symbol tables give live places.
    unsafe {
        if (*place).is_undef() {
            *place = Value::NULL;
        }
    }
    ins.set_c(Value::indirect(place));
    Ok(())
}

pub(super) fn fetch_rw(ins: Ins, cx: &mut Context) -> PhpResult {
    let name = name(ins, cx)?;
    let symbols = table(ins, cx);
    if symbols.borrow_mut().get(&name).is_none() {
        undefined(cx, &name, ins.has(op_flag::GLOBAL))?;
    }
    let place = symbols.borrow_mut().find_or_add(&name);
    // SAFETY: symbol tables give live places.
    unsafe {
        if (*place).is_undef() {
            *place = Value::NULL;
        }
    }
    ins.set_c(Value::indirect(place));
    Ok(())
}

pub(super) fn fetch_unset(ins: Ins, cx: &mut Context) -> PhpResult {
    let name = name(ins, cx)?;
    let found = table(ins, cx).borrow_mut().find(&name);
    match found {
        Some(place) => ins.set_c(Value::indirect(place)),
        None => {
            undefined(cx, &name, ins.has(op_flag::GLOBAL))?;
            ins.set_c(Value::NULL);
        }
    }
    Ok(())
}

pub(super) fn fetch_func_arg(ins: Ins, cx: &mut Context) -> PhpResult {
    if ins.call().has(flag::SEND_BY_REF) { fetch_w(ins, cx) } else { fetch_r(ins, cx) }
}

pub(super) fn fetch_this(ins: Ins, cx: &mut Context) -> PhpResult {
    match ins.this() {
        Some(this) => {
            ins.set_c(Value::object(this.clone()));
            Ok(())
        }
        None if ins.has(op_flag::NULLSAFE) => {
            ins.set_c(Value::NULL);
            Ok(())
        }
        None => Err(cx.throw_error("Using $this when not in object context")),
    }
}

pub(super) fn fetch_globals(ins: Ins, cx: &mut Context) -> PhpResult {
    let globals: PhpArray = cx.globals.borrow_mut().to_array();
    ins.set_c(Value::array(globals));
    Ok(())
}

pub(super) fn bind_global(ins: Ins, cx: &mut Context) -> PhpResult {
    let name = ins.name_b();
    let globals = cx.globals.clone();
    let place = globals.borrow_mut().find_or_add(name);
    // SAFETY: symbol tables give live places.
    let reference = unsafe { (*place).make_ref() };
    bind(ins, reference);
    Ok(())
}

/// Makes the variable of operand a hold `reference`.
fn bind(ins: Ins, reference: PhpRef) {
    // SAFETY: operand a is a variable. The old value is dropped last.
    let old = unsafe { std::ptr::replace(ins.place_a(), Value::reference(reference)) };
    drop(old);
}

pub(super) fn bind_static(ins: Ins, cx: &mut Context) -> PhpResult<*const Op> {
    let op = ins.op();
    let func = ins.func();
    let index = op.b as usize;
    // SAFETY: nothing else uses the statics while this instruction runs.
    let stored = unsafe { &mut func.statics()[index] };
    if stored.is_undef() {
        let declared = &func.proto().expect("user code").statics[index];
        if ins.has(op_flag::HAS_INIT) {
            return Ok(ins.next());
        }
        if declared.init.code != 0 {
            let code = declared.init.code - 1;
            let value = crate::constants::evaluate(
                cx,
                ins.func().proto().expect("user code").unit(),
                code,
                func.scope,
            )?;
            // SAFETY: as above.
            unsafe { func.statics()[index] = value };
        } else if declared.init.present != 0 {
            *stored = declared.init.value.clone();
        } else if !declared.bound.get() {
            *stored = Value::NULL;
        }
    }
    // SAFETY: as above.
    let stored = unsafe { &mut func.statics()[index] };
    if ins.has(op_flag::BY_VALUE) {
        let value = stored.deref_clone();
        // SAFETY: operand a is a variable.
        let old = unsafe { std::ptr::replace(ins.place_a(), value) };
        drop(old);
    } else if !stored.is_undef() {
        let reference = stored.make_ref();
        bind(ins, reference);
    }
    Ok(if ins.has(op_flag::HAS_INIT) { ins.target(op.c) } else { ins.next() })
}

pub(super) fn init_static(ins: Ins, cx: &mut Context) -> PhpResult {
    let index = ins.op().b as usize;
    let reference = PhpRef::new(ins.take_c(cx)?);
    // SAFETY: operand a is a variable; nothing else uses the statics now. The old value is dropped last.
    let old = unsafe {
        ins.func().statics()[index] = Value::reference(reference.clone());
        std::ptr::replace(ins.place_a(), Value::reference(reference))
    };
    drop(old);
    Ok(())
}

pub(super) fn unset_cv(ins: Ins, _: &mut Context) -> PhpResult {
    // SAFETY: operand a is a variable. The old value is dropped last.
    let old = unsafe { std::ptr::replace(ins.place_a(), Value::UNDEF) };
    drop(old);
    Ok(())
}

pub(super) fn unset_var(ins: Ins, cx: &mut Context) -> PhpResult {
    let name = name(ins, cx)?;
    if is_this(&name) && !ins.has(op_flag::GLOBAL) {
        return Err(cx.throw_error("Cannot unset $this"));
    }
    let table = table(ins, cx);
    table.borrow_mut().remove(&name);
    Ok(())
}

pub(super) fn isset_cv(ins: Ins, cx: &mut Context) -> PhpResult {
    let value = ins.peek_a();
    isset_value(ins, cx, &value)
}

fn isset_value(ins: Ins, cx: &mut Context, value: &Value) -> PhpResult {
    let result = if ins.has(op_flag::EMPTY) { !cx.to_bool(value)? } else { !value.is_nullish() };
    ins.set_c(Value::bool(result));
    Ok(())
}

pub(super) fn isset_var(ins: Ins, cx: &mut Context) -> PhpResult {
    let name = name(ins, cx)?;
    let value = if is_this(&name) {
        ins.this().map(|this| Value::object(this.clone()))
    } else {
        table(ins, cx).borrow_mut().get(&name)
    };
    isset_value(ins, cx, &value.unwrap_or(Value::NULL))
}

pub(super) fn isset_this(ins: Ins, _: &mut Context) -> PhpResult {
    let set = ins.this().is_some();
    ins.set_c(Value::bool(set != ins.has(op_flag::EMPTY)));
    Ok(())
}

/// The reference that variable b of an instruction becomes.
pub fn variable_reference(ins: Ins) -> PhpRef {
    // SAFETY: the operand is a variable.
    unsafe { (*ins.place_b()).make_ref() }
}
