//! Folding operators on constants, exactly as PHP evaluates them.
//!
//! Whatever would warn, throw or depend on a setting (floats as strings depend on `precision`) is left to run time:
//! the functions here give `None` for it.

pub(crate) mod number;

use crate::Compiler;
use crate::operand::Const;
use crate::strings::StrId;
use number::{Number, numeric};
use phalanx_bytecode::draft::LiteralKey;
use phalanx_syntax::ast::{BinaryOp, CastType};
use std::cmp::Ordering;

impl Compiler<'_> {
    /// `(bool) value`.
    pub(crate) fn truthy(&self, value: Const) -> bool {
        match value {
            Const::Null => false,
            Const::Bool(value) => value,
            Const::Int(value) => value != 0,
            Const::Float(value) => value != 0.0,
            Const::Str(id) => !matches!(self.strings.get(id), b"" | b"0"),
            Const::Array(id) => !self.arrays[id.0 as usize].is_empty(),
        }
    }

    /// `left op right` for all operators but the short-circuiting ones.
    pub(crate) fn fold_binary(&mut self, op: BinaryOp, left: Const, right: Const) -> Option<Const> {
        use BinaryOp as B;
        match op {
            B::Add if matches!((left, right), (Const::Array(_), Const::Array(_))) => {
                self.fold_array_union(left, right)
            }
            B::Add | B::Sub | B::Mul | B::Div | B::Mod | B::Pow => {
                let (left, right) = (self.number(left)?, self.number(right)?);
                number::arithmetic(op, left, right).map(Const::from)
            }
            B::BitOr | B::BitAnd | B::BitXor | B::ShiftLeft | B::ShiftRight => {
                let (left, right) = (self.integer(left)?, self.integer(right)?);
                number::bitwise(op, left, right).map(Const::Int)
            }
            B::Concat => {
                let mut text = self.string(left)?.into_owned();
                text.extend_from_slice(&self.string(right)?);
                Some(Const::Str(self.strings.intern(&text)))
            }
            B::Xor => Some(Const::Bool(self.truthy(left) != self.truthy(right))),
            B::Identical => self.identical(left, right).map(Const::Bool),
            B::NotIdentical => self.identical(left, right).map(|same| Const::Bool(!same)),
            B::Equal => Some(Const::Bool(self.compare(left, right)? == Some(Ordering::Equal))),
            B::NotEqual => Some(Const::Bool(self.compare(left, right)? != Some(Ordering::Equal))),
            B::Less => Some(Const::Bool(self.compare(left, right)? == Some(Ordering::Less))),
            B::Greater => Some(Const::Bool(self.compare(right, left)? == Some(Ordering::Less))),
            B::LessEqual => Some(Const::Bool(self.compare(left, right)?.is_some_and(Ordering::is_le))),
            B::GreaterEqual => Some(Const::Bool(self.compare(right, left)?.is_some_and(Ordering::is_le))),
            B::Spaceship => Some(Const::Int(match self.compare(left, right)? {
                Some(order) => order as i64,
                None => 1,
            })),
            B::And | B::Or | B::Coalesce => None,
        }
    }

    /// `~value`.
    pub(crate) fn fold_bit_not(&self, value: Const) -> Option<Const> {
        match value {
            Const::Int(value) => Some(Const::Int(!value)),
            _ => None,
        }
    }

    /// `(to) value`.
    pub(crate) fn fold_cast(&mut self, to: CastType, value: Const) -> Option<Const> {
        match to {
            CastType::Bool => Some(Const::Bool(self.truthy(value))),
            CastType::Int => match value {
                Const::Null => Some(Const::Int(0)),
                Const::Bool(value) => Some(Const::Int(i64::from(value))),
                Const::Int(_) => Some(value),
                Const::Float(float) => number::truncate(float).map(Const::Int),
                Const::Str(id) => match numeric(self.strings.get(id))? {
                    Number::Int(value) => Some(Const::Int(value)),
                    Number::Float(_) => None,
                },
                Const::Array(_) => Some(Const::Int(i64::from(self.truthy(value)))),
            },
            CastType::Float => match value {
                Const::Null => Some(Const::Float(0.0)),
                Const::Bool(value) => Some(Const::Float(f64::from(u8::from(value)))),
                Const::Int(value) => Some(Const::Float(value as f64)),
                Const::Float(_) => Some(value),
                Const::Str(id) => numeric(self.strings.get(id)).map(|number| Const::Float(number.to_float())),
                Const::Array(_) => None,
            },
            CastType::String => {
                let text = self.string(value)?.into_owned();
                Some(Const::Str(self.strings.intern(&text)))
            }
            CastType::Array => match value {
                Const::Array(_) => Some(value),
                Const::Null => Some(self.array_const(Vec::new())),
                _ => {
                    let item = self.const_literal(value);
                    Some(self.array_const(vec![(LiteralKey::Int(0), item)]))
                }
            },
            CastType::Object | CastType::Unset => None,
        }
    }

    /// `base[index]` of a constant array or string.
    pub(crate) fn fold_index(&mut self, base: Const, index: Const) -> Option<Const> {
        match base {
            Const::Array(id) => {
                let key = self.array_key(index)?;
                let items = &self.arrays[id.0 as usize];
                let found = items.iter().find(|(candidate, _)| *candidate == key)?.1.clone();
                self.literal_const(&found)
            }
            Const::Str(id) => {
                let Const::Int(at) = index else { return None };
                let text = self.strings.get(id);
                let at = if at < 0 { at.checked_add(text.len() as i64)? } else { at };
                let byte = *text.get(usize::try_from(at).ok()?)?;
                Some(Const::Str(self.strings.intern(&[byte])))
            }
            _ => None,
        }
    }

    /// The array key that `value` becomes; `None` if that would warn or throw.
    pub(crate) fn array_key(&mut self, value: Const) -> Option<LiteralKey> {
        Some(match value {
            Const::Int(value) => LiteralKey::Int(value),
            Const::Bool(value) => LiteralKey::Int(i64::from(value)),
            Const::Null => {
                let empty = self.strings.intern(b"");
                LiteralKey::Str(self.strings.bytes(empty))
            }
            Const::Float(float) => {
                let value = number::truncate(float)?;
                if value as f64 != float {
                    return None;
                }
                LiteralKey::Int(value)
            }
            Const::Str(id) => match number::array_index(self.strings.get(id)) {
                Some(value) => LiteralKey::Int(value),
                None => LiteralKey::Str(self.strings.bytes(id)),
            },
            Const::Array(_) => return None,
        })
    }

    fn fold_array_union(&mut self, left: Const, right: Const) -> Option<Const> {
        let (Const::Array(left), Const::Array(right)) = (left, right) else { return None };
        let mut items = self.arrays[left.0 as usize].clone();
        for (key, value) in &self.arrays[right.0 as usize] {
            if !items.iter().any(|(known, _)| known == key) {
                items.push((key.clone(), value.clone()));
            }
        }
        Some(self.array_const(items))
    }

    /// The number that arithmetic makes of a value.
    fn number(&self, value: Const) -> Option<Number> {
        match value {
            Const::Null => Some(Number::Int(0)),
            Const::Bool(value) => Some(Number::Int(i64::from(value))),
            Const::Int(value) => Some(Number::Int(value)),
            Const::Float(value) => Some(Number::Float(value)),
            Const::Str(id) => numeric(self.strings.get(id)),
            Const::Array(_) => None,
        }
    }

    fn integer(&self, value: Const) -> Option<i64> {
        match value {
            Const::Null => Some(0),
            Const::Bool(value) => Some(i64::from(value)),
            Const::Int(value) => Some(value),
            _ => None,
        }
    }

    /// The string that a value becomes.
    pub(crate) fn string(&self, value: Const) -> Option<std::borrow::Cow<'_, [u8]>> {
        Some(match value {
            Const::Null | Const::Bool(false) => b"".as_slice().into(),
            Const::Bool(true) => b"1".as_slice().into(),
            Const::Int(value) => value.to_string().into_bytes().into(),
            Const::Str(id) => self.strings.get(id).into(),
            Const::Float(_) | Const::Array(_) => return None,
        })
    }

    /// The constant as a string, interned.
    pub(crate) fn string_id(&mut self, value: Const) -> Option<StrId> {
        if let Const::Str(id) = value {
            return Some(id);
        }
        let text = self.string(value)?.into_owned();
        Some(self.strings.intern(&text))
    }

    fn identical(&self, left: Const, right: Const) -> Option<bool> {
        match (left, right) {
            (Const::Array(left), Const::Array(right)) => {
                // Floats inside make `==` of literals differ from PHP's only for NAN, which no literal is.
                Some(self.arrays[left.0 as usize] == self.arrays[right.0 as usize])
            }
            (Const::Float(left), Const::Float(right)) => Some(left == right),
            _ => Some(left == right),
        }
    }

    /// `left <=> right`: the inner `None` is "cannot be ordered".
    fn compare(&self, left: Const, right: Const) -> Option<Option<Ordering>> {
        Some(match (left, right) {
            (Const::Int(left), Const::Int(right)) => Some(left.cmp(&right)),
            (Const::Int(left), Const::Float(right)) => (left as f64).partial_cmp(&right),
            (Const::Float(left), Const::Int(right)) => left.partial_cmp(&(right as f64)),
            (Const::Float(left), Const::Float(right)) => left.partial_cmp(&right),
            (
                Const::Bool(_) | Const::Null,
                Const::Bool(_) | Const::Int(_) | Const::Float(_) | Const::Array(_),
            )
            | (
                Const::Bool(_) | Const::Int(_) | Const::Float(_) | Const::Array(_),
                Const::Bool(_) | Const::Null,
            )
            | (Const::Null, Const::Null)
            | (Const::Bool(_), Const::Str(_))
            | (Const::Str(_), Const::Bool(_)) => Some(self.truthy(left).cmp(&self.truthy(right))),
            (Const::Null, Const::Str(right)) => Some(0.cmp(&self.strings.get(right).len())),
            (Const::Str(left), Const::Null) => Some(self.strings.get(left).len().cmp(&0)),
            (Const::Str(left), Const::Str(right)) => {
                let (left, right) = (self.strings.get(left), self.strings.get(right));
                match (numeric(left), numeric(right)) {
                    (Some(Number::Int(left)), Some(Number::Int(right))) => Some(left.cmp(&right)),
                    (Some(_), Some(_)) => return None,
                    _ => Some(left.cmp(right)),
                }
            }
            _ => return None,
        })
    }
}

impl From<Number> for Const {
    fn from(number: Number) -> Const {
        match number {
            Number::Int(value) => Const::Int(value),
            Number::Float(value) => Const::Float(value),
        }
    }
}
