//! The table of entity names, read once per process from `data/entities.txt`.

use super::Doctype;
use std::collections::HashMap;
use std::sync::OnceLock;

/// An entity by name.
#[derive(Clone, Copy, Debug)]
pub struct Named {
    /// The one or two characters that it stands for.
    pub chars: &'static str,
    /// Whether HTML 4.01 knows it.
    pub html401: bool,
}

/// All entities.
pub struct Entities {
    by_name: HashMap<&'static [u8], Named>,
    html5: HashMap<&'static str, &'static str>,
    html401: HashMap<&'static str, &'static str>,
    /// First characters of the pairs that HTML 5 has a name for.
    pairs: HashMap<char, ()>,
}

/// The table.
pub fn entities() -> &'static Entities {
    static TABLE: OnceLock<Entities> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = Entities {
            by_name: HashMap::new(),
            html5: HashMap::new(),
            html401: HashMap::new(),
            pairs: HashMap::new(),
        };
        for line in include_str!("../../../data/entities.txt").lines() {
            let mut fields = line.split(' ');
            let (name, codes) = (fields.next().unwrap_or(""), fields.next().unwrap_or(""));
            let marks = fields.next().unwrap_or("");
            let text: String = codes
                .split('+')
                .filter_map(|code| char::from_u32(u32::from_str_radix(code, 16).ok()?))
                .collect();
            // The table lives as long as the process.
            let chars: &'static str = text.leak();
            let html401 = marks.contains('4');
            table.by_name.insert(name.as_bytes(), Named { chars, html401 });
            if marks.contains('5') {
                table.html5.insert(chars, name);
                let mut each = chars.chars();
                if let (Some(first), Some(_)) = (each.next(), each.next()) {
                    table.pairs.insert(first, ());
                }
            }
            if html401 {
                table.html401.insert(chars, name);
            }
        }
        table
    })
}

impl Entities {
    /// The entity called `name` in documents of a type; `&apos;` is not one of HTML 4.01.
    pub fn named(&self, name: &[u8], doctype: Doctype) -> Option<&'static str> {
        let entity = self.by_name.get(name)?;
        let known = match doctype {
            Doctype::Html5 => true,
            Doctype::Html401 => entity.html401,
            Doctype::Xhtml => entity.html401 || name == b"apos",
            Doctype::Xml1 => matches!(name, b"amp" | b"lt" | b"gt" | b"quot" | b"apos"),
        };
        known.then_some(entity.chars)
    }

    /// The name of one character or a pair.
    pub fn name_of(&self, chars: &str, doctype: Doctype) -> Option<&'static str> {
        match doctype {
            Doctype::Html5 => self.html5.get(chars).copied(),
            Doctype::Html401 | Doctype::Xhtml => self.html401.get(chars).copied(),
            Doctype::Xml1 => None,
        }
    }

    /// Whether some pair that begins with `first` has a name.
    pub fn begins_pair(&self, first: char, doctype: Doctype) -> bool {
        doctype == Doctype::Html5 && self.pairs.contains_key(&first)
    }

    /// All characters that the encoder has names for, with their names.
    pub fn all(&self, doctype: Doctype) -> Vec<(&'static str, &'static str)> {
        let table = if doctype == Doctype::Html5 { &self.html5 } else { &self.html401 };
        let mut all: Vec<_> = table.iter().map(|(chars, name)| (*chars, *name)).collect();
        all.sort_unstable();
        all
    }
}
