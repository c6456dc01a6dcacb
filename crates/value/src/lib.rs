//! PHP values: strings, arrays, references, objects, request heap and cycle collector.
//!
//! A [`Value`] is 16 bytes. Strings, arrays, objects, references and resources are blocks of the thread's request heap
//! with a count that is not atomic; handles ([`PhpString`], [`PhpArray`], [`ObjRef`], [`PhpRef`], [`PhpResource`]) own
//! counts and cannot leave their thread. Strings and arrays may also be *immutable*: they lie in a static, a Unit or the
//! shared segment, carry no count and are shared by all threads.
//!
//! The rule that makes everything else simple: **PHP code never runs inside of `Drop`**. The last release of an object
//! with a destructor queues it ([`heap::take_pending_destructors`]); the cycle collector asks to be called
//! ([`heap::ATTENTION_GC`]). So a safe `&Value` stays good whatever is dropped.
//!
//! Unsafe code lives in the modules that say so; the public API is safe where it is not marked.
#![deny(unsafe_code)]

pub mod array;
pub mod convert;
pub mod destroy;
pub mod gc;
pub mod header;
pub mod heap;
pub mod image;
pub mod layout;
pub mod native;
pub mod object;
pub mod reference;
pub mod resource;
pub mod string;
pub mod utf8;
pub mod value;

pub use array::{ArrayKey, Key, NextKeyOccupied, PhpArray, VmArray};
pub use header::VmCounted;
pub use native::{NativeSlot, NativeState};
pub use object::{ClassBase, ObjRef, VmObject};
pub use reference::{PhpRef, VmRef};
pub use resource::{PhpResource, VmResource};
pub use string::{PhpString, StaticString, StringBuilder, VmString};
pub use value::{Tag, Value, View};
