--TEST--
print_r, var_dump and var_export of nested values
--FILE--
<?php
class P
{
    public $pub = 1;
    protected $pro = [1];
    private $pri = null;
    public readonly int $ro;
    public ?P $next = null;
}
$p = new P;
$p->next = new P;
$a = ['list' => [1, [2]], 'f' => 1.0, 's' => "it's", 'n' => null, 'b' => true, 'o' => $p, -5 => 'neg'];
$a['self'] = &$a['list'];
print_r($a);
echo "\n";
var_dump($a);
var_export(['a' => [1, 'x' => null], 2 => 1.5, 's' => "a'b\\c\n"]);
echo "\n";
var_export($p); echo "\n"; var_export((object) ['x' => 1]); echo "\n";
echo print_r(null, true), '|', print_r(false, true), '|', print_r(1.0, true), "\n";
$r = [1]; $r['me'] = &$r; print_r($r); var_dump($r);
$o = new stdClass; $o->o = $o; print_r($o); var_dump($o); echo "\n";
--EXPECT--
Array
(
    [list] => Array
        (
            [0] => 1
            [1] => Array
                (
                    [0] => 2
                )

        )

    [f] => 1
    [s] => it's
    [n] => 
    [b] => 1
    [o] => P Object
        (
            [pub] => 1
            [pro:protected] => Array
                (
                    [0] => 1
                )

            [pri:P:private] => 
            [next] => P Object
                (
                    [pub] => 1
                    [pro:protected] => Array
                        (
                            [0] => 1
                        )

                    [pri:P:private] => 
                    [next] => 
                )

        )

    [-5] => neg
    [self] => Array
        (
            [0] => 1
            [1] => Array
                (
                    [0] => 2
                )

        )

)

array(8) {
  ["list"]=>
  &array(2) {
    [0]=>
    int(1)
    [1]=>
    array(1) {
      [0]=>
      int(2)
    }
  }
  ["f"]=>
  float(1)
  ["s"]=>
  string(4) "it's"
  ["n"]=>
  NULL
  ["b"]=>
  bool(true)
  ["o"]=>
  object(P)#1 (4) {
    ["pub"]=>
    int(1)
    ["pro":protected]=>
    array(1) {
      [0]=>
      int(1)
    }
    ["pri":"P":private]=>
    NULL
    ["ro"]=>
    uninitialized(int)
    ["next"]=>
    object(P)#2 (4) {
      ["pub"]=>
      int(1)
      ["pro":protected]=>
      array(1) {
        [0]=>
        int(1)
      }
      ["pri":"P":private]=>
      NULL
      ["ro"]=>
      uninitialized(int)
      ["next"]=>
      NULL
    }
  }
  [-5]=>
  string(3) "neg"
  ["self"]=>
  &array(2) {
    [0]=>
    int(1)
    [1]=>
    array(1) {
      [0]=>
      int(2)
    }
  }
}
array (
  'a' => 
  array (
    0 => 1,
    'x' => NULL,
  ),
  2 => 1.5,
  's' => 'a\'b\\c
',
)
\P::__set_state(array(
   'pub' => 1,
   'pro' => 
  array (
    0 => 1,
  ),
   'pri' => NULL,
   'next' => 
  \P::__set_state(array(
     'pub' => 1,
     'pro' => 
    array (
      0 => 1,
    ),
     'pri' => NULL,
     'next' => NULL,
  )),
))
(object) array(
   'x' => 1,
)
||1
Array
(
    [0] => 1
    [me] => Array
 *RECURSION*
)
array(2) {
  [0]=>
  int(1)
  ["me"]=>
  *RECURSION*
}
stdClass Object
(
    [o] => stdClass Object
 *RECURSION*
)
object(stdClass)#3 (1) {
  ["o"]=>
  *RECURSION*
}
