//! Functions, classes, errors and constants: what scripts ask of the running program.

pub mod call;
pub mod class;
pub mod constant;
pub mod error;
pub mod exit;
pub mod frame;
pub mod gc;
pub mod resource;
