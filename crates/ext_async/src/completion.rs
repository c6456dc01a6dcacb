//! Completions: results that are there, or will be, and who waits for them.

use crate::scheduler::{self, wake};
use crate::task::Task;
use phalanx_value::{ObjRef, Value};
use phalanx_vm::Context;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// How something ended.
#[derive(Clone)]
pub enum Outcome {
    /// With a value.
    Value(Value),
    /// With an exception.
    Thrown(ObjRef),
}

type Callback = Box<dyn FnOnce(&mut Context, &Outcome)>;

/// A result that is there, or will be.
#[derive(Default)]
pub struct Completion {
    outcome: RefCell<Option<Outcome>>,
    tasks: RefCell<Vec<Rc<Task>>>,
    callbacks: RefCell<Vec<Callback>>,
    /// Somebody has looked at the result, or said that nobody will.
    pub handled: Cell<bool>,
    /// It ended because it was canceled.
    pub canceled: Cell<bool>,
}

impl Completion {
    /// One that is not there yet.
    pub fn new() -> Rc<Completion> {
        Rc::default()
    }

    /// Whether it is there.
    pub fn is_done(&self) -> bool {
        self.outcome.borrow().is_some()
    }

    /// The outcome, if it is there.
    pub fn outcome(&self) -> Option<Outcome> {
        self.outcome.borrow().clone()
    }

    /// It is there now: everybody who waits hears of it. Only the first time counts.
    pub fn complete(&self, cx: &mut Context, outcome: Outcome) -> bool {
        if self.is_done() {
            return false;
        }
        self.outcome.replace(Some(outcome.clone()));
        for task in self.tasks.take() {
            self.handled.set(true);
            wake(&scheduler::of(cx), &task);
        }
        for callback in self.callbacks.take() {
            self.handled.set(true);
            callback(cx, &outcome);
        }
        true
    }

    /// `task` is woken when it is there.
    pub fn subscribe(&self, task: &Rc<Task>) {
        self.tasks.borrow_mut().push(task.clone());
    }

    /// The opposite of [`Completion::subscribe`].
    pub fn unsubscribe(&self, task: &Rc<Task>) {
        self.tasks.borrow_mut().retain(|known| !Rc::ptr_eq(known, task));
    }

    /// Calls `callback` when it is there: at once if it is.
    pub fn then(&self, cx: &mut Context, callback: impl FnOnce(&mut Context, &Outcome) + 'static) {
        match self.outcome() {
            Some(outcome) => {
                self.handled.set(true);
                callback(cx, &outcome);
            }
            None => self.callbacks.borrow_mut().push(Box::new(callback)),
        }
    }

    /// Shows its values to the cycle collector.
    pub fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        if let Ok(outcome) = self.outcome.try_borrow()
            && let Some(Outcome::Value(value)) = &*outcome
        {
            visit(value);
        }
    }
}
