//! `phalanx cache`: what it tells of running processes, whatever these do meanwhile.

mod common;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use common::check_map;

const PHALANX: &str = env!("CARGO_BIN_EXE_phalanx");

/// A folder of scripts that is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("phalanx-cache-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn file(&self, name: &str, text: &str) -> &Folder {
        fs::write(self.0.join(name), text).unwrap();
        self
    }

    /// Starts a script with the cache on. Its first line of output says that it is ready; it ends when its input does.
    fn start(&self, arguments: &[&str]) -> Running {
        let mut child = Command::new(PHALANX)
            .args(["-n", "-d", "opcache.enable_cli=1", "-d", "opcache.file_update_protection=0"])
            .args(arguments)
            .current_dir(&self.0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n");
        Running(child)
    }

    fn cache(&self, arguments: &[&str]) -> Output {
        common::cache(&self.0, arguments)
    }

    fn shown(&self, arguments: &[&str]) -> String {
        common::shown(&self.0, arguments)
    }

    /// What the command complains about.
    fn refused(&self, arguments: &[&str]) -> String {
        let output = self.cache(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {output:?}");
        assert!(output.stdout.is_empty(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stderr).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// A process that is ended at the end.
struct Running(Child);

impl Running {
    fn pid(&self) -> String {
        self.0.id().to_string()
    }

    /// Lets the script end by itself.
    fn finish(mut self) -> String {
        drop(self.0.stdin.take());
        let mut rest = String::new();
        self.0.stdout.take().unwrap().read_to_string(&mut rest).unwrap();
        assert!(self.0.wait().unwrap().success());
        rest
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

const WAIT: &str = "<?php
    include __DIR__ . '/a & <b>.php';
    include __DIR__ . '/b.php';
    for ($i = 0; $i < 3; $i++) include __DIR__ . '/b.php';
    function hot($n) { $s = 0; for ($i = 0; $i < $n; $i++) $s += $i % 7; return $s; }
    for ($i = 0; $i < 200; $i++) hot(300);
    echo \"ready\\n\"; flush();
    fgets(STDIN);";

fn folder(name: &str) -> Folder {
    let folder = Folder::new(name);
    folder.file("wait.php", WAIT).file("b.php", "<?php return 'a string that is long enough to be seen';");
    folder.file("a & <b>.php", "<?php function f() { return [1, 'two' => 'drei', 3.5]; }");
    folder
}

#[test]
fn status_in_text() {
    let folder = folder("text");
    let running = folder.start(&["wait.php"]);
    let pid = running.pid();
    let text = folder.shown(&["status", "--pid", &pid]);
    let first = format!("Phalanx {}, process {pid}: {PHALANX} -n -d ", env!("CARGO_PKG_VERSION"));
    assert!(text.starts_with(&first), "{text}");
    for part in [
        "\nup ",
        "gate ",
        "\nsize                            128.0 MB ",
        "\nscripts     3 of 16229 keys\n",
        "\nlook-ups    3 hits, 3 misses, 0 of the blacklist, hit rate 50.0 %\n",
        "\nthreads     1 of 512\n",
        "/a & <b>.php\n",
        "/b.php\n",
        "/wait.php\n",
    ] {
        assert!(text.contains(part), "{part:?} in {text}");
    }
    assert!(!text.contains('\x1b'), "{text}");
    // The thread has pinned what it runs, and each script says by whom it is pinned.
    let of_b = text.lines().find(|line| line.ends_with("/b.php")).unwrap();
    let thread = of_b.split_whitespace().rev().nth(1).unwrap();
    let slot = text.lines().find(|line| line.split_whitespace().eq(["0", &pid, thread, "3"]));
    assert!(slot.is_some(), "{text}");
    let narrow = Command::new(PHALANX).args(["cache", "status", "--pid", &pid]).env("COLUMNS", "60").output();
    let narrow = String::from_utf8(narrow.unwrap().stdout).unwrap();
    let of_scripts = narrow.lines().skip_while(|line| !line.contains("LAST USED"));
    assert!(
        of_scripts.clone().count() == 4 && of_scripts.clone().skip(1).all(|line| line.contains('…')),
        "{narrow}"
    );
    let short = Command::new(PHALANX).args(["cache", "status", "--pid", &pid]).env("LINES", "20").output();
    assert!(short.unwrap().status.success());
    assert_eq!(running.finish(), "");
}

/// The JSON is read by PHP's own decoder.
#[test]
fn status_in_json() {
    let folder = folder("json");
    let running = folder.start(&["wait.php"]);
    let json = folder.shown(&["status", "--json", "--pid", &running.pid()]);
    folder.file("status.json", &json);
    let code = "$s = json_decode(file_get_contents('status.json'), true, 9, JSON_THROW_ON_ERROR);
        $m = $s['memory']; $t = $s['threads']; $i = $s['interned_strings']; $paths = array_map(basename(...), array_column($s['scripts'], 'path'));
        sort($paths);
        echo json_encode([
            $s['pid'], $s['creator'], $s['consistent'], $s['command'][1], $s['uptime'] === $s['time'] - $s['start_time'],
            $m['size'] === $m['used'] + $m['free'] + $m['retired'], $m['blocks'], $m['windows_opened'] > 3,
            $i['buffer_size'] === $i['used_memory'] + $i['free_memory'], $i['number_of_strings'] > 10, $i['pages'],
            $m['block_bytes'] > array_sum(array_column($s['scripts'], 'size')),
            $s['statistics']['hits'], $s['statistics']['misses'], $s['statistics']['max_cached_keys'],
            $t['registered'], $t['max'], $t['pins'], $t['slots'][0]['ended'], $paths,
            $s['scripts'][0]['pinned_by'] === [$t['slots'][0]['tid']], array_column($s['scripts'], 'hits', 'size') !== [],
        ]);";
    let output = Command::new(PHALANX).args(["-n", "-r", code]).current_dir(&folder.0).output().unwrap();
    let wanted = format!(
        "[{0},{0},true,\"-n\",true,true,3,true,true,true,1,true,3,3,16229,1,512,3,false,[\"a & <b>.php\",\"b.php\",\"wait.php\"],true,true]",
        running.pid()
    );
    assert_eq!(String::from_utf8(output.stdout).unwrap(), wanted, "{json}");
}

#[test]
fn map() {
    let folder = folder("map");
    let jit = ["-d", "opcache.jit=tracing", "-d", "opcache.jit_buffer_size=4M", "wait.php"];
    let running = folder.start(&jit);
    assert_eq!(folder.shown(&["map", "a.svg", "--pid", &running.pid()]), "");
    let picture = fs::read_to_string(folder.0.join("a.svg")).unwrap();
    check_map(&picture, &[128 << 20, 4 << 20]);
    assert!(picture.contains("a &amp; &lt;b&gt;.php\nscript (Unit), "), "{picture}");
    assert!(picture.contains("wait.php\nmachine code, "), "{picture}");
    assert!(picture.contains("page of strings that scripts share, 16.0 KB"), "{picture}");
    assert!(picture.contains("\nshared strings: "), "{picture}");
    check_map(&folder.shown(&["map", "-", "--pid", &running.pid()]), &[128 << 20, 4 << 20]);
    let problem = folder.refused(&["map", "nowhere/a.svg", "--pid", &running.pid()]);
    assert_eq!(problem, "phalanx cache: nowhere/a.svg: No such file or directory\n");
    let running = folder.start(&["-d", "opcache.memory_consumption=8", "wait.php"]);
    let picture = folder.shown(&["map", "-", "--pid", &running.pid()]);
    check_map(&picture, &[8 << 20]);
    assert!(picture.contains("There is no code segment"), "{picture}");
}

/// Eight threads replace files and empty the cache all the time, and machine code comes and goes.
#[test]
fn under_load() {
    let folder = Folder::new("load");
    let code = "<?php
        if (!file_exists(__DIR__ . '/started')) { touch(__DIR__ . '/started'); fwrite(STDOUT, \"ready\\n\"); }
        for ($round = 0; !file_exists(__DIR__ . '/stop'); $round++) {
            $n = mt_rand(0, 19);
            $file = __DIR__ . \"/part$n.php\";
            $text = '<?php $s = 0; for ($i = 0; $i < 90; $i++) $s += $i; return \"' . str_repeat('x', mt_rand(1, 900)) . '\";';
            file_put_contents(\"$file.\" . mt_rand(), $text) && rename(glob(\"$file.*\")[0] ?? '', $file);
            @include $file;
            if ($round % 7 == 0) opcache_invalidate($file, true);
            if ($round % 31 == 0) opcache_reset();
            usleep(2000);
        }";
    folder.file("load.php", code);
    let settings =
        ["-d", "opcache.revalidate_freq=0", "-d", "opcache.jit=tracing", "-d", "opcache.jit_buffer_size=4M"];
    let more =
        ["-d", "opcache.memory_consumption=64", "-d", "display_errors=0", "--threads", "8", "load.php"];
    let running = folder.start(&[&settings[..], &more].concat());
    let pid = running.pid();
    for round in 0..200 {
        let arguments: &[&str] = match round % 4 {
            0 => &["status", "--pid", &pid, "--json"],
            1 => &["map", "-", "--pid", &pid],
            _ => &["status", "--pid", &pid],
        };
        let shown = folder.shown(arguments);
        if round % 4 == 1 {
            check_map(&shown, &[64 << 20, 4 << 20]);
        }
    }
    folder.file("stop", "");
    running.finish();
}

/// Processes that are killed while somebody looks.
#[test]
fn a_process_that_dies() {
    let folder = folder("dies");
    for round in 0..20 {
        let mut running = folder.start(&["wait.php"]);
        let pid = running.pid();
        let watcher = Command::new(PHALANX)
            .args(["cache", if round % 2 == 0 { "status" } else { "map" }])
            .args(if round % 2 == 0 { vec!["--json"] } else { vec!["-"] })
            .args(["--pid", &pid])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // At another moment each time; which one it is does not matter.
        std::thread::sleep(std::time::Duration::from_millis(round));
        running.0.kill().unwrap();
        running.0.wait().unwrap();
        let output = watcher.wait_with_output().unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        match output.status.code() {
            Some(0) => assert_eq!(errors, ""),
            Some(1) => {
                assert!(errors.starts_with("phalanx cache: ") && !errors.contains("panicked"), "{errors}")
            }
            code => panic!("{code:?}: {errors}"),
        }
        assert_eq!(
            folder.refused(&["status", "--pid", &pid]),
            format!("phalanx cache: there is no process {pid}\n")
        );
    }
}

#[test]
fn processes_that_have_no_cache() {
    let folder = Folder::new("others");
    assert_eq!(
        folder.refused(&["status", "--pid", "8388608"]),
        "phalanx cache: there is no process 8388608\n"
    );
    let mut other = Running(Command::new("sleep").arg("100").spawn().unwrap());
    let pid = other.pid();
    let problem = format!("phalanx cache: process {pid} has no opcode cache of Phalanx\n");
    assert_eq!(folder.refused(&["status", "--pid", &pid]), problem);
    assert_eq!(folder.refused(&["map", "a.svg", "--pid", &pid]), problem);
    assert!(!folder.0.join("a.svg").exists());
    other.0.kill().unwrap();
    folder.file("wait.php", "<?php echo \"ready\\n\"; flush(); fgets(STDIN);");
    let uncached = folder.start(&["-d", "opcache.enable_cli=0", "wait.php"]);
    let problem = format!("phalanx cache: process {} has no opcode cache of Phalanx\n", uncached.pid());
    assert_eq!(folder.refused(&["status", "--pid", &uncached.pid()]), problem);
}

/// Without a process id several are listed. Other tests may have processes of their own at the same time.
#[test]
fn several_processes() {
    let folder = folder("several");
    let running = [folder.start(&["wait.php"]), folder.start(&["wait.php"])];
    let problem = folder.refused(&["status"]);
    assert!(
        problem.starts_with("phalanx cache: several processes have opcode caches; choose one by --pid:\n")
    );
    for process in &running {
        let line = format!("{:>10}  {PHALANX} -n -d ", process.pid());
        assert!(problem.lines().any(|other| other.starts_with(&line)), "{problem}");
    }
}

/// A copy of the command that any user may run.
fn for_all_users(folder: &Folder) -> PathBuf {
    let copy = folder.0.join("phalanx");
    fs::copy(PHALANX, &copy).unwrap();
    for path in [&copy, &folder.0] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    copy
}

/// As root, the command is run as somebody else.
#[test]
fn processes_of_another_user() {
    let folder = folder("user");
    let running = folder.start(&["wait.php"]);
    let copy = for_all_users(&folder);
    let nobody = |arguments: &[&str]| {
        let mut command = Command::new(&copy);
        command.arg("cache").args(arguments).current_dir("/").uid(65534).gid(65534).output()
    };
    let output = match nobody(&["status", "--pid", &running.pid()]) {
        Ok(output) => output,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "SKIPPED: this test cannot become another user: {error}");
            return;
        }
    };
    assert_eq!(output.status.code(), Some(1));
    let problem = format!("phalanx cache: process {} may not be looked at by this user\n", running.pid());
    assert_eq!(String::from_utf8(output.stderr).unwrap(), problem);
    let output = nobody(&["status"]).unwrap();
    let problem = "phalanx cache: no process of this user has an opcode cache\n";
    assert_eq!(String::from_utf8(output.stderr).unwrap(), problem);
}

#[test]
fn words() {
    let folder = Folder::new("words");
    let usage = folder.shown(&[]);
    assert!(usage.starts_with("Usage: phalanx cache status [--pid <pid>]"), "{usage}");
    assert_eq!(folder.shown(&["status", "--help"]), usage);
    let problem = folder.refused(&["empty"]);
    assert_eq!(problem, format!("phalanx cache: there is no command empty\n\n{usage}"));
    // A file of that name is run by its path, or by whoever takes the command for PHP.
    folder.file("cache", "<?php echo 'a file ', $argv[1] ?? '';");
    let output =
        Command::new(PHALANX).args(["-n", "./cache", "status"]).current_dir(&folder.0).output().unwrap();
    assert_eq!(output.stdout, b"a file status");
    let mut as_php = Command::new(PHALANX);
    let output = as_php.arg0("php").args(["cache", "status"]).current_dir(&folder.0).output().unwrap();
    assert_eq!(output.stdout, b"a file status");
    let output = as_php.arg0("php").args(["-h"]).output().unwrap();
    assert!(!String::from_utf8(output.stdout).unwrap().contains("cache --help"));
}
