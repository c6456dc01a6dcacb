//! PHP's standard extension, and the functions of the core.
//!
//! One file for each group of functions of the manual. Each declares its functions next to their code and lists them in
//! `FUNCTIONS`; this file puts the lists together. What is pure computation on bytes stands in functions of its own with
//! unit tests.
#![forbid(unsafe_code)]

pub mod args;
pub mod array;
pub mod consts;
pub mod errors;
pub mod file;
pub mod function;
pub mod info;
pub mod math;
pub mod streams;
pub mod string;
pub mod url;
pub mod var;

use phalanx_vm::Context;
use phalanx_vm::native::Extension;
use phalanx_vm::request::PHP_VERSION;

/// The functions and constants of the core; its classes are the VM's.
pub static CORE: Extension = Extension {
    name: "Core",
    version: PHP_VERSION,
    functions: &[
        string::compare::CORE_FUNCTIONS,
        function::call::FUNCTIONS,
        function::class::FUNCTIONS,
        function::constant::FUNCTIONS,
        function::error::CORE_FUNCTIONS,
        function::exit::FUNCTIONS,
        function::frame::FUNCTIONS,
        function::gc::CORE_FUNCTIONS,
        function::resource::FUNCTIONS,
        info::process::CORE_FUNCTIONS,
        array::symbols::CORE_FUNCTIONS,
    ],
    classes: &[],
    consts: &[consts::CORE],
    ini: &[],
    request_start: None,
    request_end: None,
};

/// The standard extension.
pub static STANDARD: Extension = Extension {
    name: "standard",
    version: PHP_VERSION,
    functions: &[
        array::build::FUNCTIONS,
        array::callback::FUNCTIONS,
        array::merge::FUNCTIONS,
        array::multisort::FUNCTIONS,
        array::pointer::FUNCTIONS,
        array::query::FUNCTIONS,
        array::range::FUNCTIONS,
        array::sets::FUNCTIONS,
        array::sort::FUNCTIONS,
        array::symbols::FUNCTIONS,
        file::csv::FUNCTIONS,
        file::dir::FUNCTIONS,
        file::exec::FUNCTIONS,
        file::glob::FUNCTIONS,
        file::handle::FUNCTIONS,
        file::manage::FUNCTIONS,
        file::path::FUNCTIONS,
        file::proc::FUNCTIONS,
        file::socket::FUNCTIONS,
        file::stat::FUNCTIONS,
        file::stream::FUNCTIONS,
        file::user_filter::FUNCTIONS,
        file::whole::FUNCTIONS,
        function::call::STANDARD_FUNCTIONS,
        function::constant::STANDARD_FUNCTIONS,
        function::error::FUNCTIONS,
        function::gc::FUNCTIONS,
        info::getopt::FUNCTIONS,
        info::header::FUNCTIONS,
        info::ini::FUNCTIONS,
        info::ini_file::FUNCTIONS,
        info::output::FUNCTIONS,
        info::process::FUNCTIONS,
        info::time::FUNCTIONS,
        info::upload::FUNCTIONS,
        math::arith::FUNCTIONS,
        math::base::FUNCTIONS,
        math::format::FUNCTIONS,
        math::trig::FUNCTIONS,
        string::case::FUNCTIONS,
        string::codec::FUNCTIONS,
        string::compare::FUNCTIONS,
        string::format::FUNCTIONS,
        string::increment::FUNCTIONS,
        string::likeness::FUNCTIONS,
        string::locale::FUNCTIONS,
        string::markup::FUNCTIONS,
        string::pack::FUNCTIONS,
        string::replace::FUNCTIONS,
        string::scan::FUNCTIONS,
        string::search::FUNCTIONS,
        string::slice::FUNCTIONS,
        string::split::FUNCTIONS,
        string::trim::FUNCTIONS,
        url::address::FUNCTIONS,
        url::functions::FUNCTIONS,
        var::dump::FUNCTIONS,
        var::export::FUNCTIONS,
        var::print_r::FUNCTIONS,
        var::serialize::FUNCTIONS,
        var::types::FUNCTIONS,
        var::unserialize::FUNCTIONS,
    ],
    classes: &[
        &file::dir::DIRECTORY,
        &file::user_filter::PHP_USER_FILTER,
        &file::user_filter::STREAM_BUCKET,
        &function::error::ASSERTION_ERROR,
        &math::arith::ROUNDING_MODE,
    ],
    consts: &[consts::STANDARD],
    ini: function::error::INI,
    request_start: Some(start),
    request_end: Some(end),
};

/// What a request needs before its script runs.
fn start(cx: &mut Context) {
    streams::standard::start(cx);
    info::web::start(cx);
}

/// What a request leaves behind.
fn end(cx: &mut Context) {
    streams::standard::end(cx);
    info::upload::end(cx);
}

/// Functions that only requests of clients have.
pub static SERVER: Extension = Extension {
    name: "cli_server",
    version: PHP_VERSION,
    functions: &[info::web::FUNCTIONS],
    classes: &[],
    consts: &[],
    ini: &[],
    request_start: None,
    request_end: None,
};

/// The functions of the extension random.
pub static RANDOM: Extension = Extension {
    name: "random",
    version: PHP_VERSION,
    functions: &[math::random::FUNCTIONS],
    classes: &[],
    consts: &[consts::RANDOM],
    ini: &[],
    request_start: None,
    request_end: None,
};

/// All of them, in PHP's order.
pub static EXTENSIONS: &[&Extension] = &[&CORE, &RANDOM, &STANDARD];
