//! Names: the namespace, the imports, and what a name in the source stands for.

use crate::Compiler;
use crate::error::Result;
use crate::fetch::Mode;
use crate::operand::{Const, NONE, Operand};
use crate::strings::StrId;
use phalanx_bytecode::Opcode;
use phalanx_bytecode::flags::{CLASS_PARENT, CLASS_SELF, CLASS_STATIC};
use phalanx_syntax::ast::{Expr, ExprId, Name, NameKind, UseItem, UseKind};
use rustc_hash::{FxHashMap, FxHashSet};

/// What a name in the source depends on: where in the file it stands.
#[derive(Default)]
pub(crate) struct FileScope {
    /// The current namespace; `None` is the global one.
    pub(crate) namespace: Option<StrId>,
    /// Imported classes by lower-case alias.
    classes: FxHashMap<StrId, StrId>,
    /// Imported functions by lower-case alias.
    functions: FxHashMap<StrId, StrId>,
    /// Imported constants by alias.
    constants: FxHashMap<StrId, StrId>,
    /// Names that the file declares itself, so that importing them under another meaning is an error.
    declared: FxHashSet<(u8, StrId)>,
}

/// A resolved function or constant name.
#[derive(Clone, Copy)]
pub(crate) struct Resolved {
    pub(crate) name: StrId,
    /// The name to try when `name` does not exist: the unqualified one, in the global namespace.
    pub(crate) fallback: Option<StrId>,
}

/// What a class name stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ClassRef {
    Named(StrId),
    /// `self`
    This,
    Parent,
    Static,
}

impl FileScope {
    pub(crate) fn clear_imports(&mut self) {
        self.classes.clear();
        self.functions.clear();
        self.constants.clear();
    }
}

/// The part of a name behind its last backslash.
pub(crate) fn unqualified(name: &[u8]) -> &[u8] {
    match name.iter().rposition(|&byte| byte == b'\\') {
        Some(at) => &name[at + 1..],
        None => name,
    }
}

/// What `self`, `parent` and `static` stand for.
pub(crate) fn special_class(name: &[u8]) -> Option<ClassRef> {
    if name.eq_ignore_ascii_case(b"self") {
        Some(ClassRef::This)
    } else if name.eq_ignore_ascii_case(b"parent") {
        Some(ClassRef::Parent)
    } else if name.eq_ignore_ascii_case(b"static") {
        Some(ClassRef::Static)
    } else {
        None
    }
}

/// Names of types, which no class may have and no import may take.
pub(crate) fn is_reserved_class_name(name: &[u8]) -> bool {
    const RESERVED: [&[u8]; 17] = [
        b"bool",
        b"false",
        b"float",
        b"int",
        b"null",
        b"parent",
        b"self",
        b"static",
        b"string",
        b"true",
        b"void",
        b"never",
        b"iterable",
        b"object",
        b"mixed",
        b"array",
        b"callable",
    ];
    let name = unqualified(name);
    // `array` and `callable` are keywords and never get here as a plain name.
    RESERVED[..15].iter().any(|reserved| name.eq_ignore_ascii_case(reserved))
}

impl Compiler<'_> {
    /// `name` in the current namespace.
    pub(crate) fn in_namespace(&mut self, name: StrId) -> StrId {
        match self.file.namespace {
            None => name,
            Some(namespace) => {
                let mut text = self.strings.get(namespace).to_vec();
                text.push(b'\\');
                text.extend_from_slice(self.strings.get(name));
                self.strings.intern(&text)
            }
        }
    }

    /// The full name of a class; `self`, `parent` and `static` are not looked at.
    pub(crate) fn class_name(&mut self, name: Name) -> Result<StrId> {
        let id = StrId::from(name.sym);
        match name.kind {
            NameKind::Relative => Ok(self.in_namespace(id)),
            NameKind::FullyQualified => {
                if special_class(self.strings.get(id)).is_some() {
                    let text = self.strings.text(id);
                    return self.error(format!("'\\{text}' is an invalid class name"));
                }
                Ok(id)
            }
            NameKind::Qualified => Ok(self.through_imports(id)),
            NameKind::Unqualified => {
                if self.file.classes.is_empty() {
                    return Ok(self.in_namespace(id));
                }
                let lower = self.strings.lower(id);
                match self.file.classes.get(&lower) {
                    Some(&imported) => Ok(imported),
                    None => Ok(self.in_namespace(id)),
                }
            }
        }
    }

    /// A qualified name whose first part may be an alias.
    fn through_imports(&mut self, id: StrId) -> StrId {
        let text = self.strings.get(id);
        let first = text.iter().position(|&byte| byte == b'\\').unwrap_or(text.len());
        if !self.file.classes.is_empty() {
            let (alias, rest) = (text[..first].to_ascii_lowercase(), text[first..].to_vec());
            let alias = self.strings.intern(&alias);
            if let Some(&imported) = self.file.classes.get(&alias) {
                let mut full = self.strings.get(imported).to_vec();
                full.extend_from_slice(&rest);
                return self.strings.intern(&full);
            }
        }
        self.in_namespace(id)
    }

    /// What a function name stands for.
    pub(crate) fn function_name(&mut self, name: Name) -> Resolved {
        let id = StrId::from(name.sym);
        let certain = |name| Resolved { name, fallback: None };
        match name.kind {
            NameKind::FullyQualified => certain(id),
            NameKind::Relative => certain(self.in_namespace(id)),
            NameKind::Qualified => certain(self.through_imports(id)),
            NameKind::Unqualified => {
                if !self.file.functions.is_empty() {
                    let lower = self.strings.lower(id);
                    if let Some(&imported) = self.file.functions.get(&lower) {
                        return certain(imported);
                    }
                }
                self.or_global(id)
            }
        }
    }

    /// What a constant name stands for.
    pub(crate) fn constant_name(&mut self, name: Name) -> Resolved {
        let id = StrId::from(name.sym);
        let certain = |name| Resolved { name, fallback: None };
        match name.kind {
            NameKind::FullyQualified => certain(id),
            NameKind::Relative => certain(self.in_namespace(id)),
            NameKind::Qualified => certain(self.through_imports(id)),
            NameKind::Unqualified => match self.file.constants.get(&id) {
                Some(&imported) => certain(imported),
                None => self.or_global(id),
            },
        }
    }

    fn or_global(&mut self, id: StrId) -> Resolved {
        match self.file.namespace {
            None => Resolved { name: id, fallback: None },
            Some(_) => Resolved { name: self.in_namespace(id), fallback: Some(id) },
        }
    }

    /// What a class name stands for, `self`, `parent` and `static` included.
    pub(crate) fn class_ref(&mut self, name: Name) -> Result<ClassRef> {
        if name.kind == NameKind::Unqualified
            && let Some(special) = special_class(self.strings.get(name.sym.into()))
        {
            return Ok(special);
        }
        self.class_name(name).map(ClassRef::Named)
    }

    /// The operand for a class: a name, a special class or the result of `FETCH_CLASS`. `in_chain` says that a `?->` in
    /// the expression cuts short what it stands in.
    pub(crate) fn class_operand(&mut self, id: ExprId, in_chain: bool) -> Result<Operand> {
        if let Expr::Name(name) = self.ast.expr(id) {
            let class = self.class_ref(name)?;
            return self.class_ref_operand(class);
        }
        let value = if in_chain {
            let start = self.f.pending.len();
            let value = self.chain_part(id, Mode::Read, false)?;
            self.flush(start);
            value
        } else {
            self.expr(id)?
        };
        if let Operand::Const(Const::Str(name)) = value {
            // A constant string names a class absolutely.
            let text = self.strings.get(name);
            let stripped = text.strip_prefix(b"\\").unwrap_or(text).to_vec();
            if special_class(&stripped).is_some() {
                let name = String::from_utf8_lossy(&stripped);
                return self.error(format!("'\\{name}' is an invalid class name"));
            }
            let name = self.strings.intern(&stripped);
            return Ok(self.class_literal(name));
        } else if let (Operand::Const(_), Expr::Int(_) | Expr::Float(_) | Expr::Array { .. }) =
            (value, self.ast.expr(id))
        {
            return self.error("Illegal class name");
        }
        // Literals in the place of a class are names, with an inline cache.
        let value = if let Operand::Const(_) = value { self.op(Opcode::MOVE, value, NONE) } else { value };
        let c = self.class_tmp();
        self.emit(Opcode::FETCH_CLASS, value, NONE, c);
        Ok(c)
    }

    pub(crate) fn class_ref_operand(&mut self, class: ClassRef) -> Result<Operand> {
        self.check_class_scope(class)?;
        Ok(match class {
            ClassRef::Named(name) => self.class_literal(name),
            ClassRef::This => Operand::Num(CLASS_SELF),
            ClassRef::Parent => Operand::Num(CLASS_PARENT),
            ClassRef::Static => Operand::Num(CLASS_STATIC),
        })
    }

    /// `self`, `parent` and `static` need a class around them. Closures and the script body may be bound to one or
    /// included from one, so there it shows at run time.
    pub(crate) fn check_class_scope(&self, class: ClassRef) -> Result<()> {
        let word = match class {
            ClassRef::Named(_) => return Ok(()),
            ClassRef::This => "self",
            ClassRef::Parent => "parent",
            ClassRef::Static => "static",
        };
        if !self.scope_is_known() {
            return Ok(());
        }
        match &self.class {
            None => self.error(format!("Cannot use \"{word}\" when no class scope is active")),
            Some(scope) if class == ClassRef::Parent && scope.parent.is_none() => {
                self.error("Cannot use \"parent\" when current class scope has no parent")
            }
            Some(_) => Ok(()),
        }
    }

    /// Whether the class around the current code is certain.
    pub(crate) fn scope_is_known(&self) -> bool {
        if self.f.info.is_closure || self.f.info.is_const_expr {
            return false;
        }
        match &self.class {
            // A function of its own has no class; code at the top may be included from a method.
            None => !self.f.info.is_main,
            // Methods of a trait run in the classes that use it.
            Some(scope) => !scope.is_trait,
        }
    }

    /// `use` statements.
    pub(crate) fn use_items(&mut self, items: &[UseItem]) -> Result<()> {
        for item in items {
            self.use_item(item)?;
        }
        Ok(())
    }

    fn use_item(&mut self, item: &UseItem) -> Result<()> {
        let old = StrId::from(item.name);
        let new = match item.alias {
            Some(alias) => alias.into(),
            None => {
                let text = self.strings.get(old);
                let short = unqualified(text);
                if short.len() == text.len() && self.file.namespace.is_none() {
                    let text = self.strings.text(old);
                    self.warning(
                        2,
                        format!("The use statement with non-compound name '{text}' has no effect"),
                    );
                }
                let short = short_copy(self.strings.get(old));
                self.strings.intern(&short)
            }
        };
        let key = if item.kind == UseKind::Const { new } else { self.strings.lower(new) };
        if item.kind == UseKind::Class && is_reserved_class_name(self.strings.get(new)) {
            let (old, new) = (self.strings.text(old), self.strings.text(new));
            return self.error(format!("Cannot use {old} as {new} because '{new}' is a special class name"));
        }
        let declared = self.in_namespace(key);
        let declared = self.strings.lower(declared);
        let taken = self.file.declared.contains(&(item.kind as u8, declared))
            && !self.strings.get(old).eq_ignore_ascii_case(self.strings.get(declared));
        let table = match item.kind {
            UseKind::Class => &mut self.file.classes,
            UseKind::Function => &mut self.file.functions,
            UseKind::Const => &mut self.file.constants,
        };
        if taken || table.insert(key, old).is_some() {
            let what = match item.kind {
                UseKind::Class => "",
                UseKind::Function => " function",
                UseKind::Const => " const",
            };
            let (old, new) = (self.strings.text(old), self.strings.text(new));
            return self.error(format!("Cannot use{what} {old} as {new} because the name is already in use"));
        }
        Ok(())
    }

    /// What is imported under the lower-case (constants: exact) alias `key`.
    pub(crate) fn imported(&self, kind: UseKind, key: StrId) -> Option<StrId> {
        let table = match kind {
            UseKind::Class => &self.file.classes,
            UseKind::Function => &self.file.functions,
            UseKind::Const => &self.file.constants,
        };
        table.get(&key).copied()
    }

    /// Notes that the file declares `name` (full).
    pub(crate) fn note_declared(&mut self, kind: UseKind, name: StrId) {
        let lower = self.strings.lower(name);
        self.file.declared.insert((kind as u8, lower));
    }
}

fn short_copy(name: &[u8]) -> Vec<u8> {
    unqualified(name).to_vec()
}
