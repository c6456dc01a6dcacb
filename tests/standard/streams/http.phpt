--TEST--
http:// is read as a file: methods, headers, redirections, chunks, errors
--FILE--
<?php
require __DIR__ . '/server.inc';
$server = start_server('http', <<<'PHP'
<?php
header_remove('X-Powered-By');
switch (strtok($_SERVER['PATH_INFO'] ?? '', '?')) {
    case '/hop':
        header('Location: /echo?hopped', true, (int) $_GET['status']);
        break;
    case '/loop':
        header('Location: /loop');
        break;
    case '/gone':
        http_response_code(404);
        echo 'gone';
        break;
    case '/chunks':
        header('Transfer-Encoding: chunked');
        echo "5\r\nhello\r\n";
        flush();
        echo "6;x=y\r\n world\r\n0\r\n\r\n";
        break;
    case '/slow':
        header('X-A: 1');
        flush();
        sleep(5);
        break;
    default:
        $headers = getallheaders();
        unset($headers['Host']);
        ksort($headers);
        echo $_SERVER['REQUEST_METHOD'], ' ', $_SERVER['REQUEST_URI'], ' ', json_encode($headers), ' ',
            file_get_contents('php://input');
}
PHP);
$base = "http://$server";
$get = function (string $path, array $options = []) use ($base, $server) {
    $content = file_get_contents($base . $path, false, stream_context_create(['http' => $options]));
    echo str_replace($server, 'SERVER', var_export($content, true)), "\n";
    $shown = array_filter($http_response_header, fn($line) => !preg_match('/^(Host|Date): /', $line));
    echo '  ', implode(' | ', $shown), "\n";
};
set_error_handler(function (int $level, string $text) use ($server) {
    echo "[$level] ", str_replace($server, 'SERVER', trim($text)), "\n";
});
$get('/echo?a=b');
$get('/echo', ['method' => 'POST', 'content' => 'x=y', 'header' => 'Content-Type: text/x']);
$get('/echo', ['method' => 'PUT', 'content' => 'z', 'header' => ['A: b', "C: d\r\nE: f"], 'user_agent' => 'ua']);
$get('/echo', ['content' => 'plain']);
$get('/hop?status=302', ['method' => 'POST', 'content' => 'x', 'header' => "Content-Type: t\r\nK: v"]);
$get('/hop?status=307', ['method' => 'POST', 'content' => 'x', 'header' => "Content-Type: t\r\nK: v"]);
$get('/hop?status=302', ['follow_location' => 0]);
$get('/loop', ['max_redirects' => 2]);
$get('/chunks');
$get('/gone');
$get('/gone', ['ignore_errors' => true]);
$get('/slow', ['timeout' => 0.2]);
$auth = file_get_contents("http://us%65r:pass@$server/echo");
echo $auth, "\n";

$stream = fopen("$base/chunks", 'r');
$meta = stream_get_meta_data($stream);
var_dump($meta['wrapper_type'], $meta['mode'], $meta['seekable'], $meta['wrapper_data'][0]);
var_dump(fgets($stream), feof($stream), ftell($stream));
fclose($stream);
var_dump(fopen("$base/", 'w'), copy("$base/echo", __DIR__ . '/http.copy'), filesize(__DIR__ . '/http.copy') > 10);
unlink(__DIR__ . '/http.copy');
var_dump(get_headers("$base/echo", true)['Connection'], http_get_last_response_headers()[0]);
http_clear_last_response_headers();
var_dump(http_get_last_response_headers(), file_exists("$base/echo"), stream_is_local($base));
var_dump(file_get_contents('http://127.0.0.1:1/'), include "$base/echo");
?>
--EXPECT--
'GET /echo?a=b {"Connection":"close"} '
  HTTP/1.1 200 OK | Connection: close | Content-type: text/html; charset=UTF-8
'POST /echo {"Connection":"close","Content-Length":"3","Content-Type":"text\\/x"} x=y'
  HTTP/1.1 200 OK | Connection: close | Content-type: text/html; charset=UTF-8
[8] file_get_contents(): Content-type not specified assuming application/x-www-form-urlencoded
'PUT /echo {"A":"b","C":"d","Connection":"close","Content-Length":"1","Content-Type":"application\\/x-www-form-urlencoded","E":"f","User-Agent":"ua"} z'
  HTTP/1.1 200 OK | Connection: close | Content-type: text/html; charset=UTF-8
[8] file_get_contents(): Content-type not specified assuming application/x-www-form-urlencoded
'GET /echo {"Connection":"close","Content-Length":"5","Content-Type":"application\\/x-www-form-urlencoded"} plain'
  HTTP/1.1 200 OK | Connection: close | Content-type: text/html; charset=UTF-8
'GET /echo?hopped {"Connection":"close","K":"v"} '
  HTTP/1.1 302 Found | Connection: close | Location: /echo?hopped | Content-type: text/html; charset=UTF-8 | HTTP/1.1 200 OK | Connection: close | Content-type: text/html; charset=UTF-8
'POST /echo?hopped {"Connection":"close","Content-Length":"1","Content-Type":"t","K":"v"} x'
  HTTP/1.1 307 Temporary Redirect | Connection: close | Location: /echo?hopped | Content-type: text/html; charset=UTF-8 | HTTP/1.1 200 OK | Connection: close | Content-type: text/html; charset=UTF-8
''
  HTTP/1.1 302 Found | Connection: close | Location: /echo?hopped | Content-type: text/html; charset=UTF-8
[2] file_get_contents(http://SERVER/loop): Failed to open stream: Redirection limit reached, aborting
false
  HTTP/1.1 302 Found | Connection: close | Location: /loop | Content-type: text/html; charset=UTF-8 | HTTP/1.1 302 Found | Connection: close | Location: /loop | Content-type: text/html; charset=UTF-8
'hello world'
  HTTP/1.1 200 OK | Connection: close | Content-type: text/html; charset=UTF-8
[2] file_get_contents(http://SERVER/gone): Failed to open stream: HTTP request failed! HTTP/1.1 404 Not Found
false
  HTTP/1.1 404 Not Found | Connection: close | Content-type: text/html; charset=UTF-8
'gone'
  HTTP/1.1 404 Not Found | Connection: close | Content-type: text/html; charset=UTF-8
''
  HTTP/1.1 200 OK | Connection: close | X-A: 1 | Content-type: text/html; charset=UTF-8
GET /echo {"Authorization":"Basic dXNlcjpwYXNz","Connection":"close"} 
string(4) "http"
string(1) "r"
bool(false)
string(15) "HTTP/1.1 200 OK"
string(11) "hello world"
bool(true)
int(11)
[2] fopen(http://SERVER/): Failed to open stream: HTTP wrapper does not support writeable connections
bool(false)
bool(true)
bool(true)
string(5) "close"
string(15) "HTTP/1.1 200 OK"
NULL
bool(false)
bool(false)
[2] file_get_contents(http://127.0.0.1:1/): Failed to open stream: Connection refused
[2] include(): http:// wrapper is disabled in the server configuration by allow_url_include=0
[2] include(http://SERVER/echo): Failed to open stream: no suitable wrapper could be found
[2] include(): Failed opening 'http://SERVER/echo' for inclusion (include_path='.:/usr/share/php')
bool(false)
bool(false)
