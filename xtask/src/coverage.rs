//! Measures how many lines of `src` the tests execute.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};
use std::path::PathBuf;
use std::{fs, process};

use clap::Args;

use crate::process::{
    Outcome, cargo, failed, files, need_cargo_tool, program, read, root, run_logged, succeeds,
    unavailable,
};

/// Measures how many lines of src the tests execute
///
/// Prints for every file how many of its lines the tests execute, and the line numbers of the
/// others. Counts the lines that the compiler generates code for, except those of unit tests.
///
/// Needs the component llvm-tools and cargo-llvm-cov, which are installed if they are missing.
///
/// Exit codes: 0 passed, 1 failed (too few lines, or a failed test), 2 usage error, 77 skipped.
#[derive(Args)]
pub struct Arguments {
    /// The minimum percentage of lines
    #[arg(long, value_name = "N", default_value_t = 97.0)]
    minimum: f64,
}

impl Arguments {
    /// Runs the command.
    pub fn run(self) -> Outcome {
        need_tools()?;
        let executed = measure()?;
        let mut total = Lines::default();
        for file in files(&[".rs"])? {
            if !file.starts_with("src") {
                continue;
            }
            let lines = lines_before_tests(executed.get(&root().join(&file)), &read(&file)?);
            println!("{:<36} {lines}", file.display());
            total.code += lines.code;
            total.executed += lines.executed;
        }
        println!("{:<36} {total}", "total");
        if total.code == 0 {
            return failed("no lines were counted");
        }
        if total.percent() < self.minimum {
            return failed(format!("the tests execute less than {} %", self.minimum));
        }
        Ok(())
    }
}

fn need_tools() -> Outcome {
    if !succeeds(program("rustup").args(["component", "add", "llvm-tools"])) {
        return unavailable("rustup cannot add the component llvm-tools");
    }
    need_cargo_tool("llvm-cov")
}

/// Runs the tests and returns the counts of each file.
fn measure() -> Outcome<BTreeMap<PathBuf, Counts>> {
    let folder = root().join("target");
    let report = folder.join(format!("coverage-{}.lcov", process::id()));
    let log = folder.join(format!("coverage-{}.log", process::id()));
    let mut test = cargo(["llvm-cov", "test", "-p", "jose-verify", "--locked"]);
    test.args(["--lib", "--tests", "--lcov", "--output-path"])
        .arg(&report);
    let done = run_logged(&mut test, &log);
    let results = fs::read_to_string(&log).unwrap_or_default();
    for line in results
        .lines()
        .filter(|line| line.starts_with("test result"))
    {
        println!("{line}");
    }
    let executed = fs::read_to_string(&report).map(|text| parse(&text));
    for file in [&report, &log] {
        let _ = fs::remove_file(file);
    }
    done?;
    Ok(executed?)
}

/// The numbers of the lines of a file that have code, and how often each was executed.
type Counts = Vec<(usize, u64)>;

/// Parses a report in lcov format: `SF:` starts a file, `DA:line,count` is a line with code.
fn parse(report: &str) -> BTreeMap<PathBuf, Counts> {
    let mut files = BTreeMap::new();
    let mut counts = &mut Counts::new();
    for line in report.lines() {
        if let Some(file) = line.strip_prefix("SF:") {
            counts = files.entry(PathBuf::from(file)).or_default();
        }
        let fields = line
            .strip_prefix("DA:")
            .and_then(|rest| rest.split_once(','));
        if let Some((line, count)) = fields
            && let (Ok(line), Ok(count)) = (line.parse(), count.parse())
        {
            counts.push((line, count));
        }
    }
    files
}

/// The number of lines with code, the number of those executed, and the numbers of the others.
#[derive(Default)]
struct Lines {
    code: u32,
    executed: u32,
    missed: Vec<usize>,
}

impl Lines {
    fn percent(&self) -> f64 {
        100.0 * f64::from(self.executed) / f64::from(self.code)
    }
}

impl Display for Lines {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.code == 0 {
            return write!(f, " no code");
        }
        write!(f, "{:>5} lines {:>7.2} %", self.code, self.percent())?;
        if !self.missed.is_empty() {
            write!(f, "  missed:")?;
        }
        self.missed.iter().try_for_each(|line| write!(f, " {line}"))
    }
}

/// Counts the lines of a file before its unit tests. A file without counts is in no test program.
fn lines_before_tests(counts: Option<&Counts>, source: &str) -> Lines {
    let tests = source
        .lines()
        .position(|line| line.starts_with("mod tests"));
    let mut lines = Lines::default();
    for &(line, count) in counts.into_iter().flatten() {
        // `position` counts from 0 and `line` from 1, so this also omits `#[cfg(test)]` before it.
        if tests.is_some_and(|tests| line >= tests) {
            continue;
        }
        lines.code += 1;
        if count > 0 {
            lines.executed += 1;
        } else {
            lines.missed.push(line);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{lines_before_tests, parse};

    #[test]
    fn unit_tests_are_not_counted() {
        let report = "SF:/p/src/a.rs\nDA:1,3\nDA:2,0\nDA:5,1\nend_of_record\nSF:/p/src/b.rs\n";
        let source = "fn a() {}\nfn b() {}\n\n#[cfg(test)]\nmod tests {\n}\n";
        let files = parse(report);
        let lines = lines_before_tests(files.get(Path::new("/p/src/a.rs")), source);
        assert_eq!((lines.code, lines.executed, lines.missed), (2, 1, vec![2]));
        assert_eq!(files.get(Path::new("/p/src/b.rs")), Some(&Vec::new()));
    }
}
