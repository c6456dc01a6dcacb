//! Contexts: options for wrappers, as resources.

use phalanx_value::{Key, NativeState, PhpArray, PhpResource, PhpString, Value};
use phalanx_vm::Context;
use std::cell::RefCell;

/// Type of context resources.
pub const TYPE: &str = "stream-context";

/// A context: options by wrapper and name, and parameters.
#[derive(Default)]
pub struct StreamContext {
    /// Options.
    pub options: RefCell<PhpArray>,
    /// Parameters, such as `notification`.
    pub params: RefCell<PhpArray>,
}

impl NativeState for StreamContext {
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(self.options.borrow().as_value());
        visit(self.params.borrow().as_value());
    }
}

/// The default context of a request.
#[derive(Default)]
struct DefaultContext(Option<PhpResource>);

/// The default context, made when it is first asked for.
pub fn default_context(cx: &mut Context) -> PhpResource {
    let state = cx.state::<DefaultContext>();
    state.0.get_or_insert_with(|| PhpResource::new(TYPE, StreamContext::default())).clone()
}

/// Forgets the default context, as the end of a request does.
pub fn forget_default(cx: &mut Context) {
    cx.state::<DefaultContext>().0 = None;
}

impl StreamContext {
    /// Sets one option.
    pub fn set(&self, wrapper: &PhpString, name: &PhpString, value: Value) {
        let mut options = self.options.borrow_mut();
        options.get_or_insert(Key::Str(wrapper)).make_array().insert(name, value);
    }

    /// One option.
    pub fn get(&self, wrapper: &str, name: &str) -> Option<Value> {
        let options = self.options.borrow();
        let inner = options.get_bytes(wrapper)?.deref_clone();
        Some(inner.as_array()?.get_bytes(name)?.deref_clone())
    }
}
