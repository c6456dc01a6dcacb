//! What one request leaves behind for the next ones of its thread: the same results as in a new process.

mod common;

use common::Collect;
use phalanx_engine::{Engine, EngineConfig, Process};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A folder of scripts, and an engine that caches them and compiles whatever it can.
struct Site {
    folder: PathBuf,
    engine: Arc<Engine>,
}

impl Site {
    fn new(name: &str) -> Site {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("requests-{name}"));
        std::fs::create_dir_all(&folder).expect("a folder for scripts");
        let settings = [
            ("opcache.enable_cli", "1"),
            ("opcache.file_update_protection", "0"),
            ("opcache.jit", "tracing"),
            ("opcache.jit_buffer_size", "4M"),
            ("opcache.jit_hot_loop", "1"),
            ("phalanx.jit_background", "0"),
        ];
        let ini = settings.iter().map(|(name, value)| (name.as_bytes().to_vec(), value.as_bytes().to_vec()));
        let config = EngineConfig { ini: ini.collect(), ..Default::default() };
        Site { folder, engine: Engine::new(config).expect("good settings") }
    }

    /// Writes a script; requests that begin from now on see it.
    fn write(&self, name: &str, code: &str) {
        let path = self.folder.join(name);
        std::fs::write(&path, format!("<?php\n{code}")).expect("a script can be written");
        self.request("", &format!("opcache_invalidate({path:?}, true);"));
    }

    /// The output of a request that runs code after including scripts.
    fn request(&self, scripts: &str, code: &str) -> String {
        let includes =
            scripts.split_whitespace().map(|name| format!("include {:?};", self.folder.join(name)));
        let code = includes.collect::<String>() + code;
        let output = Arc::default();
        let mut request =
            self.engine.request(Box::new(Collect(Arc::clone(&output))), Process::default(), 30 << 20);
        request.run_code(code.as_bytes(), b"test");
        request.finish();
        let bytes = output.lock().expect("nobody panics with it").clone();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// Runs a test on a thread whose stack is large enough for requests.
fn on_thread(test: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(32 << 20).spawn(test).expect("a thread");
    if let Err(payload) = thread.join() {
        // An engine silences panics.
        eprintln!("{}", payload.downcast_ref::<String>().map_or("it panicked", String::as_str));
        std::panic::resume_unwind(payload);
    }
}

#[test]
fn code_knows_a_class_from_the_one_that_replaces_its_script() {
    on_thread(|| {
        let site = Site::new("replaced");
        site.write(
            "sum.php",
            "function sum(object $of) { $sum = 0; for ($i = 0; $i < 50; $i++) $sum += $of->y; return $sum; }",
        );
        site.write("point.php", "class Point { public int $x = 1; public int $y = 2; }");
        assert_eq!(site.request("sum.php point.php", "echo sum(new Point);"), "100");
        let jit = site.engine.jit().expect("it is on").status();
        assert!(jit.compiled > 0, "nothing was compiled");
        // Several times, so that the script has each id that its predecessors had.
        for round in 0..20 {
            site.write(
                "point.php",
                "class Point { public string $z = 'z'; public array $x = []; public int $y = 3; }",
            );
            assert_eq!(site.request("sum.php point.php", "echo sum(new Point);"), "150", "round {round}");
            site.write("point.php", "class Point { public int $x = 1; public int $y = 2; }");
            assert_eq!(site.request("sum.php point.php", "echo sum(new Point);"), "100", "round {round}");
        }
    });
}

/// Runs the same request several times on one thread, and once in an engine of its own: all must say the same.
fn check(name: &'static str, files: &'static [(&'static str, &'static str)], code: &'static str) {
    on_thread(move || {
        let site = |name: &str| {
            let site = Site::new(name);
            files.iter().for_each(|(name, code)| site.write(name, code));
            site
        };
        let scripts: Vec<&str> =
            files.iter().map(|(name, _)| *name).filter(|name| !name.starts_with('_')).collect();
        let scripts = scripts.join(" ");
        let expected = site(&format!("{name}-once")).request(&scripts, code);
        assert!(!expected.contains("rror"), "{expected}");
        let site = site(name);
        for round in 0..5 {
            assert_eq!(site.request(&scripts, code), expected, "round {round}");
        }
    });
}

#[test]
fn static_state_begins_anew() {
    check(
        "statics",
        &[(
            "a.php",
            "class Counter {
                public static int $made = 0; public static array $all = []; const LIST = [1, self::TWO]; const TWO = 1 + 1;
                public ?Counter $next = null; public array $list = self::LIST;
                public static function make(): static { static $calls = 0; $calls++; self::$made++; self::$all[] = $o = new static; $o->list[] = $calls; return $o; }
            }
            class Special extends Counter { public static string $own = 'x'; }
            enum Suit: string { case Hearts = 'h'; case Spades = 's'; const Wild = self::Spades;
                public static function best(): self { return self::Hearts; } }",
        )],
        "Counter::make(); Special::make(); Special::make()->next = Counter::make(); Special::$own .= 'y';
         echo json_encode([Counter::$made, count(Counter::$all), Special::$own, Counter::make(), Special::LIST]), Suit::from('s')->name,
              Suit::Wild->name, count(Suit::cases()), Suit::best() === Suit::Hearts ? 'same' : 'other';",
    );
}

#[test]
fn traits_and_their_static_variables() {
    check(
        "traits",
        &[
            (
                "t.php",
                "trait Counts { private static array $seen = []; public $at = self::class;
                    public function next() { static $n = 10; return $n++ . __CLASS__ . count(self::$seen); }
                    public static function see($what) { self::$seen[] = $what; return count(self::$seen); }
                    abstract function name(): string; const KIND = 'k' . __CLASS__; }
                 trait Named { public function name(): string { return static::class; } private function hidden() { return 'h'; } }",
            ),
            (
                "u.php",
                "class One { use Counts, Named { Named::name as protected title; Named::name insteadof Counts; hidden as public shown; } function all() { return $this->title() . $this->shown() . $this->at; } }
                 class Two { use Counts { next as other; } function name(): string { return 'two'; } }",
            ),
        ],
        "$one = new One; $two = new Two; echo $one->next(), $one->next(), $two->next(), $two->other(), One::see(1), One::see(2), Two::see(1),
         $one->all(), One::KIND, Two::KIND, json_encode((new ReflectionClass('One'))->getTraitAliases());",
    );
}

#[test]
fn functions_and_their_static_variables() {
    check(
        "functions",
        &[(
            "f.php",
            "function counted() { static $calls = 0, $all = []; $all[] = ++$calls; return count($all) . $calls; }
             function &shared() { static $value = 1; return $value; }
             function steps() { static $made = 0; yield ++$made; }
             function keeps($object) { static $kept; $kept ??= $object; return $kept === $object ? 'same' : 'other'; }
             function later() { return fn() => counted(); }",
        )],
        "$value = &shared(); $value++; $first = counted(...); echo counted(), $first(), later()(), shared(),
         implode(iterator_to_array(steps())), implode(iterator_to_array(steps())), keeps(new stdClass), keeps(new stdClass);",
    );
}

#[test]
fn a_function_is_that_of_the_script_that_is_there_now() {
    on_thread(|| {
        let site = Site::new("replaced-functions");
        site.write("a.php", "function a() { return 'a'; }");
        for round in 0..200 {
            // The script is replaced now and then, and for long no request includes it.
            if round % 5 == 0 {
                site.write("b.php", &format!("function b() {{ static $n = {round}; return a() . $n++; }}"));
            }
            let (scripts, code, expected) = match round {
                20..180 => ("a.php", "echo a();", "a".to_owned()),
                _ => ("a.php b.php", "b(); echo b();", format!("a{}", round / 5 * 5 + 1)),
            };
            assert_eq!(site.request(scripts, code), expected, "round {round}");
        }
    });
}

#[test]
fn the_parent_may_be_another_one_next_time() {
    on_thread(|| {
        let site = Site::new("parents");
        site.write("one.php", "class Base { public $one = 1; public function who() { return 'one'; } }");
        site.write("two.php", "class Base { public $zero = 0; public $one = 2; public function who() { return 'two' . $this->zero; } }");
        site.write("child.php", "class Child extends Base { public $own = 'c'; public function both() { return $this->own . $this->one . parent::who(); } }");
        let code = "$c = new Child; echo $c->both(), count(get_object_vars($c));";
        for _ in 0..4 {
            assert_eq!(site.request("one.php child.php", code), "c1one2");
            assert_eq!(site.request("two.php child.php", code), "c2two03");
            site.write("two.php", "class Base { public $zero = 0; public $one = 2; public function who() { return 'two' . $this->zero; } }");
        }
    });
}

#[test]
fn an_alias_may_stand_for_another_class_next_time() {
    on_thread(|| {
        let site = Site::new("aliases");
        site.write("two.php", "class One { function who() { return 1; } } class Two { function who() { return 2; } } interface Able {} class_alias('Able', 'Skilled');");
        site.write(
            "child.php",
            "class Child extends Base implements Skilled { function both() { return 10 + parent::who(); } }",
        );
        let code = "echo (new Child)->both(), (new Child) instanceof Able ? 'a' : 'n';";
        for name in ["One", "Two"] {
            site.write(&format!("{name}.php"), &format!("class_alias('{name}', 'Base');"));
        }
        site.write("own.php", "class Base { function who() { return 3; } }");
        for round in 0..4 {
            assert_eq!(site.request("two.php One.php child.php", code), "11a", "round {round}");
            assert_eq!(site.request("two.php Two.php child.php", code), "12a", "round {round}");
            assert_eq!(site.request("two.php own.php child.php", code), "13a", "round {round}");
        }
    });
}

#[test]
fn a_name_may_be_taken_next_time() {
    on_thread(|| {
        let site = Site::new("taken");
        site.write("a.php", "class Same {} function same() { return 'a'; }");
        site.write(
            "b.php",
            "interface Able {} class Same implements Able {} function other() { return 'b'; }",
        );
        site.write("c.php", "function same() { return 'c'; }");
        for round in 0..4 {
            assert_eq!(site.request("a.php", "echo same();"), "a", "round {round}");
            assert_eq!(site.request("b.php c.php", "echo same(), other();"), "cb", "round {round}");
            for (scripts, kind) in [
                ("a.php b.php", "class Same"),
                ("b.php a.php", "class Same"),
                ("c.php a.php", "function same()"),
            ] {
                let output = site.request(scripts, "");
                assert!(
                    output.contains(&format!("Cannot redeclare {kind} (previously declared in")),
                    "{output}"
                );
            }
            let twice = site.request("b.php b.php", "");
            assert!(twice.contains("Cannot redeclare"), "{twice}");
            let mine = site.request("", "class_alias('stdClass', 'Same'); eval('class Able {}'); echo 'e';");
            assert_eq!(mine, "e", "round {round}");
        }
    });
}

#[test]
fn types_that_are_compared_by_other_classes() {
    on_thread(|| {
        let site = Site::new("types");
        site.write("base.php", "interface Thing {} class Maker { public function make(): Thing { } }");
        site.write("good.php", "class Item implements Thing {}");
        site.write("bad.php", "class Item {}");
        site.write(
            "maker.php",
            "class ItemMaker extends Maker { public function make(): Item { return new Item; } }",
        );
        let code = "echo get_class((new ItemMaker)->make());";
        for _ in 0..3 {
            assert_eq!(site.request("base.php good.php maker.php", code), "Item");
            let bad = site.request("base.php bad.php maker.php", code);
            assert!(bad.contains("Declaration of ItemMaker::make(): Item must be compatible"), "{bad}");
            let missing = site.request("base.php maker.php", code);
            assert!(missing.contains("because class Item is not available"), "{missing}");
        }
    });
}

#[test]
fn warnings_are_given_to_each_request() {
    on_thread(|| {
        let site = Site::new("warnings");
        site.write(
            "list.php",
            "class Numbers implements Countable { public function count() { return 3; } }",
        );
        for _ in 0..3 {
            let output = site.request("list.php", "echo count(new Numbers);");
            assert!(
                output.contains("Return type of Numbers::count() should") && output.ends_with('3'),
                "{output}"
            );
        }
    });
}

#[test]
fn hooks_closures_and_lazy_constants() {
    check(
        "hooks",
        &[(
            "h.php",
            "interface HasName { public string $name { get; } }
             abstract class Base implements HasName { abstract public string $name { get; set; } protected array $log = [];
                 public static ?Closure $make = null; public function __destruct() { echo 'd'; } }
             class Named extends Base { public string $name = 'n' { get => strtoupper($this->name); set { $this->log[] = $value; $this->name = $value; } }
                 public function logged() { $f = fn() => $this->log; return implode(',', $f()); } const WHEN = PHP_VERSION_ID > 1 ? 'now' : 'never'; }
             abstract class Shape { abstract function area(): float; static function of(float $r): Shape { return new class($r) extends Shape {
                 public function __construct(private readonly float $r) {} function area(): float { return $this->r * 2; } }; } }",
        )],
        "$n = new Named; $n->name = 'abc'; echo $n->name, $n->logged(), Named::WHEN; Base::$make ??= fn($x) => $x . strlen($x);
         echo (Named::$make)('q'), Shape::of(2.5)->area(), Shape::of(1)->area(); class_alias('Named', 'Other'); echo (new Other)->name;",
    );
}

#[test]
fn a_class_that_nobody_uses_goes_in_time() {
    on_thread(|| {
        let site = Site::new("unused");
        site.write("a.php", "class A { public $a = 1; static $n = 0; function f() { return ++self::$n; } }");
        site.write("b.php", "class B extends A { function g() { return $this->f() + $this->a; } }");
        for round in 0..300 {
            let (scripts, code) = match round {
                0..20 | 150..160 | 290.. => ("a.php b.php", "echo (new B)->g();"),
                _ if round % 7 == 0 => ("a.php", "echo (new A)->f() + 1;"),
                _ => ("", "echo 2;"),
            };
            assert_eq!(site.request(scripts, code), "2", "round {round}");
        }
    });
}
