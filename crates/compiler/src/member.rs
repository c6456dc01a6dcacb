//! Class constants and properties.

use crate::Compiler;
use crate::attr::Target;
use crate::const_expr::{Context, value_type};
use crate::error::Result;
use crate::param::{accepts_constant, make_nullable, widened};
use crate::strings::StrId;
use crate::types::type_text;
use phalanx_bytecode::draft::{
    AttributeDraft, Bytes, ClassConstDraft, Init, Literal, PropertyDraft, TypeDraft,
};
use phalanx_bytecode::flags::member as flag;
use phalanx_bytecode::types;
use phalanx_syntax::ast::{ClassKind, ConstGroup, ExprId, Func, FuncKind, List, Modifiers, Param, PropGroup};

/// What kind of member a name is taken by.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum MemberKind {
    Const,
    Property,
    /// Methods by lower-case name.
    Method,
}

/// The visibility bits of modifiers.
pub(crate) fn visibility_flags(modifiers: Modifiers) -> u32 {
    if modifiers.contains(Modifiers::PUBLIC) {
        flag::PUBLIC
    } else if modifiers.contains(Modifiers::PROTECTED) {
        flag::PROTECTED
    } else if modifiers.contains(Modifiers::PRIVATE) {
        flag::PRIVATE
    } else {
        0
    }
}

/// The bits of a property's or constant's modifiers; public is the default.
fn member_flags(modifiers: Modifiers) -> u32 {
    let mut flags = visibility_flags(modifiers);
    if flags == 0 {
        flags = flag::PUBLIC;
    }
    for (modifier, bit) in [
        (Modifiers::STATIC, flag::STATIC),
        (Modifiers::ABSTRACT, flag::ABSTRACT),
        (Modifiers::FINAL, flag::FINAL),
        (Modifiers::READONLY, flag::READONLY),
        (Modifiers::PUBLIC_SET, flag::PUBLIC_SET),
        (Modifiers::PROTECTED_SET, flag::PROTECTED_SET),
        (Modifiers::PRIVATE_SET, flag::PRIVATE_SET),
    ] {
        if modifiers.contains(modifier) {
            flags |= bit;
        }
    }
    flags
}

/// A property about to be declared.
struct Declaration<'a> {
    name: StrId,
    modifiers: Modifiers,
    ty: Option<TypeDraft>,
    default: Option<ExprId>,
    hooks: Option<List<phalanx_syntax::ast::FuncId>>,
    attributes: Vec<AttributeDraft>,
    doc: Option<Bytes>,
    promoted: Option<&'a Param>,
}

impl Compiler<'_> {
    /// Notes a member; false if there is one of that name already.
    pub(crate) fn claim_member(&mut self, kind: MemberKind, name: StrId) -> bool {
        self.class.as_mut().is_none_or(|scope| scope.member_names.insert((kind, name)))
    }

    pub(crate) fn class_consts(&mut self, group: &ConstGroup) -> Result<()> {
        let ast = self.ast;
        let flags = member_flags(group.modifiers);
        let kind = self.class.as_ref().map(|scope| scope.kind);
        self.at(group.pos);
        for item in ast.slice(group.items) {
            let line = self.line;
            let name = StrId::from(item.name);
            let class = self.class_text();
            let text = self.strings.text(name);
            if flags & flag::PRIVATE != 0 && flags & flag::FINAL != 0 {
                return self.error(format!(
                    "Private constant {class}::{text} cannot be final as it is not visible to other classes"
                ));
            }
            let ty = match group.ty {
                None => None,
                Some(ty) => {
                    let ty = self.type_draft(ty)?;
                    let bits = crate::builder::type_bits(&ty);
                    if bits & (types::CALLABLE | types::VOID | types::NEVER) != 0 {
                        let ty = type_text(&ty);
                        return self.error(format!("Class constant {class}::{text} cannot have type {ty}"));
                    }
                    Some(ty)
                }
            };
            let value = self.init(item.value, Context::Class)?;
            self.line = line;
            if let (Some(ty), Init::Value(literal)) = (&ty, &value)
                && let Some(value) = self.literal_const(&literal.clone())
                && !accepts_constant(ty, value)
            {
                let (value, ty) = (value_type(value), type_text(ty));
                return self.error(format!(
                    "Cannot use {value} as value for class constant {class}::{text} of type {ty}"
                ));
            }
            if kind == Some(ClassKind::Interface) && flags & flag::PUBLIC == 0 {
                return self
                    .error(format!("Access type for interface constant {class}::{text} must be public"));
            }
            if text.eq_ignore_ascii_case("class") {
                return self.error(
                    "A class constant must not be called 'class'; it is reserved for class name fetching",
                );
            }
            if !self.claim_member(MemberKind::Const, name) {
                return self.error(format!("Cannot redefine class constant {class}::{text}"));
            }
            let attributes = self.attributes(group.attrs, 0, Target::ClassConstant)?;
            let value = widened(ty.as_ref(), value);
            let draft = ClassConstDraft {
                name: self.strings.bytes(name),
                flags,
                ty,
                value,
                attributes,
                doc: self.doc(item.doc),
                line,
            };
            self.class_draft().consts.push(draft);
        }
        Ok(())
    }

    pub(crate) fn properties(&mut self, group: &PropGroup) -> Result<()> {
        let ast = self.ast;
        self.at(group.pos);
        for prop in ast.slice(group.props) {
            let ty = match group.ty {
                Some(ty) => Some(self.type_draft(ty)?),
                None => None,
            };
            let attributes = self.attributes(group.attrs, 0, Target::Property)?;
            let doc = self.doc(prop.doc);
            self.property(Declaration {
                name: prop.name.into(),
                modifiers: group.modifiers,
                ty,
                default: prop.default,
                hooks: prop.hooks,
                attributes,
                doc,
                promoted: None,
            })?;
        }
        Ok(())
    }

    fn property(&mut self, declaration: Declaration<'_>) -> Result<()> {
        let line = self.line;
        let Declaration { name, modifiers, ty, default, hooks, attributes, doc, promoted } = declaration;
        let class = self.class_text();
        let text = self.strings.text(name);
        let (kind, class_modifiers) = match &self.class {
            Some(scope) => (scope.kind, scope.modifiers),
            None => return Ok(()),
        };
        if kind == ClassKind::Enum {
            return self.error(format!("Enum {class} cannot include properties"));
        }
        if kind == ClassKind::Interface && hooks.is_none() {
            return self.error("Interfaces may only include hooked properties");
        }
        let mut flags = member_flags(modifiers);
        if modifiers.contains(Modifiers::ABSTRACT) && hooks.is_none() {
            return self.error("Only hooked properties may be declared abstract");
        }
        if flags & flag::FINAL != 0 && flags & flag::PRIVATE != 0 {
            return self.error("Property cannot be both final and private");
        }
        if kind == ClassKind::Interface {
            if flags & flag::PUBLIC == 0 {
                return self.error("Property in interface cannot be protected or private");
            }
            if flags & flag::FINAL != 0 {
                return self.error("Property in interface cannot be final");
            }
            if flags & flag::ABSTRACT != 0 {
                return self.error("Property in interface cannot be explicitly abstract. All interface members are implicitly abstract");
            }
            flags |= flag::ABSTRACT;
        }
        if let Some(ty) = &ty {
            let bits = crate::builder::type_bits(ty);
            if bits & (types::VOID | types::NEVER | types::CALLABLE) != 0 {
                let ty = type_text(ty);
                return self.error(format!("Property {class}::${text} cannot have type {ty}"));
            }
        }
        if !self.claim_member(MemberKind::Property, name) {
            return self.error(format!("Cannot redeclare {class}::${text}"));
        }
        if hooks.is_some() {
            if flags & flag::READONLY != 0 || class_modifiers.contains(Modifiers::READONLY) {
                return self.error("Hooked properties cannot be readonly");
            }
            if flags & flag::STATIC != 0 {
                return self.error("Cannot declare hooks for static property");
            }
        }
        let value = match default {
            None if ty.is_some() => Init::None,
            None => Init::Value(Literal::Null),
            Some(default) => {
                let value = self.init(default, Context::Class)?;
                self.line = line;
                self.check_property_default(&class, &text, ty.as_ref(), &value)?;
                widened(ty.as_ref(), value)
            }
        };
        if class_modifiers.contains(Modifiers::READONLY) {
            flags |= flag::READONLY;
        }
        if flags & flag::READONLY != 0 {
            if ty.is_none() {
                return self.error(format!("Readonly property {class}::${text} must have type"));
            }
            if default.is_some() {
                return self.error(format!("Readonly property {class}::${text} cannot have default value"));
            }
            if flags & flag::STATIC != 0 {
                return self.error(format!("Static property {class}::${text} cannot be readonly"));
            }
        }
        self.check_set_visibility(&class, &text, flags, ty.is_some())?;
        if promoted.is_some() {
            flags |= flag::PROMOTED;
        }
        let mut draft = PropertyDraft {
            name: self.strings.bytes(name),
            flags,
            ty,
            default: value,
            get: None,
            set: None,
            attributes,
            doc,
            line,
        };
        if let Some(hooks) = hooks {
            self.hooks(&mut draft, name, hooks, default.is_some())?;
        }
        self.class_draft().props.push(draft);
        Ok(())
    }

    fn check_property_default(
        &mut self,
        class: &str,
        text: &str,
        ty: Option<&TypeDraft>,
        value: &Init,
    ) -> Result<()> {
        let (Some(ty), Init::Value(literal)) = (ty, value) else { return Ok(()) };
        let Some(value) = self.literal_const(literal) else { return Ok(()) };
        if accepts_constant(ty, value) {
            return Ok(());
        }
        if value == crate::operand::Const::Null && !matches!(ty, TypeDraft::Intersection(_)) {
            let mut nullable = ty.clone();
            make_nullable(&mut nullable);
            let (ty, nullable) = (type_text(ty), type_text(&nullable));
            return self.error(format!(
                "Default value for property of type {ty} may not be null. Use the nullable type {nullable} to allow null default value"
            ));
        }
        let (value, ty) = (value_type(value), type_text(ty));
        self.error(format!("Cannot use {value} as default value for property {class}::${text} of type {ty}"))
    }

    fn check_set_visibility(&self, class: &str, text: &str, flags: u32, typed: bool) -> Result<()> {
        let set = flags & (flag::PUBLIC_SET | flag::PROTECTED_SET | flag::PRIVATE_SET);
        if set == 0 {
            return Ok(());
        }
        if flags & flag::STATIC != 0 {
            return self.error("Static property may not have asymmetric visibility");
        }
        if !typed {
            return self
                .error(format!("Property with asymmetric visibility {class}::${text} must have type"));
        }
        let read = match flags & (flag::PUBLIC | flag::PROTECTED | flag::PRIVATE) {
            flag::PUBLIC => 0,
            flag::PROTECTED => 1,
            _ => 2,
        };
        let write = match set {
            flag::PUBLIC_SET => 0,
            flag::PROTECTED_SET => 1,
            _ => 2,
        };
        if write < read {
            return self.error(format!(
                "Visibility of property {class}::${text} must not be weaker than set visibility"
            ));
        }
        Ok(())
    }

    /// The member flags of a promoted parameter, whose property is declared; 0 for other parameters.
    pub(crate) fn promoted_flags(
        &mut self,
        node: &Func,
        param: &Param,
        ty: Option<&TypeDraft>,
    ) -> Result<u32> {
        if param.modifiers.is_empty() && param.hooks.is_none() {
            return Ok(0);
        }
        let is_constructor = node.kind == FuncKind::Method
            && node.name.is_some_and(|name| self.ast.str(name).eq_ignore_ascii_case(b"__construct"));
        if !is_constructor {
            return self.error("Cannot declare promoted property outside a constructor");
        }
        let is_interface = self.class.as_ref().is_some_and(|scope| scope.kind == ClassKind::Interface);
        if is_interface || node.modifiers.contains(Modifiers::ABSTRACT) {
            return self.error("Cannot declare promoted property in an abstract constructor");
        }
        if param.variadic {
            return self.error("Cannot declare variadic promoted property");
        }
        let line = self.line;
        let attributes = self.attributes(param.attrs, 0, Target::PromotedProperty)?;
        self.line = line;
        let doc = self.doc(param.doc);
        self.property(Declaration {
            name: param.name.into(),
            modifiers: param.modifiers,
            ty: ty.cloned(),
            default: None,
            hooks: param.hooks,
            attributes,
            doc,
            promoted: Some(param),
        })?;
        self.line = line;
        Ok(self.class_draft().props.last().map_or(0, |prop| prop.flags))
    }

    /// `$this->a = $a` for promoted parameters.
    pub(crate) fn promote_params(&mut self, node: &Func) {
        use crate::operand::{NONE, Operand};
        use phalanx_bytecode::Opcode;
        for (cv, param) in (0..).zip(self.ast.slice(node.params)) {
            if param.modifiers.is_empty() && param.hooks.is_none() {
                continue;
            }
            self.f.draft.flags |= phalanx_bytecode::flags::func::USES_THIS;
            let name = self.name_literal(param.name.into(), 3);
            let opcode = if param.by_ref { Opcode::ASSIGN_OBJ_REF } else { Opcode::ASSIGN_OBJ };
            self.emit(opcode, NONE, name, NONE);
            self.data(Operand::Cv(cv));
        }
    }
}
