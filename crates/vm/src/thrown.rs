//! How failure travels through native code.

/// Why a function of the VM or of an extension did not return a value. The details lie in the context; native code
/// hands it on with `?`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Thrown {
    /// A PHP exception is pending in the context.
    Exception,
    /// The script ends: `exit`, or a fatal error that was reported already.
    Exit,
}

/// Result of everything that may run PHP code or throw.
pub type PhpResult<T = ()> = Result<T, Thrown>;
