--TEST--
Reading and writing files
--FILE--
<?php
$d = sys_get_temp_dir() . '/phalanx-' . getmypid();
mkdir($d);
$f = "$d/a.txt";
var_dump(file_put_contents($f, "line1\nline2\n\nline4"), file_get_contents($f), file_get_contents($f, false,
    null, 6, 5), file($f, FILE_IGNORE_NEW_LINES | FILE_SKIP_EMPTY_LINES), filesize($f), is_file($f),
    is_dir($d), file_exists("$d/none"), is_readable($f), is_writable($d), file_put_contents($f, ['x', 'y'],
    FILE_APPEND), filetype($f), filetype($d), pathinfo('/a/b.c/file.tar.gz'), basename('/a/b/'),
    basename('x.php', '.php'), dirname('/a/b/c', 2), dirname('x'),
    realpath("$d/../" . basename($d)) === realpath($d), fileperms($f) > 0, filemtime($f) > 1e9, touch($f,
    1000000), filemtime($f));
clearstatcache();
var_dump(filemtime($f));
$h = fopen($f, 'r+');
var_dump(fgets($h), fgetc($h), ftell($h), fread($h, 3), feof($h), fseek($h, -2, SEEK_END), fread($h, 10),
    feof($h), rewind($h), fwrite($h, 'LINE'), fflush($h), ftruncate($h, 8), fseek($h, 0),
    stream_get_contents($h), fstat($h)['size'], flock($h, LOCK_EX), fclose($h));
try { fread($h, 1); } catch (TypeError $e) { echo $e->getMessage(), "\n"; }
$c = fopen("$d/c.csv", 'w+');
fputcsv($c, ['a', 'b "q"', 'c,d', '', "n\nl"], escape: '\\');
rewind($c);
echo stream_get_contents($c);
rewind($c);
var_dump(fgetcsv($c, escape: '\\'), copy($f, "$d/copy"), rename("$d/copy", "$d/moved"), scandir($d),
    array_map('basename', glob("$d/*.txt")), unlink("$d/moved"), symlink($f, "$d/link"),
    readlink("$d/link") === $f, is_link("$d/link"), tempnam($d, 'pre') !== false, @fopen("$d/nope/x", 'r'),
    error_get_last()['message'] === "fopen($d/nope/x): Failed to open stream: No such file or directory");
foreach (scandir($d) as $n) if ($n[0] != '.') unlink("$d/$n");
var_dump(rmdir($d), is_dir($d));
echo str_replace(getmypid(), 'PID', @file_get_contents("$d/x") === false ? error_get_last()['message'] : ''),
    "\n";
$m = fopen('php://memory', 'w+');
fputs($m, "a\nb\n");
rewind($m);
while (($l = fgets($m)) !== false) echo trim($l);
echo "\n";
file_put_contents('php://output', "to output\n");
var_dump(fopen('php://nope', 'r'));
readfile('data://text/plain;base64,SGVsbG8=');
echo "\n";
--EXPECTF--
int(18)
string(18) "line1
line2

line4"
string(5) "line2"
array(3) {
  [0]=>
  string(5) "line1"
  [1]=>
  string(5) "line2"
  [2]=>
  string(5) "line4"
}
int(18)
bool(true)
bool(true)
bool(false)
bool(true)
bool(true)
int(2)
string(4) "file"
string(3) "dir"
array(4) {
  ["dirname"]=>
  string(6) "/a/b.c"
  ["basename"]=>
  string(11) "file.tar.gz"
  ["extension"]=>
  string(2) "gz"
  ["filename"]=>
  string(8) "file.tar"
}
string(1) "b"
string(1) "x"
string(2) "/a"
string(1) "."
bool(true)
bool(true)
bool(true)
bool(true)
int(1000000)
int(1000000)
string(6) "line1
"
string(1) "l"
int(7)
string(3) "ine"
bool(false)
int(0)
string(2) "xy"
bool(true)
bool(true)
int(4)
bool(true)
bool(true)
int(0)
string(8) "LINE1
li"
int(8)
bool(true)
bool(true)
fread(): supplied resource is not a valid stream resource
a,"b ""q""","c,d",,"n
l"
array(5) {
  [0]=>
  string(1) "a"
  [1]=>
  string(5) "b "q""
  [2]=>
  string(3) "c,d"
  [3]=>
  string(0) ""
  [4]=>
  string(3) "n
l"
}
bool(true)
bool(true)
array(5) {
  [0]=>
  string(1) "."
  [1]=>
  string(2) ".."
  [2]=>
  string(5) "a.txt"
  [3]=>
  string(5) "c.csv"
  [4]=>
  string(5) "moved"
}
array(1) {
  [0]=>
  string(5) "a.txt"
}
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(false)
bool(true)
bool(true)
bool(false)
file_get_contents(/tmp/phalanx-PID/x): Failed to open stream: No such file or directory
ab
to output

Warning: fopen(): Invalid php:// URL specified in %sbasics.php on line 38

Warning: fopen(php://nope): Failed to open stream: operation failed in %sbasics.php on line 38
bool(false)
Hello
