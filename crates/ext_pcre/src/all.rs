//! `preg_match_all()`.

use crate::args::{assign, start};
use crate::cache::{Regex, compile};
use crate::error::{self, PregError};
use crate::flag;
use crate::groups::{self, Style};
use crate::search::{Search, Step};
use phalanx_macros::php_fn;
use phalanx_value::{PhpArray, PhpRef, PhpString, Value};
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&PREG_MATCH_ALL];

/// <https://www.php.net/preg_match_all>
#[php_fn(
    "preg_match_all(string $pattern, string $subject, &$matches = null, int $flags = 0, int $offset = 0): int|false"
)]
fn preg_match_all(
    cx: &mut Context,
    pattern: &PhpString,
    subject: &PhpString,
    matches: Option<&PhpRef>,
    flags: i64,
    offset: i64,
) -> PhpResult<Value> {
    let Some(regex) = compile(cx, pattern)? else { return Ok(Value::FALSE) };
    let order = flags & 0xff;
    if !(0..=flag::SET_ORDER).contains(&order)
        || flags & !(0xff | flag::OFFSET_CAPTURE | flag::UNMATCHED_AS_NULL) != 0
    {
        return Err(cx.arg_value_error(4, "must be a PREG_* constant"));
    }
    let Some(start) = start(offset, subject.len()) else {
        error::set(cx, PregError::Internal);
        if let Some(variable) = matches {
            assign(cx, variable, Value::array(PhpArray::new()))?;
        }
        return Ok(Value::FALSE);
    };
    error::set(cx, PregError::None);
    let style = Style::from_flags(flags);
    let mut collected =
        if order == flag::SET_ORDER { Collected::Sets(PhpArray::new()) } else { Collected::by_group(&regex) };
    let mut search = Search::new(&regex, subject, start);
    let mut count = 0;
    let failed = loop {
        match search.step(cx) {
            Step::Found => {
                if search.whole().is_none() {
                    // The match ends before it begins.
                    break true;
                }
                count += 1;
                if matches.is_some() {
                    collected.add(&regex, &search, subject, style);
                    cx.check_memory()?;
                }
                search.advance();
            }
            Step::Retry => {
                search.skip();
            }
            Step::End => break false,
            Step::Failed => break true,
        }
    };
    drop(search);
    if let Some(variable) = matches {
        assign(cx, variable, Value::array(collected.finish(&regex)))?;
    }
    Ok(if failed { Value::FALSE } else { Value::int(count) })
}

/// Matches as they come: one array for each match, or one for each group.
enum Collected {
    Sets(PhpArray),
    Groups { lists: Vec<PhpArray>, marks: PhpArray, matches: i64 },
}

impl Collected {
    fn by_group(regex: &Regex) -> Collected {
        Collected::Groups { lists: vec![PhpArray::new(); regex.groups], marks: PhpArray::new(), matches: 0 }
    }

    fn add(&mut self, regex: &Regex, search: &Search<'_>, subject: &[u8], style: Style) {
        match self {
            Collected::Sets(sets) => sets.push_value(groups::to_array(regex, search, subject, style)),
            Collected::Groups { lists, marks, matches } => {
                for (group, list) in lists.iter_mut().enumerate() {
                    let place = if group < search.count { search.group(group) } else { None };
                    list.push_value(style.show(subject, place));
                }
                if let Some(mark) = search.mark() {
                    marks.insert(*matches, Value::str(mark));
                }
                *matches += 1;
            }
        }
    }

    fn finish(self, regex: &Regex) -> PhpArray {
        match self {
            Collected::Sets(sets) => sets,
            Collected::Groups { lists, marks, .. } => {
                let mut array = PhpArray::new();
                for (group, list) in lists.into_iter().enumerate() {
                    let list = Value::array(list);
                    if let Some(name) = regex.names.get(group).and_then(Option::as_ref) {
                        array.insert(&phalanx_value::ArrayKey::from_bytes(name), list.clone());
                    }
                    array.insert(group as i64, list);
                }
                if !marks.is_empty() {
                    array.insert_bytes("MARK", marks);
                }
                array
            }
        }
    }
}
