--TEST--
Attributes
--FILE--
<?php
#[Attribute(Attribute::TARGET_CLASS | Attribute::TARGET_METHOD)] class Route {
    function __construct(public string $path, public array $methods = ['GET']) {}
}
#[Attribute] class Plain {}
#[Route('/x', methods: ['POST']), Plain] class Ctl {
    #[Route('/m')] function m(#[SensitiveParameter] $secret) { throw new Exception('e'); }
    #[Plain] const C = 1;
    #[Plain] public $p;
}
$rc = new ReflectionClass('Ctl');
foreach ($rc->getAttributes() as $a) { echo $a->getName(), json_encode($a->getArguments()), "\n"; }
$r = $rc->getAttributes(Route::class)[0]->newInstance();
echo $r->path, $r->methods[0], "\n";
echo $rc->getMethod('m')->getAttributes()[0]->newInstance()->path,
    count($rc->getProperty('p')->getAttributes()), "\n";
try {
    (new ReflectionClass(new #[Route] class {}))->getAttributes()[0]->newInstance();
} catch (Error $e) { echo get_class($e), "\n"; }
try {
    (new Ctl)->m('hide me');
} catch (Exception $e) { echo preg_replace('~/\S+/~', '', $e->getTraceAsString()), "\n"; }
#[NoSuch(1)] function f() {}
try {
    (new ReflectionFunction('f'))->getAttributes()[0]->newInstance();
} catch (Error $e) { echo $e->getMessage(), "\n"; }
#[Deprecated('use other', since: '1.0')] function old() {}
old();
--EXPECTF--
Route{"0":"\/x","methods":["POST"]}
Plain[]
/xPOST
/m1
ArgumentCountError
#0 attributes.php(21): Ctl->m(Object(SensitiveParameterValue))
#1 {main}
Attribute class "NoSuch" not found

Deprecated: Function old() is deprecated since 1.0, use other in %sattributes.php on line 28
