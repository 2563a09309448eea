//! Correct calls.

use core::ffi::CStr;
use core::slice;

use std::vec::Vec;

use super::{
    JOE, Memory, NO_TEXT, NOW, TOKEN, Variable, claims, key_set, policy, read_string, secret_keys,
    verify,
};
use crate::accessors::{
    jv_claims_boolean, jv_claims_integer, jv_claims_issuer, jv_claims_jwt_id, jv_claims_payload,
    jv_claims_subject, jv_claims_time,
};
use crate::algorithm::{JV_ES256, JV_RS256};
use crate::claims::jv_claims;
use crate::code::{
    JV_NO_SUCH_CLAIM, JV_OK, JV_ZERO_BYTE, jv_error_claim, jv_error_message, jv_error_name,
    jv_error_refresh_keys,
};
use crate::key_set::{
    jv_key_set_add_ec_point, jv_key_set_add_jwk, jv_key_set_add_pem, jv_key_set_add_rsa,
    jv_key_set_len, jv_key_set_load, jv_key_set_refuse_ambiguity, jv_key_set_wipe,
};
use crate::mistake::jv_token_mistake;
use crate::policy::{JV_PROFILE_ACCESS_TOKEN, JV_PROFILE_ID_TOKEN, jv_policy, jv_policy_init};
use crate::string::jv_string;
use crate::verify::{
    JV_NO_CLOCK, jv_scratch_len, jv_verify_at, jv_verify_in_place, jv_verify_in_place_at,
};

/// Returns the text of a string of C.
fn text(string: jv_string) -> Vec<u8> {
    // SAFETY: the strings in these tests are valid.
    unsafe { slice::from_raw_parts(string.data, string.len) }.to_vec()
}

/// Returns the bytes of a buffer up to the zero byte.
fn c_string(buffer: &mut Memory) -> Vec<u8> {
    // SAFETY: the functions end every string with a zero byte.
    unsafe { CStr::from_ptr(buffer.start().cast()) }
        .to_bytes()
        .to_vec()
}

/// Reads the claims of `TOKEN` with every function.
fn read_all(claims: *const jv_claims) {
    let mut buffer = Memory::new(8);
    assert_eq!(read_string(claims, c"iss", &mut buffer), Ok(3));
    assert_eq!(c_string(&mut buffer), b"joe");
    let mut buffer = Memory::new(8);
    assert_eq!(read_string(claims, c"sub", &mut buffer), Ok(4));
    assert_eq!(c_string(&mut buffer), "jöe".as_bytes());
    assert_eq!(read_string(claims, c"zero", &mut buffer), Ok(3));

    let (start, len) = (buffer.start().cast(), buffer.len());
    let null = core::ptr::null_mut();
    // SAFETY: the pointers are valid for their lengths.
    let error = unsafe { jv_claims_issuer(claims, start, len, null) };
    assert_eq!(error, JV_OK);
    // SAFETY: as above.
    let error = unsafe { jv_claims_subject(claims, start, len, null) };
    assert_eq!(error, JV_OK);
    // SAFETY: as above.
    let error = unsafe { jv_claims_jwt_id(claims, start, len, null) };
    assert_eq!(error, JV_NO_SUCH_CLAIM);
    // SAFETY: as above.
    let error =
        unsafe { crate::accessors::jv_claims_string(claims, c"zero".as_ptr(), start, len, null) };
    assert_eq!(error, JV_ZERO_BYTE);

    let (mut integer, mut boolean) = (Variable::new(), Variable::new());
    // SAFETY: the pointers are valid.
    let error = unsafe { jv_claims_integer(claims, c"n".as_ptr(), integer.pointer()) };
    assert_eq!((error, integer.read()), (JV_OK, 5));
    // SAFETY: the pointers are valid.
    let error = unsafe { jv_claims_boolean(claims, c"yes".as_ptr(), boolean.pointer()) };
    assert_eq!((error, boolean.read()), (JV_OK, true));
    let (mut seconds, mut nanos) = (Variable::new(), Variable::new());
    // SAFETY: the pointers are valid.
    let error =
        unsafe { jv_claims_time(claims, c"exp".as_ptr(), seconds.pointer(), nanos.pointer()) };
    let time = (seconds.read(), nanos.read());
    assert_eq!((error, time), (JV_OK, (1_300_819_380, 500_000_000)));
    let mut payload = Variable::new();
    // SAFETY: the pointers are valid.
    let error = unsafe { jv_claims_payload(claims, payload.pointer()) };
    assert_eq!(error, JV_OK);
    assert!(text(payload.read()).starts_with(b"{\"iss\":\"joe\""));
}

#[test]
fn claims_are_read_from_scratch_memory() {
    let (mut memory, keys) = secret_keys();
    // SAFETY: `keys` is a key set.
    assert_eq!(unsafe { jv_key_set_refuse_ambiguity(keys) }, JV_OK);
    let mut claims = claims();
    let claims = claims.pointer();
    let (_scratch, error) = verify(keys, JV_NO_CLOCK, claims);
    assert_eq!(error, JV_OK);
    read_all(claims);
    // C may copy a struct.
    let mut copy = Variable::<jv_claims>::new();
    // SAFETY: both are claims.
    unsafe { core::ptr::copy_nonoverlapping(claims, copy.pointer(), 1) };
    let mut buffer = Memory::new(8);
    assert_eq!(read_string(copy.pointer(), c"iss", &mut buffer), Ok(3));

    let (start, len) = (memory.start(), memory.len());
    // SAFETY: the key set is no longer used.
    unsafe { jv_key_set_wipe(start, len) };
    // SAFETY: written by the call above.
    let bytes = unsafe { slice::from_raw_parts(start, len) };
    assert!(bytes.iter().all(|byte| *byte == 0));
}

#[test]
fn claims_are_read_from_the_token() {
    let (_memory, keys) = secret_keys();
    let (mut policy, mut claims, mut token) = (policy(), claims(), TOKEN.to_vec());
    let (policy, claims) = (policy.pointer(), claims.pointer());
    let (start, len) = (token.as_mut_ptr(), token.len());
    // SAFETY: the pointers are valid for their lengths.
    let error = unsafe { jv_verify_in_place(start, len, keys, policy, NOW, claims) };
    assert_eq!(error, JV_OK);
    read_all(claims);
}

#[test]
fn times_with_fractions() {
    let (_memory, keys) = secret_keys();
    let (mut policy, mut claims, mut token) = (policy(), claims(), TOKEN.to_vec());
    let (policy, claims) = (policy.pointer(), claims.pointer());
    let mut scratch = Memory::new(jv_scratch_len(TOKEN.len()));
    let (start, len) = (scratch.start(), scratch.len());
    let (read, read_len) = (TOKEN.as_ptr(), TOKEN.len());
    // SAFETY: the pointers are valid for their lengths.
    let error = unsafe { jv_verify_at(read, read_len, keys, policy, NOW, 7, start, len, claims) };
    assert_eq!(error, JV_OK);
    let (start, len) = (token.as_mut_ptr(), token.len());
    // SAFETY: the pointers are valid for their lengths.
    let error = unsafe { jv_verify_in_place_at(start, len, keys, policy, NOW, 7, claims) };
    assert_eq!(error, JV_OK);
}

/// The key of RFC 7515 A.3 as a JWK, in PEM, and as a point.
const JWK: &str = r#"{"kty":"EC","crv":"P-256",
    "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","kid":"1"}"#;
const PEM: &str = "-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7
6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==
-----END PUBLIC KEY-----
";
const POINT: [u8; 33] = [
    3, 127, 205, 206, 39, 112, 246, 196, 93, 65, 131, 203, 238, 111, 219, 75, 123, 88, 7, 51, 53,
    123, 233, 239, 19, 186, 207, 110, 60, 123, 209, 84, 69,
];

#[test]
fn keys_are_added_in_every_form() {
    let (_memory, set) = key_set([&JV_ES256, &JV_RS256]);
    // SAFETY: the pointers are valid for their lengths.
    let error = unsafe { jv_key_set_add_jwk(set, JWK.as_ptr(), JWK.len()) };
    assert_eq!(error, JV_OK);
    let curve = jv_string::from_static("P-256");
    // SAFETY: the pointers are valid for their lengths.
    let error = unsafe { jv_key_set_add_ec_point(set, curve, POINT.as_ptr(), POINT.len(), JOE) };
    assert_eq!(error, JV_OK);
    // SAFETY: `set` is a key set.
    assert_eq!(unsafe { jv_key_set_len(set) }, 2);

    let (_memory, set) = key_set([&JV_ES256, &JV_RS256]);
    let mut scratch = Memory::new(jv_scratch_len(PEM.len()));
    let (start, len) = (scratch.start(), scratch.len());
    // SAFETY: the pointers are valid for their lengths.
    let error = unsafe { jv_key_set_add_pem(set, PEM.as_ptr(), PEM.len(), start, len, JOE) };
    assert_eq!(error, JV_OK);
    let (n, e) = ([0xff; 256], [1, 0, 1]);
    // SAFETY: the pointers are valid for their lengths.
    let error =
        unsafe { jv_key_set_add_rsa(set, n.as_ptr(), n.len(), e.as_ptr(), e.len(), NO_TEXT) };
    assert_eq!(error, JV_OK);
    // SAFETY: `set` is a key set.
    assert_eq!(unsafe { jv_key_set_len(set) }, 2);

    let (mut kept, mut skipped) = (Variable::new(), Variable::new());
    let jwks = std::format!("{{\"keys\":[5,{JWK}]}}");
    // SAFETY: the pointers are valid for their lengths.
    let error = unsafe {
        jv_key_set_load(
            set,
            jwks.as_ptr(),
            jwks.len(),
            kept.pointer(),
            skipped.pointer(),
        )
    };
    let counts = (kept.read(), skipped.read());
    assert_eq!((error, counts), (JV_OK, (1, 1)));
}

#[test]
fn policies_are_written_to_uninitialized_memory() {
    for profile in [JV_PROFILE_ID_TOKEN, JV_PROFILE_ACCESS_TOKEN] {
        let mut policy = Variable::<jv_policy>::new();
        let start = policy.pointer();
        // SAFETY: `start` points to a policy.
        let error = unsafe { jv_policy_init(start, size_of::<jv_policy>(), profile) };
        let policy = policy.read();
        assert_eq!((error, policy.profile), (JV_OK, profile));
    }
}

#[test]
fn mistakes_in_place_of_a_token() {
    for (start, len, empty) in [
        (b"Bearer x.y.z".as_ptr(), 12, false),
        (TOKEN.as_ptr(), TOKEN.len(), true),
        (core::ptr::null(), 5, true),
        (core::ptr::null(), 0, false),
    ] {
        // SAFETY: the pointers are valid for their lengths, or NULL.
        let message = unsafe { jv_token_mistake(start, len) };
        assert_eq!(text(message).is_empty(), empty);
    }
}

#[test]
fn errors_have_names() {
    for (error, name, claim) in [
        (0, "ok", ""),
        (10_505, "exp_expired", "exp"),
        (13, "no_key", ""),
    ] {
        assert_eq!(text(jv_error_name(error)), name.as_bytes());
        assert_eq!(text(jv_error_claim(error)), claim.as_bytes());
        assert!(!text(jv_error_message(error)).is_empty());
        assert_eq!(jv_error_refresh_keys(error), error == 13);
    }
}
