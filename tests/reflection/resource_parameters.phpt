--TEST--
Parameters that take resources have no type
--FILE--
<?php
foreach (['fclose', 'stream_get_contents', 'fopen', 'proc_close'] as $name) {
    $function = new ReflectionFunction($name);
    foreach ($function->getParameters() as $parameter) {
        echo $parameter, "\n";
        var_dump($parameter->hasType(), (string) $parameter->getType());
    }
}
try {
    fclose("x");
} catch (TypeError $e) {
    echo $e->getMessage(), "\n";
}
?>
--EXPECT--
Parameter #0 [ <required> $stream ]
bool(false)
string(0) ""
Parameter #0 [ <required> $stream ]
bool(false)
string(0) ""
Parameter #1 [ <optional> ?int $length = null ]
bool(true)
string(4) "?int"
Parameter #2 [ <optional> int $offset = -1 ]
bool(true)
string(3) "int"
Parameter #0 [ <required> string $filename ]
bool(true)
string(6) "string"
Parameter #1 [ <required> string $mode ]
bool(true)
string(6) "string"
Parameter #2 [ <optional> bool $use_include_path = false ]
bool(true)
string(4) "bool"
Parameter #3 [ <optional> $context = null ]
bool(false)
string(0) ""
Parameter #0 [ <required> $process ]
bool(false)
string(0) ""
fclose(): Argument #1 ($stream) must be of type resource, string given
