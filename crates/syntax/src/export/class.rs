//! Functions and classes.

use super::Exporter;
use crate::ast::{
    Args, AttrGroup, Class, ClassId, ClassKind, ConstGroup, EnumCase, Expr, ExprId, Func, FuncBody, FuncId,
    FuncKind, List, Member, Modifiers, Param, PropGroup, Slice, TraitRule, TraitUse, TypeExpr, TypeId,
};

impl Exporter<'_> {
    /// A class name without its leading backslash, as PHP prints it in lists.
    pub(super) fn bare_name(&mut self, class: ExprId) {
        if let Expr::Name(name) = self.ast.expr(class) {
            self.sym(name.sym);
        }
    }

    fn attribute_group(&mut self, group: &AttrGroup, indent: usize) {
        self.push("#[");
        let ast = self.ast;
        self.separated(ast.slice(group.attrs), ", ", |exporter, attr| {
            exporter.name(attr.name);
            if let Some(args) = attr.args {
                exporter.args(args, indent);
            }
        });
        self.push("]");
    }

    /// Attributes before a declaration: each group on its own line.
    pub(super) fn attribute_lines(&mut self, groups: Slice<AttrGroup>, indent: usize) {
        let ast = self.ast;
        for group in ast.slice(groups) {
            self.indent(indent);
            self.attribute_group(group, indent);
            self.push("\n");
        }
    }

    /// Attributes inside of an expression.
    fn attributes_inline(&mut self, groups: Slice<AttrGroup>, indent: usize) {
        let ast = self.ast;
        for group in ast.slice(groups) {
            self.attribute_group(group, indent);
            self.push(" ");
        }
    }

    fn type_expr(&mut self, ty: TypeId) {
        match self.ast.ty(ty) {
            TypeExpr::Name(name) => self.name(name),
            TypeExpr::Array => self.push("array"),
            TypeExpr::Callable => self.push("callable"),
            TypeExpr::Static => self.push("static"),
            TypeExpr::Nullable(inner) => {
                self.push("?");
                self.type_expr(inner);
            }
            TypeExpr::Union(types) => self.type_list(types, "|"),
            TypeExpr::Intersection(types) => self.type_list(types, "&"),
        }
    }

    fn type_list(&mut self, types: List<TypeId>, separator: &str) {
        let ast = self.ast;
        self.separated(ast.list(types), separator, Self::type_expr);
    }

    fn optional_type(&mut self, ty: Option<TypeId>) {
        if let Some(ty) = ty {
            self.type_expr(ty);
            self.push(" ");
        }
    }

    fn visibility(&mut self, modifiers: Modifiers) {
        for (flag, text) in [
            (Modifiers::PUBLIC, "public "),
            (Modifiers::PROTECTED, "protected "),
            (Modifiers::PRIVATE, "private "),
            (Modifiers::PUBLIC_SET, "public(set) "),
            (Modifiers::PROTECTED_SET, "protected(set) "),
            (Modifiers::PRIVATE_SET, "private(set) "),
        ] {
            if modifiers.contains(flag) {
                self.push(text);
            }
        }
    }

    /// `public` unless another visibility is there.
    fn with_default(modifiers: Modifiers) -> Modifiers {
        if modifiers.intersects(Modifiers::VISIBILITY) {
            modifiers
        } else {
            modifiers.union(Modifiers::PUBLIC)
        }
    }

    fn params(&mut self, params: Slice<Param>, indent: usize) {
        self.push("(");
        let ast = self.ast;
        self.separated(ast.slice(params), ", ", |exporter, param| exporter.param(param, indent));
        self.push(")");
    }

    fn param(&mut self, param: &Param, indent: usize) {
        self.attributes_inline(param.attrs, indent);
        self.visibility(param.modifiers);
        self.optional_type(param.ty);
        if param.by_ref {
            self.push("&");
        }
        if param.variadic {
            self.push("...");
        }
        self.push("$");
        self.variable_name(param.name);
        if let Some(default) = param.default {
            self.push(" = ");
            self.expr(default, 0, indent);
        }
        if let Some(hooks) = param.hooks {
            self.hooks(hooks, indent);
        }
    }

    fn return_type(&mut self, ty: Option<TypeId>) {
        if let Some(ty) = ty {
            self.push(": ");
            self.type_expr(ty);
        }
    }

    /// A closure or arrow function.
    pub(super) fn closure(&mut self, func: FuncId, indent: usize) {
        let ast = self.ast;
        let func = ast.func(func);
        self.attributes_inline(func.attrs, indent);
        if func.modifiers.contains(Modifiers::STATIC) {
            self.push("static ");
        }
        self.push(if func.kind == FuncKind::Arrow { "fn" } else { "function " });
        if func.by_ref {
            self.push("&");
        }
        self.params(func.params, indent);
        if !func.uses.is_empty() {
            self.push(" use(");
            self.separated(ast.slice(func.uses), ", ", |exporter, variable| {
                if variable.by_ref {
                    exporter.push("&");
                }
                exporter.push("$");
                exporter.variable_name(variable.name);
            });
            self.push(")");
        }
        self.return_type(func.return_type);
        match func.body {
            FuncBody::Expr(body) => {
                self.push(" => ");
                self.expr(body, 0, indent);
            }
            FuncBody::Block(body) => {
                self.push(" ");
                self.braces(body, indent);
            }
            FuncBody::None => {}
        }
    }

    /// A named function or method from its modifiers to its line end.
    pub(super) fn function(&mut self, func: &Func, indent: usize) {
        if func.kind == FuncKind::Method {
            self.visibility(Self::with_default(func.modifiers));
        }
        for (flag, text) in
            [(Modifiers::STATIC, "static "), (Modifiers::ABSTRACT, "abstract "), (Modifiers::FINAL, "final ")]
        {
            if func.modifiers.contains(flag) {
                self.push(text);
            }
        }
        self.push("function ");
        if func.by_ref {
            self.push("&");
        }
        if let Some(name) = func.name {
            self.sym(name);
        }
        self.params(func.params, indent);
        self.return_type(func.return_type);
        match func.body {
            FuncBody::Block(body) => {
                self.push(" ");
                self.braces(body, indent);
                self.push("\n");
            }
            FuncBody::Expr(_) | FuncBody::None => self.push(";\n"),
        }
    }

    /// `new class(..) { .. }`.
    pub(super) fn anonymous_class(&mut self, class: ClassId, args: Args, indent: usize) {
        let ast = self.ast;
        let class = ast.class(class);
        self.push("new ");
        self.attributes_inline(class.attrs, indent);
        self.push("class");
        if args.list().is_none_or(|list| !list.is_empty()) {
            self.args(args, indent);
        }
        self.class_rest(class, indent);
    }

    /// A named class without line end.
    pub(super) fn class_declaration(&mut self, class: &Class, indent: usize) {
        for (flag, text) in [
            (Modifiers::ABSTRACT, "abstract "),
            (Modifiers::FINAL, "final "),
            (Modifiers::READONLY, "readonly "),
        ] {
            if class.modifiers.contains(flag) {
                self.push(text);
            }
        }
        self.push(match class.kind {
            ClassKind::Class | ClassKind::Anonymous => "class ",
            ClassKind::Interface => "interface ",
            ClassKind::Trait => "trait ",
            ClassKind::Enum => "enum ",
        });
        if let Some(name) = class.name {
            self.sym(name);
        }
        if let Some(backing) = class.backing {
            self.push(": ");
            self.type_expr(backing);
        }
        self.class_rest(class, indent);
    }

    fn class_rest(&mut self, class: &Class, indent: usize) {
        let ast = self.ast;
        if let Some(parent) = class.extends {
            self.push(" extends ");
            self.class_name(parent, indent);
        }
        if !class.implements.is_empty() {
            self.push(" implements ");
            self.separated(ast.list(class.implements), ", ", |exporter, name| {
                exporter.class_name(name, indent)
            });
        }
        self.push(" {\n");
        for &member in ast.slice(class.members) {
            self.nested(|exporter| exporter.member_declaration(member, indent + 1));
        }
        self.indent(indent);
        self.push("}");
    }

    fn member_declaration(&mut self, member: Member, indent: usize) {
        let ast = self.ast;
        match member {
            Member::Consts(id) => {
                let group = ast.get::<ConstGroup>(id);
                self.attribute_lines(group.attrs, indent);
                self.indent(indent);
                self.visibility(Self::with_default(group.modifiers));
                self.push("const ");
                self.optional_type(group.ty);
                self.separated(ast.slice(group.items), ", ", |exporter, item| {
                    exporter.sym(item.name);
                    exporter.push(" = ");
                    exporter.expr(item.value, 90, indent);
                });
                self.push(";\n");
            }
            Member::Props(id) => self.properties(ast.get::<PropGroup>(id), indent),
            Member::Method(id) => {
                self.attribute_lines(ast.func(id).attrs, indent);
                self.indent(indent);
                self.function(ast.func(id), indent);
                self.push("\n");
            }
            Member::TraitUse(id) => self.trait_use(ast.get::<TraitUse>(id), indent),
            Member::Case(id) => {
                let case = ast.get::<EnumCase>(id);
                self.attribute_lines(case.attrs, indent);
                self.indent(indent);
                self.push("case ");
                self.sym(case.name);
                if let Some(value) = case.value {
                    self.push(" = ");
                    self.expr(value, 0, indent);
                }
                self.push(";\n");
            }
        }
    }

    fn properties(&mut self, group: &PropGroup, indent: usize) {
        let ast = self.ast;
        self.attribute_lines(group.attrs, indent);
        self.indent(indent);
        let modifiers = group.modifiers;
        self.visibility(if modifiers.contains(Modifiers::VAR) { Modifiers::PUBLIC } else { modifiers });
        for (flag, text) in [(Modifiers::STATIC, "static "), (Modifiers::READONLY, "readonly ")] {
            if modifiers.contains(flag) {
                self.push(text);
            }
        }
        self.optional_type(group.ty);
        let mut hooked = false;
        self.separated(ast.slice(group.props), ", ", |exporter, prop| {
            exporter.push("$");
            exporter.variable_name(prop.name);
            if let Some(default) = prop.default {
                exporter.push(" = ");
                exporter.expr(default, 90, indent);
            }
            if let Some(hooks) = prop.hooks.filter(|hooks| !hooks.is_empty()) {
                hooked = true;
                exporter.hooks(hooks, indent);
            }
        });
        self.push(if hooked { "\n" } else { ";\n" });
    }

    fn hooks(&mut self, hooks: List<FuncId>, indent: usize) {
        let ast = self.ast;
        self.push(" {\n");
        for hook in ast.list(hooks) {
            let hook = ast.func(hook);
            self.indent(indent + 1);
            // PHP keeps the reference in the bit that otherwise means private(set), and prints that.
            if hook.by_ref {
                self.push("private(set) ");
            }
            if hook.modifiers.contains(Modifiers::FINAL) {
                self.push("final ");
            }
            if let Some(name) = hook.name {
                self.sym(name);
            }
            match hook.body {
                FuncBody::None => self.push(";\n"),
                FuncBody::Expr(body) => {
                    self.push(" => ");
                    self.expr(body, 0, indent + 1);
                    self.push(";\n");
                }
                FuncBody::Block(body) => {
                    self.push(" ");
                    self.braces(body, indent + 1);
                    self.push("\n");
                }
            }
        }
        self.indent(indent);
        self.push("}");
    }

    fn trait_use(&mut self, trait_use: &TraitUse, indent: usize) {
        let ast = self.ast;
        self.indent(indent);
        self.push("use ");
        self.separated(ast.list(trait_use.traits), ", ", |exporter, name| exporter.class_name(name, indent));
        if trait_use.rules.is_empty() {
            return self.push(";\n");
        }
        self.push(" {\n");
        for rule in ast.slice(trait_use.rules) {
            self.indent(indent + 1);
            match *rule {
                TraitRule::InsteadOf { class, method, others } => {
                    self.class_name(class, indent);
                    self.push("::");
                    self.sym(method);
                    self.push(" insteadof ");
                    self.separated(ast.list(others), ", ", |exporter, name| {
                        exporter.class_name(name, indent)
                    });
                }
                TraitRule::As { class, method, modifiers, alias } => {
                    if let Some(class) = class {
                        self.class_name(class, indent);
                        self.push("::");
                    }
                    self.sym(method);
                    self.push(" as");
                    for (flag, text) in [
                        (Modifiers::PUBLIC, " public"),
                        (Modifiers::PROTECTED, " protected"),
                        (Modifiers::PRIVATE, " private"),
                    ] {
                        if modifiers.contains(flag) {
                            self.push(text);
                        }
                    }
                    if let Some(alias) = alias {
                        self.push(" ");
                        self.sym(alias);
                    }
                }
            }
            self.push(";\n");
        }
        self.indent(indent);
        self.push("}\n");
    }
}
