//! What a request costs others: a hit takes no lock and makes no system call.

mod common;

use std::sync::Barrier;

use common::{Fake, NOW, check, config, gates, get, stamp};
use phalanx_cache::{Cache, Fetch, HEAP_LOCK, TABLE_LOCK};
use phalanx_shm::Slot;
use phalanx_value::PhpString;

const SCRIPTS: u64 = 40;

fn path(n: u64) -> Vec<u8> {
    format!("/srv/requests/{n}.php").into_bytes()
}

fn fill(cache: &Cache, slot: &Slot) {
    for n in 0..SCRIPTS {
        get(cache, slot, &path(n), NOW, stamp(1), || Fake::new(n, 500)).unwrap();
    }
    cache.end_request(slot);
}

/// A request that finds all of its scripts, in both ways.
fn request(cache: &Cache, slot: &Slot, paths: &[PhpString]) {
    for path in paths {
        let Fetch::Hit(_) = cache.fetch(slot, path, NOW, || None) else { panic!("a miss") };
    }
    cache.end_request(slot);
    assert!(paths.iter().all(|path| cache.stored(slot, path, NOW, || None).is_some()), "a miss");
    cache.end_request(slot);
}

#[test]
fn a_hit_takes_no_lock() {
    for gate in gates() {
        let cache = Cache::create(config(8, gate)).unwrap();
        let slot = cache.register().unwrap();
        fill(&cache, &slot);
        let (held, done) = (Barrier::new(2), Barrier::new(2));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let other = cache.register().unwrap();
                let locks = (other.lock(TABLE_LOCK), other.lock(HEAP_LOCK), cache.segment().window());
                held.wait();
                done.wait();
                drop(locks);
            });
            held.wait();
            // While another one has every lock and is in the middle of a write.
            for n in 0..SCRIPTS {
                let Fetch::Hit(hit) = cache.fetch(&slot, &path(n), NOW, || None) else { panic!("a miss") };
                assert_eq!(check(&cache, &slot, hit), n);
            }
            cache.end_request(&slot);
            for n in 0..SCRIPTS {
                let path = PhpString::from(path(n));
                let hit = cache.stored(&slot, &path, NOW, || None).expect("it is there");
                assert_eq!(check(&cache, &slot, hit), n);
            }
            let other = PhpString::from(path(SCRIPTS));
            assert_eq!(cache.stored(&slot, &other, NOW, || panic!("nothing to ask for")), None);
            cache.end_request(&slot);
            done.wait();
        });
    }
}

/// In the kernel's strictest mode each call but read, write and exit is death.
#[test]
fn a_hit_makes_no_system_call() {
    for gate in gates() {
        let cache = Cache::create(config(8, gate)).unwrap();
        fill(&cache, &cache.register().unwrap());
        let paths: Vec<PhpString> = (0..SCRIPTS).map(|n| path(n).into()).collect();
        // SAFETY: the child uses the cache only, and ends without returning.
        let pid = unsafe { libc::fork() };
        if pid == 0 {
            let slot = cache.register().unwrap();
            request(&cache, &slot, &paths);
            // SAFETY: restricts this process, the child.
            unsafe { libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_STRICT) };
            for _ in 0..100 {
                request(&cache, &slot, &paths);
            }
            // SAFETY: exit is the one way out of strict mode, and exit_group is not.
            unsafe { libc::syscall(libc::SYS_exit, 0) };
        }
        let mut status = 0;
        // SAFETY: `status` outlives the call.
        assert_eq!(unsafe { libc::waitpid(pid, &raw mut status, 0) }, pid);
        assert_eq!(status, 0, "{gate}");
    }
}
