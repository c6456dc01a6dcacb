//! Which variables an arrow function takes over from around it: all that its body names.

use crate::Compiler;
use crate::fetch::is_superglobal;
use crate::strings::StrId;
use crate::walk::expr_children;
use phalanx_syntax::ast::{Expr, Func, FuncBody, Sym};

impl Compiler<'_> {
    pub(crate) fn implicit_uses(&self, node: &Func) -> Vec<StrId> {
        let mut found = Vec::new();
        self.collect_variables(node, &mut found);
        found.into_iter().map(StrId::from).collect()
    }

    fn collect_variables(&self, node: &Func, found: &mut Vec<Sym>) {
        let ast = self.ast;
        let params = ast.slice(node.params);
        let mut add = |name: Sym| {
            let taken = name == Sym::this()
                || params.iter().any(|param| param.name == name)
                || found.contains(&name)
                || is_superglobal(ast.str(name));
            if !taken {
                found.push(name);
            }
        };
        let FuncBody::Expr(body) = node.body else { return };
        let mut exprs = vec![body];
        while let Some(id) = exprs.pop() {
            let expr = ast.expr(id);
            match expr {
                Expr::Var(name) => add(name),
                // A closure takes over what it lists.
                Expr::Closure(func) => ast.slice(ast.func(func).uses).iter().for_each(|used| add(used.name)),
                // What a nested arrow function needs has to come through this one.
                Expr::ArrowFn(func) => {
                    let mut inner = Vec::new();
                    self.collect_variables(ast.func(func), &mut inner);
                    inner.into_iter().for_each(&mut add);
                }
                _ => {
                    // Children are pushed in reverse, so that variables are found from left to right.
                    let first = exprs.len();
                    expr_children(ast, expr, &mut |child| exprs.push(child));
                    exprs[first..].reverse();
                }
            }
        }
    }
}
