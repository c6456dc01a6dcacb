//! What one request leaves behind for the next ones of its thread: the same results as in a new process.

mod common;

use common::Collect;
use phalanx_engine::{Engine, EngineConfig, Process};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A folder of scripts, and an engine that caches them and compiles whatever it can.
struct Site {
    folder: PathBuf,
    engine: Arc<Engine>,
}

impl Site {
    fn new(name: &str) -> Site {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("requests-{name}"));
        std::fs::create_dir_all(&folder).expect("a folder for scripts");
        let settings = [
            ("opcache.enable_cli", "1"),
            ("opcache.file_update_protection", "0"),
            ("opcache.jit", "tracing"),
            ("opcache.jit_buffer_size", "4M"),
            ("opcache.jit_hot_loop", "1"),
            ("phalanx.jit_background", "0"),
        ];
        let ini = settings.iter().map(|(name, value)| (name.as_bytes().to_vec(), value.as_bytes().to_vec()));
        let config = EngineConfig { ini: ini.collect(), ..Default::default() };
        Site { folder, engine: Engine::new(config).expect("good settings") }
    }

    /// Writes a script; requests that begin from now on see it.
    fn write(&self, name: &str, code: &str) {
        let path = self.folder.join(name);
        std::fs::write(&path, format!("<?php\n{code}")).expect("a script can be written");
        self.request("", &format!("opcache_invalidate({path:?}, true);"));
    }

    /// The output of a request that runs code after including scripts.
    fn request(&self, scripts: &str, code: &str) -> String {
        let includes =
            scripts.split_whitespace().map(|name| format!("include {:?};", self.folder.join(name)));
        let code = includes.collect::<String>() + code;
        let output = Arc::default();
        let mut request =
            self.engine.request(Box::new(Collect(Arc::clone(&output))), Process::default(), 30 << 20);
        request.run_code(code.as_bytes(), b"test");
        request.finish();
        let bytes = output.lock().expect("nobody panics with it").clone();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// Runs a test on a thread whose stack is large enough for requests.
fn on_thread(test: fn()) {
    let thread = std::thread::Builder::new().stack_size(32 << 20).spawn(test).expect("a thread");
    thread.join().expect("the test passes");
}

#[test]
fn code_knows_a_class_from_the_one_that_replaces_its_script() {
    on_thread(|| {
        let site = Site::new("replaced");
        site.write(
            "sum.php",
            "function sum(object $of) { $sum = 0; for ($i = 0; $i < 50; $i++) $sum += $of->y; return $sum; }",
        );
        site.write("point.php", "class Point { public int $x = 1; public int $y = 2; }");
        assert_eq!(site.request("sum.php point.php", "echo sum(new Point);"), "100");
        let jit = site.engine.jit().expect("it is on").status();
        assert!(jit.compiled > 0, "nothing was compiled");
        // Several times, so that the script has each id that its predecessors had.
        for round in 0..20 {
            site.write(
                "point.php",
                "class Point { public string $z = 'z'; public array $x = []; public int $y = 3; }",
            );
            assert_eq!(site.request("sum.php point.php", "echo sum(new Point);"), "150", "round {round}");
            site.write("point.php", "class Point { public int $x = 1; public int $y = 2; }");
            assert_eq!(site.request("sum.php point.php", "echo sum(new Point);"), "100", "round {round}");
        }
    });
}
