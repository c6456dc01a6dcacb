//! Hostile files in the file cache: each is refused, or does what some script might do. None ends a process.
//!
//! Real images are mutated at random, with a fixed seed and with the checksum made right again, so that what is tested is the
//! verifier. What it accepts runs in child processes: from the shared segment, privately, and with the JIT.
//!
//! `PHALANX_FILE_CACHE_MUTATIONS` sets how many mutations there are (10,000), `PHALANX_FILE_CACHE_SEED` others than usual.

mod common;

use common::Collect;
use phalanx_bytecode::spec::{base_of, fuse, specialize};
use phalanx_bytecode::table::{OPCODES, Role};
use phalanx_bytecode::unit::{Image, PrivateUnit};
use phalanx_bytecode::{Kind, Op, Opcode};
use phalanx_engine::{Engine, EngineConfig, Process};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

const SCRIPTS: [&str; 3] = ["calls", "classes", "control"];
/// Mutants that one child runs.
const BATCH: usize = 40;
/// How long a child may take. A mutated loop may run for ever, which the time limit of scripts ends, unless what it loops in
/// is a handler of that limit.
const PATIENCE: Duration = Duration::from_secs(120);

/// A folder that is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("phalanx-file-cache-{}-{name}", std::process::id()));
        fs::create_dir_all(path.join("cache")).expect("a folder");
        Folder(fs::canonicalize(path).expect("a folder"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// Runs a script with the file cache in `folder`.
fn run(folder: &Path, script: &Path, more: &[(&str, &str)]) -> String {
    let cache = folder.join("cache").to_string_lossy().into_owned();
    let always = [
        ("opcache.enable_cli", "1"),
        ("opcache.file_cache", cache.as_str()),
        ("opcache.file_update_protection", "0"),
        ("max_execution_time", "1"),
        ("memory_limit", "64M"),
    ];
    let ini = always.iter().chain(more);
    let ini = ini.map(|(name, value)| (name.as_bytes().to_vec(), value.as_bytes().to_vec())).collect();
    let script = script.to_string_lossy().into_owned();
    let work = move || {
        let engine = Engine::new(EngineConfig { ini, ..Default::default() }).expect("good settings");
        let output = Collect::default();
        let mut request = engine.request(Box::new(output.clone()), Process::default(), 30 << 20);
        request.run_file(script.as_bytes()).expect("the script is there");
        request.finish();
        let bytes = output.0.lock().expect("nobody panics with it");
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let thread = std::thread::Builder::new().stack_size(32 << 20).spawn(work).expect("a thread");
    thread.join().expect("the engine does not panic")
}

/// Settings for mutant number `number`.
fn settings(number: usize) -> &'static [(&'static str, &'static str)] {
    match number % 3 {
        0 => &[("opcache.file_cache_only", "1")],
        1 => &[("opcache.memory_consumption", "8")],
        _ => &[
            ("opcache.memory_consumption", "8"),
            ("opcache.jit", "tracing"),
            ("opcache.jit_buffer_size", "4M"),
            ("opcache.jit_hot_loop", "1"),
            ("opcache.jit_hot_func", "1"),
            ("phalanx.jit_background", "0"),
        ],
    }
}

/// A script and its file in the cache.
struct Original {
    script: PathBuf,
    file: PathBuf,
    bytes: Vec<u8>,
    /// Where the image begins.
    start: usize,
    /// Where the code of its functions lies in the image.
    functions: Vec<(usize, usize)>,
}

/// Copies a script into a folder and lets the engine make its file.
fn original(folder: &Folder, name: &str) -> Original {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/file_cache/{name}.php"));
    let script = folder.0.join(format!("{name}.php"));
    fs::copy(source, &script).expect("a script");
    let compiled = run(&folder.0, &script, settings(0));
    let cache = folder.0.join("cache");
    let home = fs::read_dir(&cache).expect("a folder").next().expect("a folder").expect("a folder").path();
    let file = PathBuf::from(format!("{}{}.bin", home.display(), script.display()));
    let bytes = fs::read(&file).expect("the engine has written the file");
    let path_len = u32::from_ne_bytes(bytes[52..56].try_into().expect("four bytes")) as usize;
    let start = (80 + path_len).next_multiple_of(16);
    let functions = code_of(&bytes[start..]);
    for number in 0..3 {
        assert_eq!(run(&folder.0, &script, settings(number)), compiled, "{name} from its file");
    }
    assert!(!compiled.contains("Fatal error"), "{compiled}");
    Original { script, file, bytes, start, functions }
}

/// The file with another image, its length and checksum made right.
fn forge(original: &Original, image: &[u8]) -> Vec<u8> {
    let mut bytes = [&original.bytes[..original.start], image].concat();
    bytes[64..72].copy_from_slice(&(image.len() as u64).to_ne_bytes());
    let sum = crc32fast::hash(&bytes[16..]);
    bytes[12..16].copy_from_slice(&sum.to_ne_bytes());
    bytes
}

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % limit.max(1)
    }
}

/// Where the code of the functions lies in an image: offset and number of instructions.
fn code_of(image: &[u8]) -> Vec<(usize, usize)> {
    let unit = PrivateUnit::new(&Image::verify(image.to_vec()).expect("our own image"), 1);
    let base = unit.get().as_ptr().addr();
    let functions = unit.get();
    let places =
        functions.functions.iter().map(|proto| (proto.code().as_ptr().addr() - base, proto.code().len()));
    places.filter(|&(_, count)| count > 0).collect()
}

fn op_at(bytes: &[u8], at: usize) -> Op {
    let half = |at: usize| u16::from_ne_bytes([bytes[at], bytes[at + 1]]);
    let word = |at: usize| u32::from_ne_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
    Op { code: half(at), x: half(at + 2), a: word(at + 4), b: word(at + 8), c: word(at + 12) }
}

fn set_op(bytes: &mut [u8], at: usize, op: Op) {
    bytes[at..at + 2].copy_from_slice(&op.code.to_ne_bytes());
    bytes[at + 2..at + 4].copy_from_slice(&op.x.to_ne_bytes());
    for (part, word) in [op.a, op.b, op.c].into_iter().enumerate() {
        bytes[at + 4 + part * 4..][..4].copy_from_slice(&word.to_ne_bytes());
    }
}

/// An instruction as it must be to mean the same `distance` bytes further.
fn moved(mut op: Op, distance: i32) -> Op {
    let kinds = [op.kind_a(), op.kind_b(), op.kind_c()];
    let operands = [&mut op.a, &mut op.b, &mut op.c];
    for ((role, kind), operand) in base_of(op.code).info().roles.into_iter().zip(kinds).zip(operands) {
        if role == Role::Jmp || kind == Kind::Lit {
            *operand = (*operand as i32).wrapping_sub(distance) as u32;
        }
    }
    op
}

/// Changes instructions of one function so that they look like what the assembler writes: such mutants get as far as the rules
/// about what code does.
fn mutate_code(bytes: &mut [u8], functions: &[(usize, usize)], random: &mut Random) {
    let (start, count) = functions[random.below(functions.len())];
    let at = start + random.below(count) * 16;
    let other = start + random.below(count) * 16;
    let mut op = op_at(bytes, at);
    op.code = base_of(op.code) as u16;
    let step = [16, -16, 32, -32, 1, -1, 16 * 7][random.below(7)];
    match random.below(10) {
        0 => op.x ^= 1 << random.below(6),
        1 => op.x ^= 1 << (6 + random.below(10)),
        2 => op.a = op.a.wrapping_add_signed(step),
        3 => op.b = op.b.wrapping_add_signed(step),
        4 => op.c = op.c.wrapping_add_signed(step),
        5 => op.code = random.below(OPCODES) as u16,
        6 => op = Op::new(Opcode::NOP),
        7 => op = moved(op_at(bytes, other), at as i32 - other as i32),
        8 => {
            // An operand of another instruction, which has the same kind.
            let source = moved(op_at(bytes, other), at as i32 - other as i32);
            match random.below(3) {
                0 => (op.a, op.x) = (source.a, op.x & !3 | source.x & 3),
                1 => (op.b, op.x) = (source.b, op.x & !(3 << 2) | source.x & 3 << 2),
                _ => (op.c, op.x) = (source.c, op.x & !(3 << 4) | source.x & 3 << 4),
            }
        }
        _ => {
            let next = (at + 16).min(start + (count - 1) * 16);
            let behind = moved(op_at(bytes, next), -16);
            set_op(bytes, next, moved(op, 16));
            op = behind;
        }
    }
    set_op(bytes, at, op);
    for index in 0..count {
        let at = start + index * 16;
        let plain = |at: usize| {
            let op = op_at(bytes, at);
            Op { code: base_of(op.code) as u16, ..op }
        };
        let special = |at: usize| Op { code: specialize(plain(at)), ..plain(at) };
        let fused = (index + 1 < count).then(|| fuse(special(at), special(at + 16))).flatten();
        let code = fused.unwrap_or(special(at).code);
        bytes[at..at + 2].copy_from_slice(&code.to_ne_bytes());
    }
}

/// Changes an image in one to three places.
fn mutate(image: &[u8], functions: &[(usize, usize)], other: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = image.to_vec();
    if random.below(2) == 0 {
        for _ in 0..1 + random.below(3) / 2 {
            mutate_code(&mut bytes, functions, random);
        }
        return bytes;
    }
    for _ in 0..1 + random.below(3) / 2 + random.below(4) / 3 {
        let len = bytes.len();
        if len < 64 {
            break;
        }
        let byte = random.below(len);
        let half = random.below(len / 4) * 4;
        let word = random.below(len / 8) * 8;
        let op = random.below(len / 16) * 16;
        match random.below(12) {
            0 | 1 => bytes[byte] ^= 1 << random.below(8),
            2 => bytes[byte] = random.below(256) as u8,
            3 => {
                let small = (random.below(64) as u32).to_ne_bytes();
                bytes[half..half + 4].copy_from_slice(&small);
            }
            4 | 5 => {
                let step = [1, -1, 16, -16, 1 << 16, -256][random.below(6)];
                let old = i32::from_ne_bytes(bytes[half..half + 4].try_into().expect("four bytes"));
                bytes[half..half + 4].copy_from_slice(&old.wrapping_add(step).to_ne_bytes());
            }
            6 => {
                let from = random.below(len / 8) * 8;
                bytes.copy_within(from..from + 8, word);
            }
            7 => {
                let from = random.below(len / 16) * 16;
                bytes.copy_within(from..from + 16, op);
            }
            8 => {
                // The code of an instruction, or whatever lies there.
                let code = (random.below(320) as u16).to_ne_bytes();
                bytes[op..op + 2].copy_from_slice(&code);
            }
            9 => {
                let next = (op + 16).min(len - 16);
                for at in 0..16 {
                    bytes.swap(op + at, next + at);
                }
            }
            10 => {
                let count = 16 * (1 + random.below(16));
                let from = random.below(other.len().saturating_sub(count) / 16) * 16;
                let to = op.min(len.saturating_sub(count));
                bytes[to..to + count].copy_from_slice(&other[from..from + count]);
            }
            _ => bytes.truncate(byte),
        }
    }
    bytes
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn mutated_images_are_refused_or_harmless() {
    if std::env::var_os("PHALANX_FILE_CACHE_CHILD").is_some() {
        return;
    }
    let folder = Folder::new("mutants");
    let originals: Vec<Original> = SCRIPTS.iter().map(|name| original(&folder, name)).collect();
    // Engines keep panics silent.
    drop(std::panic::take_hook());
    let mut random = Random(number("PHALANX_FILE_CACHE_SEED", 0x9E37_79B9_7F4A_7C15));
    let mut mutants = Vec::new();
    let mut refused = std::collections::BTreeMap::<String, usize>::new();
    let count = number("PHALANX_FILE_CACHE_MUTATIONS", 10_000) as usize;
    for number in 0..count {
        let source = &originals[number % originals.len()];
        let other = &originals[random.below(originals.len())];
        let image = mutate(
            &source.bytes[source.start..],
            &source.functions,
            &other.bytes[other.start..],
            &mut random,
        );
        match Image::verify(image.clone()) {
            Err(why) => {
                let why = why.split(" at ").next().unwrap_or_default();
                let why = why.split(": ").nth(1).unwrap_or(why);
                let why: String = why.chars().filter(|c| !c.is_ascii_digit()).collect();
                *refused.entry(why).or_default() += 1;
            }
            Ok(_) if image == source.bytes[source.start..] => {}
            Ok(_) => {
                let file = folder.0.join(format!("{number}.mutant"));
                fs::write(&file, forge(source, &image)).expect("a file");
                mutants.push((number, number % originals.len()));
            }
        }
    }
    let mut kinds: Vec<_> = refused.iter().map(|(why, count)| (*count, why.as_str())).collect();
    kinds.sort_unstable_by(|a, b| b.cmp(a));
    println!("{count} mutations, {} accepted; refused: {kinds:?}", mutants.len());
    assert!(kinds.len() > 40, "the mutations reach many rules");
    let mut failures = Vec::new();
    let workers = 2;
    let shares: Vec<Vec<_>> =
        (0..workers).map(|worker| mutants.iter().copied().skip(worker).step_by(workers).collect()).collect();
    std::thread::scope(|scope| {
        let work = |share: &Vec<(usize, usize)>, worker: usize| {
            let home = Folder::new(&format!("worker{worker}"));
            let mut failures = Vec::new();
            let mut rest = &share[..];
            while !rest.is_empty() {
                let batch = &rest[..rest.len().min(BATCH)];
                let done = child(&folder, &originals, &home, batch, &mut failures);
                rest = &rest[done..];
            }
            failures
        };
        let running: Vec<_> =
            shares.iter().enumerate().map(|(n, share)| scope.spawn(move || work(share, n))).collect();
        for worker in running {
            failures.extend(worker.join().expect("no panic"));
        }
    });
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

/// Runs mutants in a child process. Gives how many of them are done; one that ended the child is noted.
fn child(
    folder: &Folder,
    originals: &[Original],
    home: &Folder,
    batch: &[(usize, usize)],
    failures: &mut Vec<String>,
) -> usize {
    let list: Vec<String> = batch.iter().map(|(number, script)| format!("{number} {script}")).collect();
    let files: Vec<String> = originals
        .iter()
        .map(|original| format!("{}\t{}", original.script.display(), original.file.display()))
        .collect();
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command
        .args(["--exact", "a_child_runs_what_was_accepted", "--nocapture"])
        .env("PHALANX_BACKTRACE", "1")
        .env("PHALANX_FILE_CACHE_CHILD", folder.0.display().to_string())
        .env("PHALANX_FILE_CACHE_HOME", home.0.display().to_string())
        .env("PHALANX_FILE_CACHE_LIST", list.join("\n"))
        .env("PHALANX_FILE_CACHE_FILES", files.join("\n"))
        .stdout(fs::File::create(home.0.join("out")).expect("a file"))
        .stderr(fs::File::create(home.0.join("err")).expect("a file"));
    let mut process = command.spawn().expect("a process");
    let started = Instant::now();
    let status = loop {
        match process.try_wait().expect("a status") {
            Some(status) => break Some(status),
            None if started.elapsed() > PATIENCE => {
                drop(process.kill());
                drop(process.wait());
                break None;
            }
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    let out = fs::read_to_string(home.0.join("out")).unwrap_or_default();
    let done = out.lines().filter(|line| line.contains("mutant-done")).count();
    for line in out.lines().filter_map(|line| line.strip_prefix("mutant-bug ")) {
        let (number, text) = line.split_once(' ').expect("a number");
        let number: usize = number.parse().expect("a number");
        failures.push(format!("mutant {number}: {text}{}", difference(folder, originals, number)));
    }
    match status {
        Some(status) if status.success() => return batch.len(),
        Some(status) => {
            let (number, script) = batch[done.min(batch.len() - 1)];
            let errors = fs::read_to_string(home.0.join("err")).unwrap_or_default();
            let text = format!("mutant {number} of {}: {status}\n{errors}", SCRIPTS[script]);
            failures.push(text + &difference(folder, originals, number));
        }
        None => {}
    }
    done + 1
}

/// Where a mutant differs from its original.
fn difference(folder: &Folder, originals: &[Original], number: usize) -> String {
    let original = &originals[number % originals.len()];
    let mutant = fs::read(folder.0.join(format!("{number}.mutant"))).expect("a file");
    let (old, new) = (&original.bytes[original.start..], &mutant[original.start..]);
    let mut text = String::new();
    let mut is_code = vec![false; old.len()];
    for (function, &(start, count)) in original.functions.iter().enumerate() {
        is_code[start..start + count * 16].fill(true);
        for index in 0..count {
            let (a, b) = (op_at(old, start + index * 16), op_at(new, start + index * 16));
            let shown = |op: Op| {
                format!("{:?} {:?} {:?} {:?} {op:?}", op.opcode(), op.kind_a(), op.kind_b(), op.kind_c())
            };
            if a != b {
                text += &format!("\n  function {function}, {index}:\n    {}\n    {}", shown(a), shown(b));
            }
        }
    }
    for at in (0..old.len()).step_by(8).filter(|&at| !is_code[at] && old[at..at + 8] != new[at..at + 8]) {
        text += &format!("\n  at {at:#x}: {:x?} {:x?}", &old[at..at + 8], &new[at..at + 8]);
    }
    text
}

/// The body of the child processes.
#[test]
fn a_child_runs_what_was_accepted() {
    let Ok(folder) = std::env::var("PHALANX_FILE_CACHE_CHILD") else { return };
    let var = |name: &str| std::env::var(name).expect("the parent has set it");
    let home = PathBuf::from(var("PHALANX_FILE_CACHE_HOME"));
    let files = var("PHALANX_FILE_CACHE_FILES");
    let files: Vec<(&str, &str)> = files.lines().filter_map(|line| line.split_once('\t')).collect();
    for line in var("PHALANX_FILE_CACHE_LIST").lines() {
        let (number, script) = line.split_once(' ').expect("two numbers");
        let (number, script): (usize, usize) =
            (number.parse().expect("a number"), script.parse().expect("a number"));
        let (script, file) = files[script];
        // The same place in a cache of this child's.
        let inside = file.strip_prefix(&format!("{folder}/")).expect("a file of the cache");
        let place = home.join(inside);
        fs::create_dir_all(place.parent().expect("a folder")).expect("a folder");
        fs::copy(Path::new(&folder).join(format!("{number}.mutant")), &place).expect("a file");
        fs::set_permissions(&place, fs::Permissions::from_mode(0o600)).expect("permissions");
        let output = run(&home, Path::new(script), settings(number));
        if output.contains("Internal error of Phalanx") {
            println!("\nmutant-bug {number} {}", output.replace('\n', " "));
        }
        println!("\nmutant-done {number}");
    }
}
