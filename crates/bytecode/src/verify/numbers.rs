//! Operands that are numbers of something beside the function's own slots and jumps: parameters, statics, functions and
//! classes of the Unit, inline cache slots. And what the flags and numbers of a function promise of its instructions.
//!
//! Inline cache slots deserve a word. What lies in one is an address that the instruction believes without a look, and what it
//! is the address of depends on the instruction: so slots are *owned*. A name has its slots for itself, and is used by
//! instructions only that mean the same by them ([`Family`]).

use super::states::is_special;
use crate::flags::{func, op as flag};
use crate::shape::{LiteralKind, Shape};
use crate::table::{Opcode, Role};
use crate::{Kind, Op};

/// What others must know of a function.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Facts {
    /// Parameters, with a variadic one.
    pub(super) params: u32,
    /// Parameters without default.
    pub(super) required: u32,
    pub(super) statics: u32,
    pub(super) cache_slots: u32,
    pub(super) flags: u32,
    /// Class it is declared in plus 1, or 0.
    pub(super) class: u32,
}

/// The literals of a function, as far as operands do not say what they are.
pub(super) trait Names {
    /// The spare word of a literal.
    fn spare(&self, literal: u32) -> u32;

    /// The bytes of a literal, which is a string.
    fn text(&self, literal: u32) -> &[u8];
}

/// What the words in an inline cache mean.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Family {
    Function,
    Class,
    Method,
    StaticMethod,
    Property,
    StaticProperty,
    Constant,
    ClassConstant,
    /// Reserved and not looked at.
    Global,
    /// The hot counter of a loop.
    Counter,
}

/// A name literal's slots as its first user had them.
#[derive(Clone, Copy)]
struct Owner {
    family: Family,
    /// The literal, or `u32::MAX` for a loop.
    literal: u32,
}

/// The check of a function's numbers.
pub(super) struct Numbers<'a> {
    func: &'a Shape<'a>,
    facts: Facts,
    functions: &'a [Facts],
    classes: u32,
    names: &'a dyn Names,
    /// Owners of the inline cache slots.
    owners: Vec<Option<Owner>>,
}

type Result = std::result::Result<(), &'static str>;

fn when(holds: bool, text: &'static str) -> Result {
    if holds { Ok(()) } else { Err(text) }
}

/// The operand in the `DATA` of an instruction: where a key goes, what a reference is made of, or a value.
fn data(main: Opcode, op: Op) -> Result {
    use Opcode::*;
    let fits = match main {
        FE_FETCH_R | FE_FETCH_RW => op.kind_a() != Kind::Lit,
        ASSIGN_OBJ_REF | ASSIGN_STATIC_REF => matches!(op.kind_a(), Kind::Cv | Kind::Tmp),
        _ => op.kind_a() != Kind::None,
    };
    when(fits, "DATA of the wrong kind")
}

impl<'a> Numbers<'a> {
    pub(super) fn new(
        func: &'a Shape<'a>,
        facts: Facts,
        functions: &'a [Facts],
        classes: u32,
        names: &'a dyn Names,
    ) -> Self {
        let owners = vec![None; facts.cache_slots as usize];
        Self { func, facts, functions, classes, names, owners }
    }

    /// Checks all instructions; the error names one.
    pub(super) fn check(mut self) -> std::result::Result<(), (usize, &'static str)> {
        self.receives().map_err(|text| (0, text))?;
        for (at, &op) in self.func.code.iter().enumerate() {
            let opcode = op.opcode();
            if opcode == Opcode::DATA && at > 0 {
                data(self.func.code[at - 1].opcode(), op).map_err(|text| (at, text))?;
            }
            self.op(opcode, op).map_err(|text| (at, text))?;
            self.result(opcode, op).map_err(|text| (at, text))?;
            self.symbols(opcode, op).map_err(|text| (at, text))?;
            self.caches(opcode, op).map_err(|text| (at, text))?;
        }
        Ok(())
    }

    /// A call that gives all required arguments begins behind the instructions that receive them, if they check no types.
    fn receives(&self) -> Result {
        if self.facts.flags & func::HAS_PARAM_TYPES != 0 || self.func.code.is_empty() {
            return Ok(());
        }
        let receives = |number: u32| {
            let op = self.func.code.get(number as usize - 1);
            op.is_some_and(|op| op.opcode() == Opcode::RECV && op.a == number)
        };
        when((1..=self.facts.required).all(receives), "required parameters that are not received first")
    }

    /// Compiled code keeps variables elsewhere than in the frame while nobody asks for them by name.
    fn symbols(&self, opcode: Opcode, op: Op) -> Result {
        use Opcode::*;
        let by_name = match opcode {
            FETCH_R | FETCH_W | FETCH_RW | FETCH_IS | FETCH_UNSET | FETCH_FUNC_ARG | UNSET_VAR
            | ISSET_VAR => op.flags() & flag::GLOBAL == 0,
            INCLUDE => true,
            INIT_CALL => {
                let names = op.a + 1..=op.a + 1 + u32::from(op.flags() & flag::FALLBACK != 0);
                names.into_iter().any(|name| func::SCOPE_FUNCTIONS.contains(&self.names.text(name)))
            }
            _ => false,
        };
        when(!by_name || self.facts.flags & func::USES_SYMBOLS != 0, "uses variables by name unannounced")
    }

    fn op(&self, opcode: Opcode, op: Op) -> Result {
        use Opcode::*;
        let has = |flag| op.flags() & flag != 0;
        let generator = self.facts.flags & func::GENERATOR != 0;
        let count = self.func.code.len();
        match opcode {
            RECV | RECV_INIT | RECV_DEFAULT | RECV_VARIADIC => {
                let variadic = self.facts.flags & func::VARIADIC != 0 && op.a == self.facts.params;
                let is_own =
                    op.a >= 1 && op.a <= self.facts.params && op.kind_c() == Kind::Cv && op.c == op.a - 1;
                when(is_own && variadic == (opcode == RECV_VARIADIC), "no such parameter")
            }
            ROPE_END => {
                let end = u64::from(op.a) + u64::from(op.b);
                let slots = u64::from(self.func.cvs) + u64::from(self.func.tmps);
                when(op.b >= 1 && end <= slots, "a rope without end")
            }
            FREE | FE_FREE if has(flag::LEAVING) => when((op.b as usize) < count, "leaves nothing"),
            BIND_STATIC | INIT_STATIC => {
                when(op.b < self.facts.statics && op.kind_a() == Kind::Cv, "no such static variable")
            }
            BIND_GLOBAL | UNSET_CV | ISSET_CV => when(op.kind_a() == Kind::Cv, "a variable is expected"),
            CLOSURE => {
                let closure = self.functions.get(op.a as usize);
                when(closure.is_some_and(|facts| facts.flags & func::CLOSURE != 0), "no such closure")
            }
            DECLARE_FUNCTION => {
                let function = self.functions.get(op.a as usize);
                when(function.is_some_and(|facts| facts.class == 0), "no such function")
            }
            DECLARE_CLASS => {
                when(op.a < self.classes, "no such class")?;
                when(op.kind_c() != Kind::Tmp || has(flag::ANON), "a result that is not written")
            }
            BIND_LEXICAL => when(op.kind_b() == Kind::Cv, "a variable is expected"),
            INIT_CALL | INIT_CALL_DYNAMIC | NEW => {
                when(op.b as usize <= count, "more arguments than instructions")
            }
            INIT_CALL_METHOD | INIT_CALL_STATIC => {
                when(op.c as usize <= count, "more arguments than instructions")
            }
            INIT_CALL_PARENT_HOOK => when(op.b <= 1 && op.c as usize <= count, "no such hook"),
            SEND_VAR => when(op.kind_a() != Kind::Lit, "a literal that may be sent by reference"),
            INIT_ARRAY | ADD_ELEMENT | YIELD if has(flag::BY_REF) => {
                when(op.kind_a() != Kind::Lit, "a reference to a literal")
            }
            VERIFY_RETURN if has(flag::KEEP_A) => {
                when(op.kind_c() == Kind::None, "a result of what stays")?;
                when(matches!(op.kind_a(), Kind::Cv | Kind::Tmp), "a reference to a literal")
            }
            CATCH if !matches!(op.kind_c(), Kind::Cv | Kind::None) => Err("catches into no variable"),
            // The exception waits meanwhile, which other code does not expect.
            CATCH if !has(flag::LAST) => {
                let next = self.func.code[op.b as usize].opcode();
                when(next == CATCH, "goes from a handler to something that is none")
            }
            YIELD | YIELD_FROM | RETURN_GENERATOR | CREATE_GENERATOR => {
                when(generator, "a generator's instruction in a plain function")
            }
            RETURN | RETURN_REF => when(!generator, "a plain return in a generator"),
            END_SILENCE => when(op.kind_a() == Kind::Tmp, "no saved error level"),
            FAST_CALL => when(op.kind_c() == Kind::Tmp, "remembers nothing"),
            FETCH_CLASS if op.kind_a() == Kind::Lit => {
                when(self.func.literals.kind(op.a) == Some(LiteralKind::Str), "a class without a name")
            }
            FETCH_CLASS | FETCH_CLASS_NAME if op.kind_a() == Kind::None => {
                when(op.a <= crate::flags::CLASS_STATIC, "no such class")
            }
            _ => Ok(()),
        }
    }

    /// Where a result goes: to a variable only by assignment, and never what is no value of PHP.
    fn result(&self, opcode: Opcode, op: Op) -> Result {
        let to_variable = op.flags() & flag::DEST_CV != 0;
        if opcode.info().roles[2] != Role::Res {
            return when(!to_variable, "a result without a place");
        }
        when(!to_variable || op.kind_c() == Kind::Cv, "a result for no variable")?;
        // The first element is put into an array that lies there already.
        let fills = opcode == Opcode::INIT_ARRAY && op.kind_a() != Kind::None;
        let needs_temporary = fills || is_special(opcode) && opcode != Opcode::DECLARE_CLASS;
        if needs_temporary && op.kind_c() != Kind::Tmp {
            return Err("a result without a temporary");
        }
        if op.kind_c() != Kind::Cv {
            return Ok(());
        }
        let param =
            matches!(opcode, Opcode::RECV | Opcode::RECV_INIT | Opcode::RECV_DEFAULT | Opcode::RECV_VARIADIC);
        when(param || to_variable && !is_special(opcode), "a variable is overwritten")
    }

    fn caches(&mut self, opcode: Opcode, op: Op) -> Result {
        use Opcode::*;
        let operands = [(op.kind_a(), op.a), (op.kind_b(), op.b)];
        for (role, (kind, literal)) in opcode.info().roles.into_iter().zip(operands) {
            if role == Role::Class && kind == Kind::Lit {
                self.own(Family::Class, literal, 1)?;
            }
        }
        let b_is_name = op.kind_b() == Kind::Lit;
        match opcode {
            LOOP_HEAD => self.slots(Owner { family: Family::Counter, literal: u32::MAX }, op.b, 1),
            INIT_CALL => self.own(Family::Function, op.a, 1),
            FETCH_CONST => self.own(Family::Constant, op.a, 1),
            FETCH_CLASS if op.kind_a() == Kind::Lit => self.own(Family::Class, op.a, 1),
            BIND_GLOBAL => self.own(Family::Global, op.b, 1),
            INIT_CALL_METHOD if b_is_name => self.own(Family::Method, op.b, 2),
            INIT_CALL_STATIC if b_is_name => self.own(Family::StaticMethod, op.b, 2),
            FETCH_CLASS_CONST if b_is_name => self.own(Family::ClassConstant, op.b, 2),
            FETCH_OBJ_R | FETCH_OBJ_W | FETCH_OBJ_RW | FETCH_OBJ_IS | FETCH_OBJ_UNSET
            | FETCH_OBJ_FUNC_ARG | ASSIGN_OBJ | ASSIGN_OBJ_OP | ASSIGN_OBJ_REF | PRE_INC_OBJ
            | PRE_DEC_OBJ | POST_INC_OBJ | POST_DEC_OBJ | UNSET_OBJ | ISSET_OBJ
                if b_is_name =>
            {
                self.own(Family::Property, op.b, 3)
            }
            _ if opcode.info().roles[..2] == [Role::Val, Role::Class]
                && opcode != INSTANCEOF
                && op.kind_a() == Kind::Lit =>
            {
                self.own(Family::StaticProperty, op.a, 2)
            }
            _ => Ok(()),
        }
    }

    /// Notes that a name's slots are used as those of a family.
    fn own(&mut self, family: Family, literal: u32, count: u32) -> Result {
        when(self.func.literals.kind(literal) == Some(LiteralKind::Str), "a name is expected")?;
        self.slots(Owner { family, literal }, self.names.spare(literal), count)
    }

    fn slots(&mut self, owner: Owner, first: u32, count: u32) -> Result {
        let first = first as usize;
        let slots = self.owners.get_mut(first..first + count as usize).ok_or("no such inline cache")?;
        for slot in slots {
            match slot {
                None => *slot = Some(owner),
                Some(known)
                    if known.family == owner.family
                        && known.literal == owner.literal
                        && owner.family != Family::Counter => {}
                Some(_) => return Err("an inline cache of two owners"),
            }
        }
        Ok(())
    }
}
