--TEST--
Names in namespaces
--FILE--
<?php
namespace A\B {
    const C1 = 'A\B\C1';
    function fn1() { return __FUNCTION__; }
    class K { const X = __CLASS__; }
    function strlen($x) { return 'mine'; }
    interface I {}
}
namespace Main {
    use A\B\K as Kay, A\B;
    use A\B\{K, I};
    use function A\B\fn1 as f, A\B\strlen;
    use const A\B\C1;
    echo K::X, Kay::class, B\K::X, f(), C1, B\fn1(), \A\B\C1, strlen('x'), \strlen('x'), namespace\local(),
        strtoupper('fallback'), PHP_EOL;
    function local() { return __NAMESPACE__; }
    class Sub extends Kay implements I {}
    echo get_parent_class(new Sub), implode(class_implements('Main\Sub')), Sub::class, "\n";
    try { nope(); } catch (\Error $e) { echo $e->getMessage(), "\n"; }
    try { new Nope; } catch (\Error $e) { echo $e->getMessage(), "\n"; }
    try { echo NOPE; } catch (\Error $e) { echo $e->getMessage(), "\n"; }
    $n = 'A\B\K';
    echo $n::X, (new $n)::class, \call_user_func('A\B\fn1'), "\n";
    echo TRUE, \E_ALL > 0, INI_ALL, "\n";
}
namespace { echo Main\local(), \Main\Sub::X, __NAMESPACE__, "\n"; }
--EXPECT--
A\B\KA\B\KA\B\KA\B\fn1A\B\C1A\B\fn1A\B\C1mine1MainFALLBACK
A\B\KA\B\IMain\Sub
Call to undefined function Main\nope()
Class "Main\Nope" not found
Undefined constant "Main\NOPE"
A\B\KA\B\KA\B\fn1
117
MainA\B\K
