//! From draft to Unit: lays all structures out in one image and turns plain indices into offsets.

use crate::draft::{
    AttributeDraft, ClassDraft, FuncIdx, FunctionDraft, Init, Literal, LiteralKey, LiveRange, TryRegion,
    TypeDraft, UnitDraft,
};
use crate::op::{FRAME_HEADER_SIZE, Kind, Op, SLOT_SIZE};
use crate::spec::{fuse, specialize};
use crate::table::{Opcode, Role};
use crate::unit::*;
use phalanx_value::image::ImageBuilder;
use phalanx_value::{ArrayKey, PhpArray, Value};
use std::mem::offset_of;

/// Makes the Unit that a draft describes.
pub fn assemble(draft: &UnitDraft) -> Image {
    let mut out = Out { image: ImageBuilder::new(), sites: 0 };
    out.unit(draft);
    let image = out.image.finish();
    let mut bytes = image.bytes;
    let field = offset_of!(UnitHeader, strings);
    bytes[field..field + 8].copy_from_slice(&(image.strings as u64).to_ne_bytes());
    let mut relocs = image.relocations;
    // The list of relocations is part of the image, so that the file cache need not store it apart. It is reached
    // by a pointer that is a relocation itself.
    let field = offset_of!(UnitHeader, relocs);
    relocs.push(field as u32);
    let at = bytes.len();
    for reloc in &relocs {
        bytes.extend_from_slice(&reloc.to_ne_bytes());
    }
    bytes.resize(bytes.len().next_multiple_of(16), 0);
    let size = bytes.len() as u64;
    bytes[field..field + 8].copy_from_slice(&(at as u64).to_ne_bytes());
    bytes[field + 8..field + 16].copy_from_slice(&(relocs.len() as u64).to_ne_bytes());
    let field = offset_of!(UnitHeader, size);
    bytes[field..field + 8].copy_from_slice(&size.to_ne_bytes());
    Image { bytes, relocs }
}

struct Out {
    image: ImageBuilder,
    /// Trace sites so far.
    sites: u32,
}

/// Offset of a field of a structure that lies at `$at`.
macro_rules! field {
    ($at:expr, $type:ty, $($field:ident).+) => {
        $at + offset_of!($type, $($field).+)
    };
}

impl Out {
    fn unit(&mut self, draft: &UnitDraft) {
        let at = self.image.reserve(size_of::<UnitHeader>(), 16);
        self.image.set_u64(field!(at, UnitHeader, magic), MAGIC);
        self.image.set_u32(field!(at, UnitHeader, version), VERSION);
        self.image.set_string(field!(at, UnitHeader, path), &draft.path);
        self.image.set_u64(field!(at, UnitHeader, halt_offset), draft.halt_offset.unwrap_or(u64::MAX));
        let functions = self.array::<FuncProto>(field!(at, UnitHeader, functions), draft.functions.len());
        let classes = self.array::<ClassDecl>(field!(at, UnitHeader, classes), draft.classes.len());
        for (index, function) in draft.functions.iter().enumerate() {
            self.function(functions + index * size_of::<FuncProto>(), index, function, at);
        }
        for (index, class) in draft.classes.iter().enumerate() {
            self.class(classes + index * size_of::<ClassDecl>(), index, class, at);
        }
        let hoisted: Vec<u32> = draft.hoisted_functions.iter().map(|idx| idx.0).collect();
        self.numbers(field!(at, UnitHeader, hoisted_functions), &hoisted);
        let hoisted: Vec<u32> = draft.hoisted_classes.iter().map(|idx| idx.0).collect();
        self.numbers(field!(at, UnitHeader, hoisted_classes), &hoisted);
        let warnings = self.array::<WarningRef>(field!(at, UnitHeader, warnings), draft.warnings.len());
        for (index, warning) in draft.warnings.iter().enumerate() {
            let at = warnings + index * size_of::<WarningRef>();
            self.image.set_string(field!(at, WarningRef, text), warning.text.as_bytes());
            self.image.set_u32(field!(at, WarningRef, level), warning.level);
            self.image.set_u32(field!(at, WarningRef, line), warning.line);
        }
        self.image.set_u64(field!(at, UnitHeader, trace_sites), self.sites.into());
    }

    /// Reserves `len` elements for the slice at `slice`, and returns where they begin.
    fn array<T>(&mut self, slice: usize, len: usize) -> usize {
        if len == 0 {
            return 0;
        }
        let at = self.image.reserve(len * size_of::<T>(), align_of::<T>());
        self.image.set_pointer(slice, at);
        self.image.set_u64(slice + 8, len as u64);
        at
    }

    fn numbers(&mut self, slice: usize, numbers: &[u32]) {
        let at = self.array::<u32>(slice, numbers.len());
        for (index, &number) in numbers.iter().enumerate() {
            self.image.set_u32(at + index * 4, number);
        }
    }

    fn optional_string(&mut self, at: usize, string: Option<&[u8]>) {
        if let Some(string) = string {
            self.image.set_string(at, string);
        }
    }

    fn function(&mut self, at: usize, index: usize, draft: &FunctionDraft, unit: usize) {
        // Numbers of loops that the compiler dropped stay unused.
        let heads = draft.code.iter().filter(|op| op.code == Opcode::LOOP_HEAD as u16);
        let sites = 1 + heads.map(|op| op.a).max().unwrap_or(0);
        self.image.set_string(field!(at, FuncProto, name), &draft.name);
        self.image.set_string(field!(at, FuncProto, lc_name), &draft.name.to_ascii_lowercase());
        let variadic = draft.params.last().is_some_and(|param| param.variadic) as usize;
        let words = [
            (field!(at, FuncProto, flags), draft.flags),
            (field!(at, FuncProto, index), index as u32),
            (field!(at, FuncProto, num_params), (draft.params.len() - variadic) as u32),
            (field!(at, FuncProto, num_required), draft.required),
            (field!(at, FuncProto, num_cvs), draft.cvs.len() as u32),
            (field!(at, FuncProto, num_tmps), draft.tmps),
            (field!(at, FuncProto, cache_slots), draft.cache_slots),
            (field!(at, FuncProto, trace_sites), sites),
            (field!(at, FuncProto, first_trace_site), self.sites),
            (field!(at, FuncProto, class), draft.class.map_or(0, |class| class.0 + 1)),
            (field!(at, FuncProto, line_start), draft.line_start),
            (field!(at, FuncProto, line_end), draft.line_end),
        ];
        for (place, word) in words {
            self.image.set_u32(place, word);
        }
        self.sites += sites;
        self.image.set_pointer(field!(at, FuncProto, unit), unit);
        self.code(at, draft);
        let params = self.array::<ParamRef>(field!(at, FuncProto, params), draft.params.len());
        for (index, param) in draft.params.iter().enumerate() {
            let at = params + index * size_of::<ParamRef>();
            self.image.set_string(field!(at, ParamRef, name), &param.name);
            self.optional_type(field!(at, ParamRef, ty), param.ty.as_ref());
            self.init(field!(at, ParamRef, default), &param.default);
            self.optional_string(field!(at, ParamRef, default_text), param.default_text.as_deref());
            self.image.set_u32(field!(at, ParamRef, by_ref), param.by_ref as u32);
            self.image.set_u32(field!(at, ParamRef, variadic), param.variadic as u32);
            self.image.set_u32(field!(at, ParamRef, promoted), param.promoted);
        }
        self.optional_type(field!(at, FuncProto, return_type), draft.return_type.as_ref());
        let names = self.array::<u64>(field!(at, FuncProto, cv_names), draft.cvs.len());
        for (index, name) in draft.cvs.iter().enumerate() {
            self.image.set_string(names + index * 8, name);
        }
        let statics = self.array::<StaticRef>(field!(at, FuncProto, statics), draft.statics.len());
        for (index, variable) in draft.statics.iter().enumerate() {
            let at = statics + index * size_of::<StaticRef>();
            self.image.set_string(field!(at, StaticRef, name), &variable.name);
            self.init(field!(at, StaticRef, init), &variable.init);
            self.image.set_u32(field!(at, StaticRef, bound), variable.bound as u32);
            let cv = draft.cvs.iter().position(|name| *name == variable.name);
            self.image.set_u32(field!(at, StaticRef, cv), cv.map_or(u32::MAX, |cv| cv as u32));
        }
        self.attributes(field!(at, FuncProto, attributes), &draft.attributes);
        self.optional_string(field!(at, FuncProto, doc), draft.doc.as_deref());
    }

    /// Instructions, literals, lines, try regions and live ranges of the function at `at`.
    fn code(&mut self, at: usize, draft: &FunctionDraft) {
        let code = self.array::<Op>(field!(at, FuncProto, code), draft.code.len());
        let literals = self.array::<Value>(field!(at, FuncProto, literals), draft.literals.len());
        let encoded = |index: usize| {
            let place = code + index * size_of::<Op>();
            encode(draft.code[index], index, literals as i64 - place as i64)
        };
        for index in 0..draft.code.len() {
            let place = code + index * size_of::<Op>();
            let mut op = encoded(index);
            if index + 1 < draft.code.len()
                && let Some(code) = fuse(op, encoded(index + 1))
            {
                op.code = code;
            }
            let word = op.code as u32 | (op.x as u32) << 16;
            for (part, word) in [word, op.a, op.b, op.c].into_iter().enumerate() {
                self.image.set_u32(place + part * 4, word);
            }
        }
        let tables = jump_tables(draft);
        for (index, literal) in draft.literals.iter().enumerate() {
            let place = literals + index * size_of::<Value>();
            let user = tables.iter().find(|(table, _)| *table == index).map(|(_, op)| *op);
            self.literal(place, literal, user.unwrap_or(0));
        }
        let mut lines: Vec<LineEntry> = Vec::new();
        for (op, &line) in draft.lines.iter().enumerate() {
            if lines.last().is_none_or(|entry| entry.line != line) {
                lines.push(LineEntry { op: op as u32, line });
            }
        }
        let place = self.array::<LineEntry>(field!(at, FuncProto, lines), lines.len());
        for (index, entry) in lines.iter().enumerate() {
            self.image.set_u32(place + index * 8, entry.op);
            self.image.set_u32(place + index * 8 + 4, entry.line);
        }
        let place = self.array::<TryRegion>(field!(at, FuncProto, tries), draft.tries.len());
        for (index, region) in draft.tries.iter().enumerate() {
            let words =
                [region.start, region.catch, region.finally, region.finally_end, slot(region.fast_call)];
            for (part, word) in words.into_iter().enumerate() {
                self.image.set_u32(place + index * size_of::<TryRegion>() + part * 4, word);
            }
        }
        let mut live = draft.live.clone();
        live.sort_by_key(|range| range.start);
        let place = self.array::<LiveRange>(field!(at, FuncProto, live), live.len());
        for (index, range) in live.iter().enumerate() {
            let words = [slot(range.slot), range.start, range.end, range.kind as u32];
            for (part, word) in words.into_iter().enumerate() {
                self.image.set_u32(place + index * size_of::<LiveRange>() + part * 4, word);
            }
        }
    }

    /// A literal; `user` is the instruction whose jump table it is.
    fn literal(&mut self, at: usize, literal: &Literal, user: usize) {
        let (value, spare) = match literal {
            Literal::Name(name, cache) => (Value::str(&**name), *cache),
            Literal::JumpTable(entries) => {
                let mut table = PhpArray::new();
                for (key, target) in entries {
                    let distance = (*target as i64 - user as i64) * size_of::<Op>() as i64;
                    table.insert(array_key(key).as_key(), Value::int(distance));
                }
                (Value::array(table), 0)
            }
            other => (value(other), 0),
        };
        self.image.set_value(at, &value, spare).expect("literals are constant");
    }

    fn init(&mut self, at: usize, init: &Init) {
        match init {
            Init::None => {}
            Init::Value(literal) => {
                self.image.set_value(field!(at, InitRef, value), &value(literal), 0).expect("constant");
                self.image.set_u32(field!(at, InitRef, present), 1);
            }
            Init::Code(FuncIdx(code)) => {
                self.image.set_u32(field!(at, InitRef, code), code + 1);
                self.image.set_u32(field!(at, InitRef, present), 1);
            }
        }
    }

    fn optional_type(&mut self, at: usize, ty: Option<&TypeDraft>) {
        if let Some(ty) = ty {
            self.ty(at, ty);
        }
    }

    fn ty(&mut self, at: usize, ty: &TypeDraft) {
        match ty {
            TypeDraft::Builtin(bits) => self.image.set_u32(field!(at, TypeRef, bits), *bits),
            TypeDraft::Class(name) => {
                self.image.set_string(field!(at, TypeRef, class), name);
                self.image.set_string(field!(at, TypeRef, class_lc), &name.to_ascii_lowercase());
            }
            TypeDraft::Union(members) => {
                let mut bits = 0;
                let mut rest = Vec::new();
                for member in members {
                    match member {
                        TypeDraft::Builtin(more) => bits |= more,
                        other => rest.push(other),
                    }
                }
                self.image.set_u32(field!(at, TypeRef, bits), bits);
                self.members(at, &rest);
            }
            TypeDraft::Intersection(members) => {
                self.image.set_u32(field!(at, TypeRef, intersection), 1);
                self.members(at, &members.iter().collect::<Vec<_>>());
            }
        }
    }

    fn members(&mut self, at: usize, members: &[&TypeDraft]) {
        let place = self.array::<TypeRef>(field!(at, TypeRef, members), members.len());
        for (index, member) in members.iter().enumerate() {
            self.ty(place + index * size_of::<TypeRef>(), member);
        }
    }

    fn attributes(&mut self, slice: usize, attributes: &[AttributeDraft]) {
        let place = self.array::<AttributeRef>(slice, attributes.len());
        for (index, attribute) in attributes.iter().enumerate() {
            let at = place + index * size_of::<AttributeRef>();
            self.image.set_string(field!(at, AttributeRef, name), &attribute.name);
            self.image.set_string(field!(at, AttributeRef, lc_name), &attribute.name.to_ascii_lowercase());
            self.image.set_u32(field!(at, AttributeRef, param), attribute.param);
            self.image.set_u32(field!(at, AttributeRef, line), attribute.line);
            let args = self.array::<AttributeArg>(field!(at, AttributeRef, args), attribute.args.len());
            for (index, (name, value)) in attribute.args.iter().enumerate() {
                let at = args + index * size_of::<AttributeArg>();
                self.optional_string(field!(at, AttributeArg, name), name.as_deref());
                self.init(field!(at, AttributeArg, value), value);
            }
        }
    }

    fn names(&mut self, slice: usize, names: &[crate::draft::Bytes]) {
        let place = self.array::<NameRef>(slice, names.len());
        for (index, name) in names.iter().enumerate() {
            let at = place + index * size_of::<NameRef>();
            self.image.set_string(field!(at, NameRef, name), name);
            self.image.set_string(field!(at, NameRef, lc), &name.to_ascii_lowercase());
        }
    }

    fn class(&mut self, at: usize, index: usize, draft: &ClassDraft, unit: usize) {
        self.image.set_string(field!(at, ClassDecl, name), &draft.name);
        self.image.set_string(field!(at, ClassDecl, lc_name), &draft.name.to_ascii_lowercase());
        let words = [
            (field!(at, ClassDecl, flags), draft.flags),
            (field!(at, ClassDecl, index), index as u32),
            (field!(at, ClassDecl, enum_type), draft.enum_type),
            (field!(at, ClassDecl, line_start), draft.line_start),
            (field!(at, ClassDecl, line_end), draft.line_end),
        ];
        for (place, word) in words {
            self.image.set_u32(place, word);
        }
        self.image.set_pointer(field!(at, ClassDecl, unit), unit);
        self.names(field!(at, ClassDecl, parent), draft.parent.as_slice());
        self.names(field!(at, ClassDecl, interfaces), &draft.interfaces);
        self.names(field!(at, ClassDecl, traits), &draft.traits);
        let rules = self.array::<TraitRuleRef>(field!(at, ClassDecl, trait_rules), draft.trait_rules.len());
        for (index, rule) in draft.trait_rules.iter().enumerate() {
            let at = rules + index * size_of::<TraitRuleRef>();
            self.optional_string(field!(at, TraitRuleRef, trait_name), rule.trait_name.as_deref());
            self.image.set_string(field!(at, TraitRuleRef, method), &rule.method);
            self.optional_string(field!(at, TraitRuleRef, alias), rule.alias.as_deref());
            self.names(field!(at, TraitRuleRef, excludes), &rule.excludes);
            self.image.set_u32(field!(at, TraitRuleRef, flags), rule.flags);
        }
        let consts = self.array::<ClassConstRef>(field!(at, ClassDecl, consts), draft.consts.len());
        for (index, constant) in draft.consts.iter().enumerate() {
            let at = consts + index * size_of::<ClassConstRef>();
            self.image.set_string(field!(at, ClassConstRef, name), &constant.name);
            self.image.set_u32(field!(at, ClassConstRef, flags), constant.flags);
            self.image.set_u32(field!(at, ClassConstRef, line), constant.line);
            self.optional_type(field!(at, ClassConstRef, ty), constant.ty.as_ref());
            self.init(field!(at, ClassConstRef, value), &constant.value);
            self.attributes(field!(at, ClassConstRef, attributes), &constant.attributes);
            self.optional_string(field!(at, ClassConstRef, doc), constant.doc.as_deref());
        }
        let props = self.array::<PropertyRef>(field!(at, ClassDecl, props), draft.props.len());
        for (index, prop) in draft.props.iter().enumerate() {
            let at = props + index * size_of::<PropertyRef>();
            self.image.set_string(field!(at, PropertyRef, name), &prop.name);
            self.image.set_u32(field!(at, PropertyRef, flags), prop.flags);
            self.image.set_u32(field!(at, PropertyRef, line), prop.line);
            self.optional_type(field!(at, PropertyRef, ty), prop.ty.as_ref());
            self.init(field!(at, PropertyRef, default), &prop.default);
            self.image.set_u32(field!(at, PropertyRef, get), prop.get.map_or(0, |idx| idx.0 + 1));
            self.image.set_u32(field!(at, PropertyRef, set), prop.set.map_or(0, |idx| idx.0 + 1));
            self.attributes(field!(at, PropertyRef, attributes), &prop.attributes);
            self.optional_string(field!(at, PropertyRef, doc), prop.doc.as_deref());
        }
        let methods: Vec<u32> = draft.methods.iter().map(|idx| idx.0).collect();
        self.numbers(field!(at, ClassDecl, methods), &methods);
        self.attributes(field!(at, ClassDecl, attributes), &draft.attributes);
        self.optional_string(field!(at, ClassDecl, doc), draft.doc.as_deref());
    }
}

/// Byte offset of slot number `index` in a frame.
fn slot(index: u32) -> u32 {
    FRAME_HEADER_SIZE + index * SLOT_SIZE
}

/// Which instruction uses which jump table: literal index and instruction index.
fn jump_tables(draft: &FunctionDraft) -> Vec<(usize, usize)> {
    const USERS: [u16; 3] = [Opcode::SWITCH_INT as u16, Opcode::SWITCH_STRING as u16, Opcode::MATCH as u16];
    let users = draft.code.iter().enumerate().filter(|(_, op)| USERS.contains(&op.code));
    users.map(|(index, op)| (op.b as usize, index)).collect()
}

/// Turns the operands of instruction `index` into offsets; `literals` is where literals begin, counted from it.
fn encode(mut op: Op, index: usize, literals: i64) -> Op {
    let info = op.opcode().info();
    let kinds = [op.kind_a(), op.kind_b(), op.kind_c()];
    let operands = [&mut op.a, &mut op.b, &mut op.c];
    for ((role, kind), operand) in info.roles.into_iter().zip(kinds).zip(operands) {
        match (role, kind) {
            (Role::Jmp, _) => {
                let distance = (*operand as i64 - index as i64) * size_of::<Op>() as i64;
                *operand = distance as i32 as u32;
            }
            (Role::Num | Role::None, _) | (_, Kind::None) => {}
            (Role::Lit, _) | (_, Kind::Lit) => {
                *operand = (literals + *operand as i64 * size_of::<Value>() as i64) as i32 as u32;
            }
            _ => *operand = slot(*operand),
        }
    }
    op.code = specialize(op);
    op
}

fn array_key(key: &LiteralKey) -> ArrayKey {
    match key {
        LiteralKey::Int(int) => ArrayKey::Int(*int),
        LiteralKey::Str(string) => ArrayKey::Str(phalanx_value::PhpString::from_bytes(string)),
    }
}

fn value(literal: &Literal) -> Value {
    match literal {
        Literal::Undef => Value::UNDEF,
        Literal::Null => Value::NULL,
        Literal::Bool(truth) => Value::bool(*truth),
        Literal::Int(int) => Value::int(*int),
        Literal::Float(float) => Value::float(*float),
        Literal::Str(string) | Literal::Name(string, _) => Value::str(&**string),
        Literal::Array(entries) => {
            let mut array = PhpArray::new();
            for (key, element) in entries {
                array.insert(array_key(key).as_key(), value(element));
            }
            Value::array(array)
        }
        Literal::JumpTable(_) => Value::UNDEF,
    }
}
