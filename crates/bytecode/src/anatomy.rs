//! Which bytes of a Unit are what, for pictures of memory.

use crate::unit::UnitHeader;
use phalanx_value::image::string_len;
use std::mem::offset_of;
use std::ops::Range;

/// Where the strings of a Unit lie that was relocated to the address `base`, in ascending order; neighbors are one range. The
/// bytes are a copy and may be anything: then so is the answer, but its ranges lie inside and do not overlap.
pub fn strings(unit: &[u8], base: u64) -> Vec<Range<usize>> {
    let word = |at: usize| {
        let bytes = unit.get(at..)?.first_chunk()?;
        usize::try_from(u64::from_ne_bytes(*bytes)).ok()
    };
    let half = |at: usize| Some(u32::from_ne_bytes(*unit.get(at..)?.first_chunk()?) as usize);
    let inside = |address: usize| address.checked_sub(base as usize).filter(|&offset| offset < unit.len());
    let field = offset_of!(UnitHeader, relocs);
    let (Some(list), Some(count)) = (word(field).and_then(inside), word(field + 8)) else {
        return Vec::new();
    };
    // Each string that there is has a pointer to it, and all pointers are in the list.
    let relocations = (0..count.min(unit.len() / 4)).map_while(|number| half(list + number * 4));
    let targets = relocations.filter_map(|place| word(place).and_then(inside));
    let mut found: Vec<Range<usize>> =
        targets.filter_map(|at| Some(at..at.checked_add(string_len(unit.get(at..)?)?)?)).collect();
    found.sort_unstable_by_key(|range| range.start);
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for range in found {
        match ranges.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => ranges.push(range),
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::UnitDraft;
    use crate::unit::PrivateUnit;

    /// A Unit and the address that it is relocated to.
    fn unit() -> (Vec<u8>, u64) {
        let draft = UnitDraft { path: b"/srv/a.php".as_slice().into(), ..UnitDraft::default() };
        let image = crate::assemble(&draft);
        let unit = PrivateUnit::new(&image, 1);
        let base = unit.get().as_ptr().addr() as u64;
        let mut bytes = image.bytes().to_vec();
        for &reloc in &image.relocs {
            let at = reloc as usize;
            let moved = u64::from_ne_bytes(*bytes[at..].first_chunk().unwrap()) + base;
            bytes[at..at + 8].copy_from_slice(&moved.to_ne_bytes());
        }
        (bytes, base)
    }

    #[test]
    fn strings_are_found() {
        let (bytes, base) = unit();
        let ranges = strings(&bytes, base);
        assert_eq!(ranges.len(), 1);
        let text = &bytes[ranges[0].clone()];
        assert!(text.windows(10).any(|window| window == b"/srv/a.php"));
        // Header, bytes and NUL, up to a multiple of 8.
        assert_eq!(text.len(), 40);
    }

    #[test]
    fn wrong_bytes_give_ranges_inside() {
        let (bytes, base) = unit();
        for at in 0..bytes.len() {
            let mut bytes = bytes.clone();
            bytes[at] ^= 0x5A;
            let mut end = 0;
            for range in strings(&bytes, base) {
                assert!(range.start >= end && range.end <= bytes.len());
                end = range.end;
            }
        }
        assert!(strings(&[], 0).is_empty());
        assert!(strings(&bytes[..100], base).is_empty());
    }
}
