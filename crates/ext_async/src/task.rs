//! Tasks: what the scheduler runs. One is the main script of the thread, the others are coroutines.

use crate::completion::Completion;
use phalanx_value::{ObjRef, PhpArray, PhpString, Value};
use phalanx_vm::class::Callee;
use phalanx_vm::coroutine::Coroutine;
use phalanx_vm::output::Buffer;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Where a task is in its life.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// It has not run yet.
    New,
    /// It runs.
    Running,
    /// It waits, or waits for its turn.
    Suspended,
    /// It has ended.
    Done,
}

/// What a coroutine calls.
pub struct Call {
    /// The function.
    pub callee: Callee,
    /// Arguments.
    pub args: Vec<Value>,
    /// Arguments by name.
    pub named: Option<PhpArray>,
}

/// What is kept of a task while others run.
#[derive(Default)]
pub struct Kept {
    /// The fiber that runs in it.
    pub fiber: Option<ObjRef>,
    /// Whether it must not switch fibers.
    pub no_switch: u32,
    /// Its output buffers.
    pub buffers: Vec<Buffer>,
}

/// A place in a script.
pub type Place = (PhpString, u32);

/// A coroutine, or the main script of the thread.
pub struct Task {
    /// Number; 0 is the main script.
    pub id: u64,
    /// Where it is in its life.
    pub status: Cell<Status>,
    /// It stands in the queue.
    pub queued: Cell<bool>,
    /// What it will call, until it starts.
    pub call: RefCell<Option<Call>>,
    /// Its stacks, once it has started.
    pub coroutine: RefCell<Option<Rc<Coroutine>>>,
    /// Its end.
    pub completion: Rc<Completion>,
    /// What is to be thrown where it waits.
    pub cancellation: RefCell<Option<ObjRef>>,
    /// `cancel` was called.
    pub cancel_requested: Cell<bool>,
    /// Levels of `protect`.
    pub protected: Cell<u32>,
    /// It began at `exit`, or a fatal error ended it: the text of the error.
    pub exited: RefCell<Option<Option<String>>>,
    /// `exit` in it ends it alone, not the script.
    pub contains_exit: Cell<bool>,
    /// The task whose end is the end of this one too (the job of a pool that started it).
    pub nursery: Cell<u64>,
    /// Its object, as long as it has not ended.
    pub object: RefCell<Option<ObjRef>>,
    /// Called at its end.
    pub finally: RefCell<Vec<Value>>,
    /// What is kept while others run.
    pub kept: RefCell<Kept>,
    /// Where it was started.
    pub spawned_at: Place,
    /// Where it waits.
    pub suspended_at: RefCell<Place>,
}

impl Task {
    /// A task that will make a call.
    pub fn new(id: u64, call: Option<Call>, spawned_at: Place) -> Task {
        Task {
            id,
            status: Cell::new(Status::New),
            queued: Cell::new(false),
            call: RefCell::new(call),
            coroutine: RefCell::new(None),
            completion: Completion::new(),
            cancellation: RefCell::new(None),
            cancel_requested: Cell::new(false),
            protected: Cell::new(0),
            exited: RefCell::new(None),
            contains_exit: Cell::new(false),
            nursery: Cell::new(0),
            object: RefCell::new(None),
            finally: RefCell::new(Vec::new()),
            kept: RefCell::new(Kept::default()),
            spawned_at,
            suspended_at: RefCell::new((PhpString::new(), 0)),
        }
    }

    /// Whether it is the main script of the thread.
    pub fn is_main(&self) -> bool {
        self.id == 0
    }
}
