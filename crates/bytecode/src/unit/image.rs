//! A Unit as bytes that can lie anywhere: on their way into memory, or in a file.
//!
//! # Safety
//!
//! The pointers of an image are where its list of relocations says: by construction of [`assemble`](crate::assemble), or because
//! the verifier has seen it.
#![allow(unsafe_code, reason = "writes an image to where it will be used")]

use super::{
    AttributeRef, ClassConstRef, ClassDecl, FuncProto, ParamRef, PropertyRef, StaticRef, TraitRuleRef,
    TypeRef, UnitHeader, UnitIdentity, VERSION,
};
use std::fmt::Write;
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
        let field = std::mem::offset_of!(UnitHeader, relocs);
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
        let string = word(&self.bytes, std::mem::offset_of!(UnitHeader, path));
        let len = word(&self.bytes, string + layout::STRING_LEN);
        &self.bytes[string + layout::STRING_BYTES..][..len]
    }

    /// Number of trace sites.
    pub fn trace_sites(&self) -> usize {
        word(&self.bytes, std::mem::offset_of!(UnitHeader, trace_sites))
    }

    /// Writes the Unit to `to`, relocated to be read at address `read_base`, with its identity and trace table.
    ///
    /// # Safety
    /// `to` must be valid for writes of `bytes().len()` bytes, aligned to 16, and read by nobody yet.
    pub unsafe fn copy_to(
        &self,
        to: *mut u8,
        read_base: usize,
        identity: UnitIdentity,
        traces: *const AtomicPtr<u8>,
    ) {
        // SAFETY: as the caller promises.
        unsafe { ptr::copy_nonoverlapping(self.bytes.as_ptr(), to, self.bytes.len()) };
        for &offset in &self.relocs {
            // SAFETY: relocations lie inside the block, by construction at multiples of 8.
            let place = unsafe { to.add(offset as usize) }.cast::<usize>();
            // SAFETY: see above; `to` is aligned to 16.
            unsafe { *place += read_base };
        }
        let header = to.cast::<UnitHeader>();
        // SAFETY: the block starts with its header; fields are written in place, nothing is read.
        unsafe { (&raw mut (*header).id).write(identity.id) };
        // SAFETY: see above.
        unsafe { (&raw mut (*header).generation).write(identity.generation) };
        // SAFETY: see above.
        unsafe { (&raw mut (*header).traces).write(traces) };
    }
}
