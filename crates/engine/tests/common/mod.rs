//! What tests that run programs in an engine share.

use phalanx_engine::Sink;
use std::sync::{Arc, Mutex};

/// Keeps what is written.
#[derive(Clone, Default)]
pub struct Collect(pub Arc<Mutex<Vec<u8>>>);

impl Sink for Collect {
    fn write(&mut self, bytes: &[u8]) -> bool {
        self.0.lock().expect("nobody panics with it").extend_from_slice(bytes);
        true
    }
    fn error(&mut self, bytes: &[u8]) {
        self.write(bytes);
    }
    fn log(&mut self, _: Option<&[u8]>, message: &[u8]) {
        self.write(message);
    }
}
