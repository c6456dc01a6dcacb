--TEST--
Preloading: classes of scripts that are only compiled are linked, in any order, or warned of
--EXTENSIONS--
opcache
--INI--
opcache.enable_cli=1
opcache.preload={PWD}/linking.inc
--FILE--
<?php
foreach (['NoParent', 'Chain', 'Backwards', 'Forwards', 'Circle', 'Round', 'Wrong', 'Holder', 'Uses', 'Same', 'Other', 'Twice'] as $class) {
    echo $class, ' ', json_encode(class_exists($class)), "\n";
}
class Missing {}
var_dump(new Forwards, (new Backwards)->count());
// What could not be linked then can be now.
include 'unlinked.inc';
?>
--EXPECTF--
Deprecated: Return type of Forwards::count() should either be compatible with Countable::count(): int, or the #[\ReturnTypeWillChange] attribute should be used to temporarily suppress the notice in %sunlinked.inc on line 7

Warning: Can't preload unlinked class NoParent: Unknown parent Missing in %sunlinked.inc on line 2

Warning: Can't preload unlinked class NoInterface: Unknown interface MissingInterface in %sunlinked.inc on line 3

Warning: Can't preload unlinked class NoTrait: Unknown trait MissingTrait in %sunlinked.inc on line 4

Warning: Can't preload unlinked class Chain: Unknown parent NoParent in %sunlinked.inc on line 5

Warning: Can't preload unlinked class Round: Could not check compatibility between Round::m(): Rounder and Circle::m(): Circle, because class Rounder is not available in %sunlinked.inc on line 11

Warning: Can't preload unlinked class Rounder: Unknown parent Round in %sunlinked.inc on line 12

Warning: Can't preload unlinked class Wrong: Declaration of Wrong::m($more) must be compatible with WantsOne::m() in %sunlinked.inc on line 15

Warning: Can't preload unlinked class Forgets: Class Forgets contains 1 abstract method and must therefore be declared abstract or implement the remaining methods (WantsOne::m) in %sunlinked.inc on line 17

Warning: Can't preload unlinked class NotFinal: Class NotFinal cannot extend final class Closure in %sunlinked.inc on line 18

Warning: Can't preload unlinked class MissingInterface@anonymous: Unknown interface MissingInterface in %sunlinked.inc on line 19

Warning: Can't preload unlinked class Uses: Class Uses contains 1 abstract method and must therefore be declared abstract or implement the remaining methods (Uses::asked) in %sunlinked.inc on line 20

Warning: Can't preload unlinked class Other: Could not check compatibility between Other::m(Missing3 $a) and Typed::m(Missing2 $a), because class Missing2 is not available in %sunlinked.inc on line 24

Warning: Can't preload unlinked class NotTrait: NotTrait cannot use Circle - it is not a trait in %sunlinked.inc on line 25

Warning: Can't preload already declared class Twice in %sunlinked_again.inc on line 2

Warning: Can't preload already declared class stdClass in %sunlinked_again.inc on line 3
NoParent false
Chain false
Backwards true
Forwards true
Circle true
Round false
Wrong false
Holder true
Uses false
Same true
Other false
Twice true
object(Forwards)#1 (0) {
}
int(1)

Fatal error: Declaration of Wrong::m($more) must be compatible with WantsOne::m() in %sunlinked.inc on line 15
