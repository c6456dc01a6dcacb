//! Types as text, in the order PHP prints them: classes first, then built-in types in a fixed order.

use super::{Part, Type, TypeScope, resolve_name};
use phalanx_bytecode::types as bit;

const NAMES: [(u32, &str); 13] = [
    (bit::STATIC, "static"),
    (bit::CALLABLE, "callable"),
    (bit::OBJECT, "object"),
    (bit::ARRAY, "array"),
    (bit::STRING, "string"),
    (bit::INT, "int"),
    (bit::FLOAT, "float"),
    (bit::BOOL, "bool"),
    (bit::FALSE, "false"),
    (bit::TRUE, "true"),
    (bit::VOID, "void"),
    (bit::NEVER, "never"),
    (bit::NULL, "null"),
];

impl Type<'_> {
    /// Its text; `self` and `parent` become the names of their classes in `scope`, `static` that of the called class.
    pub fn text(&self, scope: TypeScope) -> String {
        let bits = self.plain_bits();
        let mut words: Vec<String> = Vec::new();
        let parts = self.parts();
        let alone = parts.len() == 1 && bits == 0;
        for part in parts {
            match part {
                Part::Class(name, _) => words.push(class_text(name, scope)),
                Part::All(members) => {
                    let names = members.iter().filter_map(|m| m.class.as_ref());
                    let joined = names.map(|name| class_text(name, scope)).collect::<Vec<_>>().join("&");
                    words.push(if alone { joined } else { format!("({joined})") });
                }
            }
        }
        if bits & bit::MIXED == bit::MIXED {
            words.push("mixed".to_owned());
            return words.join("|");
        }
        let mut left = bits;
        for (bits, name) in NAMES {
            if bits & left != bits {
                continue;
            }
            left &= !bits;
            if bits == bit::NULL && words.len() == 1 && !words[0].starts_with('(') {
                return format!("?{}", words[0]);
            }
            match scope.called {
                Some(called) if bits == bit::STATIC => words.push(called.shown_name().into_owned()),
                _ => words.push(name.to_owned()),
            }
        }
        words.join("|")
    }
}

fn class_text(name: &[u8], scope: TypeScope) -> String {
    let name = resolve_name(name, scope.class);
    let shown = name.split(|&byte| byte == 0).next().unwrap_or_default();
    String::from_utf8_lossy(shown).into_owned()
}
