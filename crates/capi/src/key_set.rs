//! Keys in memory that C provides: a head, the list of accepted algorithms, and as many keys as there is room for.

use core::mem::{align_of, size_of};
use core::ptr;

use jose_verify::{
    Algorithm, Error, Key, KeyParameters, KeyQuery, Keys, Value, VerificationKey, jwk_set_entries,
    limits::MAX_ALGORITHMS,
};

use crate::algorithm::jv_algorithm;
use crate::code::{Code, JV_NULL_POINTER, JV_OUT_OF_RANGE, JV_UNUSABLE_MEMORY, jv_error, number};
use crate::lent::{array, give, possible, reference, reference_mut, text};
use crate::string::jv_string;

/// Bytes of memory for a key set before its keys, at most.
pub const JV_KEY_SET_BASE_SIZE: usize = 384;

/// Bytes of memory for each key, at most.
pub const JV_KEY_SIZE: usize = 1280;

/// Alignment of the memory.
const ALIGNMENT: usize = 8;

type List = [&'static dyn Algorithm; MAX_ALGORITHMS];

const LIST_OFFSET: usize = size_of::<jv_key_set>().next_multiple_of(align_of::<List>());
const KEYS_OFFSET: usize = LIST_OFFSET
    .saturating_add(size_of::<List>())
    .next_multiple_of(ALIGNMENT);

// What the header file promises, and what the compiler made of it.
const _: () = assert!(KEYS_OFFSET <= JV_KEY_SET_BASE_SIZE && size_of::<Key>() <= JV_KEY_SIZE);
const _: () = assert!(align_of::<jv_key_set>() <= ALIGNMENT && align_of::<Key>() <= ALIGNMENT);

/// Keys, and the algorithms that they may be used with. It lives in memory of yours, begins where that begins, and must not
/// be moved or copied. There is nothing to release. While nobody changes it, any number of threads may verify with it.
pub struct jv_key_set {
    algorithms: &'static [&'static dyn Algorithm],
    keys: *mut Key,
    capacity: usize,
    len: usize,
    refuses_ambiguity: bool,
}

impl jv_key_set {
    fn keys(&self) -> &[Key] {
        // SAFETY: `len` keys were written there; nothing else refers to that part of the memory.
        unsafe { core::slice::from_raw_parts(self.keys, self.len) }
    }

    fn push(&mut self, key: Key) -> Result<(), Error> {
        if self.len >= self.capacity {
            return Err(Error::KeySetFull);
        }
        // SAFETY: below the capacity, so within the memory.
        let place = unsafe { self.keys.add(self.len) };
        // SAFETY: aligned, within the memory, and no key yet.
        unsafe { ptr::write(place, key) };
        self.len = self.len.saturating_add(1);
        Ok(())
    }
}

impl Keys for jv_key_set {
    fn accepts_algorithm(&self, algorithm: &str) -> bool {
        self.algorithms.iter().any(|a| a.name() == algorithm)
    }

    fn candidates<'k>(
        &'k self,
        query: &'k KeyQuery<'k>,
    ) -> impl Iterator<Item = impl VerificationKey> {
        self.keys()
            .iter()
            .filter(|key| query.allows(key.key_id()) && key.accepts(query.algorithm()))
    }

    fn refuses_ambiguity(&self) -> bool {
        self.refuses_ambiguity
    }
}

/// Bytes of memory for a key set of so many keys, to allocate it at run time. `JV_KEY_SET_MEMORY` declares it.
#[unsafe(no_mangle)]
pub extern "C" fn jv_key_set_size(capacity: usize) -> usize {
    size_of::<Key>()
        .saturating_mul(capacity)
        .saturating_add(KEYS_OFFSET)
}

/// Makes a key set without keys in `memory`, which is aligned to 8 bytes and has room for at least one key. `algorithms` are the
/// addresses of 1 to 16 algorithms, all of them MACs or all of them signatures; only these are accepted.
///
/// Gives `*set`, which points to the memory. Errors: `JV_NULL_POINTER`, `JV_UNUSABLE_MEMORY`, `JV_OVERLAP`, `JV_OUT_OF_RANGE`.
///
/// # Safety
///
/// `memory` is `memory_len` bytes that nobody else uses as long as the key set is used, `algorithms` an array of
/// `algorithm_count` pointers to algorithms of this library, `set` a place for a pointer; each of them may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_key_set_init(
    memory: *mut u8,
    memory_len: usize,
    algorithms: *const *const jv_algorithm,
    algorithm_count: usize,
    set: *mut *mut jv_key_set,
) -> jv_error {
    // SAFETY: the caller's promise.
    let names = unsafe { array(algorithms, algorithm_count) };
    let made = names.and_then(|names| {
        // SAFETY: the caller's promise.
        unsafe { init(memory, memory_len, names) }
    });
    let (place, outcome) = match made {
        Ok(place) => (place, Ok(())),
        Err(code) => (ptr::null_mut(), Err(code)),
    };
    if set.is_null() {
        return JV_NULL_POINTER;
    }
    // SAFETY: the caller's promise.
    unsafe { give(set, place) };
    number(outcome)
}

/// # Safety
///
/// As for [`jv_key_set_init`].
#[expect(
    clippy::cast_ptr_alignment,
    reason = "the memory's alignment is checked first, and each offset keeps it"
)]
unsafe fn init(
    memory: *mut u8,
    memory_len: usize,
    names: &[*const jv_algorithm],
) -> Result<*mut jv_key_set, Code> {
    if memory.is_null() {
        return Err(Code(JV_NULL_POINTER));
    }
    possible::<u8>(memory_len)?;
    let room = memory_len.saturating_sub(KEYS_OFFSET);
    let capacity = room.div_euclid(size_of::<Key>());
    if memory.addr().checked_rem(ALIGNMENT) != Some(0) || capacity == 0 {
        return Err(Code(JV_UNUSABLE_MEMORY));
    }
    let first = names.first().ok_or(Code(JV_OUT_OF_RANGE))?;
    // SAFETY: the caller's promise.
    let mut list: List = [unsafe { reference(*first) }?.object; MAX_ALGORITHMS];
    for (index, name) in names.iter().enumerate() {
        let place = list.get_mut(index).ok_or(Code(JV_OUT_OF_RANGE))?;
        // SAFETY: the caller's promise.
        *place = unsafe { reference(*name) }?.object;
    }
    // SAFETY: the memory is longer than the offset of the keys.
    let keys = unsafe { memory.add(KEYS_OFFSET) }.cast::<Key>();
    // SAFETY: as above; the list comes before the keys.
    let list_place = unsafe { memory.add(LIST_OFFSET) }.cast::<&'static dyn Algorithm>();
    // SAFETY: within the memory and aligned. The memory's bytes are not in use.
    unsafe { ptr::write(list_place.cast::<List>(), list) };
    let head = jv_key_set {
        // SAFETY: written just now. `'static` stands for as long as the memory is a key set: the keys, which copy
        // this reference, live in the same memory, and none is handed out.
        algorithms: unsafe { core::slice::from_raw_parts(list_place, names.len()) },
        keys,
        capacity,
        len: 0,
        refuses_ambiguity: false,
    };
    let set = memory.cast::<jv_key_set>();
    // SAFETY: within the memory and aligned.
    unsafe { ptr::write(set, head) };
    Ok(set)
}

/// Has a token that names no key and that several keys fit refused (`JV_AMBIGUOUS_KEY`) instead of tried with each.
///
/// # Safety
///
/// `set` is NULL or what [`jv_key_set_init`] gave, and nobody else uses it now. So it is for all that follow.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_key_set_refuse_ambiguity(set: *mut jv_key_set) -> jv_error {
    // SAFETY: the caller's promise.
    let set = unsafe { reference_mut(set) };
    number(set.map(|set| set.refuses_ambiguity = true))
}

/// Replaces all keys by those of a JWK Set (RFC 7517 §5) that can be used. An entry that cannot be used is skipped; `kept` and
/// `skipped`, which may be NULL, receive the numbers.
///
/// If the text is no JWK Set the keys stay as they are. If nothing in it can be used (`JV_NO_USABLE_KEY`), none are left.
///
/// # Safety
///
/// See [`jv_key_set_refuse_ambiguity`]; `jwks` is `jwks_len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_key_set_load(
    set: *mut jv_key_set,
    jwks: *const u8,
    jwks_len: usize,
    kept: *mut usize,
    skipped: *mut usize,
) -> jv_error {
    // SAFETY: the caller's promise.
    let set = unsafe { reference_mut(set) };
    // SAFETY: the caller's promise.
    let jwks = unsafe { array(jwks, jwks_len) };
    let report = set.and_then(|set| load(set, jwks?));
    let (kept_count, skipped_count) = report.unwrap_or((0, 0));
    // SAFETY: the caller's promise.
    unsafe { give(kept, kept_count) };
    // SAFETY: the caller's promise.
    unsafe { give(skipped, skipped_count) };
    number(report.and_then(|(kept, _)| match kept {
        0 => Err(Error::NoUsableKey.into()),
        _ => Ok(()),
    }))
}

fn load(set: &mut jv_key_set, jwks: &[u8]) -> Result<(usize, usize), Code> {
    let entries = jwk_set_entries(jwks)?;
    set.len = 0;
    let mut skipped = 0_usize;
    for entry in entries {
        if add_entry(set, entry).is_err() {
            skipped = skipped.saturating_add(1);
        }
    }
    Ok((set.len, skipped))
}

fn add_entry(set: &mut jv_key_set, entry: Value<'_>) -> Result<(), Error> {
    let jwk = entry.as_object().ok_or(Error::MalformedKey)?;
    set.push(Key::from_jwk(jwk.as_raw().as_bytes(), set.algorithms)?)
}

/// Adds one JWK (RFC 7517 §4).
///
/// # Safety
///
/// See [`jv_key_set_refuse_ambiguity`]; `jwk` is `jwk_len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_key_set_add_jwk(
    set: *mut jv_key_set,
    jwk: *const u8,
    jwk_len: usize,
) -> jv_error {
    // SAFETY: the caller's promise.
    let set = unsafe { reference_mut(set) };
    // SAFETY: the caller's promise.
    let jwk = unsafe { array(jwk, jwk_len) };
    number(set.and_then(|set| {
        set.push(Key::from_jwk(jwk?, set.algorithms)?)?;
        Ok(())
    }))
}

/// Adds a shared secret, byte for byte, for the HMAC algorithms. `key_id` is its identifier, or a string of length 0 if it has
/// none; so it is for the others.
///
/// # Safety
///
/// See [`jv_key_set_refuse_ambiguity`]; `secret` is `secret_len` bytes, `key_id` a string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_key_set_add_secret(
    set: *mut jv_key_set,
    secret: *const u8,
    secret_len: usize,
    key_id: jv_string,
) -> jv_error {
    // SAFETY: the caller's promise.
    let set = unsafe { reference_mut(set) };
    // SAFETY: the caller's promise.
    let k = unsafe { array(secret, secret_len) };
    // SAFETY: the caller's promise.
    let key_id = unsafe { text(key_id) };
    number(set.and_then(|set| add(set, &KeyParameters::Oct { k: k? }, key_id?)))
}

/// Adds a point on an elliptic curve, compressed or not (SEC 1 §2.3.3), for the ECDSA algorithm of the curve: `P-256`, `P-384` or
/// `P-521`.
///
/// # Safety
///
/// See [`jv_key_set_refuse_ambiguity`]; `point` is `point_len` bytes, `curve` and `key_id` are strings.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_key_set_add_ec_point(
    set: *mut jv_key_set,
    curve: jv_string,
    point: *const u8,
    point_len: usize,
    key_id: jv_string,
) -> jv_error {
    // SAFETY: the caller's promise.
    let set = unsafe { reference_mut(set) };
    // SAFETY: the caller's promise.
    let crv = unsafe { text(curve) };
    // SAFETY: the caller's promise.
    let point = unsafe { array(point, point_len) };
    // SAFETY: the caller's promise.
    let key_id = unsafe { text(key_id) };
    number(set.and_then(|set| {
        let parameters = KeyParameters::EcPoint {
            crv: crv?,
            point: point?,
        };
        add(set, &parameters, key_id?)
    }))
}

/// Adds an RSA public key by modulus and exponent, both with the most significant byte first.
///
/// # Safety
///
/// See [`jv_key_set_refuse_ambiguity`]; `n` is `n_len` bytes, `e` is `e_len` bytes, `key_id` a string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_key_set_add_rsa(
    set: *mut jv_key_set,
    n: *const u8,
    n_len: usize,
    e: *const u8,
    e_len: usize,
    key_id: jv_string,
) -> jv_error {
    // SAFETY: the caller's promise.
    let set = unsafe { reference_mut(set) };
    // SAFETY: the caller's promise.
    let n = unsafe { array(n, n_len) };
    // SAFETY: the caller's promise.
    let e = unsafe { array(e, e_len) };
    // SAFETY: the caller's promise.
    let key_id = unsafe { text(key_id) };
    number(set.and_then(|set| add(set, &KeyParameters::Rsa { n: n?, e: e? }, key_id?)))
}

fn add(set: &mut jv_key_set, parameters: &KeyParameters<'_>, key_id: &str) -> Result<(), Code> {
    let key = Key::from_parameters(parameters, set.algorithms)?;
    let key = if key_id.is_empty() {
        key
    } else {
        key.with_key_id(key_id)?
    };
    set.push(key)?;
    Ok(())
}

/// How many keys there are.
///
/// # Safety
///
/// See [`jv_key_set_refuse_ambiguity`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_key_set_len(set: *const jv_key_set) -> usize {
    // SAFETY: the caller's promise.
    unsafe { reference(set) }.map_or(0, |set| set.len)
}

/// Overwrites the memory of a key set, for instance because of a secret in it. It is no key set afterwards.
///
/// # Safety
///
/// `memory` is NULL or `memory_len` bytes, and what [`jv_key_set_init`] made of it is no longer used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_key_set_wipe(memory: *mut u8, memory_len: usize) {
    if memory.is_null() {
        return;
    }
    for offset in 0..memory_len {
        // SAFETY: within the memory.
        let byte = unsafe { memory.add(offset) };
        // SAFETY: within the memory. Volatile, so that the compiler does not take it for useless.
        unsafe { ptr::write_volatile(byte, 0) };
    }
}
