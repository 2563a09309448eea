//! Runs `jose_verify_fuzz::targets::rsa`.
#![no_main]

use jose_verify_fuzz::targets::rsa::{Input, check};

libfuzzer_sys::fuzz_target!(|input: Input| check(&input));
