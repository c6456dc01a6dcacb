//! A cache on a system without files in memory is found in the memory of its process. The test looks at its own process, so nothing
//! else may have a cache in it.

use phalanx_cache::watch::process::{candidates, picture};
use phalanx_cache::watch::{Code, Detail};
use phalanx_cache::{Cache, CacheConfig, Fetch, FileStamp};

/// Makes the system refuse files in memory to the calling thread.
fn deny_memory_files() {
    let statement = |code: u32, jump: u8, k: u32| libc::sock_filter { code: code as u16, jt: 0, jf: jump, k };
    let number_at = std::mem::offset_of!(libc::seccomp_data, nr) as u32;
    let mut filter = [
        statement(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, number_at),
        statement(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, 1, libc::SYS_memfd_create as u32),
        statement(libc::BPF_RET | libc::BPF_K, 0, libc::SECCOMP_RET_ERRNO | libc::EPERM as u32),
        statement(libc::BPF_RET | libc::BPF_K, 0, libc::SECCOMP_RET_ALLOW),
    ];
    let program = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_mut_ptr() };
    // SAFETY: takes plain numbers.
    assert_eq!(unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) }, 0);
    // SAFETY: the program and its filter live across the call.
    let done = unsafe { libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program) };
    assert_eq!(done, 0);
}

#[test]
fn a_cache_without_files_is_found() {
    let me = std::process::id();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            deny_memory_files();
            let config = CacheConfig { memory_consumption: 8 << 20, ..CacheConfig::default() };
            let mut cache = Cache::create(config).unwrap();
            cache.add_code_segment(1 << 20).unwrap();
            let slot = cache.register().unwrap();
            let stamp = FileStamp { seconds: 1_700_000_000, nanos: 0, size: 77 };
            let fetch = cache.fetch(&slot, b"/srv/index.php", 1_800_000_000, || Some(stamp));
            assert!(matches!(fetch, Fetch::Compile(_)));
            drop(fetch);
            let seen = picture(me, Detail::Parts).unwrap();
            assert!(seen.consistent);
            assert_eq!((seen.misses, seen.threads.len(), seen.data.len), (1, 1, 8 << 20));
            assert!(matches!(seen.code, Code::Area(area) if area.len == 1 << 20));
            // Such a process has to be named.
            assert!(candidates().unwrap().iter().all(|candidate| candidate.pid != me));
        });
    });
}
