//! PHP threads: start, transfer of values, channels and pools.
