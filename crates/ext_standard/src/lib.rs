//! PHP's standard extension.
