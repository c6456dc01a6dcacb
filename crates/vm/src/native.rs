//! How built-in functions and classes are declared: constant tables that the macros of `phalanx-macros` write from
//! PHP signatures, and that argument parsing, type errors, named arguments and Reflection read.

use crate::class::Hooks;
use crate::thrown::PhpResult;
use crate::{Args, Context};
use phalanx_value::Value;

/// A type in a native signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NativeType {
    /// Bits of [`phalanx_bytecode::types`].
    pub bits: u32,
    /// Classes of a union.
    pub classes: &'static [&'static str],
    /// As written.
    pub text: &'static str,
}

impl NativeType {
    /// No type.
    pub const NONE: NativeType = NativeType { bits: 0, classes: &[], text: "" };

    /// Whether nothing is declared.
    pub fn is_none(&self) -> bool {
        self.bits == 0 && self.classes.is_empty()
    }
}

/// A parameter of a native function.
#[derive(Clone, Copy, Debug)]
pub struct NativeParam {
    /// Name without the dollar sign.
    pub name: &'static str,
    /// Type.
    pub ty: NativeType,
    /// By reference.
    pub by_ref: bool,
    /// By reference if a variable is given, else by value (`@prefer-ref`).
    pub prefer_ref: bool,
    /// Variadic.
    pub variadic: bool,
    /// Source text of the default value.
    pub default: Option<&'static str>,
}

/// The Rust side of a native function.
pub type NativeCall = fn(&mut Context, &mut Args<'_>) -> NativeResult;

/// What a native function returns: a value, or undef if something was thrown. Unlike a `PhpResult<Value>` it is two
/// words, which travel in registers.
#[must_use]
#[repr(transparent)]
pub struct NativeResult(Value);

impl NativeResult {
    /// Something was thrown; the context knows what.
    pub const THROWN: NativeResult = NativeResult(Value::UNDEF);

    /// A value. Undef, which no function returns, becomes null.
    #[inline(always)]
    pub fn value(value: Value) -> NativeResult {
        NativeResult(if value.is_undef() { Value::NULL } else { value })
    }

    /// A result.
    #[inline(always)]
    pub fn new(result: PhpResult<Value>) -> NativeResult {
        match result {
            Ok(value) => NativeResult::value(value),
            Err(_) => NativeResult::THROWN,
        }
    }

    /// Whether something was thrown.
    #[inline(always)]
    pub fn is_thrown(&self) -> bool {
        self.0.is_undef()
    }

    /// The value; undef if something was thrown.
    #[inline(always)]
    pub fn into_raw(self) -> Value {
        self.0
    }

    /// The value, or what is pending in the context.
    #[inline(always)]
    pub fn into_result(self, cx: &Context) -> PhpResult<Value> {
        if self.is_thrown() {
            cx.pending()?;
            return Ok(Value::NULL);
        }
        Ok(self.0)
    }
}

/// A native function or method.
#[derive(Debug)]
pub struct NativeFn {
    /// Name; of a method without the class.
    pub name: &'static str,
    /// Parameters.
    pub params: &'static [NativeParam],
    /// Number of them that must be given.
    pub required: u32,
    /// Return type.
    pub ret: NativeType,
    /// Flags of [`phalanx_bytecode::flags::func`].
    pub flags: u32,
    /// Traits of [`pure_flag`].
    pub traits: u32,
    /// Deprecation text after "Function f() is deprecated", if deprecated.
    pub deprecated: Option<&'static str>,
    /// What it does; none for abstract methods.
    pub call: Option<NativeCall>,
}

/// What compiler and JIT may assume of a native function.
pub mod pure_flag {
    /// Its result depends on its arguments alone, it has no effect and raises nothing for arguments of its types.
    pub const PURE: u32 = 1;
    /// It calls no PHP code.
    pub const LEAF: u32 = 2;
    /// It never throws.
    pub const NOTHROW: u32 = 4;
    /// The return type is tentative: a user method that overrides it without one is deprecated, not refused.
    pub const TENTATIVE: u32 = 8;
}

/// Value of a native constant.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "each is the type of its name")]
pub enum NativeValue {
    Undef,
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(&'static str),
    EmptyArray,
}

/// A global or class constant.
#[derive(Debug)]
pub struct NativeConst {
    /// Name.
    pub name: &'static str,
    /// Value.
    pub value: NativeValue,
    /// Flags of [`phalanx_bytecode::flags::member`] (classes).
    pub flags: u32,
    /// Type of a class constant.
    pub ty: NativeType,
    /// Deprecation text.
    pub deprecated: Option<&'static str>,
}

impl NativeConst {
    const fn global(name: &'static str, value: NativeValue) -> NativeConst {
        NativeConst { name, value, flags: 0, ty: NativeType::NONE, deprecated: None }
    }

    /// A global constant that is an int.
    pub const fn int(name: &'static str, value: i64) -> NativeConst {
        NativeConst::global(name, NativeValue::Int(value))
    }

    /// A global constant that is a float.
    pub const fn float(name: &'static str, value: f64) -> NativeConst {
        NativeConst::global(name, NativeValue::Float(value))
    }

    /// A global constant that is a string.
    pub const fn string(name: &'static str, value: &'static str) -> NativeConst {
        NativeConst::global(name, NativeValue::Str(value))
    }

    /// A global constant that is a bool.
    pub const fn bool(name: &'static str, value: bool) -> NativeConst {
        NativeConst::global(name, NativeValue::Bool(value))
    }

    /// The same, deprecated: what stands behind "Constant X is deprecated", with the space before it.
    pub const fn deprecated(mut self, text: &'static str) -> NativeConst {
        self.deprecated = Some(text);
        self
    }
}

/// A property of a native class.
#[derive(Debug)]
pub struct NativeProp {
    /// Name.
    pub name: &'static str,
    /// Flags of [`phalanx_bytecode::flags::member`].
    pub flags: u32,
    /// Type.
    pub ty: NativeType,
    /// Default.
    pub default: NativeValue,
}

/// A native class, interface or enum.
pub struct NativeClass {
    /// Name.
    pub name: &'static str,
    /// Parent.
    pub parent: Option<&'static str>,
    /// Interfaces.
    pub interfaces: &'static [&'static str],
    /// Flags of [`phalanx_bytecode::flags::class`].
    pub flags: u32,
    /// Further flags of [`class_flag`].
    pub traits: u32,
    /// Constants; enum cases have the flag `ENUM_CASE`.
    pub consts: &'static [NativeConst],
    /// Properties.
    pub props: &'static [NativeProp],
    /// Methods.
    pub methods: &'static [&'static NativeFn],
    /// What it does its own way; inherited where none of its own.
    pub hooks: Option<&'static Hooks>,
    /// Backing type of an enum.
    pub enum_type: u32,
}

/// Further flags of native classes.
pub mod class_flag {
    /// Cannot be serialized.
    pub const NOT_SERIALIZABLE: u32 = 1;
    /// Dynamic properties are refused ("Cannot create dynamic property").
    pub const NO_DYNAMIC_PROPS: u32 = 2;
    /// Cannot be extended by user classes although not final.
    pub const NOT_EXTENDABLE: u32 = 4;
    /// May be an attribute: bits of `Attribute::TARGET_*` shifted left by 8.
    pub const ATTRIBUTE_SHIFT: u32 = 8;
    /// `new` is refused: only native code makes objects of it.
    pub const NOT_INSTANTIABLE: u32 = 16;
    /// Dynamic properties are allowed without a deprecation.
    pub const ALLOW_DYNAMIC_PROPS: u32 = 8;
}

/// Checks a new value of an ini setting; false refuses it.
pub type IniCheck = fn(&mut Context, &[u8], crate::ini::Stage) -> bool;

/// An ini setting.
#[derive(Debug)]
pub struct NativeIni {
    /// Name.
    pub name: &'static str,
    /// Default value.
    pub default: Option<&'static str>,
    /// Who may change it: bits of [`crate::ini::access`].
    pub access: u8,
    /// Checks a new value; false refuses it.
    pub on_change: Option<IniCheck>,
}

/// An extension.
pub struct Extension {
    /// Name as `extension_loaded` knows it.
    pub name: &'static str,
    /// Version.
    pub version: &'static str,
    /// Functions.
    pub functions: &'static [&'static [&'static NativeFn]],
    /// Classes.
    pub classes: &'static [&'static NativeClass],
    /// Constants.
    pub consts: &'static [&'static [NativeConst]],
    /// Ini settings.
    pub ini: &'static [NativeIni],
    /// Runs at the start of each request.
    pub request_start: Option<fn(&mut Context)>,
    /// Runs at the end of each request, after destructors.
    pub request_end: Option<fn(&mut Context)>,
}
