//! The opcode cache where its shared memory cannot be had as it was asked for: a clear warning, and scripts run as ever.

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder of scripts that is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        // Several tests use folders of one name.
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("phalanx-memory-{}-{number}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn file(&self, name: &str, text: &str) -> &Folder {
        std::fs::write(self.0.join(name), text).unwrap();
        self
    }

    /// Runs the command with the cache on, after `limit` in a shell. Gives standard output and standard error.
    fn run(&self, limit: &str, settings: &[&str], arguments: &[&str]) -> (String, String) {
        let script = format!("{limit} exec \"$0\" \"$@\"");
        let mut command = Command::new("sh");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_phalanx"), "-n"]).current_dir(&self.0);
        for setting in ["opcache.enable_cli=1", "opcache.file_update_protection=0"].iter().chain(settings) {
            command.args(["-d", setting]);
        }
        let output = command.args(arguments).output().unwrap();
        assert!(output.status.success(), "{settings:?}: {output:?}");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (text(output.stdout), text(output.stderr))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// Says whether the script is in the cache.
const SCRIPT: &str =
    "<?php var_dump(opcache_get_status() !== false && opcache_is_script_cached(__FILE__)); echo 'done';";
const CACHED: &str = "bool(true)\ndone";
const UNCACHED: &str = "bool(false)\ndone";

fn check(limit: &str, settings: &[&str], stdout: &str, warnings: &[&str]) {
    let folder = Folder::new("check");
    let (output, errors) = folder.file("a.php", SCRIPT).run(limit, settings, &["a.php"]);
    assert_eq!(output, stdout, "{settings:?}: {errors}");
    let lines: Vec<_> = errors.lines().collect();
    assert_eq!(lines.len(), warnings.len(), "{settings:?}: {errors}");
    for (line, warning) in lines.iter().zip(warnings) {
        assert!(line.starts_with("PHP Warning:  ") && line.contains(warning), "{settings:?}: {errors}");
    }
}

#[test]
fn what_cannot_be_made_is_told_and_scripts_run() {
    check("", &[], CACHED, &[]);
    check(
        "ulimit -v 3000000;",
        &["opcache.memory_consumption=8192"],
        UNCACHED,
        &["(8192 MB, phalanx.shm_gate=auto): Cannot allocate memory. Scripts are not cached"],
    );
    check(
        "",
        &["opcache.memory_consumption=8", "opcache.max_accelerated_files=1000000"],
        UNCACHED,
        &["the index of 1048793 files takes "],
    );
    let has_keys = std::fs::read_to_string("/proc/cpuinfo").unwrap().contains(" ospke");
    if !has_keys {
        check("", &["phalanx.shm_gate=pkey"], UNCACHED, &["phalanx.shm_gate=pkey): "]);
    }
}

#[test]
fn every_gate_and_size_serves() {
    for gate in ["auto", "mprotect", "open"] {
        for size in ["8", "2048"] {
            let settings = [format!("phalanx.shm_gate={gate}"), format!("opcache.memory_consumption={size}")];
            check("", &settings.each_ref().map(String::as_str), CACHED, &[]);
        }
    }
    check(
        "",
        &["phalanx.shm_gate=nonsense"],
        CACHED,
        &["phalanx.shm_gate=nonsense: a gate is one of auto, pkey, mprotect and open; auto is used"],
    );
}

/// The runner wants the same output from all threads.
#[test]
fn threads_without_a_slot_run_uncached() {
    let folder = Folder::new("threads");
    folder
        .file("a.php", "<?php include 'b.php'; echo f();")
        .file("b.php", "<?php function f() { return 42; }");
    let (output, errors) = folder.run("", &["phalanx.shm_threads=2"], &["--threads", "8", "a.php"]);
    assert_eq!(output, "42");
    let warning = "PHP Warning:  Zend OPcache serves 2 threads (phalanx.shm_threads); scripts of others are not cached\n";
    // Threads that come when others have gone already find a free slot.
    assert!(errors.is_empty() || errors == warning, "{errors}");
    let (output, errors) = folder.run("", &["phalanx.shm_threads=8"], &["--threads", "8", "a.php"]);
    assert_eq!((&output[..], &errors[..]), ("42", ""));
}

/// More scripts than places, all of them in use: the others run all the same, and who wants to know is told.
#[test]
fn scripts_that_find_no_place_run_uncached() {
    let folder = Folder::new("many");
    for n in 0..400 {
        folder.file(&format!("s{n}.php"), &format!("<?php function f{n}() {{ return {n}; }} return f{n}();"));
    }
    let code = "<?php
        $sum = 0;
        for ($n = 0; $n < 400; $n++) $sum += include __DIR__ . \"/s$n.php\";
        for ($n = 0; $n < 400; $n++) $sum += ('f' . $n)();
        $status = opcache_get_status();
        echo $sum, ' ', $status['opcache_statistics']['num_cached_scripts'] < 400 ? 'some' : 'all', ' ';
        var_dump($status['cache_full']);";
    folder.file("a.php", code);
    let settings = ["opcache.max_accelerated_files=200", "opcache.memory_consumption=8"];
    let (output, errors) = folder.run("", &settings, &["a.php"]);
    assert_eq!((&output[..], &errors[..]), ("159600 some bool(true)\n", ""));
    let verbose = [&settings[..], &["opcache.log_verbosity_level=2"]].concat();
    let (output, errors) = folder.run("", &verbose, &["a.php"]);
    assert_eq!(output, "159600 some bool(true)\n");
    assert!(errors.contains("): Warning No more entries in hash table!\n"), "{errors}");
}
