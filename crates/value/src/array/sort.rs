//! Sorting. Stable, and with the sequence of comparisons that PHP's own sort makes, since callbacks can see it.
//!
//! Up to 16 elements: insertion sort, for up to 5 with a fixed sequence. More: quicksort with the median of three, or of
//! five from 1,024 elements on. Ties are broken by the old order, which makes the sort stable.

use std::cmp::Ordering;

use super::{ArrayKey, Key, PhpArray};
use crate::value::Value;

/// An element being sorted.
type Entry = (ArrayKey, Value);

impl PhpArray {
    /// Sorts the elements. With `renumber` the keys become 0, 1, 2, ..., otherwise they stay with their values.
    pub fn sort_by(
        &mut self,
        mut compare: impl FnMut(&(Key<'_>, &Value), &(Key<'_>, &Value)) -> Ordering,
        renumber: bool,
    ) {
        if self.len() < 2 && !(renumber && !self.is_list()) {
            return;
        }
        let mut entries: Vec<(Entry, u32)> = std::mem::take(self).into_iter().zip(0_u32..).collect();
        sort(&mut entries, &mut |a, b| {
            compare(&(a.0.0.as_key(), &a.0.1), &(b.0.0.as_key(), &b.0.1)).then(a.1.cmp(&b.1))
        });
        if renumber {
            *self = PhpArray::from_list(entries.into_iter().map(|((_, value), _)| value));
        } else {
            let mut sorted = PhpArray::with_hash_capacity(entries.len());
            for ((key, value), _) in entries {
                sorted.insert(&key, value);
            }
            *self = sorted;
        }
    }
}

type Compare<'a, T> = dyn FnMut(&T, &T) -> Ordering + 'a;

/// Sorts a slice with PHP's algorithm. The comparison should never say "equal" for different elements.
pub fn sort<T>(mut items: &mut [T], compare: &mut Compare<'_, T>) {
    while items.len() > 16 {
        let len = items.len();
        let middle = len / 2;
        if len >= 1024 {
            let quarter = middle / 2;
            sort_picked(items, [0, quarter, middle, middle + quarter, len - 1], compare);
        } else {
            sort_three(items, [0, middle, len - 1], compare);
        }
        items.swap(1, middle);
        let split = partition(items, compare);
        items.swap(1, split - 1);
        let (left, right) = items.split_at_mut(split);
        let left = &mut left[..split - 1];
        if left.len() < right.len() {
            sort(left, compare);
            items = right;
        } else {
            sort(right, compare);
            items = left;
        }
    }
    insertion_sort(items, compare);
}

/// Moves what is less than the pivot, which stands at 1, before what is not; returns where the latter begin.
fn partition<T>(items: &mut [T], compare: &mut Compare<'_, T>) -> usize {
    let mut low = 2;
    let mut high = items.len() - 1;
    loop {
        while compare(&items[1], &items[low]).is_gt() {
            low += 1;
            if low == high {
                return low;
            }
        }
        high -= 1;
        if high == low {
            return low;
        }
        while compare(&items[high], &items[1]).is_gt() {
            high -= 1;
            if high == low {
                return low;
            }
        }
        items.swap(low, high);
        low += 1;
        if low == high {
            return low;
        }
    }
}

fn insertion_sort<T>(items: &mut [T], compare: &mut Compare<'_, T>) {
    match items.len() {
        0 | 1 => {}
        2 => sort_two(items, [0, 1], compare),
        3 => sort_three(items, [0, 1, 2], compare),
        4 => sort_four(items, [0, 1, 2, 3], compare),
        5 => sort_picked(items, [0, 1, 2, 3, 4], compare),
        len => {
            for next in 1..len {
                if compare(&items[next - 1], &items[next]).is_gt() {
                    let place = if next < 6 {
                        linear_place(items, next, compare)
                    } else {
                        binary_place(items, next, compare)
                    };
                    items[place..=next].rotate_right(1);
                }
            }
        }
    }
}

/// Where the element at `next` belongs, looked for from behind; it is known to be less than the one before it.
fn linear_place<T>(items: &[T], next: usize, compare: &mut Compare<'_, T>) -> usize {
    let mut place = next - 1;
    while place > 0 && compare(&items[place - 1], &items[next]).is_gt() {
        place -= 1;
    }
    place
}

/// The same by halving.
fn binary_place<T>(items: &[T], next: usize, compare: &mut Compare<'_, T>) -> usize {
    let mut low = 0;
    let mut high = next - 1;
    while low < high {
        let middle = low + (high - low) / 2;
        if compare(&items[middle], &items[next]).is_gt() {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

fn sort_two<T>(items: &mut [T], [a, b]: [usize; 2], compare: &mut Compare<'_, T>) {
    if compare(&items[a], &items[b]).is_gt() {
        items.swap(a, b);
    }
}

fn sort_three<T>(items: &mut [T], [a, b, c]: [usize; 3], compare: &mut Compare<'_, T>) {
    if !compare(&items[a], &items[b]).is_gt() {
        if !compare(&items[b], &items[c]).is_gt() {
            return;
        }
        items.swap(b, c);
        if compare(&items[a], &items[b]).is_gt() {
            items.swap(a, b);
        }
        return;
    }
    if !compare(&items[c], &items[b]).is_gt() {
        items.swap(a, c);
        return;
    }
    items.swap(a, b);
    if compare(&items[b], &items[c]).is_gt() {
        items.swap(b, c);
    }
}

fn sort_four<T>(items: &mut [T], [a, b, c, d]: [usize; 4], compare: &mut Compare<'_, T>) {
    sort_three(items, [a, b, c], compare);
    if compare(&items[c], &items[d]).is_gt() {
        items.swap(c, d);
        if compare(&items[b], &items[c]).is_gt() {
            items.swap(b, c);
            if compare(&items[a], &items[b]).is_gt() {
                items.swap(a, b);
            }
        }
    }
}

fn sort_picked<T>(items: &mut [T], [a, b, c, d, e]: [usize; 5], compare: &mut Compare<'_, T>) {
    sort_four(items, [a, b, c, d], compare);
    if compare(&items[d], &items[e]).is_gt() {
        items.swap(d, e);
        if compare(&items[c], &items[d]).is_gt() {
            items.swap(c, d);
            if compare(&items[b], &items[c]).is_gt() {
                items.swap(b, c);
                if compare(&items[a], &items[b]).is_gt() {
                    items.swap(a, b);
                }
            }
        }
    }
}
