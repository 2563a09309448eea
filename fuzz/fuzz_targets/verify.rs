//! `jose_verify_fuzz::targets::verify`.
#![no_main]

use jose_verify_fuzz::targets::verify::{Input, check};

libfuzzer_sys::fuzz_target!(|input: Input| check(&input));
