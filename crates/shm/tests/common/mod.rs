//! What the tests share: gates of this machine, child processes whose end is looked at, random numbers.
#![allow(dead_code, reason = "each test file uses its part")]

pub mod shelves;

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use phalanx_shm::{Control, ControlOptions, GateKind, Heap, SegmentOptions};

pub const GATES: [GateKind; 3] = [GateKind::Pkey, GateKind::Mprotect, GateKind::Open];

/// The gates that this machine has. Says so if some are missing.
pub fn gates() -> impl Iterator<Item = GateKind> {
    GATES.into_iter().filter(|gate| {
        let available = gate.is_available();
        if !available {
            eprintln!("SKIPPED for the {gate} gate: not available on this machine");
        }
        available
    })
}

/// How much longer than usual the tests run in which threads do things at random.
pub fn stress() -> usize {
    std::env::var("PHALANX_SHM_STRESS").ok().and_then(|n| n.parse().ok()).unwrap_or(1)
}

pub fn heap(len: usize, gate: GateKind) -> Heap {
    let segment = SegmentOptions::new(len).gate(gate).create().unwrap();
    let options = ControlOptions { ids: 1024, slots: 64, locks: 4, claims: 64 };
    Heap::create(Arc::new(segment), Control::create(options).unwrap(), 0).unwrap()
}

/// Xorshift: repeatable and good enough.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below as u64) as usize
    }
}

/// How a child has ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// By itself, with this status.
    Exit(i32),
    /// By this signal.
    Signal(i32),
    /// By a SIGSEGV with this `si_code`, at an address that the child had announced.
    Fault(i32),
}

/// `si_code`: the page's protection forbids the access.
pub const SEGV_ACCERR: i32 = 2;
/// `si_code`: the page's key forbids the access.
pub const SEGV_PKUERR: i32 = 4;

const FAULT_STATUS: i32 = 64;
/// The status of a child that had a fault where it expected none.
const SURPRISE_STATUS: i32 = 120;

/// Where this process expects a fault.
static ANNOUNCED: AtomicUsize = AtomicUsize::new(0);

/// Says that an access to this address may fault.
pub fn announce(address: usize) {
    ANNOUNCED.store(address, Ordering::SeqCst);
}

/// Runs `work` in a forked child with one thread and tells how that ended. Returning is `Exit(0)`, a panic `Exit(101)`.
pub fn child(work: impl FnOnce()) -> End {
    // SAFETY: the child runs the closure and exits without returning to the test harness. The harness has other threads,
    // but what they might hold locked (output, say) is not used; malloc is made for this.
    let pid = unsafe { libc::fork() };
    assert!(pid >= 0);
    if pid == 0 {
        report_faults();
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
        // SAFETY: ends the child.
        unsafe { libc::_exit(if result.is_ok() { 0 } else { 101 }) };
    }
    wait(pid)
}

/// As [`child`], for work that does not fault when all is well. Under the thread sanitizer, which sees nothing in children of
/// a process with threads, it stays in this process.
pub fn apart(work: impl FnOnce()) -> End {
    if !cfg!(phalanx_one_view) {
        return child(work);
    }
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
    End::Exit(if result.is_ok() { 0 } else { 101 })
}

pub fn wait(pid: i32) -> End {
    let mut status = 0;
    // SAFETY: `status` outlives the call.
    assert_eq!(unsafe { libc::waitpid(pid, &raw mut status, 0) }, pid);
    let status = ExitStatus::from_raw(status);
    match (status.code(), status.signal()) {
        (Some(code), _) if code > FAULT_STATUS && code < 100 => End::Fault(code - FAULT_STATUS),
        (Some(code), _) => End::Exit(code),
        (None, Some(signal)) => End::Signal(signal),
        _ => unreachable!(),
    }
}

/// Makes a SIGSEGV end the process with a status that tells its `si_code`.
fn report_faults() {
    extern "C" fn handler(_: i32, info: *mut libc::siginfo_t, _: *mut libc::c_void) {
        // SAFETY: the kernel passes a valid siginfo_t.
        let code = unsafe { (*info).si_code };
        // SAFETY: as above, and the signal is one that has an address.
        let address = unsafe { (*info).si_addr() };
        let expected = address.addr() == ANNOUNCED.load(Ordering::SeqCst);
        // SAFETY: _exit may be called from a signal handler.
        unsafe { libc::_exit(if expected { FAULT_STATUS + code } else { SURPRISE_STATUS }) };
    }
    // SAFETY: zeroes are a valid sigaction.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = handler as extern "C" fn(_, _, _) as usize;
    action.sa_flags = libc::SA_SIGINFO;
    // SAFETY: the handler does nothing but exit.
    assert_eq!(unsafe { libc::sigaction(libc::SIGSEGV, &raw const action, std::ptr::null_mut()) }, 0);
}

/// Stores a byte at an address, as a stray write of a buggy program would.
pub fn poke(address: usize) {
    announce(address);
    // SAFETY: not safe at all: the tests do it where they expect to die of it, or in memory that nobody uses.
    unsafe { std::ptr::with_exposed_provenance_mut::<u8>(address).write_volatile(0xAA) };
}

/// Makes system calls fail in this process, the child, as a sandbox does. Each with its error number.
pub fn deny(calls: &[(libc::c_long, i32)]) {
    let statement = |code: u32, k: u32| libc::sock_filter { code: code as u16, jt: 0, jf: 0, k };
    let number_at = std::mem::offset_of!(libc::seccomp_data, nr) as u32;
    let mut program = vec![statement(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, number_at)];
    for &(call, error) in calls {
        let mut test = statement(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, call as u32);
        test.jf = 1;
        program.push(test);
        program.push(statement(libc::BPF_RET | libc::BPF_K, libc::SECCOMP_RET_ERRNO | error as u32));
    }
    program.push(statement(libc::BPF_RET | libc::BPF_K, libc::SECCOMP_RET_ALLOW));
    let filter = libc::sock_fprog { len: program.len() as u16, filter: program.as_mut_ptr() };
    // SAFETY: restricts this process.
    assert_eq!(unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) }, 0);
    // SAFETY: the filter is a program of as many statements as it says.
    let result = unsafe { libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const filter) };
    assert_eq!(result, 0, "{}", std::io::Error::last_os_error());
}
