//! Wires compiler, cache, virtual machine, JIT, threads and extensions together: process and request life cycle.
