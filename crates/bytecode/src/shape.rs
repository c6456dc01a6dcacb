//! A function as the rules see it: its instructions in plain numbers, and what surrounds them. Drafts have this shape, and so
//! has a function of an image once its offsets have been turned into numbers again, so that one set of rules
//! ([`crate::verify`], [`crate::flow`]) serves both.

use crate::Op;
use crate::draft::{FunctionDraft, Literal, TryRegion};

/// What a literal is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LiteralKind {
    /// A string.
    Str,
    /// An array, also the jump table of a `switch` or `match`.
    Array,
    /// Anything else.
    Other,
}

/// The literals of a function.
pub trait Literals {
    /// What literal `index` is; none if there are not that many.
    fn kind(&self, index: u32) -> Option<LiteralKind>;

    /// Gives the targets in jump table `index` of the instruction `user` to `then`. False if it is no jump table.
    fn jump_table(&self, index: u32, user: u32, then: &mut dyn FnMut(u32)) -> bool;
}

impl Literals for Vec<Literal> {
    fn kind(&self, index: u32) -> Option<LiteralKind> {
        Some(match self.get(index as usize)? {
            Literal::Str(_) | Literal::Name(..) => LiteralKind::Str,
            Literal::Array(_) | Literal::JumpTable(_) => LiteralKind::Array,
            _ => LiteralKind::Other,
        })
    }

    fn jump_table(&self, index: u32, _: u32, then: &mut dyn FnMut(u32)) -> bool {
        let Some(Literal::JumpTable(entries)) = self.get(index as usize) else { return false };
        entries.iter().for_each(|&(_, target)| then(target));
        true
    }
}

/// A function; see the module documentation.
#[derive(Clone, Copy)]
pub struct Shape<'a> {
    /// Instructions.
    pub code: &'a [Op],
    /// Number of variables.
    pub cvs: u32,
    /// Number of temporaries.
    pub tmps: u32,
    /// Try regions.
    pub tries: &'a [TryRegion],
    /// Literals.
    pub literals: &'a dyn Literals,
}

impl FunctionDraft {
    /// Its shape.
    pub fn shape(&self) -> Shape<'_> {
        Shape {
            code: &self.code,
            cvs: self.cvs.len() as u32,
            tmps: self.tmps,
            tries: &self.tries,
            literals: &self.literals,
        }
    }
}
