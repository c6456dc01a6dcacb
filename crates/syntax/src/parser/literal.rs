//! Number and string literals as expressions. A fault inside of one only makes the parser fail: the second reading words it.

use super::{Failed, Parsed, Parser};
use crate::ast::{Expr, ExprId, List, Sym};
use crate::lexer::{Number, number_value};
use crate::literal::{Indentation, unescape_double, unescape_single, without_line_end};
use crate::token::{Token, TokenKind as T};

impl Parser<'_> {
    pub(super) fn number(&mut self) -> ExprId {
        let token = self.bump();
        let expr = match number_value(self.text_of(token)) {
            Number::Int(value) => Expr::Int(value),
            Number::Float(value) => Expr::Float(value),
            // The scanner refused it before.
            Number::Invalid => Expr::Int(0),
        };
        self.add(expr, token.start)
    }

    /// A string literal without variables.
    pub(super) fn quoted_string(&mut self) -> Parsed<ExprId> {
        let token = self.tok;
        let text = self.text_of(token);
        let prefix = usize::from(!matches!(text[0], b'"' | b'\''));
        let inner = &text[prefix + 1..text.len() - 1];
        let sym = if memchr::memchr(b'\\', inner).is_none() {
            self.ast.strings.intern(inner)
        } else if text[prefix] == b'\'' {
            self.text.clear();
            unescape_single(inner, &mut self.text);
            self.ast.strings.intern(&self.text)
        } else {
            self.unescaped(inner, Some(b'"'), token.start as usize + prefix + 1)?
        };
        self.bump();
        Ok(self.add(Expr::Str(sym), token.start))
    }

    /// Decodes escapes of `text`, which stands at `offset`.
    fn unescaped(&mut self, text: &[u8], quote: Option<u8>, offset: usize) -> Parsed<Sym> {
        self.text.clear();
        let warnings = &mut self.warnings;
        let mut overflow = |at: usize, digits: &[u8]| {
            let mut message = b"Octal escape sequence overflow \\".to_vec();
            message.extend_from_slice(digits);
            message.extend_from_slice(b" is greater than \\377");
            warnings.push((message, (offset + at) as u32));
        };
        match unescape_double(text, quote, &mut self.text, &mut overflow) {
            Ok(()) => Ok(self.ast.strings.intern(&self.text)),
            Err(_) => Err(Failed),
        }
    }

    /// `".."` with variables, at the opening quote.
    pub(super) fn interpolated_string(&mut self) -> Parsed<ExprId> {
        let open = self.bump();
        let parts = self.parts(T::DoubleQuote, b'"')?;
        let pos = self.ast.list(parts).next().map_or(open.start, |part| self.pos(part));
        Ok(self.add(Expr::Interpolated(parts), pos))
    }

    /// Backquotes.
    pub(super) fn shell_exec(&mut self) -> Parsed<ExprId> {
        let open = self.bump();
        let parts = self.parts(T::Backquote, b'`')?;
        let pos = self.ast.list(parts).next().map_or(open.start, |part| self.pos(part));
        Ok(self.add(Expr::ShellExec(parts), pos))
    }

    /// The parts up to the closing quote.
    fn parts(&mut self, close: T, quote: u8) -> Parsed<List<ExprId>> {
        let mark = self.mark();
        while !self.at(close) {
            let part = if self.at(T::EncapsedAndWhitespace) {
                let token = self.tok;
                let sym = self.unescaped(self.text_of(token), Some(quote), token.start as usize)?;
                self.bump();
                self.add(Expr::Str(sym), token.start)
            } else {
                self.encaps_var()?
            };
            self.push_id(part);
        }
        self.bump();
        Ok(self.finish_list(mark))
    }

    /// A variable or expression in an interpolated string.
    fn encaps_var(&mut self) -> Parsed<ExprId> {
        match self.tok.kind {
            T::Variable => {
                let token = self.bump();
                let name = self.variable_name(token);
                let variable = self.add(Expr::Var(name), token.start);
                match self.tok.kind {
                    T::OpenBracket => {
                        self.bump();
                        let index = self.encaps_offset()?;
                        self.expect(T::CloseBracket)?;
                        Ok(self.add(Expr::Index { base: variable, index: Some(index) }, token.start))
                    }
                    T::ObjectOperator | T::NullsafeObjectOperator => {
                        let nullsafe = self.bump().kind == T::NullsafeObjectOperator;
                        let member = self.expect(T::String)?;
                        let sym = self.intern(member);
                        let name = self.add(Expr::Str(sym), member.start);
                        Ok(self.add(Expr::Prop { object: variable, name, nullsafe }, token.start))
                    }
                    _ => Ok(variable),
                }
            }
            T::CurlyOpen => {
                self.bump();
                let variable = self.variable()?;
                self.expect(T::CloseBrace)?;
                Ok(variable)
            }
            T::DollarOpenCurlyBraces => self.dollar_brace(),
            _ => Err(Failed),
        }
    }

    /// `${name}`, `${name[expr]}` or `${expr}`.
    fn dollar_brace(&mut self) -> Parsed<ExprId> {
        self.bump();
        let (inner, expression) = if self.at(T::StringVarname) {
            let token = self.bump();
            let name = self.intern(token);
            let variable = self.add(Expr::Var(name), token.start);
            if self.eat(T::OpenBracket) {
                let index = self.expr()?;
                self.expect(T::CloseBracket)?;
                (self.add(Expr::Index { base: variable, index: Some(index) }, token.start), false)
            } else {
                (variable, false)
            }
        } else {
            let name = self.expr()?;
            let pos = self.pos(name);
            (self.add(Expr::VarVar(name), pos), true)
        };
        self.expect(T::CloseBrace)?;
        let pos = self.pos(inner);
        Ok(self.add(Expr::DollarBrace { inner, expression }, pos))
    }

    /// The offset in `"$a[..]"`.
    fn encaps_offset(&mut self) -> Parsed<ExprId> {
        let token = self.bump();
        let expr = match token.kind {
            T::String => Expr::Str(self.intern(token)),
            T::NumString => self.offset_number(token, false),
            T::Variable => Expr::Var(self.variable_name(token)),
            T::Minus => {
                let number = self.expect(T::NumString)?;
                self.offset_number(number, true)
            }
            _ => return Err(Failed),
        };
        Ok(self.add(expr, token.start))
    }

    /// Only canonical decimal integers become integers; `01` and `0x1` stay strings.
    fn offset_number(&mut self, token: Token, negative: bool) -> Expr {
        let text = self.text_of(token);
        let canonical = text.iter().all(u8::is_ascii_digit) && (text.len() == 1 || text[0] != b'0');
        let value =
            std::str::from_utf8(text).ok().filter(|_| canonical).and_then(|text| text.parse::<i64>().ok());
        match value {
            Some(value) if !negative => Expr::Int(value),
            Some(value) if value != 0 => Expr::Int(-value),
            _ if negative => {
                self.text.clear();
                self.text.push(b'-');
                self.text.extend_from_slice(text);
                Expr::Str(self.ast.strings.intern(&self.text))
            }
            _ => Expr::Str(self.intern(token)),
        }
    }

    /// A heredoc or nowdoc, at its start. Its indentation is known only at its end, so text is decoded afterwards.
    pub(super) fn heredoc(&mut self) -> Parsed<ExprId> {
        let open = self.bump();
        let raw = self.text_of(open).contains(&b'\'');
        let mark = self.mark();
        let mut texts = Vec::new();
        while !self.at(T::EndHeredoc) {
            let part = if self.at(T::EncapsedAndWhitespace) {
                let token = self.bump();
                let part = self.add(Expr::Hole, token.start);
                texts.push((part, token));
                part
            } else {
                self.encaps_var()?
            };
            self.push_id(part);
        }
        let close = self.tok;
        let count = self.mark() - mark;
        let first_is_text = texts.first().is_some_and(|&(_, token)| token.start == open.end);
        let indentation = Indentation::of_closing(self.text_of(close)).ok_or(Failed)?;
        if count > 0 && !first_is_text && indentation.len > 0 {
            return Err(Failed);
        }
        let interpolated = count > 1 || (count == 1 && texts.is_empty());
        for &(part, token) in &texts {
            let sym = self.heredoc_text(token, indentation, token.end == close.start, raw)?;
            self.ast.set_expr(part, Expr::Str(sym));
        }
        if !interpolated {
            self.ids.truncate(mark);
            self.bump();
            return Ok(match texts.first() {
                Some(&(part, _)) => part,
                None => self.add(Expr::Str(Sym::empty()), open.start),
            });
        }
        // Text that the indentation leaves empty is no part.
        for index in (mark..self.ids.len()).rev() {
            let is_empty = phalanx_base::Id::from_raw(self.ids[index])
                .is_some_and(|part: ExprId| self.ast.expr(part) == Expr::Str(Sym::empty()));
            if is_empty {
                self.ids.remove(index);
            }
        }
        self.bump();
        let parts: List<ExprId> = self.finish_list(mark);
        let pos = self.ast.list(parts).next().map_or(open.start, |part| self.pos(part));
        Ok(self.add(Expr::Interpolated(parts), pos))
    }

    /// Removes the indentation of a text part, then decodes it.
    fn heredoc_text(&mut self, token: Token, indentation: Indentation, last: bool, raw: bool) -> Parsed<Sym> {
        let mut text = self.text_of(token);
        if last {
            text = without_line_end(text);
        }
        if indentation.len == 0 {
            return if raw || memchr::memchr(b'\\', text).is_none() {
                Ok(self.ast.strings.intern(text))
            } else {
                self.unescaped(text, None, token.start as usize)
            };
        }
        let line_start = matches!(self.src[token.start as usize - 1], b'\n' | b'\r');
        let mut stripped = Vec::with_capacity(text.len());
        indentation.strip(text, line_start, last, &mut stripped).map_err(|_| Failed)?;
        if raw {
            Ok(self.ast.strings.intern(&stripped))
        } else {
            self.unescaped(&stripped, None, token.start as usize)
        }
    }
}
