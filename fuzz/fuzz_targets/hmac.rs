//! Runs `jose_verify_fuzz::targets::hmac`.
#![no_main]

use jose_verify_fuzz::targets::hmac::{Input, check};

libfuzzer_sys::fuzz_target!(|input: Input| check(&input));
