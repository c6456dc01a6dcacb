//! The class ThreadChannel: a queue of values between threads.
//!
//! Whoever has to wait registers first and then looks again, so that no wake-up is lost; whoever makes room or puts a value
//! in calls one that waits.

use crate::await_::{check_token, completion_argument};
use crate::completion::Completion;
use crate::scheduler::{self, park, wake};
use phalanx_macros::{native_class, php_method};
use phalanx_threads::{Mailbox, Parcel, pack, unpack};
use phalanx_value::{NativeSlot, NativeState, ObjRef, Value};
use phalanx_vm::class::Hooks;
use phalanx_vm::threads::Traveler;
use phalanx_vm::{Context, PhpResult};
use std::collections::VecDeque;
use std::mem;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

native_class! {
    /// A queue of values between threads.
    pub static THREAD_CHANNEL = "final class Async\\ThreadChannel implements Async\\Awaitable, Countable";
    flags: not_serializable, no_dynamic_props;
    hooks: HOOKS;
    methods: CONSTRUCT, SEND, RECV, CLOSE, IS_CLOSED, CAPACITY, COUNT, IS_EMPTY, IS_FULL;
}

static HOOKS: Hooks = Hooks { uncloneable: true, depart: Some(depart), ..Hooks::NONE };

struct Party {
    mailbox: Arc<Mailbox>,
    to: u64,
}

#[derive(Default)]
struct Inner {
    queue: VecDeque<Parcel>,
    closed: bool,
    senders: VecDeque<Party>,
    receivers: VecDeque<Party>,
}

struct Channel {
    inner: Mutex<Inner>,
    capacity: usize,
}

impl Channel {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn close(&self) -> bool {
        let (senders, receivers) = {
            let mut inner = self.lock();
            if mem::replace(&mut inner.closed, true) {
                return false;
            }
            (mem::take(&mut inner.senders), mem::take(&mut inner.receivers))
        };
        senders.iter().chain(&receivers).for_each(call);
        true
    }
}

fn call(party: &Party) {
    // One that has ended needs no call.
    let _ = party.mailbox.post(party.to, ());
}

struct State(Arc<Channel>);

impl NativeState for State {}

/// The channel on its way to another thread, where it is the same.
struct Ticket(Arc<Channel>);

impl Traveler for Ticket {
    fn arrive(self: Box<Self>, cx: &mut Context) -> PhpResult<ObjRef> {
        let class = cx.native_class("async\\threadchannel");
        let object = cx.new_object(class)?;
        // A new object has no state yet.
        let _ = object.set_native(NativeSlot::new(State(self.0)));
        Ok(object)
    }
}

fn depart(cx: &mut Context, this: &ObjRef) -> PhpResult<Box<dyn Traveler>> {
    Ok(Box::new(Ticket(channel(cx, this)?)))
}

/// The channels that the request has made: they are closed when it ends, so that nobody waits for ever.
#[derive(Default)]
struct Made(Vec<Weak<Channel>>);

/// Closes the channels that the request has made.
pub fn end_request(cx: &mut Context) {
    for channel in mem::take(&mut cx.state::<Made>().0) {
        if let Some(channel) = channel.upgrade() {
            channel.close();
        }
    }
}

fn channel(cx: &mut Context, this: &ObjRef) -> PhpResult<Arc<Channel>> {
    match this.native::<State>() {
        Some(state) => Ok(state.0.clone()),
        None => Err(cx.throw_error("The ThreadChannel object has not been properly initialized")),
    }
}

fn token(cx: &mut Context, token: Option<&ObjRef>) -> PhpResult<Option<Rc<Completion>>> {
    token.map(|object| completion_argument(cx, object)).transpose()
}

/// Does `attempt` until it gives something, waiting in the line that `line` picks in between.
fn wait_in<T>(
    cx: &mut Context,
    channel: &Channel,
    token: Option<&Rc<Completion>>,
    line: fn(&mut Inner) -> &mut VecDeque<Party>,
    mut attempt: impl FnMut(&mut Inner) -> Option<T>,
) -> PhpResult<T> {
    let scheduler = scheduler::of(cx);
    let task = scheduler.current();
    loop {
        check_token(cx, token)?;
        let woken = task.clone();
        let number = scheduler.expect(move |cx, _| wake(&scheduler::of(cx), &woken));
        let found = {
            let mut inner = channel.lock();
            let found = attempt(&mut inner);
            if found.is_none() {
                line(&mut inner).push_back(Party { mailbox: scheduler.mailbox().clone(), to: number });
            }
            found
        };
        if let Some(found) = found {
            scheduler.forget(number);
            return Ok(found);
        }
        if let Some(token) = token {
            token.subscribe(&task);
        }
        let result = park(cx);
        if let Some(token) = token {
            token.unsubscribe(&task);
        }
        scheduler.forget(number);
        let mut inner = channel.lock();
        let waiting = line(&mut inner);
        let before = waiting.len();
        waiting.retain(|party| party.to != number || !Arc::ptr_eq(&party.mailbox, scheduler.mailbox()));
        // One that was called and gives up hands the call on.
        let was_called = before == waiting.len();
        let next = if was_called && (result.is_err() || token.is_some_and(|token| token.is_done())) {
            waiting.pop_front()
        } else {
            None
        };
        drop(inner);
        next.iter().for_each(call);
        result?;
    }
}

#[php_method("Async\\ThreadChannel::__construct(int $capacity = 16)")]
fn construct(cx: &mut Context, this: &ObjRef, capacity: i64) -> PhpResult {
    if capacity < 1 {
        return Err(cx.arg_value_error(1, "must be greater than or equal to 1"));
    }
    let channel = Arc::new(Channel { inner: Mutex::default(), capacity: capacity as usize });
    cx.state::<Made>().0.push(Arc::downgrade(&channel));
    match this.set_native(NativeSlot::new(State(channel))) {
        Ok(()) => Ok(()),
        Err(_) => Err(cx.throw_error("Cannot call constructor twice")),
    }
}

#[php_method("Async\\ThreadChannel::send(mixed $value, ?Async\\Completable $cancellationToken = null): void")]
fn send(cx: &mut Context, this: &ObjRef, value: &Value, cancellation_token: Option<&ObjRef>) -> PhpResult {
    let channel = channel(cx, this)?;
    let token = token(cx, cancellation_token)?;
    let mut parcel = Some(pack(cx, value)?);
    let sent = wait_in(
        cx,
        &channel,
        token.as_ref(),
        |inner| &mut inner.senders,
        |inner| {
            if inner.closed {
                return Some(Err(()));
            }
            if inner.queue.len() >= channel.capacity {
                return None;
            }
            inner.queue.extend(parcel.take());
            Some(Ok(inner.receivers.pop_front()))
        },
    )?;
    match sent {
        Ok(receiver) => {
            receiver.iter().for_each(call);
            Ok(())
        }
        Err(()) => Err(closed(cx)),
    }
}

#[php_method("Async\\ThreadChannel::recv(?Async\\Completable $cancellationToken = null): mixed")]
fn recv(cx: &mut Context, this: &ObjRef, cancellation_token: Option<&ObjRef>) -> PhpResult<Value> {
    let channel = channel(cx, this)?;
    let token = token(cx, cancellation_token)?;
    let received = wait_in(
        cx,
        &channel,
        token.as_ref(),
        |inner| &mut inner.receivers,
        |inner| match inner.queue.pop_front() {
            Some(parcel) => Some(Some((parcel, inner.senders.pop_front()))),
            None if inner.closed => Some(None),
            None => None,
        },
    )?;
    match received {
        Some((parcel, sender)) => {
            sender.iter().for_each(call);
            unpack(cx, parcel)
        }
        None => Err(closed(cx)),
    }
}

fn closed(cx: &mut Context) -> phalanx_vm::Thrown {
    cx.throw("Async\\ThreadChannelException", "ThreadChannel is closed")
}

#[php_method("Async\\ThreadChannel::close(): void")]
fn close(cx: &mut Context, this: &ObjRef) -> PhpResult {
    channel(cx, this)?.close();
    Ok(())
}

#[php_method("Async\\ThreadChannel::isClosed(): bool")]
fn is_closed(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    Ok(channel(cx, this)?.lock().closed)
}

#[php_method("Async\\ThreadChannel::capacity(): int")]
fn capacity(cx: &mut Context, this: &ObjRef) -> PhpResult<i64> {
    Ok(channel(cx, this)?.capacity as i64)
}

#[php_method("Async\\ThreadChannel::count(): int")]
fn count(cx: &mut Context, this: &ObjRef) -> PhpResult<i64> {
    Ok(channel(cx, this)?.lock().queue.len() as i64)
}

#[php_method("Async\\ThreadChannel::isEmpty(): bool")]
fn is_empty(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    Ok(channel(cx, this)?.lock().queue.is_empty())
}

#[php_method("Async\\ThreadChannel::isFull(): bool")]
fn is_full(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    let channel = channel(cx, this)?;
    Ok(channel.lock().queue.len() >= channel.capacity)
}
