--TEST--
Return types in a circle of classes that load each other, whichever of them comes first
--FILE--
<?php
$first = $argv[1] ?? null;
$loaded = [];
$classes = [
    'Root' => 'class Root { function make(): Base {} }',
    'Base' => 'abstract class Base {}',
    'Middle' => 'class Middle extends Root { const X = 3; function make(): Narrow {} }',
    'Child' => 'class Child extends Middle implements Mark {}',
    'Mark' => 'interface Mark {}',
    'Needs' => 'trait Needs { abstract function build(): Root; abstract function mark(): Mark; }',
    'Narrow' => 'class Narrow extends Base { use Needs; function build(): Child {} function mark(): Child {} }',
];
spl_autoload_register(function (string $name) use (&$classes, &$loaded) {
    $loaded[] = $name;
    eval($classes[$name]);
});
if ($first !== null) {
    var_dump($first::X, (new Child) instanceof Root, implode(' ', $loaded) !== '');
    exit;
}
foreach (['Child', 'Middle'] as $name) {
    passthru(escapeshellarg(PHP_BINARY) . ' -n ' . escapeshellarg(__FILE__) . " $name");
}
$classes['Narrow'] = 'class Narrow extends Base { use Needs; function build(): Mark {} function mark(): Child {} }';
class_exists('Narrow');
?>
--EXPECTF--
int(3)
bool(true)
bool(true)
int(3)
bool(true)
bool(true)

Fatal error: Declaration of Narrow::build(): Mark must be compatible with Needs::build(): Root in %s(%d) : eval()'d code on line 1
