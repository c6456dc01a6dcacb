//! Why something was not compiled: one table, with texts and counters.

macro_rules! reasons {
    ($($name:ident $text:literal;)*) => {
        /// Why something was not compiled.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Reason { $(#[doc = $text] $name),* }

        impl Reason {
            /// All of them.
            pub const ALL: &[Reason] = &[$(Reason::$name),*];

            /// What is said of it.
            pub fn text(self) -> &'static str {
                match self { $(Reason::$name => $text),* }
            }
        }
    };
}

reasons! {
    Blocked "the program asked to leave the function to the interpreter";
    Symbols "the function reaches variables by name";
    TooBig "there are too many instructions or variables";
    TooManyLoops "too many loops are compiled";
    NoGain "every instruction would be left to the interpreter";
    Backend "the code generator refused it";
    Relocation "the code needs a relocation";
    Full "code memory is full";
}
