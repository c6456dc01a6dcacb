//! Arrays against a simple model: a vector of keys and values with PHP's rules, driven by pseudo-random operations.

use phalanx_value::{ArrayKey, PhpArray, PhpString, Value};

/// What an array is, as simply as it can be said.
#[derive(Clone, Default)]
struct Model {
    entries: Vec<(ArrayKey, i64)>,
    next: Option<i64>,
}

impl Model {
    fn find(&self, key: &ArrayKey) -> Option<usize> {
        self.entries.iter().position(|(k, _)| k == key)
    }

    fn insert(&mut self, key: ArrayKey, value: i64) {
        if let ArrayKey::Int(int) = key
            && self.next.is_none_or(|next| int >= next)
        {
            self.next = Some(int.saturating_add(1));
        }
        match self.find(&key) {
            Some(index) => self.entries[index].1 = value,
            None => self.entries.push((key, value)),
        }
    }

    fn push(&mut self, value: i64) {
        self.insert(ArrayKey::Int(self.next.unwrap_or(0)), value);
    }

    fn remove(&mut self, key: &ArrayKey) -> Option<i64> {
        self.find(key).map(|index| self.entries.remove(index).1)
    }
}

/// A small generator: the tests are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

fn key(random: &mut Random, spread: u64) -> ArrayKey {
    match random.below(5) {
        0 | 1 => ArrayKey::Int(random.below(spread) as i64),
        2 => ArrayKey::Int(random.below(spread * 50) as i64 - 20),
        _ => ArrayKey::from_bytes(format!("key{}", random.below(spread)).as_bytes()),
    }
}

fn check(array: &PhpArray, model: &Model) {
    assert_eq!(array.len(), model.entries.len());
    let found: Vec<_> = array.iter().map(|(k, v)| (k.to_owned(), v.as_int().unwrap())).collect();
    assert_eq!(found, model.entries);
    let back: Vec<_> = array.iter().rev().map(|(k, v)| (k.to_owned(), v.as_int().unwrap())).collect();
    assert!(back.iter().rev().eq(model.entries.iter()));
    for (key, value) in &model.entries {
        assert_eq!(array.get(key).and_then(Value::as_int), Some(*value), "{key:?}");
    }
    assert_eq!(array.next_free(), Some(model.next.unwrap_or(0)));
    assert_eq!(
        array.is_list(),
        model.entries.iter().enumerate().all(|(i, (k, _))| *k == ArrayKey::Int(i as i64))
    );
}

fn run(seed: u64, steps: usize, spread: u64, packed: bool) {
    let mut random = Random(seed);
    let mut array = PhpArray::new();
    let mut model = Model::default();
    let mut kept: Vec<(PhpArray, Model)> = Vec::new();
    for step in 0..steps {
        let value = step as i64;
        match random.below(12) {
            0..=2 => {
                array.push(value).unwrap();
                model.push(value);
            }
            3..=5 => {
                let key = if packed {
                    ArrayKey::Int(random.below(spread) as i64)
                } else {
                    key(&mut random, spread)
                };
                array.insert(&key, value);
                model.insert(key, value);
            }
            6..=8 => {
                let key = if packed {
                    ArrayKey::Int(random.below(spread) as i64)
                } else {
                    key(&mut random, spread)
                };
                assert_eq!(array.remove(&key).and_then(|v| v.as_int()), model.remove(&key));
            }
            9 => {
                let key = key(&mut random, spread);
                let found = model.find(&key).map(|i| model.entries[i].1);
                assert_eq!(array.get(&key).and_then(Value::as_int), found);
                if let Some(slot) = array.get_mut(&key) {
                    *slot = Value::int(value);
                    model.insert(key, value);
                }
            }
            10 if random.below(4) == 0 => kept.push((array.clone(), model.clone())),
            11 if random.below(8) == 0 => {
                array.retain(|_, v| v.as_int().is_some_and(|v| v % 3 != 0));
                model.entries.retain(|(_, v)| v % 3 != 0);
            }
            _ => {}
        }
        if step % 37 == 0 {
            check(&array, &model);
        }
        if kept.len() > 5 {
            let (old, was) = kept.remove(random.below(5) as usize);
            check(&old, &was);
        }
    }
    check(&array, &model);
    for (old, was) in &kept {
        check(old, was);
    }
}

#[test]
fn arrays_behave_like_the_model() {
    for seed in 1..40 {
        run(seed * 0x9e37_79b9, 3_000, 5 + seed * 3, seed % 3 == 0);
    }
}

#[test]
fn sorting_is_stable_and_keeps_keys() {
    let mut random = Random(7);
    for len in [0, 1, 2, 3, 4, 5, 6, 7, 15, 16, 17, 40, 300, 1023, 1024, 5000] {
        let mut array = PhpArray::new();
        let mut model = Vec::new();
        for index in 0..len {
            let value = random.below(1 + len / 3) as i64;
            array.insert(&ArrayKey::from(PhpString::from(format!("k{index}"))), value);
            model.push((value, index));
        }
        model.sort();
        array.sort_by(|a, b| a.1.as_int().cmp(&b.1.as_int()), false);
        let found: Vec<_> = array.iter().map(|(k, v)| format!("{k:?}{v:?}")).collect();
        let expect: Vec<_> = model.iter().map(|(v, i)| format!("Str(\"k{i}\"){v}")).collect();
        assert_eq!(found, expect, "{len}");
    }
}
