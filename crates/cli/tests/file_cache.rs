//! The file cache of the command: scripts run from files, and whatever is wrong with folder or files is told once, while scripts
//! run as ever.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::SystemTime;

/// A folder with scripts and a cache, which is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("phalanx-files-{}-{name}", std::process::id()));
        fs::create_dir_all(path.join("cache")).unwrap();
        Folder(fs::canonicalize(path).unwrap())
    }

    fn script(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn cache(&self) -> PathBuf {
        self.0.join("cache")
    }

    /// The folder of this build.
    fn home(&self) -> PathBuf {
        fs::read_dir(self.cache()).unwrap().next().expect("something was cached").unwrap().path()
    }

    /// The file of a script.
    fn file(&self, script: &Path) -> PathBuf {
        PathBuf::from(format!("{}{}.bin", self.home().display(), script.display()))
    }

    fn command(&self, limit: &str, settings: &[&str], arguments: &[&str]) -> Command {
        let script = format!("{limit} exec \"$0\" \"$@\"");
        let cache = format!("opcache.file_cache={}", self.cache().display());
        let mut command = Command::new("sh");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_phalanx"), "-n"]).current_dir(&self.0);
        let always = ["opcache.enable_cli=1", "opcache.file_update_protection=0", &cache];
        for setting in always.iter().chain(settings) {
            command.args(["-d", setting]);
        }
        command.args(arguments);
        command
    }

    /// Runs a script; it must print `stdout`, and each line of errors must be a warning with one of these texts.
    fn check(&self, settings: &[&str], script: &Path, stdout: &str, warnings: &[&str]) {
        self.check_within("", settings, script, stdout, warnings);
    }

    fn check_within(&self, limit: &str, settings: &[&str], script: &Path, stdout: &str, warnings: &[&str]) {
        let output = self.command(limit, settings, &[script.to_str().unwrap()]).output().unwrap();
        assert!(output.status.success(), "{settings:?}: {output:?}");
        assert_eq!(text(&output.stdout), stdout, "{settings:?}: {output:?}");
        let errors = text(&output.stderr);
        let lines: Vec<_> = errors.lines().collect();
        assert_eq!(lines.len(), warnings.len(), "{settings:?}: {errors}");
        for (line, warning) in lines.iter().zip(warnings) {
            assert!(line.starts_with("PHP Warning:  ") && line.contains(warning), "{settings:?}: {errors}");
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn set_time(path: &Path, time: SystemTime) {
    fs::File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
}

/// Changes a script behind the cache's back: it has the size and time that it had. So what runs tells where it came from.
fn replace(script: &Path, text: &str) {
    let old = fs::metadata(script).unwrap();
    assert_eq!(old.len(), text.len() as u64);
    fs::write(script, text).unwrap();
    set_time(script, old.modified().unwrap());
}

const OLD: &str = "<?php echo 'old';";
const NEW: &str = "<?php echo 'new';";
const ONLY: &str = "opcache.file_cache_only=1";

/// All files below a folder.
fn all_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { all_files(&path) } else { vec![path] }).collect()
}

#[test]
fn scripts_run_from_files_until_they_change() {
    for only in [&[][..], &[ONLY]] {
        let folder = Folder::new(&format!("use{}", only.len()));
        let script = folder.script("a.php", OLD);
        folder.check(only, &script, "old", &[]);
        assert_eq!(all_files(&folder.cache()), [folder.file(&script)]);
        for private in [folder.home(), folder.file(&script)] {
            assert_eq!(fs::metadata(private).unwrap().permissions().mode() & 0o077, 0);
        }
        replace(&script, NEW);
        folder.check(only, &script, "old", &[]);
        // The other way of using it understands the same file.
        folder.check(if only.is_empty() { &[ONLY] } else { &[] }, &script, "old", &[]);
        set_time(&script, SystemTime::now());
        folder.check(only, &script, "new", &[]);
        replace(&script, OLD);
        folder.check(only, &script, "new", &[]);
    }
}

#[test]
fn settings_that_compiling_depends_on_are_part_of_a_file() {
    let folder = Folder::new("settings");
    let script = folder.script("a.php", "<?php var_dump(assert(false) ?? 1);");
    folder.check(&["zend.assertions=-1"], &script, "bool(true)\n", &[]);
    folder.check(&["zend.assertions=0"], &script, "bool(true)\n", &[]);
    let output = folder.command("", &["zend.assertions=1"], &[script.to_str().unwrap()]).output().unwrap();
    assert!(text(&output.stdout).contains("assert(false)"), "{output:?}");
    let tags = folder.script("b.php", "<? echo 1;");
    folder.check(&["short_open_tag=0"], &tags, "<? echo 1;", &[]);
    folder.check(&["short_open_tag=1"], &tags, "1", &[]);
}

#[test]
fn bad_folders_are_told_and_not_used() {
    let folder = Folder::new("folders");
    let script = folder.script("a.php", OLD);
    let must = "opcache.file_cache must be a full path of accessible directory";
    for (cache, why) in [
        ("relative", "not a full path".to_owned()),
        ("/nonexistent/folder", "No such file or directory".to_owned()),
        (script.to_str().unwrap(), "Not a directory".to_owned()),
    ] {
        let setting = format!("opcache.file_cache={cache}");
        folder.check(&[&setting], &script, "old", &[&format!("{must} ({cache}: {why})")]);
    }
    // Nobody can write there, not even root; a cache that is only read would do.
    folder.check(&["opcache.file_cache=/proc/self"], &script, "old", &[must]);
    folder.check(&["opcache.file_cache=/proc/self", "opcache.file_cache_read_only=1"], &script, "old", &[]);

    folder.check(&[], &script, "old", &[]);
    let home = folder.home();
    fs::set_permissions(&home, fs::Permissions::from_mode(0o777)).unwrap();
    folder.check(&[], &script, "old", &["can be written by other users"]);
    fs::set_permissions(&home, fs::Permissions::from_mode(0o700)).unwrap();
    match std::os::unix::fs::chown(&home, Some(12345), None) {
        Ok(()) => folder.check(&[], &script, "old", &["belongs to another user"]),
        Err(error) => println!("SKIPPED: folders of others: {error}"),
    }
    fs::rename(&home, folder.0.join("elsewhere")).unwrap();
    symlink(folder.0.join("elsewhere"), &home).unwrap();
    folder.check(&[], &script, "old", &["is not a directory"]);
}

#[test]
fn bad_files_are_told_and_replaced() {
    let folder = Folder::new("files");
    let script = folder.script("a.php", OLD);
    folder.check(&[], &script, "old", &[]);
    let file = folder.file(&script);
    let good = fs::read(&file).unwrap();
    let other = folder.script("b.php", OLD);
    folder.check(&[], &other, "old", &[]);
    let of_another = fs::read(folder.file(&other)).unwrap();

    let flipped = |at: usize| {
        let mut bytes = good.clone();
        bytes[at] ^= 4;
        bytes
    };
    for (bytes, why) in [
        (Vec::new(), "no cache file of this version"),
        (good[..good.len() / 2].to_vec(), "truncated"),
        ([&good[..], b"x"].concat(), "truncated or has something appended"),
        (flipped(0), "no cache file of this version"),
        (flipped(9), "no cache file of this version"),
        (flipped(20), "checksum"),
        (flipped(good.len() - 200), "checksum"),
        (of_another, "of another script"),
    ] {
        fs::write(&file, bytes).unwrap();
        folder.check(&["opcache.file_cache_read_only=1"], &script, "old", &[why]);
        folder.check(&[], &script, "old", &[why]);
        // It was written anew.
        assert_eq!(fs::read(&file).unwrap().len(), good.len(), "{why}");
        folder.check(&[], &script, "old", &[]);
    }
    // Without the checksum the image is verified all the same.
    let last_relocation = good.iter().rposition(|&byte| byte != 0).expect("zeros fill the file up behind it");
    fs::write(&file, flipped(last_relocation)).unwrap();
    folder.check(&["opcache.file_cache_consistency_checks=0"], &script, "old", &["opcache cannot use file"]);

    fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).unwrap();
    folder.check(&[], &script, "old", &["can be written by other users"]);
    match std::os::unix::fs::chown(&file, Some(12345), None) {
        Ok(()) => folder.check(&[], &script, "old", &["belongs to another user"]),
        Err(error) => println!("SKIPPED: files of others: {error}"),
    }
    fs::rename(&file, folder.0.join("elsewhere")).unwrap();
    symlink(folder.0.join("elsewhere"), &file).unwrap();
    folder.check(&[], &script, "old", &["opcache cannot use file"]);
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    folder.check(&[], &script, "old", &["it is no cache file", "opcache cannot write to file"]);
}

#[test]
fn a_full_disk_leaves_nothing_behind() {
    let folder = Folder::new("full");
    let script = folder.script("a.php", OLD);
    // What is written past the limit fails with an error, since the signal is ignored.
    let limit = "trap '' XFSZ; ulimit -f 0;";
    folder.check_within(limit, &[], &script, "old", &["opcache cannot write to file"]);
    assert!(all_files(&folder.cache()).is_empty());
    folder.check(&[], &script, "old", &[]);
    folder.check_within(limit, &[], &script, "old", &[]);
    set_time(&script, SystemTime::now());
    let file = fs::read(folder.file(&script)).unwrap();
    folder.check_within(limit, &[ONLY], &script, "old", &["opcache cannot write to file"]);
    assert_eq!(all_files(&folder.cache()), [folder.file(&script)]);
    assert_eq!(fs::read(folder.file(&script)).unwrap(), file);
}

#[test]
fn a_read_only_cache_is_used_and_left_alone() {
    let folder = Folder::new("read");
    let script = folder.script("a.php", OLD);
    folder.check(&[], &script, "old", &[]);
    let other = folder.script("b.php", "<?php echo 'b'; opcache_invalidate(__DIR__ . '/a.php', true);");
    replace(&script, NEW);
    let read_only = "opcache.file_cache_read_only=1";
    for settings in [&[read_only][..], &[read_only, ONLY]] {
        folder.check(settings, &script, "old", &[]);
        folder.check(settings, &other, "b", &[]);
        assert_eq!(all_files(&folder.cache()), [folder.file(&script)]);
    }
}

#[test]
fn invalidating_removes_the_file_and_resetting_does_not() {
    let folder = Folder::new("functions");
    let script = folder.script("a.php", OLD);
    let caller = folder.script(
        "b.php",
        "<?php include __DIR__ . '/a.php'; opcache_reset(); echo opcache_get_status()['file_cache'] === ini_get('opcache.file_cache');",
    );
    folder.check(&[], &caller, "old1", &[]);
    assert!(folder.file(&script).exists() && folder.file(&caller).exists());
    let caller = folder.script(
        "c.php",
        "<?php var_dump(opcache_invalidate(__DIR__ . '/a.php'), opcache_compile_file(__DIR__ . '/b.php'));",
    );
    folder.check(&[], &caller, "bool(true)\nbool(true)\n", &[]);
    assert!(!folder.file(&script).exists() && folder.file(&caller).exists());
}

#[test]
fn no_folder_and_nothing_else_is_fatal() {
    let folder = Folder::new("fatal");
    let script = folder.script("a.php", OLD);
    let run = |settings: &[&str]| -> Output {
        folder.command("", settings, &[script.to_str().unwrap()]).output().unwrap()
    };
    let output = run(&["opcache.file_cache=", ONLY]);
    assert_eq!(output.status.code(), Some(254));
    let message = "opcache.file_cache_only is set without a proper setting of opcache.file_cache\n";
    assert!(output.stdout.is_empty() && text(&output.stderr).ends_with(message), "{output:?}");
    let output = run(&["opcache.file_cache=", ONLY, "opcache.log_verbosity_level=-1"]);
    assert_eq!((output.status.code(), output.stderr.len()), (Some(254), 0));
}

#[test]
fn processes_and_threads_share_a_cold_folder() {
    let folder = Folder::new("many");
    let count = 30;
    let mut expected = String::new();
    for number in 0..count {
        let body = format!("<?php function f{number}($x) {{ return $x + {number}; }} return f{number}(1);");
        folder.script(&format!("part{number}.php"), &body);
        expected += &format!("{} ", number + 1);
    }
    let main = format!(
        "<?php for ($i = 0; $i < {count}; $i++) {{ echo include __DIR__ . \"/part$i.php\", ' '; }} echo \"\\n\";"
    );
    let script = folder.script("main.php", &main);
    for round in 0..4 {
        if round % 2 == 0 {
            drop(fs::remove_dir_all(folder.cache()));
            fs::create_dir(folder.cache()).unwrap();
        }
        let start = |only: &[&str]| {
            let arguments = ["--threads", "8", script.to_str().unwrap()];
            let mut command = folder.command("", only, &arguments);
            command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap()
        };
        let processes: Vec<_> = [&[][..], &[ONLY], &[], &[ONLY]].map(start).into_iter().collect();
        for process in processes {
            let output = process.wait_with_output().unwrap();
            assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
            let stdout = text(&output.stdout);
            // The command prints once what all threads have printed.
            assert_eq!(stdout.trim_end(), expected.trim_end());
        }
        let files = all_files(&folder.cache());
        assert_eq!(files.len(), count + 1, "nothing is left half-written: {files:?}");
    }
}
