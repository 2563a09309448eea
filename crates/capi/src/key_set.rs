//! Key sets in memory that C provides: a header, followed by memory for the keys.

use core::ptr;

use jose_verify::alg::{Algorithm, Algorithms, KeyParameters, Word};
use jose_verify::keys::{Lent, LentKeySet, Slot, WORDS_PER_KEY};
use jose_verify::limits::{KEY_ID_BYTES_PER_KEY, MAX_ALGORITHMS, SPARE_KEY_ID_BYTES};
use jose_verify::{Error, Options, Policy, Verifier};

use crate::algorithm::jv_algorithm;
use crate::code::{Code, JV_NULL_POINTER, JV_OUT_OF_RANGE, JV_UNUSABLE_MEMORY, jv_error, number};
use crate::ffi_ptr::{
    Arena, Region, array, reference, reference_mut, text, write_out, zeroed_bytes,
};
use crate::string::jv_string;

/// Bytes of memory that a key set needs in addition to its keys.
#[cfg(target_pointer_width = "64")]
pub const JV_KEY_SET_BASE_SIZE: usize = 592;
/// Bytes of memory that a key set needs in addition to its keys.
#[cfg(not(target_pointer_width = "64"))]
pub const JV_KEY_SET_BASE_SIZE: usize = 424;

/// Bytes of memory for each key: an RSA key of 2048 bits with a `kid` of 44 bytes.
#[cfg(target_pointer_width = "64")]
pub const JV_KEY_SIZE: usize = 592;
/// Bytes of memory for each key: an RSA key of 2048 bits with a `kid` of 44 bytes.
#[cfg(not(target_pointer_width = "64"))]
pub const JV_KEY_SIZE: usize = 584;

/// Required alignment of the memory, in bytes.
const ALIGNMENT: usize = 8;

/// Bytes of each key without its words: its slot and its share of the `kid`s.
const SLOT_SIZE: usize = size_of::<Slot>().saturating_add(KEY_ID_BYTES_PER_KEY);

/// Bytes of each key in total.
const KEY_SIZE: usize = WORDS_PER_KEY
    .saturating_mul(size_of::<Word>())
    .saturating_add(SLOT_SIZE);

/// Bytes in addition to the keys: the header, and spare memory for one long `kid`.
const BASE_SIZE: usize = size_of::<jv_key_set>().saturating_add(SPARE_KEY_ID_BYTES);

// The sizes in the C header are large enough for the layout that the compiler chose.
const _: () = assert!(BASE_SIZE <= JV_KEY_SET_BASE_SIZE && KEY_SIZE <= JV_KEY_SIZE);
// Header, words, slots and `kid`s follow each other without padding, because none needs a stricter
// alignment than the one before.
const _: () = assert!(
    align_of::<jv_key_set>() <= ALIGNMENT
        && align_of::<Word>() <= align_of::<jv_key_set>()
        && align_of::<Slot>() <= align_of::<Word>()
);

/// Keys, and the algorithms that they may be used with.
///
/// A key set starts at the beginning of memory that you own. Do not move or copy it. Nothing has to
/// be released. Any number of threads may verify with it while none changes it.
pub struct jv_key_set {
    /// Borrows the memory after this header. `'static` means for as long as the memory is a key
    /// set.
    keys: LentKeySet<'static>,
    refuses_ambiguity: bool,
    /// Bytes of the memory, including this header.
    memory_len: usize,
}

impl jv_key_set {
    /// Checks that memory does not overlap the key set. One of the two is written while the other
    /// is used.
    ///
    /// # Errors
    ///
    /// `JV_OVERLAP` if it does.
    pub(crate) fn check_disjoint_from(&self, other: Region) -> Result<(), Code> {
        Region::new(ptr::from_ref(self).cast(), self.memory_len).check_disjoint(other)
    }

    /// Returns a verifier that uses these keys.
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

/// Returns the bytes of memory for a key set of `capacity` keys, to allocate it at run time.
/// `JV_KEY_SET_MEMORY` declares it statically.
///
/// Memory for N keys holds N keys of at most RSA-2048, whose identifiers (`kid`) have 44 bytes on
/// average, and 256 bytes more in total. An RSA key of 4096 bits takes the memory of two. Memory
/// between the sizes for N and N + 1 keys can hold larger keys, but not more of them.
#[must_use]
#[unsafe(no_mangle)]
pub extern "C" fn jv_key_set_size(capacity: usize) -> usize {
    JV_KEY_SIZE
        .saturating_mul(capacity)
        .saturating_add(JV_KEY_SET_BASE_SIZE)
}

/// Creates an empty key set in `memory`, which must be aligned to 8 bytes and large enough for one
/// key.
///
/// `algorithms` points to the addresses of 1 to 16 different algorithms. All must be MACs, or all
/// signatures. Only these algorithms are accepted. The list is copied.
///
/// On success, `*set` points to the beginning of `memory`. On error it is NULL, and nothing else is
/// written. Errors: `JV_NULL_POINTER`, `JV_UNUSABLE_MEMORY`, `JV_OVERLAP`, `JV_OUT_OF_RANGE`,
/// `JV_UNUSABLE_ALGORITHM_LIST`.
///
/// # Safety
///
/// `memory` is `memory_len` bytes that nothing else uses while the key set is in use. `algorithms`
/// is an array of `algorithm_count` pointers to algorithms of this library. `set` points to a
/// pointer that can be written. Each of them may be NULL.
#[must_use]
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
    let region = Region::new(memory, memory_len);
    let disjoint = region.check_disjoint(Region::of_array(algorithms, algorithm_count));
    let disjoint = disjoint.and_then(|()| region.check_disjoint(Region::of(set)));
    // SAFETY: guaranteed by the caller.
    let pointers = disjoint.and_then(|()| unsafe { array(algorithms, algorithm_count) });
    let created = pointers.and_then(|pointers| {
        // SAFETY: guaranteed by the caller.
        unsafe { init(memory, memory_len, pointers) }
    });
    let (head, outcome) = match created {
        Ok(head) => (head, Ok(())),
        Err(code) => (ptr::null_mut(), Err(code)),
    };
    // SAFETY: guaranteed by the caller.
    unsafe { write_out(set, head) };
    number(outcome)
}

/// Lays out the memory. Errors are detected before the first write, so that an error leaves the
/// memory unmodified.
///
/// # Safety
///
/// As for `jv_key_set_init`.
unsafe fn init(
    memory: *mut u8,
    memory_len: usize,
    pointers: &[*const jv_algorithm],
) -> Result<*mut jv_key_set, Code> {
    // SAFETY: guaranteed by the caller.
    let mut arena = unsafe { Arena::new(memory, memory_len) }?;
    let capacity = memory_len
        .saturating_sub(JV_KEY_SET_BASE_SIZE)
        .div_euclid(JV_KEY_SIZE);
    if memory.addr().checked_rem(ALIGNMENT) != Some(0) || capacity == 0 {
        return Err(Code(JV_UNUSABLE_MEMORY));
    }
    // SAFETY: guaranteed by the caller.
    let algorithms = unsafe { algorithm_list(pointers) }?;

    let head = arena.alloc_uninit::<jv_key_set>(1)?;
    // All memory that slots and `kid`s do not need. That is more than WORDS_PER_KEY for each key
    // if the memory is not exactly the size for `capacity` keys.
    let words = arena
        .remaining()
        .saturating_sub(SLOT_SIZE.saturating_mul(capacity))
        .saturating_sub(SPARE_KEY_ID_BYTES)
        .div_euclid(size_of::<Word>());
    let kids = KEY_ID_BYTES_PER_KEY
        .saturating_mul(capacity)
        .saturating_add(SPARE_KEY_ID_BYTES);
    let mut keys = LentKeySet::in_memory(Lent {
        words: arena.alloc_array(words, 0)?,
        slots: arena.alloc_array(capacity, Slot::EMPTY)?,
        kids: arena.alloc_array(kids, 0)?,
    });
    keys.accept(&algorithms)?;
    let set = jv_key_set {
        keys,
        refuses_ambiguity: false,
        memory_len,
    };
    // SAFETY: allocated above for one value, and not used since.
    unsafe { ptr::write(head, set) };
    Ok(head)
}

/// Returns the algorithms at these addresses.
///
/// # Safety
///
/// Each pointer is NULL or the address of an algorithm of this library.
unsafe fn algorithm_list(pointers: &[*const jv_algorithm]) -> Result<Algorithms, Code> {
    let first = pointers.first().ok_or(Code(JV_OUT_OF_RANGE))?;
    // SAFETY: guaranteed by the caller.
    let first: &'static dyn Algorithm = unsafe { reference(*first) }?.object;
    let mut list = [first; MAX_ALGORITHMS];
    let list = list
        .get_mut(..pointers.len())
        .ok_or(Code(JV_OUT_OF_RANGE))?;
    for (entry, pointer) in list.iter_mut().zip(pointers) {
        // SAFETY: guaranteed by the caller.
        *entry = unsafe { reference(*pointer) }?.object;
    }
    Ok(Algorithms::new(list)?)
}

/// Rejects a token without a `kid` if several keys fit it (`JV_AMBIGUOUS_KEY`). By default, each of
/// these keys is tried.
///
/// # Safety
///
/// `set` is NULL or a key set from `jv_key_set_init` that nothing else uses during the call.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_key_set_refuse_ambiguity(set: *mut jv_key_set) -> jv_error {
    // SAFETY: guaranteed by the caller.
    let set = unsafe { exclusive(set, []) };
    number(set.map(|set| set.refuses_ambiguity = true))
}

/// Replaces all keys with the usable keys of a JWK Set (RFC 7517 §5). Entries that cannot be used
/// are skipped. `kept` and `skipped`, which may be NULL, receive the counts.
///
/// If the text is not a JWK Set, the keys do not change. If no entry is usable
/// (`JV_NO_USABLE_KEY`), the key set is empty afterwards. If not all usable keys fit
/// (`JV_KEY_SET_FULL`), the keys that fit are loaded and can be used. These two errors report the
/// counts of the load. After every other error, both counts are 0.
///
/// # Safety
///
/// See `jv_key_set_refuse_ambiguity`; `jwks` is `jwks_len` bytes. `kept` and `skipped` are NULL or
/// point to numbers that can be written.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_key_set_load(
    set: *mut jv_key_set,
    jwks: *const u8,
    jwks_len: usize,
    kept: *mut usize,
    skipped: *mut usize,
) -> jv_error {
    let outputs = [Region::of(kept), Region::of(skipped)];
    // SAFETY: guaranteed by the caller.
    let free = outputs.map(|output| unsafe { check_free(set, output) });
    // SAFETY: guaranteed by the caller.
    let exclusive = unsafe { exclusive(set, [Region::new(jwks, jwks_len)]) };
    // SAFETY: guaranteed by the caller.
    let jwks = unsafe { array(jwks, jwks_len) };
    let mut counts = Counts::default();
    let loaded = exclusive.and_then(|set| {
        free.into_iter().collect::<Result<(), Code>>()?;
        load(&mut set.keys, jwks?, &mut counts)
    });
    let [kept_free, skipped_free] = free;
    if kept_free.is_ok() {
        // SAFETY: guaranteed by the caller.
        unsafe { write_out(kept, counts.kept) };
    }
    if skipped_free.is_ok() {
        // SAFETY: guaranteed by the caller.
        unsafe { write_out(skipped, counts.skipped) };
    }
    number(loaded)
}

/// Borrows a key set mutably.
///
/// # Errors
///
/// `JV_NULL_POINTER` if the pointer is NULL or misaligned; `JV_OVERLAP` if an input is in the
/// memory of the key set.
///
/// # Safety
///
/// `set` is NULL or a key set from `jv_key_set_init` that nothing else uses during `'a`.
unsafe fn exclusive<'a, const N: usize>(
    set: *mut jv_key_set,
    inputs: [Region; N],
) -> Result<&'a mut jv_key_set, Code> {
    // SAFETY: guaranteed by the caller.
    let shared = unsafe { reference(set.cast_const()) }?;
    inputs
        .into_iter()
        .try_for_each(|input| shared.check_disjoint_from(input))?;
    // SAFETY: guaranteed by the caller; `shared` is no longer used.
    unsafe { reference_mut(set) }
}

/// Checks that an output does not overlap the memory of a key set. Writing it would change keys.
///
/// # Errors
///
/// `JV_OVERLAP` if it does.
///
/// # Safety
///
/// As for [`exclusive`].
unsafe fn check_free(set: *const jv_key_set, output: Region) -> Result<(), Code> {
    // SAFETY: guaranteed by the caller.
    unsafe { reference(set) }.map_or(Ok(()), |set| set.check_disjoint_from(output))
}

/// How many entries of a JWK Set were loaded and how many were skipped.
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
        // An error even if some keys were kept, so that a caller who ignores the counts notices.
        _ if is_full => Err(Error::KeySetFull.into()),
        // The same error, whatever is wrong with each entry.
        Err(_) if counts.skipped > 0 => Err(Error::NoUsableKey.into()),
        Err(error) => Err(error.into()),
        Ok(_) => Ok(()),
    }
}

/// Adds one JWK (RFC 7517 §4). A key without a `kid` fits every token.
///
/// # Safety
///
/// See `jv_key_set_refuse_ambiguity`; `jwk` is `jwk_len` bytes.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_key_set_add_jwk(
    set: *mut jv_key_set,
    jwk: *const u8,
    jwk_len: usize,
) -> jv_error {
    // SAFETY: guaranteed by the caller.
    let set = unsafe { exclusive(set, [Region::new(jwk, jwk_len)]) };
    // SAFETY: guaranteed by the caller.
    let jwk = unsafe { array(jwk, jwk_len) };
    number(set.and_then(|set| {
        set.keys.add_jwk(jwk?)?;
        Ok(())
    }))
}

/// Adds a shared secret for the HMAC algorithms. The bytes are used unchanged.
///
/// `key_id` is the key's identifier. If its length is 0, the key has none and fits every token.
///
/// # Safety
///
/// See `jv_key_set_refuse_ambiguity`; `secret` is `secret_len` bytes and `key_id` a string.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_key_set_add_secret(
    set: *mut jv_key_set,
    secret: *const u8,
    secret_len: usize,
    key_id: jv_string,
) -> jv_error {
    let inputs = [Region::new(secret, secret_len), Region::of_string(key_id)];
    // SAFETY: guaranteed by the caller.
    let set = unsafe { exclusive(set, inputs) };
    // SAFETY: guaranteed by the caller.
    let k = unsafe { array(secret, secret_len) };
    // SAFETY: guaranteed by the caller.
    let key_id = unsafe { text(key_id) };
    number(set.and_then(|set| add(set, &KeyParameters::oct(k?), key_id?)))
}

/// Adds an ECDSA public key: a point, compressed or uncompressed (SEC 1 §2.3.3), on the curve
/// `P-256`, `P-384` or `P-521`. `key_id` is as for `jv_key_set_add_secret`.
///
/// # Safety
///
/// See `jv_key_set_refuse_ambiguity`; `point` is `point_len` bytes, `curve` and `key_id` are
/// strings.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_key_set_add_ec_point(
    set: *mut jv_key_set,
    curve: jv_string,
    point: *const u8,
    point_len: usize,
    key_id: jv_string,
) -> jv_error {
    let inputs = [
        Region::of_string(curve),
        Region::new(point, point_len),
        Region::of_string(key_id),
    ];
    // SAFETY: guaranteed by the caller.
    let set = unsafe { exclusive(set, inputs) };
    // SAFETY: guaranteed by the caller.
    let crv = unsafe { text(curve) };
    // SAFETY: guaranteed by the caller.
    let point = unsafe { array(point, point_len) };
    // SAFETY: guaranteed by the caller.
    let key_id = unsafe { text(key_id) };
    number(set.and_then(|set| add(set, &KeyParameters::ec_point(crv?, point?), key_id?)))
}

/// Adds an RSA public key: modulus and exponent, both big-endian. `key_id` is as for
/// `jv_key_set_add_secret`.
///
/// # Safety
///
/// See `jv_key_set_refuse_ambiguity`; `n` is `n_len` bytes, `e` is `e_len` bytes, and `key_id` is
/// a string.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_key_set_add_rsa(
    set: *mut jv_key_set,
    n: *const u8,
    n_len: usize,
    e: *const u8,
    e_len: usize,
    key_id: jv_string,
) -> jv_error {
    let inputs = [
        Region::new(n, n_len),
        Region::new(e, e_len),
        Region::of_string(key_id),
    ];
    // SAFETY: guaranteed by the caller.
    let set = unsafe { exclusive(set, inputs) };
    // SAFETY: guaranteed by the caller.
    let n = unsafe { array(n, n_len) };
    // SAFETY: guaranteed by the caller.
    let e = unsafe { array(e, e_len) };
    // SAFETY: guaranteed by the caller.
    let key_id = unsafe { text(key_id) };
    number(set.and_then(|set| add(set, &KeyParameters::rsa(n?, e?), key_id?)))
}

/// Adds a public key in PEM (RFC 7468): `PUBLIC KEY`, `RSA PUBLIC KEY`, or the key of a
/// `CERTIFICATE`, which is not validated. `key_id` is as for `jv_key_set_add_secret`.
///
/// `scratch` receives the decoded bytes. It needs `jv_scratch_len(pem_len)` bytes.
///
/// # Safety
///
/// See `jv_key_set_refuse_ambiguity`; `pem` is `pem_len` bytes, `scratch` is `scratch_len` bytes
/// that nothing else uses, and `key_id` is a string.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_key_set_add_pem(
    set: *mut jv_key_set,
    pem: *const u8,
    pem_len: usize,
    scratch: *mut u8,
    scratch_len: usize,
    key_id: jv_string,
) -> jv_error {
    let scratch_region = Region::new(scratch, scratch_len);
    let (input, name) = (Region::new(pem, pem_len), Region::of_string(key_id));
    let disjoint = input.check_disjoint(scratch_region);
    let disjoint = disjoint.and_then(|()| name.check_disjoint(scratch_region));
    // SAFETY: guaranteed by the caller.
    let set = unsafe { exclusive(set, [input, name, scratch_region]) };
    // SAFETY: guaranteed by the caller.
    let pem = unsafe { array(pem, pem_len) };
    // SAFETY: guaranteed by the caller.
    let key_id = unsafe { text(key_id) };
    number(set.and_then(|set| {
        disjoint?;
        let needed = jose_verify::scratch_len(pem_len);
        // SAFETY: guaranteed by the caller, and disjoint from everything else that this call uses.
        let scratch = unsafe { zeroed_bytes(scratch, scratch_len, needed) }?;
        add(set, &KeyParameters::from_pem(pem?, scratch)?, key_id?)
    }))
}

fn add(set: &mut jv_key_set, parameters: &KeyParameters<'_>, key_id: &str) -> Result<(), Code> {
    let key_id = (!key_id.is_empty()).then_some(key_id);
    set.keys.add(parameters, key_id)?;
    Ok(())
}

/// Returns the number of keys in a key set, or 0 for NULL.
///
/// # Safety
///
/// `set` is NULL or a key set from `jv_key_set_init` that nothing modifies during the call.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_key_set_len(set: *const jv_key_set) -> usize {
    // SAFETY: guaranteed by the caller.
    unsafe { reference(set) }.map_or(0, |set| set.keys.len())
}

/// Overwrites the memory of a key set with zeros, for instance to erase a secret. The key set in it
/// must not be used afterwards.
///
/// # Safety
///
/// `memory` is NULL or `memory_len` bytes, and a key set in it is no longer used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_key_set_wipe(memory: *mut u8, memory_len: usize) {
    if memory.is_null() {
        return;
    }
    for offset in 0..memory_len {
        // SAFETY: within the memory.
        let byte = unsafe { memory.add(offset) };
        // SAFETY: within the memory. Volatile, so that the compiler cannot remove the write.
        unsafe { ptr::write_volatile(byte, 0) };
    }
}
