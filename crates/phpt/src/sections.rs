//! The table of sections that a phpt file may have.
//!
//! One line per section: its variant, its name in the file, and what it is for. Parser, validation and documentation come
//! from this table, so a new section is one line here and a use of its variant where it takes effect. Sections of run-tests.php
//! keep its rules; the last group is Phalanx's own.

macro_rules! sections {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal;)*) => {
        /// A section of a phpt file.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Section { $($(#[doc = $doc])+ $variant,)* }

        impl Section {
            /// All sections, in the order of the table.
            pub const ALL: &[Section] = &[$(Section::$variant,)*];

            /// The name between the dashes.
            pub fn name(self) -> &'static str {
                match self { $(Section::$variant => $name,)* }
            }

            /// What the section is for.
            pub fn docs(self) -> &'static str {
                match self { $(Section::$variant => concat!($($doc),+).trim_ascii(),)* }
            }

            /// The section called `name`.
            pub fn from_name(name: &[u8]) -> Option<Section> {
                $(if name == $name.as_bytes() { return Some(Section::$variant); })*
                None
            }
        }
    };
}

sections! {
    /// Title of the test; opens the file.
    Test = "TEST";
    /// Longer explanation, not used.
    Description = "DESCRIPTION";
    /// Who wrote the test, not used.
    Credits = "CREDITS";
    /// PHP code; output that begins with skip, xfail, flaky, info or warn says what to do with the test.
    Skipif = "SKIPIF";
    /// Keys of which only one test may run at a time; `all` means alone.
    Conflicts = "CONFLICTS";
    /// For editors and checkers: trailing white space in this file matters. Not used.
    WhitespaceSensitive = "WHITESPACE_SENSITIVE";
    /// Which of STDIN, STDOUT and STDERR are captured; all of them when absent.
    CaptureStdio = "CAPTURE_STDIO";
    /// Extensions that must be loaded.
    Extensions = "EXTENSIONS";
    /// Body of a form POST, for CGI.
    Post = "POST";
    /// Body of a POST with its Content-Type line, for CGI.
    PostRaw = "POST_RAW";
    /// Body of a PUT with its Content-Type line, for CGI.
    Put = "PUT";
    /// Body of a POST that is sent compressed by gzip, for CGI.
    GzipPost = "GZIP_POST";
    /// Body of a POST that is sent compressed by zlib, for CGI.
    DeflatePost = "DEFLATE_POST";
    /// Query string, for CGI.
    Get = "GET";
    /// Cookie header, for CGI.
    Cookie = "COOKIE";
    /// Lines of NAME=value for the environment.
    Env = "ENV";
    /// Command-line arguments of the script.
    Args = "ARGS";
    /// Lines of name=value for `-d`.
    Ini = "INI";
    /// What the script reads from standard input.
    Stdin = "STDIN";
    /// Commands for phpdbg.
    Phpdbg = "PHPDBG";
    /// The script.
    File = "FILE";
    /// The script, without its last line breaks.
    Fileeof = "FILEEOF";
    /// The name of a file beside the test that holds the script.
    FileExternal = "FILE_EXTERNAL";
    /// PHP code that names another folder of tests to run with another environment.
    Redirecttest = "REDIRECTTEST";
    /// The test needs the CGI binary.
    Cgi = "CGI";
    /// The reason why the test is known to fail.
    Xfail = "XFAIL";
    /// The reason why the test is known to leak.
    Xleak = "XLEAK";
    /// The test may be run a second time when it fails.
    Flaky = "FLAKY";
    /// Response headers that must be there, for CGI.
    Expectheaders = "EXPECTHEADERS";
    /// The exact output.
    Expect = "EXPECT";
    /// The output with placeholders such as %d and %s.
    Expectf = "EXPECTF";
    /// A regular expression for the output.
    Expectregex = "EXPECTREGEX";
    /// The name of a file beside the test that holds EXPECT.
    ExpectExternal = "EXPECT_EXTERNAL";
    /// The name of a file beside the test that holds EXPECTF.
    ExpectfExternal = "EXPECTF_EXTERNAL";
    /// The name of a file beside the test that holds EXPECTREGEX.
    ExpectregexExternal = "EXPECTREGEX_EXTERNAL";
    /// PHP code that removes what the test left behind.
    Clean = "CLEAN";
}
