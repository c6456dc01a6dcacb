--TEST--
A class whose name is taken is an error where it stands; class_alias() only warns; lists have aliases
--FILE--
<?php
file_put_contents(__DIR__ . '/redeclared.inc', '<?php echo "included\n"; class Plain {} echo "not reached\n";');
interface Plain {}
enum Listed { case A; }
class_alias('stdClass', 'LISTED');
class_alias('Listed', 'plain');
class_alias('Listed', 'AliasOfMine');
class_alias('ArrayObject', 'AliasOfNative');
var_dump(array_slice(get_declared_classes(), -3));
include __DIR__ . '/redeclared.inc';
?>
--CLEAN--
<?php unlink(__DIR__ . '/redeclared.inc'); ?>
--EXPECTF--
Warning: Cannot redeclare class LISTED in %sredeclared.php on line 5

Warning: Cannot redeclare enum plain (previously declared in %sredeclared.php:4) in %sredeclared.php on line 6
array(3) {
  [0]=>
  string(6) "Listed"
  [1]=>
  string(11) "aliasofmine"
  [2]=>
  string(13) "aliasofnative"
}
included

Fatal error: Cannot redeclare interface Plain (previously declared in %sredeclared.php:3) in %sredeclared.inc on line 1
