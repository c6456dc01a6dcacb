//! Which bytes of a Unit are what, for pictures of memory and of files.

use crate::unit::{ClassDecl, FuncProto, UnitHeader};
use phalanx_value::layout;
use std::mem::offset_of;
use std::ops::Range;

/// Bytes at the start of a Unit from which [`own_strings`] knows where its strings are.
pub const HEAD: usize = size_of::<UnitHeader>();

/// Where the strings lie that a Unit of `len` bytes in the opcode cache has for itself alone. `head` is a copy of its start that
/// may be anything: then so is the answer, but it lies inside.
pub fn own_strings(head: &[u8], len: usize) -> Range<usize> {
    word(head, offset_of!(UnitHeader, strings)).min(len)..len
}

/// What a part of an image is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum PartKind {
    /// The header of the Unit.
    Header,
    /// The record of a function.
    Functions,
    /// Instructions.
    Code,
    /// Literals.
    Literals,
    /// What else belongs to functions, or to the Unit: parameters, names of variables, lines.
    Tables,
    /// The record of a class, and what belongs to classes.
    Classes,
    /// A string.
    Strings,
    /// A constant array.
    Arrays,
    /// The list of the words that hold pointers.
    Relocations,
}

/// What a part belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Owner {
    /// The Unit: it is shared, or of no function and no class.
    Unit,
    /// The function with this number.
    Function(u32),
    /// The class with this number.
    Class(u32),
}

/// A part of an image.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Part {
    /// Where it begins.
    pub offset: usize,
    /// Its bytes.
    pub len: usize,
    /// What it is.
    pub kind: PartKind,
    /// The name of its structures.
    pub what: &'static str,
    /// How many of them it has.
    pub count: usize,
    /// What it belongs to.
    pub owner: Owner,
}

/// An image that the verifier has accepted, taken apart.
#[derive(Clone, Debug)]
pub struct Anatomy {
    /// Path of the script.
    pub path: Vec<u8>,
    /// All parts in the order of their places. They do not overlap, and what lies between them is padding.
    pub parts: Vec<Part>,
    /// Names of the functions; methods with their class. The first is the body of the script, which has none, like constant
    /// expressions.
    pub functions: Vec<Vec<u8>>,
    /// Names of the classes.
    pub classes: Vec<Vec<u8>>,
    /// Places for machine code: entries of functions, and loops.
    pub trace_sites: usize,
}

impl Anatomy {
    /// Takes an image apart that may come from anywhere.
    ///
    /// # Errors
    /// What the verifier has against it.
    pub fn of_image(bytes: &[u8]) -> Result<Anatomy, String> {
        let parts = crate::verify::parts(bytes)?;
        let of_kind = |kind: PartKind| parts.iter().filter(move |part| part.kind == kind);
        let records = of_kind(PartKind::Classes).filter(|part| part.what == "class");
        let name = offset_of!(ClassDecl, name);
        let classes: Vec<Vec<u8>> = records.map(|part| string(bytes, part.offset + name).to_vec()).collect();
        let functions = of_kind(PartKind::Functions).map(|part| {
            let name = string(bytes, part.offset + offset_of!(FuncProto, name));
            let class = half(bytes, part.offset + offset_of!(FuncProto, class)).checked_sub(1);
            match class.and_then(|class| classes.get(class)) {
                Some(class) if !name.is_empty() => [class, name].join(&b"::"[..]),
                _ => name.to_vec(),
            }
        });
        Ok(Anatomy {
            path: string(bytes, offset_of!(UnitHeader, path)).to_vec(),
            functions: functions.collect(),
            trace_sites: word(bytes, offset_of!(UnitHeader, trace_sites)),
            classes,
            parts,
        })
    }

    /// How many structures of a kind there are, and their bytes.
    pub fn total(&self, kind: PartKind) -> (usize, usize) {
        let parts = self.parts.iter().filter(|part| part.kind == kind);
        parts.fold((0, 0), |(count, bytes), part| (count + part.count, bytes + part.len))
    }

    /// The name of what a part belongs to.
    pub fn owner(&self, part: &Part) -> Option<&[u8]> {
        let name = match part.owner {
            Owner::Unit => None,
            Owner::Function(number) => self.functions.get(number as usize),
            Owner::Class(number) => self.classes.get(number as usize),
        };
        name.map(Vec::as_slice)
    }
}

/// The text of a string that a part is.
pub fn text<'b>(image: &'b [u8], part: &Part) -> Option<&'b [u8]> {
    (part.kind == PartKind::Strings).then(|| string_at(image, part.offset))
}

/// The string that the word at an offset of an accepted image points to.
fn string(image: &[u8], at: usize) -> &[u8] {
    string_at(image, word(image, at))
}

fn string_at(image: &[u8], at: usize) -> &[u8] {
    let len = word(image, at.saturating_add(layout::STRING_LEN));
    let start = at.saturating_add(layout::STRING_BYTES);
    image.get(start..start.saturating_add(len)).unwrap_or_default()
}

fn word(image: &[u8], at: usize) -> usize {
    let bytes = image.get(at..).and_then(<[u8]>::first_chunk);
    bytes.map_or(0, |&bytes| u64::from_ne_bytes(bytes) as usize)
}

fn half(image: &[u8], at: usize) -> usize {
    let bytes = image.get(at..).and_then(<[u8]>::first_chunk);
    bytes.map_or(0, |&bytes| u32::from_ne_bytes(bytes) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Op;
    use crate::draft::UnitDraft;

    #[test]
    fn an_image_is_taken_apart() {
        use crate::draft::{ClassDraft, FunctionDraft, Literal};
        use crate::{Kind, Opcode};
        let function = |name: &str, class| {
            let literals = vec![Literal::Str(b"text".as_slice().into())];
            let code = vec![Op::new(Opcode::RETURN).with_a(Kind::Lit, 0)];
            let name = name.as_bytes().into();
            FunctionDraft { name, class, code, literals, lines: vec![1], ..FunctionDraft::default() }
        };
        let class = ClassDraft {
            name: b"C".as_slice().into(),
            interfaces: vec![b"I".as_slice().into()],
            methods: vec![crate::draft::FuncIdx(1)],
            ..ClassDraft::default()
        };
        let draft = UnitDraft {
            path: b"/srv/a.php".as_slice().into(),
            functions: vec![function("", None), function("m", Some(crate::draft::ClassIdx(0)))],
            classes: vec![class],
            ..UnitDraft::default()
        };
        let image = crate::assemble(&draft);
        let found = Anatomy::of_image(image.bytes()).unwrap();
        assert_eq!(found.path, b"/srv/a.php");
        assert_eq!(found.functions, [b"".to_vec(), b"C::m".to_vec()]);
        assert_eq!(found.classes, [b"C".to_vec()]);
        assert_eq!(found.trace_sites, 2);
        let sizes = [
            (PartKind::Header, 1, size_of::<UnitHeader>()),
            (PartKind::Functions, 2, 2 * size_of::<FuncProto>()),
            (PartKind::Code, 2, 2 * size_of::<Op>()),
            (PartKind::Literals, 2, 32),
            // The record, its interface, its method.
            (PartKind::Classes, 3, size_of::<ClassDecl>() + 16 + 8),
            (PartKind::Tables, 2, 16),
            (PartKind::Arrays, 0, 0),
        ];
        for (kind, count, len) in sizes {
            assert_eq!(found.total(kind), (count, len), "{kind:?}");
        }
        let mut end = 0;
        for part in &found.parts {
            assert!(part.offset >= end && part.len > 0, "{part:?}");
            // Between parts lies nothing but alignment.
            assert!(image.bytes()[end..part.offset].iter().all(|&byte| byte == 0));
            end = part.offset + part.len;
        }
        assert!(end <= image.bytes().len() && image.bytes().len() - end < 16);
        let texts: Vec<_> = found.parts.iter().filter_map(|part| text(image.bytes(), part)).collect();
        for wanted in [&b"/srv/a.php"[..], b"text", b"C", b"c", b"I", b"i", b"m", b""] {
            assert_eq!(texts.iter().filter(|&&text| text == wanted).count(), 1);
        }
        assert_eq!(texts.len(), found.total(PartKind::Strings).0);
        let code = found.parts.iter().filter(|part| part.kind == PartKind::Code);
        assert_eq!(code.map(|part| found.owner(part).unwrap()).collect::<Vec<_>>(), [&b""[..], b"C::m"]);
    }

    #[test]
    fn strings_of_a_unit_are_its_end() {
        let draft = UnitDraft { path: b"/srv/a.php".as_slice().into(), ..UnitDraft::default() };
        let image = crate::assemble(&draft);
        let range = own_strings(&image.bytes()[..HEAD], image.size());
        assert_eq!(range, image.structures_size()..image.size());
        // Header, bytes and NUL, up to a multiple of 8.
        assert_eq!(range.len(), 40);
        assert_eq!(&image.bytes()[range][24..34], b"/srv/a.php");
        assert_eq!(own_strings(&[0xff; HEAD], 100), 100..100);
        assert_eq!(own_strings(&[], 100), 0..100);
    }
}
