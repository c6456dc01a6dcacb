//! Finding php.ini.
//!
//! The order is PHP's: `-c`, the variable `PHPRC`, the folder of the program, the folder that was named when it was built. In each
//! folder `php-cli.ini` (or `php-cli-server.ini`) comes before `php.ini`. Then all `*.ini` of the scan folders follow in the order of their names.

use phalanx_host::cwd::Cwd;
use phalanx_host::env::Env;
use phalanx_host::fs;

use crate::invocation::Configuration;

/// Where php.ini is looked for last, as named by `PHALANX_CONFIG_FILE_PATH` when the program was built.
pub const CONFIG_FILE_PATH: &str = match option_env!("PHALANX_CONFIG_FILE_PATH") {
    Some(path) => path,
    None => "/usr/local/lib",
};

/// Where more files are looked for, as named by `PHALANX_CONFIG_FILE_SCAN_DIR` when the program was built.
pub const CONFIG_FILE_SCAN_DIR: &str = match option_env!("PHALANX_CONFIG_FILE_SCAN_DIR") {
    Some(path) => path,
    None => "",
};

/// A file with settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IniFile {
    /// Its path.
    pub path: Vec<u8>,
    /// What is in it.
    pub text: Vec<u8>,
}

/// All files with settings, in the order in which they count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IniFiles {
    /// php.ini itself.
    pub main: Option<IniFile>,
    /// What was found in the scan folders.
    pub scanned: Vec<IniFile>,
    /// The scan folders; nothing when they were not looked at.
    pub scan_dirs: Option<Vec<u8>>,
}

impl IniFiles {
    /// Names of what was found in the scan folders, as `php_ini_scanned_files()` gives them; none without such folders.
    pub fn scanned_names(&self) -> Option<Vec<u8>> {
        self.scan_dirs.as_ref()?;
        let names: Vec<&[u8]> = self.scanned.iter().map(|file| &file.path[..]).collect();
        let mut text = names.join(&b",\n"[..]);
        if !text.is_empty() {
            text.push(b'\n');
        }
        Some(text)
    }

    /// What `--ini` prints.
    pub fn describe(&self) -> String {
        let or_none = |text: Option<String>| text.unwrap_or_else(|| "(none)".to_owned());
        let name = |file: &IniFile| String::from_utf8_lossy(&file.path).into_owned();
        let scanned = self.scanned_names().map(|names| String::from_utf8_lossy(&names).into_owned());
        let scanned = scanned.filter(|names| !names.is_empty());
        let scan_dirs = self.scan_dirs.as_ref().map(|dirs| String::from_utf8_lossy(dirs).into_owned());
        format!(
            "Configuration File (php.ini) Path: {CONFIG_FILE_PATH}\n\
             Loaded Configuration File:         {}\n\
             Scan for additional .ini files in: {}\n\
             Additional .ini files parsed:      {}\n",
            or_none(self.main.as_ref().map(name)),
            or_none(scan_dirs),
            or_none(scanned),
        )
    }
}

/// Finds and reads the files. One that is not there or cannot be read is passed over, as PHP does.
pub fn find(configuration: &Configuration, program: &[u8], cwd: &Cwd, env: &Env) -> IniFiles {
    if configuration.no_files && configuration.path.is_none() {
        return IniFiles::default();
    }
    let own: &[u8] = if configuration.serves { b"/php-cli-server.ini" } else { b"/php-cli.ini" };
    let main = match &configuration.path {
        Some(path) => read(&cwd.resolve(path)).or_else(|| in_folder(&cwd.resolve(path), own)),
        None => by_search(program, cwd, env, own),
    };
    if configuration.no_files {
        // A file that is named is read all the same.
        return IniFiles { main, ..IniFiles::default() };
    }
    let scan_dirs = scan_dirs(env);
    let scanned = scan_dirs.split(|&byte| byte == b':').flat_map(|dir| scan(&cwd.resolve(dir))).collect();
    IniFiles { main, scanned, scan_dirs: (!scan_dirs.is_empty()).then_some(scan_dirs) }
}

/// `own` is the file that comes before php.ini.
fn by_search(program: &[u8], cwd: &Cwd, env: &Env, own: &[u8]) -> Option<IniFile> {
    if let Some(path) = env.get(b"PHPRC").filter(|path| !path.is_empty()) {
        let path = cwd.resolve(path);
        if let Some(file) = read(&path).or_else(|| in_folder(&path, own)) {
            return Some(file);
        }
    }
    let end = program.iter().rposition(|&byte| byte == b'/');
    let beside = end.and_then(|end| in_folder(&program[..end.max(1)], own));
    beside.or_else(|| in_folder(CONFIG_FILE_PATH.as_bytes(), own))
}

fn in_folder(folder: &[u8], own: &[u8]) -> Option<IniFile> {
    [own, b"/php.ini"].iter().find_map(|name| read(&[folder, name].concat()))
}

fn read(path: &[u8]) -> Option<IniFile> {
    let (text, _) = fs::read_file(path).ok()?;
    Some(IniFile { path: path.to_vec(), text })
}

/// `PHP_INI_SCAN_DIR`, in which an empty part stands for the folder of the build.
fn scan_dirs(env: &Env) -> Vec<u8> {
    let built_in = CONFIG_FILE_SCAN_DIR.as_bytes();
    match env.get(b"PHP_INI_SCAN_DIR") {
        None => built_in.to_vec(),
        Some(dirs) => {
            let parts: Vec<&[u8]> = dirs
                .split(|&byte| byte == b':')
                .map(|dir| if dir.is_empty() { built_in } else { dir })
                .collect();
            parts.join(&b':')
        }
    }
}

fn scan(folder: &[u8]) -> Vec<IniFile> {
    if folder.is_empty() {
        return Vec::new();
    }
    let mut names = fs::list(folder).unwrap_or_default();
    names.retain(|name| name.ends_with(b".ini"));
    names.sort();
    names.iter().filter_map(|name| read(&[folder, b"/", name].concat())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> String {
        let path = format!("{}/phalanx-cli-{}-{name}", std::env::temp_dir().display(), std::process::id());
        std::fs::create_dir_all(format!("{path}/scan")).unwrap();
        for file in ["php.ini", "php-cli.ini", "scan/b.ini", "scan/a.ini", "scan/c.txt"] {
            std::fs::write(format!("{path}/{file}"), file).unwrap();
        }
        path
    }

    fn names(files: &IniFiles) -> Vec<String> {
        let all = files.main.iter().chain(&files.scanned);
        all.map(|file| String::from_utf8_lossy(&file.text).into_owned()).collect()
    }

    #[test]
    fn files_are_found_in_order() {
        let path = folder("order");
        let cwd = Cwd::at(b"/");
        let mut env = Env::default();
        env.remove(b"PHPRC");
        env.set(b"PHP_INI_SCAN_DIR", format!("{path}/scan").as_bytes());
        let by_program = find(&Configuration::default(), format!("{path}/phalanx").as_bytes(), &cwd, &env);
        assert_eq!(names(&by_program), ["php-cli.ini", "scan/a.ini", "scan/b.ini"]);
        let described = by_program.describe();
        assert!(
            described.contains(&format!("files parsed:      {path}/scan/a.ini,\n{path}/scan/b.ini\n\n")),
            "{described}"
        );
        let given =
            Configuration { path: Some(format!("{path}/php.ini").into_bytes()), ..Configuration::default() };
        assert_eq!(names(&find(&given, b"/none/phalanx", &cwd, &env))[0], "php.ini");
        env.set(b"PHPRC", path.as_bytes());
        assert_eq!(names(&find(&Configuration::default(), b"/none/phalanx", &cwd, &env))[0], "php-cli.ini");
        let none = Configuration { no_files: true, ..Configuration::default() };
        assert_eq!(find(&none, b"/none/phalanx", &cwd, &env), IniFiles::default());
        std::fs::remove_dir_all(path).unwrap();
    }
}
