//! Runs `jose_verify_fuzz::targets::base64url`.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &[u8]| jose_verify_fuzz::targets::base64url::check(text));
