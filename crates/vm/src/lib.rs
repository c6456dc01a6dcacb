//! The virtual machine: context, frames, dispatch, classes, exceptions, output and the extension API.
#![deny(unsafe_code)]

// The macros name the crate as extensions do.
extern crate self as phalanx_vm;

pub mod args;
pub mod arith;
pub mod autoload;
pub mod backtrace;
pub mod builtin;
pub mod call;
pub mod callable;
pub mod class;
pub mod closure;
pub mod compare;
pub mod constants;
pub mod context;
pub mod convert;
pub mod coroutine;
pub mod dims;
pub mod dispatch;
pub mod enum_;
pub mod errors;
pub mod fiber;
pub mod frame;
pub mod func;
pub mod generator;
pub mod global_constants;
pub mod hot;
pub mod include;
pub mod ini;
pub mod ins;
pub mod interrupt;
pub mod iterate;
mod kept;
pub mod layout;
pub mod lazy;
pub mod link;
pub mod loader;
pub mod macro_support;
pub mod names;
pub mod native;
pub mod object;
pub mod ops;
pub mod output;
pub mod preload;
pub mod process;
pub mod props;
pub mod realpath;
pub mod registry;
pub mod request;
pub mod run;
mod spare;
pub mod stack;
pub mod static_props;
pub mod symbols;
#[cfg(test)]
mod testing;
pub mod threads;
pub mod throw;
pub mod thrown;
mod time_limit;
pub mod traverse;
pub mod types;
pub mod units;

pub use args::Args;
pub use context::Context;
pub use func::FuncRef;
pub use phalanx_bytecode::flags;
pub use phalanx_bytecode::types as type_bits;
pub use phalanx_bytecode::unit;
pub use request::{begin_request, end_request, release_request};
pub use thrown::{PhpResult, Thrown};
