//! What the path of a request names in the folder that is served.

use phalanx_host::fs;

/// Files that stand for their folder, in this order.
const INDEX: [&str; 2] = ["index.php", "index.html"];

/// What is done with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// It is run.
    Script,
    /// It is sent.
    File,
}

/// What a path names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// See [`Target`].
    pub target: Target,
    /// Full path of the file.
    pub file: Vec<u8>,
    /// Its path as seen by clients: `SCRIPT_NAME`.
    pub name: Vec<u8>,
    /// What the client has written behind it: `PATH_INFO`.
    pub info: Vec<u8>,
}

/// Finds the file for a path. Where there is none, what is above it in the path takes its place, and a folder is stood for
/// by its index; the first folder that is there decides.
pub fn find(root: &[u8], path: &[u8]) -> Option<Found> {
    let mut end = path.len();
    loop {
        let name = &path[..end];
        let full = [root, name].concat();
        let full = if full.is_empty() { b"/".to_vec() } else { full };
        match fs::stat(&full) {
            Ok(stat) if stat.is_dir() => {
                let folder = name.strip_suffix(b"/").unwrap_or(name);
                let index = INDEX.iter().map(|index| [folder, b"/", index.as_bytes()].concat());
                let is_file =
                    |name: &Vec<u8>| fs::stat(&[root, name].concat()).is_ok_and(|stat| !stat.is_dir());
                return index.into_iter().find(is_file).map(|name| found(root, name, &path[end..]));
            }
            Ok(_) => return Some(found(root, name.to_vec(), &path[end..])),
            Err(_) => end = name.iter().rposition(|byte| *byte == b'/')?,
        }
    }
}

fn found(root: &[u8], name: Vec<u8>, info: &[u8]) -> Found {
    let is_script = name.len() > 4 && name[name.len() - 4..].eq_ignore_ascii_case(b".php");
    let target = if is_script { Target::Script } else { Target::File };
    Found { target, file: [root, &name].concat(), name, info: info.to_vec() }
}

/// Decodes a path and takes out empty parts, `.` and `..`, which never lead out of the root. A slash at its end stays.
pub fn normalize(path: &[u8]) -> Vec<u8> {
    let decoded = decode(path);
    let mut parts: Vec<&[u8]> = Vec::new();
    let mut folder = false;
    for part in decoded.split(|byte| *byte == b'/') {
        folder = true;
        match part {
            b"" | b"." => {}
            b".." => drop(parts.pop()),
            part => {
                parts.push(part);
                folder = false;
            }
        }
    }
    let mut normal = Vec::with_capacity(decoded.len() + 1);
    for part in parts {
        normal.push(b'/');
        normal.extend_from_slice(part);
    }
    if folder || normal.is_empty() {
        normal.push(b'/');
    }
    normal
}

fn decode(path: &[u8]) -> Vec<u8> {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let mut decoded = Vec::with_capacity(path.len());
    let mut at = 0;
    while let Some(&byte) = path.get(at) {
        match (byte, digit(path.get(at + 1)), digit(path.get(at + 2))) {
            (b'%', Some(high), Some(low)) => {
                decoded.push((high * 16 + low) as u8);
                at += 3;
            }
            _ => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_paths() {
        for (path, wanted) in [
            ("/", "/"),
            ("", "/"),
            ("//sub//x.php", "/sub/x.php"),
            ("/./sub/../index.php", "/index.php"),
            ("/../../etc/passwd", "/etc/passwd"),
            ("/%2e%2e/%2e%2E/x/", "/x/"),
            ("/a/..", "/"),
            ("/a%2Fb%zz%4", "/a/b%zz%4"),
        ] {
            assert_eq!(String::from_utf8_lossy(&normalize(path.as_bytes())), wanted, "{path}");
        }
    }

    #[test]
    fn files_are_found() {
        let root = std::env::temp_dir().join(format!("phalanx-server-paths-{}", std::process::id()));
        std::fs::create_dir_all(root.join("sub/deep")).unwrap();
        for name in ["index.php", "a.css", "sub/x.PHP"] {
            std::fs::write(root.join(name), "x").unwrap();
        }
        let root_bytes = root.to_str().unwrap().as_bytes();
        for (path, wanted) in [
            ("/", "Script /index.php"),
            ("/none/of.these", "Script /index.php/none/of.these"),
            ("/a.css/b", "File /a.css/b"),
            ("/index.php/", "Script /index.php/"),
            ("/sub/x.PHP", "Script /sub/x.PHP"),
            ("/sub/", "nothing"),
            ("/sub/none", "nothing"),
            ("/a\0b", "Script /index.php/a\0b"),
        ] {
            let shown = match find(root_bytes, path.as_bytes()) {
                None => "nothing".to_owned(),
                Some(found) => {
                    assert_eq!(found.file, [root_bytes, &found.name].concat());
                    let whole = [found.name, found.info].concat();
                    format!("{:?} {}", found.target, String::from_utf8_lossy(&whole))
                }
            };
            assert_eq!(shown, wanted, "{path}");
        }
        std::fs::remove_dir_all(root).unwrap();
    }
}
