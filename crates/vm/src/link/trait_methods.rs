//! Methods of traits: precedence rules, aliases, collisions.

use super::Linker;
use crate::class::ClassRef;
use crate::func::FuncRef;
use crate::kept;
use crate::thrown::PhpResult;
use phalanx_bytecode::flags::{class as class_flags, func as flags};
use phalanx_bytecode::unit::TraitRuleRef;
use phalanx_value::PhpString;

const VISIBILITY: u32 = flags::PUBLIC | flags::PROTECTED | flags::PRIVATE;

/// A rule whose names are resolved.
pub(super) struct Rule {
    decl: &'static TraitRuleRef,
    /// Trait it is about.
    from: ClassRef,
    lc_method: Vec<u8>,
    excludes: Vec<ClassRef>,
}

impl Linker<'_> {
    /// Adds what traits bring. Abstract methods are handed back: they are checked once the parent is inherited.
    pub(super) fn bind_traits(
        &mut self,
        traits: &[ClassRef],
        rules: &[Rule],
    ) -> PhpResult<Vec<(PhpString, FuncRef)>> {
        if traits.is_empty() {
            return Ok(Vec::new());
        }
        for rule in rules {
            if let Some(alias) = &rule.decl.alias {
                let target = format!("{}::{}", rule.from.name, rule.decl.method);
                self.edit().trait_aliases.push((alias.clone(), kept::text(target.as_bytes())));
            }
        }
        let mut later = Vec::new();
        for &from in traits {
            for (lc_name, method) in from.methods.entries() {
                for rule in rules.iter().filter(|rule| rule.from == from && rule.lc_method == **lc_name) {
                    if let Some(alias) = &rule.decl.alias {
                        self.bring(alias.clone(), *method, rule.decl.flags, &mut later)?;
                    }
                }
                if rules.iter().any(|rule| rule.lc_method == **lc_name && rule.excludes.contains(&from)) {
                    continue;
                }
                let change = rules
                    .iter()
                    .filter(|rule| rule.from == from && rule.decl.alias.is_none() && rule.excludes.is_empty())
                    .filter(|rule| rule.lc_method == **lc_name)
                    .fold(0, |bits, rule| bits | rule.decl.flags);
                self.bring(method.name.clone(), *method, change, &mut later)?;
            }
        }
        self.bind_consts(traits)?;
        self.bind_props(traits)?;
        Ok(later)
    }

    /// Adds a method of a trait under `name`, with changed visibility.
    fn bring(
        &mut self,
        name: PhpString,
        method: FuncRef,
        change: u32,
        later: &mut Vec<(PhpString, FuncRef)>,
    ) -> PhpResult {
        let class = self.class;
        let lc_name: PhpString = name.to_ascii_lowercase().into();
        let mut func = self.copy(method, Some(class));
        func.name = kept::name(name);
        func.origin = method.origin;
        if change & VISIBILITY != 0 {
            func.flags = func.flags & !VISIBILITY | change & VISIBILITY;
        }
        func.flags |= change & flags::FINAL;
        func.flags &= !flags::CONSTRUCTOR;
        if lc_name == "__construct" {
            func.flags |= flags::CONSTRUCTOR;
        }
        if func.has(flags::ABSTRACT) {
            // Until it is bound it is the trait's, as messages show it.
            func.scope = method.scope;
            later.push((lc_name, FuncRef::leak(func)));
            return Ok(());
        }
        if let Some(old) = class.method(&lc_name) {
            let from_trait = old.origin != Some(class);
            let same = old.proto().map(std::ptr::from_ref) == func.proto().map(std::ptr::from_ref)
                && old.flags & VISIBILITY == func.flags & VISIBILITY;
            if !from_trait || same {
                return Ok(());
            }
            let brought =
                |func: Option<ClassRef>| func.map_or_else(String::new, |class| class.name.to_string());
            let text = format!(
                "Trait method {}::{} has not been applied as {}::{}, because of collision with {}::{}",
                brought(method.scope),
                method.name,
                class.shown_name(),
                func.name,
                brought(self.trait_of(old)),
                old.name,
            );
            return Err(self.fatal(&text));
        }
        self.edit().methods.insert(lc_name, FuncRef::leak(func));
        Ok(())
    }

    /// The used trait that a method came from.
    fn trait_of(&self, method: FuncRef) -> Option<ClassRef> {
        let proto = method.proto().map(std::ptr::from_ref);
        let has = |from: &&ClassRef| from.methods.iter().any(|m| m.proto().map(std::ptr::from_ref) == proto);
        self.class.traits.iter().find(has).copied().or(method.origin)
    }

    /// Abstract methods of traits: what the class has must satisfy them.
    pub(super) fn bind_abstract(&mut self, methods: Vec<(PhpString, FuncRef)>) -> PhpResult {
        for (lc_name, method) in methods {
            match self.class.method(&lc_name) {
                Some(existing) => self.check_override(existing, method, false)?,
                None => {
                    let bound = FuncRef::leak(self.copy(method, Some(self.class)));
                    self.edit().methods.insert(lc_name, bound);
                }
            }
        }
        Ok(())
    }

    pub(super) fn resolve_rules(&mut self, traits: &[ClassRef]) -> PhpResult<Vec<Rule>> {
        let mut rules: Vec<Rule> = Vec::new();
        for decl in self.decl.trait_rules.iter() {
            let lc_method = decl.method.to_ascii_lowercase();
            let from = match &decl.trait_name {
                Some(name) => self.rule_trait(name, traits)?,
                None => self.find_rule_trait(decl, &lc_method, traits)?,
            };
            let mut rule = Rule { decl, from, lc_method, excludes: Vec::new() };
            if decl.trait_name.is_some() && from.method(&rule.lc_method).is_none() {
                let what = if decl.excludes.is_empty() { "An alias was" } else { "A precedence rule was" };
                let text = format!(
                    "{what} defined for {}::{} but this method does not exist",
                    from.name, decl.method
                );
                return Err(self.fatal(&text));
            }
            for exclude in decl.excludes.iter() {
                let excluded = self.rule_trait(&exclude.name, traits)?;
                if excluded == from {
                    let text = format!(
                        "Inconsistent insteadof definition. The method {} is to be used from {}, but {} is also on the \
                         exclude list",
                        decl.method, from.name, from.name
                    );
                    return Err(self.fatal(&text));
                }
                let twice = rules
                    .iter()
                    .any(|other| other.lc_method == rule.lc_method && other.excludes.contains(&excluded));
                if twice || rule.excludes.contains(&excluded) {
                    let text = format!(
                        "Failed to evaluate a trait precedence ({}). Method of trait {} was defined to be excluded \
                         multiple times",
                        decl.method, excluded.name
                    );
                    return Err(self.fatal(&text));
                }
                rule.excludes.push(excluded);
            }
            rules.push(rule);
        }
        Ok(rules)
    }

    /// The trait that a rule names.
    fn rule_trait(&mut self, name: &PhpString, traits: &[ClassRef]) -> PhpResult<ClassRef> {
        let lower = name.to_ascii_lowercase();
        if let Some(class) = traits.iter().find(|class| class.lc_name == *lower) {
            return Ok(*class);
        }
        let Some(class) = self.load(name)? else {
            return Err(self.fatal(&format!("Could not find trait {name}")));
        };
        if traits.contains(&class) {
            return Ok(class);
        }
        if !class.has(class_flags::TRAIT) {
            let text = format!(
                "Class {} is not a trait, Only traits may be used in 'as' and 'insteadof' statements",
                class.name
            );
            return Err(self.fatal(&text));
        }
        let text = format!("Required Trait {} wasn't added to {}", class.name, self.class.shown_name());
        Err(self.fatal(&text))
    }

    /// The trait that has the method of a rule without a trait name.
    fn find_rule_trait(
        &mut self,
        decl: &TraitRuleRef,
        lc_method: &[u8],
        traits: &[ClassRef],
    ) -> PhpResult<ClassRef> {
        let having: Vec<ClassRef> =
            traits.iter().copied().filter(|t| t.method(lc_method).is_some()).collect();
        let method = &decl.method;
        let text = match having[..] {
            [one] => return Ok(one),
            [] => match &decl.alias {
                Some(alias) => {
                    format!(
                        "An alias ({alias}) was defined for method {method}(), but this method does not exist"
                    )
                }
                None => format!(
                    "The modifiers of the trait method {method}() are changed, but this method does not exist. Error"
                ),
            },
            [one, two, ..] => format!(
                "An alias was defined for method {method}(), which exists in both {0} and {1}. Use {0}::{method} or \
                 {1}::{method} to resolve the ambiguity",
                one.name, two.name
            ),
        };
        Err(self.fatal(&text))
    }
}
