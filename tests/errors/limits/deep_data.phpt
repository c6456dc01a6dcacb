--TEST--
Deeply nested data is freed, compared and shown without harm
--INI--
memory_limit=1G
--FILE--
<?php
class Node
{
    public $next;
}
function nested(int $depth): array
{
    $array = [];
    for ($i = 0; $i < $depth; $i++) {
        $array = [$array];
    }
    return $array;
}
function chain(int $depth): Node
{
    $first = new Node;
    for ($i = 0; $i < $depth; $i++) {
        $node = new Node;
        $node->next = $first;
        $first = $node;
    }
    return $first;
}
$array = nested(20000);
$array = null;
echo "freed\n";
$chain = chain(5000);
$chain = null;
echo "freed\n";
var_dump(nested(3000) === nested(3000), nested(3000) == nested(3000), nested(3000) == nested(3001));
var_dump(json_encode(nested(1000)), json_last_error_msg());
var_dump(strlen(json_encode(nested(1000), 0, 2000)));
var_dump(json_decode(str_repeat('[', 1000) . str_repeat(']', 1000)), json_last_error_msg());
var_dump(strlen(serialize(nested(2000))));
var_dump(unserialize(str_repeat('a:1:{i:0;', 5000) . 'i:1;' . str_repeat('}', 5000)));
var_dump(count(nested(2000), COUNT_RECURSIVE));
ob_start();
var_dump(nested(500));
print_r(nested(500));
var_export(nested(500));
var_dump(strlen(ob_get_clean()));
$fiber = new Fiber(fn() => strlen(serialize(nested(300))));
$fiber->start();
var_dump($fiber->getReturn());
?>
--EXPECTF--
freed
freed
bool(true)
bool(true)
bool(false)
bool(false)
string(28) "Maximum stack depth exceeded"
int(2002)
NULL
string(28) "Maximum stack depth exceeded"
int(20006)

Warning: unserialize(): Maximum depth of 4096 exceeded. The depth limit can be changed using the max_depth unserialize() option or the unserialize_max_depth ini setting in %sdeep_data.php on line 35

Warning: unserialize(): Error at offset 36869 of 50004 bytes in %sdeep_data.php on line 35
bool(false)
int(2000)
int(4534032)
int(3006)
