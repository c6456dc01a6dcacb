//! Typed 32-bit indices.
//!
//! An id is an index into one particular table, wrapped in its own type so that it cannot be used with another. It is
//! stored as a non-zero `u32`, hence `Option<Id>` costs nothing: this matters where nodes are packed into 16 bytes.

/// What all typed indices can do. Implement it with [`define_id!`](crate::define_id).
pub trait Id: Copy + Eq {
    /// The id of the element at `index`. Panics when `index` is `u32::MAX` or above.
    fn from_index(index: usize) -> Self;
    /// The index that the id stands for.
    fn index(self) -> usize;
    /// The stored number, `index + 1`; never 0.
    fn to_raw(self) -> u32;
    /// Rebuilds an id from [`Id::to_raw`]; 0 gives `None`.
    fn from_raw(raw: u32) -> Option<Self>;
}

/// Defines a typed index: `define_id!(/** docs */ pub struct ExprId;)`.
#[macro_export]
macro_rules! define_id {
    ($(#[$meta:meta])* $vis:vis struct $name:ident;) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis struct $name(::core::num::NonZeroU32);

        impl $crate::Id for $name {
            #[inline]
            fn from_index(index: usize) -> Self {
                match u32::try_from(index).ok().and_then(|i| i.checked_add(1)).and_then(::core::num::NonZeroU32::new) {
                    Some(raw) => Self(raw),
                    None => panic!("more than u32::MAX - 1 elements in one table"),
                }
            }
            #[inline]
            fn index(self) -> usize {
                self.0.get() as usize - 1
            }
            #[inline]
            fn to_raw(self) -> u32 {
                self.0.get()
            }
            #[inline]
            fn from_raw(raw: u32) -> Option<Self> {
                ::core::num::NonZeroU32::new(raw).map(Self)
            }
        }

        impl ::core::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0.get() - 1)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::Id;

    define_id!(
        struct TestId;
    );

    #[test]
    fn round_trip_and_niche() {
        let id = TestId::from_index(7);
        assert_eq!(id.index(), 7);
        assert_eq!(TestId::from_raw(id.to_raw()), Some(id));
        assert_eq!(TestId::from_raw(0), None);
        assert_eq!(size_of::<Option<TestId>>(), 4);
        assert_eq!(format!("{id:?}"), "TestId(7)");
    }
}
