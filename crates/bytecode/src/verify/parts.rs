//! The names of the structures of an image, by which the parts of a file are shown.

use crate::Op;
use crate::anatomy::PartKind;
use crate::draft::{LiveRange, TryRegion};
use crate::unit::*;
use phalanx_value::Value;

/// What a sort of structures is called.
pub(super) trait Named {
    /// The sort of part that they are.
    const KIND: PartKind;
    /// Their name for people.
    const NAME: &'static str;
}

macro_rules! named {
    ($($type:ty: $kind:ident $name:literal;)*) => {
        $(impl Named for $type {
            const KIND: PartKind = PartKind::$kind;
            const NAME: &'static str = $name;
        })*
    };
}

/// A number of a function or class.
pub(super) type Number = u32;
/// A pointer to the name of a variable.
pub(super) type NamePointer = u64;

/// An entry of the list of relocations.
#[repr(transparent)]
pub(super) struct Relocation(u32);

named! {
    UnitHeader: Header "header";
    FuncProto: Functions "function";
    ClassDecl: Classes "class";
    Op: Code "instructions";
    Value: Literals "literals";
    Relocation: Relocations "relocations";
    Number: Tables "numbers";
    NamePointer: Tables "names of variables";
    LineEntry: Tables "lines";
    TryRegion: Tables "try regions";
    LiveRange: Tables "temporaries";
    ParamRef: Tables "parameters";
    StaticRef: Tables "static variables";
    TypeRef: Tables "types";
    AttributeRef: Tables "attributes";
    AttributeArg: Tables "arguments of attributes";
    WarningRef: Tables "warnings";
    NameRef: Tables "names";
    TraitRuleRef: Tables "rules for traits";
    ClassConstRef: Tables "constants";
    PropertyRef: Tables "properties";
}
