//! Counts instructions on inputs of hostile shapes.

use clap::Args;

use crate::callgrind::{Count, Counted, grouped, in_parallel};
use crate::process::{Outcome, failed};

/// Checks that the work grows no faster than the length of the input
///
/// Runs examples/hostile.rs on inputs of each shape under valgrind and counts the instructions of
/// the library. Fails if an input of twice the length takes more than 2.2 times the work.
///
/// Takes a few minutes. Needs valgrind.
///
/// Exit codes: 0 passed, 1 failed, 2 usage error, 77 valgrind is not installed.
#[derive(Args)]
pub struct Arguments {
    /// Count at two sizes, 64 and 128 KB, instead of five
    #[arg(long)]
    quick: bool,
    /// The shapes, such as "token: dots"; by default all
    #[arg(value_name = "SHAPE")]
    shapes: Vec<String>,
}

const SIZES: [u64; 5] = [1 << 16, 1 << 17, 1 << 18, 1 << 19, 1_040_000];

/// The number of sizes with `--quick`.
const QUICK: usize = 2;

/// The maximum factor by which the work may grow when the input doubles.
const MAX_GROWTH: f64 = 2.2;

/// Smaller differences are ignored, because they come from steps that are taken once.
const SMALL: u64 = 20_000;

impl Arguments {
    /// Runs the command.
    pub fn run(self) -> Outcome {
        let program = Counted::build(&["--example", "hostile"], "hostile", "hostile_work")?;
        let shapes = self.chosen(program.rows()?)?;
        let sizes = &SIZES[..if self.quick { QUICK } else { SIZES.len() }];
        println!(
            "{:44} {:>9} {:>13} {:>9} {:>7}",
            "shape", "bytes", "instructions", "per byte", "worst"
        );
        if shapes.is_empty() {
            return failed("examples/hostile.rs lists no shape");
        }
        let mut grown = 0;
        let work = |shape: &String| Growth::of(&program, shape, sizes);
        in_parallel(&shapes, work, |shape, growth| {
            let holds = growth.worst <= MAX_GROWTH;
            let remark = if holds { "" } else { "  TOO MUCH" };
            println!("{}{remark}", growth.line(shape));
            grown += usize::from(!holds);
        })?;
        println!(
            "{} shapes at {} sizes, {grown} of them grow faster than their input",
            shapes.len(),
            sizes.len()
        );
        if grown > 0 {
            return failed("the work is not bounded by the length of the input");
        }
        Ok(())
    }

    fn chosen(&self, mut shapes: Vec<String>) -> Outcome<Vec<String>> {
        if let Some(unknown) = self.shapes.iter().find(|shape| !shapes.contains(shape)) {
            return failed(format!("no such shape: {unknown}"));
        }
        shapes.retain(|shape| self.shapes.is_empty() || self.shapes.contains(shape));
        Ok(shapes)
    }
}

/// How the work on one shape grows.
struct Growth {
    /// The count at the largest size.
    largest: Count,
    /// The largest factor by which the work grew when the input doubled.
    worst: f64,
}

impl Growth {
    fn of(program: &Counted, shape: &str, sizes: &[u64]) -> Outcome<Self> {
        let mut last = program.count(&[shape, "0"])?;
        let fixed = last.instructions;
        let mut worst: f64 = 0.0;
        for (i, size) in sizes.iter().enumerate() {
            let count = program.count(&[shape, &size.to_string()])?;
            if i > 0 {
                worst = worst.max(growth(fixed, last, count));
            }
            last = count;
        }
        Ok(Self {
            largest: last,
            worst,
        })
    }

    fn line(&self, shape: &str) -> String {
        let Count {
            bytes,
            instructions,
        } = self.largest;
        format!(
            "{shape:44} {:>9} {:>13} {:>9.1} {:>7.2}",
            grouped(bytes),
            grouped(instructions),
            ratio(instructions, bytes),
            self.worst
        )
    }
}

/// Returns the factor by which the work grows from one input to a longer one, scaled to an input of
/// twice the length. `fixed` is the work on an empty input.
///
/// For example, from 1,000,000 instructions for 100 bytes to 4,400,000 for 400 bytes, the factor is
/// 4.4 * 2 / 4 = 2.2.
fn growth(fixed: u64, shorter: Count, longer: Count) -> f64 {
    let (less, more) = (shorter.instructions, longer.instructions);
    if more <= less + SMALL {
        return 0.0;
    }
    let less = less.saturating_sub(fixed).max(SMALL);
    let lengthened = ratio(longer.bytes, shorter.bytes).max(1.0);
    ratio(more.saturating_sub(fixed), less) * 2.0 / lengthened
}

#[expect(clippy::cast_precision_loss, reason = "shown with two digits")]
fn ratio(a: u64, b: u64) -> f64 {
    a as f64 / b as f64
}

#[cfg(test)]
mod tests {
    use super::{Count, growth};

    #[test]
    fn growth_is_that_of_a_doubled_input() {
        let count = |bytes, instructions| Count {
            bytes,
            instructions,
        };
        for (fixed, shorter, longer, want) in [
            (0, count(100, 1_000_000), count(400, 4_400_000), 2.2),
            (500_000, count(100, 1_500_000), count(200, 2_500_000), 2.0),
            (0, count(100, 1_000_000), count(200, 4_000_000), 4.0),
            (0, count(100, 1_000_000), count(200, 1_020_000), 0.0),
        ] {
            let found = growth(fixed, shorter, longer);
            assert!((found - want).abs() < 1e-9, "{found} instead of {want}");
        }
    }
}
