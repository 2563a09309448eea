//! Mutation testing: changes the code and checks that a test fails for each change.

mod job;
mod report;

use std::ffi::OsStr;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::thread::{self, ScopedJoinHandle};
use std::{fs, process};

use clap::Args;

use crate::process::{Failure, Outcome, failed, files, need_cargo_tool, print_end, read, root};
use job::Job;

/// Files of src/alg that are mutated by default. They decide what is accepted. The rest of src/alg
/// is arithmetic, which has thousands of mutants and is compared with other implementations.
const ALGORITHMS: [&str; 6] = [
    "src/alg/algorithms.rs",
    "src/alg/ecdsa/mod.rs",
    "src/alg/ecdsa/verification.rs",
    "src/alg/hmac",
    "src/alg/rsa/pkcs1.rs",
    "src/alg/rsa/pss.rs",
];

/// Changes the code in hundreds of ways and checks that a test fails for each (mutation testing)
///
/// Makes one change at a time, in a copy of the sources. Runs the unit tests first, and tests/suite
/// without its slow tests if the change survives. For src/alg, also runs the slow tests of the
/// algorithms. Fails if a change survives that tests/mutants.md does not explain, or if that list
/// explains one that does not survive.
///
/// Takes hours of processor time for all files. Needs cargo-mutants, which is installed if it is
/// missing.
///
/// Exit codes: 0 passed, 1 failed, 2 usage error, 77 skipped.
#[derive(Args)]
pub struct Arguments {
    /// Number of jobs in parallel, each with its own copy of the sources
    #[arg(long, value_name = "N", default_value = "1")]
    jobs: NonZeroUsize,
    /// Keep the copies and the results in this folder
    #[arg(long, value_name = "FOLDER")]
    keep: Option<PathBuf>,
    /// Files of src; by default all but limits.rs, lib.rs and the arithmetic of the algorithms
    #[arg(value_name = "FILE", value_parser = source)]
    files: Vec<String>,
}

impl Arguments {
    /// Runs the command.
    pub fn run(mut self) -> Outcome {
        if self.files.is_empty() {
            self.files = default_files()?;
        }
        self.files.sort();
        self.files.dedup();
        need_cargo_tool("mutants")?;
        let Some(folder) = &self.keep else {
            let folder = root().join(format!("target/mutants-{}", process::id()));
            let done = self.test_mutants(&folder);
            fs::remove_dir_all(&folder)?;
            return done;
        };
        self.test_mutants(folder)
    }

    /// Tests the mutants of the files, with copies and results in a folder.
    fn test_mutants(&self, folder: &Path) -> Outcome {
        fs::create_dir_all(folder)?;
        let folder = folder.canonicalize()?;
        let jobs: Vec<_> = self
            .shares()?
            .into_iter()
            .enumerate()
            .map(|(number, files)| Job::new(&folder, number, files))
            .collect();
        let done: Vec<_> = thread::scope(|scope| {
            let running: Vec<_> = jobs.iter().map(|job| scope.spawn(|| job.run())).collect();
            running.into_iter().map(ScopedJoinHandle::join).collect()
        });
        let mut broken = Vec::new();
        for (job, done) in jobs.iter().zip(done) {
            let why = match done {
                Ok(Ok(())) => continue,
                Ok(Err(Failure::Failed(why) | Failure::Unavailable(why))) => why,
                Err(_) => String::from("the job panicked"),
            };
            println!("the end of {}:", job.log().display());
            print_end(job.log());
            broken.push(why);
        }
        if !broken.is_empty() {
            return failed(broken.join("; "));
        }
        report::report(&jobs, &self.files)
    }

    /// Distributes the files over the jobs, the longest first, so that the jobs end at similar
    /// times.
    fn shares(&self) -> Outcome<Vec<Vec<String>>> {
        let mut by_length = Vec::new();
        for file in &self.files {
            by_length.push((read(file)?.lines().count(), file.clone()));
        }
        by_length.sort();
        let jobs = self.jobs.get().min(by_length.len());
        let mut shares = vec![Vec::new(); jobs];
        for (number, (_, file)) in by_length.into_iter().rev().enumerate() {
            if let Some(share) = shares.get_mut(number % jobs) {
                share.push(file);
            }
        }
        Ok(shares)
    }
}

/// Parses the path of a file of `src`.
fn source(file: &str) -> Result<String, String> {
    let is_source = file.starts_with("src/") && root().join(file).is_file();
    if is_source && Path::new(file).extension() == Some(OsStr::new("rs")) {
        return Ok(file.to_owned());
    }
    Err(String::from(
        "not a Rust file under src, relative to the root of the repository",
    ))
}

fn default_files() -> Outcome<Vec<String>> {
    let all = files(&[".rs"])?;
    let all: Vec<_> = all.iter().filter_map(|file| file.to_str()).collect();
    if let Some(missing) = ALGORITHMS
        .iter()
        .find(|start| !all.iter().any(|file| file.starts_with(*start)))
    {
        return failed(format!(
            "{missing} does not exist; update the list in xtask"
        ));
    }
    let chosen = all.into_iter().filter(|file| is_default(file));
    Ok(chosen.map(String::from).collect())
}

fn is_default(file: &str) -> bool {
    if file.starts_with("src/alg/") {
        return ALGORITHMS.iter().any(|start| file.starts_with(start));
    }
    file.starts_with("src/") && !["src/limits.rs", "src/lib.rs"].contains(&file)
}

#[cfg(test)]
mod tests {
    use super::is_default;

    #[test]
    fn arithmetic_is_left_out_and_decisions_are_not() {
        for (file, wanted) in [
            ("src/alg/ecdsa/prime.rs", false),
            ("src/alg/ecdsa/verification.rs", true),
            ("src/alg/hmac.rs", true),
            ("src/error/mod.rs", true),
            ("src/limits.rs", false),
            ("tests/suite/main.rs", false),
        ] {
            assert_eq!(is_default(file), wanted, "{file}");
        }
    }
}
