//! The scheduler of a thread: which task runs, who waits for what, timers, messages of other threads.
//!
//! Coroutines are run by the loop in [`run_others`], and suspending one goes back to it. The main script of the thread has
//! the thread's own stack: when it waits, the loop runs right there, on top of it, until the main script is woken. So
//! there is one loop at a time, and whatever waits does so in the form `while !condition { park(cx)?; }`: a wake-up may
//! come for no reason.
//!
//! ```text
//!  main script ── await ──▶ loop ──▶ coroutine A ── await ──▶ back to the loop ──▶ coroutine B ...
//!       ▲                    │
//!       └── woken ───────────┘
//! ```

use crate::completion::Outcome;
use crate::task::{Call, Kept, Status, Task};
use phalanx_host::clock::monotonic_ns;
use phalanx_threads::Mailbox;
use phalanx_value::{ObjRef, PhpString, Value};
use phalanx_vm::coroutine::Coroutine;
use phalanx_vm::{Context, PhpResult, Thrown};
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::mem;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

type TimerCallback = Box<dyn FnOnce(&mut Context)>;
type Receiver = Rc<dyn Fn(&mut Context, Box<dyn Any + Send>)>;

/// Names a timer.
pub type TimerId = (u64, u64);

/// The scheduler of a thread.
pub struct Scheduler {
    main: Rc<Task>,
    current: RefCell<Rc<Task>>,
    queue: RefCell<VecDeque<Rc<Task>>>,
    /// Coroutines that have not ended.
    tasks: RefCell<BTreeMap<u64, Rc<Task>>>,
    timers: RefCell<BTreeMap<TimerId, TimerCallback>>,
    mailbox: Arc<Mailbox>,
    /// Who gets the messages with a number.
    receivers: RefCell<BTreeMap<u64, Receiver>>,
    next_id: Cell<u64>,
    /// What nobody has caught, to be reported at the end.
    failure: RefCell<Option<ObjRef>>,
    /// Everything is being canceled.
    shutting_down: Cell<bool>,
}

impl Default for Scheduler {
    fn default() -> Scheduler {
        let main = Rc::new(Task::new(0, None, (PhpString::new(), 0)));
        main.status.set(Status::Running);
        Scheduler {
            current: RefCell::new(main.clone()),
            main,
            queue: RefCell::default(),
            tasks: RefCell::default(),
            timers: RefCell::default(),
            mailbox: Arc::default(),
            receivers: RefCell::default(),
            next_id: Cell::new(1),
            failure: RefCell::new(None),
            shutting_down: Cell::new(false),
        }
    }
}

#[derive(Default)]
struct Handle(Rc<Scheduler>);

/// The scheduler of the request.
pub fn of(cx: &mut Context) -> Rc<Scheduler> {
    cx.state::<Handle>().0.clone()
}

impl Scheduler {
    /// The task that runs.
    pub fn current(&self) -> Rc<Task> {
        self.current.borrow().clone()
    }

    /// The main script of the thread.
    pub fn main(&self) -> &Rc<Task> {
        &self.main
    }

    /// Coroutines that have not ended, in order of their start.
    pub fn tasks(&self) -> Vec<Rc<Task>> {
        self.tasks.borrow().values().cloned().collect()
    }

    /// The thread's mailbox.
    pub fn mailbox(&self) -> &Arc<Mailbox> {
        &self.mailbox
    }

    fn next_id(&self) -> u64 {
        self.next_id.replace(self.next_id.get() + 1)
    }

    /// Calls `callback` in so many nanoseconds, unless the timer is removed.
    pub fn add_timer(&self, nanoseconds: u64, callback: impl FnOnce(&mut Context) + 'static) -> TimerId {
        let id = (monotonic_ns().saturating_add(nanoseconds), self.next_id());
        self.timers.borrow_mut().insert(id, Box::new(callback));
        id
    }

    /// Forgets a timer.
    pub fn remove_timer(&self, id: TimerId) {
        let callback = self.timers.borrow_mut().remove(&id);
        drop(callback);
    }

    /// A number for messages of other threads, which go to `receiver` until [`Scheduler::forget`].
    pub fn expect(&self, receiver: impl Fn(&mut Context, Box<dyn Any + Send>) + 'static) -> u64 {
        let id = self.next_id();
        self.receivers.borrow_mut().insert(id, Rc::new(receiver));
        id
    }

    /// No message with this number is expected any more.
    pub fn forget(&self, id: u64) {
        let receiver = self.receivers.borrow_mut().remove(&id);
        drop(receiver);
    }

    /// A new coroutine, which stands in the queue.
    pub fn start(&self, cx: &mut Context, call: Call) -> Rc<Task> {
        let place = cx.position();
        let task = Rc::new(Task::new(self.next_id(), Some(call), place));
        let parent = self.current();
        task.nursery.set(if parent.nursery.get() != 0 { parent.nursery.get() } else { 0 });
        self.tasks.borrow_mut().insert(task.id, task.clone());
        self.enqueue(&task, false);
        task
    }

    fn enqueue(&self, task: &Rc<Task>, first: bool) {
        if task.queued.replace(true) {
            return;
        }
        let mut queue = self.queue.borrow_mut();
        if first { queue.push_front(task.clone()) } else { queue.push_back(task.clone()) }
    }

    /// Puts a task that waits for its turn in front of all others.
    pub fn hurry(&self, task: &Rc<Task>) {
        if task.queued.get() {
            self.queue.borrow_mut().retain(|known| !Rc::ptr_eq(known, task));
            task.queued.set(false);
            self.enqueue(task, true);
        }
    }

    fn has_events(&self) -> bool {
        !self.timers.borrow().is_empty() || !self.receivers.borrow().is_empty()
    }
}

/// Lets a task that waits run again.
pub fn wake(scheduler: &Scheduler, task: &Rc<Task>) {
    if task.status.get() == Status::Suspended {
        scheduler.enqueue(task, false);
    }
}

/// Suspends the task that runs until it is woken or canceled.
pub fn park(cx: &mut Context) -> PhpResult {
    debug_assert!(cx.thread_host.as_ref().is_none_or(|host| host.may_switch()), "a window is open");
    let scheduler = of(cx);
    let task = scheduler.current();
    throw_cancellation(cx, &task)?;
    task.suspended_at.replace(cx.position());
    task.status.set(Status::Suspended);
    let result = if task.is_main() {
        run_others(cx, &scheduler, false)
    } else {
        let coroutine = task.coroutine.borrow().clone();
        if let Some(coroutine) = coroutine {
            coroutine.suspend(cx);
        }
        Ok(())
    };
    task.status.set(Status::Running);
    result?;
    throw_cancellation(cx, &task)
}

/// Lets others run that are ready, then goes on.
pub fn pause(cx: &mut Context) -> PhpResult {
    let scheduler = of(cx);
    let task = scheduler.current();
    // Standing in the queue before it parks: nothing else needs to wake it.
    scheduler.enqueue(&task, false);
    park(cx)
}

fn throw_cancellation(cx: &mut Context, task: &Task) -> PhpResult {
    if task.protected.get() > 0 {
        return Ok(());
    }
    match task.cancellation.take() {
        Some(exception) => Err(cx.throw_object(exception)),
        None => Ok(()),
    }
}

/// Throws what was put off while the task that runs was protected.
pub fn leave_protection(cx: &mut Context) -> PhpResult {
    let task = of(cx).current();
    throw_cancellation(cx, &task)
}

/// Runs tasks until the main script is woken or, if `until_done`, all coroutines have ended.
fn run_others(cx: &mut Context, scheduler: &Rc<Scheduler>, until_done: bool) -> PhpResult {
    loop {
        deliver(cx, scheduler);
        run_timers(cx, scheduler);
        let next = scheduler.queue.borrow_mut().pop_front();
        match next {
            Some(task) if task.is_main() => {
                task.queued.set(false);
                return Ok(());
            }
            Some(task) => run_task(cx, scheduler, &task)?,
            None if until_done && scheduler.tasks.borrow().is_empty() => return Ok(()),
            None if scheduler.has_events() => sleep(cx, scheduler),
            None => resolve_deadlock(cx, scheduler, until_done)?,
        }
    }
}

/// Sleeps until a message comes or a timer is due.
fn sleep(cx: &mut Context, scheduler: &Scheduler) {
    // What was printed so far is seen before a pause that nobody knows the length of.
    cx.flush_sink();
    let due = scheduler.timers.borrow().first_key_value().map(|(id, _)| id.0);
    let timeout = due.map(|due| Duration::from_nanos(due.saturating_sub(monotonic_ns())));
    if timeout.is_none_or(|timeout| !timeout.is_zero()) {
        scheduler.mailbox.wait(timeout);
    }
}

fn deliver(cx: &mut Context, scheduler: &Scheduler) {
    while let Some(message) = scheduler.mailbox.take() {
        let receiver = scheduler.receivers.borrow().get(&message.to).cloned();
        if let Some(receiver) = receiver {
            receiver(cx, message.content);
        }
    }
}

fn run_timers(cx: &mut Context, scheduler: &Scheduler) {
    if scheduler.timers.borrow().is_empty() {
        return;
    }
    let now = monotonic_ns();
    loop {
        let due = {
            let mut timers = scheduler.timers.borrow_mut();
            match timers.first_key_value() {
                Some((id, _)) if id.0 <= now => timers.pop_first(),
                _ => None,
            }
        };
        let Some((_, callback)) = due else { return };
        callback(cx);
    }
}

/// Exchanges what each task has for itself.
fn exchange(cx: &mut Context, kept: &mut Kept) {
    mem::swap(&mut cx.oop.fiber, &mut kept.fiber);
    mem::swap(&mut cx.oop.no_switch, &mut kept.no_switch);
    cx.output.swap_buffers(&mut kept.buffers);
}

/// Runs a coroutine until it waits or ends.
fn run_task(cx: &mut Context, scheduler: &Rc<Scheduler>, task: &Rc<Task>) -> PhpResult {
    task.queued.set(false);
    let started = task.coroutine.borrow().clone();
    let coroutine = match started {
        Some(coroutine) => coroutine,
        None => {
            let Some(call) = task.call.take() else { return Ok(()) };
            if task.cancellation.borrow().is_some() {
                // Canceled before it began: it never runs.
                let exception = task.cancellation.take();
                drop(call);
                return end(cx, scheduler, task, Err(Thrown::Exception), exception);
            }
            let made = Coroutine::new(move |cx| {
                let result = cx.call_callee_named(&call.callee, &call.args, call.named.as_ref());
                drop(call);
                result
            });
            match made {
                Ok(coroutine) => {
                    let coroutine = Rc::new(coroutine);
                    task.coroutine.replace(Some(coroutine.clone()));
                    coroutine
                }
                Err(reason) => {
                    let text = format!("Coroutine stack allocate failed: {reason}");
                    let thrown = cx.throw("Async\\AsyncException", text);
                    return end(cx, scheduler, task, Err(thrown), None);
                }
            }
        }
    };
    let before = scheduler.current.replace(task.clone());
    let frame = mem::replace(&mut cx.frame, std::ptr::null_mut());
    let mut kept = task.kept.take();
    exchange(cx, &mut kept);
    task.status.set(Status::Running);
    let ended = coroutine.run(cx);
    exchange(cx, &mut kept);
    cx.frame = frame;
    scheduler.current.replace(before);
    match ended {
        None => {
            task.kept.replace(kept);
            Ok(())
        }
        Some(result) => {
            drop(kept);
            end(cx, scheduler, task, result, None)
        }
    }
}

/// A coroutine has ended.
fn end(
    cx: &mut Context,
    scheduler: &Rc<Scheduler>,
    task: &Rc<Task>,
    result: PhpResult<Value>,
    exception: Option<ObjRef>,
) -> PhpResult {
    task.status.set(Status::Done);
    drop(task.coroutine.take());
    scheduler.tasks.borrow_mut().remove(&task.id);
    let object = task.object.take();
    let outcome = match result {
        Ok(value) => Outcome::Value(value),
        Err(Thrown::Exception) => match exception.or_else(|| cx.exception.take()) {
            Some(exception) => Outcome::Thrown(exception),
            None => Outcome::Value(Value::NULL),
        },
        Err(Thrown::Exit) => {
            if !task.contains_exit.get() {
                task.completion.complete(cx, Outcome::Value(Value::NULL));
                return Err(Thrown::Exit);
            }
            cx.exiting = false;
            let fatal =
                cx.errors.last.as_ref().filter(|last| last.level & phalanx_vm::errors::level::FATAL != 0);
            task.exited.replace(Some(fatal.map(|last| last.message.to_str_lossy().into_owned())));
            Outcome::Value(Value::NULL)
        }
    };
    let failed = match &outcome {
        Outcome::Thrown(exception) if crate::await_::is_cancellation(cx, exception) => {
            task.completion.canceled.set(true);
            None
        }
        Outcome::Thrown(exception) => Some(exception.clone()),
        Outcome::Value(_) => None,
    };
    task.completion.complete(cx, outcome);
    run_finally(cx, scheduler, task, object.as_ref());
    if let Some(exception) = failed
        && !task.completion.handled.get()
        && object.as_ref().is_none_or(|object| object.ref_count() == 1)
    {
        task.completion.handled.set(true);
        unhandled(cx, &exception);
    }
    Ok(())
}

/// Starts a coroutine for each function that waits for the end of a task.
fn run_finally(cx: &mut Context, scheduler: &Rc<Scheduler>, task: &Task, object: Option<&ObjRef>) {
    for function in task.finally.take() {
        let Ok(callee) = phalanx_vm::callable::resolve_for_call(cx, &function) else { continue };
        let args = object.map(|object| Value::object(object.clone())).into_iter().collect();
        scheduler.start(cx, Call { callee, args, named: None });
    }
}

/// Nobody will ever look at this exception: everything is canceled, and it is reported at the end.
pub fn unhandled(cx: &mut Context, exception: &ObjRef) {
    let scheduler = of(cx);
    let before = scheduler.failure.replace(None);
    if let Some(before) = before {
        phalanx_vm::throw::set_previous(exception, before);
    }
    scheduler.failure.replace(Some(exception.clone()));
    cancel_all(cx, "Graceful shutdown");
    // The main script hears of it where it waits.
    let main = scheduler.main.clone();
    if main.status.get() == Status::Suspended
        && let Some(failure) = scheduler.failure.take()
    {
        main.protected.set(0);
        main.cancellation.replace(Some(failure));
        wake(&scheduler, &main);
    }
}

/// Cancels all coroutines; those that have not begun never will.
pub fn cancel_all(cx: &mut Context, why: &str) {
    let scheduler = of(cx);
    if scheduler.shutting_down.replace(true) {
        return;
    }
    for task in scheduler.tasks() {
        if Rc::ptr_eq(&task, &scheduler.current()) {
            continue;
        }
        task.protected.set(0);
        if let Ok(exception) = cx.new_exception("Async\\AsyncCancellation", why.as_bytes(), 0) {
            cancel(cx, &task, exception);
        }
    }
}

/// Throws `exception` where `task` waits, or ends it if it has not begun.
pub fn cancel(cx: &mut Context, task: &Rc<Task>, exception: ObjRef) {
    if task.status.get() == Status::Done || task.cancel_requested.replace(true) {
        return;
    }
    let scheduler = of(cx);
    task.cancellation.replace(Some(exception));
    if task.protected.get() == 0 {
        wake(&scheduler, task);
    }
}

/// Everything waits and nothing will happen: everybody is told.
#[cold]
fn resolve_deadlock(cx: &mut Context, scheduler: &Rc<Scheduler>, until_done: bool) -> PhpResult {
    let waiting = scheduler.tasks();
    let count = waiting.len() + usize::from(!until_done);
    let text = format!("Deadlock detected: no active coroutines, {count} coroutines in waiting");
    let error = cx.new_exception("Async\\DeadlockError", text.as_bytes(), 0)?;
    scheduler.shutting_down.set(false);
    for task in &waiting {
        task.cancel_requested.set(false);
    }
    cancel_all(cx, "Deadlock detected");
    if until_done {
        scheduler.failure.replace(Some(error));
        return Ok(());
    }
    Err(cx.throw_object(error))
}

/// The main script has ended: runs coroutines until all are done. Reports what nobody has caught.
pub fn finish(cx: &mut Context, exiting: bool) -> PhpResult {
    let scheduler = of(cx);
    if exiting {
        cancel_all(cx, "Graceful shutdown");
    }
    let result = run_others(cx, &scheduler, true);
    scheduler.shutting_down.set(false);
    result?;
    match scheduler.failure.take() {
        Some(failure) => Err(cx.throw_object(failure)),
        None => Ok(()),
    }
}

/// The request ends: nothing is delivered any more.
pub fn end_request(cx: &mut Context) {
    let scheduler = of(cx);
    scheduler.mailbox.close();
    scheduler.queue.borrow_mut().clear();
    drop(mem::take(&mut *scheduler.timers.borrow_mut()));
    drop(mem::take(&mut *scheduler.receivers.borrow_mut()));
    let tasks = mem::take(&mut *scheduler.tasks.borrow_mut());
    drop(tasks);
}
