//! Media types of files by the end of their names.

/// Ends in lower case, and types. Texts get the character set UTF-8.
const TYPES: &[(&str, &str)] = &[
    ("html", "text/html"),
    ("htm", "text/html"),
    ("js", "application/javascript"),
    ("mjs", "application/javascript"),
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
    ("ico", "image/vnd.microsoft.icon"),
    ("tif", "image/tiff"),
    ("tiff", "image/tiff"),
    ("svg", "image/svg+xml"),
    ("svgz", "image/svg+xml"),
    ("woff", "font/woff"),
    ("woff2", "font/woff2"),
    ("ttf", "font/ttf"),
    ("otf", "font/otf"),
    ("eot", "application/vnd.ms-fontobject"),
    ("mp3", "audio/mpeg"),
    ("ogg", "audio/ogg"),
    ("oga", "audio/ogg"),
    ("wav", "audio/wave"),
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
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("rtf", "application/rtf"),
    ("xls", "application/vnd.ms-excel"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("ppt", "application/vnd.ms-powerpoint"),
    ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ("bin", "application/octet-stream"),
    ("exe", "application/x-msdos-program"),
    ("flv", "video/x-flv"),
    ("m4v", "video/x-m4v"),
    ("m4a", "audio/mp4"),
    ("aac", "audio/x-aac"),
    ("flac", "audio/x-flac"),
    ("mid", "audio/midi"),
    ("ics", "text/calendar"),
    ("vcf", "text/x-vcard"),
    ("sh", "application/x-sh"),
    ("c", "text/x-c"),
    ("h", "text/x-c"),
    ("java", "text/x-java-source"),
    ("sql", "application/x-sql"),
    ("yml", "text/yaml"),
    ("yaml", "text/yaml"),
    ("toml", "application/toml"),
    ("ini", "text/plain"),
    ("conf", "text/plain"),
    ("psd", "image/vnd.adobe.photoshop"),
    ("ps", "application/postscript"),
    ("eps", "application/postscript"),
    ("ai", "application/postscript"),
    ("bz2", "application/x-bzip2"),
    ("rar", "application/vnd.rar"),
    ("iso", "application/x-iso9660-image"),
    ("dmg", "application/x-apple-diskimage"),
    ("deb", "application/x-debian-package"),
    ("rpm", "application/x-redhat-package-manager"),
    ("swf", "application/x-shockwave-flash"),
    ("xpi", "application/x-xpinstall"),
    ("xap", "application/x-silverlight-app"),
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
