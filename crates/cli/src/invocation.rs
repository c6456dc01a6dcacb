//! What a command line asks for.
//!
//! PHP reads its options twice: first those that have to be known before anything starts (settings, help), then the others.
//! Which of them win over which, and the words for those that contradict each other, follow from that and are kept.

use crate::getopt::{BadOption, Opt, Options};
use crate::server::ServerOptions;

/// Where settings come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Configuration {
    /// `-n`: no files are read.
    pub no_files: bool,
    /// `-c`: a file, or a folder to look in.
    pub path: Option<Vec<u8>>,
    /// It is for a server, not for a command.
    pub serves: bool,
    /// `-d`: lines as they would stand in php.ini, in order.
    pub defines: Vec<u8>,
}

/// What `--rf` and the like show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reflect {
    /// A function.
    Function,
    /// A class.
    Class,
    /// An extension.
    Extension,
    /// A Zend extension.
    ZendExtension,
    /// An extension's part of `-i`.
    ExtensionInfo,
}

/// What is done for each line of the input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PerLine {
    /// Code before the first line.
    pub begin: Option<Vec<u8>>,
    /// Code for each line.
    pub code: Option<Vec<u8>>,
    /// A file for each line.
    pub file: Option<Vec<u8>>,
    /// Code after the last line.
    pub end: Option<Vec<u8>>,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// `-h`.
    Help,
    /// `-v`.
    Version,
    /// `-i`.
    Info,
    /// `-m`.
    Modules,
    /// `--ini`.
    IniFiles,
    /// `--rf` and the like.
    Reflect(Reflect, Vec<u8>),
    /// `-r`.
    Code(Vec<u8>),
    /// Run a script; without a file, what is read from standard input.
    Script(Option<Vec<u8>>),
    /// `-l`: check the files, or standard input when there are none.
    Lint(Vec<Vec<u8>>),
    /// `-s`.
    Highlight(Option<Vec<u8>>),
    /// `-w`.
    Strip(Option<Vec<u8>>),
    /// `-B`, `-R`, `-F` and `-E`.
    PerLine(PerLine),
    /// `-S`.
    Server(ServerOptions),
}

/// A command line, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invocation {
    /// See [`Configuration`].
    pub configuration: Configuration,
    /// See [`Action`].
    pub action: Action,
    /// `$argv`: the script's name as PHP gives it, and what follows.
    pub arguments: Vec<Vec<u8>>,
    /// `-H`.
    pub hide_arguments: bool,
    /// How often a script is run, one time after the other.
    pub repeat: u32,
    /// How many threads run a script at once.
    pub threads: u32,
}

/// The name of a script that has no file.
pub const STANDARD_INPUT: &[u8] = b"Standard input code";

/// Why a command line cannot be carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A word that is no option: the message, and the usage after it.
    BadOption(BadOption),
    /// Options that contradict each other, or that this program does not have; a message on standard output.
    Message(&'static str),
}

const CONFLICT: Refusal = Refusal::Message("Either execute direct code, process stdin or use a file.");

impl Invocation {
    /// Understands `words`, the first of which is the program's name.
    pub fn parse(words: &[Vec<u8>]) -> Result<Invocation, Refusal> {
        let mut configuration = Configuration::default();
        let done = |action, configuration| {
            Ok(Invocation {
                configuration,
                action,
                arguments: Vec::new(),
                hide_arguments: false,
                repeat: 1,
                threads: 1,
            })
        };
        for option in Options::new(words) {
            match option.map_err(Refusal::BadOption)? {
                (Opt::NoPhpIni, _) => configuration.no_files = true,
                (Opt::PhpIni, path) => configuration.path = path.map(<[u8]>::to_vec),
                (Opt::Define, Some(define)) => add_define(define, &mut configuration.defines),
                (Opt::Help, _) => return done(Action::Help, configuration),
                // What follows these is not looked at, settings included.
                (Opt::Info, _) => return done(Action::Info, configuration),
                (Opt::Version, _) => return done(Action::Version, configuration),
                (Opt::Modules, _) => return done(Action::Modules, configuration),
                _ => {}
            }
        }
        let mut choice = Choice::default();
        let mut options = Options::new(words);
        for option in options.by_ref() {
            let (opt, value) = option.map_err(Refusal::BadOption)?;
            choice.take(opt, value.unwrap_or_default())?;
        }
        choice.finish(configuration, words, options.end())
    }
}

/// A `-d` as a line of php.ini. A value that is no plain word gets quotes, so that everything in it counts.
fn add_define(define: &[u8], lines: &mut Vec<u8>) {
    match define.iter().position(|&byte| byte == b'=') {
        None => {
            lines.extend_from_slice(define);
            lines.extend_from_slice(b"=1");
        }
        Some(at) => {
            let value = &define[at + 1..];
            let is_plain =
                value.first().is_none_or(|&byte| byte.is_ascii_alphanumeric() || b"\"'".contains(&byte));
            lines.extend_from_slice(&define[..=at]);
            if is_plain {
                lines.extend_from_slice(value);
            } else {
                lines.push(b'"');
                lines.extend_from_slice(value);
                lines.push(b'"');
            }
        }
    }
    lines.push(b'\n');
}

/// What is done, as far as it is known while options are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Behavior {
    #[default]
    Standard,
    Direct,
    PerLine,
    Lint,
    Highlight,
    Strip,
    Reflect(Reflect),
    IniFiles,
}

#[derive(Default)]
struct Choice {
    behavior: Behavior,
    /// `-f`, or `-F`.
    file: Option<Vec<u8>>,
    direct: Option<Vec<u8>>,
    per_line: PerLine,
    reflected: Vec<u8>,
    hide_arguments: bool,
    repeat: Option<u32>,
    threads: Option<u32>,
    server: Option<ServerOptions>,
    /// `-t`, which means something to a server only.
    root: Option<Vec<u8>>,
}

impl Choice {
    fn take(&mut self, opt: Opt, value: &[u8]) -> Result<(), Refusal> {
        let behavior = self.behavior;
        let is_standard = behavior == Behavior::Standard;
        let once = |slot: &mut Option<Vec<u8>>, message| match slot {
            Some(_) => Err(Refusal::Message(message)),
            None => {
                *slot = Some(value.to_vec());
                Ok(())
            }
        };
        match opt {
            Opt::Interactive => {
                return Err(Refusal::Message("Interactive shell (-a) requires the readline extension."));
            }
            // As in PHP, whatever else is asked for, and the last one counts.
            Opt::Server => self.server.get_or_insert_default().address = value.to_vec(),
            Opt::Docroot => self.root = Some(value.to_vec()),
            Opt::File if matches!(behavior, Behavior::Direct | Behavior::PerLine) => return Err(CONFLICT),
            Opt::File => once(&mut self.file, "You can use -f only once.")?,
            Opt::Run => {
                if behavior != Behavior::Direct && !is_standard {
                    return Err(CONFLICT);
                }
                once(&mut self.direct, "You can use -r only once.")?;
                self.behavior = Behavior::Direct;
            }
            Opt::ProcessCode | Opt::ProcessFile | Opt::ProcessBegin | Opt::ProcessEnd => {
                if behavior != Behavior::PerLine && !is_standard {
                    return Err(CONFLICT);
                }
                self.behavior = Behavior::PerLine;
                self.take_per_line(opt, value)?;
            }
            Opt::SyntaxCheck if is_standard => self.behavior = Behavior::Lint,
            Opt::Highlight if matches!(behavior, Behavior::Direct | Behavior::PerLine) => {
                return Err(Refusal::Message("Source highlighting only works for files."));
            }
            Opt::Highlight => self.behavior = Behavior::Highlight,
            Opt::Strip if matches!(behavior, Behavior::Direct | Behavior::PerLine) => {
                return Err(Refusal::Message("Source stripping only works for files."));
            }
            Opt::Strip => self.behavior = Behavior::Strip,
            Opt::ReflectFunction => self.reflect(Reflect::Function, value),
            Opt::ReflectClass => self.reflect(Reflect::Class, value),
            Opt::ReflectExtension => self.reflect(Reflect::Extension, value),
            Opt::ReflectZendExtension => self.reflect(Reflect::ZendExtension, value),
            Opt::ExtensionInfo => self.reflect(Reflect::ExtensionInfo, value),
            Opt::IniFiles => self.behavior = Behavior::IniFiles,
            Opt::HideArgs => self.hide_arguments = true,
            Opt::Repeat => self.repeat = number(value),
            Opt::Threads => self.threads = number(value),
            // The rest was taken before, or is there for compatibility with CGI.
            _ => {}
        }
        Ok(())
    }

    fn take_per_line(&mut self, opt: Opt, value: &[u8]) -> Result<(), Refusal> {
        let per_line = &mut self.per_line;
        let has_body = per_line.code.is_some() || per_line.file.is_some();
        let (slot, is_taken, message) = match opt {
            Opt::ProcessCode => (&mut per_line.code, has_body, "You can use -R or -F only once."),
            Opt::ProcessFile => (&mut per_line.file, has_body, "You can use -R or -F only once."),
            Opt::ProcessBegin => {
                let is_taken = per_line.begin.is_some();
                (&mut per_line.begin, is_taken, "You can use -B only once.")
            }
            _ => {
                let is_taken = per_line.end.is_some();
                (&mut per_line.end, is_taken, "You can use -E only once.")
            }
        };
        if is_taken {
            return Err(Refusal::Message(message));
        }
        // A script's file for `-f` contradicts all of these but comes out later, as in PHP.
        *slot = Some(value.to_vec());
        Ok(())
    }

    fn reflect(&mut self, what: Reflect, name: &[u8]) {
        self.behavior = Behavior::Reflect(what);
        self.reflected = name.to_vec();
    }

    fn finish(
        self,
        mut configuration: Configuration,
        words: &[Vec<u8>],
        end: usize,
    ) -> Result<Invocation, Refusal> {
        let mut rest = &words[end..];
        let mut file = self.file;
        let takes_file = !matches!(self.behavior, Behavior::Direct | Behavior::PerLine);
        let after_dashes = words[end - 1] == b"--";
        if file.is_none() && takes_file && !after_dashes && !rest.is_empty() {
            file = Some(rest[0].clone());
            rest = &rest[1..];
        }
        let name = match (&self.behavior, &file) {
            (Behavior::Direct | Behavior::PerLine, _) | (_, None) => STANDARD_INPUT.to_vec(),
            (_, Some(file)) => file.clone(),
        };
        let arguments = std::iter::once(name).chain(rest.iter().cloned()).collect();
        if let Some(server) = self.server {
            let router = words.get(end).cloned();
            configuration.serves = true;
            return Ok(Invocation {
                configuration,
                action: Action::Server(ServerOptions { root: self.root, router, ..server }),
                arguments: Vec::new(),
                hide_arguments: false,
                repeat: 1,
                threads: 1,
            });
        }
        let action = match self.behavior {
            Behavior::Standard => Action::Script(file),
            Behavior::Direct => Action::Code(self.direct.unwrap_or_default()),
            Behavior::PerLine => Action::PerLine(self.per_line),
            Behavior::Lint => Action::Lint(file.into_iter().chain(rest.iter().cloned()).collect()),
            Behavior::Highlight => Action::Highlight(file),
            Behavior::Strip => Action::Strip(file),
            Behavior::Reflect(what) => Action::Reflect(what, self.reflected),
            Behavior::IniFiles => Action::IniFiles,
        };
        Ok(Invocation {
            configuration,
            action,
            arguments,
            hide_arguments: self.hide_arguments,
            repeat: self.repeat.unwrap_or(1).max(1),
            threads: self.threads.unwrap_or(1).max(1),
        })
    }
}

fn number(text: &[u8]) -> Option<u32> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &[&str]) -> Result<Invocation, Refusal> {
        let words: Vec<Vec<u8>> =
            std::iter::once("php").chain(line.iter().copied()).map(|word| word.as_bytes().to_vec()).collect();
        Invocation::parse(&words)
    }

    fn check(line: &[&str], action: Action, arguments: &[&str]) {
        let invocation = parse(line).unwrap();
        let wanted: Vec<&[u8]> = arguments.iter().map(|word| word.as_bytes()).collect();
        assert_eq!(
            (invocation.action, invocation.arguments),
            (action, wanted.iter().map(|w| w.to_vec()).collect()),
            "{line:?}"
        );
    }

    fn check_refused(line: &[&str], message: &'static str) {
        assert_eq!(parse(line), Err(Refusal::Message(message)), "{line:?}");
    }

    fn text(text: &str) -> Option<Vec<u8>> {
        Some(text.as_bytes().to_vec())
    }

    #[test]
    fn scripts() {
        check(&["a.php", "x", "-y"], Action::Script(text("a.php")), &["a.php", "x", "-y"]);
        check(&["-f", "a.php", "--", "-x"], Action::Script(text("a.php")), &["a.php", "-x"]);
        check(&["-f", "a.php", "b"], Action::Script(text("a.php")), &["a.php", "b"]);
        check(&[], Action::Script(None), &["Standard input code"]);
        check(&["--", "x"], Action::Script(None), &["Standard input code", "x"]);
        check(&["-"], Action::Script(text("-")), &["-"]);
        check(&["-n", "a.php", "-f", "b.php"], Action::Script(text("a.php")), &["a.php", "-f", "b.php"]);
    }

    #[test]
    fn code() {
        check(&["-r", "x", "a", "-b"], Action::Code(b"x".to_vec()), &["Standard input code", "a", "-b"]);
        check(&["-f", "a.php", "-r", "x"], Action::Code(b"x".to_vec()), &["Standard input code"]);
        let per_line = PerLine { begin: text("b"), code: text("r"), end: text("e"), file: None };
        check(
            &["-B", "b", "-R", "r", "-E", "e", "x"],
            Action::PerLine(per_line),
            &["Standard input code", "x"],
        );
    }

    #[test]
    fn other_actions() {
        check(&["-l", "a", "b"], Action::Lint(vec![b"a".to_vec(), b"b".to_vec()]), &["a", "b"]);
        check(&["-l"], Action::Lint(Vec::new()), &["Standard input code"]);
        check(&["-w", "a"], Action::Strip(text("a")), &["a"]);
        check(
            &["--rf", "strlen"],
            Action::Reflect(Reflect::Function, b"strlen".to_vec()),
            &["Standard input code"],
        );
        check(&["--ini"], Action::IniFiles, &["Standard input code"]);
        assert_eq!(parse(&["-vr", "x"]).unwrap().action, Action::Version);
        assert_eq!(parse(&["-n", "-i", "-r", "x"]).unwrap().action, Action::Info);
        assert_eq!(parse(&["-h", "-Z"]).unwrap().action, Action::Help);
    }

    #[test]
    fn servers() {
        let server = |root: Option<&str>, router: Option<&str>| {
            let bytes = |text: Option<&str>| text.map(|text| text.as_bytes().to_vec());
            Action::Server(ServerOptions {
                address: b"h:1".to_vec(),
                root: bytes(root),
                router: bytes(router),
            })
        };
        check(&["-S", "h:1"], server(None, None), &[]);
        check(&["-t", "d", "-n", "-S", "h:1", "r.php"], server(Some("d"), Some("r.php")), &[]);
        check(&["-t", "d", "a.php"], Action::Script(text("a.php")), &["a.php"]);
    }

    #[test]
    fn settings() {
        let line =
            ["-n", "-c", "/x", "-d", "a", "-d", "b=1", "-d", "c= x", "-d", "e=", "-d", "f=\"q\"", "x.php"];
        let configuration = parse(&line).unwrap().configuration;
        assert!(configuration.no_files);
        assert_eq!(configuration.path, text("/x"));
        assert_eq!(configuration.defines, b"a=1\nb=1\nc=\" x\"\ne=\nf=\"q\"\n");
        // Settings behind -i come too late.
        assert_eq!(parse(&["-i", "-d", "a"]).unwrap().configuration.defines, b"");
        assert_eq!(parse(&["--repeat", "3", "x"]).unwrap().repeat, 3);
    }

    #[test]
    fn contradictions() {
        let conflict = "Either execute direct code, process stdin or use a file.";
        check_refused(&["-r", "x", "-r", "y"], "You can use -r only once.");
        check_refused(&["-f", "x", "-f", "y"], "You can use -f only once.");
        check_refused(&["-R", "x", "-R", "y"], "You can use -R or -F only once.");
        check_refused(&["-l", "-r", "x"], conflict);
        check_refused(&["-s", "-r", "x"], conflict);
        check_refused(&["-r", "x", "-s"], "Source highlighting only works for files.");
        check_refused(&["-r", "x", "-f", "y"], conflict);
        check_refused(&["-R", "x", "-f", "y"], conflict);
        check_refused(&["-a"], "Interactive shell (-a) requires the readline extension.");
        assert!(matches!(parse(&["--foo"]), Err(Refusal::BadOption(_))));
    }
}
