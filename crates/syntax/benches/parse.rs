//! Speed of scanning and parsing over a corpus of PHP files.
//!
//! `cargo bench -p phalanx-syntax --bench parse -- DIRECTORY...` reads all `.php` files below the directories into memory
//! and prints the best of several rounds in MB/s, and how many bytes the trees take per byte of source.

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use phalanx_syntax::{ParseOptions, parse, tokenize};

const ROUNDS: usize = 9;

fn collect(path: &Path, sources: &mut Vec<Vec<u8>>) {
    if path.is_dir() {
        let Ok(entries) = std::fs::read_dir(path) else { return };
        entries.flatten().for_each(|entry| collect(&entry.path(), sources));
    } else if path.extension().is_some_and(|extension| extension == "php")
        && let Ok(source) = std::fs::read(path)
    {
        sources.push(source);
    }
}

/// The best speed of `work` over all sources, in MB/s.
fn measure(sources: &[Vec<u8>], mut work: impl FnMut(&[u8])) -> f64 {
    let bytes: usize = sources.iter().map(Vec::len).sum();
    let best = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            sources.iter().for_each(|source| work(source));
            start.elapsed().as_secs_f64()
        })
        .fold(f64::INFINITY, f64::min);
    bytes as f64 / best / 1e6
}

fn main() {
    let mut sources = Vec::new();
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    arguments.iter().for_each(|argument| collect(Path::new(argument), &mut sources));
    let bytes: usize = sources.iter().map(Vec::len).sum();
    if bytes == 0 {
        eprintln!("name a directory with PHP files");
        return;
    }
    println!("{} files, {:.1} MB", sources.len(), bytes as f64 / 1e6);

    let scan = measure(&sources, |source| {
        black_box(tokenize(source, false).count());
    });
    println!("scan            {scan:7.1} MB/s");

    let mut memory = 0;
    let mut refused = 0;
    let speed = measure(&sources, |source| {
        let result = parse(source, ParseOptions::default());
        memory += result.ast.memory();
        refused += usize::from(result.error.is_some());
    });
    println!("scan and parse  {speed:7.1} MB/s");
    println!("tree            {:7.2} bytes per byte of source", memory as f64 / ROUNDS as f64 / bytes as f64);
    if refused > 0 {
        println!("{} files refused", refused / ROUNDS);
    }
}
