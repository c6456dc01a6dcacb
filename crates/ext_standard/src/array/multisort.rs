//! `array_multisort()`: several arrays as columns of one table.

use super::order::Order;
use super::query::unshared;
use crate::args::assign;
use phalanx_macros::php_fn;
use phalanx_value::{Key, PhpArray, Value, View};
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};
use std::cmp::Ordering;

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&ARRAY_MULTISORT];

struct Column {
    array: PhpArray,
    /// Number of the argument.
    argument: usize,
    descending: bool,
    order: Order,
}

/// <https://www.php.net/array_multisort>
#[php_fn("array_multisort(@prefer-ref &$array, @prefer-ref &...$rest): bool")]
fn array_multisort(cx: &mut Context, array: &Value, rest: &[Value]) -> PhpResult<bool> {
    let arguments: Vec<&Value> = std::iter::once(array).chain(rest).collect();
    let mut columns = read_columns(cx, &arguments)?;
    let len = columns[0].array.len();
    if columns.iter().any(|column| column.array.len() != len) {
        return Err(cx.throw_value_error("Array sizes are inconsistent"));
    }
    if len < 1 {
        return Ok(true);
    }
    let rows: Vec<Vec<Value>> =
        columns.iter().map(|column| column.array.values().map(Value::deref_clone).collect()).collect();
    let mut index: PhpArray = (0..len as i64).map(Value::int).collect();
    super::sort::sort_array(&mut index, true, |a, b| {
        let (a, b) = (a.1.as_int().unwrap_or(0) as usize, b.1.as_int().unwrap_or(0) as usize);
        for (column, values) in columns.iter().zip(&rows) {
            let order = column.order.compare(cx, &values[a], &values[b])?;
            if order != Ordering::Equal {
                return Ok(if column.descending { order.reverse() } else { order });
            }
        }
        Ok(Ordering::Equal)
    })?;
    for column in &mut columns {
        let elements: Vec<_> =
            column.array.iter().map(|(key, value)| (key.to_owned(), unshared(value))).collect();
        let mut sorted = PhpArray::with_capacity(len);
        for at in index.values().filter_map(Value::as_int) {
            let (key, value) = &elements[at as usize];
            match key.as_key() {
                Key::Int(_) => sorted.push_value(value.clone()),
                key => drop(sorted.insert(key, value.clone())),
            }
        }
        if let Some(variable) = arguments[column.argument].as_ref() {
            assign(cx, variable, Value::array(sorted))?;
        }
    }
    Ok(true)
}

fn read_columns(cx: &mut Context, arguments: &[&Value]) -> PhpResult<Vec<Column>> {
    let mut columns: Vec<Column> = Vec::new();
    // Which kinds of flags may still follow the array.
    let (mut may_direct, mut may_order) = (false, false);
    for (index, argument) in arguments.iter().enumerate() {
        let number = index as u32 + 1;
        let value = argument.deref_clone();
        match value.view() {
            View::Array(array) => {
                columns.push(Column {
                    array: array.clone(),
                    argument: index,
                    descending: false,
                    order: Order::Regular,
                });
                (may_direct, may_order) = (true, true);
            }
            View::Int(flag) => {
                let twice = "must be an array or a sort flag that has not already been specified";
                match (flag & !8, columns.last_mut()) {
                    (3 | 4, Some(column)) if may_direct => {
                        column.descending = flag == 3;
                        may_direct = false;
                    }
                    (0 | 1 | 2 | 5 | 6, Some(column)) if may_order => {
                        column.order = Order::from_flags(flag);
                        may_order = false;
                    }
                    (0..=6, _) => return Err(cx.arg_error(number, twice)),
                    _ => return Err(cx.arg_value_error(number, "must be a valid sort flag")),
                }
            }
            _ => return Err(cx.arg_error(number, "must be an array or a sort flag")),
        }
    }
    Ok(columns)
}
