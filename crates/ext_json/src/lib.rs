//! PHP's json extension.
