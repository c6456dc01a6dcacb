//! The `opcache.*` settings that the cache obeys.

use phalanx_shm::GateKind;

use crate::blacklist::Blacklist;
use crate::fetch::{FileStamp, Rules, Uncached, When};

/// What `opcache.max_accelerated_files` is rounded up to, as OPcache does: primes at about powers of two.
const KEY_LIMITS: [u32; 18] = [
    5, 11, 19, 53, 107, 223, 463, 983, 1979, 3907, 7963, 16229, 32531, 65407, 130_987, 262_237, 524_521,
    1_048_793,
];

/// The settings of a cache. Each field is the directive `opcache.` + its name, unless it says otherwise.
#[derive(Clone, Debug)]
pub struct CacheConfig {
    /// On for requests of a server.
    pub enable: bool,
    /// On for the command line.
    pub enable_cli: bool,
    /// The current folder is part of the key of a relative path. The engine resolves paths, so keys are absolute anyway.
    pub use_cwd: bool,
    /// Look now and then whether a file has changed.
    pub validate_timestamps: bool,
    /// Check on each hit that the file can be read.
    pub validate_permission: bool,
    /// Keep scripts of different root folders apart.
    pub validate_root: bool,
    /// Ignore duplicate definitions.
    pub dups_fix: bool,
    /// Search the include path on each request.
    pub revalidate_path: bool,
    /// From 0 (fatal errors) to 4 (everything).
    pub log_verbosity_level: i64,
    /// Bytes of the segment.
    pub memory_consumption: usize,
    /// The most megabytes that strings shared by scripts may take of the segment; 0 shares none.
    pub interned_strings_buffer: u32,
    /// Scripts, rounded up ([`Self::max_cached_keys`]).
    pub max_accelerated_files: u32,
    /// Kept for `opcache_get_configuration`: nothing is wasted here, so no restart is ever due.
    pub max_wasted_percentage: f64,
    /// Kept for `opcache_get_configuration`: there is no restart to force.
    pub force_restart_timeout: u64,
    /// Seconds between two looks at a file's stamp; 0 looks each time.
    pub revalidate_freq: u32,
    /// Kept for `opcache_get_configuration`.
    pub preferred_memory_model: String,
    /// Where the blacklist was read from.
    pub blacklist_filename: String,
    /// Files larger than this many bytes are not cached; 0 caches all.
    pub max_file_size: u64,
    /// Where messages go.
    pub error_log: String,
    /// Write-protect the segment. The engine maps off to [`GateKind::Open`].
    pub protect_memory: bool,
    /// Keep doc comments.
    pub save_comments: bool,
    /// Repeat warnings of the compiler each time the script is included.
    pub record_warnings: bool,
    /// Answer `file_exists` and the like from the cache.
    pub enable_file_override: bool,
    /// Bits of optimizer passes.
    pub optimization_level: i64,
    /// Kept for `opcache_get_configuration`: locks are in shared memory.
    pub lockfile_path: String,
    /// Folder of the second-level cache.
    pub file_cache: String,
    /// Use the second-level cache only.
    pub file_cache_only: bool,
    /// Use the second-level cache, and never write to it. Not in `opcache_get_configuration` of PHP 8.4.
    pub file_cache_read_only: bool,
    /// Verify checksums of the second-level cache.
    pub file_cache_consistency_checks: bool,
    /// Files that were changed less than this many seconds ago are not cached.
    pub file_update_protection: u64,
    /// Bits of dumps.
    pub opt_debug_level: i64,
    /// Only scripts under this path may call the API.
    pub restrict_api: String,
    /// Kept for `opcache_get_configuration`.
    pub huge_code_pages: bool,
    /// Script to run at the start.
    pub preload: String,
    /// User to run it as.
    pub preload_user: String,
    /// What is never cached.
    pub blacklist: Blacklist,
    /// `phalanx.shm_gate`: how the segment is protected.
    pub gate: GateKind,
    /// `phalanx.shm_threads`: threads of all processes that may use the cache at one time.
    pub max_threads: u32,
    /// How many milliseconds a thread waits for another one that compiles the script that it needs.
    pub compile_wait_ms: u64,
}

impl Default for CacheConfig {
    fn default() -> Self {
        Self {
            enable: true,
            enable_cli: false,
            use_cwd: true,
            validate_timestamps: true,
            validate_permission: false,
            validate_root: false,
            dups_fix: false,
            revalidate_path: false,
            log_verbosity_level: 1,
            memory_consumption: 128 << 20,
            interned_strings_buffer: 8,
            max_accelerated_files: 10_000,
            max_wasted_percentage: 5.0,
            force_restart_timeout: 180,
            revalidate_freq: 2,
            preferred_memory_model: String::new(),
            blacklist_filename: String::new(),
            max_file_size: 0,
            error_log: String::new(),
            protect_memory: false,
            save_comments: true,
            record_warnings: false,
            enable_file_override: false,
            optimization_level: 0x7FFE_BFFF,
            lockfile_path: "/tmp".into(),
            file_cache: String::new(),
            file_cache_only: false,
            file_cache_read_only: false,
            file_cache_consistency_checks: true,
            file_update_protection: 2,
            opt_debug_level: 0,
            restrict_api: String::new(),
            huge_code_pages: false,
            preload: String::new(),
            preload_user: String::new(),
            blacklist: Blacklist::default(),
            gate: GateKind::Auto,
            max_threads: 512,
            compile_wait_ms: 10_000,
        }
    }
}

/// The value of a directive as `opcache_get_configuration()` shows it.
#[derive(Clone, PartialEq, Debug)]
pub enum Directive {
    /// On or off.
    Bool(bool),
    /// A number.
    Int(i64),
    /// A fraction.
    Float(f64),
    /// A text.
    Text(String),
}

impl CacheConfig {
    /// How many scripts fit: `max_accelerated_files` rounded up to what OPcache would have.
    pub fn max_cached_keys(&self) -> u32 {
        let wanted = self.max_accelerated_files;
        KEY_LIMITS.into_iter().find(|&limit| limit >= wanted).unwrap_or(KEY_LIMITS[KEY_LIMITS.len() - 1])
    }

    /// By which rules something is looked up at a time.
    pub fn rules(&self, when: When) -> Rules {
        when.rules.unwrap_or(Rules {
            validate_timestamps: self.validate_timestamps,
            revalidate_freq: self.revalidate_freq,
            file_update_protection: self.file_update_protection,
        })
    }

    /// Whether a file of this stamp may be stored at a time.
    ///
    /// # Errors
    /// Why not.
    pub fn admit(&self, stamp: FileStamp, when: impl Into<When>) -> Result<(), Uncached> {
        let when = when.into();
        if self.max_file_size > 0 && stamp.size > self.max_file_size {
            return Err(Uncached::TooLarge);
        }
        let protection = self.rules(when).file_update_protection;
        let protected_since = when.now.saturating_sub(protection) as i64;
        if protection > 0 && stamp.seconds > protected_since {
            return Err(Uncached::TooNew);
        }
        Ok(())
    }

    /// The directives that `opcache_get_configuration()` lists before those of the JIT, in its order.
    pub fn directives(&self) -> Vec<(&'static str, Directive)> {
        use Directive::{Bool, Float, Int, Text};
        let text = |text: &String| Text(text.clone());
        vec![
            ("opcache.enable", Bool(self.enable)),
            ("opcache.enable_cli", Bool(self.enable_cli)),
            ("opcache.use_cwd", Bool(self.use_cwd)),
            ("opcache.validate_timestamps", Bool(self.validate_timestamps)),
            ("opcache.validate_permission", Bool(self.validate_permission)),
            ("opcache.validate_root", Bool(self.validate_root)),
            ("opcache.dups_fix", Bool(self.dups_fix)),
            ("opcache.revalidate_path", Bool(self.revalidate_path)),
            ("opcache.log_verbosity_level", Int(self.log_verbosity_level)),
            ("opcache.memory_consumption", Int(self.memory_consumption as i64)),
            ("opcache.interned_strings_buffer", Int(self.interned_strings_buffer.into())),
            ("opcache.max_accelerated_files", Int(self.max_accelerated_files.into())),
            ("opcache.max_wasted_percentage", Float(self.max_wasted_percentage / 100.0)),
            ("opcache.force_restart_timeout", Int(self.force_restart_timeout as i64)),
            ("opcache.revalidate_freq", Int(self.revalidate_freq.into())),
            ("opcache.preferred_memory_model", text(&self.preferred_memory_model)),
            ("opcache.blacklist_filename", text(&self.blacklist_filename)),
            ("opcache.max_file_size", Int(self.max_file_size as i64)),
            ("opcache.error_log", text(&self.error_log)),
            ("opcache.protect_memory", Bool(self.protect_memory)),
            ("opcache.save_comments", Bool(self.save_comments)),
            ("opcache.record_warnings", Bool(self.record_warnings)),
            ("opcache.enable_file_override", Bool(self.enable_file_override)),
            ("opcache.optimization_level", Int(self.optimization_level)),
            ("opcache.lockfile_path", text(&self.lockfile_path)),
            ("opcache.file_cache", text(&self.file_cache)),
            ("opcache.file_cache_only", Bool(self.file_cache_only)),
            ("opcache.file_cache_consistency_checks", Bool(self.file_cache_consistency_checks)),
            ("opcache.file_update_protection", Int(self.file_update_protection as i64)),
            ("opcache.opt_debug_level", Int(self.opt_debug_level)),
            ("opcache.restrict_api", text(&self.restrict_api)),
            ("opcache.huge_code_pages", Bool(self.huge_code_pages)),
            ("opcache.preload", text(&self.preload)),
            ("opcache.preload_user", text(&self.preload_user)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_files_are_rounded_as_opcache_does() {
        let check = |files, keys| {
            let config = CacheConfig { max_accelerated_files: files, ..CacheConfig::default() };
            assert_eq!(config.max_cached_keys(), keys, "{files}");
        };
        check(200, 223);
        check(10_000, 16_229);
        check(16_229, 16_229);
        check(1_000_000, 1_048_793);
        check(u32::MAX, 1_048_793);
    }
}
