//! Wires compiler, cache, virtual machine, JIT, threads and extensions into one engine.
