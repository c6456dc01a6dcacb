//! Property hooks: functions named `$property::get` and `$property::set`.
//!
//! Inside a hook `$this->property` is the backing store itself; the VM tells by the function being executed. A property
//! whose hooks never mention it has no backing store.

use crate::Compiler;
use crate::error::Result;
use crate::strings::StrId;
use phalanx_bytecode::draft::{ParamDraft, PropertyDraft, TypeDraft};
use phalanx_bytecode::flags::{func, member as flag};
use phalanx_bytecode::{Opcode, types};
use phalanx_syntax::ast::{Args, ClassKind, Expr, ExprId, Func, FuncBody, FuncId, List, Modifiers, Sym};

use crate::operand::{NONE, Operand};

impl Compiler<'_> {
    /// Compiles the hooks of a property that is being declared.
    pub(crate) fn hooks(
        &mut self,
        draft: &mut PropertyDraft,
        name: StrId,
        hooks: List<FuncId>,
        has_default: bool,
    ) -> Result<()> {
        let ast = self.ast;
        if hooks.is_empty() {
            return self.error("Property hook list must not be empty");
        }
        let mut uses_store = false;
        for id in ast.list(hooks) {
            let node = *ast.func(id);
            uses_store |= self.mentions_store(&node, name);
            self.hook(draft, name, &node)?;
        }
        let by_ref = draft.flags & flag::GET_BY_REF != 0;
        if uses_store && by_ref && draft.set.is_some() {
            let (class, name) = (self.class_text(), self.strings.text(name));
            return self.error(format!(
                "Get hook of backed property {class}::{name} with set hook may not return by reference"
            ));
        }
        if draft.flags & flag::ABSTRACT != 0 && ast.list(hooks).all(|id| ast.func(id).body != FuncBody::None)
        {
            let (class, name) = (self.class_text(), self.strings.text(name));
            return self.error(format!(
                "Abstract property {class}::${name} must specify at least one abstract hook"
            ));
        }
        let has_body = ast.list(hooks).any(|id| ast.func(id).body != FuncBody::None);
        let is_virtual = !uses_store && (has_body || draft.flags & flag::ABSTRACT != 0);
        if is_virtual {
            draft.flags |= flag::VIRTUAL;
            if has_default {
                let (class, name) = (self.class_text(), self.strings.text(name));
                return self.error(format!(
                    "Cannot specify default value for virtual hooked property {class}::${name}"
                ));
            }
            if draft.ty.is_none() {
                draft.default = phalanx_bytecode::draft::Init::None;
            }
        }
        Ok(())
    }

    fn hook(&mut self, draft: &mut PropertyDraft, property: StrId, node: &Func) -> Result<()> {
        let ast = self.ast;
        self.at(node.span.start);
        let line = self.line;
        let class = self.class_text();
        let property_text = self.strings.text(property);
        let Some(sym) = node.name else { return self.error("A hook needs a name") };
        let written = ast.str(sym);
        let is_set = if written.eq_ignore_ascii_case(b"set") {
            true
        } else if written.eq_ignore_ascii_case(b"get") {
            false
        } else {
            let written = String::from_utf8_lossy(written);
            return self.error(format!(
                "Unknown hook \"{written}\" for property {class}::${property_text}, expected \"get\" or \"set\""
            ));
        };
        let word = if is_set { "set" } else { "get" };
        let (kind, scope_index) = match &self.class {
            Some(scope) => (scope.kind, scope.index),
            None => return Ok(()),
        };
        let is_final = node.modifiers.contains(Modifiers::FINAL);
        let is_private = draft.flags & flag::PRIVATE != 0;
        if is_final && is_private {
            return self.error("Property hook cannot be both final and private");
        }
        let has_body = node.body != FuncBody::None;
        let may_be_abstract = draft.flags & flag::ABSTRACT != 0 || kind == ClassKind::Interface;
        if !has_body {
            if !may_be_abstract {
                return self.error("Non-abstract property hook must have a body");
            }
            if is_private {
                return self.error("Property hook cannot be both abstract and private");
            }
            if is_final {
                return self.error("Property hook cannot be both abstract and final");
            }
        } else if kind == ClassKind::Interface {
            return self.error("Abstract property hook cannot have body");
        }
        if if is_set { draft.set.is_some() } else { draft.get.is_some() } {
            return self.error(format!("Cannot redeclare property hook \"{word}\""));
        }
        if !is_set && node.has_params {
            return self.error(format!(
                "get hook of property {class}::${property_text} must not have a parameter list"
            ));
        }
        let name = self.strings.intern(format!("${property_text}::{word}").as_bytes());

        let (outer, index) = self.enter_function();
        self.f.info.name = Some(name);
        self.f.info.has_this = true;
        self.f.info.hook_property = Some(property);
        self.f.draft.name = self.strings.bytes(name);
        self.f.draft.class = Some(scope_index);
        let mut flags = func::HOOK | draft.flags & (func::PUBLIC | func::PROTECTED | func::PRIVATE);
        if is_final {
            flags |= func::FINAL;
        }
        if !has_body {
            flags |= func::ABSTRACT;
        }
        self.f.draft.flags = flags;
        let mut node = *node;
        if is_set {
            self.set_hook(draft, property, &mut node, line)?;
        } else {
            if node.by_ref {
                draft.flags |= flag::GET_BY_REF;
            }
            self.f.hook_return = draft.ty.clone();
            self.function_body(&node)?;
        }
        self.leave_function(outer, index)?;
        *(if is_set { &mut draft.set } else { &mut draft.get }) = Some(index);
        Ok(())
    }

    /// A set hook returns nothing; without a parameter list it has the parameter `$value` of the property's type.
    fn set_hook(&mut self, draft: &PropertyDraft, property: StrId, node: &mut Func, line: u32) -> Result<()> {
        let ast = self.ast;
        let class = self.class_text();
        let text = self.strings.text(property);
        self.f.hook_return = Some(TypeDraft::Builtin(types::VOID));
        if !node.has_params {
            let value = self.strings.intern(b"value");
            self.f.hook_value = Some((value, draft.ty.clone()));
        } else {
            let params = ast.slice(node.params);
            let [param] = params else {
                return self.error(format!(
                    "set hook of property {class}::${text} must accept exactly one parameters"
                ));
            };
            let name = String::from_utf8_lossy(ast.str(param.name)).into_owned();
            self.line = line;
            if param.by_ref {
                return self.error(format!(
                    "Parameter ${name} of set hook {class}::${text} must not be pass-by-reference"
                ));
            }
            if param.variadic {
                return self
                    .error(format!("Parameter ${name} of set hook {class}::${text} must not be variadic"));
            }
            if param.default.is_some() {
                return self.error(format!(
                    "Parameter ${name} of set hook {class}::${text} must not have a default value"
                ));
            }
            let declared = match param.ty {
                Some(ty) => Some(self.type_draft(ty)?),
                None => None,
            };
            let accepts = match (&declared, &draft.ty) {
                (None, None) => true,
                // What classes accept is known only when they are.
                (Some(TypeDraft::Builtin(own)), Some(TypeDraft::Builtin(property))) => property & !own == 0,
                (Some(_), Some(_)) => true,
                _ => false,
            };
            if !accepts {
                return self.error(format!(
                    "Type of parameter ${name} of hook {class}::${text}::set must be compatible with property type"
                ));
            }
        }
        if let FuncBody::Expr(value) = node.body {
            self.f.hook_store = Some((property, value));
        }
        self.function_body(node)
    }

    /// Declares the parameter that a set hook has without being written.
    pub(crate) fn implicit_hook_param(&mut self) {
        let Some((name, ty)) = self.f.hook_value.take() else { return };
        let cv = Operand::Cv(self.f.cv(name));
        if ty.is_some() {
            self.f.draft.flags |= func::HAS_PARAM_TYPES;
        }
        let name = self.strings.bytes(name);
        self.f.draft.params.push(ParamDraft {
            name,
            ty,
            by_ref: false,
            variadic: false,
            promoted: 0,
            default: phalanx_bytecode::draft::Init::None,
            default_text: None,
        });
        self.f.draft.required = 1;
        self.emit(Opcode::RECV, Operand::Num(1), NONE, cv);
    }

    /// `set => value;` stores the value.
    pub(crate) fn store_from_hook(&mut self, property: StrId, value: ExprId) -> Result<()> {
        self.f.draft.flags |= func::USES_THIS;
        let name = self.name_literal(property, 3);
        let value = self.expr(value)?;
        self.emit(Opcode::ASSIGN_OBJ, NONE, name, NONE);
        self.data(value);
        Ok(())
    }

    /// `parent::$property::get()` and `parent::$property::set($value)` inside of hooks.
    pub(crate) fn parent_hook_call(
        &mut self,
        class: ExprId,
        name: ExprId,
        args: Args,
        line: u32,
    ) -> Result<Option<Operand>> {
        let ast = self.ast;
        let (Expr::StaticProp { class: parent, name: property }, Expr::Str(hook)) =
            (ast.expr(class), ast.expr(name))
        else {
            return Ok(None);
        };
        let Expr::Name(parent) = ast.expr(parent) else { return Ok(None) };
        let is_set = ast.str(hook).eq_ignore_ascii_case(b"set");
        if !ast.str(parent.sym).eq_ignore_ascii_case(b"parent")
            || parent.kind != phalanx_syntax::ast::NameKind::Unqualified
            || !is_set && !ast.str(hook).eq_ignore_ascii_case(b"get")
        {
            return Ok(None);
        }
        let Expr::Str(property) = ast.expr(property) else { return Ok(None) };
        if self.class.is_none() {
            self.check_class_scope(crate::names::ClassRef::Parent)?;
        }
        let (property, word) = (StrId::from(property), if is_set { "set" } else { "get" });
        let text = self.strings.text(property);
        let what = format!("parent::${text}::{word}()");
        if self.f.info.hook_property.is_none() {
            return self.error(format!("Must not use {what} outside a property hook"));
        }
        if self.f.info.hook_property != Some(property) {
            let own = self.f.info.hook_property.map_or_else(String::new, |own| self.strings.text(own));
            return self.error(format!("Must not use {what} in a different property (${own})"));
        }
        let own_is_set = self.f.draft.name.ends_with(b"::set");
        if own_is_set != is_set {
            let own = if own_is_set { "set" } else { "get" };
            return self.error(format!("Must not use {what} in a different property hook ({own})"));
        }
        let Some(list) = args.list() else {
            return self.error("Cannot create Closure for parent property hook call");
        };
        let name = self.name_literal(property, 3);
        let hook = Operand::Num(u32::from(is_set));
        let init = self.emit(Opcode::INIT_CALL_PARENT_HOOK, name, hook, Operand::Num(0));
        self.f.draft.flags |= func::USES_THIS;
        self.arguments(init, list)?;
        let result = self.f.tmp();
        self.emit_call(result, line);
        Ok(Some(result))
    }

    /// Whether a hook reads or writes `$this->property`: then the property has a backing store.
    fn mentions_store(&self, node: &Func, property: StrId) -> bool {
        if let FuncBody::Expr(_) = node.body
            && node.name.is_some_and(|name| self.ast.str(name).eq_ignore_ascii_case(b"set"))
        {
            return true;
        }
        // Hooks are short: looking at the tree's nodes within the function's span would need positions of all kinds,
        // so the walk is over the nodes themselves.
        crate::walk::any_expr_in_func(self.ast, node, &mut |expr| match expr {
            Expr::Prop { object, name, .. } => {
                self.ast.expr(object) == Expr::Var(Sym::this())
                    && matches!(self.ast.expr(name), Expr::Str(name) if StrId::from(name) == property)
            }
            _ => false,
        })
    }
}
