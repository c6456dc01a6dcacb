//! The php-src test suite: where it is, and a copy of ours to run it in.
//!
//! Tests write files beside themselves, and the folder they were downloaded to may be shared. So they run in a copy under
//! `target/`, made once and made again when the original changes. Nothing of it is ever committed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use crate::workspace;

/// The suite's folder, by `--suite`, `$PHALANX_ORACLE` or the cache in the home folder. Nothing when it is not there.
pub(crate) fn find(given: Option<PathBuf>) -> Option<PathBuf> {
    let by_variable =
        || std::env::var_os("PHALANX_ORACLE").map(|dir| PathBuf::from(dir).join("php-src-tests"));
    let by_home = || {
        std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache/phalanx-oracle/php-src-tests"))
    };
    let folder = given.or_else(by_variable).or_else(by_home)?;
    folder.join("Zend/tests").is_dir().then_some(folder)
}

/// What to print where there is none.
pub(crate) const MISSING: &str = "php-src's tests are not here (looked for Zend/tests under --suite, $PHALANX_ORACLE/php-src-tests \
    and ~/.cache/phalanx-oracle/php-src-tests; docs/testing.md says how to get them)";

/// The copy of `folder` below `target/`, with the parts that `directories` name.
pub(crate) fn copy(folder: &Path, directories: &[String]) -> io::Result<PathBuf> {
    let copy = workspace::target_dir().join("php-src-tests");
    for directory in directories {
        let (from, to) = (folder.join(directory), copy.join(directory));
        let stamp_file = copy.join(format!("{}.stamp", directory.replace('/', "-")));
        let stamp = stamp(&from)?;
        if fs::read_to_string(&stamp_file).is_ok_and(|known| known == stamp) {
            continue;
        }
        if to.exists() {
            fs::remove_dir_all(&to)?;
        }
        copy_folder(&from, &to)?;
        fs::write(&stamp_file, stamp)?;
    }
    fs::canonicalize(copy)
}

/// Changes when another version of the suite was put there.
fn stamp(folder: &Path) -> io::Result<String> {
    let modified = fs::metadata(folder)?.modified()?;
    let seconds = modified.duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    Ok(format!("{} {seconds}", folder.display()))
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else if kind.is_file() {
            fs::copy(entry.path(), target)?;
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(entry.path())?, target)?;
        }
    }
    Ok(())
}
