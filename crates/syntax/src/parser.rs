//! The parser: recursive descent for statements and declarations, operator precedence for expressions.
//!
//! It accepts exactly PHP's language and stops at the first error. It does not know how to word a syntax error: when it
//! fails, the source is read a second time by the table-driven automaton in [`lalr`](crate::lalr), whose states tell what
//! PHP would have expected. Only what PHP's parser finds out in its actions (modifiers that do not go together) is
//! reported from here.
//!
//! **Invariant**: `tok` is the only token of lookahead; `lexer` stands behind it. Depth of nesting is unlimited, as every
//! recursion passes through [`Parser::nested`].

mod arrays;
mod attr;
mod class;
mod control;
mod expr;
mod func;
mod import;
mod literal;
mod member;
mod modifiers;
mod postfix;
mod prefix;
mod stmt;
mod types;

use phalanx_base::{Id, Span, depth};

use crate::ast::{Ast, DocId, Expr, ExprId, List, Name, NameKind, Slice, Sliced, Stmt, StmtId, Sym, Tables};
use crate::error::{Fault, SyntaxError, SyntaxWarning};
use crate::lexer::Lexer;
use crate::token::{Token, TokenKind as T};
use crate::{LineIndex, lalr};

/// How a source is to be read.
#[derive(Clone, Copy, Debug, Default)]
pub struct ParseOptions {
    /// Whether `<?` opens PHP code (`short_open_tag`).
    pub short_open_tag: bool,
    /// Whether the source begins inside of PHP tags, as the code of `eval()` does.
    pub start_in_script: bool,
    /// Whether a first line that begins with `#!` is skipped, as for the main script of the CLI.
    pub skip_shebang: bool,
}

/// A parsed source.
#[derive(Clone)]
pub struct ParseResult {
    /// The tree. After an error it is empty.
    pub ast: Ast,
    /// The first error; PHP reports no more than one.
    pub error: Option<SyntaxError>,
    /// Warnings in order.
    pub warnings: Vec<SyntaxWarning>,
}

/// Parses a whole source.
pub fn parse(source: &[u8], options: ParseOptions) -> ParseResult {
    let mut parser = Parser::new(source, options);
    let outcome = parser.file();
    let warnings = if parser.warnings.is_empty() {
        Vec::new()
    } else {
        let lines = LineIndex::new(source);
        let pending = std::mem::take(&mut parser.warnings).into_iter();
        pending.map(|(message, offset)| SyntaxWarning { message, line: lines.line(offset) }).collect()
    };
    match outcome {
        Ok(()) => ParseResult { ast: parser.ast, error: None, warnings },
        Err(Failed) => {
            let error = match parser.fault {
                Some((fault, offset)) => SyntaxError {
                    kind: fault.kind(),
                    message: fault.message().into_bytes(),
                    line: LineIndex::new(source).line(offset),
                },
                None => lalr::explain(source, options, parser.tok),
            };
            ParseResult { ast: Ast::default(), error: Some(error), warnings }
        }
    }
}

/// A scanner for the parser.
pub(crate) fn strict_lexer(source: &[u8], options: ParseOptions) -> Lexer<'_> {
    let lexer = Lexer::new(source, options.short_open_tag).strict();
    if options.start_in_script {
        lexer.start_in_script()
    } else if options.skip_shebang && source.starts_with(b"#!") {
        lexer.start_at(LineIndex::new(source).start(2).map_or(source.len(), |start| start as usize))
    } else {
        lexer
    }
}

/// The parser met an error; what it was is found out by other means.
#[derive(Clone, Copy, Debug)]
struct Failed;

type Parsed<T> = Result<T, Failed>;

struct Parser<'s> {
    lexer: Lexer<'s>,
    src: &'s [u8],
    tok: Token,
    /// Offset behind the token before `tok`.
    last_end: u32,
    depth: u32,
    /// Whether the function being read contains `yield`.
    generator: bool,
    ast: Ast,
    /// Elements of lists that are not complete yet.
    ids: Vec<u32>,
    /// Elements of slices that are not complete yet.
    scratch: Tables,
    /// Decoded bytes of the string literal being read.
    text: Vec<u8>,
    fault: Option<(Fault, u32)>,
    /// Messages and their offsets.
    warnings: Vec<(Vec<u8>, u32)>,
}

impl<'s> Parser<'s> {
    fn new(source: &'s [u8], options: ParseOptions) -> Self {
        let mut lexer = strict_lexer(source, options);
        let tok = lexer.next_significant();
        Self {
            lexer,
            src: source,
            tok,
            last_end: 0,
            depth: 0,
            generator: false,
            ast: Ast::with_capacity(source.len()),
            ids: Vec::with_capacity(64),
            scratch: Tables::default(),
            text: Vec::new(),
            fault: None,
            warnings: Vec::new(),
        }
    }

    fn file(&mut self) -> Parsed<()> {
        self.ast.root = self.statement_list(true, |kind| kind == T::End)?;
        Ok(())
    }

    /// Moves to the next token and returns the one that was current.
    #[inline]
    fn bump(&mut self) -> Token {
        let token = self.tok;
        self.last_end = token.end;
        self.tok = self.lexer.next_significant();
        token
    }

    #[inline]
    fn at(&self, kind: T) -> bool {
        self.tok.kind == kind
    }

    #[inline]
    fn eat(&mut self, kind: T) -> bool {
        let found = self.tok.kind == kind;
        if found {
            self.bump();
        }
        found
    }

    #[inline]
    fn expect(&mut self, kind: T) -> Parsed<Token> {
        if self.tok.kind == kind { Ok(self.bump()) } else { Err(Failed) }
    }

    #[inline]
    fn at_ampersand(&self) -> bool {
        matches!(self.tok.kind, T::Ampersand | T::AmpersandVar)
    }

    #[inline]
    fn eat_ampersand(&mut self) -> bool {
        let found = self.at_ampersand();
        if found {
            self.bump();
        }
        found
    }

    /// Whether the current token is followed by a colon that is not part of `::`.
    #[inline]
    fn colon_follows(&self) -> bool {
        self.lexer.next_bytes_are(b":") && !self.lexer.next_bytes_are(b"::")
    }

    /// Reports something else than a syntax error. `offset` is how far PHP's scanner has come by then.
    #[cold]
    fn fail<R>(&mut self, fault: Fault, offset: u32) -> Parsed<R> {
        self.fault = Some((fault, offset));
        Err(Failed)
    }

    /// Runs `f` one level deeper.
    #[inline(always)]
    fn nested<R>(&mut self, f: impl FnOnce(&mut Self) -> R) -> R {
        self.depth += 1;
        let result = depth::nest(self.depth, || f(self));
        self.depth -= 1;
        result
    }

    #[inline]
    fn text_of(&self, token: Token) -> &'s [u8] {
        &self.src[token.start as usize..token.end as usize]
    }

    #[inline]
    fn intern(&mut self, token: Token) -> Sym {
        let text = self.text_of(token);
        self.ast.strings.intern(text)
    }

    /// The name of a variable token.
    #[inline]
    fn variable_name(&mut self, token: Token) -> Sym {
        let text = &self.text_of(token)[1..];
        self.ast.strings.intern(text)
    }

    #[inline]
    fn add(&mut self, expr: Expr, pos: u32) -> ExprId {
        self.ast.add_expr(expr, pos)
    }

    #[inline]
    fn add_stmt(&mut self, stmt: Stmt, pos: u32) -> StmtId {
        self.ast.add_stmt(stmt, pos)
    }

    #[inline]
    fn pos(&self, expr: ExprId) -> u32 {
        self.ast.expr_pos(expr)
    }

    /// Begins a list or slice; what is pushed from here on belongs to it.
    #[inline]
    fn mark(&self) -> usize {
        self.ids.len()
    }

    #[inline]
    fn push_id<I: Id>(&mut self, id: I) {
        self.ids.push(id.to_raw());
    }

    #[inline]
    fn finish_list<I: Id>(&mut self, mark: usize) -> List<I> {
        let list = self.ast.add_raw_list(&self.ids[mark..]);
        self.ids.truncate(mark);
        list
    }

    fn slice_mark<E: Sliced>(&self) -> usize {
        E::table(&self.scratch).len()
    }

    fn push_slice<E: Sliced>(&mut self, element: E) {
        E::table_mut(&mut self.scratch).push(element);
    }

    fn finish_slice<E: Sliced>(&mut self, mark: usize) -> Slice<E> {
        let pending = E::table_mut(&mut self.scratch);
        let slice = self.ast.add_slice(&pending[mark..]);
        pending.truncate(mark);
        slice
    }

    fn take_doc(&mut self) -> Option<DocId> {
        let doc: Span = self.lexer.take_doc()?;
        Some(self.ast.add(doc))
    }

    fn at_name(&self) -> bool {
        matches!(self.tok.kind, T::String | T::NameQualified | T::NameFullyQualified | T::NameRelative)
    }

    /// A name of any form.
    fn name(&mut self) -> Parsed<(Name, u32)> {
        if !self.at_name() {
            return Err(Failed);
        }
        let token = self.bump();
        Ok((self.name_of(token), token.start))
    }

    /// The name that a token is.
    #[inline]
    fn name_of(&mut self, token: Token) -> Name {
        let text = self.text_of(token);
        let (kind, skip) = match token.kind {
            T::NameQualified => (NameKind::Qualified, 0),
            T::NameFullyQualified => (NameKind::FullyQualified, 1),
            T::NameRelative => (NameKind::Relative, "namespace\\".len()),
            _ => (NameKind::Unqualified, 0),
        };
        Name { sym: self.ast.strings.intern(&text[skip..]), kind }
    }

    /// `class_name`: a name or `static`.
    fn class_name(&mut self) -> Parsed<ExprId> {
        if !self.at_name() && !self.at(T::Static) {
            return Err(Failed);
        }
        let token = self.bump();
        let name = self.name_of(token);
        Ok(self.add(Expr::Name(name), token.start))
    }

    /// One or more class names, separated by `separator`.
    fn class_names(&mut self, separator: T) -> Parsed<List<ExprId>> {
        let mark = self.mark();
        loop {
            let name = self.class_name()?;
            self.push_id(name);
            if !self.eat(separator) {
                return Ok(self.finish_list(mark));
            }
        }
    }

    /// Whether the current token may stand where any identifier may, reserved words included.
    fn at_identifier(&self) -> bool {
        self.tok.kind == T::String || is_semi_reserved(self.tok.kind)
    }

    /// An identifier, reserved words included.
    fn identifier(&mut self) -> Parsed<Token> {
        if self.at_identifier() { Ok(self.bump()) } else { Err(Failed) }
    }
}

/// `semi_reserved`: keywords that may serve as names of members.
#[inline]
fn is_semi_reserved(kind: T) -> bool {
    match kind {
        T::PrivateSet | T::ProtectedSet | T::PublicSet | T::HaltCompiler | T::YieldFrom => false,
        _ => kind >= T::Include && kind <= T::NsC,
    }
}
