//! Writing SVG: elements with attributes, and text in which nothing is markup.

use std::fmt::{Display, Write};

/// A document that grows from top to bottom.
#[derive(Default)]
pub struct Svg {
    body: String,
    open: Vec<&'static str>,
}

/// Where a text stands as seen from its position.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

impl Svg {
    /// Begins an element; what follows is in it until [`Self::close`].
    pub fn open(&mut self, name: &'static str, attributes: &[(&str, &dyn Display)]) {
        self.tag(name, attributes);
        self.body.push_str(">\n");
        self.open.push(name);
    }

    /// Ends the element that was begun last.
    pub fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            self.line(&format!("</{name}>\n"));
        }
    }

    /// An element without contents.
    pub fn element(&mut self, name: &str, attributes: &[(&str, &dyn Display)]) {
        self.tag(name, attributes);
        self.body.push_str("/>\n");
    }

    /// What is shown when the pointer rests on the element that is open.
    pub fn title(&mut self, text: &str) {
        self.line(&format!("<title>{}</title>\n", escape(text)));
    }

    /// A rectangle.
    pub fn rect(&mut self, [x, y, width, height]: [f64; 4], attributes: &[(&str, &dyn Display)]) {
        let place: [(&str, &dyn Display); 4] =
            [("x", &Short(x)), ("y", &Short(y)), ("width", &Short(width)), ("height", &Short(height))];
        self.element("rect", &[&place, attributes].concat());
    }

    /// A line of text.
    pub fn text(
        &mut self,
        [x, y]: [f64; 2],
        anchor: Anchor,
        text: &str,
        attributes: &[(&str, &dyn Display)],
    ) {
        let place: [(&str, &dyn Display); 2] = [("x", &Short(x)), ("y", &Short(y))];
        self.tag("text", &[&place, attributes].concat());
        match anchor {
            Anchor::Start => {}
            Anchor::Middle => self.body.push_str(" text-anchor=\"middle\""),
            Anchor::End => self.body.push_str(" text-anchor=\"end\""),
        }
        let _ = writeln!(self.body, ">{}</text>", escape(text));
    }

    /// The document, with this size.
    pub fn finish(mut self, [width, height]: [f64; 2], title: &str) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" \
             font-family=\"'Inter', 'Segoe UI', 'Helvetica Neue', 'DejaVu Sans', sans-serif\" font-size=\"12\">\n\
             <title>{2}</title>\n{3}</svg>\n",
            Short(width),
            Short(height),
            escape(title),
            self.body
        )
    }

    /// Adds what another document holds.
    pub fn append(&mut self, mut other: Svg) {
        while !other.open.is_empty() {
            other.close();
        }
        self.body.push_str(&other.body);
    }

    fn tag(&mut self, name: &str, attributes: &[(&str, &dyn Display)]) {
        self.line(&format!("<{name}"));
        for (name, value) in attributes {
            let _ = write!(self.body, " {name}=\"{}\"", escape(&value.to_string()));
        }
    }

    fn line(&mut self, text: &str) {
        self.body.push_str(text);
    }
}

/// A number with two digits behind the point at most.
struct Short(f64);

impl Display for Short {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = format!("{:.2}", self.0);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

/// Text for XML. Characters that XML does not have become U+FFFD.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(char),
            '\0'..'\x20' | '\u{FFFE}' | '\u{FFFF}' => escaped.push('\u{FFFD}'),
            char => escaped.push(char),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents() {
        let mut svg = Svg::default();
        svg.open("g", &[("fill", &"a\"b")]);
        svg.title("<x> & \u{1}");
        svg.rect([1.0, 2.25, 3.333, 10.0], &[]);
        svg.text([1.0, 2.0], Anchor::End, "t", &[]);
        let text = svg.finish([10.0, 20.5], "T");
        let body = "<title>T</title>\n<g fill=\"a&quot;b\">\n<title>&lt;x&gt; &amp; \u{FFFD}</title>\n\
                    <rect x=\"1\" y=\"2.25\" width=\"3.33\" height=\"10\"/>\n\
                    <text x=\"1\" y=\"2\" text-anchor=\"end\">t</text>\n</g>\n</svg>\n";
        assert!(text.ends_with(body), "{text}");
        assert!(text.contains("viewBox=\"0 0 10 20.5\""));
    }
}
