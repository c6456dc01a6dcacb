//! Orders of values for sorting: the `SORT_*` flags.

use crate::string::compare::fold_compare;
use crate::string::natural;
use phalanx_value::{Key, PhpString, Value, View};
use phalanx_vm::{Context, PhpResult, compare};
use std::cmp::Ordering;

/// How values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// As `<=>` does.
    Regular,
    /// As numbers.
    Numeric,
    /// As strings.
    String,
    /// As strings, without case.
    FoldedString,
    /// In natural order.
    Natural,
    /// In natural order, without case.
    FoldedNatural,
}

impl Order {
    /// The order that `SORT_*` flags name.
    pub fn from_flags(flags: i64) -> Order {
        let fold = flags & 8 != 0;
        match flags & !8 {
            1 => Order::Numeric,
            2 if fold => Order::FoldedString,
            2 | 5 => Order::String,
            6 if fold => Order::FoldedNatural,
            6 => Order::Natural,
            _ => Order::Regular,
        }
    }

    /// Compares values, none of them a reference.
    pub fn compare(self, cx: &mut Context, a: &Value, b: &Value) -> PhpResult<Ordering> {
        match self {
            Order::Regular => match (a.view(), b.view()) {
                (View::Int(a), View::Int(b)) => Ok(a.cmp(&b)),
                _ => compare::order(cx, a, b),
            },
            Order::Numeric => {
                if let (View::Int(a), View::Int(b)) = (a.view(), b.view()) {
                    return Ok(a.cmp(&b));
                }
                let (a, b) = (cx.to_float(a)?, cx.to_float(b)?);
                Ok(a.partial_cmp(&b).unwrap_or(Ordering::Greater))
            }
            _ => {
                let (a, b) = (cx.to_string(a)?, cx.to_string(b)?);
                Ok(self.compare_text(&a, &b))
            }
        }
    }

    fn compare_text(self, a: &[u8], b: &[u8]) -> Ordering {
        match self {
            Order::FoldedString => fold_compare(a, b),
            Order::Natural => natural::compare(a, b, false),
            Order::FoldedNatural => natural::compare(a, b, true),
            _ => a.cmp(b),
        }
    }

    /// Compares keys.
    pub fn compare_keys(self, cx: &mut Context, a: Key<'_>, b: Key<'_>) -> PhpResult<Ordering> {
        match (self, a, b) {
            (Order::Regular | Order::Numeric, Key::Int(a), Key::Int(b)) => Ok(a.cmp(&b)),
            (Order::Regular | Order::Numeric, a, b) => self.compare(cx, &Value::from(a), &Value::from(b)),
            (_, a, b) => {
                let (a, b): (PhpString, PhpString) = (a.to_string(), b.to_string());
                Ok(self.compare_text(&a, &b))
            }
        }
    }
}
