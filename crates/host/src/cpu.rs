//! How many processors there are to use.

/// Processors that this process may use: those of its affinity mask, and no more than its control group's quota pays for.
pub fn count() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
