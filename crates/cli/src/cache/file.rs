//! A file of the file cache: what `--file` shows.

pub mod json;
pub mod map;
pub mod status;

use phalanx_engine::cache_file::{self, Anatomy, CacheFile, Part, PartKind, Script};
use phalanx_host::cwd::Cwd;

use super::text::{counted, printable};

/// A file that was read.
pub struct File {
    /// Its full path.
    pub name: Vec<u8>,
    /// What it says.
    pub header: CacheFile,
    /// Whether this build made it.
    pub is_ours: bool,
    /// What has become of its script.
    pub script: Script,
    /// What its image consists of, or why that is not known.
    pub anatomy: Result<Anatomy, String>,
}

/// What a stretch of a file is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sort {
    /// The header of the file, with the path.
    FileHeader,
    /// A part of the image.
    Part(PartKind),
    /// An image that was not taken apart.
    NotUnderstood,
    /// Nothing: what fills up to the next multiple.
    Padding,
}

/// All sorts, in the order in which they are listed.
pub const SORTS: [Sort; 12] = [
    Sort::FileHeader,
    Sort::Part(PartKind::Header),
    Sort::Part(PartKind::Functions),
    Sort::Part(PartKind::Code),
    Sort::Part(PartKind::Literals),
    Sort::Part(PartKind::Tables),
    Sort::Part(PartKind::Classes),
    Sort::Part(PartKind::Strings),
    Sort::Part(PartKind::Arrays),
    Sort::Part(PartKind::Relocations),
    Sort::NotUnderstood,
    Sort::Padding,
];

impl Sort {
    /// Its name for people, and its name for programs.
    pub fn names(self) -> [&'static str; 2] {
        match self {
            Sort::FileHeader => ["file header", "file_header"],
            Sort::Part(PartKind::Header) => ["header", "header"],
            Sort::Part(PartKind::Functions) => ["functions", "functions"],
            Sort::Part(PartKind::Code) => ["code", "code"],
            Sort::Part(PartKind::Literals) => ["literals", "literals"],
            Sort::Part(PartKind::Tables) => ["tables", "tables"],
            Sort::Part(PartKind::Classes) => ["classes", "classes"],
            Sort::Part(PartKind::Strings) => ["strings", "strings"],
            Sort::Part(PartKind::Arrays) => ["arrays", "arrays"],
            Sort::Part(PartKind::Relocations) => ["relocations", "relocations"],
            Sort::NotUnderstood => ["not understood", "not_understood"],
            Sort::Padding => ["padding", "padding"],
        }
    }
}

/// A stretch of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stretch<'f> {
    /// Where it begins.
    pub offset: usize,
    /// Its bytes.
    pub len: usize,
    /// What it is.
    pub sort: Sort,
    /// The parts that it is, which adjoin: one, or some strings.
    pub parts: &'f [Part],
}

/// The Unit of a file in numbers.
pub struct Numbers {
    pub functions: usize,
    pub classes: usize,
    pub instructions: usize,
    pub literals: usize,
    pub strings: usize,
    pub arrays: usize,
    pub trace_sites: usize,
    pub relocations: usize,
}

impl Numbers {
    /// The numbers with their words.
    pub fn words(&self) -> [String; 7] {
        [
            counted(self.functions, "function"),
            counted(self.classes, "class"),
            counted(self.instructions, "instruction"),
            counted(self.literals, "literal"),
            counted(self.strings, "string"),
            counted(self.arrays, "array"),
            counted(self.trace_sites, "trace site"),
        ]
    }
}

impl File {
    /// Reads a file and looks at its script.
    pub fn read(name: &[u8]) -> Result<File, String> {
        let full = Cwd::of_process().resolve(name);
        let header = CacheFile::read(&full).map_err(|why| format!("{}: {why}", printable(name)))?;
        let build = cache_file::this_build();
        Ok(File {
            name: full,
            is_ours: header.system == build,
            script: header.script(),
            anatomy: header.anatomy(build),
            header,
        })
    }

    /// Why the command fails although something was shown: there is no telling what the image of another build holds.
    pub fn complaint(&self) -> Result<(), String> {
        if self.is_ours {
            return Ok(());
        }
        let build = self.header.system.name();
        Err(format!("{}: it was made by another build ({build})", printable(&self.name)))
    }

    /// All of the file, without gaps.
    pub fn stretches(&self) -> Vec<Stretch<'_>> {
        let image = self.header.image_offset();
        let (head, all) = (self.header.header_size(), self.header.size());
        let mut stretches = vec![Stretch { offset: 0, len: head, sort: Sort::FileHeader, parts: &[] }];
        let mut end = head;
        let mut add = |offset: usize, len: usize, sort: Sort, parts| {
            if offset > end {
                stretches.push(Stretch { offset: end, len: offset - end, sort: Sort::Padding, parts: &[] });
            }
            if len > 0 {
                stretches.push(Stretch { offset, len, sort, parts });
            }
            end = offset + len;
        };
        match &self.anatomy {
            Ok(anatomy) => {
                // Strings are many and small.
                let together = |a: &Part, b: &Part| {
                    a.kind == PartKind::Strings && b.kind == PartKind::Strings && a.offset + a.len == b.offset
                };
                for parts in anatomy.parts.chunk_by(together) {
                    let len = parts.iter().map(|part| part.len).sum();
                    add(image + parts[0].offset, len, Sort::Part(parts[0].kind), parts);
                }
            }
            Err(_) => add(image, all - image, Sort::NotUnderstood, &[]),
        }
        add(all, 0, Sort::Padding, &[]);
        stretches
    }

    /// The sorts that there are, with how many there are of them, and their bytes, whose sum is the size of the file.
    pub fn totals(&self) -> Vec<(Sort, usize, usize)> {
        let stretches = self.stretches();
        let total = |sort: Sort| {
            let of_sort = stretches.iter().filter(|stretch| stretch.sort == sort);
            let count = |stretch: &Stretch<'_>| match stretch.parts {
                [] => 1,
                parts => parts.iter().map(|part| part.count).sum(),
            };
            of_sort.fold((sort, 0, 0), |(sort, number, bytes), stretch| {
                (sort, number + count(stretch), bytes + stretch.len)
            })
        };
        SORTS.into_iter().map(total).collect()
    }

    /// What the Unit has, if it is known.
    pub fn numbers(&self) -> Option<Numbers> {
        let anatomy = self.anatomy.as_ref().ok()?;
        let count = |kind: PartKind| anatomy.total(kind).0;
        Some(Numbers {
            functions: anatomy.functions.len(),
            classes: anatomy.classes.len(),
            instructions: count(PartKind::Code),
            literals: count(PartKind::Literals),
            strings: count(PartKind::Strings),
            arrays: count(PartKind::Arrays),
            trace_sites: anatomy.trace_sites,
            relocations: count(PartKind::Relocations),
        })
    }
}
