//! Compiles the AST of a PHP script to a Unit.
