//! `cargo xtask broken`: breaks shared memory, cache and verifier on purpose, one invariant at a time, and looks whether a test
//! notices.
//!
//! A test that cannot fail shows nothing, and tests in child processes, which expect a death, pass for the wrong reason
//! easily. So each row of [`BREAKS`] is a change of the source that violates what a test claims to check. The changes are
//! made in a copy of the source tree; a row that no longer fits the source is an error, and so is one that nothing notices.
//! A test that hangs has noticed as well.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::arguments::Arguments;
use crate::{Done, TaskResult, workspace};

pub(crate) const HELP: &str = "\
broken [WORD]           break shared memory, cache and verifier on purpose and see that the tests notice; only
                        those whose description has the word";

/// A way of breaking something.
struct Break {
    what: &'static str,
    file: &'static str,
    old: &'static str,
    new: &'static str,
    package: &'static str,
    test: &'static str,
    /// Tests of which one has to fail.
    filter: &'static str,
}

macro_rules! breaks {
    ($($what:literal, $file:literal: $old:literal => $new:literal, $package:literal $test:literal $filter:literal;)*) => {
        const BREAKS: &[Break] = &[$(Break {
            what: $what, file: $file, old: $old, new: $new, package: $package, test: $test, filter: $filter,
        }),*];
    };
}

breaks! {
    "the read view is writable", "shm/src/segment.rs":
        "{ Protection::Read }" => "{ Protection::ReadWrite }", "shm" "faults" "read_view";
    "the write view is executable", "shm/src/sys/memory.rs":
        "Self::ReadWrite => libc::PROT_READ | libc::PROT_WRITE" =>
        "Self::ReadWrite => libc::PROT_READ | libc::PROT_WRITE | libc::PROT_EXEC", "shm" "faults" "no_page";
    "the last window leaves the memory writable", "shm/src/gate.rs":
        "self.count.leave(|| self.protect());" => "self.count.leave(|| ());", "shm" "faults" "without_a_window";
    "every window protects when it closes", "shm/src/gate.rs":
        "self.count.leave(|| self.protect());" => "self.count.leave(|| ()); self.protect();", "shm" "faults" "closing";
    "every window protects when it closes, at random", "shm/src/gate.rs":
        "self.count.leave(|| self.protect());" => "self.count.leave(|| ()); self.protect();", "shm" "faults" "at_random";
    "an inner window closes the outer one", "shm/src/gate.rs":
        "thread.set(depth);\n        if depth == 0" => "thread.set(depth);\n        if depth < 2", "shm" "faults" "at_random";
    "a panic leaves windows open", "shm/src/window.rs":
        "self.segment.gate_ref().leave();" =>
        "if !std::thread::panicking() { self.segment.gate_ref().leave(); }", "shm" "faults" "panics";
    "the end of a thread leaves its windows open", "shm/src/gate.rs":
        "if shutter.number.depth().replace(0) > 0" =>
        "if false && shutter.number.depth().replace(0) > 0", "shm" "faults" "leaks";
    "a child keeps the count of its parent's threads", "shm/src/gate.rs":
        "shutter.count.restart(windows);" => "shutter.count.restart(windows + 1);", "shm" "faults" "fork";
    "data is executable", "shm/src/segment.rs":
        "if self.executable { Protection::ReadExecute }" => "if true { Protection::ReadExecute }", "shm" "faults" "code_runs";
    "the gate's lock stays with a dead thread", "shm/src/primitive.rs":
        "thread::look_at(pid, holder.0).is_none()" => "{ let _ = (pid, holder); false }", "shm" "deaths" "at_the_gate";
    "what a dead holder has left half done is not put right", "shm/src/heap/edit.rs":
        "if self.root.dirty.load(Relaxed) != 0" => "if false", "shm" "deaths" "killed_at_any_instant";
    "slots stay with the dead", "shm/src/control.rs":
        "if seen.is_free() || head.is_alive(seen)" => "if true || seen.is_free() || head.is_alive(seen)",
        "shm" "deaths" "killed_at_any_instant";
    "a process that runs another program counts as alive", "shm/src/control.rs":
        "&& !differs(program, life.program)" => "&& (true || !differs(program, life.program))",
        "shm" "deaths" "another_program";
    "a process that is stopped counts as dead", "shm/src/sys/thread.rs":
        "Some(\"Z\" | \"X\" | \"x\")" => "Some(\"Z\" | \"X\" | \"x\" | \"T\")", "shm" "deaths" "stopped";
    "pins are not looked at", "shm/src/protocol/hazard.rs":
        "if (0..used.min(self.slots)).any(" => "if (used..used.min(0)).any(", "shm" "sharing" "whole_blocks";
    "a parent does not wait for its child's pins", "shm/src/control/fork.rs":
        "PENDING if is_running(pid)" => "u32::MAX if is_running(pid)", "shm" "sharing" "forked_child";
    "a child has no pins", "shm/src/control/slot.rs":
        "self.pinned.borrow().iter().for_each(|&id| self.pin_bit(id).set());" => "", "shm" "sharing" "forked_child";
    "a lock does not exclude", "shm/src/protocol/word_lock.rs":
        "Some(_) => return Attempt::Held(seen)," => "Some(_) if contended => return Attempt::Held(seen), Some(_) => (mine, false),",
        "shm" "sharing" "excludes";
    "unpinning makes a system call", "shm/src/control/slot.rs":
        "let mut ids = self.pinned.take();" => "std::thread::yield_now(); let mut ids = self.pinned.take();",
        "shm" "sharing" "no_system_call";
    "nothing but a memory file will do", "shm/src/segment.rs":
        ".or_else(|_| disk_file(len, |file| self.of_file(file, len)))" => "", "shm" "limits" "what_there_is";
    "blocks of a file on disk are not allocated", "shm/src/sys/memory.rs":
        "libc::fallocate(fd.as_raw_fd(), 0, 0, size)" => "libc::ftruncate(fd.as_raw_fd(), size)", "shm" "limits" "full_disk";
    "a watcher takes any end of the chain for its end", "shm/src/peek/heap.rs":
        "if !last.is_header() || !last.is_end()" => "if false", "shm" "peek" "damage";
    "whoever finds a segment can write to it", "shm/src/sys/memory.rs":
        "seal(file, libc::F_SEAL_FUTURE_WRITE)" => "seal(file, 0)", "shm" "peek" "cannot_write";
    "free neighbors are not merged", "shm/src/heap/edit.rs":
        "if before != 0 && self.is_free(position - before)" =>
        "if false && before != 0 && self.is_free(position - before)", "shm" "heap" "come_back_whole";
    "a block is freed though its id is pinned", "shm/src/heap/retire.rs":
        "_ => self.heap.control().is_pinned(id)," => "_ => false,", "shm" "heap" "until_nobody_pins";
    "the table is not put right after a death", "cache/src/publish.rs":
        "if guard.recovered()" => "if false", "cache" "kills" "whole";
    "a string does not count the scripts that use it", "cache/src/strings.rs":
        "window.store_relaxed(users, users.load(Ordering::Relaxed) + 1);" => "let _ = users;", "cache" "strings" "flat";
    "a string goes with the first script that goes", "cache/src/strings.rs":
        "if users > 0 {\n            return;" => "if users > usize::MAX as u32 {\n            return;", "cache" "strings" "flat";
    "strings go when their script is taken out", "cache/src/remove.rs":
        "self.retire_code(slot, window, id);" =>
        "self.retire_code(slot, window, id);\n        for info in self.heap.blocks(slot) { if info.mark == id + 1 { self.release_strings(window, &info); } }",
        "cache" "strings" "who_use_their_script";
    "strings of what is freed are not given back", "cache/src/remove.rs":
        "|block| self.release_strings(window, block)" => "|_| ()", "cache" "strings" "who_use_their_script";
    "strings are not counted anew after a death", "cache/src/repair.rs":
        "self.repair_strings(window, &blocks);" => "", "cache" "kills" "whole";
    "the heap frees what its user is to free", "shm/src/heap.rs":
        "let reclaim = || if self.by_hand {" => "let reclaim = || if false {", "shm" "heap" "by_hand";
    "a script is published before it is committed", "cache/src/publish.rs":
        "self.heap.commit_with_mark(&window, block, id + 1).addr()" => "block.address().addr()", "cache" "kills" "whole";
    "what has just been taken out is freed at once", "shm/src/protocol/hazard.rs":
        "if (0..used.min(self.slots)).any(" => "if (used..used.min(0)).any(", "cache" "kills" "whole";
    "a look-up takes the lock", "cache/src/fetch.rs":
        "let hash = hash_bytes(path);\n        if let Some(hit)" =>
        "drop(slot.lock(crate::TABLE_LOCK));\n        let hash = hash_bytes(path);\n        if let Some(hit)",
        "cache" "requests" "no_lock";
    "the end of a request makes a system call", "cache/src/fetch.rs":
        "let retired = self.layout.retired();\n        let (mut" =>
        "std::thread::yield_now();\n        let retired = self.layout.retired();\n        let (mut",
        "cache" "requests" "no_system_call";
    "the end of a request writes where others do", "cache/src/fetch.rs":
        "let retired = self.layout.retired();\n        let (mut" =>
        "self.control().note(5).fetch_add(1, Ordering::Relaxed);\n        let retired = self.layout.retired();\n        let (mut",
        "cache" "own_slot" "own_slot_only";
    "a reset frees what is in use", "cache/src/remove.rs":
        "if !self.control().is_pinned(id) {" => "{", "cache" "cache" "stays_for_those";
    "a reset takes out what is kept", "cache/src/remove.rs":
        "kept.binary_search(&id).is_err()" => "!kept.is_empty()", "cache" "cache" "is_found_after";
    "more scripts than keys are taken", "cache/src/publish.rs":
        "self.head().scripts.load(Ordering::Relaxed) >= self.layout.max_keys" => "false", "cache" "cache" "than_keys";
    "a linked class is taken up whatever its names mean", "vm/src/link/retained.rs":
        "linked.is_free || linked.needs.are_met(cx)" => "true", "engine" "requests" "the_parent";
    "a linked class is taken up whatever aliases stand for", "vm/src/link/retained.rs":
        "cx.find_class(name) == Some(*class)" => "!name.is_empty()", "engine" "requests" "an_alias";
    "a class stays declared when its request is over", "vm/src/kept.rs":
        "self.declared.set(false);" => "", "engine" "requests" "the_parent";
    "functions keep what a request has stored in them", "vm/src/kept/bundle.rs":
        "if self.is_stirred() {" => "if false {", "engine" "requests" "functions_and";
    "cases of enums are kept beyond their request", "vm/src/kept.rs":
        "!self.init.is_known() || self.flags & member::ENUM_CASE != 0" => "!self.init.is_known()",
        "engine" "requests" "static_state";
    "two structures of an image lie in one place", "value/src/image/check.rs":
        "if !self.claimed.set_all(at / 8, len / 8) {" => "if false {", "value" "hostile_image" "places_of_their_own";
    "strings of an image lie behind what is loaded", "value/src/image/check.rs":
        "if at != self.strings_end || at" => "if at", "value" "hostile_image" "relocations";
    "an image has the hash of another string", "value/src/image/check.rs":
        "if self.u64(at + layout::STRING_HASH) != hash_bytes(bytes) {" => "if false {", "value" "hostile_image" "strings_are";
    "chains of an array in an image lead anywhere", "value/src/image/check.rs":
        "if self.u32(bucket + layout::BUCKET_NEXT) != index[entry] {" => "if false {", "value" "hostile_image" "arrays_are";
    "an image has relocations of what is no pointer", "value/src/image/check.rs":
        "|| !self.pointers.has(word / 8)" => "", "value" "hostile_image" "relocations";
    "an image names any specialised opcode", "bytecode/src/verify/code.rs":
        "if raw(index).code != fused.unwrap_or(op.code) {" => "if false {", "bytecode" "hostile_images" "of_the_assembler";
    "a jump of an image leads anywhere", "bytecode/src/verify/code.rs":
        "role == Role::Jmp && number as usize > place.code_len" => "false", "bytecode" "hostile_images" "jumps_lead";
    "a jump of an image leads right behind the code", "bytecode/src/verify.rs":
        "if target >= self.func.code.len() {" => "if target > self.func.code.len() {", "bytecode" "hostile_images" "jumps_lead";
    "a temporary of an image lies out of the frame", "bytecode/src/verify.rs":
        "Kind::Tmp => value >= cvs && value < cvs + self.func.tmps" => "Kind::Tmp => value >= cvs",
        "bytecode" "hostile_images" "lie_in_the_function";
    "names in an image share their inline caches", "bytecode/src/verify/numbers.rs":
        "Some(_) => return Err(\"an inline cache of two owners\")," => "Some(_) => {}",
        "bytecode" "hostile_images" "have_one_owner";
    "calls skip any instruction of an image", "bytecode/src/verify/numbers.rs":
        "op.opcode() == Opcode::RECV && op.a == number" => "op.a > 0 || number > 0",
        "bytecode" "hostile_images" "received_first";
    "code of an image uses variables by name in secret", "bytecode/src/verify/numbers.rs":
        "!by_name || self.facts.flags & func::USES_SYMBOLS != 0" => "!by_name || self.facts.flags < u32::MAX",
        "bytecode" "hostile_images" "used_by_name";
    "a class in an image has cases of enums", "bytecode/src/verify/image.rs":
        "if flags & member::ENUM_CASE != 0 && !is(class::ENUM) {" => "if false {",
        "bytecode" "hostile_images" "classes_have";
    "live ranges of an image are believed", "bytecode/src/verify/image.rs":
        "if live != function.live {" => "if false {", "bytecode" "hostile_images" "fit_the_code";
    "a temporary of an image is taken for what it is not", "bytecode/src/verify/states.rs":
        "if !may_be(opcode, op, operand, role, held) {" => "if false {",
        "bytecode" "hostile_images" "hold_what_is_expected";
    "an image returns while it prepares a call", "bytecode/src/verify/states.rs":
        "if ends && next.call != NONE {" => "if false {", "bytecode" "hostile_images" "calls_are_prepared";
    "an image pairs constructors with other calls", "bytecode/src/verify/states.rs":
        "if slots.all(|slot| state.get(slot) == Some(Held::New)) {" => "if slots.all(|slot| slot < u32::MAX) {",
        "bytecode" "hostile_images" "objects_lie";
    "handlers of an image expect what is not there", "bytecode/src/verify/states.rs":
        "if !entry.held.iter().all(there) ||" => "if", "bytecode" "hostile_images" "handlers_find";
    "an image runs into a finally block", "bytecode/src/verify/states.rs":
        "if !self.blocks.may_go(at, next as u32) {" => "if false {", "bytecode" "hostile_images" "at_their_start";
}

pub(crate) fn run(arguments: Arguments) -> TaskResult {
    let words = arguments.paths()?;
    let chosen: Vec<_> = BREAKS
        .iter()
        .filter(|row| words.iter().all(|word| row.what.contains(&*word.to_string_lossy())))
        .collect();
    let copy = copy_of_the_tree()?;
    let mut done = Done::Good;
    for row in &chosen {
        let file = copy.join("crates").join(row.file);
        let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        if text.matches(row.old).count() != 1 {
            return Err(format!("{}: {:?} is not there once ({})", row.file, row.old, row.what).into());
        }
        fs::write(&file, text.replace(row.old, row.new))?;
        let result = test(&copy, row);
        fs::write(&file, text)?;
        let outcome = result?;
        println!("{outcome:<10} {} [{}::{} {}]", row.what, row.package, row.test, row.filter);
        if outcome != "noticed" && outcome != "hangs" {
            done = Done::Bad;
        }
    }
    println!("{} ways of breaking it", chosen.len());
    Ok(done)
}

/// Runs the tests of a row and says what came of it.
fn test(copy: &Path, row: &Break) -> Result<&'static str, String> {
    let run = |seconds: &str, arguments: &[&str]| {
        let mut command = Command::new("timeout");
        // It ends all of its group, and tests fork.
        command.args(["--kill-after=5", seconds]);
        command.arg(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())).current_dir(copy);
        command.args(["test", "--package", &format!("phalanx-{}", row.package), "--test", row.test]);
        command.args(arguments).env("CARGO_TARGET_DIR", folder().join("target"));
        // What is broken may leave something unused behind.
        command.env("RUSTFLAGS", "--cap-lints=warn").stdout(Stdio::null()).stderr(Stdio::null());
        command.status().map_err(|error| format!("cannot run timeout: {error}"))
    };
    if !run("1800", &["--no-run"])?.success() {
        return Ok("NO BUILD");
    }
    Ok(match run("120", &["--", row.filter])?.code() {
        Some(0) => "UNNOTICED",
        Some(TIMEOUT) => "hangs",
        _ => "noticed",
    })
}

/// What `timeout` ends with when the time is over.
const TIMEOUT: i32 = 124;

fn folder() -> PathBuf {
    workspace::target_dir().join("broken")
}

/// Copies what Git knows of the source tree, if it is not there yet as it is.
fn copy_of_the_tree() -> Result<PathBuf, Box<dyn std::error::Error>> {
    let copy = folder().join("tree");
    let mut git = Command::new("git");
    git.args(["ls-files", "-z", "-co", "--exclude-standard"]).current_dir(workspace::root());
    let listed = git.output().map_err(|error| format!("cannot run git: {error}"))?;
    for name in String::from_utf8(listed.stdout)?.split('\0').filter(|name| !name.is_empty()) {
        let (from, to) = (workspace::root().join(name), copy.join(name));
        // A file that was removed is still listed until the removal is staged.
        let Ok(bytes) = fs::read(from) else { continue };
        if fs::read(&to).is_ok_and(|old| old == bytes) {
            continue;
        }
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(to, bytes)?;
    }
    Ok(copy)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The source of a test: a file, or a folder of them.
    fn sources_of(row: &Break) -> Vec<String> {
        let place = workspace::root().join(format!("crates/{}/tests/{}", row.package, row.test));
        let files = match fs::read_dir(&place) {
            Ok(folder) => folder.map(|entry| entry.unwrap().path()).collect(),
            Err(_) => vec![place.with_extension("rs")],
        };
        files.iter().map(|file| fs::read_to_string(file).unwrap()).collect()
    }

    /// What the rows change is there, once, and the tests that they name exist.
    #[test]
    fn rows_fit_the_source() {
        for row in BREAKS {
            let read = |path: String| fs::read_to_string(workspace::root().join(path)).unwrap();
            let source = read(format!("crates/{}", row.file));
            assert_eq!(source.matches(row.old).count(), 1, "{}: {:?}", row.what, row.old);
            assert_ne!(row.old, row.new, "{}", row.what);
            let named = sources_of(row).iter().any(|tests| {
                tests.lines().any(|line| line.trim().starts_with("fn ") && line.contains(row.filter))
            });
            assert!(named, "{}: no test {}", row.what, row.filter);
        }
    }
}
