//! Programs made at random, by a number.

use std::fmt::Write;

/// Numbers at random: the same for the same seed everywhere (xorshift64*).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// From 0 to below `limit`.
    fn below(&mut self, limit: u64) -> u64 {
        (self.next() >> 11) % limit
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len() as u64) as usize]
    }
}

const VARIABLES: [&str; 5] = ["$a", "$b", "$c", "$d", "$e"];
const NUMBERS: [&str; 22] = [
    "0",
    "1",
    "2",
    "3",
    "7",
    "-1",
    "-5",
    "10",
    "100",
    "255",
    "65535",
    "1048576",
    "0.5",
    "2.0",
    "-1.25",
    "1e10",
    "PHP_INT_MAX",
    "PHP_INT_MIN",
    "4611686018427387904",
    "true",
    "false",
    "null",
];
const ARRAYS: [&str; 2] = ["$p", "$q"];
const KEYS: [&str; 3] = ["x", "y", "z"];
const RELATIONS: [&str; 8] = ["<", "<=", ">", ">=", "==", "!=", "===", "!=="];

struct Writer {
    random: Random,
    /// Counters of the loops around, which are read but not written.
    counters: Vec<String>,
    loops: u32,
    /// Functions that may be called.
    functions: Vec<String>,
    out: String,
}

/// The program of a seed.
pub(super) fn program(seed: u64) -> String {
    let random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut writer =
        Writer { random, counters: Vec::new(), loops: 0, functions: Vec::new(), out: String::from(CLASSES) };
    for index in 0..2 {
        writer.small(index);
    }
    for index in 0..3 {
        writer.function(index);
    }
    writer.out.push_str(MAIN);
    writer.out
}

const CLASSES: &str = r#"<?php
class S {
    public static $n = 0;
    public static int $typed = 0;
    public $v = 1;
    public ?float $f = null;
    const STEP = 3;
    public function add($x) { $this->v = $x + self::STEP; return $this->v; }
    public function get() { return $this->v; }
    public static function twice($x) { return $x + $x; }
}
class T extends S { public function get() { return $this->v * 2; } }
function down($n) { return $n < 1 ? 1 : down($n - 1) + 1; }
function into(&$x, $by) { $x = $x + $by; return $x; }
"#;

/// Calls all functions with several types, and prints what they give so that no digit is lost.
const MAIN: &str = r#"foreach ([[1, 2], [3, -1], [2.5, 4], [0, "7"], [10, null]] as [$x, $y]) {
    foreach (['f0', 'f1', 'f2'] as $f) {
        for ($k = 0; $k < 3; $k++) {
            try {
                S::$n = 0;
                $result = $f($x, $y);
            } catch (Throwable $t) {
                $result = [get_class($t), $t->getMessage()];
            }
        }
        echo md5(serialize($result)), "\n";
    }
}
"#;

impl Writer {
    fn small(&mut self, index: u32) {
        let op = self.random.pick(&["+", "-", "*"]);
        let first = self.random.pick(&["", "if ($a < $b) return $b;", "$a = $a + 1;"]);
        let _ = writeln!(self.out, "function g{index}($a, $b) {{ {first} return $a {op} $b; }}");
        self.functions.push(format!("g{index}"));
    }

    fn function(&mut self, index: u32) {
        let _ = writeln!(
            self.out,
            "function f{index}($a, $b) {{\n    $c = 1; $d = 2.5; $e = 0; $p = [1, 2, 3, 4, 5, 6, 7, 8]; \
             $q = [0.5, 1, 2.5, 3, 4, 5, 6, \"9\"];\n    $s = \"abcd\"; $h = [\"x\" => 1, \"y\" => 2.5, \"z\" => 3]; $o = new S; $o2 = new T;\n    \
             $m = [[1, 2, 3, 4], [5, 6, 7, 8], [0.5, 1.5, 2.5, 3.5], [\"1\", \"2\", 3, 4]]; $w = \"\"; $r = 0;"
        );
        self.loops = 0;
        self.block(1, 1);
        self.repeat(3, 1);
        self.block(2, 1);
        self.out.push_str(
            "    return [$a, $b, $c, $d, $e, $p, $q, $h, $o->v, $o2->v, $m, $w, S::$typed, $r];\n}\n",
        );
    }

    fn block(&mut self, depth: u32, indent: usize) {
        for _ in 0..1 + self.random.below(4) {
            self.statement(depth, indent);
        }
    }

    fn line(&mut self, indent: usize, text: &str) {
        let _ = writeln!(self.out, "{}{text}", "    ".repeat(indent));
    }

    fn statement(&mut self, depth: u32, indent: usize) {
        let to = self.random.pick(&VARIABLES);
        if self.random.chance(25) {
            return self.other(depth, indent);
        }
        let text = match self.random.below(100) {
            0..35 => format!("{to} = {};", self.expression(2)),
            35..45 => format!("{to} {}= {};", self.random.pick(&["+", "-", "*"]), self.expression(1)),
            45..52 => format!("{to}{};", self.random.pick(&["++", "--"])),
            52..58 => format!("{} = {};", self.element(), self.expression(1)),
            58..63 => {
                let element = self.element();
                format!("{element} {}= {};", self.random.pick(&["+", "-", "*"]), self.expression(1))
            }
            63..66 => format!("$h['{}'] = {};", self.random.pick(&KEYS), self.expression(1)),
            66..69 => format!("S::$n = {}; {to} = S::$n;", self.expression(1)),
            69..72 => format!("$o->v = {}; {to} = $o->v + 1;", self.expression(1)),
            72..82 if depth > 0 => return self.branch(depth, indent),
            82..96 if depth > 0 => return self.repeat(depth, indent),
            _ => format!("{to} = {};", self.expression(1)),
        };
        self.line(indent, &text);
    }

    /// Statements of strings, objects, references, exceptions and the like.
    fn other(&mut self, depth: u32, indent: usize) {
        let to = self.random.pick(&VARIABLES);
        let text = match self.random.below(if depth > 0 { 17 } else { 13 }) {
            0 => format!("$w .= {}; $w = substr($w, -12);", self.expression(1)),
            1 => format!("{to} = strlen($w) + ord($w);"),
            2 => format!("{to} = $o->add({});", self.expression(1)),
            3 => format!("{to} = $o2->add({}) + $o2->get();", self.expression(1)),
            4 => format!("$o3 = {} ? $o : $o2; {to} = $o3->get();", self.condition(0)),
            5 => format!("{to} = S::twice({});", self.expression(1)),
            6 => format!("{to} = down((int) {} & 15);", self.variable()),
            7 => format!("S::$typed = (int) ({}); {to} = S::$typed;", self.expression(1)),
            8 => format!("$o->f = (float) ({}); {to} = $o->f;", self.expression(1)),
            9 => format!("$r = 1; {to} = into($r, {}) + $r;", self.expression(1)),
            10 => format!(
                "$m[(int) {} & 3][(int) {} & 3] = {};",
                self.variable(),
                self.variable(),
                self.expression(1)
            ),
            11 => format!("{to} = $m[(int) {} & 3][(int) {} & 3];", self.variable(), self.variable()),
            12 => {
                format!("{to} = isset($h['{}'], {to}) ? {} : 0;", self.random.pick(&KEYS), self.expression(1))
            }
            13 => return self.each(depth, indent),
            14 => return self.guarded(depth, indent),
            15 => return self.choice(depth, indent),
            _ => return self.reference(depth, indent),
        };
        self.line(indent, &text);
    }

    fn each(&mut self, depth: u32, indent: usize) {
        self.loops += 1;
        let (key, value) = (format!("$i{}", self.loops), self.random.pick(&VARIABLES));
        let array = self.random.pick(&["$p", "$q", "$h", "$m[1]"]);
        self.line(indent, &format!("foreach ({array} as {key} => {value}) {{"));
        self.block(depth - 1, indent + 1);
        self.line(indent, "}");
    }

    fn guarded(&mut self, depth: u32, indent: usize) {
        self.line(indent, "try {");
        self.block(depth - 1, indent + 1);
        let condition = self.condition(1);
        self.line(indent + 1, &format!("if ({condition}) throw new Exception('thrown');"));
        self.line(indent, "} catch (Exception $x) {");
        self.block(depth - 1, indent + 1);
        self.line(indent, "}");
    }

    fn choice(&mut self, depth: u32, indent: usize) {
        let value = self.expression(1);
        self.line(indent, &format!("switch ((int) {value} & 3) {{"));
        for case in ["case 0:", "case 1:", "default:"] {
            self.line(indent, case);
            self.block(depth - 1, indent + 1);
            if self.random.chance(70) {
                self.line(indent + 1, "break;");
            }
        }
        self.line(indent, "}");
    }

    fn reference(&mut self, depth: u32, indent: usize) {
        let of = match self.random.chance(50) {
            true => self.random.pick(&VARIABLES).to_owned(),
            false => self.element(),
        };
        self.line(indent, &format!("$r = &{of};"));
        self.block(depth - 1, indent);
        let value = self.expression(1);
        self.line(indent, &format!("$r = {value}; unset($r); $r = 0;"));
    }

    fn branch(&mut self, depth: u32, indent: usize) {
        let condition = self.condition(1);
        self.line(indent, &format!("if ({condition}) {{"));
        self.block(depth - 1, indent + 1);
        if self.random.chance(50) {
            self.line(indent, "} else {");
            self.block(depth - 1, indent + 1);
        }
        self.line(indent, "}");
    }

    fn repeat(&mut self, depth: u32, indent: usize) {
        self.loops += 1;
        let i = format!("$i{}", self.loops);
        let rounds = match depth {
            1 => self.random.pick(&["3", "20", "100", "300"]),
            _ => self.random.pick(&["3", "5", "12", "40", "90"]),
        };
        let head = match self.random.below(3) {
            0 => format!("for ({i} = 0; {i} < {rounds}; {i}++) {{"),
            1 => format!("for ({i} = {rounds}; {i} > 0; {i}--) {{"),
            _ => format!("for ({i} = 0; {i} <= {rounds}; {i} += 2) {{"),
        };
        self.line(indent, &head);
        self.counters.push(i);
        self.block(depth - 1, indent + 1);
        if self.random.chance(20) {
            let (condition, way) = (self.condition(0), self.random.pick(&["break", "continue"]));
            self.line(indent + 1, &format!("if ({condition}) {way};"));
        }
        self.counters.pop();
        self.line(indent, "}");
    }

    fn condition(&mut self, depth: u32) -> String {
        format!("{} {} {}", self.expression(depth), self.random.pick(&RELATIONS), self.expression(depth))
    }

    fn element(&mut self) -> String {
        format!("{}[(int) {} & 7]", self.random.pick(&ARRAYS), self.variable())
    }

    fn variable(&mut self) -> String {
        let all = VARIABLES.len() + self.counters.len();
        let index = self.random.below(all as u64) as usize;
        match VARIABLES.get(index) {
            Some(name) => (*name).to_owned(),
            None => self.counters[index - VARIABLES.len()].clone(),
        }
    }

    fn number(&mut self) -> String {
        match self.random.chance(10) {
            true => (self.random.below(2000) as i64 - 1000).to_string(),
            false => self.random.pick(&NUMBERS).to_owned(),
        }
    }

    fn expression(&mut self, depth: u32) -> String {
        let kind = self.random.below(100);
        if depth == 0 || kind < 25 {
            return if self.random.chance(70) { self.variable() } else { self.number() };
        }
        let inner = depth - 1;
        match kind {
            25..60 => {
                let op = self.random.pick(&["+", "-", "*"]);
                format!("({} {op} {})", self.expression(inner), self.expression(inner))
            }
            60..68 => {
                let op = self.random.pick(&["&", "|", "^"]);
                let mask = self.random.pick(&["0xff", "0xffff", "0xffffff", "7", "12345"]);
                format!("((int) {} {op} {mask})", self.expression(inner))
            }
            68..72 => {
                let op = self.random.pick(&["<<", ">>"]);
                format!("((int) {} {op} {})", self.expression(inner), self.random.below(9))
            }
            72..76 => {
                let by = self.random.pick(&["2", "3", "7", "10", "16", "-3"]);
                format!("((int) {} % {by})", self.expression(inner))
            }
            76..82 => {
                let condition = self.condition(inner);
                format!("({condition} ? {} : {})", self.expression(inner), self.expression(inner))
            }
            82..87 => self.element(),
            87..90 => {
                let index = self.random.below(self.functions.len() as u64) as usize;
                let name = self.functions[index].clone();
                format!("{name}({}, {})", self.expression(inner), self.expression(inner))
            }
            90..93 => format!("count({})", self.random.pick(&ARRAYS)),
            93..95 => format!("ord($s[(int) {} & 3])", self.variable()),
            95..97 => format!("$h['{}']", self.random.pick(&KEYS)),
            _ => format!("(int) {}", self.expression(inner)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::program;

    #[test]
    fn a_seed_is_a_program() {
        assert_eq!(program(7), program(7));
        assert_ne!(program(7), program(8));
        assert_eq!(program(7).matches('{').count(), program(7).matches('}').count());
    }
}
