//! Walking the tree without compiling it, for questions that are asked before. Functions and classes inside of the tree
//! are not entered.

use phalanx_syntax::ast::{
    Args, Ast, Expr, ExprId, ForLoop, Foreach, Func, FuncBody, List, Stmt, StmtId, Try,
};

/// Calls `then` with each direct child of an expression.
pub(crate) fn expr_children(ast: &Ast, expr: Expr, then: &mut dyn FnMut(ExprId)) {
    use Expr as E;
    let each = |list: List<ExprId>, then: &mut dyn FnMut(ExprId)| ast.list(list).for_each(then);
    let args = |args: Args, then: &mut dyn FnMut(ExprId)| {
        if let Some(list) = args.list() {
            ast.list(list).for_each(then);
        }
    };
    match expr {
        E::Int(_)
        | E::Float(_)
        | E::Str(_)
        | E::Var(_)
        | E::Hole
        | E::Const(_)
        | E::Name(_)
        | E::Magic(_)
        | E::Closure(_)
        | E::ArrowFn(_) => {}
        E::NewAnonymous { args: list, .. } => args(list, then),
        E::Interpolated(list) | E::ShellExec(list) | E::Isset(list) => each(list, then),
        E::Array { items, .. } => each(items, then),
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
        | E::Throw(operand) => then(operand),
        E::Item { key, value, .. } => {
            key.into_iter().for_each(&mut *then);
            then(value);
        }
        E::Index { base, index } => {
            then(base);
            index.into_iter().for_each(then);
        }
        E::Prop { object: a, name: b, .. }
        | E::StaticProp { class: a, name: b }
        | E::ClassConst { class: a, name: b }
        | E::Binary { left: a, right: b, .. }
        | E::Assign { target: a, value: b }
        | E::AssignRef { target: a, value: b }
        | E::AssignOp { target: a, value: b, .. }
        | E::Instanceof { value: a, class: b } => {
            then(a);
            then(b);
        }
        E::Call { callee: a, args: list } | E::New { class: a, args: list } => {
            then(a);
            args(list, then);
        }
        E::MethodCall { object: a, name: b, args: list, .. }
        | E::StaticCall { class: a, name: b, args: list } => {
            then(a);
            then(b);
            args(list, then);
        }
        E::Ternary { cond, then: yes, otherwise, .. } => {
            then(cond);
            yes.into_iter().for_each(&mut *then);
            then(otherwise);
        }
        E::Yield { key, value } => key.into_iter().chain(value).for_each(then),
        E::Match { subject, arms } => {
            then(subject);
            for arm in ast.slice(arms) {
                if let Some(conds) = arm.conds {
                    ast.list(conds).for_each(&mut *then);
                }
                then(arm.body);
            }
        }
    }
}

/// Whether `found` holds for an expression in the body of a function.
pub(crate) fn any_expr_in_func(ast: &Ast, node: &Func, found: &mut dyn FnMut(Expr) -> bool) -> bool {
    let mut exprs = Vec::new();
    let mut stmts: Vec<StmtId> = Vec::new();
    match node.body {
        FuncBody::None => {}
        FuncBody::Expr(body) => exprs.push(body),
        FuncBody::Block(body) => stmts.extend(ast.list(body)),
    }
    while let Some(stmt) = stmts.pop() {
        parts_of_stmt(ast, stmt, &mut stmts, &mut exprs);
    }
    while let Some(id) = exprs.pop() {
        let expr = ast.expr(id);
        if found(expr) {
            return true;
        }
        expr_children(ast, expr, &mut |child| exprs.push(child));
    }
    false
}

/// Appends the direct parts of a statement.
fn parts_of_stmt(ast: &Ast, id: StmtId, stmts: &mut Vec<StmtId>, exprs: &mut Vec<ExprId>) {
    match ast.stmt(id) {
        Stmt::Nop
        | Stmt::InlineHtml(_)
        | Stmt::Goto(_)
        | Stmt::Label(_)
        | Stmt::Namespace { .. }
        | Stmt::Use(_)
        | Stmt::Function(_)
        | Stmt::Class(_)
        | Stmt::HaltCompiler { .. } => {}
        Stmt::Expr(value) => exprs.push(value),
        Stmt::Echo(list) | Stmt::Global(list) | Stmt::Unset(list) => exprs.extend(ast.list(list)),
        Stmt::Block(body) => stmts.extend(ast.list(body)),
        Stmt::If(branches) => {
            for branch in ast.slice(branches) {
                exprs.extend(branch.cond);
                stmts.push(branch.body);
            }
        }
        Stmt::While { cond, body } | Stmt::DoWhile { body, cond } => {
            exprs.push(cond);
            stmts.push(body);
        }
        Stmt::For(node) => {
            let node = ast.get::<ForLoop>(node);
            exprs.extend(ast.list(node.init).chain(ast.list(node.cond)).chain(ast.list(node.step)));
            stmts.push(node.body);
        }
        Stmt::Foreach(node) => {
            let node = ast.get::<Foreach>(node);
            exprs.extend([node.subject, node.value].into_iter().chain(node.key));
            stmts.push(node.body);
        }
        Stmt::Switch { subject, cases } => {
            exprs.push(subject);
            for case in ast.slice(cases) {
                exprs.extend(case.cond);
                stmts.extend(ast.list(case.body));
            }
        }
        Stmt::Break(value) | Stmt::Continue(value) | Stmt::Return(value) => exprs.extend(value),
        Stmt::StaticVars(vars) => exprs.extend(ast.slice(vars).iter().filter_map(|var| var.init)),
        Stmt::Try(node) => {
            let node = ast.get::<Try>(node);
            stmts.extend(ast.list(node.body));
            for catch in ast.slice(node.catches) {
                stmts.extend(ast.list(catch.body));
            }
            stmts.extend(node.finally.into_iter().flat_map(|body| ast.list(body)));
        }
        Stmt::Declare { body, .. } => stmts.extend(body),
        Stmt::Const(items) => exprs.extend(ast.slice(items).iter().map(|item| item.value)),
    }
}
