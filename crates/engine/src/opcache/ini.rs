//! The `opcache.*` settings, and our own of the shared segment.

use super::checks::{self, Check};
use phalanx_vm::ini::IniBase;
use phalanx_vm::ini::access::{ALL, SYSTEM};
use phalanx_vm::native::NativeIni;

macro_rules! settings {
    ($($name:literal = $default:expr, $access:expr $(, $check:expr)?;)*) => {
        /// All of them.
        pub static SETTINGS: &[NativeIni] = &[$(NativeIni {
            name: $name,
            default: $default,
            access: $access,
            on_change: settings!(@change $name $(, $check)?),
        },)*];

        /// What is asked of their values.
        pub(super) static CHECKS: &[(&str, Check)] = &[$($(($name, $check),)?)*];
    };
    (@change $name:literal) => { None };
    (@change $name:literal, $check:expr) => {
        Some(|cx, value, stage| checks::on_change(cx, $name, $check, value, stage))
    };
}

settings! {
    // In the order in which OPcache complains of them.
    "opcache.memory_consumption" = Some("128"), SYSTEM, Check::Memory;
    "opcache.interned_strings_buffer" = Some("8"), SYSTEM, Check::InternedStrings;
    "opcache.max_accelerated_files" = Some("10000"), SYSTEM, Check::Files;
    "opcache.max_wasted_percentage" = Some("5"), SYSTEM, Check::Wasted;

    "opcache.blacklist_filename" = Some(""), SYSTEM;
    "opcache.dups_fix" = Some("0"), ALL, Check::Switch;
    "opcache.enable" = Some("1"), ALL, Check::Enable;
    "opcache.enable_cli" = Some("0"), SYSTEM;
    "opcache.enable_file_override" = Some("0"), SYSTEM;
    "opcache.error_log" = Some(""), SYSTEM;
    "opcache.file_cache" = None, SYSTEM;
    "opcache.file_cache_consistency_checks" = Some("1"), SYSTEM;
    "opcache.file_cache_only" = Some("0"), SYSTEM;
    "opcache.file_cache_read_only" = Some("0"), SYSTEM;
    "opcache.file_update_protection" = Some("2"), ALL, Check::Number;
    "opcache.force_restart_timeout" = Some("180"), SYSTEM, Check::Number;
    "opcache.huge_code_pages" = Some("0"), SYSTEM;
    "opcache.jit" = Some("disable"), ALL, Check::Jit;
    "opcache.jit_bisect_limit" = Some("0"), ALL, Check::Number;
    "opcache.jit_blacklist_root_trace" = Some("16"), ALL, Check::Counter;
    "opcache.jit_blacklist_side_trace" = Some("8"), ALL, Check::Counter;
    "opcache.jit_buffer_size" = Some("64M"), SYSTEM, Check::Number;
    "opcache.jit_debug" = Some("0"), ALL, Check::JitDebug;
    "opcache.jit_hot_func" = Some("127"), SYSTEM, Check::Counter;
    "opcache.jit_hot_loop" = Some("64"), SYSTEM, Check::Counter;
    "opcache.jit_hot_return" = Some("8"), SYSTEM, Check::Counter;
    "opcache.jit_hot_side_exit" = Some("8"), ALL, Check::Counter;
    "opcache.jit_max_exit_counters" = Some("8192"), SYSTEM, Check::Number;
    "opcache.jit_max_loop_unrolls" = Some("8"), ALL, Check::Between(1, 10, 10);
    "opcache.jit_max_polymorphic_calls" = Some("2"), ALL, Check::Number;
    "opcache.jit_max_recursive_calls" = Some("2"), ALL, Check::Between(1, 10, 10);
    "opcache.jit_max_recursive_returns" = Some("2"), ALL, Check::Between(0, 4, 4);
    "opcache.jit_max_root_traces" = Some("1024"), SYSTEM, Check::Number;
    "opcache.jit_max_side_traces" = Some("128"), SYSTEM, Check::Number;
    "opcache.jit_max_trace_length" = Some("1024"), ALL, Check::Between(4, 1024, 1025);
    "opcache.jit_prof_threshold" = Some("0.005"), ALL;
    "opcache.lockfile_path" = Some("/tmp"), SYSTEM;
    "opcache.log_verbosity_level" = Some("1"), SYSTEM, Check::Number;
    "opcache.max_file_size" = Some("0"), SYSTEM, Check::Number;
    "opcache.opt_debug_level" = Some("0"), SYSTEM, Check::Number;
    "opcache.optimization_level" = Some("0x7FFEBFFF"), SYSTEM, Check::Number;
    "opcache.preferred_memory_model" = Some(""), SYSTEM;
    "opcache.preload" = Some(""), SYSTEM;
    "opcache.preload_user" = Some(""), SYSTEM;
    "opcache.protect_memory" = Some("1"), SYSTEM;
    "opcache.record_warnings" = Some("0"), SYSTEM;
    "opcache.restrict_api" = Some(""), SYSTEM;
    "opcache.revalidate_freq" = Some("2"), ALL, Check::Number;
    "opcache.revalidate_path" = Some("0"), ALL;
    "opcache.save_comments" = Some("1"), SYSTEM;
    "opcache.use_cwd" = Some("1"), SYSTEM;
    "opcache.validate_permission" = Some("0"), SYSTEM;
    "opcache.validate_root" = Some("0"), SYSTEM;
    "opcache.validate_timestamps" = Some("1"), ALL, Check::Switch;
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

    /// As it stands.
    pub fn bytes(&self) -> &'a [u8] {
        self.0
    }

    /// As a text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(self.0).into_owned()
    }
}
