//! Runs `jose_verify_fuzz::targets::verify`.
#![no_main]

use jose_verify_fuzz::targets::verify::{Input, check};
use jose_verify_fuzz::vectors::CASES;

libfuzzer_sys::fuzz_target!(
    // Loads the vectors before the time limit of an input applies.
    init: assert!(!CASES.is_empty()),
    |input: Input| check(&input)
);
