//! Rebuilding frames from a record.

use super::Args;
use crate::snapshot::{FrameKind, NONE, POLL, RAISE, write};
use phalanx_value::value::COUNTED as OWNS_COUNT;
use phalanx_value::{Tag, Value};
use phalanx_vm::dispatch::Next;
use phalanx_vm::frame::{Frame, VmThis};
use phalanx_vm::func::FuncRef;
use phalanx_vm::{Context, run};

/// Reads a record's words in order.
struct Reader<'a> {
    word: *const u32,
    spill: &'a [u64],
}

impl Reader<'_> {
    unsafe fn next(&mut self) -> u32 {
        // SAFETY: the record has as many words as its counts say.
        unsafe {
            let word = self.word.read_unaligned();
            self.word = self.word.add(1);
            word
        }
    }

    fn take(&mut self) -> u64 {
        let (&first, rest) = self.spill.split_first().unwrap_or((&0, &[]));
        self.spill = rest;
        first
    }

    unsafe fn slots(&mut self, fp: *mut Frame, count: u32) {
        for _ in 0..count {
            // SAFETY: as in `next`.
            let word = unsafe { self.next() };
            let value = match word & 0xff {
                write::UNDEF => Value::UNDEF,
                write::NULL => Value::NULL,
                write::BOOL => Value::bool(self.take() & 1 != 0),
                write::INT => Value::int(self.take() as i64),
                write::FLOAT => Value::float(f64::from_bits(self.take())),
                // SAFETY: the object lives as long as the caller's variable; the frame does not own it.
                write::OBJECT => unsafe { Value::from_raw(self.take(), Tag::Object, OWNS_COUNT) },
                write::BOXED => {
                    let words = [self.take(), self.take()];
                    // SAFETY: the two words of a value that the code owned.
                    unsafe { std::mem::transmute::<[u64; 2], Value>(words) }
                }
                _ => {
                    let from: *const Value = std::ptr::with_exposed_provenance(self.take() as usize);
                    // SAFETY: the value lies in a container that nothing has changed since it was read.
                    unsafe { (*from).clone() }
                }
            };
            // SAFETY: the slot is one of the frame's; what memory holds there is not counted, or was never written.
            unsafe { Frame::slot(fp, word >> 8).write(value) };
        }
    }
}

/// Rebuilds frames as the record says, and says where the interpreter goes on.
///
/// # Safety
/// `record` must be the record of the exit by which code that was entered with `args` and `fp` was left.
pub(crate) unsafe fn resolve(args: &mut Args, fp: *mut Frame, record: *const u32) -> Next {
    let cx: *mut Context = args.cx;
    let mut reader = Reader { word: record, spill: &args.spill };
    // SAFETY: the caller's promise; the context is the thread's own.
    unsafe {
        let flags = reader.next();
        let frames = reader.next();
        let mut fp = fp;
        let mut pc = std::ptr::null();
        for _ in 0..frames {
            let at = reader.next();
            let kind = reader.next();
            let func_word = reader.next();
            let num_args = reader.next();
            let ret = reader.next();
            let count = reader.next();
            if kind != FrameKind::Base as u32 {
                let func = *(*fp).cache.add(func_word as usize);
                let func = FuncRef::from_ptr(std::ptr::with_exposed_provenance(func));
                let call = (*cx).stack.push(func, num_args, VmThis::NONE, 0, (*fp).call);
                reader.slots(call, count);
                if kind == FrameKind::Pending as u32 {
                    (*fp).call = call;
                    continue;
                }
                (*call).prev = fp;
                (*call).cache = func.cache();
                (*call).ret = if ret == NONE { std::ptr::null_mut() } else { Frame::slot(fp, ret) };
                (*fp).pc = pc;
                fp = call;
            } else {
                reader.slots(fp, count);
            }
            let Some(proto) = (*fp).func.proto() else { break };
            pc = proto.code().as_ptr().add(at as usize);
        }
        (*cx).frame = fp;
        if flags & RAISE != 0 {
            return run::unwind(pc, fp, &mut *cx);
        }
        if flags & POLL != 0 && (*cx).must_poll() {
            (*fp).pc = pc;
            if run::poll(&mut *cx).is_err() {
                return run::unwind(pc, fp, &mut *cx);
            }
        }
        Next { pc, fp }
    }
}
