//! Keys in memory that C provides: a head, and behind it as many keys as there is room for.

use core::ptr;

use jose_verify::alg::{Algorithm, Algorithms, KeyParameters, Word};
use jose_verify::keys::{Lent, LentKeySet, Slot, WORDS_PER_KEY};
use jose_verify::limits::{KEY_ID_BYTES_PER_KEY, MAX_ALGORITHMS, SPARE_KEY_ID_BYTES};
use jose_verify::{Error, Options, Policy, Verifier};

use crate::algorithm::jv_algorithm;
use crate::code::{Code, JV_NULL_POINTER, JV_OUT_OF_RANGE, JV_UNUSABLE_MEMORY, jv_error, number};
use crate::ffi_ptr::{Arena, array, check_disjoint, reference, reference_mut, text, write_out};
use crate::string::jv_string;

/// Bytes of memory for a key set beside its keys.
#[cfg(target_pointer_width = "64")]
pub const JV_KEY_SET_BASE_SIZE: usize = 592;
/// Bytes of memory for a key set beside its keys.
#[cfg(not(target_pointer_width = "64"))]
pub const JV_KEY_SET_BASE_SIZE: usize = 424;

/// Bytes of memory for each key: one of RSA with 2048 bits, whose `kid` has 44 bytes.
#[cfg(target_pointer_width = "64")]
pub const JV_KEY_SIZE: usize = 592;
/// Bytes of memory for each key: one of RSA with 2048 bits, whose `kid` has 44 bytes.
#[cfg(not(target_pointer_width = "64"))]
pub const JV_KEY_SIZE: usize = 584;

/// Alignment of the memory.
const ALIGNMENT: usize = 8;

/// What each key takes beside its words.
const NAME_SIZE: usize = size_of::<Slot>().saturating_add(KEY_ID_BYTES_PER_KEY);

/// What a key takes.
const KEY_SIZE: usize = WORDS_PER_KEY
    .saturating_mul(size_of::<Word>())
    .saturating_add(NAME_SIZE);

/// What there is beside the keys: the head, and room for one long `kid`.
const BASE_SIZE: usize = size_of::<jv_key_set>().saturating_add(SPARE_KEY_ID_BYTES);

// What the header file promises, and what the compiler made of it.
const _: () = assert!(BASE_SIZE <= JV_KEY_SET_BASE_SIZE && KEY_SIZE <= JV_KEY_SIZE);
// Head, words, slots and `kid`s follow each other without gaps, for none is aligned more strictly
// than the one before.
const _: () = assert!(
    align_of::<jv_key_set>() <= ALIGNMENT
        && align_of::<Word>() <= align_of::<jv_key_set>()
        && align_of::<Slot>() <= align_of::<Word>()
);

/// Keys, and the algorithms that they may be used with. It lives in memory of yours, begins where
/// that begins, and must not be moved or copied. There is nothing to release. While nobody changes
/// it, any number of threads may verify with it.
pub struct jv_key_set {
    /// In the memory behind this head. `'static` stands for as long as the memory is a key set.
    keys: LentKeySet<'static>,
    refuses_ambiguity: bool,
    /// Bytes of the memory, this head among them.
    memory_len: usize,
}

impl jv_key_set {
    /// That no key lies in memory that is written to while it is used.
    pub(crate) fn apart_from(&self, start: *const u8, len: usize) -> Result<(), Code> {
        check_disjoint(ptr::from_ref(self).cast(), self.memory_len, start, len)
    }

    /// What verifies with these keys.
    pub(crate) const fn verifier<'v>(
        &'v self,
        policy: &'v Policy<'v>,
    ) -> Verifier<'v, LentKeySet<'static>> {
        let options = if self.refuses_ambiguity {
            Options::new().refuse_ambiguity()
        } else {
            Options::new()
        };
        Verifier::new(&self.keys, policy).with_options(options)
    }
}

/// Bytes of memory for a key set of so many keys, to allocate it at run time. `JV_KEY_SET_MEMORY`
/// declares it.
///
/// Memory for N keys has room for N keys whose identifiers (`kid`) have 44 bytes on average, and
/// 256 more together, none of them larger than RSA with 2048 bits; one with 4096 bits takes the
/// room of two. Bytes beyond those of N keys are room for larger keys, not for more.
#[unsafe(no_mangle)]
pub extern "C" fn jv_key_set_size(capacity: usize) -> usize {
    JV_KEY_SIZE
        .saturating_mul(capacity)
        .saturating_add(JV_KEY_SET_BASE_SIZE)
}

/// Makes a key set without keys in `memory`, which is aligned to 8 bytes and has room for at least
/// one key. `algorithms` are the addresses of 1 to 16 algorithms, each of them once, all of them
/// MACs or all of them signatures; only these are accepted. The list is copied.
///
/// Gives `*set`, which points to the memory, or NULL after an error: `JV_NULL_POINTER`,
/// `JV_UNUSABLE_MEMORY`, `JV_OVERLAP`, `JV_OUT_OF_RANGE`, `JV_UNUSABLE_ALGORITHM_LIST`. The memory
/// is then as it was.
///
/// # Safety
///
/// `memory` is `memory_len` bytes that nobody else uses as long as the key set is used,
/// `algorithms` an array of `algorithm_count` pointers to algorithms of this library, `set` a place
/// for a pointer; each of them may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_key_set_init(
    memory: *mut u8,
    memory_len: usize,
    algorithms: *const *const jv_algorithm,
    algorithm_count: usize,
    set: *mut *mut jv_key_set,
) -> jv_error {
    if set.is_null() {
        return JV_NULL_POINTER;
    }
    let list_len = algorithm_count.saturating_mul(size_of::<*const jv_algorithm>());
    let disjoint = check_disjoint(memory, memory_len, algorithms.cast(), list_len);
    // SAFETY: the caller's promise.
    let names = disjoint.and_then(|()| unsafe { array(algorithms, algorithm_count) });
    let made = names.and_then(|names| {
        // SAFETY: the caller's promise.
        unsafe { init(memory, memory_len, names) }
    });
    let (place, outcome) = match made {
        Ok(place) => (place, Ok(())),
        Err(code) => (ptr::null_mut(), Err(code)),
    };
    // SAFETY: the caller's promise.
    unsafe { write_out(set, place) };
    number(outcome)
}

/// # Safety
///
/// As for [`jv_key_set_init`].
unsafe fn init(
    memory: *mut u8,
    memory_len: usize,
    names: &[*const jv_algorithm],
) -> Result<*mut jv_key_set, Code> {
    // SAFETY: the caller's promise.
    let mut arena = unsafe { Arena::new(memory, memory_len) }?;
    let room = memory_len.saturating_sub(JV_KEY_SET_BASE_SIZE);
    let capacity = room.div_euclid(JV_KEY_SIZE);
    if memory.addr().checked_rem(ALIGNMENT) != Some(0) || capacity == 0 {
        return Err(Code(JV_UNUSABLE_MEMORY));
    }
    // SAFETY: the caller's promise.
    let algorithms = unsafe { list(names) }?;

    let head = arena.place::<jv_key_set>(1)?;
    // What the slots and `kid`s do not take: more than that of so many keys, if the memory is no
    // multiple.
    let words = arena
        .left()
        .saturating_sub(NAME_SIZE.saturating_mul(capacity))
        .saturating_sub(SPARE_KEY_ID_BYTES)
        .div_euclid(size_of::<Word>());
    let kids = KEY_ID_BYTES_PER_KEY
        .saturating_mul(capacity)
        .saturating_add(SPARE_KEY_ID_BYTES);
    let mut keys = LentKeySet::in_memory(Lent {
        words: arena.array(words, 0)?,
        slots: arena.array(capacity, Slot::EMPTY)?,
        kids: arena.array(kids, 0)?,
    });
    keys.accept(&algorithms)?;
    let set = jv_key_set {
        keys,
        refuses_ambiguity: false,
        memory_len,
    };
    // SAFETY: a place for one, which was given out once.
    unsafe { ptr::write(head, set) };
    Ok(head)
}

/// # Safety
///
/// Each of them is NULL or the address of an algorithm of this library.
unsafe fn list(names: &[*const jv_algorithm]) -> Result<Algorithms, Code> {
    let first = names.first().ok_or(Code(JV_OUT_OF_RANGE))?;
    // SAFETY: the caller's promise.
    let first: &'static dyn Algorithm = unsafe { reference(*first) }?.object;
    let mut list = [first; MAX_ALGORITHMS];
    let list = list.get_mut(..names.len()).ok_or(Code(JV_OUT_OF_RANGE))?;
    for (place, name) in list.iter_mut().zip(names) {
        // SAFETY: the caller's promise.
        *place = unsafe { reference(*name) }?.object;
    }
    Ok(Algorithms::new(list)?)
}

/// Has a token that names no key and that several keys fit refused (`JV_AMBIGUOUS_KEY`) instead of
/// tried with each.
///
/// # Safety
///
/// `set` is NULL or what [`jv_key_set_init`] gave, and nobody else uses it now. So it is for all
/// that follow.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_key_set_refuse_ambiguity(set: *mut jv_key_set) -> jv_error {
    // SAFETY: the caller's promise.
    let set = unsafe { reference_mut(set) };
    number(set.map(|set| set.refuses_ambiguity = true))
}

/// Replaces all keys by those of a JWK Set (RFC 7517 §5) that can be used. An entry that cannot be
/// used is skipped; `kept` and `skipped`, which may be NULL, receive the numbers.
///
/// If the text is no JWK Set the keys stay as they are. If nothing in it can be used
/// (`JV_NO_USABLE_KEY`), none are left. If there is no room for all (`JV_KEY_SET_FULL`), those for
/// which there is are kept and can be used.
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
    let mut counts = Counts::default();
    let loaded = set.and_then(|set| load(&mut set.keys, jwks?, &mut counts));
    // SAFETY: the caller's promise.
    unsafe { write_out(kept, counts.kept) };
    // SAFETY: the caller's promise.
    unsafe { write_out(skipped, counts.skipped) };
    number(loaded)
}

/// What became of the entries of a JWK Set.
#[derive(Default)]
struct Counts {
    kept: usize,
    skipped: usize,
}

fn load(set: &mut LentKeySet<'_>, jwks: &[u8], counts: &mut Counts) -> Result<(), Code> {
    let algorithms = *set.algorithms();
    let mut is_full = false;
    let loaded = set.load(jwks, &algorithms, |entry| {
        counts.skipped = counts.skipped.saturating_add(1);
        is_full |= entry.reason == Error::KeySetFull;
    });
    counts.kept = loaded.map_or(0, |report| report.kept());
    match loaded {
        // Also if some were kept: nobody has to ask for the numbers to hear of it.
        _ if is_full => Err(Error::KeySetFull.into()),
        // Whatever was wrong with each of them.
        Err(_) if counts.skipped > 0 => Err(Error::NoUsableKey.into()),
        Err(error) => Err(error.into()),
        Ok(_) => Ok(()),
    }
}

/// Adds one JWK (RFC 7517 §4). Without `kid` it fits every token.
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
        set.keys.add_jwk(jwk?)?;
        Ok(())
    }))
}

/// Adds a shared secret, byte for byte, for the HMAC algorithms. `key_id` is its identifier, or a
/// string of length 0: a key without one fits every token. So it is for the others.
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
    number(set.and_then(|set| add(set, &KeyParameters::oct(k?), key_id?)))
}

/// Adds a point on an elliptic curve, compressed or not (SEC 1 §2.3.3), for the ECDSA algorithm of
/// the curve: `P-256`, `P-384` or `P-521`.
///
/// # Safety
///
/// See [`jv_key_set_refuse_ambiguity`]; `point` is `point_len` bytes, `curve` and `key_id` are
/// strings.
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
    number(set.and_then(|set| add(set, &KeyParameters::ec_point(crv?, point?), key_id?)))
}

/// Adds an RSA public key by modulus and exponent, both with the most significant byte first.
///
/// # Safety
///
/// See [`jv_key_set_refuse_ambiguity`]; `n` is `n_len` bytes, `e` is `e_len` bytes, `key_id` a
/// string.
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
    number(set.and_then(|set| add(set, &KeyParameters::rsa(n?, e?), key_id?)))
}

fn add(set: &mut jv_key_set, parameters: &KeyParameters<'_>, key_id: &str) -> Result<(), Code> {
    let key_id = (!key_id.is_empty()).then_some(key_id);
    set.keys.add(parameters, key_id)?;
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
    unsafe { reference(set) }.map_or(0, |set| set.keys.len())
}

/// Overwrites the memory of a key set, for instance because of a secret in it. It is no key set
/// afterwards.
///
/// # Safety
///
/// `memory` is NULL or `memory_len` bytes, and what [`jv_key_set_init`] made of it is no longer
/// used.
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
