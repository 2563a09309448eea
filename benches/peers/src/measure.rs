//! Times several ways to do the same work, in turn.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// Number of turns of each contender.
const ROUNDS: usize = 41;

/// Number of samples in a turn. Only the fastest counts, because others may have been interrupted.
const SAMPLES: usize = 5;

/// Duration of a sample: so short that most samples are not interrupted.
const SAMPLE: Duration = Duration::from_micros(150);

/// One way to do the work.
pub struct Contender {
    pub name: String,
    work: Box<dyn FnMut()>,
}

impl Contender {
    /// Creates a contender. `work` must panic if it fails or does nothing.
    pub fn new(name: impl Into<String>, work: impl FnMut() + 'static) -> Self {
        let (name, work) = (name.into(), Box::new(work));
        Self { name, work }
    }

    fn time(&mut self, times: u32) -> Duration {
        let start = Instant::now();
        for _ in 0..times {
            black_box(&mut self.work)();
        }
        start.elapsed() / times
    }

    /// Returns how often the work is repeated in a sample.
    fn repetitions(&mut self) -> u32 {
        let once = (0..20).map(|_| self.time(1)).min().unwrap();
        let times = SAMPLE.as_nanos() / once.as_nanos().max(1);
        u32::try_from(times).unwrap().max(1)
    }
}

/// The times of one contender.
pub struct Result {
    pub name: String,
    /// The time in each round, in nanoseconds.
    rounds: Vec<f64>,
}

impl Result {
    /// Returns the median of the rounds in microseconds.
    pub fn micros(&self) -> f64 {
        median(self.rounds.clone()) / 1e3
    }

    /// Returns the ratio of this time to the other: the median of the rounds' ratios.
    pub fn over(&self, other: &Self) -> f64 {
        let pairs = self.rounds.iter().zip(&other.rounds);
        median(pairs.map(|(this, other)| this / other).collect())
    }
}

pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Times all contenders in turn.
pub fn contest(mut contenders: Vec<Contender>) -> Vec<Result> {
    let repetitions: Vec<u32> = contenders.iter_mut().map(Contender::repetitions).collect();
    let mut rounds = vec![Vec::new(); contenders.len()];
    for _ in 0..ROUNDS {
        for (i, contender) in contenders.iter_mut().enumerate() {
            let samples = (0..SAMPLES).map(|_| contender.time(repetitions[i]));
            rounds[i].push(samples.min().unwrap().as_secs_f64() * 1e9);
        }
    }
    let names = contenders.into_iter().map(|contender| contender.name);
    let results = names.zip(rounds);
    results
        .map(|(name, rounds)| Result { name, rounds })
        .collect()
}
