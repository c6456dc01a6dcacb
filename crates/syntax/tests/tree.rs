//! What a tree says beside its structure, which `export.rs` shows: positions, doc comments, flags, values.

use phalanx_syntax::ast::{Ast, ClassId, Expr, FuncBody, FuncId, Member, PropGroup, Stmt};
use phalanx_syntax::{LineIndex, ParseOptions, ParseResult, parse};

fn tree(source: &str) -> Ast {
    let ParseResult { ast, error, .. } = parse(source.as_bytes(), ParseOptions::default());
    assert!(error.is_none(), "{error:?} in {source}");
    ast
}

fn functions(ast: &Ast) -> Vec<FuncId> {
    ast.list(ast.root)
        .filter_map(|stmt| match ast.stmt(stmt) {
            Stmt::Function(func) => Some(func),
            _ => None,
        })
        .collect()
}

fn first_class(ast: &Ast) -> ClassId {
    let class = ast.list(ast.root).find_map(|stmt| match ast.stmt(stmt) {
        Stmt::Class(class) => Some(class),
        _ => None,
    });
    class.expect("a class")
}

/// Checks the lines and doc comments of the top-level functions, given as name, first line, last line, doc comment.
fn check_functions(source: &str, expected: &[(&str, u32, u32, &str)]) {
    let ast = tree(source);
    let lines = LineIndex::new(source.as_bytes());
    let found: Vec<_> = functions(&ast)
        .into_iter()
        .map(|id| {
            let func = ast.func(id);
            let name =
                func.name.map(|name| String::from_utf8_lossy(ast.str(name)).into_owned()).unwrap_or_default();
            let doc =
                func.doc.map_or("", |doc| std::str::from_utf8(ast.doc(doc).of(source.as_bytes())).unwrap());
            (name, lines.line(func.span.start), lines.line(func.span.end - 1), doc)
        })
        .collect();
    let expected: Vec<_> =
        expected.iter().map(|&(name, first, last, doc)| (name.to_string(), first, last, doc)).collect();
    assert_eq!(found, expected);
}

#[test]
fn functions_have_lines_and_doc_comments() {
    check_functions(
        "<?php\n/** f */\nfunction\nf()\n{\n}\n/** lost */ { }\nfunction g /** late */ () {}",
        &[("f", 3, 6, "/** f */"), ("g", 8, 8, "")],
    );
}

#[test]
fn members_have_doc_comments() {
    let source = "<?php class A { /** a */ public $a = 1, /** b */ $b; public $c /** c */; public $d; }";
    let ast = tree(source);
    let mut docs = Vec::new();
    for &member in ast.slice(ast.class(first_class(&ast)).members) {
        let Member::Props(group) = member else { panic!("only properties") };
        for prop in ast.slice(ast.get::<PropGroup>(group).props) {
            docs.push(
                prop.doc.map_or("", |doc| std::str::from_utf8(ast.doc(doc).of(source.as_bytes())).unwrap()),
            );
        }
    }
    assert_eq!(docs, ["/** a */", "/** b */", "/** c */", ""]);
}

#[test]
fn generators_are_functions_with_their_own_yield() {
    let ast = tree("<?php function f() { yield; } function g() { return function () { yield 1; }; }");
    let flags: Vec<bool> = functions(&ast).into_iter().map(|id| ast.func(id).is_generator).collect();
    assert_eq!(flags, [true, false]);
}

/// Checks the line of an expression that follows three lines of nothing.
fn check_line(expr: &str, line: u32) {
    let source = format!("<?php\n\n\n{expr};");
    let ast = tree(&source);
    let Some(Stmt::Expr(id)) = ast.list(ast.root).next().map(|stmt| ast.stmt(stmt)) else { panic!("{expr}") };
    assert_eq!(LineIndex::new(source.as_bytes()).line(ast.expr_pos(id)), line, "{expr}");
}

#[test]
fn expressions_have_the_line_of_their_first_operand() {
    check_line("1", 4);
    check_line("$a\n+\n$b", 4);
    check_line("!\n$a", 5);
    check_line("f(\n1\n)", 4);
    check_line("[\n1,\n2]", 5);
    check_line("[\n]", 5);
    check_line("\"a\n$b\"", 4);
    check_line("function () {\n}", 4);
    check_line("new\nA", 5);
}

/// Checks the value of a string expression.
fn check_string(code: &str, expected: &[u8]) {
    let ast = tree(&format!("<?php return {code};"));
    let Some(Stmt::Return(Some(id))) = ast.list(ast.root).next().map(|stmt| ast.stmt(stmt)) else {
        panic!("{code}")
    };
    let Expr::Str(sym) = ast.expr(id) else { panic!("{code}") };
    assert_eq!(ast.str(sym), expected, "{code}");
}

#[test]
fn strings_are_decoded() {
    check_string("'a\\'b\\n'", b"a'b\\n");
    check_string("\"\\x41\\101\\u{e9}\\$\\q\"", b"AA\xC3\xA9$\\q");
    check_string("b'x'", b"x");
    check_string("<<<X\n  a\n    b\n\n  c\n  X", b"a\n  b\n\nc");
    check_string("<<<'X'\n \\n$a\n X", b"\\n$a");
    check_string("<<<X\nX", b"");
}

#[test]
fn else_if_chains_are_flat() {
    let ast = tree("<?php if (1) {} else if (2) {} elseif (3) {} else {}");
    let Some(Stmt::If(branches)) = ast.list(ast.root).next().map(|stmt| ast.stmt(stmt)) else { panic!() };
    let shape: Vec<_> =
        ast.slice(branches).iter().map(|branch| (branch.cond.is_some(), branch.else_if)).collect();
    assert_eq!(shape, [(true, false), (true, true), (true, false), (false, false)]);
}

#[test]
fn data_begins_behind_halt_compiler() {
    for source in ["<?php __halt_compiler();DATA", "<?php __halt_compiler() ?>\nDATA"] {
        let ast = tree(source);
        let Some(Stmt::HaltCompiler { offset }) = ast.list(ast.root).next().map(|stmt| ast.stmt(stmt)) else {
            panic!()
        };
        assert_eq!(&source[offset as usize..], "DATA");
    }
}

#[test]
fn text_outside_of_tags() {
    let source = "#!/usr/bin/php\na<?php f() ?>\nb<?= 1 ?> c";
    let options = ParseOptions { skip_shebang: true, ..ParseOptions::default() };
    let ast = parse(source.as_bytes(), options).ast;
    let texts: Vec<&str> = ast
        .list(ast.root)
        .filter_map(|stmt| match ast.stmt(stmt) {
            Stmt::InlineHtml(span) => std::str::from_utf8(span.of(source.as_bytes())).ok(),
            _ => None,
        })
        .collect();
    assert_eq!(texts, ["a", "b", " c"]);
}

#[test]
fn hooks_tell_their_form() {
    let ast = tree("<?php class A { public $a { get => 1; &set($v) {} final x; } }");
    let Some(&Member::Props(group)) = ast.slice(ast.class(first_class(&ast)).members).first() else {
        panic!()
    };
    let hooks = ast.slice(ast.get::<PropGroup>(group).props)[0].hooks.expect("hooks");
    let forms: Vec<_> = ast
        .list(hooks)
        .map(|hook| {
            let hook = ast.func(hook);
            (hook.has_params, hook.by_ref, matches!(hook.body, FuncBody::None))
        })
        .collect();
    assert_eq!(forms, [(false, false, false), (true, true, false), (false, false, true)]);
}

#[test]
fn octal_overflow_warns() {
    let result = parse(b"<?php\n\"\n\\400\";", ParseOptions::default());
    assert!(result.error.is_none());
    assert_eq!(result.warnings.len(), 1);
    assert_eq!(result.warnings[0].message, b"Octal escape sequence overflow \\400 is greater than \\377");
    assert_eq!(result.warnings[0].line, 3);
}
