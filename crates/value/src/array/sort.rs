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
        let keys_stay = !renumber || self.is_list();
        if self.len() < 2 && keys_stay {
            return;
        }
        let entries: Vec<Entry> = std::mem::take(self).into_iter().collect();
        // Places are moved instead of elements; they also break ties.
        let mut order: Vec<u32> = (0..entries.len() as u32).collect();
        sort(&mut order, &mut |&a, &b| {
            let (x, y) = (&entries[a as usize], &entries[b as usize]);
            compare(&(x.0.as_key(), &x.1), &(y.0.as_key(), &y.1)).then(a.cmp(&b))
        });
        *self = PhpArray::in_order(entries, &order, renumber);
    }
}

/// Sorts a slice with PHP's algorithm. The comparison should never say "equal" for different elements.
pub fn sort<T>(mut items: &mut [T], compare: &mut impl FnMut(&T, &T) -> Ordering) {
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
fn partition<T>(items: &mut [T], compare: &mut impl FnMut(&T, &T) -> Ordering) -> usize {
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

fn insertion_sort<T>(items: &mut [T], compare: &mut impl FnMut(&T, &T) -> Ordering) {
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
                        stepping_place(items, next, compare)
                    };
                    items[place..=next].rotate_right(1);
                }
            }
        }
    }
}

/// Where the element at `next` belongs, looked for from behind; it is known to be less than the one before it.
fn linear_place<T>(items: &[T], next: usize, compare: &mut impl FnMut(&T, &T) -> Ordering) -> usize {
    let mut place = next - 1;
    while place > 0 && compare(&items[place - 1], &items[next]).is_gt() {
        place -= 1;
    }
    place
}

/// The same in steps of two.
fn stepping_place<T>(items: &[T], next: usize, compare: &mut impl FnMut(&T, &T) -> Ordering) -> usize {
    let mut greater = next - 1;
    loop {
        match greater {
            0 => return 0,
            1 => return usize::from(compare(&items[next], &items[0]).is_gt()),
            _ => greater -= 2,
        }
        if !compare(&items[greater], &items[next]).is_gt() {
            let between = compare(&items[greater + 1], &items[next]).is_gt();
            return if between { greater + 1 } else { greater + 2 };
        }
    }
}

fn sort_two<T>(items: &mut [T], [a, b]: [usize; 2], compare: &mut impl FnMut(&T, &T) -> Ordering) {
    if compare(&items[a], &items[b]).is_gt() {
        items.swap(a, b);
    }
}

fn sort_three<T>(items: &mut [T], [a, b, c]: [usize; 3], compare: &mut impl FnMut(&T, &T) -> Ordering) {
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

fn sort_four<T>(items: &mut [T], [a, b, c, d]: [usize; 4], compare: &mut impl FnMut(&T, &T) -> Ordering) {
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

fn sort_picked<T>(
    items: &mut [T],
    [a, b, c, d, e]: [usize; 5],
    compare: &mut impl FnMut(&T, &T) -> Ordering,
) {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Sorts `len` numbers of a small generator; the comparisons made, how many and as a checksum (FNV-1a).
    fn check(len: u64, seed: u64, count: usize, checksum: u32) {
        let mut state = seed;
        let mut items: Vec<(u64, usize)> = (0..len as usize)
            .map(|index| {
                state = (state * 1_103_515_245 + 12_345) & 0x7fff_ffff;
                (state % (len * 2 + 1), index)
            })
            .collect();
        let (mut calls, mut sum) = (0, 0x811c_9dc5_u32);
        sort(&mut items, &mut |a, b| {
            calls += 1;
            for byte in format!("{},{};", a.0, b.0).bytes() {
                sum = (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193);
            }
            a.cmp(b)
        });
        assert!(items.is_sorted());
        assert_eq!((calls, sum), (count, checksum), "{len} numbers from seed {seed}: {sum:#x}");
    }

    /// The checksums are those of the comparisons that PHP 8.4's `usort()` makes for the same numbers.
    #[test]
    fn comparisons_come_in_the_order_of_php() {
        check(2, 1, 1, 0x48c3_d930);
        check(2, 7, 1, 0xc8ea_af06);
        check(3, 1, 2, 0xfb35_ff43);
        check(3, 7, 3, 0x9560_e84c);
        check(4, 1, 5, 0xa8db_886e);
        check(4, 7, 4, 0xa3d8_62be);
        check(5, 1, 6, 0x7af5_2160);
        check(5, 7, 8, 0x3fb1_32f9);
        check(6, 1, 7, 0xf7b1_9e32);
        check(6, 7, 11, 0x2bda_2b68);
        check(8, 1, 22, 0x3e14_65a8);
        check(8, 7, 18, 0x0e7f_e427);
        check(13, 1, 36, 0x1162_fedb);
        check(13, 7, 40, 0x5706_1252);
        check(16, 1, 51, 0x7d55_c7de);
        check(16, 7, 47, 0x5687_3bf5);
        check(17, 1, 59, 0x0774_2cf5);
        check(17, 7, 48, 0xdc56_4f35);
        check(33, 1, 165, 0xd640_d33f);
        check(33, 7, 147, 0x6c70_fdac);
        check(100, 1, 627, 0x9036_5045);
        check(100, 7, 612, 0x084b_0074);
        check(1023, 1, 10411, 0x10ad_c45d);
        check(1023, 7, 9762, 0xe8f8_03fa);
        check(1024, 1, 10051, 0x2401_089a);
        check(1024, 7, 10375, 0x62be_89de);
        check(1500, 1, 15198, 0x4ad3_6c80);
        check(1500, 7, 15841, 0x600b_75f4);
    }
}
