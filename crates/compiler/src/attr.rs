//! Attributes and doc comments.

use crate::Compiler;
use crate::const_expr::Context;
use crate::error::Result;
use phalanx_bytecode::draft::{AttributeDraft, Bytes};
use phalanx_syntax::ast::{AttrGroup, DocId, Expr, Slice};

impl Compiler<'_> {
    /// Attributes; `param` is the number of the parameter they stand at, counted from 1, or 0.
    pub(crate) fn attributes(&mut self, groups: Slice<AttrGroup>, param: u32) -> Result<Vec<AttributeDraft>> {
        let ast = self.ast;
        let mut attributes = Vec::new();
        for group in ast.slice(groups) {
            for attr in ast.slice(group.attrs) {
                self.at(attr.pos);
                let line = self.line;
                let name = self.class_name(attr.name)?;
                let mut args: Vec<(Option<Bytes>, phalanx_bytecode::draft::Init)> = Vec::new();
                let mut named = false;
                if let Some(list) = attr.args {
                    let Some(list) = list.list() else {
                        return self.error("Cannot create Closure as attribute argument");
                    };
                    for arg in ast.list(list) {
                        let (arg_name, value) = match ast.expr(arg) {
                            Expr::Spread(_) => {
                                return self.error("Cannot use unpacking in attribute argument list");
                            }
                            Expr::NamedArg { name, value } => {
                                named = true;
                                let bytes = self.strings.bytes(name.into());
                                if args.iter().any(|(known, _)| known.as_ref() == Some(&bytes)) {
                                    let text = self.strings.text(name.into());
                                    return self.error(format!("Duplicate named parameter ${text}"));
                                }
                                (Some(bytes), value)
                            }
                            _ if named => {
                                return self.error("Cannot use positional argument after named argument");
                            }
                            _ => (None, arg),
                        };
                        args.push((arg_name, self.init(value, Context::Param)?));
                    }
                }
                attributes.push(AttributeDraft { name: self.strings.bytes(name), args, param, line });
            }
        }
        Ok(attributes)
    }

    pub(crate) fn doc(&mut self, doc: Option<DocId>) -> Option<Bytes> {
        doc.map(|doc| self.ast.doc(doc).of(self.source).into())
    }
}
