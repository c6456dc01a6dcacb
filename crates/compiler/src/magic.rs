//! What PHP demands of methods with magic names.

use crate::Compiler;
use crate::error::Result;
use crate::strings::StrId;
use crate::types::type_text;
use phalanx_bytecode::draft::TypeDraft;
use phalanx_bytecode::flags::func;
use phalanx_bytecode::types;

const WARNING: u32 = 2;

/// The demands on one magic method.
struct Magic {
    name: &'static [u8],
    /// Number of parameters, if it is fixed.
    args: Option<u32>,
    /// Types that parameters may declare.
    arg_types: &'static [u32],
    /// Whether it must be static; otherwise it must not.
    is_static: bool,
    is_public: bool,
    /// The type it may declare to return: `None` allows any, 0 none at all.
    returns: Option<u32>,
}

const STRING: u32 = types::STRING;
const ARRAY: u32 = types::ARRAY;

const fn magic(
    name: &'static [u8],
    args: Option<u32>,
    arg_types: &'static [u32],
    returns: Option<u32>,
) -> Magic {
    Magic { name, args, arg_types, is_static: false, is_public: true, returns }
}

static MAGIC: [Magic; 17] = [
    Magic { is_public: false, ..magic(b"__construct", None, &[], Some(0)) },
    Magic { is_public: false, ..magic(b"__destruct", Some(0), &[], Some(0)) },
    Magic { is_public: false, ..magic(b"__clone", Some(0), &[], Some(types::VOID)) },
    magic(b"__get", Some(1), &[STRING], None),
    magic(b"__set", Some(2), &[STRING, 0], Some(types::VOID)),
    magic(b"__unset", Some(1), &[STRING], Some(types::VOID)),
    magic(b"__isset", Some(1), &[STRING], Some(types::BOOL)),
    magic(b"__call", Some(2), &[STRING, ARRAY], None),
    Magic { is_static: true, ..magic(b"__callstatic", Some(2), &[STRING, ARRAY], None) },
    magic(b"__tostring", Some(0), &[], Some(types::STRING)),
    magic(b"__debuginfo", Some(0), &[], Some(types::ARRAY | types::NULL)),
    magic(b"__serialize", Some(0), &[], Some(types::ARRAY)),
    magic(b"__unserialize", Some(1), &[ARRAY], Some(types::VOID)),
    Magic { is_static: true, ..magic(b"__set_state", Some(1), &[ARRAY], Some(types::OBJECT)) },
    magic(b"__invoke", None, &[], None),
    magic(b"__sleep", Some(0), &[], Some(types::ARRAY)),
    magic(b"__wakeup", Some(0), &[], Some(types::VOID)),
];

/// Checks the method being compiled, if its name is magic.
pub(crate) fn check_magic_method(compiler: &mut Compiler<'_>, lower: StrId) -> Result<()> {
    let text = compiler.strings.get(lower);
    if !text.starts_with(b"__") {
        return Ok(());
    }
    let Some(magic) = MAGIC.iter().find(|magic| magic.name == text) else { return Ok(()) };
    let class = compiler.class_text();
    let name = String::from_utf8_lossy(&compiler.f.draft.name).into_owned();
    let draft = &compiler.f.draft;
    let flags = draft.flags;
    let count = draft.params.len() as u32;
    if let Some(args) = magic.args
        && count != args
    {
        return compiler.error(match args {
            0 => format!("Method {class}::{name}() cannot take arguments"),
            1 => format!("Method {class}::{name}() must take exactly 1 argument"),
            _ => format!("Method {class}::{name}() must take exactly {args} arguments"),
        });
    }
    if magic.args.is_some() && draft.params.iter().any(|param| param.by_ref) {
        return compiler.error(format!("Method {class}::{name}() cannot take arguments by reference"));
    }
    if magic.is_static && flags & func::STATIC == 0 {
        return compiler.error(format!("Method {class}::{name}() must be static"));
    }
    if !magic.is_static && flags & func::STATIC != 0 {
        return compiler.error(format!("Method {class}::{name}() cannot be static"));
    }
    if magic.is_public && flags & func::PUBLIC == 0 {
        compiler.warning(WARNING, format!("The magic method {class}::{name}() must have public visibility"));
    }
    for (index, &bits) in magic.arg_types.iter().enumerate() {
        let draft = &compiler.f.draft;
        if bits == 0 {
            continue;
        }
        if let Some(param) = draft.params.get(index)
            && let Some(ty) = &param.ty
            && crate::builder::type_bits(ty) & bits != bits
        {
            let param = String::from_utf8_lossy(&param.name).into_owned();
            let wanted = type_text(&TypeDraft::Builtin(bits));
            return compiler.error(format!(
                "{class}::{name}(): Parameter #{} (${param}) must be of type {wanted} when declared",
                index + 1
            ));
        }
    }
    check_return_type(compiler, magic, &class, &name)
}

fn check_return_type(compiler: &Compiler<'_>, magic: &Magic, class: &str, name: &str) -> Result<()> {
    let (Some(wanted), Some(ty)) = (magic.returns, &compiler.f.draft.return_type) else { return Ok(()) };
    if wanted == 0 {
        return compiler.error(format!("Method {class}::{name}() cannot declare a return type"));
    }
    let bits = crate::builder::type_bits(ty);
    let never = bits & types::NEVER != 0;
    let is_class = match ty {
        TypeDraft::Builtin(_) => false,
        TypeDraft::Union(members) => members.iter().any(|member| !matches!(member, TypeDraft::Builtin(_))),
        _ => true,
    };
    let is_class = is_class || bits & types::STATIC != 0;
    // Classes are objects.
    let fits = bits & !(wanted | types::STATIC) == 0 && (!is_class || wanted & types::OBJECT != 0);
    if fits || never {
        return Ok(());
    }
    let wanted = type_text(&TypeDraft::Builtin(wanted));
    compiler.error(format!("{class}::{name}(): Return type must be {wanted} when declared"))
}
