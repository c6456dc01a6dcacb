//! Media types of files by the end of their names.

/// Ends in lower case, and types. Texts get the character set UTF-8.
const TYPES: &[(&str, &str)] = &[
    ("html", "text/html"),
    ("htm", "text/html"),
    ("js", "text/javascript"),
    ("mjs", "text/javascript"),
    ("css", "text/css"),
    ("txt", "text/plain"),
    ("text", "text/plain"),
    ("log", "text/plain"),
    ("csv", "text/csv"),
    ("md", "text/markdown"),
    ("xml", "application/xml"),
    ("xsl", "application/xml"),
    ("xhtml", "application/xhtml+xml"),
    ("json", "application/json"),
    ("webmanifest", "application/manifest+json"),
    ("map", "application/json"),
    ("wasm", "application/wasm"),
    ("rss", "application/rss+xml"),
    ("atom", "application/atom+xml"),
    ("gif", "image/gif"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("jpe", "image/jpeg"),
    ("png", "image/png"),
    ("apng", "image/apng"),
    ("avif", "image/avif"),
    ("webp", "image/webp"),
    ("bmp", "image/bmp"),
    ("ico", "image/x-icon"),
    ("tif", "image/tiff"),
    ("tiff", "image/tiff"),
    ("svg", "image/svg+xml"),
    ("svgz", "image/svg+xml"),
    ("woff", "font/woff"),
    ("woff2", "font/woff2"),
    ("ttf", "font/ttf"),
    ("otf", "font/otf"),
    ("mp3", "audio/mpeg"),
    ("ogg", "audio/ogg"),
    ("oga", "audio/ogg"),
    ("wav", "audio/x-wav"),
    ("mp4", "video/mp4"),
    ("mpeg", "video/mpeg"),
    ("mpg", "video/mpeg"),
    ("ogv", "video/ogg"),
    ("webm", "video/webm"),
    ("mov", "video/quicktime"),
    ("avi", "video/x-msvideo"),
    ("pdf", "application/pdf"),
    ("zip", "application/zip"),
    ("gz", "application/gzip"),
    ("tar", "application/x-tar"),
    ("7z", "application/x-7z-compressed"),
    ("jar", "application/java-archive"),
    ("doc", "application/msword"),
    ("rtf", "application/rtf"),
    ("xls", "application/vnd.ms-excel"),
    ("ppt", "application/vnd.ms-powerpoint"),
    ("bin", "application/octet-stream"),
    ("exe", "application/x-msdownload"),
];

/// The value of `Content-Type` for a file; none if its name says nothing.
pub fn of(file: &[u8]) -> Option<String> {
    let name = file.rsplit(|byte| *byte == b'/').next()?;
    let dot = name.iter().rposition(|byte| *byte == b'.')?;
    let end = std::str::from_utf8(&name[dot + 1..]).ok()?.to_ascii_lowercase();
    let (_, kind) = TYPES.iter().find(|(known, _)| *known == end)?;
    let charset = if kind.starts_with("text/") { "; charset=UTF-8" } else { "" };
    Some(format!("{kind}{charset}"))
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn types() {
        assert_eq!(of(b"/a.b/c.CSS").as_deref(), Some("text/css; charset=UTF-8"));
        assert_eq!(of(b"/x.png").as_deref(), Some("image/png"));
        assert_eq!(of(b"/a.css/none"), None);
        assert_eq!(of(b"/x.unknown"), None);
    }
}
