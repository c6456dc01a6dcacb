--TEST--
A property whose constant name is an array is not taken for the one that was read before
--FILE--
<?php
// The reference converts the name when it compiles, and warns then.
error_reporting(0);
eval('class Named {
    public $first = "wrong";
    public $Array = "right";
    const First = "wrong";
    function get() { $first = $this->first; return $this->{[1]}; }
    function set($value) { $this->first = "first"; $this->{[2]} = $value; return $this; }
}');
$named = new Named;
echo $named->get(), ' ', $named->get(), ' ', $named->set(3)->get(), ' ', $named->set(4)->get(), ' ', $named->first, "\n";
?>
--EXPECT--
right right 3 4 first
