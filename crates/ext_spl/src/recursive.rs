//! RecursiveIteratorIterator: a walk over a tree of iterators.
//!
//! A stack holds an iterator for each depth and what is to be done with it next. One step goes from state to state until
//! an element is found; the hooks `beginChildren` and so on are called when a script's class has them.

use crate::util::{ask, call, is_a, state, uninitialized};
use phalanx_macros::{native_class, php_method};
use phalanx_value::{NativeSlot, NativeState, ObjRef, Value};
use phalanx_vm::class::{ClassRef, Hooks};
use phalanx_vm::{Context, PhpResult};
use std::cell::{Cell, RefCell};

const LEAVES_ONLY: i64 = 0;
const SELF_FIRST: i64 = 1;
const CHILD_FIRST: i64 = 2;
const CATCH_GET_CHILD: i64 = 16;

native_class! {
    /// <https://www.php.net/class.recursiveiteratoriterator>
    pub static RECURSIVE_ITERATOR_ITERATOR = "class RecursiveIteratorIterator implements OuterIterator";
    hooks: HOOKS;
    const "int LEAVES_ONLY" = 0;
    const "int SELF_FIRST" = 1;
    const "int CHILD_FIRST" = 2;
    const "int CATCH_GET_CHILD" = 16;
    methods: CONSTRUCT, REWIND, VALID, KEY, CURRENT, NEXT, GET_DEPTH, GET_SUB_ITERATOR, GET_INNER_ITERATOR,
        BEGIN_ITERATION, END_ITERATION, CALL_HAS_CHILDREN, CALL_GET_CHILDREN, BEGIN_CHILDREN, END_CHILDREN,
        NEXT_ELEMENT, SET_MAX_DEPTH, GET_MAX_DEPTH;
}

static HOOKS: Hooks = Hooks { create: Some(create), ..Hooks::NONE };

#[derive(Clone, Copy, PartialEq)]
enum Step {
    Next,
    Test,
    Own,
    Child,
    Start,
}

#[derive(Default)]
struct State {
    stack: RefCell<Vec<(ObjRef, Step)>>,
    mode: Cell<i64>,
    flags: Cell<i64>,
    max_depth: Cell<i64>,
    in_iteration: Cell<bool>,
}

impl NativeState for State {
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        for (iterator, _) in self.stack.borrow().iter() {
            iterator.visit(visit);
        }
    }

    fn clear(&self) {
        drop(self.stack.take());
    }
}

fn create(_: &mut Context, this: &ObjRef) {
    let new = State { max_depth: Cell::new(-1), ..State::default() };
    let _ = this.set_native(NativeSlot::new(new));
}

fn own(this: &ObjRef) -> &State {
    state::<State>(this)
}

/// The iterator at the present depth.
fn top(cx: &mut Context, this: &ObjRef) -> PhpResult<ObjRef> {
    let top = own(this).stack.borrow().last().map(|entry| entry.0.clone());
    match top {
        Some(top) => Ok(top),
        None => Err(uninitialized(cx)),
    }
}

fn depth(this: &ObjRef) -> usize {
    own(this).stack.borrow().len().saturating_sub(1)
}

fn set_step(this: &ObjRef, step: Step) {
    if let Some(last) = own(this).stack.borrow_mut().last_mut() {
        last.1 = step;
    }
}

/// Calls a hook; exceptions in it are swallowed where children's are.
fn hook(cx: &mut Context, this: &ObjRef, lc_name: &str) -> PhpResult {
    let Some(method) = ClassRef::of(this).method(lc_name.as_bytes()) else { return Ok(()) };
    if method.as_native().is_some() {
        return Ok(());
    }
    match cx.call_method(this, method, &[]) {
        Ok(_) => Ok(()),
        Err(thrown) if own(this).flags.get() & CATCH_GET_CHILD != 0 => cx.catch(thrown).map(drop),
        Err(thrown) => Err(thrown),
    }
}

fn caught(cx: &mut Context, this: &ObjRef, result: PhpResult<Value>) -> PhpResult<Option<Value>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(thrown) if own(this).flags.get() & CATCH_GET_CHILD != 0 => {
            cx.catch(thrown)?;
            Ok(None)
        }
        Err(thrown) => Err(thrown),
    }
}

fn advance(cx: &mut Context, this: &ObjRef) -> PhpResult {
    let own = own(this);
    loop {
        let (iterator, step) = {
            let stack = own.stack.borrow();
            let Some((iterator, step)) = stack.last() else { return Ok(()) };
            (iterator.clone(), *step)
        };
        let mut step = step;
        if step == Step::Next {
            let moved = call(cx, &iterator, "next", &[]);
            caught(cx, this, moved)?;
            step = Step::Start;
        }
        if step == Step::Start {
            if !ask(cx, &iterator, "valid")? {
                // The end of this depth.
                if depth(this) == 0 {
                    return Ok(());
                }
                hook(cx, this, "endchildren")?;
                let popped = own.stack.borrow_mut().pop();
                drop(popped);
                continue;
            }
            step = Step::Test;
        }
        if step == Step::Test {
            let tested = if overridden(this, "callhaschildren") {
                call(cx, this, "callhaschildren", &[])
            } else {
                call(cx, &iterator, "haschildren", &[])
            };
            let has = match caught(cx, this, tested) {
                Ok(Some(has)) => cx.to_bool(&has)?,
                Ok(None) => {
                    set_step(this, Step::Next);
                    continue;
                }
                Err(thrown) => {
                    set_step(this, Step::Next);
                    return Err(thrown);
                }
            };
            let deep = own.max_depth.get() == -1 || own.max_depth.get() > depth(this) as i64;
            if has && deep {
                step = if own.mode.get() == SELF_FIRST { Step::Own } else { Step::Child };
                if step == Step::Own {
                    set_step(this, Step::Child);
                    hook(cx, this, "nextelement")?;
                    return Ok(());
                }
            } else if has && !deep && own.mode.get() == LEAVES_ONLY {
                // Not a leaf, and not entered.
                set_step(this, Step::Next);
                continue;
            } else {
                set_step(this, Step::Next);
                hook(cx, this, "nextelement")?;
                return Ok(());
            }
        }
        if step == Step::Own {
            set_step(this, if own.mode.get() == SELF_FIRST { Step::Child } else { Step::Next });
            hook(cx, this, "nextelement")?;
            return Ok(());
        }
        // Step::Child
        let made = if overridden(this, "callgetchildren") {
            call(cx, this, "callgetchildren", &[])
        } else {
            call(cx, &iterator, "getchildren", &[])
        };
        let children = match made {
            Ok(children) => children,
            Err(thrown) => {
                set_step(this, Step::Next);
                if own.flags.get() & CATCH_GET_CHILD != 0 {
                    cx.catch(thrown)?;
                    continue;
                }
                return Err(thrown);
            }
        };
        let children = match children.into_object() {
            Some(children) if is_a(cx, &children, "recursiveiterator") => children,
            _ => {
                set_step(this, Step::Next);
                let text =
                    "Objects returned by RecursiveIterator::getChildren() must implement RecursiveIterator";
                return Err(cx.throw("unexpectedvalueexception", text));
            }
        };
        set_step(this, if own.mode.get() == CHILD_FIRST { Step::Own } else { Step::Next });
        own.stack.borrow_mut().push((children.clone(), Step::Start));
        call(cx, &children, "rewind", &[])?;
        hook(cx, this, "beginchildren")?;
    }
}

fn overridden(this: &ObjRef, lc_name: &str) -> bool {
    ClassRef::of(this).method(lc_name.as_bytes()).is_some_and(|method| method.as_native().is_none())
}

#[php_method("RecursiveIteratorIterator::__construct(Traversable $iterator, int $mode = RecursiveIteratorIterator::LEAVES_ONLY, int $flags = 0)", rename = CONSTRUCT, default(mode = LEAVES_ONLY))]
fn construct(cx: &mut Context, this: &ObjRef, iterator: &ObjRef, mode: i64, flags: i64) -> PhpResult {
    let mut iterator = iterator.clone();
    if is_a(cx, &iterator, "iteratoraggregate")
        && let Some(inner) = call(cx, &iterator, "getiterator", &[])?.into_object()
    {
        iterator = inner;
    }
    if !is_a(cx, &iterator, "recursiveiterator") {
        let text = "An instance of RecursiveIterator or IteratorAggregate creating it is required";
        return Err(cx.throw("invalidargumentexception", text));
    }
    let own = own(this);
    own.mode.set(mode);
    own.flags.set(flags);
    own.stack.replace(vec![(iterator, Step::Start)]);
    Ok(())
}

#[php_method("RecursiveIteratorIterator::rewind(): void", tentative)]
fn rewind(cx: &mut Context, this: &ObjRef) -> PhpResult {
    top(cx, this)?;
    let own = own(this);
    while depth(this) > 0 {
        let popped = own.stack.borrow_mut().pop();
        drop(popped);
        hook(cx, this, "endchildren")?;
    }
    set_step(this, Step::Start);
    let first = top(cx, this)?;
    call(cx, &first, "rewind", &[])?;
    if !own.in_iteration.get() {
        hook(cx, this, "beginiteration")?;
    }
    own.in_iteration.set(true);
    advance(cx, this)
}

#[php_method("RecursiveIteratorIterator::valid(): bool", tentative)]
fn valid(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    top(cx, this)?;
    let own = own(this);
    let iterators: Vec<ObjRef> = own.stack.borrow().iter().rev().map(|entry| entry.0.clone()).collect();
    for iterator in iterators {
        if ask(cx, &iterator, "valid")? {
            return Ok(true);
        }
    }
    if own.in_iteration.replace(false) {
        hook(cx, this, "enditeration")?;
    }
    Ok(false)
}

#[php_method("RecursiveIteratorIterator::key(): mixed", tentative)]
fn key(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    let top = top(cx, this)?;
    call(cx, &top, "key", &[])
}

#[php_method("RecursiveIteratorIterator::current(): mixed", tentative)]
fn current(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    let top = top(cx, this)?;
    call(cx, &top, "current", &[])
}

#[php_method("RecursiveIteratorIterator::next(): void", tentative)]
fn next(cx: &mut Context, this: &ObjRef) -> PhpResult {
    top(cx, this)?;
    advance(cx, this)
}

#[php_method("RecursiveIteratorIterator::getDepth(): int", tentative)]
fn get_depth(cx: &mut Context, this: &ObjRef) -> PhpResult<i64> {
    top(cx, this)?;
    Ok(depth(this) as i64)
}

#[php_method("RecursiveIteratorIterator::getSubIterator(?int $level = null): ?RecursiveIterator", tentative)]
fn get_sub_iterator(cx: &mut Context, this: &ObjRef, level: Option<i64>) -> PhpResult<Option<ObjRef>> {
    top(cx, this)?;
    let level = level.unwrap_or(depth(this) as i64);
    let stack = own(this).stack.borrow();
    Ok(usize::try_from(level).ok().and_then(|level| stack.get(level)).map(|entry| entry.0.clone()))
}

#[php_method("RecursiveIteratorIterator::getInnerIterator(): RecursiveIterator", tentative)]
fn get_inner_iterator(cx: &mut Context, this: &ObjRef) -> PhpResult<ObjRef> {
    top(cx, this)
}

#[php_method("RecursiveIteratorIterator::beginIteration()", tentative)]
fn begin_iteration(this: &ObjRef) {
    let _ = this;
}

#[php_method("RecursiveIteratorIterator::endIteration()", tentative)]
fn end_iteration(this: &ObjRef) {
    let _ = this;
}

#[php_method("RecursiveIteratorIterator::callHasChildren(): bool", tentative)]
fn call_has_children(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    let top = top(cx, this)?;
    ask(cx, &top, "haschildren")
}

#[php_method("RecursiveIteratorIterator::callGetChildren(): ?RecursiveIterator", tentative)]
fn call_get_children(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    let top = top(cx, this)?;
    call(cx, &top, "getchildren", &[])
}

#[php_method("RecursiveIteratorIterator::beginChildren()", tentative)]
fn begin_children(this: &ObjRef) {
    let _ = this;
}

#[php_method("RecursiveIteratorIterator::endChildren()", tentative)]
fn end_children(this: &ObjRef) {
    let _ = this;
}

#[php_method("RecursiveIteratorIterator::nextElement()", tentative)]
fn next_element(this: &ObjRef) {
    let _ = this;
}

#[php_method("RecursiveIteratorIterator::setMaxDepth(int $maxDepth = -1): void", tentative)]
fn set_max_depth(cx: &mut Context, this: &ObjRef, max_depth: i64) -> PhpResult {
    if max_depth < -1 {
        return Err(cx.arg_value_error(1, "must be greater than or equal to -1"));
    }
    own(this).max_depth.set(max_depth);
    Ok(())
}

#[php_method("RecursiveIteratorIterator::getMaxDepth(): int|false", tentative)]
fn get_max_depth(this: &ObjRef) -> Value {
    match own(this).max_depth.get() {
        -1 => Value::FALSE,
        depth => Value::int(depth),
    }
}
