//! The start of a process: what is wrong with its settings is told once, before the first request.

use crate::loader::EngineLoader;
use crate::opcache::Setting;
use crate::{Engine, Process, Sink, border};
use phalanx_value::PhpString;
use phalanx_vm::errors::{Speaker, level};
use phalanx_vm::registry::Registry;
use std::rc::Rc;
use std::sync::Arc;

/// Exit code of a process whose start has failed: settings that it must not have, preloading that came to no end.
pub(crate) const FAILED: i32 = 1;

/// Settings that go away.
const DEPRECATED: &[&str] = &["allow_url_include"];

/// Settings that PHP had once; who still asks for one relies on something that does not happen.
const REMOVED: &[&str] = &[
    "allow_call_time_pass_reference",
    "asp_tags",
    "define_syslog_variables",
    "highlight.bg",
    "magic_quotes_gpc",
    "magic_quotes_runtime",
    "magic_quotes_sybase",
    "register_globals",
    "register_long_arrays",
    "safe_mode",
    "safe_mode_gid",
    "safe_mode_include_dir",
    "safe_mode_exec_dir",
    "safe_mode_allowed_env_vars",
    "safe_mode_protected_env_vars",
    "zend.ze1_compatibility_mode",
    "track_errors",
];

impl Engine {
    /// Tells what is wrong with the settings, and preloads. The error is the exit code of the process, which is to end then; it
    /// has been told why. To be called once, before the first request, on a thread that lives as long as requests run and has
    /// `stack_size` bytes of native stack left. `make` gives the surroundings of a request, and `sink` where its output goes.
    pub fn start(
        self: &Arc<Engine>,
        sink: impl Fn() -> Box<dyn Sink>,
        make: impl Fn() -> Process,
        stack_size: usize,
    ) -> Result<(), i32> {
        if self.has_something_to_tell() {
            self.tell(sink(), make(), stack_size)?;
        }
        self.preload(sink, make, stack_size)
    }

    fn has_something_to_tell(&self) -> bool {
        let base = self.ini();
        let asks = |name: &&str| base.config(name.as_bytes()).is_some();
        !self.refused.is_empty()
            || base.configured().any(|index| base.setting(index).on_change.is_some())
            || DEPRECATED.iter().chain(REMOVED).any(asks)
    }

    fn tell(self: &Arc<Engine>, sink: Box<dyn Sink>, process: Process, stack_size: usize) -> Result<(), i32> {
        let loader = Rc::new(EngineLoader::without_cache(self.clone()));
        let mut request = self.begin(loader, sink, process, stack_size, Speaker::Startup);
        let mut result = Ok(());
        border::guard(&mut request.cx, |cx| {
            let nowhere = PhpString::from_bytes(b"Unknown");
            let asks =
                |name: &&&str| self.ini().config(name.as_bytes()).is_some_and(phalanx_vm::ini::parse_bool);
            // Nobody handles errors yet, so none is thrown.
            for text in &self.refused {
                let _ = cx.raise_at(level::E_WARNING, text, &nowhere, 0);
            }
            for name in DEPRECATED.iter().filter(asks) {
                let text = format!("Directive '{name}' is deprecated");
                let _ = cx.raise_at(level::E_DEPRECATED, text, &nowhere, 0);
            }
            if let Some(name) = REMOVED.iter().find(asks) {
                let text = format!("Directive '{name}' is no longer available in PHP");
                let _ = cx.fatal_error_at(level::E_CORE_ERROR, text, &nowhere, 0);
                result = Err(FAILED);
            }
        });
        request.finish();
        result
    }
}

/// Takes out of the registry what `disable_functions` names; gives warnings of what cannot be taken out.
pub(crate) fn disable_functions(registry: &mut Registry, list: &Setting<'_>) -> Vec<String> {
    let text = list.text();
    let mut refused = Vec::new();
    let mut rest = text.as_str();
    loop {
        rest = rest.trim_start_matches([' ', ',']);
        let name = rest.split([' ', ',']).next().unwrap_or_default();
        if name.is_empty() {
            return refused;
        }
        if name == "exit" || name == "die" {
            // As in PHP, with whatever comes behind it.
            refused.push(format!("Cannot disable function {rest}()"));
        } else {
            registry.disable_function(name);
        }
        rest = &rest[name.len()..];
    }
}
