//! The relying party's tests.

use jose_verify::alg::{HS256, Hs256, KeyParameters, SHA256, SIGNATURES};
use jose_verify::oidc::{self, HashClaims, UserInfo};
use jose_verify::{
    Check, Claim, Error, Key, Keys, NumericDate, Options, Policy, Problem, Verified, Verifier,
    scratch_len,
};
use num_bigint::BigUint;
use serde_json::{Value, json};

use super::{CLIENT, ISSUER, OP, POLICY, claims, id_token, judge, jwk, published, with};
use crate::support::curve::{Curve, curve};
use crate::support::hash::hmac;
use crate::support::verdict::{NOW, verdict, verdict_with};
use crate::support::rsa::RsaKey;
use crate::support::sign::token_signed_by;

/// Registered with the client: `client_secret` of 32 ASCII characters and more.
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

/// The provider's set: an RSA key and one on P-256.
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

/// What comes of a token as an ID Token when it must not leave open which key it is signed with.
fn judge_unambiguously(token: &str, keys: &impl Keys) -> Result<(), Error> {
    let now = NumericDate::from_seconds(NOW);
    verdict_with(token, keys, &POLICY, now, Options::new().refuse_ambiguity())
}

/// The token with one bit of its signature flipped.
fn broken(token: &str) -> String {
    let (start, signature) = token.rsplit_once('.').unwrap();
    let other = if signature.starts_with('A') { "B" } else { "A" };
    format!("{start}.{other}{}", &signature[1..])
}

#[test]
fn rp_id_token_sig_rs256() {
    assert_eq!(
        judge(&id_token(&json!({"kid": "rsa"}), &claims()), &*keys()),
        Ok(())
    );
}

#[test]
fn rp_id_token_sig_es256() {
    assert_eq!(judge(&es256_token(&claims()), &*keys()), Ok(()));
}

#[test]
fn rp_id_token_sig_hs256() {
    assert_eq!(judge(&hs256_token(&claims()), &client_secret()), Ok(()));
    // The public keys are no secrets, nor is the secret a public key.
    let refused = Err(Error::AlgorithmNotAccepted);
    assert_eq!(judge(&hs256_token(&claims()), &*keys()), refused);
    let rs256 = id_token(&json!({"kid": "rsa"}), &claims());
    assert_eq!(judge(&rs256, &client_secret()), refused);
}

/// Never accepted, not even in the code flow, where a provider may send it if the client registered
/// for it.
#[test]
fn rp_id_token_sig_none() {
    for signature in [vec![], vec![0; 256]] {
        let payload = claims().to_string();
        let token = token_signed_by(br#"{"alg":"none"}"#, payload.as_bytes(), |_| signature);
        assert_eq!(judge(&token, &*keys()), Err(Error::Unsecured));
        assert_eq!(judge(&token, &client_secret()), Err(Error::Unsecured));
    }
}

#[test]
fn rp_id_token_bad_sig_rs256() {
    let token = id_token(&json!({"kid": "rsa"}), &claims());
    assert_eq!(judge(&broken(&token), &*keys()), Err(Error::BadSignature));
}

#[test]
fn rp_id_token_bad_sig_es256() {
    let token = es256_token(&claims());
    assert_eq!(judge(&broken(&token), &*keys()), Err(Error::BadSignature));
}

#[test]
fn rp_id_token_bad_sig_hs256() {
    let token = hs256_token(&claims());
    assert_eq!(
        judge(&broken(&token), &client_secret()),
        Err(Error::BadSignature)
    );
}

#[test]
fn rp_id_token_kid_absent_single_jwks() {
    let token = id_token(&json!({}), &claims());
    let single = published(&json!({"keys": [jwk(&OP, "rsa")]}));
    assert_eq!(judge(&token, &*single), Ok(()));
    assert_eq!(judge_unambiguously(&token, &*single), Ok(()));
    // One that fits the algorithm, beside one that does not.
    assert_eq!(judge(&token, &*keys()), Ok(()));
    assert_eq!(judge_unambiguously(&token, &*keys()), Ok(()));
}

/// Every key that fits is tried, unless the caller wants such tokens refused.
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
        assert_eq!(judge(&token, &*set(place)), Ok(()), "{place}");
        let set = set(place);
        assert_eq!(
            judge_unambiguously(&token, &*set),
            Err(Error::AmbiguousKey),
            "{place}"
        );
        let named = id_token(&json!({"kid": "ours"}), &claims());
        assert_eq!(judge_unambiguously(&named, &*set), Ok(()), "{place}");
    }
    let without_ours: Vec<_> = others.iter().map(|key| jwk(key, "other")).collect();
    let without_ours = published(&json!({ "keys": without_ours }));
    assert_eq!(judge(&token, &*without_ours), Err(Error::BadSignature));
}

/// A token with these changes to its claims is refused so.
fn assert_refused(changes: &Value, want: Error) {
    let token = id_token(&json!({"kid": "rsa"}), &with(&claims(), changes));
    assert_eq!(judge(&token, &*keys()), Err(want), "{changes}");
}

#[test]
fn rp_id_token_issuer_mismatch() {
    assert_refused(
        &json!({"iss": "https://other.example.com"}),
        Error::Claim(Claim::Iss, Problem::Mismatch),
    );
    assert_refused(
        &json!({"iss": format!("{ISSUER}/")}),
        Error::Claim(Claim::Iss, Problem::Mismatch),
    );
    assert_refused(
        &json!({"iss": null}),
        Error::Claim(Claim::Iss, Problem::Missing),
    );
}

#[test]
fn rp_id_token_aud() {
    assert_refused(
        &json!({"aud": "https://other.example.com"}),
        Error::Claim(Claim::Aud, Problem::Mismatch),
    );
    assert_refused(
        &json!({"aud": ["a", "b"]}),
        Error::Claim(Claim::Aud, Problem::Mismatch),
    );
    assert_refused(
        &json!({"aud": [CLIENT, "b"]}),
        Error::Claim(Claim::Aud, Problem::Untrusted),
    );
    assert_refused(
        &json!({"aud": []}),
        Error::Claim(Claim::Aud, Problem::WrongType),
    );
    assert_refused(
        &json!({"aud": null}),
        Error::Claim(Claim::Aud, Problem::Missing),
    );
    let several = with(&claims(), &json!({"aud": [CLIENT, "b"], "azp": CLIENT}));
    assert_eq!(judge(&id_token(&json!({}), &several), &*keys()), Ok(()));
}

#[test]
fn rp_id_token_sub() {
    assert_refused(
        &json!({"sub": null}),
        Error::Claim(Claim::Sub, Problem::Missing),
    );
}

#[test]
fn rp_id_token_iat() {
    assert_refused(
        &json!({"iat": null}),
        Error::Claim(Claim::Iat, Problem::Missing),
    );
    assert_refused(
        &json!({"iat": NOW + 1}),
        Error::Claim(Claim::Iat, Problem::InFuture),
    );
}

#[test]
fn rp_nonce_invalid() {
    assert_refused(
        &json!({"nonce": "another"}),
        Error::Claim(Claim::Nonce, Problem::Mismatch),
    );
    assert_refused(
        &json!({"nonce": ""}),
        Error::Claim(Claim::Nonce, Problem::Mismatch),
    );
}

#[test]
fn rp_nonce_unless_code_flow() {
    assert_refused(
        &json!({"nonce": null}),
        Error::Claim(Claim::Nonce, Problem::Missing),
    );
    // In the code flow it is optional; a client that sends none says so.
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

/// What comes of an ID Token with these claims beside the good ones, when it came together with
/// others.
fn bound(changes: &Value, hash_claims: HashClaims<'_>) -> Result<(), Error> {
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

/// OpenID Connect Core, Appendix A.6.
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
        assert_eq!(bound(&json!({"at_hash": AT_HASH}), hash_claims), Ok(()));
        for at_hash in [C_HASH, "", "77QmUPtjPfzWtF2AnpK9RA"] {
            let refused = bound(&json!({"at_hash": at_hash}), hash_claims);
            assert_eq!(
                refused,
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
        bound(&json!({}), from_browser),
        Err(Error::Claim(Claim::AtHash, Problem::Missing))
    );
    // From the token endpoint it is optional.
    let direct = HashClaims::from_token_endpoint(ACCESS_TOKEN);
    assert_eq!(bound(&json!({}), direct), Ok(()));
}

#[test]
fn rp_id_token_bad_c_hash() {
    let hash_claims = HashClaims::from_authorization_endpoint(None, Some(CODE));
    assert_eq!(bound(&json!({"c_hash": C_HASH}), hash_claims), Ok(()));
    for c_hash in [AT_HASH, "", "LDktKdoQak3Pk0cnXxCltB"] {
        let refused = bound(&json!({"c_hash": c_hash}), hash_claims);
        assert_eq!(
            refused,
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
            bound(&at_hash, hash_claims),
            Err(Error::Claim(Claim::CHash, Problem::Missing))
        );
    }
}

/// `sub` must be that of the ID Token, else nothing in the response may be used: in plain JSON and
/// as a signed JWT.
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

/// Signed with a key newer than our set: the caller learns that fetching the set again may help.
#[test]
fn rp_key_rotation_op_sign_key() {
    let token = id_token(&json!({"kid": "new"}), &claims());
    let old = published(&json!({"keys": [jwk(&RsaKey::new(0, 2, 65_537), "old")]}));
    let error = judge(&token, &*old).unwrap_err();
    assert_eq!(error, Error::NoKey);
    assert!(error.should_refresh_keys());

    let both = json!({"keys": [jwk(&RsaKey::new(0, 2, 65_537), "old"), jwk(&OP, "new")]});
    assert_eq!(judge(&token, &*published(&both)), Ok(()));
    let (mut set, text) = (old, both.to_string());
    let report = set.load(text.as_bytes(), SIGNATURES, |_| {}).unwrap();
    assert_eq!(report.kept(), 2);
    assert_eq!(judge(&token, &*set), Ok(()), "loaded in place");
    // A forgery is no reason to fetch keys.
    let forged = judge(&broken(&token), &*set).unwrap_err();
    assert!(forged == Error::BadSignature && !forged.should_refresh_keys());
}

/// The set as it is published: keys to sign and to encrypt, of several types.
#[test]
fn rp_discovery_jwks_uri_keys() {
    let (ec, secret) = es256_key();
    let point = ec.point(&secret);
    let jwks = json!({"keys": [
        jwk(&OP, "sig-rs256"),
        with(&jwk(&RsaKey::new(0, 2, 65_537), "enc-rsa"), &json!({"use": "enc", "alg": "RSA-OAEP"})),
        with(&ec.jwk(&point), &json!({"kid": "ec", "use": "sig"})),
        with(&ec.jwk(&point), &json!({"kid": "enc-ec", "use": "enc"})),
    ]});
    let mut set = jose_verify::KeySet::<4>::new();
    let report = set
        .load(jwks.to_string().as_bytes(), SIGNATURES, |_| {})
        .unwrap();
    assert_eq!((report.kept(), report.skipped(Error::WrongKeyUse)), (2, 2));
    assert_eq!(
        judge(&id_token(&json!({"kid": "sig-rs256"}), &claims()), &set),
        Ok(())
    );
    assert_eq!(judge(&es256_token(&claims()), &set), Ok(()));
    let by_enc_key = id_token(&json!({"kid": "enc-rsa"}), &claims());
    assert_eq!(judge(&by_enc_key, &set), Err(Error::NoKey));
}
