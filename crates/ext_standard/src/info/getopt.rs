//! `getopt()`: options of the script's own command line.

use phalanx_macros::php_fn;
use phalanx_value::{ArrayKey, PhpArray, PhpRef, PhpString, Value};
use phalanx_vm::args::OrFalse;
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&GETOPT];

/// Whether an option has a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    Nothing,
    Required,
    Optional,
}

/// A known option: its name without dashes.
struct Known {
    name: Vec<u8>,
    takes: Takes,
}

/// An option's name and what one or two colons behind it say.
fn declared(text: &[u8]) -> Known {
    let (name, takes) = if let Some(name) = text.strip_suffix(b"::") {
        (name, Takes::Optional)
    } else if let Some(name) = text.strip_suffix(b":") {
        (name, Takes::Required)
    } else {
        (text, Takes::Nothing)
    };
    Known { name: name.to_vec(), takes }
}

/// Short options: letters and digits, each with its colons.
fn short_options(text: &[u8]) -> Vec<Known> {
    let mut known = Vec::new();
    let mut rest = text;
    while let [letter, after @ ..] = rest {
        let colons = after.iter().take(2).take_while(|byte| **byte == b':').count();
        if letter.is_ascii_alphanumeric() {
            known.push(declared(&rest[..=colons]));
        }
        rest = &after[colons..];
    }
    known
}

/// What was found, in order: names with their values.
struct Found {
    options: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    /// Number of the first word that is no option.
    end: usize,
}

fn read(words: &[Vec<u8>], short: &[Known], long: &[Known]) -> Found {
    let mut options = Vec::new();
    let mut at = 1;
    while let Some(word) = words.get(at) {
        if word == b"--" {
            at += 1;
            break;
        }
        if word.len() < 2 || word[0] != b'-' {
            break;
        }
        at += 1;
        if let Some(body) = word.strip_prefix(b"--") {
            let end = memchr::memchr(b'=', body).unwrap_or(body.len());
            let Some(known) = long.iter().find(|known| known.name == body[..end]) else { continue };
            let given = body.get(end + 1..).map(<[u8]>::to_vec);
            if let Some(value) = value_of(known.takes, given, words, &mut at) {
                options.push((known.name.clone(), value));
            }
            continue;
        }
        let mut letters = &word[1..];
        while let [letter, rest @ ..] = letters {
            letters = rest;
            let Some(known) = short.iter().find(|known| known.name == [*letter]) else { continue };
            let mut given = None;
            if known.takes != Takes::Nothing && !rest.is_empty() {
                given = Some(rest.strip_prefix(b"=").unwrap_or(rest).to_vec());
                letters = &[];
            }
            if let Some(value) = value_of(known.takes, given, words, &mut at) {
                options.push((known.name.clone(), value));
            }
        }
    }
    Found { options, end: at }
}

/// The value of an option; none at all when it has to have one and has not.
fn value_of(
    takes: Takes,
    given: Option<Vec<u8>>,
    words: &[Vec<u8>],
    at: &mut usize,
) -> Option<Option<Vec<u8>>> {
    match (takes, given) {
        (Takes::Nothing, _) | (Takes::Optional, None) => Some(None),
        (_, Some(value)) => Some(Some(value)),
        (Takes::Required, None) => {
            let next = words.get(*at)?.clone();
            *at += 1;
            Some(Some(next))
        }
    }
}

/// <https://www.php.net/getopt>
#[php_fn("getopt(string $short_options, array $long_options = [], &$rest_index = null): array|false")]
fn getopt(
    cx: &mut Context,
    short_options: &PhpString,
    long_options: &PhpArray,
    rest_index: Option<&PhpRef>,
) -> PhpResult<OrFalse<PhpArray>> {
    if let Some(variable) = rest_index {
        crate::args::assign(cx, variable, Value::int(1))?;
    }
    let words: Vec<Vec<u8>> = cx.process.args.iter().map(|word| word.to_vec()).collect();
    let short = self::short_options(short_options);
    let mut long = Vec::new();
    for option in long_options.values() {
        let text = cx.to_string(&option.deref_clone())?;
        long.push(declared(&text));
    }
    let found = read(&words, &short, &long);
    let mut result = PhpArray::new();
    for (name, value) in found.options {
        let value = value.map_or(Value::FALSE, Value::str);
        let key = ArrayKey::from_bytes(&name);
        match result.get_mut(&key) {
            None => drop(result.insert(&key, value)),
            // An option that comes again makes a list.
            Some(old) if old.is_array() => old.make_array().push_value(value),
            Some(old) => {
                let first = std::mem::take(old);
                *old = Value::array(PhpArray::from_list([first, value]));
            }
        }
    }
    if let Some(variable) = rest_index {
        crate::args::assign(cx, variable, Value::int(found.end as i64))?;
    }
    Ok(OrFalse(Some(result)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, short: &str, long: &[&str], wanted: &str, end: usize) {
        let words: Vec<Vec<u8>> =
            std::iter::once("x").chain(line.split(' ')).map(|word| word.as_bytes().to_vec()).collect();
        let long: Vec<Known> = long.iter().map(|text| declared(text.as_bytes())).collect();
        let found = read(&words, &short_options(short.as_bytes()), &long);
        let shown: Vec<String> = found
            .options
            .iter()
            .map(|(name, value)| {
                let name = String::from_utf8_lossy(name);
                match value {
                    Some(value) => format!("{name}={}", String::from_utf8_lossy(value)),
                    None => name.into_owned(),
                }
            })
            .collect();
        assert_eq!((shown.join(" "), found.end), (wanted.to_owned(), end), "{line}");
    }

    #[test]
    fn options() {
        check("-a -b v -cw -c d", "ab:c::", &[], "a b=v c=w c", 6);
        check("-ab=v --foo --bar=1 --bar 2 rest", "ab:", &["foo", "bar:"], "a b=v foo bar=1 bar=2", 6);
        check("-x -a -- -a", "a", &[], "a", 4);
        check("-b", "b:", &[], "", 2);
    }
}
