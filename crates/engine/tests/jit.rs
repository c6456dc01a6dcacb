//! Interpreter and JIT agree: each program is run by both, the JIT with thresholds of 1 and both of its compilers, and must
//! give the same output; and something of it must have been compiled.

mod common;

use common::Collect;
use phalanx_engine::{Engine, EngineConfig, Process};
use std::sync::Arc;

/// Runs code; gives its output and how many loops were compiled.
fn run(code: &'static str, settings: &'static [(&'static str, &'static str)]) -> (String, u64) {
    let work = move || {
        let ini = settings.iter().map(|(name, value)| (name.as_bytes().to_vec(), value.as_bytes().to_vec()));
        let engine =
            Engine::new(EngineConfig { ini: ini.collect(), ..Default::default() }).expect("good settings");
        let output = Arc::default();
        let sink = Box::new(Collect(Arc::clone(&output)));
        let mut request = engine.request(sink, Process::default(), 30 << 20);
        request.run_code(code.as_bytes(), b"test");
        request.finish();
        let compiled = engine.jit().map_or(0, |jit| jit.status().compiled);
        let bytes = output.lock().expect("nobody panics with it").clone();
        (String::from_utf8_lossy(&bytes).into_owned(), compiled)
    };
    let thread = std::thread::Builder::new().stack_size(32 << 20).spawn(work).expect("a thread");
    thread.join().expect("the program does not panic")
}

macro_rules! jit {
    ($kind:literal) => {
        &[
            ("opcache.enable_cli", "1"),
            ("opcache.jit", $kind),
            ("opcache.jit_buffer_size", "4M"),
            ("opcache.jit_hot_loop", "1"),
            ("opcache.jit_hot_side_exit", "1"),
            ("phalanx.jit_background", "0"),
        ]
    };
}

/// The quick compiler only, and the optimizing one behind it.
const JITS: [&[(&str, &str)]; 2] = [jit!("tracing"), jit!("1255")];

fn check(code: &'static str) {
    let (expected, _) = run(code, &[]);
    for jit in JITS {
        let (output, compiled) = run(code, jit);
        assert_eq!(output, expected);
        assert!(compiled > 0, "nothing was compiled");
    }
}

#[test]
fn ints() {
    check(
        "function f($n) { $s = 0; for ($i = 0; $i < $n; $i++) { $s = ($s + $i * 3) & 0xffff; } return $s; } echo f(1000);",
    );
    check(
        "function f() { $a = 1; for ($i = 1; $i < 90; $i++) { $a = $a * 3 % 1000003; $b = $i - 45; echo $a, ' ', $b % 7, ' ', $b >> 1, ' ', $i << 3, ' ', $a ^ $i, ' ', $a | 5, \"\\n\"; } } f();",
    );
}

#[test]
fn overflow_becomes_float() {
    check(
        "function f($s, $d) { for ($i = 0; $i < 20; $i++) { $s += $d; var_dump($s); } } f(PHP_INT_MAX - 50, 7); f(PHP_INT_MIN + 50, -7); f(1.5, 2);",
    );
    check(
        "function f($s) { for ($i = 0; $i < 20; $i++) { $s++; var_dump($s); } } f(PHP_INT_MAX - 10); f(5);",
    );
    check("function f($s) { for ($i = 0; $i < 80; $i++) { $s = $s * 3; var_dump($s); } } f(1); f(-1);");
    check(
        "function f($s) { for ($i = 0; $i < 20; $i++) { $s = $s - 5; $t = 3 + $s; var_dump($s, $t); } } f(PHP_INT_MIN + 30); f(PHP_INT_MAX - 2);",
    );
}

#[test]
fn floats_and_first_rounds() {
    check(
        "function f() { for ($r = 0.1, $z = 0, $k = 0; $k < 40; $k++) { $z = $z * $z - $r; if ($z > 1.5 || $z != $z) break; echo $z, \"\\n\"; } } for ($j = 0; $j < 5; $j++) f();",
    );
    check(
        "function f($x) { for ($i = 1; $i < 30; $i++) { echo $x / $i, ' ', 12 / $i, ' ', 0.5 / $i, \"\\n\"; } } f(3); f(2.5); f(-7);",
    );
    check(
        "$n = NAN; for ($i = 0; $i < 9; $i++) { var_dump($n < $i, $n == $n, !($n < 1.0), 1 < 1.5); if ($n < 2.0) echo 'never'; if (!($n >= 2.0)) echo 'always'; }",
    );
}

#[test]
fn division_by_zero_is_thrown() {
    check(
        "function f() { for ($i = 5; $i > -5; $i--) { try { echo 10 % $i, ' ', 10 / $i, \"\\n\"; } catch (Error $e) { echo $e->getMessage(), $e->getLine(), \"\\n\"; } } } f();",
    );
}

#[test]
fn nested_loops_and_branches() {
    check(
        "function f() { $c = 0; for ($i = 0; $i < 20; $i++) for ($j = 0; $j < 10; $j++) { if (($i + $j) % 3 == 0) continue; if ($j > 7) break; for ($k = 0; $k < 5; ++$k) { $c += $k; } } return $c; } echo f();",
    );
    check(
        "function f($n) { $i = 0; $a = $b = false; while (true) { $a = $i > 5; $b = !$a; if ($a && $i % 2) echo $i; if ($i++ >= $n) break; if ($b || $i == 9) echo '.'; } var_dump($a, $b); } f(30);",
    );
}

#[test]
fn arrays() {
    check(
        "function f() { $a = []; for ($i = 0; $i < 50; $i++) { $a[$i] = $i * 2; } $b = $a; for ($i = 0; $i < 50; $i++) { $b[$i] += 1; $b[$i] = $b[$i] - $a[49 - $i]; } echo count($a), array_sum($a), ' ', array_sum($b); $a['x'] = 1; for ($i = 0; $i < 50; $i++) { $a[$i] = 1.5; } echo array_sum($a); } f();",
    );
    check(
        "function f($a) { for ($i = 0; $i < 12; $i++) { echo $a[$i] + 1, ' '; } } f(range(0, 11)); f([1, 2, 3]); f([0.5, 1, 2, 3, 4, '5', 6, true, 8, null, 10, 11]);",
    );
    check(
        "function f() { $a = [1, 2, 3]; $r = &$a; $s = ['k' => 1]; for ($i = 0; $i < 12; $i++) { $a[$i] = $i; $s[$i] = 'v' . $i; $s[$i] = $i; } var_dump($a, $s, count($s)); } f();",
    );
}

#[test]
fn references_and_callees_change_variables() {
    check(
        "function set(&$x, $v) { $x = $v; } function f() { $x = 0; $y = 1; for ($i = 0; $i < 15; $i++) { set($x, $i % 4 ? $i : 1.5); $y = $y + $x; echo $y, ' '; } } f();",
    );
    check(
        "$g = 1; function h() { global $g; $g = $g + 1; } for ($i = 0; $i < 20; $i++) { $g = $g + 2; h(); echo $g, ' '; }",
    );
    check(
        "function f() { $a = 1; $r = &$a; for ($i = 0; $i < 9; $i++) { $r = $r + $i; echo $a, ' '; } unset($r); for ($i = 0; $i < 9; $i++) { $a = $a + $i; } echo $a; } f();",
    );
}

#[test]
fn types_that_change() {
    check(
        "function f() { $v = [1, 2.5, 'x', null, true, 7]; for ($i = 0; $i < 30; $i++) { $x = $v[$i % 6]; if ($x === 7) echo 'seven'; if ($x) echo gettype($x); $y = $x == 1; var_dump($y); } } f();",
    );
    check(
        "function f() { for ($i = 0; $i < 12; $i++) { if ($i > 6) { $u = $i; } echo @$u + 1, ' '; } for ($i = 0; $i < 5; $i++) { echo $q + 1; } } f();",
    );
}

#[test]
fn objects_strings_generators() {
    check(
        "class D { public $n = 0; function add($k) { $this->n += $k; return $this; } function __destruct() { echo 'd', $this->n, ' '; } } function f() { $s = ''; for ($i = 0; $i < 20; $i++) { $o = new D; $o->add($i)->add(1); $s .= $o->n . ','; } echo strlen($s), $s; } f();",
    );
    check(
        "function g($n) { for ($i = 0; $i < $n; $i++) { $q = 0; for ($j = 0; $j < 5; $j++) { $q += $j; } $x = yield $i * $q; if ($x) echo \"[$x]\"; } } $s = 0; foreach (g(30) as $k => $v) { $s += $v * $k; } echo $s;",
    );
    check(
        "function f() { for ($i = 0; $i < 10; $i++) { try { if ($i % 3 == 1) throw new Exception(\"e$i\"); $k = $i; } catch (Exception $e) { echo $e->getMessage(), $k, ' '; } finally { $k = $i + 1; } } } f();",
    );
}
