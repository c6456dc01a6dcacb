//! From draft to Unit: lays all structures out in one image and turns plain indices into offsets.

use crate::draft::{
    AttributeDraft, ClassDraft, FuncIdx, FunctionDraft, Init, Literal, LiteralKey, LiveRange, TryRegion,
    TypeDraft, UnitDraft,
};
use crate::op::{FRAME_HEADER_SIZE, Kind, Op, SLOT_SIZE};
use crate::spec::{fuse, specialize};
use crate::table::{OPCODES, OPS, Opcode, Role};
use crate::unit::*;
use phalanx_value::image::ImageBuilder;
use phalanx_value::{ArrayKey, PhpArray, Value};
use std::borrow::Cow;
use std::mem::offset_of;

/// Makes the Unit that a draft describes.
pub fn assemble(draft: &UnitDraft) -> Image {
    let image = ImageBuilder::with_capacity(usual_size(draft));
    let mut out = Out { image, sites: 0, lower_case: Vec::new() };
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
    bytes.resize((at + relocs.len() * 4).next_multiple_of(16), 0);
    for (place, reloc) in bytes[at..].as_chunks_mut().0.iter_mut().zip(&relocs) {
        *place = reloc.to_ne_bytes();
    }
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
    /// A name while it is written in lower case.
    lower_case: Vec<u8>,
}

/// Bytes that structures most often take.
fn usual_size(draft: &UnitDraft) -> usize {
    // Half of the instructions are on the line of the one before.
    const OP: usize = size_of::<Op>() + size_of::<LineEntry>() / 2;
    let functions = draft.functions.iter().map(|function| {
        size_of::<FuncProto>()
            + function.code.len() * OP
            + function.literals.len() * size_of::<Value>()
            + function.live.len() * size_of::<LiveRange>()
            + function.params.len() * size_of::<ParamRef>()
            + function.cvs.len() * size_of::<u64>()
    });
    let classes = draft.classes.iter().map(|class| {
        size_of::<ClassDecl>()
            + class.consts.len() * size_of::<ClassConstRef>()
            + class.props.len() * size_of::<PropertyRef>()
            + class.methods.len() * size_of::<u32>()
    });
    size_of::<UnitHeader>() + functions.sum::<usize>() + classes.sum::<usize>()
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

    fn lower_case(&mut self, at: usize, name: &[u8]) {
        self.lower_case.clear();
        self.lower_case.extend_from_slice(name);
        self.lower_case.make_ascii_lowercase();
        self.image.set_string(at, &self.lower_case);
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
        self.lower_case(field!(at, FuncProto, lc_name), &draft.name);
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
        self.instructions(code, draft, literals);
        let mut tables = None;
        for (index, literal) in draft.literals.iter().enumerate() {
            let place = literals + index * size_of::<Value>();
            match literal {
                Literal::Name(name, cache) => self.image.set_string_value(place, name, *cache),
                Literal::JumpTable(entries) => {
                    let tables = tables.get_or_insert_with(|| jump_tables(draft));
                    let user = tables.iter().find(|(table, _)| *table == index).map(|(_, op)| *op);
                    self.jump_table(place, entries, user.unwrap_or(0));
                }
                other => self.constant(place, other),
            }
        }
        self.lines(field!(at, FuncProto, lines), &draft.lines);
        let place = self.array::<TryRegion>(field!(at, FuncProto, tries), draft.tries.len());
        for (index, region) in draft.tries.iter().enumerate() {
            let words =
                [region.start, region.catch, region.finally, region.finally_end, slot(region.fast_call)];
            for (part, word) in words.into_iter().enumerate() {
                self.image.set_u32(place + index * size_of::<TryRegion>() + part * 4, word);
            }
        }
        let mut live = Cow::Borrowed(&draft.live);
        if !live.is_sorted_by_key(|range| range.start) {
            live.to_mut().sort_by_key(|range| range.start);
        }
        let place = self.array::<LiveRange>(field!(at, FuncProto, live), live.len());
        for (index, range) in live.iter().enumerate() {
            let words = [slot(range.slot), range.start, range.end, range.kind as u32];
            for (part, word) in words.into_iter().enumerate() {
                self.image.set_u32(place + index * size_of::<LiveRange>() + part * 4, word);
            }
        }
    }

    /// Writes the instructions to `code` as they are executed.
    fn instructions(&mut self, code: usize, draft: &FunctionDraft, literals: usize) {
        let places = self.image.place(code, draft.code.len() * size_of::<Op>()).as_chunks_mut().0;
        let literals = literals.wrapping_sub(code) as u32;
        let mut at = 0_u32;
        // Nothing is fused with this one.
        let mut before = Op::new(Opcode::NOP);
        let mut its_place = &mut before.to_bytes();
        for (&op, place) in draft.code.iter().zip(places) {
            let op = encode(op, at.wrapping_neg(), literals.wrapping_sub(at));
            if let Some(code) = fuse(before, op) {
                its_place[offset_of!(Op, code)..][..2].copy_from_slice(&code.to_ne_bytes());
            }
            *place = op.to_bytes();
            (before, its_place) = (op, place);
            at = at.wrapping_add(size_of::<Op>() as u32);
        }
    }

    /// Where the lines of instructions begin, of which `lines` has one for each.
    fn lines(&mut self, slice: usize, lines: &[u32]) {
        let changes = lines.windows(2).filter(|pair| pair[0] != pair[1]).count();
        let len = if lines.is_empty() { 0 } else { changes + 1 };
        let at = self.array::<LineEntry>(slice, len);
        let places = self.image.place(at, len * size_of::<LineEntry>()).as_chunks_mut::<8>().0;
        let mut op = 0_u32;
        for (place, same) in places.iter_mut().zip(lines.chunk_by(|a, b| a == b)) {
            place[offset_of!(LineEntry, op)..][..4].copy_from_slice(&op.to_ne_bytes());
            place[offset_of!(LineEntry, line)..][..4].copy_from_slice(&same[0].to_ne_bytes());
            op += same.len() as u32;
        }
    }

    /// The table that instruction `user` jumps by.
    fn jump_table(&mut self, at: usize, entries: &[(LiteralKey, u32)], user: usize) {
        let mut table = PhpArray::new();
        for (key, target) in entries {
            let distance = (*target as i64 - user as i64) * size_of::<Op>() as i64;
            table.insert(array_key(key).as_key(), Value::int(distance));
        }
        self.image.set_value(at, &Value::array(table), 0).expect("ints are constant");
    }

    fn constant(&mut self, at: usize, literal: &Literal) {
        match literal {
            Literal::Str(string) => self.image.set_string_value(at, string, 0),
            Literal::Array(entries) if is_list(entries) => {
                let elements = self.image.set_list_value(at, entries.len());
                for (index, (_, element)) in entries.iter().enumerate() {
                    self.constant(elements + index * size_of::<Value>(), element);
                }
            }
            other => self.image.set_value(at, &value(other), 0).expect("literals are constant"),
        }
    }

    fn init(&mut self, at: usize, init: &Init) {
        match init {
            Init::None => {}
            Init::Value(literal) => {
                self.constant(field!(at, InitRef, value), literal);
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
                self.lower_case(field!(at, TypeRef, class_lc), name);
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
            self.lower_case(field!(at, AttributeRef, lc_name), &attribute.name);
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
            self.lower_case(field!(at, NameRef, lc), name);
        }
    }

    fn class(&mut self, at: usize, index: usize, draft: &ClassDraft, unit: usize) {
        self.image.set_string(field!(at, ClassDecl, name), &draft.name);
        self.lower_case(field!(at, ClassDecl, lc_name), &draft.name);
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

/// What an operand counts from when it is an offset in bytes.
#[derive(Clone, Copy)]
enum Origin {
    /// It is no offset, but stays the number that it is.
    None,
    /// A slot: the frame.
    Frame,
    /// A literal: the first one.
    Literals,
    /// A jump: the first instruction.
    Code,
}

/// For each opcode, operand and kind.
static ORIGINS: [[[Origin; 4]; 3]; OPCODES] = {
    let mut origins = [[[Origin::None; 4]; 3]; OPCODES];
    let mut code = 0;
    while code < OPCODES {
        let mut operand = 0;
        while operand < 3 {
            let mut kind = 0;
            while kind < 4 {
                origins[code][operand][kind] = origin(OPS[code].roles[operand], Kind::from_bits(kind as u16));
                kind += 1;
            }
            operand += 1;
        }
        code += 1;
    }
    origins
};

const fn origin(role: Role, kind: Kind) -> Origin {
    match (role, kind) {
        (Role::Jmp, _) => Origin::Code,
        (Role::Num | Role::None, _) | (_, Kind::None) => Origin::None,
        (Role::Lit, _) | (_, Kind::Lit) => Origin::Literals,
        _ => Origin::Frame,
    }
}

/// Turns the operands of an instruction into offsets. From there, the first instruction is at `code` and the first literal at
/// `literals`.
#[inline]
fn encode(op: Op, code: u32, literals: u32) -> Op {
    const SHIFT: u32 = SLOT_SIZE.ilog2();
    const { assert!(size_of::<Op>() == 1 << SHIFT && size_of::<Value>() == 1 << SHIFT) };
    let origins = [0, FRAME_HEADER_SIZE, literals, code];
    let offset = |number: u32, origin: Origin| {
        let shift = if matches!(origin, Origin::None) { 0 } else { SHIFT };
        (number << shift).wrapping_add(origins[origin as usize])
    };
    let [a, b, c] = &ORIGINS[op.code as usize];
    Op {
        code: specialize(op),
        x: op.x,
        a: offset(op.a, a[op.kind_a() as usize]),
        b: offset(op.b, b[op.kind_b() as usize]),
        c: offset(op.c, c[op.kind_c() as usize]),
    }
}

/// Whether the keys are 0, 1, 2 and so on.
fn is_list(entries: &[(LiteralKey, Literal)]) -> bool {
    (0_i64..).zip(entries).all(|(index, (key, _))| *key == LiteralKey::Int(index))
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
