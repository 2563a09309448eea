//! `jose_verify_fuzz::targets::in_place`.
#![no_main]

use jose_verify_fuzz::targets::in_place::check;
use jose_verify_fuzz::vectors::CASES;

libfuzzer_sys::fuzz_target!(
    // Outside of the time that an input may take.
    init: assert!(!CASES.is_empty()),
    |token: &[u8]| check(token)
);
