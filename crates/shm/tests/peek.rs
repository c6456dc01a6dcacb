//! What a watcher sees is what those who share the memory see, under load as well; and contents of any sort are no danger.

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use phalanx_shm::peek::{CONTROL_LINK, ControlPeek, HeapPeek, Peek, PeekError, SEGMENT_LINK};
use phalanx_shm::{Control, ControlOptions, GateKind, Heap, SegmentOptions};

const OPTIONS: ControlOptions = ControlOptions { ids: 128, slots: 16, locks: 2, claims: 8 };

fn heap(len: usize) -> Heap {
    let control = Control::create(OPTIONS).unwrap();
    let segment = SegmentOptions::new(len).gate(GateKind::Auto).create().unwrap();
    Heap::create(Arc::new(segment), control, 1).unwrap()
}

/// The open files of this process whose link begins so.
fn files(link: &str) -> Vec<PathBuf> {
    let paths = fs::read_dir("/proc/self/fd").unwrap().map(|entry| entry.unwrap().path());
    let is_it =
        |path: &PathBuf| fs::read_link(path).is_ok_and(|target| target.to_string_lossy().starts_with(link));
    paths.filter(is_it).collect()
}

fn open(path: &PathBuf) -> Peek {
    Peek::of_file(File::open(path).unwrap()).unwrap()
}

/// The files of a heap and its region. Other tests of this process have some too, and close them at any time.
fn paths(heap: &Heap) -> [PathBuf; 2] {
    let address = heap.segment().base().addr() as u64;
    let control = |path: &PathBuf| {
        let peek = Peek::of_file(File::open(path).ok()?).ok()?;
        let listing = ControlPeek::open(peek).ok()?.listing(1).ok()??;
        (listing.address == address).then_some((path.clone(), listing))
    };
    let (control, listing) = files(CONTROL_LINK).iter().find_map(control).expect("the region is in a file");
    let is_segment = |path: &PathBuf| {
        let peek = File::open(path).and_then(Peek::of_file);
        peek.is_ok_and(|peek| HeapPeek::open(peek, &listing).is_ok())
    };
    [control, files(SEGMENT_LINK).into_iter().find(is_segment).expect("the segment is in a file")]
}

fn peeks(heap: &Heap) -> (ControlPeek, HeapPeek) {
    let [control, segment] = paths(heap);
    let control = ControlPeek::open(open(&control)).unwrap();
    let listing = control.listing(1).unwrap().unwrap();
    let through_file = HeapPeek::open(open(&segment), &listing).unwrap();
    let memory = Peek::of_memory(File::open("/proc/self/mem").unwrap(), listing.address, listing.len);
    let through_memory = HeapPeek::open(memory, &listing).unwrap();
    assert_eq!(through_file.blocks().unwrap(), through_memory.blocks().unwrap());
    (control, through_file)
}

#[test]
fn a_watcher_sees_what_is_there() {
    let heap = heap(1 << 20);
    let (control, peek) = peeks(&heap);
    assert_eq!(control.options(), OPTIONS);
    assert_eq!(control.creator(), std::process::id());
    assert_eq!(control.listing(0).unwrap(), None);
    assert_eq!(control.listing(99).unwrap(), None);
    let slot = heap.control().register().unwrap();
    let window = heap.segment().window();
    let mut addresses = Vec::new();
    for len in [100, 5000, 17, 64] {
        let block = heap.allocate(&slot, &window, len, 16).unwrap();
        addresses.push(heap.commit_with_mark(&window, block, len as u32));
    }
    let private = heap.allocate(&slot, &window, 300, 16).unwrap();
    slot.pin(7);
    slot.note_use(7, 44);
    slot.note_use(7, 45);
    slot.count(3, 9);
    // SAFETY: nobody looks at the block.
    unsafe { heap.retire(&slot, &window, addresses[1], 7) };
    let blocks = peek.blocks().unwrap();
    assert!(blocks.consistent);
    assert_eq!(blocks.blocks, heap.blocks(&slot));
    assert_eq!(peek.stats().unwrap(), heap.stats());
    let sum: usize = blocks.blocks.iter().map(|block| block.size).sum();
    assert_eq!(peek.first_block() + sum + 32, heap.segment().len());
    let listing = control.listing(1).unwrap().unwrap();
    assert_eq!((listing.gate, listing.windows), (heap.segment().gate(), heap.segment().windows_opened()));
    assert!(listing.windows >= 2);
    let slots = control.slots().unwrap();
    assert_eq!(slots.len(), 1);
    assert_eq!((slots[0].pid, slots[0].index), (std::process::id(), slot.index()));
    assert!(slots[0].pins.has(7) && !slots[0].pins.has(8) && slots[0].pins.count() == 1);
    assert_eq!(control.counters().unwrap()[3], 9);
    let uses = control.uses().unwrap();
    assert_eq!((uses[7].count, uses[7].stamp, uses[8].count), (2, 45, 0));
    heap.free(&slot, &window, private);
    assert_eq!(peek.blocks().unwrap().blocks, heap.blocks(&slot));
}

/// Blocks adjoin and cover the heap whatever others do to it meanwhile.
#[test]
fn blocks_cover_a_heap_that_changes() {
    let heap = heap(1 << 20);
    let (_, peek) = peeks(&heap);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for seed in 1..4_u64 {
            let (heap, stop) = (&heap, &stop);
            scope.spawn(move || {
                let slot = heap.control().register().unwrap();
                let mut random = seed;
                let mut blocks = Vec::new();
                while !stop.load(Relaxed) {
                    random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    let window = heap.segment().window();
                    if blocks.len() < 60 {
                        let len = (random >> 33) as usize % 4000;
                        let mut block = heap.allocate(&slot, &window, len, 16).unwrap();
                        // Headers of former blocks do not stay behind, as they would not in life.
                        window.bytes_mut(&mut block).fill(0xEE);
                        blocks.push(block);
                    } else {
                        let at = (random >> 33) as usize % blocks.len();
                        heap.free(&slot, &window, blocks.swap_remove(at));
                    }
                }
            });
        }
        for _ in 0..300 {
            let blocks = peek.blocks().unwrap().blocks;
            let mut next = peek.first_block() + 32;
            for block in blocks {
                assert_eq!(block.offset, next);
                next += block.size;
            }
            assert_eq!(next, heap.segment().len());
        }
        stop.store(true, Relaxed);
    });
    let blocks = peek.blocks().unwrap();
    assert!(blocks.consistent);
}

/// Nobody who finds the file of a region or a segment can write to it.
#[test]
fn watchers_cannot_write() {
    let heap = heap(1 << 20);
    for path in paths(&heap) {
        assert!(File::open(&path).unwrap().write(b"x").is_err());
        // Root may open it, and is refused to write.
        let opened = fs::OpenOptions::new().write(true).open(path);
        assert!(opened.is_err() || opened.unwrap().write(b"x").is_err());
    }
    // Those who share it write as ever.
    let slot = heap.control().register().unwrap();
    let window = heap.segment().window();
    let block = heap.allocate(&slot, &window, 100, 16).unwrap();
    heap.free(&slot, &window, block);
}

/// A region and a segment with wrong bytes in them: an error or numbers that mean nothing, and never a panic.
#[test]
fn damage_is_told() {
    let heap = heap(1 << 20);
    let (control, peek) = peeks(&heap);
    let listing = control.listing(1).unwrap().unwrap();
    let whole = |peek: &Peek| peek.bytes(0, peek.len()).unwrap();
    let (region, segment) = (whole(control.memory()), whole(peek.memory()));
    let path = std::env::temp_dir().join(format!("phalanx-peek-{}", std::process::id()));
    let of = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        Peek::of_file(File::open(&path).unwrap()).unwrap()
    };
    let look = |region: &[u8]| -> Result<(), PeekError> {
        let control = ControlPeek::open(of(region))?;
        for lock in 0..3 {
            control.listing(lock)?;
        }
        control.slots()?;
        control.counters()?;
        control.uses()?;
        Ok(())
    };
    let walk = |segment: &[u8]| -> Result<(), PeekError> {
        let heap = HeapPeek::open(of(segment), &listing)?;
        heap.stats()?;
        heap.root(3)?;
        heap.blocks()?;
        Ok(())
    };
    look(&region).unwrap();
    walk(&segment).unwrap();
    let mut random = 88_172_645_463_325_252_u64;
    let mut next = || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random
    };
    for round in 0..200 {
        let (mut region, mut segment) = (region.to_vec(), segment.to_vec());
        for _ in 0..1 + round % 4 {
            let at = next() as usize;
            region[at % 1024] = next() as u8;
            segment[at % 4096] = next() as u8;
        }
        // What matters is that these come back.
        let _ = (look(&region), walk(&segment));
    }
    let mut noise: Vec<u8> = std::iter::repeat_with(|| next() as u8).take(segment.len()).collect();
    assert!(matches!(look(&noise), Err(PeekError::Foreign)));
    assert!(matches!(walk(&noise), Err(PeekError::Foreign)));
    noise[..1024].copy_from_slice(&region[..1024]);
    assert!(matches!(look(&noise), Err(PeekError::Damaged(_))));
    let whole = peek.first_block() + 32;
    noise[..whole].copy_from_slice(&segment[..whole]);
    let no_end = walk(&noise);
    assert!(matches!(no_end, Err(PeekError::Damaged(_))), "{no_end:?}");
    noise[whole - 32..whole].fill(0);
    let broken = walk(&noise);
    assert!(matches!(broken, Err(PeekError::Damaged(_))), "{broken:?}");
    let mut other = region.to_vec();
    other[8] ^= 1;
    assert!(matches!(look(&other), Err(PeekError::Version(_))));
    other[..8].copy_from_slice(b"phlxctl1");
    assert!(matches!(look(&other), Err(PeekError::Version(0))));
    assert!(matches!(look(&region[..64]), Err(PeekError::Foreign)));
    assert!(matches!(look(&region[..4096]), Err(PeekError::Damaged(_))));
    fs::remove_file(&path).unwrap();
}
