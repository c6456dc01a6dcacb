//! From pattern text to a tree.

use std::fmt;

/// What is wrong with a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    /// The byte offset where it was noticed.
    pub offset: usize,
    /// What was noticed.
    pub message: &'static str,
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at offset {}", self.message, self.offset)
    }
}

/// A set of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) struct ByteSet([u64; 4]);

impl ByteSet {
    pub(super) fn contains(&self, byte: u8) -> bool {
        self.0[usize::from(byte >> 6)] >> (byte & 63) & 1 != 0
    }

    fn insert(&mut self, byte: u8) {
        self.0[usize::from(byte >> 6)] |= 1 << (byte & 63);
    }

    fn from_fn(test: impl Fn(u8) -> bool) -> ByteSet {
        let mut set = ByteSet::default();
        (0..=255).filter(|&byte| test(byte)).for_each(|byte| set.insert(byte));
        set
    }

    fn union(&mut self, other: ByteSet) {
        self.0.iter_mut().zip(other.0).for_each(|(word, more)| *word |= more);
    }

    fn complement(self) -> ByteSet {
        ByteSet(self.0.map(|word| !word))
    }

    fn fold_case(self) -> ByteSet {
        ByteSet::from_fn(|byte| {
            self.contains(byte.to_ascii_lowercase()) || self.contains(byte.to_ascii_uppercase())
        })
    }
}

/// How a repetition chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Greed {
    Greedy,
    Lazy,
    Possessive,
}

/// A place in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    TextStart,
    TextEnd,
    /// The end, or before a last line feed.
    LastLineEnd,
    LineStart,
    LineEnd,
    WordBoundary,
    NotWordBoundary,
}

/// The tree.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Byte(u8),
    Set(ByteSet),
    Anchor(Anchor),
    Concat(Vec<Node>),
    Alternate(Vec<Node>),
    Repeat { node: Box<Node>, min: u32, max: Option<u32>, greed: Greed },
    Capture { index: usize, node: Box<Node> },
    BackReference(usize),
    Look { node: Box<Node>, ahead: bool, negative: bool },
    Atomic(Box<Node>),
}

#[derive(Clone, Copy)]
struct Flags {
    ignore_case: bool,
    multi_line: bool,
    dot_all: bool,
    extended: bool,
}

struct Parser<'a> {
    source: &'a [u8],
    at: usize,
    flags: Flags,
    groups: usize,
    names: Vec<(Vec<u8>, usize)>,
    depth: usize,
}

pub(super) fn parse(source: &[u8]) -> Result<Node, PatternError> {
    let flags = Flags { ignore_case: false, multi_line: false, dot_all: true, extended: false };
    let mut parser = Parser { source, at: 0, flags, groups: 0, names: Vec::new(), depth: 0 };
    let tree = parser.alternation()?;
    if parser.at < source.len() { Err(parser.error("unmatched closing parenthesis")) } else { Ok(tree) }
}

impl Parser<'_> {
    fn error(&self, message: &'static str) -> PatternError {
        PatternError { offset: self.at, message }
    }

    fn peek(&self) -> Option<u8> {
        self.source.get(self.at).copied()
    }

    fn eat(&mut self, text: &[u8]) -> bool {
        let found = self.source[self.at..].starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    fn alternation(&mut self) -> Result<Node, PatternError> {
        self.depth += 1;
        if self.depth > 200 {
            return Err(self.error("groups are nested too deeply"));
        }
        let outer_flags = self.flags;
        let mut branches = vec![self.concatenation()?];
        while self.eat(b"|") {
            branches.push(self.concatenation()?);
        }
        self.flags = outer_flags;
        self.depth -= 1;
        Ok(if branches.len() == 1 { branches.remove(0) } else { Node::Alternate(branches) })
    }

    fn concatenation(&mut self) -> Result<Node, PatternError> {
        let mut nodes = Vec::new();
        while let Some(byte) = self.peek() {
            if byte == b'|' || byte == b')' {
                break;
            }
            if self.flags.extended && self.skip_comment(byte) {
                continue;
            }
            if self.eat(b"\\Q") {
                self.quoted(&mut nodes);
                continue;
            }
            if let Some(node) = self.atom()? {
                nodes.push(self.repetition(node)?);
            }
        }
        Ok(if nodes.len() == 1 { nodes.remove(0) } else { Node::Concat(nodes) })
    }

    fn skip_comment(&mut self, byte: u8) -> bool {
        if byte == b'#' {
            while self.peek().is_some_and(|byte| byte != b'\n') {
                self.at += 1;
            }
            return true;
        }
        let is_space = byte.is_ascii_whitespace();
        self.at += usize::from(is_space);
        is_space
    }

    fn quoted(&mut self, nodes: &mut Vec<Node>) {
        while self.at < self.source.len() && !self.eat(b"\\E") {
            nodes.push(self.literal(self.source[self.at]));
            self.at += 1;
        }
    }

    fn literal(&self, byte: u8) -> Node {
        if self.flags.ignore_case && byte.is_ascii_alphabetic() {
            Node::Set(ByteSet::from_fn(|other| other.eq_ignore_ascii_case(&byte)))
        } else {
            Node::Byte(byte)
        }
    }

    /// One thing that can be repeated; nothing for a flag setting or a comment.
    fn atom(&mut self) -> Result<Option<Node>, PatternError> {
        let byte = self.source[self.at];
        self.at += 1;
        Ok(Some(match byte {
            b'(' => return self.group(),
            b'[' => Node::Set(self.class()?),
            b'.' if self.flags.dot_all => Node::Set(ByteSet::default().complement()),
            b'.' => Node::Set(ByteSet::from_fn(|byte| byte != b'\n')),
            b'^' if self.flags.multi_line => Node::Anchor(Anchor::LineStart),
            b'^' => Node::Anchor(Anchor::TextStart),
            b'$' if self.flags.multi_line => Node::Anchor(Anchor::LineEnd),
            b'$' => Node::Anchor(Anchor::LastLineEnd),
            b'*' | b'+' | b'?' => {
                self.at -= 1;
                return Err(self.error("nothing to repeat"));
            }
            b'\\' => self.escape()?,
            _ => self.literal(byte),
        }))
    }

    fn repetition(&mut self, mut node: Node) -> Result<Node, PatternError> {
        loop {
            if self.flags.extended {
                while self.peek().is_some_and(|byte| self.skip_comment(byte)) {}
            }
            let (min, max) = match self.peek() {
                Some(b'*') => (0, None),
                Some(b'+') => (1, None),
                Some(b'?') => (0, Some(1)),
                Some(b'{') => match self.counts() {
                    Some(counts) => counts,
                    None => return Ok(node),
                },
                _ => return Ok(node),
            };
            self.at += 1;
            if max.is_some_and(|max| max < min) {
                return Err(self.error("numbers out of order in {} quantifier"));
            }
            let greed = if self.eat(b"?") {
                Greed::Lazy
            } else if self.eat(b"+") {
                Greed::Possessive
            } else {
                Greed::Greedy
            };
            node = Node::Repeat { node: Box::new(node), min, max, greed };
        }
    }

    /// `{n}`, `{n,}` or `{n,m}`, leaving the position at the closing brace. Anything else is plain text.
    fn counts(&mut self) -> Option<(u32, Option<u32>)> {
        let rest = &self.source[self.at + 1..];
        let end = rest.iter().position(|&byte| byte == b'}')?;
        let text = std::str::from_utf8(&rest[..end]).ok()?;
        let number = |text: &str| -> Option<u32> {
            text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
        };
        let counts = match text.split_once(',') {
            None => {
                let count = number(text)?;
                (count, Some(count))
            }
            Some((min, "")) => (number(min)?, None),
            Some((min, max)) => (number(min)?, Some(number(max)?)),
        };
        self.at += end + 1;
        Some(counts)
    }

    fn group(&mut self) -> Result<Option<Node>, PatternError> {
        if !self.eat(b"?") {
            return self.capture().map(Some);
        }
        let look = |ahead, negative| move |node| Node::Look { node: Box::new(node), ahead, negative };
        let node = if self.eat(b"#") {
            while self.peek().is_some_and(|byte| byte != b')') {
                self.at += 1;
            }
            return if self.eat(b")") { Ok(None) } else { Err(self.error("missing )")) };
        } else if self.eat(b":") || self.eat(b"|") {
            self.alternation()?
        } else if self.eat(b">") {
            Node::Atomic(Box::new(self.alternation()?))
        } else if self.eat(b"<=") {
            look(false, false)(self.alternation()?)
        } else if self.eat(b"<!") {
            look(false, true)(self.alternation()?)
        } else if self.eat(b"=") {
            look(true, false)(self.alternation()?)
        } else if self.eat(b"!") {
            look(true, true)(self.alternation()?)
        } else if self.eat(b"P<") || self.eat(b"<") {
            self.name(b'>')?;
            return self.capture().map(Some);
        } else if self.eat(b"'") {
            self.name(b'\'')?;
            return self.capture().map(Some);
        } else {
            match self.inline_flags()? {
                // The flags hold for the rest of the group around them.
                None => return Ok(None),
                Some(outer) => {
                    let node = self.alternation()?;
                    self.flags = outer;
                    node
                }
            }
        };
        self.close()?;
        Ok(Some(node))
    }

    fn close(&mut self) -> Result<(), PatternError> {
        if self.eat(b")") { Ok(()) } else { Err(self.error("missing )")) }
    }

    fn capture(&mut self) -> Result<Node, PatternError> {
        self.groups += 1;
        let index = self.groups;
        let node = Box::new(self.alternation()?);
        self.close()?;
        Ok(Node::Capture { index, node })
    }

    fn name(&mut self, end: u8) -> Result<(), PatternError> {
        let name = self.until(end)?;
        self.names.push((name, self.groups + 1));
        Ok(())
    }

    fn until(&mut self, end: u8) -> Result<Vec<u8>, PatternError> {
        let rest = &self.source[self.at..];
        let length =
            rest.iter().position(|&byte| byte == end).ok_or_else(|| self.error("missing terminator"))?;
        self.at += length + 1;
        Ok(rest[..length].to_vec())
    }

    /// `(?flags)` changes the flags and gives nothing; `(?flags:` gives the flags to restore after the group.
    fn inline_flags(&mut self) -> Result<Option<Flags>, PatternError> {
        let outer = self.flags;
        let mut on = true;
        loop {
            let Some(byte) = self.peek() else { return Err(self.error("missing )")) };
            self.at += 1;
            match byte {
                b'i' => self.flags.ignore_case = on,
                b'm' => self.flags.multi_line = on,
                b's' => self.flags.dot_all = on,
                b'x' => self.flags.extended = on,
                b'-' => on = false,
                b')' => return Ok(None),
                b':' => return Ok(Some(outer)),
                _ => return Err(self.error("unrecognized character after (?")),
            }
        }
    }

    fn escape(&mut self) -> Result<Node, PatternError> {
        let Some(byte) = self.peek() else { return Err(self.error("\\ at end of pattern")) };
        self.at += 1;
        if let Some(set) = class_escape(byte) {
            return Ok(Node::Set(set));
        }
        Ok(match byte {
            b'b' => Node::Anchor(Anchor::WordBoundary),
            b'B' => Node::Anchor(Anchor::NotWordBoundary),
            b'A' => Node::Anchor(Anchor::TextStart),
            b'z' => Node::Anchor(Anchor::TextEnd),
            b'Z' => Node::Anchor(Anchor::LastLineEnd),
            b'R' => {
                let line_break = ByteSet::from_fn(|byte| (b'\n'..=b'\r').contains(&byte) || byte == 0x85);
                let pair = Node::Concat(vec![Node::Byte(b'\r'), Node::Byte(b'\n')]);
                Node::Atomic(Box::new(Node::Alternate(vec![pair, Node::Set(line_break)])))
            }
            b'E' => Node::Concat(Vec::new()),
            b'k' => self.named_reference()?,
            b'1'..=b'9' => self.reference_or_octal()?,
            _ => {
                let byte = self.byte_escape(byte)?;
                self.literal(byte)
            }
        })
    }

    fn named_reference(&mut self) -> Result<Node, PatternError> {
        let end = match self.peek() {
            Some(b'<') => b'>',
            Some(b'{') => b'}',
            Some(b'\'') => b'\'',
            _ => return Err(self.error("\\k is not followed by a name")),
        };
        self.at += 1;
        let name = self.until(end)?;
        let group = self.names.iter().find(|(known, _)| *known == name);
        group
            .map(|&(_, index)| Node::BackReference(index))
            .ok_or_else(|| self.error("reference to unknown group"))
    }

    fn reference_or_octal(&mut self) -> Result<Node, PatternError> {
        let start = self.at - 1;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        let digits = std::str::from_utf8(&self.source[start..self.at]).unwrap_or_default();
        match digits.parse() {
            Ok(index) if index <= self.groups => Ok(Node::BackReference(index)),
            _ => Err(self.error("reference to non-existent subpattern")),
        }
    }

    /// A backslash sequence that stands for one byte.
    fn byte_escape(&mut self, byte: u8) -> Result<u8, PatternError> {
        Ok(match byte {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'f' => 0x0c,
            b'a' => 0x07,
            b'e' => 0x1b,
            b'0' => self.digits(8, 2),
            b'x' if self.eat(b"{") => {
                let text = self.until(b'}')?;
                let text = std::str::from_utf8(&text).unwrap_or_default();
                u8::from_str_radix(text, 16).map_err(|_| self.error("character code is not a byte"))?
            }
            b'x' => self.digits(16, 2),
            b'c' => {
                let Some(byte) = self.peek() else { return Err(self.error("\\c at end of pattern")) };
                self.at += 1;
                byte.to_ascii_uppercase() ^ 0x40
            }
            byte if byte.is_ascii_alphabetic() => return Err(self.error("unrecognized character follows \\")),
            byte => byte,
        })
    }

    fn digits(&mut self, radix: u32, most: usize) -> u8 {
        let mut value = 0;
        for _ in 0..most {
            let Some(digit) = self.peek().and_then(|byte| char::from(byte).to_digit(radix)) else { break };
            value = value * radix + digit;
            self.at += 1;
        }
        // Two digits of either radix fit.
        value as u8
    }

    fn class(&mut self) -> Result<ByteSet, PatternError> {
        let negative = self.eat(b"^");
        let mut set = ByteSet::default();
        let mut first = true;
        loop {
            let Some(byte) = self.peek() else {
                return Err(self.error("missing terminating ] for character class"));
            };
            if byte == b']' && !first {
                self.at += 1;
                break;
            }
            first = false;
            if self.eat(b"[:") {
                set.union(self.posix_class()?);
                continue;
            }
            match self.class_item()? {
                ClassItem::Set(more) => set.union(more),
                ClassItem::Byte(low) => {
                    let high = self.range_end(low)?;
                    (low..=high).for_each(|byte| set.insert(byte));
                }
            }
        }
        if self.flags.ignore_case {
            set = set.fold_case();
        }
        Ok(if negative { set.complement() } else { set })
    }

    /// The upper bound of a range that begins with `low`, or `low` when there is no range.
    fn range_end(&mut self, low: u8) -> Result<u8, PatternError> {
        let rest = &self.source[self.at..];
        if rest.first() != Some(&b'-') || rest.get(1).is_none_or(|&byte| byte == b']') {
            return Ok(low);
        }
        let before = self.at;
        self.at += 1;
        match self.class_item()? {
            ClassItem::Byte(high) if high < low => Err(self.error("range out of order in character class")),
            ClassItem::Byte(high) => Ok(high),
            ClassItem::Set(_) => {
                // As in `[a-\d]`: the dash is plain.
                self.at = before;
                Ok(low)
            }
        }
    }

    fn class_item(&mut self) -> Result<ClassItem, PatternError> {
        let byte = self.source[self.at];
        self.at += 1;
        if byte != b'\\' {
            return Ok(ClassItem::Byte(byte));
        }
        let Some(byte) = self.peek() else { return Err(self.error("\\ at end of pattern")) };
        self.at += 1;
        Ok(match class_escape(byte) {
            Some(set) => ClassItem::Set(set),
            None if byte == b'b' => ClassItem::Byte(8),
            None if byte.is_ascii_digit() => {
                self.at -= 1;
                ClassItem::Byte(self.digits(8, 3))
            }
            None => ClassItem::Byte(self.byte_escape(byte)?),
        })
    }

    fn posix_class(&mut self) -> Result<ByteSet, PatternError> {
        let negative = self.eat(b"^");
        let name = self.until(b':')?;
        if !self.eat(b"]") {
            return Err(self.error("unknown POSIX class name"));
        }
        let set = match &name[..] {
            b"alpha" => ByteSet::from_fn(|byte| byte.is_ascii_alphabetic()),
            b"digit" => ByteSet::from_fn(|byte| byte.is_ascii_digit()),
            b"alnum" => ByteSet::from_fn(|byte| byte.is_ascii_alphanumeric()),
            b"upper" => ByteSet::from_fn(|byte| byte.is_ascii_uppercase()),
            b"lower" => ByteSet::from_fn(|byte| byte.is_ascii_lowercase()),
            b"punct" => ByteSet::from_fn(|byte| byte.is_ascii_punctuation()),
            b"xdigit" => ByteSet::from_fn(|byte| byte.is_ascii_hexdigit()),
            b"space" => ByteSet::from_fn(|byte| byte.is_ascii_whitespace() || byte == 0x0b),
            b"blank" => ByteSet::from_fn(|byte| byte == b' ' || byte == b'\t'),
            b"cntrl" => ByteSet::from_fn(|byte| byte.is_ascii_control()),
            b"print" => ByteSet::from_fn(|byte| byte.is_ascii_graphic() || byte == b' '),
            b"graph" => ByteSet::from_fn(|byte| byte.is_ascii_graphic()),
            b"word" => ByteSet::from_fn(is_word),
            _ => return Err(self.error("unknown POSIX class name")),
        };
        Ok(if negative { set.complement() } else { set })
    }
}

enum ClassItem {
    Byte(u8),
    Set(ByteSet),
}

/// The escapes that mean a set, inside and outside of brackets.
fn class_escape(byte: u8) -> Option<ByteSet> {
    let set = match byte.to_ascii_lowercase() {
        b'd' => ByteSet::from_fn(|byte| byte.is_ascii_digit()),
        b's' => ByteSet::from_fn(|byte| byte.is_ascii_whitespace() || byte == 0x0b),
        b'w' => ByteSet::from_fn(is_word),
        b'h' => ByteSet::from_fn(|byte| matches!(byte, b' ' | b'\t' | 0xa0)),
        b'v' => ByteSet::from_fn(|byte| (b'\n'..=b'\r').contains(&byte) || byte == 0x85),
        b'n' if byte == b'N' => ByteSet::from_fn(|byte| byte == b'\n'),
        _ => return None,
    };
    Some(if byte.is_ascii_uppercase() { set.complement() } else { set })
}

pub(super) fn is_word(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric()
}
