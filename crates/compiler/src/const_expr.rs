//! Constant expressions: default values, constants, attribute arguments.
//!
//! What is known while compiling becomes a value. The rest becomes a function without parameters that computes it; only
//! some kinds of expressions are allowed in it.

use crate::Compiler;
use crate::error::Result;
use crate::operand::Const;
use phalanx_bytecode::draft::{Bytes, Init};
use phalanx_bytecode::flags::func;
use phalanx_syntax::ast::{Args, ArrayItem, BinaryOp, Expr, ExprId, Name, NameKind, UnaryOp};

/// Where a constant expression stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Context {
    /// Parameter defaults, static variables, global constants, attribute arguments: `new` is allowed.
    Param,
    /// Constants and properties of classes, enum cases.
    Class,
}

impl Compiler<'_> {
    /// The initial value that an expression gives.
    pub(crate) fn init(&mut self, id: ExprId, context: Context) -> Result<Init> {
        self.check_const_expr(id, context)?;
        if let Some(value) = self.constant_value(id) {
            return Ok(Init::Value(self.const_literal(value)));
        }
        let line = self.line;
        let (outer, index) = self.enter_function();
        self.f.info.is_const_expr = true;
        self.f.draft.flags = func::CONST_EXPR;
        if self.declares.strict_types {
            self.f.draft.flags |= func::STRICT_TYPES;
        }
        self.f.draft.class = self.class.as_ref().map(|scope| scope.index);
        self.at(self.ast.expr_pos(id));
        self.f.draft.line_start = self.line;
        self.f.draft.line_end = self.line;
        let value = self.expr(id)?;
        self.emit(phalanx_bytecode::Opcode::RETURN, value, crate::operand::NONE, crate::operand::NONE);
        self.leave_function(outer, index)?;
        self.line = line;
        Ok(Init::Code(index))
    }

    /// Refuses expressions that cannot stand in a constant expression.
    pub(crate) fn check_const_expr(&mut self, id: ExprId, context: Context) -> Result<()> {
        self.nested(|compiler| compiler.check_const_node(id, context))
    }

    fn check_const_node(&mut self, id: ExprId, context: Context) -> Result<()> {
        let ast = self.ast;
        let mut children: [Option<ExprId>; 3] = [None; 3];
        match ast.expr(id) {
            // Errors are reported where the declaration stands, or the last constant before.
            Expr::Const(_) => {
                if self.constant_value(id).is_none() {
                    self.at(ast.expr_pos(id));
                }
            }
            Expr::Int(_) | Expr::Float(_) | Expr::Str(_) | Expr::Magic(_) => {}
            Expr::Array { items, .. } => {
                for item in ast.array_items(items) {
                    match item {
                        ArrayItem::Hole => return self.error("Cannot use empty array elements in arrays"),
                        ArrayItem::Spread(value) => self.check_const_expr(value, context)?,
                        ArrayItem::Value { by_ref: true, .. } => return self.invalid(),
                        ArrayItem::Value { key, value, .. } => {
                            if let Some(key) = key {
                                self.check_const_expr(key, context)?;
                            }
                            self.check_const_expr(value, context)?;
                        }
                    }
                }
            }
            Expr::Unary { op: UnaryOp::Plus | UnaryOp::Minus | UnaryOp::Not | UnaryOp::BitNot, operand } => {
                children[0] = Some(operand);
            }
            Expr::Binary { op, left, right } => {
                let _: BinaryOp = op;
                // Long chains nest to the left.
                let mut left = left;
                self.check_const_expr(right, context)?;
                while let Expr::Binary { left: inner, right, .. } = ast.expr(left) {
                    self.check_const_expr(right, context)?;
                    left = inner;
                }
                children[0] = Some(left);
            }
            Expr::Ternary { cond, then, otherwise, .. } => {
                children = [Some(cond), then, Some(otherwise)];
            }
            Expr::Index { base, index: Some(index) } => children = [Some(base), Some(index), None],
            Expr::Index { index: None, .. } => return self.error("Cannot use [] for reading"),
            Expr::Prop { object, name, .. } => children = [Some(object), Some(name), None],
            Expr::ClassConst { class, name } => {
                self.check_const_class(class)?;
                children[0] = Some(name);
            }
            Expr::ClassName(class) => match ast.expr(class) {
                Expr::Name(name) if self.is_static_name(name) => {
                    return self.error("static::class cannot be used for compile-time class name resolution");
                }
                Expr::Name(name) => {
                    let class = self.class_ref(name)?;
                    self.check_class_scope(class)?;
                }
                Expr::Int(_) | Expr::Float(_) => return self.error("Illegal class name"),
                _ => {
                    return self.error("(expression)::class cannot be used in constant expressions");
                }
            },
            Expr::New { class, args } => self.check_const_new(class, args, context)?,
            Expr::NewAnonymous { .. } => {
                if context == Context::Class {
                    return self.error("New expressions are not supported in this context");
                }
                return self.error("Cannot use anonymous class in constant expression");
            }
            _ => return self.invalid(),
        }
        for child in children.into_iter().flatten() {
            self.check_const_expr(child, context)?;
        }
        Ok(())
    }

    fn invalid(&self) -> Result<()> {
        self.error("Constant expression contains invalid operations")
    }

    fn is_static_name(&self, name: Name) -> bool {
        name.kind == NameKind::Unqualified && self.ast.str(name.sym).eq_ignore_ascii_case(b"static")
    }

    fn check_const_class(&self, class: ExprId) -> Result<()> {
        match self.ast.expr(class) {
            Expr::Name(name) if self.is_static_name(name) => {
                self.error("\"static::\" is not allowed in compile-time constants")
            }
            Expr::Name(_) => Ok(()),
            Expr::Int(_) | Expr::Float(_) => self.error("Illegal class name"),
            _ => self.error("Dynamic class names are not allowed in compile-time class constant references"),
        }
    }

    fn check_const_new(&mut self, class: ExprId, args: Args, context: Context) -> Result<()> {
        if context == Context::Class {
            return self.error("New expressions are not supported in this context");
        }
        match self.ast.expr(class) {
            Expr::Name(name) if self.is_static_name(name) => {
                return self.error("\"static\" is not allowed in compile-time constants");
            }
            Expr::Name(_) => {}
            _ => return self.error("Cannot use dynamic class name in constant expression"),
        }
        let ast = self.ast;
        let Some(list) = args.list() else {
            return self.invalid();
        };
        for arg in ast.list(list) {
            match ast.expr(arg) {
                Expr::Spread(_) => {
                    return self.error("Argument unpacking in constant expressions is not supported");
                }
                Expr::NamedArg { value, .. } => self.check_const_expr(value, context)?,
                _ => self.check_const_expr(arg, context)?,
            }
        }
        Ok(())
    }

    /// The text of a default value for Reflection.
    pub(crate) fn default_text(&mut self, id: ExprId) -> Option<Bytes> {
        let _ = id;
        None
    }
}

/// What PHP calls the type of a constant value.
pub(crate) fn value_type(value: Const) -> &'static str {
    match value {
        Const::Null => "null",
        Const::Bool(_) => "bool",
        Const::Int(_) => "int",
        Const::Float(_) => "float",
        Const::Str(_) => "string",
        Const::Array(_) => "array",
    }
}
