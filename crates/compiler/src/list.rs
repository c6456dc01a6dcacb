//! Destructuring: `[$a, 'k' => $b] = $value`, also by reference and nested.

use crate::Compiler;
use crate::assign::Source;
use crate::error::Result;
use crate::fetch::{Mode, Place};
use crate::operand::{NONE, Operand};
use phalanx_bytecode::Opcode;
use phalanx_syntax::ast::{ArrayItem, ArraySyntax, Expr, ExprId, List};

impl Compiler<'_> {
    pub(crate) fn assign_list(
        &mut self,
        target: ExprId,
        items: List<ExprId>,
        value: ExprId,
        wanted: bool,
    ) -> Result<Operand> {
        let source = if self.has_references(items) {
            if !self.is_variable(value) {
                return self.error("Cannot assign reference to non referenceable value");
            }
            if self.is_nullsafe_chain(value) {
                return self.error("Cannot take reference of a nullsafe chain");
            }
            let place = self.var(value, Mode::Write, true)?;
            self.op(Opcode::MAKE_REF, place, NONE)
        } else {
            match self.ast.expr(value) {
                // The variable may be one of the targets, or share a reference with one.
                Expr::Var(name) => match self.simple_place(name) {
                    Place::Cv(cv) => self.op(Opcode::MOVE, Operand::Cv(cv), NONE),
                    _ => self.expr(value)?,
                },
                _ => self.expr(value)?,
            }
        };
        self.destructure(target, items, source)?;
        if wanted {
            return Ok(source);
        }
        self.free_kept(source);
        Ok(NONE)
    }

    /// Releases a temporary that instructions read and kept.
    pub(crate) fn free_kept(&mut self, value: Operand) {
        if let Operand::Tmp(_) = value {
            self.emit(Opcode::FREE, value, NONE, NONE);
        }
    }

    /// Whether a destructuring, nested ones included, takes references. Each of the nested ones asks again, so what is
    /// known of them is remembered.
    pub(crate) fn has_references(&mut self, items: List<ExprId>) -> bool {
        self.nested(|compiler| {
            let ast = compiler.ast;
            ast.array_items(items).any(|item| match item {
                ArrayItem::Value { by_ref: true, .. } => true,
                ArrayItem::Value { value, .. } => match ast.expr(value) {
                    Expr::Array { items, .. } => compiler.list_has_references(value, items),
                    _ => false,
                },
                _ => false,
            })
        })
    }

    fn list_has_references(&mut self, list: ExprId, items: List<ExprId>) -> bool {
        if let Some(&known) = self.list_references.get(&list) {
            return known;
        }
        let has = self.has_references(items);
        self.list_references.insert(list, has);
        has
    }

    /// Assigns the parts of `source`, which stays.
    pub(crate) fn destructure(&mut self, list: ExprId, items: List<ExprId>, source: Operand) -> Result<()> {
        self.nested(|compiler| compiler.destructure_items(list, items, source))
    }

    fn destructure_items(&mut self, list: ExprId, items: List<ExprId>, source: Operand) -> Result<()> {
        let ast = self.ast;
        let Expr::Array { syntax, .. } = ast.expr(list) else { unreachable!("a list is an array") };
        let first = ast.array_items(items).find(|item| *item != ArrayItem::Hole);
        let is_keyed = matches!(first, Some(ArrayItem::Value { key: Some(_), .. }));
        if syntax == ArraySyntax::Long {
            return self.error("Cannot assign to array(), use [] instead");
        }
        let mut any = false;
        for (index, item) in ast.array_items(items).enumerate() {
            let (key, value, by_ref) = match item {
                ArrayItem::Hole if is_keyed => {
                    return self.error("Cannot use empty array entries in keyed array assignment");
                }
                ArrayItem::Hole => continue,
                ArrayItem::Spread(_) => return self.error("Spread operator is not supported in assignments"),
                ArrayItem::Value { key, value, by_ref } => (key, value, by_ref),
            };
            any = true;
            let key = match key {
                Some(key) if is_keyed => self.expr(key)?,
                None if !is_keyed => Operand::int(index as i64),
                _ => return self.error("Cannot mix keyed and unkeyed array entries in assignments"),
            };
            self.check_list_target(value, syntax)?;
            let by_ref = by_ref
                || matches!(ast.expr(value), Expr::Array { items, .. } if self.list_has_references(value, items));
            let part = if by_ref {
                let place = self.op(Opcode::FETCH_LIST_W, source, key);
                self.op(Opcode::MAKE_REF, place, NONE)
            } else {
                self.op(Opcode::FETCH_LIST_R, source, key)
            };
            match ast.expr(value) {
                Expr::Array { items, .. } => {
                    self.destructure(value, items, part)?;
                    self.free_kept(part);
                }
                _ if by_ref => self.assign_ref_value(value, part)?,
                _ => {
                    self.at(ast.expr_pos(value));
                    self.assign_source(value, Source::Value(part), false)?;
                }
            }
        }
        if !any {
            return self.error("Cannot use empty list");
        }
        Ok(())
    }

    fn check_list_target(&self, target: ExprId, outer: ArraySyntax) -> Result<()> {
        let writable = matches!(
            self.ast.expr(target),
            Expr::Var(_)
                | Expr::VarVar(_)
                | Expr::Index { .. }
                | Expr::Prop { .. }
                | Expr::StaticProp { .. }
                | Expr::Call { .. }
                | Expr::MethodCall { .. }
                | Expr::StaticCall { .. }
                | Expr::Array { .. }
        );
        if !writable || self.is_nullsafe_chain(target) {
            return self.error("Assignments can only happen to writable values");
        }
        if let Expr::Array { syntax, .. } = self.ast.expr(target)
            && (syntax == ArraySyntax::List) != (outer == ArraySyntax::List)
        {
            return self.error("Cannot mix [] and list()");
        }
        Ok(())
    }
}
