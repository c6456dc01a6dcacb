//! Checks the image of a Unit that comes from outside, before anything in it is believed.
//!
//! The walk over the structures is the walk of [`crate::assemble`] with reading in place of writing; strings, values, arrays
//! and relocations are [`phalanx_value::image::check`]'s. Then the code of each function is turned back into plain numbers and
//! goes through the rules for drafts ([`crate::verify`], [`crate::flow`]) and those that only code of unknown origin needs
//! ([`super::numbers`], [`super::states`]). An image that passes does what some PHP script might do: its constants and names
//! can be anything, but nothing is read or written that is not its own.

use super::code::{ImageLiterals, Place, decode, slot_number};
use super::numbers::{Facts, Numbers};
use super::parts::{NamePointer, Named, Number, Relocation};
use super::states;
use crate::anatomy::{Owner, Part, PartKind};
use crate::draft::{LiveKind, LiveRange, TryRegion};
use crate::flags::{class, func, member};
use crate::flow::Flow;
use crate::op::{FRAME_HEADER_SIZE, SLOT_SIZE};
use crate::shape::Shape as FunctionShape;
use crate::table::Opcode;
use crate::unit::*;
use crate::{Op, types};
use phalanx_value::Value;
use phalanx_value::image::check::{Checker, Flaw, Shape};
use std::mem::offset_of;

/// How deep types are nested: a union of intersections of classes.
const TYPE_DEPTH: u32 = 4;
/// Most words that following a function's temporaries may take.
const MAX_STATES: usize = 1 << 22;

const FUNC_FLAGS: u32 = (func::IMPLICIT_PUBLIC << 1) - 1;
const CLASS_FLAGS: u32 = (class::TOP_LEVEL << 1) - 1;
const MEMBER_FLAGS: u32 = MEMBER_ONLY_FLAGS | VISIBILITY | member::STATIC | member::ABSTRACT | member::FINAL;
const MEMBER_ONLY_FLAGS: u32 = (member::GET_BY_REF << 1) - member::READONLY;
const VISIBILITY: u32 = member::PUBLIC | member::PROTECTED | member::PRIVATE;
/// Not those of tags that are no type: a value with such a tag would be taken as it is.
const TYPE_BITS: u32 =
    types::MIXED | types::CALLABLE | types::ITERABLE | types::VOID | types::NEVER | types::STATIC;

type Result<T = ()> = std::result::Result<T, Flaw>;

/// Checks an image; the error says what is wrong with it.
///
/// # Errors
/// It is not what [`crate::assemble`] makes of a script.
pub fn image(bytes: &[u8]) -> std::result::Result<(), String> {
    Walk::new(Checker::new(bytes).map_err(text)?).check().map(drop)
}

/// The same, and what lies where: all structures, in the order of their places. What is in none of them is padding.
///
/// # Errors
/// As [`image`].
pub fn parts(bytes: &[u8]) -> std::result::Result<Vec<Part>, String> {
    let mut walk = Walk::new(Checker::new(bytes).map_err(text)?);
    walk.parts = Some(Vec::new());
    walk.image.record();
    walk.note::<UnitHeader>(0, 1);
    let (at, count) = walk.check()?;
    walk.owner = Owner::Unit;
    walk.note::<Relocation>(at, count);
    let found = walk.image.take_found().into_iter().map(|found| Part {
        offset: found.at,
        len: found.len,
        kind: if found.array { PartKind::Arrays } else { PartKind::Strings },
        what: if found.array { "array" } else { "string" },
        count: 1,
        owner: Owner::Unit,
    });
    let mut parts: Vec<Part> = walk.parts.unwrap_or_default().into_iter().chain(found).collect();
    // They are disjoint: each has claimed its words.
    parts.sort_unstable_by_key(|part| part.offset);
    Ok(parts)
}

fn text(flaw: Flaw) -> String {
    flaw.to_string()
}

fn flaw<T>(at: usize, what: &'static str) -> Result<T> {
    Err(Flaw { at, what })
}

/// Offset of a field of a structure that lies at `$at`.
macro_rules! field {
    ($at:expr, $type:ty, $($field:ident).+) => {
        $at + offset_of!($type, $($field).+)
    };
}

/// A function as far as it has been read.
struct Function {
    facts: Facts,
    place: Place,
    /// Where its `FuncProto` lies.
    at: usize,
    cvs: u32,
    tmps: u32,
    literals: Vec<Shape>,
    tries: Vec<TryRegion>,
    live: Vec<LiveRange>,
}

struct Walk<'a> {
    image: Checker<'a>,
    functions: Vec<Function>,
    classes: u32,
    /// Whose structures are being walked through.
    owner: Owner,
    /// The structures so far, for who wants to know them.
    parts: Option<Vec<Part>>,
}

impl<'a> Walk<'a> {
    fn new(image: Checker<'a>) -> Self {
        Walk { image, functions: Vec::new(), classes: 0, owner: Owner::Unit, parts: None }
    }

    /// All rules; where the relocations lie.
    fn check(&mut self) -> std::result::Result<(usize, usize), String> {
        let (at, count) = self.unit().map_err(text)?;
        let facts: Vec<Facts> = self.functions.iter().map(|function| function.facts).collect();
        for index in 0..self.functions.len() {
            self.rules(index, &facts).map_err(|error| format!("function {index}: {error}"))?;
        }
        self.image.finish(at, count).map_err(text)?;
        Ok((at, count))
    }

    /// Keeps in mind that structures lie there.
    fn note<T: Named>(&mut self, at: usize, count: usize) {
        let Some(parts) = &mut self.parts else { return };
        let part = |number: usize, count: usize, owner: Owner| {
            // What only classes have, and what theirs is of what functions have too.
            let kind = match (T::KIND, owner) {
                (PartKind::Tables, Owner::Class(_)) => PartKind::Classes,
                (kind, _) => kind,
            };
            let offset = at + number * size_of::<T>();
            let len = (count * size_of::<T>()).next_multiple_of(8);
            Part { offset, len, kind, what: T::NAME, count, owner }
        };
        match T::KIND {
            PartKind::Functions => parts.extend((0..count).map(|n| part(n, 1, Owner::Function(n as u32)))),
            PartKind::Classes => parts.extend((0..count).map(|n| part(n, 1, Owner::Class(n as u32)))),
            _ => parts.push(part(0, count, self.owner)),
        }
    }

    /// The header and all that it leads to; where the relocations lie.
    fn unit(&mut self) -> Result<(usize, usize)> {
        let size = self.image.bytes().len();
        self.image.claim(0, size_of::<UnitHeader>())?;
        if self.image.u64(offset_of!(UnitHeader, magic)) != MAGIC
            || self.image.u32(offset_of!(UnitHeader, version)) != VERSION
            || self.image.u64(offset_of!(UnitHeader, size)) != size as u64
            || self.image.u32(offset_of!(UnitHeader, id)) != 0
            || self.image.u32(offset_of!(UnitHeader, generation)) != 0
            || self.image.u64(offset_of!(UnitHeader, traces)) != 0
        {
            return flaw(0, "a wrong header");
        }
        self.image.strings_from(self.image.u64(offset_of!(UnitHeader, strings)) as usize)?;
        self.image.string(offset_of!(UnitHeader, path))?;
        let (functions, count) = self.slice::<FuncProto>(offset_of!(UnitHeader, functions))?;
        let (classes, class_count) = self.slice::<ClassDecl>(offset_of!(UnitHeader, classes))?;
        self.classes = class_count as u32;
        if count == 0 {
            return flaw(0, "no functions");
        }
        // What others say of a function must be known of all before the first is looked at.
        for index in 0..count {
            let facts = self.facts(functions + index * size_of::<FuncProto>());
            self.functions.push(facts);
        }
        let mut sites = 0;
        for index in 0..count {
            self.owner = Owner::Function(index as u32);
            self.function(index, &mut sites)?;
        }
        for index in 0..class_count {
            self.owner = Owner::Class(index as u32);
            self.class(classes + index * size_of::<ClassDecl>(), index)?;
        }
        self.owner = Owner::Unit;
        if self.image.u64(offset_of!(UnitHeader, trace_sites)) != u64::from(sites) {
            return flaw(0, "a wrong number of trace sites");
        }
        self.numbers(offset_of!(UnitHeader, hoisted_functions), |walk, number| {
            walk.functions.get(number as usize).is_some_and(|function| function.facts.class == 0)
        })?;
        self.numbers(offset_of!(UnitHeader, hoisted_classes), |walk, number| number < walk.classes)?;
        let (warnings, count) = self.slice::<WarningRef>(offset_of!(UnitHeader, warnings))?;
        for index in 0..count {
            self.image.string(field!(warnings + index * size_of::<WarningRef>(), WarningRef, text))?;
        }
        let count = self.image.u64(offset_of!(UnitHeader, relocs) + 8);
        let at = self.image.pointer(offset_of!(UnitHeader, relocs))?;
        if count > size as u64 {
            return flaw(0, "too many relocations");
        }
        Ok((at, count as usize))
    }

    /// A slice field: where its elements begin, and how many there are. They are claimed.
    fn slice<T: Named>(&mut self, at: usize) -> Result<(usize, usize)> {
        let len = self.image.u64(at + 8);
        if len == 0 {
            return if self.image.u64(at) == 0 { Ok((0, 0)) } else { flaw(at, "an empty slice somewhere") };
        }
        let start = self.image.pointer(at)?;
        if len > (self.image.bytes().len() / size_of::<T>()) as u64 || !start.is_multiple_of(align_of::<T>())
        {
            return flaw(at, "an impossible slice");
        }
        self.image.claim(start, len as usize * size_of::<T>())?;
        self.note::<T>(start, len as usize);
        Ok((start, len as usize))
    }

    fn numbers(&mut self, slice: usize, good: impl Fn(&Self, u32) -> bool) -> Result {
        let (start, count) = self.slice::<Number>(slice)?;
        for index in 0..count {
            let number = self.image.u32(start + index * 4);
            if !good(self, number) {
                return flaw(start + index * 4, "a number of nothing");
            }
        }
        Ok(())
    }

    fn word(&self, at: usize) -> Result<bool> {
        match self.image.u32(at) {
            0 => Ok(false),
            1 => Ok(true),
            _ => flaw(at, "a bool that is none"),
        }
    }

    fn flags(&self, at: usize, known: u32) -> Result<u32> {
        let flags = self.image.u32(at);
        if flags & !known == 0 { Ok(flags) } else { flaw(at, "unknown flags") }
    }

    /// A name and its lower-case form.
    fn name(&mut self, name: usize, lower: usize) -> Result {
        let text = self.image.string(name)?;
        let lower_text = self.image.string(lower)?;
        let same = text.len() == lower_text.len()
            && text.iter().zip(lower_text).all(|(a, b)| a.to_ascii_lowercase() == *b);
        if same { Ok(()) } else { flaw(lower, "a name with another name's lower-case form") }
    }

    fn facts(&self, at: usize) -> Function {
        let slice_len = |field: usize| self.image.u64(at + field + 8).min(u32::MAX.into()) as u32;
        let facts = Facts {
            params: slice_len(offset_of!(FuncProto, params)),
            required: self.image.u32(field!(at, FuncProto, num_required)),
            statics: slice_len(offset_of!(FuncProto, statics)),
            cache_slots: self.image.u32(field!(at, FuncProto, cache_slots)),
            flags: self.image.u32(field!(at, FuncProto, flags)),
            class: self.image.u32(field!(at, FuncProto, class)),
        };
        Function {
            facts,
            place: Place::default(),
            at,
            cvs: self.image.u32(field!(at, FuncProto, num_cvs)),
            tmps: self.image.u32(field!(at, FuncProto, num_tmps)),
            literals: Vec::new(),
            tries: Vec::new(),
            live: Vec::new(),
        }
    }

    fn function(&mut self, index: usize, sites: &mut u32) -> Result {
        let (at, facts) = (self.functions[index].at, self.functions[index].facts);
        self.name(field!(at, FuncProto, name), field!(at, FuncProto, lc_name))?;
        self.flags(field!(at, FuncProto, flags), FUNC_FLAGS)?;
        if self.image.pointer(field!(at, FuncProto, unit))? != 0 {
            return flaw(at, "a function of another unit");
        }
        self.code(index)?;
        let (params, count) = self.slice::<ParamRef>(field!(at, FuncProto, params))?;
        let mut variadic = false;
        for number in 0..count {
            let at = params + number * size_of::<ParamRef>();
            if variadic {
                return flaw(at, "a parameter behind a variadic one");
            }
            self.image.string(field!(at, ParamRef, name))?;
            self.ty(field!(at, ParamRef, ty), 0)?;
            self.init(field!(at, ParamRef, default))?;
            self.image.optional_string(field!(at, ParamRef, default_text))?;
            self.word(field!(at, ParamRef, by_ref))?;
            variadic = self.word(field!(at, ParamRef, variadic))?;
            self.flags(field!(at, ParamRef, promoted), MEMBER_FLAGS)?;
        }
        self.ty(field!(at, FuncProto, return_type), 0)?;
        let (names, cvs) = self.slice::<NamePointer>(field!(at, FuncProto, cv_names))?;
        let mut by_name = false;
        for number in 0..cvs {
            // Whatever opens a URL sets it.
            by_name |= self.image.string(names + number * 8)? == b"http_response_header";
        }
        let (statics, static_count) = self.slice::<StaticRef>(field!(at, FuncProto, statics))?;
        for number in 0..static_count {
            let at = statics + number * size_of::<StaticRef>();
            self.image.string(field!(at, StaticRef, name))?;
            self.init(field!(at, StaticRef, init))?;
            self.word(field!(at, StaticRef, bound))?;
            let cv = self.image.u32(field!(at, StaticRef, cv));
            if cv != u32::MAX && cv as usize >= cvs {
                return flaw(at, "a static variable of no variable");
            }
        }
        self.attributes(field!(at, FuncProto, attributes))?;
        self.image.optional_string(field!(at, FuncProto, doc))?;
        // A loop's number may be unused, so what counts is the greatest.
        let own_sites = self.image.u32(field!(at, FuncProto, trace_sites));
        let num_params = (count - usize::from(variadic)) as u32;
        let function = &self.functions[index];
        let code = function.place.code_len;
        let consistent = self.image.u32(field!(at, FuncProto, index)) == index as u32
            && self.image.u32(field!(at, FuncProto, num_params)) == num_params
            && self.image.u32(field!(at, FuncProto, num_required)) <= num_params
            && function.cvs as usize == cvs
            && cvs >= count
            && function.tmps as usize <= code * 2 + 64
            && facts.cache_slots as usize <= function.literals.len() * 3 + code + 16
            && facts.class <= self.classes
            && (!by_name || facts.flags & func::USES_SYMBOLS != 0)
            && variadic == (facts.flags & func::VARIADIC != 0)
            && (facts.flags & func::MAIN == 0 || index == 0 && count == 0)
            && (code > 0 || facts.flags & func::ABSTRACT != 0 && facts.class != 0)
            && (index > 0 || facts.class == 0 && facts.flags & func::GENERATOR == 0)
            && self.image.u32(field!(at, FuncProto, first_trace_site)) == *sites
            && (1..=code.max(1)).contains(&(own_sites as usize));
        if !consistent {
            return flaw(at, "a function with wrong numbers");
        }
        *sites = sites
            .checked_add(own_sites)
            .filter(|&sites| sites < u32::MAX / 8)
            .ok_or(Flaw { at, what: "too many trace sites" })?;
        Ok(())
    }

    /// What belongs to the code of a function, and is not checked against it yet.
    fn code(&mut self, index: usize) -> Result {
        let at = self.functions[index].at;
        let (code, code_len) = self.slice::<Op>(field!(at, FuncProto, code))?;
        let (literals, literal_count) = self.slice::<Value>(field!(at, FuncProto, literals))?;
        let mut shapes = Vec::with_capacity(literal_count);
        for number in 0..literal_count {
            let at = literals + number * size_of::<Value>();
            let shape = self.image.value(at, true)?;
            if !matches!(shape, Shape::Str(_)) && self.image.spare(at) != 0 {
                return flaw(at, "a value with an inline cache");
            }
            shapes.push(shape);
        }
        self.slice::<LineEntry>(field!(at, FuncProto, lines))?;
        let (tries, count) = self.slice::<TryRegion>(field!(at, FuncProto, tries))?;
        let mut regions = Vec::with_capacity(count);
        for number in 0..count {
            let at = tries + number * size_of::<TryRegion>();
            let word = |part: usize| self.image.u32(at + part * 4);
            let Some(fast_call) = slot_number(word(4)) else { return flaw(at, "a wrong try region") };
            regions.push(TryRegion {
                start: word(0),
                catch: word(1),
                finally: word(2),
                finally_end: word(3),
                fast_call,
            });
        }
        let (ranges, count) = self.slice::<LiveRange>(field!(at, FuncProto, live))?;
        let mut live = Vec::with_capacity(count);
        for number in 0..count {
            let at = ranges + number * size_of::<LiveRange>();
            let word = |part: usize| self.image.u32(at + part * 4);
            let kind = [LiveKind::Value, LiveKind::Loop, LiveKind::Silence, LiveKind::Rope, LiveKind::New];
            let (Some(slot), Some(&kind)) = (slot_number(word(0)), kind.get(word(3) as usize)) else {
                return flaw(at, "a wrong live range");
            };
            live.push(LiveRange { slot, start: word(1), end: word(2), kind });
        }
        let function = &mut self.functions[index];
        function.place = Place { code, code_len, literals };
        function.literals = shapes;
        function.tries = regions;
        function.live = live;
        Ok(())
    }

    /// The rules for code.
    fn rules(&self, index: usize, all: &[Facts]) -> std::result::Result<(), String> {
        let function = &self.functions[index];
        let code = decode(&self.image, function.place)
            .map_err(|(at, what)| format!("{what} at instruction {at}"))?;
        if code.len().saturating_mul((function.tmps as usize).div_ceil(64)) > MAX_STATES {
            return Err("too complex".to_string());
        }
        let literals =
            ImageLiterals { image: &self.image, shapes: &function.literals, at: function.place.literals };
        let shape = FunctionShape {
            code: &code,
            cvs: function.cvs,
            tmps: function.tmps,
            tries: &function.tries,
            literals: &literals,
        };
        let flow = |error: crate::flow::FlowError| format!("{} at instruction {}", error.text, error.at);
        let heads = code.iter().filter(|op| op.code == Opcode::LOOP_HEAD as u16);
        let sites = 1 + u64::from(heads.map(|op| op.a).max().unwrap_or(0));
        if sites != u64::from(self.image.u32(field!(function.at, FuncProto, trace_sites))) {
            return Err("a wrong number of trace sites".to_string());
        }
        if !function.tries.is_sorted_by_key(|region| region.start) {
            return Err("try regions out of order".to_string());
        }
        super::operands(&shape).map_err(flow)?;
        let numbers = Numbers::new(&shape, function.facts, all, self.classes, &literals);
        numbers.check().map_err(|(at, what)| format!("{what} at instruction {at}"))?;
        states::check(&shape, all).map_err(flow)?;
        let mut live = Flow::default().live_ranges(&shape).map_err(flow)?;
        live.sort_by_key(|range| range.start);
        if live != function.live {
            return Err(format!(
                "live ranges that do not fit the code: {:?} instead of {live:?}",
                function.live
            ));
        }
        Ok(())
    }

    fn init(&mut self, at: usize) -> Result {
        let shape = self.image.value(field!(at, InitRef, value), false)?;
        let code = self.image.u32(field!(at, InitRef, code));
        let present = self.word(field!(at, InitRef, present))?;
        if code == 0 {
            return if present || shape == Shape::Undef { Ok(()) } else { flaw(at, "an absent value") };
        }
        let function = self.functions.get(code as usize - 1);
        let computes = function.is_some_and(|function| {
            function.facts.flags & func::CONST_EXPR != 0 && function.facts.params == 0
        });
        if computes && present && shape == Shape::Undef {
            Ok(())
        } else {
            flaw(at, "a value that nothing computes")
        }
    }

    fn ty(&mut self, at: usize, depth: u32) -> Result {
        let bits = self.flags(field!(at, TypeRef, bits), TYPE_BITS)?;
        let intersection = self.word(field!(at, TypeRef, intersection))?;
        let class = self.image.u64(field!(at, TypeRef, class)) != 0;
        if class {
            self.name(field!(at, TypeRef, class), field!(at, TypeRef, class_lc))?;
        }
        let (members, count) = self.slice::<TypeRef>(field!(at, TypeRef, members))?;
        let plain = class || self.image.u64(field!(at, TypeRef, class_lc)) == 0;
        if !plain
            || class && (bits != 0 || count != 0)
            || intersection && bits != 0
            || count != 0 && depth == TYPE_DEPTH
        {
            return flaw(at, "a wrong type");
        }
        for number in 0..count {
            self.ty(members + number * size_of::<TypeRef>(), depth + 1)?;
        }
        Ok(())
    }

    fn attributes(&mut self, slice: usize) -> Result {
        let (attributes, count) = self.slice::<AttributeRef>(slice)?;
        for number in 0..count {
            let at = attributes + number * size_of::<AttributeRef>();
            self.name(field!(at, AttributeRef, name), field!(at, AttributeRef, lc_name))?;
            let (args, count) = self.slice::<AttributeArg>(field!(at, AttributeRef, args))?;
            for number in 0..count {
                let at = args + number * size_of::<AttributeArg>();
                self.image.optional_string(field!(at, AttributeArg, name))?;
                self.init(field!(at, AttributeArg, value))?;
            }
        }
        Ok(())
    }

    fn names(&mut self, slice: usize) -> Result<usize> {
        let (names, count) = self.slice::<NameRef>(slice)?;
        for number in 0..count {
            let at = names + number * size_of::<NameRef>();
            self.name(field!(at, NameRef, name), field!(at, NameRef, lc))?;
        }
        Ok(count)
    }

    fn class(&mut self, at: usize, index: usize) -> Result {
        self.name(field!(at, ClassDecl, name), field!(at, ClassDecl, lc_name))?;
        let flags = self.flags(field!(at, ClassDecl, flags), CLASS_FLAGS)?;
        let is = |flag: u32| flags & flag != 0;
        let kinds =
            [class::INTERFACE, class::TRAIT, class::ENUM].into_iter().filter(|&kind| is(kind)).count();
        let parents = self.names(field!(at, ClassDecl, parent))?;
        let enum_type = self.image.u32(field!(at, ClassDecl, enum_type));
        if self.image.pointer(field!(at, ClassDecl, unit))? != 0
            || self.image.u32(field!(at, ClassDecl, index)) != index as u32
            || ![0, types::INT, types::STRING].contains(&enum_type)
            || enum_type != 0 && !is(class::ENUM)
            || kinds + parents > 1
        {
            return flaw(at, "a class with wrong numbers");
        }
        self.names(field!(at, ClassDecl, interfaces))?;
        self.names(field!(at, ClassDecl, traits))?;
        let (rules, count) = self.slice::<TraitRuleRef>(field!(at, ClassDecl, trait_rules))?;
        for number in 0..count {
            let at = rules + number * size_of::<TraitRuleRef>();
            self.image.optional_string(field!(at, TraitRuleRef, trait_name))?;
            self.image.string(field!(at, TraitRuleRef, method))?;
            self.image.optional_string(field!(at, TraitRuleRef, alias))?;
            self.names(field!(at, TraitRuleRef, excludes))?;
            self.flags(field!(at, TraitRuleRef, flags), MEMBER_FLAGS)?;
        }
        let (consts, count) = self.slice::<ClassConstRef>(field!(at, ClassDecl, consts))?;
        for number in 0..count {
            let at = consts + number * size_of::<ClassConstRef>();
            self.image.string(field!(at, ClassConstRef, name))?;
            let flags = self.flags(field!(at, ClassConstRef, flags), MEMBER_FLAGS)?;
            if flags & member::ENUM_CASE != 0 && !is(class::ENUM) {
                return flaw(at, "a case of no enum");
            }
            self.ty(field!(at, ClassConstRef, ty), 0)?;
            self.init(field!(at, ClassConstRef, value))?;
            self.attributes(field!(at, ClassConstRef, attributes))?;
            self.image.optional_string(field!(at, ClassConstRef, doc))?;
        }
        let (props, count) = self.slice::<PropertyRef>(field!(at, ClassDecl, props))?;
        for number in 0..count {
            let at = props + number * size_of::<PropertyRef>();
            self.image.string(field!(at, PropertyRef, name))?;
            self.flags(field!(at, PropertyRef, flags), MEMBER_FLAGS)?;
            self.ty(field!(at, PropertyRef, ty), 0)?;
            self.init(field!(at, PropertyRef, default))?;
            for hook in [field!(at, PropertyRef, get), field!(at, PropertyRef, set)] {
                let hook = self.image.u32(hook);
                if hook != 0 && !self.is_method(hook - 1, index) {
                    return flaw(at, "a hook of another class");
                }
            }
            self.attributes(field!(at, PropertyRef, attributes))?;
            self.image.optional_string(field!(at, PropertyRef, doc))?;
        }
        self.numbers(field!(at, ClassDecl, methods), |walk, number| walk.is_method(number, index))?;
        self.attributes(field!(at, ClassDecl, attributes))?;
        self.image.optional_string(field!(at, ClassDecl, doc))?;
        Ok(())
    }

    /// Whether a function is declared in the class `class`.
    fn is_method(&self, function: u32, class: usize) -> bool {
        self.functions
            .get(function as usize)
            .is_some_and(|function| function.facts.class as usize == class + 1)
    }
}

const _: () = assert!(FRAME_HEADER_SIZE.is_multiple_of(SLOT_SIZE) && align_of::<Op>() <= 8);
