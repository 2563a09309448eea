//! Runs `jose_verify_fuzz::targets::set_entries`.
#![no_main]

use jose_verify_fuzz::targets::set_entries::{Input, check};

libfuzzer_sys::fuzz_target!(|input: Input| check(&input));
