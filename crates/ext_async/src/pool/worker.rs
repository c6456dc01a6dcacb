//! A worker of a pool: takes calls from the queue and runs each as a coroutine.

use super::shared::{CancelJob, Job, Shared, Take};
use crate::await_::wait_any;
use crate::remote::{self, Report};
use crate::scheduler::{self, park, pause, wake};
use crate::task::{Call, Task};
use phalanx_threads::{Parcel, unpack, unpack_all};
use phalanx_value::{ObjRef, Value};
use phalanx_vm::errors::level;
use phalanx_vm::{Context, PhpResult};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

/// Counts a worker as alive, also when it ends by a panic.
pub struct Guard(Arc<Shared>);

impl Guard {
    /// For one worker that the pool counts already.
    pub fn new(pool: Arc<Shared>) -> Guard {
        Guard(pool)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.worker_ended();
    }
}

/// Tasks of calls that run, by the call's number.
type Running = Rc<RefCell<Vec<(u64, Rc<Task>)>>>;

/// What a worker thread does.
pub fn work(cx: &mut Context, guard: Guard, bootloader: Option<Parcel>) {
    let pool = &guard.0;
    let scheduler = scheduler::of(cx);
    scheduler.main().contains_exit.set(true);
    if let Some(bootloader) = bootloader
        && !boot(cx, pool, bootloader)
    {
        return;
    }
    let running = Running::default();
    let main = scheduler.main().clone();
    let known = running.clone();
    let to = scheduler.expect(move |cx, content| {
        if let Some(CancelJob(job)) = content.downcast_ref() {
            let task = known.borrow().iter().find(|(id, _)| id == job).map(|(_, task)| task.clone());
            let exception = cx.new_exception("Async\\AsyncCancellation", b"ThreadPool task was cancelled", 0);
            if let (Some(task), Ok(exception)) = (task, exception) {
                scheduler::cancel(cx, &task, exception);
            }
        }
        wake(&scheduler::of(cx), &main);
    });
    let active = Rc::new(Cell::new(0));
    while let Ok(true) = step(cx, pool, to, &running, &active) {}
    // What calls have left behind does not outlive the pool.
    scheduler::cancel_all(cx, "ThreadPool worker ends");
    scheduler.forget(to);
    if let Err(thrown) = scheduler::finish(cx, false)
        && let Ok(exception) = cx.catch(thrown)
    {
        cx.report_uncaught(&exception, level::E_ERROR);
    }
    cx.exiting = false;
}

/// Calls the bootloader; false if the worker cannot work.
fn boot(cx: &mut Context, pool: &Shared, bootloader: Parcel) -> bool {
    let result = unpack(cx, bootloader).and_then(|closure| cx.call_value(&closure, &[]));
    let Err(thrown) = result else { return true };
    match cx.catch(thrown) {
        Ok(exception) => {
            let message = phalanx_vm::throw::exception_prop(&exception, "message");
            let message =
                message.as_string().map_or_else(String::new, |text| text.to_str_lossy().into_owned());
            for job in pool.fail(&message) {
                let report = remote::failure(cx, &exception);
                job.reply.send(report);
            }
            cx.report_uncaught(&exception, level::E_ERROR);
        }
        Err(_) => {
            cx.exiting = false;
            let message = remote::fatal(cx)
                .unwrap_or_else(|| "ThreadPool bootloader was terminated by exit()".to_owned());
            refuse(pool, &message);
        }
    }
    false
}

/// The pool is of no use any more: all that wait are told why.
fn refuse(pool: &Shared, message: &str) {
    for job in pool.fail(message) {
        let report = Report::Failed { class: "Async\\ThreadTransferException", message: message.to_owned() };
        job.reply.send(report);
    }
}

/// Does the next thing; false at the end.
fn step(
    cx: &mut Context,
    pool: &Arc<Shared>,
    to: u64,
    running: &Running,
    active: &Rc<Cell<usize>>,
) -> PhpResult<bool> {
    if active.get() >= pool.at_once {
        park(cx)?;
        return Ok(true);
    }
    let mailbox = scheduler::of(cx).mailbox().clone();
    match pool.take(&mailbox, to) {
        Take::Job(job) => run(cx, pool, job, running, active)?,
        Take::Wait => park(cx)?,
        Take::End if active.get() > 0 => park(cx)?,
        Take::End => return Ok(false),
    }
    Ok(true)
}

/// Starts a call; a worker that does one at a time waits for its end.
fn run(
    cx: &mut Context,
    pool: &Arc<Shared>,
    job: Job,
    running: &Running,
    active: &Rc<Cell<usize>>,
) -> PhpResult {
    let Job { id, task, args, reply } = job;
    let call = match open(cx, task, args) {
        Ok(call) => call,
        Err(thrown) => {
            let report = remote::report(cx, Err(thrown));
            pool.done(id);
            reply.send(report);
            return Ok(());
        }
    };
    let scheduler = scheduler::of(cx);
    let task = scheduler.start(cx, call);
    task.nursery.set(task.id);
    task.contains_exit.set(true);
    running.borrow_mut().push((id, task.clone()));
    let shared = pool.clone();
    let known = running.clone();
    let count = active.clone();
    active.set(active.get() + 1);
    let completion = task.completion.clone();
    let finished = task.clone();
    completion.then(cx, move |cx, _| {
        end_children(cx, &finished);
        let fatal = finished.exited.borrow().clone().flatten();
        let mut report = remote::report_task(cx, &finished);
        if shared.coroutine && matches!(report, Report::Exit) {
            let message = "Task was terminated by exit()".to_owned();
            report = Report::Failed { class: "Async\\ThreadTransferException", message };
        }
        known.borrow_mut().retain(|(number, _)| *number != id);
        count.set(count.get() - 1);
        shared.done(id);
        reply.send(report);
        if let Some(message) = fatal {
            refuse(&shared, &message);
        }
        let scheduler = scheduler::of(cx);
        let main = scheduler.main().clone();
        wake(&scheduler, &main);
    });
    drop(task);
    if !pool.coroutine {
        wait_any(cx, &[completion], None)?;
        // Children that were canceled unwind before the next call begins.
        pause(cx)?;
    }
    Ok(())
}

/// Cancels the coroutines that a call has started and not awaited.
fn end_children(cx: &mut Context, task: &Task) {
    for child in scheduler::of(cx).tasks() {
        if child.nursery.get() == task.id && child.id != task.id {
            let exception = cx.new_exception("Async\\AsyncCancellation", b"Scope is being disposed", 0);
            if let Ok(exception) = exception {
                scheduler::cancel(cx, &child, exception);
            }
        }
    }
}

fn open(cx: &mut Context, task: Parcel, args: Parcel) -> PhpResult<Call> {
    let task: Value = unpack(cx, task)?;
    let args = unpack_all(cx, args)?;
    let callee = phalanx_vm::callable::resolve_for_call(cx, &task)?;
    let _keep: Option<&ObjRef> = task.as_object();
    Ok(Call { callee, args, named: None })
}
