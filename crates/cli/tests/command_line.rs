//! The command as a process: what it prints where, and its exit code, as PHP's command line has it.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A folder of scripts that is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("phalanx-command-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn file(&self, name: &str, text: &str) -> &Folder {
        std::fs::write(self.0.join(name), text).unwrap();
        self
    }

    /// Runs the command in the folder and gives standard output, standard error and exit code.
    fn run(&self, arguments: &[&str], input: &str) -> (String, String, i32) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_phalanx"))
            .args(arguments)
            .current_dir(&self.0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that does not read its input is not at fault.
        drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
        let output = child.wait_with_output().unwrap();
        let text =
            |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace(&*self.0.to_string_lossy(), "DIR");
        (text(output.stdout), text(output.stderr), output.status.code().unwrap())
    }

    /// The same without the supposition that the output is text.
    fn run_bytes(&self, arguments: &[&str]) -> (Vec<u8>, Vec<u8>, i32) {
        let output = Command::new(env!("CARGO_BIN_EXE_phalanx"))
            .args(arguments)
            .current_dir(&self.0)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        (output.stdout, output.stderr, output.status.code().unwrap())
    }

    fn check(&self, arguments: &[&str], input: &str, stdout: &str, stderr: &str, code: i32) {
        let wanted = (stdout.to_owned(), stderr.to_owned(), code);
        assert_eq!(self.run(arguments, input), wanted, "{arguments:?}");
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

#[test]
fn scripts_and_code() {
    let folder = Folder::new("scripts");
    folder.file("a.php", "#!/usr/bin/env phalanx\n<?php echo __LINE__, $argc, $argv[$argc - 1], \"\\n\";");
    folder.check(&["-n", "a.php", "x", "-y"], "", "23-y\n", "", 0);
    folder.check(&["-n", "-f", "a.php", "--", "-z"], "", "22-z\n", "", 0);
    folder.check(
        &["-nr", "echo $argv[0], __FILE__;", "--", "a"],
        "",
        "Standard input codeCommand line code",
        "",
        0,
    );
    folder.check(&["-n"], "<?php echo $argv[0], __LINE__; ?>\nhtml\n", "Standard input code1html\n", "", 0);
    folder.check(&["-n", "--", "x"], "<?php echo $argv[1];", "x", "", 0);
    folder.check(&["-n", "-d", "precision=3", "-r", "echo 1/3;"], "", "0.333", "", 0);
}

#[test]
fn what_scripts_know_of_the_command() {
    let folder = Folder::new("knows");
    folder.file(
        "a.php",
        "<?php echo PHP_SAPI, substr(PHP_BINARY, -7), $_SERVER['PHP_SELF'], $_SERVER['SCRIPT_FILENAME'];",
    );
    folder.check(&["-n", "a.php"], "", "cliphalanxa.phpa.php", "", 0);
    folder.check(&["-n", "-H", "a.php"], "", "cliphalanx", "", 0);
    folder.check(&["-n", "-r", "echo $_SERVER['SCRIPT_NAME'];"], "", "Standard input code", "", 0);
}

#[test]
fn exit_codes() {
    let folder = Folder::new("codes");
    folder.check(&["-n", "-r", "exit(3);"], "", "", "", 3);
    folder.check(&["-n", "-r", "exit(-1);"], "", "", "", 255);
    folder.check(&["-n", "-r", "exit(263);"], "", "", "", 7);
    folder.check(&["-n", "-r", "exit('foo');"], "", "foo", "", 0);
    let message = "\nFatal error: Uncaught Exception: x in Command line code:1\nStack trace:\n#0 {main}\n  \
                   thrown in Command line code on line 1\n";
    folder.check(&["-n", "-r", "throw new Exception('x');"], "", message, "", 255);
}

#[test]
fn files_that_cannot_be_run() {
    let folder = Folder::new("files");
    folder.file("bad.php", "<?php\n$a = ;\n");
    folder.check(&["-n", "none.php"], "", "", "Could not open input file: none.php\n", 1);
    folder.check(&["-n", ""], "", "", "Could not open input file: \n", 1);
    folder.check(&["-n", "-"], "", "", "Could not open input file: -\n", 1);
    folder.check(&["-n", "."], "", "", "", 0);
    let error = "syntax error, unexpected token \";\"";
    folder.check(
        &["-n", "bad.php"],
        "",
        &format!("\nParse error: {error} in DIR/bad.php on line 2\n"),
        "",
        255,
    );
}

#[test]
fn syntax_checks() {
    let folder = Folder::new("lint");
    folder.file("good.php", "<?php echo 1;").file("bad.php", "<?php\n$a = ;\n");
    let good = "No syntax errors detected in good.php\n";
    let bad =
        "\nParse error: syntax error, unexpected token \";\" in bad.php on line 2\nErrors parsing bad.php\n";
    folder.check(&["-n", "-l", "good.php"], "", good, "", 0);
    folder.check(&["-n", "-l", "bad.php"], "", bad, "", 255);
    folder.check(
        &["-n", "-l", "good.php", "bad.php", "good.php"],
        "",
        &format!("{good}{bad}{good}"),
        "",
        255,
    );
    folder.check(&["-n", "-l", "none.php"], "", "", "Could not open input file: none.php\n", 1);
    let none = "Could not open input file: none.php\n";
    folder.check(&["-n", "-l", "good.php", "none.php", "good.php"], "", &format!("{good}{good}"), none, 1);
    folder.check(&["-n", "-l"], "<?php 1;", "No syntax errors detected in Standard input code\n", "", 0);
}

#[test]
fn lines_of_the_input() {
    let folder = Folder::new("lines");
    folder.file("each.php", "<?= $argi, $argn, ' ';");
    let input = "a\nb\n";
    folder.check(&["-n", "-R", "echo $argi, $argn, ' ';"], input, "1a 2b ", "", 0);
    folder.check(&["-n", "-B", "$x = 5;", "-R", "echo $x++;", "-E", "echo '=', $x;"], input, "56=7", "", 0);
    folder.check(&["-n", "-F", "each.php"], input, "1a 2b ", "", 0);
    folder.check(&["-n", "-F", "none.php"], input, "", "Could not open input file: none.php\n", 1);
    folder.check(&["-n", "-R", "if ($argi == 1) exit(3); echo 1;"], input, "", "", 3);
    // What ends a line ends the lines, not the code behind them.
    folder.check(&["-n", "-R", "echo $argn; exit(3);", "-E", "echo 'end';"], input, "aend", "", 3);
    let error = "\nParse error: Unclosed '(' in Command line run code on line 1\n";
    folder.check(&["-n", "-R", "bad(", "-E", "echo 'end';"], input, &format!("{error}end"), "", 255);
    // The code reads from the same input.
    folder.check(&["-n", "-R", "echo $argi, $argn, fgets(STDIN);"], "a\nb\nc\n", "1ab\n2c", "", 0);
}

#[test]
fn settings_come_from_files() {
    let folder = Folder::new("settings");
    folder.file("php.ini", "precision = 4\n[x]\nuser_agent = \"a ${HOME_OF}b\"\n");
    folder.check(&["-c", ".", "-r", "echo 1/3;"], "", "0.3333", "", 0);
    folder.check(&["-c", "php.ini", "-d", "precision=2", "-r", "echo 1/3;"], "", "0.33", "", 0);
    folder.check(&["-n", "-c", ".", "-d", "precision=5", "-r", "echo 1/3;"], "", "0.33333", "", 0);
    folder.check(&["-n", "-c", "php.ini", "-r", "echo ini_get('precision');"], "", "4", "", 0);
    folder.check(&["-c", "php.ini", "-r", "echo php_ini_loaded_file();"], "", "DIR/php.ini", "", 0);
    folder.check(&["-n", "-r", "var_dump(php_ini_loaded_file());"], "", "bool(false)\n", "", 0);
}

#[test]
fn many_runs_of_one_script() {
    let folder = Folder::new("runs");
    folder
        .file("a.php", "<?php function n() { static $n = 0; return ++$n; } echo n(), n(), \"\\n\"; exit(4);");
    let twice = "Executing for the first time...\n12\nFinished execution, repeating...\n12\n";
    folder.check(&["-n", "--repeat", "2", "a.php"], "", twice, "", 4);
    folder.check(&["-n", "--threads", "8", "a.php"], "", "12\n", "", 4);
}

#[test]
fn refusals() {
    let folder = Folder::new("refusals");
    folder.check(&["-n", "-r", "echo __DIR__;"], "", "DIR", "", 0);
    let warning = "\nWarning: Failed to set memory limit to 1 bytes (Current memory usage is 2097152 bytes) in \
                   Unknown on line 0\n";
    folder.check(
        &["-n", "-d", "memory_limit=1", "-r", "echo ini_get('memory_limit');"],
        "",
        &format!("{warning}128M"),
        "",
        0,
    );
    folder.check(&["-r", "1;", "-r", "2;"], "", "You can use -r only once.\n", "", 1);
    let (stdout, stderr, code) = folder.run(&["--foo"], "");
    assert!(stdout.starts_with("Usage: phalanx [options] [-f] <file> [--] [args...]\n"), "{stdout}");
    assert_eq!((&stderr[..], code), ("Error in argument 1, char 1: no argument for option -\n", 1));
    let (_, stderr, code) = folder.run(&["-nq", "--foo"], "");
    assert_eq!((&stderr[..], code), ("Error in argument 2, char 3: no argument for option f\n", 1));
    assert_eq!(folder.run(&["-h"], "").2, 0);
}

#[test]
fn no_input_is_too_bad() {
    let folder = Folder::new("bad-input");
    // More than one mapping of the reader, on one line.
    let long = format!("<?php echo strlen('{}');", "x".repeat(20_000_000));
    folder.file("long.php", &long);
    folder.check(&["-n", "long.php"], "", "20000000", "", 0);
    std::fs::write(folder.0.join("bytes.php"), b"<?php echo \"\xff\0\", 1; \0").unwrap();
    let (stdout, _, code) = folder.run_bytes(&["-n", "bytes.php"]);
    assert!(String::from_utf8_lossy(&stdout).contains("Parse error: "), "{stdout:?}");
    assert_eq!(code, 255);
    // A large script goes back to the system before everything that has names in it.
    let functions: String =
        (0..20_000).map(|n| format!("function f{n}() {{ static $s = [1]; return fn() => $s; }}\n")).collect();
    folder.file("large.php", &format!("<?php\n{functions}\necho get_class(f7());"));
    folder.check(&["-n", "large.php"], "", "Closure", "", 0);
    let nested =
        "$x = 1; [".to_owned() + &"[".repeat(5000) + "$a" + &"]".repeat(5000) + "] = [[$x]]; echo 'ok';";
    folder.check(&["-n", "-r", &nested], "", "ok", "", 0);
}

#[test]
fn what_was_printed_is_there_while_the_script_waits() {
    use std::io::BufRead;
    let code = "echo \"ready\\n\"; echo 'got ', fgets(STDIN); usleep(1); echo \"asleep\\n\"; sleep(20);";
    let mut child = Command::new(env!("CARGO_BIN_EXE_phalanx"))
        .args(["-n", "-r", code])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = std::io::BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert_eq!(lines.next().as_deref(), Some("ready"));
    child.stdin.as_mut().unwrap().write_all(b"it\n").unwrap();
    assert_eq!(lines.next().as_deref(), Some("got it"));
    assert_eq!(lines.next().as_deref(), Some("asleep"));
    // Still asleep: what was printed did not wait for the end.
    assert!(child.try_wait().unwrap().is_none());
    child.kill().unwrap();
    child.wait().unwrap();
}
