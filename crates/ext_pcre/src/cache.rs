//! Compiled patterns of a thread.
//!
//! Patterns that a request has used serve the next ones too: they depend on nothing but their text. When there are too
//! many, a part of them goes.

use crate::binding::{Code, MatchData, Matcher, compile_option};
use crate::error::{self, PregError};
use crate::pattern;
use phalanx_value::PhpString;
use phalanx_vm::{Context, PhpResult};
use rustc_hash::FxHashMap;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// A pattern that is ready to be used.
pub struct Regex {
    /// Compiled.
    pub code: Code,
    /// Groups, the whole match included.
    pub groups: usize,
    /// Names by group.
    pub names: Vec<Option<Box<[u8]>>>,
    /// Whether some group has a name.
    pub has_names: bool,
    /// Whether subjects are UTF-8.
    pub utf: bool,
    /// Room for a match that nobody uses now.
    spare: Cell<Option<MatchData>>,
}

impl Regex {
    fn new(code: Code, utf: bool) -> Regex {
        let groups = code.capture_count() + 1;
        let mut names: Vec<Option<Box<[u8]>>> = vec![None; groups];
        let mut has_names = false;
        for (group, name) in code.names() {
            if let Some(place) = names.get_mut(group) {
                *place = Some(name.into_boxed_slice());
                has_names = true;
            }
        }
        Regex { code, groups, names, has_names, utf, spare: Cell::new(None) }
    }

    /// Room for a match.
    pub fn take_data(&self) -> Option<MatchData> {
        self.spare.take().or_else(|| MatchData::new(&self.code))
    }

    /// Gives room back for the next match.
    pub fn keep_data(&self, data: MatchData) {
        self.spare.set(Some(data));
    }
}

/// Most patterns that are kept.
const SIZE: usize = 4096;

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
    match make(cx, text) {
        Ok(regex) => {
            let regex = Rc::new(regex);
            CACHE.with(|cache| {
                let mut patterns = cache.patterns.borrow_mut();
                if patterns.len() >= SIZE {
                    let mut seen = 0;
                    patterns.retain(|_, _| {
                        seen += 1;
                        seen % 8 != 0
                    });
                }
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

fn make(cx: &Context, text: &[u8]) -> Result<Regex, String> {
    let parsed = pattern::parse(text)?;
    let jit = cx.ini.get_bool("pcre.jit");
    let code = Code::compile(parsed.expression, parsed.options, parsed.extra, jit)
        .map_err(|(message, offset)| format!("Compilation failed: {message} at offset {offset}"))?;
    Ok(Regex::new(code, parsed.options & compile_option::UTF != 0))
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
