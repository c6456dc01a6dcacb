//! The words of `phalanx cache`.

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Print the usage.
    Help,
    /// `status`.
    Status {
        /// `--json`.
        json: bool,
        /// `--all`: all scripts, however many.
        all: bool,
    },
    /// `map`: write a picture to a file, or to standard output if it is `-`.
    Map {
        /// The file's name.
        file: Vec<u8>,
    },
}

/// A command line, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// What is to be done.
    pub command: Command,
    /// What is shown.
    pub target: Target,
}

/// What is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The only process that there is.
    Any,
    /// `--pid`.
    Pid(u32),
    /// `--file`: a file of the file cache.
    File(Vec<u8>),
}

/// What `--help` prints.
pub fn usage(program: &str) -> String {
    format!(
        "Usage: {program} cache status [--pid <pid>] [--json | --all]
   {program} cache status --file <cachefile> [--json]
   {program} cache map <file.svg> [--pid <pid> | --file <cachefile>]

Shows the opcode cache of a running process, which does not notice, or a file of the file cache, which is not run.

  status           Memory, statistics, threads and scripts; of a file, what it is of and what is in it
  map              A picture of the segments or the file, block by block; - writes it to standard output

  --pid <pid>      Whose cache; without it, the only one that this user's processes have
  --file <file>    A compiled script in the folder opcache.file_cache
  --json           All of it as JSON
  --all            All scripts, not as many as fit on the screen
  -h, --help       This help

A file whose name is cache is run by {program} ./cache.
"
    )
}

impl Options {
    /// Understands the words behind `cache`. The error says what is wrong with them.
    pub fn parse(words: &[Vec<u8>]) -> Result<Options, String> {
        let help = Options { command: Command::Help, target: Target::Any };
        if words.iter().any(|word| word == b"--help" || word == b"-h") {
            return Ok(help);
        }
        let Some((command, words)) = words.split_first() else { return Ok(help) };
        let (mut pid, mut cache_file, mut json, mut all, mut file) = (None, None, false, false, None);
        let mut words = words.iter();
        let (is_status, is_map) = (command == b"status", command == b"map");
        if !is_status && !is_map {
            return Err(format!("there is no command {}", super::text::printable(command)));
        }
        while let Some(word) = words.next() {
            match &word[..] {
                b"--pid" => pid = Some(number(words.next().ok_or("--pid needs a process id")?)?),
                [b'-', b'-', b'p', b'i', b'd', b'=', value @ ..] => pid = Some(number(value)?),
                b"--file" => cache_file = Some(file_name(words.next().map_or(b"", |word| word))?),
                [b'-', b'-', b'f', b'i', b'l', b'e', b'=', value @ ..] => {
                    cache_file = Some(file_name(value)?)
                }
                b"--json" if is_status => json = true,
                b"--all" if is_status => all = true,
                [b'-', _, ..] => return Err(format!("there is no option {}", super::text::printable(word))),
                _ if is_map && file.is_none() => file = Some(word.clone()),
                _ => return Err(format!("{} is too much", super::text::printable(word))),
            }
        }
        if json && all {
            return Err("--json gives all scripts anyway".into());
        }
        if all && cache_file.is_some() {
            return Err("--all is for the scripts of a process, and --file shows one script".into());
        }
        let target = match (pid, cache_file) {
            (Some(_), Some(_)) => return Err("--pid and --file exclude each other".into()),
            (Some(pid), None) => Target::Pid(pid),
            (None, Some(name)) => Target::File(name),
            (None, None) => Target::Any,
        };
        let command = match file {
            Some(file) => Command::Map { file },
            None if is_map => return Err("map needs the name of a file".into()),
            None => Command::Status { json, all },
        };
        Ok(Options { command, target })
    }
}

fn number(word: &[u8]) -> Result<u32, String> {
    let number = std::str::from_utf8(word).ok().and_then(|word| word.parse().ok()).filter(|&pid| pid > 0);
    number.ok_or_else(|| format!("{} is no process id", super::text::printable(word)))
}

fn file_name(word: &[u8]) -> Result<Vec<u8>, String> {
    // The system knows no names with zeros, and none without bytes.
    if word.is_empty() || word.contains(&0) {
        Err("--file needs the name of a file".into())
    } else {
        Ok(word.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(words: &[&str], expected: Result<(Command, Target), &str>) {
        let words: Vec<_> = words.iter().map(|word| word.as_bytes().to_vec()).collect();
        let found = Options::parse(&words).map(|options| (options.command, options.target));
        assert_eq!(found, expected.map_err(str::to_owned), "{words:?}");
    }

    #[test]
    fn words() {
        let status = |json, all| Command::Status { json, all };
        let map = |file: &[u8]| Command::Map { file: file.to_vec() };
        check(&[], Ok((Command::Help, Target::Any)));
        check(&["--help"], Ok((Command::Help, Target::Any)));
        check(&["map", "-h"], Ok((Command::Help, Target::Any)));
        check(&["status"], Ok((status(false, false), Target::Any)));
        check(&["status", "--all", "--pid", "12"], Ok((status(false, true), Target::Pid(12))));
        check(&["status", "--pid=12", "--json"], Ok((status(true, false), Target::Pid(12))));
        check(&["map", "a.svg"], Ok((map(b"a.svg"), Target::Any)));
        check(&["map", "--pid=1", "-"], Ok((map(b"-"), Target::Pid(1))));
        let file = || Target::File(b"a.bin".to_vec());
        check(&["status", "--file", "a.bin", "--json"], Ok((status(true, false), file())));
        check(&["map", "--file=a.bin", "a.svg"], Ok((map(b"a.svg"), file())));
        check(&["status", "--file"], Err("--file needs the name of a file"));
        check(&["status", "--file="], Err("--file needs the name of a file"));
        check(&["status", "--file", "a\0"], Err("--file needs the name of a file"));
        check(&["status", "--file", "a", "--pid", "1"], Err("--pid and --file exclude each other"));
        check(&["map", "a.svg", "--pid=1", "--file=a"], Err("--pid and --file exclude each other"));
        let all = "--all is for the scripts of a process, and --file shows one script";
        check(&["status", "--file", "a", "--all"], Err(all));
        check(&["map"], Err("map needs the name of a file"));
        check(&["map", "a", "b"], Err("b is too much"));
        check(&["map", "a", "--json"], Err("there is no option --json"));
        check(&["status", "a"], Err("a is too much"));
        check(&["status", "--pid"], Err("--pid needs a process id"));
        check(&["status", "--pid", "-1"], Err("-1 is no process id"));
        check(&["status", "--pid", "0"], Err("0 is no process id"));
        check(&["status", "--json", "--all"], Err("--json gives all scripts anyway"));
        check(&["clear\u{1b}[2J"], Err("there is no command clear\\x1B[2J"));
    }
}
