//! Arrays.

pub mod build;
pub mod callback;
pub mod merge;
pub mod multisort;
pub mod order;
pub mod pointer;
pub mod query;
pub mod range;
pub mod sets;
pub mod sort;
pub mod symbols;
