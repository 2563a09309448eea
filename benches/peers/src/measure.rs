//! Several ways to do the same, timed in turns.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// Turns that everybody takes.
const ROUNDS: usize = 41;

/// Samples in a turn, of which the best counts: the others were interrupted.
const SAMPLES: usize = 5;

/// How long a sample takes, so short that most are not interrupted.
const SAMPLE: Duration = Duration::from_micros(150);

/// One way to do it.
pub struct Contender {
    pub name: String,
    work: Box<dyn FnMut()>,
}

impl Contender {
    /// `work` panics if it fails, or if it is not done.
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

    /// How often it is done in a sample.
    fn pace(&mut self) -> u32 {
        let once = (0..20).map(|_| self.time(1)).min().unwrap();
        let times = SAMPLE.as_nanos() / once.as_nanos().max(1);
        u32::try_from(times).unwrap().max(1)
    }
}

/// What came of one of them.
pub struct Result {
    pub name: String,
    /// Nanoseconds in each round.
    rounds: Vec<f64>,
}

impl Result {
    /// Microseconds, the median of the rounds.
    pub fn micros(&self) -> f64 {
        median(self.rounds.clone()) / 1e3
    }

    /// Our time over theirs, the median of the rounds.
    pub fn over(&self, other: &Self) -> f64 {
        let pairs = self.rounds.iter().zip(&other.rounds);
        median(pairs.map(|(ours, theirs)| ours / theirs).collect())
    }
}

pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Lets all of them do it in turns.
pub fn contest(mut contenders: Vec<Contender>) -> Vec<Result> {
    let paces: Vec<u32> = contenders.iter_mut().map(Contender::pace).collect();
    let mut rounds = vec![Vec::new(); contenders.len()];
    for _ in 0..ROUNDS {
        for (i, contender) in contenders.iter_mut().enumerate() {
            let samples = (0..SAMPLES).map(|_| contender.time(paces[i]));
            rounds[i].push(samples.min().unwrap().as_secs_f64() * 1e9);
        }
    }
    let names = contenders.into_iter().map(|contender| contender.name);
    let results = names.zip(rounds);
    results
        .map(|(name, rounds)| Result { name, rounds })
        .collect()
}
