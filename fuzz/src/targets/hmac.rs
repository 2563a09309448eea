//! Our HMAC and the crate `hmac`'s other implementation agree on every tag, for secrets of every length.

use arbitrary::Arbitrary;
use hmac::digest::Digest;
use hmac::digest::block_api::BlockSizeUser;
use hmac::{KeyInit, Mac, SimpleHmac};
use jose_verify::limits::MAX_KEY_PARAMETER_LEN;
use jose_verify::{Error, Key, MACS, VerificationKey};
use sha2::{Sha256, Sha384, Sha512};

use crate::edit::Edit;

/// A secret, a message, and changes to its tag.
#[derive(Debug, Arbitrary)]
pub struct Input<'a> {
    secret: &'a [u8],
    /// How many times the secret is repeated, for long ones.
    repeated: u8,
    message: &'a [u8],
    tag: Tag<'a>,
}

#[derive(Debug, Arbitrary)]
enum Tag<'a> {
    Changed(Vec<Edit<'a>>),
    Any(&'a [u8]),
}

/// One key for all three algorithms, as far as its length allows.
pub fn check(input: &Input<'_>) {
    let secret = input.secret.repeat(usize::from(input.repeated) + 1);
    let key = Key::from_secret(&secret, MACS);
    match &key {
        Ok(_) => assert!((32..=MAX_KEY_PARAMETER_LEN).contains(&secret.len())),
        Err(Error::WeakKey) => return assert!(secret.len() < 32 || secret.iter().all(|b| *b == 0)),
        Err(Error::KeyTooLarge) => return assert!(secret.len() > MAX_KEY_PARAMETER_LEN),
        Err(error) => panic!("{error:?}"),
    }
    let key = key.expect("a good key");
    check_with::<Sha256>(&key, "HS256", &secret, input);
    check_with::<Sha384>(&key, "HS384", &secret, input);
    check_with::<Sha512>(&key, "HS512", &secret, input);
}

fn check_with<D: Digest + BlockSizeUser + Clone>(
    key: &Key,
    name: &str,
    secret: &[u8],
    input: &Input<'_>,
) {
    assert_eq!(
        key.accepts(name),
        secret.len() >= <D as Digest>::output_size(),
        "{name}"
    );
    let mac = SimpleHmac::<D>::new_from_slice(secret).expect("any length");
    let mac = mac.chain_update(input.message);
    let tag = match &input.tag {
        Tag::Any(bytes) => bytes.to_vec(),
        Tag::Changed(edits) => {
            let mut tag = mac.clone().finalize().into_bytes().to_vec();
            Edit::apply_all(edits, &mut tag);
            tag
        }
    };
    let accepted = key.verify(name, input.message, &tag).is_ok();
    assert_eq!(
        accepted,
        key.accepts(name) && mac.verify_slice(&tag).is_ok(),
        "{name}"
    );
}
