//! PHP's pcre extension.
