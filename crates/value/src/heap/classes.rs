//! Size classes of the request heap.
//!
//! Steps of 8 bytes up to 64, then four steps for each doubling up to 3,072 bytes, so that at most a fifth of a block
//! is wasted. Larger blocks are whole pages.

/// How many size classes there are.
pub const CLASS_COUNT: usize = 30;
/// The largest size that has a class.
pub const MAX_SMALL: usize = 3072;
/// Bytes in a page of the heap.
pub const PAGE_SIZE: usize = 4096;

/// Bytes of a block of each class.
pub const CLASS_SIZES: [u16; CLASS_COUNT] = [
    8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 640, 768, 896,
    1024, 1280, 1536, 1792, 2048, 2560, 3072,
];

/// Pages in a run of each class: the smallest run of at most eight pages that wastes least.
pub(crate) static RUN_PAGES: [u8; CLASS_COUNT] = run_pages();

/// Class of a size, indexed by the size in units of 8 bytes, rounded up.
pub static CLASS_OF: [u8; MAX_SMALL / 8 + 1] = class_of_table();

/// The class of blocks of at least `size` bytes. `size` is at most [`MAX_SMALL`].
#[inline(always)]
pub const fn class_of(size: usize) -> u8 {
    CLASS_OF[(size + 7) >> 3]
}

/// The class of blocks of at least `size` bytes, computed without the table, for constants.
pub const fn class_of_const(size: usize) -> u8 {
    let mut class = 0;
    while (CLASS_SIZES[class] as usize) < size {
        class += 1;
    }
    class as u8
}

const fn class_of_table() -> [u8; MAX_SMALL / 8 + 1] {
    let mut table = [0; MAX_SMALL / 8 + 1];
    let mut unit = 0;
    while unit < table.len() {
        table[unit] = class_of_const(unit * 8);
        unit += 1;
    }
    table
}

const fn run_pages() -> [u8; CLASS_COUNT] {
    let mut table = [0; CLASS_COUNT];
    let mut class = 0;
    while class < CLASS_COUNT {
        let size = CLASS_SIZES[class] as usize;
        let mut best = 1;
        let mut pages = 1;
        while pages <= 8 {
            // Waste per page, compared crosswise to stay with integers.
            if (pages * PAGE_SIZE % size) * best < (best * PAGE_SIZE % size) * pages {
                best = pages;
            }
            pages += 1;
        }
        table[class] = best as u8;
        class += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_has_the_tightest_class() {
        for size in 1..=MAX_SMALL {
            let class = class_of(size) as usize;
            assert!(CLASS_SIZES[class] as usize >= size);
            assert!(class == 0 || (CLASS_SIZES[class - 1] as usize) < size);
        }
        for class in 0..CLASS_COUNT {
            assert!(RUN_PAGES[class] as usize * PAGE_SIZE >= CLASS_SIZES[class] as usize);
        }
    }
}
