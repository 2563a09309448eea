//! The relying-party tests of ID Tokens, UserInfo and keys.

use jose_verify::alg::{HS256, Hs256, KeyParameters, SHA256, SIGNATURES};
use jose_verify::oidc::{self, HashClaims, UserInfo};
use jose_verify::{
    Check, Claim, Error, Key, Keys, NumericDate, Options, Policy, Problem, Verified, Verifier,
    scratch_len,
};
use num_bigint::BigUint;
use serde_json::{Value, json};

use super::{CLIENT, ISSUER, OP, POLICY, claims, id_token, jwk, published, verify, with};
use crate::support::curve::{Curve, curve};
use crate::support::hash::hmac;
use crate::support::rsa::RsaKey;
use crate::support::sign::token_signed_by;
use crate::support::verdict::{NOW, verdict, verdict_with};

/// The registered `client_secret`: more than 32 ASCII characters.
const CLIENT_SECRET: &[u8] = b"cf136dc3c1fc93f31185e5885805d2ab4fd8";

fn es256_key() -> (&'static Curve, BigUint) {
    (curve("ES256"), BigUint::from(0x0dd5_eed5_u32))
}

fn es256_token(claims: &Value) -> String {
    let (curve, secret) = es256_key();
    let header = br#"{"alg":"ES256","kid":"ec"}"#;
    token_signed_by(header, claims.to_string().as_bytes(), |input| {
        curve.sign(&secret, &BigUint::from(0x1234_5678_u32), input)
    })
}

fn hs256_token(claims: &Value) -> String {
    let header = br#"{"alg":"HS256"}"#;
    token_signed_by(header, claims.to_string().as_bytes(), |input| {
        hmac("HS256", CLIENT_SECRET, input)
    })
}

/// Returns the provider's key set: an RSA key and one on P-256.
fn keys() -> Box<jose_verify::KeySet<16>> {
    let (curve, secret) = es256_key();
    let ec = with(
        &curve.jwk(&curve.point(&secret)),
        &json!({"kid": "ec", "use": "sig"}),
    );
    published(&json!({"keys": [jwk(&OP, "rsa"), ec]}))
}

fn client_secret() -> Key<'static, Hs256> {
    Key::new(HS256, &KeyParameters::oct(CLIENT_SECRET)).unwrap()
}

/// Verifies a token as an ID Token with `refuse_ambiguity`.
fn verify_unambiguous(token: &str, keys: &impl Keys) -> Result<(), Error> {
    let now = NumericDate::from_seconds(NOW);
    verdict_with(token, keys, &POLICY, now, Options::new().refuse_ambiguity())
}

/// Returns the token with its signature changed in the first character.
fn broken(token: &str) -> String {
    let (start, signature) = token.rsplit_once('.').unwrap();
    let other = if signature.starts_with('A') { "B" } else { "A" };
    format!("{start}.{other}{}", &signature[1..])
}

#[test]
fn rp_id_token_sig_rs256() {
    assert_eq!(
        verify(&id_token(&json!({"kid": "rsa"}), &claims()), &*keys()),
        Ok(())
    );
}

#[test]
fn rp_id_token_sig_es256() {
    assert_eq!(verify(&es256_token(&claims()), &*keys()), Ok(()));
}

#[test]
fn rp_id_token_sig_hs256() {
    assert_eq!(verify(&hs256_token(&claims()), &client_secret()), Ok(()));
    // The public keys are not secrets, and the secret is not a public key.
    let rejected = Err(Error::AlgorithmNotAccepted);
    assert_eq!(verify(&hs256_token(&claims()), &*keys()), rejected);
    let rs256 = id_token(&json!({"kid": "rsa"}), &claims());
    assert_eq!(verify(&rs256, &client_secret()), rejected);
}

/// An unsecured token is always rejected, even in the code flow, where a provider may send one if
/// the client registered for it.
#[test]
fn rp_id_token_sig_none() {
    for signature in [vec![], vec![0; 256]] {
        let payload = claims().to_string();
        let token = token_signed_by(br#"{"alg":"none"}"#, payload.as_bytes(), |_| signature);
        assert_eq!(verify(&token, &*keys()), Err(Error::Unsecured));
        assert_eq!(verify(&token, &client_secret()), Err(Error::Unsecured));
    }
}

#[test]
fn rp_id_token_bad_sig_rs256() {
    let token = id_token(&json!({"kid": "rsa"}), &claims());
    assert_eq!(verify(&broken(&token), &*keys()), Err(Error::BadSignature));
}

#[test]
fn rp_id_token_bad_sig_es256() {
    let token = es256_token(&claims());
    assert_eq!(verify(&broken(&token), &*keys()), Err(Error::BadSignature));
}

#[test]
fn rp_id_token_bad_sig_hs256() {
    let token = hs256_token(&claims());
    assert_eq!(
        verify(&broken(&token), &client_secret()),
        Err(Error::BadSignature)
    );
}

#[test]
fn rp_id_token_kid_absent_single_jwks() {
    let token = id_token(&json!({}), &claims());
    let single = published(&json!({"keys": [jwk(&OP, "rsa")]}));
    assert_eq!(verify(&token, &*single), Ok(()));
    assert_eq!(verify_unambiguous(&token, &*single), Ok(()));
    // Only one of the two keys fits the algorithm.
    assert_eq!(verify(&token, &*keys()), Ok(()));
    assert_eq!(verify_unambiguous(&token, &*keys()), Ok(()));
}

/// Every key that fits is tried, unless the caller refuses ambiguous tokens.
#[test]
fn rp_id_token_kid_absent_multiple_jwks() {
    let others = [RsaKey::new(0, 2, 65_537), RsaKey::new(1, 3, 3)];
    let set = |place: usize| {
        let mut keys: Vec<_> = others.iter().map(|key| jwk(key, "other")).collect();
        keys.insert(place, jwk(&OP, "ours"));
        published(&json!({ "keys": keys }))
    };
    let token = id_token(&json!({}), &claims());
    for place in 0..=others.len() {
        assert_eq!(verify(&token, &*set(place)), Ok(()), "{place}");
        let set = set(place);
        assert_eq!(
            verify_unambiguous(&token, &*set),
            Err(Error::AmbiguousKey),
            "{place}"
        );
        let named = id_token(&json!({"kid": "ours"}), &claims());
        assert_eq!(verify_unambiguous(&named, &*set), Ok(()), "{place}");
    }
    let without_ours: Vec<_> = others.iter().map(|key| jwk(key, "other")).collect();
    let without_ours = published(&json!({ "keys": without_ours }));
    assert_eq!(verify(&token, &*without_ours), Err(Error::BadSignature));
}

/// Asserts that a token with these changes to its claims is rejected with this error.
fn assert_rejected(changes: &Value, want: Error) {
    let token = id_token(&json!({"kid": "rsa"}), &with(&claims(), changes));
    assert_eq!(verify(&token, &*keys()), Err(want), "{changes}");
}

#[test]
fn rp_id_token_issuer_mismatch() {
    assert_rejected(
        &json!({"iss": "https://other.example.com"}),
        Error::Claim(Claim::Iss, Problem::Mismatch),
    );
    assert_rejected(
        &json!({"iss": format!("{ISSUER}/")}),
        Error::Claim(Claim::Iss, Problem::Mismatch),
    );
    assert_rejected(
        &json!({"iss": null}),
        Error::Claim(Claim::Iss, Problem::Missing),
    );
}

#[test]
fn rp_id_token_aud() {
    assert_rejected(
        &json!({"aud": "https://other.example.com"}),
        Error::Claim(Claim::Aud, Problem::Mismatch),
    );
    assert_rejected(
        &json!({"aud": ["a", "b"]}),
        Error::Claim(Claim::Aud, Problem::Mismatch),
    );
    assert_rejected(
        &json!({"aud": [CLIENT, "b"]}),
        Error::Claim(Claim::Aud, Problem::Untrusted),
    );
    assert_rejected(
        &json!({"aud": []}),
        Error::Claim(Claim::Aud, Problem::WrongType),
    );
    assert_rejected(
        &json!({"aud": null}),
        Error::Claim(Claim::Aud, Problem::Missing),
    );
    let several = with(&claims(), &json!({"aud": [CLIENT, "b"], "azp": CLIENT}));
    assert_eq!(verify(&id_token(&json!({}), &several), &*keys()), Ok(()));
}

#[test]
fn rp_id_token_sub() {
    assert_rejected(
        &json!({"sub": null}),
        Error::Claim(Claim::Sub, Problem::Missing),
    );
}

#[test]
fn rp_id_token_iat() {
    assert_rejected(
        &json!({"iat": null}),
        Error::Claim(Claim::Iat, Problem::Missing),
    );
    assert_rejected(
        &json!({"iat": NOW + 1}),
        Error::Claim(Claim::Iat, Problem::InFuture),
    );
}

#[test]
fn rp_nonce_invalid() {
    assert_rejected(
        &json!({"nonce": "another"}),
        Error::Claim(Claim::Nonce, Problem::Mismatch),
    );
    assert_rejected(
        &json!({"nonce": ""}),
        Error::Claim(Claim::Nonce, Problem::Mismatch),
    );
}

#[test]
fn rp_nonce_unless_code_flow() {
    assert_rejected(
        &json!({"nonce": null}),
        Error::Claim(Claim::Nonce, Problem::Missing),
    );
    // In the code flow the nonce is optional. A client that sends none opts out explicitly.
    let policy = Policy {
        nonce: Check::NotChecked,
        ..POLICY
    };
    let without = id_token(
        &json!({"kid": "rsa"}),
        &with(&claims(), &json!({"nonce": null})),
    );
    assert_eq!(verdict(&without, &*keys(), &policy), Ok(()));
}

/// Verifies an ID Token with these changes to its claims and checks its hash claims.
fn check_hash_claims(changes: &Value, hash_claims: HashClaims<'_>) -> Result<(), Error> {
    let token = id_token(&json!({"kid": "rsa"}), &with(&claims(), changes));
    let mut scratch = vec![0; scratch_len(token.len())];
    let now = NumericDate::from_seconds(NOW);
    let keys = keys();
    let verifier = Verifier::new(&keys, &POLICY);
    let jwt = verifier
        .verify(token.as_bytes(), now, &mut scratch)
        .unwrap();
    hash_claims.check(&jwt, &[&SHA256])
}

/// The values of OpenID Connect Core, Appendix A.6.
const ACCESS_TOKEN: &str = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
const AT_HASH: &str = "77QmUPtjPfzWtF2AnpK9RQ";
const CODE: &str = "Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk";
const C_HASH: &str = "LDktKdoQak3Pk0cnXxCltA";

#[test]
fn rp_id_token_bad_at_hash() {
    for hash_claims in [
        HashClaims::from_token_endpoint(ACCESS_TOKEN),
        HashClaims::from_authorization_endpoint(Some(ACCESS_TOKEN), None),
    ] {
        assert_eq!(
            check_hash_claims(&json!({"at_hash": AT_HASH}), hash_claims),
            Ok(())
        );
        for at_hash in [C_HASH, "", "77QmUPtjPfzWtF2AnpK9RA"] {
            let rejected = check_hash_claims(&json!({"at_hash": at_hash}), hash_claims);
            assert_eq!(
                rejected,
                Err(Error::Claim(Claim::AtHash, Problem::Mismatch)),
                "{at_hash}"
            );
        }
    }
}

#[test]
fn rp_id_token_missing_at_hash() {
    let from_browser = HashClaims::from_authorization_endpoint(Some(ACCESS_TOKEN), None);
    assert_eq!(
        check_hash_claims(&json!({}), from_browser),
        Err(Error::Claim(Claim::AtHash, Problem::Missing))
    );
    // It is optional in a response of the token endpoint.
    let direct = HashClaims::from_token_endpoint(ACCESS_TOKEN);
    assert_eq!(check_hash_claims(&json!({}), direct), Ok(()));
}

#[test]
fn rp_id_token_bad_c_hash() {
    let hash_claims = HashClaims::from_authorization_endpoint(None, Some(CODE));
    assert_eq!(
        check_hash_claims(&json!({"c_hash": C_HASH}), hash_claims),
        Ok(())
    );
    for c_hash in [AT_HASH, "", "LDktKdoQak3Pk0cnXxCltB"] {
        let rejected = check_hash_claims(&json!({"c_hash": c_hash}), hash_claims);
        assert_eq!(
            rejected,
            Err(Error::Claim(Claim::CHash, Problem::Mismatch)),
            "{c_hash}"
        );
    }
}

#[test]
fn rp_id_token_missing_c_hash() {
    let code = HashClaims::from_authorization_endpoint(None, Some(CODE));
    let both = HashClaims::from_authorization_endpoint(Some(ACCESS_TOKEN), Some(CODE));
    let at_hash = json!({"at_hash": AT_HASH});
    for hash_claims in [code, both] {
        assert_eq!(
            check_hash_claims(&at_hash, hash_claims),
            Err(Error::Claim(Claim::CHash, Problem::Missing))
        );
    }
}

/// `sub` must be that of the ID Token, otherwise nothing in the response may be used. Both
/// forms of the response are tested: plain JSON and a signed JWT.
#[test]
fn rp_userinfo_bad_sub_claim() {
    let token = id_token(&json!({"kid": "rsa"}), &claims());
    let mut scratch = vec![0; scratch_len(token.len())];
    let now = NumericDate::from_seconds(NOW);
    let keys = keys();
    let verifier = Verifier::new(&keys, &POLICY);
    let id: Verified<'_> = verifier
        .verify(token.as_bytes(), now, &mut scratch)
        .unwrap();
    let policy = oidc::user_info(&[ISSUER], &[CLIENT]);
    for (sub, want) in [
        (json!("248289761001"), Ok(())),
        (
            json!("248289761002"),
            Err(Error::Claim(Claim::Sub, Problem::Mismatch)),
        ),
        (
            json!("24828976100"),
            Err(Error::Claim(Claim::Sub, Problem::Mismatch)),
        ),
        (
            json!("248289761001 "),
            Err(Error::Claim(Claim::Sub, Problem::Mismatch)),
        ),
        (
            json!(248_289_761_001_u64),
            Err(Error::Claim(Claim::Sub, Problem::WrongType)),
        ),
        (json!(null), Err(Error::Claim(Claim::Sub, Problem::Missing))),
    ] {
        let user_info = with(
            &json!({"email": "janedoe@example.com"}),
            &json!({ "sub": sub }),
        );
        let plain = user_info.to_string();
        let plain = UserInfo::parse(plain.as_bytes(), &id).map(|_| ());
        assert_eq!(plain, want, "{sub}");
        let response = id_token(&json!({"kid": "rsa"}), &user_info);
        let mut scratch = vec![0; scratch_len(response.len())];
        let signed = Verifier::new(&keys, &policy)
            .verify(response.as_bytes(), now, &mut scratch)
            .and_then(|response| UserInfo::from_verified(&response, &id).map(|_| ()));
        assert_eq!(signed, want, "{sub}");
    }
}

/// The token is signed with a key newer than the loaded set. The error tells the caller that
/// fetching the set again may help.
#[test]
fn rp_key_rotation_op_sign_key() {
    let token = id_token(&json!({"kid": "new"}), &claims());
    let old = published(&json!({"keys": [jwk(&RsaKey::new(0, 2, 65_537), "old")]}));
    let error = verify(&token, &*old).unwrap_err();
    assert_eq!(error, Error::NoKey);
    assert!(error.should_refresh_keys());

    let both = json!({"keys": [jwk(&RsaKey::new(0, 2, 65_537), "old"), jwk(&OP, "new")]});
    assert_eq!(verify(&token, &*published(&both)), Ok(()));
    let (mut set, text) = (old, both.to_string());
    let report = set.load(text.as_bytes(), SIGNATURES, |_| {}).unwrap();
    assert_eq!(report.kept(), 2);
    assert_eq!(
        verify(&token, &*set),
        Ok(()),
        "the new key is loaded into the same set"
    );
    // A forgery is not a reason to fetch keys.
    let forged = verify(&broken(&token), &*set).unwrap_err();
    assert!(forged == Error::BadSignature && !forged.should_refresh_keys());
}

/// A published set: signing keys and encryption keys of several types.
#[test]
fn rp_discovery_jwks_uri_keys() {
    let (ec, secret) = es256_key();
    let point = ec.point(&secret);
    let jwks = json!({"keys": [
        jwk(&OP, "sig-rs256"),
        with(
            &jwk(&RsaKey::new(0, 2, 65_537), "enc-rsa"),
            &json!({"use": "enc", "alg": "RSA-OAEP"})
        ),
        with(&ec.jwk(&point), &json!({"kid": "ec", "use": "sig"})),
        with(&ec.jwk(&point), &json!({"kid": "enc-ec", "use": "enc"})),
    ]});
    let mut set = jose_verify::KeySet::<4>::new();
    let report = set
        .load(jwks.to_string().as_bytes(), SIGNATURES, |_| {})
        .unwrap();
    assert_eq!((report.kept(), report.skipped(Error::WrongKeyUse)), (2, 2));
    assert_eq!(
        verify(&id_token(&json!({"kid": "sig-rs256"}), &claims()), &set),
        Ok(())
    );
    assert_eq!(verify(&es256_token(&claims()), &set), Ok(()));
    let by_enc_key = id_token(&json!({"kid": "enc-rsa"}), &claims());
    assert_eq!(verify(&by_enc_key, &set), Err(Error::NoKey));
}
