//! `(bool)`, `(int)`, `(float)`, `(string)`, `(array)`, `(object)`.

use super::class_name;
use crate::Context;
use crate::class::{CastTo, ClassRef};
use crate::thrown::PhpResult;
use phalanx_value::convert::{float_to_int, float_to_string, int_to_string};
use phalanx_value::{ArrayKey, Key, ObjRef, PhpArray, PhpString, Value, View, static_str};

impl Context {
    /// `(bool)`
    #[inline(always)]
    pub fn to_bool(&mut self, value: &Value) -> PhpResult<bool> {
        match value.view() {
            View::Object(object) => self.object_to_bool(object),
            View::Ref(reference) => self.to_bool(&reference.get()),
            _ => Ok(value.truthy()),
        }
    }

    #[inline(never)]
    fn object_to_bool(&mut self, object: &ObjRef) -> PhpResult<bool> {
        Ok(self.cast_object(object, CastTo::Bool)?.is_none_or(|value| value.truthy()))
    }

    /// What the class's own cast makes of an object, if it has one.
    fn cast_object(&mut self, object: &ObjRef, to: CastTo) -> PhpResult<Option<Value>> {
        match ClassRef::of(object).hooks().and_then(|hooks| hooks.cast) {
            Some(cast) => cast(self, object, to),
            None => Ok(None),
        }
    }

    /// `(int)`
    pub fn to_int(&mut self, value: &Value) -> PhpResult<i64> {
        Ok(match value.view() {
            View::Undef | View::Null | View::Internal => 0,
            View::Bool(on) => i64::from(on),
            View::Int(int) => int,
            View::Float(float) => float_to_int(float),
            View::Str(string) => string.to_int(),
            View::Array(array) => i64::from(!array.is_empty()),
            View::Resource(resource) => resource.id(),
            View::Object(object) => {
                if let Some(value) = self.cast_object(object, CastTo::Int)? {
                    return self.to_int(&value);
                }
                let class = class_name(ClassRef::of(object));
                self.warning(format!("Object of class {class} could not be converted to int"))?;
                1
            }
            View::Ref(reference) => return self.to_int(&reference.get()),
        })
    }

    /// `(float)`
    pub fn to_float(&mut self, value: &Value) -> PhpResult<f64> {
        Ok(match value.view() {
            View::Float(float) => float,
            View::Str(string) => string.to_float(),
            View::Object(object) => {
                if let Some(value) = self.cast_object(object, CastTo::Float)? {
                    return self.to_float(&value);
                }
                let class = class_name(ClassRef::of(object));
                self.warning(format!("Object of class {class} could not be converted to float"))?;
                1.0
            }
            View::Ref(reference) => return self.to_float(&reference.get()),
            _ => self.to_int(value)? as f64,
        })
    }

    /// `(string)`
    #[inline]
    pub fn to_string(&mut self, value: &Value) -> PhpResult<PhpString> {
        match value.view() {
            View::Str(string) => Ok(string.clone()),
            View::Int(int) => Ok(int_to_string(int)),
            _ => self.slow_to_string(value),
        }
    }

    #[inline(never)]
    fn slow_to_string(&mut self, value: &Value) -> PhpResult<PhpString> {
        Ok(match value.view() {
            View::Undef | View::Null | View::Bool(false) | View::Internal => PhpString::new(),
            View::Bool(true) => PhpString::byte(b'1'),
            View::Int(int) => int_to_string(int),
            View::Float(float) => float_to_string(float),
            View::Str(string) => string.clone(),
            View::Array(_) => {
                self.warning("Array to string conversion")?;
                static_str!("Array")
            }
            View::Resource(resource) => PhpString::from(format!("Resource id #{}", resource.id())),
            View::Object(object) => match self.object_to_string(object)? {
                Some(string) => string,
                None => {
                    let class = class_name(ClassRef::of(object));
                    let text = format!("Object of class {class} could not be converted to string");
                    return Err(self.throw_error(text));
                }
            },
            View::Ref(reference) => return self.to_string(&reference.get()),
        })
    }

    /// What an object is as a string, if its class says so.
    pub fn object_to_string(&mut self, object: &ObjRef) -> PhpResult<Option<PhpString>> {
        let class = ClassRef::of(object);
        let Some(method) = class.magic.to_string else {
            let cast = self.cast_object(object, CastTo::String)?;
            return Ok(cast.and_then(Value::into_string));
        };
        let object = object.clone();
        match self.call_method(&object, method, &[])?.into_deref().into_string() {
            Some(string) => Ok(Some(string)),
            None => {
                let text = format!("Method {}::__toString() must return a string value", class_name(class));
                Err(self.throw_error(text))
            }
        }
    }

    /// `(array)`
    pub fn to_array(&mut self, value: &Value) -> PhpResult<PhpArray> {
        match value.view() {
            View::Undef | View::Null => Ok(PhpArray::new()),
            View::Array(array) => Ok(array.clone()),
            View::Object(object) => self.object_to_array(object),
            View::Ref(reference) => self.to_array(&reference.get()),
            _ => Ok(PhpArray::from_list([value.clone()])),
        }
    }

    fn object_to_array(&mut self, object: &ObjRef) -> PhpResult<PhpArray> {
        let class = ClassRef::of(object);
        if let Some(to_array) = class.hook(|hooks| hooks.to_array) {
            return to_array(self, object);
        }
        if class.hook(|hooks| hooks.get_closure).is_some() {
            return Ok(PhpArray::from_list([Value::object(object.clone())]));
        }
        Ok(crate::props::to_array(&crate::lazy::as_it_is(object)))
    }

    /// `(object)`
    pub fn to_object(&mut self, value: Value) -> PhpResult<ObjRef> {
        let value = value.into_deref();
        if let View::Object(object) = value.view() {
            return Ok(object.clone());
        }
        let class = self.find_class(b"stdclass").expect("stdClass is built in");
        let object = self.new_object(class)?;
        match value.view() {
            View::Undef | View::Null => {}
            View::Array(array) => {
                // Names of properties are strings, whatever they look like.
                let props = array.iter().map(|(key, value)| (ArrayKey::Str(key.to_string()), value.clone()));
                object.set_dynamic(Some(props.collect()));
            }
            _ => {
                let mut props = PhpArray::new();
                props.insert(Key::Str(&static_str!("scalar")), value);
                object.set_dynamic(Some(props));
            }
        }
        Ok(object)
    }

    /// Whether a value can be cast to string without an error: for those that ask before.
    pub fn is_stringable(&self, value: &Value) -> bool {
        match value.view() {
            View::Object(object) => {
                let class = ClassRef::of(object);
                class.magic.to_string.is_some() || class.hooks().is_some_and(|hooks| hooks.cast.is_some())
            }
            View::Array(_) => false,
            _ => true,
        }
    }
}
