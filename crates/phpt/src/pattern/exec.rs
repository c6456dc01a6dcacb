//! The backtracking matcher.

use rustc_hash::FxHashSet;

use super::parse::{Anchor, ByteSet, Greed, is_word};
use super::program::{Inst, Program};

/// How many pairs of instruction and position may be known to fail before the text counts as not matching. PCRE gives up
/// likewise, by its backtrack limit.
const MAX_FAILED: usize = 1 << 22;

/// How many bytes one run may look at before the text counts as not matching, for the same reason.
const MAX_STEPS: usize = 1 << 27;

/// Stands for a slot that was never written.
const UNSET: usize = usize::MAX;

/// What to try when the present path fails.
enum Choice {
    Branch {
        inst: usize,
        at: usize,
    },
    /// Positions of a repeated set that are still to be tried, from either end.
    Range {
        inst: usize,
        low: usize,
        high: usize,
        lazy: bool,
    },
    Restore {
        slot: usize,
        value: usize,
    },
}

/// Whether `program` matches the whole of `text`, up to one last line feed.
pub(super) fn matches(program: &Program, text: &[u8]) -> bool {
    let mut slots = vec![UNSET; program.slots];
    let at_end = |at: usize| at == text.len() || (at + 1 == text.len() && text[at] == b'\n');
    run(program, text, 0, &mut slots, &at_end).is_some()
}

/// Where the first match from `start` ends that `accept` takes.
fn run(
    program: &Program,
    text: &[u8],
    start: usize,
    slots: &mut Vec<usize>,
    accept: &dyn Fn(usize) -> bool,
) -> Option<usize> {
    if slots.len() < program.slots {
        slots.resize(program.slots, UNSET);
    }
    let mut failed = FxHashSet::default();
    let mut choices = Vec::new();
    let (mut inst, mut at) = (0, start);
    let mut steps = 0;
    loop {
        if steps > MAX_STEPS {
            return None;
        }
        steps += 1;
        let step = match &program.code[inst] {
            Inst::Literal(bytes) => text[at..].starts_with(bytes).then_some((inst + 1, at + bytes.len())),
            Inst::Set(set) => {
                text.get(at).is_some_and(|&byte| set.contains(byte)).then_some((inst + 1, at + 1))
            }
            Inst::RepeatSet { set, min, max, greed } => {
                repeat_set(set, *min, *max, *greed, text, at).map(|(low, high)| {
                    steps += high - at;
                    let (next, rest) = match greed {
                        Greed::Possessive => (high, None),
                        Greed::Greedy => (high, (low < high).then(|| (low, high - 1))),
                        Greed::Lazy => (low, (low < high).then(|| (low + 1, high))),
                    };
                    if let Some((low, high)) = rest {
                        let lazy = *greed == Greed::Lazy;
                        choices.push(Choice::Range { inst: inst + 1, low, high, lazy });
                    }
                    (inst + 1, next)
                })
            }
            &Inst::Split(first, second) => {
                choices.push(Choice::Branch { inst: second, at });
                Some((first, at))
            }
            &Inst::Jump(target) => Some((target, at)),
            &Inst::Save(slot) => {
                choices.push(Choice::Restore { slot, value: slots[slot] });
                slots[slot] = at;
                Some((inst + 1, at))
            }
            &Inst::CheckProgress(slot) => (slots[slot] != at).then_some((inst + 1, at)),
            &Inst::BackReference(group) => {
                let (from, to) = (slots[2 * group], slots[2 * group + 1]);
                let is_set = from != UNSET && to != UNSET;
                (is_set && text[at..].starts_with(&text[from..to])).then(|| (inst + 1, at + to - from))
            }
            &Inst::Anchor(anchor) => holds(anchor, text, at).then_some((inst + 1, at)),
            Inst::Look { program, ahead, negative } => {
                let found = look(program, *ahead, text, at, slots);
                (found != *negative).then_some((inst + 1, at))
            }
            Inst::Atomic(program) => run(program, text, at, slots, &|_| true).map(|end| (inst + 1, end)),
            Inst::Match if accept(at) => return Some(at),
            Inst::Match => None,
        };
        (inst, at) = match step {
            Some(next) => next,
            None => backtrack(&mut choices, slots, &mut failed, program, text)?,
        };
    }
}

/// The next path to try. Without back references a path that failed once from the same place fails again.
fn backtrack(
    choices: &mut Vec<Choice>,
    slots: &mut [usize],
    failed: &mut FxHashSet<(usize, usize)>,
    program: &Program,
    text: &[u8],
) -> Option<(usize, usize)> {
    loop {
        let next = match choices.last_mut()? {
            &mut Choice::Branch { inst, at } => {
                choices.pop();
                (inst, at)
            }
            &mut Choice::Restore { slot, value } => {
                slots[slot] = value;
                choices.pop();
                continue;
            }
            Choice::Range { inst, low, high, lazy } => {
                let next = (*inst, if *lazy { *low } else { *high });
                if low == high {
                    choices.pop();
                } else if *lazy {
                    *low += 1;
                } else {
                    *high -= 1;
                }
                next
            }
        };
        // Most positions of a wildcard fail at once in the text behind it; these need no memo.
        if let Inst::Literal(bytes) = &program.code[next.0]
            && !text[next.1..].starts_with(bytes)
        {
            continue;
        }
        if program.has_references {
            return Some(next);
        }
        if failed.len() >= MAX_FAILED {
            return None;
        }
        if failed.insert(next) {
            return Some(next);
        }
    }
}

/// The fewest and the most bytes of `set` at `at`, as end positions.
fn repeat_set(
    set: &ByteSet,
    min: u32,
    max: u32,
    greed: Greed,
    text: &[u8],
    at: usize,
) -> Option<(usize, usize)> {
    let rest = &text[at..];
    let limit = rest.len().min(max as usize);
    let count = rest[..limit].iter().position(|&byte| !set.contains(byte)).unwrap_or(limit);
    let min = min as usize;
    if count < min {
        return None;
    }
    Some(if greed == Greed::Possessive { (at + count, at + count) } else { (at + min, at + count) })
}

fn look(program: &Program, ahead: bool, text: &[u8], at: usize, slots: &mut Vec<usize>) -> bool {
    if ahead {
        return run(program, text, at, slots, &|_| true).is_some();
    }
    (0..=at).rev().any(|start| run(program, text, start, slots, &|end| end == at).is_some())
}

fn holds(anchor: Anchor, text: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).map(|index| text[index]);
    let after = text.get(at).copied();
    match anchor {
        Anchor::TextStart => at == 0,
        Anchor::TextEnd => after.is_none(),
        Anchor::LastLineEnd => after.is_none() || (after == Some(b'\n') && at + 1 == text.len()),
        Anchor::LineStart => before.is_none_or(|byte| byte == b'\n'),
        Anchor::LineEnd => after.is_none_or(|byte| byte == b'\n'),
        Anchor::WordBoundary => before.is_some_and(is_word) != after.is_some_and(is_word),
        Anchor::NotWordBoundary => before.is_some_and(is_word) == after.is_some_and(is_word),
    }
}
