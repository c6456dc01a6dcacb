//! Array literals.

use crate::Compiler;
use crate::error::Result;
use crate::fetch::Mode;
use crate::operand::{Const, NONE, Operand};
use phalanx_bytecode::draft::{Literal, LiteralKey};
use phalanx_bytecode::{Opcode, flags::op as flag};
use phalanx_syntax::ast::{ArrayItem, ArraySyntax, Expr, ExprId, List};
use rustc_hash::FxHashMap;

/// Among so many keys a search is as fast as a table.
const FEW: usize = 8;

/// An array being put together while compiling.
#[derive(Default)]
pub(crate) struct ArrayBuilder {
    items: Vec<(LiteralKey, Literal)>,
    /// Each key is the number of its element, so none comes twice.
    is_list: bool,
    /// Places by key, kept only if there are many and they are no list's.
    places: Option<FxHashMap<LiteralKey, usize>>,
    /// The next automatic key; `None` when there is none left.
    next: Option<i64>,
    any: bool,
}

impl ArrayBuilder {
    pub(crate) fn new() -> ArrayBuilder {
        ArrayBuilder { next: Some(0), is_list: true, ..ArrayBuilder::default() }
    }

    /// Adds a value under the next automatic key; false if there is none left.
    pub(crate) fn push(&mut self, value: Literal) -> bool {
        let Some(next) = self.next else { return false };
        self.insert(LiteralKey::Int(next), value);
        true
    }

    pub(crate) fn insert(&mut self, key: LiteralKey, value: Literal) {
        if let LiteralKey::Int(key) = key {
            let follows = match self.next {
                // A negative first key is followed by its successor.
                Some(_) if !self.any => true,
                Some(next) => key >= next,
                None => false,
            };
            if follows {
                self.next = key.checked_add(1);
            }
            self.any = true;
        }
        self.is_list &= key == LiteralKey::Int(self.items.len() as i64);
        match if self.is_list { None } else { self.find(&key) } {
            Some(at) => self.items[at].1 = value,
            None => {
                if let Some(places) = &mut self.places {
                    places.insert(key.clone(), self.items.len());
                }
                self.items.push((key, value));
            }
        }
    }

    /// Where a key is.
    fn find(&mut self, key: &LiteralKey) -> Option<usize> {
        let mut keys = self.items.iter().map(|(key, _)| key);
        if self.items.len() <= FEW {
            return keys.position(|known| known == key);
        }
        let places = self.places.get_or_insert_with(|| keys.cloned().zip(0..).collect());
        places.get(key).copied()
    }

    pub(crate) fn finish(self) -> Vec<(LiteralKey, Literal)> {
        self.items
    }
}

impl Compiler<'_> {
    pub(crate) fn array(&mut self, id: ExprId, items: List<ExprId>, syntax: ArraySyntax) -> Result<Operand> {
        if syntax == ArraySyntax::List {
            return self.error("Cannot use list() as standalone expression");
        }
        let _ = id;
        if let Some(value) = self.constant_array(items) {
            return Ok(Operand::Const(value));
        }
        self.check_constant_spread(items)?;
        let ast = self.ast;
        let count = ast.array_items(items).len() as u32;
        let result = self.f.tmp();
        let mut begun = false;
        for item in ast.array_items(items) {
            let (key, value, by_ref) = match item {
                ArrayItem::Hole => return self.error("Cannot use empty array elements in arrays"),
                ArrayItem::Spread(value) => {
                    let value = self.expr(value)?;
                    if !begun {
                        self.begin_array(count, NONE, NONE, result, 0);
                        begun = true;
                    }
                    self.emit(Opcode::ADD_UNPACK, value, NONE, result);
                    continue;
                }
                ArrayItem::Value { key, value, by_ref } => (key, value, by_ref),
            };
            let key = match key {
                Some(key) => self.expr(key)?,
                None => NONE,
            };
            let value = if by_ref {
                if !self.is_variable(value) {
                    return self.error("Cannot assign reference to non referenceable value");
                }
                if !self.is_this(value) {
                    self.check_writable(value)?;
                }
                self.var(value, Mode::Write, true)?
            } else {
                self.expr(value)?
            };
            let flags = if by_ref { flag::BY_REF } else { 0 };
            if begun {
                self.emit_flags(Opcode::ADD_ELEMENT, value, key, result, flags);
            } else {
                self.begin_array(count, value, key, result, flags);
                begun = true;
            }
        }
        if !begun {
            self.begin_array(0, NONE, NONE, result, 0);
        }
        Ok(result)
    }

    /// Spreading a constant that is no array is refused where nothing else has to be computed.
    fn check_constant_spread(&mut self, items: List<ExprId>) -> Result<()> {
        let ast = self.ast;
        let mut wrong = None;
        for item in ast.array_items(items) {
            let ArrayItem::Spread(value) = item else { continue };
            match self.constant_value(value) {
                Some(Const::Array(_)) => {}
                Some(value) => wrong = wrong.or(Some(value)),
                None => return Ok(()),
            }
        }
        let Some(wrong) = wrong else { return Ok(()) };
        for item in ast.array_items(items) {
            if let ArrayItem::Value { key, value, by_ref } = item {
                let known = |compiler: &mut Self, id| compiler.constant_value(id).is_some();
                if by_ref || !known(self, value) || key.is_some_and(|key| !known(self, key)) {
                    return Ok(());
                }
            }
        }
        let kind = crate::const_expr::value_type(wrong);
        self.error(format!("Only arrays and Traversables can be unpacked, {kind} given"))
    }

    fn begin_array(&mut self, count: u32, value: Operand, key: Operand, result: Operand, flags: u16) {
        if count > 1 {
            self.emit(Opcode::ARRAY_SIZE, Operand::Num(count), NONE, NONE);
        }
        self.emit_flags(Opcode::INIT_ARRAY, value, key, result, flags);
    }

    /// The array if all of its elements are constants.
    pub(crate) fn constant_array(&mut self, items: List<ExprId>) -> Option<Const> {
        let mut builder = ArrayBuilder::new();
        let ast = self.ast;
        for item in ast.array_items(items) {
            match item {
                ArrayItem::Hole => return None,
                ArrayItem::Spread(value) => {
                    let Const::Array(spread) = self.constant_value(value)? else { return None };
                    let spread = self.arrays[spread.0 as usize].clone();
                    for (key, value) in spread {
                        match key {
                            LiteralKey::Int(_) => builder.push(value).then_some(())?,
                            LiteralKey::Str(_) => builder.insert(key, value),
                        }
                    }
                }
                ArrayItem::Value { by_ref: true, .. } => return None,
                ArrayItem::Value { key, value, by_ref: false } => {
                    let key = match key {
                        Some(key) => {
                            let key = self.constant_value(key)?;
                            Some(self.array_key(key)?)
                        }
                        None => None,
                    };
                    let value = self.constant_value(value)?;
                    let value = self.take_literal(value);
                    match key {
                        Some(key) => builder.insert(key, value),
                        None => builder.push(value).then_some(())?,
                    }
                }
            }
        }
        Some(self.array_const(builder.finish()))
    }

    /// The literal of a constant that nobody else uses: an array moves.
    fn take_literal(&mut self, value: Const) -> Literal {
        match value {
            Const::Array(id) => Literal::Array(std::mem::take(&mut self.arrays[id.0 as usize])),
            _ => self.const_literal(value),
        }
    }

    /// The value of an expression that is known while compiling, without emitting anything.
    pub(crate) fn constant_value(&mut self, id: ExprId) -> Option<Const> {
        match self.ast.expr(id) {
            Expr::Int(value) => Some(Const::Int(value)),
            Expr::Float(value) => Some(Const::Float(value)),
            Expr::Str(value) => Some(Const::Str(value.into())),
            _ => self.nested(|compiler| compiler.constant_operation(id)),
        }
    }

    fn constant_operation(&mut self, id: ExprId) -> Option<Const> {
        use phalanx_syntax::ast::{BinaryOp, MagicConst, NameKind, UnaryOp};
        Some(match self.ast.expr(id) {
            Expr::Array { items, syntax } if syntax != ArraySyntax::List => self.constant_array(items)?,
            Expr::Const(name) => {
                if name.kind != NameKind::Qualified
                    && let Some(value) = crate::expr::special_constant(self.strings.get(name.sym.into()))
                {
                    return Some(value);
                }
                let resolved = self.constant_name(name);
                let value = (self.options.constant)(self.strings.get(resolved.name))?;
                self.literal_const(&value)?
            }
            Expr::Unary { op, operand } => {
                let value = self.constant_value(operand)?;
                match op {
                    UnaryOp::Plus => self.fold_binary(BinaryOp::Mul, value, Const::Int(1))?,
                    UnaryOp::Minus => self.fold_binary(BinaryOp::Mul, value, Const::Int(-1))?,
                    UnaryOp::Not => Const::Bool(!self.truthy(value)),
                    UnaryOp::BitNot => self.fold_bit_not(value)?,
                    UnaryOp::Silence | UnaryOp::Clone => return None,
                }
            }
            Expr::Binary { op, left, right } => {
                let left = self.constant_value(left)?;
                match op {
                    BinaryOp::And | BinaryOp::Or => {
                        let decides = op == BinaryOp::Or;
                        if self.truthy(left) == decides {
                            return Some(Const::Bool(decides));
                        }
                        let right = self.constant_value(right)?;
                        Const::Bool(self.truthy(right))
                    }
                    BinaryOp::Coalesce if left != Const::Null => left,
                    BinaryOp::Coalesce => self.constant_value(right)?,
                    _ => {
                        let right = self.constant_value(right)?;
                        self.fold_binary(op, left, right)?
                    }
                }
            }
            Expr::Ternary { cond, then, otherwise, .. } => {
                let value = self.constant_value(cond)?;
                match (self.truthy(value), then) {
                    (true, None) => value,
                    (true, Some(then)) => self.constant_value(then)?,
                    (false, _) => self.constant_value(otherwise)?,
                }
            }
            Expr::Index { base, index: Some(index) } => {
                let base = self.constant_value(base)?;
                let index = self.constant_value(index)?;
                self.fold_index(base, index)?
            }
            Expr::ClassName(class) => {
                let Expr::Name(name) = self.ast.expr(class) else { return None };
                match self.class_ref(name) {
                    Ok(crate::names::ClassRef::Named(name)) => Const::Str(name),
                    _ => return None,
                }
            }
            Expr::Magic(MagicConst::Class) => {
                if self.class.as_ref().is_some_and(|scope| scope.is_trait) {
                    return None;
                }
                self.magic_const(MagicConst::Class)
            }
            Expr::Magic(which) => {
                self.at(self.ast.expr_pos(id));
                self.magic_const(which)
            }
            _ => return None,
        })
    }
}
