//! Akana: all twelve algorithms, secrets as text and leniently decoded, rollover, several issuers,
//! ID Tokens from the authorization endpoint, and roles in a claim of any name.

use crate::support::secs;
use jose_verify::alg::{KeyParameters, MACS, SHA256, SHA384, SHA512, SIGNATURES};
use jose_verify::json::JsonStr;
use jose_verify::limits::MAX_KEY_PARAMETER_LEN;
use jose_verify::oauth::Scopes;
use jose_verify::oidc::{self, HashClaims, Nonce};
use jose_verify::{
    Claim, Error, Issuer, IssuerVerifier, KeySet, Keys, NumericDate, Policy, Problem, RotatingKeys,
    StringList, Tenant, Verified, Verifier,
};

use super::{NONCE, system, text_of};
use crate::support::{ALL_TWELVE, Keyring, algorithms};

const LOGIN: &str = "https://login.example.com/oauth";
const PARTNERS: &str = "https://partners.example.com/oauth";
const AKANA_NOW: NumericDate = NumericDate::from_seconds(1_700_000_060);

fn policy(issuers: &'static dyn StringList) -> Policy<'static> {
    oidc::id_token(issuers, &["app-portal-01"], Nonce::Sent(NONCE))
}

fn claims<T>(
    token: &str,
    keys: &impl Keys,
    read: impl FnOnce(&Verified<'_>) -> T,
) -> Result<T, Error> {
    let mut scratch = vec![0; token.len()];
    let policy = policy(&[LOGIN]);
    let verifier = Verifier::new(keys, &policy);
    verifier
        .verify(token.as_bytes(), AKANA_NOW, &mut scratch)
        .map(|jwt| read(&jwt))
}

fn verify(token: &str, keys: &impl Keys) -> Result<(), Error> {
    claims(token, keys, |_| ())
}

fn set(jwks: &str) -> Box<KeySet<8>> {
    Box::new(KeySet::from_jwks(jwks.as_bytes(), SIGNATURES).unwrap())
}

fn published(issuer: &str) -> Box<KeySet<8>> {
    set(&text_of(&system("akana")["jwks"], issuer))
}

/// Returns the shared secret, decoded leniently as Akana does.
fn lenient_secret() -> Keyring {
    let secret = text_of(&system("akana"), "secret_lenient");
    let mut buffer = [0; MAX_KEY_PARAMETER_LEN];
    let secret = KeyParameters::oct_from_lenient_base64url(&secret, &mut buffer).unwrap();
    Keyring::from_parameters(&secret, MACS).unwrap()
}

/// Verifies an ID Token of a `code id_token token` response, with its hashes of both values.
fn verify_hash_claims(token: &str, keys: &impl Keys) -> Result<(), Error> {
    let akana = system("akana");
    let (access_token, code) = (text_of(&akana, "access_token"), text_of(&akana, "code"));
    let hash_claims = HashClaims::from_authorization_endpoint(Some(&access_token), Some(&code));
    let hashes: [&dyn jose_verify::alg::HashFunction; 3] = [&SHA256, &SHA384, &SHA512];
    claims(token, keys, |jwt| hash_claims.check(jwt, &hashes)).and_then(|result| result)
}

#[test]
fn all_twelve_algorithms_bound_to_token_and_code() {
    let tokens = &system("akana")["tokens"];
    let (keys, secret) = (published("login"), lenient_secret());
    for alg in ALL_TWELVE {
        let token = text_of(tokens, alg);
        if alg.starts_with("HS") {
            assert_eq!(verify_hash_claims(&token, &secret), Ok(()), "{alg}");
            assert_eq!(
                verify_hash_claims(&token, &*keys),
                Err(Error::AlgorithmNotAccepted)
            );
        } else {
            assert_eq!(verify_hash_claims(&token, &*keys), Ok(()), "{alg}");
            assert_eq!(
                verify_hash_claims(&token, &secret),
                Err(Error::AlgorithmNotAccepted)
            );
        }
    }
}

#[test]
fn swapped_codes_and_access_tokens() {
    let (akana, keys) = (system("akana"), published("login"));
    for (member, want) in [
        ("other_code", Error::Claim(Claim::CHash, Problem::Mismatch)),
        (
            "other_access_token",
            Error::Claim(Claim::AtHash, Problem::Mismatch),
        ),
        (
            "hash_of_another_size",
            Error::Claim(Claim::CHash, Problem::Mismatch),
        ),
        (
            "without_roles",
            Error::Claim(Claim::AtHash, Problem::Missing),
        ),
    ] {
        let token = text_of(&akana, member);
        assert_eq!(
            verify(&token, &*keys),
            Ok(()),
            "{member}: valid if its hash claims are not checked"
        );
        assert_eq!(verify_hash_claims(&token, &*keys), Err(want), "{member}");
    }
}

#[test]
fn secrets_as_text_and_decoded() {
    let akana = system("akana");
    let text = text_of(&akana, "secret_text");
    let of_text = Keyring::from_parameters(&KeyParameters::oct(text.as_bytes()), MACS).unwrap();
    let mut buffer = [0; MAX_KEY_PARAMETER_LEN];
    let strict = text_of(&akana, "secret_strict");
    let strict = KeyParameters::oct_from_base64url(&strict, &mut buffer).unwrap();
    let strict = Keyring::from_parameters(&strict, MACS).unwrap();
    for alg in ["HS256", "HS384", "HS512"] {
        let by_text = text_of(&akana["text_secret_tokens"], alg);
        let decoded = text_of(&akana["tokens"], alg);
        assert_eq!(verify(&by_text, &of_text), Ok(()), "{alg}");
        assert_eq!(verify(&decoded, &lenient_secret()), Ok(()), "{alg}");
        assert_eq!(verify(&decoded, &strict), Ok(()), "{alg}");
        let confused = [
            verify(&by_text, &lenient_secret()),
            verify(&decoded, &of_text),
        ];
        assert_eq!(confused, [Err(Error::BadSignature); 2], "{alg}");
    }
    let lenient = text_of(&akana, "secret_lenient");
    let malformed = KeyParameters::oct_from_base64url(&lenient, &mut buffer).err();
    assert_eq!(malformed, Some(Error::MalformedKey));
    // The secret has at least 32, 48 or 64 characters.
    for (alg, shortest) in [("HS256", 32), ("HS384", 48), ("HS512", 64)] {
        let list = algorithms(&[alg]);
        let load = |len| {
            let secret = KeyParameters::oct(&text.as_bytes()[..len]);
            Keyring::from_parameters(&secret, &list).err()
        };
        assert_eq!(
            (load(shortest), load(shortest - 1)),
            (None, Some(Error::WeakKey))
        );
    }
}

#[test]
fn rollover() {
    let akana = system("akana");
    let old = text_of(&akana["tokens"], "RS256");
    let new = text_of(&akana, "new_key");
    let (before, during) = (published("login"), set(&text_of(&akana, "rollover")));
    let after = set(&text_of(&akana, "after_rollover"));
    assert_eq!(
        (verify(&old, &*before), verify(&old, &*during)),
        (Ok(()), Ok(()))
    );
    assert_eq!(
        (verify(&new, &*during), verify(&new, &*after)),
        (Ok(()), Ok(()))
    );
    for unknown in [verify(&new, &*before), verify(&old, &*after)] {
        assert_eq!(unknown, Err(Error::NoKey));
        assert!(unknown.unwrap_err().should_refresh_keys());
    }
    // If the provider does not keep the deprecated key, `RotatingKeys` does.
    let keys = RotatingKeys::<8>::new();
    let jwks = text_of(&akana["jwks"], "login");
    let (keys, _) = keys
        .updated(jwks.as_bytes(), SIGNATURES, secs(3600), secs(0), |_| {})
        .unwrap();
    let jwks = text_of(&akana, "after_rollover");
    let (keys, _) = keys
        .updated(jwks.as_bytes(), SIGNATURES, secs(3600), secs(10), |_| {})
        .unwrap();
    assert_eq!(
        (verify(&old, keys.set()), verify(&new, keys.set())),
        (Ok(()), Ok(()))
    );
    let later = keys.without_retired(secs(3610));
    assert_eq!(verify(&old, later.set()), Err(Error::NoKey));
}

#[test]
fn several_issuers_at_once() {
    let akana = system("akana");
    let (login, partners) = (published("login"), published("partners"));
    let tenants = [
        Tenant::new(LOGIN, &*login, policy(&[""; 0])),
        Tenant::new(PARTNERS, &*partners, policy(&[""; 0])),
    ];
    let verify = |token: &str| {
        let find = |issuer: JsonStr<'_>| tenants.iter().find(|t| issuer == t.issuer());
        let mut scratch = vec![0; token.len()];
        IssuerVerifier::new(find)
            .verify(token.as_bytes(), AKANA_NOW, &mut scratch)
            .map(|(tenant, _)| tenant.issuer())
    };
    for alg in ["RS256", "ES512"] {
        assert_eq!(verify(&text_of(&akana["tokens"], alg)), Ok(LOGIN));
    }
    assert_eq!(verify(&text_of(&akana, "partners")), Ok(PARTNERS));
    // The token names one issuer, but is signed by the other under a `kid` that both have.
    let crossed = verify(&text_of(&akana, "crossed"));
    assert_eq!(crossed, Err(Error::BadSignature));
    let alone = |tenant: &Tenant<'_, KeySet<8>>, member: &str| {
        let token = text_of(&akana, member);
        let mut scratch = vec![0; token.len()];
        let verifier = IssuerVerifier::new(|_| Some(tenant));
        verifier
            .verify(token.as_bytes(), AKANA_NOW, &mut scratch)
            .err()
    };
    assert_eq!(
        alone(&tenants[0], "crossed"),
        Some(Error::Claim(Claim::Iss, Problem::Mismatch))
    );
    assert_eq!(alone(&tenants[0], "partners"), Some(Error::BadSignature));
    assert_eq!(alone(&tenants[1], "partners"), None);
}

#[test]
fn roles_in_a_claim_of_any_name() {
    let akana = system("akana");
    let token = text_of(&akana["tokens"], "ES256");
    let require = |token: &str, claim: &str, values: &[&str]| {
        let read = |jwt: &Verified<'_>| Scopes::read(jwt.claims(), claim)?.require(&values);
        claims(token, &*published("login"), read).and_then(|read| read)
    };
    assert_eq!(require(&token, "roles", &["api-admin"]), Ok(()));
    assert_eq!(
        require(&token, "scp", &["orders:write", "orders:read"]),
        Ok(())
    );
    let insufficient = Err(Error::InsufficientScope);
    assert_eq!(require(&token, "roles", &["api-owner"]), insufficient);
    assert_eq!(require(&token, "scp", &["orders"]), insufficient);
    assert_eq!(require(&token, "groups", &["api-admin"]), insufficient);
    let without = text_of(&akana, "without_roles");
    assert_eq!(require(&without, "roles", &["api-admin"]), insufficient);
    assert_eq!(
        require(&token, "auth_time", &["x"]),
        Err(Error::Claim(Claim::Scope, Problem::WrongType))
    );
}
