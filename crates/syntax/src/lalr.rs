//! Words syntax errors as PHP does.
//!
//! PHP's message lists what could have come in the state in which its LALR(1) automaton failed, provided that this is at
//! most four tokens. That list cannot be had from a recursive-descent parser, so after a failure the source is read again
//! by an automaton of the same shape. Its tables are generated from `lalr/php.grammar` by `codegen/tables.rs`.
//!
//! The automaton sees tokens only. It serves the tests as a second opinion on the hand-written parser as well: both accept
//! the same sources.

mod checks;
#[rustfmt::skip]
mod generated;
mod wording;

use checks::LiteralChecks;
use generated::{ACTIONS, GOTO_ROWS, GOTOS, RULES, STATES, TERMINALS};

use crate::LineIndex;
use crate::error::{ErrorKind, Fault, SyntaxError};
use crate::lexer::Lexer;
use crate::parser::{ParseOptions, strict_lexer};
use crate::token::{KIND_COUNT, Token, TokenKind};

/// No more than this many expected tokens are listed; when there are more, none is.
const MOST_EXPECTED: usize = 4;

/// How the automaton ended.
enum Outcome {
    Accepted,
    /// The scanner refused a token.
    Fault(Fault, u32),
    /// The token that was not expected, and the state it was met in.
    Unexpected(Token, usize),
}

/// The terminal that each kind of token is, plus one; 0 for kinds that the grammar does not have.
static TERMINAL_OF_KIND: [u8; KIND_COUNT] = {
    let mut table = [0; KIND_COUNT];
    let mut terminal = 0;
    while terminal < TERMINALS.len() {
        if let Some(kind) = TERMINALS[terminal] {
            table[kind as usize] = terminal as u8 + 1;
        }
        terminal += 1;
    }
    table
};

/// The pairs of terminal and action of a state.
fn row(state: usize) -> &'static [i16] {
    let at = STATES[state].1 as usize;
    &ACTIONS[at + 1..at + 1 + 2 * ACTIONS[at] as usize]
}

fn goto(state: usize, non_terminal: usize) -> usize {
    let at = GOTO_ROWS[non_terminal] as usize;
    let exceptions = &GOTOS[at + 2..at + 2 + 2 * GOTOS[at + 1] as usize];
    let target =
        exceptions.chunks_exact(2).find(|pair| pair[0] as usize == state).map_or(GOTOS[at], |pair| pair[1]);
    target as usize
}

/// The tokens of a source as PHP's parser gets them.
struct Tokens<'s> {
    lexer: Lexer<'s>,
    checks: LiteralChecks,
    /// How many of the three tokens behind `__halt_compiler` have come.
    halting: Option<u8>,
}

impl Tokens<'_> {
    fn next(&mut self) -> Result<Token, (Fault, u32)> {
        if self.halting == Some(3) {
            let end = self.lexer.source().len() as u32;
            return Ok(Token { kind: TokenKind::End, start: end, end });
        }
        let token = self.lexer.next_significant();
        if let Some(fault) = self.lexer.error() {
            return Err(fault);
        }
        self.checks.check(token, &self.lexer)?;
        self.halting = match (self.halting, token.kind) {
            (None, TokenKind::HaltCompiler) => Some(0),
            (Some(0), TokenKind::OpenParen) => Some(1),
            (Some(1), TokenKind::CloseParen) => Some(2),
            (Some(2), TokenKind::Semicolon) => Some(3),
            _ => None,
        };
        Ok(token)
    }
}

fn run(source: &[u8], options: ParseOptions) -> Outcome {
    let mut tokens =
        Tokens { lexer: strict_lexer(source, options), checks: LiteralChecks::default(), halting: None };
    let mut stack = vec![0usize];
    let mut lookahead: Option<Token> = None;
    loop {
        let state = stack[stack.len() - 1];
        let (default, _) = STATES[state];
        let row = row(state);
        // A state that does the same whatever comes does not wait for a token.
        let mut action = -i32::from(default);
        let mut explicit = false;
        if !row.is_empty() {
            let token = match lookahead {
                Some(token) => token,
                None => match tokens.next() {
                    Ok(token) => *lookahead.insert(token),
                    Err((fault, offset)) => return Outcome::Fault(fault, offset),
                },
            };
            let terminal = i16::from(TERMINAL_OF_KIND[token.kind as usize]) - 1;
            if let Some(pair) = row.chunks_exact(2).find(|pair| pair[0] == terminal) {
                action = i32::from(pair[1]);
                explicit = true;
            }
            if action > 0 {
                if token.kind == TokenKind::End {
                    return Outcome::Accepted;
                }
                stack.push(action as usize);
                lookahead = None;
                continue;
            }
        }
        if action == 0 {
            debug_assert!(explicit || default == 0);
            let Some(token) = lookahead else { return Outcome::Accepted };
            return Outcome::Unexpected(token, state);
        }
        let (lhs, len) = RULES[-action as usize];
        stack.truncate(stack.len() - usize::from(len));
        let state = stack[stack.len() - 1];
        stack.push(goto(state, usize::from(lhs)));
    }
}

/// The terminals that a state names, as PHP would list them.
fn expected(state: usize) -> Vec<TokenKind> {
    let actions = row(state).chunks_exact(2).filter(|pair| pair[1] != 0);
    let kinds: Vec<TokenKind> = actions.filter_map(|pair| TERMINALS[pair[0] as usize]).collect();
    if kinds.len() > MOST_EXPECTED { Vec::new() } else { kinds }
}

/// The error of a source that the parser refused at `at`.
pub(crate) fn explain(source: &[u8], options: ParseOptions, at: Token) -> SyntaxError {
    let lines = LineIndex::new(source);
    match run(source, options) {
        Outcome::Fault(fault, offset) => SyntaxError {
            kind: fault.kind(),
            message: fault.message().into_bytes(),
            line: lines.line(offset),
        },
        Outcome::Unexpected(token, state) => SyntaxError {
            kind: ErrorKind::Parse,
            message: wording::message(source, token, &expected(state)),
            line: lines.line(wording::line_offset(source, token)),
        },
        Outcome::Accepted => {
            debug_assert!(false, "the parser refused what the grammar accepts, at offset {}", at.start);
            SyntaxError {
                kind: ErrorKind::Parse,
                message: wording::message(source, at, &[]),
                line: lines.line(wording::line_offset(source, at)),
            }
        }
    }
}

/// Whether the grammar accepts a source: a second opinion on the parser, for tests and fuzzing.
#[doc(hidden)]
pub fn accepts(source: &[u8], options: ParseOptions) -> bool {
    matches!(run(source, options), Outcome::Accepted)
}
