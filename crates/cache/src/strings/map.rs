//! The map of a page: a bit for each of its words, the first of which the map itself takes.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use phalanx_shm::WriteWindow;

/// Words of a page.
pub(crate) const WORDS: usize = 2048;

/// A set bit is a word that is in use.
pub(crate) type Map = [AtomicU64; WORDS / 64];

/// Words of the map itself.
pub(crate) const OWN: usize = size_of::<Map>() / 8;

const _: () = assert!(OWN < 64);

/// The map whose words were copied; those that are missing count as free.
pub(crate) fn of_words(words: &[u64]) -> Map {
    std::array::from_fn(|index| AtomicU64::new(words.get(index).copied().unwrap_or(0)))
}

/// Words in a row that are in use, behind those of the map.
pub(crate) fn runs(map: &Map) -> impl Iterator<Item = Range<u32>> {
    let mut at = OWN as u32;
    std::iter::from_fn(move || {
        let start = next(map, at, true)?;
        at = next(map, start, false).unwrap_or(WORDS as u32);
        Some(start..at)
    })
}

/// Makes a page empty.
pub(super) fn clear(window: &WriteWindow<'_>, map: &Map) {
    for word in map {
        window.store_relaxed(word, 0);
    }
    window.store_relaxed(&map[0], (1 << OWN) - 1);
}

/// Where from `start` on so many free words lie in a row; or else how many do so at most.
pub(super) fn find(map: &Map, mut start: u32, words: u32) -> Result<u32, u32> {
    let mut longest = 0;
    while let Some(free) = next(map, start, false) {
        let enough = (free + words).min(WORDS as u32);
        let end = next_before(map, free, enough, true).unwrap_or(enough);
        if end - free >= words {
            return Ok(free);
        }
        longest = longest.max(end - free);
        start = end;
    }
    Err(longest)
}

/// The first word from `start` on that is in use, or that is not.
fn next(map: &Map, start: u32, used: bool) -> Option<u32> {
    next_before(map, start, WORDS as u32, used)
}

/// The same, before `end`.
fn next_before(map: &Map, start: u32, end: u32, used: bool) -> Option<u32> {
    let mut at = start;
    while at < end {
        let bits = map[at as usize / 64].load(Ordering::Relaxed);
        let wanted = if used { bits } else { !bits } >> (at % 64);
        if wanted != 0 {
            return Some(at + wanted.trailing_zeros()).filter(|&found| found < end);
        }
        at = (at / 64 + 1) * 64;
    }
    None
}

pub(super) fn is_used(map: &Map, word: u32) -> bool {
    map[word as usize / 64].load(Ordering::Relaxed) >> (word % 64) & 1 != 0
}

/// Marks words as in use or as free.
pub(super) fn set(window: &WriteWindow<'_>, map: &Map, start: u32, words: u32, used: bool) {
    let (mut at, end) = (start, start + words);
    while at < end {
        let count = (end - at).min(64 - at % 64);
        let mask = (!0 >> (64 - count)) << (at % 64);
        let word = &map[at as usize / 64];
        let bits = word.load(Ordering::Relaxed);
        window.store_relaxed(word, if used { bits | mask } else { bits & !mask });
        at += count;
    }
}

/// How many words are free.
pub(super) fn free(map: &Map) -> u32 {
    map.iter().map(|word| word.load(Ordering::Relaxed).count_zeros()).sum()
}

#[cfg(test)]
mod tests {
    #![allow(unsafe_code, reason = "puts a map into a segment")]

    use super::*;
    use phalanx_shm::SegmentOptions;

    /// Words that are taken and given back at random, next to what a list of booleans says.
    #[test]
    fn words_in_a_row() {
        let segment = SegmentOptions::new(WORDS * 8).create().unwrap();
        let window = segment.window();
        // SAFETY: nothing else is in the segment.
        let map: &Map = unsafe { segment.shared(0) };
        clear(&window, map);
        let mut model = vec![false; WORDS];
        model[..OWN].fill(true);
        let mut taken: Vec<(u32, u32)> = Vec::new();
        let mut random = 0x9E37_79B9_7F4A_7C15_u64;
        let mut next_random = |below: u64| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            random % below
        };
        let (mut full, mut refused) = (0, 0);
        for round in 0..20_000 {
            if next_random(100) < 52 {
                let words = 1 + next_random(if round % 7 == 0 { 300 } else { 12 }) as u32;
                let runs = || model.chunk_by(|a, b| a == b).filter(|run| !run[0]).map(<[bool]>::len);
                match find(map, 0, words) {
                    Ok(at) => {
                        assert!(model[at as usize..][..words as usize].iter().all(|used| !used));
                        // The first that there is.
                        assert!(
                            !model[..at as usize].windows(words as usize).any(|run| !run.contains(&true))
                        );
                        set(&window, map, at, words, true);
                        model[at as usize..][..words as usize].fill(true);
                        taken.push((at, words));
                    }
                    Err(longest) => {
                        assert_eq!(longest as usize, runs().max().unwrap_or(0));
                        assert!(longest < words);
                        refused += 1;
                        full += u32::from(longest == 0);
                    }
                }
            } else if !taken.is_empty() {
                let (at, words) = taken.swap_remove(next_random(taken.len() as u64) as usize);
                set(&window, map, at, words, false);
                model[at as usize..][..words as usize].fill(false);
            }
            let start = next_random(WORDS as u64) as u32;
            let ahead = model[start as usize..].chunk_by(|a, b| a == b).filter(|run| !run[0]);
            let longest = ahead.map(<[bool]>::len).max().unwrap_or(0) as u32;
            assert_eq!(find(map, start, longest + 1), Err(longest));
            assert!(longest == 0 || find(map, start, longest).is_ok_and(|at| at >= start));
            assert_eq!(free(map) as usize, model.iter().filter(|used| !**used).count());
            let at = next_random(WORDS as u64) as u32;
            assert_eq!(is_used(map, at), model[at as usize]);
            let behind = model[at as usize..].iter().position(|&used| used);
            assert_eq!(next(map, at, true), behind.map(|ahead| at + ahead as u32));
        }
        let copy = of_words(&map.iter().map(|word| word.load(Ordering::Relaxed)).collect::<Vec<_>>());
        let used: usize = runs(&copy).map(|run| run.len()).sum();
        assert_eq!(used + free(map) as usize, WORDS - OWN);
        assert!(runs(&copy).all(|run| run.clone().all(|word| is_used(map, word))));
        assert!(refused > 100 && full < refused, "{refused}, {full}");
    }
}
