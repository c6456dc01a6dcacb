//! The process and the machine: environment, names, versions, extensions.

use super::version;
use phalanx_host::{clock, system};
use phalanx_macros::php_fn;
use phalanx_value::{PhpArray, PhpString, Value};
use phalanx_vm::args::OrFalse;
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[
    &GETENV,
    &PUTENV,
    &PHPVERSION,
    &PHP_SAPI_NAME,
    &PHP_UNAME,
    &PHP_INI_LOADED_FILE,
    &PHP_INI_SCANNED_FILES,
    &SYS_GET_TEMP_DIR,
    &SYS_GETLOADAVG,
    &GETMYPID,
    &GETMYUID,
    &GETMYGID,
    &GET_CURRENT_USER,
    &GETHOSTNAME,
    &GETRUSAGE,
    &CONNECTION_STATUS,
    &CONNECTION_ABORTED,
    &VERSION_COMPARE,
    &UNIQID,
];

/// Functions of this file that belong to the core.
pub static CORE_FUNCTIONS: &[&NativeFn] = &[
    &ZEND_VERSION,
    &EXTENSION_LOADED,
    &GET_LOADED_EXTENSIONS,
    &GET_EXTENSION_FUNCS,
    &GET_INCLUDED_FILES,
    &GET_REQUIRED_FILES,
];

/// The PHP version whose behaviour this is.
pub const VERSION: &str = phalanx_vm::request::PHP_VERSION;

/// The version of the engine that goes with [`VERSION`].
pub const ENGINE_VERSION: &str = "4.4.24";

/// <https://www.php.net/getenv>
#[php_fn("getenv(?string $name = null, bool $local_only = false): array|string|false")]
fn getenv(cx: &mut Context, name: Option<&PhpString>, local_only: bool) -> Value {
    let _ = local_only;
    let Some(name) = name else {
        let mut all = PhpArray::new();
        for (name, value) in cx.process.env.iter() {
            all.insert_bytes(name, Value::str(value));
        }
        return Value::array(all);
    };
    cx.process.env.get(name).map_or(Value::FALSE, Value::str)
}

/// <https://www.php.net/putenv>
#[php_fn("putenv(string $assignment): bool")]
fn putenv(cx: &mut Context, assignment: &PhpString) -> PhpResult<bool> {
    if assignment.is_empty() || assignment[0] == b'=' {
        return Err(cx.arg_value_error(1, "must have a valid syntax"));
    }
    match memchr::memchr(b'=', assignment) {
        Some(at) => cx.process.env.set(&assignment[..at], &assignment[at + 1..]),
        None => cx.process.env.remove(assignment),
    }
    Ok(true)
}

/// <https://www.php.net/phpversion>
#[php_fn("phpversion(?string $extension = null): string|false")]
fn phpversion(cx: &mut Context, extension: Option<&PhpString>) -> OrFalse<&'static str> {
    let Some(name) = extension else { return OrFalse(Some(VERSION)) };
    let found = cx.extensions().iter().find(|e| e.name.as_bytes().eq_ignore_ascii_case(name));
    OrFalse(found.map(|extension| extension.version))
}

/// <https://www.php.net/zend_version>
#[php_fn("zend_version(): string")]
fn zend_version() -> &'static str {
    ENGINE_VERSION
}

/// <https://www.php.net/php_sapi_name>
#[php_fn("php_sapi_name(): string|false")]
fn php_sapi_name(cx: &mut Context) -> &'static str {
    cx.process.sapi
}

/// <https://www.php.net/php_uname>
#[php_fn("php_uname(string $mode = \"a\"): string")]
fn php_uname(cx: &mut Context, mode: &PhpString) -> PhpResult<String> {
    let [mode] = *mode.as_bytes() else {
        return Err(cx.arg_value_error(1, "must be a single character"));
    };
    let names = system::names();
    Ok(match mode {
        b'a' => {
            format!(
                "{} {} {} {} {}",
                names.sysname, names.nodename, names.release, names.version, names.machine
            )
        }
        b's' => names.sysname,
        b'n' => names.nodename,
        b'r' => names.release,
        b'v' => names.version,
        b'm' => names.machine,
        _ => {
            let text = "must be one of \"a\", \"m\", \"n\", \"r\", \"s\", or \"v\"";
            return Err(cx.arg_value_error(1, text));
        }
    })
}

/// <https://www.php.net/php_ini_loaded_file>
#[php_fn("php_ini_loaded_file(): string|false")]
fn php_ini_loaded_file(cx: &mut Context) -> OrFalse<Vec<u8>> {
    OrFalse(cx.ini.base().loaded_file.clone())
}

/// <https://www.php.net/php_ini_scanned_files>
#[php_fn("php_ini_scanned_files(): string|false")]
fn php_ini_scanned_files(cx: &mut Context) -> OrFalse<Vec<u8>> {
    OrFalse(cx.ini.base().scanned_files.clone())
}

/// <https://www.php.net/sys_get_temp_dir>
#[php_fn("sys_get_temp_dir(): string")]
fn sys_get_temp_dir(cx: &mut Context) -> Vec<u8> {
    temp_dir(cx)
}

/// The folder for temporary files, without a slash at its end.
pub fn temp_dir(cx: &Context) -> Vec<u8> {
    match cx.ini.get_str("sys_temp_dir") {
        [] => phalanx_host::fs::temporary_dir(&cx.process.env),
        path => path.strip_suffix(b"/").filter(|rest| !rest.is_empty()).unwrap_or(path).to_vec(),
    }
}

/// <https://www.php.net/sys_getloadavg>
#[php_fn("sys_getloadavg(): array|false")]
fn sys_getloadavg() -> OrFalse<PhpArray> {
    OrFalse(system::load_average().ok().map(|load| load.into_iter().map(Value::float).collect()))
}

/// <https://www.php.net/getmypid>
#[php_fn("getmypid(): int|false")]
fn getmypid() -> u32 {
    system::process_id()
}

/// <https://www.php.net/getmyuid>
#[php_fn("getmyuid(): int|false")]
fn getmyuid(cx: &mut Context) -> i64 {
    script_stat(cx).map_or_else(|| i64::from(system::user_id()), |stat| i64::from(stat.uid))
}

/// <https://www.php.net/getmygid>
#[php_fn("getmygid(): int|false")]
fn getmygid(cx: &mut Context) -> i64 {
    script_stat(cx).map_or_else(|| i64::from(system::group_id()), |stat| i64::from(stat.gid))
}

/// <https://www.php.net/get_current_user>
#[php_fn("get_current_user(): string")]
fn get_current_user(cx: &mut Context) -> String {
    let id = script_stat(cx).map_or_else(system::user_id, |stat| stat.uid);
    system::user_name(id).unwrap_or_default()
}

fn script_stat(cx: &Context) -> Option<phalanx_host::fs::Stat> {
    let script = cx.process.script.as_ref()?;
    phalanx_host::fs::stat(&cx.full_path(script)).ok()
}

/// <https://www.php.net/gethostname>
#[php_fn("gethostname(): string|false")]
fn gethostname() -> String {
    system::host_name()
}

/// <https://www.php.net/getrusage>
#[php_fn("getrusage(int $mode = 0): array|false")]
fn getrusage(mode: i64) -> PhpArray {
    let usage = clock::usage(if mode == 1 { clock::Who::Children } else { clock::Who::Process });
    let mut array = PhpArray::new();
    for (name, value) in [
        ("ru_oublock", usage.oublock),
        ("ru_inblock", usage.inblock),
        ("ru_msgsnd", usage.msgsnd),
        ("ru_msgrcv", usage.msgrcv),
        ("ru_maxrss", usage.maxrss),
        ("ru_ixrss", usage.ixrss),
        ("ru_idrss", usage.idrss),
        ("ru_minflt", usage.minflt),
        ("ru_majflt", usage.majflt),
        ("ru_nsignals", usage.nsignals),
        ("ru_nvcsw", usage.nvcsw),
        ("ru_nivcsw", usage.nivcsw),
        ("ru_nswap", usage.nswap),
        ("ru_utime.tv_usec", usage.user_us % 1_000_000),
        ("ru_utime.tv_sec", usage.user_us / 1_000_000),
        ("ru_stime.tv_usec", usage.system_us % 1_000_000),
        ("ru_stime.tv_sec", usage.system_us / 1_000_000),
    ] {
        array.insert_bytes(name, value);
    }
    array
}

/// <https://www.php.net/connection_status>
#[php_fn("connection_status(): int")]
fn connection_status(cx: &mut Context) -> i64 {
    i64::from(cx.output.aborted())
}

/// <https://www.php.net/connection_aborted>
#[php_fn("connection_aborted(): int")]
fn connection_aborted(cx: &mut Context) -> i64 {
    i64::from(cx.output.aborted())
}

/// <https://www.php.net/extension_loaded>
#[php_fn("extension_loaded(string $extension): bool")]
fn extension_loaded(cx: &mut Context, extension: &PhpString) -> bool {
    cx.extensions().iter().any(|e| e.name.as_bytes().eq_ignore_ascii_case(extension))
}

/// <https://www.php.net/get_loaded_extensions>
#[php_fn("get_loaded_extensions(bool $zend_extensions = false): array")]
fn get_loaded_extensions(cx: &mut Context, zend_extensions: bool) -> PhpArray {
    if zend_extensions {
        return PhpArray::from_list([Value::str("Zend OPcache")]);
    }
    // Some have tables in more than one crate.
    let mut names: Vec<&str> = Vec::new();
    for extension in cx.extensions() {
        if !names.contains(&extension.name) {
            names.push(extension.name);
        }
    }
    names.into_iter().map(Value::str).collect()
}

/// <https://www.php.net/get_extension_funcs>
#[php_fn("get_extension_funcs(string $extension): array|false")]
fn get_extension_funcs(cx: &mut Context, extension: &PhpString) -> OrFalse<PhpArray> {
    let name: &[u8] = if extension.eq_ignore_ascii_case(b"zend") { b"core" } else { extension };
    let named = cx.extensions().iter().filter(|e| e.name.as_bytes().eq_ignore_ascii_case(name));
    let functions = named.flat_map(|extension| cx.registry.functions_of(extension));
    let list: PhpArray = functions.map(|native| Value::str(native.name)).collect();
    OrFalse((!list.is_empty()).then_some(list))
}

/// <https://www.php.net/get_included_files>
#[php_fn("get_included_files(): array")]
fn get_included_files(cx: &mut Context) -> PhpArray {
    cx.included.paths().map(Value::from).collect()
}

/// <https://www.php.net/get_required_files>
#[php_fn("get_required_files(): array")]
fn get_required_files(cx: &mut Context) -> PhpArray {
    cx.included.paths().map(Value::from).collect()
}

/// <https://www.php.net/version_compare>
#[php_fn("version_compare(string $version1, string $version2, ?string $operator = null): int|bool")]
fn version_compare(
    cx: &mut Context,
    version1: &PhpString,
    version2: &PhpString,
    operator: Option<&PhpString>,
) -> PhpResult<Value> {
    let order = version::compare(version1, version2);
    let Some(operator) = operator else { return Ok(Value::int(order as i64)) };
    match version::satisfies(order, operator) {
        Some(answer) => Ok(Value::bool(answer)),
        None => Err(cx.arg_value_error(3, "must be a valid comparison operator")),
    }
}

/// <https://www.php.net/uniqid>
#[php_fn("uniqid(string $prefix = \"\", bool $more_entropy = false): string")]
fn uniqid(cx: &mut Context, prefix: &PhpString, more_entropy: bool) -> Vec<u8> {
    /// The time of the last id, so that no two ids of a request are the same.
    #[derive(Default)]
    struct Last(i64);
    let now = clock::now();
    let mut time = now.seconds * 1_000_000 + i64::from(now.nanoseconds / 1000);
    let last = cx.state::<Last>();
    time = time.max(last.0 + 1);
    last.0 = time;
    let mut id = prefix.to_vec();
    id.extend_from_slice(format!("{:08x}{:05x}", time / 1_000_000, time % 1_000_000).as_bytes());
    if more_entropy {
        let part = phalanx_host::random::u64().unwrap_or(0) % 1_000_000_000;
        id.extend_from_slice(format!("{}.{:08}", part / 100_000_000, part % 100_000_000).as_bytes());
    }
    id
}
