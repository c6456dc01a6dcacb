//! The committed automaton is the one that the grammar gives.

#[path = "../codegen/tables.rs"]
mod tables;

#[test]
fn generated_tables_are_up_to_date() {
    let committed = include_str!("../src/lalr/generated.rs");
    assert!(committed == tables::generate(), "run: cargo xtask codegen");
}
