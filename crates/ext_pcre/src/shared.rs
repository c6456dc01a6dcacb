//! Compiled patterns of the process.
//!
//! A compiled pattern is never written to, so all threads match with one copy of it: the first that wants a pattern
//! compiles it, others wait for that one pattern and for no other. Patterns outlive the threads that used them, as they
//! depend on nothing but their text and on whether they are compiled to machine code.

use crate::binding::{Code, compile_option};
use crate::pattern;
use rustc_hash::FxHashMap;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, OnceLock, PoisonError};

/// A pattern and what is known of it.
pub struct Compiled {
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
}

/// The pattern, or what is wrong with it.
type Outcome = Result<Arc<Compiled>, String>;

/// Filled by the first thread that wants the pattern.
type Place = Arc<OnceLock<Outcome>>;

/// Places by the text of their patterns.
type Patterns = FxHashMap<Box<[u8]>, Place>;

/// Most patterns that are kept.
pub const SIZE: usize = 4096;

/// Patterns by their text: those that are interpreted, and those in machine code.
static PATTERNS: LazyLock<[Mutex<Patterns>; 2]> = LazyLock::new(Default::default);

fn patterns(jit: bool) -> MutexGuard<'static, Patterns> {
    PATTERNS[usize::from(jit)].lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes a part of the patterns when there are too many.
pub fn make_room<T>(patterns: &mut FxHashMap<Box<[u8]>, T>) {
    if patterns.len() >= SIZE {
        let mut seen = 0;
        patterns.retain(|_, _| {
            seen += 1;
            seen % 8 != 0
        });
    }
}

/// The pattern, which is compiled unless some thread has done so.
pub fn compile(text: &[u8], jit: bool) -> Outcome {
    let place = place(text, jit);
    let outcome = place.get_or_init(|| Compiled::new(text, jit).map(Arc::new)).clone();
    if outcome.is_err() {
        patterns(jit).remove(text);
    }
    outcome
}

fn place(text: &[u8], jit: bool) -> Place {
    let mut patterns = patterns(jit);
    if let Some(place) = patterns.get(text) {
        return place.clone();
    }
    make_room(&mut patterns);
    patterns.entry(text.into()).or_default().clone()
}

impl Compiled {
    fn new(text: &[u8], jit: bool) -> Result<Compiled, String> {
        let parsed = pattern::parse(text)?;
        let code = Code::compile(parsed.expression, parsed.options, parsed.extra, jit)
            .map_err(|(message, offset)| format!("Compilation failed: {message} at offset {offset}"))?;
        let groups = code.capture_count() + 1;
        let mut names: Vec<Option<Box<[u8]>>> = vec![None; groups];
        let mut has_names = false;
        for (group, name) in code.names() {
            if let Some(place) = names.get_mut(group) {
                *place = Some(name.into_boxed_slice());
                has_names = true;
            }
        }
        let utf = parsed.options & compile_option::UTF != 0;
        Ok(Compiled { code, groups, names, has_names, utf })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn threads_share_a_pattern() {
        let of_other = thread::spawn(|| compile(b"/shared(x)/", true)).join().expect("the thread ends well");
        let (Ok(ours), Ok(theirs)) = (compile(b"/shared(x)/", true), of_other) else {
            panic!("the pattern is right")
        };
        assert!(Arc::ptr_eq(&ours, &theirs));
        assert_eq!(ours.groups, 2);
    }

    #[test]
    fn a_wrong_pattern_is_wrong_again() {
        for _ in 0..2 {
            let problem = compile(b"/(/", true).err();
            let expected = "Compilation failed: missing closing parenthesis at offset 1";
            assert_eq!(problem.as_deref(), Some(expected));
        }
        assert!(!patterns(true).contains_key(&b"/(/"[..]));
    }
}
