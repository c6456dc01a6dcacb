--TEST--
echo and print with several arguments
--FILE--
<?php
echo 1, ' ', "two", ' ', 3.5, "\n";
print "print\n";
echo print '', "\n";
echo true, false, null, "|\n";
?>
inline <?= 1 + 2 ?> html
<?= 'a', 'b' ?>

end
--EXPECT--
1 two 3.5
print
1
1|
inline 3 html
ab
end
