//! Clocks: what time it is, and how much of it was used.
//!
//! # Safety
//!
//! All calls fill a structure that lives on the stack across the call.
#![allow(unsafe_code, reason = "system calls")]

use std::time::Duration;

/// Seconds and nanoseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time {
    /// Whole seconds; negative before 1970.
    pub seconds: i64,
    /// The rest, below 1,000,000,000.
    pub nanoseconds: u32,
}

impl Time {
    /// As one number, which is exact to about a quarter of a microsecond.
    pub fn as_f64(self) -> f64 {
        self.seconds as f64 + f64::from(self.nanoseconds) / 1e9
    }
}

fn read(clock: libc::clockid_t) -> libc::timespec {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is valid for writing. The clocks used here exist on every Linux, so the call cannot fail.
    unsafe { libc::clock_gettime(clock, &raw mut time) };
    time
}

fn read_nanoseconds(clock: libc::clockid_t) -> u64 {
    let time = read(clock);
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// The time of day.
pub fn now() -> Time {
    time_of(libc::CLOCK_REALTIME)
}

/// The time of day at the system's last tick, some milliseconds ago at most. Only memory is read.
pub fn now_coarse() -> Time {
    time_of(libc::CLOCK_REALTIME_COARSE)
}

fn time_of(clock: libc::clockid_t) -> Time {
    let time = read(clock);
    // The system keeps nanoseconds below one second.
    Time { seconds: time.tv_sec, nanoseconds: time.tv_nsec as u32 }
}

/// A time of day where this machine is, as C's `asctime` writes it: `Sun Nov 29 00:11:51 2026`. Empty for years that
/// the system cannot name.
pub fn local_text(seconds: i64) -> String {
    const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    // SAFETY: all zeros is a value of this structure of numbers and a pointer.
    let mut parts: libc::tm = unsafe { std::mem::zeroed() };
    // SAFETY: both pointers are good for the call.
    if unsafe { libc::localtime_r(&raw const seconds, &raw mut parts) }.is_null() {
        return String::new();
    }
    format!(
        "{} {} {:2} {:02}:{:02}:{:02} {}",
        DAYS[parts.tm_wday as usize % 7],
        MONTHS[parts.tm_mon as usize % 12],
        parts.tm_mday,
        parts.tm_hour,
        parts.tm_min,
        parts.tm_sec,
        i64::from(parts.tm_year) + 1900
    )
}

/// Nanoseconds since some moment in the past; never goes back.
pub fn monotonic_ns() -> u64 {
    read_nanoseconds(libc::CLOCK_MONOTONIC)
}

/// Processor time that this thread has used.
pub fn thread_cpu_ns() -> u64 {
    read_nanoseconds(libc::CLOCK_THREAD_CPUTIME_ID)
}

/// Processor time that the process has used, all threads together.
pub fn process_cpu_ns() -> u64 {
    read_nanoseconds(libc::CLOCK_PROCESS_CPUTIME_ID)
}

/// Sleeps; gives what is left when a signal came first.
pub fn sleep(time: Duration) -> Result<(), Duration> {
    // The system's seconds are signed; nobody waits for the difference.
    let seconds = time.as_secs().min(i64::MAX as u64) as i64;
    let request = libc::timespec { tv_sec: seconds, tv_nsec: time.subsec_nanos().into() };
    let mut left = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: both structures live across the call.
    let result =
        unsafe { libc::clock_nanosleep(libc::CLOCK_MONOTONIC, 0, &raw const request, &raw mut left) };
    if result == libc::EINTR {
        return Err(Duration::new(left.tv_sec as u64, left.tv_nsec as u32));
    }
    Ok(())
}

/// Whose use of the machine is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// The process with all of its threads.
    Process,
    /// Its ended children.
    Children,
    /// The calling thread.
    Thread,
}

/// The counters of getrusage(2) in its own units: times in microseconds, sizes in kilobytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the manual page's")]
pub struct Usage {
    pub user_us: i64,
    pub system_us: i64,
    pub maxrss: i64,
    pub ixrss: i64,
    pub idrss: i64,
    pub isrss: i64,
    pub minflt: i64,
    pub majflt: i64,
    pub nswap: i64,
    pub inblock: i64,
    pub oublock: i64,
    pub msgsnd: i64,
    pub msgrcv: i64,
    pub nsignals: i64,
    pub nvcsw: i64,
    pub nivcsw: i64,
}

/// What was used so far.
pub fn usage(who: Who) -> Usage {
    let who = match who {
        Who::Process => libc::RUSAGE_SELF,
        Who::Children => libc::RUSAGE_CHILDREN,
        Who::Thread => libc::RUSAGE_THREAD,
    };
    // SAFETY: the structure is made of integers, for which zero is a value.
    let mut raw: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: `raw` is valid for writing.
    unsafe { libc::getrusage(who, &raw mut raw) };
    let microseconds = |time: libc::timeval| time.tv_sec * 1_000_000 + time.tv_usec;
    Usage {
        user_us: microseconds(raw.ru_utime),
        system_us: microseconds(raw.ru_stime),
        maxrss: raw.ru_maxrss,
        ixrss: raw.ru_ixrss,
        idrss: raw.ru_idrss,
        isrss: raw.ru_isrss,
        minflt: raw.ru_minflt,
        majflt: raw.ru_majflt,
        nswap: raw.ru_nswap,
        inblock: raw.ru_inblock,
        oublock: raw.ru_oublock,
        msgsnd: raw.ru_msgsnd,
        msgrcv: raw.ru_msgrcv,
        nsignals: raw.ru_nsignals,
        nvcsw: raw.ru_nvcsw,
        nivcsw: raw.ru_nivcsw,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_go_forward() {
        let (start, cpu) = (monotonic_ns(), thread_cpu_ns());
        assert_eq!(sleep(Duration::from_millis(2)), Ok(()));
        assert!(monotonic_ns() - start >= 2_000_000);
        assert!(thread_cpu_ns() >= cpu);
        assert!(process_cpu_ns() >= cpu);
        assert!(now().seconds > 1_600_000_000);
        assert!(usage(Who::Process).maxrss > 0);
    }
}
