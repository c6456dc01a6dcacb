//! Binary operators, the ternary and assignments.

use super::postfix::Class;
use super::{Failed, Parsed, Parser};
use crate::ast::{BinaryOp, Expr, ExprId, IncDecOp};
use crate::token::{KIND_COUNT, TokenKind as T};

/// Binding strengths, weakest first, in the order of PHP's precedence declarations.
pub(super) mod level {
    pub const LOWEST: u8 = 0;
    pub const INCLUDE: u8 = 3;
    pub const LOGICAL_OR: u8 = 4;
    pub const LOGICAL_XOR: u8 = 5;
    pub const LOGICAL_AND: u8 = 6;
    pub const PRINT: u8 = 7;
    pub const YIELD: u8 = 8;
    pub const YIELD_FROM: u8 = 10;
    pub const ASSIGN: u8 = 11;
    pub const TERNARY: u8 = 12;
    pub const COALESCE: u8 = 13;
    pub const BOOLEAN_OR: u8 = 14;
    pub const BOOLEAN_AND: u8 = 15;
    pub const BIT_OR: u8 = 16;
    pub const BIT_XOR: u8 = 17;
    pub const BIT_AND: u8 = 18;
    pub const EQUALITY: u8 = 19;
    pub const COMPARISON: u8 = 20;
    pub const CONCAT: u8 = 21;
    pub const SHIFT: u8 = 22;
    pub const ADD: u8 = 23;
    pub const MULTIPLY: u8 = 24;
    pub const NOT: u8 = 25;
    pub const INSTANCEOF: u8 = 26;
    pub const UNARY: u8 = 27;
    pub const POW: u8 = 28;
    pub const CLONE: u8 = 29;
}

/// What an infix token means.
#[derive(Clone, Copy)]
enum Infix {
    None,
    Left(BinaryOp),
    Right(BinaryOp),
    /// `a == b == c` is an error.
    NonAssoc(BinaryOp),
    Ternary,
    Instanceof,
}

/// Strength and meaning of each token as infix operator.
static INFIX: [(u8, Infix); KIND_COUNT] = {
    let mut table = [(0, Infix::None); KIND_COUNT];
    macro_rules! infix {
        ($($kind:ident: $level:ident $infix:expr;)*) => { $(table[T::$kind as usize] = (level::$level, $infix);)* };
    }
    use BinaryOp as B;
    use Infix::{Left, NonAssoc, Right};
    infix! {
        LogicalOr: LOGICAL_OR Left(B::Or);
        LogicalXor: LOGICAL_XOR Left(B::Xor);
        LogicalAnd: LOGICAL_AND Left(B::And);
        Question: TERNARY Infix::Ternary;
        Coalesce: COALESCE Right(B::Coalesce);
        BooleanOr: BOOLEAN_OR Left(B::Or);
        BooleanAnd: BOOLEAN_AND Left(B::And);
        Bar: BIT_OR Left(B::BitOr);
        Caret: BIT_XOR Left(B::BitXor);
        Ampersand: BIT_AND Left(B::BitAnd);
        AmpersandVar: BIT_AND Left(B::BitAnd);
        IsEqual: EQUALITY NonAssoc(B::Equal);
        IsNotEqual: EQUALITY NonAssoc(B::NotEqual);
        IsIdentical: EQUALITY NonAssoc(B::Identical);
        IsNotIdentical: EQUALITY NonAssoc(B::NotIdentical);
        Spaceship: EQUALITY NonAssoc(B::Spaceship);
        Less: COMPARISON NonAssoc(B::Less);
        IsSmallerOrEqual: COMPARISON NonAssoc(B::LessEqual);
        Greater: COMPARISON NonAssoc(B::Greater);
        IsGreaterOrEqual: COMPARISON NonAssoc(B::GreaterEqual);
        Dot: CONCAT Left(B::Concat);
        Sl: SHIFT Left(B::ShiftLeft);
        Sr: SHIFT Left(B::ShiftRight);
        Plus: ADD Left(B::Add);
        Minus: ADD Left(B::Sub);
        Star: MULTIPLY Left(B::Mul);
        Slash: MULTIPLY Left(B::Div);
        Percent: MULTIPLY Left(B::Mod);
        Instanceof: INSTANCEOF Infix::Instanceof;
        Pow: POW Right(B::Pow);
    }
    table
};

/// The operator of a compound assignment.
fn assign_op(kind: T) -> Option<BinaryOp> {
    use BinaryOp as B;
    Some(match kind {
        T::PlusEqual => B::Add,
        T::MinusEqual => B::Sub,
        T::MulEqual => B::Mul,
        T::PowEqual => B::Pow,
        T::DivEqual => B::Div,
        T::ConcatEqual => B::Concat,
        T::ModEqual => B::Mod,
        T::AndEqual => B::BitAnd,
        T::OrEqual => B::BitOr,
        T::XorEqual => B::BitXor,
        T::SlEqual => B::ShiftLeft,
        T::SrEqual => B::ShiftRight,
        T::CoalesceEqual => B::Coalesce,
        _ => return None,
    })
}

impl Parser<'_> {
    /// An expression.
    #[inline]
    pub(super) fn expr(&mut self) -> Parsed<ExprId> {
        self.expr_from(level::LOWEST)
    }

    /// An expression whose operators all bind at least as tightly as `min`.
    pub(super) fn expr_from(&mut self, min: u8) -> Parsed<ExprId> {
        self.nested(|parser| {
            let left = parser.prefix()?;
            parser.infix(left, min)
        })
    }

    /// Goes on behind a complete operand.
    pub(super) fn infix(&mut self, first: ExprId, min: u8) -> Parsed<ExprId> {
        let mut left = first;
        loop {
            let (level, infix) = INFIX[self.tok.kind as usize];
            if level < min || level == 0 {
                return Ok(left);
            }
            let pos = self.pos(left);
            let expr = match infix {
                Infix::None => return Ok(left),
                Infix::Left(op) => {
                    self.bump();
                    let right = self.expr_from(level + 1)?;
                    Expr::Binary { op, left, right }
                }
                Infix::Right(op) => {
                    self.bump();
                    let right = self.expr_from(level)?;
                    Expr::Binary { op, left, right }
                }
                Infix::NonAssoc(op) => {
                    self.bump();
                    let right = self.expr_from(level + 1)?;
                    if INFIX[self.tok.kind as usize].0 == level {
                        return Err(Failed);
                    }
                    Expr::Binary { op, left, right }
                }
                Infix::Ternary => {
                    self.bump();
                    let then = if self.at(T::Colon) { None } else { Some(self.expr()?) };
                    self.expect(T::Colon)?;
                    let otherwise = self.expr_from(level + 1)?;
                    Expr::Ternary { cond: left, then, otherwise, parenthesized: false }
                }
                Infix::Instanceof => {
                    self.bump();
                    let class = self.class_reference()?;
                    Expr::Instanceof { value: left, class }
                }
            };
            left = self.add(expr, pos);
        }
    }

    /// What may follow a variable and binds it at once, however tightly the operator before it binds: assignments and
    /// `++`, `--`.
    #[inline]
    pub(super) fn after_variable(&mut self, target: ExprId) -> Parsed<ExprId> {
        let pos = self.pos(target);
        let expr = match self.tok.kind {
            T::Equals => {
                self.bump();
                if self.at_ampersand() {
                    self.bump();
                    let value = self.variable()?;
                    Expr::AssignRef { target, value }
                } else {
                    Expr::Assign { target, value: self.expr_from(level::ASSIGN)? }
                }
            }
            T::Inc => {
                self.bump();
                Expr::IncDec { op: IncDecOp::PostInc, target }
            }
            T::Dec => {
                self.bump();
                Expr::IncDec { op: IncDecOp::PostDec, target }
            }
            kind => match assign_op(kind) {
                Some(op) => {
                    self.bump();
                    Expr::AssignOp { op, target, value: self.expr_from(level::ASSIGN)? }
                }
                None => return Ok(target),
            },
        };
        Ok(self.add(expr, pos))
    }

    /// A variable that is not assigned to here: behind `&`, in `unset`, `foreach` and `++`.
    pub(super) fn variable(&mut self) -> Parsed<ExprId> {
        let (variable, class) = self.nested(|parser| parser.operand())?;
        if class.contains(Class::VARIABLE) { Ok(variable) } else { Err(Failed) }
    }

    /// `expr, expr, ...` until something else follows; at least one.
    pub(super) fn expr_list(&mut self) -> Parsed<crate::ast::List<ExprId>> {
        let mark = self.mark();
        loop {
            let expr = self.expr()?;
            self.push_id(expr);
            if !self.eat(T::Comma) {
                return Ok(self.finish_list(mark));
            }
        }
    }
}
