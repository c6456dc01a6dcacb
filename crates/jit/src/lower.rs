//! From the SSA form to machine code.
//!
//! The code is one function of type [`Entry`](crate::runtime::Entry). Its block of memory begins with the records of its snapshots, so that an
//! exit finds its own at a fixed distance before the entry:
//!
//! ```text
//! +---------+---------+---------+------------------+
//! | record  | record  | ...     | code ...         |
//! +---------+---------+---------+------------------+
//! 0                             entry (multiple of 64)
//! ```

use crate::config::debug;
use crate::ir::{Blk, Cmp, Edge, End, FloatOp, Func, Inst, IntOp, Region, SnapId, Ty, Val, Width};
use crate::runtime::{Args, EXIT, REFUSED, THERE};
use crate::{Jit, Reason};
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{
    AbiParam, AliasRegion, AliasRegionData, Block, BlockArg, InstBuilder, MemFlagsData, Signature,
    UserFuncName, Value, types,
};
use cranelift_codegen::isa::{self, CallConv, OwnedTargetIsa};
use cranelift_codegen::settings::{self, Configurable};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use rustc_hash::FxHashMap;
use std::mem::offset_of;

/// Where code begins in memory.
pub(crate) const ALIGN: usize = 64;

/// Finished code with the records before it.
pub(crate) struct Compiled {
    pub bytes: Vec<u8>,
    /// Where the code begins.
    pub entry: usize,
}

impl Compiled {
    /// The code as hexadecimal digits, for a disassembler.
    pub(crate) fn hex(&self) -> String {
        use std::fmt::Write;
        self.bytes[self.entry..].iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
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

/// Memory that compiling needs, kept for the next time.
#[derive(Default)]
pub(crate) struct Scratch {
    builder: FunctionBuilderContext,
    context: Option<cranelift_codegen::Context>,
    control: ControlPlane,
}

/// Compiles a function.
pub(crate) fn compile(jit: &Jit, func: &Func, scratch: &mut Scratch) -> Result<Compiled, Reason> {
    let mut words = Vec::new();
    let mut places = Vec::new();
    for snapshot in &func.snapshots {
        places.push(words.len() * 4);
        snapshot.encode(&mut words);
    }
    let entry = (words.len() * 4).next_multiple_of(ALIGN);
    let context = scratch.context.get_or_insert_with(cranelift_codegen::Context::new);
    context.clear();
    context.func.name = UserFuncName::user(0, 0);
    context.func.signature = signature();
    let b = FunctionBuilder::new(&mut context.func, &mut scratch.builder);
    Lower::new(b, func, places, entry).run(jit);
    if jit.config().debug & debug::CLIF != 0 {
        eprintln!("{}", context.func.display());
    }
    context.set_disasm(jit.config().debug & debug::ASM != 0);
    let compiled = context.compile(&*jit.isa, &mut scratch.control).map_err(|_| Reason::Backend)?;
    if let Some(text) = &compiled.vcode {
        eprintln!("{text}");
    }
    if !compiled.buffer.relocs().is_empty() {
        return Err(Reason::Relocation);
    }
    let mut bytes: Vec<u8> = words.into_iter().flat_map(u32::to_le_bytes).collect();
    bytes.resize(entry, 0);
    bytes.extend(compiled.code_buffer());
    Ok(Compiled { bytes, entry })
}

/// Of [`crate::runtime::Entry`].
fn signature() -> Signature {
    let mut signature = Signature::new(CallConv::SystemV);
    signature.params.extend([AbiParam::new(types::I64); 3]);
    signature.returns.extend([AbiParam::new(types::I64); 2]);
    signature
}

struct Lower<'a> {
    b: FunctionBuilder<'a>,
    func: &'a Func,
    values: FxHashMap<Val, Value>,
    /// The second words of calls' results.
    seconds: FxHashMap<Val, Value>,
    blocks: Vec<Block>,
    exits: FxHashMap<SnapId, Block>,
    /// Where records begin, and the code behind them.
    records: Vec<usize>,
    entry: usize,
    regions: [Option<AliasRegion>; 4],
}

fn clif_type(ty: Ty) -> types::Type {
    match ty {
        Ty::Float => types::F64,
        Ty::Bool => types::I8,
        Ty::Int | Ty::Word | Ty::None => types::I64,
    }
}

impl<'a> Lower<'a> {
    fn new(mut b: FunctionBuilder<'a>, func: &'a Func, records: Vec<usize>, entry: usize) -> Lower<'a> {
        let blocks = func.blocks.iter().map(|_| b.create_block()).collect();
        let regions = std::array::from_fn(|index| {
            let data = AliasRegionData { user_id: index as u32, description: "".into() };
            Some(b.func.dfg.alias_regions.insert(data))
        });
        let (values, seconds, exits) = Default::default();
        Lower { b, func, values, seconds, blocks, exits, records, entry, regions }
    }

    fn run(mut self, jit: &Jit) {
        for (index, block) in self.func.blocks.iter().enumerate() {
            if block.end == End::Open {
                continue;
            }
            for &param in &block.params {
                let value = self.b.append_block_param(self.blocks[index], clif_type(self.func.ty(param)));
                self.values.insert(param, value);
            }
            if block.cold {
                self.b.set_cold_block(self.blocks[index]);
            }
        }
        let graph = crate::ir::graph::Graph::new(self.func);
        for &block in &graph.order {
            self.b.switch_to_block(self.blocks[block.0 as usize]);
            self.block(block);
        }
        self.finish_exits();
        self.b.seal_all_blocks();
        self.b.finalize(jit.isa.frontend_config());
    }

    fn value(&self, val: Val) -> Value {
        self.values[&val]
    }

    fn imm(&mut self, value: i64) -> Value {
        self.b.ins().iconst(types::I64, value)
    }

    fn flags(&self, region: Region) -> MemFlagsData {
        let flags = MemFlagsData::trusted();
        match region {
            Region::Fixed => flags.with_readonly().with_can_move(),
            Region::Frame => flags.with_alias_region(self.regions[0]),
            Region::Header => flags.with_alias_region(self.regions[1]),
            Region::Heap => flags.with_alias_region(self.regions[2]),
            Region::Context => flags.with_alias_region(self.regions[3]),
        }
    }

    fn block(&mut self, id: Blk) {
        for &val in &self.func.block(id).insts {
            if let Some(value) = self.inst(val) {
                self.values.insert(val, value);
            }
        }
        match &self.func.block(id).end {
            End::Open => {}
            End::Jump(edge) => {
                let (to, args) = self.edge(edge);
                self.b.ins().jump(to, &args);
            }
            End::Branch(cond, then, other) => {
                let cond = self.value(*cond);
                let (then, then_args) = self.edge(then);
                let (other, other_args) = self.edge(other);
                self.b.ins().brif(cond, then, &then_args, other, &other_args);
            }
            End::Exit(snap) => {
                let exit = self.exit(*snap);
                self.b.ins().jump(exit, &[]);
            }
            End::ExitThere => {
                let meta = self.imm(THERE as i64);
                self.b.ins().return_(&[meta, meta]);
            }
            End::Refuse => {
                let meta = self.imm(REFUSED as i64);
                self.b.ins().return_(&[meta, meta]);
            }
            End::Return(payload, meta) => {
                let (payload, meta) = (self.value(*payload), self.value(*meta));
                self.b.ins().return_(&[payload, meta]);
            }
        }
    }

    fn edge(&self, edge: &Edge) -> (Block, Vec<BlockArg>) {
        let args = edge.args.iter().map(|&val| BlockArg::Value(self.value(val))).collect();
        (self.blocks[edge.to.0 as usize], args)
    }

    /// The block that leaves by a snapshot.
    fn exit(&mut self, snap: SnapId) -> Block {
        if let Some(&block) = self.exits.get(&snap) {
            return block;
        }
        let block = self.b.create_block();
        self.b.set_cold_block(block);
        self.exits.insert(snap, block);
        block
    }

    fn finish_exits(&mut self) {
        let mut exits: Vec<(SnapId, Block)> = self.exits.drain().collect();
        exits.sort_by_key(|(snap, _)| snap.0);
        let entry_params = &self.func.block(Blk(0)).params;
        let (args, entry) = (self.value(entry_params[0]), self.value(entry_params[2]));
        let flags = self.flags(Region::Context);
        for (snap, block) in exits {
            self.b.switch_to_block(block);
            for (index, val) in self.func.snapshots[snap.0 as usize].values().into_iter().enumerate() {
                let value = self.value(val);
                let offset = (offset_of!(Args, spill) + index * 8) as i32;
                if self.func.ty(val) == Ty::Bool {
                    let wide = self.b.ins().uextend(types::I64, value);
                    self.b.ins().store(flags, wide, args, offset);
                } else {
                    self.b.ins().store(flags, value, args, offset);
                }
            }
            let distance = self.imm(self.records[snap.0 as usize] as i64 - self.entry as i64);
            let record = self.b.ins().iadd(entry, distance);
            let meta = self.imm(EXIT as i64);
            self.b.ins().return_(&[record, meta]);
        }
    }

    /// Goes on only if the condition is as wanted.
    fn guard(&mut self, cond: Value, wanted: bool, snap: SnapId) {
        let exit = self.exit(snap);
        let on = self.b.create_block();
        if wanted {
            self.b.ins().brif(cond, on, &[], exit, &[]);
        } else {
            self.b.ins().brif(cond, exit, &[], on, &[]);
        }
        self.b.switch_to_block(on);
    }

    fn inst(&mut self, val: Val) -> Option<Value> {
        let inst = self.func.inst(val).clone();
        Some(match inst {
            Inst::Param => return None,
            Inst::Int(int) => self.imm(int),
            Inst::Word(word) => self.imm(word as i64),
            Inst::Float(float) => self.b.ins().f64const(float),
            Inst::Bool(truth) => self.b.ins().iconst(types::I8, i64::from(truth)),
            Inst::IntOp(op, a, b) => self.int_op(op, a, b),
            Inst::Checked(op, a, b, snap) => self.checked(op, a, b, snap),
            Inst::FloatOp(op, a, b) => {
                let (a, b) = (self.value(a), self.value(b));
                match op {
                    FloatOp::Add => self.b.ins().fadd(a, b),
                    FloatOp::Sub => self.b.ins().fsub(a, b),
                    FloatOp::Mul => self.b.ins().fmul(a, b),
                    FloatOp::Div => self.b.ins().fdiv(a, b),
                }
            }
            Inst::IntCmp(cmp, a, b) => {
                let (a, b) = (self.value(a), self.value(b));
                let cc = match cmp {
                    Cmp::Eq => IntCC::Equal,
                    Cmp::Ne => IntCC::NotEqual,
                    Cmp::Lt => IntCC::SignedLessThan,
                    Cmp::Le => IntCC::SignedLessThanOrEqual,
                    Cmp::Gt => IntCC::SignedGreaterThan,
                    Cmp::Ge => IntCC::SignedGreaterThanOrEqual,
                    Cmp::Below => IntCC::UnsignedLessThan,
                };
                self.b.ins().icmp(cc, a, b)
            }
            Inst::FloatCmp(cmp, a, b) => {
                let (a, b) = (self.value(a), self.value(b));
                let cc = match cmp {
                    Cmp::Eq => FloatCC::Equal,
                    Cmp::Ne => FloatCC::NotEqual,
                    Cmp::Lt | Cmp::Below => FloatCC::LessThan,
                    Cmp::Le => FloatCC::LessThanOrEqual,
                    Cmp::Gt => FloatCC::GreaterThan,
                    Cmp::Ge => FloatCC::GreaterThanOrEqual,
                };
                self.b.ins().fcmp(cc, a, b)
            }
            Inst::Not(a) => {
                let a = self.value(a);
                self.b.ins().bxor_imm_u(a, 1)
            }
            Inst::ToFloat(a) => {
                let a = self.value(a);
                self.b.ins().fcvt_from_sint(types::F64, a)
            }
            Inst::BoolToInt(a) => {
                let a = self.value(a);
                self.b.ins().uextend(types::I64, a)
            }
            Inst::IntToWord(a) | Inst::WordToInt(a) => self.value(a),
            Inst::FloatToWord(a) => {
                let a = self.value(a);
                self.b.ins().bitcast(types::I64, MemFlagsData::new(), a)
            }
            Inst::WordToFloat(a) => {
                let a = self.value(a);
                self.b.ins().bitcast(types::F64, MemFlagsData::new(), a)
            }
            Inst::Offset(a, by) => {
                let a = self.value(a);
                let by = self.imm(by.into());
                self.b.ins().iadd(a, by)
            }
            Inst::Element(base, distance) => {
                let (base, distance) = (self.value(base), self.value(distance));
                self.b.ins().iadd(base, distance)
            }
            Inst::Load(width, base, offset, region) => {
                let (base, flags) = (self.value(base), self.flags(region));
                match width {
                    Width::Byte => self.b.ins().uload8(types::I64, flags, base, offset),
                    Width::Half => self.b.ins().uload32(flags, base, offset),
                    Width::Word => self.b.ins().load(types::I64, flags, base, offset),
                    Width::Float => self.b.ins().load(types::F64, flags, base, offset),
                }
            }
            Inst::Store(width, base, offset, val, region) => {
                let (base, value, flags) = (self.value(base), self.value(val), self.flags(region));
                match width {
                    Width::Byte => self.b.ins().istore8(flags, value, base, offset),
                    Width::Half => self.b.ins().istore32(flags, value, base, offset),
                    Width::Word | Width::Float => self.b.ins().store(flags, value, base, offset),
                };
                return None;
            }
            Inst::Guard(cond, wanted, snap) => {
                let cond = self.value(cond);
                self.guard(cond, wanted, snap);
                return None;
            }
            Inst::Call(helper, args) => {
                let mut signature = Signature::new(CallConv::SystemV);
                signature.params.resize(args.len() + 1, AbiParam::new(types::I64));
                signature.returns.push(AbiParam::new(types::I64));
                let signature = self.b.import_signature(signature);
                let mut words = vec![self.value(self.func.block(Blk(0)).params[0])];
                words.extend(args.iter().map(|&val| self.value(val)));
                let target = self.imm(helper.address() as i64);
                let call = self.b.ins().call_indirect(signature, target, &words);
                self.b.inst_results(call)[0]
            }
            Inst::CallCode(entry, frame) => {
                let signature = self.b.import_signature(signature());
                let args = self.value(self.func.block(Blk(0)).params[0]);
                let (entry, frame) = (self.value(entry), self.value(frame));
                let call = self.b.ins().call_indirect(signature, entry, &[args, frame, entry]);
                let results = self.b.inst_results(call);
                self.seconds.insert(val, results[1]);
                results[0]
            }
            Inst::Second(call) => self.seconds[&call],
            Inst::Poll(word, snap) => {
                let word = self.value(word);
                // Others may set it at any time, so it is loaded each time.
                let raised = self.b.ins().atomic_load(types::I32, MemFlagsData::trusted(), word);
                self.guard(raised, false, snap);
                return None;
            }
            Inst::StackPointer => self.b.ins().get_stack_pointer(types::I64),
        })
    }

    fn int_op(&mut self, op: IntOp, a: Val, b: Val) -> Value {
        let (a, b) = (self.value(a), self.value(b));
        match op {
            IntOp::Add => self.b.ins().iadd(a, b),
            IntOp::Sub => self.b.ins().isub(a, b),
            IntOp::Mul => self.b.ins().imul(a, b),
            IntOp::And => self.b.ins().band(a, b),
            IntOp::Or => self.b.ins().bor(a, b),
            IntOp::Xor => self.b.ins().bxor(a, b),
            IntOp::Shl => self.b.ins().ishl(a, b),
            IntOp::Shr => self.b.ins().sshr(a, b),
            IntOp::Rem => self.b.ins().srem(a, b),
        }
    }

    fn checked(&mut self, op: IntOp, a: Val, b: Val, snap: SnapId) -> Value {
        if let Some(result) = self.ranged(op, a, b, snap) {
            return result;
        }
        let (a, b) = (self.value(a), self.value(b));
        let (result, overflow) = match op {
            IntOp::Sub => self.b.ins().ssub_overflow(a, b),
            IntOp::Mul => self.b.ins().smul_overflow(a, b),
            _ => self.b.ins().sadd_overflow(a, b),
        };
        self.guard(overflow, false, snap);
        result
    }

    /// The result of an operation with a known number, which cannot overflow if the other operand is in a range: that is
    /// one comparison, where the flag of an addition costs three instructions.
    fn ranged(&mut self, op: IntOp, a: Val, b: Val, snap: SnapId) -> Option<Value> {
        let (x, by) = match (self.func.as_int(a), self.func.as_int(b)) {
            (_, Some(by)) => (a, by),
            (Some(by), _) if op != IntOp::Sub => (b, by),
            _ => return None,
        };
        let (low, high) = match op {
            IntOp::Add => (i64::MIN.checked_sub(by.min(0))?, i64::MAX.checked_sub(by.max(0))?),
            IntOp::Sub => (i64::MIN.checked_add(by.max(0))?, i64::MAX.checked_add(by.min(0))?),
            _ if by > 0 => (i64::MIN / by, i64::MAX / by),
            _ => return None,
        };
        let x = self.value(x);
        let fits = if low == i64::MIN {
            let high = self.imm(high);
            self.b.ins().icmp(IntCC::SignedLessThanOrEqual, x, high)
        } else if high == i64::MAX {
            let low = self.imm(low);
            self.b.ins().icmp(IntCC::SignedGreaterThanOrEqual, x, low)
        } else {
            let base = self.imm(low);
            let above = self.b.ins().isub(x, base);
            let size = self.imm(high.wrapping_sub(low));
            self.b.ins().icmp(IntCC::UnsignedLessThanOrEqual, above, size)
        };
        self.guard(fits, true, snap);
        let by = self.imm(by);
        Some(match op {
            IntOp::Add => self.b.ins().iadd(x, by),
            IntOp::Sub => self.b.ins().isub(x, by),
            _ => self.b.ins().imul(x, by),
        })
    }
}
