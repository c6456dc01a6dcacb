//! Enums.

use crate::Compiler;
use crate::attr::Target;
use crate::const_expr::Context;
use crate::error::Result;
use crate::member::MemberKind;
use crate::strings::StrId;
use crate::types::type_text;
use phalanx_bytecode::draft::{ClassConstDraft, Init, TypeDraft};
use phalanx_bytecode::flags::member as flag;
use phalanx_bytecode::types;
use phalanx_syntax::ast::{Class, ClassKind, EnumCase};

impl Compiler<'_> {
    pub(crate) fn begin_enum(&mut self, node: &Class) -> Result<()> {
        let Some(backing) = node.backing else { return Ok(()) };
        let ty = self.type_draft(backing)?;
        let TypeDraft::Builtin(bits @ (types::INT | types::STRING)) = ty else {
            let text = type_text(&ty);
            return self.error(format!("Enum backing type must be int or string, {text} given"));
        };
        if let Some(scope) = &mut self.class {
            scope.enum_type = bits;
        }
        self.class_draft().enum_type = bits;
        Ok(())
    }

    pub(crate) fn enum_case(&mut self, case: &EnumCase) -> Result<()> {
        self.at(case.pos);
        let line = self.line;
        let Some(scope) = &self.class else { return Ok(()) };
        let enum_type = scope.enum_type;
        if scope.kind != ClassKind::Enum {
            return self.error("Case can only be used in enums");
        }
        let name = StrId::from(case.name);
        let class = self.class_text();
        let text = self.strings.text(name);
        let value = match case.value {
            None if enum_type != 0 => {
                return self.error(format!("Case {text} of backed enum {class} must have a value"));
            }
            Some(_) if enum_type == 0 => {
                return self.error(format!("Case {text} of non-backed enum {class} must not have a value"));
            }
            None => Init::None,
            Some(value) => {
                let value = self.init(value, Context::Class)?;
                self.line = line;
                value
            }
        };
        if !self.claim_member(MemberKind::Const, name) {
            return self.error(format!("Cannot redefine class constant {class}::{text}"));
        }
        let attributes = self.attributes(case.attrs, 0, Target::ClassConstant)?;
        let draft = ClassConstDraft {
            name: self.strings.bytes(name),
            flags: flag::PUBLIC | flag::ENUM_CASE,
            ty: None,
            value,
            attributes,
            doc: self.doc(case.doc),
            line,
        };
        self.class_draft().consts.push(draft);
        Ok(())
    }
}
