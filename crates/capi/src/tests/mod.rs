//! Calls the exported functions as C would: with raw pointers to uninitialized memory. `cargo xtask
//! miri` runs these tests and detects every reference to such memory. The results of the functions
//! are tested in `tests/host.c`.

mod misuse;
mod use_as_documented;

use core::ffi::CStr;
use core::mem::MaybeUninit;
use core::ptr;

use std::boxed::Box;
use std::vec::Vec;

use crate::accessors::jv_claims_string;
use crate::algorithm::{JV_HS256, jv_algorithm};
use crate::claims::jv_claims;
use crate::code::{JV_OK, jv_error};
use crate::key_set::{jv_key_set, jv_key_set_add_secret, jv_key_set_init, jv_key_set_size};
use crate::policy::{JV_NOT_CHECKED, JV_PROFILE_JWT, JV_REQUIRED, jv_policy, jv_policy_init};
use crate::string::jv_string;
use crate::verify::{jv_scratch_len, jv_verify};

/// `{"iss":"joe","exp":1300819380.5,"sub":"j\u00f6e","zero":"a\u0000b","n":5,"yes":true}`, signed
/// with `SECRET` by Python's hmac. The key's identifier is "1".
const TOKEN: &[u8] = b"\
    eyJhbGciOiJIUzI1NiIsImtpZCI6IjEifQ.eyJpc3MiOiJqb2UiLCJleHAiOjEzMDA4MTkzODAuNSwic3ViIj\
    oialx1MDBmNmUiLCJ6ZXJvIjoiYVx1MDAwMGIiLCJuIjo1LCJ5ZXMiOnRydWV9.LRBe68geHV_0357ymP-23p\
    WMKOuR84wKuiigoSCXZW8\
    ";

/// A time before the token expires.
const NOW: i64 = 1_300_819_380;

/// The secret of RFC 7515 A.1.
const SECRET: [u8; 64] = [
    0x03, 0x23, 0x35, 0x4b, 0x2b, 0x0f, 0xa5, 0xbc, 0x83, 0x7e, 0x06, 0x65, 0x77, 0x7b, 0xa6, 0x8f,
    0x5a, 0xb3, 0x28, 0xe6, 0xf0, 0x54, 0xc9, 0x28, 0xa9, 0x0f, 0x84, 0xb2, 0xd2, 0x50, 0x2e, 0xbf,
    0xd3, 0xfb, 0x5a, 0x92, 0xd2, 0x06, 0x47, 0xef, 0x96, 0x8a, 0xb4, 0xc3, 0x77, 0x62, 0x3d, 0x22,
    0x3d, 0x2e, 0x21, 0x72, 0x05, 0x2e, 0x4f, 0x08, 0xc0, 0xcd, 0x9a, 0xf5, 0x67, 0xd0, 0x80, 0xa3,
];

const JOE: jv_string = jv_string::from_static("joe");
const NO_TEXT: jv_string = jv_string {
    data: ptr::null(),
    len: 0,
};

/// Memory that C declares but does not initialize. It is aligned for a key set.
struct Memory(Vec<MaybeUninit<Block>>);

/// Aligned to 8 bytes, even on targets where `u64` is not.
#[derive(Clone, Copy)]
#[repr(align(8))]
struct Block(#[expect(dead_code, reason = "the size is that of the alignment")] u64);

impl Memory {
    fn new(len: usize) -> Self {
        let mut words = Vec::new();
        words.resize(len.div_ceil(size_of::<Block>()), MaybeUninit::uninit());
        Self(words)
    }

    fn start(&mut self) -> *mut u8 {
        self.0.as_mut_ptr().cast()
    }

    fn len(&self) -> usize {
        self.0.len().strict_mul(size_of::<Block>())
    }
}

/// A variable that C declares but does not initialize.
struct Variable<T>(Box<MaybeUninit<T>>);

impl<T> Variable<T> {
    fn new() -> Self {
        Self(Box::new(MaybeUninit::uninit()))
    }

    fn pointer(&mut self) -> *mut T {
        self.0.as_mut_ptr()
    }

    /// Returns the value that a call wrote. Under Miri, the test fails if it wrote none.
    fn read(&self) -> T
    where
        T: Copy,
    {
        // SAFETY: the functions write their outputs, even on error.
        unsafe { self.0.assume_init_read() }
    }
}

/// Returns a key set for these algorithms, and the memory that it is in.
fn key_set<const N: usize>(algorithms: [&'static jv_algorithm; N]) -> (Memory, *mut jv_key_set) {
    let list = algorithms.map(ptr::from_ref);
    let mut memory = Memory::new(jv_key_set_size(2));
    let mut set = Variable::new();
    let (start, len) = (memory.start(), memory.len());
    // SAFETY: the pointers are valid for their lengths.
    let error = unsafe { jv_key_set_init(start, len, list.as_ptr(), N, set.pointer()) };
    assert_eq!(error, JV_OK);
    (memory, set.read())
}

/// Returns a key set with `SECRET`.
fn secret_keys() -> (Memory, *mut jv_key_set) {
    let (memory, set) = key_set([&JV_HS256]);
    // SAFETY: the pointers are valid for their lengths.
    let error = unsafe { jv_key_set_add_secret(set, SECRET.as_ptr(), SECRET.len(), NO_TEXT) };
    assert_eq!(error, JV_OK);
    (memory, set)
}

/// Returns a policy for an unexpired JWT from "joe".
fn policy() -> Variable<jv_policy> {
    let mut policy = Variable::<jv_policy>::new();
    let start = policy.pointer();
    // SAFETY: `start` points to a policy.
    let error = unsafe { jv_policy_init(start, size_of::<jv_policy>(), JV_PROFILE_JWT) };
    assert_eq!(error, JV_OK);
    let mut fields = policy.read();
    fields.issuer.demand = JV_REQUIRED;
    fields.issuer.values = ptr::from_ref(&JOE);
    fields.issuer.value_count = 1;
    fields.audience.demand = JV_NOT_CHECKED;
    Variable(Box::new(MaybeUninit::new(fields)))
}

/// Returns claims of which only the size is initialized.
fn claims() -> Variable<jv_claims> {
    let mut claims = Variable::<jv_claims>::new();
    let size = claims.pointer().cast::<usize>();
    // SAFETY: the claims begin with their size.
    unsafe { size.write(size_of::<jv_claims>()) };
    claims
}

/// Verifies `TOKEN` at a time, with uninitialized scratch memory, which it returns.
fn verify(keys: *const jv_key_set, now: i64, claims: *mut jv_claims) -> (Memory, jv_error) {
    let mut scratch = Memory::new(jv_scratch_len(TOKEN.len()));
    let (start, len) = (scratch.start(), scratch.len());
    let mut policy = policy();
    // SAFETY: the pointers are valid for their lengths.
    let error = unsafe {
        jv_verify(
            TOKEN.as_ptr(),
            TOKEN.len(),
            keys,
            policy.pointer(),
            now,
            start,
            len,
            claims,
        )
    };
    (scratch, error)
}

/// Reads a string into an uninitialized buffer of 8 bytes. Returns its length, or the error.
fn read_string(
    claims: *const jv_claims,
    name: &CStr,
    buffer: &mut Memory,
) -> Result<usize, jv_error> {
    let mut len = Variable::new();
    let (start, buffer_len) = (buffer.start().cast(), buffer.len());
    // SAFETY: the pointers are valid for their lengths.
    let error =
        unsafe { jv_claims_string(claims, name.as_ptr(), start, buffer_len, len.pointer()) };
    let len = len.read();
    if error == JV_OK { Ok(len) } else { Err(error) }
}
