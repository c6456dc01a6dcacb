//! PHP's spl extension.
