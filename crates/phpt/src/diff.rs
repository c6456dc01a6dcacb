//! Differences between expected and actual output, laid out as run-tests.php does.
//!
//! Each changed line carries its number in its own text: `003- expected`, `003+ actual`. Lines of an EXPECTF are equal when the
//! actual one matches.

use crate::expect::Expected;
use crate::test_file::Expectation;

/// One line of a difference; numbers count from 1 in the text that the line is from.
enum Line<'a> {
    Same(&'a [u8]),
    Removed(&'a [u8], usize),
    Added(&'a [u8], usize),
}

/// Above this many pairs of lines the middle is shown as removed and added as a whole.
const MAX_PAIRS: usize = 4_000_000;

/// A difference is cut off behind this many bytes: results are kept until all tests are done.
const MAX_TEXT: usize = 256 << 10;

/// The difference between `expected` and `actual` with `context` unchanged lines around each change.
pub fn diff(kind: Expectation, expected: &[u8], actual: &[u8], context: usize) -> String {
    let old: Vec<&[u8]> = expected.split(|&byte| byte == b'\n').collect();
    let new: Vec<&[u8]> = actual.split(|&byte| byte == b'\n').collect();
    let lines = compare(kind, &old, &new);
    layout(&lines, context)
}

fn compare<'a>(kind: Expectation, old: &[&'a [u8]], new: &[&'a [u8]]) -> Vec<Line<'a>> {
    let patterns: Vec<Option<Expected>> = old
        .iter()
        .map(|line| {
            let is_pattern = kind != Expectation::Exact && line.contains(&b'%');
            is_pattern.then(|| Expected::new(Expectation::Format, line))
        })
        .collect();
    let equal = |i: usize, j: usize| match &patterns[i] {
        Some(pattern) => pattern.matches(crate::text::trim(new[j])),
        None => old[i] == new[j],
    };
    let shorter = old.len().min(new.len());
    let head = (0..shorter).take_while(|&index| equal(index, index)).count();
    let tail =
        (0..shorter - head).take_while(|&index| equal(old.len() - 1 - index, new.len() - 1 - index)).count();
    let (old_end, new_end) = (old.len() - tail, new.len() - tail);

    let mut lines: Vec<Line> = old[..head].iter().map(|line| Line::Same(line)).collect();
    let (mut i, mut j) = (head, head);
    for (same_old, same_new) in common_lines(head..old_end, head..new_end, &equal) {
        lines.extend((i..same_old).map(|index| Line::Removed(old[index], index + 1)));
        lines.extend((j..same_new).map(|index| Line::Added(new[index], index + 1)));
        lines.push(Line::Same(old[same_old]));
        (i, j) = (same_old + 1, same_new + 1);
    }
    lines.extend((i..old_end).map(|index| Line::Removed(old[index], index + 1)));
    lines.extend((j..new_end).map(|index| Line::Added(new[index], index + 1)));
    lines.extend(old[old_end..].iter().map(|line| Line::Same(line)));
    lines
}

/// The longest common subsequence as pairs of indices.
fn common_lines(
    old: std::ops::Range<usize>,
    new: std::ops::Range<usize>,
    equal: &dyn Fn(usize, usize) -> bool,
) -> Vec<(usize, usize)> {
    let (rows, columns) = (old.len(), new.len());
    if rows == 0 || columns == 0 || rows * columns > MAX_PAIRS {
        return Vec::new();
    }
    let width = columns + 1;
    // lengths[i * width + j] belongs to the texts from row i and column j on.
    let mut lengths = vec![0u32; (rows + 1) * width];
    let mut same = vec![false; rows * columns];
    for i in (0..rows).rev() {
        for j in (0..columns).rev() {
            let is_same = equal(old.start + i, new.start + j);
            same[i * columns + j] = is_same;
            lengths[i * width + j] = if is_same {
                lengths[(i + 1) * width + j + 1] + 1
            } else {
                lengths[(i + 1) * width + j].max(lengths[i * width + j + 1])
            };
        }
    }
    let mut pairs = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < rows && j < columns {
        if same[i * columns + j] {
            pairs.push((old.start + i, new.start + j));
            i += 1;
            j += 1;
        } else if lengths[(i + 1) * width + j] >= lengths[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

fn layout(lines: &[Line], context: usize) -> String {
    let width = lines.len().to_string().len().max(3);
    let mut result = String::new();
    let push = |result: &mut String, prefix: &str, line: &[u8]| {
        result.push_str(prefix);
        result.push_str(&String::from_utf8_lossy(&line[..line.len().min(MAX_TEXT)]));
        result.push('\n');
    };
    let is_same = |line: &Line| matches!(line, Line::Same(_));
    let mut at = 0;
    while at < lines.len() {
        if result.len() > MAX_TEXT {
            result.push_str("-- (cut off)\n");
            break;
        }
        let Some(next) = lines[at..].iter().position(|line| !is_same(line)).map(|offset| at + offset) else {
            push(&mut result, "--", b"");
            break;
        };
        if at + context < next {
            push(&mut result, "--", b"");
            at = next - context;
        }
        let mut left_after_change = None;
        while at < lines.len() && result.len() <= MAX_TEXT {
            match &lines[at] {
                Line::Same(line) => {
                    if left_after_change == Some(0) {
                        break;
                    }
                    left_after_change = left_after_change.map(|left: usize| left - 1);
                    push(&mut result, &" ".repeat(width + 2), line);
                }
                Line::Removed(line, number) => {
                    left_after_change = Some(context);
                    push(&mut result, &format!("{number:0width$}- "), line);
                }
                Line::Added(line, number) => {
                    left_after_change = Some(context);
                    push(&mut result, &format!("{number:0width$}+ "), line);
                }
            }
            at += 1;
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: Expectation, expected: &str, actual: &str, context: usize, wanted: &str) {
        assert_eq!(diff(kind, expected.as_bytes(), actual.as_bytes(), context), wanted);
    }

    #[test]
    fn changed_line() {
        check(Expectation::Exact, "a\nb\nc", "a\nx\nc", 3, "     a\n002- b\n002+ x\n     c\n");
    }

    #[test]
    fn context_is_cut() {
        check(
            Expectation::Exact,
            "1\n2\n3\n4\n5\n6\n7",
            "1\n2\n3\nx\n5\n6\n7",
            1,
            "--\n     3\n004- 4\n004+ x\n     5\n--\n",
        );
    }

    #[test]
    fn matching_lines_are_the_same() {
        check(Expectation::Format, "int(%d)\nb", "int(5)\nc", 3, "     int(%d)\n002- b\n002+ c\n");
    }

    #[test]
    fn long_differences_are_cut_off() {
        let text = diff(Expectation::Exact, b"a", "line\n".repeat(200_000).as_bytes(), 3);
        assert!(text.len() < MAX_TEXT + 100);
        assert!(text.ends_with("-- (cut off)\n"));
    }

    #[test]
    fn added_and_removed() {
        check(Expectation::Exact, "a\nb", "b\nc", 3, "001- a\n     b\n002+ c\n");
    }
}
