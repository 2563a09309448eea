//! Random inputs.

use std::env;

use proptest::prelude::*;

/// Runs this many cases, or as many as the environment variable `PROPTEST_CASES` says.
pub(crate) fn cases(usual: u32) -> ProptestConfig {
    let asked = env::var("PROPTEST_CASES")
        .ok()
        .and_then(|text| text.parse().ok());
    ProptestConfig {
        cases: asked.unwrap_or(usual),
        // Failing cases are not stored: each is printed in full, to be turned into a test.
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Generates at most this many arbitrary bytes.
pub(crate) fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..=most)
}
