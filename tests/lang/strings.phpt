--TEST--
String literals and interpolation
--FILE--
<?php
$a = 'x';
$arr = ['k' => 'v', 3 => 'three', 'n' => ['m' => 'deep']];
$o = new stdClass;
$o->p = 'prop';
$o->q = $o;
$name = 'p';
$f = fn($x) => $x * 2;
echo "a=$a arr=$arr[k] $arr[3] {$arr['n']['m']} $o->p {$o->q->p} {$o->$name} ${a} {$f(4)}\n";
echo 'single \n \' \\ \x', "\n";
echo "\x41\101\u{1F600}\u{e9}\e[0m\t|\v|\f|\$a|\"|\q\n";
echo "$a[0] $o->p[0] {$a}s $ a {$a[0]}\n";
echo <<<EOT
  heredoc $a {$arr['k']}
    indented "quotes"
  EOT . "|\n";
echo <<<'EOT'
nowdoc $a {$x} \n
EOT;
echo "\n", <<<X
    a
      b
    c
    X, "\n";
echo "-$arr[n]-\n";
--EXPECTF--
Deprecated: Using ${var} in strings is deprecated, use {$var} instead in %sstrings.php on line 9
a=x arr=v three deep prop prop prop x 8
single \n ' \ \x
AA😀é[0m	|||$a|"|\q
x prop[0] xs $ a x
heredoc x v
  indented "quotes"|
nowdoc $a {$x} \n
a
  b
c

Warning: Array to string conversion in %sstrings.php on line 25
-Array-
