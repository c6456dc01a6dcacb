//! What a file of the file cache looks like.
//!
//! ```text
//!  +0   u64  "PHXFILE" and a zero        all numbers in the machine's byte order, so the first one tells it
//!  +8   u32  version of this layout
//!  +12  u32  CRC-32 of everything behind
//!  +16  u8×16  system id
//!  +32  i64  the script's time of change, seconds    \
//!  +40  u64  its size                                 } the state of the script that was compiled
//!  +48  u32  its time of change, nanoseconds         /
//!  +52  u32  length of the path
//!  +56  u64  settings that compiling depends on
//!  +64  u64  length of the image
//!  +72  u64  0
//!  +80       path of the script, zeros up to a multiple of 16
//!            image of the Unit: position-independent, to be put at a multiple of 16
//! ```

use crate::fetch::FileStamp;

const MAGIC: [u8; 8] = *b"PHXFILE\0";
/// Changes with this layout. What the image depends on is in the system id.
const VERSION: u32 = 1;
pub(super) const HEADER: usize = 80;
/// Where what the checksum covers begins.
const CHECKED: usize = 16;

/// What a file says beside the image.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Header<'a> {
    pub(super) system: [u8; 16],
    pub(super) stamp: FileStamp,
    pub(super) options: u64,
    pub(super) path: &'a [u8],
}

/// The bytes of a file.
pub(super) fn encode(header: &Header<'_>, image: &[u8]) -> Vec<u8> {
    let start = (HEADER + header.path.len()).next_multiple_of(16);
    let mut bytes = Vec::with_capacity(start + image.len());
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&VERSION.to_ne_bytes());
    bytes.extend_from_slice(&[0; 4]);
    bytes.extend_from_slice(&header.system);
    bytes.extend_from_slice(&header.stamp.seconds.to_ne_bytes());
    bytes.extend_from_slice(&header.stamp.size.to_ne_bytes());
    bytes.extend_from_slice(&header.stamp.nanos.to_ne_bytes());
    bytes.extend_from_slice(&(header.path.len() as u32).to_ne_bytes());
    bytes.extend_from_slice(&header.options.to_ne_bytes());
    bytes.extend_from_slice(&(image.len() as u64).to_ne_bytes());
    bytes.extend_from_slice(&[0; 8]);
    bytes.extend_from_slice(header.path);
    bytes.resize(start, 0);
    bytes.extend_from_slice(image);
    seal(&mut bytes);
    bytes
}

/// Makes the checksum right.
pub(super) fn seal(bytes: &mut [u8]) {
    let sum = crc32fast::hash(&bytes[CHECKED..]);
    bytes[12..CHECKED].copy_from_slice(&sum.to_ne_bytes());
}

/// Whether the checksum of bytes that [`decode`] has accepted is right.
pub(super) fn is_sealed(bytes: &[u8]) -> bool {
    u32_at(bytes, 12) == crc32fast::hash(&bytes[CHECKED..])
}

/// The parts of a file: what it says, and where its image begins. The error says what is wrong with it.
pub(super) fn decode(bytes: &[u8], checksum: bool) -> Result<(Header<'_>, usize), &'static str> {
    if bytes.len() < HEADER || bytes[..8] != MAGIC || u32_at(bytes, 8) != VERSION {
        return Err("it is no cache file of this version");
    }
    let path_len = u32_at(bytes, 52) as usize;
    let start = HEADER.saturating_add(path_len).next_multiple_of(16);
    if start > bytes.len() || u64_at(bytes, 64) != (bytes.len() - start) as u64 {
        return Err("it is truncated or has something appended");
    }
    if checksum && !is_sealed(bytes) {
        return Err("its checksum is wrong");
    }
    let mut system = [0; 16];
    system.copy_from_slice(&bytes[16..32]);
    let stamp =
        FileStamp { seconds: u64_at(bytes, 32) as i64, size: u64_at(bytes, 40), nanos: u32_at(bytes, 48) };
    let path = &bytes[HEADER..HEADER + path_len];
    Ok((Header { system, stamp, options: u64_at(bytes, 56), path }, start))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let mut word = [0; 4];
    word.copy_from_slice(&bytes[at..at + 4]);
    u32::from_ne_bytes(word)
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    let mut word = [0; 8];
    word.copy_from_slice(&bytes[at..at + 8]);
    u64::from_ne_bytes(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_what_is_damaged_is_not() {
        let stamp = FileStamp { seconds: -5, nanos: 7, size: 99 };
        let header = Header { system: [3; 16], stamp, options: 11, path: b"/srv/x.php" };
        let bytes = encode(&header, &[9; 32]);
        assert_eq!(bytes.len(), 96 + 32);
        assert_eq!(decode(&bytes, true), Ok((header, 96)));
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut damaged = bytes.clone();
                damaged[at] ^= 1 << bit;
                assert!(decode(&damaged, true).is_err(), "bit {bit} of byte {at}");
            }
        }
        for len in 0..bytes.len() {
            assert!(decode(&bytes[..len], false).is_err(), "{len} bytes");
        }
        assert!(decode(&[&bytes[..], &[0]].concat(), false).is_err());
    }

    #[test]
    fn a_forged_length_is_no_panic() {
        let header = Header { system: [3; 16], stamp: FileStamp::default(), options: 0, path: b"/x" };
        for (at, word) in [(52, u64::MAX), (64, u64::MAX), (52, 1 << 31), (64, 0)] {
            let mut forged = encode(&header, &[9; 32]);
            forged[at..at + 8].copy_from_slice(&word.to_ne_bytes());
            seal(&mut forged);
            assert!(decode(&forged, true).is_err());
        }
    }
}
