//! Functions as text, for tests that forge them: statements with `;` between them.
//!
//! A statement is an opcode with operands `v0` (variable), `t0` (temporary), `l0` (literal), `3` (number or jump) or `_`, and
//! with flags like `+LEAVING`. Others, in small letters, say something of the function: `try START CATCH FINALLY END TEMPORARY`,
//! `table TARGET` (where the jump table leads), `required NUMBER` (of parameters), `generator`, `variadic`, `typed` (parameters
//! have types), `symbols` (variables are used by name).

use phalanx_bytecode::draft::{
    Bytes, ClassDraft, ClassIdx, FuncIdx, FunctionDraft, Init, Literal, LiteralKey, LiveRange, ParamDraft,
    StaticDraft, TryRegion, UnitDraft,
};
use phalanx_bytecode::flags::{func, op as flag};
use phalanx_bytecode::flow::Flow;
use phalanx_bytecode::unit::Image;
use phalanx_bytecode::{Kind, Op, assemble, table};

/// Variables and temporaries of the function: `v0` to `v3`, of which the first two are parameters, and `t0` to `t7`.
const CVS: i32 = 4;
const TMPS: u32 = 8;
/// Slots of inline caches.
const CACHES: u32 = 9;

fn bytes(text: &str) -> Bytes {
    text.as_bytes().into()
}

/// What `l0` to `l15` are.
fn literals(target: u32) -> Vec<Literal> {
    let text = |text| Literal::Str(bytes(text));
    let name = |text, cache| Literal::Name(bytes(text), cache);
    vec![
        Literal::Int(1),
        // A name with what may follow it: its lower-case form, and that without its namespace.
        name("f", 0),
        text("f"),
        text("f"),
        // One that nothing follows but its lower-case form.
        name("p", 1),
        text("p"),
        Literal::JumpTable(vec![(LiteralKey::Int(1), target)]),
        Literal::Array(vec![(LiteralKey::Int(0), text("no distance"))]),
        // Others whose caches are those of `l1`, overlap those of `l4`, and are none.
        name("f", 0),
        text("f"),
        name("q", 2),
        text("q"),
        name("r", CACHES),
        // A name whose unqualified form is that of a function which uses variables by name.
        name("n\\extract", 5),
        text("n\\extract"),
        text("extract"),
    ]
}

fn operand(word: &str) -> (Kind, u32) {
    let number = |text: &str| text.parse::<i32>().unwrap_or_else(|_| panic!("operand {word}"));
    match word.as_bytes()[0] {
        b'_' => (Kind::None, 0),
        b'v' => (Kind::Cv, number(&word[1..]) as u32),
        b't' => (Kind::Tmp, (CVS + number(&word[1..])) as u32),
        b'l' => (Kind::Lit, number(&word[1..]) as u32),
        _ => (Kind::None, number(word) as u32),
    }
}

fn flags(word: &str) -> u16 {
    match word {
        "ANON" => flag::ANON,
        "BY_REF" => flag::BY_REF,
        "DEST_CV" => flag::DEST_CV,
        "FALLBACK" => flag::FALLBACK,
        "GLOBAL" => flag::GLOBAL,
        "HAS_INIT" => flag::HAS_INIT,
        "KEEP_A" => flag::KEEP_A,
        "LAST" => flag::LAST,
        "LEAVING" => flag::LEAVING,
        "NAMED" => flag::NAMED,
        _ => panic!("flag {word}"),
    }
}

fn instruction(name: &str, words: &[&str]) -> Op {
    let opcode = table::ALL.iter().find(|opcode| opcode.info().name == name);
    let mut op = Op::new(*opcode.unwrap_or_else(|| panic!("opcode {name}")));
    let (flagged, operands): (Vec<&str>, Vec<&str>) = words.iter().partition(|word| word.starts_with('+'));
    for (at, (kind, value)) in operands.into_iter().map(operand).enumerate() {
        op = match at {
            0 => op.with_a(kind, value),
            1 => op.with_b(kind, value),
            2 => op.with_c(kind, value),
            _ => panic!("{name} has three operands"),
        };
    }
    flagged.iter().fold(op, |op, word| op.with_flags(flags(&word[1..])))
}

fn param(name: &str, variadic: bool) -> ParamDraft {
    ParamDraft {
        name: bytes(name),
        ty: None,
        by_ref: false,
        variadic,
        promoted: 0,
        default: Init::None,
        default_text: None,
    }
}

/// The function in a text.
pub(crate) fn function(text: &str) -> FunctionDraft {
    let mut draft = FunctionDraft {
        name: bytes("f"),
        params: vec![param("a", false), param("b", false)],
        cvs: ["a", "b", "c", "d"].map(bytes).into(),
        tmps: TMPS,
        cache_slots: CACHES,
        statics: vec![StaticDraft { name: bytes("d"), init: Init::None, bound: false }],
        ..FunctionDraft::default()
    };
    let mut target = 0;
    for statement in text.split(';') {
        let words: Vec<&str> = statement.split_whitespace().collect();
        let (&name, rest) = words.split_first().expect("a statement");
        let number = |at: usize| rest[at].parse::<u32>().expect("a number");
        match name {
            "try" => draft.tries.push(TryRegion {
                start: number(0),
                catch: number(1),
                finally: number(2),
                finally_end: number(3),
                fast_call: operand(rest[4]).1,
            }),
            "table" => target = number(0),
            "required" => draft.required = number(0),
            "generator" => draft.flags |= func::GENERATOR,
            "typed" => draft.flags |= func::HAS_PARAM_TYPES,
            "symbols" => draft.flags |= func::USES_SYMBOLS,
            "variadic" => {
                draft.flags |= func::VARIADIC;
                draft.params.push(param("c", true));
            }
            _ => draft.code.push(instruction(name, rest)),
        }
    }
    draft.literals = literals(target);
    draft.lines = vec![1; draft.code.len()];
    draft
}

/// A script with the function in a text, which is number 1. Number 0 is the body, 2 a closure with a static variable, and 3 a
/// method of the only class.
pub(crate) fn script(text: &str, live: &[LiveRange]) -> UnitDraft {
    let other = |flags| FunctionDraft { flags, ..function("RETURN l0") };
    UnitDraft {
        path: bytes("/srv/a.php"),
        functions: vec![
            FunctionDraft { params: Vec::new(), ..other(func::MAIN) },
            FunctionDraft { live: live.to_vec(), ..function(text) },
            other(func::CLOSURE),
            FunctionDraft { class: Some(ClassIdx(0)), ..other(0) },
        ],
        classes: vec![ClassDraft { name: bytes("C"), methods: vec![FuncIdx(3)], ..ClassDraft::default() }],
        ..UnitDraft::default()
    }
}

/// The image of such a script, which is accepted, and the live ranges in it.
#[track_caller]
pub(crate) fn image(text: &str) -> (Vec<u8>, Vec<LiveRange>) {
    let live = Flow::default().live_ranges(&function(text).shape()).expect(text);
    let image = assemble(&script(text, &live)).bytes().to_vec();
    assert_eq!(Image::verify(image.clone()).map(drop), Ok(()), "{text}");
    (image, live)
}

/// Sees that the function in a text is accepted, and refused for a reason when one thing in it is another. What is replaced
/// stands in the text once.
#[track_caller]
pub(crate) fn check(good: &str, old: &str, new: &str, why: &str) {
    let (_, live) = image(good);
    assert_eq!(good.matches(old).count(), 1, "{old} in {good}");
    let bad = good.replace(old, new);
    // The live ranges are compared when all else is right.
    let error = Image::verify(assemble(&script(&bad, &live)).bytes().to_vec()).map(drop).expect_err(&bad);
    assert!(error.contains(why), "{bad}\nis refused because of: {error}");
}

/// A table for [`check`]: texts, and below each what is replaced in it.
macro_rules! refused {
    ($($good:literal { $($old:literal => $new:literal: $why:literal;)* })*) => {
        $($(crate::listing::check($good, $old, $new, $why);)*)*
    };
}

pub(crate) use refused;
