//! This crate's RSA and the crate `rsa` agree on every signature, and accept correct encodings.

use arbitrary::Arbitrary;
use jose_verify::Key;
use jose_verify::alg::{InlineKey, KeyParameters, PS256, PS384, PS512, RS256, RS384, RS512};
use num_bigint::BigUint;
use rsa::signature::hazmat::PrehashVerifier;
use rsa::{BoxedUint, RsaPublicKey, pkcs1v15, pss};
use sha2::digest::{Digest, FixedOutputReset, const_oid::AssociatedOid};
use sha2::{Sha256, Sha384, Sha512};

use crate::edit::Edit;
use crate::rsa_key::{KEYS, PrivateKey};

/// A signature, starting with its encoding.
#[derive(Debug, Arbitrary)]
pub struct Input<'a> {
    key: u8,
    hash: Hash,
    message: &'a [u8],
    encoding: Encoding<'a>,
    /// Changes to the encoded message before it is signed.
    encoded: Vec<Edit<'a>>,
    /// Whether the modulus is added to the signature, which is then congruent but too large.
    too_large: bool,
    /// Changes to the signature.
    signature: Vec<Edit<'a>>,
}

#[derive(Debug, Arbitrary)]
enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

#[derive(Debug, Arbitrary)]
enum Encoding<'a> {
    Pkcs1,
    /// A salt of the right length, which begins with these bytes.
    Pss(&'a [u8]),
    /// Any salt, and changes to the data block before it is masked.
    EditedPss(&'a [u8], Vec<Edit<'a>>),
    /// Any bytes.
    Raw(&'a [u8]),
}

/// Verifies the signature under both schemes.
pub fn check(input: &Input<'_>) {
    match input.hash {
        Hash::Sha256 => check_with::<Sha256>(input, 1, RS256, PS256),
        Hash::Sha384 => check_with::<Sha384>(input, 2, RS384, PS384),
        Hash::Sha512 => check_with::<Sha512>(input, 3, RS512, PS512),
    }
}

fn check_with<D: Digest + AssociatedOid + FixedOutputReset>(
    input: &Input<'_>,
    hash_id: u8,
    with_pkcs1: impl InlineKey,
    with_pss: impl InlineKey,
) {
    let key = &KEYS[usize::from(input.key) % KEYS.len()];
    let hash = D::digest(input.message);
    let signature = sign::<D>(key, input, &hash, hash_id);

    let n = key.n.to_bytes_be();
    let e = key.e.to_be_bytes();
    let pkcs1 = accepts(with_pkcs1, &n, &e, input.message, &signature);
    let pss = accepts(with_pss, &n, &e, input.message, &signature);

    let (n, e) = (BoxedUint::from_be_slice_vartime(&n), BoxedUint::from(key.e));
    let theirs = RsaPublicKey::new(n, e).expect("a valid key");
    let their_pkcs1 = pkcs1v15::VerifyingKey::<D>::new(theirs.clone());
    let their_pss = pss::VerifyingKey::<D>::new(theirs);
    let accept = |s: pkcs1v15::Signature| their_pkcs1.verify_prehash(&hash, &s);
    let accepted = pkcs1v15::Signature::try_from(&signature[..]).and_then(accept);
    assert_eq!(pkcs1, accepted.is_ok(), "results for PKCS #1 v1.5 agree");
    let accept = |s: pss::Signature| their_pss.verify_prehash(&hash, &s);
    let accepted = pss::Signature::try_from(&signature[..]).and_then(accept);
    assert_eq!(pss, accepted.is_ok(), "results for PSS agree");

    if input.encoded.is_empty() && input.signature.is_empty() && !input.too_large {
        assert!(pkcs1 || !matches!(input.encoding, Encoding::Pkcs1));
        assert!(pss || !matches!(input.encoding, Encoding::Pss(_)));
    }
}

fn accepts(
    algorithm: impl InlineKey,
    n: &[u8],
    e: &[u8],
    message: &[u8],
    signature: &[u8],
) -> bool {
    let key = Key::new(algorithm, &KeyParameters::rsa(n, e)).expect("a valid key");
    algorithm
        .verify(key.material().as_ref(), message, signature)
        .is_ok()
}

fn sign<D: Digest>(key: &PrivateKey, input: &Input<'_>, hash: &[u8], hash_id: u8) -> Vec<u8> {
    let len = usize::try_from(key.n.bits().div_ceil(8)).expect("a length");
    let mut encoded = match &input.encoding {
        Encoding::Pkcs1 => pkcs1(hash, hash_id, len),
        Encoding::Pss(salt) => {
            let mut salt = salt.to_vec();
            salt.resize(hash.len(), 0);
            pss::<D>(hash, &salt, &[], key.n.bits() - 1)
        }
        Encoding::EditedPss(salt, edits) => pss::<D>(hash, salt, edits, key.n.bits() - 1),
        Encoding::Raw(bytes) => bytes.to_vec(),
    };
    Edit::apply_all(&input.encoded, &mut encoded);
    let mut number = key.private(&BigUint::from_bytes_be(&encoded));
    if input.too_large {
        number += &key.n;
    }
    let mut signature = number.to_bytes_be();
    let zeros = len.saturating_sub(signature.len());
    signature.splice(..0, vec![0; zeros]);
    Edit::apply_all(&input.signature, &mut signature);
    signature
}

/// EMSA-PKCS1-v1_5 (RFC 8017 §9.2). The identifiers of the hashes differ in their last byte and in
/// the digest's length.
fn pkcs1(hash: &[u8], hash_id: u8, len: usize) -> Vec<u8> {
    let hash_len = u8::try_from(hash.len()).expect("a short hash");
    let info = [
        &[
            0x30,
            17 + hash_len,
            0x30,
            13,
            6,
            9,
            0x60,
            0x86,
            0x48,
            1,
            0x65,
            3,
            4,
            2,
        ][..],
        &[hash_id, 5, 0, 4, hash_len],
        hash,
    ]
    .concat();
    let padding = vec![0xff; len - info.len() - 3];
    [&[0, 1], &padding[..], &[0], &info].concat()
}

/// EMSA-PSS-ENCODE (RFC 8017 §9.1.1).
fn pss<D: Digest>(hash: &[u8], salt: &[u8], edits: &[Edit<'_>], bits: u64) -> Vec<u8> {
    let len = usize::try_from(bits.div_ceil(8)).expect("a length") - hash.len() - 1;
    let salt = &salt[..salt.len().min(len - 1)];
    let h = [&[0; 8], hash, salt]
        .iter()
        .fold(D::new(), |d, part| d.chain_update(part))
        .finalize();
    let mut block = vec![0; len - salt.len() - 1];
    block.push(1);
    block.extend(salt);
    Edit::apply_all(edits, &mut block);
    for (counter, chunk) in (0_u32..).zip(block.chunks_mut(h.len())) {
        let mask = D::new()
            .chain_update(&h)
            .chain_update(counter.to_be_bytes())
            .finalize();
        chunk
            .iter_mut()
            .zip(mask)
            .for_each(|(byte, mask)| *byte ^= mask);
    }
    let unused = (8 - bits % 8) % 8;
    if let Some(first) = block.first_mut() {
        *first &= 0xff >> unused;
    }
    [&block[..], &h, &[0xbc]].concat()
}
