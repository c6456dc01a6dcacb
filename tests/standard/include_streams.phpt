--TEST--
include of streams: of classes, through filters, and those that allow_url_include is for
--INI--
allow_url_include=0
--FILE--
<?php
class Scripts {
    public $context; private $source; private $at = 0;
    const ALL = ['a' => "<?php echo __FILE__, ' ', __LINE__, \"\\n\"; return \$x + 5;", 'bad' => '<?php parse error',
        'declares' => '<?php function fromStream() { return __FUNCTION__; } class FromStream {}', 'html' => "html <?= \$x ?>\n"];
    function stream_open($path, $mode, $options, &$opened) {
        echo "open $path $mode ", dechex($options), "\n";
        $this->source = self::ALL[substr($path, 10)] ?? null;
        return $this->source !== null || fopen('/nowhere', 'r');
    }
    function stream_read($count) { $read = substr($this->source, $this->at, $count); $this->at += strlen($read); return $read; }
    function stream_eof() { return $this->at >= strlen($this->source); }
    function stream_stat() { echo "stat\n"; return []; }
    function stream_set_option($option, $first, $second) { echo "option $option $first\n"; return false; }
}
stream_wrapper_register('scripts', 'Scripts');
$x = 1;
var_dump(include 'scripts://a');
var_dump(include_once 'scripts://declares', fromStream(), new FromStream);
var_dump(include 'scripts://missing');
try { include 'scripts://bad'; } catch (ParseError $e) { echo $e->getMessage(), ' ', $e->getFile(), "\n"; }
include 'scripts://html';
var_dump(get_included_files() === [__FILE__, 'scripts://a', 'scripts://declares', 'scripts://html']);
foreach (['data:text/plain,<?php return 1;', 'php://input', 'php://stdin', 'php://filter/resource=data:,x', 'glob:///tmp/*'] as $path) {
    var_dump(include $path);
}
file_put_contents(__DIR__ . '/include_streams.inc', 'plain <?php return "read {$x}";');
$X = 2; var_dump(include "php://filter/read=string.toupper/resource=include_streams.inc");
include 'php://filter/read=nope.filter/resource=' . __DIR__ . '/include_streams.inc';
include 'php://filter/read=string.toupper/resource=nowhere.inc';
class Quote extends php_user_filter {
    function onCreate(): bool { echo "create $this->filtername\n"; return $this->filtername !== 'quote.no'; }
    function filter($in, $out, &$consumed, bool $closing): int {
        while ($bucket = stream_bucket_make_writeable($in)) {
            $bucket->data = strtr($bucket->data, ['plain' => 'filtered', '$x' => '{$x}{$x}']);
            $consumed += $bucket->datalen;
            stream_bucket_append($out, $bucket);
        }
        return PSFS_PASS_ON;
    }
}
stream_filter_register('quote.*', 'Quote');
var_dump(include 'php://filter/read=quote.twice/resource=' . __DIR__ . '/include_streams.inc');
$memory = fopen('php://memory', 'r+');
var_dump(stream_filter_append($memory, 'nope'), stream_filter_append($memory, 'convert.nope'), stream_filter_append($memory, 'quote.no'));
require 'scripts://missing';
?>
--CLEAN--
<?php unlink(__DIR__ . '/include_streams.inc'); ?>
--EXPECTF--
open scripts://a rb 10081
option 2 0
stat
scripts://a 1
int(6)
open scripts://declares rb 10081
option 2 0
stat
int(1)
string(10) "fromStream"
object(FromStream)#1 (0) {
}
open scripts://missing rb 10081

Warning: fopen(/nowhere): Failed to open stream: No such file or directory in %sinclude_streams.php on line 9

Warning: include(scripts://missing): Failed to open stream: "Scripts::stream_open" call failed in %sinclude_streams.php on line 20

Warning: include(): Failed opening 'scripts://missing' for inclusion (include_path='.:/usr/share/php') in %sinclude_streams.php on line 20
bool(false)
open scripts://bad rb 10081
option 2 0
stat
syntax error, unexpected identifier "error" scripts://bad
open scripts://html rb 10081
option 2 0
stat
html 1bool(true)

Warning: include(): data:// wrapper is disabled in the server configuration by allow_url_include=0 in %sinclude_streams.php on line 25

Warning: include(data:text/plain,<?php return 1;): Failed to open stream: no suitable wrapper could be found in %sinclude_streams.php on line 25

Warning: include(): Failed opening 'data:text/plain,<?php return 1;' for inclusion (include_path='.:/usr/share/php') in %sinclude_streams.php on line 25
bool(false)

Warning: include(php://input): Failed to open stream: operation failed in %sinclude_streams.php on line 25

Warning: include(): Failed opening 'php://input' for inclusion (include_path='.:/usr/share/php') in %sinclude_streams.php on line 25
bool(false)

Warning: include(php://stdin): Failed to open stream: operation failed in %sinclude_streams.php on line 25

Warning: include(): Failed opening 'php://stdin' for inclusion (include_path='.:/usr/share/php') in %sinclude_streams.php on line 25
bool(false)

Warning: include(php://filter/resource=data:,x): Failed to open stream: operation failed in %sinclude_streams.php on line 25

Warning: include(): Failed opening 'php://filter/resource=data:,x' for inclusion (include_path='.:/usr/share/php') in %sinclude_streams.php on line 25
bool(false)

Warning: include(glob:///tmp/*): Failed to open stream: wrapper does not support stream open in %sinclude_streams.php on line 25

Warning: include(): Failed opening 'glob:///tmp/*' for inclusion (include_path='.:/usr/share/php') in %sinclude_streams.php on line 25
bool(false)
PLAIN string(6) "READ 2"

Warning: include(): Unable to locate filter "nope.filter" in %sinclude_streams.php on line 29

Warning: include(): Unable to create filter (nope.filter) in %sinclude_streams.php on line 29
plain 
Warning: include(php://filter/read=string.toupper/resource=nowhere.inc): Failed to open stream: operation failed in %sinclude_streams.php on line 30

Warning: include(): Failed opening 'php://filter/read=string.toupper/resource=nowhere.inc' for inclusion (include_path='.:/usr/share/php') in %sinclude_streams.php on line 30
create quote.twice
filtered string(9) "read {11}"

Warning: stream_filter_append(): Unable to locate filter "nope" in %sinclude_streams.php on line 45

Warning: stream_filter_append(): Unable to create or locate filter "convert.nope" in %sinclude_streams.php on line 45
create quote.no

Warning: stream_filter_append(): Unable to create or locate filter "quote.no" in %sinclude_streams.php on line 45
bool(false)
bool(false)
bool(false)
open scripts://missing rb 10081

Warning: fopen(/nowhere): Failed to open stream: No such file or directory in %sinclude_streams.php on line 9

Warning: require(scripts://missing): Failed to open stream: "Scripts::stream_open" call failed in %sinclude_streams.php on line 46

Fatal error: Uncaught Error: Failed opening required 'scripts://missing' (include_path='.:/usr/share/php') in %sinclude_streams.php:46
Stack trace:
#0 {main}
  thrown in %sinclude_streams.php on line 46
