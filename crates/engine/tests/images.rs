//! The verifier of images accepts what the compiler makes: of every script in `tests/`, and of those in the folder that
//! `PHALANX_IMAGES` names. What it tells to lie in an image is all that does.

use phalanx_bytecode::unit::Image;
use phalanx_engine::cache_file::Anatomy;
use phalanx_engine::{Engine, EngineConfig, compile_unit};
use std::path::{Path, PathBuf};

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else if ["php", "phpt", "inc"].iter().any(|kind| path.extension().is_some_and(|it| it == *kind)) {
            found.push(path);
        }
    }
}

/// The script of a phpt file, or all of another.
fn script(path: &Path) -> Vec<u8> {
    let bytes = std::fs::read(path).unwrap_or_default();
    let find = |bytes: &[u8], text: &[u8]| bytes.windows(text.len()).position(|part| part == text);
    let Some(start) =
        find(&bytes, b"\n--FILE--\n").filter(|_| path.extension().is_some_and(|it| it == "phpt"))
    else {
        return bytes;
    };
    let rest = &bytes[start + 10..];
    let section = |part: &[u8]| part.starts_with(b"\n--") && part[3].is_ascii_uppercase();
    let end = rest.windows(4).position(section).unwrap_or(rest.len());
    rest[..end].to_vec()
}

/// Where something lies that is no part, or a part where another one is. Between parts there are zeros, fewer than 16.
fn unnamed(image: &[u8]) -> Option<usize> {
    let anatomy = Anatomy::of_image(image).expect("an image that was accepted");
    let mut end = 0;
    for (offset, len) in anatomy.parts.iter().map(|part| (part.offset, part.len)).chain([(image.len(), 0)]) {
        let padding = image.get(end..offset).filter(|padding| padding.len() < 16);
        if padding.is_none_or(|padding| padding.iter().any(|&byte| byte != 0)) {
            return Some(end);
        }
        end = offset + len;
    }
    None
}

/// How many scripts compiled; those whose image was refused, and why.
fn check(folder: &Path) -> (usize, Vec<String>) {
    let mut found = Vec::new();
    files(folder, &mut found);
    let work = move || {
        let engine = Engine::new(EngineConfig::default()).expect("good settings");
        let mut compiled = 0;
        let mut refused = Vec::new();
        for path in found {
            let Ok(draft) = compile_unit(&engine, &script(&path), b"/script.php") else { continue };
            compiled += 1;
            let image = phalanx_bytecode::assemble(&draft);
            if let Err(why) = Image::verify(image.bytes().to_vec()) {
                refused.push(format!("{}: {why}", path.display()));
            } else if let Some(at) = unnamed(image.bytes()) {
                refused.push(format!("{}: no part is at {at:#x}", path.display()));
            }
        }
        (compiled, refused)
    };
    let thread =
        std::thread::Builder::new().stack_size(phalanx_engine::STACK_SIZE).spawn(work).expect("a thread");
    thread.join().expect("no panic")
}

#[test]
fn what_the_compiler_makes_is_accepted() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests");
    let more = std::env::var_os("PHALANX_IMAGES").map(PathBuf::from);
    for folder in std::iter::once(own).chain(more) {
        let (compiled, refused) = check(&folder);
        // Engines keep panics silent.
        drop(std::panic::take_hook());
        println!("{}: {compiled} scripts", folder.display());
        assert!(compiled > 100, "there are scripts in {}", folder.display());
        assert!(refused.is_empty(), "{}", refused.join("\n"));
    }
}
