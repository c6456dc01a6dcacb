//! Ways from instruction to instruction: versions of blocks, and how a state becomes what one of them wants.

use super::state::{ArrayFacts, CtxId, Kind, Slot, State};
use super::{Builder, Stop};
use crate::ir::{Blk, Edge, End, Inst, Region, SnapId, Ty, Vals, Width};
use crate::profile::INDEXED;
use crate::runtime::Helper;
use crate::snapshot::{COUNTED, POLL};
use crate::types::{ARRAY, BOOL, FLOAT, INT, PLAIN};
use phalanx_value::Tag;
use std::rc::Rc;

/// Code of a block for a state.
#[derive(Clone)]
pub(super) struct Version {
    state: Rc<State>,
    block: Blk,
}

/// How many versions a block may have beside the one that expects everything in memory.
const VERSIONS: usize = 3;

impl Builder<'_> {
    /// Ends the block by going to instruction `to` of the innermost frame.
    pub(super) fn go(&mut self, to: u32, mut state: State) -> Result<(), Stop> {
        let ctx = state.top().ctx;
        let proto = self.proto(ctx);
        let known = self.is_known(proto, to);
        let Some(profile) = self.profile(proto).filter(|_| known) else {
            let snap = self.snapshot(&state, to, COUNTED)?;
            self.end(End::Exit(snap));
            return Ok(());
        };
        self.forget_dead(to, &mut state);
        let head = profile.loops.contains_key(&to);
        if head {
            let first = self.versions.is_empty();
            // The interpreter polls before it enters code.
            if !first && !std::mem::take(&mut self.polled) {
                self.poll(to, &state)?;
            }
            self.preload(to, &mut state)?;
            if first && self.request.bounds {
                let snap = self.snapshot(&state, to, COUNTED)?;
                self.func.loop_entry = Some((self.block, snap));
            }
        }
        let number = match self.version(ctx, to, &state) {
            Some(number) => number,
            None => {
                if self.versions.get(&(ctx, to)).map_or(0, Vec::len) >= VERSIONS {
                    self.sync(&mut state);
                }
                self.make_version(ctx, to, &state, head)
            }
        };
        let Version { state: wanted, block } = self.versions[&(ctx, to)][number].clone();
        let args = self.arrange(&mut state, &wanted);
        self.end(End::Jump(Edge { to: block, args }));
        Ok(())
    }

    /// The first version that works for the state.
    fn version(&self, ctx: CtxId, to: u32, state: &State) -> Option<usize> {
        let versions = self.versions.get(&(ctx, to))?;
        let fits = |version: &Version| {
            version.state.same_shape(state)
                && version.state.slots().zip(state.slots()).all(|(wanted, slot)| fits(*slot, *wanted))
        };
        let found = versions.iter().position(fits);
        if found.is_none() && versions.len() > VERSIONS {
            // The last one expects everything in memory.
            return Some(VERSIONS);
        }
        found
    }

    fn make_version(&mut self, ctx: CtxId, to: u32, state: &State, head: bool) -> usize {
        let block = self.func.new_block();
        let mut inside = state.clone();
        for slot in inside.slots_mut() {
            slot.kind = slot.kind.with_vals(|val| {
                let ty = self.func.ty(val);
                self.func.new_param(block, ty)
            });
        }
        inside.addresses_mut(|val| *val = self.func.new_param(block, Ty::Word));
        if head && let Some(profile) = self.profile(self.proto(ctx)) {
            let written = &profile.loops[&to].written;
            for (index, slot) in inside.top_mut().slots.iter_mut().enumerate() {
                if written.has(index) && slot.kind.is_scalar() {
                    slot.dirty = true;
                }
            }
        }
        let versions = self.versions.entry((ctx, to)).or_default();
        versions.push(Version { state: Rc::new(inside.clone()), block });
        let number = versions.len() - 1;
        self.open.push((block, to, inside));
        number
    }

    /// Makes of a state what a version wants; gives the arguments for it.
    fn arrange(&mut self, state: &mut State, wanted: &State) -> Vals {
        let places = self.places(state);
        let mut args = Vals::new();
        for (index, (slot, wanted)) in state.slots().zip(wanted.slots()).enumerate() {
            let in_memory = matches!(wanted.kind, Kind::Mem);
            if slot.kind.is_register() && (in_memory || slot.dirty && !wanted.dirty) {
                let (base, offset) = places[index];
                self.write_slot(base, offset, slot.kind);
            }
            if !in_memory {
                args.extend(slot.kind.vals().take(wanted.kind.vals().count()));
            }
        }
        state.addresses_mut(|val| args.push(*val));
        args
    }

    /// Variables that nobody reads any more are not kept in registers. Parameters stay: backtraces show them.
    fn forget_dead(&mut self, to: u32, state: &mut State) {
        let proto = self.proto_ref(self.proto(state.top().ctx));
        let Some(profile) = self.profile(proto) else { return };
        if profile.symbols {
            return;
        }
        for index in proto.params.len()..proto.num_cvs as usize {
            let slot = &mut state.top_mut().slots[index];
            if !profile.is_live(to, index) && (slot.kind.is_scalar() || matches!(slot.kind, Kind::Array(..)))
            {
                // A scalar that nobody reads may as well be gone; memory owns nothing.
                *slot = if slot.kind.is_scalar() { Slot::dirty(Kind::Undef) } else { Slot::MEM };
            }
        }
    }

    /// Leaves if something asks for attention.
    pub(super) fn poll(&mut self, to: u32, state: &State) -> Result<(), Stop> {
        let snap = self.snapshot(state, to, POLL)?;
        self.push(Inst::Poll(self.interrupt, snap), Ty::None);
        Ok(())
    }

    /// The exit to a loop's head, made if there is none.
    fn exit_before(&mut self, exit: &mut Option<SnapId>, state: &State, to: u32) -> Result<SnapId, Stop> {
        if let Some(exit) = *exit {
            return Ok(exit);
        }
        let snap = self.snapshot(state, to, COUNTED)?;
        *exit = Some(snap);
        Ok(snap)
    }

    /// Before a loop: what was always of one type at its head is loaded.
    fn preload(&mut self, to: u32, state: &mut State) -> Result<(), Stop> {
        let proto = self.proto_ref(self.proto(state.top().ctx));
        let Some(profile) = self.profile(proto) else { return Ok(()) };
        let found = &profile.loops[&to];
        // Loading changes nothing, so one exit is good for all.
        let mut exit = None;
        for index in 0..proto.num_cvs as usize {
            let slot = state.top().slots[index];
            if slot.kind != Kind::Mem {
                continue;
            }
            let tags = found.tags[index];
            let (base, offset) = self.place(state, index);
            if !profile.is_live(to, index) {
                // What is only written has to own nothing before.
                let is_param = index < proto.params.len();
                if !is_param && !profile.symbols && found.written.has(index) && tags & !PLAIN == 0 {
                    let snap = self.exit_before(&mut exit, state, to)?;
                    self.guard_plain(base, offset, Region::Frame, snap);
                    state.top_mut().slots[index] = Slot::dirty(Kind::Undef);
                }
                continue;
            }
            let snap = match tags {
                INT | FLOAT | ARRAY => self.exit_before(&mut exit, state, to)?,
                _ if tags != 0 && tags & !BOOL == 0 => self.exit_before(&mut exit, state, to)?,
                _ => continue,
            };
            if tags != ARRAY {
                if let Some(kind) = self.load_scalar(base, offset, tags, Region::Frame, snap) {
                    // What a loop around this one changes, too, need not be written back for code that was made before.
                    let dirty = profile.loops.iter().any(|(&head, around)| {
                        (head..=around.end).contains(&to) && around.written.has(index)
                    });
                    state.top_mut().slots[index] = Slot { kind, dirty };
                }
                continue;
            }
            debug_assert_eq!(tags & INDEXED, 0);
            self.guard_tag(base, offset, Tag::Array, Region::Frame, snap);
            let owned = found.changed.has(index);
            let array = if owned {
                let slot = self.address(base, offset);
                self.call(Helper::Separate, vec![slot])
            } else {
                self.load(Width::Word, base, offset as usize, Region::Frame)
            };
            self.guard_packed(array, snap);
            let facts = ArrayFacts { packed: true, owned };
            state.top_mut().slots[index] = Slot::clean(Kind::Array(array, facts));
        }
        Ok(())
    }
}

/// Whether code for a slot `wanted` works for this one, once it is arranged.
fn fits(slot: Slot, wanted: Slot) -> bool {
    match (slot.kind, wanted.kind) {
        (Kind::Empty, Kind::Mem) | (Kind::Mem, Kind::Empty) => true,
        _ => slot.kind.fits(wanted.kind),
    }
}
