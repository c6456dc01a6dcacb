//! Which variables an arrow function takes over from around it: all that its body names.

use crate::Compiler;
use crate::fetch::is_superglobal;
use crate::strings::StrId;
use phalanx_syntax::ast::{ExprId, Func, FuncBody, Sym};

impl Compiler<'_> {
    pub(crate) fn implicit_uses(&self, node: &Func) -> Vec<StrId> {
        let mut found = Vec::new();
        if let FuncBody::Expr(body) = node.body {
            self.collect_variables(body, &mut found);
        }
        let params = self.ast.slice(node.params);
        found.retain(|&name| {
            name != Sym::this()
                && !params.iter().any(|param| param.name == name)
                && !is_superglobal(self.ast.str(name))
        });
        found.into_iter().map(StrId::from).collect()
    }

    fn add(&self, name: Sym, found: &mut Vec<Sym>) {
        if !found.contains(&name) {
            found.push(name);
        }
    }

    fn collect_variables(&self, id: ExprId, found: &mut Vec<Sym>) {
        use phalanx_syntax::ast::Expr as E;
        let ast = self.ast;
        let mut each = |ids: &mut dyn Iterator<Item = ExprId>| {
            for id in ids {
                self.collect_variables(id, found);
            }
        };
        match ast.expr(id) {
            E::Var(name) => self.add(name, found),
            E::NewAnonymous { args, .. } => {
                if let Some(list) = args.list() {
                    each(&mut ast.list(list));
                }
            }
            E::Int(_) | E::Float(_) | E::Str(_) | E::Hole | E::Const(_) | E::Name(_) | E::Magic(_) => {}
            E::Interpolated(list) | E::ShellExec(list) | E::Isset(list) => each(&mut ast.list(list)),
            E::Array { items, .. } => each(&mut ast.list(items)),
            E::DollarBrace { inner: operand, .. }
            | E::VarVar(operand)
            | E::Spread(operand)
            | E::NamedArg { value: operand, .. }
            | E::ClassName(operand)
            | E::Unary { operand, .. }
            | E::IncDec { target: operand, .. }
            | E::Cast { operand, .. }
            | E::Print(operand)
            | E::Include { path: operand, .. }
            | E::Eval(operand)
            | E::Empty(operand)
            | E::YieldFrom(operand)
            | E::Throw(operand) => self.collect_variables(operand, found),
            E::Item { key, value, .. } => each(&mut key.into_iter().chain([value])),
            E::Index { base, index } => each(&mut [base].into_iter().chain(index)),
            E::Prop { object: a, name: b, .. }
            | E::StaticProp { class: a, name: b }
            | E::ClassConst { class: a, name: b }
            | E::Binary { left: a, right: b, .. }
            | E::Assign { target: a, value: b }
            | E::AssignRef { target: a, value: b }
            | E::AssignOp { target: a, value: b, .. }
            | E::Instanceof { value: a, class: b } => each(&mut [a, b].into_iter()),
            E::Call { callee, args } => {
                each(&mut [callee].into_iter());
                if let Some(list) = args.list() {
                    each(&mut ast.list(list));
                }
            }
            E::New { class, args } => {
                each(&mut [class].into_iter());
                if let Some(list) = args.list() {
                    each(&mut ast.list(list));
                }
            }
            E::MethodCall { object: a, name: b, args, .. } | E::StaticCall { class: a, name: b, args } => {
                each(&mut [a, b].into_iter());
                if let Some(list) = args.list() {
                    each(&mut ast.list(list));
                }
            }
            E::Closure(func) => {
                // A closure takes over what it lists.
                for used in ast.slice(ast.func(func).uses) {
                    self.add(used.name, found);
                }
            }
            E::ArrowFn(func) => {
                // What a nested arrow function needs has to come through this one.
                let node = ast.func(func);
                for name in self.implicit_uses(node) {
                    self.add(sym_of(name), found);
                }
            }
            E::Ternary { cond, then, otherwise, .. } => {
                each(&mut [cond].into_iter().chain(then).chain([otherwise]));
            }
            E::Yield { key, value } => each(&mut key.into_iter().chain(value)),
            E::Match { subject, arms } => {
                self.collect_variables(subject, found);
                for arm in ast.slice(arms) {
                    for cond in arm.conds.into_iter().flat_map(|conds| ast.list(conds)) {
                        self.collect_variables(cond, found);
                    }
                    self.collect_variables(arm.body, found);
                }
            }
        }
    }
}

/// Ids of variables in the source are symbols.
fn sym_of(name: StrId) -> Sym {
    phalanx_base::Id::from_index(name.0 as usize)
}
