//! PHP's reflection extension.
