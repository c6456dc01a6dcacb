//! The structures of a Unit: a word in the image is another, or something in the draft that it is made of.

use crate::listing;
use phalanx_bytecode::draft::{
    AttributeDraft, Bytes, ClassConstDraft, ClassDraft, ClassIdx, CompileWarning, FuncIdx, FunctionDraft,
    Init, Literal, LiveRange, PropertyDraft, TraitRule, TryRegion, TypeDraft, UnitDraft,
};
use phalanx_bytecode::flags::{class, func, member};
use phalanx_bytecode::unit::{
    AttributeArg, AttributeRef, ClassConstRef, ClassDecl, FuncProto, Image, NameRef, ParamRef, PropertyRef,
    StaticRef, TraitRuleRef, TypeRef, UnitHeader,
};
use phalanx_bytecode::verify::parts;
use phalanx_bytecode::{Op, Opcode, anatomy, assemble, types};
use phalanx_value::Tag;
use std::mem::offset_of;

fn bytes(text: &str) -> Bytes {
    text.as_bytes().into()
}

/// A script with structures of every sort. Its functions are the body, one that is declared at the start, a closure, a hook, a
/// constant expression, an abstract method and a method.
fn script() -> UnitDraft {
    const TEXT: &str = "variadic; try 1 3 0 0 v0; \
        FE_RESET_R v0 4 t0; ECHO l0; JMP 4; CATCH l1 4 v1 +LAST; FE_FREE t0; RETURN l0";
    let (_, live) = listing::image(TEXT);
    let mut draft = listing::script(TEXT, &live);
    let method = draft.functions.pop().expect("a method");
    let attributes = vec![AttributeDraft {
        name: bytes("Attribute"),
        args: vec![(Some(bytes("named")), Init::Value(Literal::Int(1)))],
        param: 0,
        line: 1,
    }];
    let class_type = |name| TypeDraft::Class(bytes(name));
    let union = TypeDraft::Union(vec![
        TypeDraft::Builtin(types::INT),
        class_type("A"),
        TypeDraft::Intersection(vec![class_type("A"), class_type("B")]),
    ]);
    let function = &mut draft.functions[1];
    function.attributes = attributes.clone();
    function.doc = Some(bytes("/** */"));
    function.return_type = Some(class_type("A"));
    function.params[0].ty = Some(union);
    function.params[0].default = Init::Code(FuncIdx(4));
    function.params[0].default_text = Some(bytes("X"));
    function.params[1].default = Init::Value(Literal::Int(1));
    let none = FunctionDraft { params: Vec::new(), ..method.clone() };
    draft.functions.extend([
        FunctionDraft { flags: func::HOOK, ..none.clone() },
        FunctionDraft { flags: func::CONST_EXPR, class: None, ..none.clone() },
        FunctionDraft { flags: func::ABSTRACT, code: Vec::new(), lines: Vec::new(), ..none },
        FunctionDraft { ..listing::function("NOP; RETURN l0") },
    ]);
    draft.functions[6].class = Some(ClassIdx(0));
    draft.classes[0] = ClassDraft {
        name: bytes("C"),
        flags: class::ABSTRACT,
        parent: Some(bytes("P")),
        interfaces: vec![bytes("I")],
        traits: vec![bytes("T")],
        trait_rules: vec![TraitRule {
            trait_name: Some(bytes("T")),
            method: bytes("m"),
            excludes: vec![bytes("U")],
            alias: Some(bytes("n")),
            flags: member::PUBLIC,
        }],
        consts: vec![ClassConstDraft {
            name: bytes("K"),
            flags: member::PUBLIC,
            ty: Some(TypeDraft::Builtin(types::INT)),
            value: Init::Value(Literal::Int(1)),
            attributes: attributes.clone(),
            doc: None,
            line: 1,
        }],
        props: vec![PropertyDraft {
            name: bytes("p"),
            flags: member::PUBLIC,
            ty: None,
            default: Init::None,
            get: Some(FuncIdx(3)),
            set: None,
            attributes: Vec::new(),
            doc: None,
            line: 1,
        }],
        methods: vec![FuncIdx(5), FuncIdx(6)],
        attributes,
        ..ClassDraft::default()
    };
    draft.classes.push(ClassDraft {
        name: bytes("E"),
        flags: class::ENUM,
        enum_type: types::INT,
        ..ClassDraft::default()
    });
    draft.hoisted_functions = vec![FuncIdx(1)];
    draft.hoisted_classes = vec![ClassIdx(0)];
    draft.warnings = vec![CompileWarning { level: 2, text: "W".to_string(), line: 1 }];
    draft
}

/// Structures whose fields are not for everybody, as they lie in an image.
mod raw {
    #[repr(C)]
    pub(super) struct Number {
        pub(super) number: u32,
    }

    #[repr(C)]
    pub(super) struct Literal {
        payload: u64,
        tag: u32,
        pub(super) spare: u32,
    }

    #[repr(C)]
    pub(super) struct Name {
        pub(super) name: u64,
    }
}

fn verify(bytes: Vec<u8>) -> Result<(), String> {
    Image::verify(bytes).map(drop)
}

/// Where a string lies in the image of [`script`].
fn string(wanted: &str) -> u64 {
    let image = assemble(&script()).bytes().to_vec();
    let parts = parts(&image).expect("a good image");
    let string = parts.iter().find(|part| anatomy::text(&image, part) == Some(wanted.as_bytes()));
    string.expect(wanted).offset as u64
}

/// Sets a field of a structure to a value: the name of the structures as [`parts`] has it, which of those parts, the type and
/// the number of the structure in it, and the field.
macro_rules! words {
    ($($why:literal { $($part:literal[$which:expr] $($type:ident)::+[$number:expr].$($field:ident).+ = $value:expr;)* })*) => {
        let image = assemble(&script()).bytes().to_vec();
        let parts = parts(&image).expect("a good image");
        $($(
            let part = parts.iter().filter(|part| part.what == $part).nth($which).expect($part);
            assert!($number < part.count, $part);
            let at = part.offset + $number * size_of::<$($type)::+>() + offset_of!($($type)::+, $($field).+);
            let mut forged = image.clone();
            let value = $value.to_ne_bytes();
            forged[at..at + value.len()].copy_from_slice(&value);
            let what = concat!($part, " ", stringify!($($type)::+[$number].$($field).+ = $value));
            assert!(forged != image, "{what}");
            let error = verify(forged).expect_err(what);
            assert!(error.starts_with($why), "{what}: {error}");
        )*)*
    };
}

/// Forges one thing in the draft of each row's own.
macro_rules! drafts {
    (|$it:ident| $($why:literal { $($what:literal: $forge:expr;)* })*) => {
        $($(
            let mut draft = script();
            let $it = &mut draft;
            $forge;
            let error = verify(assemble(&draft).bytes().to_vec()).expect_err($what);
            assert!(error.contains($why), "{}: {error}", $what);
        )*)*
    };
}

#[test]
fn headers_say_what_is_there() {
    words! {
        "a wrong header" {
            "header"[0] UnitHeader[0].magic = 0_u64;
            "header"[0] UnitHeader[0].version = 0_u32;
            "header"[0] UnitHeader[0].size = 16_u64;
            "header"[0] UnitHeader[0].id = 1_u32;
            "header"[0] UnitHeader[0].generation = 1_u32;
            "header"[0] UnitHeader[0].traces = 8_u64;
        }
        "a wrong number of trace sites" {
            "header"[0] UnitHeader[0].trace_sites = 1_u64;
        }
        "a string outside of its part of the image" {
            "header"[0] UnitHeader[0].path = 0_u64;
        }
        "a pointer out of the image" {
            "header"[0] UnitHeader[0].functions = u64::MAX;
        }
        "a structure outside of its part of the image" {
            "header"[0] UnitHeader[0].warnings = string("/srv/a.php");
        }
        "an empty slice somewhere" {
            "properties"[0] PropertyRef[0].attributes = 8_u64;
        }
        "an impossible slice" {
            "header"[0] UnitHeader[0].warnings = 4_u64;
        }
        "two structures in one place" {
            "header"[0] UnitHeader[0].warnings = 0_u64;
            "header"[0] UnitHeader[0].hoisted_classes = 8_u64;
            "parameters"[0] ParamRef[0].ty.members = 8_u64;
        }
        "a number of nothing" {
            "numbers"[0] raw::Number[0].number = 9_u32;
        }
    }
    // Two numbers of the header are its own business: of relocations, and where strings begin.
    const RELOCATIONS: usize = offset_of!(UnitHeader, traces) + 16;
    const STRINGS: usize = RELOCATIONS + 8;
    let image = assemble(&script()).bytes().to_vec();
    let word = |at: usize| u64::from_ne_bytes(*image[at..].first_chunk().expect("a word"));
    let cases = [
        (RELOCATIONS, u64::MAX, "too many relocations"),
        (RELOCATIONS, word(RELOCATIONS) - 1, "too many or too few relocations"),
        (STRINGS, word(STRINGS) + 4, "strings in an impossible place"),
        (STRINGS, 0, "strings in an impossible place"),
        (STRINGS, u64::MAX, "strings in an impossible place"),
        (STRINGS, word(STRINGS) + 32, "a string outside of its part of the image"),
        (offset_of!(UnitHeader, functions), 0, "two structures in one place"),
        (offset_of!(UnitHeader, functions) + 8, 0, "an empty slice somewhere"),
        (offset_of!(UnitHeader, functions) + 8, 1 << 40, "an impossible slice"),
        (offset_of!(UnitHeader, functions) + 8, u64::MAX, "an impossible slice"),
        (
            offset_of!(UnitHeader, functions),
            word(offset_of!(UnitHeader, functions)) + 4,
            "an impossible slice",
        ),
    ];
    for (at, value, why) in cases {
        let mut forged = image.clone();
        forged[at..at + 8].copy_from_slice(&value.to_ne_bytes());
        let error = verify(forged).expect_err(why);
        assert!(error.starts_with(why), "{value:#x} at {at}: {error}");
    }
    for len in [0, 8, 16, image.len() - 16] {
        assert!(verify(image[..len].to_vec()).is_err(), "{len} bytes");
    }
    assert_eq!(verify(image), Ok(()));
}

#[test]
fn functions_have_consistent_numbers() {
    words! {
        "unknown flags" {
            "function"[1] FuncProto[0].flags = func::VARIADIC | func::IMPLICIT_PUBLIC << 1;
            "parameters"[0] ParamRef[0].promoted = member::GET_BY_REF << 1;
        }
        "a function with wrong numbers" {
            "function"[1] FuncProto[0].index = 0_u32;
            "function"[1] FuncProto[0].num_params = 3_u32;
            "function"[1] FuncProto[0].num_required = 3_u32;
            "function"[1] FuncProto[0].num_cvs = 5_u32;
            "function"[1] FuncProto[0].num_cvs = 3_u32;
            "function"[1] FuncProto[0].num_tmps = 77_u32;
            "function"[1] FuncProto[0].cache_slots = 1000_u32;
            "function"[1] FuncProto[0].class = 3_u32;
            "function"[1] FuncProto[0].flags = 0_u32;
            "function"[2] FuncProto[0].flags = func::CLOSURE | func::VARIADIC;
            "function"[1] FuncProto[0].flags = func::VARIADIC | func::MAIN;
            "function"[1] FuncProto[0].first_trace_site = 2_u32;
            "function"[6] FuncProto[0].trace_sites = 0_u32;
            "function"[6] FuncProto[0].trace_sites = 3_u32;
            "function"[5] FuncProto[0].flags = 0_u32;
        }
        "a name with another name's lower-case form" {
            "function"[1] FuncProto[0].lc_name = string("attribute");
        }
        "a string outside of its part of the image" {
            "function"[1] FuncProto[0].name = 0_u64;
        }
        "a parameter behind a variadic one" {
            "parameters"[0] ParamRef[1].variadic = 1_u32;
        }
        "a bool that is none" {
            "parameters"[0] ParamRef[0].by_ref = 2_u32;
            "parameters"[0] ParamRef[0].variadic = 2_u32;
            "static variables"[0] StaticRef[0].bound = 2_u32;
            "parameters"[0] ParamRef[0].ty.intersection = 2_u32;
        }
        "a static variable of no variable" {
            "static variables"[0] StaticRef[0].cv = 4_u32;
        }
    }
    drafts! {
        |it|
        "no functions" {
            "no functions": it.functions.clear();
        }
        "a function with wrong numbers" {
            "fewer variables than parameters": it.functions[1].cvs.truncate(2);
            "parameters of the body": it.functions[0].params = it.functions[2].params.clone();
            "a second body": it.functions[2].flags = func::MAIN;
            "a function without code": it.functions[2].code.clear();
            "an abstract function that is no method": it.functions[5].class = None;
            "an abstract body": {
                it.functions[0].flags |= func::ABSTRACT;
                it.functions[0].code.clear();
            };
            "a body that is a generator": it.functions[0].flags |= func::GENERATOR;
            "a body that is a method": it.functions[0].class = Some(ClassIdx(0));
            "a variable that is set by name": it.functions[2].cvs[3] = bytes("http_response_header");
        }
        "too complex" {
            "more temporaries and instructions than can be followed": {
                let function = &mut it.functions[2];
                function.code = vec![Op::new(Opcode::NOP); 12_000];
                function.lines = vec![1; 12_000];
                function.tmps = 24_000;
            };
        }
    }
}

/// The sum of trace sites is right, but the function has fewer loops.
#[test]
fn trace_sites_are_those_of_the_loops() {
    let mut image = assemble(&script()).bytes().to_vec();
    let parts = parts(&image).expect("a good image");
    let last = parts.iter().rfind(|part| part.what == "function").expect("a function").offset;
    image[last + offset_of!(FuncProto, trace_sites)] += 1;
    image[offset_of!(UnitHeader, trace_sites)] += 1;
    assert_eq!(verify(image), Err("function 6: a wrong number of trace sites".to_string()));
}

#[test]
fn values_and_types_are_whole() {
    words! {
        "a value with an inline cache" {
            "literals"[1] raw::Literal[0].spare = 1_u32;
        }
        "a bool that is none" {
            "parameters"[0] ParamRef[0].default.present = 2_u32;
            "static variables"[0] StaticRef[0].init.present = 2_u32;
            "properties"[0] PropertyRef[0].default.present = 2_u32;
        }
        "an absent value" {
            "parameters"[0] ParamRef[1].default.present = 0_u32;
            "arguments of attributes"[0] AttributeArg[0].value.present = 0_u32;
            "constants"[0] ClassConstRef[0].value.present = 0_u32;
        }
        "a value that nothing computes" {
            "parameters"[0] ParamRef[0].default.code = 1_u32;
            "parameters"[0] ParamRef[0].default.code = 8_u32;
            "parameters"[0] ParamRef[0].default.present = 0_u32;
            "parameters"[0] ParamRef[1].default.code = 5_u32;
        }
        "unknown flags" {
            "parameters"[0] ParamRef[0].ty.bits = types::STATIC << 1;
            "parameters"[0] ParamRef[0].ty.bits = 1_u32 << Tag::Undef as u32;
            "parameters"[0] ParamRef[0].ty.bits = 1_u32 << Tag::Reference as u32;
            "constants"[0] ClassConstRef[0].ty.bits = 1_u32 << 31;
            "properties"[0] PropertyRef[0].ty.bits = 1_u32 << 31;
        }
        "a wrong type" {
            "function"[1] FuncProto[0].return_type.bits = types::INT;
            "parameters"[0] ParamRef[0].ty.intersection = 1_u32;
            "parameters"[0] ParamRef[1].ty.class_lc = string("a");
        }
        "a name with another name's lower-case form" {
            "types"[0] TypeRef[0].class_lc = string("b");
            "attributes"[0] AttributeRef[0].lc_name = string("a");
        }
    }
    drafts! {
        |it|
        "a value that nothing computes" {
            "an expression with a parameter": it.functions[4].params = it.functions[2].params.clone();
            "an expression that is none": it.functions[4].flags = 0;
        }
        "a wrong type" {
            "a type of types of types": {
                let inner = |ty| TypeDraft::Intersection(vec![ty]);
                let class = TypeDraft::Class(bytes("A"));
                it.functions[1].return_type = Some(inner(inner(inner(inner(inner(class))))));
            };
        }
    }
}

#[test]
fn classes_have_consistent_numbers() {
    words! {
        "a class with wrong numbers" {
            "class"[0] ClassDecl[0].index = 1_u32;
            "class"[1] ClassDecl[0].enum_type = types::FLOAT;
        }
        "unknown flags" {
            "class"[0] ClassDecl[0].flags = class::TOP_LEVEL << 1;
            "rules for traits"[0] TraitRuleRef[0].flags = member::GET_BY_REF << 1;
            "constants"[0] ClassConstRef[0].flags = member::GET_BY_REF << 1;
            "properties"[0] PropertyRef[0].flags = member::GET_BY_REF << 1;
            "properties"[0] PropertyRef[0].flags = func::RETURNS_REF;
        }
        "a name with another name's lower-case form" {
            "class"[0] ClassDecl[0].lc_name = string("e");
            "names"[0] NameRef[0].lc = string("i");
        }
        "a string outside of its part of the image" {
            "rules for traits"[0] TraitRuleRef[0].method = 0_u64;
            "rules for traits"[0] TraitRuleRef[0].trait_name = 8_u64;
            "rules for traits"[0] TraitRuleRef[0].alias = 8_u64;
            "constants"[0] ClassConstRef[0].name = 0_u64;
            "constants"[0] ClassConstRef[0].doc = 8_u64;
            "properties"[0] PropertyRef[0].name = 0_u64;
            "properties"[0] PropertyRef[0].doc = 8_u64;
            "class"[0] ClassDecl[0].doc = 8_u64;
            "function"[0] FuncProto[0].doc = 8_u64;
            "names of variables"[0] raw::Name[0].name = 8_u64;
            "warnings"[0] raw::Name[0].name = 8_u64;
            "parameters"[0] ParamRef[0].default_text = 8_u64;
        }
    }
    drafts! {
        |it|
        "a class with wrong numbers" {
            "a trait that is an enum": it.classes[1].flags |= class::TRAIT;
            "an enum with a parent": it.classes[1].parent = Some(bytes("P"));
            "an interface with a parent": it.classes[0].flags = class::INTERFACE;
            "values of cases of a class": it.classes[0].enum_type = types::INT;
        }
        "a case of no enum" {
            "a case of a class": it.classes[0].consts[0].flags |= member::ENUM_CASE;
        }
        "a hook of another class" {
            "a getter that is a function": it.classes[0].props[0].get = Some(FuncIdx(1));
            "a setter that is a function": it.classes[0].props[0].set = Some(FuncIdx(1));
            "a setter of no number": it.classes[0].props[0].set = Some(FuncIdx(7));
            "a getter of another class": it.functions[3].class = Some(ClassIdx(1));
        }
        "a number of nothing" {
            "a method that is a function": it.classes[0].methods[0] = FuncIdx(1);
            "a method of another class": it.classes[1].methods = vec![FuncIdx(6)];
            "a function declared at the start that is a method": it.hoisted_functions[0] = FuncIdx(6);
            "a function declared at the start that is none": it.hoisted_functions[0] = FuncIdx(7);
            "a class declared at the start that is none": it.hoisted_classes[0] = ClassIdx(2);
        }
    }
}

#[test]
fn tables_of_code_have_slots() {
    words! {
        "a wrong try region" {
            "try regions"[0] TryRegion[0].fast_call = 88_u32;
            "try regions"[0] TryRegion[0].fast_call = 64_u32;
        }
        "a wrong live range" {
            "temporaries"[0] LiveRange[0].slot = 88_u32;
            "temporaries"[0] LiveRange[0].slot = 64_u32;
            "temporaries"[0] LiveRange[0].kind = 5_u32;
        }
    }
}

#[test]
fn units_and_classes_belong_to_their_image() {
    let image = assemble(&script()).bytes().to_vec();
    let parts = parts(&image).expect("a good image");
    // The pointer to the unit is the last field of both.
    for (what, size, why) in [
        ("function", size_of::<FuncProto>(), "a function of another unit"),
        ("class", size_of::<ClassDecl>(), "a class with wrong numbers"),
    ] {
        let at = parts.iter().find(|part| part.what == what).expect(what).offset + size - 8;
        let mut forged = image.clone();
        forged[at] = 16;
        let error = verify(forged).expect_err(what);
        assert!(error.starts_with(why), "{error}");
    }
}
