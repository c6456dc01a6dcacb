//! Compiles the syntax tree of a PHP script to a [`UnitDraft`].
//!
//! One pass over the tree emits instructions; [`finish`] then resolves labels, drops what cannot be reached and finds
//! the live ranges of temporaries. The modules follow the concepts of the language: variables ([`fetch`], [`assign`],
//! [`list`]), calls ([`call`]), control flow ([`stmt`], [`loop_`], [`switch`], [`try_`]), declarations ([`func`],
//! [`class`]). What PHP refuses while compiling is refused here with PHP's words.
//!
//! **Invariant**: the order in which instructions are emitted is PHP's order of evaluation. Where PHP lets a write wait
//! for operands to its right, the instructions wait in [`builder::Builder::pending`].
#![forbid(unsafe_code)]

mod array;
mod assign;
mod attr;
mod binary;
mod builder;
mod call;
mod class;
mod cond;
mod const_expr;
mod declare;
mod emit;
mod enum_;
mod error;
mod expr;
mod fetch;
mod finish;
mod fold;
mod func;
mod goto;
mod hook;
mod implicit;
mod incdec;
mod inline;
mod isset;
mod jump;
mod list;
mod loop_;
mod magic;
mod match_;
mod member;
mod method;
mod names;
mod operand;
mod param;
mod scope;
mod special;
mod stmt;
mod string;
mod strings;
mod switch;
mod try_;
mod types;
mod unset;
mod walk;

pub use error::{CompileError, ErrorKind};

use builder::Builder;
use error::Result;
use names::FileScope;
use operand::ArrayItems;
use phalanx_base::depth;
use phalanx_bytecode::draft::{CompileWarning, FunctionDraft, Literal, UnitDraft};
use phalanx_bytecode::flow::Flow;
use phalanx_syntax::ast::Ast;
use phalanx_syntax::{LineCursor, LineIndex};
use rustc_hash::FxHashMap;
use scope::ClassScope;
use strings::{StrId, Strings};

/// What the compiler must know besides the source.
pub struct Options<'a> {
    /// Whether `assert()` is compiled at all: `zend.assertions` is not -1.
    pub assertions: bool,
    /// Whether doc comments are kept.
    pub comments: bool,
    /// Whether static variables that a function does not use stay unbound, which only Reflection can tell.
    pub unused_statics_go: bool,
    /// Whether the code is that of `eval()`, whose result is null; that of a file is 1.
    pub eval: bool,
    /// `__DIR__` of code that is in no file; a file's is where it lies.
    pub dir: &'a [u8],
    /// The value of a constant that is always the same, by exact name: those of the runtime and its extensions.
    pub constant: &'a dyn Fn(&[u8]) -> Option<Literal>,
    /// Whether the built-in function of this lower-case name is not to be had.
    pub disabled: &'a dyn Fn(&[u8]) -> bool,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Options {
            assertions: true,
            comments: true,
            unused_statics_go: false,
            eval: false,
            dir: b".",
            constant: &|_| None,
            disabled: &|_| false,
        }
    }
}

/// Compiles a script. `path` is its full path, or what stands for it (`x.php(3) : eval()'d code`).
pub fn compile(
    ast: &Ast,
    source: &[u8],
    path: &[u8],
    options: &Options<'_>,
) -> std::result::Result<UnitDraft, CompileError> {
    let lines = LineIndex::new(source);
    let mut compiler = Compiler::new(ast, source, path, &lines, options);
    match compiler.script() {
        Ok(()) => Ok(compiler.unit),
        Err(error) => Err(CompileError { warnings: compiler.unit.warnings, ..*error }),
    }
}

pub(crate) struct Compiler<'a> {
    ast: &'a Ast,
    source: &'a [u8],
    lines: LineCursor<'a>,
    options: &'a Options<'a>,
    strings: Strings<'a>,
    /// Constant arrays, by [`operand::ArrayId`].
    arrays: Vec<ArrayItems>,
    unit: UnitDraft,
    path: StrId,
    file: FileScope,
    declares: scope::Declares,
    namespaces: declare::NamespaceUse,
    in_namespace_body: bool,
    /// The function being compiled.
    f: Builder,
    /// Those of functions that are finished.
    spare_builders: Vec<Builder>,
    /// Room for completing functions.
    landmarks: finish::Landmarks,
    flow: Flow,
    /// Lower-case names of classes that are declared before the script runs.
    hoisted_names: rustc_hash::FxHashSet<StrId>,
    /// Lines of the functions at the top, by lower-case name.
    function_lines: FxHashMap<StrId, u32>,
    /// The class being compiled.
    class: Option<ClassScope>,
    /// The line that instructions get.
    line: u32,
    /// Depth of nested expressions and statements.
    depth: u32,
    /// Operands that were evaluated before; see [`assign`] on `??=`.
    memo: Option<FxHashMap<phalanx_syntax::ast::ExprId, operand::Operand>>,
    memo_mode: assign::Memo,
    /// Which destructurings take references, as far as it was asked.
    list_references: FxHashMap<phalanx_syntax::ast::ExprId, bool>,
}

impl<'a> Compiler<'a> {
    fn new(
        ast: &'a Ast,
        source: &'a [u8],
        path: &[u8],
        lines: &'a LineIndex,
        options: &'a Options<'a>,
    ) -> Compiler<'a> {
        let mut strings = Strings::new(&ast.strings);
        let path = strings.intern(path);
        let unit = UnitDraft { path: strings.bytes(path), ..UnitDraft::default() };
        Compiler {
            ast,
            source,
            lines: lines.cursor(),
            options,
            strings,
            arrays: Vec::new(),
            unit,
            path,
            file: FileScope::default(),
            declares: scope::Declares::default(),
            namespaces: declare::NamespaceUse::None,
            in_namespace_body: false,
            f: Builder::default(),
            spare_builders: Vec::new(),
            landmarks: finish::Landmarks::default(),
            flow: Flow::default(),
            hoisted_names: Default::default(),
            function_lines: FxHashMap::default(),
            class: None,
            line: 1,
            depth: 0,
            memo: None,
            memo_mode: assign::Memo::Off,
            list_references: FxHashMap::default(),
        }
    }

    /// The whole script: function 0 and everything in it.
    fn script(&mut self) -> Result<()> {
        self.unit.functions.push(FunctionDraft::default());
        self.f.info.is_main = true;
        self.f.draft.flags = phalanx_bytecode::flags::func::MAIN;
        self.f.draft.line_start = 1;
        let ast = self.ast;
        self.top_statements(ast.list(ast.root))?;
        self.line = self.last_line();
        let result = if self.options.eval { operand::Operand::NULL } else { operand::Operand::int(1) };
        self.final_return(result)?;
        let main = self.finish_function()?;
        self.unit.functions[0] = main;
        self.inline_constants();
        Ok(())
    }

    /// Runs `compile` one level deeper; see [`depth`].
    #[inline(always)]
    fn nested<R>(&mut self, compile: impl FnOnce(&mut Self) -> R) -> R {
        self.depth += 1;
        let result = depth::nest(self.depth, || compile(self));
        self.depth -= 1;
        result
    }

    fn last_line(&mut self) -> u32 {
        let end = self.source.len() as u32;
        self.lines.line(end)
    }

    fn warning(&mut self, level: u32, text: String) {
        let line = self.line;
        self.unit.warnings.push(CompileWarning { level, text, line });
    }
}
