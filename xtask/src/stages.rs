//! Runs a list of stages one after the other, each with a log and a time budget.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use clap::Args;

use crate::process::{Outcome, failed, root, usage_error};
use crate::timeout;

/// The exit code of a command of xtask that cannot run on this machine.
pub const SKIPPED: u8 = 77;

/// Which stages run, and whether all of them must.
#[derive(Args)]
pub struct Selection {
    /// Run only the stages whose names contain this
    #[arg(long, value_name = "PART")]
    only: Option<String>,
    /// Fail if a stage is skipped
    #[arg(long)]
    no_skips: bool,
}

/// A time budget that several stages share.
#[derive(Clone, Copy)]
pub struct Budget {
    pub name: &'static str,
    pub seconds: u64,
}

/// One stage: a program that passes, fails, or reports with exit code 77 that it cannot run here.
pub struct Stage {
    pub name: String,
    pub budget: Budget,
    pub command: Command,
    /// The stage fails after this time.
    pub limit: Duration,
    /// Lines of the log that contain one of these are shown even if the stage passes.
    pub shown: &'static [&'static str],
}

/// How a stage ended.
enum Ending {
    Passed,
    Failed,
    Skipped,
}

/// The counts and times of a run.
#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
    skipped: usize,
    used: Vec<(Budget, Duration)>,
}

/// Runs the selected stages and fails if one of them does. The logs are in `folder`, under
/// `target`.
pub fn run_selected(selection: &Selection, folder: &str, mut stages: Vec<Stage>) -> Outcome {
    if let Some(part) = &selection.only {
        let names: Vec<_> = stages.iter().map(|stage| stage.name.clone()).collect();
        stages.retain(|stage| stage.name.contains(part));
        if stages.is_empty() {
            usage_error(&format!(
                "no stage contains {part}; the stages are {}",
                names.join("; ")
            ));
        }
    }
    let logs = root().join("target").join(folder);
    fs::create_dir_all(&logs)?;
    let mut summary = File::create(logs.join("summary.txt"))?;
    let mut tally = Tally::default();
    for mut stage in stages {
        let log = logs.join(format!("{}.log", stage.name.replace([' ', ',', '/'], "-")));
        let start = Instant::now();
        let ending = run_stage(&mut stage, &log)?;
        let report = report(&stage, &ending, start.elapsed(), &log)?;
        print!("{report}");
        summary.write_all(report.as_bytes())?;
        tally.add(stage.budget, &ending, start.elapsed());
    }
    let text = tally.text();
    print!("{text}");
    summary.write_all(text.as_bytes())?;
    if tally.failed > 0 {
        return failed(format!("{} stages", tally.failed));
    }
    if selection.no_skips && tally.skipped > 0 {
        return failed(format!("{} stages were skipped", tally.skipped));
    }
    Ok(())
}

/// Runs one stage and writes its output to `log`. At its limit, kills it and all its descendants.
fn run_stage(stage: &mut Stage, log: &Path) -> Outcome<Ending> {
    let out = File::create(log)?;
    stage.command.stdout(out.try_clone()?).stderr(out);
    let mut child = match stage.command.spawn() {
        Ok(child) => child,
        Err(error) => {
            fs::write(log, format!("{}: {error}\n", stage.name))?;
            return Ok(Ending::Failed);
        }
    };
    let Some(status) = timeout::wait(&mut child, stage.limit)? else {
        let mut log = File::options().append(true).open(log)?;
        writeln!(log, "killed after {} s", stage.limit.as_secs())?;
        return Ok(Ending::Failed);
    };
    Ok(match status.code() {
        Some(0) => Ending::Passed,
        Some(code) if code == i32::from(SKIPPED) => Ending::Skipped,
        _ => Ending::Failed,
    })
}

/// Returns the lines to print for one stage.
fn report(stage: &Stage, ending: &Ending, time: Duration, log: &Path) -> Outcome<String> {
    let text = String::from_utf8_lossy(&fs::read(log)?).into_owned();
    let seconds = time.as_secs();
    let name = &stage.name;
    Ok(match ending {
        Ending::Passed => {
            let is_shown = |line: &&str| stage.shown.iter().any(|part| line.contains(part));
            let shown: String = text
                .lines()
                .filter(is_shown)
                .map(|line| format!("          {line}\n"))
                .collect();
            format!("ok      {name} ({seconds} s)\n{shown}")
        }
        Ending::Skipped => {
            let why = text.lines().last().unwrap_or_default();
            format!("SKIPPED {name}: {why}\n")
        }
        Ending::Failed => {
            let lines: Vec<_> = text.lines().collect();
            let end = lines[lines.len().saturating_sub(60)..].join("\n");
            format!("FAILED  {name} ({seconds} s), the end of its log:\n{end}\n")
        }
    })
}

impl Tally {
    fn add(&mut self, budget: Budget, ending: &Ending, time: Duration) {
        match ending {
            Ending::Passed => self.passed += 1,
            Ending::Failed => self.failed += 1,
            Ending::Skipped => self.skipped += 1,
        }
        match self.used.iter_mut().find(|(b, _)| b.name == budget.name) {
            Some((_, used)) => *used += time,
            None => self.used.push((budget, time)),
        }
    }

    /// Returns the times against their budgets, and the counts.
    fn text(&self) -> String {
        let mut text = String::from("\nbudget                                  used     of\n");
        let (mut used_by_all, mut of_all) = (0, 0);
        for (budget, used) in &self.used {
            let (used, of) = (used.as_secs(), budget.seconds);
            used_by_all += used;
            of_all += of;
            let over = if used > of { "  OVER" } else { "" };
            text += &format!("{:36} {used:>5} s {of:>4} s{over}\n", budget.name);
        }
        text += &format!("{:36} {used_by_all:>5} s {of_all:>4} s\n", "total");
        let Self {
            passed,
            failed,
            skipped,
            ..
        } = self;
        text += &format!("stages: {passed} passed, {failed} failed, {skipped} skipped\n");
        text
    }
}
