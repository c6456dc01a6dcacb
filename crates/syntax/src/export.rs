//! Prints expressions as PHP code, in the way of PHP's own printer.
//!
//! The text appears in the messages of failed assertions ("assert($a > 1)"), so its oddities are PHP's: parentheses where
//! PHP has them and none where it forgets them, normal forms of arrays and statements, modifiers that get lost.

mod class;
mod expr;
mod number;
mod stmt;
mod text;

use phalanx_base::depth;

use crate::ast::{Ast, ExprId, Name, NameKind, Sym};

pub use number::format_float;

/// Prints an expression.
///
/// `source` is what `ast` was parsed from. `precision` is the ini setting of that name, by which floating-point literals
/// are printed; -1 prints the shortest text that reads back as the same number.
pub fn export_expr(ast: &Ast, source: &[u8], expr: ExprId, precision: i32) -> Vec<u8> {
    let mut exporter = Exporter { ast, source, out: Vec::new(), precision, depth: 0 };
    exporter.expr(expr, 0, 0);
    exporter.out
}

struct Exporter<'a> {
    ast: &'a Ast,
    source: &'a [u8],
    out: Vec<u8>,
    precision: i32,
    depth: u32,
}

impl<'a> Exporter<'a> {
    fn push(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    fn sym(&mut self, sym: Sym) {
        let text = self.ast.str(sym);
        self.out.extend_from_slice(text);
    }

    fn indent(&mut self, indent: usize) {
        for _ in 0..indent {
            self.push("    ");
        }
    }

    fn name(&mut self, name: Name) {
        match name.kind {
            NameKind::FullyQualified => self.push("\\"),
            NameKind::Relative => self.push("namespace\\"),
            NameKind::Unqualified | NameKind::Qualified => {}
        }
        self.sym(name.sym);
    }

    /// Prints `items` with `separator` between them.
    fn separated<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        separator: &str,
        mut print: impl FnMut(&mut Self, T),
    ) {
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.push(separator);
            }
            print(self, item);
        }
    }

    fn nested(&mut self, f: impl FnOnce(&mut Self)) {
        self.depth += 1;
        depth::nest(self.depth, || f(self));
        self.depth -= 1;
    }
}
