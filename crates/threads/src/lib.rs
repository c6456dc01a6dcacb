//! PHP threads: start, transfer of values, mailboxes.
//!
//! A PHP thread is a thread of the system with a request of its own ([`spawn`]): own heap, globals and settings; what all
//! share is the engine. Threads talk by values, which cross as copies ([`Parcel`]), and wake each other through mailboxes
//! ([`Mailbox`]). The APIs that PHP code sees are built on this by extensions.
#![forbid(unsafe_code)]

mod live;
mod mailbox;
mod pack;
mod parcel;
mod unpack;

pub use live::{has_sent_code, is_php_thread, live_threads, spawn, wait_for_all};
pub use mailbox::{Mailbox, Message};
pub use pack::{pack, pack_all};
pub use parcel::Parcel;
pub use unpack::{unpack, unpack_all};
