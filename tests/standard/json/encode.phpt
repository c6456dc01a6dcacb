--TEST--
json_encode
--FILE--
<?php
class J implements JsonSerializable
{
    public $a = 1;
    protected $b = 2;
    private $c = 3;
    function __construct(private $v = null) {}
    function jsonSerialize(): mixed { return $this->v; }
}
class Pl { public $p = 1; protected $q = 2; public $n = null; }
foreach ([1, 1.0, 0.1, 1e100, -0.0, true, null, 'text', "q\"\\/\n\t\x08\x0c\r\x01", "é€😀", '', [], [1,
    2], ['a' => 1], [1 => 'x'], [[]], new stdClass, new Pl, new J([1]), new J('s'), ['k' => new J(null)],
    "\x7f</script>&'"] as $v) echo json_encode($v), "\n";
echo json_encode(['a' => [1, ['b' => []]], 'c' => new stdClass], JSON_PRETTY_PRINT), "\n", json_encode([],
    JSON_PRETTY_PRINT | JSON_FORCE_OBJECT), json_encode([1, 2], JSON_FORCE_OBJECT), json_encode("<'&\">",
    JSON_HEX_TAG | JSON_HEX_APOS | JSON_HEX_AMP | JSON_HEX_QUOT), json_encode('é/',
    JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES), json_encode('12', JSON_NUMERIC_CHECK), json_encode(10.0,
    JSON_PRESERVE_ZERO_FRACTION), json_encode("\u{2028}", JSON_UNESCAPED_UNICODE), "\n";
var_dump(json_encode("a\xff"), json_last_error(), json_last_error_msg(), json_encode("a\xffb",
    JSON_INVALID_UTF8_SUBSTITUTE), json_encode("a\xffb", JSON_INVALID_UTF8_IGNORE), json_encode(NAN),
    json_last_error_msg(), json_encode([1, NAN], JSON_PARTIAL_OUTPUT_ON_ERROR));
$r = [];
$r['r'] = &$r;
var_dump(json_encode($r), json_last_error_msg());
try {
    json_encode("\xff", JSON_THROW_ON_ERROR);
} catch (JsonException $e) { echo $e->getMessage(), $e->getCode(), "\n"; }
echo json_encode([[[1]]], 0, 2) === false ? json_last_error_msg() : '', "\n";
echo json_encode(fopen('php://memory', 'r')) === false ? json_last_error_msg() : '', "\n";
--EXPECT--
1
1
0.1
1.0e+100
-0
true
null
"text"
"q\"\\\/\n\t\b\f\r\u0001"
"\u00e9\u20ac\ud83d\ude00"
""
[]
[1,2]
{"a":1}
{"1":"x"}
[[]]
{}
{"p":1,"n":null}
[1]
"s"
{"k":null}
"<\/script>&'"
{
    "a": [
        1,
        {
            "b": []
        }
    ],
    "c": {}
}
{}{"0":1,"1":2}"\u003C\u0027\u0026\u0022\u003E""é/"1210.0"\u2028"
bool(false)
int(5)
string(56) "Malformed UTF-8 characters, possibly incorrectly encoded"
string(10) ""a\ufffdb""
string(4) ""ab""
bool(false)
string(34) "Inf and NaN cannot be JSON encoded"
string(5) "[1,0]"
bool(false)
string(18) "Recursion detected"
Malformed UTF-8 characters, possibly incorrectly encoded5
Maximum stack depth exceeded
Type is not supported
