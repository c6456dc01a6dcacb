//! Procedural macros that declare built-in PHP functions and classes.
//!
//! The PHP signature stands in an attribute as text, exactly as the manual writes it. It is read while compiling and
//! becomes a constant table (`phalanx_vm::native::NativeFn`), which argument parsing, type errors, named arguments and
//! Reflection read; the function under the attribute stays a plain Rust function. A wrapper beside it fetches the
//! arguments by the Rust types of its parameters (`phalanx_vm::args::FromArg`) and fills in defaults.
//!
//! Nothing registers itself: a file lists its tables (`pub static FUNCTIONS: &[&NativeFn] = &[&STR_REPEAT, ...]`).

#![forbid(unsafe_code)]

mod class;
mod class_parse;
mod default;
mod emit;
mod function;
mod options;
mod signature;
mod types;

use proc_macro::TokenStream;

/// Declares a built-in function.
///
/// ```text
/// /// <https://www.php.net/str_repeat>
/// #[php_fn("str_repeat(string $string, int $times): string", pure)]
/// fn str_repeat(cx: &mut Context, string: &PhpString, times: i64) -> PhpResult<PhpString> { .. }
/// ```
///
/// The function stays as it is; beside it stands `pub static STR_REPEAT: NativeFn`.
///
/// **Parameters.** `cx: &mut Context` comes first and may be left out. Then one Rust parameter for each PHP parameter,
/// of a type that implements `FromArg`; `Value` and `&Value` take anything and are checked against the PHP type, so
/// they serve for every union. A variadic parameter is `&[Value]`, `Vec<T>`, or `Rest` (which takes unknown named
/// arguments too). A parameter by reference is `PhpRef` or `&PhpRef`. `resource` may be written as a type.
///
/// **Defaults.** `null`, bools, numbers, strings, `[]` and a few constants (`PHP_INT_MAX`, `INF` ...) are filled in
/// from the signature. For other defaults, either give a Rust expression, `default(flags = ENT_QUOTES)`, or take an
/// `Option`, which is `None` when nothing was passed.
///
/// **Options** behind the signature: `pure`, `leaf`, `nothrow` (see `phalanx_vm::native::pure_flag`),
/// `deprecated = "since 8.4, use x() instead"`, `rename = STATIC_NAME`, `alias = "join"` (a second table with another
/// PHP name), `default(name = expression)`.
///
/// **Results** are `PhpResult<T>` or `T`, where `T` implements `IntoValue`.
#[proc_macro_attribute]
pub fn php_fn(attribute: TokenStream, item: TokenStream) -> TokenStream {
    function::expand(attribute.into(), item.into(), false)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// Declares a method of a built-in class; see [`macro@php_fn`].
///
/// ```text
/// #[php_method("ArrayIterator::current(): mixed", tentative)]
/// fn current(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> { .. }
///
/// #[php_method("final static Closure::fromCallable(callable $callback): Closure")]
/// fn from_callable(cx: &mut Context, class: ClassRef, callback: Callable) -> PhpResult<ObjRef> { .. }
/// ```
///
/// The signature may begin with `final`, `protected`, `private`, `static`. After `cx` comes `this: &ObjRef`, or
/// `class: ClassRef` (the called class, which may be left out) for a static method. `tentative` says that the return
/// type is a tentative one. The table's name is that of the function in capitals.
#[proc_macro_attribute]
pub fn php_method(attribute: TokenStream, item: TokenStream) -> TokenStream {
    function::expand(attribute.into(), item.into(), true)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// Declares a built-in class, interface or enum.
///
/// ```text
/// native_class! {
///     /// <https://www.php.net/class.arrayiterator>
///     pub static ARRAY_ITERATOR = "class ArrayIterator extends Base implements SeekableIterator, Countable";
///     flags: not_serializable;
///     hooks: HOOKS;
///     const "int STD_PROP_LIST" = 1;
///     const "final protected string NAME" = "text";
///     prop "protected string $message = ''";
///     prop "private readonly ?Throwable $previous";
///     methods: CONSTRUCT, CURRENT, KEY;
///     abstract "tentative getChildren(): ?RecursiveIterator";
/// }
/// ```
///
/// The head may begin with `final`, `abstract`, `readonly` and be a `class`, `interface` or `enum` (`enum Suit: string`,
/// with `case "Hearts" = "h";`). `abstract` declares a method without a body: all methods of interfaces are written so.
/// Flags: `not_serializable`, `no_dynamic_props`, `not_extendable`, `allow_dynamic_props`, `not_instantiable`, `attribute(BITS)`.
/// The value of a constant is a literal, or an expression whose type the declaration says.
#[proc_macro]
pub fn native_class(input: TokenStream) -> TokenStream {
    class::expand(input.into()).unwrap_or_else(syn::Error::into_compile_error).into()
}
