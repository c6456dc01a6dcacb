//! The Unit: what a script is once compiled.
//!
//! # Safety
//!
//! A Unit is one block of memory, written once by [`assemble`](crate::assemble) and never changed after its
//! pointers were relocated to where it lies. Its structures are `repr(C)` and refer to each other by plain
//! pointers; the fields that hold them are private or are [`PhpString`]s and [`Value`]s of the immutable, uncounted
//! sort, so safe code can read but never write, count or free them. A [`UnitRef`] promises that the block is alive, and
//! so are the strings that it refers to: whoever makes one (private owner, cache pin) keeps them so.
//!
//! ```text
//! +--------+---------+------+-----------+--------+---------+--------+---------+--------+
//! | header | protos  | code | literals  | tables | classes | arrays | strings | relocs |
//! +--------+---------+------+-----------+--------+---------+--------+---------+--------+
//! 0                                                                 ^         ^ header.relocs
//!                                                                   header.strings
//! ```
//! The list of relocations is there in images only. In the opcode cache, strings lie elsewhere as a rule, where other Units use
//! them too; those that are the Unit's own are the end of it.
#![allow(unsafe_code, reason = "reads structures through the block's own pointers")]

mod image;

pub use image::{Image, Placement, fingerprint};

use crate::draft::{LiveRange, TryRegion};
use crate::op::Op;
use phalanx_value::{PhpString, Value};
use std::fmt;
use std::sync::atomic::AtomicPtr;

/// First bytes of each Unit image.
pub const MAGIC: u64 = u64::from_le_bytes(*b"PHXUNIT\0");
/// Changes with every change of layout or opcodes.
pub const VERSION: u32 = 2;

/// A slice inside a Unit.
#[repr(C)]
pub struct Slice<T> {
    ptr: *const T,
    len: u64,
}

impl<T> Slice<T> {
    pub(crate) const fn empty() -> Slice<T> {
        Slice { ptr: std::ptr::null(), len: 0 }
    }

    /// Its elements.
    pub fn as_slice(&self) -> &[T] {
        if self.len == 0 {
            return &[];
        }
        // SAFETY: the block holds `len` elements at `ptr` (module documentation), and lives as long as `self` does,
        // which lies in it.
        unsafe { std::slice::from_raw_parts(self.ptr, self.len as usize) }
    }
}

impl<T> std::ops::Deref for Slice<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        self.as_slice()
    }
}

impl<T: fmt::Debug> fmt::Debug for Slice<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_slice().fmt(f)
    }
}

/// A bool in four bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(transparent)]
pub struct Word(u32);

impl Word {
    /// Its truth.
    pub fn get(self) -> bool {
        self.0 != 0
    }
}

/// An initial value (see [`crate::draft::Init`]).
#[derive(Debug)]
#[repr(C)]
pub struct InitRef {
    /// The value, or undef.
    pub value: Value,
    /// Number of the function that computes it plus 1, or 0.
    pub code: u32,
    /// Whether there is one at all.
    pub present: u32,
}

/// A type declaration. A node is a built-in bit set, a class, or a list of members.
#[derive(Debug)]
#[repr(C)]
pub struct TypeRef {
    /// Bits of [`crate::types`].
    pub bits: u32,
    /// Whether `members` is an intersection rather than a union.
    pub intersection: u32,
    /// Class name as written.
    pub class: Option<PhpString>,
    /// Its lower-case form.
    pub class_lc: Option<PhpString>,
    /// Members beside `bits`.
    pub members: Slice<TypeRef>,
}

impl TypeRef {
    /// Whether it says nothing: there is no declaration.
    pub fn is_none(&self) -> bool {
        self.bits == 0 && self.class.is_none() && self.members.is_empty()
    }
}

/// An attribute.
#[derive(Debug)]
#[repr(C)]
pub struct AttributeRef {
    /// Name as written, resolved.
    pub name: PhpString,
    /// Its lower-case form.
    pub lc_name: PhpString,
    /// Arguments.
    pub args: Slice<AttributeArg>,
    /// Parameter number plus 1, or 0.
    pub param: u32,
    /// Line.
    pub line: u32,
}

/// An argument of an attribute.
#[derive(Debug)]
#[repr(C)]
pub struct AttributeArg {
    /// Name, if it is named.
    pub name: Option<PhpString>,
    /// Value.
    pub value: InitRef,
}

/// A parameter.
#[derive(Debug)]
#[repr(C)]
pub struct ParamRef {
    /// Name.
    pub name: PhpString,
    /// Type.
    pub ty: TypeRef,
    /// Default.
    pub default: InitRef,
    /// Source text of the default.
    pub default_text: Option<PhpString>,
    /// By reference.
    pub by_ref: Word,
    /// Variadic.
    pub variadic: Word,
    /// Member flags if it is a promoted property.
    pub promoted: u32,
    /// Keeps the size a multiple of 8.
    pub pad: u32,
}

/// A static or bound variable.
#[derive(Debug)]
#[repr(C)]
pub struct StaticRef {
    /// Name.
    pub name: PhpString,
    /// Initial value.
    pub init: InitRef,
    /// Bound by a closure.
    pub bound: Word,
    /// The variable of the same name, or `u32::MAX`.
    pub cv: u32,
}

/// Instructions from `op` on stand at `line`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct LineEntry {
    /// First instruction.
    pub op: u32,
    /// Line.
    pub line: u32,
}

/// A function as compiled.
#[derive(Debug)]
#[repr(C)]
pub struct FuncProto {
    pub(crate) code: Slice<Op>,
    /// Name as written.
    pub name: PhpString,
    /// Lower-case name.
    pub lc_name: PhpString,
    /// Flags of [`crate::flags::func`].
    pub flags: u32,
    /// Its number in the Unit.
    pub index: u32,
    /// Parameters declared, a variadic one not counted.
    pub num_params: u32,
    /// Parameters without default.
    pub num_required: u32,
    /// Compiled variables.
    pub num_cvs: u32,
    /// Temporaries.
    pub num_tmps: u32,
    /// Inline cache slots.
    pub cache_slots: u32,
    /// Trace sites: 0 is the entry, the others are loop heads.
    pub trace_sites: u32,
    /// Number of its first trace site in the Unit's trace table.
    pub first_trace_site: u32,
    /// Class it is declared in plus 1, or 0.
    pub class: u32,
    /// First line.
    pub line_start: u32,
    /// Last line.
    pub line_end: u32,
    /// Parameters.
    pub params: Slice<ParamRef>,
    /// Return type.
    pub return_type: TypeRef,
    /// Names of variables.
    pub cv_names: Slice<PhpString>,
    /// Literals.
    pub literals: Slice<Value>,
    /// Static and bound variables.
    pub statics: Slice<StaticRef>,
    /// Try regions.
    pub tries: Slice<TryRegion>,
    /// Live temporaries, sorted by start.
    pub live: Slice<LiveRange>,
    /// Lines.
    pub lines: Slice<LineEntry>,
    /// Attributes.
    pub attributes: Slice<AttributeRef>,
    /// Doc comment.
    pub doc: Option<PhpString>,
    pub(crate) unit: *const UnitHeader,
}

impl FuncProto {
    /// Its instructions.
    pub fn code(&self) -> &[Op] {
        &self.code
    }

    /// The Unit it lies in.
    pub fn unit(&self) -> UnitRef {
        UnitRef { header: self.unit }
    }

    /// Line of the instruction with number `op`.
    pub fn line_of(&self, op: usize) -> u32 {
        let behind = self.lines.partition_point(|entry| entry.op as usize <= op);
        if behind == 0 { self.line_start } else { self.lines[behind - 1].line }
    }

    /// Whether `flag` of [`crate::flags::func`] is set.
    pub fn has(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }
}

/// A class constant or enum case.
#[derive(Debug)]
#[repr(C)]
pub struct ClassConstRef {
    /// Name.
    pub name: PhpString,
    /// Flags of [`crate::flags::member`].
    pub flags: u32,
    /// Line.
    pub line: u32,
    /// Type.
    pub ty: TypeRef,
    /// Value.
    pub value: InitRef,
    /// Attributes.
    pub attributes: Slice<AttributeRef>,
    /// Doc comment.
    pub doc: Option<PhpString>,
}

/// A property.
#[derive(Debug)]
#[repr(C)]
pub struct PropertyRef {
    /// Name.
    pub name: PhpString,
    /// Flags of [`crate::flags::member`].
    pub flags: u32,
    /// Line.
    pub line: u32,
    /// Type.
    pub ty: TypeRef,
    /// Default.
    pub default: InitRef,
    /// Number of the get hook plus 1, or 0.
    pub get: u32,
    /// Number of the set hook plus 1, or 0.
    pub set: u32,
    /// Attributes.
    pub attributes: Slice<AttributeRef>,
    /// Doc comment.
    pub doc: Option<PhpString>,
}

/// A name with its lower-case form.
#[derive(Debug)]
#[repr(C)]
pub struct NameRef {
    /// As written, resolved.
    pub name: PhpString,
    /// Lower case.
    pub lc: PhpString,
}

/// A rule of a `use` block.
#[derive(Debug)]
#[repr(C)]
pub struct TraitRuleRef {
    /// Trait, if named.
    pub trait_name: Option<PhpString>,
    /// Method as written.
    pub method: PhpString,
    /// Alias.
    pub alias: Option<PhpString>,
    /// Excluded traits.
    pub excludes: Slice<NameRef>,
    /// Flags.
    pub flags: u32,
    /// Keeps the size a multiple of 8.
    pub pad: u32,
}

/// A class as compiled.
#[derive(Debug)]
#[repr(C)]
pub struct ClassDecl {
    /// Name.
    pub name: PhpString,
    /// Lower-case name.
    pub lc_name: PhpString,
    /// Flags of [`crate::flags::class`].
    pub flags: u32,
    /// Its number in the Unit.
    pub index: u32,
    /// Backing type of an enum.
    pub enum_type: u32,
    /// First line.
    pub line_start: u32,
    /// Last line.
    pub line_end: u32,
    /// Keeps the alignment.
    pub pad: u32,
    /// Parent (one or none).
    pub parent: Slice<NameRef>,
    /// Interfaces.
    pub interfaces: Slice<NameRef>,
    /// Traits.
    pub traits: Slice<NameRef>,
    /// Trait rules.
    pub trait_rules: Slice<TraitRuleRef>,
    /// Constants.
    pub consts: Slice<ClassConstRef>,
    /// Properties.
    pub props: Slice<PropertyRef>,
    /// Methods: numbers of functions.
    pub methods: Slice<u32>,
    /// Attributes.
    pub attributes: Slice<AttributeRef>,
    /// Doc comment.
    pub doc: Option<PhpString>,
    pub(crate) unit: *const UnitHeader,
}

impl ClassDecl {
    /// The Unit it lies in.
    pub fn unit(&self) -> UnitRef {
        UnitRef { header: self.unit }
    }
}

/// A warning of the compiler.
#[derive(Debug)]
#[repr(C)]
pub struct WarningRef {
    /// Text.
    pub text: PhpString,
    /// E_* level.
    pub level: u32,
    /// Line.
    pub line: u32,
}

/// Start of each Unit.
#[derive(Debug)]
#[repr(C)]
pub struct UnitHeader {
    /// [`MAGIC`].
    pub magic: u64,
    /// [`VERSION`].
    pub version: u32,
    /// Number of this Unit in this process tree: dense, assigned when it is installed. Others have it after its end.
    pub id: u32,
    /// Bytes of the whole block.
    pub size: u64,
    /// Path.
    pub path: PhpString,
    /// Functions; number 0 is the script body.
    pub functions: Slice<FuncProto>,
    /// Classes.
    pub classes: Slice<ClassDecl>,
    /// Functions declared before the script runs.
    pub hoisted_functions: Slice<u32>,
    /// Classes declared before the script runs, if they can be.
    pub hoisted_classes: Slice<u32>,
    /// Warnings.
    pub warnings: Slice<WarningRef>,
    /// Offset behind `__halt_compiler();`, or `u64::MAX`.
    pub halt_offset: u64,
    /// Entries of the trace table.
    pub trace_sites: u64,
    /// Where the Unit's trace table lies (one pointer per trace site), or null. It lies outside the block.
    pub traces: *const AtomicPtr<u8>,
    pub(crate) relocs: Slice<u32>,
    /// Where the part begins in which its strings lie, counted from the start of the block.
    pub(crate) strings: u64,
    /// Tells Units apart that have the same id one after the other in the opcode cache; 0 in one that belongs to a request.
    pub generation: u32,
    pub(crate) reserved: u32,
}

/// Which Unit it is among all that there ever are in a process tree.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct UnitIdentity {
    /// [`UnitHeader::id`].
    pub id: u32,
    /// [`UnitHeader::generation`].
    pub generation: u32,
}

/// A Unit that is alive and relocated.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct UnitRef {
    header: *const UnitHeader,
}

// SAFETY: a Unit is never written after its pointers were relocated (module documentation), strings and arrays in it are
// of the immutable sort, whose counts nobody touches and whose hashes are there from the start, and its trace table is
// made of atomics. Whoever sends a reference to another thread sends what keeps the Unit alive with it.
unsafe impl Send for UnitRef {}
// SAFETY: as above: all threads only read.
unsafe impl Sync for UnitRef {}

impl UnitRef {
    /// The Unit at `header`.
    ///
    /// # Safety
    /// A Unit image must lie there, relocated to that address, and must stay, with its strings, as long as anything reached
    /// through the result is used.
    pub unsafe fn new(header: *const UnitHeader) -> UnitRef {
        UnitRef { header }
    }

    /// Its address.
    pub fn as_ptr(self) -> *const UnitHeader {
        self.header
    }

    /// Which Unit it is.
    pub fn identity(self) -> UnitIdentity {
        UnitIdentity { id: self.id, generation: self.generation }
    }

    /// Function number `index`.
    pub fn function(self, index: u32) -> *const FuncProto {
        &raw const self.functions[index as usize]
    }

    /// Byte offset behind `__halt_compiler();`, if there is one.
    pub fn halt_compiler_offset(self) -> Option<u64> {
        (self.halt_offset != u64::MAX).then_some(self.halt_offset)
    }

    /// Class number `index`.
    pub fn class(self, index: u32) -> *const ClassDecl {
        &raw const self.classes[index as usize]
    }
}

impl std::ops::Deref for UnitRef {
    type Target = UnitHeader;
    fn deref(&self) -> &UnitHeader {
        // SAFETY: promised by whoever made the reference (`UnitRef::new`).
        unsafe { &*self.header }
    }
}

impl fmt::Debug for UnitRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UnitRef({})", self.path)
    }
}

/// A Unit in ordinary memory of the process, relocated and ready to run: for eval, and while there is no cache.
pub struct PrivateUnit {
    memory: Box<[Block]>,
    /// The Unit's trace table, which it points to.
    _traces: Box<[AtomicPtr<u8>]>,
}

#[repr(C, align(16))]
#[derive(Clone, Copy)]
struct Block([u8; 16]);

impl PrivateUnit {
    /// Copies `image` into memory of its own, relocates it there and gives it `id`.
    pub fn new(image: &Image, id: u32) -> PrivateUnit {
        let mut memory = vec![Block([0; 16]); image.size().div_ceil(16)].into_boxed_slice();
        let to = memory.as_mut_ptr().cast::<u8>();
        let traces: Box<[AtomicPtr<u8>]> = (0..image.trace_sites()).map(|_| AtomicPtr::default()).collect();
        let identity = UnitIdentity { id, generation: 0 };
        // SAFETY: `memory` has room for the Unit and belongs to nobody else.
        unsafe { image.copy_whole_to(to, identity, traces.as_ptr()) };
        PrivateUnit { memory, _traces: traces }
    }

    /// The Unit, good as long as `self` is.
    pub fn get(&self) -> UnitRef {
        // SAFETY: `new` relocated the image to where it lies.
        unsafe { UnitRef::new(self.memory.as_ptr().cast()) }
    }
}
