//! Runs `jose_verify_fuzz::targets::token_response`.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &[u8]| jose_verify_fuzz::targets::token_response::check(text));
