//! The opcode table: every opcode once, with its operands, its properties and what it does.
//!
//! [`for_each_op!`] hands the rows to a macro of the caller's, so that encoder, verifier, disassembler, dispatch
//! and the recorder's definitions and uses all come from here. A row is
//! `NAME [a, b, c] {properties} "documentation";`. Roles of operands:
//!
//! | role | meaning |
//! |---|---|
//! | `val` | a value to read: variable, temporary (taken) or literal |
//! | `opt` | like `val`, or nothing |
//! | `var` | a place to write: a variable, or a temporary that holds the address a `..._W` fetch produced |
//! | `obj` | like `var`, or kind `None`: `$this` |
//! | `cls` | a class, see below |
//! | `dst` | a variable that is assigned to, or a temporary that receives |
//! | `res` | the temporary that receives the result, or nothing; with `DEST_CV` also a variable, by assignment |
//! | `tmp` | a temporary that is read and kept |
//! | `lit` | index of a literal |
//! | `jmp` | where to jump |
//! | `num` | a number |
//! | `_`   | nothing |
//!
//! Properties: `throws` (may raise, call user code or release a value), `jumps` (may continue elsewhere),
//! `ends` (never continues at the next instruction), `data` (the next instruction is its `DATA`).
//!
//! Class operands (role `cls`): a literal string is a name (its
//! lower-case form is the literal after it), a temporary holds what `FETCH_CLASS` left, and kind `None` says that
//! the operand is one of [`crate::flags::CLASS_SELF`], `CLASS_PARENT`, `CLASS_STATIC`.
//!
//! Name literals that an inline cache serves carry the index of their cache slot in the literal's spare 32 bits.

/// Calls `$then!` with all rows of the table.
#[macro_export]
macro_rules! for_each_op {
    ($then:ident) => {
        $then! {
            NOP [_, _, _] {} "Nothing.";
            DATA [opt, num, num] {} "Operands of the instruction before it; never executed by itself.";
            MOVE [val, _, res] {throws} "c = a, dereferenced and copied.";
            COPY_TMP [tmp, _, res] {} "c = a copy of temporary a, which stays.";
            FREE [val, num, _] {throws} "Releases temporary a. With LEAVING a jump or return leaves the switch that holds it: an exception counts as raised at instruction b, its end.";

            ADD [val, val, res] {throws} "c = a + b.";
            SUB [val, val, res] {throws} "c = a - b.";
            MUL [val, val, res] {throws} "c = a * b.";
            DIV [val, val, res] {throws} "c = a / b.";
            MOD [val, val, res] {throws} "c = a % b.";
            POW [val, val, res] {throws} "c = a ** b.";
            SHL [val, val, res] {throws} "c = a << b.";
            SHR [val, val, res] {throws} "c = a >> b.";
            CONCAT [val, val, res] {throws} "c = a . b.";
            BIT_OR [val, val, res] {throws} "c = a | b.";
            BIT_AND [val, val, res] {throws} "c = a & b.";
            BIT_XOR [val, val, res] {throws} "c = a ^ b.";
            BOOL_XOR [val, val, res] {throws} "c = a xor b.";
            BIT_NOT [val, _, res] {throws} "c = ~a.";
            NOT [val, _, res] {throws} "c = !a.";
            BOOL [val, _, res] {throws} "c = (bool) a.";
            IDENTICAL [val, val, res] {throws} "c = a === b. With KEEP_A temporary a stays.";
            NOT_IDENTICAL [val, val, res] {throws} "c = a !== b. With KEEP_A temporary a stays.";
            EQUAL [val, val, res] {throws} "c = a == b. With KEEP_A temporary a stays.";
            NOT_EQUAL [val, val, res] {throws} "c = a != b.";
            LESS [val, val, res] {throws} "c = a < b.";
            LESS_EQUAL [val, val, res] {throws} "c = a <= b.";
            SPACESHIP [val, val, res] {throws} "c = a <=> b.";
            CAST [val, _, res] {throws} "c = a cast to the type in the flags (flags::CAST_*).";
            ROPE_PART [val, _, res] {throws} "Temporary c, one of a row of temporaries, = a as a string.";
            ROPE_END [tmp, num, res] {throws} "c = the b temporaries from a on joined; takes them.";

            JMP [jmp, _, _] {jumps ends} "Goes to a.";
            JMP_Z [val, jmp, _] {throws jumps} "Goes to b if a is false.";
            JMP_NZ [val, jmp, _] {throws jumps} "Goes to b if a is true.";
            JMP_Z_EX [val, jmp, res] {throws jumps} "c = (bool) a; goes to b if false.";
            JMP_NZ_EX [val, jmp, res] {throws jumps} "c = (bool) a; goes to b if true.";
            JMP_SET [val, jmp, res] {throws jumps} "If a is true: c = a and goes to b; else releases a.";
            COALESCE [val, jmp, res] {jumps} "If a is not null: c = a and goes to b; an undefined variable is null.";
            JMP_NULL [val, jmp, res] {throws jumps} "If a is null (an undefined variable warns and is null): releases it, c = what the flags say (flags::SHORT_CIRCUIT_*) and goes to b. Else a stays. With NULLSAFE an undefined variable does not warn.";
            JMP_EQUAL [val, val, jmp] {throws jumps} "Goes to c if a == b. With KEEP_A temporary a stays.";
            JMP_NOT_EQUAL [val, val, jmp] {throws jumps} "Goes to c if a != b.";
            JMP_IDENTICAL [val, val, jmp] {throws jumps} "Goes to c if a === b. With KEEP_A temporary a stays.";
            JMP_NOT_IDENTICAL [val, val, jmp] {throws jumps} "Goes to c if a !== b.";
            JMP_LESS [val, val, jmp] {throws jumps} "Goes to c if a < b.";
            JMP_LESS_EQUAL [val, val, jmp] {throws jumps} "Goes to c if a <= b.";
            JMP_NOT_LESS [val, val, jmp] {throws jumps} "Goes to c unless a < b (which differs from a >= b for NAN and what cannot be compared).";
            JMP_NOT_LESS_EQUAL [val, val, jmp] {throws jumps} "Goes to c unless a <= b.";
            LOOP_HEAD [num, num, _] {} "Stands right before the target of a backward jump: a = trace site, b = cache slot of the hot counter. A backward jump reads it at target - 1; executed, it does nothing.";
            SWITCH_INT [val, lit, jmp] {jumps} "Jump table (literal array b, value to distance in bytes) if a is an int; goes to c if it is not in the table; continues if a is no int. Keeps a.";
            SWITCH_STRING [val, lit, jmp] {jumps} "Like SWITCH_INT for strings.";
            MATCH [val, lit, jmp] {throws jumps ends} "Jump table of ints and strings with strict comparison; goes to c if it has no entry or a has another type. Keeps a.";
            MATCH_ERROR [val, _, _] {throws ends} "Throws UnhandledMatchError for a.";

            ASSIGN [var, val, res] {throws} "a = b; c = the value assigned.";
            ASSIGN_REF [var, var, res] {throws} "a =& b. With SOURCE_FUNCTION b came from a call and may be no reference.";
            ASSIGN_OP [var, val, res] {throws} "a = a OP b, where OP is in the flags (flags::BinOp).";
            ASSIGN_DIM [var, opt, res] {throws data} "a[b] = DATA.a, or a[] without b.";
            ASSIGN_DIM_OP [var, opt, res] {throws data} "a[b] OP= DATA.a.";
            ASSIGN_OBJ [obj, val, res] {throws data} "a->b = DATA.a; a of kind None is $this. DATA.b = cache slot.";
            ASSIGN_OBJ_OP [obj, val, res] {throws data} "a->b OP= DATA.a.";
            ASSIGN_OBJ_REF [obj, val, res] {throws data} "a->b =& DATA.a.";
            ASSIGN_STATIC [val, cls, res] {throws data} "Static property named a of class b = DATA.a.";
            ASSIGN_STATIC_OP [val, cls, res] {throws data} "Static property named a of class b OP= DATA.a.";
            ASSIGN_STATIC_REF [val, cls, res] {throws data} "Static property named a of class b =& DATA.a.";
            PRE_INC [var, _, res] {throws} "++a; c = the new value.";
            PRE_DEC [var, _, res] {throws} "--a; c = the new value.";
            POST_INC [var, _, res] {throws} "c = a, then a++.";
            POST_DEC [var, _, res] {throws} "c = a, then a--.";
            PRE_INC_OBJ [obj, val, res] {throws} "++a->b.";
            PRE_DEC_OBJ [obj, val, res] {throws} "--a->b.";
            POST_INC_OBJ [obj, val, res] {throws} "a->b++.";
            POST_DEC_OBJ [obj, val, res] {throws} "a->b--.";
            PRE_INC_STATIC [val, cls, res] {throws} "++ on the static property named a of class b.";
            PRE_DEC_STATIC [val, cls, res] {throws} "-- on the static property named a of class b.";
            POST_INC_STATIC [val, cls, res] {throws} "Postfix ++ on the static property named a of class b.";
            POST_DEC_STATIC [val, cls, res] {throws} "Postfix -- on the static property named a of class b.";

            FETCH_R [val, _, res] {throws} "c = value of the variable named a (GLOBAL: global scope).";
            FETCH_W [val, _, res] {throws} "c = address of the variable named a, made if absent.";
            FETCH_RW [val, _, res] {throws} "Like FETCH_W, warns if absent.";
            FETCH_IS [val, _, res] {throws} "Like FETCH_R, silent.";
            FETCH_UNSET [val, _, res] {throws} "Address of the variable named a for unset of a part; not made.";
            FETCH_FUNC_ARG [val, _, res] {throws} "FETCH_W or FETCH_R by what CHECK_FUNC_ARG found.";
            FETCH_DIM_R [val, val, res] {throws} "c = a[b].";
            FETCH_DIM_W [var, opt, res] {throws} "c = address of a[b], made if absent; a becomes an array if null.";
            FETCH_DIM_RW [var, opt, res] {throws} "Like FETCH_DIM_W, warns if absent.";
            FETCH_DIM_IS [val, val, res] {throws} "c = a[b] or null, silent.";
            FETCH_DIM_UNSET [var, val, res] {throws} "Address of a[b] for unset of a part.";
            FETCH_DIM_FUNC_ARG [var, opt, res] {throws} "FETCH_DIM_W or FETCH_DIM_R by what CHECK_FUNC_ARG found.";
            FETCH_LIST_R [val, val, res] {throws} "c = a[b] in a destructuring; a stays.";
            FETCH_LIST_W [var, val, res] {throws} "c = address of a[b] in a destructuring by reference; a stays.";
            FETCH_OBJ_R [opt, val, res] {throws} "c = a->b; a of kind None is $this.";
            FETCH_OBJ_W [obj, val, res] {throws} "c = address of a->b (flags::FETCH_*).";
            FETCH_OBJ_RW [obj, val, res] {throws} "Address of a->b to read and write.";
            FETCH_OBJ_IS [opt, val, res] {throws} "c = a->b or null, silent.";
            FETCH_OBJ_UNSET [obj, val, res] {throws} "Address of a->b for unset of a part.";
            FETCH_OBJ_FUNC_ARG [obj, val, res] {throws} "FETCH_OBJ_W or FETCH_OBJ_R by what CHECK_FUNC_ARG found.";
            FETCH_STATIC_R [val, cls, res] {throws} "c = static property named a of class b.";
            FETCH_STATIC_W [val, cls, res] {throws} "Its address.";
            FETCH_STATIC_RW [val, cls, res] {throws} "Its address to read and write.";
            FETCH_STATIC_IS [val, cls, res] {throws} "Its value or null, silent.";
            FETCH_STATIC_UNSET [val, cls, res] {throws} "Its address for unset of a part.";
            FETCH_STATIC_FUNC_ARG [val, cls, res] {throws} "Value or address by what CHECK_FUNC_ARG found.";
            FETCH_CONST [lit, _, res] {throws} "c = constant named by literal a (as written, no leading backslash); with FALLBACK literal a + 1 is the unqualified name to try next.";
            FETCH_CLASS_CONST [cls, val, res] {throws} "c = constant b of class a.";
            FETCH_CLASS [opt, _, res] {throws} "c = the class named by a (or of object a); kind None: flags::CLASS_*.";
            FETCH_CLASS_NAME [opt, _, res] {throws} "c = name of the class: of object a, or kind None with a = CLASS_*.";
            FETCH_THIS [_, _, res] {throws} "c = $this; throws Error without one, with NULLSAFE null.";
            FETCH_GLOBALS [_, _, res] {} "c = a copy of $GLOBALS.";
            BIND_GLOBAL [var, lit, _] {throws} "Variable a becomes a reference to the global named by literal b.";
            BIND_STATIC [var, num, jmp] {throws jumps} "Variable a becomes a reference to static variable number b (BY_VALUE: bound variable of a closure, by value). With HAS_INIT: goes to c if it is initialised already; else code that computes the value follows, and INIT_STATIC.";
            INIT_STATIC [var, num, val] {throws} "Value c initialises static variable b, and variable a becomes a reference to it.";
            UNSET_CV [var, _, _] {throws} "unset(a).";
            UNSET_VAR [val, _, _] {throws} "unset of the variable named a.";
            UNSET_DIM [var, val, _] {throws} "unset(a[b]).";
            UNSET_OBJ [obj, val, _] {throws} "unset(a->b).";
            UNSET_STATIC [val, cls, _] {throws} "unset of a static property: throws Error.";
            ISSET_CV [var, _, res] {throws} "c = isset(a); with EMPTY empty(a).";
            ISSET_VAR [val, _, res] {throws} "The same for the variable named a.";
            ISSET_DIM [val, val, res] {throws} "The same for a[b].";
            ISSET_OBJ [opt, val, res] {throws} "The same for a->b; a of kind None is $this.";
            ISSET_STATIC [val, cls, res] {throws} "The same for static property a of class b.";
            ISSET_THIS [_, _, res] {} "The same for $this.";
            MAKE_REF [var, _, res] {} "Makes variable a a reference; c = that reference.";
            SEPARATE [tmp, _, _] {} "Temporary a, if a reference with one owner, becomes its value.";

            INIT_ARRAY [opt, opt, res] {throws} "c = new array; with a its first element (key b). BY_REF: a is a reference. ";
            ARRAY_SIZE [num, _, _] {} "Size hint for the INIT_ARRAY that follows.";
            ADD_ELEMENT [val, opt, res] {throws} "Adds a under key b to the array in c.";
            ADD_UNPACK [val, _, res] {throws} "Adds all elements of a to the array in c.";

            INIT_CALL [lit, num, _] {throws} "Begins a call of the function named by literal a (as written; a + 1: lower-case; with FALLBACK a + 2 the lower-case unqualified name) with b arguments known.";
            INIT_CALL_DYNAMIC [val, num, _] {throws} "Begins a call of callable a with b arguments.";
            INIT_CALL_METHOD [opt, val, num] {throws} "Begins a call of a->b() with c arguments; kind None of a is $this. A literal b is followed by its lower-case form.";
            INIT_CALL_STATIC [cls, opt, num] {throws} "Begins a call of class a :: method b with c arguments; kind None of b is the constructor.";
            INIT_CALL_PARENT_HOOK [lit, num, num] {throws} "Begins a call of the hook (b: 0 get, 1 set) of the parent's property named a with c arguments; without such a hook the call reads or writes the property.";
            NEW [cls, num, res] {throws} "c = new object of class a; begins the call of its constructor with b arguments (of a function that does nothing if it has none).";
            SEND_VAL [val, num, opt] {throws} "Argument b (1-based) = a. With NAMED literal c is its name and b is 0. With CHECK the callee is not known while compiling: throws Error if it takes the argument by reference.";
            SEND_VAR [val, num, opt] {throws} "Argument b = variable a by value, or by reference where the callee wants one with CHECK.";
            SEND_REF [var, num, opt] {throws} "Argument b = reference to a.";
            SEND_CALL_RESULT [val, num, opt] {throws} "Argument b = a, the result of a call; a notice where the callee takes a reference and the call returned none.";
            SEND_FUNC_ARG [var, num, opt] {throws} "Argument b = what a ..._FUNC_ARG fetch gave, by value or reference by what CHECK_FUNC_ARG found.";
            CHECK_FUNC_ARG [_, num, opt] {} "Notes whether the callee takes argument b (or the one named c) by reference.";
            SEND_UNPACK [val, _, _] {throws} "...a as arguments.";
            SEND_ARRAY [val, _, _] {throws} "All elements of array a as arguments (call_user_func_array).";
            CHECK_ARGS [_, _, _] {throws} "Fills in defaults that named arguments skipped; throws for missing ones.";
            CALL [_, _, res] {throws jumps} "Makes the call that was begun; c = its result.";
            CALLABLE [_, _, res] {throws} "c = a closure of the call that was begun: f(...).";

            RECV [num, _, res] {throws} "Parameter a (1-based) must have come and be of its type; in variable c.";
            RECV_INIT [num, jmp, res] {throws jumps} "If parameter a came: checks its type and goes to b; else continues with the code of its default value, which ends in RECV_DEFAULT.";
            RECV_DEFAULT [num, val, res] {throws} "Parameter a has not come: variable c = its default b, coerced to its type where that is needed.";
            RECV_VARIADIC [num, _, res] {throws} "Variable c = array of the arguments from number a on, and named ones.";
            VERIFY_RETURN [opt, _, res] {throws} "Checks a (kind None: nothing returned) against the return type; c = it, converted. With KEEP_A a is the place that will be returned by reference: it is converted itself and stays.";
            VERIFY_NEVER [_, _, _] {throws ends} "Throws TypeError: a never-returning function returned.";
            RETURN [val, _, _] {throws ends} "Returns a.";
            RETURN_REF [var, _, _] {throws ends} "Returns a reference to a. SOURCE_FUNCTION as in ASSIGN_REF.";
            RETURN_GENERATOR [val, _, _] {throws ends} "return inside a generator.";
            CREATE_GENERATOR [_, _, _] {throws} "Makes the frame a Generator and returns it.";
            YIELD [opt, opt, res] {throws} "Yields value a under key b; c = what is sent. BY_REF: a is a place.";
            YIELD_FROM [val, _, res] {throws} "Yields all of a; c = its return value.";

            THROW [val, _, _] {throws ends} "Throws a.";
            CATCH [lit, jmp, opt] {throws jumps} "If the exception being handled is an instance of the class named by literal a: assigns it to variable c (if any). Else goes to b, or on with LAST to the next handler.";
            FAST_CALL [jmp, opt, res] {jumps ends} "Enters the finally block at a; temporary c remembers to come back behind this instruction. Temporary b, if any, is the value that will be returned then: it stays, and DISCARD_EXCEPTION or an exception that leaves the finally block releases it.";
            FAST_RET [tmp, num, _] {throws jumps ends} "Leaves a finally block: back to the FAST_CALL remembered in a, or on with the exception in it.";
            DISCARD_EXCEPTION [tmp, _, _] {throws} "Drops the exception remembered in a: a jump or return leaves the finally block.";

            FE_RESET_R [val, jmp, res] {throws jumps} "c = iterator over a copy of a; goes to b if there is nothing in it.";
            FE_RESET_RW [var, jmp, res] {throws jumps} "c = iterator by reference over a.";
            FE_FETCH_R [tmp, dst, jmp] {throws jumps data} "Next value of iterator a into b, then its key into DATA.a (like b, if any); goes to c at the end.";
            FE_FETCH_RW [tmp, dst, jmp] {throws jumps data} "The same by reference.";
            FE_FREE [val, num, _] {throws} "Releases iterator a. LEAVING as in FREE.";

            ECHO [val, _, _] {throws} "Outputs a.";
            INCLUDE [val, _, res] {throws jumps} "include, require or eval of a by flags::INCLUDE_*.";
            CLONE [opt, _, res] {throws} "c = clone a.";
            INSTANCEOF [val, cls, res] {throws} "c = a instanceof class b; does not load it.";
            TYPE_CHECK [val, num, res] {throws} "c = the type of a is in bit set b (1 << tag).";
            STRLEN [val, _, res] {throws} "c = strlen(a).";
            COUNT [val, _, res] {throws} "c = count(a).";
            FUNC_NUM_ARGS [_, _, res] {} "c = func_num_args().";
            FUNC_GET_ARGS [_, _, res] {} "c = func_get_args().";
            GET_CALLED_CLASS [_, _, res] {throws} "c = get_called_class().";
            CLOSURE [num, _, res] {} "c = closure of function a of the unit; BIND_LEXICAL instructions follow.";
            BIND_LEXICAL [tmp, var, num] {throws} "Binds variable b to static variable c of the closure in a. BY_REF: by reference; IMPLICIT: an arrow function's, silent if undefined.";
            DECLARE_FUNCTION [num, _, _] {throws} "Declares function a of the unit.";
            DECLARE_CLASS [num, _, res] {throws} "Declares class a of the unit. With ANON: c = its class, declared if it was not.";
            DECLARE_CONST [lit, val, _] {throws} "Declares constant a = b.";
            BEGIN_SILENCE [_, _, res] {} "c = error_reporting, which becomes silent.";
            END_SILENCE [val, _, _] {} "Restores error_reporting from a.";
            TICKS [num, _, _] {throws} "Counts a statement under declare(ticks=a).";
            ASSERT_CHECK [jmp, _, res] {jumps} "Goes to a with c = true if assertions are off.";
            COMPILE_ERROR [lit, _, _] {throws ends} "Raises the compile-time fatal error with text a where the statement would run.";
        }
    };
}

macro_rules! define_opcodes {
    ($($name:ident [$a:tt, $b:tt, $c:tt] {$($prop:ident)*} $doc:literal;)*) => {
        /// Every opcode. The numbers are the table's order.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        #[repr(u16)]
        #[expect(non_camel_case_types, reason = "opcodes are written in capitals, as in every VM of the field")]
        pub enum Opcode { $(#[doc = $doc] $name),* }

        /// The rows, indexed by opcode.
        pub static OPS: &[OpInfo] = &[$(OpInfo {
            name: stringify!($name),
            doc: $doc,
            roles: [role!($a), role!($b), role!($c)],
            props: 0 $(| prop!($prop))*,
        }),*];

        /// All opcodes in order.
        pub const ALL: &[Opcode] = &[$(Opcode::$name),*];
    };
}

macro_rules! role {
    (_) => {
        Role::None
    };
    (val) => {
        Role::Val
    };
    (obj) => {
        Role::Obj
    };
    (cls) => {
        Role::Class
    };
    (dst) => {
        Role::Dst
    };
    (opt) => {
        Role::Opt
    };
    (var) => {
        Role::Var
    };
    (res) => {
        Role::Res
    };
    (tmp) => {
        Role::Tmp
    };
    (lit) => {
        Role::Lit
    };
    (jmp) => {
        Role::Jmp
    };
    (num) => {
        Role::Num
    };
}

macro_rules! prop {
    (throws) => {
        OpInfo::THROWS
    };
    (jumps) => {
        OpInfo::JUMPS
    };
    (ends) => {
        OpInfo::ENDS
    };
    (data) => {
        OpInfo::DATA
    };
}

for_each_op!(define_opcodes);

/// What an operand is for; see the module documentation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// Nothing.
    None,
    /// A value to read.
    Val,
    /// A value to read, or nothing.
    Opt,
    /// A place to write.
    Var,
    /// A place to write, or `$this`.
    Obj,
    /// A class.
    Class,
    /// A variable that is assigned to, or a temporary that receives.
    Dst,
    /// Where the result goes.
    Res,
    /// A temporary that stays.
    Tmp,
    /// A literal.
    Lit,
    /// A jump target.
    Jmp,
    /// A number.
    Num,
}

/// Number of opcodes.
pub const OPCODES: usize = ALL.len();

/// A row of the table.
#[derive(Debug)]
pub struct OpInfo {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub doc: &'static str,
    /// Roles of operands a, b and c.
    pub roles: [Role; 3],
    props: u8,
}

impl OpInfo {
    const THROWS: u8 = 1;
    const JUMPS: u8 = 2;
    const ENDS: u8 = 4;
    const DATA: u8 = 8;

    /// Whether it may raise an exception, run user code or release a value.
    pub const fn throws(&self) -> bool {
        self.props & OpInfo::THROWS != 0
    }

    /// Whether it may continue elsewhere than at the next instruction.
    pub const fn jumps(&self) -> bool {
        self.props & OpInfo::JUMPS != 0
    }

    /// Whether it never continues at the next instruction.
    pub const fn ends(&self) -> bool {
        self.props & OpInfo::ENDS != 0
    }

    /// Whether a `DATA` instruction follows it.
    pub const fn has_data(&self) -> bool {
        self.props & OpInfo::DATA != 0
    }
}

impl Opcode {
    /// The opcode with number `code`.
    pub fn from_code(code: u16) -> Option<Opcode> {
        ALL.get(code as usize).copied()
    }

    /// Its row of the table.
    pub fn info(self) -> &'static OpInfo {
        &OPS[self as usize]
    }
}
