//! Classes, interfaces, traits and enums as a whole. Their members are in [`crate::member`], [`crate::method`],
//! [`crate::hook`] and [`crate::enum_`].

use crate::Compiler;
use crate::attr::Target;
use crate::error::Result;
use crate::names::{ClassRef, is_reserved_class_name};
use crate::operand::{NONE, Operand};
use crate::scope::ClassScope;
use crate::strings::StrId;
use phalanx_bytecode::Opcode;
use phalanx_bytecode::draft::{ClassDraft, ClassIdx, TraitRule as TraitRuleDraft};
use phalanx_bytecode::flags::{class as flag, op};
use phalanx_syntax::ast::{
    Args, Class, ClassId, ClassKind, Expr, ExprId, Member, Modifiers, TraitRule, TraitUse, UseKind,
};

const DEPRECATED: u32 = 8192;

impl Compiler<'_> {
    /// A declaration as a statement: at the top of the script it may be declared before the script runs.
    pub(crate) fn class_stmt(&mut self, id: ClassId, top_level: bool) -> Result<()> {
        let node = *self.ast.class(id);
        let Some(sym) = node.name else { return self.error("A class needs a name") };
        self.at(node.span.start);
        let line = self.line;
        let name = self.declared_class_name(sym.into(), node.kind)?;
        let index = self.class(&node, name)?;
        self.line = line;
        let draft = &mut self.unit.classes[index.0 as usize];
        if top_level {
            draft.flags |= flag::TOP_LEVEL;
        }
        // What depends on interfaces or traits is declared where it stands, as PHP does.
        let early = top_level
            && draft.interfaces.is_empty()
            && draft.traits.is_empty()
            && draft.flags & flag::ENUM == 0;
        let lower = self.strings.lower(name);
        // A second class of the same name fails where it stands.
        if early && self.hoisted_names.insert(lower) {
            self.unit.hoisted_classes.push(index);
        }
        // Also one that is declared before: if its name was taken already, that is an error where it stands.
        self.emit(Opcode::DECLARE_CLASS, Operand::Num(index.0), NONE, NONE);
        Ok(())
    }

    /// `new class (..) {..}`.
    pub(crate) fn new_anonymous(&mut self, id: ExprId, class: ClassId, args: Args) -> Result<Operand> {
        let line = self.lines.line(self.ast.expr_pos(id));
        if args.is_first_class_callable() {
            return self.error("Cannot create Closure for new expression");
        }
        let node = *self.ast.class(class);
        let name = self.anonymous_name(&node)?;
        let index = self.class(&node, name)?;
        self.line = line;
        let class = self.class_tmp();
        self.emit_flags(Opcode::DECLARE_CLASS, Operand::Num(index.0), NONE, class, op::ANON);
        self.construct(class, args, line)
    }

    fn declared_class_name(&mut self, short: StrId, kind: ClassKind) -> Result<StrId> {
        let what = match kind {
            ClassKind::Interface => "an interface",
            ClassKind::Trait => "a trait",
            ClassKind::Enum => "an enum",
            ClassKind::Class | ClassKind::Anonymous => "a class",
        };
        if self.class.is_some() {
            return self.error("Class declarations may not be nested");
        }
        let text = self.strings.get(short);
        if is_reserved_class_name(text) {
            let text = self.strings.text(short);
            return self.error(format!("Cannot use \"{text}\" as {what} name as it is reserved"));
        }
        if text == b"_" {
            self.warning(DEPRECATED, format!("Using \"_\" as {what} name is deprecated since 8.4"));
        }
        let name = self.in_namespace(short);
        let lower_short = self.strings.lower(short);
        let lower = self.strings.lower(name);
        if let Some(imported) = self.imported(UseKind::Class, lower_short)
            && self.strings.lower(imported) != lower
        {
            let text = self.strings.text(name);
            return self
                .error(format!("Cannot redeclare class {text} (previously declared as local import)"));
        }
        self.note_declared(UseKind::Class, name);
        Ok(name)
    }

    /// `Base@anonymous` with a part that no other class of the unit has.
    fn anonymous_name(&mut self, node: &Class) -> Result<StrId> {
        let ast = self.ast;
        let base = match (node.extends, ast.list(node.implements).next()) {
            (Some(base), _) | (None, Some(base)) => match ast.expr(base) {
                Expr::Name(name) => {
                    let name = self.class_name(name)?;
                    self.strings.get(name).to_vec()
                }
                _ => b"class".to_vec(),
            },
            (None, None) => b"class".to_vec(),
        };
        let line = self.lines.line(node.span.start);
        let mut text = base;
        text.extend_from_slice(b"@anonymous\0");
        text.extend_from_slice(self.strings.get(self.path));
        text.extend_from_slice(format!(":{line}${:x}", self.unit.classes.len()).as_bytes());
        Ok(self.strings.intern(&text))
    }

    fn class(&mut self, node: &Class, name: StrId) -> Result<ClassIdx> {
        let ast = self.ast;
        let index = ClassIdx(self.unit.classes.len() as u32);
        let mut flags = match node.kind {
            ClassKind::Class => 0,
            ClassKind::Interface => flag::INTERFACE,
            ClassKind::Trait => flag::TRAIT,
            ClassKind::Enum => flag::ENUM | flag::FINAL,
            ClassKind::Anonymous => flag::ANON,
        };
        for (modifier, bit) in [
            (Modifiers::ABSTRACT, flag::ABSTRACT),
            (Modifiers::FINAL, flag::FINAL),
            (Modifiers::READONLY, flag::READONLY),
        ] {
            if node.modifiers.contains(modifier) {
                flags |= bit;
            }
        }
        let line_start = self.lines.line(node.span.start);
        let line_end = self.lines.line(node.span.end.saturating_sub(1));
        let draft = ClassDraft {
            name: self.strings.bytes(name),
            flags,
            line_start,
            line_end,
            doc: self.doc(node.doc),
            ..ClassDraft::default()
        };
        self.unit.classes.push(draft);

        let parent = match node.extends {
            None => None,
            Some(parent) => Some(self.plain_class_name(parent, "class")?),
        };
        let scope = ClassScope {
            index,
            name,
            parent,
            is_trait: node.kind == ClassKind::Trait,
            kind: node.kind,
            modifiers: node.modifiers,
            is_anonymous: node.kind == ClassKind::Anonymous,
            enum_type: 0,
            member_names: Default::default(),
        };
        let outer = self.class.replace(scope);
        let parent = parent.map(|parent| self.strings.bytes(parent));
        let attributes = self.attributes(node.attrs, 0, Target::Class)?;
        self.check_class_attributes(&attributes, node.kind, node.modifiers.contains(Modifiers::READONLY))?;
        let mut interfaces = Vec::new();
        for interface in ast.list(node.implements) {
            let name = self.plain_class_name(interface, "interface")?;
            interfaces.push(self.strings.bytes(name));
        }
        let draft = &mut self.unit.classes[index.0 as usize];
        draft.parent = parent;
        draft.interfaces = interfaces;
        draft.attributes = attributes;
        if node.kind == ClassKind::Enum {
            self.begin_enum(node)?;
        }
        for &member in ast.slice(node.members) {
            self.member(member)?;
        }
        self.line = line_start;
        self.finish_class(node)?;
        self.check_abstract(node)?;
        self.class = outer;
        Ok(index)
    }

    /// A name behind `extends`, `implements` or `use`.
    fn plain_class_name(&mut self, id: ExprId, what: &str) -> Result<StrId> {
        let Expr::Name(name) = self.ast.expr(id) else {
            return self.error("Cannot use this as a class name");
        };
        match self.class_ref(name)? {
            ClassRef::Named(class) => Ok(class),
            _ => {
                let text = self.strings.text(name.sym.into());
                self.error(format!("Cannot use \"{text}\" as {what} name, as it is reserved"))
            }
        }
    }

    fn member(&mut self, member: Member) -> Result<()> {
        let ast = self.ast;
        match member {
            Member::Consts(id) => self.class_consts(ast.get::<phalanx_syntax::ast::ConstGroup>(id)),
            Member::Props(id) => self.properties(ast.get::<phalanx_syntax::ast::PropGroup>(id)),
            Member::Method(id) => self.method(id),
            Member::TraitUse(id) => self.trait_use(ast.get::<TraitUse>(id)),
            Member::Case(id) => self.enum_case(ast.get::<phalanx_syntax::ast::EnumCase>(id)),
        }
    }

    fn trait_use(&mut self, node: &TraitUse) -> Result<()> {
        let ast = self.ast;
        self.at(node.pos);
        let Some(scope) = &self.class else { return Ok(()) };
        let (index, kind, class) = (scope.index, scope.kind, scope.name);
        for used in ast.list(node.traits) {
            let name = self.plain_class_name(used, "trait")?;
            if kind == ClassKind::Interface {
                let (name, class) = (self.strings.text(name), self.strings.text(class));
                return self
                    .error(format!("Cannot use traits inside of interfaces. {name} is used in {class}"));
            }
            let bytes = self.strings.bytes(name);
            self.unit.classes[index.0 as usize].traits.push(bytes);
        }
        for rule in ast.slice(node.rules) {
            let rule = self.trait_rule(rule)?;
            self.unit.classes[index.0 as usize].trait_rules.push(rule);
        }
        Ok(())
    }

    fn trait_rule(&mut self, rule: &TraitRule) -> Result<TraitRuleDraft> {
        let ast = self.ast;
        Ok(match *rule {
            TraitRule::InsteadOf { class, method, others } => {
                let class = self.plain_class_name(class, "trait")?;
                let mut excludes = Vec::new();
                for other in ast.list(others) {
                    let other = self.plain_class_name(other, "trait")?;
                    excludes.push(self.strings.bytes(other));
                }
                TraitRuleDraft {
                    trait_name: Some(self.strings.bytes(class)),
                    method: self.strings.bytes(method.into()),
                    excludes,
                    alias: None,
                    flags: 0,
                }
            }
            TraitRule::As { class, method, modifiers, alias } => {
                for (modifier, word) in [(Modifiers::STATIC, "static"), (Modifiers::ABSTRACT, "abstract")] {
                    if modifiers.contains(modifier) {
                        return self
                            .error(format!("Cannot use \"{word}\" as method modifier in trait alias"));
                    }
                }
                let class = match class {
                    Some(class) => {
                        let class = self.plain_class_name(class, "trait")?;
                        Some(self.strings.bytes(class))
                    }
                    None => None,
                };
                TraitRuleDraft {
                    trait_name: class,
                    method: self.strings.bytes(method.into()),
                    excludes: Vec::new(),
                    alias: alias.map(|alias| self.strings.bytes(alias.into())),
                    flags: crate::member::visibility_flags(modifiers)
                        | if modifiers.contains(Modifiers::FINAL) {
                            phalanx_bytecode::flags::func::FINAL
                        } else {
                            0
                        },
                }
            }
        })
    }

    /// What follows from all members together.
    fn finish_class(&mut self, node: &Class) -> Result<()> {
        let Some(scope) = &self.class else { return Ok(()) };
        let index = scope.index.0 as usize;
        let has_to_string = self.unit.classes[index]
            .methods
            .iter()
            .any(|&method| self.unit.functions[method.0 as usize].name.eq_ignore_ascii_case(b"__tostring"));
        let draft = &mut self.unit.classes[index];
        if has_to_string
            && node.kind != ClassKind::Trait
            && !draft.interfaces.iter().any(|name| name.eq_ignore_ascii_case(b"stringable"))
            && !draft.name.eq_ignore_ascii_case(b"stringable")
        {
            draft.interfaces.push(b"Stringable".as_slice().into());
        }
        Ok(())
    }

    /// A class with abstract methods of its own must be abstract.
    fn check_abstract(&mut self, node: &Class) -> Result<()> {
        let may_be_abstract = node.modifiers.contains(Modifiers::ABSTRACT)
            || matches!(node.kind, ClassKind::Interface | ClassKind::Trait);
        if may_be_abstract {
            return Ok(());
        }
        let draft = self.class_draft();
        let own = draft.methods.clone();
        let hooks = draft.props.iter().flat_map(|prop| [prop.get, prop.set]).flatten();
        let all: Vec<_> = own.into_iter().chain(hooks).collect();
        let is_abstract = phalanx_bytecode::flags::func::ABSTRACT;
        let class = self.class_text();
        let missing: Vec<String> = all
            .iter()
            .map(|func| &self.unit.functions[func.0 as usize])
            .filter(|func| func.flags & is_abstract != 0)
            .map(|func| format!("{class}::{}", String::from_utf8_lossy(&func.name)))
            .collect();
        let count = missing.len();
        if count == 0 {
            return Ok(());
        }
        // Three of them are listed.
        let mut list = missing[..count.min(3)].join(", ");
        if count > 3 {
            list.push_str(", ...");
        }
        let plural = if count == 1 { "" } else { "s" };
        self.error(if node.kind == ClassKind::Enum {
            format!("Enum {class} must implement {count} abstract private method{plural} ({list})")
        } else {
            format!(
                "Class {class} contains {count} abstract method{plural} and must therefore be declared abstract or implement the remaining methods ({list})"
            )
        })
    }

    /// The current class, for messages.
    pub(crate) fn class_text(&self) -> String {
        match &self.class {
            None => String::new(),
            Some(scope) => {
                let text = self.strings.text(scope.name);
                text.split('\0').next().unwrap_or_default().to_string()
            }
        }
    }

    /// The draft of the current class.
    pub(crate) fn class_draft(&mut self) -> &mut ClassDraft {
        let index = self.class.as_ref().map_or(0, |scope| scope.index.0);
        &mut self.unit.classes[index as usize]
    }
}
