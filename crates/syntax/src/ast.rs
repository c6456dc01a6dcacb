//! The syntax tree of one file: typed tables indexed by ids.
//!
//! Nodes are small `Copy` values in contiguous tables; a node refers to others by id and to lists by the place where the
//! list lies. Nothing is boxed, so building a tree is appending and dropping it frees a few vectors, however deep it is.
//!
//! **Invariant**: ids, lists and slices are only used with the [`Ast`] that made them.
//!
//! Positions are byte offsets chosen so that *the line of the offset is the line PHP attributes to the node*: for most
//! operators that is the line of the leftmost operand, not of the operator. [`LineIndex`](crate::LineIndex) turns offsets
//! into lines.

mod decl;
mod expr;
mod name;
mod stmt;
mod types;

use std::fmt;
use std::marker::PhantomData;
use std::num::NonZeroU32;

use phalanx_base::{Id, Span};

pub use decl::{
    Attr, AttrGroup, Class, ClassId, ClassKind, ClosureUse, ConstGroup, ConstGroupId, ConstItem, DocId,
    EnumCase, EnumCaseId, Func, FuncBody, FuncId, FuncKind, Member, Modifiers, Param, Prop, PropGroup,
    PropGroupId, TraitRule, TraitUse, TraitUseId,
};
pub use expr::{
    Args, ArrayItem, ArraySyntax, BinaryOp, CastType, Expr, ExprId, IncDecOp, IncludeKind, MagicConst,
    UnaryOp,
};
pub use name::{Name, NameKind, StringPool, Sym};
pub use stmt::{
    Case, Catch, ForId, ForLoop, Foreach, ForeachId, IfBranch, MatchArm, StaticVar, Stmt, StmtId, Try, TryId,
    UseItem, UseKind,
};
pub use types::{TypeExpr, TypeId};

/// A list of ids in the shared list storage of an [`Ast`]: a length followed by that many raw ids.
pub struct List<T> {
    at: NonZeroU32,
    of: PhantomData<T>,
}

impl<T> Clone for List<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for List<T> {}
impl<T> PartialEq for List<T> {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}
impl<T> Eq for List<T> {}
impl<T> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "List@{}", self.at)
    }
}

impl<T> List<T> {
    /// The list without elements. All empty lists are the same.
    pub const fn empty() -> Self {
        Self { at: NonZeroU32::MIN, of: PhantomData }
    }

    /// Whether the list has no elements.
    pub fn is_empty(self) -> bool {
        self.at == NonZeroU32::MIN
    }
}

/// The elements of a [`List`].
#[derive(Clone)]
pub struct ListIter<'a, T> {
    raw: std::slice::Iter<'a, u32>,
    of: PhantomData<T>,
}

impl<T: Id> Iterator for ListIter<'_, T> {
    type Item = T;
    #[inline]
    fn next(&mut self) -> Option<T> {
        self.raw.next().and_then(|&raw| T::from_raw(raw))
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.raw.size_hint()
    }
}
impl<T: Id> DoubleEndedIterator for ListIter<'_, T> {
    fn next_back(&mut self) -> Option<T> {
        self.raw.next_back().and_then(|&raw| T::from_raw(raw))
    }
}
impl<T: Id> ExactSizeIterator for ListIter<'_, T> {}

/// Consecutive elements of one of the struct tables of an [`Ast`].
pub struct Slice<T> {
    start: u32,
    len: u32,
    of: PhantomData<T>,
}

impl<T> Clone for Slice<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Slice<T> {}
impl<T> PartialEq for Slice<T> {
    fn eq(&self, other: &Self) -> bool {
        self.start == other.start && self.len == other.len
    }
}
impl<T> Eq for Slice<T> {}
impl<T> fmt::Debug for Slice<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.start + self.len)
    }
}

impl<T> Slice<T> {
    /// The slice without elements.
    pub const fn empty() -> Self {
        Self { start: 0, len: 0, of: PhantomData }
    }

    /// The number of elements.
    pub fn len(self) -> usize {
        self.len as usize
    }

    /// Whether the slice has no elements.
    pub fn is_empty(self) -> bool {
        self.len == 0
    }
}

/// The syntax tree of one file.
#[derive(Clone)]
pub struct Ast {
    /// The top-level statements.
    pub root: List<StmtId>,
    /// All names and string literals.
    pub strings: StringPool,
    exprs: Vec<Expr>,
    expr_pos: Vec<u32>,
    stmts: Vec<Stmt>,
    stmt_pos: Vec<u32>,
    lists: Vec<u32>,
    tables: Tables,
}

/// A struct that is stored in slices.
pub trait Sliced: Sized + Copy {
    /// The table that holds all of them.
    fn table(tables: &Tables) -> &Vec<Self>;
    /// The table, to append to.
    fn table_mut(tables: &mut Tables) -> &mut Vec<Self>;
}

/// A struct that has an id of its own.
pub trait Indexed: Sized + Copy {
    /// Its id.
    type Id: Id;
    /// The table that holds all of them.
    fn table(tables: &Tables) -> &Vec<Self>;
    /// The table, to append to.
    fn table_mut(tables: &mut Tables) -> &mut Vec<Self>;
}

macro_rules! tables {
    (sliced { $($sliced:ident: $element:ty,)* } indexed { $($indexed:ident: $node:ty => $id:ty,)* }) => {
        /// The struct tables of an [`Ast`].
        #[derive(Clone, Default)]
        pub struct Tables {
            $($sliced: Vec<$element>,)*
            $($indexed: Vec<$node>,)*
        }
        impl Tables {
            fn memory(&self) -> usize {
                0 $(+ self.$sliced.len() * size_of::<$element>())* $(+ self.$indexed.len() * size_of::<$node>())*
            }
        }
        $(impl Sliced for $element {
            #[inline]
            fn table(tables: &Tables) -> &Vec<Self> {
                &tables.$sliced
            }
            #[inline]
            fn table_mut(tables: &mut Tables) -> &mut Vec<Self> {
                &mut tables.$sliced
            }
        })*
        $(impl Indexed for $node {
            type Id = $id;
            #[inline]
            fn table(tables: &Tables) -> &Vec<Self> {
                &tables.$indexed
            }
            #[inline]
            fn table_mut(tables: &mut Tables) -> &mut Vec<Self> {
                &mut tables.$indexed
            }
        })*
    };
}

tables! {
    sliced {
        if_branches: IfBranch,
        cases: Case,
        match_arms: MatchArm,
        catches: Catch,
        static_vars: StaticVar,
        use_items: UseItem,
        const_items: ConstItem,
        params: Param,
        closure_uses: ClosureUse,
        attr_groups: AttrGroup,
        attrs: Attr,
        members: Member,
        props: Prop,
        trait_rules: TraitRule,
    }
    indexed {
        fors: ForLoop => ForId,
        foreachs: Foreach => ForeachId,
        tries: Try => TryId,
        types: TypeExpr => TypeId,
        funcs: Func => FuncId,
        classes: Class => ClassId,
        prop_groups: PropGroup => PropGroupId,
        const_groups: ConstGroup => ConstGroupId,
        enum_cases: EnumCase => EnumCaseId,
        trait_uses: TraitUse => TraitUseId,
        docs: Span => DocId,
    }
}

impl Default for Ast {
    fn default() -> Self {
        Self::with_capacity(0)
    }
}

impl Ast {
    /// An empty tree with room for a source of `bytes` bytes.
    pub fn with_capacity(bytes: usize) -> Self {
        let nodes = bytes / 12;
        let mut lists = Vec::with_capacity(nodes + 2);
        // Index 0 is never a list, index 1 is the empty one.
        lists.extend([0, 0]);
        Self {
            root: List::empty(),
            strings: StringPool::new(),
            exprs: Vec::with_capacity(nodes),
            expr_pos: Vec::with_capacity(nodes),
            stmts: Vec::with_capacity(nodes / 4),
            stmt_pos: Vec::with_capacity(nodes / 4),
            lists,
            tables: Tables::default(),
        }
    }

    /// The node of an expression.
    #[inline]
    pub fn expr(&self, id: ExprId) -> Expr {
        self.exprs[id.index()]
    }

    /// The offset whose line is the line of the expression.
    #[inline]
    pub fn expr_pos(&self, id: ExprId) -> u32 {
        self.expr_pos[id.index()]
    }

    /// The node of a statement.
    #[inline]
    pub fn stmt(&self, id: StmtId) -> Stmt {
        self.stmts[id.index()]
    }

    /// The offset whose line is the line of the statement.
    #[inline]
    pub fn stmt_pos(&self, id: StmtId) -> u32 {
        self.stmt_pos[id.index()]
    }

    /// The elements of a list.
    #[inline]
    pub fn list<T: Id>(&self, list: List<T>) -> ListIter<'_, T> {
        let at = list.at.get() as usize;
        let len = self.lists[at] as usize;
        ListIter { raw: self.lists[at + 1..at + 1 + len].iter(), of: PhantomData }
    }

    /// The number of elements of a list.
    #[inline]
    pub fn list_len<T>(&self, list: List<T>) -> usize {
        self.lists[list.at.get() as usize] as usize
    }

    /// The elements of a slice.
    #[inline]
    pub fn slice<T: Sliced>(&self, slice: Slice<T>) -> &[T] {
        &T::table(&self.tables)[slice.start as usize..][..slice.len as usize]
    }

    /// The struct that an id stands for: `ast.get::<Func>(id)`; the specific accessors below read better.
    #[inline]
    pub fn get<T: Indexed>(&self, id: T::Id) -> &T {
        &T::table(&self.tables)[id.index()]
    }

    /// A function.
    pub fn func(&self, id: FuncId) -> &Func {
        self.get::<Func>(id)
    }

    /// A class-like declaration.
    pub fn class(&self, id: ClassId) -> &Class {
        self.get::<Class>(id)
    }

    /// A type.
    pub fn ty(&self, id: TypeId) -> TypeExpr {
        *self.get::<TypeExpr>(id)
    }

    /// The place of a doc comment in the source.
    pub fn doc(&self, id: DocId) -> Span {
        *self.get::<Span>(id)
    }

    /// The bytes of a name or string literal.
    #[inline]
    pub fn str(&self, sym: Sym) -> &[u8] {
        self.strings.get(sym)
    }

    /// The items of [`Expr::Array`].
    pub fn array_items(&self, items: List<ExprId>) -> impl ExactSizeIterator<Item = ArrayItem> + Clone + '_ {
        self.list(items).map(|id| match self.expr(id) {
            Expr::Hole => ArrayItem::Hole,
            Expr::Spread(value) => ArrayItem::Spread(value),
            Expr::Item { key, value, by_ref } => ArrayItem::Value { key, value, by_ref },
            _ => ArrayItem::Value { key: None, value: id, by_ref: false },
        })
    }

    /// Bytes of memory that the tree's contents take.
    pub fn memory(&self) -> usize {
        self.exprs.len() * (size_of::<Expr>() + 4)
            + self.stmts.len() * (size_of::<Stmt>() + 4)
            + self.lists.len() * 4
            + self.tables.memory()
            + self.strings.memory()
    }

    /// Appends an expression.
    #[inline]
    pub fn add_expr(&mut self, expr: Expr, pos: u32) -> ExprId {
        let id = ExprId::from_index(self.exprs.len());
        self.exprs.push(expr);
        self.expr_pos.push(pos);
        id
    }

    /// Replaces an expression; its position stays.
    #[inline]
    pub fn set_expr(&mut self, id: ExprId, expr: Expr) {
        self.exprs[id.index()] = expr;
    }

    /// Appends a statement.
    #[inline]
    pub fn add_stmt(&mut self, stmt: Stmt, pos: u32) -> StmtId {
        let id = StmtId::from_index(self.stmts.len());
        self.stmts.push(stmt);
        self.stmt_pos.push(pos);
        id
    }

    /// Appends a list.
    #[inline]
    pub fn add_list<T: Id>(&mut self, elements: &[T]) -> List<T> {
        if elements.is_empty() {
            return List::empty();
        }
        let at = u32::try_from(self.lists.len())
            .ok()
            .and_then(NonZeroU32::new)
            .expect("lists below 4 Gi elements");
        self.lists.push(elements.len() as u32);
        self.lists.extend(elements.iter().map(|id| id.to_raw()));
        List { at, of: PhantomData }
    }

    /// Appends a list of ids in their raw form.
    #[inline]
    pub(crate) fn add_raw_list<T: Id>(&mut self, raw: &[u32]) -> List<T> {
        if raw.is_empty() {
            return List::empty();
        }
        let at = u32::try_from(self.lists.len())
            .ok()
            .and_then(NonZeroU32::new)
            .expect("lists below 4 Gi elements");
        self.lists.push(raw.len() as u32);
        self.lists.extend_from_slice(raw);
        List { at, of: PhantomData }
    }

    /// Appends elements that belong together.
    #[inline]
    pub fn add_slice<T: Sliced>(&mut self, elements: &[T]) -> Slice<T> {
        let table = T::table_mut(&mut self.tables);
        let start = table.len() as u32;
        table.extend_from_slice(elements);
        Slice { start, len: elements.len() as u32, of: PhantomData }
    }

    /// Appends a struct that has an id.
    #[inline]
    pub fn add<T: Indexed>(&mut self, element: T) -> T::Id {
        let table = T::table_mut(&mut self.tables);
        let id = T::Id::from_index(table.len());
        table.push(element);
        id
    }
}
