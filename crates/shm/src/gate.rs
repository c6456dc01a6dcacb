//! Gates: what stands between a thread and the write view of a segment.
//!
//! # Safety
//! A gate never changes the read view. It changes rights to the write view only, and only from "no window" to "some
//! window" and back, as counted for each thread here and for the process in [`OpenCount`].
//!
//! The depth of each thread's windows is kept in thread-local cells, one for each gate that lives. A cell remembers for
//! which gate it counts, because a leaked window (`std::mem::forget`) leaves a count behind that must not pass to the
//! next gate with the same number. Windows that a thread leaks are closed when the thread ends.
#![allow(unsafe_code, reason = "registers fork handlers")]

use std::cell::{Cell, RefCell};
use std::fmt;
use std::io;
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Once, OnceLock, PoisonError, Weak};

use crate::control::Listing;
use crate::primitive::LocalLock;
use crate::protocol::open_count::OpenCount;
use crate::sys::memory::{Mapping, Protection};
use crate::sys::pku::{self, Key};

/// Which mechanism closes the write view of a segment while no window is open.
///
/// ```
/// use phalanx_shm::{GateKind, SegmentOptions};
///
/// let wanted: GateKind = "auto".parse()?; // From a configuration file, say.
/// let segment = SegmentOptions::new(4096).gate(wanted).create()?;
/// assert!(segment.gate() == GateKind::Pkey || segment.gate() == GateKind::Mprotect);
/// assert!("shut".parse::<GateKind>().is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Hash)]
pub enum GateKind {
    /// `Pkey` where it works, else `Mprotect`.
    #[default]
    Auto,
    /// A protection key: rights belong to the thread, and opening a window makes no system call.
    Pkey,
    /// The protection of the write view, changed by the first window of the process and by its last one.
    Mprotect,
    /// No gate: the write view is always writable. The read view is still read-only.
    Open,
}

impl GateKind {
    /// Whether this machine can make such a gate now.
    pub fn is_available(self) -> bool {
        self != Self::Pkey || Key::allocate().is_ok()
    }
}

impl fmt::Display for GateKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::Pkey => "pkey",
            Self::Mprotect => "mprotect",
            Self::Open => "open",
        })
    }
}

impl FromStr for GateKind {
    type Err = UnknownGate;

    fn from_str(name: &str) -> Result<Self, UnknownGate> {
        Ok(match name {
            "auto" => Self::Auto,
            "pkey" => Self::Pkey,
            "mprotect" => Self::Mprotect,
            "open" => Self::Open,
            _ => return Err(UnknownGate),
        })
    }
}

/// A gate name that is none of `auto`, `pkey`, `mprotect` and `open`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct UnknownGate;

impl fmt::Display for UnknownGate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a gate is one of auto, pkey, mprotect and open")
    }
}

impl std::error::Error for UnknownGate {}

/// Takes every right to every segment from the calling thread. Call it first thing in each new thread.
///
/// A thread that is started inside a window inherits the window's rights under the `pkey` gate, though it holds no
/// window; this ends that. It must not be called while the thread holds a window itself. Under the other gates it does
/// nothing.
///
/// ```
/// # let segment = phalanx_shm::SegmentOptions::new(4096).create()?;
/// let _window = segment.window();
/// std::thread::scope(|scope| {
///     scope.spawn(|| {
///         phalanx_shm::enter_thread();
///         assert_eq!(phalanx_shm::open_windows(), 0); // The window is the other thread's.
///     });
/// });
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Signal handlers
/// The kernel starts a signal handler without rights to any key, whatever the interrupted thread held, and gives the
/// thread its rights back on return. So a handler may read segments, and under the `pkey` gate it may open windows of
/// its own. Under the `mprotect` gate it must not: the signal may have interrupted a window that is being opened.
pub fn enter_thread() {
    pku::forbid_all();
}

/// How many windows the calling thread holds, over all segments. A coroutine may be suspended only at zero.
pub fn open_windows() -> u32 {
    DEPTHS.with(|depths| depths.iter().map(|cell| cell.get().depth).sum())
}

/// The most segments that can live in a process at one time.
const MAX_GATES: usize = 128;

/// Serial numbers of gates, never used twice.
static SERIAL: AtomicU32 = AtomicU32::new(1);
/// Held around each use of [`GATES`], and across a fork, so that a child never finds the latter locked.
static GATES_TURN: LocalLock = LocalLock::new();
static GATES: Mutex<Gates> = Mutex::new(Gates { taken: [false; MAX_GATES], counted: Vec::new() });

/// The live gates of the process.
struct Gates {
    /// Which numbers are in use.
    taken: [bool; MAX_GATES],
    /// The gates that a fork concerns.
    counted: Vec<Weak<Shutter>>,
}

impl Gates {
    fn with<R>(f: impl FnOnce(&mut Self) -> R) -> R {
        GATES_TURN.lock();
        let result = f(&mut GATES.lock().unwrap_or_else(PoisonError::into_inner));
        GATES_TURN.unlock();
        result
    }
}

#[derive(Clone, Copy)]
struct Depth {
    gate: u32,
    depth: u32,
}

thread_local! {
    static DEPTHS: [Cell<Depth>; MAX_GATES] =
        const { [const { Cell::new(Depth { gate: 0, depth: 0 }) }; MAX_GATES] };
    /// Shutters that this thread holds open, to be closed if it ends while it does.
    static HELD: RefCell<Held> = const { RefCell::new(Held(Vec::new())) };
}

struct Held(Vec<Weak<Shutter>>);

impl Drop for Held {
    fn drop(&mut self) {
        for shutter in self.0.drain(..).filter_map(|weak| weak.upgrade()) {
            if shutter.number.depth().replace(0) > 0 {
                shutter.leave();
            }
        }
    }
}

/// The number of a live gate.
#[derive(Debug)]
struct Number {
    index: usize,
    serial: u32,
}

impl Number {
    fn allocate() -> io::Result<Self> {
        let index = Gates::with(|gates| {
            let index = gates.taken.iter().position(|taken| !taken)?;
            gates.taken[index] = true;
            Some(index)
        });
        let index = index.ok_or(io::ErrorKind::QuotaExceeded)?;
        Ok(Self { index, serial: SERIAL.fetch_add(1, Ordering::Relaxed) })
    }

    fn depth(&self) -> ThreadDepth<'_> {
        ThreadDepth(self)
    }
}

impl Drop for Number {
    fn drop(&mut self) {
        Gates::with(|gates| gates.taken[self.index] = false);
    }
}

/// The calling thread's depth in one gate.
struct ThreadDepth<'a>(&'a Number);

impl ThreadDepth<'_> {
    #[inline]
    fn get(&self) -> u32 {
        DEPTHS.with(|depths| {
            let cell = depths[self.0.index].get();
            if cell.gate == self.0.serial { cell.depth } else { 0 }
        })
    }

    #[inline]
    fn set(&self, depth: u32) {
        DEPTHS.with(|depths| depths[self.0.index].set(Depth { gate: self.0.serial, depth }));
    }

    fn replace(&self, depth: u32) -> u32 {
        let old = self.get();
        self.set(depth);
        old
    }
}

/// The gate of one segment, which owns its write view.
#[derive(Debug)]
pub(crate) struct Gate {
    kind: Kind,
    /// Windows that have been opened by threads that held none.
    openings: AtomicU64,
    /// Where they are counted instead as soon as others may want to know: in a control region.
    shared: OnceLock<Listing>,
}

#[derive(Debug)]
enum Kind {
    // The view is dropped before its key: the fields of a variant are dropped in the order of their declaration.
    Pkey { view: Mapping, key: Key, number: Number },
    Mprotect(Arc<Shutter>),
    Open { view: Mapping, number: Number },
}

impl Gate {
    /// Puts a gate before `view`, which is readable and writable now.
    pub(crate) fn new(view: Mapping, kind: GateKind) -> io::Result<Self> {
        let number = Number::allocate()?;
        let kind = match kind {
            GateKind::Auto => match Key::allocate().and_then(|key| with_key(&view, key)) {
                Ok(key) => Kind::Pkey { view, key, number },
                Err(_) => Kind::Mprotect(Shutter::new(view, number)?),
            },
            GateKind::Pkey => {
                let key = Key::allocate().and_then(|key| with_key(&view, key))?;
                Kind::Pkey { view, key, number }
            }
            GateKind::Mprotect => Kind::Mprotect(Shutter::new(view, number)?),
            GateKind::Open => Kind::Open { view, number },
        };
        Ok(Self { kind, openings: AtomicU64::new(0), shared: OnceLock::new() })
    }

    pub(crate) fn kind(&self) -> GateKind {
        match self.kind {
            Kind::Pkey { .. } => GateKind::Pkey,
            Kind::Mprotect(_) => GateKind::Mprotect,
            Kind::Open { .. } => GateKind::Open,
        }
    }

    /// The address of the write view.
    pub(crate) fn address(&self) -> usize {
        match &self.kind {
            Kind::Pkey { view, .. } | Kind::Open { view, .. } => view.address(),
            Kind::Mprotect(shutter) => shutter.view.address(),
        }
    }

    pub(crate) fn openings(&self) -> u64 {
        self.counter().load(Ordering::Relaxed)
    }

    /// From now on openings are counted where the segment is listed. It is listed once; later calls change nothing.
    pub(crate) fn count_in(&self, listing: Listing) {
        if self.shared.set(listing).is_ok() {
            self.counter().fetch_add(self.openings.load(Ordering::Relaxed), Ordering::Relaxed);
        }
    }

    #[inline]
    fn counter(&self) -> &AtomicU64 {
        self.shared.get().map_or(&self.openings, Listing::windows)
    }

    fn number(&self) -> &Number {
        match &self.kind {
            Kind::Pkey { number, .. } | Kind::Open { number, .. } => number,
            Kind::Mprotect(shutter) => &shutter.number,
        }
    }

    /// Opens the gate for one window of the calling thread.
    ///
    /// # Panics
    /// When the kernel refuses to make the write view writable. Nothing has changed then.
    #[inline]
    pub(crate) fn enter(&self) {
        let thread = self.number().depth();
        let depth = thread.get();
        match &self.kind {
            // Also at a depth above zero, because a signal handler that interrupts a window starts without its rights.
            Kind::Pkey { key, .. } => key.permit(),
            Kind::Mprotect(shutter) if depth == 0 => shutter.enter_and_note(),
            Kind::Mprotect(_) | Kind::Open { .. } => {}
        }
        thread.set(depth + 1);
        if depth == 0 {
            self.counter().fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Closes one window of the calling thread.
    #[inline]
    pub(crate) fn leave(&self) {
        let thread = self.number().depth();
        // Zero if the thread is ending and has closed everything already.
        let Some(depth) = thread.get().checked_sub(1) else { return };
        thread.set(depth);
        if depth == 0 {
            match &self.kind {
                Kind::Pkey { key, .. } => key.forbid(),
                Kind::Mprotect(shutter) => shutter.leave_and_forget(),
                Kind::Open { .. } => {}
            }
        }
    }
}

fn with_key(view: &Mapping, key: Key) -> io::Result<Key> {
    view.protect_with_key(Protection::ReadWrite, key.number())?;
    Ok(key)
}

/// The `mprotect` gate.
///
/// Closing drops the view's page table entries before it takes the right to write away. So a window costs what the
/// pages that were written in it cost, not what the size of the segment does: the kernel walks empty tables.
#[derive(Debug)]
struct Shutter {
    view: Mapping,
    count: OpenCount,
    number: Number,
}

impl Shutter {
    fn new(view: Mapping, number: Number) -> io::Result<Arc<Self>> {
        install_fork_handlers();
        view.protect(Protection::Read)?;
        let shutter = Arc::new(Self { view, count: OpenCount::new(), number });
        Gates::with(|gates| {
            gates.counted.retain(|weak| weak.strong_count() > 0);
            gates.counted.push(Arc::downgrade(&shutter));
        });
        Ok(shutter)
    }

    fn enter_and_note(self: &Arc<Self>) {
        self.count
            .enter(|| self.view.protect(Protection::ReadWrite))
            .expect("the kernel makes the write view of a segment writable");
        // A thread that is ending has no list any more; its windows are closed by their own drop.
        let _ = HELD.try_with(|held| held.borrow_mut().0.push(Arc::downgrade(self)));
    }

    fn leave_and_forget(self: &Arc<Self>) {
        self.leave();
        let _ = HELD.try_with(|held| {
            let mut held = held.borrow_mut();
            if let Some(at) = held.0.iter().rposition(|weak| std::ptr::eq(weak.as_ptr(), Arc::as_ptr(self))) {
                held.0.swap_remove(at);
            }
        });
    }

    fn leave(&self) {
        self.count.leave(|| self.protect());
    }

    fn protect(&self) {
        // Without this the next line is slower and just as right.
        let _ = self.view.forget_pages();
        // If the kernel refused, the view would stay open until the next window closes. Nobody could do more about it.
        let _ = self.view.protect(Protection::Read);
    }
}

/// A fork copies the counts of windows but only one of the threads that hold them. The handlers keep every count at
/// rest while the process is copied, and count anew in the child.
fn install_fork_handlers() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        // SAFETY: the handlers are plain functions that live for ever.
        unsafe { libc::pthread_atfork(Some(before_fork), Some(after_fork), Some(in_child)) };
    });
}

thread_local! {
    /// What `before_fork` has locked, for its two counterparts on the same thread.
    static LOCKED: RefCell<Vec<Arc<Shutter>>> = const { RefCell::new(Vec::new()) };
}

extern "C" fn before_fork() {
    GATES_TURN.lock();
    let shutters: Vec<_> = {
        let gates = GATES.lock().unwrap_or_else(PoisonError::into_inner);
        gates.counted.iter().filter_map(Weak::upgrade).collect()
    };
    for shutter in &shutters {
        shutter.count.suspend();
    }
    let _ = LOCKED.try_with(|locked| *locked.borrow_mut() = shutters);
}

extern "C" fn after_fork() {
    resume(|_| ());
}

extern "C" fn in_child() {
    resume(|shutter| {
        let windows = u32::from(shutter.number.depth().get() > 0);
        shutter.count.restart(windows);
        if windows == 0 {
            shutter.protect();
        }
    });
}

fn resume(repair: impl Fn(&Shutter)) {
    let shutters = LOCKED.try_with(|locked| std::mem::take(&mut *locked.borrow_mut())).unwrap_or_default();
    for shutter in &shutters {
        repair(shutter);
        shutter.count.resume();
    }
    // The last reference to a shutter may be dropped here, which needs the list.
    GATES_TURN.unlock();
}
