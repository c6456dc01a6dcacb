//! Attributes and doc comments.

use crate::Compiler;
use crate::const_expr::Context;
use crate::error::Result;
use phalanx_bytecode::draft::{AttributeDraft, Bytes};
use phalanx_syntax::ast::{AttrGroup, ClassKind, DocId, Expr, Slice};

/// What an attribute stands at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Target {
    Class,
    Function,
    Method,
    Property,
    ClassConstant,
    Parameter,
    /// The property of a promoted parameter.
    PromotedProperty,
    /// A promoted parameter.
    PromotedParameter,
}

impl Target {
    fn plain(self) -> Target {
        match self {
            Target::PromotedProperty => Target::Property,
            Target::PromotedParameter => Target::Parameter,
            other => other,
        }
    }

    fn is_promoted(self) -> bool {
        self != self.plain()
    }

    fn text(self) -> &'static str {
        match self.plain() {
            Target::Class => "class",
            Target::Function => "function",
            Target::Method => "method",
            Target::Property => "property",
            Target::ClassConstant => "class constant",
            _ => "parameter",
        }
    }
}

/// An attribute that PHP gives a meaning.
struct BuiltIn {
    name: &'static [u8],
    targets: &'static [Target],
}

static BUILT_IN: [BuiltIn; 6] = [
    BuiltIn { name: b"Attribute", targets: &[Target::Class] },
    BuiltIn { name: b"AllowDynamicProperties", targets: &[Target::Class] },
    BuiltIn { name: b"Override", targets: &[Target::Method] },
    BuiltIn { name: b"SensitiveParameter", targets: &[Target::Parameter] },
    BuiltIn { name: b"ReturnTypeWillChange", targets: &[Target::Method] },
    BuiltIn { name: b"Deprecated", targets: &[Target::Function, Target::Method, Target::ClassConstant] },
];

impl Compiler<'_> {
    /// Attributes; `param` is the number of the parameter they stand at, counted from 1, or 0. Those that PHP itself
    /// gives a meaning are checked here; the others when Reflection makes objects of them.
    pub(crate) fn attributes(
        &mut self,
        groups: Slice<AttrGroup>,
        param: u32,
        target: Target,
    ) -> Result<Vec<AttributeDraft>> {
        if groups.is_empty() {
            return Ok(Vec::new());
        }
        let mut attributes = self.attribute_list(groups, param)?;
        let mut known: Vec<&BuiltIn> = Vec::new();
        let mut result = Ok(());
        attributes.retain(|attribute| {
            let Some(built_in) = BUILT_IN.iter().find(|it| attribute.name.eq_ignore_ascii_case(it.name))
            else {
                return true;
            };
            if !built_in.targets.contains(&target.plain()) {
                // A promoted parameter is a property, too: each takes what is meant for it.
                if result.is_ok() && !target.is_promoted() {
                    result = self.wrong_target(built_in, target);
                }
                return false;
            }
            if result.is_ok() && known.iter().any(|other| std::ptr::eq(*other, built_in)) {
                let name = String::from_utf8_lossy(built_in.name);
                result = self.error(format!("Attribute \"{name}\" must not be repeated"));
            }
            known.push(built_in);
            true
        });
        result.map(|()| attributes)
    }

    fn wrong_target(&self, built_in: &BuiltIn, target: Target) -> Result<()> {
        let name = String::from_utf8_lossy(built_in.name);
        let allowed: Vec<&str> = built_in.targets.iter().map(|target| target.text()).collect();
        let (target, allowed) = (target.text(), allowed.join(", "));
        self.error(format!("Attribute \"{name}\" cannot target {target} (allowed targets: {allowed})"))
    }

    /// `#[AllowDynamicProperties]` makes no sense for everything that is like a class.
    pub(crate) fn check_class_attributes(
        &self,
        attributes: &[AttributeDraft],
        kind: ClassKind,
        is_readonly: bool,
    ) -> Result<()> {
        let dynamic =
            attributes.iter().any(|attribute| attribute.name.eq_ignore_ascii_case(b"AllowDynamicProperties"));
        let what = match kind {
            ClassKind::Interface => "interface",
            ClassKind::Trait => "trait",
            ClassKind::Enum => "enum",
            _ if is_readonly => "readonly class",
            _ => return Ok(()),
        };
        if dynamic {
            let class = self.class_text();
            return self.error(format!("Cannot apply #[AllowDynamicProperties] to {what} {class}"));
        }
        Ok(())
    }

    fn attribute_list(&mut self, groups: Slice<AttrGroup>, param: u32) -> Result<Vec<AttributeDraft>> {
        let ast = self.ast;
        let mut attributes = Vec::new();
        for group in ast.slice(groups) {
            for attr in ast.slice(group.attrs) {
                let line = self.lines.line(attr.pos);
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
        doc.filter(|_| self.options.comments).map(|doc| self.ast.doc(doc).of(self.source).into())
    }
}
