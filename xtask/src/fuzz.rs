//! Runs fuzz targets.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::{fs, panic, thread};

use clap::Args;

use crate::process::{
    NIGHTLY, Outcome, failed, host_target, need_cargo_tool, need_toolchain, print_end, program,
    root, run_logged, run_silently, target_folder,
};

/// The targets with textual input, which use the dictionary `jose.dict`.
const WITH_DICTIONARY: [&str; 11] = [
    "claims",
    "header",
    "in_place",
    "json",
    "jwk_set",
    "metadata",
    "pem",
    "pem_map",
    "realm",
    "set_entries",
    "token_response",
];

/// Runs each fuzz target for some time and prints its coverage
///
/// The corpus is kept in fuzz/corpus, and the next run starts from it.
///
/// A crash is written to fuzz/artifacts/TARGET; fuzz/README.md says what to do then.
///
/// Needs the toolchain nightly-2026-10-30 and cargo-fuzz, which are installed if they are missing.
///
/// Exit codes: 0 passed, 1 failed (a crash, or a failed build), 2 usage error, 77 skipped.
#[derive(Args)]
pub struct Arguments {
    /// Seconds for each target
    #[arg(long, value_name = "N", default_value_t = 600)]
    seconds: u32,
    /// Targets that run at the same time; each takes a core and up to 2 GB
    #[arg(long, value_name = "N", default_value = "1")]
    jobs: NonZeroUsize,
    /// The folder for the logs; by default fuzz/target/logs
    #[arg(long, value_name = "FOLDER")]
    logs: Option<PathBuf>,
    /// Names of files in `fuzz/fuzz_targets`; by default all
    #[arg(value_name = "TARGET", value_parser = target)]
    targets: Vec<String>,
}

impl Arguments {
    /// Runs the command.
    pub fn run(mut self) -> Outcome {
        let builds = target_folder("fuzz/target");
        let logs = self.logs.take().unwrap_or_else(|| builds.join("logs"));
        fs::create_dir_all(&logs)?;
        let logs = logs.canonicalize()?;
        if self.targets.is_empty() {
            self.targets = all_targets();
        }
        if self.targets.is_empty() {
            return failed("fuzz/fuzz_targets has no targets");
        }
        need_toolchain(NIGHTLY, &[])?;
        need_cargo_tool("fuzz")?;
        prepare(&builds, &logs)?;
        let crashed = self.run_targets(&logs);
        print_table(&self.targets, &crashed, &logs);
        for name in &crashed {
            let log = log_of(&logs, name);
            println!("{name} crashed; the end of {}:", log.display());
            print_end(&log);
        }
        let idle: Vec<_> = self
            .targets
            .iter()
            .filter(|name| is_idle(&logs, name))
            .collect();
        if !idle.is_empty() {
            return failed(format!("executed no input: {idle:?}"));
        }
        if crashed.is_empty() {
            return Ok(());
        }
        failed(format!("crashed: {}", crashed.join(" ")))
    }

    /// Runs the targets, `jobs` of them at a time, and returns those that crashed.
    fn run_targets(&self, logs: &Path) -> Vec<&str> {
        let queue = Mutex::new(self.targets.iter());
        let next = || queue.lock().ok()?.next();
        let job = || {
            let mut crashed = Vec::new();
            while let Some(name) = next() {
                if self.run_target(name, &log_of(logs, name)).is_err() {
                    crashed.push(name.as_str());
                }
            }
            crashed
        };
        thread::scope(|scope| {
            let jobs: Vec<_> = (0..self.jobs.get()).map(|_| scope.spawn(job)).collect();
            let crashed = jobs.into_iter().flat_map(|job| match job.join() {
                Ok(crashed) => crashed,
                Err(panic) => panic::resume_unwind(panic),
            });
            crashed.collect()
        })
    }

    fn run_target(&self, name: &str, log: &Path) -> Outcome {
        let mut fuzz = cargo_fuzz("run");
        fuzz.args([name, "--"])
            .arg(format!("-max_total_time={}", self.seconds))
            .args(["-max_len=4096", "-timeout=30", "-print_final_stats=1"]);
        if WITH_DICTIONARY.contains(&name) {
            fuzz.arg("-dict=jose.dict");
        }
        run_silently(&mut fuzz, log)
    }
}

/// Parses the name of a target.
fn target(name: &str) -> Result<String, String> {
    let all = all_targets();
    if all.iter().any(|target| target == name) {
        return Ok(name.to_owned());
    }
    Err(format!("the targets are {}", all.join(", ")))
}

/// Returns the names of all targets, sorted.
fn all_targets() -> Vec<String> {
    let files = root().join("fuzz/fuzz_targets").read_dir();
    let names = files.into_iter().flatten().flatten();
    let mut names: Vec<_> = names
        .filter_map(|file| Some(file.file_name().to_str()?.strip_suffix(".rs")?.to_owned()))
        .collect();
    names.sort();
    names
}

fn log_of(logs: &Path, name: &str) -> PathBuf {
    logs.join(format!("{name}.log"))
}

/// Returns a command that runs cargo-fuzz in the folder `fuzz`.
fn cargo_fuzz(command: &str) -> Command {
    let mut fuzz = program("cargo");
    fuzz.arg(format!("+{NIGHTLY}"))
        .args(["fuzz", command])
        // Tracing comparisons would take four fifths of the time. It does not help, because most
        // comparisons are arithmetic.
        .arg("--no-trace-compares")
        .current_dir(root().join("fuzz"))
        .env("CARGO_TARGET_DIR", target_folder("fuzz/target"));
    fuzz
}

/// Builds the targets and writes the seed inputs.
fn prepare(builds: &Path, logs: &Path) -> Outcome {
    run_logged(&mut cargo_fuzz("build"), &log_of(logs, "build"))?;
    let seed = builds.join(host_target()?).join("release/seed");
    let mut seed = program(seed);
    run_logged(seed.current_dir(root().join("fuzz")), &log_of(logs, "seed"))
}

fn print_table(targets: &[String], crashed: &[&str], logs: &Path) {
    println!(
        "{}",
        row("target", ["executions", "cov", "ft", "corpus"], "")
    );
    for name in targets {
        let log = fs::read(log_of(logs, name)).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let verdict = if crashed.contains(&name.as_str()) {
            "CRASHED"
        } else {
            ""
        };
        println!("{}", row(name, figures(&log), verdict));
    }
}

/// Returns whether a target that ran executed no input.
fn is_idle(logs: &Path, name: &str) -> bool {
    let log = fs::read(log_of(logs, name)).unwrap_or_default();
    let log = String::from_utf8_lossy(&log);
    let [executions, ..] = figures(&log);
    executions.parse::<u64>().unwrap_or_default() == 0
}

fn row(name: &str, [executions, cov, ft, corpus]: [&str; 4], verdict: &str) -> String {
    let row = format!("{name:<14} {executions:>12} {cov:>8} {ft:>8} {corpus:>8}  {verdict}");
    row.trim_end().to_owned()
}

/// Returns the number of executions, edges, features and corpus inputs from the last report in a
/// log of libFuzzer. Figures that are missing are empty.
fn figures(log: &str) -> [&str; 4] {
    let is_report = |line: &&str| line.starts_with('#') && line.contains(" cov: ");
    let report = log.lines().rfind(is_report).unwrap_or_default();
    let figure = |text, name| {
        let rest = str::split_once(text, name)
            .map_or("", |(_, rest)| rest)
            .trim_start();
        rest.split(|c: char| !c.is_ascii_digit())
            .next()
            .unwrap_or_default()
    };
    let executions = figure(log, "number_of_executed_units:");
    [
        executions,
        figure(report, " cov:"),
        figure(report, " ft:"),
        figure(report, " corp:"),
    ]
}

#[cfg(test)]
mod tests {
    use super::{figures, row};

    #[test]
    fn the_last_report_counts() {
        let log = "INFO: Loaded 1 modules\n\
            #2\tINITED cov: 10 ft: 11 corp: 1/1b exec/s: 0 rss: 40Mb\n\
            #4096\tDONE   cov: 96 ft: 301 corp: 87/12Kb lim: 4096 exec/s: 819 rss: 60Mb\n\
            stat::number_of_executed_units: 4096\n";
        assert_eq!(figures(log), ["4096", "96", "301", "87"]);
        assert_eq!(figures("error: could not compile"), [""; 4]);
    }

    #[test]
    fn columns_are_aligned() {
        let found = row("json", ["4096", "96", "301", "87"], "CRASHED");
        let wanted = "json                   4096       96      301       87  CRASHED";
        assert_eq!(found, wanted);
    }
}
