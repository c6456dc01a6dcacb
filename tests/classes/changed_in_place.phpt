--TEST--
Properties and elements that are changed where they are: warnings and errors of objects with and without magic methods, of strings and scalars
--FILE--
<?php
class T { public $p = 1; public ?int $t = null; public int $u; private $h = 5; public readonly int $ro; public array $arr = []; }
#[AllowDynamicProperties] class D { }
class M { private $d = []; function __get($n) { echo "get $n\n"; return $this->d[$n] ?? 1; } function __set($n, $v) { echo "set $n\n"; $this->d[$n] = $v; } function __isset($n) { echo "isset $n\n"; return isset($this->d[$n]); } function __unset($n) { echo "unset $n\n"; unset($this->d[$n]); } }
$cases = ['$o->y .= []','$o->y += 1','$o->y++','++$o->y','$o->y ??= 4','$o->y[] = 1','$o->y["a"] .= "b"','$o->y["a"]["b"]++','$o->t += 2','$o->t++','$o->u += 1','$o->u++','$o->u[] = 1','$o->h += 1','$o->ro += 1','$o->ro++','$o->arr["x"] .= $undef','$o->p .= $undef','$o->{$undef} .= "a"','$o->{"a b"}->c = 1','$o->zz->yy += 1','$o->zz->yy++','$undef->x += 1','$undef->x++','$undef->x = 1','$undef[] = 1', '$undef->x[] = 1','$o->p->q = 1','$o->p[0] = 1','$o->p[0] += 1','$o->p->q++','$r = &$o->y; $r = 1','$r = &$o->u','unset($o->y["a"])','unset($o->p["a"])','unset($undef["a"]["b"])','unset($undef->a)','$o->y["k"] ??= $o->z["l"] ?? 5','$o->t = "abc"','$o->t .= "5"','$o->arr .= "x"','[$o->a, $o->b] = [1,2]','foreach ([1] as $o->q) {}','$o::$s += 1','T::$s++','$o->p <=> $undef','-$undef','$undef . $undef2','"$undef[x]"','"{$o->y->z}"','$o?->y','$undef?->y','$undef?->y()','$o->y?->z','(clone $undef)','$o->y()','$undef()', 'new $undef', '$undef::f()','$o instanceof $undef','$o[0]','$o[0] = 1','$o[0] .= 1','isset($o[0])','unset($o[0])','$o[] = 1','$s = "str"; $s[] = "x"','$s = "str"; $s[0][0] = "x"','$s="str"; $s[0] .= "x"','$s="str"; $s["a"] = "x"','$s="str"; $s[5] = "x"; return $s','$s="str"; $s[-9] = "x"; return $s','$s="str"; $s[0] = ""','$s="str"; $s[0] = "xy"; return $s','$s="str"; $s[1.7] = "x"; return $s','$s="str"; $s[null] = "x"; return $s', '$s="str"; unset($s[0])','$s="str"; $r=&$s[0]','$i=5; $i[0]=1','$i=5; $i[0][1]=1','$i=5; $i[0] += 1','$i=5; unset($i[0])','$i=5; return $i[0]','$f=false; $f[] = 1; return $f','$f=false; $f["a"]["b"] += 1; return $f','$t=true; $t[]=1','$n=null; $n->x = 1','$n=null; $n->x->y = 1','$n=null; $n->x[] = 1'];
foreach (['T','D','M'] as $c) { echo "=== $c\n"; foreach ($cases as $code) { $o = new $c; echo "$code  => "; try { $v = (function() use ($o, $code) { return eval("$code;"); })(); echo json_encode($v), ' ', json_encode($o), "\n"; } catch (Throwable $e) { echo get_class($e), ': ', $e->getMessage(), ' ', json_encode($o), "\n"; } } }
?>
--EXPECTF--
=== T
$o->y .= []  => 
Deprecated: Creation of dynamic property T::$y is deprecated in %schanged_in_place.php(6) : eval()'d code on line 1

Warning: Undefined property: T::$y in %schanged_in_place.php(6) : eval()'d code on line 1

Warning: Array to string conversion in %schanged_in_place.php(6) : eval()'d code on line 1
null {"p":1,"t":null,"arr":[],"y":"Array"}
$o->y += 1  => 
Deprecated: Creation of dynamic property T::$y is deprecated in %schanged_in_place.php(6) : eval()'d code on line 1

Warning: Undefined property: T::$y in %schanged_in_place.php(6) : eval()'d code on line 1
null {"p":1,"t":null,"arr":[],"y":1}
$o->y++  => 
Deprecated: Creation of dynamic property T::$y is deprecated in %schanged_in_place.php(6) : eval()'d code on line 1

Warning: Undefined property: T::$y in %schanged_in_place.php(6) : eval()'d code on line 1
null {"p":1,"t":null,"arr":[],"y":1}
++$o->y  => 
Deprecated: Creation of dynamic property T::$y is deprecated in %schanged_in_place.php(6) : eval()'d code on line 1

Warning: Undefined property: T::$y in %schanged_in_place.php(6) : eval()'d code on line 1
null {"p":1,"t":null,"arr":[],"y":1}
$o->y ??= 4  => 
Deprecated: Creation of dynamic property T::$y is deprecated in %schanged_in_place.php(6) : eval()'d code on line 1
null {"p":1,"t":null,"arr":[],"y":4}
$o->y[] = 1  => 
Deprecated: Creation of dynamic property T::$y is deprecated in %schanged_in_place.php(6) : eval()'d code on line 1
null {"p":1,"t":null,"arr":[],"y":[1]}
$o->y["a"] .= "b"  => 
Deprecated: Creation of dynamic property T::$y is deprecated in %schanged_in_place.php(6) : eval()'d code on line 1

Warning: Undefined property: T::$y in %schanged_in_place.php(6) : eval()'d code on line 1

Warning: Undefined array key "a" in %schanged_in_place.php(6) : eval()'d code on line 1
null {"p":1,"t":null,"arr":[],"y":{"a":"b"}}
$o->y["a"]["b"]++  => 
Deprecated: Creation of dynamic property T::$y is deprecated in %schanged_in_place.php(6) : eval()'d code on line 1

Warning: Undefined property: T::$y in %schanged_in_place.php(6) : eval()'d code on line 1

Warning: Undefined array key "a" in %schanged_in_place.php(6) : eval()'d code on line 1

Warning: Undefined array key "b" in %schanged_in_place.php(6) : eval()'d code on line 1
null {"p":1,"t":null,"arr":[],"y":{"a":{"b":1}}}
$o->t += 2  => null {"p":1,"t":2,"arr":[]}
$o->t++  => null {"p":1,"t":1,"arr":[]}
$o->u += 1  => Error: Typed property T::$u must not be accessed before initialization {"p":1,"t":null,"arr":[]}
$o->u++  => Error: Typed property T::$u must not be accessed before initialization {"p":1,"t":null,"arr":[]}
$o->u[] = 1  => TypeError: Cannot auto-initialize an array inside property T::$u of type int {"p":1,"t":null,"arr":[]}
$o->h += 1  => Error: Cannot access private property T::$h {"p":1,"t":null,"arr":[]}
$o->ro += 1  => Error: Typed property T::$ro must not be accessed before initialization {"p":1,"t":null,"arr":[]}
$o->ro++  => Error: Typed property T::$ro must not be accessed before initialization {"p":1,"t":null,"arr":[]}
$o->arr["x"] .= $undef  => 
Warning: Undefined array key "x" in %schanged_in_place.php(6) : eval()'d code on line 1

Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
null {"p":1,"t":null,"arr":{"x":""}}
$o->p .= $undef  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
null {"p":"1","t":null,"arr":[]}
$o->{$undef} .= "a"  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1

Deprecated: Creation of dynamic property T::$ is deprecated in %schanged_in_place.php(6) : eval()'d code on line 1

Warning: Undefined property: T::$ in %schanged_in_place.php(6) : eval()'d code on line 1
null {"p":1,"t":null,"arr":[],"":"a"}
$o->{"a b"}->c = 1  => 
Deprecated: Creation of dynamic property T::$a b is deprecated in %schanged_in_place.php(6) : eval()'d code on line 1
Error: Attempt to assign property "c" on null {"p":1,"t":null,"arr":[],"a b":null}
$o->zz->yy += 1  => 
Deprecated: Creation of dynamic property T::$zz is deprecated in %schanged_in_place.php(6) : eval()'d code on line 1

Warning: Undefined property: T::$zz in %schanged_in_place.php(6) : eval()'d code on line 1
Error: Attempt to assign property "yy" on null {"p":1,"t":null,"arr":[],"zz":null}
$o->zz->yy++  => 
Deprecated: Creation of dynamic property T::$zz is deprecated in %schanged_in_place.php(6) : eval()'d code on line 1

Warning: Undefined property: T::$zz in %schanged_in_place.php(6) : eval()'d code on line 1
Error: Attempt to increment/decrement property "yy" on null {"p":1,"t":null,"arr":[],"zz":null}
$undef->x += 1  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
Error: Attempt to assign property "x" on null {"p":1,"t":null,"arr":[]}
$undef->x++  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
Error: Attempt to increment/decrement property "x" on null {"p":1,"t":null,"arr":[]}
$undef->x = 1  => Error: Attempt to assign property "x" on null {"p":1,"t":null,"arr":[]}
$undef[] = 1  => null {"p":1,"t":null,"arr":[]}
$undef->x[] = 1  => Error: Attempt to modify property "x" on null {"p":1,"t":null,"arr":[]}
$o->p->q = 1  => Error: Attempt to assign property "q" on int {"p":1,"t":null,"arr":[]}
$o->p[0] = 1  => Error: Cannot use a scalar value as an array {"p":1,"t":null,"arr":[]}
$o->p[0] += 1  => Error: Cannot use a scalar value as an array {"p":1,"t":null,"arr":[]}
$o->p->q++  => Error: Attempt to increment/decrement property "q" on int {"p":1,"t":null,"arr":[]}
$r = &$o->y; $r = 1  => 
Deprecated: Creation of dynamic property T::$y is deprecated in %schanged_in_place.php(6) : eval()'d code on line 1
null {"p":1,"t":null,"arr":[],"y":1}
$r = &$o->u  => Error: Cannot access uninitialized non-nullable property T::$u by reference {"p":1,"t":null,"arr":[]}
unset($o->y["a"])  => 
Deprecated: Creation of dynamic property T::$y is deprecated in %schanged_in_place.php(6) : eval()'d code on line 1
null {"p":1,"t":null,"arr":[],"y":null}
unset($o->p["a"])  => Error: Cannot unset offset in a non-array variable {"p":1,"t":null,"arr":[]}
unset($undef["a"]["b"])  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
null {"p":1,"t":null,"arr":[]}
unset($undef->a)  => null {"p":1,"t":null,"arr":[]}
$o->y["k"] ??= $o->z["l"] ?? 5  => 
Deprecated: Creation of dynamic property T::$y is deprecated in %schanged_in_place.php(6) : eval()'d code on line 1
null {"p":1,"t":null,"arr":[],"y":{"k":5}}
$o->t = "abc"  => TypeError: Cannot assign string to property T::$t of type ?int {"p":1,"t":null,"arr":[]}
$o->t .= "5"  => null {"p":1,"t":5,"arr":[]}
$o->arr .= "x"  => 
Warning: Array to string conversion in %schanged_in_place.php(6) : eval()'d code on line 1
TypeError: Cannot assign string to property T::$arr of type array {"p":1,"t":null,"arr":[]}
[$o->a, $o->b] = [1,2]  => 
Deprecated: Creation of dynamic property T::$a is deprecated in %schanged_in_place.php(6) : eval()'d code on line 1

Deprecated: Creation of dynamic property T::$b is deprecated in %schanged_in_place.php(6) : eval()'d code on line 1
null {"p":1,"t":null,"arr":[],"a":1,"b":2}
foreach ([1] as $o->q) {}  => 
Deprecated: Creation of dynamic property T::$q is deprecated in %schanged_in_place.php(6) : eval()'d code on line 1
null {"p":1,"t":null,"arr":[],"q":1}
$o::$s += 1  => Error: Access to undeclared static property T::$s {"p":1,"t":null,"arr":[]}
T::$s++  => Error: Access to undeclared static property T::$s {"p":1,"t":null,"arr":[]}
$o->p <=> $undef  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
null {"p":1,"t":null,"arr":[]}
-$undef  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
null {"p":1,"t":null,"arr":[]}
$undef . $undef2  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1

Warning: Undefined variable $undef2 in %schanged_in_place.php(6) : eval()'d code on line 1
null {"p":1,"t":null,"arr":[]}
"$undef[x]"  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1

Warning: Trying to access array offset on null in %schanged_in_place.php(6) : eval()'d code on line 1
null {"p":1,"t":null,"arr":[]}
"{$o->y->z}"  => 
Warning: Undefined property: T::$y in %schanged_in_place.php(6) : eval()'d code on line 1

Warning: Attempt to read property "z" on null in %schanged_in_place.php(6) : eval()'d code on line 1
null {"p":1,"t":null,"arr":[]}
$o?->y  => 
Warning: Undefined property: T::$y in %schanged_in_place.php(6) : eval()'d code on line 1
null {"p":1,"t":null,"arr":[]}
$undef?->y  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
null {"p":1,"t":null,"arr":[]}
$undef?->y()  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
null {"p":1,"t":null,"arr":[]}
$o->y?->z  => 
Warning: Undefined property: T::$y in %schanged_in_place.php(6) : eval()'d code on line 1
null {"p":1,"t":null,"arr":[]}
(clone $undef)  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
Error: __clone method called on non-object {"p":1,"t":null,"arr":[]}
$o->y()  => Error: Call to undefined method T::y() {"p":1,"t":null,"arr":[]}
$undef()  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
Error: Value of type null is not callable {"p":1,"t":null,"arr":[]}
new $undef  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
Error: Class name must be a valid object or a string {"p":1,"t":null,"arr":[]}
$undef::f()  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
Error: Class name must be a valid object or a string {"p":1,"t":null,"arr":[]}
$o instanceof $undef  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
Error: Class name must be a valid object or a string {"p":1,"t":null,"arr":[]}
$o[0]  => Error: Cannot use object of type T as array {"p":1,"t":null,"arr":[]}
$o[0] = 1  => Error: Cannot use object of type T as array {"p":1,"t":null,"arr":[]}
$o[0] .= 1  => Error: Cannot use object of type T as array {"p":1,"t":null,"arr":[]}
isset($o[0])  => Error: Cannot use object of type T as array {"p":1,"t":null,"arr":[]}
unset($o[0])  => Error: Cannot use object of type T as array {"p":1,"t":null,"arr":[]}
$o[] = 1  => Error: Cannot use object of type T as array {"p":1,"t":null,"arr":[]}
$s = "str"; $s[] = "x"  => Error: [] operator not supported for strings {"p":1,"t":null,"arr":[]}
$s = "str"; $s[0][0] = "x"  => Error: Cannot use string offset as an array {"p":1,"t":null,"arr":[]}
$s="str"; $s[0] .= "x"  => Error: Cannot use assign-op operators with string offsets {"p":1,"t":null,"arr":[]}
$s="str"; $s["a"] = "x"  => TypeError: Cannot access offset of type string on string {"p":1,"t":null,"arr":[]}
$s="str"; $s[5] = "x"; return $s  => "str  x" {"p":1,"t":null,"arr":[]}
$s="str"; $s[-9] = "x"; return $s  => 
Warning: Illegal string offset -9 in %schanged_in_place.php(6) : eval()'d code on line 1
"str" {"p":1,"t":null,"arr":[]}
$s="str"; $s[0] = ""  => Error: Cannot assign an empty string to a string offset {"p":1,"t":null,"arr":[]}
$s="str"; $s[0] = "xy"; return $s  => 
Warning: Only the first byte will be assigned to the string offset in %schanged_in_place.php(6) : eval()'d code on line 1
"xtr" {"p":1,"t":null,"arr":[]}
$s="str"; $s[1.7] = "x"; return $s  => 
Warning: String offset cast occurred in %schanged_in_place.php(6) : eval()'d code on line 1
"sxr" {"p":1,"t":null,"arr":[]}
$s="str"; $s[null] = "x"; return $s  => 
Warning: String offset cast occurred in %schanged_in_place.php(6) : eval()'d code on line 1
"xtr" {"p":1,"t":null,"arr":[]}
$s="str"; unset($s[0])  => Error: Cannot unset string offsets {"p":1,"t":null,"arr":[]}
$s="str"; $r=&$s[0]  => Error: Cannot create references to/from string offsets {"p":1,"t":null,"arr":[]}
$i=5; $i[0]=1  => Error: Cannot use a scalar value as an array {"p":1,"t":null,"arr":[]}
$i=5; $i[0][1]=1  => Error: Cannot use a scalar value as an array {"p":1,"t":null,"arr":[]}
$i=5; $i[0] += 1  => Error: Cannot use a scalar value as an array {"p":1,"t":null,"arr":[]}
$i=5; unset($i[0])  => Error: Cannot unset offset in a non-array variable {"p":1,"t":null,"arr":[]}
$i=5; return $i[0]  => 
Warning: Trying to access array offset on int in %schanged_in_place.php(6) : eval()'d code on line 1
null {"p":1,"t":null,"arr":[]}
$f=false; $f[] = 1; return $f  => 
Deprecated: Automatic conversion of false to array is deprecated in %schanged_in_place.php(6) : eval()'d code on line 1
[1] {"p":1,"t":null,"arr":[]}
$f=false; $f["a"]["b"] += 1; return $f  => 
Deprecated: Automatic conversion of false to array is deprecated in %schanged_in_place.php(6) : eval()'d code on line 1

Warning: Undefined array key "a" in %schanged_in_place.php(6) : eval()'d code on line 1

Warning: Undefined array key "b" in %schanged_in_place.php(6) : eval()'d code on line 1
{"a":{"b":1}} {"p":1,"t":null,"arr":[]}
$t=true; $t[]=1  => Error: Cannot use a scalar value as an array {"p":1,"t":null,"arr":[]}
$n=null; $n->x = 1  => Error: Attempt to assign property "x" on null {"p":1,"t":null,"arr":[]}
$n=null; $n->x->y = 1  => Error: Attempt to modify property "x" on null {"p":1,"t":null,"arr":[]}
$n=null; $n->x[] = 1  => Error: Attempt to modify property "x" on null {"p":1,"t":null,"arr":[]}
=== D
$o->y .= []  => 
Warning: Undefined property: D::$y in %schanged_in_place.php(6) : eval()'d code on line 1

Warning: Array to string conversion in %schanged_in_place.php(6) : eval()'d code on line 1
null {"y":"Array"}
$o->y += 1  => 
Warning: Undefined property: D::$y in %schanged_in_place.php(6) : eval()'d code on line 1
null {"y":1}
$o->y++  => 
Warning: Undefined property: D::$y in %schanged_in_place.php(6) : eval()'d code on line 1
null {"y":1}
++$o->y  => 
Warning: Undefined property: D::$y in %schanged_in_place.php(6) : eval()'d code on line 1
null {"y":1}
$o->y ??= 4  => null {"y":4}
$o->y[] = 1  => null {"y":[1]}
$o->y["a"] .= "b"  => 
Warning: Undefined property: D::$y in %schanged_in_place.php(6) : eval()'d code on line 1

Warning: Undefined array key "a" in %schanged_in_place.php(6) : eval()'d code on line 1
null {"y":{"a":"b"}}
$o->y["a"]["b"]++  => 
Warning: Undefined property: D::$y in %schanged_in_place.php(6) : eval()'d code on line 1

Warning: Undefined array key "a" in %schanged_in_place.php(6) : eval()'d code on line 1

Warning: Undefined array key "b" in %schanged_in_place.php(6) : eval()'d code on line 1
null {"y":{"a":{"b":1}}}
$o->t += 2  => 
Warning: Undefined property: D::$t in %schanged_in_place.php(6) : eval()'d code on line 1
null {"t":2}
$o->t++  => 
Warning: Undefined property: D::$t in %schanged_in_place.php(6) : eval()'d code on line 1
null {"t":1}
$o->u += 1  => 
Warning: Undefined property: D::$u in %schanged_in_place.php(6) : eval()'d code on line 1
null {"u":1}
$o->u++  => 
Warning: Undefined property: D::$u in %schanged_in_place.php(6) : eval()'d code on line 1
null {"u":1}
$o->u[] = 1  => null {"u":[1]}
$o->h += 1  => 
Warning: Undefined property: D::$h in %schanged_in_place.php(6) : eval()'d code on line 1
null {"h":1}
$o->ro += 1  => 
Warning: Undefined property: D::$ro in %schanged_in_place.php(6) : eval()'d code on line 1
null {"ro":1}
$o->ro++  => 
Warning: Undefined property: D::$ro in %schanged_in_place.php(6) : eval()'d code on line 1
null {"ro":1}
$o->arr["x"] .= $undef  => 
Warning: Undefined property: D::$arr in %schanged_in_place.php(6) : eval()'d code on line 1

Warning: Undefined array key "x" in %schanged_in_place.php(6) : eval()'d code on line 1

Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
null {"arr":{"x":""}}
$o->p .= $undef  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1

Warning: Undefined property: D::$p in %schanged_in_place.php(6) : eval()'d code on line 1
null {"p":""}
$o->{$undef} .= "a"  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1

Warning: Undefined property: D::$ in %schanged_in_place.php(6) : eval()'d code on line 1
null {"":"a"}
$o->{"a b"}->c = 1  => Error: Attempt to assign property "c" on null {"a b":null}
$o->zz->yy += 1  => 
Warning: Undefined property: D::$zz in %schanged_in_place.php(6) : eval()'d code on line 1
Error: Attempt to assign property "yy" on null {"zz":null}
$o->zz->yy++  => 
Warning: Undefined property: D::$zz in %schanged_in_place.php(6) : eval()'d code on line 1
Error: Attempt to increment/decrement property "yy" on null {"zz":null}
$undef->x += 1  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
Error: Attempt to assign property "x" on null {}
$undef->x++  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
Error: Attempt to increment/decrement property "x" on null {}
$undef->x = 1  => Error: Attempt to assign property "x" on null {}
$undef[] = 1  => null {}
$undef->x[] = 1  => Error: Attempt to modify property "x" on null {}
$o->p->q = 1  => Error: Attempt to assign property "q" on null {"p":null}
$o->p[0] = 1  => null {"p":[1]}
$o->p[0] += 1  => 
Warning: Undefined property: D::$p in %schanged_in_place.php(6) : eval()'d code on line 1

Warning: Undefined array key 0 in %schanged_in_place.php(6) : eval()'d code on line 1
null {"p":[1]}
$o->p->q++  => 
Warning: Undefined property: D::$p in %schanged_in_place.php(6) : eval()'d code on line 1
Error: Attempt to increment/decrement property "q" on null {"p":null}
$r = &$o->y; $r = 1  => null {"y":1}
$r = &$o->u  => null {"u":null}
unset($o->y["a"])  => null {"y":null}
unset($o->p["a"])  => null {"p":null}
unset($undef["a"]["b"])  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
null {}
unset($undef->a)  => null {}
$o->y["k"] ??= $o->z["l"] ?? 5  => null {"y":{"k":5}}
$o->t = "abc"  => null {"t":"abc"}
$o->t .= "5"  => 
Warning: Undefined property: D::$t in %schanged_in_place.php(6) : eval()'d code on line 1
null {"t":"5"}
$o->arr .= "x"  => 
Warning: Undefined property: D::$arr in %schanged_in_place.php(6) : eval()'d code on line 1
null {"arr":"x"}
[$o->a, $o->b] = [1,2]  => null {"a":1,"b":2}
foreach ([1] as $o->q) {}  => null {"q":1}
$o::$s += 1  => Error: Access to undeclared static property D::$s {}
T::$s++  => Error: Access to undeclared static property T::$s {}
$o->p <=> $undef  => 
Warning: Undefined property: D::$p in %schanged_in_place.php(6) : eval()'d code on line 1

Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
null {}
-$undef  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
null {}
$undef . $undef2  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1

Warning: Undefined variable $undef2 in %schanged_in_place.php(6) : eval()'d code on line 1
null {}
"$undef[x]"  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1

Warning: Trying to access array offset on null in %schanged_in_place.php(6) : eval()'d code on line 1
null {}
"{$o->y->z}"  => 
Warning: Undefined property: D::$y in %schanged_in_place.php(6) : eval()'d code on line 1

Warning: Attempt to read property "z" on null in %schanged_in_place.php(6) : eval()'d code on line 1
null {}
$o?->y  => 
Warning: Undefined property: D::$y in %schanged_in_place.php(6) : eval()'d code on line 1
null {}
$undef?->y  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
null {}
$undef?->y()  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
null {}
$o->y?->z  => 
Warning: Undefined property: D::$y in %schanged_in_place.php(6) : eval()'d code on line 1
null {}
(clone $undef)  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
Error: __clone method called on non-object {}
$o->y()  => Error: Call to undefined method D::y() {}
$undef()  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
Error: Value of type null is not callable {}
new $undef  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
Error: Class name must be a valid object or a string {}
$undef::f()  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
Error: Class name must be a valid object or a string {}
$o instanceof $undef  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
Error: Class name must be a valid object or a string {}
$o[0]  => Error: Cannot use object of type D as array {}
$o[0] = 1  => Error: Cannot use object of type D as array {}
$o[0] .= 1  => Error: Cannot use object of type D as array {}
isset($o[0])  => Error: Cannot use object of type D as array {}
unset($o[0])  => Error: Cannot use object of type D as array {}
$o[] = 1  => Error: Cannot use object of type D as array {}
$s = "str"; $s[] = "x"  => Error: [] operator not supported for strings {}
$s = "str"; $s[0][0] = "x"  => Error: Cannot use string offset as an array {}
$s="str"; $s[0] .= "x"  => Error: Cannot use assign-op operators with string offsets {}
$s="str"; $s["a"] = "x"  => TypeError: Cannot access offset of type string on string {}
$s="str"; $s[5] = "x"; return $s  => "str  x" {}
$s="str"; $s[-9] = "x"; return $s  => 
Warning: Illegal string offset -9 in %schanged_in_place.php(6) : eval()'d code on line 1
"str" {}
$s="str"; $s[0] = ""  => Error: Cannot assign an empty string to a string offset {}
$s="str"; $s[0] = "xy"; return $s  => 
Warning: Only the first byte will be assigned to the string offset in %schanged_in_place.php(6) : eval()'d code on line 1
"xtr" {}
$s="str"; $s[1.7] = "x"; return $s  => 
Warning: String offset cast occurred in %schanged_in_place.php(6) : eval()'d code on line 1
"sxr" {}
$s="str"; $s[null] = "x"; return $s  => 
Warning: String offset cast occurred in %schanged_in_place.php(6) : eval()'d code on line 1
"xtr" {}
$s="str"; unset($s[0])  => Error: Cannot unset string offsets {}
$s="str"; $r=&$s[0]  => Error: Cannot create references to/from string offsets {}
$i=5; $i[0]=1  => Error: Cannot use a scalar value as an array {}
$i=5; $i[0][1]=1  => Error: Cannot use a scalar value as an array {}
$i=5; $i[0] += 1  => Error: Cannot use a scalar value as an array {}
$i=5; unset($i[0])  => Error: Cannot unset offset in a non-array variable {}
$i=5; return $i[0]  => 
Warning: Trying to access array offset on int in %schanged_in_place.php(6) : eval()'d code on line 1
null {}
$f=false; $f[] = 1; return $f  => 
Deprecated: Automatic conversion of false to array is deprecated in %schanged_in_place.php(6) : eval()'d code on line 1
[1] {}
$f=false; $f["a"]["b"] += 1; return $f  => 
Deprecated: Automatic conversion of false to array is deprecated in %schanged_in_place.php(6) : eval()'d code on line 1

Warning: Undefined array key "a" in %schanged_in_place.php(6) : eval()'d code on line 1

Warning: Undefined array key "b" in %schanged_in_place.php(6) : eval()'d code on line 1
{"a":{"b":1}} {}
$t=true; $t[]=1  => Error: Cannot use a scalar value as an array {}
$n=null; $n->x = 1  => Error: Attempt to assign property "x" on null {}
$n=null; $n->x->y = 1  => Error: Attempt to modify property "x" on null {}
$n=null; $n->x[] = 1  => Error: Attempt to modify property "x" on null {}
=== M
$o->y .= []  => get y

Warning: Array to string conversion in %schanged_in_place.php(6) : eval()'d code on line 1
set y
null {}
$o->y += 1  => get y
set y
null {}
$o->y++  => get y
set y
null {}
++$o->y  => get y
set y
null {}
$o->y ??= 4  => isset y
set y
null {}
$o->y[] = 1  => get y

Notice: Indirect modification of overloaded property M::$y has no effect in %schanged_in_place.php(6) : eval()'d code on line 1
Error: Cannot use a scalar value as an array {}
$o->y["a"] .= "b"  => get y

Notice: Indirect modification of overloaded property M::$y has no effect in %schanged_in_place.php(6) : eval()'d code on line 1
Error: Cannot use a scalar value as an array {}
$o->y["a"]["b"]++  => get y

Notice: Indirect modification of overloaded property M::$y has no effect in %schanged_in_place.php(6) : eval()'d code on line 1
Error: Cannot use a scalar value as an array {}
$o->t += 2  => get t
set t
null {}
$o->t++  => get t
set t
null {}
$o->u += 1  => get u
set u
null {}
$o->u++  => get u
set u
null {}
$o->u[] = 1  => get u

Notice: Indirect modification of overloaded property M::$u has no effect in %schanged_in_place.php(6) : eval()'d code on line 1
Error: Cannot use a scalar value as an array {}
$o->h += 1  => get h
set h
null {}
$o->ro += 1  => get ro
set ro
null {}
$o->ro++  => get ro
set ro
null {}
$o->arr["x"] .= $undef  => get arr

Notice: Indirect modification of overloaded property M::$arr has no effect in %schanged_in_place.php(6) : eval()'d code on line 1
Error: Cannot use a scalar value as an array {}
$o->p .= $undef  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
get p
set p
null {}
$o->{$undef} .= "a"  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
get 
set 
null {}
$o->{"a b"}->c = 1  => get a b

Notice: Indirect modification of overloaded property M::$a b has no effect in %schanged_in_place.php(6) : eval()'d code on line 1
Error: Attempt to assign property "c" on int {}
$o->zz->yy += 1  => get zz

Notice: Indirect modification of overloaded property M::$zz has no effect in %schanged_in_place.php(6) : eval()'d code on line 1
Error: Attempt to assign property "yy" on int {}
$o->zz->yy++  => get zz

Notice: Indirect modification of overloaded property M::$zz has no effect in %schanged_in_place.php(6) : eval()'d code on line 1
Error: Attempt to increment/decrement property "yy" on int {}
$undef->x += 1  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
Error: Attempt to assign property "x" on null {}
$undef->x++  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
Error: Attempt to increment/decrement property "x" on null {}
$undef->x = 1  => Error: Attempt to assign property "x" on null {}
$undef[] = 1  => null {}
$undef->x[] = 1  => Error: Attempt to modify property "x" on null {}
$o->p->q = 1  => get p

Notice: Indirect modification of overloaded property M::$p has no effect in %schanged_in_place.php(6) : eval()'d code on line 1
Error: Attempt to assign property "q" on int {}
$o->p[0] = 1  => get p

Notice: Indirect modification of overloaded property M::$p has no effect in %schanged_in_place.php(6) : eval()'d code on line 1
Error: Cannot use a scalar value as an array {}
$o->p[0] += 1  => get p

Notice: Indirect modification of overloaded property M::$p has no effect in %schanged_in_place.php(6) : eval()'d code on line 1
Error: Cannot use a scalar value as an array {}
$o->p->q++  => get p

Notice: Indirect modification of overloaded property M::$p has no effect in %schanged_in_place.php(6) : eval()'d code on line 1
Error: Attempt to increment/decrement property "q" on int {}
$r = &$o->y; $r = 1  => get y

Notice: Indirect modification of overloaded property M::$y has no effect in %schanged_in_place.php(6) : eval()'d code on line 1
null {}
$r = &$o->u  => get u

Notice: Indirect modification of overloaded property M::$u has no effect in %schanged_in_place.php(6) : eval()'d code on line 1
null {}
unset($o->y["a"])  => get y

Notice: Indirect modification of overloaded property M::$y has no effect in %schanged_in_place.php(6) : eval()'d code on line 1
Error: Cannot unset offset in a non-array variable {}
unset($o->p["a"])  => get p

Notice: Indirect modification of overloaded property M::$p has no effect in %schanged_in_place.php(6) : eval()'d code on line 1
Error: Cannot unset offset in a non-array variable {}
unset($undef["a"]["b"])  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
null {}
unset($undef->a)  => null {}
$o->y["k"] ??= $o->z["l"] ?? 5  => isset y
isset z
get y

Notice: Indirect modification of overloaded property M::$y has no effect in %schanged_in_place.php(6) : eval()'d code on line 1
Error: Cannot use a scalar value as an array {}
$o->t = "abc"  => set t
null {}
$o->t .= "5"  => get t
set t
null {}
$o->arr .= "x"  => get arr
set arr
null {}
[$o->a, $o->b] = [1,2]  => set a
set b
null {}
foreach ([1] as $o->q) {}  => set q
null {}
$o::$s += 1  => Error: Access to undeclared static property M::$s {}
T::$s++  => Error: Access to undeclared static property T::$s {}
$o->p <=> $undef  => get p

Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
null {}
-$undef  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
null {}
$undef . $undef2  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1

Warning: Undefined variable $undef2 in %schanged_in_place.php(6) : eval()'d code on line 1
null {}
"$undef[x]"  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1

Warning: Trying to access array offset on null in %schanged_in_place.php(6) : eval()'d code on line 1
null {}
"{$o->y->z}"  => get y

Warning: Attempt to read property "z" on int in %schanged_in_place.php(6) : eval()'d code on line 1
null {}
$o?->y  => get y
null {}
$undef?->y  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
null {}
$undef?->y()  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
null {}
$o->y?->z  => get y

Warning: Attempt to read property "z" on int in %schanged_in_place.php(6) : eval()'d code on line 1
null {}
(clone $undef)  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
Error: __clone method called on non-object {}
$o->y()  => Error: Call to undefined method M::y() {}
$undef()  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
Error: Value of type null is not callable {}
new $undef  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
Error: Class name must be a valid object or a string {}
$undef::f()  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
Error: Class name must be a valid object or a string {}
$o instanceof $undef  => 
Warning: Undefined variable $undef in %schanged_in_place.php(6) : eval()'d code on line 1
Error: Class name must be a valid object or a string {}
$o[0]  => Error: Cannot use object of type M as array {}
$o[0] = 1  => Error: Cannot use object of type M as array {}
$o[0] .= 1  => Error: Cannot use object of type M as array {}
isset($o[0])  => Error: Cannot use object of type M as array {}
unset($o[0])  => Error: Cannot use object of type M as array {}
$o[] = 1  => Error: Cannot use object of type M as array {}
$s = "str"; $s[] = "x"  => Error: [] operator not supported for strings {}
$s = "str"; $s[0][0] = "x"  => Error: Cannot use string offset as an array {}
$s="str"; $s[0] .= "x"  => Error: Cannot use assign-op operators with string offsets {}
$s="str"; $s["a"] = "x"  => TypeError: Cannot access offset of type string on string {}
$s="str"; $s[5] = "x"; return $s  => "str  x" {}
$s="str"; $s[-9] = "x"; return $s  => 
Warning: Illegal string offset -9 in %schanged_in_place.php(6) : eval()'d code on line 1
"str" {}
$s="str"; $s[0] = ""  => Error: Cannot assign an empty string to a string offset {}
$s="str"; $s[0] = "xy"; return $s  => 
Warning: Only the first byte will be assigned to the string offset in %schanged_in_place.php(6) : eval()'d code on line 1
"xtr" {}
$s="str"; $s[1.7] = "x"; return $s  => 
Warning: String offset cast occurred in %schanged_in_place.php(6) : eval()'d code on line 1
"sxr" {}
$s="str"; $s[null] = "x"; return $s  => 
Warning: String offset cast occurred in %schanged_in_place.php(6) : eval()'d code on line 1
"xtr" {}
$s="str"; unset($s[0])  => Error: Cannot unset string offsets {}
$s="str"; $r=&$s[0]  => Error: Cannot create references to/from string offsets {}
$i=5; $i[0]=1  => Error: Cannot use a scalar value as an array {}
$i=5; $i[0][1]=1  => Error: Cannot use a scalar value as an array {}
$i=5; $i[0] += 1  => Error: Cannot use a scalar value as an array {}
$i=5; unset($i[0])  => Error: Cannot unset offset in a non-array variable {}
$i=5; return $i[0]  => 
Warning: Trying to access array offset on int in %schanged_in_place.php(6) : eval()'d code on line 1
null {}
$f=false; $f[] = 1; return $f  => 
Deprecated: Automatic conversion of false to array is deprecated in %schanged_in_place.php(6) : eval()'d code on line 1
[1] {}
$f=false; $f["a"]["b"] += 1; return $f  => 
Deprecated: Automatic conversion of false to array is deprecated in %schanged_in_place.php(6) : eval()'d code on line 1

Warning: Undefined array key "a" in %schanged_in_place.php(6) : eval()'d code on line 1

Warning: Undefined array key "b" in %schanged_in_place.php(6) : eval()'d code on line 1
{"a":{"b":1}} {}
$t=true; $t[]=1  => Error: Cannot use a scalar value as an array {}
$n=null; $n->x = 1  => Error: Attempt to assign property "x" on null {}
$n=null; $n->x->y = 1  => Error: Attempt to modify property "x" on null {}
$n=null; $n->x[] = 1  => Error: Attempt to modify property "x" on null {}
