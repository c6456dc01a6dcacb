//! The tracing JIT compiler.
