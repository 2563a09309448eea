//! The relying-party tests of the OpenID Foundation's certification, under their own names, where
//! the result depends only on an ID Token and its keys; and the forms in which providers publish
//! keys and write tokens.

mod logout;
mod providers;
mod relying_party;

use std::sync::LazyLock;

use jose_verify::oidc::Nonce;
use jose_verify::{Error, KeySet, Keys, Policy, oidc};
use serde_json::{Value, json};

use crate::support::report::report;
use crate::support::rsa::RsaKey;
use crate::support::sign::token_signed_by;
use crate::support::verdict::{NOW, verdict};

const ISSUER: &str = "https://op.example.com";
const CLIENT: &str = "s6BhdRkqt3";
const NONCE: &str = "n-0S6_WzA2Mj";

/// The policy for an ID Token with the nonce that was sent.
const POLICY: Policy<'static> = oidc::id_token(&[ISSUER], &[CLIENT], Nonce::Sent(NONCE));

/// The provider's key.
static OP: LazyLock<RsaKey> = LazyLock::new(RsaKey::usual);

/// Returns valid claims.
fn claims() -> Value {
    json!({
        "iss": ISSUER, "sub": "248289761001", "aud": CLIENT, "nonce": NONCE,
        "exp": NOW + 3600, "iat": NOW - 10, "auth_time": NOW - 60,
    })
}

/// Returns a copy of the object with these members added or replaced. Members that are null are
/// removed.
fn with(object: &Value, other: &Value) -> Value {
    let mut changed = object.clone();
    let members = changed.as_object_mut().unwrap();
    members.extend(other.as_object().unwrap().clone());
    members.retain(|_, value| !value.is_null());
    changed
}

/// Returns an RS256 token of the provider.
fn id_token(header: &Value, claims: &Value) -> String {
    signed_text(header, &claims.to_string())
}

/// Like [`id_token`], with the text of the claims unchanged.
fn signed_text(header: &Value, claims: &str) -> String {
    let header = with(&json!({"alg": "RS256", "typ": "JWT"}), header).to_string();
    token_signed_by(header.as_bytes(), claims.as_bytes(), |input| {
        OP.sign("RS256", input)
    })
}

/// Verifies a token as an ID Token.
fn verify(token: &str, keys: &impl Keys) -> Result<(), Error> {
    verdict(token, keys, &POLICY)
}

/// Loads a published JWK Set for all signature algorithms. Boxed, because it is large.
fn published(jwks: &Value) -> Box<KeySet<16>> {
    let text = jwks.to_string();
    Box::new(KeySet::from_jwks(text.as_bytes(), jose_verify::alg::SIGNATURES).unwrap())
}

/// The names of the certification tests.
const RELYING_PARTY: [&str; 29] = [
    "rp-id_token-sig-rs256",
    "rp-id_token-sig-es256",
    "rp-id_token-sig-hs256",
    "rp-id_token-sig-none",
    "rp-id_token-bad-sig-rs256",
    "rp-id_token-bad-sig-es256",
    "rp-id_token-bad-sig-hs256",
    "rp-id_token-kid-absent-single-jwks",
    "rp-id_token-kid-absent-multiple-jwks",
    "rp-id_token-issuer-mismatch",
    "rp-id_token-aud",
    "rp-id_token-sub",
    "rp-id_token-iat",
    "rp-nonce-invalid",
    "rp-nonce-unless-code-flow",
    "rp-id_token-bad-at_hash",
    "rp-id_token-missing-at_hash",
    "rp-id_token-bad-c_hash",
    "rp-id_token-missing-c_hash",
    "rp-userinfo-bad-sub-claim",
    "rp-key-rotation-op-sign-key",
    "rp-discovery-jwks_uri-keys",
    "lt-alg-none",
    "lt-wrong-alg",
    "lt-wrong-issuer",
    "lt-wrong-aud",
    "lt-no-event",
    "lt-wrong-event",
    "lt-with-nonce",
];

/// Providers whose keys and tokens differ in form.
const PROVIDERS: [&str; 9] = [
    "microsoft_entra",
    "google_auth0_okta_cognito_apple",
    "keycloak",
    "yahoo",
    "battle_net",
    "kubernetes_and_github_actions",
    "aws_alb",
    "php",
    "akeneo_and_others",
];

#[test]
fn every_listed_test_exists() {
    let relying_party = concat!(
        include_str!("conformance/relying_party.rs"),
        include_str!("conformance/logout.rs"),
    );
    let providers = include_str!("conformance/providers.rs");
    let tests = RELYING_PARTY
        .iter()
        .map(|name| (name.replace('-', "_"), relying_party));
    for (name, source) in tests.chain(PROVIDERS.map(|name| (name.to_owned(), providers))) {
        assert!(
            source.contains(&format!("\n#[test]\nfn {name}()")),
            "{name}"
        );
    }
    let (tests, shapes) = (RELYING_PARTY.len(), PROVIDERS.len());
    report(format_args!(
        "conformance: {} cases, {tests} tests, {shapes} provider forms",
        tests + shapes
    ));
}

/// Returns the JWK of a key as most providers write it.
fn jwk(key: &RsaKey, kid: &str) -> Value {
    with(
        &key.jwk(),
        &json!({"kid": kid, "use": "sig", "alg": "RS256"}),
    )
}
