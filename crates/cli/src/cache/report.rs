//! Numbers that more than one form of output gives.

use phalanx_engine::watch::{Area, BlockKind, Picture, Script};

/// A segment in figures.
pub struct Figures {
    pub size: usize,
    /// Without what is free or waits for its last reader.
    pub used: usize,
    pub free: usize,
    pub largest_free: usize,
    pub fragmentation: f64,
    pub retired: usize,
    pub retired_blocks: usize,
    /// Blocks of scripts, or of code.
    pub blocks: usize,
    /// Their bytes.
    pub payload: usize,
    pub windows_opened: u64,
}

impl Figures {
    pub fn of(area: &Area) -> Figures {
        let (free, retired) = (area.size_of(BlockKind::Free), area.size_of(BlockKind::Retired));
        let of_both = |count: &dyn Fn(BlockKind) -> usize| count(BlockKind::Script) + count(BlockKind::Code);
        Figures {
            size: area.len,
            used: area.len.saturating_sub(free + retired),
            free,
            largest_free: area.largest_free(),
            fragmentation: area.fragmentation(),
            retired,
            retired_blocks: area.count_of(BlockKind::Retired),
            blocks: of_both(&|kind| area.count_of(kind)),
            payload: of_both(&|kind| area.size_of(kind)),
            windows_opened: area.windows_opened,
        }
    }
}

/// The share of look-ups that found their script, from 0 to 1.
pub fn hit_rate(picture: &Picture) -> f64 {
    let all = picture.hits + picture.misses + picture.blacklist_misses;
    if all == 0 { 0.0 } else { picture.hits as f64 / all as f64 }
}

/// The scripts, the largest first.
pub fn by_size(picture: &Picture) -> Vec<&Script> {
    let mut scripts: Vec<&Script> = picture.scripts.iter().collect();
    scripts.sort_by(|a, b| b.size.cmp(&a.size).then_with(|| a.path.cmp(&b.path)));
    scripts
}
