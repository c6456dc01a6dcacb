//! From a region to machine code.
//!
//! The code is one function that takes [`Args`](crate::hooks::Args) and returns where the interpreter goes on. Slots
//! in registers are variables of Cranelift's front end, which makes SSA form of them. Each guard has a cold block
//! that stores what is only in registers and returns the instruction's address.

mod act;
mod arith;
mod dim;
mod emit;

use crate::config::debug;
use crate::profile::{Code, Profile};
use crate::region::Region;
use crate::types::{State, Ty};
use crate::{Jit, Reason};
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::ir::{
    AbiParam, Block, Function, InstBuilder, MemFlagsData, Signature, UserFuncName, Value, types,
};
use cranelift_codegen::isa::{self, CallConv, OwnedTargetIsa, TargetFrontendConfig};
use cranelift_codegen::settings::{self, Configurable};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext, Variable};
use rustc_hash::FxHashMap;
use std::mem::offset_of;

/// Finished code.
pub(crate) struct Compiled {
    pub code: Vec<u8>,
    /// For each exit, whether it is counted.
    pub exits: Vec<bool>,
}

/// The machine that code is made for: the one this runs on.
pub(crate) fn target() -> Result<OwnedTargetIsa, String> {
    let mut flags = settings::builder();
    let mut set = |name, value| flags.set(name, value).map_err(|error| error.to_string());
    set("opt_level", "speed")?;
    set("regalloc_algorithm", "backtracking")?;
    set("preserve_frame_pointers", "true")?;
    set("unwind_info", "false")?;
    set("enable_verifier", if cfg!(debug_assertions) { "true" } else { "false" })?;
    let mut builder = isa::lookup_by_name("x86_64-unknown-linux-gnu").map_err(|error| error.to_string())?;
    #[cfg(target_arch = "x86_64")]
    {
        let features = [
            ("has_sse3", is_x86_feature_detected!("sse3")),
            ("has_ssse3", is_x86_feature_detected!("ssse3")),
            ("has_sse41", is_x86_feature_detected!("sse4.1")),
            ("has_sse42", is_x86_feature_detected!("sse4.2")),
            ("has_popcnt", is_x86_feature_detected!("popcnt")),
            ("has_bmi1", is_x86_feature_detected!("bmi1")),
            ("has_bmi2", is_x86_feature_detected!("bmi2")),
            ("has_lzcnt", is_x86_feature_detected!("lzcnt")),
        ];
        for (name, there) in features {
            if there {
                builder.enable(name).map_err(|error| error.to_string())?;
            }
        }
    }
    builder.finish(settings::Flags::new(flags)).map_err(|error| error.to_string())
}

/// A cold block that leaves the code.
struct Exit {
    block: Block,
    at: u32,
    number: u32,
    /// What is only in registers.
    stores: Vec<(usize, Ty, Option<Value>)>,
}

/// The code generator of one region.
struct Lower<'b, 'p> {
    b: FunctionBuilder<'b>,
    region: &'b Region<'p>,
    ints: Vec<Variable>,
    floats: Vec<Variable>,
    blocks: FxHashMap<(u32, usize), Block>,
    args: Value,
    fp: Value,
    interrupt: Value,
    attention: Value,
    config: TargetFrontendConfig,
    code_base: usize,
    /// Last instruction of the loop.
    end: u32,
    exits: Vec<Exit>,
    counted: Vec<bool>,
    /// The exit of the instruction being lowered, if it has one so far.
    exit_here: Option<Block>,
}

/// Compiles what was seen of a loop.
#[allow(unsafe_code, reason = "reads the function that was recorded")]
pub(crate) fn compile(jit: &Jit, profile: &Profile) -> Result<Compiled, Reason> {
    // SAFETY: the Unit is in use by the thread that recorded in it.
    let proto = unsafe { &*profile.proto };
    let code = Code(proto.code());
    let slots = (proto.num_cvs + proto.num_tmps) as usize;
    let region = Region::new(code, profile, proto.num_cvs as usize, slots)?;
    let (own, left) = region.census();
    // Instructions of inner loops run more often; which ones that are does not matter here.
    // With a threshold of 1 everything is compiled: so that tests reach all of it.
    if jit.config().hot_loop > 1 && (own == 0 || (own <= left && !region.is_nested())) {
        return Err(Reason::NoGain);
    }
    let mut signature = Signature::new(CallConv::SystemV);
    signature.params.push(AbiParam::new(types::I64));
    signature.returns.push(AbiParam::new(types::I64));
    let mut func = Function::with_name_signature(UserFuncName::user(0, 0), signature);
    let mut context = FunctionBuilderContext::new();
    let mut b = FunctionBuilder::new(&mut func, &mut context);
    let entry = b.create_block();
    b.append_block_params_for_function_params(entry);
    b.switch_to_block(entry);
    let args = b.block_params(entry)[0];
    let mut field = |offset: usize| b.ins().load(types::I64, MemFlagsData::trusted(), args, offset as i32);
    let fp = field(offset_of!(crate::hooks::Args, fp));
    let interrupt = field(offset_of!(crate::hooks::Args, interrupt));
    let attention = field(offset_of!(crate::hooks::Args, attention));
    let ints = (0..slots).map(|_| b.declare_var(types::I64)).collect();
    let floats = (0..slots).map(|_| b.declare_var(types::F64)).collect();
    let blocks = region.reached.iter().map(|&at| (at, b.create_block())).collect();
    let lower = Lower {
        b,
        region: &region,
        ints,
        floats,
        blocks,
        args,
        fp,
        interrupt,
        attention,
        config: jit.isa.frontend_config(),
        code_base: code.0.as_ptr().addr(),
        end: crate::record::last_jump_to(code, profile.head),
        exits: Vec::new(),
        counted: Vec::new(),
        exit_here: None,
    };
    let exits = lower.run(jit.config().debug & debug::PLAN != 0);
    if jit.config().debug & debug::IR != 0 {
        eprintln!("{}", func.display());
    }
    let mut context = cranelift_codegen::Context::for_function(func);
    context.set_disasm(jit.config().debug & debug::ASM != 0);
    let compiled = context.compile(&*jit.isa, &mut ControlPlane::default()).map_err(|_| Reason::Backend)?;
    if let Some(text) = &compiled.vcode {
        eprintln!("{text}");
    }
    if !compiled.buffer.relocs().is_empty() {
        return Err(Reason::Relocation);
    }
    Ok(Compiled { code: compiled.code_buffer().to_vec(), exits })
}

impl Lower<'_, '_> {
    /// Makes the code; says for each exit whether it is counted.
    fn run(mut self, show: bool) -> Vec<bool> {
        let head = self.region.head;
        // The way in: what the loop wants in registers is loaded.
        let memory = vec![crate::types::Slot::MEM; self.region.entry.len()];
        let exit = self.exit(head, &memory, true);
        for index in 0..memory.len() {
            let ty = self.region.entry[index].ty;
            if ty.is_known() {
                self.load_slot(index, ty, exit);
            }
        }
        let entry = self.region.entry.clone();
        self.edge(None, head, &entry);
        for &(leader, version) in &self.region.reached {
            let block = self.blocks[&(leader, version)];
            self.b.switch_to_block(block);
            self.block(leader, self.region.before[&leader][version].clone(), show);
        }
        self.finish_exits();
        self.b.seal_all_blocks();
        self.b.finalize(self.config);
        self.counted
    }

    /// The instructions from a leader to the end of its block.
    fn block(&mut self, leader: u32, mut state: State, show: bool) {
        let mut at = leader;
        loop {
            let plan = self.region.planner.plan(at, &state);
            if show {
                eprintln!(
                    "{at}: {:?} loads {:?} free {:?} outs {:?}",
                    plan.act, plan.loads, plan.free, plan.outs
                );
            }
            self.exit_here = None;
            match self.instruction(at, &plan, &mut state) {
                Some(next) => at = next,
                None => return,
            }
        }
    }
}
