//! The command line's options, found as PHP's own getopt finds them.
//!
//! It has ways of its own: an option's value may follow in the same word, after `=`, or in the next word, for short and for
//! long options alike; short options without value may share a word; the first word that is no option ends them, and so does
//! `--`.

use std::fmt;

/// What an option is, once its name is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Opt {
    Interactive,
    ProcessBegin,
    NoChdir,
    PhpIni,
    Define,
    ProcessEnd,
    ProfileInfo,
    ProcessFile,
    File,
    Help,
    Info,
    SyntaxCheck,
    Modules,
    NoPhpIni,
    NoHeader,
    ProcessCode,
    HideArgs,
    Run,
    Highlight,
    Server,
    Docroot,
    Strip,
    Version,
    ZendExtension,
    ReflectFunction,
    ReflectClass,
    ReflectExtension,
    ReflectZendExtension,
    ExtensionInfo,
    IniFiles,
    Repeat,
    Threads,
}

/// Short names, long names, whether there is a value, and the option.
const OPTIONS: &[(Option<u8>, &[&str], bool, Opt)] = &[
    (Some(b'a'), &["interactive"], false, Opt::Interactive),
    (Some(b'B'), &["process-begin"], true, Opt::ProcessBegin),
    (Some(b'C'), &["no-chdir"], false, Opt::NoChdir),
    (Some(b'c'), &["php-ini"], true, Opt::PhpIni),
    (Some(b'd'), &["define"], true, Opt::Define),
    (Some(b'E'), &["process-end"], true, Opt::ProcessEnd),
    (Some(b'e'), &["profile-info"], false, Opt::ProfileInfo),
    (Some(b'F'), &["process-file"], true, Opt::ProcessFile),
    (Some(b'f'), &["file"], true, Opt::File),
    (Some(b'h'), &["help"], false, Opt::Help),
    (Some(b'i'), &["info"], false, Opt::Info),
    (Some(b'l'), &["syntax-check"], false, Opt::SyntaxCheck),
    (Some(b'm'), &["modules"], false, Opt::Modules),
    (Some(b'n'), &["no-php-ini"], false, Opt::NoPhpIni),
    (Some(b'q'), &["no-header"], false, Opt::NoHeader),
    (Some(b'R'), &["process-code"], true, Opt::ProcessCode),
    (Some(b'H'), &["hide-args"], false, Opt::HideArgs),
    (Some(b'r'), &["run"], true, Opt::Run),
    (Some(b's'), &["syntax-highlight", "syntax-highlighting"], false, Opt::Highlight),
    (Some(b'S'), &["server"], true, Opt::Server),
    (Some(b't'), &["docroot"], true, Opt::Docroot),
    (Some(b'w'), &["strip"], false, Opt::Strip),
    (Some(b'?'), &["usage"], false, Opt::Help),
    (Some(b'v'), &["version"], false, Opt::Version),
    (Some(b'z'), &["zend-extension"], true, Opt::ZendExtension),
    (None, &["rf", "rfunction"], true, Opt::ReflectFunction),
    (None, &["rc", "rclass"], true, Opt::ReflectClass),
    (None, &["re", "rextension"], true, Opt::ReflectExtension),
    (None, &["rz", "rzendextension"], true, Opt::ReflectZendExtension),
    (None, &["ri", "rextinfo"], true, Opt::ExtensionInfo),
    (None, &["ini"], false, Opt::IniFiles),
    (None, &["repeat"], true, Opt::Repeat),
    // Ours: PHP has no threads to run a script on.
    (None, &["threads"], true, Opt::Threads),
];

/// A word that is no option, in PHP's words. Positions count words from 0 (the program) and characters from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadOption {
    word: usize,
    character: usize,
    kind: BadKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum BadKind {
    Colon,
    NotFound(u8),
    NoValue(u8),
}

impl fmt::Display for BadOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error in argument {}, char {}: ", self.word, self.character)?;
        match self.kind {
            BadKind::Colon => f.write_str(": in flags"),
            BadKind::NotFound(name) => write!(f, "option not found {}", char::from(name)),
            BadKind::NoValue(name) => write!(f, "no argument for option {}", char::from(name)),
        }
    }
}

/// Goes through the options of a command line.
#[derive(Clone, Debug)]
pub struct Options<'a> {
    words: &'a [Vec<u8>],
    word: usize,
    /// The character in a word of several short options, or 0 at the start of a word.
    character: usize,
    /// The place of the last short option in its word: PHP names it when a long one is unknown.
    last: usize,
}

impl<'a> Options<'a> {
    /// Begins behind the program's name, which is the first of `words`.
    pub fn new(words: &'a [Vec<u8>]) -> Options<'a> {
        Options { words, word: 1, character: 0, last: 0 }
    }

    /// The index of the first word that is not an option, once [`next`](Iterator::next) gave nothing.
    pub fn end(&self) -> usize {
        self.word
    }

    fn bad(&self, word: usize, character: usize, kind: BadKind) -> BadOption {
        BadOption { word, character: character + 1, kind }
    }

    fn next_word(&mut self) {
        self.word += 1;
        self.character = 0;
    }

    fn long(&mut self, word: &'a [u8]) -> Result<(Opt, Option<&'a [u8]>), BadOption> {
        let body = &word[2..];
        let name_end = body.iter().position(|&byte| byte == b'=').unwrap_or(body.len());
        let name = &body[..name_end];
        let found = OPTIONS.iter().find(|(_, names, ..)| names.iter().any(|known| known.as_bytes() == name));
        let Some(&(_, _, has_value, opt)) = found else {
            let shown = word.get(self.last).copied().unwrap_or_default();
            let error = self.bad(self.word, self.last, BadKind::NoValue(shown));
            self.next_word();
            return Err(error);
        };
        if !has_value {
            self.next_word();
            return Ok((opt, None));
        }
        let rest = &body[name_end..];
        let value = if rest.len() > 1 { Some(&rest[1..]) } else { None };
        self.value(opt, value, 0)
    }

    fn short(&mut self, word: &'a [u8]) -> Result<(Opt, Option<&'a [u8]>), BadOption> {
        let character = self.character.max(1);
        let name = word[character];
        self.last = character;
        let is_last = character + 1 == word.len();
        if name == b':' {
            let error = self.bad(self.word, character, BadKind::Colon);
            self.next_word();
            return Err(error);
        }
        let step = |options: &mut Options| {
            if is_last { options.next_word() } else { options.character = character + 1 }
        };
        let Some(&(_, _, has_value, opt)) = OPTIONS.iter().find(|(short, ..)| *short == Some(name)) else {
            let error = self.bad(self.word, character, BadKind::NotFound(name));
            step(self);
            return Err(error);
        };
        if !has_value {
            step(self);
            return Ok((opt, None));
        }
        let rest = &word[character + 1..];
        let value = rest.strip_prefix(b"=").unwrap_or(rest);
        self.value(opt, (!rest.is_empty()).then_some(value), character)
    }

    /// The value in this word, or the next word.
    fn value(
        &mut self,
        opt: Opt,
        value: Option<&'a [u8]>,
        character: usize,
    ) -> Result<(Opt, Option<&'a [u8]>), BadOption> {
        let name = self.words[self.word].get(character).copied().unwrap_or_default();
        let here = self.word;
        self.next_word();
        if value.is_some() {
            return Ok((opt, value));
        }
        match self.words.get(self.word) {
            Some(next) => {
                self.next_word();
                Ok((opt, Some(next)))
            }
            None => Err(self.bad(here, character, BadKind::NoValue(name))),
        }
    }
}

impl<'a> Iterator for Options<'a> {
    type Item = Result<(Opt, Option<&'a [u8]>), BadOption>;

    fn next(&mut self) -> Option<Self::Item> {
        let word: &'a [u8] = self.words.get(self.word)?;
        if self.character == 0 {
            if word == b"--" {
                self.word += 1;
                return None;
            }
            // A single dash is a file's name.
            if word.len() < 2 || word[0] != b'-' {
                return None;
            }
            if word.starts_with(b"--") {
                return Some(self.long(word));
            }
        }
        Some(self.short(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &[&str], wanted: &[(Opt, Option<&str>)], end: usize) {
        let words: Vec<Vec<u8>> =
            std::iter::once("php").chain(line.iter().copied()).map(|word| word.as_bytes().to_vec()).collect();
        let mut options = Options::new(&words);
        let found: Vec<_> = options.by_ref().map(Result::unwrap).collect();
        let wanted: Vec<_> = wanted.iter().map(|&(opt, value)| (opt, value.map(str::as_bytes))).collect();
        assert_eq!((found, options.end()), (wanted, end), "{line:?}");
    }

    fn check_bad(line: &[&str], message: &str) {
        let words: Vec<Vec<u8>> =
            std::iter::once("php").chain(line.iter().copied()).map(|word| word.as_bytes().to_vec()).collect();
        let error = Options::new(&words).find_map(Result::err).unwrap();
        assert_eq!(error.to_string(), message, "{line:?}");
    }

    #[test]
    fn ways_to_give_a_value() {
        let run = |value| (Opt::Run, Some(value));
        check(&["-r", "x"], &[run("x")], 3);
        check(&["-rx"], &[run("x")], 2);
        check(&["-r=x"], &[run("x")], 2);
        check(&["--run", "x"], &[run("x")], 3);
        check(&["--run=x"], &[run("x")], 2);
        check(&["-nr", "x"], &[(Opt::NoPhpIni, None), run("x")], 3);
        check(&["-r", ""], &[run("")], 3);
    }

    #[test]
    fn where_options_end() {
        check(&["-n", "file", "-n"], &[(Opt::NoPhpIni, None)], 2);
        check(&["-n", "--", "-n"], &[(Opt::NoPhpIni, None)], 3);
        check(&["-", "-n"], &[], 1);
        check(&[""], &[], 1);
        check(
            &["-nq", "--ini", "x"],
            &[(Opt::NoPhpIni, None), (Opt::NoHeader, None), (Opt::IniFiles, None)],
            3,
        );
    }

    #[test]
    fn mistakes() {
        check_bad(&["-n", "--foo"], "Error in argument 2, char 2: no argument for option -");
        check_bad(&["-n", "-Z"], "Error in argument 2, char 2: option not found Z");
        check_bad(&["-nZ"], "Error in argument 1, char 3: option not found Z");
        check_bad(&["-n", "-r"], "Error in argument 2, char 2: no argument for option r");
        check_bad(&["-n", "-:"], "Error in argument 2, char 2: : in flags");
        check_bad(&["-n", "--rf"], "Error in argument 2, char 1: no argument for option -");
    }
}
