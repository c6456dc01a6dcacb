//! String literals, interpolated strings and variable names.

use super::Exporter;
use crate::ast::{BinaryOp, Expr, ExprId, List, Sym};
use crate::export::number::format_float;
use crate::lexer::{LABEL, LABEL_START};

impl Exporter<'_> {
    /// A string literal: in single quotes unless it has control characters.
    pub(super) fn string(&mut self, text: &[u8]) {
        if text.iter().any(|&byte| byte < b' ') {
            self.push("\"");
            self.escaped(text, b'"');
            self.push("\"");
            return;
        }
        self.push("'");
        for &byte in text {
            if matches!(byte, b'\'' | b'\\') {
                self.out.push(b'\\');
            }
            self.out.push(byte);
        }
        self.push("'");
    }

    /// The inside of a string in double quotes or backquotes.
    fn escaped(&mut self, text: &[u8], quote: u8) {
        for &byte in text {
            match byte {
                b'\n' => self.push("\\n"),
                b'\r' => self.push("\\r"),
                b'\t' => self.push("\\t"),
                0x0C => self.push("\\f"),
                0x0B => self.push("\\v"),
                0x1B => self.push("\\e"),
                0..b' ' => {
                    let octal = format!("\\0{}{}", byte / 8, byte % 8);
                    self.push(&octal);
                }
                _ => {
                    if byte == quote || matches!(byte, b'$' | b'\\') {
                        self.out.push(b'\\');
                    }
                    self.out.push(byte);
                }
            }
        }
    }

    /// `"a $b c"` or the same in backquotes.
    pub(super) fn interpolated(&mut self, parts: List<ExprId>, quote: u8, indent: usize) {
        self.out.push(quote);
        let parts: Vec<ExprId> = self.ast.list(parts).collect();
        for (index, &part) in parts.iter().enumerate() {
            let mut node = self.ast.expr(part);
            let mut part = part;
            if let Expr::DollarBrace { inner, .. } = node {
                part = inner;
                node = self.ast.expr(inner);
            }
            match node {
                Expr::Str(sym) => {
                    let text = self.ast.str(sym);
                    self.escaped(text, quote);
                }
                _ if self.is_simple_variable(part) && !self.goes_on_name(parts.get(index + 1)) => {
                    self.expr(part, 0, indent);
                }
                _ => {
                    self.push("{");
                    self.expr(part, 0, indent);
                    self.push("}");
                }
            }
        }
        self.out.push(quote);
    }

    /// Whether the expression is `$name`, also when it was written `${'name'}`.
    fn is_simple_variable(&self, expr: ExprId) -> bool {
        match self.ast.expr(expr) {
            Expr::Var(_) => true,
            Expr::VarVar(name) => matches!(self.ast.expr(name), Expr::Str(_)),
            _ => false,
        }
    }

    /// Whether the next part of an interpolated string would be taken for a part of the variable before it.
    fn goes_on_name(&self, next: Option<&ExprId>) -> bool {
        match next.map(|&next| self.ast.expr(next)) {
            Some(Expr::Str(sym)) => {
                self.ast.str(sym).first().is_some_and(|&byte| byte == b'[' || LABEL[byte as usize])
            }
            _ => false,
        }
    }

    /// The name of a variable behind its `$`.
    pub(super) fn variable_name(&mut self, name: Sym) {
        let text = self.ast.str(name);
        self.variable_text(text);
    }

    /// A name as such, anything else in braces.
    pub(super) fn variable_text(&mut self, text: &[u8]) {
        let plain = text.first().is_some_and(|&byte| LABEL_START[byte as usize])
            && text.iter().all(|&byte| LABEL[byte as usize]);
        if plain {
            self.out.extend_from_slice(text);
        } else {
            self.push("{");
            self.out.extend_from_slice(text);
            self.push("}");
        }
    }

    /// The value of a concatenation of literals, which PHP joins while it parses.
    pub(super) fn constant_text(&self, expr: ExprId) -> Option<Vec<u8>> {
        match self.ast.expr(expr) {
            Expr::Str(sym) => Some(self.ast.str(sym).to_vec()),
            Expr::Int(value) => Some(value.to_string().into_bytes()),
            Expr::Float(value) => Some(format_float(value, self.precision).into_bytes()),
            Expr::Binary { op: BinaryOp::Concat, left, right } => {
                // A chain leans to the left, so its length must not become depth.
                let mut rights = vec![self.constant_operand(right)?];
                let mut left = left;
                while let Expr::Binary { op: BinaryOp::Concat, left: inner, right } = self.ast.expr(left) {
                    rights.push(self.constant_operand(right)?);
                    left = inner;
                }
                let mut text = self.constant_operand(left)?;
                rights.iter().rev().for_each(|right| text.extend_from_slice(right));
                Some(text)
            }
            _ => None,
        }
    }

    fn constant_operand(&self, expr: ExprId) -> Option<Vec<u8>> {
        match self.ast.expr(expr) {
            Expr::Binary { .. } if self.depth > 200 => None,
            _ => self.constant_text(expr),
        }
    }
}
