//! HMAC with SHA-2 (RFC 7518 §3.2).

use core::fmt::{self, Debug};
use core::marker::PhantomData;
use core::ops::BitOr;

use digest::block_api::{
    Block, BlockSizeUser, Buffer, BufferKindUser, CoreProxy, Eager, FixedOutputCore, UpdateCore,
};
use digest::common::hazmat::{SerializableState, SerializedState};
use digest::{CtOutput, Digest, Output};

use crate::alg::arithmetic::WORD_BYTES;
use crate::alg::packing;
use crate::alg::{Algorithm, AlgorithmKind, InvalidSignature, KeyType, ParameterSource, Word};
use crate::error::Error;
use crate::limits::MAX_KEY_PARAMETER_LEN;

/// HMAC with one hash function.
pub(super) struct Hmac<D> {
    name: &'static str,
    hash: PhantomData<fn() -> D>,
}

// Not derived, because that would require `D: Clone`.
impl<D> Clone for Hmac<D> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<D> Copy for Hmac<D> {}

impl<D> Hmac<D> {
    pub(super) const fn new(name: &'static str) -> Self {
        Self {
            name,
            hash: PhantomData,
        }
    }
}

impl<D> Debug for Hmac<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// The secrets for HMAC with one hash function. The material is two states of the hash, inner and
/// outer, each after the block with the padded secret (RFC 2104 §4). A secret for several hash
/// functions therefore has separate material for each.
struct Secret<D>(PhantomData<fn() -> D>);

impl<D> Debug for Secret<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// `ipad` and `opad` of RFC 2104 §2: the padded secret is combined with each by XOR.
const INNER: u8 = 0x36;
const OUTER: u8 = 0x5c;

/// A hash function whose state between two blocks can be saved.
trait ResumableHash: Digest + CoreProxy<Core: HashCore> {}

impl<D: Digest + CoreProxy<Core: HashCore>> ResumableHash for D {}

trait HashCore:
    FixedOutputCore + BufferKindUser<BufferKind = Eager> + SerializableState + Default
{
}

impl<C> HashCore for C where
    C: FixedOutputCore + BufferKindUser<BufferKind = Eager> + SerializableState + Default
{
}

impl<D: ResumableHash + 'static> KeyType for Secret<D> {
    fn load(&self, key: &dyn ParameterSource, material: &mut [Word]) -> Result<usize, Error> {
        if !key.is("kty", "oct") {
            return Err(Error::UnsupportedKey);
        }
        let mut secret = [0; MAX_KEY_PARAMETER_LEN];
        let secret = key.bytes("k", &mut secret)?;
        // RFC 7518 §3.2: a key of the same size as the hash output or larger MUST be used.
        if secret.len() < <D as Digest>::output_size() {
            return Err(Error::WeakKey);
        }
        if secret.len() > MAX_KEY_PARAMETER_LEN {
            return Err(Error::KeyTooLarge);
        }
        // An all-zero secret is most likely a buffer that was never filled.
        if is_zero(secret) {
            return Err(Error::WeakKey);
        }
        let mut block = Block::<D::Core>::default();
        if secret.len() > D::Core::block_size() {
            copy(&D::digest(secret), &mut block);
        } else {
            copy(secret, &mut block);
        }
        let (inner, rest) = material
            .split_at_mut_checked(words_of::<D>())
            .ok_or(Error::KeySetFull)?;
        let outer = rest.get_mut(..words_of::<D>()).ok_or(Error::KeySetFull)?;
        packing::pack(inner, &keyed_state::<D>(&block, INNER));
        packing::pack(outer, &keyed_state::<D>(&block, OUTER));
        Ok(words_of::<D>().saturating_mul(2))
    }
}

impl<D: ResumableHash + 'static> Algorithm for Hmac<D> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn kind(&self) -> AlgorithmKind {
        AlgorithmKind::Mac
    }

    fn key_type(&self) -> &'static dyn KeyType {
        &Secret::<D>(PhantomData)
    }

    fn verify(
        &self,
        material: &[Word],
        signing_input: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        // Rejects a MAC of any other length, such as a truncated one.
        let signature = <&Output<D::Core>>::try_from(signature).map_err(|_| InvalidSignature)?;
        let len = words_of::<D>();
        let (inner, rest) = material.split_at_checked(len).ok_or(InvalidSignature)?;
        let outer = rest.get(..len).ok_or(InvalidSignature)?;
        let hash = finish_from::<D>(inner, signing_input)?;
        let expected = finish_from::<D>(outer, &hash)?;
        // `CtOutput` compares in constant time.
        if CtOutput::<D::Core>::new(expected) == CtOutput::from(signature) {
            Ok(())
        } else {
            Err(InvalidSignature)
        }
    }
}

/// Returns the number of words that one state takes.
fn words_of<D: ResumableHash>() -> usize {
    SerializedState::<D::Core>::default()
        .len()
        .div_ceil(WORD_BYTES)
}

/// Returns the state of the hash after the block with the padded secret.
fn keyed_state<D: ResumableHash>(block: &Block<D::Core>, pad: u8) -> SerializedState<D::Core> {
    let mut block = block.clone();
    block.iter_mut().for_each(|byte| *byte ^= pad);
    let mut core = D::Core::default();
    core.update_blocks(&[block]);
    core.serialize()
}

/// Resumes the hash from a state that [`keyed_state`] returned, appends `rest` and returns the
/// digest.
// Works on the state itself. `Digest` would copy it together with its buffer, which takes a seventh
// of the time of a short token's MAC.
fn finish_from<D: ResumableHash>(
    words: &[Word],
    rest: &[u8],
) -> Result<Output<D::Core>, InvalidSignature> {
    // If no key was loaded, the words are zero. A state is never zero, because it counts its
    // blocks.
    if is_zero(words) {
        return Err(InvalidSignature);
    }
    let mut state = SerializedState::<D::Core>::default();
    packing::unpack(words, &mut state);
    let mut core = D::Core::deserialize(&state).map_err(|_| InvalidSignature)?;
    let mut buffer = Buffer::<D::Core>::default();
    buffer.digest_blocks(rest, |blocks| core.update_blocks(blocks));
    let mut hash = Output::<D::Core>::default();
    core.finalize_fixed_core(&mut buffer, &mut hash);
    Ok(hash)
}

/// Returns whether all digits are zero, in a time that does not depend on the number of leading
/// zeros.
fn is_zero<T: Copy + Default + PartialEq + BitOr<Output = T>>(digits: &[T]) -> bool {
    let all = digits.iter().fold(T::default(), |all, digit| all | *digit);
    all == T::default()
}

fn copy(from: &[u8], to: &mut [u8]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
}
