//! From settings to caches, when the process starts.

use super::{Files, Level, Log, Setting, checks};
use crate::CannotStart;
use phalanx_cache::{Blacklist, Cache, CacheConfig};
use phalanx_ext_standard::file::glob;
use phalanx_host::cwd::Cwd;
use phalanx_shm::GateKind;
use phalanx_vm::ini::IniBase;
use phalanx_vm::native::Extension;
use std::sync::Arc;

/// What the settings ask for.
#[derive(Default)]
pub struct Started {
    /// The shared cache; none if it is off for commands, not wanted, or cannot be made, which is reported.
    pub shared: Option<Arc<Cache>>,
    /// The file cache, behind the shared one or alone.
    pub files: Option<Arc<Files>>,
    /// What is wrong with the settings, to be told when there is a request.
    pub warnings: Vec<String>,
}

/// Whether there is to be a cache: commands ask for it with a setting of their own.
pub fn is_on(ini: &IniBase) -> bool {
    let truth = |name| Setting::of(ini, name).truth();
    truth("opcache.enable") && (ini.serves || truth("opcache.enable_cli"))
}

/// Makes the caches that the settings ask for; settings that are refused have their defaults then. `extensions` are part of
/// what a file of the file cache depends on.
///
/// # Errors
/// As in PHP, a process does not start that is to use files only and has no folder for them, or that is to have more
/// strings than memory.
pub fn start(ini: &mut IniBase, extensions: &[&'static Extension]) -> Result<Started, CannotStart> {
    let warnings = checks::at_startup(ini);
    let log = Log::of(ini);
    let config = config(ini, &log);
    if !is_on(ini) {
        return Ok(Started { warnings, ..Started::default() });
    }
    let fatal = |text: &str| {
        log.write(Level::Fatal, text);
        CannotStart { exit_code: FATAL }
    };
    let files = Files::open(&config, extensions);
    if config.file_cache_only {
        if files.is_none() {
            return Err(fatal(
                "opcache.file_cache_only is set without a proper setting of opcache.file_cache",
            ));
        }
        return Ok(Started { shared: None, files, warnings });
    }
    if let Err(problem) = gate(ini) {
        warn(&problem);
    }
    let strings = (config.interned_strings_buffer as usize) << 20;
    if strings > config.memory_consumption {
        return Err(fatal(&format!(
            "Insufficient shared memory for interned strings buffer! (tried to allocate {strings} bytes)"
        )));
    }
    Ok(Started { shared: create_shared(ini, config), files, warnings })
}

fn create_shared(ini: &IniBase, config: CacheConfig) -> Option<Arc<Cache>> {
    let megabytes = config.memory_consumption >> 20;
    match Cache::create(config).and_then(|mut cache| {
        if let Some(jit) = crate::jit::config(ini) {
            cache.add_code_segment(jit.buffer_size)?;
        }
        Ok(cache)
    }) {
        Ok(cache) => Some(Arc::new(cache)),
        Err(error) => {
            let gate = Setting::of(ini, "phalanx.shm_gate").text();
            let error = phalanx_host::error_text(&error);
            warn(&format!(
                "Zend OPcache cannot make its shared memory ({megabytes} MB, phalanx.shm_gate={gate}): {error}. \
                 Scripts are not cached"
            ));
            None
        }
    }
}

/// A warning at the start, or of a thread: there is no request that could be told.
pub(super) fn warn(text: &str) {
    let line = format!("PHP Warning:  {text}\n");
    // Nobody else is there to be told that the error stream is closed.
    let _ = phalanx_host::output::write_all(phalanx_host::output::Stream::Error, line.as_bytes());
}

/// How segments are protected; or what is wrong with the setting.
pub fn gate(ini: &IniBase) -> Result<GateKind, String> {
    if !Setting::of(ini, "opcache.protect_memory").truth() {
        return Ok(GateKind::Open);
    }
    let gate = Setting::of(ini, "phalanx.shm_gate").text();
    gate.parse().map_err(|error| format!("phalanx.shm_gate={gate}: {error}; auto is used"))
}

/// The settings of the cache.
pub(super) fn config(ini: &IniBase, log: &Log) -> CacheConfig {
    let get = |name: &str| Setting::of(ini, name);
    let blacklist_filename = get("opcache.blacklist_filename").text();
    let mut config = CacheConfig {
        enable: get("opcache.enable").truth(),
        enable_cli: get("opcache.enable_cli").truth(),
        use_cwd: get("opcache.use_cwd").truth(),
        validate_timestamps: get("opcache.validate_timestamps").truth(),
        validate_permission: get("opcache.validate_permission").truth(),
        validate_root: get("opcache.validate_root").truth(),
        dups_fix: get("opcache.dups_fix").truth(),
        revalidate_path: get("opcache.revalidate_path").truth(),
        log_verbosity_level: get("opcache.log_verbosity_level").int(),
        memory_consumption: (get("opcache.memory_consumption").int().max(8) as usize) << 20,
        interned_strings_buffer: get("opcache.interned_strings_buffer").int().clamp(0, 32767) as u32,
        max_accelerated_files: get("opcache.max_accelerated_files").int().clamp(200, 1_000_000) as u32,
        max_wasted_percentage: get("opcache.max_wasted_percentage").int().clamp(1, 50) as f64,
        force_restart_timeout: get("opcache.force_restart_timeout").int().max(0) as u64,
        revalidate_freq: get("opcache.revalidate_freq").int().max(0) as u32,
        preferred_memory_model: get("opcache.preferred_memory_model").text(),
        max_file_size: get("opcache.max_file_size").int().max(0) as u64,
        error_log: get("opcache.error_log").text(),
        protect_memory: get("opcache.protect_memory").truth(),
        save_comments: get("opcache.save_comments").truth(),
        record_warnings: get("opcache.record_warnings").truth(),
        enable_file_override: get("opcache.enable_file_override").truth(),
        optimization_level: get("opcache.optimization_level").int(),
        lockfile_path: get("opcache.lockfile_path").text(),
        file_cache: get("opcache.file_cache").text(),
        file_cache_only: get("opcache.file_cache_only").truth(),
        file_cache_read_only: get("opcache.file_cache_read_only").truth(),
        file_cache_consistency_checks: get("opcache.file_cache_consistency_checks").truth(),
        file_update_protection: get("opcache.file_update_protection").int().max(0) as u64,
        opt_debug_level: get("opcache.opt_debug_level").int(),
        restrict_api: get("opcache.restrict_api").text(),
        ..CacheConfig::default()
    };
    config.gate = gate(ini).unwrap_or_default();
    config.max_threads = get("phalanx.shm_threads").int().clamp(1, 4095) as u32;
    config.blacklist = blacklist(blacklist_filename.as_bytes(), log);
    config.blacklist_filename = blacklist_filename;
    config
}

/// The exit code of a process that cannot start.
pub(crate) const FATAL: i32 = 254;

/// The lists that a pattern names.
fn blacklist(pattern: &[u8], log: &Log) -> Blacklist {
    let cwd = Cwd::of_process();
    let full_path = |name: &[u8]| cwd.resolve(name);
    let mut files = glob::expand(&full_path, pattern, false);
    files.sort();
    let mut list = Blacklist::default();
    for file in &files {
        let full = phalanx_host::cwd::normalize(&full_path(file));
        let folder = full.rsplitn(2, |&byte| byte == b'/').nth(1).unwrap_or_default();
        match phalanx_host::fs::read_file(&full) {
            Ok((text, _)) => list.add(&text, folder),
            Err(_) => {
                let file = String::from_utf8_lossy(file);
                log.write(Level::Warning, &format!("Cannot load blacklist file: {file}\n"));
            }
        }
    }
    if files.is_empty() && !pattern.is_empty() {
        let pattern = String::from_utf8_lossy(pattern);
        log.write(Level::Warning, &format!("No blacklist file found matching: {pattern}\n"));
    }
    list
}
