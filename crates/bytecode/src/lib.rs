//! The opcode table and the relocatable Unit that a compiled script is.
