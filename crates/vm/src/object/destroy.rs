//! Destructors: they are queued when the last owner of an object goes, and run at the end of the instruction.

use crate::Context;
use crate::class::ClassRef;
use crate::func::FuncRef;
use crate::thrown::{PhpResult, Thrown};
use phalanx_bytecode::flags::func as flags;
use phalanx_value::object::{OBJ_DESTRUCTED, OBJ_LAZY, OBJ_PROXY};
use phalanx_value::{ObjRef, heap};

impl Context {
    /// Calls the destructors that are due. An exception that is under way stays so; one that a destructor throws
    /// gets it as its previous one.
    #[cold]
    #[inline(never)]
    pub fn run_destructors(&mut self) -> PhpResult {
        let mut outcome = Ok(());
        // All that are due are taken at once: what runs inside of the first destructor must not run the second one.
        let mut due = heap::take_pending_destructors();
        while !due.is_empty() {
            for object in due {
                match self.destruct(&object) {
                    Err(Thrown::Exit) => return Err(Thrown::Exit),
                    Err(Thrown::Exception) => outcome = Err(Thrown::Exception),
                    Ok(()) => {}
                }
            }
            due = heap::take_pending_destructors();
        }
        outcome
    }

    pub(crate) fn destruct(&mut self, object: &ObjRef) -> PhpResult {
        let class = ClassRef::of(object);
        if let Some(free) = class.hook(|hooks| hooks.free) {
            return self.free_native(object, free);
        }
        let Some(method) = class.magic.destruct else { return Ok(()) };
        // A lazy object has no state to clean up; that of a proxy is its instance's.
        if self.exiting || object.has_flags(OBJ_LAZY | OBJ_PROXY) {
            return Ok(());
        }
        let before = self.exception.take();
        let result = if self.may_destruct(class, method) {
            self.call_method(object, method, &[]).map(drop)
        } else {
            self.destructor_denied(class, method)
        };
        match (result, before) {
            (Ok(()), before) => {
                self.exception = before;
                Ok(())
            }
            (Err(Thrown::Exception), Some(before)) => {
                if let Some(thrown) = &self.exception {
                    crate::throw::set_previous(thrown, before);
                }
                Err(Thrown::Exception)
            }
            (Err(thrown), _) => Err(thrown),
        }
    }

    /// Runs what a native class does before an object goes: it may run PHP code, which may throw.
    fn free_native(&mut self, object: &ObjRef, free: fn(&mut Context, &ObjRef)) -> PhpResult {
        let before = self.exception.take();
        free(self, object);
        match (&self.exception, before) {
            (None, before) => {
                self.exception = before;
                if self.exiting { Err(Thrown::Exit) } else { Ok(()) }
            }
            (Some(thrown), Some(before)) => {
                crate::throw::set_previous(thrown, before);
                Err(Thrown::Exception)
            }
            (Some(_), None) => Err(Thrown::Exception),
        }
    }

    /// Whether the scope of the code that runs may call the destructor.
    fn may_destruct(&self, class: ClassRef, method: FuncRef) -> bool {
        if !method.has(flags::PRIVATE | flags::PROTECTED) {
            return true;
        }
        // SAFETY: the innermost frame is alive.
        let scope = unsafe { self.frame.as_ref() }.and_then(|frame| frame.func.scope);
        if method.has(flags::PRIVATE) {
            return scope == Some(class) || scope == method.scope && scope.is_some();
        }
        let root = method.prototype.get().unwrap_or(method).scope.unwrap_or(class);
        crate::props::related(root, scope)
    }

    fn destructor_denied(&mut self, class: ClassRef, method: FuncRef) -> PhpResult {
        let visibility = crate::link::visibility_name(method.flags);
        let name = class.shown_name();
        // SAFETY: the innermost frame is alive.
        let Some(frame) = (unsafe { self.frame.as_ref() }) else {
            return self.warning(format!(
                "Call to {visibility} {name}::__destruct() from global scope during shutdown ignored"
            ));
        };
        let place = match frame.func.scope {
            Some(scope) => format!("scope {}", scope.shown_name()),
            None => "global scope".to_owned(),
        };
        Err(self.throw_error(format!("Call to {visibility} {name}::__destruct() from {place}")))
    }

    /// Runs the cycle collector, with destructors; tells how many arrays and objects it freed.
    pub fn collect_cycles(&mut self) -> PhpResult<usize> {
        let mut result = Ok(());
        let freed = phalanx_value::gc::collect_cycles(&mut |object| {
            if let Err(thrown) = self.destruct(object) {
                result = Err(thrown);
            }
        });
        result?;
        self.run_destructors()?;
        Ok(freed)
    }

    /// At the end of a request: global variables that are the last owners of objects go, the last one first; then
    /// the destructors of all objects that are left run in the order of their creation.
    pub fn shutdown_destructors(&mut self) -> PhpResult {
        self.release_globals()?;
        let mut objects = Vec::new();
        heap::for_each_object(|object| {
            let class = ClassRef::of(object);
            let due = class.magic.destruct.is_some() || class.hook(|hooks| hooks.free).is_some();
            if due && !object.has_flags(OBJ_DESTRUCTED) {
                objects.push(object.clone());
            }
        });
        for object in objects {
            if !object.has_flags(OBJ_DESTRUCTED) {
                object.set_flags(OBJ_DESTRUCTED);
                self.destruct(&object)?;
            }
        }
        self.run_destructors()
    }

    fn release_globals(&mut self) -> PhpResult {
        loop {
            let names = self.globals.borrow_mut().names();
            let mut removed = false;
            for name in names.into_iter().rev() {
                let last = {
                    let mut globals = self.globals.borrow_mut();
                    let value = globals.get(&name);
                    // One count is the table's, one is the copy's.
                    value.is_some_and(|value| value.as_object().is_some_and(|object| object.ref_count() == 2))
                };
                if last {
                    removed = true;
                    self.globals.borrow_mut().remove(&name);
                    self.run_destructors()?;
                }
            }
            if !removed {
                return Ok(());
            }
        }
    }
}
