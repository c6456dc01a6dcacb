//! How something ended on another thread, and how this is told.

use crate::completion::Outcome;
use crate::scheduler::Scheduler;
use crate::task::Task;
use phalanx_threads::{Mailbox, Parcel, pack, unpack};
use phalanx_value::{ObjRef, Value};
use phalanx_vm::class::ClassRef;
use phalanx_vm::errors::level;
use phalanx_vm::throw::exception_prop;
use phalanx_vm::{Context, PhpResult};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

/// How something ended on another thread.
pub enum Report {
    /// With a value.
    Value(Parcel),
    /// With an exception.
    Thrown(Box<Failure>),
    /// By `exit`.
    Exit,
    /// It could not be done, or its result cannot cross.
    Failed {
        /// Class of the exception that says so.
        class: &'static str,
        /// Its message.
        message: String,
    },
}

/// An exception on its way.
pub struct Failure {
    /// Its class.
    pub class: Vec<u8>,
    /// Its message.
    pub message: Vec<u8>,
    /// Its code, if it is an int.
    pub code: i64,
    /// The exception; why not, if it cannot cross.
    pub exception: Result<Parcel, String>,
}

/// Whom to tell. Somebody is told even when the thread fails before it could.
pub struct Reply {
    mailbox: Arc<Mailbox>,
    to: u64,
    sent: bool,
}

impl Reply {
    /// Tells the receiver with number `to` of that thread.
    pub fn new(mailbox: Arc<Mailbox>, to: u64) -> Reply {
        Reply { mailbox, to, sent: false }
    }

    /// Tells.
    pub fn send(mut self, report: Report) {
        self.sent = true;
        // A thread that has ended does not want to know.
        let _ = self.mailbox.post(self.to, report);
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        if !self.sent {
            let message = "The thread ended before the task was done".to_owned();
            let report = Report::Failed { class: "Async\\ThreadTransferException", message };
            let _ = self.mailbox.post(self.to, report);
        }
    }
}

/// What to tell of an exception.
pub fn failure(cx: &mut Context, exception: &ObjRef) -> Report {
    let parcel = match pack(cx, &Value::object(exception.clone())) {
        Ok(parcel) => Ok(parcel),
        Err(thrown) => Err(message_of(cx, thrown)),
    };
    let text = |name: &str| exception_prop(exception, name).as_bytes().unwrap_or_default().to_vec();
    Report::Thrown(Box::new(Failure {
        class: ClassRef::of(exception).name.to_vec(),
        message: text("message"),
        code: exception_prop(exception, "code").as_int().unwrap_or(0),
        exception: parcel,
    }))
}

/// What to tell of the end of native code.
pub fn report(cx: &mut Context, result: PhpResult<Value>) -> Report {
    match result {
        Ok(value) => match pack(cx, &value) {
            Ok(parcel) => Report::Value(parcel),
            Err(thrown) => {
                let message = message_of(cx, thrown);
                Report::Failed { class: "Async\\ThreadTransferException", message }
            }
        },
        Err(thrown) => match cx.catch(thrown) {
            Ok(exception) => failure(cx, &exception),
            Err(_) => {
                cx.exiting = false;
                match fatal(cx) {
                    Some(message) => Report::Failed { class: "Async\\ThreadTransferException", message },
                    None => Report::Exit,
                }
            }
        },
    }
}

/// What to tell of the end of a coroutine.
pub fn report_task(cx: &mut Context, task: &Task) -> Report {
    let exited = task.exited.take();
    match (exited, task.completion.outcome()) {
        (Some(Some(message)), _) => Report::Failed { class: "Async\\ThreadTransferException", message },
        (Some(None), _) => Report::Exit,
        (None, Some(Outcome::Value(value))) => report(cx, Ok(value)),
        (None, Some(Outcome::Thrown(exception))) => failure(cx, &exception),
        (None, None) => Report::Exit,
    }
}

/// The text of the fatal error that has ended the script, if one has.
pub fn fatal(cx: &Context) -> Option<String> {
    let last = cx.errors.last.as_ref().filter(|last| last.level & level::FATAL != 0)?;
    Some(last.message.to_str_lossy().into_owned())
}

/// The message of what was thrown; nothing is pending afterwards.
pub fn message_of(cx: &mut Context, thrown: phalanx_vm::Thrown) -> String {
    match cx.catch(thrown) {
        Ok(exception) => {
            let message = exception_prop(&exception, "message");
            message.as_string().map_or_else(String::new, |text| text.to_str_lossy().into_owned())
        }
        Err(_) => String::new(),
    }
}

/// The outcome that a report means here: exceptions are what they were there.
pub fn outcome(cx: &mut Context, report: Report) -> Outcome {
    match open(cx, report) {
        Ok(outcome) => outcome,
        Err((class, message)) => match cx.new_exception(class, message.as_bytes(), 0) {
            Ok(exception) => Outcome::Thrown(exception),
            Err(_) => Outcome::Value(Value::NULL),
        },
    }
}

/// The outcome that a report means here, or class and message of the exception that says why it has none.
fn open(cx: &mut Context, report: Report) -> Result<Outcome, (&'static str, String)> {
    const TRANSFER: &str = "Async\\ThreadTransferException";
    match report {
        Report::Value(parcel) => match unpack(cx, parcel) {
            Ok(value) => Ok(Outcome::Value(value)),
            Err(thrown) => Err((TRANSFER, message_of(cx, thrown))),
        },
        Report::Thrown(failure) => match failure.exception {
            Ok(parcel) => match unpack(cx, parcel) {
                Ok(value) => value.into_object().map(Outcome::Thrown).ok_or((TRANSFER, String::new())),
                Err(thrown) => Err((TRANSFER, message_of(cx, thrown))),
            },
            Err(message) => Err((TRANSFER, message)),
        },
        Report::Exit => Ok(Outcome::Value(Value::NULL)),
        Report::Failed { class, message } => Err((class, message)),
    }
}

/// A number for one report, which goes to `receiver`.
pub fn expect(scheduler: &Rc<Scheduler>, receiver: impl FnOnce(&mut Context, Report) + 'static) -> u64 {
    let number = Rc::new(Cell::new(0));
    let known = number.clone();
    let receiver = RefCell::new(Some(receiver));
    let id = scheduler.expect(move |cx, content| {
        crate::scheduler::of(cx).forget(known.get());
        let receiver = receiver.take();
        if let (Some(receiver), Ok(report)) = (receiver, content.downcast::<Report>()) {
            receiver(cx, *report);
        }
    });
    number.set(id);
    id
}
