//! A Unit as bytes that can lie anywhere: on their way into memory, or in a file.
//!
//! # Safety
//!
//! The pointers of an image are where its list of relocations says: by construction of [`assemble`](crate::assemble), or because
//! the verifier has seen it.
#![allow(unsafe_code, reason = "writes an image to where it will be used")]

use super::{
    AttributeRef, ClassConstRef, ClassDecl, FuncProto, ParamRef, PropertyRef, Slice, StaticRef, TraitRuleRef,
    TypeRef, UnitHeader, UnitIdentity, VERSION,
};
use phalanx_value::image::Strings;
use phalanx_value::string::STRING_HEADER;
use std::fmt::Write;
use std::mem::offset_of;
use std::ptr;
use std::sync::atomic::AtomicPtr;

/// The 64-bit word at an offset.
fn word(bytes: &[u8], at: usize) -> usize {
    u64::from_ne_bytes(bytes[at..at + 8].try_into().expect("eight bytes")) as usize
}

/// Tells layouts of images apart: another text for whatever changes what an image is or does.
pub fn fingerprint() -> String {
    let mut text = format!("unit {VERSION}");
    for op in crate::table::OPS {
        let _ = write!(text, ";{} {:?} {}", op.name, op.roles, op.doc);
    }
    for spec in crate::spec::SPECS {
        let _ = write!(text, ";{} {:?} {:?}", spec.name, spec.base, spec.pattern);
    }
    let sizes = [
        size_of::<UnitHeader>(),
        size_of::<FuncProto>(),
        size_of::<ParamRef>(),
        size_of::<StaticRef>(),
        size_of::<TypeRef>(),
        size_of::<AttributeRef>(),
        size_of::<ClassDecl>(),
        size_of::<ClassConstRef>(),
        size_of::<PropertyRef>(),
        size_of::<TraitRuleRef>(),
        crate::FRAME_HEADER_SIZE as usize,
    ];
    let hash = phalanx_value::string::hash_bytes(b"the hash of strings is part of an image");
    let _ = write!(text, ";{sizes:?};{hash}");
    text
}

/// A Unit as bytes whose pointers are offsets from its start; a null pointer is 0, which no internal pointer is.
#[derive(Clone)]
pub struct Image {
    pub(crate) bytes: Vec<u8>,
    pub(crate) relocs: Vec<u32>,
}

/// Where a Unit is to lie, and who it is there.
#[derive(Clone, Copy, Debug)]
pub struct Placement<'p> {
    /// The address that it will be read at, a multiple of 16.
    pub base: usize,
    /// Bytes that it takes there: its structures, and the strings that follow them.
    pub len: usize,
    /// The addresses that its strings will be read at, in their order.
    pub strings: &'p [usize],
    /// Its identity.
    pub identity: UnitIdentity,
    /// Its trace table.
    pub traces: *const AtomicPtr<u8>,
}

impl Image {
    /// The bytes, not relocated. Their start must be put at a multiple of 16.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The image in `bytes`, which may come from anywhere.
    ///
    /// # Errors
    /// They are no image; the text says why.
    pub fn verify(bytes: Vec<u8>) -> Result<Image, String> {
        crate::verify::image(&bytes)?;
        let field = offset_of!(UnitHeader, relocs);
        let (at, count) = (word(&bytes, field), word(&bytes, field + 8));
        let relocs = bytes[at..at + count * 4].as_chunks().0.iter().map(|&word| u32::from_ne_bytes(word));
        Ok(Image { relocs: relocs.collect(), bytes })
    }

    /// Whether [`Image::verify`] would accept the bytes. It is stricter than the compiler: some rare code is good, and yet not to be
    /// told from code that is not.
    pub fn is_verifiable(&self) -> bool {
        crate::verify::image(&self.bytes).is_ok()
    }

    /// The path of the script.
    pub fn path(&self) -> &[u8] {
        use phalanx_value::layout;
        let string = word(&self.bytes, offset_of!(UnitHeader, path));
        let len = word(&self.bytes, string + layout::STRING_LEN);
        &self.bytes[string + layout::STRING_BYTES..][..len]
    }

    /// Number of trace sites.
    pub fn trace_sites(&self) -> usize {
        word(&self.bytes, offset_of!(UnitHeader, trace_sites))
    }

    /// Bytes of the Unit with its strings; the list of relocations is not needed where it runs.
    pub fn size(&self) -> usize {
        word(&self.bytes, offset_of!(UnitHeader, relocs))
    }

    /// Bytes of the Unit without its strings.
    pub fn structures_size(&self) -> usize {
        word(&self.bytes, offset_of!(UnitHeader, strings))
    }

    /// Its strings.
    pub fn strings(&self) -> Strings<'_> {
        Strings::of(&self.bytes[self.structures_size()..self.size()])
    }

    /// Writes the structures of the Unit to `to`, as they are to be read at their placement. Strings are not written.
    ///
    /// # Safety
    /// `to` must be valid for writes of `structures_size()` bytes, aligned to 16, and read by nobody yet.
    ///
    /// # Panics
    /// When the placement has fewer strings.
    pub unsafe fn copy_to(&self, to: *mut u8, placement: &Placement<'_>) {
        let start = self.structures_size();
        // The address of the string that begins in each stretch of so many bytes, of which none is shorter.
        const SHORTEST: usize = (STRING_HEADER + 1).next_multiple_of(8);
        let mut addresses = vec![0; (self.size() - start).div_ceil(SHORTEST)];
        let mut at = 0;
        let mut given = placement.strings.iter();
        for string in self.strings() {
            addresses[at / SHORTEST] = *given.next().expect("an address for each string");
            at += string.len();
        }
        let moved = |target: usize| match target.checked_sub(start) {
            None => target + placement.base,
            // The list of relocations, which lies behind the strings, is left behind.
            Some(string) => addresses.get(string / SHORTEST).copied().unwrap_or(0),
        };
        // SAFETY: as the caller promises.
        unsafe { self.write(to, start, moved) };
        // SAFETY: the structures begin with the header.
        unsafe { self.finish(to, placement.len, placement.identity, placement.traces) };
    }

    /// Writes the whole Unit to `to`, where it will be read, its strings behind it.
    ///
    /// # Safety
    /// `to` must be valid for writes of `size()` bytes, aligned to 16, and read by nobody yet.
    pub unsafe fn copy_whole_to(&self, to: *mut u8, identity: UnitIdentity, traces: *const AtomicPtr<u8>) {
        // SAFETY: as the caller promises.
        unsafe { self.write(to, self.size(), |target| target + to.expose_provenance()) };
        // SAFETY: the Unit begins with the header.
        unsafe { self.finish(to, self.size(), identity, traces) };
    }

    /// Writes the first `len` bytes, structures all of them and maybe strings, with the addresses that `moved` makes of offsets.
    ///
    /// # Safety
    /// `to` must be valid for writes of as many bytes, aligned to 16, and read by nobody yet.
    unsafe fn write(&self, to: *mut u8, len: usize, moved: impl Fn(usize) -> usize) {
        // SAFETY: as the caller promises.
        unsafe { ptr::copy_nonoverlapping(self.bytes[..len].as_ptr(), to, len) };
        for &offset in &self.relocs {
            // SAFETY: relocations lie in structures, by construction at multiples of 8.
            let place = unsafe { to.add(offset as usize) }.cast::<usize>();
            // SAFETY: see above; `to` is aligned to 16, and the word has just been written.
            let target = unsafe { *place };
            // SAFETY: see above.
            unsafe { *place = moved(target) };
        }
    }

    /// Fills in what the header of a Unit says when it runs.
    ///
    /// # Safety
    /// The header lies at `to`, is the caller's to write, and is read by nobody yet.
    unsafe fn finish(&self, to: *mut u8, len: usize, identity: UnitIdentity, traces: *const AtomicPtr<u8>) {
        let header = to.cast::<UnitHeader>();
        // SAFETY: the header is there, aligned; fields are written in place, nothing is read.
        unsafe { (&raw mut (*header).size).write(len as u64) };
        // SAFETY: see above.
        unsafe { (&raw mut (*header).id).write(identity.id) };
        // SAFETY: see above.
        unsafe { (&raw mut (*header).generation).write(identity.generation) };
        // SAFETY: see above.
        unsafe { (&raw mut (*header).traces).write(traces) };
        // SAFETY: see above.
        unsafe { (&raw mut (*header).relocs).write(Slice::empty()) };
    }
}
