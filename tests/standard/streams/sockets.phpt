--TEST--
fsockopen() and stream_socket_client(): connections as streams, time-outs, errors
--FILE--
<?php
require __DIR__ . '/server.inc';
$server = start_server('sockets', '<?php echo "one\ntwo\n"; if (isset($_GET["slow"])) { flush(); sleep(3); } echo "three\n";');
[$host, $port] = explode(':', $server);

$stream = fsockopen($host, (int) $port, $code, $message, 5);
var_dump(get_resource_type($stream), $code, $message);
$meta = stream_get_meta_data($stream);
var_dump($meta['timed_out'], $meta['blocked'], $meta['eof'], $meta['mode'], $meta['seekable'], isset($meta['wrapper_type']));
var_dump($meta['uri'] === $server, stream_socket_get_name($stream, true) === $server, stream_is_local($stream));
var_dump(fwrite($stream, "GET / HTTP/1.0\r\n\r\n"));
while (($line = fgets($stream)) !== "\r\n") {
    echo preg_match('~^HTTP~', $line) ? $line : '';
}
while (!feof($stream)) {
    echo fgets($stream);
}
var_dump(fread($stream, 10), fgets($stream), feof($stream));
fclose($stream);

$stream = stream_socket_client("tcp://$server");
fwrite($stream, "GET /?slow HTTP/1.0\r\n\r\n");
while (fgets($stream) !== "\r\n");
var_dump(fgets($stream), fgets($stream));
var_dump(stream_set_timeout($stream, 0, 1000), fgets($stream), stream_get_meta_data($stream)['timed_out'], feof($stream));
var_dump(stream_set_blocking($stream, false), fread($stream, 10), stream_get_meta_data($stream)['timed_out']);
var_dump(stream_socket_shutdown($stream, STREAM_SHUT_RDWR), fread($stream, 10), feof($stream));

set_error_handler(function (int $level, string $text) {
    echo "[$level] $text\n";
});
foreach ([['127.0.0.1', 1], ['tcp://127.0.0.1:1'], ['127.0.0.1'], ['foo://127.0.0.1', 1], ['no-such.invalid', 1], ['', 0], ['tcp://[::1', 1]] as $address) {
    var_dump(fsockopen($address[0], $address[1] ?? -1, $code, $message), $code, $message);
}
var_dump(stream_socket_client('127.0.0.1:1', $code, $message), $code, $message);
var_dump(stream_socket_client('tcp://127.0.0.1'));
?>
--EXPECT--
string(6) "stream"
int(0)
string(0) ""
bool(false)
bool(true)
bool(false)
string(2) "r+"
bool(false)
bool(false)
bool(true)
bool(true)
bool(false)
int(18)
HTTP/1.0 200 OK
one
two
three
string(0) ""
bool(false)
bool(true)
string(4) "one
"
string(4) "two
"
bool(true)
bool(false)
bool(true)
bool(false)
bool(true)
string(0) ""
bool(true)
bool(true)
string(0) ""
bool(true)
[2] fsockopen(): Unable to connect to 127.0.0.1:1 (Connection refused)
bool(false)
int(111)
string(18) "Connection refused"
[2] fsockopen(): Unable to connect to tcp://127.0.0.1:1:-1 (Connection refused)
bool(false)
int(111)
string(18) "Connection refused"
[2] fsockopen(): Unable to connect to 127.0.0.1:-1 (Failed to parse address "127.0.0.1")
bool(false)
int(0)
string(35) "Failed to parse address "127.0.0.1""
[2] fsockopen(): Unable to connect to foo://127.0.0.1:1 (Unable to find the socket transport "foo" - did you forget to enable it when you configured PHP?)
bool(false)
int(0)
string(96) "Unable to find the socket transport "foo" - did you forget to enable it when you configured PHP?"
[2] fsockopen(): php_network_getaddresses: getaddrinfo for no-such.invalid failed: Name or service not known
[2] fsockopen(): Unable to connect to no-such.invalid:1 (php_network_getaddresses: getaddrinfo for no-such.invalid failed: Name or service not known)
bool(false)
int(0)
string(91) "php_network_getaddresses: getaddrinfo for no-such.invalid failed: Name or service not known"
[2] fsockopen(): Unable to connect to :0 (Failed to parse address "")
bool(false)
int(0)
string(26) "Failed to parse address """
[2] fsockopen(): Unable to connect to tcp://[::1:1 (Failed to parse IPv6 address "[::1:1")
bool(false)
int(0)
string(37) "Failed to parse IPv6 address "[::1:1""
[2] stream_socket_client(): Unable to connect to 127.0.0.1:1 (Connection refused)
bool(false)
int(111)
string(18) "Connection refused"
[2] stream_socket_client(): Unable to connect to tcp://127.0.0.1 (Failed to parse address "127.0.0.1")
bool(false)
