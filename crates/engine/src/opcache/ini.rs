//! The `opcache.*` settings, and our own of the shared segment.

use phalanx_vm::ini::IniBase;
use phalanx_vm::ini::access::{ALL, SYSTEM};
use phalanx_vm::native::NativeIni;

macro_rules! settings {
    ($($name:literal = $default:expr, $access:expr;)*) => {
        /// All of them.
        pub static SETTINGS: &[NativeIni] =
            &[$(NativeIni { name: $name, default: $default, access: $access, on_change: None },)*];
    };
}

settings! {
    "opcache.blacklist_filename" = Some(""), SYSTEM;
    "opcache.dups_fix" = Some("0"), ALL;
    "opcache.enable" = Some("1"), ALL;
    "opcache.enable_cli" = Some("0"), SYSTEM;
    "opcache.enable_file_override" = Some("0"), SYSTEM;
    "opcache.error_log" = Some(""), SYSTEM;
    "opcache.file_cache" = None, SYSTEM;
    "opcache.file_cache_consistency_checks" = Some("1"), SYSTEM;
    "opcache.file_cache_only" = Some("0"), SYSTEM;
    "opcache.file_cache_read_only" = Some("0"), SYSTEM;
    "opcache.file_update_protection" = Some("2"), SYSTEM;
    "opcache.force_restart_timeout" = Some("180"), SYSTEM;
    "opcache.huge_code_pages" = Some("0"), SYSTEM;
    "opcache.interned_strings_buffer" = Some("8"), SYSTEM;
    "opcache.jit" = Some("disable"), ALL;
    "opcache.jit_bisect_limit" = Some("0"), ALL;
    "opcache.jit_blacklist_root_trace" = Some("16"), ALL;
    "opcache.jit_blacklist_side_trace" = Some("8"), ALL;
    "opcache.jit_buffer_size" = Some("64M"), SYSTEM;
    "opcache.jit_debug" = Some("0"), ALL;
    "opcache.jit_hot_func" = Some("127"), SYSTEM;
    "opcache.jit_hot_loop" = Some("64"), SYSTEM;
    "opcache.jit_hot_return" = Some("8"), SYSTEM;
    "opcache.jit_hot_side_exit" = Some("8"), ALL;
    "opcache.jit_max_exit_counters" = Some("8192"), SYSTEM;
    "opcache.jit_max_loop_unrolls" = Some("8"), ALL;
    "opcache.jit_max_polymorphic_calls" = Some("2"), ALL;
    "opcache.jit_max_recursive_calls" = Some("2"), ALL;
    "opcache.jit_max_recursive_returns" = Some("2"), ALL;
    "opcache.jit_max_root_traces" = Some("1024"), SYSTEM;
    "opcache.jit_max_side_traces" = Some("128"), SYSTEM;
    "opcache.jit_max_trace_length" = Some("1024"), ALL;
    "opcache.jit_prof_threshold" = Some("0.005"), ALL;
    "opcache.lockfile_path" = Some("/tmp"), SYSTEM;
    "opcache.log_verbosity_level" = Some("1"), SYSTEM;
    "opcache.max_accelerated_files" = Some("10000"), SYSTEM;
    "opcache.max_file_size" = Some("0"), SYSTEM;
    "opcache.max_wasted_percentage" = Some("5"), SYSTEM;
    "opcache.memory_consumption" = Some("128"), SYSTEM;
    "opcache.opt_debug_level" = Some("0"), SYSTEM;
    "opcache.optimization_level" = Some("0x7FFEBFFF"), SYSTEM;
    "opcache.preferred_memory_model" = Some(""), SYSTEM;
    "opcache.preload" = Some(""), SYSTEM;
    "opcache.preload_user" = Some(""), SYSTEM;
    "opcache.protect_memory" = Some("1"), SYSTEM;
    "opcache.record_warnings" = Some("0"), SYSTEM;
    "opcache.restrict_api" = Some(""), SYSTEM;
    "opcache.revalidate_freq" = Some("2"), ALL;
    "opcache.revalidate_path" = Some("0"), ALL;
    "opcache.save_comments" = Some("1"), SYSTEM;
    "opcache.use_cwd" = Some("1"), SYSTEM;
    "opcache.validate_permission" = Some("0"), SYSTEM;
    "opcache.validate_root" = Some("0"), SYSTEM;
    "opcache.validate_timestamps" = Some("1"), ALL;
    "phalanx.jit_background" = Some("1"), SYSTEM;
    "phalanx.shm_gate" = Some("auto"), SYSTEM;
    "phalanx.shm_threads" = Some("512"), SYSTEM;
}

/// The configured value of a setting.
pub struct Setting<'a>(&'a [u8]);

impl<'a> Setting<'a> {
    /// The value of `name`.
    pub fn of(base: &'a IniBase, name: &str) -> Setting<'a> {
        Setting(base.find(name.as_bytes()).and_then(|index| base.value(index)).unwrap_or_default())
    }

    /// As a switch.
    pub fn truth(&self) -> bool {
        phalanx_vm::ini::parse_bool(self.0)
    }

    /// As a number; a unit may stand behind it.
    pub fn int(&self) -> i64 {
        phalanx_vm::ini::quantity::parse(self.0).0
    }

    /// As a text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(self.0).into_owned()
    }
}
