//! This crate's HMAC and the `SimpleHmac` of the crate `hmac` agree on every tag, for secrets of
//! every length that matters. The text of a public key is rejected.

use arbitrary::Arbitrary;
use hmac::digest::Digest;
use hmac::digest::block_api::BlockSizeUser;
use hmac::{KeyInit, Mac, SimpleHmac};
use jose_verify::alg::{HS256, HS384, HS512, InlineKey, KeyParameters, MACS};
use jose_verify::limits::MAX_KEY_PARAMETER_LEN;
use jose_verify::{Error, Key, KeySet};
use sha2::{Sha256, Sha384, Sha512};

use crate::edit::Edit;
use crate::{key_text, keys};

/// A secret, a message and a tag.
#[derive(Debug, Arbitrary)]
pub struct Input<'a> {
    secret: &'a [u8],
    /// How many more times the secret is repeated, so that secrets can be long.
    repeated: u8,
    /// A published key that is appended to the secret.
    key: Option<u8>,
    message: &'a [u8],
    tag: Tag<'a>,
}

#[derive(Debug, Arbitrary)]
enum Tag<'a> {
    /// The message's tag with these changes.
    Changed(Vec<Edit<'a>>),
    /// Any bytes.
    Any(&'a [u8]),
}

/// Published keys, and texts that only begin like one.
const KEYS: [&str; 6] = [
    "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n\
     -----END PUBLIC KEY-----\n",
    "-----BEGIN PUBLIC KEY----- is how the sentence starts that no machine can guess",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBl0Zdr4q7n9n5yKzv4U3n0dZ8rXkq1l2m3n4o5p6q7r me@host",
    r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
    r#"{"kty":"oct","k":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"0123456789abcd"}"#,
    "---- BEGIN SSH2 PUBLIC KEY ----\nAAAAC3NzaC1lZDI1NTE5AAAAIBl0Zdr4q7n9\n\
     ---- END SSH2 PUBLIC KEY ----",
];

/// Checks all three algorithms, each with its own key. Also checks for which of them a key set
/// loads the secret.
pub fn check(input: &Input<'_>) {
    let mut secret = input.secret.repeat(usize::from(input.repeated) + 1);
    // Longer ones are rejected in the same way, and only take time.
    secret.truncate(4 * MAX_KEY_PARAMETER_LEN);
    if let Some(key) = input.key {
        secret.extend_from_slice(KEYS[usize::from(key) % KEYS.len()].as_bytes());
    }
    let set = KeySet::<1>::from_parameters(&KeyParameters::oct(&secret), MACS);
    match &set {
        Err(Error::PublicKeyAsSecret) => return assert!(key_text::is_key(&secret)),
        _ if key_text::is_key(&secret) => panic!("accepted the text of a key"),
        Ok(_) => assert!((32..=MAX_KEY_PARAMETER_LEN).contains(&secret.len())),
        Err(Error::WeakKey) => return assert!(secret.len() < 32 || secret.iter().all(|b| *b == 0)),
        Err(Error::KeyTooLarge) => return assert!(secret.len() > MAX_KEY_PARAMETER_LEN),
        Err(error) => panic!("{error:?}"),
    }
    let [(None, names)] = &keys::listed(&set.expect("a valid key"))[..] else {
        panic!("the set must have one key without a `kid`");
    };
    check_with::<Sha256>(HS256, names, &secret, input);
    check_with::<Sha384>(HS384, names, &secret, input);
    check_with::<Sha512>(HS512, names, &secret, input);
}

/// Checks one algorithm. `names` are the algorithms for which the set loaded the secret.
fn check_with<D: Digest + BlockSizeUser + Clone>(
    algorithm: impl InlineKey,
    names: &[&str],
    secret: &[u8],
    input: &Input<'_>,
) {
    let name = algorithm.name();
    let is_long = secret.len() >= <D as Digest>::output_size();
    assert_eq!(names.contains(&name), is_long, "{name}");
    let key = Key::new(algorithm, &KeyParameters::oct(secret));
    assert_eq!(key.is_ok(), is_long, "{name}");
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
    let accepted = key.is_ok_and(|key| {
        let material = key.material().as_ref();
        algorithm.verify(material, input.message, &tag).is_ok()
    });
    let is_valid = mac.verify_slice(&tag).is_ok();
    assert_eq!(accepted, is_long && is_valid, "{name}");
}
