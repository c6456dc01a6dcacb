//! Passes over the SSA form, in the order they run.

mod dce;
mod fold;
mod hoist;
mod params;
mod range;
mod skip;

use crate::ir::Func;
use crate::ir::verify::verify;

/// A pass, and its name in dumps.
type Pass = (&'static str, fn(&mut Func));

const PASSES: &[Pass] = &[
    ("params", params::run),
    ("fold", fold::run),
    ("range", range::run),
    ("skip", skip::run),
    ("hoist", hoist::run),
    ("dce", dce::run),
];

/// Runs all of them; `show` is given the name of each when it is done.
pub(crate) fn run(func: &mut Func, show: &mut dyn FnMut(&str, &Func)) {
    check("build", func);
    for (name, pass) in PASSES {
        pass(func);
        check(name, func);
        show(name, func);
    }
}

fn check(name: &str, func: &Func) {
    if cfg!(debug_assertions)
        && let Err(problem) = verify(func)
    {
        panic!("after {name}: {problem}\n{}", crate::ir::dump::dump(func));
    }
}
