//! Turns `php.grammar` into `generated.rs`: an LALR(1) automaton with the default reductions of Bison, on which the
//! wording of PHP's syntax errors depends.
//!
//! The lookaheads are computed by the method of DeRemer and Pennello ("Efficient Computation of LALR(1) Look-Ahead Sets",
//! 1982), with plain iteration in place of their traversal of strongly connected components: the grammar is small.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

use phalanx_syntax::TokenKind;

/// The grammar's text.
pub const GRAMMAR: &str = include_str!("../src/lalr/php.grammar");

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Assoc {
    Left,
    Right,
    Never,
    Precedence,
}

struct Rule {
    lhs: usize,
    rhs: Vec<usize>,
    prec: Option<usize>,
}

/// Symbols below `tokens` are terminals: first the end of the source, then in the order in which messages list them.
struct Grammar {
    names: Vec<String>,
    tokens: usize,
    prec: HashMap<usize, (usize, Assoc)>,
    rules: Vec<Rule>,
}

/// A set of terminals.
type Set = [u64; 3];

fn insert(set: &mut Set, token: usize) {
    set[token / 64] |= 1 << (token % 64);
}

fn contains(set: &Set, token: usize) -> bool {
    set[token / 64] >> (token % 64) & 1 == 1
}

fn union(into: &mut Set, from: &Set) -> bool {
    let before = *into;
    for (word, more) in into.iter_mut().zip(from) {
        *word |= more;
    }
    *into != before
}

fn is_terminal_name(name: &str) -> bool {
    name.starts_with('\'') || name.chars().all(|c| c.is_ascii_uppercase() || c == '_')
}

fn parse_grammar(text: &str) -> Grammar {
    let mut levels: Vec<(Assoc, Vec<String>)> = Vec::new();
    let mut rules: Vec<(String, Vec<String>, Option<String>)> = Vec::new();
    let mut lhs = String::new();
    let mut current: Option<(Vec<String>, Option<String>)> = None;
    for line in text.lines() {
        let mut words: Vec<&str> = line.split_whitespace().collect();
        let Some(&first) = words.first() else { continue };
        if first == "#" || first.starts_with("# ") {
            continue;
        }
        let assoc = match first {
            "%left" => Some(Assoc::Left),
            "%right" => Some(Assoc::Right),
            "%nonassoc" => Some(Assoc::Never),
            "%precedence" => Some(Assoc::Precedence),
            _ => None,
        };
        if let Some(assoc) = assoc {
            levels.push((assoc, words[1..].iter().map(|word| word.to_string()).collect()));
            continue;
        }
        if !line.starts_with(' ')
            && let Some(name) = first.strip_suffix(':')
        {
            if let Some((rhs, prec)) = current.take() {
                rules.push((lhs, rhs, prec));
            }
            lhs = name.to_string();
            current = None;
            words.remove(0);
        }
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            match word {
                "|" => {
                    let (rhs, prec) = current.take().expect("an alternative before |");
                    rules.push((lhs.clone(), rhs, prec));
                    current = Some((Vec::new(), None));
                }
                "%empty" => {
                    current.get_or_insert_default();
                }
                "%prec" => {
                    let token = words.next().expect("a token behind %prec").to_string();
                    current.get_or_insert_default().1 = Some(token);
                }
                _ => current.get_or_insert_default().0.push(word.to_string()),
            }
        }
    }
    if let Some((rhs, prec)) = current.take() {
        rules.push((lhs, rhs, prec));
    }

    // An action in the middle becomes an empty rule that stands before the rule it interrupts.
    let mut expanded: Vec<(String, Vec<String>, Option<String>)> = Vec::new();
    let mut actions = 0;
    for (lhs, mut rhs, prec) in rules {
        for word in &mut rhs {
            if word == "{}" {
                actions += 1;
                *word = format!("$action{actions}");
                expanded.push((word.clone(), Vec::new(), None));
            }
        }
        expanded.push((lhs, rhs, prec));
    }
    let rules = expanded;

    // Terminals: characters of the precedence section, named tokens in PHP's order, other characters.
    let mut names: Vec<String> = vec!["END".into()];
    let push = |names: &mut Vec<String>, name: &str| {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_string());
        }
    };
    let declared = || levels.iter().flat_map(|level| level.1.iter());
    let used = || rules.iter().flat_map(|rule| rule.1.iter()).filter(|name| is_terminal_name(name));
    declared().filter(|name| name.starts_with('\'')).for_each(|name| push(&mut names, name));
    let mut named: Vec<&String> = declared().chain(used()).filter(|name| !name.starts_with('\'')).collect();
    named.sort_by_key(|name| token_kind(name).map_or(0, |kind| kind.php_id()));
    named.into_iter().for_each(|name| push(&mut names, name));
    used().filter(|name| name.starts_with('\'')).for_each(|name| push(&mut names, name));
    let tokens = names.len();
    rules.iter().for_each(|rule| push(&mut names, &rule.0));

    let index: HashMap<&str, usize> = names.iter().enumerate().map(|(i, name)| (name.as_str(), i)).collect();
    let symbol =
        |name: &String| *index.get(name.as_str()).unwrap_or_else(|| panic!("undefined symbol {name}"));
    let mut prec = HashMap::new();
    for (level, (assoc, names)) in levels.iter().enumerate() {
        for name in names {
            prec.insert(symbol(name), (level, *assoc));
        }
    }
    // Rule 0 is `$accept: start END`.
    let mut numbered = vec![Rule { lhs: usize::MAX, rhs: vec![symbol(&"start".to_string()), 0], prec: None }];
    for (lhs, rhs, rule_prec) in &rules {
        let rhs: Vec<usize> = rhs.iter().map(symbol).collect();
        let last_terminal = rhs.iter().rev().copied().find(|&symbol| symbol < tokens);
        let prec = rule_prec.as_ref().map(symbol).or(last_terminal);
        numbered.push(Rule { lhs: symbol(lhs), rhs, prec });
    }
    drop(index);
    Grammar { names, tokens, prec, rules: numbered }
}

/// The token kind of a terminal of the grammar.
fn token_kind(name: &str) -> Option<TokenKind> {
    match name {
        "END" => Some(TokenKind::End),
        "T_PAAMAYIM_NEKUDOTAYIM" => TokenKind::from_name("T_DOUBLE_COLON"),
        _ => TokenKind::from_name(name.trim_matches('\'')),
    }
}

type Item = (usize, usize);

struct State {
    kernel: Vec<Item>,
    /// Successors by symbol.
    transitions: BTreeMap<usize, usize>,
    /// Rules that may be reduced here, in order.
    reductions: Vec<usize>,
}

/// The LR(0) automaton.
fn automaton(grammar: &Grammar) -> Vec<State> {
    let by_lhs: HashMap<usize, Vec<usize>> =
        grammar.rules.iter().enumerate().fold(HashMap::new(), |mut map, (number, rule)| {
            map.entry(rule.lhs).or_insert_with(Vec::new).push(number);
            map
        });
    let mut states = Vec::new();
    let mut known: HashMap<Vec<Item>, usize> = HashMap::new();
    let mut pending = vec![vec![(0, 0)]];
    known.insert(vec![(0, 0)], 0);
    let mut next = 0;
    while next < pending.len() {
        let kernel = pending[next].clone();
        let mut closure: BTreeSet<Item> = kernel.iter().copied().collect();
        let mut work = kernel.clone();
        while let Some((rule, dot)) = work.pop() {
            if let Some(&symbol) = grammar.rules[rule].rhs.get(dot)
                && symbol >= grammar.tokens
            {
                for &rule in &by_lhs[&symbol] {
                    if closure.insert((rule, 0)) {
                        work.push((rule, 0));
                    }
                }
            }
        }
        let mut successors: BTreeMap<usize, Vec<Item>> = BTreeMap::new();
        let mut reductions = Vec::new();
        for &(rule, dot) in &closure {
            match grammar.rules[rule].rhs.get(dot) {
                Some(&symbol) => successors.entry(symbol).or_default().push((rule, dot + 1)),
                None => reductions.push(rule),
            }
        }
        let mut transitions = BTreeMap::new();
        for (symbol, mut kernel) in successors {
            kernel.sort_unstable();
            let target = *known.entry(kernel.clone()).or_insert_with(|| {
                pending.push(kernel);
                pending.len() - 1
            });
            transitions.insert(symbol, target);
        }
        states.push(State { kernel, transitions, reductions });
        next += 1;
    }
    states
}

/// For each reduction of each state the terminals on which it may happen.
fn lookaheads(grammar: &Grammar, states: &[State]) -> HashMap<(usize, usize), Set> {
    let mut nullable = vec![false; grammar.names.len()];
    loop {
        let before = nullable.clone();
        for rule in &grammar.rules[1..] {
            if rule.rhs.iter().all(|&symbol| nullable[symbol]) {
                nullable[rule.lhs] = true;
            }
        }
        if nullable == before {
            break;
        }
    }
    // Transitions on non-terminals.
    let mut numbers: HashMap<(usize, usize), usize> = HashMap::new();
    let mut gotos = Vec::new();
    for (state, node) in states.iter().enumerate() {
        for (&symbol, &target) in node.transitions.range(grammar.tokens..) {
            numbers.insert((state, symbol), gotos.len());
            gotos.push((state, symbol, target));
        }
    }
    let mut sets: Vec<Set> = vec![[0; 3]; gotos.len()];
    let mut reads: Vec<Vec<usize>> = vec![Vec::new(); gotos.len()];
    for (number, &(_, _, target)) in gotos.iter().enumerate() {
        for &symbol in states[target].transitions.keys() {
            if symbol < grammar.tokens {
                insert(&mut sets[number], symbol);
            } else if nullable[symbol] {
                reads[number].push(numbers[&(target, symbol)]);
            }
        }
    }
    close(&mut sets, &reads);
    let mut includes: Vec<Vec<usize>> = vec![Vec::new(); gotos.len()];
    let mut lookback: HashMap<(usize, usize), Vec<usize>> = HashMap::new();
    for (number, &(start, lhs, _)) in gotos.iter().enumerate() {
        for (rule_number, rule) in grammar.rules.iter().enumerate().filter(|(_, rule)| rule.lhs == lhs) {
            let mut state = start;
            for (at, &symbol) in rule.rhs.iter().enumerate() {
                if symbol >= grammar.tokens && rule.rhs[at + 1..].iter().all(|&symbol| nullable[symbol]) {
                    includes[numbers[&(state, symbol)]].push(number);
                }
                state = states[state].transitions[&symbol];
            }
            lookback.entry((state, rule_number)).or_default().push(number);
        }
    }
    close(&mut sets, &includes);
    lookback
        .into_iter()
        .map(|(reduction, numbers)| {
            let mut set = [0; 3];
            numbers.iter().for_each(|&number| {
                union(&mut set, &sets[number]);
            });
            (reduction, set)
        })
        .collect()
}

/// Adds to each set those it depends on, until nothing changes.
fn close(sets: &mut [Set], edges: &[Vec<usize>]) {
    loop {
        let mut changed = false;
        for (number, targets) in edges.iter().enumerate() {
            let mut set = sets[number];
            for &target in targets {
                changed |= union(&mut set, &sets[target].clone());
            }
            sets[number] = set;
        }
        if !changed {
            return;
        }
    }
}

/// What a state does: the actions on terminals that differ from its default reduction.
struct Row {
    default: usize,
    actions: BTreeMap<usize, i32>,
}

/// An action in the tables: 0 is an error, positive a state to shift to, negative a rule to reduce.
const ERROR: i32 = 0;

fn rows(grammar: &Grammar, states: &[State], lookaheads: &HashMap<(usize, usize), Set>) -> Vec<Row> {
    let mut conflicts = Vec::new();
    let rows = states
        .iter()
        .enumerate()
        .map(|(number, state)| {
            let mut actions: BTreeMap<usize, i32> = BTreeMap::new();
            let shifts: BTreeMap<usize, usize> =
                state.transitions.range(..grammar.tokens).map(|(&token, &target)| (token, target)).collect();
            for (&token, &target) in &shifts {
                // Shifting the end of the source is accepting; state 0 is never shifted to, so its number is free.
                actions.insert(token, target as i32);
            }
            let mut explicit_errors = BTreeSet::new();
            for &rule in &state.reductions {
                let Some(set) = lookaheads.get(&(number, rule)) else { continue };
                for token in (0..grammar.tokens).filter(|&token| contains(set, token)) {
                    if shifts.contains_key(&token) {
                        let rule_prec = grammar.rules[rule].prec.and_then(|symbol| grammar.prec.get(&symbol));
                        match (rule_prec, grammar.prec.get(&token)) {
                            (Some((rule_level, _)), Some((level, assoc))) => {
                                if rule_level > level || (rule_level == level && *assoc == Assoc::Left) {
                                    actions.insert(token, -(rule as i32));
                                } else if rule_level == level && *assoc == Assoc::Never {
                                    actions.insert(token, ERROR);
                                    explicit_errors.insert(token);
                                } else if rule_level == level && *assoc == Assoc::Precedence {
                                    conflicts.push((number, rule, token));
                                }
                            }
                            _ => conflicts.push((number, rule, token)),
                        }
                    } else if let Some(&other) = actions.get(&token) {
                        conflicts.push((number, rule, token));
                        let _ = other;
                    } else {
                        actions.insert(token, -(rule as i32));
                    }
                }
            }
            // The default is the reduction that happens on most terminals, the first one of those.
            let mut default = 0;
            let mut most = 0;
            let consistent = state.reductions.len() == 1 && shifts.is_empty();
            if consistent {
                default = state.reductions[0];
            } else {
                for &rule in &state.reductions {
                    let count = actions.values().filter(|&&action| action == -(rule as i32)).count();
                    if count > most {
                        most = count;
                        default = rule;
                    }
                }
            }
            if default != 0 {
                actions.retain(|_, action| *action != -(default as i32));
            } else {
                actions.retain(|_, action| *action != ERROR);
            }
            if consistent {
                actions.clear();
            }
            Row { default, actions }
        })
        .collect();
    for (state, rule, token) in &conflicts {
        let rule = &grammar.rules[*rule];
        let rhs: Vec<&str> = rule.rhs.iter().map(|&symbol| grammar.names[symbol].as_str()).collect();
        eprintln!(
            "conflict in state {state} on {}: {} -> {}",
            grammar.names[*token],
            grammar.names.get(rule.lhs).map_or("$accept", |name| name),
            rhs.join(" ")
        );
        for &(rule, dot) in &states[*state].kernel {
            let rhs: Vec<&str> =
                grammar.rules[rule].rhs.iter().map(|&symbol| grammar.names[symbol].as_str()).collect();
            eprintln!("    {} . {}", rhs[..dot].join(" "), rhs[dot..].join(" "));
        }
    }
    assert!(conflicts.is_empty(), "the grammar has {} conflicts", conflicts.len());
    rows
}

/// The text of `generated.rs`.
pub fn generate() -> String {
    let grammar = parse_grammar(GRAMMAR);
    let states = automaton(&grammar);
    let lookaheads = lookaheads(&grammar, &states);
    let rows = rows(&grammar, &states, &lookaheads);

    let mut out = String::from(
        "//! The LALR(1) tables of `php.grammar`.\n//!\n//! Generated by: cargo xtask codegen\n\nuse crate::token::TokenKind as T;\n\n",
    );
    // Tokens that only name a precedence never come from the scanner.
    let kinds: Vec<String> = grammar.names[..grammar.tokens]
        .iter()
        .map(|name| token_kind(name).map_or("None".into(), |kind| format!("Some(T::{kind:?})")))
        .collect();
    let _ = writeln!(out, "/// The terminals, in the order in which messages list them.");
    let _ = writeln!(out, "pub(super) static TERMINALS: &[Option<T>] = &[{}];\n", kinds.join(", "));

    let rules: Vec<String> = grammar
        .rules
        .iter()
        .map(|rule| format!("({}, {})", rule.lhs.wrapping_sub(grammar.tokens) as u16, rule.rhs.len()))
        .collect();
    let _ = writeln!(out, "/// The left side (a non-terminal) and the length of each rule.");
    let _ = writeln!(out, "pub(super) static RULES: &[(u16, u8)] = &[{}];\n", rules.join(", "));

    // Equal rows are stored once. A row is its length and pairs of terminal and action.
    let mut pool: Vec<i32> = Vec::new();
    let mut places: HashMap<Vec<(usize, i32)>, usize> = HashMap::new();
    let mut entries = Vec::new();
    for row in &rows {
        let key: Vec<(usize, i32)> = row.actions.iter().map(|(&token, &action)| (token, action)).collect();
        let place = *places.entry(key.clone()).or_insert_with(|| {
            let place = pool.len();
            pool.push(key.len() as i32);
            key.iter().for_each(|&(token, action)| pool.extend([token as i32, action]));
            place
        });
        entries.push(format!("({}, {})", row.default, place));
    }
    let _ = writeln!(
        out,
        "/// The default reduction of each state (0: none) and the place of its row in `ACTIONS`."
    );
    let _ = writeln!(out, "pub(super) static STATES: &[(u16, u16)] = &[{}];\n", entries.join(", "));
    let numbers: Vec<String> = pool.iter().map(ToString::to_string).collect();
    let _ = writeln!(out, "/// Rows: a count, then as many pairs of terminal and action.");
    let _ = writeln!(out, "pub(super) static ACTIONS: &[i16] = &[{}];\n", numbers.join(", "));

    // Gotos by non-terminal: the most frequent target, then the exceptions.
    let mut places = Vec::new();
    let mut pool: Vec<usize> = Vec::new();
    for symbol in grammar.tokens..grammar.names.len() {
        let targets: Vec<(usize, usize)> = states
            .iter()
            .enumerate()
            .filter_map(|(number, state)| Some((number, *state.transitions.get(&symbol)?)))
            .collect();
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        targets.iter().for_each(|&(_, target)| *counts.entry(target).or_default() += 1);
        let common = counts.iter().max_by_key(|&(target, count)| (count, std::cmp::Reverse(target)));
        let common = common.map_or(0, |(&target, _)| target);
        let exceptions: Vec<_> = targets.into_iter().filter(|&(_, target)| target != common).collect();
        places.push(pool.len().to_string());
        pool.extend([common, exceptions.len()]);
        exceptions.iter().for_each(|&(state, target)| pool.extend([state, target]));
    }
    let _ = writeln!(out, "/// The place of each non-terminal's row in `GOTOS`.");
    let _ = writeln!(out, "pub(super) static GOTO_ROWS: &[u16] = &[{}];\n", places.join(", "));
    let numbers: Vec<String> = pool.iter().map(ToString::to_string).collect();
    let _ = writeln!(out, "/// Rows: the usual target, a count, then as many pairs of state and target.");
    let _ = writeln!(out, "pub(super) static GOTOS: &[u16] = &[{}];", numbers.join(", "));
    wrap(&out)
}

/// Breaks long lines at commas.
fn wrap(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let mut rest = line;
        while rest.len() > 110 {
            let Some(at) = rest[..110].rfind(", ") else { break };
            out.push_str(&rest[..=at]);
            out.push('\n');
            rest = &rest[at + 2..];
        }
        out.push_str(rest);
        out.push('\n');
    }
    out
}
