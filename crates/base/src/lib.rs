//! Spans, file ids, typed indices and the counters table that every other crate uses.
