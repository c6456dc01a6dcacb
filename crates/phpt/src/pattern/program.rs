//! From the tree to a flat program for the matcher.

use super::parse::{Anchor, ByteSet, Greed, Node, PatternError};

/// One instruction. Targets are indices into the same program.
#[derive(Clone, Debug)]
pub(super) enum Inst {
    Literal(Vec<u8>),
    Set(ByteSet),
    /// A set repeated, the commonest loop, in one instruction.
    RepeatSet {
        set: ByteSet,
        min: u32,
        max: u32,
        greed: Greed,
    },
    /// Tries the first target, then the second.
    Split(usize, usize),
    Jump(usize),
    /// Writes the position into a slot; used for captures and for marks of loops.
    Save(usize),
    /// Fails when the position is still the slot's: an iteration that consumed nothing ends its loop.
    CheckProgress(usize),
    BackReference(usize),
    Anchor(Anchor),
    Look {
        program: Box<Program>,
        ahead: bool,
        negative: bool,
    },
    Atomic(Box<Program>),
    Match,
}

/// A program and what the matcher has to know of it.
#[derive(Clone, Debug)]
pub(super) struct Program {
    pub(super) code: Vec<Inst>,
    pub(super) slots: usize,
    /// With a back reference, what follows depends on more than instruction and position.
    pub(super) has_references: bool,
}

/// More than any expectation needs; stops `(((a{999}){999}){999})`.
const MAX_CODE: usize = 1 << 20;

pub(super) fn compile(tree: &Node) -> Result<Program, PatternError> {
    let captures = 2 * (highest_group(tree) + 1);
    compile_with(tree, captures)
}

fn compile_with(tree: &Node, slots: usize) -> Result<Program, PatternError> {
    let mut program = Program { code: Vec::new(), slots, has_references: false };
    program.emit(tree)?;
    program.push(Inst::Match)?;
    Ok(program)
}

fn highest_group(node: &Node) -> usize {
    match node {
        Node::Byte(_) | Node::Set(_) | Node::Anchor(_) => 0,
        Node::Concat(nodes) | Node::Alternate(nodes) => nodes.iter().map(highest_group).max().unwrap_or(0),
        Node::Repeat { node, .. } | Node::Look { node, .. } | Node::Atomic(node) => highest_group(node),
        Node::Capture { index, node } => highest_group(node).max(*index),
        Node::BackReference(index) => *index,
    }
}

impl Program {
    fn push(&mut self, inst: Inst) -> Result<usize, PatternError> {
        if self.code.len() >= MAX_CODE {
            return Err(PatternError { offset: 0, message: "pattern is too large" });
        }
        self.code.push(inst);
        Ok(self.code.len() - 1)
    }

    fn emit(&mut self, node: &Node) -> Result<(), PatternError> {
        match node {
            Node::Byte(byte) => {
                self.push(Inst::Literal(vec![*byte]))?;
            }
            Node::Set(set) => {
                self.push(Inst::Set(*set))?;
            }
            Node::Anchor(anchor) => {
                self.push(Inst::Anchor(*anchor))?;
            }
            Node::Concat(nodes) => self.concat(nodes)?,
            Node::Alternate(branches) => self.alternate(branches)?,
            Node::Repeat { node, min, max, greed } => self.repeat(node, *min, *max, *greed)?,
            Node::Capture { index, node } => {
                self.push(Inst::Save(2 * index))?;
                self.emit(node)?;
                self.push(Inst::Save(2 * index + 1))?;
            }
            Node::BackReference(index) => {
                self.has_references = true;
                self.push(Inst::BackReference(*index))?;
            }
            Node::Look { node, ahead, negative } => {
                let program = Box::new(self.inner(node)?);
                self.push(Inst::Look { program, ahead: *ahead, negative: *negative })?;
            }
            Node::Atomic(node) => {
                let program = Box::new(self.inner(node)?);
                self.push(Inst::Atomic(program))?;
            }
        }
        Ok(())
    }

    fn inner(&mut self, node: &Node) -> Result<Program, PatternError> {
        // Captures are shared with the program around it, marks of loops are its own.
        let program = compile_with(node, self.slots)?;
        self.slots = program.slots;
        self.has_references |= program.has_references;
        Ok(program)
    }

    /// Joins runs of plain bytes into one instruction.
    fn concat(&mut self, nodes: &[Node]) -> Result<(), PatternError> {
        let mut rest = nodes;
        while let Some(node) = rest.first() {
            let run: Vec<u8> = rest
                .iter()
                .map_while(|node| if let Node::Byte(byte) = node { Some(*byte) } else { None })
                .collect();
            if run.is_empty() {
                self.emit(node)?;
                rest = &rest[1..];
            } else {
                rest = &rest[run.len()..];
                self.push(Inst::Literal(run))?;
            }
        }
        Ok(())
    }

    fn alternate(&mut self, branches: &[Node]) -> Result<(), PatternError> {
        let mut jumps = Vec::new();
        for (index, branch) in branches.iter().enumerate() {
            if index + 1 == branches.len() {
                self.emit(branch)?;
                break;
            }
            let split = self.push(Inst::Split(0, 0))?;
            self.emit(branch)?;
            jumps.push(self.push(Inst::Jump(0))?);
            self.code[split] = Inst::Split(split + 1, self.code.len());
        }
        let end = self.code.len();
        jumps.into_iter().for_each(|jump| self.code[jump] = Inst::Jump(end));
        Ok(())
    }

    fn repeat(&mut self, node: &Node, min: u32, max: Option<u32>, greed: Greed) -> Result<(), PatternError> {
        let set = match node {
            Node::Set(set) => Some(*set),
            _ => None,
        };
        if let Some(set) = set {
            self.push(Inst::RepeatSet { set, min, max: max.unwrap_or(u32::MAX), greed })?;
            return Ok(());
        }
        if greed == Greed::Possessive {
            let greedy = Node::Repeat { node: Box::new(node.clone()), min, max, greed: Greed::Greedy };
            let program = Box::new(self.inner(&greedy)?);
            self.push(Inst::Atomic(program))?;
            return Ok(());
        }
        for _ in 0..min {
            self.emit(node)?;
        }
        let split =
            |body, exit| if greed == Greed::Lazy { Inst::Split(exit, body) } else { Inst::Split(body, exit) };
        match max {
            Some(max) => {
                let mut splits = Vec::new();
                for _ in min..max {
                    splits.push(self.push(Inst::Split(0, 0))?);
                    self.emit(node)?;
                }
                let end = self.code.len();
                splits.into_iter().for_each(|at| self.code[at] = split(at + 1, end));
            }
            None => {
                let mark = self.slots;
                self.slots += 1;
                let start = self.push(Inst::Split(0, 0))?;
                self.push(Inst::Save(mark))?;
                self.emit(node)?;
                self.push(Inst::CheckProgress(mark))?;
                self.push(Inst::Jump(start))?;
                self.code[start] = split(start + 1, self.code.len());
            }
        }
        Ok(())
    }
}
