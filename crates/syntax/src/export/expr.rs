//! Expressions. Numbers are PHP's priorities: an operand is put in parentheses when its operator's priority is lower than
//! what its place asks for.

use super::Exporter;
use super::number::format_float_literal;
use crate::ast::{
    Args, ArrayItem, BinaryOp, CastType, Expr, ExprId, IncDecOp, IncludeKind, MagicConst, UnaryOp,
};

/// The text of a binary operator, its priority and what it asks of its right operand.
fn binary(op: BinaryOp) -> (&'static str, u16, u16) {
    match op {
        BinaryOp::Add => ("+", 200, 201),
        BinaryOp::Sub => ("-", 200, 201),
        BinaryOp::Mul => ("*", 210, 211),
        BinaryOp::Div => ("/", 210, 211),
        BinaryOp::Mod => ("%", 210, 211),
        BinaryOp::Pow => ("**", 250, 250),
        BinaryOp::Concat => (".", 185, 186),
        BinaryOp::BitOr => ("|", 140, 141),
        BinaryOp::BitAnd => ("&", 160, 161),
        BinaryOp::BitXor => ("^", 150, 151),
        BinaryOp::ShiftLeft => ("<<", 190, 191),
        BinaryOp::ShiftRight => (">>", 190, 191),
        BinaryOp::And => ("&&", 130, 131),
        BinaryOp::Or => ("||", 120, 121),
        BinaryOp::Xor => ("xor", 40, 41),
        BinaryOp::Coalesce => ("??", 110, 110),
        BinaryOp::Equal => ("==", 170, 171),
        BinaryOp::NotEqual => ("!=", 170, 171),
        BinaryOp::Identical => ("===", 170, 171),
        BinaryOp::NotIdentical => ("!==", 170, 171),
        BinaryOp::Less => ("<", 180, 181),
        BinaryOp::LessEqual => ("<=", 180, 181),
        BinaryOp::Greater => (">", 180, 181),
        BinaryOp::GreaterEqual => (">=", 180, 181),
        BinaryOp::Spaceship => ("<=>", 180, 181),
    }
}

/// What a binary operator asks of its left operand.
fn left_priority(op: BinaryOp, priority: u16) -> u16 {
    match op {
        BinaryOp::Identical
        | BinaryOp::NotIdentical
        | BinaryOp::Equal
        | BinaryOp::NotEqual
        | BinaryOp::Less
        | BinaryOp::LessEqual
        | BinaryOp::Greater
        | BinaryOp::GreaterEqual
        | BinaryOp::Spaceship
        | BinaryOp::Pow
        | BinaryOp::Coalesce => priority + 1,
        _ => priority,
    }
}

impl Exporter<'_> {
    /// An expression at a place that asks for `priority`.
    pub(super) fn expr(&mut self, expr: ExprId, priority: u16, indent: usize) {
        self.nested(|exporter| exporter.expr_here(expr, priority, indent));
    }

    /// Prints in parentheses when `own` is below `priority`.
    fn grouped(&mut self, own: u16, priority: u16, print: impl FnOnce(&mut Self)) {
        if priority > own {
            self.push("(");
            print(self);
            self.push(")");
        } else {
            print(self);
        }
    }

    fn prefix(&mut self, text: &str, own: u16, priority: u16, operand: ExprId, asked: u16, indent: usize) {
        self.grouped(own, priority, |exporter| {
            exporter.push(text);
            exporter.expr(operand, asked, indent);
        });
    }

    fn call_like(&mut self, name: &str, operand: ExprId, indent: usize) {
        self.push(name);
        self.push("(");
        self.expr(operand, 0, indent);
        self.push(")");
    }

    fn assignment(&mut self, target: ExprId, op: &str, value: ExprId, priority: u16, indent: usize) {
        self.grouped(90, priority, |exporter| {
            exporter.expr(target, 91, indent);
            exporter.push(op);
            exporter.expr(value, 90, indent);
        });
    }

    fn expr_here(&mut self, id: ExprId, priority: u16, indent: usize) {
        match self.ast.expr(id) {
            Expr::Int(value) => self.push(&value.to_string()),
            Expr::Float(value) => self.push(&format_float_literal(value, self.precision)),
            Expr::Str(sym) => {
                let text = self.ast.str(sym);
                self.string(text);
            }
            Expr::Interpolated(parts) => self.interpolated(parts, b'"', indent),
            Expr::ShellExec(parts) => self.interpolated(parts, b'`', indent),
            Expr::DollarBrace { inner, .. } => self.expr(inner, priority, indent),
            Expr::Var(name) => {
                self.push("$");
                self.variable_name(name);
            }
            Expr::VarVar(name) => {
                self.push("$");
                self.member_name(name, indent);
            }
            Expr::Array { items, .. } => {
                self.push("[");
                let items: Vec<ArrayItem> = self.ast.array_items(items).collect();
                self.separated(items, ", ", |exporter, item| exporter.array_item(item, indent));
                self.push("]");
            }
            Expr::Item { key, value, by_ref } => {
                self.array_item(ArrayItem::Value { key, value, by_ref }, indent);
            }
            Expr::Spread(value) => {
                self.push("...");
                self.expr(value, 0, indent);
            }
            Expr::Hole => {}
            Expr::NamedArg { name, value } => {
                self.sym(name);
                self.push(": ");
                self.expr(value, 0, indent);
            }
            Expr::Index { base, index } => {
                self.expr(base, 260, indent);
                self.push("[");
                if let Some(index) = index {
                    self.expr(index, 0, indent);
                }
                self.push("]");
            }
            Expr::Prop { object, name, nullsafe } => self.member(object, name, nullsafe, indent),
            Expr::StaticProp { class, name } => {
                self.class_name(class, indent);
                self.push("::$");
                self.member_name(name, indent);
            }
            Expr::Const(name) | Expr::Name(name) => self.name(name),
            Expr::ClassConst { class, name } => {
                self.class_name(class, indent);
                self.push("::");
                self.member_name(name, indent);
            }
            Expr::ClassName(class) => {
                self.class_name(class, indent);
                self.push("::class");
            }
            Expr::Call { callee, args } => {
                self.class_name(callee, indent);
                self.args(args, indent);
            }
            Expr::MethodCall { object, name, args, nullsafe } => {
                self.member(object, name, nullsafe, indent);
                self.args(args, indent);
            }
            Expr::StaticCall { class, name, args } => {
                self.class_name(class, indent);
                self.push("::");
                self.member_name(name, indent);
                self.args(args, indent);
            }
            Expr::New { class, args } => {
                self.push("new ");
                self.class_name(class, indent);
                self.args(args, indent);
            }
            Expr::NewAnonymous { class, args } => self.anonymous_class(class, args, indent),
            Expr::Closure(func) | Expr::ArrowFn(func) => self.closure(func, indent),
            Expr::Unary { op, operand } => self.unary(op, operand, priority, indent),
            Expr::IncDec { op, target } => match op {
                IncDecOp::PreInc => self.prefix("++", 240, priority, target, 230, indent),
                IncDecOp::PreDec => self.prefix("--", 240, priority, target, 230, indent),
                IncDecOp::PostInc => self.postfix(target, "++", priority, indent),
                IncDecOp::PostDec => self.postfix(target, "--", priority, indent),
            },
            Expr::Binary { op, left, right } => self.binary_chain(id, op, left, right, priority, indent),
            Expr::Assign { target, value } => self.assignment(target, " = ", value, priority, indent),
            Expr::AssignRef { target, value } => self.assignment(target, " =& ", value, priority, indent),
            Expr::AssignOp { op, target, value } => {
                let text = format!(" {}= ", binary(op).0);
                self.assignment(target, &text, value, priority, indent);
            }
            Expr::Ternary { cond, then, otherwise, .. } => self.grouped(100, priority, |exporter| {
                exporter.expr(cond, 100, indent);
                match then {
                    Some(then) => {
                        exporter.push(" ? ");
                        exporter.expr(then, 101, indent);
                        exporter.push(" : ");
                    }
                    None => exporter.push(" ?: "),
                }
                exporter.expr(otherwise, 101, indent);
            }),
            Expr::Instanceof { value, class } => {
                self.expr(value, 0, indent);
                self.push(" instanceof ");
                self.class_name(class, indent);
            }
            Expr::Cast { to, operand } => {
                let text = match to {
                    CastType::Int => "(int)",
                    CastType::Float => "(double)",
                    CastType::String => "(string)",
                    CastType::Array => "(array)",
                    CastType::Object => "(object)",
                    CastType::Bool => "(bool)",
                    CastType::Unset => "(unset)",
                };
                self.prefix(text, 240, priority, operand, 241, indent);
            }
            Expr::Print(value) => self.prefix("print ", 60, priority, value, 61, indent),
            Expr::Include { kind, path } => {
                let name = match kind {
                    IncludeKind::Include => "include",
                    IncludeKind::IncludeOnce => "include_once",
                    IncludeKind::Require => "require",
                    IncludeKind::RequireOnce => "require_once",
                };
                self.call_like(name, path, indent);
            }
            Expr::Eval(code) => self.call_like("eval", code, indent),
            Expr::Isset(operands) => {
                // Several operands are a chain of `&&`.
                let operands: Vec<ExprId> = self.ast.list(operands).collect();
                let own = if operands.len() > 1 { 130 } else { u16::MAX };
                self.grouped(own, priority, |exporter| {
                    exporter.separated(operands, " && ", |exporter, operand| {
                        exporter.call_like("isset", operand, indent);
                    });
                });
            }
            Expr::Empty(operand) => self.call_like("empty", operand, indent),
            Expr::Yield { key, value } => self.grouped(70, priority, |exporter| {
                exporter.push("yield ");
                if let Some(value) = value {
                    if let Some(key) = key {
                        exporter.expr(key, 70, indent);
                        exporter.push(" => ");
                    }
                    exporter.expr(value, 70, indent);
                }
            }),
            Expr::YieldFrom(source) => self.prefix("yield from ", 85, priority, source, 86, indent),
            Expr::Throw(value) => {
                self.push("throw ");
                self.expr(value, priority, indent);
            }
            Expr::Match { subject, arms } => self.match_expr(subject, arms, indent),
            Expr::Magic(constant) => self.push(match constant {
                MagicConst::Line => "__LINE__",
                MagicConst::File => "__FILE__",
                MagicConst::Dir => "__DIR__",
                MagicConst::Class => "__CLASS__",
                MagicConst::Trait => "__TRAIT__",
                MagicConst::Method => "__METHOD__",
                MagicConst::Function => "__FUNCTION__",
                MagicConst::Namespace => "__NAMESPACE__",
                MagicConst::Property => "__PROPERTY__",
            }),
        }
    }

    fn unary(&mut self, op: UnaryOp, operand: ExprId, priority: u16, indent: usize) {
        let (text, own, asked) = match op {
            UnaryOp::Plus => ("+", 240, 241),
            UnaryOp::Minus => ("-", 240, 241),
            UnaryOp::Not => ("!", 240, 241),
            UnaryOp::BitNot => ("~", 240, 241),
            UnaryOp::Silence => ("@", 240, 241),
            UnaryOp::Clone => ("clone ", 270, 271),
        };
        self.prefix(text, own, priority, operand, asked, indent);
    }

    fn postfix(&mut self, target: ExprId, text: &str, priority: u16, indent: usize) {
        self.grouped(230, priority, |exporter| {
            exporter.expr(target, 231, indent);
            exporter.push(text);
        });
    }

    /// A binary expression. Chains that lean to the left are printed without recursion.
    fn binary_chain(
        &mut self,
        id: ExprId,
        op: BinaryOp,
        left: ExprId,
        right: ExprId,
        priority: u16,
        indent: usize,
    ) {
        if op == BinaryOp::Concat
            && let Some(text) = self.constant_text(id)
        {
            return self.string(&text);
        }
        let mut pending = Vec::new();
        let (mut op, mut left, mut right, mut priority) = (op, left, right, priority);
        loop {
            let (_, own, asked) = binary(op);
            let parenthesized = priority > own;
            if parenthesized {
                self.push("(");
            }
            pending.push((op, right, asked, parenthesized));
            priority = left_priority(op, own);
            match self.ast.expr(left) {
                Expr::Binary { op: inner, left: inner_left, right: inner_right }
                    if inner != BinaryOp::Concat || self.constant_text(left).is_none() =>
                {
                    (op, left, right) = (inner, inner_left, inner_right);
                }
                _ => break,
            }
        }
        self.expr(left, priority, indent);
        for (op, right, asked, parenthesized) in pending.into_iter().rev() {
            self.push(" ");
            self.push(binary(op).0);
            self.push(" ");
            self.expr(right, asked, indent);
            if parenthesized {
                self.push(")");
            }
        }
    }

    fn array_item(&mut self, item: ArrayItem, indent: usize) {
        match item {
            ArrayItem::Hole => {}
            ArrayItem::Spread(value) => {
                self.push("...");
                self.expr(value, 0, indent);
            }
            ArrayItem::Value { key, value, by_ref } => {
                if let Some(key) = key {
                    self.expr(key, 80, indent);
                    self.push(" => ");
                }
                if by_ref {
                    self.push("&");
                }
                self.expr(value, 80, indent);
            }
        }
    }

    /// `object->name`.
    fn member(&mut self, object: ExprId, name: ExprId, nullsafe: bool, indent: usize) {
        self.expr(object, 0, indent);
        self.push(if nullsafe { "?->" } else { "->" });
        self.member_name(name, indent);
    }

    /// The name of a member or variable: a plain name, a variable, or something in braces.
    pub(super) fn member_name(&mut self, name: ExprId, indent: usize) {
        match self.ast.expr(name) {
            Expr::Var(_) | Expr::VarVar(_) => self.expr(name, 0, indent),
            Expr::Str(sym) => self.variable_name(sym),
            Expr::Binary { op: BinaryOp::Concat, .. } if self.constant_text(name).is_some() => {
                let text = self.constant_text(name).unwrap_or_default();
                self.variable_text(&text);
            }
            _ => {
                self.push("{");
                self.expr(name, 0, indent);
                self.push("}");
            }
        }
    }

    /// What names a class or function: literals count as fully qualified names.
    pub(super) fn class_name(&mut self, class: ExprId, indent: usize) {
        match self.ast.expr(class) {
            Expr::Name(name) => self.name(name),
            Expr::Int(_) | Expr::Float(_) => self.expr(class, 0, indent),
            _ => match self.constant_text(class) {
                Some(text) => {
                    self.push("\\");
                    self.out.extend_from_slice(&text);
                }
                None => self.expr(class, 0, indent),
            },
        }
    }

    pub(super) fn args(&mut self, args: Args, indent: usize) {
        self.push("(");
        match args.list() {
            None => self.push("..."),
            Some(list) => {
                let args: Vec<ExprId> = self.ast.list(list).collect();
                self.separated(args, ", ", |exporter, arg| exporter.expr(arg, 0, indent));
            }
        }
        self.push(")");
    }

    fn match_expr(&mut self, subject: ExprId, arms: crate::ast::Slice<crate::ast::MatchArm>, indent: usize) {
        self.push("match (");
        self.expr(subject, 0, indent);
        self.push(") {\n");
        for arm in self.ast.slice(arms) {
            self.indent(indent + 1);
            match arm.conds {
                None => self.push("default"),
                Some(conds) => {
                    let conds: Vec<ExprId> = self.ast.list(conds).collect();
                    self.separated(conds, ", ", |exporter, cond| exporter.expr(cond, 0, indent + 1));
                }
            }
            self.push(" => ");
            // PHP forgets the indentation here.
            self.expr(arm.body, 0, 0);
            self.push(",\n");
        }
        self.indent(indent);
        self.push("}");
    }
}
