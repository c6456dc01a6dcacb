//! Parameters: their declarations, and the instructions that receive arguments.

use crate::Compiler;
use crate::attr::Target;
use crate::error::Result;
use crate::fetch::is_superglobal;
use crate::jump::const_bits;
use crate::operand::{Const, NONE, Operand};
use crate::types::type_text;
use phalanx_bytecode::Opcode;
use phalanx_bytecode::draft::{Init, Literal, ParamDraft, TypeDraft};
use phalanx_bytecode::flags::func;
use phalanx_bytecode::types;
use phalanx_syntax::ast::{Func, FuncKind, Param, Sym};

const DEPRECATED: u32 = 8192;

impl Compiler<'_> {
    /// Declares the parameters and receives them.
    pub(crate) fn params(&mut self, node: &Func) -> Result<()> {
        let ast = self.ast;
        let params = ast.slice(node.params);
        // Variables of parameters come first, whatever their default values use.
        for param in params {
            self.check_param_name(param)?;
            let name = param.name.into();
            if self.f.cvs.contains(&name) {
                let text = self.strings.text(name);
                return self.error(format!("Redefinition of parameter ${text}"));
            }
            self.f.cv(name);
        }
        let last_required = params.iter().rposition(|param| param.default.is_none() && !param.variadic);
        for (index, param) in params.iter().enumerate() {
            self.param(node, param, index, last_required)?;
        }
        Ok(())
    }

    fn check_param_name(&self, param: &Param) -> Result<()> {
        let text = self.ast.str(param.name);
        if is_superglobal(text) {
            let text = String::from_utf8_lossy(text);
            return self.error(format!("Cannot re-assign auto-global variable {text}"));
        }
        if param.name == Sym::this() {
            return self.error("Cannot use $this as parameter");
        }
        Ok(())
    }

    fn param(
        &mut self,
        node: &Func,
        param: &Param,
        index: usize,
        last_required: Option<usize>,
    ) -> Result<()> {
        if self.f.draft.flags & func::VARIADIC != 0 {
            return self.error("Only the last parameter can be variadic");
        }
        let number = Operand::Num(index as u32 + 1);
        let cv = Operand::Cv(index as u32);
        let name = param.name.into();
        let mut default = Init::None;
        let mut value = None;
        let mut implicit_null = false;
        if param.variadic {
            self.f.draft.flags |= func::VARIADIC;
            if param.default.is_some() {
                return self.error("Variadic parameter cannot have a default value");
            }
        }
        if let Some(expr) = param.default {
            default = self.init(expr, crate::const_expr::Context::Param)?;
            value = Some(expr);
            let is_null = matches!(default, Init::Value(phalanx_bytecode::draft::Literal::Null));
            implicit_null = is_null && param.ty.is_some();
            if let Some(required) = last_required
                && index < required
            {
                let nullable = param.ty.is_some_and(|ty| self.is_written_nullable(ty));
                if !(is_null && param.ty.is_some() && !nullable) {
                    self.warn_optional_before_required(node, index, required);
                }
                default = Init::None;
                value = None;
            }
        }
        let mut ty = match param.ty {
            Some(ty) => Some(self.param_type(ty)?),
            None => None,
        };
        if let Some(declared) = &mut ty {
            if implicit_null && !allows_null(declared) {
                if !param.modifiers.is_empty() {
                    let text = type_text(declared);
                    let name = self.strings.text(name);
                    return self.error(format!(
                        "Cannot use null as default value for parameter ${name} of type {text}"
                    ));
                }
                self.warn_implicit_null(node, param);
                make_nullable(declared);
            }
            if let Init::Value(literal) = &default {
                self.check_default(declared, &literal.clone(), param)?;
            }
            self.f.draft.flags |= func::HAS_PARAM_TYPES;
        }
        let has_type = ty.is_some();
        let default_text = match param.default {
            Some(expr) if value.is_some() => self.default_text(expr),
            _ => None,
        };
        let promoted = self.promoted_flags(node, param, ty.as_ref())?;
        let target = if promoted == 0 { Target::Parameter } else { Target::PromotedParameter };
        let attributes = self.attributes(param.attrs, index as u32 + 1, target)?;
        self.f.draft.attributes.extend(attributes);
        let bytes = self.strings.bytes(name);
        self.f.draft.params.push(ParamDraft {
            name: bytes,
            ty,
            by_ref: param.by_ref,
            variadic: param.variadic,
            promoted,
            default: default.clone(),
            default_text,
        });
        self.receive(param, value, default, number, cv, has_type)
    }

    /// Emits the instructions that receive the parameter.
    fn receive(
        &mut self,
        param: &Param,
        value: Option<phalanx_syntax::ast::ExprId>,
        default: Init,
        number: Operand,
        cv: Operand,
        has_type: bool,
    ) -> Result<()> {
        let _ = has_type;
        if param.variadic {
            self.emit(Opcode::RECV_VARIADIC, number, NONE, cv);
            return Ok(());
        }
        let Some(expr) = value else {
            self.emit(Opcode::RECV, number, NONE, cv);
            self.f.draft.required = self.f.draft.params.len() as u32;
            return Ok(());
        };
        let given = self.f.label();
        self.emit(Opcode::RECV_INIT, number, Operand::Label(given), cv);
        let value = match default {
            Init::Value(literal) => match self.literal_const(&literal) {
                Some(value) => Operand::Const(value),
                None => NONE,
            },
            _ => {
                let line = self.line;
                let is_const_expr = std::mem::replace(&mut self.f.info.is_const_expr, true);
                let value = self.expr(expr)?;
                self.f.info.is_const_expr = is_const_expr;
                self.line = line;
                value
            }
        };
        self.emit(Opcode::RECV_DEFAULT, number, value, cv);
        self.f.bind(given);
        Ok(())
    }

    /// How messages name the function.
    pub(crate) fn function_label(&mut self, node: &Func) -> String {
        let name = self.f.info.name.map_or_else(String::new, |name| self.strings.text(name));
        match &self.class {
            Some(scope) if matches!(node.kind, FuncKind::Method | FuncKind::Hook) => {
                let class = self.strings.text(scope.name);
                let class = class.split('\0').next().unwrap_or_default();
                format!("{class}::{name}")
            }
            _ => name,
        }
    }

    fn warn_optional_before_required(&mut self, node: &Func, index: usize, required: usize) {
        let label = self.function_label(node);
        let params = self.ast.slice(node.params);
        let optional = self.strings.text(params[index].name.into());
        let required = self.strings.text(params[required].name.into());
        self.warning(
            DEPRECATED,
            format!(
                "{label}(): Optional parameter ${optional} declared before required parameter ${required} is implicitly treated as a required parameter"
            ),
        );
    }

    fn warn_implicit_null(&mut self, node: &Func, param: &Param) {
        let label = self.function_label(node);
        let name = self.strings.text(param.name.into());
        self.warning(
            DEPRECATED,
            format!(
                "{label}(): Implicitly marking parameter ${name} as nullable is deprecated, the explicit nullable type must be used instead"
            ),
        );
    }

    fn check_default(
        &mut self,
        ty: &TypeDraft,
        literal: &phalanx_bytecode::draft::Literal,
        param: &Param,
    ) -> Result<()> {
        let Some(value) = self.literal_const(literal) else { return Ok(()) };
        if accepts_constant(ty, value) {
            return Ok(());
        }
        let kind = crate::const_expr::value_type(value);
        let name = self.strings.text(param.name.into());
        let text = type_text(ty);
        self.error(format!("Cannot use {kind} as default value for parameter ${name} of type {text}"))
    }
}

/// The initial value as the type has it: an int becomes a float where only that fits.
pub(crate) fn widened(ty: Option<&TypeDraft>, value: Init) -> Init {
    match (ty, value) {
        (Some(ty), Init::Value(Literal::Int(int)))
            if crate::builder::type_bits(ty) & (types::INT | types::FLOAT) == types::FLOAT =>
        {
            Init::Value(Literal::Float(int as f64))
        }
        (_, value) => value,
    }
}

/// Whether a constant may initialise something of the type: an int may stand for a float.
pub(crate) fn accepts_constant(ty: &TypeDraft, value: Const) -> bool {
    let bits = crate::builder::type_bits(ty);
    let own = const_bits(value);
    bits & own != 0
        || bits & types::FLOAT != 0 && own == types::INT
        || bits & types::ITERABLE != 0 && own == types::ARRAY
}

pub(crate) fn allows_null(ty: &TypeDraft) -> bool {
    crate::builder::type_bits(ty) & types::NULL != 0
}

/// Adds null to a type.
pub(crate) fn make_nullable(ty: &mut TypeDraft) {
    match ty {
        TypeDraft::Builtin(bits) => *bits |= types::NULL,
        TypeDraft::Union(members) => {
            for member in members.iter_mut() {
                if let TypeDraft::Builtin(bits) = member {
                    *bits |= types::NULL;
                    return;
                }
            }
            members.push(TypeDraft::Builtin(types::NULL));
        }
        TypeDraft::Class(_) | TypeDraft::Intersection(_) => {
            let class = std::mem::replace(ty, TypeDraft::Builtin(0));
            *ty = TypeDraft::Union(vec![class, TypeDraft::Builtin(types::NULL)]);
        }
    }
}
