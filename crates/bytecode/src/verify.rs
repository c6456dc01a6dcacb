//! Checks a draft against the opcode table: what assembling and the VM take for granted.
//!
//! Operands have kinds that their roles allow and lie within the function; `DATA` stands exactly where it belongs;
//! every backward jump's target is preceded by its `LOOP_HEAD`; literals are what their users expect; temporaries are
//! used consistently (see [`crate::flow`]). The compiler runs it in its tests and in debug builds. [`image`] checks with the
//! same rules, and more, what comes from outside: a Unit that was read from a file.

mod code;
mod image;
mod numbers;
mod parts;
mod states;

pub use image::{image, parts};

use crate::draft::{FunctionDraft, LiveKind, UnitDraft};
use crate::effects::targets;
use crate::flags::op as flag;
use crate::flow::{Flow, FlowError};
use crate::shape::{LiteralKind, Shape};
use crate::table::{Opcode, Role};
use crate::{Kind, Op};

/// Checks all functions of a unit; the error names the function.
pub fn unit(unit: &UnitDraft) -> Result<(), String> {
    for func in &unit.functions {
        function(func).map_err(|error| {
            let name = String::from_utf8_lossy(&func.name);
            let listing = crate::disasm::function(func);
            format!("function {name}, instruction {}: {}\n{listing}", error.at, error.text)
        })?;
    }
    Ok(())
}

/// Checks one function.
pub fn function(func: &FunctionDraft) -> Result<(), FlowError> {
    if func.lines.len() != func.code.len() {
        return Err(FlowError { at: 0, text: "one line per instruction".to_string() });
    }
    operands(&func.shape())?;
    Flow::default().live_ranges(&func.shape()).map(|_| ())
}

/// Checks what can be seen without following the paths: each instruction, and the tables.
fn operands(func: &Shape<'_>) -> Result<(), FlowError> {
    let check = Check { func };
    let mut wants_data = false;
    for (at, &op) in func.code.iter().enumerate() {
        let fail = |text: &str| Err(FlowError { at: at as u32, text: text.to_string() });
        let Some(opcode) = Opcode::from_code(op.code) else {
            return fail("no such opcode");
        };
        if (opcode == Opcode::DATA) != wants_data {
            return fail("DATA stands behind those that have it, and nowhere else");
        }
        wants_data = opcode.info().has_data();
        if let Err(text) = check.op(at, opcode, op) {
            return fail(&text);
        }
    }
    if wants_data {
        return Err(FlowError { at: func.code.len() as u32, text: "the last DATA is missing".to_string() });
    }
    check.tries()?;
    check.slot_kinds()
}

struct Check<'a> {
    func: &'a Shape<'a>,
}

impl Check<'_> {
    fn op(&self, at: usize, opcode: Opcode, op: Op) -> Result<(), String> {
        let operands = [(op.kind_a(), op.a), (op.kind_b(), op.b), (op.kind_c(), op.c)];
        for (role, (kind, value)) in opcode.info().roles.into_iter().zip(operands) {
            self.operand(role, kind, value).map_err(|text| format!("{opcode:?}: {text}"))?;
        }
        self.literals(at, opcode, op)?;
        let mut result = Ok(());
        targets(self.func, at, op, |target| {
            if result.is_ok() {
                result = self.jump(at, target);
            }
        });
        result
    }

    fn operand(&self, role: Role, kind: Kind, value: u32) -> Result<(), String> {
        let fits = match role {
            Role::None | Role::Jmp | Role::Num => kind == Kind::None,
            Role::Val => kind != Kind::None,
            Role::Opt => true,
            Role::Var => matches!(kind, Kind::Cv | Kind::Tmp),
            Role::Obj | Role::Res => kind != Kind::Lit,
            Role::Class => kind != Kind::Cv,
            Role::Dst => matches!(kind, Kind::Cv | Kind::Tmp),
            Role::Tmp => kind == Kind::Tmp,
            Role::Lit => kind == Kind::Lit,
        };
        if !fits {
            return Err(format!("operand of kind {kind:?} in role {role:?}"));
        }
        let cvs = self.func.cvs;
        let within = match kind {
            Kind::Cv => value < cvs,
            Kind::Tmp => value >= cvs && value < cvs + self.func.tmps,
            Kind::Lit => self.func.literals.kind(value).is_some(),
            Kind::None => role != Role::Class || value <= crate::flags::CLASS_STATIC,
        };
        if within { Ok(()) } else { Err(format!("operand {value} of kind {kind:?} is out of range")) }
    }

    /// Literals that an opcode reads beyond the one in the operand, and those of a particular type.
    fn literals(&self, at: usize, opcode: Opcode, op: Op) -> Result<(), String> {
        let roles = opcode.info().roles;
        for (role, (kind, value)) in
            roles.into_iter().zip([(op.kind_a(), op.a), (op.kind_b(), op.b), (op.kind_c(), op.c)])
        {
            if role == Role::Class && kind == Kind::Lit {
                self.string(value)?;
                self.string(value + 1)?;
            }
        }
        let has = |flag| op.flags() & flag != 0;
        let strings =
            |first: u32, more: u32| (first..=first + more).try_for_each(|literal| self.string(literal));
        match opcode {
            Opcode::INIT_CALL => strings(op.a, 1 + u32::from(has(flag::FALLBACK))),
            Opcode::FETCH_CONST => strings(op.a, u32::from(has(flag::FALLBACK))),
            Opcode::CATCH => strings(op.a, 1),
            Opcode::DECLARE_CONST | Opcode::COMPILE_ERROR | Opcode::INIT_CALL_PARENT_HOOK => {
                self.string(op.a)
            }
            Opcode::BIND_GLOBAL => self.string(op.b),
            Opcode::INIT_CALL_METHOD | Opcode::INIT_CALL_STATIC if op.kind_b() == Kind::Lit => {
                if self.func.literals.kind(op.b) == Some(LiteralKind::Str) {
                    self.string(op.b + 1)?;
                }
                Ok(())
            }
            Opcode::SEND_VAL
            | Opcode::SEND_VAR
            | Opcode::SEND_REF
            | Opcode::SEND_CALL_RESULT
            | Opcode::SEND_FUNC_ARG
            | Opcode::CHECK_FUNC_ARG => match op.kind_c() {
                Kind::Lit => self.string(op.c),
                Kind::None if !has(flag::NAMED) || opcode == Opcode::CHECK_FUNC_ARG => Ok(()),
                _ => Err("the name of an argument is a literal".to_string()),
            },
            Opcode::SWITCH_INT | Opcode::SWITCH_STRING | Opcode::MATCH => {
                match self.func.literals.jump_table(op.b, at as u32, &mut |_| {}) {
                    true => Ok(()),
                    false => Err("a jump table is expected".to_string()),
                }
            }
            // Names that are looked up by an instruction of their own need no literal.
            _ if roles[1] == Role::Class && roles[0] == Role::Val && op.kind_a() == Kind::Lit => {
                if opcode == Opcode::INSTANCEOF { Ok(()) } else { self.string(op.a) }
            }
            _ => Ok(()),
        }
    }

    fn string(&self, literal: u32) -> Result<(), String> {
        match self.func.literals.kind(literal) {
            Some(LiteralKind::Str) => Ok(()),
            other => Err(format!("literal {literal} should be a name, is {other:?}")),
        }
    }

    fn jump(&self, at: usize, target: u32) -> Result<(), String> {
        let target = target as usize;
        if target >= self.func.code.len() {
            return Err("jumps out of the function".to_string());
        }
        let head = target.checked_sub(1).map(|before| self.func.code[before].opcode());
        if target <= at && head != Some(Opcode::LOOP_HEAD) {
            return Err("jumps backwards to something that is no loop".to_string());
        }
        if self.func.code[target].opcode() == Opcode::DATA {
            return Err("jumps to a DATA".to_string());
        }
        Ok(())
    }

    fn tries(&self) -> Result<(), FlowError> {
        let count = self.func.code.len() as u32;
        for region in self.func.tries {
            let ordered = region.start < count
                && region.catch < count
                && region.finally <= region.finally_end
                && region.finally_end < count
                && (region.catch != 0 || region.finally != 0)
                && (region.catch == 0 || region.start < region.catch)
                && (region.finally == 0 || region.start.max(region.catch) <= region.finally);
            let is = |at: u32, opcode| self.func.code[at as usize].opcode() == opcode;
            let splits = |at: u32| is(at, Opcode::DATA);
            let fits = ordered
                && !splits(region.start)
                && !splits(region.finally)
                && (region.finally == 0 || is(region.finally_end, Opcode::FAST_RET))
                && (region.catch == 0 || is(region.catch, Opcode::CATCH));
            if !fits {
                return Err(FlowError { at: region.start, text: format!("malformed {region:?}") });
            }
        }
        Ok(())
    }

    /// A slot holds values of one kind only, as live ranges know a slot's kind by what defines it.
    fn slot_kinds(&self) -> Result<(), FlowError> {
        let first = self.func.cvs;
        let mut kinds: Vec<Option<Option<LiveKind>>> = vec![None; self.func.tmps as usize];
        for (at, op) in self.func.code.iter().enumerate() {
            let opcode = op.opcode();
            if opcode.info().roles[2] != Role::Res || op.kind_c() != Kind::Tmp {
                continue;
            }
            let kind = match opcode {
                Opcode::FE_RESET_R | Opcode::FE_RESET_RW => Some(LiveKind::Loop),
                Opcode::BEGIN_SILENCE => Some(LiveKind::Silence),
                Opcode::FETCH_CLASS | Opcode::DECLARE_CLASS => None,
                _ => Some(LiveKind::Value),
            };
            let known = kinds[(op.c - first) as usize].get_or_insert(kind);
            if *known != kind {
                return Err(FlowError { at: at as u32, text: "a temporary of two kinds".to_string() });
            }
        }
        Ok(())
    }
}
