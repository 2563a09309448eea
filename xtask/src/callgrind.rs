//! Counts instructions under valgrind. Unlike times, the counts are the same on a busy machine. The
//! size of the environment moves the stack, which changes them slightly.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use crate::process::{Outcome, cargo, failed, need_programs, output, program};

/// A program that does the work of one row per run, and the function whose instructions are
/// counted.
pub struct Counted {
    program: PathBuf,
    function: &'static str,
}

/// The counts of one run.
#[derive(Clone, Copy)]
pub struct Count {
    /// The length of the input, as printed by the program.
    pub bytes: u64,
    /// Instructions between entering and leaving the function.
    pub instructions: u64,
}

impl Counted {
    /// Builds a program in release mode. `arguments` select it for Cargo.
    pub fn build(arguments: &[&str], name: &str, function: &'static str) -> Outcome<Self> {
        need_programs(&["valgrind"])?;
        let mut build = cargo(["build", "--release", "--locked", "--message-format=json"]);
        let messages = output(build.args(arguments))?;
        let executables = messages.split("\"executable\":\"").skip(1);
        let program = executables
            .filter_map(|rest| rest.split('"').next())
            .map(PathBuf::from)
            .find(|path| path.file_stem().is_some_and(|stem| stem == name));
        let Some(program) = program else {
            return failed(format!("cargo did not build {name}"));
        };
        Ok(Self { program, function })
    }

    /// Returns the names of the rows that the program can count.
    pub fn rows(&self) -> Outcome<Vec<String>> {
        let listed = output(program(&self.program).arg("--list"))?;
        Ok(listed.lines().map(str::to_owned).collect())
    }

    /// Runs the program once.
    pub fn count(&self, arguments: &[&str]) -> Outcome<Count> {
        let mut valgrind = program("valgrind");
        valgrind
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg("--collect-atstart=no")
            .arg(format!("--toggle-collect=*{}*", self.function))
            .arg(&self.program)
            .args(arguments);
        let done = valgrind.output()?;
        let log = String::from_utf8_lossy(&done.stderr);
        let printed = String::from_utf8_lossy(&done.stdout);
        let instructions = log
            .split_once("Collected : ")
            .and_then(|(_, rest)| rest.split_whitespace().next()?.parse().ok());
        match (printed.trim().parse(), instructions) {
            (Ok(bytes), Some(instructions)) if instructions > 0 && done.status.success() => {
                Ok(Count {
                    bytes,
                    instructions,
                })
            }
            _ => failed(format!("nothing was counted for {arguments:?}: {log}")),
        }
    }
}

/// Processes the items on all processors. Calls `done` with each result, in the order of the items,
/// as soon as it and all earlier results are available.
pub fn in_parallel<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&T) -> Outcome<R> + Sync,
    mut done: impl FnMut(&T, R),
) -> Outcome {
    let (next, work) = (&AtomicUsize::new(0), &work);
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, NonZero::get) {
            let sender = sender.clone();
            scope.spawn(move || {
                while let Some((index, item)) = take(items, next) {
                    // The receiver is dropped after an error.
                    if sender.send((index, work(item))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        let mut early = BTreeMap::new();
        let mut due = 0;
        for (index, result) in receiver {
            early.insert(index, result);
            while let Some(result) = early.remove(&due) {
                done(&items[due], result?);
                due += 1;
            }
        }
        Ok(())
    })
}

fn take<'a, T>(items: &'a [T], next: &AtomicUsize) -> Option<(usize, &'a T)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    Some((index, items.get(index)?))
}

/// Formats a number with a comma between groups of three digits.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{grouped, in_parallel};
    use crate::process::failed;

    #[test]
    fn results_come_in_order_up_to_the_first_error() {
        let mut seen = Vec::new();
        let square = |n: &u64| if *n == 70 { failed("70") } else { Ok(n * n) };
        let items: Vec<_> = (0..100).collect();
        let done = in_parallel(&items, square, |n, square| seen.push((*n, square)));
        assert!(done.is_err());
        assert_eq!(seen, (0..70).map(|n| (n, n * n)).collect::<Vec<_>>());
    }

    #[test]
    fn numbers_have_commas() {
        for (number, want) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(grouped(number), want);
        }
    }
}
