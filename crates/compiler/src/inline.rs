//! Calls of functions that do nothing but return a constant, which need not be made.
//!
//! What a call in this file means must be certain while compiling: functions at the top of the script, which exist
//! before anything of it runs (or it fails), and static methods of classes of the same sort, by the name of the class or
//! `self`. Arguments must be literals, since anything else may have an effect.

use crate::Compiler;
use crate::finish::{Landmarks, compact};
use phalanx_bytecode::draft::{ClassDraft, FunctionDraft, Literal};
use phalanx_bytecode::flags::{CLASS_SELF, class as class_flag, func as func_flag, op as op_flag};
use phalanx_bytecode::{Kind, Op, Opcode};
use rustc_hash::FxHashMap;

/// A function that only returns a constant.
struct Constant {
    value: Literal,
    required: u32,
    /// A method that code anywhere may call.
    public: bool,
}

/// The functions and static methods that calls can name.
#[derive(Default)]
struct Known {
    functions: FxHashMap<Vec<u8>, Constant>,
    /// By lower-case name of class and method.
    methods: FxHashMap<(Vec<u8>, Vec<u8>), Constant>,
}

impl Compiler<'_> {
    /// Replaces the calls of such functions in the whole script.
    pub(crate) fn inline_constants(&mut self) {
        let mut known = Known::default();
        for &index in &self.unit.hoisted_functions {
            let function = &self.unit.functions[index.0 as usize];
            if let Some(constant) = constant(function) {
                known.functions.insert(function.name.to_ascii_lowercase(), constant);
            }
        }
        for class in self.unit.hoisted_classes.iter().map(|class| &self.unit.classes[class.0 as usize]) {
            for method in class.methods.iter().map(|method| &self.unit.functions[method.0 as usize]) {
                if class.parent.is_none()
                    && method.flags & func_flag::STATIC != 0
                    && method.flags & func_flag::ABSTRACT == 0
                    && let Some(constant) = constant(method)
                {
                    let names = (class.name.to_ascii_lowercase(), method.name.to_ascii_lowercase());
                    known.methods.insert(names, constant);
                }
            }
        }
        if known.functions.is_empty() && known.methods.is_empty() {
            return;
        }
        let (functions, classes) = (&mut self.unit.functions, &self.unit.classes);
        for function in functions {
            replace_calls(function, classes, &known);
        }
    }
}

/// The constant that a function returns, if that is all it does.
fn constant(function: &FunctionDraft) -> Option<Constant> {
    const OTHER: u32 = func_flag::RETURNS_REF
        | func_flag::VARIADIC
        | func_flag::GENERATOR
        | func_flag::DEPRECATED
        | func_flag::HAS_PARAM_TYPES
        | func_flag::USES_SYMBOLS;
    if function.flags & OTHER != 0
        || function.required as usize != function.params.len()
        || function.params.iter().any(|param| param.by_ref)
        || !function.attributes.is_empty()
    {
        return None;
    }
    let (last, receives) = function.code.split_last()?;
    let plain = last.opcode() == Opcode::RETURN
        && last.kind_a() == Kind::Lit
        && receives.iter().all(|op| op.opcode() == Opcode::RECV);
    let value = function.literals.get(last.a as usize).filter(|_| plain)?;
    match value {
        Literal::Null | Literal::Bool(_) | Literal::Int(_) | Literal::Float(_) | Literal::Str(_) => {
            let public = function.flags & (func_flag::PRIVATE | func_flag::PROTECTED) == 0;
            Some(Constant { value: value.clone(), required: function.required, public })
        }
        _ => None,
    }
}

fn name(function: &FunctionDraft, literal: u32) -> Option<&[u8]> {
    match function.literals.get(literal as usize)? {
        Literal::Str(name) | Literal::Name(name, _) => Some(name),
        _ => None,
    }
}

/// What the call that `op` begins returns, if that is known.
fn called<'k>(
    function: &FunctionDraft,
    classes: &[ClassDraft],
    known: &'k Known,
    op: Op,
) -> Option<&'k Constant> {
    match op.opcode() {
        // With a fallback it is not known which function is meant.
        Opcode::INIT_CALL if op.flags() & op_flag::FALLBACK == 0 => {
            known.functions.get(name(function, op.a + 1)?)
        }
        Opcode::INIT_CALL_STATIC if op.kind_b() == Kind::Lit => {
            let own = function.class.map(|class| &classes[class.0 as usize]);
            let own = own.filter(|own| own.flags & class_flag::TRAIT == 0);
            let class = match op.kind_a() {
                Kind::Lit => name(function, op.a + 1)?.to_vec(),
                Kind::None if op.a == CLASS_SELF => own?.name.to_ascii_lowercase(),
                _ => return None,
            };
            let inside = own.is_some_and(|own| own.name.to_ascii_lowercase() == class);
            let constant = known.methods.get(&(class, name(function, op.b + 1)?.to_vec()))?;
            (inside || constant.public).then_some(constant)
        }
        _ => None,
    }
}

fn replace_calls(function: &mut FunctionDraft, classes: &[ClassDraft], known: &Known) {
    let mut changed = false;
    for at in 0..function.code.len() {
        let op = function.code[at];
        let Some(constant) = called(function, classes, known, op) else { continue };
        let sends = function.code[at + 1..].iter().take_while(|op| is_literal_argument(op)).count();
        let call = at + 1 + sends;
        let is_call = function.code.get(call).is_some_and(|op| op.opcode() == Opcode::CALL);
        if !is_call || (sends as u32) < constant.required {
            continue;
        }
        for op in &mut function.code[at..call] {
            *op = Op::new(Opcode::NOP);
        }
        let result = function.code[call];
        function.code[call] = if result.kind_c() == Kind::None {
            Op::new(Opcode::NOP)
        } else {
            function.literals.push(constant.value.clone());
            let literal = function.literals.len() as u32 - 1;
            Op::new(Opcode::MOVE).with_a(Kind::Lit, literal).with_c(result.kind_c(), result.c)
        };
        changed = true;
    }
    if changed {
        let all = vec![true; function.code.len()];
        let landmarks = Landmarks::of(&function.code);
        compact(function, all, &landmarks);
    }
}

fn is_literal_argument(op: &Op) -> bool {
    op.opcode() == Opcode::SEND_VAL && op.kind_a() == Kind::Lit && op.flags() & op_flag::NAMED == 0
}
