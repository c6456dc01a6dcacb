//! The built-in extensions.

use phalanx_vm::native::Extension;

/// All of them, in the order in which PHP lists and starts them.
pub fn all() -> Vec<&'static Extension> {
    let mut all = vec![
        &phalanx_vm::builtin::CORE,
        &crate::opcache::EXTENSION,
        &phalanx_ext_ctype::EXTENSION,
        &phalanx_ext_json::EXTENSION,
        &phalanx_ext_pcre::EXTENSION,
    ];
    all.extend(phalanx_ext_standard::EXTENSIONS);
    all.push(&phalanx_ext_reflection::REFLECTION);
    all.push(&phalanx_ext_spl::SPL);
    all.push(&phalanx_ext_async::ASYNC);
    all
}

/// Those of a command, or of a server.
pub fn of(serves: bool) -> Vec<&'static Extension> {
    let mut extensions = all();
    if serves {
        extensions.push(&phalanx_ext_standard::SERVER);
    }
    extensions
}
