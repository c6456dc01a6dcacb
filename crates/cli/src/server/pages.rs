//! The server's own pages: what went wrong.

/// A page with a title and a text, which is HTML.
pub fn page(status: u16, title: &str, text: &str) -> String {
    format!(
        "<!doctype html><html><head><title>{status} {title}</title><style>\n\
         body {{ background-color: #fff; color: #222; margin: 0; font-family: sans-serif; }}\n\
         h1 {{ background-color: #dde; font-size: 1.5em; font-weight: normal; margin: 0; padding: 0.5em; }}\n\
         p {{ padding: 0 0.75em; }}\n\
         code.url {{ background-color: #eee; padding: 0 2px; }}\n\
         </style>\n</head><body><h1>{title}</h1><p>{text}</p></body></html>"
    )
}

/// Text as it stands in HTML.
pub fn escape(text: &[u8]) -> String {
    let mut out = String::new();
    for letter in String::from_utf8_lossy(text).chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#039;"),
            letter => out.push(letter),
        }
    }
    out
}

/// What a status is called.
pub fn reason(status: u16) -> &'static str {
    REASONS.iter().find(|(known, _)| *known == status).map_or("Unknown Status Code", |(_, text)| text)
}

const REASONS: &[(u16, &str)] = &[
    (100, "Continue"),
    (101, "Switching Protocols"),
    (103, "Early Hints"),
    (200, "OK"),
    (201, "Created"),
    (202, "Accepted"),
    (203, "Non-Authoritative Information"),
    (204, "No Content"),
    (205, "Reset Content"),
    (206, "Partial Content"),
    (208, "Already Reported"),
    (300, "Multiple Choices"),
    (301, "Moved Permanently"),
    (302, "Found"),
    (303, "See Other"),
    (304, "Not Modified"),
    (305, "Use Proxy"),
    (307, "Temporary Redirect"),
    (308, "Permanent Redirect"),
    (400, "Bad Request"),
    (401, "Unauthorized"),
    (402, "Payment Required"),
    (403, "Forbidden"),
    (404, "Not Found"),
    (405, "Method Not Allowed"),
    (406, "Not Acceptable"),
    (407, "Proxy Authentication Required"),
    (408, "Request Timeout"),
    (409, "Conflict"),
    (410, "Gone"),
    (411, "Length Required"),
    (412, "Precondition Failed"),
    (413, "Request Entity Too Large"),
    (414, "Request-URI Too Long"),
    (415, "Unsupported Media Type"),
    (416, "Requested Range Not Satisfiable"),
    (417, "Expectation Failed"),
    (426, "Upgrade Required"),
    (428, "Precondition Required"),
    (429, "Too Many Requests"),
    (431, "Request Header Fields Too Large"),
    (451, "Unavailable For Legal Reasons"),
    (500, "Internal Server Error"),
    (501, "Not Implemented"),
    (502, "Bad Gateway"),
    (503, "Service Unavailable"),
    (504, "Gateway Timeout"),
    (505, "HTTP Version Not Supported"),
    (506, "Variant Also Negotiates"),
    (511, "Network Authentication Required"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        assert_eq!(escape(b"/<a>&\"'"), "/&lt;a&gt;&amp;&quot;&#039;");
        assert_eq!((reason(404), reason(422)), ("Not Found", "Unknown Status Code"));
        assert!(page(404, "Not Found", "x").contains("<h1>Not Found</h1><p>x</p>"));
    }
}
