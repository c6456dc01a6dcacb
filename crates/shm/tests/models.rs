//! Exhaustive models of the protocols, explored by loom.
//!
//! The files of `src/protocol` are compiled here a second time, against loom's atomics instead of std's: what is explored
//! is the code that ships. Each model is run once as it is, which must pass, and once for each way of breaking
//! the protocol that the code names with `mutant("…")`, which must fail. So a model that checks nothing is noticed.

#[path = "../src/protocol/hazard.rs"]
#[allow(dead_code, reason = "the models use what they need")]
mod hazard;
#[path = "../src/protocol/open_count.rs"]
#[allow(dead_code, reason = "the models use what they need")]
mod open_count;
#[path = "../src/protocol/owner.rs"]
#[allow(dead_code, reason = "the models use what they need")]
mod owner;
#[path = "../src/protocol/word_lock.rs"]
#[allow(dead_code, reason = "the models use what they need")]
mod word_lock;

/// What `crate::primitive` is in the library, made of loom's types.
mod primitive {
    pub(crate) use loom::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};
    use loom::sync::{Mutex, MutexGuard};
    use std::cell::{Cell, RefCell};

    thread_local! {
        /// How the protocol is broken in the models that this thread runs.
        pub(crate) static MUTANT: Cell<&'static str> = const { Cell::new("") };
    }

    pub(crate) fn mutant(name: &str) -> bool {
        MUTANT.get() == name
    }

    #[derive(Debug)]
    pub(crate) struct LocalLock {
        // Dropped before the lock that it refers to.
        guard: RefCell<Option<MutexGuard<'static, ()>>>,
        lock: Box<Mutex<()>>,
    }

    // SAFETY: the cell is only touched by the thread that holds the lock.
    unsafe impl Sync for LocalLock {}
    // SAFETY: loom runs all threads of a model on one thread.
    unsafe impl Send for LocalLock {}

    impl LocalLock {
        pub(crate) fn new() -> Self {
            Self { guard: RefCell::new(None), lock: Box::new(Mutex::new(())) }
        }

        pub(crate) fn lock(&self) {
            // SAFETY: the mutex is boxed and outlives the guard, which is dropped first.
            let lock: &'static Mutex<()> = unsafe { &*std::ptr::from_ref(&*self.lock) };
            let guard = lock.lock().unwrap();
            *self.guard.borrow_mut() = Some(guard);
        }

        pub(crate) fn unlock(&self) {
            let guard = self.guard.borrow_mut().take();
            drop(guard);
        }
    }
}

use std::collections::BTreeSet;

use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use loom::thread;

use hazard::{Pin, Readers};
use open_count::OpenCount;
use owner::Tenure;
use word_lock::{Attempt, Holder, Work};

/// A model, and the mutants that it has to notice.
type Model = (fn(), &'static [&'static str]);

/// Every mutant of the protocols is here at least once.
const MODELS: &[Model] = &[
    (windows_of_two, &["enter counts first", "leave without lock", "leave protects first"]),
    (windows_of_three, &["enter counts first", "leave without lock", "leave protects first"]),
    (windows_after_a_death, &["leave without lock", "leave protects first"]),
    (fork_between_transitions, &["fork without lock"]),
    (publication, &["pin without fence", "scan without fence", "pin without check", "clear relaxed"]),
    (pins_of_a_new_slot, &["slots counted too early", "pin without fence", "scan without fence"]),
    (pins_that_are_handed_on, &["handover without note"]),
    (publication_of_a_reused_id, &["pin without fence", "scan without fence", "pin without check"]),
    (the_last_reader_frees, &["release without fence", "scan without fence"]),
    (lock_with_a_dead_holder, &["take without swap", "release relaxed"]),
    (lock_of_a_slot_with_a_new_owner, &["generation ignored", "holder without release"]),
    (work_is_done_once, &["claim without second look", "take without swap"]),
    (slot_of_a_dead_owner, &["clear before owning", "clear after giving back"]),
];

/// How many preemptions models are explored with that are too large for all. `PHALANX_SHM_PREEMPTIONS=8` for a long run.
fn preemptions() -> Option<usize> {
    std::env::var("PHALANX_SHM_PREEMPTIONS").ok()?.parse().ok()
}

/// Explores every interleaving with at most `bound` preemptions, all of them for `None`.
fn check(model: fn(), bound: Option<usize>) {
    let (_, mutants) = MODELS.iter().find(|(other, _)| std::ptr::fn_addr_eq(*other, model)).unwrap();
    let run = |mutant: &'static str| {
        let explored = std::thread::spawn(move || {
            primitive::MUTANT.set(mutant);
            let mut explorer = loom::model::Builder::new();
            explorer.preemption_bound = bound.map(|bound| preemptions().unwrap_or(bound));
            explorer.check(model);
        });
        explored.join()
    };
    run("").expect("the model holds");
    for mutant in *mutants {
        assert!(run(mutant).is_err(), "the model does not notice: {mutant}");
    }
}

/// The memory is writable for every thread as long as it holds a window, and protected in the end.
fn windows_of_two() {
    windows(2);
}

fn windows_of_three() {
    windows(3);
}

fn windows(threads: usize) {
    let gate = Shutter::new(false);
    let threads: Vec<_> = (1..threads)
        .map(|_| {
            let gate = gate.clone();
            thread::spawn(move || gate.window())
        })
        .collect();
    gate.window();
    threads.into_iter().for_each(|t| t.join().unwrap());
    assert!(!gate.writable.load(Ordering::Relaxed), "no window is open, and the memory is writable");
}

/// Somebody has died after unprotecting the memory and before counting, or after counting down and before protecting.
fn windows_after_a_death() {
    let gate = Shutter::new(true);
    let other = {
        let gate = gate.clone();
        thread::spawn(move || gate.window())
    };
    gate.window();
    other.join().unwrap();
    assert!(!gate.writable.load(Ordering::Relaxed), "no window is open, and the memory is writable");
}

/// What a fork copies is at rest: the memory is writable if and only if a window is counted.
fn fork_between_transitions() {
    let gate = Shutter::new(false);
    let other = {
        let gate = gate.clone();
        thread::spawn(move || gate.window())
    };
    gate.count.suspend();
    let copy = (gate.count.windows() > 0, gate.writable.load(Ordering::Relaxed));
    gate.count.resume();
    assert_eq!(copy.0, copy.1, "the child's count and protection do not agree");
    other.join().unwrap();
}

/// A write view and its gate.
struct Shutter {
    count: OpenCount,
    writable: AtomicBool,
}

impl Shutter {
    fn new(writable: bool) -> Arc<Self> {
        Arc::new(Self { count: OpenCount::new(), writable: AtomicBool::new(writable) })
    }

    /// Opens a window, writes, and closes it.
    fn window(&self) {
        let unprotect = || {
            self.writable.store(true, Ordering::Relaxed);
            Ok::<(), ()>(())
        };
        self.count.enter(unprotect).unwrap();
        assert!(self.writable.load(Ordering::Relaxed), "a write faults inside a window");
        self.count.leave(|| self.writable.store(false, Ordering::Relaxed));
    }
}

/// Two things that are published in turn under ids 0 and 1, as the values 1 and 2, and the pins of some readers.
struct Shelf {
    word: AtomicU64,
    used: AtomicU32,
    handovers: AtomicU32,
    pins: Vec<AtomicU64>,
    things: [UnsafeCell<u64>; 2],
}

impl Shelf {
    fn new(readers: usize) -> Arc<Self> {
        Arc::new(Self {
            word: AtomicU64::new(1),
            used: AtomicU32::new(readers as u32),
            handovers: AtomicU32::new(0),
            pins: (0..readers).map(|_| AtomicU64::new(0)).collect(),
            things: [UnsafeCell::new(10), UnsafeCell::new(20)],
        })
    }

    /// Reads what is published. Loom fails the model when the memory is written meanwhile.
    fn read(&self, reader: usize) {
        let pin_of =
            |value: u64| value.checked_sub(1).map(|id| Pin { word: &self.pins[reader], mask: 1 << id });
        if let Some((value, new)) = hazard::read_pinned(&self.word, pin_of) {
            // SAFETY: loom checks that nobody writes.
            let content = self.things[value as usize - 1].with(|thing| unsafe { *thing });
            assert!(content == value * 10 || content == value * 10 + 1, "{content} under {value}");
            assert!(new);
            pin_of(value).unwrap().clear();
        }
    }

    fn is_pinned(&self, id: usize) -> bool {
        self.readers().have_pinned(|slot| &self.pins[slot as usize], 1 << id)
    }

    fn readers(&self) -> Readers<'_> {
        Readers { used: &self.used, slots: self.pins.len() as u32, handovers: &self.handovers }
    }

    /// Uses the memory of an id again if nobody has pinned it. Loom fails the model when somebody reads it.
    fn reuse(&self, id: usize, value: u64) -> bool {
        let free = !self.is_pinned(id);
        if free {
            // SAFETY: loom checks that nobody else looks.
            self.things[id].with_mut(|thing| unsafe { *thing = value });
        }
        free
    }
}

/// Memory is reused only when no reader can see it.
fn publication() {
    let shelf = Shelf::new(1);
    let reader = {
        let shelf = shelf.clone();
        thread::spawn(move || shelf.read(0))
    };
    shelf.word.store(2, Ordering::Release);
    shelf.reuse(0, 999);
    reader.join().unwrap();
}

/// The same, when the reader's slot comes into use meanwhile.
fn pins_of_a_new_slot() {
    let shelf = Shelf::new(1);
    shelf.used.store(0, Ordering::Relaxed);
    let reader = {
        let shelf = shelf.clone();
        thread::spawn(move || {
            shelf.readers().count_in(0);
            shelf.read(0);
        })
    };
    shelf.word.store(2, Ordering::Release);
    shelf.reuse(0, 999);
    reader.join().unwrap();
}

/// A parent, in slot 1, has pinned id 0, which is not published any more. Its child, in slot 0, takes the pin over.
fn pins_that_are_handed_on() {
    let shelf = Shelf::new(2);
    shelf.word.store(2, Ordering::Relaxed);
    shelf.pins[1].store(1, Ordering::Relaxed);
    let child = {
        let shelf = shelf.clone();
        thread::spawn(move || {
            let pin = Pin { word: &shelf.pins[0], mask: 1 };
            pin.set();
            shelf.readers().note_handover();
            // The parent has waited for this and takes its own pin back.
            shelf.pins[1].store(0, Ordering::Release);
            // SAFETY: loom checks that nobody writes.
            assert_eq!(shelf.things[0].with(|thing| unsafe { *thing }), 10);
            pin.clear();
        })
    };
    shelf.reuse(0, 999);
    child.join().unwrap();
}

/// The same, when the id comes back at once with other contents in the same place.
fn publication_of_a_reused_id() {
    let shelf = Shelf::new(2);
    let readers: Vec<_> = (0..2)
        .map(|reader| {
            let shelf = shelf.clone();
            thread::spawn(move || shelf.read(reader))
        })
        .collect();
    shelf.word.store(0, Ordering::Release);
    if shelf.reuse(0, 11) {
        shelf.word.store(1, Ordering::Release);
    }
    readers.into_iter().for_each(|t| t.join().unwrap());
}

/// Whatever is retired is freed by the writer or by the last reader, and never by nobody.
fn the_last_reader_frees() {
    struct State {
        shelf: Arc<Shelf>,
        retired: AtomicU32,
        freed: AtomicU32,
    }
    let shelf = Shelf::new(1);
    shelf.pins[0].store(1, Ordering::Relaxed);
    let state = Arc::new(State { shelf, retired: AtomicU32::new(0), freed: AtomicU32::new(0) });
    let reclaim = |state: &State| {
        if !state.shelf.is_pinned(0) && state.retired.swap(0, Ordering::AcqRel) == 1 {
            state.freed.fetch_add(1, Ordering::Relaxed);
        }
    };
    let reader = {
        let state = state.clone();
        thread::spawn(move || {
            Pin { word: &state.shelf.pins[0], mask: 1 }.clear();
            hazard::settle();
            if state.retired.load(Ordering::Acquire) != 0 {
                reclaim(&state);
            }
        })
    };
    state.retired.store(1, Ordering::Release);
    reclaim(&state);
    reader.join().unwrap();
    assert_eq!(state.freed.load(Ordering::Relaxed), 1, "retired memory is forgotten");
}

/// A holder has died. Two others go on, one after the other, and exactly one is told to repair.
fn lock_with_a_dead_holder() {
    struct State {
        word: AtomicU32,
        guarded: UnsafeCell<u32>,
        recoveries: AtomicU32,
    }
    let dead = Holder::new(0, 1);
    let state = Arc::new(State {
        word: AtomicU32::new(dead.0),
        guarded: UnsafeCell::new(0),
        recoveries: AtomicU32::new(0),
    });
    let visit = move |state: &State, me: Holder| {
        loop {
            match word_lock::attempt(&state.word, me, false, |holder| holder == dead) {
                Attempt::Got { recovered } => {
                    state.recoveries.fetch_add(u32::from(recovered), Ordering::Relaxed);
                    break;
                }
                Attempt::Held(_) => thread::yield_now(),
            }
        }
        // SAFETY: loom checks that nobody else looks.
        state.guarded.with_mut(|guarded| unsafe { *guarded += 1 });
        word_lock::release(&state.word);
    };
    let other = {
        let state = state.clone();
        thread::spawn(move || visit(&state, Holder::new(1, 1)))
    };
    visit(&state, Holder::new(2, 1));
    other.join().unwrap();
    assert_eq!(state.recoveries.load(Ordering::Relaxed), 1);
}

/// The holder of a lock has died. Somebody gives its slot to a new owner, which wants the lock too: this one is not taken
/// for the dead holder while it waits, nor while it has the lock.
fn lock_of_a_slot_with_a_new_owner() {
    struct State {
        owner: AtomicU64,
        word: AtomicU32,
        guarded: UnsafeCell<u32>,
        recoveries: AtomicU32,
    }
    let dead = Tenure(1 << 44 | 7 << 22 | 7);
    let state = Arc::new(State {
        owner: AtomicU64::new(dead.0),
        word: AtomicU32::new(Holder::new(0, dead.generation()).0),
        guarded: UnsafeCell::new(0),
        recoveries: AtomicU32::new(0),
    });
    let visit = move |state: &State, me: Holder| {
        let is_dead = |holder: Holder| {
            // Slot 1 is the other thread's, which lives.
            let is_it = |generation| holder.is_of(generation);
            holder.slot() == 0 && owner::is_over(&state.owner, is_it, |tenure| tenure != dead)
        };
        loop {
            match word_lock::attempt(&state.word, me, false, is_dead) {
                Attempt::Got { recovered } => {
                    state.recoveries.fetch_add(u32::from(recovered), Ordering::Relaxed);
                    break;
                }
                Attempt::Held(_) => thread::yield_now(),
            }
        }
        // SAFETY: loom checks that nobody else looks.
        state.guarded.with_mut(|guarded| unsafe { *guarded += 1 });
        word_lock::release(&state.word);
    };
    let other = {
        let state = state.clone();
        thread::spawn(move || {
            assert!(owner::clear_up(&state.owner, dead, 8, 8, || ()));
            let mine = owner::acquire(&state.owner, owner::current(&state.owner), 8, 8).unwrap();
            visit(&state, Holder::new(0, mine.generation()));
        })
    };
    visit(&state, Holder::new(1, 1));
    other.join().unwrap();
    assert_eq!(state.recoveries.load(Ordering::Relaxed), 1);
}

/// Two ask for the same work; one does it.
fn work_is_done_once() {
    struct State {
        word: AtomicU32,
        done: AtomicBool,
        times: AtomicU32,
    }
    let state =
        Arc::new(State { word: AtomicU32::new(0), done: AtomicBool::new(false), times: AtomicU32::new(0) });
    let ask = |state: &State, me: Holder| {
        let is_done = || state.done.load(Ordering::Acquire);
        if let Work::Do { .. } = word_lock::ask_for_work(&state.word, me, |_| false, is_done) {
            state.times.fetch_add(1, Ordering::Relaxed);
            state.done.store(true, Ordering::Release);
            word_lock::release(&state.word);
        }
    };
    let other = {
        let state = state.clone();
        thread::spawn(move || ask(&state, Holder::new(1, 1)))
    };
    ask(&state, Holder::new(2, 1));
    other.join().unwrap();
    assert_eq!(state.times.load(Ordering::Relaxed), 1, "the work was done twice or not at all");
}

/// A slot's owner has died with pins set. Two find out, and a third thread wants a slot. It keeps the pin that it sets.
fn slot_of_a_dead_owner() {
    struct State {
        owner: AtomicU64,
        shelf: Arc<Shelf>,
    }
    let dead = Tenure(1 << 44 | 7 << 22 | 7);
    let state = Arc::new(State { owner: AtomicU64::new(dead.0), shelf: Shelf::new(1) });
    state.shelf.pins[0].store(1, Ordering::Relaxed);
    let clear_up = move |state: &State, id: u32| {
        let seen = owner::current(&state.owner);
        if seen == dead {
            owner::clear_up(&state.owner, seen, id, id, || state.shelf.pins[0].store(0, Ordering::Release));
        }
    };
    let other = {
        let state = state.clone();
        thread::spawn(move || clear_up(&state, 8))
    };
    clear_up(&state, 9);
    let seen = owner::current(&state.owner);
    if seen.is_free()
        && let Some(mine) = owner::acquire(&state.owner, seen, 9, 9)
    {
        assert_eq!(state.shelf.pins[0].load(Ordering::Relaxed) & 1, 0, "the dead owner's pin is still there");
        let pin = Pin { word: &state.shelf.pins[0], mask: 2 };
        pin.set();
        other.join().unwrap();
        assert!(state.shelf.is_pinned(1), "the pin of a living owner is gone");
        pin.clear();
        owner::release(&state.owner, mine);
    } else {
        other.join().unwrap();
    }
    assert!(owner::current(&state.owner).is_free());
    assert!(!state.shelf.is_pinned(0) && !state.shelf.is_pinned(1));
}

#[test]
fn windows_are_writable() {
    check(windows_of_two, None);
    check(windows_of_three, Some(3));
}

#[test]
fn windows_go_on_after_a_death() {
    check(windows_after_a_death, None);
}

#[test]
fn forks_copy_a_count_at_rest() {
    check(fork_between_transitions, None);
}

#[test]
fn memory_is_reused_only_when_unpinned() {
    check(publication, None);
}

#[test]
fn pins_of_new_slots_are_seen() {
    check(pins_of_a_new_slot, None);
}

#[test]
fn pins_that_are_handed_on_are_seen() {
    check(pins_that_are_handed_on, None);
}

#[test]
fn ids_may_be_reused_at_once() {
    check(publication_of_a_reused_id, Some(3));
}

#[test]
fn retired_memory_is_always_freed() {
    check(the_last_reader_frees, None);
}

#[test]
fn locks_pass_from_the_dead_to_the_living() {
    check(lock_with_a_dead_holder, None);
}

#[test]
fn new_owners_are_not_taken_for_dead_ones() {
    check(lock_of_a_slot_with_a_new_owner, Some(3));
}

#[test]
fn claimed_work_is_done_once() {
    check(work_is_done_once, None);
}

#[test]
fn a_dead_owners_slot_is_cleared_once() {
    check(slot_of_a_dead_owner, None);
}

/// Every mutant that the protocols name is in the table, and the other way round.
#[test]
fn every_mutant_is_tried() {
    let source = [
        include_str!("../src/protocol/hazard.rs"),
        include_str!("../src/protocol/open_count.rs"),
        include_str!("../src/protocol/owner.rs"),
        include_str!("../src/protocol/word_lock.rs"),
    ];
    let named: BTreeSet<_> = source
        .iter()
        .flat_map(|text| text.split("mutant(\"").skip(1))
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    let tried: BTreeSet<_> = MODELS.iter().flat_map(|(_, mutants)| *mutants).copied().collect();
    assert_eq!(named, tried);
}
