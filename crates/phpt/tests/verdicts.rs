//! The runner's verdicts on small tests of every kind.
//!
//! The program under test is a stand-in: `tests/shell-php` takes PHP's command line and runs scripts as shell scripts. So
//! these tests need no PHP, and the runner is tested on its own.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use phalanx_phpt::{Mode, Options, Outcome, TestResult, find_tests, run_tests};

/// A folder of test files that is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("phalanx-phpt-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Folder(fs::canonicalize(path).unwrap())
    }

    fn test(&self, name: &str, sections: &str) -> &Folder {
        let path = self.0.join(name).with_extension("phpt");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("--TEST--\n{name}\n{sections}")).unwrap();
        self
    }

    fn options(&self) -> Options {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/shell-php");
        let mut options = Options::new(program.clone(), self.0.clone());
        options.php_cgi = Some(program);
        options.workers = 4;
        options
    }

    fn run(&self, options: &Options) -> BTreeMap<String, TestResult> {
        let results = run_tests(options, find_tests(&self.0).unwrap(), &|_| {}).unwrap();
        let left: Vec<_> = fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(
            !left.iter().any(|name| name.to_string_lossy().ends_with(".php")),
            "scripts are left: {left:?}"
        );
        results.into_iter().map(|result| (result.name.clone(), result)).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// Runs one test and compares outcome and reason.
fn check(name: &str, sections: &str, outcome: Outcome, reason: &str) {
    let folder = Folder::new(name);
    let results = folder.test("t", sections).run(&folder.options());
    let result = &results["t.phpt"];
    assert_eq!((result.outcome, &result.reason[..]), (outcome, reason), "{}", result.diff);
}

#[test]
fn output_is_compared() {
    check("pass", "--FILE--\necho hello\n--EXPECT--\nhello\n", Outcome::Passed, "");
    check("fail", "--FILE--\necho hello\n--EXPECT--\nbye\n", Outcome::Failed, "");
    check("format", "--FILE--\necho $((6*7))\n--EXPECTF--\n%d\n", Outcome::Passed, "");
    check("regex", "--FILE--\necho abc\n--EXPECTREGEX--\n[a-c]+\n", Outcome::Passed, "");
    check("order", "--FILE--\necho a; echo b >&2; echo c\n--EXPECT--\na\nb\nc\n", Outcome::Passed, "");
    check("signal", "--FILE--\nkill -ABRT $$\n--EXPECT--\nTermsig=6\n", Outcome::Passed, "");
}

#[test]
fn skipif_decides() {
    let check = |name, output, outcome, reason| {
        let sections = format!("--SKIPIF--\necho '{output}'\n--FILE--\necho x\n--EXPECT--\nx\n");
        check(name, &sections, outcome, reason);
    };
    check("skip", "skip not here", Outcome::Skipped, "not here");
    check("skip-case", "SKIP", Outcome::Skipped, "");
    check("info", "info slow", Outcome::Passed, "info: slow");
    check("warn", "warn odd", Outcome::Passed, "warn: odd");
    check("skip-xfail", "xfail later", Outcome::Warned, "XFAIL section but test passes");
    check("noise", "Warning: x", Outcome::Borked, "invalid output from SKIPIF: Warning: x");
    check("nothing", "", Outcome::Passed, "");
}

#[test]
fn expected_failures_and_broken_tests() {
    check("xfail", "--XFAIL--\nbug 1\n--FILE--\necho x\n--EXPECT--\ny\n", Outcome::Xfailed, "bug 1");
    check("section", "--NOPE--\n", Outcome::Borked, "Unknown section \"NOPE\"");
    check(
        "clean",
        "--FILE--\n--EXPECT--\n--CLEAN--\necho x\n",
        Outcome::Borked,
        "invalid output from CLEAN: x",
    );
    let missing = "Required extensions missing: a, b";
    check("extensions", "--EXTENSIONS--\na\ncore\nb\n--FILE--\n--EXPECT--\n", Outcome::Skipped, missing);
}

#[test]
fn scripts_get_what_the_sections_say() {
    check("args", "--ARGS--\n-a 'b c' \"d\"\n--FILE--\necho $#:$2\n--EXPECT--\n3:b c\n", Outcome::Passed, "");
    check("shell", "--ARGS--\n`echo x`\n--FILE--\necho $1\n--EXPECT--\nx\n", Outcome::Passed, "");
    check("stdin", "--STDIN--\nabc\n--FILE--\ncat\n--EXPECT--\nabc\n", Outcome::Passed, "");
    check("env", "--ENV--\nA=b c\n--FILE--\necho $A\n--EXPECT--\nb c\n", Outcome::Passed, "");
    check("ini", "--INI--\na.b = {TMP}x\n--FILE--\necho $INI_a_b\n--EXPECTF--\n%sx\n", Outcome::Passed, "");
    check(
        "extra",
        "--INI--\na=b\n--FILE--\necho $TEST_PHP_EXTRA_ARGS\n--EXPECTF--\n%a-d \"a=b\"\n",
        Outcome::Passed,
        "",
    );
    check("file", "--FILE--\necho $SCRIPT\n--EXPECTF--\n%s/t.php\n", Outcome::Passed, "");
}

#[test]
fn requests() {
    let response = "printf 'A: b\\r\\n\\r\\n'; echo $REQUEST_METHOD $QUERY_STRING; cat";
    let file = format!("--FILE--\n{response}\n--EXPECT--\n");
    check("get", &format!("--GET--\na=b\n{file}GET a=b\n"), Outcome::Passed, "");
    check("post", &format!("--POST--\nc=d\n{file}POST\nc=d\n"), Outcome::Passed, "");
    check("headers", &format!("--GET--\na\n--EXPECTHEADERS--\nA: b\n{file}GET a\n"), Outcome::Passed, "");
    check("no-header", &format!("--GET--\na\n--EXPECTHEADERS--\nA: c\n{file}GET a\n"), Outcome::Failed, "");
}

#[test]
fn a_flaky_test_gets_a_second_chance() {
    let script = "if [ -e $SCRIPT.tmp ]; then rm $SCRIPT.tmp; echo b; else touch $SCRIPT.tmp; echo a; fi";
    let sections = format!("--FLAKY--\nx\n--FILE--\n{script}\n--EXPECT--\nb\n");
    check("flaky", &sections, Outcome::Warned, "Test passed on retry attempt");
}

#[test]
fn redirected_tests_run_with_their_environment() {
    let folder = Folder::new("redirect");
    folder.test("r", "--REDIRECTTEST--\nsub FOO=bar\n");
    folder.test("sub/s", "--FILE--\necho $FOO $SCRIPT\n--EXPECTF--\nbar %s/s.php\n");
    let results = folder.run(&folder.options());
    assert_eq!(results["r.phpt: sub/s.phpt"].outcome, Outcome::Passed, "{results:?}");
    // The script lies beside the redirecting test.
    assert_eq!(results["sub/s.phpt"].outcome, Outcome::Failed);
}

#[test]
fn conflicting_tests_do_not_meet() {
    let folder = Folder::new("conflicts");
    let script = "mkdir lock || echo met; sleep 0.02; rmdir lock";
    for index in 0..8 {
        folder.test(&format!("c{index}"), &format!("--CONFLICTS--\nkey\n--FILE--\n{script}\n--EXPECT--\n"));
    }
    folder.test("z", &format!("--CONFLICTS--\nall\n--FILE--\n{script}\n--EXPECT--\n"));
    let results = folder.run(&folder.options());
    assert_eq!(results.len(), 9);
    assert!(results.values().all(|result| result.outcome == Outcome::Passed), "{results:?}");
}

#[test]
fn modes_change_settings_and_repeat() {
    let folder = Folder::new("modes");
    folder.test("jit", "--FILE--\necho $INI_opcache_jit\n--EXPECT--\ntracing\n");
    folder.test("own", "--INI--\nopcache.jit=off\n--FILE--\necho $INI_opcache_jit\n--EXPECT--\noff\n");
    let mut options = folder.options();
    options.mode = Mode::Tracing;
    let results = folder.run(&options);
    assert!(results.values().all(|result| result.outcome == Outcome::Passed), "{results:?}");
    let folder = Folder::new("warm");
    folder.test("warm", "--FILE--\necho $RUN\n--EXPECT--\n2\n");
    folder.test("stdin", "--STDIN--\nx\n--FILE--\n--EXPECT--\n");
    options = folder.options();
    options.mode = Mode::Warm;
    let results = folder.run(&options);
    assert_eq!(results["warm.phpt"].outcome, Outcome::Passed, "{results:?}");
    assert_eq!(results["stdin.phpt"].outcome, Outcome::Skipped);
}

#[test]
fn endless_tests_are_stopped() {
    let folder = Folder::new("endless");
    folder.test("t", "--FILE--\necho a; sleep 1000\n--EXPECT--\na\n\n ** ERROR: process timed out **\n");
    let mut options = folder.options();
    options.limits.time = std::time::Duration::from_millis(200);
    let results = folder.run(&options);
    // What a script prints about being stopped counts as output that chance may have caused.
    assert_eq!(results["t.phpt"].outcome, Outcome::Passed, "{}", results["t.phpt"].diff);
}
