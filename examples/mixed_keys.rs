//! Verifies with keys of several kinds that threads share: a JWK Set, a pinned key, and a key in a
//! secure element.
//!
//!     cargo run --example mixed_keys --features alloc

#![allow(clippy::unwrap_used, reason = "an example fails by panicking")]

use std::sync::Arc;

use base64ct::{Base64UrlUnpadded, Encoding};
use jose_verify::alg::{ES256, InvalidSignature, KeyParameters, RS256};
use jose_verify::keys::{ForeignKey, KeyRef};
use jose_verify::{Check, Error, Key, KeySet, Keys, NumericDate, Policy, Verifier, scratch_len};
use p256::ecdsa::{
    Signature, SigningKey, VerifyingKey, signature::Signer, signature::Verifier as _,
};

/// A key in slot 7 of a secure element, which another library simulates here.
struct Slot7(VerifyingKey);

impl ForeignKey for Slot7 {
    fn key_id(&self) -> Option<&str> {
        Some("slot-7")
    }

    fn algorithms(&self) -> &[&'static str] {
        &["ES256"]
    }

    fn verify(
        &self,
        _: &'static str,
        input: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let signature = Signature::from_slice(signature).map_err(|_| InvalidSignature)?;
        self.0
            .verify(input, &signature)
            .map_err(|_| InvalidSignature)
    }
}

impl Keys for Slot7 {
    fn key(&self, position: usize) -> Option<KeyRef<'_>> {
        (position == 0).then(|| KeyRef::foreign(self))
    }
}

/// All keys. A boxed slice of sources is itself a source of [`Keys`].
type Mixed = Box<[Box<dyn Keys + Send + Sync>]>;

const ISSUER: &str = "https://iam.example.com/auth-login/oauth2/v3/as-1";
const POLICY: Policy<'static> = Policy::jwt(Check::Required(&[ISSUER]), Check::NotChecked);

/// Returns the position, among all keys, of the key that verified a token, and its `kid`.
fn verified_by(token: &str, keys: &Mixed) -> Result<(usize, String), Error> {
    let token = token.trim().as_bytes();
    let mut scratch = vec![0; scratch_len(token.len())];
    let jwt = Verifier::new(keys, &POLICY).verify(token, NOW, &mut scratch)?;
    let position = jwt.by().position;
    let name = keys.key(position).and_then(|key| key.key_id());
    Ok((position, name.ok_or(Error::NoKey)?.to_string()))
}

fn mixed() -> Result<Mixed, Error> {
    let published: KeySet<4> = KeySet::from_jwks(JWKS, &[&RS256, &ES256])?;
    let point = signer(3).verifying_key().to_sec1_point(false);
    let pinned = Key::new(ES256, &KeyParameters::ec_point("P-256", point.as_bytes()))?;
    let pinned = pinned.with_key_id("pinned");
    let slot = Slot7(*signer(7).verifying_key());
    let (published, pinned) = (Box::new(published), Box::new(pinned));
    Ok(Box::new([published, pinned, Box::new(slot)]))
}

// The issuer's side.

const NOW: NumericDate = NumericDate::from_seconds(1_700_000_060);
const JWKS: &[u8] = include_bytes!("../vectors/demo/airlock.jwks.json");
const PUBLISHED: &str = include_str!("../vectors/demo/airlock.jwt");

fn signer(number: u8) -> SigningKey {
    SigningKey::from_slice(&[number; 32]).unwrap()
}

fn token(kid: &str, number: u8) -> String {
    let header = format!(r#"{{"alg":"ES256","kid":"{kid}"}}"#);
    let claims = format!(r#"{{"iss":"{ISSUER}"}}"#);
    let encoded = |part: String| Base64UrlUnpadded::encode_string(part.as_bytes());
    let text = [header, claims].map(encoded).join(".");
    let signature: Signature = signer(number).sign(text.as_bytes());
    text + "." + &Base64UrlUnpadded::encode_string(&signature.to_bytes())
}

fn main() -> Result<(), Error> {
    let keys = Arc::new(mixed()?);
    let threads = [("pinned", 3), ("slot-7", 7), ("slot-7", 3)].map(|(kid, number)| {
        let keys = Arc::clone(&keys);
        std::thread::spawn(move || verified_by(&token(kid, number), &keys))
    });
    println!("{:?}", verified_by(PUBLISHED, &keys));
    for thread in threads {
        println!("{:?}", thread.join().unwrap());
    }
    Ok(())
}

#[test]
fn each_token_is_verified_by_its_own_key() {
    let keys = mixed().unwrap();
    let by = |token: &str| verified_by(token, &keys);
    assert_eq!(by(PUBLISHED), Ok((0, "rsa-sign-1".to_string())));
    assert_eq!(by(&token("pinned", 3)), Ok((2, "pinned".to_string())));
    assert_eq!(by(&token("slot-7", 7)), Ok((3, "slot-7".to_string())));
    assert_eq!(by(&token("slot-7", 3)), Err(Error::BadSignature));
    assert_eq!(by(&token("slot-8", 7)), Err(Error::NoKey));
}
