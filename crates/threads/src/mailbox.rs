//! Mailboxes: how one thread tells another that something has happened.
//!
//! The scheduler of a thread sleeps on its mailbox when it has nothing to run, until a message comes or a time is reached.
//! A message is data and the number of whoever waits for it; it is opened on the receiving thread.

use std::any::Any;
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A message: who it is for, and what it says.
pub struct Message {
    /// The number that the receiver gave to whoever sends.
    pub to: u64,
    /// What it says.
    pub content: Box<dyn Any + Send>,
}

#[derive(Default)]
struct State {
    messages: VecDeque<Message>,
    closed: bool,
}

/// The mailbox of a thread.
#[derive(Default)]
pub struct Mailbox {
    state: Mutex<State>,
    arrived: Condvar,
}

impl Mailbox {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a message in, and wakes the owner. False if the owner reads no more.
    pub fn post(&self, to: u64, content: impl Any + Send) -> bool {
        let message = Message { to, content: Box::new(content) };
        let mut state = self.lock();
        if state.closed {
            return false;
        }
        state.messages.push_back(message);
        drop(state);
        self.arrived.notify_one();
        true
    }

    /// The next message, if there is one.
    pub fn take(&self) -> Option<Message> {
        self.lock().messages.pop_front()
    }

    /// Sleeps until there is a message, at most for `timeout`.
    pub fn wait(&self, timeout: Option<Duration>) {
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let mut state = self.lock();
        while state.messages.is_empty() {
            match deadline {
                None => state = self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return;
                    }
                    let waited = self.arrived.wait_timeout(state, left);
                    state = waited.unwrap_or_else(PoisonError::into_inner).0;
                }
            }
        }
    }

    /// The owner reads no more; messages that are left are dropped.
    pub fn close(&self) {
        let left = {
            let mut state = self.lock();
            state.closed = true;
            std::mem::take(&mut state.messages)
        };
        drop(left);
    }
}

#[cfg(test)]
mod tests {
    use super::Mailbox;
    use std::sync::Arc;

    #[test]
    fn messages_wake_the_owner_in_order() {
        let mailbox = Arc::new(Mailbox::default());
        let other = mailbox.clone();
        let thread = std::thread::spawn(move || (0..100_u64).all(|n| other.post(n, n * 2)));
        for expected in 0..100_u64 {
            let message = loop {
                mailbox.wait(None);
                if let Some(message) = mailbox.take() {
                    break message;
                }
            };
            assert_eq!(message.to, expected);
            assert_eq!(message.content.downcast_ref(), Some(&(expected * 2)));
        }
        assert!(thread.join().is_ok_and(|all| all));
        mailbox.close();
        assert!(!mailbox.post(1, ()));
        assert!(mailbox.take().is_none());
    }
}
