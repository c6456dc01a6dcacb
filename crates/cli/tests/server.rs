//! `-S`: the server as a process, and what clients get from it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command, Stdio};

/// A server with a folder of files of its own; both end with the test.
struct Server {
    child: Child,
    port: u16,
    folder: PathBuf,
    log: BufReader<ChildStderr>,
}

impl Server {
    fn start(name: &str, files: &[(&str, &str)], options: &[&str], router: &[&str]) -> Server {
        let folder = std::env::temp_dir().join(format!("phalanx-server-{}-{name}", std::process::id()));
        for (file, text) in files {
            let path = folder.join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let mut child = Command::new(env!("CARGO_BIN_EXE_phalanx"))
            .args(["-n"])
            .args(options)
            .args(["-S", "127.0.0.1:0"])
            .args(router)
            .current_dir(&folder)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        log.read_line(&mut line).unwrap();
        let (before, after) = line.split_once(" Development Server (http://127.0.0.1:").expect(&line);
        assert!(before.starts_with('[') && before.contains("] PHP 8."), "{line}");
        let port = after.trim_end().strip_suffix(") started").expect(&line).parse().unwrap();
        Server { child, port, folder, log }
    }

    /// Sends bytes and gives all that comes back.
    fn raw(&self, request: &[u8]) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.write_all(request).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Status line, and the body, of a request without one of its own.
    fn get(&self, method: &str, target: &str) -> (String, String) {
        let answer = self.raw(format!("{method} {target} HTTP/1.1\r\nHost: h\r\n\r\n").as_bytes());
        let (head, body) = answer.split_once("\r\n\r\n").expect(&answer);
        (head.lines().next().unwrap().to_owned(), body.to_owned())
    }

    fn check(&self, target: &str, status: &str, body: &str) {
        let (line, got) = self.get("GET", target);
        assert_eq!((line.as_str(), got.as_str()), (format!("HTTP/1.1 {status}").as_str(), body), "{target}");
    }

    /// Ends the server and gives the rest of its log, without times and ports of clients.
    fn end(mut self) -> Vec<String> {
        self.child.kill().unwrap();
        let mut lines = Vec::new();
        let mut line = String::new();
        while self.log.read_line(&mut line).is_ok_and(|count| count > 0) {
            let text = line.trim_end().split_once("] ").map_or(line.trim_end(), |(_, text)| text);
            let text = match text.strip_prefix("127.0.0.1:").and_then(|rest| rest.split_once(' ')) {
                Some((_, rest)) => rest,
                None => text,
            };
            lines.push(text.to_owned());
            line.clear();
        }
        lines
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

/// The head of an answer without its date.
fn head(answer: &str) -> Vec<&str> {
    let head = answer.split("\r\n\r\n").next().unwrap();
    head.split("\r\n").filter(|line| !line.starts_with("Date: ")).collect()
}

#[test]
fn scripts_and_files() {
    let files = [
        ("index.php", "<?php echo $_SERVER['SCRIPT_NAME'], ' ', $_SERVER['PATH_INFO'] ?? '-';"),
        ("sub/x.php", "<?php echo $_SERVER['PHP_SELF'], ' ', basename(getcwd()), ' ', PHP_SAPI;"),
        ("sub/page.html", "<p>page"),
        ("empty/none.txt", "text"),
    ];
    let server = Server::start("files", &files, &[], &[]);
    server.check("/", "200 OK", "/index.php -");
    server.check("/no/such", "200 OK", "/index.php /no/such");
    server.check("/sub/x.php/a?b", "200 OK", "/sub/x.php/a sub cli-server");
    server.check("/sub/page.html", "200 OK", "<p>page");
    server.check("/../empty/%6eone.txt", "200 OK", "text");
    let (status, page) = server.get("GET", "/empty/<x>");
    assert_eq!(status, "HTTP/1.1 404 Not Found");
    assert!(page.contains("<code class=\"url\">/empty/&lt;x&gt;</code> was not found"), "{page}");
    assert_eq!(server.get("DELETE", "/sub/page.html").0, "HTTP/1.1 405 Method Not Allowed");
    assert_eq!(server.get("FOO", "/").0, "HTTP/1.1 501 Not Implemented");
    assert_eq!(server.get("HEAD", "/sub/page.html"), ("HTTP/1.1 200 OK".to_owned(), String::new()));
    let answer = server.raw(b"GET /sub/page.html HTTP/1.0\r\n\r\n");
    let wanted = [
        "HTTP/1.0 200 OK",
        "Connection: close",
        "Content-Type: text/html; charset=UTF-8",
        "Content-Length: 7",
    ];
    assert_eq!(head(&answer), wanted);
    let log = server.end();
    assert_eq!(log[..2], ["Accepted", "[200]: GET /"]);
    let count = |wanted: &str| log.iter().filter(|line| *line == wanted).count();
    assert!(count("Closing") > 5 && count("Accepted") >= count("Closing"), "{log:?}");
    assert!(log.contains(&"[404]: GET /empty/<x> - No such file or directory".to_owned()), "{log:?}");
    assert!(log.contains(&"[501]: NOTIMPLEMENTED / - Success".to_owned()), "{log:?}");
}

#[test]
fn what_a_script_gets_and_says() {
    let script = "<?php header('X-A: 1'); setcookie('c', 'd e'); header('Content-Type: text/plain');\n\
                  echo json_encode([$_GET, $_POST, $_COOKIE, $_REQUEST, file_get_contents('php://input'),\n\
                  $_SERVER['HTTP_X_Y'], $_SERVER['CONTENT_LENGTH'], getallheaders()['x-y']]);";
    let server = Server::start("script", &[("s.php", script)], &[], &[]);
    let answer = server.raw(
        b"POST /s.php?a[]=1&b=2 HTTP/1.1\r\nHost: h\r\nx-y: z\r\nCookie: k=v%20w; k=2\r\n\
          Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 7\r\n\r\nb=3&d=+",
    );
    let version = answer.lines().find(|line| line.starts_with("X-Powered-By: PHP/8.")).expect(&answer);
    let wanted = [
        "HTTP/1.1 200 OK",
        "Host: h",
        "Connection: close",
        version,
        "X-A: 1",
        "Set-Cookie: c=d%20e",
        "Content-type: text/plain;charset=UTF-8",
    ];
    assert_eq!(head(&answer), wanted);
    let body = "[{\"a\":[\"1\"],\"b\":\"2\"},{\"b\":\"3\",\"d\":\" \"},{\"k\":\"v w\"},\
                {\"a\":[\"1\"],\"b\":\"3\",\"d\":\" \",\"k\":\"v w\"},\"b=3&d=+\",\"z\",\"7\",\"z\"]";
    assert!(answer.ends_with(&format!("\r\n\r\n{body}")), "{answer}");
}

#[test]
fn statuses() {
    let files = [
        ("code.php", "<?php http_response_code(422);"),
        ("line.php", "<?php header('HTTP/1.0 418 Tea');"),
        ("away.php", "<?php header('Location: /x');"),
        ("login.php", "<?php header('WWW-Authenticate: Basic');"),
        ("same.php", "<?php http_response_code(304); var_dump(http_response_code());"),
        ("fatal.php", "<?php none();"),
        ("parse.php", "<?php }"),
        ("deep.php", "<?php function f() { f(); } f();"),
    ];
    let server = Server::start("statuses", &files, &["-d", "display_errors=0"], &[]);
    for (target, line) in [
        ("/code.php", "HTTP/1.1 422 Unknown Status Code"),
        ("/line.php", "HTTP/1.0 418 Tea"),
        ("/away.php", "HTTP/1.1 302 Found"),
        ("/login.php", "HTTP/1.1 401 Unauthorized"),
        ("/same.php", "HTTP/1.1 304 Not Modified"),
        ("/fatal.php", "HTTP/1.0 500 Internal Server Error"),
        ("/parse.php", "HTTP/1.0 500 Internal Server Error"),
        ("/deep.php", "HTTP/1.0 500 Internal Server Error"),
    ] {
        assert_eq!(server.get("GET", target).0, line, "{target}");
    }
    assert!(!server.raw(b"GET /same.php HTTP/1.1\r\n\r\n").contains("Content-"));
    let log = server.end();
    let fatal = log.iter().find(|line| line.starts_with("[500]: GET /fatal.php")).unwrap();
    assert!(fatal.starts_with("[500]: GET /fatal.php - Uncaught Error: Call to undefined function none()"));
}

#[test]
fn files_in_forms() {
    let script = "<?php $f = $_FILES['f']; $t = $f['tmp_name'];\n\
                  echo json_encode([$_POST, $f['name'], $f['full_path'], $f['type'], $f['error'], $f['size']]);\n\
                  echo file_get_contents($t[0]), json_encode([is_uploaded_file($t[0]), is_uploaded_file(__FILE__),\n\
                  move_uploaded_file($t[0], 'moved'), is_uploaded_file($t[0]), file_get_contents('moved'),\n\
                  move_uploaded_file(__FILE__, 'x'), file_get_contents('php://input'), fileperms('moved') & 0o444]);\n\
                  echo \"\\n\", $t[1];";
    let server = Server::start("forms", &[("s.php", script)], &["-d", "upload_max_filesize=10"], &[]);
    let part = |head: &str, content: &str| {
        format!("--B\r\nContent-Disposition: form-data; {head}\r\n\r\n{content}\r\n")
    };
    let body = [
        part("name=\"a[b]\"", "one\r\ntwo"),
        part("name=\"f[]\"; filename=\"d/n.txt\"\r\nContent-Type: t/x", "content"),
        part("name=\"f[]\"; filename=\"m\"", "more"),
        part("name=\"f[]\"; filename=\"large\"", "more than ten bytes"),
        part("name=\"f[]\"; filename=\"\"", ""),
        "--B--\r\n".to_owned(),
    ]
    .concat();
    let length = body.len();
    let answer = server.raw(
        format!("POST /s.php HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=\"B\"\r\nContent-Length: {length}\r\n\r\n{body}")
            .as_bytes(),
    );
    let (_, answer) = answer.split_once("\r\n\r\n").expect(&answer);
    let (shown, left) = answer.rsplit_once('\n').expect(answer);
    let wanted = "[{\"a\":{\"b\":\"one\\r\\ntwo\"}},[\"n.txt\",\"m\",\"large\",\"\"],[\"d\\/n.txt\",\"m\",\"large\",\"\"],\
                  [\"t\\/x\",\"\",\"\",\"\"],[0,0,1,4],[7,4,0,0]]\
                  content[true,false,true,false,\"content\",false,\"\",292]";
    assert_eq!(shown, wanted);
    // What nobody has moved goes with the request.
    assert!(!left.is_empty() && !std::path::Path::new(left).exists(), "{left}");
}

#[test]
fn routers() {
    let router = "<?php if (str_starts_with($_SERVER['REQUEST_URI'], '/real')) return false;\n\
                  echo 'routed ', $_SERVER['REQUEST_METHOD'], ' ', $_SERVER['SCRIPT_NAME'];";
    let files = [("docs/real.txt", "real"), ("docs/real.php", "<?= 1 + 1 ?>"), ("router.php", router)];
    let server = Server::start("routers", &files, &["-t", "docs"], &["router.php"]);
    server.check("/real.txt", "200 OK", "real");
    server.check("/real.php", "200 OK", "2");
    assert_eq!(server.get("GET", "/real-not").0, "HTTP/1.1 404 Not Found");
    server.check("/other", "200 OK", "routed GET /other");
    assert_eq!(server.get("MKCALENDAR", "/m").1, "routed MKCALENDAR /m");
}

#[test]
fn bad_clients() {
    let server = Server::start("clients", &[("index.php", "<?php echo 'here';")], &[], &[]);
    let silent = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    assert_eq!(server.raw(b"garbage\r\n\r\n"), "");
    let endless = [b"GET / HTTP/1.1\r\nX: ".as_slice(), &[b'x'; 100_000]].concat();
    let mut stream = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    // The server may close before all of it is written.
    drop(stream.write_all(&endless));
    drop(stream.read_to_end(&mut Vec::new()));
    for part in ["", "GET / HT", "POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc"] {
        let mut gone = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
        gone.write_all(part.as_bytes()).unwrap();
    }
    // The one that says nothing is still there, and in nobody's way.
    server.check("/", "200 OK", "here");
    drop(silent);
    let log = server.end();
    let malformed = "Invalid request (Malformed HTTP request)";
    assert_eq!(log.iter().filter(|line| *line == malformed).count(), 2, "{log:?}");
}

#[test]
fn an_interrupt_ends_it_in_good_order() {
    let mut server = Server::start("interrupt", &[("index.php", "<?php echo 1;")], &[], &[]);
    server.check("/", "200 OK", "1");
    let sent = Command::new("kill").args(["-INT", &server.child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
}

#[test]
fn the_cache_is_on_unless_it_is_switched_off() {
    let script = "<?php var_dump(is_array(opcache_get_status(false)), ini_get('opcache.enable_cli'));";
    let server = Server::start("cache", &[("s.php", script)], &[], &[]);
    server.check("/s.php", "200 OK", "bool(true)\nstring(1) \"0\"\n");
    let server = Server::start("no-cache", &[("s.php", script)], &["-d", "opcache.enable=0"], &[]);
    server.check("/s.php", "200 OK", "bool(false)\nstring(1) \"0\"\n");
}

#[test]
fn what_cannot_be_served() {
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_phalanx")).arg("-n").args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    assert_eq!(run(&["-S", "nonsense"]), "Invalid address: nonsense\n");
    assert_eq!(run(&["-S", "127.0.0.1:0", "-t", "/no/such"]), "Directory /no/such does not exist.\n");
    assert_eq!(run(&["-S", "127.0.0.1:0", "-t", "/dev/null"]), "/dev/null is not a directory.\n");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let log = run(&["-S", &address]);
    let wanted = format!("Failed to listen on {address} (reason: Address already in use)\n");
    assert!(log.ends_with(&wanted), "{log}");
}
