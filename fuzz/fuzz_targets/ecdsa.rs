//! Runs `jose_verify_fuzz::targets::ecdsa`.
#![no_main]

use jose_verify_fuzz::targets::ecdsa::{Input, check};

libfuzzer_sys::fuzz_target!(|input: Input| check(&input));
