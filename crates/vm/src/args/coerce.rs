//! One argument on its way to a Rust type: the check against the PHP type, conversions, errors.

use super::param_of;
use crate::Context;
use crate::convert::weak;
use crate::native::{NativeFn, NativeParam, NativeType};
use crate::thrown::{PhpResult, Thrown};
use phalanx_bytecode::types as bit;
use phalanx_value::{Tag, Value};

/// An argument that was not looked at yet.
pub struct Arg<'a> {
    slot: &'a mut Value,
    index: u32,
    native: &'static NativeFn,
}

impl<'a> Arg<'a> {
    pub(super) fn new(slot: &'a mut Value, index: u32, native: &'static NativeFn) -> Arg<'a> {
        Arg { slot, index, native }
    }

    /// The value. By-value arguments are not references once [`Arg::settle`] was called.
    #[inline(always)]
    pub fn value(&self) -> &Value {
        self.slot
    }

    /// The value for as long as the call lasts.
    #[inline(always)]
    pub fn into_value(self) -> &'a Value {
        self.slot
    }

    /// The slot.
    #[inline(always)]
    pub fn slot(&mut self) -> &mut Value {
        self.slot
    }

    /// Number as messages count, from 1.
    pub fn number(&self) -> u32 {
        self.index + 1
    }

    /// Its parameter.
    pub fn param(&self) -> &'static NativeParam {
        param_of(self.native, self.index).expect("the number of arguments was checked")
    }

    /// Its declared type.
    pub fn ty(&self) -> &'static NativeType {
        &self.param().ty
    }

    /// Replaces a reference by what it holds. What is passed by value may still arrive as one, out of arrays.
    #[inline(always)]
    pub fn settle(&mut self) {
        if self.slot.is_ref() {
            *self.slot = self.slot.deref_clone();
        }
    }

    /// Makes the value fit the declared type, or throws the TypeError.
    #[inline]
    pub fn check(&mut self, cx: &mut Context) -> PhpResult {
        self.settle();
        let ty = self.ty();
        if ty.bits & 1 << self.slot.tag() as u32 != 0 || ty.is_none() { Ok(()) } else { self.check_slow(cx) }
    }

    #[cold]
    fn check_slow(&mut self, cx: &mut Context) -> PhpResult {
        let ty = self.ty();
        if cx.native_type_admits(ty, self.slot, self.native)? || self.convert(cx, ty.bits)? {
            Ok(())
        } else {
            Err(self.type_error(cx))
        }
    }

    /// Makes a scalar fit one of the types in `bits`, in PHP's order; false if it cannot. Null is deprecated.
    #[cold]
    pub fn convert(&mut self, cx: &mut Context, bits: u32) -> PhpResult<bool> {
        self.settle();
        if bits & 1 << self.slot.tag() as u32 != 0 {
            return Ok(true);
        }
        if bits & (bit::BOOL | bit::INT | bit::FLOAT | bit::STRING) == 0 {
            return Ok(false);
        }
        if cx.caller_is_strict() {
            let Some(int) = self.slot.as_int().filter(|_| bits & bit::FLOAT != 0) else { return Ok(false) };
            *self.slot = Value::float(int as f64);
            return Ok(true);
        }
        if self.slot.tag() == Tag::Null {
            self.null_deprecated(cx)?;
        }
        match weak::scalar(cx, bits, self.slot)? {
            Some(converted) => *self.slot = converted,
            None => return Ok(false),
        }
        Ok(true)
    }

    /// Demands a value of one of the scalar types in `bits`, or what converts to it.
    #[cold]
    pub fn demand(&mut self, cx: &mut Context, bits: u32) -> PhpResult {
        if self.convert(cx, bits)? { Ok(()) } else { Err(self.type_error(cx)) }
    }

    #[cold]
    fn null_deprecated(&self, cx: &mut Context) -> PhpResult {
        let mut text = cx.active_function_name();
        text.extend_from_slice(format!("(): Passing null to parameter #{}", self.number()).as_bytes());
        let param = self.param();
        if !param.variadic {
            text.extend_from_slice(format!(" (${})", param.name).as_bytes());
        }
        text.extend_from_slice(format!(" of type {} is deprecated", self.expected()).as_bytes());
        cx.deprecated(text)
    }

    /// The type as errors name it.
    fn expected(&self) -> String {
        let ty = self.ty();
        if ty.bits & bit::ITERABLE != 0 {
            ty.text.replace("iterable", "Traversable|array")
        } else {
            ty.text.into()
        }
    }

    /// The TypeError `f(): Argument #1 ($x) must be of type T, U given`.
    #[cold]
    pub fn type_error(&self, cx: &mut Context) -> Thrown {
        cx.arg_type_error(self.number(), &self.expected(), self.slot)
    }

    /// The TypeError `f(): Argument #1 ($x) WHAT`.
    #[cold]
    pub fn error(&self, cx: &mut Context, what: impl AsRef<[u8]>) -> Thrown {
        cx.arg_error(self.number(), what)
    }
}

impl Context {
    /// Whether `value`, whose tag is not among the bits, is of a native type all the same: by class, as an iterable,
    /// as a callable.
    fn native_type_admits(
        &mut self,
        ty: &'static NativeType,
        value: &Value,
        native: &'static NativeFn,
    ) -> PhpResult<bool> {
        if let Some(object) = value.as_object() {
            let class = crate::class::ClassRef::of(object);
            let _ = native;
            let scope = self.active_function().and_then(|func| func.scope);
            let mut names = ty.classes.iter();
            if names.any(|name| match scope {
                Some(scope) if name.eq_ignore_ascii_case("self") => class.is_a(scope),
                _ => class.is_named(name.as_bytes()),
            }) {
                return Ok(true);
            }
            if ty.bits & bit::ITERABLE != 0 && class.is_named(b"Traversable") {
                return Ok(true);
            }
        } else if value.is_array() && ty.bits & bit::ITERABLE != 0 {
            return Ok(true);
        }
        if ty.bits & bit::CALLABLE != 0 {
            return Ok(crate::callable::is_callable(self, value, self.caller_scope()));
        }
        Ok(false)
    }
}
