//! The tokens of PHP 8.4.
//!
//! The named tokens stand in the order of PHP's own numbers, which start at 260, so that a token's PHP number is a sum;
//! behind them come the tokens that consist of one character, whose PHP number is that character.

/// A token: its kind and the bytes it covers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Offset of its first byte.
    pub start: u32,
    /// Offset behind its last byte.
    pub end: u32,
}

impl Token {
    /// The bytes of the token.
    #[inline]
    pub fn text(self, source: &[u8]) -> &[u8] {
        &source[self.start as usize..self.end as usize]
    }
}

/// The number of PHP's first named token.
const FIRST_PHP_ID: u16 = 260;

macro_rules! tokens {
    (named { $($named:ident $php:literal $shown:literal,)* } chars { $($char:ident $byte:literal,)* }) => {
        /// The kind of a token.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u8)]
        pub enum TokenKind {
            $(#[doc = concat!("`", $php, "`.")] $named,)*
            $(#[doc = concat!("The character `", $byte, "`.")] $char,)*
            /// The end of the source.
            End,
            /// The lexer met something that is an error by itself; see [`Lexer::error`](crate::Lexer::error).
            Error,
        }

        /// All kinds in order.
        const KINDS: &[TokenKind] = &[$(TokenKind::$named,)* $(TokenKind::$char,)* TokenKind::End, TokenKind::Error];

        /// PHP's name and how messages show it, in the order of the kinds.
        const NAMES: &[(&str, &str)] = &[$(($php, $shown),)* $(($byte, $byte),)* ("END", "~end of file"), ("ERROR", "~error")];
    };
}

tokens! {
    named {
        Lnumber "T_LNUMBER" "~integer",
        Dnumber "T_DNUMBER" "~floating-point number",
        String "T_STRING" "~identifier",
        NameFullyQualified "T_NAME_FULLY_QUALIFIED" "~fully qualified name",
        NameRelative "T_NAME_RELATIVE" "~namespace-relative name",
        NameQualified "T_NAME_QUALIFIED" "~namespaced name",
        Variable "T_VARIABLE" "~variable",
        InlineHtml "T_INLINE_HTML" "~T_INLINE_HTML",
        EncapsedAndWhitespace "T_ENCAPSED_AND_WHITESPACE" "~string content",
        ConstantEncapsedString "T_CONSTANT_ENCAPSED_STRING" "~quoted string",
        StringVarname "T_STRING_VARNAME" "~variable name",
        NumString "T_NUM_STRING" "~number",
        Include "T_INCLUDE" "include",
        IncludeOnce "T_INCLUDE_ONCE" "include_once",
        Eval "T_EVAL" "eval",
        Require "T_REQUIRE" "require",
        RequireOnce "T_REQUIRE_ONCE" "require_once",
        LogicalOr "T_LOGICAL_OR" "or",
        LogicalXor "T_LOGICAL_XOR" "xor",
        LogicalAnd "T_LOGICAL_AND" "and",
        Print "T_PRINT" "print",
        Yield "T_YIELD" "yield",
        YieldFrom "T_YIELD_FROM" "yield from",
        Instanceof "T_INSTANCEOF" "instanceof",
        New "T_NEW" "new",
        Clone "T_CLONE" "clone",
        Exit "T_EXIT" "exit",
        If "T_IF" "if",
        Elseif "T_ELSEIF" "elseif",
        Else "T_ELSE" "else",
        Endif "T_ENDIF" "endif",
        Echo "T_ECHO" "echo",
        Do "T_DO" "do",
        While "T_WHILE" "while",
        Endwhile "T_ENDWHILE" "endwhile",
        For "T_FOR" "for",
        Endfor "T_ENDFOR" "endfor",
        Foreach "T_FOREACH" "foreach",
        Endforeach "T_ENDFOREACH" "endforeach",
        Declare "T_DECLARE" "declare",
        Enddeclare "T_ENDDECLARE" "enddeclare",
        As "T_AS" "as",
        Switch "T_SWITCH" "switch",
        Endswitch "T_ENDSWITCH" "endswitch",
        Case "T_CASE" "case",
        Default "T_DEFAULT" "default",
        Match "T_MATCH" "match",
        Break "T_BREAK" "break",
        Continue "T_CONTINUE" "continue",
        Goto "T_GOTO" "goto",
        Function "T_FUNCTION" "function",
        Fn "T_FN" "fn",
        Const "T_CONST" "const",
        Return "T_RETURN" "return",
        Try "T_TRY" "try",
        Catch "T_CATCH" "catch",
        Finally "T_FINALLY" "finally",
        Throw "T_THROW" "throw",
        Use "T_USE" "use",
        Insteadof "T_INSTEADOF" "insteadof",
        Global "T_GLOBAL" "global",
        Static "T_STATIC" "static",
        Abstract "T_ABSTRACT" "abstract",
        Final "T_FINAL" "final",
        Private "T_PRIVATE" "private",
        Protected "T_PROTECTED" "protected",
        Public "T_PUBLIC" "public",
        PrivateSet "T_PRIVATE_SET" "private(set)",
        ProtectedSet "T_PROTECTED_SET" "protected(set)",
        PublicSet "T_PUBLIC_SET" "public(set)",
        Readonly "T_READONLY" "readonly",
        Var "T_VAR" "var",
        Unset "T_UNSET" "unset",
        Isset "T_ISSET" "isset",
        Empty "T_EMPTY" "empty",
        HaltCompiler "T_HALT_COMPILER" "__halt_compiler",
        Class "T_CLASS" "class",
        Trait "T_TRAIT" "trait",
        Interface "T_INTERFACE" "interface",
        Enum "T_ENUM" "enum",
        Extends "T_EXTENDS" "extends",
        Implements "T_IMPLEMENTS" "implements",
        Namespace "T_NAMESPACE" "namespace",
        List "T_LIST" "list",
        Array "T_ARRAY" "array",
        Callable "T_CALLABLE" "callable",
        Line "T_LINE" "__LINE__",
        File "T_FILE" "__FILE__",
        Dir "T_DIR" "__DIR__",
        ClassC "T_CLASS_C" "__CLASS__",
        TraitC "T_TRAIT_C" "__TRAIT__",
        MethodC "T_METHOD_C" "__METHOD__",
        FuncC "T_FUNC_C" "__FUNCTION__",
        PropertyC "T_PROPERTY_C" "__PROPERTY__",
        NsC "T_NS_C" "__NAMESPACE__",
        Attribute "T_ATTRIBUTE" "#[",
        PlusEqual "T_PLUS_EQUAL" "+=",
        MinusEqual "T_MINUS_EQUAL" "-=",
        MulEqual "T_MUL_EQUAL" "*=",
        DivEqual "T_DIV_EQUAL" "/=",
        ConcatEqual "T_CONCAT_EQUAL" ".=",
        ModEqual "T_MOD_EQUAL" "%=",
        AndEqual "T_AND_EQUAL" "&=",
        OrEqual "T_OR_EQUAL" "|=",
        XorEqual "T_XOR_EQUAL" "^=",
        SlEqual "T_SL_EQUAL" "<<=",
        SrEqual "T_SR_EQUAL" ">>=",
        CoalesceEqual "T_COALESCE_EQUAL" "??=",
        BooleanOr "T_BOOLEAN_OR" "||",
        BooleanAnd "T_BOOLEAN_AND" "&&",
        IsEqual "T_IS_EQUAL" "==",
        IsNotEqual "T_IS_NOT_EQUAL" "!=",
        IsIdentical "T_IS_IDENTICAL" "===",
        IsNotIdentical "T_IS_NOT_IDENTICAL" "!==",
        IsSmallerOrEqual "T_IS_SMALLER_OR_EQUAL" "<=",
        IsGreaterOrEqual "T_IS_GREATER_OR_EQUAL" ">=",
        Spaceship "T_SPACESHIP" "<=>",
        Sl "T_SL" "<<",
        Sr "T_SR" ">>",
        Inc "T_INC" "++",
        Dec "T_DEC" "--",
        IntCast "T_INT_CAST" "(int)",
        DoubleCast "T_DOUBLE_CAST" "(double)",
        StringCast "T_STRING_CAST" "(string)",
        ArrayCast "T_ARRAY_CAST" "(array)",
        ObjectCast "T_OBJECT_CAST" "(object)",
        BoolCast "T_BOOL_CAST" "(bool)",
        UnsetCast "T_UNSET_CAST" "(unset)",
        ObjectOperator "T_OBJECT_OPERATOR" "->",
        NullsafeObjectOperator "T_NULLSAFE_OBJECT_OPERATOR" "?->",
        DoubleArrow "T_DOUBLE_ARROW" "=>",
        Comment "T_COMMENT" "~comment",
        DocComment "T_DOC_COMMENT" "~doc comment",
        OpenTag "T_OPEN_TAG" "~open tag",
        OpenTagWithEcho "T_OPEN_TAG_WITH_ECHO" "<?=",
        CloseTag "T_CLOSE_TAG" "?>",
        Whitespace "T_WHITESPACE" "~whitespace",
        StartHeredoc "T_START_HEREDOC" "~heredoc start",
        EndHeredoc "T_END_HEREDOC" "~heredoc end",
        DollarOpenCurlyBraces "T_DOLLAR_OPEN_CURLY_BRACES" "${",
        CurlyOpen "T_CURLY_OPEN" "{$",
        DoubleColon "T_DOUBLE_COLON" "::",
        NsSeparator "T_NS_SEPARATOR" "\\",
        Ellipsis "T_ELLIPSIS" "...",
        Coalesce "T_COALESCE" "??",
        Pow "T_POW" "**",
        PowEqual "T_POW_EQUAL" "**=",
        AmpersandVar "T_AMPERSAND_FOLLOWED_BY_VAR_OR_VARARG" "&",
        Ampersand "T_AMPERSAND_NOT_FOLLOWED_BY_VAR_OR_VARARG" "&",
        BadCharacter "T_BAD_CHARACTER" "~invalid character",
    }
    chars {
        Semicolon ";",
        Colon ":",
        Comma ",",
        Dot ".",
        OpenBracket "[",
        CloseBracket "]",
        OpenParen "(",
        CloseParen ")",
        Bar "|",
        Caret "^",
        Plus "+",
        Minus "-",
        Star "*",
        Slash "/",
        Equals "=",
        Percent "%",
        Exclamation "!",
        Tilde "~",
        Dollar "$",
        Less "<",
        Greater ">",
        Question "?",
        At "@",
        OpenBrace "{",
        CloseBrace "}",
        Backquote "`",
        BareAmpersand "&",
        DoubleQuote "\"",
    }
}

/// The number of kinds.
pub(crate) const KIND_COUNT: usize = KINDS.len();

const LAST_NAMED: TokenKind = TokenKind::BadCharacter;

impl TokenKind {
    /// The kind with the given position in the enumeration.
    pub(crate) fn from_index(index: usize) -> Option<Self> {
        KINDS.get(index).copied()
    }

    /// The kind with the given name: `T_IF` or `;`.
    pub fn from_name(name: &str) -> Option<Self> {
        NAMES.iter().position(|names| names.0 == name).and_then(Self::from_index)
    }

    /// The number that `token_get_all()` and `PhpToken::$id` report: the `T_*` constant, or the byte of a one-character
    /// token.
    pub fn php_id(self) -> u16 {
        if self <= LAST_NAMED { FIRST_PHP_ID + self as u16 } else { u16::from(self.name().as_bytes()[0]) }
    }

    /// The kind that a number of PHP stands for.
    pub fn from_php_id(id: u16) -> Option<Self> {
        if id >= FIRST_PHP_ID {
            Self::from_index(usize::from(id - FIRST_PHP_ID)).filter(|&kind| kind <= LAST_NAMED)
        } else {
            let byte = u8::try_from(id).ok()?;
            KINDS.iter().copied().find(|kind| *kind > LAST_NAMED && kind.name().as_bytes() == [byte])
        }
    }

    /// Whether the token is one character that `token_get_all()` returns as a plain string.
    pub fn is_char(self) -> bool {
        self > LAST_NAMED && self < Self::End
    }

    /// `T_IF` and so on; a one-character token is its own name.
    pub fn name(self) -> &'static str {
        NAMES[self as usize].0
    }

    /// The text of a token that always has the same one, as error messages quote it.
    pub(crate) fn fixed_text(self) -> Option<&'static str> {
        let shown = NAMES[self as usize].1;
        if shown.starts_with('~') && shown.len() > 1 { None } else { Some(shown) }
    }

    /// What messages call a token whose text varies.
    pub(crate) fn description(self) -> &'static str {
        NAMES[self as usize].1.trim_start_matches('~')
    }

    /// Whether the parser never sees the token.
    #[inline]
    pub fn is_trivia(self) -> bool {
        matches!(self, Self::Whitespace | Self::Comment | Self::DocComment | Self::OpenTag)
    }
}

/// The name that `token_name()` returns; `None` where PHP says `UNKNOWN`.
pub fn token_name(id: u16) -> Option<&'static str> {
    if id < FIRST_PHP_ID {
        return None;
    }
    TokenKind::from_php_id(id).map(TokenKind::name)
}

/// The `T_*` constants of ext/tokenizer with their numbers.
pub fn token_constants() -> impl Iterator<Item = (&'static str, u16)> {
    let named = KINDS.iter().filter(|&&kind| kind <= LAST_NAMED).map(|kind| (kind.name(), kind.php_id()));
    named.chain([("T_PAAMAYIM_NEKUDOTAYIM", TokenKind::DoubleColon.php_id())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_php() {
        assert_eq!(TokenKind::Lnumber.php_id(), 260);
        assert_eq!(TokenKind::BadCharacter.php_id(), 409);
        assert_eq!(TokenKind::DoubleColon.php_id(), 401);
        assert_eq!(TokenKind::Semicolon.php_id(), u16::from(b';'));
        assert_eq!(token_name(287), Some("T_IF"));
        assert_eq!(token_name(59), None);
        for &kind in KINDS.iter().filter(|&&kind| kind < TokenKind::End) {
            assert_eq!(TokenKind::from_php_id(kind.php_id()), Some(kind));
        }
    }
}
