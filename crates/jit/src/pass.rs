//! Passes over the SSA form, in the order they run.

mod dce;
mod fold;
mod hoist;
mod params;
mod range;
mod skip;

use crate::ir::Func;
use crate::ir::graph::Graph;
use crate::ir::verify::verify;

/// A pass, and its name in dumps. It says whether blocks came, went, or lead elsewhere than before.
type Pass = (&'static str, fn(&mut Func, &Graph) -> bool);

const PASSES: &[Pass] = &[
    ("params", params::run),
    ("fold", fold::run),
    ("range", range::run),
    ("skip", skip::run),
    ("hoist", hoist::run),
    ("dce", dce::run),
];

/// Runs all of them; `show` is given the name of each when it is done. Gives the graph as it is then.
pub(crate) fn run(func: &mut Func, show: &mut dyn FnMut(&str, &Func)) -> Graph {
    check("build", func);
    let mut graph = Graph::new(func);
    for (name, pass) in PASSES {
        if pass(func, &graph) {
            graph = Graph::new(func);
        }
        debug_assert_eq!(graph, Graph::new(func), "after {name}");
        check(name, func);
        show(name, func);
    }
    graph
}

fn check(name: &str, func: &Func) {
    if cfg!(debug_assertions)
        && let Err(problem) = verify(func)
    {
        panic!("after {name}: {problem}\n{}", crate::ir::dump::dump(func));
    }
}
