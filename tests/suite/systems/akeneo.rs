//! Akeneo PIM: a regularly regenerated PEM key inside JSON; no `kid`; dates with fractions.

use crate::support::secs;
use jose_verify::alg::{HS256, KeyParameters, RS256};
use jose_verify::keys::Refetch;
use jose_verify::oidc::Nonce;
use jose_verify::{Error, KeySet, NumericDate, RotatingKeys, Verified, Verifier, oidc};

use super::{id_token_of, system, text_of};
use crate::support::Keyring;

const ISSUERS: [&str; 1] = ["https://my-pim.example.com"];
const CLIENTS: [&str; 1] = ["69d7c1a4-5b0e-4c0e-9a3f-2f6f0c6a1b7d"];
const AKENEO_NOW: NumericDate = NumericDate::from_seconds(1_643_030_000);

/// Returns the key as `GET /connect/apps/v1/openid/public-key` publishes it.
fn published(member: &str) -> KeySet<4> {
    let json = text_of(&system("akeneo"), member);
    let mut scratch = vec![0; 2 * json.len()];
    let parameters = KeyParameters::from_pem_member(json.as_bytes(), "public_key", &mut scratch);
    KeySet::from_parameters(&parameters.unwrap(), &[&RS256]).unwrap()
}

fn verify(token: &str, key: &impl jose_verify::Keys) -> Result<(), Error> {
    claims(token, key, |_| ())
}

fn claims<T>(
    token: &str,
    key: &impl jose_verify::Keys,
    read: impl FnOnce(&Verified<'_>) -> T,
) -> Result<T, Error> {
    let policy = oidc::id_token(&ISSUERS, &CLIENTS, Nonce::NotSent);
    let mut scratch = vec![0; token.len()];
    let verifier = Verifier::new(key, &policy);
    verifier
        .verify(token.as_bytes(), AKENEO_NOW, &mut scratch)
        .map(|jwt| read(&jwt))
}

#[test]
fn from_the_published_key_to_claims() {
    let token = id_token_of(&text_of(&system("akeneo"), "token_response"));
    for form in ["public_key", "certificate", "certificate_crlf"] {
        let read = claims(&token, &published(form), |jwt| {
            let claims = jwt.claims();
            assert!(jwt.header().key_id().is_none(), "{form}");
            assert!(claims.issuer().unwrap() == "https://my-pim.example.com");
            let expires_at = NumericDate::new(1_643_033_278, 467_703_000);
            assert_eq!(claims.expires_at(), Some(expires_at));
            let issued_at = NumericDate::new(1_643_029_678, 467_703_000);
            assert_eq!(claims.issued_at(), Some(issued_at));
            assert!(claims.jwt_id().is_some());
            for (name, want) in [
                ("email", "user@example.com"),
                ("firstname", "Sample"),
                ("lastname", "User"),
            ] {
                let claim = claims.get(name).and_then(|value| value.as_str());
                assert!(claim.unwrap() == want, "{name}");
            }
        });
        assert_eq!(read, Ok(()), "{form}");
    }
}

#[test]
fn forged_and_confused_tokens() {
    let akeneo = system("akeneo");
    let forged = text_of(&akeneo, "forged");
    let unsecured = text_of(&akeneo, "unsecured");
    for form in ["public_key", "certificate"] {
        let key = published(form);
        assert_eq!(verify(&forged, &key), Err(Error::BadSignature));
        assert_eq!(verify(&unsecured, &key), Err(Error::Unsecured));
        for confused in ["keyed_with_certificate", "keyed_with_public_key"] {
            let rejected = verify(&text_of(&akeneo, confused), &key);
            assert_eq!(rejected, Err(Error::AlgorithmNotAccepted), "{confused}");
        }
        // The published text cannot be loaded for a MAC either.
        let json = text_of(&akeneo, form);
        let mut scratch = vec![0; 2 * json.len()];
        let json = json.as_bytes();
        let public = KeyParameters::from_pem_member(json, "public_key", &mut scratch).unwrap();
        let key = Keyring::from_parameters(&public, &[&HS256]);
        assert_eq!(key.err(), Some(Error::UnsupportedKey));
    }
}

/// Without `kid`, a token of a newer key and a forged token look alike. Fetching the key again,
/// within bounds, distinguishes them.
#[test]
fn a_stale_key_is_distinguished_from_a_forged_token() {
    let akeneo = system("akeneo");
    let fresh = id_token_of(&text_of(&akeneo, "regenerated_token_response"));
    let forged = text_of(&akeneo, "forged");
    for (token, want) in [(&fresh, Ok(())), (&forged, Err(Error::BadSignature))] {
        let old = RotatingKeys::new().with_published(published("certificate"), secs(3600), secs(0));
        let mut refetch = Refetch::new(secs(5), secs(300));
        let error = verify(token, old.set()).unwrap_err();
        assert_eq!(error, Error::BadSignature);
        assert!(refetch.begin(error, false, secs(100)));
        let new = old.with_published(published("regenerated"), secs(3600), secs(101));
        refetch.end(new.has_new_keys(&old), secs(101));
        assert_eq!(verify(token, new.set()), want);
        // Tokens of the old key are accepted until they expire.
        let before = id_token_of(&text_of(&akeneo, "token_response"));
        assert_eq!(verify(&before, new.set()), Ok(()));
        assert_eq!(
            verify(&before, new.without_retired(secs(3701)).set()),
            Err(Error::BadSignature)
        );
        // The next forgery does not cause a refetch yet.
        assert!(!refetch.begin(Error::BadSignature, false, secs(102)));
    }
}
