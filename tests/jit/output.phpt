--TEST--
Compiled code writes strings, numbers, truths and null itself; with a callback in between it leaves that to the interpreter
--FILE--
<?php
function numbers(int $n): void {
    for ($i = 0; $i < $n; $i++) {
        echo $i, " ", $i / 2, " ", $i % 2 == 0, null, ";";
    }
    echo "\n";
}
function letters(string $text, int $n): void {
    for ($i = 0; $i < $n; $i++) {
        echo $text[$i % strlen($text)];
        print "|";
        echo $text . $i;
    }
    echo "\n";
}
class Loud {
    public function __toString(): string {
        return "(loud)";
    }
}
function mixed(array $values, int $n): void {
    for ($i = 0; $i < $n; $i++) {
        echo $values[$i % count($values)], ",";
    }
    echo "\n";
}

numbers(20);
letters("abc", 20);
mixed([1, 2.5, "text", true, null, new Loud], 24);
ob_start();
numbers(10);
echo strtoupper(ob_get_clean());

$calls = 0;
ob_start(function (string $part) use (&$calls) { $calls++; return strtoupper($part); }, 4);
letters("xyz", 12);
ob_end_flush();
echo $calls > 5 ? "called often\n" : "called $calls times\n";

try {
    mixed([[1]], 1);
} finally {
    mixed([1, "undefined"], 4);
}
set_error_handler(function ($level, $text) { throw new Exception($text); });
function broken(int $n): void {
    for ($i = 0; $i < $n; $i++) {
        $values = $i == 15 ? [] : $i;
        echo $values, " ";
    }
}
try {
    broken(20);
} catch (Exception $error) {
    echo get_class($error), ": ", $error->getMessage(), "\n";
}
?>
--EXPECTF--
0 0 1;1 0.5 ;2 1 1;3 1.5 ;4 2 1;5 2.5 ;6 3 1;7 3.5 ;8 4 1;9 4.5 ;10 5 1;11 5.5 ;12 6 1;13 6.5 ;14 7 1;15 7.5 ;16 8 1;17 8.5 ;18 9 1;19 9.5 ;
a|abc0b|abc1c|abc2a|abc3b|abc4c|abc5a|abc6b|abc7c|abc8a|abc9b|abc10c|abc11a|abc12b|abc13c|abc14a|abc15b|abc16c|abc17a|abc18b|abc19
1,2.5,text,1,,(loud),1,2.5,text,1,,(loud),1,2.5,text,1,,(loud),1,2.5,text,1,,(loud),
0 0 1;1 0.5 ;2 1 1;3 1.5 ;4 2 1;5 2.5 ;6 3 1;7 3.5 ;8 4 1;9 4.5 ;
X|XYZ0Y|XYZ1Z|XYZ2X|XYZ3Y|XYZ4Z|XYZ5X|XYZ6Y|XYZ7Z|XYZ8X|XYZ9Y|XYZ10Z|XYZ11
called often

Warning: Array to string conversion in %soutput.php on line 23
Array,
1,undefined,1,undefined,
0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 ArrayException: Array to string conversion
