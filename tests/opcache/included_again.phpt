--TEST--
Static variables of a cached script begin anew each time it is included, in any scope
--INI--
opcache.enable=1
opcache.enable_cli=1
opcache.file_update_protection=0
--FILE--
<?php
$file = __DIR__ . '/included_again.inc';
file_put_contents($file, '<?php
static $times = 0, $list = [];
$list[] = ++$times;
echo json_encode($list), isset($this) ? $this->hidden : "", "\n";
if (isset($again)) { unset($again); include __FILE__; }
');
class Scope {
    private $hidden = 'private';
    function include($file) {
        for ($i = 0; $i < 2; $i++) include $file;
        eval('echo $this->hidden, "\n";');
    }
}
for ($i = 0; $i < 2; $i++) include $file;
(new Scope)->include($file);
(new Scope)->include($file);
$again = true;
include $file;
var_dump(opcache_is_script_cached($file));
?>
--CLEAN--
<?php
@unlink(__DIR__ . '/included_again.inc');
?>
--EXPECT--
[1]
[1]
[1]private
[1]private
private
[1]private
[1]private
private
[1]
[1]
bool(true)
