//! Keywords, found by a perfect hash that is computed at compile time.

use crate::token::TokenKind;

macro_rules! keywords {
    ($($text:literal $kind:ident,)*) => {
        const KEYWORDS: &[(&str, TokenKind)] = &[$(($text, TokenKind::$kind),)*];
    };
}

keywords! {
    "include" Include, "include_once" IncludeOnce, "eval" Eval, "require" Require, "require_once" RequireOnce,
    "or" LogicalOr, "xor" LogicalXor, "and" LogicalAnd, "print" Print, "yield" Yield, "instanceof" Instanceof,
    "new" New, "clone" Clone, "exit" Exit, "die" Exit, "if" If, "elseif" Elseif, "else" Else, "endif" Endif,
    "echo" Echo, "do" Do, "while" While, "endwhile" Endwhile, "for" For, "endfor" Endfor, "foreach" Foreach,
    "endforeach" Endforeach, "declare" Declare, "enddeclare" Enddeclare, "as" As, "switch" Switch,
    "endswitch" Endswitch, "case" Case, "default" Default, "match" Match, "break" Break, "continue" Continue,
    "goto" Goto, "function" Function, "fn" Fn, "const" Const, "return" Return, "try" Try, "catch" Catch,
    "finally" Finally, "throw" Throw, "use" Use, "insteadof" Insteadof, "global" Global, "static" Static,
    "abstract" Abstract, "final" Final, "private" Private, "protected" Protected, "public" Public,
    "readonly" Readonly, "var" Var, "unset" Unset, "isset" Isset, "empty" Empty, "__halt_compiler" HaltCompiler,
    "class" Class, "trait" Trait, "interface" Interface, "enum" Enum, "extends" Extends, "implements" Implements,
    "namespace" Namespace, "list" List, "array" Array, "callable" Callable, "__line__" Line, "__file__" File,
    "__dir__" Dir, "__class__" ClassC, "__trait__" TraitC, "__method__" MethodC, "__function__" FuncC,
    "__property__" PropertyC, "__namespace__" NsC,
}

const SLOTS: usize = 512;
const LONGEST: usize = 15;

/// Folds ASCII case for letters and keeps the table's other characters (`_`, which becomes DEL) apart.
const fn fold(byte: u8) -> u32 {
    (byte | 0x20) as u32
}

const fn slot(text: &[u8], multiplier: u32) -> usize {
    let len = text.len();
    let key =
        fold(text[0]) | fold(text[len / 2]) << 8 | fold(text[len - 1]) << 16 | fold(text[len * 3 / 4]) << 24;
    (key.wrapping_add(len as u32 * 0x0101_0101).wrapping_mul(multiplier) >> 23) as usize
}

/// A multiplier that separates all keywords; found by trying, checked where the table is built.
const MULTIPLIER: u32 = 0x906FFBED;

/// Index of the keyword in each slot plus one.
static TABLE: [u8; SLOTS] = {
    let mut table = [0; SLOTS];
    let mut i = 0;
    while i < KEYWORDS.len() {
        let at = slot(KEYWORDS[i].0.as_bytes(), MULTIPLIER);
        assert!(table[at] == 0, "two keywords share a slot: choose another multiplier");
        table[at] = i as u8 + 1;
        i += 1;
    }
    table
};

/// The keyword that `text` is in any case.
#[inline]
pub(super) fn lookup(text: &[u8]) -> Option<TokenKind> {
    if text.len() < 2 || text.len() > LONGEST {
        return None;
    }
    let index = TABLE[slot(text, MULTIPLIER)];
    if index == 0 {
        return None;
    }
    let (keyword, kind) = KEYWORDS[index as usize - 1];
    keyword.as_bytes().eq_ignore_ascii_case(text).then_some(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_keywords_in_any_case() {
        for &(text, kind) in KEYWORDS {
            assert_eq!(lookup(text.as_bytes()), Some(kind));
            assert_eq!(lookup(text.to_ascii_uppercase().as_bytes()), Some(kind));
            assert_eq!(lookup(format!("{text}s").as_bytes()), None, "{text}");
        }
        assert_eq!(lookup(b"self"), None);
        assert_eq!(lookup(b"x"), None);
    }
}
