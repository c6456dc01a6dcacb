//! The only door to the operating system: files, environment, clock, signals, processes.

pub mod process;
