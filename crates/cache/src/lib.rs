//! The shared opcode cache.
