//! Walking over all matches in a subject, as Perl's `/g` does.
//!
//! After an empty match the next one may begin at the same place only if it is not empty; if there is none, the walk
//! goes on one character further.

use crate::binding::{MatchData, MatchError, match_option};
use crate::cache::{Regex, with_matcher};
use crate::error::{self, PregError};
use phalanx_vm::Context;

/// A walk. The subject is checked to be UTF-8 at its first match alone.
pub struct Search<'a> {
    regex: &'a Regex,
    subject: &'a [u8],
    /// Where the next match may begin.
    pub start: usize,
    options: u32,
    data: Option<MatchData>,
    /// Groups of the match that was found last, those at the end that took no part left out.
    pub count: usize,
}

/// What a step of a walk found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A match.
    Found,
    /// Nothing here; the walk goes on after `Search::skip`.
    Retry,
    /// Nothing more.
    End,
    /// The error is noted.
    Failed,
}

impl<'a> Search<'a> {
    /// A walk from `start` on.
    pub fn new(regex: &'a Regex, subject: &'a [u8], start: usize) -> Search<'a> {
        let ascii = !regex.utf || (start == 0 && subject.is_ascii());
        let options = if ascii { match_option::NO_UTF_CHECK } else { 0 };
        Search { regex, subject, start, options, data: regex.take_data(), count: 0 }
    }

    /// Looks for a match at the current place or behind.
    pub fn step(&mut self, cx: &mut Context) -> Step {
        let Some(data) = &mut self.data else {
            error::set(cx, PregError::Internal);
            return Step::Failed;
        };
        let (code, subject, start, options) = (&self.regex.code, self.subject, self.start, self.options);
        let result = with_matcher(cx, |matcher| matcher.run(code, subject, start, options, data));
        let retrying = options & match_option::NOT_EMPTY_AT_START != 0;
        match result {
            Ok(count) => {
                self.count = count;
                Step::Found
            }
            Err(MatchError::None) if retrying && start < subject.len() => Step::Retry,
            Err(MatchError::None) => Step::End,
            Err(error) => {
                error::set(cx, error.into());
                Step::Failed
            }
        }
    }

    /// Where a group of the match lies.
    #[inline]
    pub fn group(&self, group: usize) -> Option<(usize, usize)> {
        self.data.as_ref()?.group(group)
    }

    /// Where the whole match lies. A match whose end comes before its beginning (`\K` in a look-ahead) is none.
    pub fn whole(&self) -> Option<(usize, usize)> {
        self.group(0).filter(|(start, end)| start <= end)
    }

    /// The mark that the match passed.
    pub fn mark(&self) -> Option<Vec<u8>> {
        self.data.as_ref()?.mark()
    }

    /// Goes on behind the match.
    pub fn advance(&mut self) {
        let Some((start, end)) = self.group(0) else { return };
        self.start = end;
        self.options = match_option::NO_UTF_CHECK;
        if start == end {
            self.options |= match_option::NOT_EMPTY_AT_START | match_option::ANCHORED;
        }
    }

    /// Goes on one character further, after nothing was found behind an empty match.
    pub fn skip(&mut self) -> usize {
        let mut end = self.start + 1;
        while self.regex.utf && self.subject.get(end).is_some_and(|byte| byte & 0xc0 == 0x80) {
            end += 1;
        }
        self.options = match_option::NO_UTF_CHECK;
        std::mem::replace(&mut self.start, end.min(self.subject.len()))
    }
}

impl Drop for Search<'_> {
    fn drop(&mut self) {
        if let Some(data) = self.data.take() {
            self.regex.keep_data(data);
        }
    }
}
