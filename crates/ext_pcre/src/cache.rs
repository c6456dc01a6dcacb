//! Patterns that a thread has used, with its room for their matches.
//!
//! They serve the next requests too, without a look at what all threads share. When there are too many, a part of them
//! goes.

use crate::binding::{MatchData, Matcher};
use crate::error::{self, PregError};
use crate::shared::{self, Compiled};
use phalanx_value::PhpString;
use phalanx_vm::{Context, PhpResult};
use rustc_hash::FxHashMap;
use std::cell::{Cell, RefCell};
use std::ops::Deref;
use std::rc::Rc;
use std::sync::Arc;

/// A pattern that is ready to be used.
pub struct Regex {
    compiled: Arc<Compiled>,
    /// Room for a match that nobody uses now.
    spare: Cell<Option<MatchData>>,
}

impl Deref for Regex {
    type Target = Compiled;

    #[inline]
    fn deref(&self) -> &Compiled {
        &self.compiled
    }
}

impl Regex {
    /// Room for a match.
    pub fn take_data(&self) -> Option<MatchData> {
        self.spare.take().or_else(|| MatchData::new(&self.code))
    }

    /// Gives room back for the next match.
    pub fn keep_data(&self, data: MatchData) {
        self.spare.set(Some(data));
    }
}

struct Cache {
    patterns: RefCell<FxHashMap<Box<[u8]>, Rc<Regex>>>,
    matcher: RefCell<Option<Matcher>>,
}

thread_local! {
    static CACHE: Cache = Cache { patterns: RefCell::default(), matcher: RefCell::new(None) };
}

/// The pattern, compiled; none after a warning if that cannot be.
pub fn compile(cx: &mut Context, text: &PhpString) -> PhpResult<Option<Rc<Regex>>> {
    let known = CACHE.with(|cache| cache.patterns.borrow().get(text.as_bytes()).cloned());
    if known.is_some() {
        return Ok(known);
    }
    match shared::compile(text, cx.ini.get_bool("pcre.jit")) {
        Ok(compiled) => {
            let regex = Rc::new(Regex { compiled, spare: Cell::new(None) });
            CACHE.with(|cache| {
                let mut patterns = cache.patterns.borrow_mut();
                shared::make_room(&mut patterns);
                patterns.insert(text.as_bytes().into(), regex.clone());
            });
            Ok(Some(regex))
        }
        Err(problem) => {
            error::set(cx, PregError::Internal);
            cx.doc_warning(problem)?;
            Ok(None)
        }
    }
}

/// Lets `f` use the thread's matcher, with the limits that the settings say.
pub fn with_matcher<T>(cx: &Context, f: impl FnOnce(&mut Matcher) -> T) -> T {
    let limit = |name| u32::try_from(cx.ini.get_int(name).unwrap_or(0)).unwrap_or(u32::MAX);
    let limits = (limit("pcre.backtrack_limit"), limit("pcre.recursion_limit"));
    CACHE.with(|cache| {
        let mut matcher = cache.matcher.borrow_mut();
        let matcher = matcher.get_or_insert_with(Matcher::new);
        matcher.set_limits(limits.0, limits.1);
        f(matcher)
    })
}
