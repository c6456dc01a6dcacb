//! Preloading: declarations that a script has made once, for all requests of the process.
//!
//! What a request has declared is collected into a [`PreloadTable`] ([`collect`]), which all threads share. A later request
//! copies nothing of it when it starts: a name that its own tables do not have is looked up there, and the function or class is
//! declared from its Unit by the mechanisms that `include` uses. So a request pays for what it uses, and its static variables
//! and static properties begin anew.
//!
//! A preloaded name is taken from the start, since whoever declares another looks it up first. The declaration itself, when its
//! script is included after all, does nothing.

use crate::Context;
use crate::class::{ClassRef, mark};
use crate::errors::{LastError, level};
use crate::func::FuncRef;
use crate::link;
use crate::loader::{Install, LoadedUnit};
use crate::throw::exception_prop;
use phalanx_bytecode::flags::class as class_flags;
use phalanx_bytecode::unit::{ClassDecl, UnitRef};
use phalanx_value::PhpString;
use rustc_hash::FxHashMap;

/// Functions and classes that every request has.
#[derive(Default)]
pub struct PreloadTable {
    units: Vec<LoadedUnit>,
    functions: FxHashMap<Box<[u8]>, Member>,
    classes: FxHashMap<Box<[u8]>, Entry>,
    /// Names of `functions` in the order in which PHP lists them.
    function_order: Vec<Box<[u8]>>,
    /// Names of `classes` in the order of their declaration.
    class_order: Vec<Box<[u8]>>,
}

/// A declaration: number of the Unit in the table, and number in the Unit.
#[derive(Clone, Copy)]
struct Member {
    unit: u32,
    index: u32,
}

enum Entry {
    Declared(Member),
    /// Another name of the class with this lower-case name, which may be a native one.
    Alias(Box<[u8]>),
}

impl PreloadTable {
    /// The Units that are used, each once.
    pub fn units(&self) -> &[LoadedUnit] {
        &self.units
    }

    /// Whether the class is in it.
    pub fn declares(&self, decl: &ClassDecl) -> bool {
        matches!(self.classes.get(decl.lc_name.as_bytes()), Some(Entry::Declared(member))
            if self.units[member.unit as usize].unit == decl.unit() && member.index == decl.index)
    }

    /// Names of the functions as they are written.
    pub fn function_names(&self) -> impl Iterator<Item = &[u8]> {
        self.function_order.iter().map(|name| {
            let member = self.functions[name];
            self.units[member.unit as usize].unit.functions[member.index as usize].name.as_bytes()
        })
    }

    /// Names of the classes as they are written; of aliases in lower case.
    pub fn class_names(&self) -> impl Iterator<Item = &[u8]> {
        self.class_order.iter().map(|name| match &self.classes[name] {
            Entry::Declared(member) => {
                self.units[member.unit as usize].unit.classes[member.index as usize].name.as_bytes()
            }
            Entry::Alias(_) => &name[..],
        })
    }
}

/// Collects what the request has declared. Its Units must outlive the result, by themselves or by their keepers.
pub fn collect(cx: &Context) -> PreloadTable {
    let mut table = PreloadTable::default();
    let mut numbers: FxHashMap<u32, u32> = FxHashMap::default();
    let mut number = |units: &mut Vec<LoadedUnit>, unit: UnitRef| {
        *numbers.entry(unit.id).or_insert_with(|| {
            let keeper = cx.units.keeper(unit);
            units.push(LoadedUnit {
                unit,
                keeper,
                size: 0,
                how: Install { silent: true, ..Install::default() },
            });
            units.len() as u32 - 1
        })
    };
    for func in cx.function_order.iter().rev() {
        let proto = func.proto().expect("a user function");
        let unit = number(&mut table.units, proto.unit());
        let name: Box<[u8]> = proto.lc_name.as_bytes().into();
        table.functions.insert(name.clone(), Member { unit, index: proto.index });
        table.function_order.push(name);
    }
    for (name, class) in &cx.class_order {
        let name: Box<[u8]> = name.as_bytes().into();
        let entry = match class.decl {
            _ if *name != *class.lc_name => Entry::Alias(class.lc_name.as_bytes().into()),
            Some(decl) => {
                let unit = number(&mut table.units, decl.unit());
                Entry::Declared(Member { unit, index: decl.index })
            }
            None => continue,
        };
        table.classes.insert(name.clone(), entry);
        table.class_order.push(name);
    }
    table
}

/// Why a class cannot be preloaded.
enum Failure {
    /// Another class has its name.
    Declared,
    /// It depends on a class that does not exist: what sort, and its name.
    Unknown(&'static str, PhpString),
    /// It breaks a rule.
    Error(LastError),
}

/// Links classes that `units` have and that no code has declared so far: those at the top level of scripts that were compiled
/// only, and anonymous ones. No class loader is asked. Says which ones have to stay out.
pub fn link_rest(cx: &mut Context, units: &[UnitRef]) -> crate::PhpResult {
    const CANDIDATE: u32 = class_flags::TOP_LEVEL | class_flags::ANON;
    let autoload = std::mem::take(&mut cx.autoload);
    let mut waiting: Vec<(UnitRef, u32)> = Vec::new();
    for unit in units {
        let candidates = unit.classes.iter().filter(|decl| decl.flags & CANDIDATE != 0);
        waiting.extend(candidates.map(|decl| (*unit, decl.index)));
    }
    // A class may need one that comes later, so this goes on as long as it gets anywhere.
    let failures = loop {
        let before = waiting.len();
        let mut failures = Vec::new();
        let mut result = Ok(());
        waiting.retain(|&(unit, index)| match try_link(cx, unit, index) {
            Ok(held) => {
                result = result.and(cx.report_held(held));
                false
            }
            Err(failure) => {
                failures.push(failure);
                true
            }
        });
        result?;
        if waiting.len() == before {
            break failures;
        }
    };
    cx.autoload = autoload;
    for ((unit, index), failure) in waiting.into_iter().zip(failures) {
        let decl = &unit.classes[index as usize];
        let shown = decl.name.as_bytes().split(|&byte| byte == 0).next().unwrap_or_default();
        let shown = String::from_utf8_lossy(shown);
        let (path, line) = (&unit.path, decl.line_start);
        match failure {
            Failure::Declared => {
                cx.raise_at(
                    level::E_WARNING,
                    format!("Can't preload already declared class {shown}"),
                    path,
                    line,
                )?;
            }
            Failure::Unknown(kind, name) => {
                let text = format!("Can't preload unlinked class {shown}: Unknown {kind} {name}");
                cx.raise_at(level::E_WARNING, text, path, line)?;
            }
            Failure::Error(error) => {
                let text = format!("Can't preload unlinked class {shown}: {}", error.message);
                cx.raise_at(level::E_WARNING, text, &error.file, error.line)?;
            }
        }
    }
    Ok(())
}

/// Links one of them, and gives the warnings of that; nothing to do if it is linked already.
fn try_link(cx: &mut Context, unit: UnitRef, index: u32) -> Result<Vec<LastError>, Failure> {
    let decl = &unit.classes[index as usize];
    if let Some(known) = cx.find_class(&decl.lc_name) {
        return if is_of(known, decl) { Ok(Vec::new()) } else { Err(Failure::Declared) };
    }
    let named = [("parent", &decl.parent), ("interface", &decl.interfaces), ("trait", &decl.traits)];
    for (kind, names) in named {
        if let Some(missing) = names.iter().find(|name| cx.find_class(&name.lc).is_none()) {
            return Err(Failure::Unknown(kind, missing.name.clone()));
        }
    }
    let (linked, mut held) = cx.hold_errors(|cx| link::link_class(cx, unit, index, 0));
    if linked.is_ok() {
        return Ok(held);
    }
    // The last checks are made when the class is known already.
    if let Some(&class) = cx.classes.get(&decl.lc_name)
        && is_of(class, decl)
    {
        cx.classes.remove(&decl.lc_name);
        class.declared.set(false);
        cx.class_order.retain(|(_, class)| !is_of(*class, decl));
    }
    let thrown = cx.exception.take().map(|thrown| exception_prop(&thrown, "message"));
    let message = thrown.and_then(|message| message.as_string().cloned()).unwrap_or_default();
    let here = LastError { level: level::E_ERROR, message, file: unit.path.clone(), line: decl.line_start };
    let error = held.pop().map_or(here.clone(), |error| match error.line {
        // No code runs that it could be at.
        0 => LastError { file: here.file, line: here.line, ..error },
        _ => error,
    });
    Err(Failure::Error(error))
}

fn is_of(class: ClassRef, decl: &ClassDecl) -> bool {
    class.decl.is_some_and(|own| std::ptr::eq(own, decl))
}

impl Context {
    /// Whether the function that the name stands for in every request is preloaded.
    pub(crate) fn preloads_function(&self, lc_name: &[u8]) -> bool {
        self.preload.as_ref().is_some_and(|table| table.functions.contains_key(lc_name))
    }

    /// Whether the class that the name stands for in every request is preloaded.
    pub(crate) fn preloads_class(&self, lc_name: &[u8]) -> bool {
        self.preload.as_ref().is_some_and(|table| table.classes.contains_key(lc_name))
    }

    /// The function of this name in the preload table, which becomes one of this request.
    #[cold]
    pub(crate) fn preloaded_function(&mut self, lc_name: &[u8]) -> Option<FuncRef> {
        let table = self.preload.clone()?;
        let &Member { unit, index } = table.functions.get(lc_name)?;
        let unit = self.preloaded_unit(&table, unit);
        let func = self.units.function(unit, index);
        let proto = func.proto().expect("a user function");
        self.functions.insert(proto.lc_name.clone(), func);
        Some(func)
    }

    /// The class of this name in the preload table, linked for this request. None while it is being linked.
    #[cold]
    pub(crate) fn preloaded_class(&mut self, lc_name: &[u8]) -> Option<ClassRef> {
        let table = self.preload.clone()?;
        match table.classes.get(lc_name)? {
            Entry::Declared(member) => self.link_preloaded(&table, *member),
            Entry::Alias(target) => {
                let class = self.find_class(target)?;
                self.classes.insert(PhpString::from_bytes(lc_name), class);
                Some(class)
            }
        }
    }

    fn link_preloaded(&mut self, table: &PreloadTable, member: Member) -> Option<ClassRef> {
        let unit = self.preloaded_unit(table, member.unit);
        let decl = &unit.classes[member.index as usize];
        if self.oop.linking.iter().any(|class| is_of(*class, decl)) {
            return None;
        }
        // It has been linked before, with the same result: whatever it needs is preloaded or native, and its warnings have been
        // given.
        let (autoload, pending) = (std::mem::take(&mut self.autoload), self.exception.take());
        let (linked, _) = self.hold_errors(|cx| link::link_class(cx, unit, member.index, mark::PRELOADED));
        self.autoload = autoload;
        self.exception = pending;
        linked.ok()
    }

    fn preloaded_unit(&mut self, table: &PreloadTable, number: u32) -> UnitRef {
        let loaded = &table.units[number as usize];
        if !self.units.has(loaded.unit) {
            let held = self.loader.clone().hold(loaded);
            self.units.add(&held);
        }
        loaded.unit
    }

    /// All functions that scripts have declared, preloaded ones first.
    pub fn user_functions(&mut self) -> Vec<FuncRef> {
        let table = self.preload.clone().unwrap_or_default();
        let mut all: Vec<FuncRef> =
            table.function_order.iter().filter_map(|name| self.find_function(name)).collect();
        all.extend(&self.function_order);
        all
    }

    /// All classes that scripts have declared, and aliases that they have made, with their lower-case names; preloaded ones
    /// first.
    pub fn user_classes(&mut self) -> Vec<(PhpString, ClassRef)> {
        let table = self.preload.clone().unwrap_or_default();
        let preloaded = table.class_order.iter();
        let mut all: Vec<(PhpString, ClassRef)> = preloaded
            .filter_map(|name| self.find_class(name).map(|class| (PhpString::from_bytes(name), class)))
            .collect();
        let own =
            self.class_order.iter().filter(|(name, class)| class.decl.is_some() || *name != class.lc_name);
        all.extend(own.filter(|(name, _)| !table.classes.contains_key(name.as_bytes())).cloned());
        all
    }
}
