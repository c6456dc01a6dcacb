//! The C library.
//!
//! # Safety
//! Each wrapper owns what it points to and frees it once. Subjects and patterns are passed with their lengths and live
//! across the call. A match writes to its own match data alone, and the offsets it leaves lie inside of the subject.
//! Compiled code is written by its compilation alone; the memory for machine code is given out and taken back under a lock.
#![allow(unsafe_code, reason = "calls of a C library")]

use pcre2_sys::*;
use std::ffi::CStr;
use std::ptr::{self, NonNull};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Options of patterns.
pub mod compile_option {
    pub use pcre2_sys::{
        PCRE2_ANCHORED as ANCHORED, PCRE2_CASELESS as CASELESS, PCRE2_DOLLAR_ENDONLY as DOLLAR_END_ONLY,
        PCRE2_DOTALL as DOT_ALL, PCRE2_DUPNAMES as DUP_NAMES, PCRE2_EXTENDED as EXTENDED,
        PCRE2_EXTRA_CASELESS_RESTRICT as EXTRA_CASELESS_RESTRICT, PCRE2_MULTILINE as MULTI_LINE,
        PCRE2_NO_AUTO_CAPTURE as NO_AUTO_CAPTURE, PCRE2_UCP as UCP, PCRE2_UNGREEDY as UNGREEDY,
        PCRE2_UTF as UTF,
    };
}

/// Options of matches.
pub mod match_option {
    pub use pcre2_sys::{
        PCRE2_ANCHORED as ANCHORED, PCRE2_NO_UTF_CHECK as NO_UTF_CHECK,
        PCRE2_NOTEMPTY_ATSTART as NOT_EMPTY_AT_START,
    };
}

/// Why a match gave no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchError {
    /// Nothing matches.
    None,
    /// Too many steps.
    BacktrackLimit,
    /// Too deep.
    RecursionLimit,
    /// The subject is no UTF-8.
    BadUtf,
    /// The match should begin inside of a character.
    BadUtfOffset,
    /// The compiled code ran out of stack.
    JitStack,
    /// Anything else.
    Internal,
}

/// Held while the library gives out or takes back memory for machine code. Its own lock is not enough: it goes on writing
/// to a block's neighbor after it has let go of it.
static MACHINE_CODE: Mutex<()> = Mutex::new(());

fn lock_machine_code() -> MutexGuard<'static, ()> {
    MACHINE_CODE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A compiled pattern.
pub struct Code {
    code: NonNull<pcre2_code_8>,
    jit: bool,
}

// SAFETY: no thread-bound state hangs on a code: it is plain memory of the process's allocator.
unsafe impl Send for Code {}
// SAFETY: all that can be done with a shared code reads it, and matches write to data of their own.
unsafe impl Sync for Code {}

impl Code {
    /// Compiles; the message and place of what is wrong otherwise.
    pub fn compile(pattern: &[u8], options: u32, extra: u32, jit: bool) -> Result<Code, (String, usize)> {
        let mut error = 0;
        let mut offset = 0;
        // SAFETY: creates a context, which is freed below.
        let context = unsafe { pcre2_compile_context_create_8(ptr::null_mut()) };
        if extra != 0 && !context.is_null() {
            // SAFETY: the context is live.
            unsafe { pcre2_set_compile_extra_options_8(context, extra) };
        }
        // SAFETY: the pattern lives across the call, and both results are on the stack.
        let code = unsafe {
            pcre2_compile_8(
                pattern.as_ptr(),
                pattern.len(),
                options,
                &raw mut error,
                &raw mut offset,
                context,
            )
        };
        if !context.is_null() {
            // SAFETY: nothing refers to the context any more.
            unsafe { pcre2_compile_context_free_8(context) };
        }
        let Some(code) = NonNull::new(code) else { return Err((message(error), offset)) };
        let mut code = Code { code, jit: false };
        if jit {
            let _lock = lock_machine_code();
            // SAFETY: the code is live. A pattern that cannot be compiled further is interpreted.
            code.jit = unsafe { pcre2_jit_compile_8(code.code.as_ptr(), PCRE2_JIT_COMPLETE) } == 0;
        }
        Ok(code)
    }

    fn info_u32(&self, what: u32) -> u32 {
        let mut value = 0u32;
        // SAFETY: the questions asked below are answered by one u32.
        unsafe { pcre2_pattern_info_8(self.code.as_ptr(), what, (&raw mut value).cast()) };
        value
    }

    /// How many groups there are.
    pub fn capture_count(&self) -> usize {
        self.info_u32(PCRE2_INFO_CAPTURECOUNT) as usize
    }

    /// Names of groups, with their numbers.
    pub fn names(&self) -> Vec<(usize, Vec<u8>)> {
        let count = self.info_u32(PCRE2_INFO_NAMECOUNT) as usize;
        let size = self.info_u32(PCRE2_INFO_NAMEENTRYSIZE) as usize;
        if count == 0 || size < 3 {
            return Vec::new();
        }
        let mut table: *const u8 = ptr::null();
        // SAFETY: this question is answered by a pointer.
        unsafe { pcre2_pattern_info_8(self.code.as_ptr(), PCRE2_INFO_NAMETABLE, (&raw mut table).cast()) };
        // SAFETY: the table has `count` entries of `size` bytes and lives as long as the code.
        let table = unsafe { std::slice::from_raw_parts(table, count * size) };
        table
            .chunks_exact(size)
            .map(|entry| {
                let number = usize::from(entry[0]) << 8 | usize::from(entry[1]);
                let name = entry[2..].split(|byte| *byte == 0).next().unwrap_or(&[]);
                (number, name.to_vec())
            })
            .collect()
    }
}

impl Drop for Code {
    fn drop(&mut self) {
        let _lock = self.jit.then(lock_machine_code);
        // SAFETY: the code is live and nobody else has it.
        unsafe { pcre2_code_free_8(self.code.as_ptr()) };
    }
}

/// Room for the result of a match.
pub struct MatchData {
    data: NonNull<pcre2_match_data_8>,
    /// The result of the last match. Offsets are written only by a success, the mark is by a failure as well; before
    /// that they may be unset memory.
    result: i32,
}

impl MatchData {
    /// Room for the groups of a pattern.
    pub fn new(code: &Code) -> Option<MatchData> {
        // SAFETY: the code is live.
        let data = unsafe { pcre2_match_data_create_from_pattern_8(code.code.as_ptr(), ptr::null_mut()) };
        NonNull::new(data).map(|data| MatchData { data, result: PCRE2_ERROR_INTERNAL })
    }

    /// Beginning and end of group number `group` after a match.
    #[inline]
    pub fn group(&self, group: usize) -> Option<(usize, usize)> {
        // SAFETY: the data is live.
        let count = unsafe { pcre2_get_ovector_count_8(self.data.as_ptr()) } as usize;
        if group >= count || self.result <= 0 {
            return None;
        }
        // SAFETY: there are `count` pairs.
        let (start, end) = unsafe {
            let offsets = pcre2_get_ovector_pointer_8(self.data.as_ptr());
            (*offsets.add(2 * group), *offsets.add(2 * group + 1))
        };
        (start != usize::MAX).then_some((start, end))
    }

    /// The name of the last mark that was passed.
    pub fn mark(&self) -> Option<Vec<u8>> {
        if self.result <= 0 && self.result != PCRE2_ERROR_NOMATCH {
            return None;
        }
        // SAFETY: the data is live; a mark is a string of the pattern, ended by NUL.
        unsafe {
            let mark = pcre2_get_mark_8(self.data.as_ptr());
            (!mark.is_null()).then(|| CStr::from_ptr(mark.cast()).to_bytes().to_vec())
        }
    }
}

impl Drop for MatchData {
    fn drop(&mut self) {
        // SAFETY: the data is live and nobody else has it.
        unsafe { pcre2_match_data_free_8(self.data.as_ptr()) };
    }
}

/// Limits and the stack of compiled code, for all matches of a thread.
pub struct Matcher {
    context: NonNull<pcre2_match_context_8>,
    stack: *mut pcre2_jit_stack_8,
    limits: (u32, u32),
}

/// Sizes of the stack of compiled code: at first, and at most.
const STACK: (usize, usize) = (32 * 1024, 192 * 1024);

impl Matcher {
    /// With PHP's limits.
    pub fn new() -> Matcher {
        // SAFETY: creates a context and a stack, which are freed with the matcher.
        unsafe {
            let context = NonNull::new(pcre2_match_context_create_8(ptr::null_mut()))
                .expect("memory for a match context");
            let stack = pcre2_jit_stack_create_8(STACK.0, STACK.1, ptr::null_mut());
            if !stack.is_null() {
                pcre2_jit_stack_assign_8(context.as_ptr(), None, stack.cast());
            }
            Matcher { context, stack, limits: (0, 0) }
        }
    }

    /// Sets how many steps and levels a match may take.
    pub fn set_limits(&mut self, steps: u32, depth: u32) {
        if self.limits != (steps, depth) {
            self.limits = (steps, depth);
            // SAFETY: the context is live.
            unsafe {
                pcre2_set_match_limit_8(self.context.as_ptr(), steps);
                pcre2_set_depth_limit_8(self.context.as_ptr(), depth);
            }
        }
    }

    /// Matches `code` in `subject` from `start` on; how many groups there are, the last ones that took no part left out.
    pub fn run(
        &mut self,
        code: &Code,
        subject: &[u8],
        start: usize,
        options: u32,
        data: &mut MatchData,
    ) -> Result<usize, MatchError> {
        debug_assert!(start <= subject.len());
        let (code_ptr, context) = (code.code.as_ptr(), self.context.as_ptr());
        // The direct entry of compiled code takes no other options, and checks nothing.
        let direct = code.jit && options == PCRE2_NO_UTF_CHECK && !self.stack.is_null();
        // SAFETY: all of it lives across the call; the subject is UTF-8 if the options say that it was checked.
        let result = unsafe {
            if direct {
                pcre2_jit_match_8(
                    code_ptr,
                    subject.as_ptr(),
                    subject.len(),
                    start,
                    PCRE2_NO_UTF_CHECK,
                    data.data.as_ptr(),
                    context,
                )
            } else {
                pcre2_match_8(
                    code_ptr,
                    subject.as_ptr(),
                    subject.len(),
                    start,
                    options,
                    data.data.as_ptr(),
                    context,
                )
            }
        };
        data.result = result;
        match result {
            1.. => Ok(result as usize),
            // Cannot be: the room is as large as the pattern needs.
            0 => Err(MatchError::Internal),
            PCRE2_ERROR_NOMATCH => Err(MatchError::None),
            PCRE2_ERROR_MATCHLIMIT => Err(MatchError::BacktrackLimit),
            PCRE2_ERROR_RECURSIONLIMIT | PCRE2_ERROR_HEAPLIMIT => Err(MatchError::RecursionLimit),
            PCRE2_ERROR_BADUTFOFFSET => Err(MatchError::BadUtfOffset),
            PCRE2_ERROR_JIT_STACKLIMIT => Err(MatchError::JitStack),
            PCRE2_ERROR_UTF8_ERR21..=PCRE2_ERROR_UTF8_ERR1 => Err(MatchError::BadUtf),
            _ => Err(MatchError::Internal),
        }
    }
}

impl Drop for Matcher {
    fn drop(&mut self) {
        // SAFETY: both are live and nobody else has them.
        unsafe {
            pcre2_match_context_free_8(self.context.as_ptr());
            if !self.stack.is_null() {
                pcre2_jit_stack_free_8(self.stack);
            }
        }
    }
}

/// The library's words for an error.
fn message(error: i32) -> String {
    let mut buffer = [0u8; 256];
    // SAFETY: the length is the buffer's.
    let length = unsafe { pcre2_get_error_message_8(error, buffer.as_mut_ptr(), buffer.len()) };
    let length = usize::try_from(length).unwrap_or(0);
    String::from_utf8_lossy(&buffer[..length]).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(pattern: &str, subject: &str, options: u32) -> Result<Vec<Option<(usize, usize)>>, MatchError> {
        let code = Code::compile(pattern.as_bytes(), options, 0, true).expect("the pattern is right");
        let mut data = MatchData::new(&code).expect("there is memory");
        let mut matcher = Matcher::new();
        matcher.set_limits(1_000_000, 100_000);
        let count = matcher.run(&code, subject.as_bytes(), 0, 0, &mut data)?;
        Ok((0..count).map(|group| data.group(group)).collect())
    }

    #[test]
    fn matches() {
        assert_eq!(groups("(a)(x)?(b)", "zab", 0), Ok(vec![Some((1, 3)), Some((1, 2)), None, Some((2, 3))]));
        assert_eq!(groups("q", "zab", 0), Err(MatchError::None));
        assert_eq!(
            groups(r"^[\x{ff}\x{100}\x{8000}-\x{8008}]$", "\u{8004}", PCRE2_UTF),
            Ok(vec![Some((0, 3))])
        );
    }

    #[test]
    fn threads_compile_and_free_at_once() {
        let compile_many = |thread: usize| {
            let mut kept = Vec::new();
            for i in 0..1500 {
                let pattern = format!("a(b|c{i})*?d[a-z]{{1,{}}}x{thread}", i % 60 + 1);
                let code = Code::compile(pattern.as_bytes(), 0, 0, true).expect("the pattern is right");
                assert!(code.jit);
                kept.push(code);
                if i % 3 == 0 {
                    kept.clear();
                }
            }
        };
        std::thread::scope(|scope| {
            for thread in 0..16 {
                scope.spawn(move || compile_many(thread));
            }
        });
    }

    #[test]
    fn errors_and_names() {
        let error = Code::compile(b"(", 0, 0, true).err().expect("the pattern is wrong");
        assert_eq!(error, ("missing closing parenthesis".to_owned(), 1));
        let code = Code::compile(b"(?<x>a)(?<y>b)", 0, 0, false).expect("the pattern is right");
        assert_eq!((code.capture_count(), code.names()), (2, vec![(1, b"x".to_vec()), (2, b"y".to_vec())]));
    }
}
