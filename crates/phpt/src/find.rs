//! Finding tests below a folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// All phpt files below `path`, sorted; `path` itself when it is a file. Hidden files are left out.
pub fn find_tests(path: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if fs::metadata(path)?.is_dir() {
        collect(path, &mut found)?;
    } else {
        found.push(path.to_owned());
    }
    found.sort();
    Ok(found)
}

fn collect(directory: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let kind = entry.file_type()?;
        // Links to folders are followed, as run-tests.php does; a loop of them ends at the system's own limit.
        let is_dir = kind.is_dir() || (kind.is_symlink() && entry.path().is_dir());
        if is_dir {
            collect(&entry.path(), found)?;
        } else if name.ends_with(".phpt") && !name.starts_with('.') {
            found.push(entry.path());
        }
    }
    Ok(())
}
