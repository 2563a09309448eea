//! `jose_verify_fuzz::targets::verify`.
#![no_main]

use jose_verify_fuzz::targets::verify::{Input, check};
use jose_verify_fuzz::vectors::CASES;

libfuzzer_sys::fuzz_target!(
    // Outside of the time that an input may take.
    init: assert!(!CASES.is_empty()),
    |input: Input| check(&input)
);
