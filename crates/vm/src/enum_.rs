//! Enums: their cases are objects, made when they are first needed, one per case and request.

use crate::Context;
use crate::class::{ClassRef, ConstRef, Lazy};
use crate::thrown::{PhpResult, Thrown};
use crate::types::value_name;
use phalanx_bytecode::flags::member;
use phalanx_bytecode::types as bit;
use phalanx_value::{ArrayKey, ObjRef, PhpArray, PhpString, Value, View};

/// Slot of `name` in the objects of every enum.
pub const NAME_SLOT: u32 = 0;
/// Slot of `value` in the objects of backed enums.
pub const VALUE_SLOT: u32 = 1;

impl Context {
    /// The object of an enum case.
    pub(crate) fn enum_case(&mut self, constant: ConstRef) -> PhpResult<Value> {
        if let Lazy::Value(value) = &*constant.value.borrow()
            && value.is_object()
        {
            return Ok(value.clone());
        }
        let class = constant.class;
        let key = class.as_ptr().addr();
        if class.enum_type != 0
            && !self.oop.enum_tables.contains_key(&key)
            && !self.oop.enums_busy.contains(&key)
        {
            // Two cases with one value are an error of whichever is used first.
            self.oop.enums_busy.push(key);
            let table = self.enum_table(class);
            self.oop.enums_busy.retain(|&busy| busy != key);
            table?;
            return self.enum_case(constant);
        }
        let lazy = constant.value.replace(Lazy::Busy);
        if matches!(lazy, Lazy::Busy) {
            let text = format!("Cannot declare self-referencing constant self::{}", constant.name);
            return Err(self.throw_error(text));
        }
        match self.make_case(class, constant, &lazy) {
            Ok(object) => {
                let value = Value::object(object);
                constant.value.replace(Lazy::Value(value.clone()));
                Ok(value)
            }
            Err(thrown) => {
                constant.value.replace(lazy);
                Err(thrown)
            }
        }
    }

    fn make_case(&mut self, class: ClassRef, constant: ConstRef, backing: &Lazy) -> PhpResult<ObjRef> {
        let value = if class.enum_type == 0 { Value::UNDEF } else { self.force(backing)? };
        self.check_backing(class, &value)?;
        if class.defaults.get().is_none() {
            self.init_class(class)?;
        }
        let object = self.allocate(class);
        object.set_slot(NAME_SLOT, Value::string(constant.name.clone()));
        if class.enum_type != 0 {
            object.set_slot(VALUE_SLOT, value);
        }
        Ok(object)
    }

    fn check_backing(&mut self, class: ClassRef, value: &Value) -> PhpResult {
        if class.enum_type == 0 || fits(class, value) {
            return Ok(());
        }
        let name = if class.enum_type & bit::INT != 0 { "int" } else { "string" };
        let given = value_name(value);
        let text = format!("Enum case type {given} does not match enum backing type {name}");
        Err(self.throw("typeerror", text))
    }

    /// The value of a case of a backed enum, whose object is not made for it.
    fn backing_value(&mut self, class: ClassRef, constant: ConstRef) -> PhpResult<Value> {
        let lazy = constant.value.replace(Lazy::Busy);
        let value = match &lazy {
            Lazy::Value(value) if value.is_object() => {
                Ok(value.as_object().map_or(Value::NULL, |object| object.get_slot(VALUE_SLOT)))
            }
            Lazy::Busy => {
                let text = format!("Cannot declare self-referencing constant self::{}", constant.name);
                Err(self.throw_error(text))
            }
            lazy => self.force(lazy),
        };
        constant.value.replace(lazy);
        let value = value?;
        self.check_backing(class, &value)?;
        Ok(value)
    }

    /// The object of the case called `name`, if the enum has it.
    pub fn enum_case_by_name(&mut self, class: ClassRef, name: &[u8]) -> PhpResult<Option<ObjRef>> {
        match class.consts.get(name) {
            Some(&constant) if constant.flags & member::ENUM_CASE != 0 => {
                Ok(self.enum_case(constant)?.into_object())
            }
            _ => Ok(None),
        }
    }

    /// All cases in the order of their declaration.
    pub fn enum_cases(&mut self, class: ClassRef) -> PhpResult<PhpArray> {
        let mut cases = PhpArray::new();
        for constant in class.consts.iter() {
            if constant.flags & member::ENUM_CASE != 0 {
                cases.push_value(self.enum_case(*constant)?);
            }
        }
        Ok(cases)
    }

    /// The case of a backed enum whose value is `value`.
    pub fn enum_from_value(&mut self, class: ClassRef, value: &Value) -> PhpResult<Option<ObjRef>> {
        let table = self.enum_table(class)?;
        let name = match value.view() {
            View::Int(int) => table.get_int(int),
            View::Str(string) => table.get(ArrayKey::from_string(string.clone()).as_key()),
            _ => None,
        };
        let Some(name) = name.and_then(|name| name.as_string()).cloned() else { return Ok(None) };
        self.enum_case_by_name(class, &name)
    }

    /// Names of the cases of a backed enum by value.
    fn enum_table(&mut self, class: ClassRef) -> PhpResult<PhpArray> {
        let key = class.as_ptr().addr();
        if let Some(table) = self.oop.enum_tables.get(&key) {
            return Ok(table.clone());
        }
        let mut table = PhpArray::new();
        for constant in class.consts.iter() {
            if constant.flags & member::ENUM_CASE == 0 {
                continue;
            }
            let value = self.backing_value(class, *constant)?;
            let key = match value.view() {
                View::Str(string) => ArrayKey::from_string(string.clone()),
                View::Int(int) => ArrayKey::Int(int),
                _ => continue,
            };
            let name = Value::string(constant.name.clone());
            if let Some(before) = table.insert(key.as_key(), name) {
                return Err(self.duplicate_value(class, before.as_string(), &constant.name));
            }
        }
        self.oop.enum_tables.insert(key, table.clone());
        Ok(table)
    }

    fn duplicate_value(&mut self, class: ClassRef, first: Option<&PhpString>, second: &PhpString) -> Thrown {
        let first = first.cloned().unwrap_or_default();
        self.throw_error(format!("Duplicate value in enum {} for cases {first} and {second}", class.name))
    }

    /// The ValueError of `from()`.
    pub(crate) fn no_such_case(&mut self, class: ClassRef, value: &Value) -> Thrown {
        let shown = match value.view() {
            View::Str(string) => format!("\"{string}\""),
            View::Int(int) => int.to_string(),
            _ => value_name(value),
        };
        self.throw(
            "valueerror",
            format!("{shown} is not a valid backing value for enum {}", class.shown_name()),
        )
    }
}

fn fits(class: ClassRef, value: &Value) -> bool {
    if class.enum_type & bit::INT != 0 { value.is_int() } else { value.is_string() }
}
