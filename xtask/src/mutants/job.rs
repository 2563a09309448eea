//! A copy of the sources, in which cargo-mutants changes some of the files.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::process::{Outcome, failed, files, output, program, root, run};

/// Tests of tests/suite that take seconds with little optimization. Those with `true` cover src/alg
/// and run for its mutants only.
const SLOW: [(&str, bool); 11] = [
    ("algorithms::", true),
    ("padding::", true),
    ("primitives::", true),
    ("signature::", true),
    ("differential::", false),
    ("every_character_escaped", false),
    ("flood_of_unknown", false),
    ("numbers::edges", false),
    ("random_numbers", false),
    ("vectors::", false),
    ("wycheproof::", false),
];

/// Little optimization saves more time in the compiler than it costs in the tests.
const PROFILE: &str = "\
[profile.dev]
opt-level = 1
debug = false

[profile.dev.package.\"*\"]
opt-level = 2
";

/// A copy of the sources and the files to change in it.
pub struct Job {
    copy: PathBuf,
    target: PathBuf,
    log: PathBuf,
    files: Vec<String>,
}

impl Job {
    /// Returns a job whose files and folders are named after its number.
    pub fn new(folder: &Path, number: usize, files: Vec<String>) -> Self {
        Self {
            copy: folder.join(format!("job{number}")),
            target: folder.join(format!("job{number}.target")),
            log: folder.join(format!("job{number}.log")),
            files,
        }
    }

    /// Returns the path of the log.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// Returns the folders with the results of cargo-mutants.
    pub fn results(&self) -> Vec<PathBuf> {
        let results = Group::ALL.map(|group| self.results_of(group));
        let runs =
            |results: PathBuf| ["mutants.out", "mutants.out.old"].map(|run| results.join(run));
        results.into_iter().flat_map(runs).collect()
    }

    fn results_of(&self, group: Group) -> PathBuf {
        self.copy.with_extension(group.name())
    }

    /// Tests every mutant of the files.
    pub fn run(&self) -> Outcome {
        self.copy_sources()?;
        File::create(&self.log)?;
        run(&mut self.cargo(&["test", "--locked", "--lib", "--test", "suite", "--no-run"])?)?;
        self.check_slow_tests()?;
        for group in Group::ALL {
            let files: Vec<_> = self.files.iter().filter(|file| group.has(file)).collect();
            if !files.is_empty() {
                self.test_mutants(group, &files)?;
            }
        }
        Ok(())
    }

    /// Copies the sources. The copy must be new: Cargo would reuse the builds of an earlier one.
    fn copy_sources(&self) -> Outcome {
        let results = Group::ALL.map(|group| self.results_of(group));
        for folder in results.iter().chain([&self.copy]) {
            if folder.exists() {
                fs::remove_dir_all(folder)?;
            }
        }
        for file in files(&[""])? {
            let to = self.copy.join(&file);
            if let Some(folder) = to.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::copy(root().join(&file), to)?;
        }
        let cargo = self.copy.join(".cargo");
        fs::create_dir_all(&cargo)?;
        fs::write(cargo.join("config.toml"), PROFILE)?;
        Ok(())
    }

    /// Runs the unit tests for each mutant, and tests/suite for those that survive. A timeout
    /// counts as caught, so the limit is several times what the unchanged code takes.
    fn test_mutants(&self, group: Group, files: &[&String]) -> Outcome {
        let limit = self.time(&["--lib"])?.max(Duration::from_secs(20));
        self.mutate(group, files, "--lib", limit, &[])?;
        let skipped = group.skipped();
        let mut suite = vec!["--test", "suite", "--"];
        suite.extend(skipped.iter().map(String::as_str));
        let limit = self.time(&suite)?.max(Duration::from_mins(2));
        self.mutate(group, files, "--test=suite", limit, &skipped)
    }

    /// Runs tests of the unchanged code, which must pass, and returns four times their duration.
    fn time(&self, tests: &[&str]) -> Outcome<Duration> {
        let start = Instant::now();
        run(self.cargo(&["test", "--locked"])?.args(tests))?;
        Ok(start.elapsed() * 4)
    }

    /// Runs cargo-mutants on some files with the tests of one target. Skips mutants that an earlier
    /// run of this group caught.
    fn mutate(
        &self,
        group: Group,
        files: &[&String],
        tests: &str,
        limit: Duration,
        skipped: &[String],
    ) -> Outcome {
        let mut mutants = self.cargo(&["mutants", "--in-place", "--iterate"])?;
        mutants
            .args(["--baseline", "skip", "--no-shuffle", "--colors", "never"])
            .args(["--timeout", &limit.as_secs().to_string()])
            .args(["--build-timeout", "600", "-C=--locked"])
            .arg(format!("-C={tests}"))
            .arg("-o")
            .arg(self.results_of(group));
        for file in files {
            mutants.args(["-f", file]);
        }
        mutants.arg("--");
        if !skipped.is_empty() {
            mutants.arg("--").args(skipped);
        }
        // 2 and 3: mutants survived or timed out, which is read from the results.
        match mutants.status()?.code() {
            Some(0 | 2 | 3) => Ok(()),
            code => failed(format!("cargo mutants ended with {code:?}")),
        }
    }

    /// Fails if a test in the list of slow ones does not exist. It may have been renamed and is
    /// then no longer skipped.
    fn check_slow_tests(&self) -> Outcome {
        let mut list = self.cargo(&["test", "--locked", "--quiet", "--test", "suite"])?;
        let tests = output(list.args(["--", "--list"]).stdout(Stdio::piped()))?;
        let unknown = |name: &str| !tests.lines().any(|test| test.contains(name));
        match SLOW.iter().find(|(name, _)| unknown(name)) {
            Some((name, _)) => failed(format!(
                "no test is named {name}; correct the list in xtask"
            )),
            None => Ok(()),
        }
    }

    /// Returns a command that runs Cargo in the copy and writes its output to the log.
    fn cargo(&self, arguments: &[&str]) -> Outcome<Command> {
        let log = OpenOptions::new()
            .append(true)
            .create(true)
            .open(&self.log)?;
        let mut cargo = program("cargo");
        cargo
            .args(arguments)
            .current_dir(&self.copy)
            .env("CARGO_TARGET_DIR", &self.target)
            .stdout(log.try_clone()?)
            .stderr(log);
        Ok(cargo)
    }
}

/// Files that are tested with the same tests.
#[derive(Clone, Copy, PartialEq)]
enum Group {
    Algorithms,
    Others,
}

impl Group {
    const ALL: [Self; 2] = [Self::Algorithms, Self::Others];

    fn name(self) -> &'static str {
        match self {
            Self::Algorithms => "algorithms",
            Self::Others => "others",
        }
    }

    fn has(self, file: &str) -> bool {
        file.starts_with("src/alg/") == (self == Self::Algorithms)
    }

    /// Returns the options that skip the slow tests that do not cover these files.
    fn skipped(self) -> Vec<String> {
        let skipped = SLOW
            .iter()
            .filter(|(_, algorithms)| !(*algorithms && self == Self::Algorithms));
        skipped.map(|(name, _)| format!("--skip={name}")).collect()
    }
}
