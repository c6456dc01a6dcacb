//! Order and dominance of blocks.

use super::{Blk, Func};

/// What passes ask of the graph of a function. Blocks that cannot be reached are in none of it.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Graph {
    /// Reverse postorder: a block stands behind those that dominate it.
    pub order: Vec<Blk>,
    /// Place in the order, by block.
    place: Vec<Option<u32>>,
    /// Where blocks are jumped to from: those of a block from its number in `starts` to the next one's.
    preds: Vec<Blk>,
    starts: Vec<u32>,
    /// The immediate dominator, by block; the entry's is itself.
    idom: Vec<Blk>,
}

impl Graph {
    pub(crate) fn new(func: &Func) -> Graph {
        let count = func.blocks.len();
        let mut order = Vec::with_capacity(count);
        let mut seen = vec![false; count];
        let mut open = vec![(Blk(0), 0)];
        seen[0] = true;
        while let Some((block, next)) = open.pop() {
            match func.block(block).end.edges().nth(next) {
                Some(edge) => {
                    open.push((block, next + 1));
                    if !std::mem::replace(&mut seen[edge.to.0 as usize], true) {
                        open.push((edge.to, 0));
                    }
                }
                None => order.push(block),
            }
        }
        order.reverse();
        let mut place = vec![None; count];
        for (index, block) in order.iter().enumerate() {
            place[block.0 as usize] = Some(index as u32);
        }
        let mut starts = vec![0; count + 1];
        let edges =
            || order.iter().flat_map(|&from| func.block(from).end.edges().map(move |edge| (from, edge.to)));
        edges().for_each(|(_, to)| starts[to.0 as usize + 1] += 1);
        for index in 0..count {
            starts[index + 1] += starts[index];
        }
        let mut preds = vec![Blk(0); starts[count] as usize];
        let mut next = starts.clone();
        for (from, to) in edges() {
            let next = &mut next[to.0 as usize];
            preds[*next as usize] = from;
            *next += 1;
        }
        let mut graph = Graph { order, place, preds, starts, idom: vec![Blk(0); count] };
        graph.find_dominators();
        graph
    }

    /// The algorithm of Cooper, Harvey and Kennedy.
    fn find_dominators(&mut self) {
        let mut known = vec![false; self.idom.len()];
        known[0] = true;
        let mut changed = true;
        while changed {
            changed = false;
            for &block in &self.order[1..] {
                let mut of = None;
                for &pred in self.preds(block) {
                    if known[pred.0 as usize] {
                        of = Some(of.map_or(pred, |other| self.common(pred, other)));
                    }
                }
                let Some(of) = of else { continue };
                if !known[block.0 as usize] || self.idom[block.0 as usize] != of {
                    self.idom[block.0 as usize] = of;
                    known[block.0 as usize] = true;
                    changed = true;
                }
            }
        }
    }

    /// The blocks of the loop that begins at `head`, which is the last of them; none if nothing leads back to it. Others than
    /// those it dominates are among them if the loop is entered elsewhere too.
    pub(crate) fn inside(&self, head: Blk) -> Vec<Blk> {
        let comes_after = |block: &Blk| self.place(*block) >= self.place(head);
        // From the blocks that lead back, against the jumps.
        let back = |block: Blk| self.preds(block).iter().copied().filter(comes_after);
        let mut open: Vec<Blk> = back(head).collect();
        if open.is_empty() {
            return Vec::new();
        }
        let mut seen = vec![false; self.place.len()];
        seen[head.0 as usize] = true;
        let mut inside = Vec::new();
        while let Some(block) = open.pop() {
            if !std::mem::replace(&mut seen[block.0 as usize], true) {
                inside.push(block);
                open.extend(back(block));
            }
        }
        inside.push(head);
        inside
    }

    fn common(&self, mut a: Blk, mut b: Blk) -> Blk {
        while a != b {
            while self.place(a) > self.place(b) {
                a = self.idom(a);
            }
            while self.place(b) > self.place(a) {
                b = self.idom(b);
            }
        }
        a
    }

    /// The blocks that lead to a block; one that does so twice is there twice.
    pub(crate) fn preds(&self, block: Blk) -> &[Blk] {
        let index = block.0 as usize;
        &self.preds[self.starts[index] as usize..self.starts[index + 1] as usize]
    }

    pub(crate) fn place(&self, block: Blk) -> Option<u32> {
        self.place[block.0 as usize]
    }

    pub(crate) fn idom(&self, block: Blk) -> Blk {
        self.idom[block.0 as usize]
    }

    pub(crate) fn dominates(&self, a: Blk, mut b: Blk) -> bool {
        while self.place(b) > self.place(a) {
            b = self.idom(b);
        }
        a == b
    }
}
