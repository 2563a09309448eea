//! Runs `jose_verify_fuzz::targets::jwk_options`.
#![no_main]

use jose_verify_fuzz::targets::jwk_options::{Input, POINTS, check};

libfuzzer_sys::fuzz_target!(
    // Computes the points before the time limit of an input applies.
    init: assert!(!POINTS.is_empty()),
    |input: Input| check(&input)
);
