//! Writes `src/lalr/generated.rs` from `src/lalr/php.grammar`.

#[path = "../codegen/tables.rs"]
mod tables;

fn main() -> std::io::Result<()> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/lalr/generated.rs");
    std::fs::write(path, tables::generate())
}
