//! PHP's own benchmarks, `Zend/bench.php` and `Zend/micro_bench.php`: programs that time their parts themselves.
//!
//! They print one line for each part, its name and seconds with three digits, which is too coarse for parts of a few
//! milliseconds. So a copy is run that prints six.

use std::fs;
use std::path::{Path, PathBuf};
use std::process;

use super::{Program, median};

/// Whether a file times its parts itself.
pub(super) fn has_parts(code: &str) -> bool {
    code.contains("function end_test(")
}

/// A part as it came out of all pairs: its name, and the seconds of each run of ours and theirs.
pub(super) struct Part {
    name: String,
    ours: Vec<f64>,
    theirs: Vec<f64>,
}

impl Part {
    /// A row of the table, and the ratio of the times.
    pub(super) fn row(&self) -> (String, f64) {
        let ratio = median(self.ours.iter().zip(&self.theirs).map(|(ours, theirs)| ours / theirs).collect());
        let (ours, theirs) = (median(self.ours.clone()) * 1e3, median(self.theirs.clone()) * 1e3);
        (format!("| {} | {ours:.2} | {theirs:.2} | {ratio:.2} |", self.name.replace('|', "\\|")), ratio)
    }
}

/// Runs the file in pairs; the first pair warms up.
pub(super) fn compare(
    ours: &Program,
    theirs: &Program,
    settings: &[&str],
    file: &Path,
    pairs: usize,
) -> Result<Vec<Part>, String> {
    let copy = Copy::of(file)?;
    let run = |program: &Program, who: &str| -> Result<Vec<(String, f64)>, String> {
        let output = program
            .command(settings)
            .arg(&copy.0)
            .output()
            .map_err(|error| format!("{who} cannot be run: {error}"))?;
        if !output.status.success() {
            return Err(format!("{who} fails"));
        }
        Ok(parse(&String::from_utf8_lossy(&output.stdout)))
    };
    let mut parts: Vec<Part> = run(ours, "ours")?
        .into_iter()
        .map(|(name, _)| Part { name, ours: Vec::new(), theirs: Vec::new() })
        .collect();
    run(theirs, "the reference")?;
    for _ in 0..pairs {
        let (our, their) = (run(ours, "ours")?, run(theirs, "the reference")?);
        if our.len() != parts.len() || their.len() != parts.len() {
            return Err("not all parts have a time".to_owned());
        }
        for (part, ((_, our), (_, their))) in parts.iter_mut().zip(our.into_iter().zip(their)) {
            part.ours.push(our);
            part.theirs.push(their);
        }
    }
    Ok(parts)
}

/// Names and seconds of the parts, without their total.
fn parse(output: &str) -> Vec<(String, f64)> {
    let mut parts = Vec::new();
    for line in output.lines() {
        // The name, the time, and in one of the programs the time without the loop around it.
        let mut words: Vec<&str> = line.split_whitespace().collect();
        let mut times = Vec::new();
        while let Some(time) =
            words.last().filter(|word| word.contains('.')).and_then(|word| word.parse::<f64>().ok())
        {
            times.push(time);
            words.pop();
        }
        if let (Some(&time), false) = (times.last(), words.is_empty())
            && words != ["Total"]
        {
            parts.push((words.join(" "), time));
        }
    }
    parts
}

/// A copy of a benchmark that prints six digits; removed in the end.
struct Copy(PathBuf);

impl Copy {
    fn of(file: &Path) -> Result<Copy, String> {
        let code = fs::read_to_string(file).map_err(|error| error.to_string())?;
        let name = format!("phalanx-bench-{}-{}.php", process::id(), super::name(file));
        let path = std::env::temp_dir().join(name);
        // Longer numbers need wider lines: the padding must not be negative.
        let code = code.replace(",3);", ",6);").replace("24-strlen(", "30-strlen(");
        fs::write(&path, code).map_err(|error| error.to_string())?;
        Ok(Copy(path))
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn both_forms() {
        let output =
            "simple             0.013\nmandel2  0.041\n-----\nTotal  0.054\nself::$x = 0  0.209  0.178\n";
        let expected = [("simple", 0.013), ("mandel2", 0.041), ("self::$x = 0", 0.209)];
        assert_eq!(parse(output), expected.map(|(name, time)| (name.to_owned(), time)));
    }
}
