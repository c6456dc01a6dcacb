--TEST--
opcache_jit_blacklist() leaves a function to the interpreter
--INI--
opcache.enable=1
opcache.enable_cli=1
opcache.jit=tracing
opcache.jit_buffer_size=16M
opcache.jit_hot_loop=10
--FILE--
<?php
function left_alone() {
    for ($i = 0, $sum = 0; $i < 1000; $i++) $sum += $i;
    return $sum;
}
$compiled = fn() => opcache_get_status(false)['phalanx']['jit']['compiled'] ?? 0;
$before = $compiled();
opcache_jit_blacklist(left_alone(...));
var_dump(left_alone(), $compiled() === $before);
try {
    opcache_jit_blacklist('left_alone');
} catch (TypeError $error) {
    echo $error->getMessage(), "\n";
}
echo new ReflectionFunction('opcache_jit_blacklist');
?>
--EXPECT--
int(499500)
bool(true)
opcache_jit_blacklist(): Argument #1 ($closure) must be of type Closure, string given
Function [ <internal:Zend OPcache> function opcache_jit_blacklist ] {

  - Parameters [1] {
    Parameter #0 [ <required> Closure $closure ]
  }
  - Return [ void ]
}
