--TEST--
Bytes and lengths of strings in compiled code
--FILE--
<?php
function spell($text) { $out = ''; for ($i = 0; $i < strlen($text); $i++) { $out .= $text[$i] . '.'; } return $out; }
function backwards($text) { $out = ''; for ($i = strlen($text) - 1; $i >= 0; $i--) { $out .= $text[$i]; } return $out; }
function count_of($text, $byte) { $n = 0; for ($i = 0; $i < strlen($text); $i++) { if ($text[$i] === $byte) $n++; } return $n; }
function last($text, $n) { $c = null; for ($i = 0; $i < $n; $i++) { $c = $text[$i % 3]; } return $c; }
function literal($n) { $s = ''; for ($i = 0; $i < $n; $i++) { $s .= "abc"[$i % 3]; } return $s; }
function from_end($text, $n) { $s = ''; for ($i = 1; $i <= $n; $i++) { $s .= $text[-$i]; } return $s; }
function beyond($text, $n) { $s = ''; for ($i = 0; $i < $n; $i++) { $s .= $text[$i] ?? '?'; } return $s; }
function warned($text, $n) { $s = ''; for ($i = 0; $i < $n; $i++) { $s .= @$text[$i] . '|'; } return $s; }
function hashed($text) { $h = 5381; for ($i = 0; $i < strlen($text); $i++) { $h = ($h * 33 + ord($text[$i])) & 0x7fffffff; } return $h; }
function change($text) { for ($i = 0; $i < strlen($text); $i++) { if ($text[$i] == 'l') $text[$i] = 'L'; } return $text; }
function mixed($things) { $s = ''; foreach ($things as $thing) { for ($i = 0; $i < 3; $i++) { $s .= $thing[$i]; } } return $s; }

for ($round = 0; $round < 5; $round++) {
    $out = [spell("hello"), backwards("stressed"), count_of("mississippi", "s"), last("xyz", 50), literal(20), from_end("abcdef", 6),
        beyond("abc", 6), warned("ab", 4), hashed(str_repeat("phalanx", 20)), change("hello world"),
        mixed(["abc", [1, 2, 3], "xyz", ["p", "q", "r"]]), bin2hex(backwards("\x00\xff\x80"))];
}
echo json_encode($out), "\n";
try {
    backwards(null);
    spell([]);
} catch (TypeError $e) {
    echo $e->getMessage(), "\n";
}
echo "abc"[5];
--EXPECTF--
["h.e.l.l.o.","desserts",4,"y","abcabcabcabcabcabcab","fedcba","abc???","a|b|||",1770254837,"heLLo worLd","abc123xyzpqr","80ff00"]

Deprecated: strlen(): Passing null to parameter #1 ($string) of type string is deprecated in %sstrings.php on line 3
strlen(): Argument #1 ($string) must be of type string, array given

Warning: Uninitialized string offset 5 in %sstrings.php on line 26
