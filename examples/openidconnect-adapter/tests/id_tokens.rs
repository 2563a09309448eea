//! ID Tokens of other libraries, parsed by `openidconnect` and verified with the keys of this
//! crate.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use jose_verify::alg::{HashFunction, MAX_DIGEST_LEN, SHA256};
use jose_verify::{Error, Member, Problem};
use openidconnect::core::{CoreHmacKey, CoreIdToken, CoreJsonWebKeySet, CoreJwsSigningAlgorithm};
use openidconnect::{
    AccessToken, AccessTokenHash, AuthorizationCode, ClaimsVerificationError, ClientId,
    ClientSecret, IdTokenVerifier, IssuerUrl, JsonWebKey, JsonWebKeySet, Nonce,
    SignatureVerificationError,
};
use openidconnect_adapter::{Client, Key, KeySet, ProviderMetadata};
use serde_json::{Value, json};

const ISSUER: &str = "https://issuer.example.com";
const CLIENT: &str = "client-7f3a";
const NONCE: &str = "n-0S6_WzA2Mj";
const SECRET: &str = "a secret of the client that is long enough for each of the three hashes";

/// Returns the ID Tokens made by npm's `jose`, one for each algorithm.
fn cases() -> Vec<Value> {
    let all = include_str!("../../../vectors/npm-jose/signed.json");
    let mut all: Value = serde_json::from_str(all).unwrap();
    let mut cases = std::mem::take(all["cases"].as_array_mut().unwrap());
    cases.retain(|case| case["name"].as_str().unwrap().ends_with(" ID token"));
    assert_eq!(cases.len(), 12);
    cases
}

/// Returns the case for one algorithm.
fn case(alg: &str) -> Value {
    let mut cases = cases();
    cases.retain(|case| case["algs"][0] == alg);
    cases.remove(0)
}

fn key_set<K: JsonWebKey>(keys: &Value) -> JsonWebKeySet<K> {
    serde_json::from_value(json!({ "keys": keys })).unwrap()
}

/// Verifies a token with `openidconnect` at the time of the vectors, accepting any algorithm.
/// Returns its subject.
fn verdict<K: JsonWebKey<SigningAlgorithm = CoreJwsSigningAlgorithm>>(
    token: &str,
    keys: JsonWebKeySet<K>,
) -> Result<String, ClaimsVerificationError> {
    let (client, issuer) = (
        ClientId::new(CLIENT.to_owned()),
        IssuerUrl::new(ISSUER.to_owned()).unwrap(),
    );
    let secret = ClientSecret::new(SECRET.to_owned());
    let verifier = IdTokenVerifier::new_confidential_client(client, secret, issuer, keys)
        .allow_any_alg()
        .set_time_fn(|| "2025-06-15T15:06:40Z".parse().unwrap());
    let token: CoreIdToken = token.parse().unwrap();
    let claims = token.claims(&verifier, &Nonce::new(NONCE.to_owned()))?;
    Ok(claims.subject().to_string())
}

fn signature_error(error: Error) -> ClaimsVerificationError {
    let text = error.to_string();
    ClaimsVerificationError::SignatureVerification(match error {
        Error::BadSignature => SignatureVerificationError::CryptoError(text),
        Error::WeakKey => SignatureVerificationError::InvalidKey(text),
        _ => SignatureVerificationError::Other(text),
    })
}

/// Returns a token signed with `SECRET`. Uses the key of `openidconnect` directly, because
/// `openidconnect` would not write some of these headers and claims.
fn token_of(header: &str, claims: &str) -> String {
    use base64ct::{Base64UrlUnpadded, Encoding};
    use openidconnect::PrivateSigningKey;
    let text = |json: &str| Base64UrlUnpadded::encode_string(json.as_bytes());
    let signing_input = format!("{}.{}", text(header), text(claims));
    let key = CoreHmacKey::new(SECRET);
    let signature = key.sign(
        &CoreJwsSigningAlgorithm::HmacSha256,
        signing_input.as_bytes(),
    );
    let signature = Base64UrlUnpadded::encode_string(&signature.unwrap());
    format!("{signing_input}.{signature}")
}

fn claims() -> String {
    let claims = json!({
        "iss": ISSUER, "aud": CLIENT, "sub": "alice", "nonce": NONCE,
        "iat": 1_749_999_940, "exp": 1_750_003_600,
    });
    claims.to_string()
}

#[test]
fn public_keys_of_nine_algorithms() {
    for case in cases().iter().filter(|case| case["keys"].is_object()) {
        let (token, alg) = (case["token"].as_str().unwrap(), &case["algs"][0]);
        let keys: KeySet = key_set(&json!([case["keys"]]));
        let subject = verdict(token, keys.clone());
        assert_eq!(subject.as_deref(), Ok("user-248289761001"), "{alg}");
        // Another signature of the same length.
        let (signing_input, signature) = token.rsplit_once('.').unwrap();
        let forged = format!("{signing_input}.{}{}", &signature[8..], &signature[..8]);
        let outcome = verdict(&forged, keys);
        assert!(
            outcome == Err(signature_error(Error::BadSignature)),
            "{alg}: {outcome:?}"
        );
    }
}

#[test]
fn the_secret_of_the_client() {
    let token = token_of(r#"{"alg":"HS256"}"#, &claims());
    assert_eq!(
        verdict(&token, KeySet::new(Vec::new())).as_deref(),
        Ok("alice")
    );
    let other = token_of(r#"{"alg":"HS256","typ":"JWT"}"#, &claims());
    let (signing_input, _) = token.rsplit_once('.').unwrap();
    let (_, signature) = other.rsplit_once('.').unwrap();
    let forged = format!("{signing_input}.{signature}");
    let outcome = verdict(&forged, KeySet::new(Vec::new()));
    assert_eq!(outcome, Err(signature_error(Error::BadSignature)));

    let weak = Key::new_symmetric(b"short".to_vec());
    let outcome = weak.verify_signature(&CoreJwsSigningAlgorithm::HmacSha256, b"e30.e30", b"");
    let weak_key = Error::WeakKey.to_string();
    assert_eq!(
        outcome,
        Err(SignatureVerificationError::InvalidKey(weak_key))
    );
}

#[test]
fn tokens_that_only_openidconnect_accepts() {
    let twice = claims().replacen('{', r#"{"sub":"mallory","#, 1);
    for (header, claims, error) in [
        // `openidconnect` ignores claims that it does not know.
        (
            r#"{"alg":"HS256"}"#,
            claims().replacen('{', r#"{"role":"user","role":"admin","#, 1),
            Error::DuplicateMember,
        ),
        (
            r#"{"alg":"HS256","b64":false}"#,
            claims(),
            Error::Header(Member::B64, Problem::Unsupported),
        ),
        (
            r#"{"alg":"HS256","jku":"a","jku":"b"}"#,
            claims(),
            Error::DuplicateMember,
        ),
    ] {
        let token = token_of(header, &claims);
        let theirs = verdict(&token, CoreJsonWebKeySet::new(Vec::new()));
        assert_eq!(theirs.as_deref(), Ok("alice"), "{header} {claims}");
        let ours = verdict(&token, KeySet::new(Vec::new()));
        assert_eq!(ours, Err(signature_error(error)), "{header} {claims}");
    }
    // `openidconnect` rejects duplicates of the claims that it knows.
    let token = token_of(r#"{"alg":"HS256"}"#, &twice);
    assert!(token.parse::<CoreIdToken>().is_err());
}

#[test]
fn es512_which_openidconnect_does_not_support() {
    let case = case("ES512");
    let token = case["token"].as_str().unwrap();
    let keys = json!([case["keys"]]);
    assert!(verdict(token, key_set::<openidconnect::core::CoreJsonWebKey>(&keys)).is_err());
    assert!(verdict(token, key_set::<Key>(&keys)).is_ok());
}

#[test]
fn keys_that_cannot_be_used_are_left_out() {
    let (rsa, ec) = (&case("RS256")["keys"], &case("ES256")["keys"]);
    let with = |key: &Value, name: &str, value: Value| {
        let mut key = key.clone();
        key[name] = value;
        key
    };
    let weak = with(rsa, "n", json!("AQ"));
    let keys: KeySet = key_set(&json!([
        {"kty": "OKP", "crv": "Ed25519", "x": "AA"},
        with(rsa, "use", json!("enc")),
        with(rsa, "alg", json!("RSA-OAEP")),
        with(ec, "x", json!(7)),
        weak,
        with(ec, "kid", json!("good")),
    ]));
    assert_eq!(keys.keys().len(), 1);
    assert_eq!(keys.keys()[0].key_id().unwrap().as_str(), "good");
    let twice = ec.to_string().replacen('{', r#"{"kid":"a","kid":"b","#, 1);
    let keys: KeySet = serde_json::from_str(&format!(r#"{{"keys":[{twice}]}}"#)).unwrap();
    assert!(keys.keys().is_empty());
}

#[test]
fn serialized_keys_contain_no_secret() {
    let ec = case("ES256")["keys"].clone();
    let key: Key = serde_json::from_value(ec.clone()).unwrap();
    assert_eq!(serde_json::to_value(&key).unwrap(), ec);
    let secret = Key::new_symmetric(SECRET.into());
    assert_eq!(
        serde_json::to_value(&secret).unwrap(),
        json!({"kty": "oct"})
    );
    assert!(!format!("{secret:?}").contains("secret of"));
}

#[test]
fn hashes_of_access_token_and_code() {
    let key = Key::new_symmetric(SECRET.into());
    let alg = CoreJwsSigningAlgorithm::HmacSha256;
    let token = AccessToken::new("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y".to_owned());
    // OpenID Connect Core, Appendix A.
    let hash = AccessTokenHash::from_token(&token, &alg, &key).unwrap();
    assert_eq!(hash.as_str(), "77QmUPtjPfzWtF2AnpK9RQ");
    let code = AuthorizationCode::new(
        "Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk".to_owned(),
    );
    let hash = openidconnect::AuthorizationCodeHash::from_code(&code, &alg, &key).unwrap();
    assert_eq!(hash.as_str(), "LDktKdoQak3Pk0cnXxCltA");
    let mut buffer = [0; MAX_DIGEST_LEN];
    let digest = SHA256.digest(&[b"a"], &mut buffer).to_vec();
    assert_eq!(key.hash_bytes(b"a", &alg), Ok(digest));
    assert!(
        key.hash_bytes(b"a", &CoreJwsSigningAlgorithm::EdDsa)
            .is_err()
    );
}

#[test]
fn clients_use_these_keys() {
    let metadata = json!({
        "issuer": ISSUER,
        "authorization_endpoint": "https://issuer.example.com/auth",
        "token_endpoint": "https://issuer.example.com/token",
        "jwks_uri": "https://issuer.example.com/jwks",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    });
    let case = case("RS256");
    let metadata: ProviderMetadata = serde_json::from_value(metadata).unwrap();
    let metadata = metadata.set_jwks(key_set(&json!([case["keys"]])));
    let client = Client::from_provider_metadata(metadata, ClientId::new(CLIENT.to_owned()), None);
    let verifier = client
        .id_token_verifier()
        .set_time_fn(|| "2025-06-15T15:06:40Z".parse().unwrap());
    let token: CoreIdToken = case["token"].as_str().unwrap().parse().unwrap();
    assert!(
        token
            .claims(&verifier, &Nonce::new(NONCE.to_owned()))
            .is_ok()
    );
}
