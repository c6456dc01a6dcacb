//! Statements, which occur in the bodies of closures and anonymous classes.

use super::Exporter;
use crate::ast::{ExprId, ForLoop, Foreach, IfBranch, List, Stmt, StmtId, Try};

impl Exporter<'_> {
    /// `{` on the current line, statements, `}` on a line of its own without line end.
    pub(super) fn braces(&mut self, body: List<StmtId>, indent: usize) {
        self.push("{\n");
        self.statements(body, indent + 1);
        self.indent(indent);
        self.push("}");
    }

    fn statements(&mut self, list: List<StmtId>, indent: usize) {
        let ast = self.ast;
        for stmt in ast.list(list) {
            self.nested(|exporter| exporter.statement(stmt, indent));
        }
    }

    /// The body of a control structure in braces, whatever it was.
    fn body(&mut self, body: StmtId, indent: usize) {
        self.push("{\n");
        self.nested(|exporter| exporter.statement(body, indent + 1));
        self.indent(indent);
        self.push("}");
    }

    /// An indented line for each operand: `global` and its like take one at a time.
    fn each(&mut self, keyword: &str, operands: List<ExprId>, end: &str, indent: usize) {
        let ast = self.ast;
        for operand in ast.list(operands) {
            self.indent(indent);
            self.push(keyword);
            self.expr(operand, 0, indent);
            self.push(end);
        }
    }

    fn jump(&mut self, keyword: &str, operand: Option<ExprId>, indent: usize) {
        self.indent(indent);
        self.push(keyword);
        if let Some(operand) = operand {
            self.push(" ");
            self.expr(operand, 0, indent);
        }
        self.push(";\n");
    }

    fn statement(&mut self, stmt: StmtId, indent: usize) {
        let ast = self.ast;
        match ast.stmt(stmt) {
            Stmt::Nop | Stmt::HaltCompiler { .. } => {}
            // Only at the top level of a file, where no expression contains them.
            Stmt::Namespace { .. } | Stmt::Use(_) | Stmt::Const(_) => {}
            Stmt::Block(list) => self.statements(list, indent),
            Stmt::Expr(expr) => {
                self.indent(indent);
                self.expr(expr, 0, indent);
                self.push(";\n");
            }
            Stmt::Echo(values) => self.each("echo ", values, ";\n", indent),
            Stmt::InlineHtml(span) => {
                self.indent(indent);
                self.push("echo ");
                let text = span.of(self.source);
                self.string(text);
                self.push(";\n");
            }
            Stmt::If(branches) => self.if_statement(ast.slice(branches), indent),
            Stmt::While { cond, body } => {
                self.indent(indent);
                self.push("while (");
                self.expr(cond, 0, indent);
                self.push(") ");
                self.body(body, indent);
                self.push("\n");
            }
            Stmt::DoWhile { body, cond } => {
                self.indent(indent);
                self.push("do ");
                self.body(body, indent);
                self.push(" while (");
                self.expr(cond, 0, indent);
                self.push(");\n");
            }
            Stmt::For(id) => self.for_statement(ast.get::<ForLoop>(id), indent),
            Stmt::Foreach(id) => self.foreach_statement(ast.get::<Foreach>(id), indent),
            Stmt::Switch { subject, cases } => {
                self.indent(indent);
                self.push("switch (");
                self.expr(subject, 0, indent);
                self.push(") {\n");
                for case in ast.slice(cases) {
                    self.indent(indent + 1);
                    match case.cond {
                        Some(cond) => {
                            self.push("case ");
                            self.expr(cond, 0, indent + 1);
                            self.push(":\n");
                        }
                        None => self.push("default:\n"),
                    }
                    self.statements(case.body, indent + 2);
                }
                self.indent(indent);
                self.push("}\n");
            }
            Stmt::Break(level) => self.jump("break", level, indent),
            Stmt::Continue(level) => self.jump("continue", level, indent),
            Stmt::Return(value) => self.jump("return", value, indent),
            Stmt::Global(variables) => self.each("global ", variables, ";\n", indent),
            Stmt::Unset(variables) => self.each("unset(", variables, ");\n", indent),
            Stmt::StaticVars(variables) => {
                for variable in ast.slice(variables) {
                    self.indent(indent);
                    self.push("static $");
                    self.variable_name(variable.name);
                    if let Some(init) = variable.init {
                        self.push(" = ");
                        self.expr(init, 90, indent);
                    }
                    self.push(";\n");
                }
            }
            Stmt::Try(id) => self.try_statement(ast.get::<Try>(id), indent),
            Stmt::Goto(label) => {
                self.indent(indent);
                self.push("goto ");
                self.sym(label);
                self.push(";\n");
            }
            Stmt::Label(label) => {
                self.indent(indent);
                self.sym(label);
                self.push(":\n");
            }
            Stmt::Declare { directives, body } => {
                self.indent(indent);
                self.push("declare(");
                self.separated(ast.slice(directives), ", ", |exporter, directive| {
                    exporter.sym(directive.name);
                    exporter.push(" = ");
                    exporter.expr(directive.value, 90, indent);
                });
                self.push(")");
                if let Some(body) = body {
                    self.push(" ");
                    self.body(body, indent);
                    self.push("\n");
                } else {
                    self.push(";\n");
                }
            }
            Stmt::Function(func) => {
                self.attribute_lines(ast.func(func).attrs, indent);
                self.indent(indent);
                self.function(ast.func(func), indent);
                self.push("\n");
            }
            Stmt::Class(class) => {
                self.attribute_lines(ast.class(class).attrs, indent);
                self.indent(indent);
                self.class_declaration(ast.class(class), indent);
                self.push("\n\n");
            }
        }
    }

    fn if_statement(&mut self, branches: &[IfBranch], indent: usize) {
        self.indent(indent);
        for (index, branch) in branches.iter().enumerate() {
            if index > 0 {
                self.push(" ");
            }
            let cond = branch.cond;
            match cond {
                None => self.push("else "),
                Some(cond) => {
                    let keyword = match (index, branch.else_if) {
                        (0, _) => "if (",
                        (_, true) => "else if (",
                        (_, false) => "elseif (",
                    };
                    self.push(keyword);
                    self.expr(cond, 0, indent);
                    self.push(") ");
                }
            }
            if let (None, Stmt::If(nested)) = (cond, self.ast.stmt(branch.body)) {
                // `else if (..):` is an `if` of its own.
                let ast = self.ast;
                let start = self.out.len();
                self.if_statement(ast.slice(nested), indent);
                let blanks = indent * 4;
                self.out.drain(start..start + blanks);
                return;
            }
            self.body(branch.body, indent);
        }
        self.push("\n");
    }

    fn for_statement(&mut self, node: &ForLoop, indent: usize) {
        self.indent(indent);
        self.push("for (");
        let ast = self.ast;
        self.separated(ast.list(node.init), ", ", |exporter, expr| exporter.expr(expr, 0, indent));
        self.push(";");
        for list in [node.cond, node.step] {
            if !list.is_empty() {
                self.push(" ");
                self.separated(ast.list(list), ", ", |exporter, expr| exporter.expr(expr, 0, indent));
            }
            if list == node.cond
                && !(node.cond.is_empty() && node.step.is_empty() && self.out.ends_with(b";;"))
            {
                self.push(";");
            }
        }
        self.push(") ");
        self.body(node.body, indent);
        self.push("\n");
    }

    fn foreach_statement(&mut self, node: &Foreach, indent: usize) {
        self.indent(indent);
        self.push("foreach (");
        self.expr(node.subject, 0, indent);
        self.push(" as ");
        if let Some(key) = node.key {
            if node.key_by_ref {
                self.push("&");
            }
            self.expr(key, 0, indent);
            self.push(" => ");
        }
        if node.by_ref {
            self.push("&");
        }
        self.expr(node.value, 0, indent);
        self.push(") ");
        self.body(node.body, indent);
        self.push("\n");
    }

    fn try_statement(&mut self, node: &Try, indent: usize) {
        let ast = self.ast;
        self.indent(indent);
        self.push("try ");
        self.braces(node.body, indent);
        for catch in ast.slice(node.catches) {
            self.push(" catch (");
            self.separated(ast.list(catch.types), "|", |exporter, class| exporter.bare_name(class));
            if let Some(variable) = catch.var {
                self.push(" $");
                self.variable_name(variable);
            }
            self.push(") ");
            self.braces(catch.body, indent);
        }
        if let Some(finally) = node.finally {
            self.push(" finally ");
            self.braces(finally, indent);
        }
        self.push("\n");
    }
}
