//! The algorithms that must be right under every interleaving, free of system calls and of memory layout, so that
//! `tests/models.rs` can explore them exhaustively.

pub(crate) mod hazard;
pub(crate) mod open_count;
pub(crate) mod owner;
pub(crate) mod word_lock;
