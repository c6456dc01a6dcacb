//! `phalanx cache --file`: what it tells of files of the file cache, good and bad.

mod common;

use std::fs;
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::check_map;

const PHALANX: &str = env!("CARGO_BIN_EXE_phalanx");

const SCRIPT: &str = "<?php
    interface Named { const A = 'a constant'; }
    #[Attribute]
    class Thing implements Named {
        public array $list = ['one' => 1, 'two' => [2, 3]];
        public function name(string $first, ?int ...$rest): string {
            foreach ($rest as $number) $first .= $number;
            return $first;
        }
    }
    function twice(int $n) { static $calls = 0; $calls++; try { return $n * 2; } finally { $calls--; } }
    echo (new Thing)->name(\"<&\\\"\\x01\", 1, 2), twice(21);";

/// A folder with a script and its file, which is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("phalanx-cachefile-{}-{name}", std::process::id()));
        fs::create_dir_all(path.join("cache")).unwrap();
        let folder = Folder(fs::canonicalize(path).unwrap());
        fs::write(folder.script(), SCRIPT).unwrap();
        folder.compile(&[]);
        folder
    }

    fn script(&self) -> PathBuf {
        self.0.join("a.php")
    }

    /// Runs the script, which writes its file.
    fn compile(&self, settings: &[&str]) {
        let mut command = Command::new(PHALANX);
        command.arg("-n").current_dir(&self.0);
        let folder = format!("opcache.file_cache={}", self.0.join("cache").display());
        let always = [
            "opcache.enable_cli=1",
            "opcache.file_cache_only=1",
            "opcache.file_update_protection=0",
            &folder,
        ];
        for setting in always.iter().chain(settings) {
            command.args(["-d", setting]);
        }
        let output = command.arg(self.script()).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), "<&\"\u{1}1242", "{output:?}");
    }

    /// The folder of this build.
    fn home(&self) -> PathBuf {
        fs::read_dir(self.0.join("cache")).unwrap().next().expect("something was cached").unwrap().path()
    }

    fn file(&self) -> PathBuf {
        PathBuf::from(format!("{}{}.bin", self.home().display(), self.script().display()))
    }

    /// A changed copy of the file in the folder, where the commands run.
    fn copy<'n>(&self, name: &'n str, change: impl FnOnce(&mut Vec<u8>)) -> &'n str {
        let mut bytes = fs::read(self.file()).unwrap();
        change(&mut bytes);
        fs::write(self.0.join(name), bytes).unwrap();
        name
    }

    fn cache(&self, arguments: &[&str]) -> Output {
        common::cache(&self.0, arguments)
    }

    fn shown(&self, arguments: &[&str]) -> String {
        common::shown(&self.0, arguments)
    }

    /// What the command prints, and what it complains about, where it does both.
    fn doubtful(&self, arguments: &[&str]) -> (String, String) {
        let output = self.cache(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {output:?}");
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    }

    /// What the command complains about, in all its forms.
    fn refused(&self, file: &str) -> String {
        let forms: [&[&str]; 3] = [&["status"], &["status", "--json"], &["map", "refused.svg"]];
        let problems = forms.map(|form| {
            let (shown, problem) = self.doubtful(&[form, &["--file", file]].concat());
            assert_eq!(shown, "", "{file}");
            problem
        });
        assert!(!self.0.join("refused.svg").exists());
        assert!(problems.iter().all(|problem| *problem == problems[0]), "{problems:?}");
        problems[0].strip_prefix("phalanx cache: ").unwrap().strip_suffix('\n').unwrap().to_owned()
    }

    /// What PHP code gives for the JSON, which is `$s` there.
    fn decoded(&self, json: &str, code: &str) -> String {
        fs::write(self.0.join("status.json"), json).unwrap();
        let code = format!(
            "$s = json_decode(file_get_contents('status.json'), true, 9, JSON_THROW_ON_ERROR);
            echo json_encode({code}, JSON_UNESCAPED_SLASHES);"
        );
        let output = Command::new(PHALANX).args(["-n", "-r", &code]).current_dir(&self.0).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

fn name(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn len(path: &Path) -> usize {
    fs::metadata(path).unwrap().len() as usize
}

/// Where the image of a file begins.
fn image(bytes: &[u8]) -> usize {
    let path = u32::from_ne_bytes(bytes[52..56].try_into().unwrap()) as usize;
    (80 + path).next_multiple_of(16)
}

/// The checksum that files have: CRC-32 as in zip files, of all behind it.
fn seal(bytes: &mut [u8]) {
    let sum = bytes[16..].iter().fold(!0_u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xEDB8_8320 & (sum & 1).wrapping_neg()))
    });
    bytes[12..16].copy_from_slice(&(!sum).to_ne_bytes());
}

#[test]
fn status_in_text() {
    let folder = Folder::new("text");
    let file = folder.file();
    let text = folder.shown(&["status", "--file", name(&file)]);
    let build = folder.home();
    let build = name(&build).rsplit('/').next().unwrap();
    assert!(text.starts_with(&format!("Cache file of {}\n", folder.script().display())), "{text}");
    for line in [
        format!("\nbuild       {build}, this one\n"),
        format!("\ncompiled    from {} bytes of ", SCRIPT.len()),
        "\nscript      unchanged\n".into(),
        "\nsettings    zend.assertions compiled, short_open_tag on, opcache.save_comments on, \
         opcache.optimization_level dead code removed\n"
            .into(),
        "\nchecksum    right\n".into(),
        " bytes), accepted by the verifier\n".into(),
        "\nunit        3 functions, 2 classes, ".into(),
    ] {
        assert!(text.contains(&line), "{line:?} in {text}");
    }
    // The sums.
    let table: Vec<Vec<&str>> = text
        .lines()
        .skip_while(|line| !line.starts_with("PART"))
        .skip(1)
        .map(|line| line.split_whitespace().rev().collect())
        .collect();
    let (all, parts) = table.split_last().unwrap();
    let bytes = |row: &Vec<&str>| row[2].parse::<usize>().unwrap();
    assert_eq!(parts.len(), 11, "{text}");
    assert_eq!(parts.iter().map(bytes).sum::<usize>(), len(&file), "{text}");
    assert_eq!(bytes(all), len(&file));
    // The script changes, and goes.
    fs::write(folder.script(), "<?php ").unwrap();
    let text = folder.shown(&["status", "--file", name(&file)]);
    assert!(text.contains("\nscript      changed: now 6 bytes of "), "{text}");
    fs::remove_file(folder.script()).unwrap();
    let text = folder.shown(&["status", "--file", name(&file)]);
    assert!(text.contains("\nscript      gone\n"), "{text}");
    let mut command = Command::new(PHALANX);
    let narrow = command.args(["cache", "status", "--file", name(&file)]).env("COLUMNS", "50").output();
    let narrow = String::from_utf8(narrow.unwrap().stdout).unwrap();
    assert!(narrow.lines().all(|line| line.chars().count() <= 50), "{narrow}");
}

/// The JSON is read by PHP's own decoder.
#[test]
fn status_in_json() {
    let folder = Folder::new("json");
    let file = folder.file();
    symlink(&file, folder.0.join("link")).unwrap();
    let json = folder.shown(&["status", "--json", "--file=link"]);
    let code = "[
        $s['file'], $s['size'] === filesize($s['file']), $s['build'], $s['this_build'],
        $s['script']['path'], $s['script']['state'], $s['script']['error'],
        $s['script']['compiled'] === $s['script']['now'],
        $s['script']['now']['size'] === filesize($s['script']['path']),
        $s['script']['now']['modified'] === filemtime($s['script']['path']),
        $s['settings'], $s['checksum_right'], $s['image']['accepted'], $s['image']['error'],
        $s['image']['offset'] + $s['image']['size'] === $s['size'],
        array_sum($s['bytes']) === $s['size'], $s['bytes']['not_understood'],
        $s['unit']['functions'], $s['unit']['classes'], $s['unit']['trace_sites'], $s['unit']['arrays'],
        $s['bytes']['code'] === 16 * $s['unit']['instructions'],
        $s['bytes']['literals'] === 16 * $s['unit']['literals'],
        $s['bytes']['relocations'] - 4 * $s['unit']['relocations'] < 8,
        min(array_diff_key($s['bytes'], ['not_understood' => 1, 'padding' => 1])) > 0,
    ]";
    let expected = format!(
        "[\"{}/link\",true,\"{}\",true,\"{}\",\"unchanged\",null,true,true,true,{},true,true,null,true,true,0,3,2,4,2,{}]",
        folder.0.display(),
        name(&folder.home()).rsplit('/').next().unwrap(),
        folder.script().display(),
        "{\"assertions\":true,\"short_open_tag\":true,\"save_comments\":true,\"dead_code_elimination\":true,\"unknown\":0}",
        "true,true,true,true",
    );
    assert_eq!(folder.decoded(&json, code), expected, "{json}");
    // Each setting has a bit of its own.
    for (setting, key) in [
        ("zend.assertions=-1", "assertions"),
        ("short_open_tag=0", "short_open_tag"),
        ("opcache.save_comments=0", "save_comments"),
        ("opcache.optimization_level=0", "dead_code_elimination"),
    ] {
        folder.compile(&[setting]);
        let json = folder.shown(&["status", "--json", "--file", name(&file)]);
        let off = folder.decoded(&json, "array_keys($s['settings'], false, true)");
        assert_eq!(off, format!("[\"{key}\"]"), "{setting}");
    }
    fs::remove_file(folder.script()).unwrap();
    let json = folder.shown(&["status", "--json", "--file", name(&file)]);
    assert_eq!(folder.decoded(&json, "[$s['script']['state'], $s['script']['now']]"), "[\"gone\",null]");
}

#[test]
fn map() {
    let folder = Folder::new("map");
    let file = folder.file();
    assert_eq!(folder.shown(&["map", "a.svg", "--file", name(&file)]), "");
    let picture = fs::read_to_string(folder.0.join("a.svg")).unwrap();
    check_map(&picture, &[len(&file)]);
    for part in [
        "<title>file header, ",
        "<title>header, ",
        "<title>the script\ninstructions (",
        "<title>twice()\ninstructions (",
        "<title>Thing::name()\nparameters (2), ",
        "<title>Thing\nclass, ",
        "<title>the script\nliterals (",
        "<title>array, ",
        "&quot;&lt;&amp;&quot;\\x01&quot;",
        "<title>relocations (",
        "<title>padding, ",
    ] {
        assert!(picture.contains(part), "{part:?} in {picture}");
    }
    assert_eq!(folder.shown(&["map", "-", "--file", name(&file)]), picture);
    let (_, problem) = folder.doubtful(&["map", "nowhere/a.svg", "--file", name(&file)]);
    assert_eq!(problem, "phalanx cache: nowhere/a.svg: No such file or directory\n");
}

#[test]
fn what_is_no_cache_file() {
    let folder = Folder::new("bad");
    let file = folder.file();
    assert_eq!(folder.refused("nothing"), "nothing: No such file or directory");
    assert_eq!(folder.refused("."), ".: Is a directory");
    assert_eq!(folder.refused("a.php"), "a.php: it is no cache file of this version");
    assert_eq!(folder.refused("/dev/null"), "/dev/null: it is no cache file");
    assert!(Command::new("mkfifo").arg(folder.0.join("pipe")).status().unwrap().success());
    assert_eq!(folder.refused("pipe"), "pipe: it is no cache file");
    fs::write(folder.0.join("clear\x1b[2J"), "").unwrap();
    assert_eq!(folder.refused("clear\x1b[2J"), "clear\\x1B[2J: it is no cache file of this version");
    let whole = len(&file);
    for (len, why) in [
        (0, "it is no cache file of this version"),
        (79, "it is no cache file of this version"),
        (80, "it is truncated or has something appended"),
        (whole / 2, "it is truncated or has something appended"),
        (whole - 1, "it is truncated or has something appended"),
    ] {
        let short = folder.copy("short.bin", |bytes| bytes.truncate(len));
        assert_eq!(folder.refused(short), format!("short.bin: {why}"), "{len} bytes");
    }
    let long = folder.copy("long.bin", |bytes| bytes.push(0));
    assert_eq!(folder.refused(long), "long.bin: it is truncated or has something appended");
    let version = folder.copy("version.bin", |bytes| bytes[8] += 1);
    assert_eq!(folder.refused(version), "version.bin: it is no cache file of this version");
    let (_, problem) = folder.doubtful(&["status", "--file", "a", "--pid", "1"]);
    assert!(problem.starts_with("phalanx cache: --pid and --file exclude each other\n"), "{problem}");
}

/// What the header says is told; the image is another build's business.
#[test]
fn a_file_of_another_build() {
    let folder = Folder::new("build");
    let other = folder.copy("other.bin", |bytes| {
        bytes[16..32].fill(0xAB);
        seal(bytes);
    });
    let build = "ab".repeat(16);
    let expected =
        format!("phalanx cache: {}/other.bin: it was made by another build ({build})\n", folder.0.display());
    let (text, problem) = folder.doubtful(&["status", "--file", other]);
    assert_eq!(problem, expected);
    for line in [
        format!("Cache file of {}\n", folder.script().display()),
        format!("\nbuild       {build}, another one\n"),
        "\nscript      unchanged\n".into(),
        "\nchecksum    right\n".into(),
        ", not looked at: it was made by another build\n".into(),
        "\nnot understood ".into(),
    ] {
        assert!(text.contains(&line), "{line:?} in {text}");
    }
    let (json, problem) = folder.doubtful(&["status", "--json", "--file", other]);
    assert_eq!(problem, expected);
    let code = "[$s['this_build'], $s['build'], $s['image']['accepted'], $s['image']['error'], $s['unit'],
        $s['checksum_right'], array_sum($s['bytes']) === $s['size'], $s['bytes']['not_understood'] === $s['image']['size']]";
    let decoded = folder.decoded(&json, code);
    assert_eq!(
        decoded,
        format!("[false,\"{build}\",null,\"it was made by another build\",null,true,true,true]")
    );
    let (picture, problem) = folder.doubtful(&["map", "-", "--file", other]);
    assert_eq!(problem, expected);
    check_map(&picture, &[len(&folder.file())]);
    assert!(picture.contains("<title>not understood, "), "{picture}");
}

/// An image that the verifier refuses is one block, with its words.
#[test]
fn a_file_that_is_refused() {
    let folder = Folder::new("refused");
    let bad = folder.copy("bad.bin", |bytes| {
        let image = image(bytes);
        bytes[image] ^= 1;
        seal(bytes);
    });
    let text = folder.shown(&["status", "--file", bad]);
    assert!(text.contains(", refused: a wrong header at offset 0x0\n"), "{text}");
    assert!(text.contains("\nchecksum    right\n") && !text.contains("\nunit "), "{text}");
    let json = folder.shown(&["status", "--json", "--file", bad]);
    let decoded = folder.decoded(&json, "[$s['image']['accepted'], $s['image']['error'], $s['unit']]");
    assert_eq!(decoded, "[false,\"a wrong header at offset 0x0\",null]");
    let picture = folder.shown(&["map", "-", "--file", bad]);
    check_map(&picture, &[len(&folder.file())]);
    assert!(picture.contains("<title>not understood, "), "{picture}");
    assert!(picture.contains("The image was refused: a wrong header at offset 0x0."), "{picture}");
    // A good image under another script's name.
    let other = folder.copy("other.bin", |bytes| bytes[80 + 1] ^= 1);
    let text = folder.shown(&["status", "--file", other]);
    assert!(text.contains(", refused: its code is of another script\n"), "{text}");
    assert!(text.contains("\nscript      gone\n") && text.contains("\nchecksum    wrong\n"), "{text}");
}

/// Whichever byte is another one, the answer is a message or adds up, and the checksum is told to be wrong.
#[test]
fn one_byte_is_another() {
    let folder = Folder::new("byte");
    let whole = len(&folder.file());
    for round in 0..40 {
        // All of the header's fields, then all over the file.
        let at = if round < 20 { round * 4 } else { (round - 19) * whole / 21 };
        let file = folder.copy("changed.bin", |bytes| bytes[at] ^= 0x41);
        let output = folder.cache(&["status", "--json", "--file", file]);
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(!errors.contains("panicked"), "byte {at}: {errors}");
        if !output.stdout.is_empty() {
            let json = String::from_utf8(output.stdout).unwrap();
            let code = "[$s['checksum_right'], array_sum($s['bytes']) === $s['size'], $s['size']]";
            assert_eq!(folder.decoded(&json, code), format!("[false,true,{whole}]"), "byte {at}: {json}");
            let picture = folder.cache(&["map", "-", "--file", file]).stdout;
            check_map(&String::from_utf8(picture).unwrap(), &[whole]);
        }
        let told = output.status.success() || output.status.code() == Some(1) && !errors.is_empty();
        assert!(told, "byte {at}: {:?}, {errors}", output.status);
    }
}

/// As root, the command is run as somebody else.
#[test]
fn a_file_of_another_user() {
    let folder = Folder::new("user");
    let copy = folder.0.join("phalanx");
    fs::copy(PHALANX, &copy).unwrap();
    for path in [&copy, &folder.0] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    folder.copy("private.bin", |_| {});
    fs::set_permissions(folder.0.join("private.bin"), fs::Permissions::from_mode(0o600)).unwrap();
    let mut command = Command::new(&copy);
    command.args(["cache", "status", "--file", "private.bin"]).current_dir(&folder.0).uid(65534).gid(65534);
    match command.output() {
        Ok(output) => {
            assert_eq!(output.status.code(), Some(1));
            let problem = "phalanx cache: private.bin: Permission denied\n";
            assert_eq!(String::from_utf8(output.stderr).unwrap(), problem);
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "SKIPPED: this test cannot become another user: {error}");
        }
    }
}
