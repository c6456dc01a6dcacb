//! The virtual machine: context, frames, dispatch, classes, exceptions, output and the extension API.
#![deny(unsafe_code)]

extern crate self as phalanx_vm;

pub mod args;
pub mod arith;
pub mod autoload;
pub mod call;
pub mod callable;
pub mod class;
pub mod compare;
pub mod constants;
pub mod context;
pub mod convert;
pub mod dims;
pub mod dispatch;
mod enum_;
pub mod errors;
pub mod frame;
pub mod func;
pub mod include;
pub mod ini;
pub mod ins;
pub mod interrupt;
pub mod iterate;
pub mod link;
pub mod loader;
#[doc(hidden)]
pub mod macro_support;
pub mod native;
pub mod object;
pub mod ops;
pub mod output;
pub mod process;
pub mod props;
pub mod registry;
pub mod run;
pub mod stack;
mod static_props;
pub mod symbols;
pub mod throw;
pub mod thrown;
pub mod types;

pub use args::Args;
pub use context::Context;
pub use thrown::{PhpResult, Thrown};
