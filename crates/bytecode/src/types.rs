//! Bits of built-in types in declarations. Bit `n` below 11 is the value tag `n`.

/// null
pub const NULL: u32 = 1 << 1;
/// false
pub const FALSE: u32 = 1 << 2;
/// true
pub const TRUE: u32 = 1 << 3;
/// bool
pub const BOOL: u32 = FALSE | TRUE;
/// int
pub const INT: u32 = 1 << 4;
/// float
pub const FLOAT: u32 = 1 << 5;
/// string
pub const STRING: u32 = 1 << 6;
/// array
pub const ARRAY: u32 = 1 << 7;
/// object
pub const OBJECT: u32 = 1 << 8;
/// A resource: only inside `MIXED`.
pub const RESOURCE: u32 = 1 << 10;
/// callable
pub const CALLABLE: u32 = 1 << 12;
/// iterable, which is `Traversable|array`.
pub const ITERABLE: u32 = 1 << 13;
/// void
pub const VOID: u32 = 1 << 14;
/// never
pub const NEVER: u32 = 1 << 15;
/// static
pub const STATIC: u32 = 1 << 16;
/// mixed
pub const MIXED: u32 = NULL | BOOL | INT | FLOAT | STRING | ARRAY | OBJECT | RESOURCE;
