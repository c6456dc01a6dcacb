//! Procedural macros that declare built-in PHP functions and classes.
