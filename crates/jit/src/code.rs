//! Code memory: finished code is copied behind what is there, and found by its address from then on.
//!
//! # Safety
//!
//! Bytes behind `used` belong to nobody; a block is written once, before its address is known to anybody.
#![allow(unsafe_code, reason = "writes code")]

use phalanx_bytecode::unit::UnitRef;
use phalanx_shm::{GateKind, Segment, SegmentOptions};
use std::io;
use std::sync::Mutex;
use std::sync::atomic::AtomicPtr;

/// Memory that code runs from.
pub(crate) struct CodeMemory {
    segment: Segment,
    used: Mutex<usize>,
}

/// Where code went.
#[derive(Clone, Copy, Debug)]
pub enum Place {
    /// It was published.
    Done,
    /// There is no room for it.
    Full,
    /// The site is none of this store.
    Elsewhere,
}

/// Code memory of Units that several threads use, and the way to publish there.
pub trait CodeStore {
    /// Copies code for a site of the Unit, aligned to [`ALIGN`], and publishes the address of its byte `entry`.
    fn publish(&self, unit: UnitRef, site: &AtomicPtr<u8>, code: &[u8], entry: usize) -> Place;
}

/// What the addresses of blocks of code are multiples of.
pub const ALIGN: usize = crate::lower::ALIGN;

impl CodeMemory {
    pub(crate) fn new(size: usize, gate: GateKind) -> io::Result<CodeMemory> {
        let segment = SegmentOptions::new(size).gate(gate).executable(true).create()?;
        Ok(CodeMemory { segment, used: Mutex::new(0) })
    }

    pub(crate) fn size(&self) -> usize {
        self.segment.len()
    }

    pub(crate) fn used(&self) -> usize {
        *self.used.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Copies code; gives its address, or none if there is no room.
    pub(crate) fn add(&self, code: &[u8]) -> Option<*const u8> {
        let mut used = self.used.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let end = used.checked_add(code.len())?.checked_next_multiple_of(ALIGN)?;
        if end > self.segment.len() {
            return None;
        }
        let address = self.segment.at(*used);
        // SAFETY: module documentation: nobody knows of these bytes yet.
        unsafe { self.segment.window().write_bytes(address, code) };
        *used = end;
        Some(address)
    }
}
