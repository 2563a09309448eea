//! Random inputs.

use std::env;

use proptest::prelude::*;

/// So many cases, or as many as the environment variable `PROPTEST_CASES` says.
pub(crate) fn cases(usual: u32) -> ProptestConfig {
    let asked = env::var("PROPTEST_CASES")
        .ok()
        .and_then(|text| text.parse().ok());
    ProptestConfig {
        cases: asked.unwrap_or(usual),
        // What fails is printed in full; it becomes a test of its own.
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Up to so many bytes of any value.
pub(crate) fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..=most)
}
