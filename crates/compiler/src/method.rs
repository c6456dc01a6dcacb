//! Methods.

use crate::Compiler;
use crate::error::Result;
use crate::magic::check_magic_method;
use crate::member::{MemberKind, visibility_flags};
use crate::strings::StrId;
use phalanx_bytecode::flags::func;
use phalanx_syntax::ast::{ClassKind, Func, FuncBody, FuncId, Modifiers};

const COMPILE_WARNING: u32 = 128;

impl Compiler<'_> {
    pub(crate) fn method(&mut self, id: FuncId) -> Result<()> {
        let node = *self.ast.func(id);
        let Some(sym) = node.name else { return self.error("A method needs a name") };
        let name = StrId::from(sym);
        self.at(node.span.start);
        let line = self.line;
        let lower = self.strings.lower(name);
        let flags = self.method_flags(&node, name)?;
        if !self.claim_member(MemberKind::Method, lower) || self.is_method_of_enums(lower) {
            let (class, name) = (self.class_text(), self.strings.text(name));
            return self.error(format!("Cannot redeclare {class}::{name}()"));
        }
        let Some(scope) = &self.class else { return Ok(()) };
        let class_index = scope.index;
        let (outer, index) = self.enter_function();
        self.f.info.name = Some(name);
        self.f.info.has_this = flags & func::STATIC == 0;
        self.f.draft.name = self.strings.bytes(name);
        self.f.draft.class = Some(class_index);
        self.f.draft.flags = flags;
        if self.strings.get(lower) == b"__construct" {
            self.f.draft.flags |= func::CONSTRUCTOR;
        }
        self.function_body(&node)?;
        self.line = line;
        check_magic_method(self, lower)?;
        self.leave_function(outer, index)?;
        self.class_draft().methods.push(index);
        Ok(())
    }

    fn method_flags(&mut self, node: &Func, name: StrId) -> Result<u32> {
        let Some(scope) = &self.class else { return Ok(0) };
        let kind = scope.kind;
        let modifiers = node.modifiers;
        let class = self.class_text();
        let text = self.strings.text(name);
        let mut flags = visibility_flags(modifiers);
        if flags == 0 {
            flags = func::PUBLIC | func::IMPLICIT_PUBLIC;
        }
        for (modifier, bit) in [
            (Modifiers::STATIC, func::STATIC),
            (Modifiers::ABSTRACT, func::ABSTRACT),
            (Modifiers::FINAL, func::FINAL),
        ] {
            if modifiers.contains(modifier) {
                flags |= bit;
            }
        }
        let has_body = node.body != FuncBody::None;
        if flags & func::PRIVATE != 0 && flags & func::FINAL != 0 && !text.eq_ignore_ascii_case("__construct")
        {
            self.warning(
                COMPILE_WARNING,
                "Private methods cannot be final as they are never overridden by other classes".to_string(),
            );
        }
        if kind == ClassKind::Interface {
            if flags & func::PUBLIC == 0 {
                return self
                    .error(format!("Access type for interface method {class}::{text}() must be public"));
            }
            if flags & func::FINAL != 0 {
                return self.error(format!("Interface method {class}::{text}() must not be final"));
            }
            if flags & func::ABSTRACT != 0 {
                return self.error(format!("Interface method {class}::{text}() must not be abstract"));
            }
            flags |= func::ABSTRACT;
        }
        if flags & func::ABSTRACT != 0 {
            let what = if kind == ClassKind::Interface { "Interface" } else { "Abstract" };
            if flags & func::PRIVATE != 0 && kind != ClassKind::Trait {
                return self.error(format!("{what} function {class}::{text}() cannot be declared private"));
            }
            if has_body {
                return self.error(format!("{what} function {class}::{text}() cannot contain body"));
            }
        } else if !has_body {
            return self.error(format!("Non-abstract method {class}::{text}() must contain body"));
        }
        Ok(flags)
    }

    /// Whether the class being compiled is an enum that has a method of this name of itself.
    fn is_method_of_enums(&self, lower: StrId) -> bool {
        self.class.as_ref().filter(|class| class.kind == ClassKind::Enum).is_some_and(|class| {
            match self.strings.get(lower) {
                b"cases" => true,
                b"from" | b"tryfrom" => class.enum_type != 0,
                _ => false,
            }
        })
    }
}
