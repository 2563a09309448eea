//! Invalid calls and errors. Every output is written, even if C did not initialize it.

use core::ptr;

use super::{
    Memory, NO_TEXT, NOW, TOKEN, Variable, claims, policy, read_string, secret_keys, verify,
};
use crate::accessors::{
    jv_claims_boolean, jv_claims_integer, jv_claims_payload, jv_claims_string, jv_claims_time,
};
use crate::algorithm::{JV_HS256, jv_algorithm};
use crate::claims::jv_claims;
use crate::code::{
    JV_NO_SUCH_CLAIM, JV_NOT_UTF8, JV_NOT_VERIFIED, JV_NULL_POINTER, JV_OK, JV_OTHER_TYPE,
    JV_OUT_OF_RANGE, JV_OVERLAP, JV_STRUCT_SIZE, JV_TIME_OUT_OF_RANGE, JV_UNUSABLE_MEMORY,
    jv_error,
};
use crate::ffi_ptr::Region;
use crate::key_set::{
    jv_key_set, jv_key_set_add_jwk, jv_key_set_add_secret, jv_key_set_init, jv_key_set_len,
    jv_key_set_load, jv_key_set_wipe,
};
use crate::policy::{jv_policy, jv_policy_init};
use crate::verify::{jv_verify, jv_verify_in_place};

/// Tries to read a claim with every function, and expects errors and empty outputs.
fn expect_empty(claims: *const jv_claims, name: &core::ffi::CStr, wanted: jv_error) {
    let mut buffer = Memory::new(8);
    assert_eq!(read_string(claims, name, &mut buffer), Err(wanted));
    // SAFETY: written by the call above, even on error.
    assert_eq!(unsafe { *buffer.start() }, 0);
    let (mut integer, mut boolean) = (Variable::new(), Variable::new());
    let name = name.as_ptr();
    // SAFETY: the pointers are valid.
    let error = unsafe { jv_claims_integer(claims, name, integer.pointer()) };
    assert_eq!((error, integer.read()), (wanted, 0));
    // SAFETY: the pointers are valid.
    let error = unsafe { jv_claims_boolean(claims, name, boolean.pointer()) };
    assert_eq!((error, boolean.read()), (wanted, false));
    let (mut seconds, mut nanos) = (Variable::new(), Variable::new());
    // SAFETY: the pointers are valid.
    let error = unsafe { jv_claims_time(claims, name, seconds.pointer(), nanos.pointer()) };
    let time = (seconds.read(), nanos.read());
    assert_eq!((error, time), (wanted, (0, 0)));
}

fn expect_no_payload(claims: *const jv_claims, wanted: jv_error) {
    let mut payload = Variable::new();
    // SAFETY: the pointers are valid.
    let error = unsafe { jv_claims_payload(claims, payload.pointer()) };
    let payload = payload.read();
    assert_eq!((error, payload.len), (wanted, 0));
    // SAFETY: the empty string ends with a zero byte.
    assert_eq!(unsafe { *payload.data }, 0);
}

#[test]
fn claims_that_cannot_be_read() {
    let (_memory, keys) = secret_keys();
    let mut claims = claims();
    let claims = claims.pointer();
    let (_scratch, error) = verify(keys, NOW, claims);
    assert_eq!(error, JV_OK);
    expect_empty(claims, c"absent", JV_NO_SUCH_CLAIM);
    expect_empty(claims, c"\xff", JV_NOT_UTF8);
    let mut integer = Variable::new();
    // SAFETY: the pointers are valid.
    let error = unsafe { jv_claims_integer(claims, c"iss".as_ptr(), integer.pointer()) };
    assert_eq!((error, integer.read()), (JV_OTHER_TYPE, 0));
    // A later error empties the claims.
    let (_scratch, error) = verify(keys, -1, claims);
    assert_eq!(error, JV_TIME_OUT_OF_RANGE);
    expect_empty(claims, c"iss", JV_NOT_VERIFIED);
    expect_no_payload(claims, JV_NOT_VERIFIED);
}

#[test]
fn no_more_than_the_size_of_another_struct_is_read() {
    let (_memory, keys) = secret_keys();
    // Only the size is in memory.
    let mut size = size_of::<usize>();
    let claims = (&raw mut size).cast::<jv_claims>();
    expect_empty(claims, c"iss", JV_STRUCT_SIZE);
    expect_no_payload(claims, JV_STRUCT_SIZE);
    assert_eq!(verify(keys, NOW, claims).1, JV_STRUCT_SIZE);
    let mut claims = super::claims();
    let policy = (&raw mut size).cast::<jv_policy>();
    let mut token = TOKEN.to_vec();
    // SAFETY: the pointers are valid for their lengths.
    let error = unsafe {
        let (start, len) = (token.as_mut_ptr(), token.len());
        jv_verify_in_place(start, len, keys, policy, NOW, claims.pointer())
    };
    assert_eq!(error, JV_STRUCT_SIZE);
    // SAFETY: nothing is written to a policy of another size.
    assert_eq!(unsafe { jv_policy_init(policy, size, 1) }, JV_STRUCT_SIZE);
}

#[test]
fn null_and_misaligned_pointers() {
    let (_memory, keys) = secret_keys();
    let null = ptr::null_mut::<jv_claims>();
    let mut claims = claims();
    for claims in [null, claims.pointer().wrapping_byte_add(1)] {
        expect_empty(claims, c"iss", JV_NULL_POINTER);
        expect_no_payload(claims, JV_NULL_POINTER);
        assert_eq!(verify(keys, NOW, claims).1, JV_NULL_POINTER);
    }
    let claims = claims.pointer();
    for keys in [ptr::null(), keys.cast_const().wrapping_byte_add(1)] {
        assert_eq!(verify(keys, NOW, claims).1, JV_NULL_POINTER);
        // SAFETY: the pointer is NULL or misaligned.
        assert_eq!(unsafe { jv_key_set_len(keys) }, 0);
        expect_no_payload(claims, JV_NOT_VERIFIED);
    }
    // SAFETY: NULL is not read.
    let error = unsafe { jv_policy_init(ptr::null_mut(), size_of::<jv_policy>(), 1) };
    assert_eq!(error, JV_NULL_POINTER);
    // SAFETY: NULL is not written.
    unsafe { jv_key_set_wipe(ptr::null_mut(), 8) };
    let (mut kept, mut skipped) = (Variable::new(), Variable::new());
    // SAFETY: the pointers are NULL or valid.
    let error = unsafe {
        let (kept, skipped) = (kept.pointer(), skipped.pointer());
        jv_key_set_load(ptr::null_mut(), ptr::null(), 5, kept, skipped)
    };
    let counts = (kept.read(), skipped.read());
    assert_eq!((error, counts), (JV_NULL_POINTER, (0, 0)));
}

#[test]
fn an_unknown_profile_leaves_zeros() {
    let mut policy = Variable::<jv_policy>::new();
    let start = policy.pointer();
    // SAFETY: `start` points to a policy.
    let error = unsafe { jv_policy_init(start, size_of::<jv_policy>(), 0) };
    let policy = policy.read();
    assert_eq!((error, policy.struct_size), (JV_OUT_OF_RANGE, 0));
    assert_eq!(policy.issuer.demand, 0);
}

#[test]
fn a_key_set_that_cannot_be_created() {
    let list: [*const jv_algorithm; 2] = [&raw const JV_HS256, ptr::null()];
    let mut memory = Memory::new(2048);
    let (start, len) = (memory.start(), memory.len());
    for (start, len, count, wanted) in [
        (start, 8, 1, JV_UNUSABLE_MEMORY),
        (start.wrapping_byte_add(4), 2000, 1, JV_UNUSABLE_MEMORY),
        (start, len, 0, JV_OUT_OF_RANGE),
        (start, len, 2, JV_NULL_POINTER),
        (start, usize::MAX, 1, JV_OVERLAP),
        (ptr::null_mut(), len, 1, JV_NULL_POINTER),
    ] {
        let mut set = Variable::<*mut jv_key_set>::new();
        // SAFETY: the pointers are valid, or rejected.
        let error = unsafe { jv_key_set_init(start, len, list.as_ptr(), count, set.pointer()) };
        assert_eq!((error, set.read()), (wanted, ptr::null_mut()));
    }
}

#[test]
fn memory_that_overlaps() {
    let (mut memory, keys) = secret_keys();
    let (mut policy, mut claims, mut token) = (policy(), claims(), TOKEN.to_vec());
    let (policy, claims) = (policy.pointer(), claims.pointer());
    let (token, len) = (token.as_mut_ptr(), token.len());
    let in_claims = claims.cast::<u8>();
    let in_set = memory.start().wrapping_byte_add(64);
    for (scratch, wanted) in [
        (token, JV_OVERLAP),
        (in_claims, JV_OVERLAP),
        (in_set, JV_OVERLAP),
    ] {
        // SAFETY: the pointers are valid for their lengths.
        let error = unsafe { jv_verify(token, len, keys, policy, NOW, scratch, 64, claims) };
        assert_eq!(error, wanted);
        expect_no_payload(claims, JV_NOT_VERIFIED);
    }
    // SAFETY: the pointers are valid for their lengths.
    let error = unsafe { jv_verify_in_place(in_claims, 64, keys, policy, NOW, claims) };
    assert_eq!(error, JV_OVERLAP);
    // SAFETY: the pointers are valid for their lengths.
    let error = unsafe { jv_key_set_add_jwk(keys, in_set, 8) };
    assert_eq!(error, JV_OVERLAP);
    // SAFETY: the pointers are valid for their lengths.
    let error = unsafe { jv_key_set_add_secret(keys, in_set, 64, NO_TEXT) };
    assert_eq!(error, JV_OVERLAP);
    // SAFETY: the pointers are valid for their lengths.
    let error = unsafe { jv_key_set_load(keys, in_set, 8, ptr::null_mut(), ptr::null_mut()) };
    assert_eq!(error, JV_OVERLAP);

    // Outputs in the claims or in their payload.
    let (_scratch, error) = verify(keys, NOW, claims);
    assert_eq!(error, JV_OK);
    let mut payload = Variable::new();
    // SAFETY: the pointers are valid.
    let error = unsafe { jv_claims_payload(claims, payload.pointer()) };
    assert_eq!(error, JV_OK);
    let in_payload = payload.read().data.cast_mut();
    for output in [in_claims.wrapping_byte_add(16), in_payload] {
        let name = c"iss".as_ptr();
        // SAFETY: the pointers are valid, and the library does not write to the output.
        let error = unsafe { jv_claims_string(claims, name, output.cast(), 8, ptr::null_mut()) };
        assert_eq!(error, JV_OVERLAP);
        // SAFETY: as above.
        let error = unsafe { jv_claims_integer(claims, c"n".as_ptr(), output.cast()) };
        assert_eq!(error, JV_OVERLAP);
        let mut buffer = Memory::new(8);
        let start = buffer.start().cast();
        // SAFETY: as above.
        let error = unsafe { jv_claims_string(claims, name, start, 8, output.cast()) };
        assert_eq!(error, JV_OVERLAP);
    }
    let mut buffer = Memory::new(8);
    assert_eq!(read_string(claims, c"iss", &mut buffer), Ok(3));
}

#[test]
fn regions_overlap_if_they_share_a_byte() {
    let memory = [0_u8; 16];
    let at = |offset, len| Region::new(memory.as_ptr().wrapping_add(offset), len);
    for (a, b, overlap) in [
        (at(0, 8), at(8, 8), false),
        (at(8, 8), at(0, 8), false),
        (at(0, 9), at(8, 8), true),
        (at(8, 1), at(0, 16), true),
        (at(4, 0), at(0, 16), false),
        (at(0, 16), at(4, 0), false),
        (at(0, usize::MAX), at(8, 1), true),
        (at(8, 1), at(0, usize::MAX), true),
        (Region::of(ptr::null::<u64>()), at(0, 16), false),
    ] {
        assert_eq!(a.check_disjoint(b).is_err(), overlap);
    }
}
