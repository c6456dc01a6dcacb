--TEST--
A script with a class that is included twice
--INI--
opcache.enable_cli=1
opcache.file_update_protection=0
--FILE--
<?php
file_put_contents(__DIR__ . '/redeclared_same_file.inc', '<?php class Once {} class Twice extends Once {}');
include __DIR__ . '/redeclared_same_file.inc';
include __DIR__ . '/redeclared_same_file.inc';
?>
--CLEAN--
<?php unlink(__DIR__ . '/redeclared_same_file.inc'); ?>
--EXPECTF--
Fatal error: Cannot redeclare class Once (previously declared in %sredeclared_same_file.inc:1) in %sredeclared_same_file.inc on line 1
