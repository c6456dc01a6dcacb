//! The folder of the file cache: one for each build, files that are whole at any moment, and nothing that is believed unseen.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use phalanx_bytecode::draft::{FunctionDraft, Literal, UnitDraft};
use phalanx_bytecode::flags::func;
use phalanx_bytecode::unit::Image;
use phalanx_bytecode::{Kind, Op, Opcode, assemble};
use phalanx_cache::FileStamp;
use phalanx_cache::file::{FileCache, FileCacheOptions, Found, SystemId};

const PATH: &[u8] = b"/srv/script.php";
const STAMP: FileStamp = FileStamp { seconds: 1_700_000_000, nanos: 5, size: 77 };

/// A script of some size that returns a number.
fn image(number: i64, functions: usize) -> Image {
    let function = |index: usize| FunctionDraft {
        name: format!("f{index}").as_bytes().into(),
        flags: if index == 0 { func::MAIN } else { 0 },
        literals: vec![
            Literal::Int(number),
            Literal::Str(format!("text {number} of {index}").as_bytes().into()),
        ],
        code: vec![Op::new(Opcode::RETURN).with_a(Kind::Lit, 0)],
        lines: vec![1],
        ..FunctionDraft::default()
    };
    let functions = (0..functions).map(function).collect();
    assemble(&UnitDraft { path: PATH.into(), functions, ..UnitDraft::default() })
}

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("phalanx-store-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn open(&self, system: &[u8]) -> FileCache {
        open(self.0.to_str().unwrap(), system)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

fn open(folder: &str, system: &[u8]) -> FileCache {
    let options = FileCacheOptions {
        folder: folder.as_bytes().to_vec(),
        read_only: false,
        consistency_checks: true,
        validate_timestamps: true,
    };
    FileCache::open(options, SystemId::of(system)).unwrap()
}

fn found(cache: &FileCache) -> Option<Image> {
    match cache.load(PATH, Some(STAMP), 0) {
        Found::Image(image, stamp) => {
            assert_eq!(stamp, STAMP);
            Some(image)
        }
        Found::Nothing => None,
        Found::Refused(why) => panic!("{why}"),
    }
}

#[test]
fn a_file_is_for_one_state_of_a_script_and_one_setting() {
    let folder = Folder::new("state");
    let cache = folder.open(b"build");
    assert!(found(&cache).is_none());
    let script = image(1, 3);
    cache.store(PATH, &script, STAMP, 0).unwrap();
    assert_eq!(found(&cache).unwrap().bytes(), script.bytes());
    for stamp in [
        FileStamp { seconds: STAMP.seconds + 1, ..STAMP },
        FileStamp { nanos: 6, ..STAMP },
        FileStamp { size: 78, ..STAMP },
    ] {
        assert!(matches!(cache.load(PATH, Some(stamp), 0), Found::Nothing));
    }
    assert!(matches!(cache.load(PATH, Some(STAMP), 1), Found::Nothing));
    assert!(matches!(cache.load(b"/srv/other.php", Some(STAMP), 0), Found::Nothing));
    cache.invalidate(PATH);
    assert!(found(&cache).is_none());
}

#[test]
fn builds_do_not_see_each_others_files() {
    let folder = Folder::new("builds");
    let (one, two) = (folder.open(b"with json"), folder.open(b"without json"));
    one.store(PATH, &image(1, 1), STAMP, 0).unwrap();
    assert!(found(&two).is_none());
    // Nor do they believe what somebody has moved into their folder.
    let place = |system: &[u8]| folder.0.join(SystemId::of(system).name()).join("srv/script.php.bin");
    two.store(PATH, &image(2, 1), STAMP, 0).unwrap();
    fs::copy(place(b"with json"), place(b"without json")).unwrap();
    let Found::Refused(why) = two.load(PATH, Some(STAMP), 0) else { panic!("another build's file is used") };
    assert!(why.ends_with("it was made by another build"), "{why}");
}

#[test]
fn code_that_cannot_be_verified_is_not_written() {
    let folder = Folder::new("unverifiable");
    let cache = folder.open(b"build");
    let function = FunctionDraft {
        flags: func::MAIN,
        literals: vec![Literal::Int(1)],
        // It runs past its end.
        code: vec![Op::new(Opcode::ECHO).with_a(Kind::Lit, 0)],
        lines: vec![1],
        ..FunctionDraft::default()
    };
    let script =
        assemble(&UnitDraft { path: PATH.into(), functions: vec![function], ..UnitDraft::default() });
    cache.store(PATH, &script, STAMP, 0).unwrap();
    assert!(found(&cache).is_none());
}

#[test]
fn readers_see_whole_files_while_writers_replace_them() {
    let folder = Folder::new("stress");
    let done = AtomicBool::new(false);
    let versions: Vec<Image> = (0..4).map(|n| image(n, 1 + 40 * n as usize)).collect();
    folder.open(b"build").store(PATH, &versions[0], STAMP, 0).unwrap();
    std::thread::scope(|scope| {
        for version in &versions {
            let cache = folder.open(b"build");
            scope.spawn({
                let done = &done;
                move || {
                    while !done.load(Ordering::Relaxed) {
                        cache.store(PATH, version, STAMP, 0).unwrap();
                    }
                }
            });
        }
        let cache = folder.open(b"build");
        for _ in 0..2000 {
            let image = found(&cache).expect("there is always one");
            assert!(versions.iter().any(|version| version.bytes() == image.bytes()));
        }
        done.store(true, Ordering::Relaxed);
    });
}

#[test]
fn files_of_killed_writers_are_whole() {
    if let Ok(folder) = std::env::var("PHALANX_FILE_WRITER") {
        let cache = open(&folder, b"build");
        loop {
            for number in 0..4 {
                cache.store(PATH, &image(number, 300), STAMP, 0).unwrap();
            }
        }
    }
    let folder = Folder::new("kills");
    let cache = folder.open(b"build");
    let mut there = 0;
    for round in 0..40 {
        let mut writer = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "files_of_killed_writers_are_whole"])
            .env("PHALANX_FILE_WRITER", &folder.0)
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_micros(20_000 + round * 731));
        writer.kill().unwrap();
        writer.wait().unwrap();
        there += u32::from(found(&cache).is_some());
    }
    assert!(there > 0, "some writer got as far as its first file");
}
