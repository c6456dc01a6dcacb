//! The VM stack: frames of one coroutine, in pages that never move.
//!
//! # Safety
//!
//! The stack hands out rooms in order and takes them back in reverse order. A room is uninitialised memory; whoever
//! pushes a frame writes the header and undefs the slots that may be read before they are written.
#![allow(unsafe_code, reason = "memory of frames")]

use crate::frame::{Frame, VmThis};
use crate::func::FuncRef;
use phalanx_bytecode::{FRAME_HEADER_SIZE, SLOT_SIZE};
use phalanx_value::heap;
use std::alloc::{Layout, alloc, dealloc};
use std::cell::Cell;
use std::mem::MaybeUninit;
use std::ptr;

const CHUNK: usize = 256 * 1024;

/// Memory of frames, in chunks: a frame that does not fit into the rest of a chunk begins the next one.
#[derive(Debug)]
pub struct VmStack {
    top: *mut u8,
    end: *mut u8,
    chunks: Vec<Chunk>,
    /// Where the innermost chunk begins, unless it is the only one: popping the frame there gives the chunk back.
    floor: *mut u8,
    /// A chunk that was left, kept for the next time.
    spare: Option<Chunk>,
}

#[derive(Debug)]
struct Chunk {
    memory: *mut u8,
    size: usize,
    /// Top of the chunk before it when this one was begun.
    previous_top: *mut u8,
    /// It counts towards the memory limit.
    charged: bool,
}

impl Chunk {
    fn new(size: usize) -> Chunk {
        let layout = Layout::from_size_align(size, 16).expect("a chunk's size is no overflow");
        // SAFETY: the size is not zero.
        let memory = unsafe { alloc(layout) };
        if memory.is_null() {
            std::alloc::handle_alloc_error(layout);
        }
        Chunk { memory, size, previous_top: ptr::null_mut(), charged: false }
    }
}

impl Drop for Chunk {
    fn drop(&mut self) {
        if self.charged {
            heap::discharge(self.size);
        }
        let layout = Layout::from_size_align(self.size, 16).expect("a chunk's size is no overflow");
        // SAFETY: allocated in `new` with this layout.
        unsafe { dealloc(self.memory, layout) };
    }
}

impl Default for VmStack {
    fn default() -> VmStack {
        VmStack::new()
    }
}

impl VmStack {
    /// Offset of the next free byte's address.
    pub(crate) const TOP: usize = std::mem::offset_of!(VmStack, top);
    /// Offset of the end's address.
    pub(crate) const END: usize = std::mem::offset_of!(VmStack, end);

    /// An empty stack.
    pub fn new() -> VmStack {
        let mut stack = VmStack {
            top: ptr::null_mut(),
            end: ptr::null_mut(),
            chunks: Vec::new(),
            floor: ptr::null_mut(),
            spare: None,
        };
        // That of the thread's last request: large blocks are dear.
        stack.spare = SPARE.take();
        stack.grow(CHUNK);
        stack
    }

    /// Pushes a frame for a call of `func` with `num_args` arguments. Slots are not initialised.
    ///
    /// # Safety
    /// The frame must be popped before those pushed earlier.
    #[inline(always)]
    pub unsafe fn push(
        &mut self,
        func: FuncRef,
        num_args: u32,
        this: VmThis,
        flags: u32,
        prev: *mut Frame,
    ) -> *mut Frame {
        let mut size = func.frame_size as usize;
        if num_args > func.num_params {
            size += ((num_args - func.num_params) * SLOT_SIZE) as usize;
        }
        if (self.end as usize) - (self.top as usize) < size {
            self.grow(size);
        }
        let frame = self.top.cast::<Frame>();
        // SAFETY: the chunk has `size` bytes left, which is at least a header.
        self.top = unsafe { self.top.add(size) };
        // SAFETY: see above; chunks are aligned to 16 and sizes are multiples of 16.
        unsafe {
            frame.write(Frame {
                pc: ptr::null(),
                call: ptr::null_mut(),
                ret: ptr::null_mut(),
                func,
                this,
                prev,
                extra: None,
                cache: ptr::null_mut(),
                num_args,
                flags,
            });
        }
        frame
    }

    /// Pushes the frame of a call that gives no more arguments than `func` declares, without `$this`, if the chunk has
    /// room for it; null otherwise. `ret` and the inline caches are not set: whoever makes the call sets them.
    ///
    /// # Safety
    /// As [`VmStack::push`].
    #[inline(always)]
    pub(crate) unsafe fn try_push(&mut self, func: FuncRef, prev: *mut Frame) -> *mut Frame {
        let size = func.frame_size as usize;
        if (self.end as usize) - (self.top as usize) < size {
            return ptr::null_mut();
        }
        let frame = self.top.cast::<Frame>();
        // SAFETY: the chunk has `size` bytes left, which is at least a header.
        self.top = unsafe { self.top.add(size) };
        // SAFETY: see above; the fields are plain words, or have nothing to release.
        unsafe {
            (&raw mut (*frame).pc).write(ptr::null());
            (&raw mut (*frame).call).write(ptr::null_mut());
            (&raw mut (*frame).func).write(func);
            (&raw mut (*frame).this).write(VmThis::NONE);
            (&raw mut (*frame).prev).write(prev);
            (&raw mut (*frame).extra).write(None);
            (&raw mut (*frame).num_args).write(0);
            (&raw mut (*frame).flags).write(0);
        }
        frame
    }

    /// Pops `frame` as [`VmStack::pop`] does, unless a chunk has to be given back: then nothing is done, and the result is
    /// false.
    ///
    /// # Safety
    /// As [`VmStack::pop`].
    #[inline(always)]
    pub(crate) unsafe fn try_pop(&mut self, frame: *mut Frame) -> bool {
        if ptr::eq(self.floor, frame.cast()) {
            return false;
        }
        self.top = frame.cast();
        true
    }

    /// Pops `frame` and all that was pushed after it.
    ///
    /// # Safety
    /// `frame` must be the result of `push` on this stack, its slots released already.
    #[inline(always)]
    pub unsafe fn pop(&mut self, frame: *mut Frame) {
        if ptr::eq(self.floor, frame.cast()) {
            self.shrink();
        } else {
            self.top = frame.cast();
        }
    }

    /// Moves the extra arguments of a call (those beyond the declared parameters) behind the temporaries.
    ///
    /// # Safety
    /// `frame` must be the topmost frame, with `num_args` arguments in its first slots.
    pub unsafe fn move_extra_args(frame: *mut Frame) {
        // SAFETY: the caller's frame is alive.
        let (func, num_args) = unsafe { ((*frame).func, (*frame).num_args) };
        let slots = (func.frame_size - FRAME_HEADER_SIZE) / SLOT_SIZE;
        let extra = num_args - func.num_params;
        if extra == 0 || slots == func.num_params {
            return;
        }
        // SAFETY: both rooms lie in the frame; they may overlap.
        unsafe {
            let from = Frame::slot_at(frame, func.num_params);
            let to = Frame::slot_at(frame, slots);
            ptr::copy(from, to, extra as usize);
        }
    }

    /// Bytes from `frame`, which must be the topmost one, to the end of what is in use.
    pub(crate) fn room_from(&self, frame: *mut Frame) -> usize {
        self.top as usize - frame as usize
    }

    /// Room for a frame of `size` bytes, which is a multiple of 16, not written.
    ///
    /// # Safety
    /// As [`VmStack::push`]; a whole frame must be written there.
    pub(crate) unsafe fn push_room(&mut self, size: usize) -> *mut u8 {
        if (self.end as usize) - (self.top as usize) < size {
            self.grow(size);
        }
        let room = self.top;
        // SAFETY: the chunk has `size` bytes left.
        self.top = unsafe { self.top.add(size) };
        room
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, size: usize) {
        let mut chunk = match self.spare.take() {
            Some(spare) if spare.size >= size => spare,
            _ => Chunk::new(size.max(CHUNK)),
        };
        if !chunk.charged && !self.chunks.is_empty() {
            // Recursion ends at the memory limit. The first chunk is everybody's.
            heap::charge(chunk.size);
            chunk.charged = true;
        }
        chunk.previous_top = self.top;
        self.top = chunk.memory;
        // SAFETY: one past the end of the chunk.
        self.end = unsafe { chunk.memory.add(chunk.size) };
        self.chunks.push(chunk);
        self.set_floor();
    }

    fn set_floor(&mut self) {
        self.floor = match self.chunks.as_slice() {
            [_, .., innermost] => innermost.memory,
            _ => ptr::null_mut(),
        };
    }

    #[cold]
    #[inline(never)]
    fn shrink(&mut self) {
        let chunk = self.chunks.pop().expect("checked by the caller");
        let below = self.chunks.last().expect("checked by the caller");
        self.top = chunk.previous_top;
        // SAFETY: one past the end of the chunk.
        self.end = unsafe { below.memory.add(below.size) };
        self.spare = Some(chunk);
        self.set_floor();
    }

    /// Bytes in use, for the limit on recursion.
    pub fn size(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.size).sum()
    }
}

thread_local! {
    /// The first chunk of the thread's last stack.
    static SPARE: Cell<Option<Chunk>> = const { Cell::new(None) };
}

impl Drop for VmStack {
    fn drop(&mut self) {
        if let Some(first) =
            self.chunks.drain(..).next().filter(|chunk| chunk.size == CHUNK && !chunk.charged)
        {
            // A thread that ends keeps nothing.
            let _ = SPARE.try_with(|spare| spare.set(Some(first)));
        }
    }
}

impl VmStack {
    /// Gives a call being prepared room for `num_args` arguments; the frame may move.
    ///
    /// # Safety
    /// `call` must be the topmost frame, being prepared, its first `num_args` slots (as its field says) written.
    pub unsafe fn grow_call(&mut self, call: *mut Frame, num_args: u32) -> *mut Frame {
        // SAFETY: the caller's frame is alive.
        unsafe {
            let func = (*call).func;
            let extra = num_args.saturating_sub(func.num_params);
            let size = func.frame_size as usize + (extra * SLOT_SIZE) as usize;
            let end = call.cast::<u8>().wrapping_add(size);
            if end <= self.top {
                return call;
            }
            if end <= self.end {
                self.top = end;
                return call;
            }
            let used = (FRAME_HEADER_SIZE + (*call).num_args * SLOT_SIZE) as usize;
            // The chunk goes with the frame if there is nothing else in it.
            let saved = std::slice::from_raw_parts(call.cast::<MaybeUninit<u8>>(), used).to_vec();
            self.pop(call);
            // Twice the room, so that many arguments do not move the frame each time.
            self.grow(size * 2);
            let moved = self.top;
            ptr::copy_nonoverlapping(saved.as_ptr().cast(), moved, used);
            self.top = moved.add(size);
            moved.cast()
        }
    }
}
