//! `cargo xtask bench includes`: requests of a script that includes many files, with the opcode cache write-protected and
//! not, beside a reference PHP.
//!
//! Both programs run the script again and again in one process (`--repeat`), so start and compilation come once. What they cost is
//! taken out: a run of few requests is subtracted from one of many.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Instant;

use super::{Program, median};
use crate::arguments::Arguments;
use crate::{Done, TaskResult, workspace};

/// Files that the script includes.
const FILES: usize = 300;
/// Requests of the short run. The long one has so many that it takes [`LONG`] seconds.
const FEW: u32 = 5;
const LONG: f64 = 1.0;

pub(super) fn run(mut arguments: Arguments) -> TaskResult {
    let theirs = Program::reference(&mut arguments)?;
    let ours = Program::under_test(&mut arguments)?;
    let pairs = arguments.parsed("--pairs")?.unwrap_or(5usize).max(1);
    let output = arguments.option("--output")?;
    let script = make_files()?;
    let mut text = format!(
        "# Includes\n\nMade by `cargo xtask bench includes` on {} processors: requests per second, on one thread, of a script that \
         includes {FILES} files with an interface, a class and a function each, all of them in the opcode cache. Medians of {pairs} \
         runs.\n\n| | Phalanx | reference |\n|---|---:|---:|\n",
        std::thread::available_parallelism().map_or(1, |count| count.get()),
    );
    for protect in [1, 0] {
        let setting = format!("opcache.protect_memory={protect}");
        let (mut mine, mut other) = (Vec::new(), Vec::new());
        for _ in 0..pairs {
            mine.push(rate(&ours, &setting, &script)?);
            if let Some(theirs) = &theirs {
                other.push(rate(theirs, &setting, &script)?);
            }
        }
        let other = if other.is_empty() { "–".to_owned() } else { format!("{:.0}", median(other)) };
        text.push_str(&format!("| `{setting}` | {:.0} | {other} |\n", median(mine)));
    }
    print!("{text}");
    if let Some(file) = output {
        fs::write(file, text)?;
    }
    Ok(Done::Good)
}

/// Writes the files and the script that includes them, old enough to be cached.
pub(super) fn make_files() -> Result<PathBuf, String> {
    let folder = workspace::root().join("target/bench-includes");
    let write = |name: &str, text: &str| -> Result<PathBuf, String> {
        let path = folder.join(name);
        fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(path)
    };
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for number in 0..FILES {
        write(
            &format!("part{number}.php"),
            &format!(
                "<?php\n\
                 namespace Bench\\Group{group};\n\
                 /** What part {number} can do. */\n\
                 interface Able{number} {{ public function able(int $by): int; }}\n\
                 class Part{number} implements Able{number} {{\n\
                 \x20   public const NUMBER = {number};\n\
                 \x20   private array $list = ['a' => 1, 'b' => [1, 2, 3]];\n\
                 \x20   protected ?string $name = 'part {number}';\n\
                 \x20   public function __construct(private int $seed = {number}) {{}}\n\
                 \x20   public function able(int $by): int {{ return $by * self::NUMBER + $this->seed; }}\n\
                 \x20   public function name(): string {{ return $this->name . count($this->list); }}\n\
                 \x20   public static function make(int $seed): static {{ return new static($seed); }}\n\
                 }}\n\
                 function help{number}(int $with): int {{ return $with + {number}; }}\n\
                 return {number};\n",
                group = number % 10
            ),
        )?;
    }
    let main = format!(
        "<?php\n\
         $sum = 0;\n\
         for ($i = 0; $i < {FILES}; $i++) $sum += include __DIR__ . \"/part$i.php\";\n\
         for ($i = 0; $i < 10; $i++) $sum += (new (\"Bench\\\\Group$i\\\\Part$i\"))->able(2);\n\
         echo $sum, \"\\n\";\n"
    );
    write("main.php", &main)
}

/// Requests per second.
pub(super) fn rate(program: &Program, setting: &str, script: &Path) -> Result<f64, String> {
    let few = seconds(program, setting, script, FEW)?;
    let mut requests = FEW * 4;
    loop {
        let many = seconds(program, setting, script, requests)?;
        if many >= LONG {
            return Ok(f64::from(requests - FEW) / (many - few).max(1e-9));
        }
        requests *= 2;
    }
}

fn seconds(program: &Program, setting: &str, script: &Path, requests: u32) -> Result<f64, String> {
    let settings =
        ["opcache.enable_cli=1", "opcache.file_update_protection=0", "opcache.jit=disable", setting];
    let mut command = program.command(&settings);
    command.arg("--repeat").arg(requests.to_string()).arg(script).stdout(Stdio::null()).stderr(Stdio::null());
    let begun = Instant::now();
    let status = command.status().map_err(|error| format!("{}: {error}", program.path.display()))?;
    if !status.success() {
        return Err(format!("{}: {status}", program.path.display()));
    }
    Ok(begun.elapsed().as_secs_f64())
}
