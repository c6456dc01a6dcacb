//! Files with the right names and wrong contents: whoever looks at them gets an error, or a picture that means nothing, and always
//! an answer.
//!
//! The test looks at its own process, so nothing else may have a cache in it.

mod common;

use std::fs::File;
use std::io::Write;
use std::ops::Range;
use std::os::fd::FromRawFd;
use std::os::unix::fs::FileExt;

use phalanx_cache::watch::process::picture;
use phalanx_cache::watch::{BlockKind, Cause, Detail, Error, PartKind};
use phalanx_cache::{Cache, CacheConfig, Fetch, FileStamp, Persist, Placement};
use phalanx_shm::GateKind;
use phalanx_value::image::Strings;

struct Bytes(Vec<u8>, Vec<u8>);

// SAFETY: copies as many bytes as it says.
unsafe impl Persist for Bytes {
    fn size(&self) -> usize {
        self.0.len()
    }

    fn trace_sites(&self) -> usize {
        2
    }

    fn strings(&self) -> Strings<'_> {
        Strings::of(&self.1)
    }

    unsafe fn copy_to(&self, to: *mut u8, _: &Placement<'_>) {
        // SAFETY: promised by the caller.
        unsafe { std::ptr::copy_nonoverlapping(self.0.as_ptr(), to, self.0.len()) };
    }
}

/// A file in memory of this name, as nobody has sealed it.
fn forge(name: &std::ffi::CStr, contents: &[u8]) -> File {
    // SAFETY: the name is a C string.
    let descriptor = unsafe { libc::memfd_create(name.as_ptr(), libc::MFD_CLOEXEC) };
    assert!(descriptor >= 0);
    // SAFETY: the descriptor is new and nobody else's.
    let mut file = unsafe { File::from_raw_fd(descriptor) };
    file.write_all(contents).unwrap();
    file
}

/// Copies of the control region and the data segment of a cache with some scripts; and where a page of strings is.
fn contents() -> (Vec<u8>, Vec<u8>, Range<usize>) {
    let me = std::process::id();
    let config = CacheConfig {
        memory_consumption: 1 << 20,
        max_accelerated_files: 200,
        gate: GateKind::Mprotect,
        max_threads: 4,
        ..CacheConfig::default()
    };
    let cache = Cache::create(config).unwrap();
    let slot = cache.register().unwrap();
    let stamp = FileStamp { seconds: 1_700_000_000, nanos: 0, size: 77 };
    for number in 0..20 {
        let path = format!("/srv/script{number}.php");
        let Fetch::Compile(ticket) = cache.fetch(&slot, path.as_bytes(), 1_800_000_000, || Some(stamp))
        else {
            panic!("it is not there yet")
        };
        let unit = Bytes(vec![7; 1000 + number * 64], common::strings(&texts(number)));
        cache.publish(&slot, ticket, &unit, stamp, 1_800_000_000).unwrap();
    }
    let _ = cache.invalidate(&slot, b"/srv/script3.php", true, || None);
    let seen = picture(me, Detail::Parts).unwrap();
    assert!(seen.consistent);
    assert_eq!((seen.scripts.len(), seen.cached_scripts, seen.misses), (19, 19, 20));
    assert_eq!(seen.data.count_of(BlockKind::Retired), 1);
    // All but the first text of each are also those of another script.
    assert_eq!((seen.strings.number_of_strings, seen.strings.buffer_size), (22, 8 << 20));
    let page = seen.data.blocks.iter().find(|block| block.kind == BlockKind::Strings).unwrap();
    let strings: usize = page.parts.iter().map(|part| part.size).sum();
    assert_eq!((strings, seen.strings.used_memory), (22 * 48, 22 * 48));
    assert!(page.parts.iter().all(|part| part.kind == PartKind::Strings));
    let retired = seen.data.blocks.iter().find(|block| block.kind == BlockKind::Retired).unwrap();
    assert_eq!(retired.path.as_deref(), Some(&b"/srv/script3.php"[..]));
    assert_eq!(seen.threads[0].pins, 20);
    assert!(seen.scripts.iter().all(|script| script.pinned_by == [0] && script.source_size == 77));
    let copy = |name: &[u8]| {
        let files = phalanx_host::processes::open_files(me, |link| link.starts_with(name)).unwrap();
        assert_eq!(files.len(), 1);
        let mut bytes = vec![0; files[0].1.metadata().unwrap().len() as usize];
        files[0].1.read_exact_at(&mut bytes, 0).unwrap();
        bytes
    };
    let page = page.offset..page.offset + page.size;
    (copy(b"/memfd:phalanx-control"), copy(b"/memfd:phalanx-shm"), page)
}

fn texts(script: usize) -> Vec<Vec<u8>> {
    (script..script + 3).map(|n| format!("text {n:>5}").into_bytes()).collect()
}

#[test]
fn forged_memory() {
    let me = std::process::id();
    let (control, segment, page) = contents();
    assert!(matches!(picture(me, Detail::Parts), Err(Error::NoCache(_))));
    let look = |control: &[u8], segment: &[u8]| {
        let _files = (forge(c"phalanx-control", control), forge(c"phalanx-shm", segment));
        let seen = picture(me, Detail::Parts);
        if let Ok(seen) = &seen {
            assert_eq!(seen.data.blocks.iter().map(|block| block.size).sum::<usize>(), segment.len());
        }
        seen
    };
    assert_eq!(look(&control, &segment).unwrap().scripts.len(), 19);
    let mut random = 88_172_645_463_325_252_u64;
    let mut next = || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random as usize
    };
    let noise: Vec<u8> = std::iter::repeat_with(|| next() as u8).take(segment.len()).collect();
    assert!(matches!(look(&noise, &segment), Err(Error::NoCache(_))));
    assert!(look(&control, &noise).is_err());
    assert!(look(&control[..100], &segment).is_err());
    assert!(look(&control, &segment[..100]).is_err());
    assert!(look(&[], &[]).is_err());
    let (mut pictures, mut refusals) = (0, 0);
    for round in 0..600 {
        let (mut control, mut segment) = (control.clone(), segment.clone());
        for _ in 0..1 + round % 5 {
            // Head of the region and slots; roots; index; the map of a page; blocks.
            let (start, end) = [(0, 4096), (0, control.len())][next() % 2];
            control[start + next() % (end - start)] = next() as u8;
            let map = (page.start, page.start + 288);
            let (start, end) = [(0, 2400), (2400, 40_000), map, (0, segment.len())][next() % 4];
            segment[start + next() % (end - start)] = next() as u8;
        }
        match look(&control, &segment) {
            Ok(_) => pictures += 1,
            Err(error) => {
                assert!(error.to_string().contains(&me.to_string()), "{error}");
                refusals += 1;
            }
        }
    }
    assert!(pictures > 100 && refusals > 20, "{pictures} pictures, {refusals} refusals");
    // A whole segment of noise behind a good start.
    for start in [2208, 4096, 20_000] {
        let mixed = [&segment[..start], &noise[start..]].concat();
        match look(&control, &mixed) {
            Ok(_) | Err(Error::Unreadable(_, Cause::Damaged(_) | Cause::Changed)) => {}
            Err(error) => panic!("{error}"),
        }
    }
    // Another version, and another layout of the same.
    let mut other = control.clone();
    other[14] += 1;
    let text = look(&other, &segment).unwrap_err().to_string();
    assert!(
        text.contains(&format!("process {me} runs Phalanx "))
            && text.ends_with(", which cannot read its cache"),
        "{text}"
    );
    let mut other = control.clone();
    other[16] ^= 1;
    let text = look(&other, &segment).unwrap_err().to_string();
    assert_eq!(text, format!("process {me} runs another build of Phalanx, whose cache this one cannot read"));
}
