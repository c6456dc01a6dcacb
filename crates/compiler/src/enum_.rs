//! Enums.

use crate::Compiler;
use crate::const_expr::Context;
use crate::error::Result;
use crate::member::MemberKind;
use crate::strings::StrId;
use crate::types::type_text;
use phalanx_bytecode::draft::{ClassConstDraft, Init, Literal, LiteralKey, TypeDraft};
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
                self.check_case_value(&value, enum_type, name)?;
                value
            }
        };
        if !self.claim_member(MemberKind::Const, name) {
            return self.error(format!("Cannot redefine class constant {class}::{text}"));
        }
        let attributes = self.attributes(case.attrs, 0)?;
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

    fn check_case_value(&mut self, value: &Init, enum_type: u32, case: StrId) -> Result<()> {
        let Init::Value(literal) = value else { return Ok(()) };
        let key = match literal {
            Literal::Int(value) if enum_type == types::INT => LiteralKey::Int(*value),
            Literal::Str(text) if enum_type == types::STRING => LiteralKey::Str(text.clone()),
            _ => {
                let wanted = if enum_type == types::INT { "int" } else { "string" };
                return self.error(format!("Enum case value is incompatible with backing type {wanted}"));
            }
        };
        let class = self.class_text();
        let Some(scope) = &mut self.class else { return Ok(()) };
        if let Some(&other) = scope.enum_values.get(&key) {
            let (case, other) = (self.strings.text(case), self.strings.text(other));
            return self.error(format!("Duplicate value in enum {class} for cases {other} and {case}"));
        }
        scope.enum_values.insert(key, case);
        Ok(())
    }
}
