--TEST--
Calls in compiled code: inlined, recursive, left in the middle
--FILE--
<?php
function add($a, $b) { return $a + $b; }
function typed(int $a, ?float $b = 1.5): float { return $a * $b; }
function pick($x) { if ($x > 40) { return "big"; } return $x; }
function keep($array, $i) { $array[$i] = $i; return $array; }
function thrower($i) { if ($i == 45) { throw new Exception("at $i"); } return $i; }
function outer($i) { return thrower($i) + 1; }
function fact($n) { return $n <= 1 ? 1 : $n * fact($n - 1); }
function even($n) { return $n == 0 ? true : odd($n - 1); }
function odd($n) { return $n == 0 ? false : even($n - 1); }
function trace($n) { if ($n == 0) { return count(debug_backtrace()); } $n--; return trace($n); }
function args($a, $b = null) { return func_num_args(); }
function nothing($x) {}
function first($x) { return $x; }

function run() {
    $sum = 0;
    for ($i = 0; $i < 50; $i++) {
        $sum = add($sum, $i);
        $sum = add($sum, add($i, add(1, 2)));
    }
    var_dump($sum);
    $sum = 0;
    for ($i = 0; $i < 50; $i++) {
        $sum += typed($i) + typed($i, 2.5) + typed($i, 1);
    }
    var_dump($sum);
    $words = 0;
    for ($i = 0; $i < 50; $i++) {
        if (pick($i) === "big") {
            $words++;
        }
    }
    var_dump($words);
    $array = [];
    for ($i = 0; $i < 50; $i++) {
        $other = keep($array, $i);
        $array = keep($other, $i + 1);
        unset($other[$i]);
    }
    var_dump(count($array), array_sum($array), count($other));
    try {
        for ($i = 0; $i < 50; $i++) {
            $last = outer($i);
        }
    } catch (Exception $e) {
        echo $e->getMessage(), " ", $last, "\n", $e->getTraceAsString(), "\n";
    }
    var_dump(fact(20), fact(25), even(101), odd(101));
    for ($i = 0; $i < 20; $i++) {
        $depth = trace($i);
    }
    var_dump($depth);
    $count = 0;
    for ($i = 0; $i < 50; $i++) {
        $count += args($i) + args($i, $i);
    }
    var_dump($count);
    for ($i = 0; $i < 50; $i++) {
        nothing("text");
        nothing([1, $i]);
        $x = first($i % 7 == 6 ? "s$i" : $i);
        $y = first($undefined ?? [$i]);
    }
    var_dump($x, $y);
    for ($i = 0; $i < 50; $i++) {
        $x = add(first($i), max(first(1), add($i, first(2))));
    }
    var_dump($x);
}
run();
try {
    for ($i = 0; $i < 50; $i++) {
        typed($i < 45 ? $i : "x");
    }
} catch (TypeError $e) {
    echo $e->getMessage(), "\n";
}
try {
    for ($i = 0; $i < 50; $i++) {
        $i < 45 ? add($i, 1) : add($i);
    }
} catch (ArgumentCountError $e) {
    echo $e->getMessage(), "\n";
}
--EXPECTF--
int(2600)
float(6125)
int(9)
int(51)
int(1275)
int(49)
at 45 45
#0 %scalls.php(7): thrower(45)
#1 %scalls.php(44): outer(45)
#2 %scalls.php(71): run()
#3 {main}
int(2432902008176640000)
float(1.5511210043330986E+25)
bool(false)
bool(true)
int(21)
int(150)
int(49)
array(1) {
  [0]=>
  int(49)
}
int(100)
typed(): Argument #1 ($a) must be of type int, string given, called in %scalls.php on line 74
Too few arguments to function add(), 1 passed in %scalls.php on line 81 and exactly 2 expected
