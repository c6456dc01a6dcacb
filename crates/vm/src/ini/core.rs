//! The settings of the VM itself.

use super::access::{ALL, PERDIR, SYSTEM};
use super::{Stage, quantity};
use crate::Context;
use crate::native::NativeIni;
use phalanx_value::heap;

macro_rules! settings {
    ($($name:literal = $default:expr, $access:expr $(, $on_change:tt)?;)*) => {
        /// All of them.
        pub(crate) static SETTINGS: &[NativeIni] = &[$(NativeIni {
            name: $name,
            default: $default,
            access: $access,
            on_change: settings!(@change $name $(, $on_change)?),
        },)*];
    };
    (@change $name:literal) => { None };
    // A hot setting: its field takes the value over.
    (@change $name:literal, hot) => {
        Some(|cx: &mut Context, value: &[u8], stage: Stage| {
            // What is restored may be a setting without value.
            let value = Some(value).filter(|value| stage != Stage::Restore || !value.is_empty());
            cx.ini.set($name, value)
        })
    };
    (@change $name:literal, $on_change:tt) => { Some($on_change) };
}

settings! {
    "allow_url_fopen" = Some("1"), SYSTEM;
    "allow_url_include" = Some("0"), SYSTEM;
    "arg_separator.input" = Some("&"), PERDIR | SYSTEM;
    "arg_separator.output" = Some("&"), ALL;
    "auto_append_file" = None, PERDIR | SYSTEM;
    "auto_detect_line_endings" = Some("0"), ALL;
    "auto_globals_jit" = Some("1"), PERDIR | SYSTEM;
    "auto_prepend_file" = None, PERDIR | SYSTEM;
    "browscap" = None, SYSTEM;
    "default_charset" = Some("UTF-8"), ALL, one_line;
    "default_mimetype" = Some("text/html"), ALL, one_line;
    "default_socket_timeout" = Some("60"), ALL;
    "disable_classes" = Some(""), SYSTEM;
    "disable_functions" = Some(""), SYSTEM;
    "display_errors" = Some("1"), ALL, hot;
    "display_startup_errors" = Some("1"), ALL;
    "doc_root" = None, SYSTEM;
    "docref_ext" = Some(""), ALL;
    "docref_root" = Some(""), ALL;
    "enable_dl" = Some("1"), SYSTEM;
    "enable_post_data_reading" = Some("1"), PERDIR | SYSTEM;
    "error_append_string" = None, ALL;
    "error_log" = None, ALL;
    "error_log_mode" = Some("0644"), ALL;
    "error_prepend_string" = None, ALL;
    "error_reporting" = None, ALL, hot;
    "expose_php" = Some("1"), SYSTEM;
    "extension_dir" = Some("/usr/lib/php"), SYSTEM;
    "file_uploads" = Some("1"), SYSTEM;
    "fiber.stack_size" = Some(""), ALL;
    "from" = None, ALL;
    "hard_timeout" = Some("2"), SYSTEM;
    "highlight.comment" = Some("#FF8000"), ALL;
    "highlight.default" = Some("#0000BB"), ALL;
    "highlight.html" = Some("#000000"), ALL;
    "highlight.keyword" = Some("#007700"), ALL;
    "highlight.string" = Some("#DD0000"), ALL;
    "html_errors" = Some("0"), ALL, hot;
    "ignore_repeated_errors" = Some("0"), ALL;
    "ignore_repeated_source" = Some("0"), ALL;
    "ignore_user_abort" = Some("0"), ALL;
    "implicit_flush" = Some("1"), ALL;
    "include_path" = Some(".:/usr/share/php"), ALL, not_empty;
    "input_encoding" = None, ALL;
    "internal_encoding" = None, ALL;
    "log_errors" = Some("0"), ALL, hot;
    "max_execution_time" = Some("0"), ALL, time_limit;
    "max_file_uploads" = Some("20"), PERDIR | SYSTEM;
    "max_input_nesting_level" = Some("64"), PERDIR | SYSTEM;
    "max_input_time" = Some("-1"), PERDIR | SYSTEM;
    "max_input_vars" = Some("1000"), PERDIR | SYSTEM;
    "max_multipart_body_parts" = Some("-1"), PERDIR | SYSTEM;
    "memory_limit" = Some("128M"), ALL, memory_limit;
    "open_basedir" = None, ALL;
    "output_buffering" = Some("0"), PERDIR | SYSTEM;
    "output_encoding" = None, ALL;
    "output_handler" = None, PERDIR | SYSTEM;
    "post_max_size" = Some("8M"), PERDIR | SYSTEM;
    "precision" = Some("14"), ALL, precision;
    "realpath_cache_size" = Some("4096K"), SYSTEM;
    "realpath_cache_ttl" = Some("120"), SYSTEM;
    "register_argc_argv" = Some("1"), PERDIR | SYSTEM;
    "report_memleaks" = Some("1"), ALL;
    "report_zend_debug" = Some("0"), ALL;
    "request_order" = None, PERDIR | SYSTEM;
    "sendmail_from" = None, ALL;
    "sendmail_path" = Some("/usr/sbin/sendmail -t -i"), SYSTEM;
    "serialize_precision" = Some("-1"), ALL, hot;
    "short_open_tag" = Some("1"), PERDIR | SYSTEM;
    "SMTP" = Some("localhost"), ALL;
    "smtp_port" = Some("25"), ALL;
    "sys_temp_dir" = None, SYSTEM;
    "syslog.facility" = Some("LOG_USER"), SYSTEM;
    "syslog.filter" = Some("no-ctrl"), ALL;
    "syslog.ident" = Some("php"), SYSTEM;
    "unserialize_callback_func" = None, ALL;
    "unserialize_max_depth" = Some("4096"), ALL;
    "upload_max_filesize" = Some("2M"), PERDIR | SYSTEM;
    "upload_tmp_dir" = None, SYSTEM;
    "user_agent" = None, ALL;
    "user_dir" = None, SYSTEM;
    "user_ini.cache_ttl" = Some("300"), SYSTEM;
    "user_ini.filename" = Some(".user.ini"), SYSTEM;
    "variables_order" = Some("EGPCS"), PERDIR | SYSTEM;
    "xmlrpc_error_number" = Some("0"), ALL;
    "xmlrpc_errors" = Some("0"), SYSTEM;
    "zend.assertions" = Some("1"), ALL, assertions;
    "zend.detect_unicode" = Some("1"), ALL;
    "zend.enable_gc" = Some("1"), ALL, enable_gc;
    "zend.exception_ignore_args" = Some("0"), ALL, hot;
    "zend.exception_string_param_max_len" = Some("15"), ALL, hot;
    "zend.max_allowed_stack_size" = Some("0"), SYSTEM;
    "zend.multibyte" = Some("0"), PERDIR;
    "zend.reserved_stack_size" = Some("0"), SYSTEM;
    "zend.script_encoding" = None, ALL;
    "zend.signal_check" = Some("0"), SYSTEM;
}

fn one_line(_: &mut Context, value: &[u8], _: Stage) -> bool {
    !value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0))
}

fn not_empty(_: &mut Context, value: &[u8], _: Stage) -> bool {
    !value.is_empty()
}

fn precision(cx: &mut Context, value: &[u8], _: Stage) -> bool {
    let fits = cx.ini.set("precision", Some(value));
    phalanx_value::convert::set_precision(cx.ini.precision);
    fits
}

fn time_limit(cx: &mut Context, value: &[u8], stage: Stage) -> bool {
    crate::time_limit::on_change(cx, value, stage)
}

fn enable_gc(_: &mut Context, value: &[u8], _: Stage) -> bool {
    phalanx_value::gc::set_enabled(super::parse_bool(value));
    true
}

fn memory_limit(cx: &mut Context, value: &[u8], stage: Stage) -> bool {
    let limit = if value.is_empty() { 1 << 30 } else { cx.quantity_setting("memory_limit", value) };
    let wanted = usize::try_from(limit).ok();
    // A request has one chunk of memory from the beginning.
    let usage = heap::real_usage().max(2 << 20);
    let fits = || wanted.is_none_or(|wanted| wanted >= usage) && heap::set_memory_limit(wanted).is_ok();
    // When a request begins, what the last one of this thread has used is about to be forgotten.
    let starts = || wanted.is_none_or(|wanted| wanted >= 2 << 20);
    if !(if stage == Stage::Startup { starts() } else { fits() }) {
        let usage = if stage == Stage::Startup { 2 << 20 } else { usage };
        let text =
            format!("Failed to set memory limit to {limit} bytes (Current memory usage is {usage} bytes)");
        // An exception of the error handler is pending: whoever changes the setting finds it.
        let _ = cx.warning(text);
        return false;
    }
    cx.ini.memory_limit = limit;
    true
}

/// Whether assertions are compiled in is decided when the process begins: -1 and the others do not mix.
fn assertions(cx: &mut Context, value: &[u8], stage: Stage) -> bool {
    let wanted = cx.quantity_setting("zend.assertions", value);
    if stage == Stage::Runtime && cx.ini.assertions != wanted && (cx.ini.assertions < 0 || wanted < 0) {
        let _ = cx.warning("zend.assertions may be completely enabled or disabled only in php.ini");
        return false;
    }
    cx.ini.assertions = wanted;
    true
}

impl Context {
    /// The number in a setting's text, with PHP's warning if it is not quite one.
    pub fn quantity_setting(&mut self, name: &str, value: &[u8]) -> i64 {
        let (number, problem) = quantity::parse(value);
        if let Some(problem) = problem {
            let _ = self.warning(format!("Invalid \"{name}\" setting. {}", problem.text(value)));
        }
        number
    }
}
