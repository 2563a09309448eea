//! `at_hash`, `c_hash` and `s_hash`.

use jose_verify::alg::{HashFunction, KeyParameters, MACS, SHA256, SHA384, SHA512};
use jose_verify::oidc::HashClaims;
use jose_verify::{Check, Claim, Error, Problem, Verifier};

use super::verified;
use crate::support::Keyring;
use crate::support::hash::hmac;
use crate::support::sign::token_signed_by;
use crate::support::verdict::{NOW, UNCHECKED};

/// The values of OpenID Connect Core, Appendices A.3, A.4 and A.6.
const ACCESS_TOKEN: &str = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
const AT_HASH: &str = "77QmUPtjPfzWtF2AnpK9RQ";
const CODE: &str = "Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk";
const C_HASH: &str = "LDktKdoQak3Pk0cnXxCltA";
/// The left half of the output of `openssl dgst -sha256`.
const STATE: &str = "af0ifjsldkj";
const S_HASH: &str = "bOhtX8F73IMjSPeVAqxyTQ";

const ALL: &[&dyn HashFunction] = &[&SHA512, &SHA384, &SHA256];

fn check(claims: &str, hash_claims: HashClaims<'_>) -> Result<(), Error> {
    verified(claims, |jwt| hash_claims.check(jwt, &[&SHA256]))
}

#[test]
fn token_endpoint() {
    let hash_claims = HashClaims::from_token_endpoint(ACCESS_TOKEN);
    let with = |claim: &str| check(claim, hash_claims);
    assert_eq!(with("{}"), Ok(()));
    assert_eq!(with(&format!(r#"{{"at_hash":"{AT_HASH}"}}"#)), Ok(()));
    // An empty access token is the caller's mistake, whatever the ID Token contains.
    let nothing = Err(Error::Claim(Claim::AtHash, Problem::NothingExpected));
    assert_eq!(check("{}", HashClaims::from_token_endpoint("")), nothing);
    // Values are compared after unescaping.
    let escaped = AT_HASH.replace('7', "\\u0037");
    assert_eq!(with(&format!(r#"{{"at_hash":"{escaped}"}}"#)), Ok(()));
    let mismatch = Err(Error::Claim(Claim::AtHash, Problem::Mismatch));
    for wrong in [
        String::new(),
        C_HASH.to_owned(),
        AT_HASH.to_lowercase(),
        format!("{AT_HASH}=="),
        format!("{AT_HASH} "),
        AT_HASH[..21].to_owned(),
        // Nonzero trailing bits.
        format!("{}R", &AT_HASH[..21]),
        // The whole hash.
        "77QmUPtjPfzWtF2AnpK9RRC6fcbzGO8eaXwkpVHUZqM".to_owned(),
    ] {
        let claims = format!(r#"{{"at_hash":"{wrong}"}}"#);
        assert_eq!(with(&claims), mismatch, "{wrong}");
    }
    for wrong in ["5", "null", "[]", "{}", "true"] {
        let claims = format!(r#"{{"at_hash":{wrong}}}"#);
        assert_eq!(
            with(&claims),
            Err(Error::Claim(Claim::AtHash, Problem::WrongType)),
            "{wrong}"
        );
        let claims = format!(r#"{{"s_hash":{wrong}}}"#);
        assert_eq!(
            with(&claims),
            Err(Error::Claim(Claim::SHash, Problem::WrongType)),
            "{wrong}"
        );
    }
}

#[test]
fn authorization_endpoint() {
    let claims = |at: &str, c: &str| {
        let members: Vec<String> = [("at_hash", at), ("c_hash", c)]
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!(r#""{name}":"{value}""#))
            .collect();
        format!("{{{}}}", members.join(","))
    };
    let (no_at, no_c) = (
        Err(Error::Claim(Claim::AtHash, Problem::Missing)),
        Err(Error::Claim(Claim::CHash, Problem::Missing)),
    );
    let (other_at, other_c) = (
        Err(Error::Claim(Claim::AtHash, Problem::Mismatch)),
        Err(Error::Claim(Claim::CHash, Problem::Mismatch)),
    );
    for (token, code, at, c, want) in [
        // id_token
        (None, None, "", "", Ok(())),
        // id_token token
        (Some(ACCESS_TOKEN), None, AT_HASH, "", Ok(())),
        (Some(ACCESS_TOKEN), None, "", "", no_at),
        (Some(ACCESS_TOKEN), None, C_HASH, "", other_at),
        (Some("another"), None, AT_HASH, "", other_at),
        // code id_token
        (None, Some(CODE), "", C_HASH, Ok(())),
        (None, Some(CODE), "", "", no_c),
        (None, Some(CODE), AT_HASH, "", no_c),
        (None, Some(CODE), "", AT_HASH, other_c),
        (None, Some("another"), "", C_HASH, other_c),
        // code id_token token
        (Some(ACCESS_TOKEN), Some(CODE), AT_HASH, C_HASH, Ok(())),
        (Some(ACCESS_TOKEN), Some(CODE), AT_HASH, "", no_c),
        (Some(ACCESS_TOKEN), Some(CODE), "", C_HASH, no_at),
        (Some(ACCESS_TOKEN), Some(CODE), C_HASH, AT_HASH, other_at),
        (Some(ACCESS_TOKEN), Some(CODE), AT_HASH, AT_HASH, other_c),
    ] {
        let hash_claims = HashClaims::from_authorization_endpoint(token, code);
        let got = check(&claims(at, c), hash_claims);
        assert_eq!(got, want, "{token:?} {code:?} {at} {c}");
    }
}

#[test]
fn state() {
    let base = HashClaims::from_authorization_endpoint(None, None);
    let hash_claims = |state| HashClaims { state, ..base };
    let good = format!(r#"{{"s_hash":"{S_HASH}"}}"#);
    let required = Check::Required(STATE);
    assert_eq!(check(&good, hash_claims(required)), Ok(()));
    assert_eq!(check(&good, hash_claims(Check::Present)), Ok(()));
    let other = check(&good, hash_claims(Check::Required("af0ifjsldkk")));
    assert_eq!(other, Err(Error::Claim(Claim::SHash, Problem::Mismatch)));
    assert_eq!(
        check("{}", hash_claims(required)),
        Err(Error::Claim(Claim::SHash, Problem::Missing))
    );
    assert_eq!(check("{}", hash_claims(Check::IfPresent(STATE))), Ok(()));
}

/// The hash is that of the token's own `alg`. The values are from `openssl dgst`.
#[test]
fn each_algorithm_uses_its_hash() {
    let secret = [7; 64];
    let key = Keyring::from_parameters(&KeyParameters::oct(&secret), MACS).unwrap();
    let verifier = Verifier::new(&key, &UNCHECKED);
    let hashes = [
        ("HS256", AT_HASH),
        ("HS384", "jtAeDp945y1dDqU3nkIVGNZP1HjH_MFs"),
        ("HS512", "q7nS86GgvvFaZkzALLWqJYaJIKw2wCDAVfCAsm5CrBM"),
    ];
    for (alg, _) in hashes {
        for (owner, at_hash) in hashes {
            let header = format!(r#"{{"alg":"{alg}"}}"#);
            let claims = format!(r#"{{"at_hash":"{at_hash}","iat":{NOW}}}"#);
            let token = token_signed_by(header.as_bytes(), claims.as_bytes(), |input| {
                hmac(alg, &secret, input)
            });
            let mut token = token.into_bytes();
            let clock = jose_verify::Clock::Absent;
            let jwt = verifier.verify_in_place(&mut token, clock).unwrap();
            let hash_claims = HashClaims::from_token_endpoint(ACCESS_TOKEN);
            let want = if alg == owner {
                Ok(())
            } else {
                Err(Error::Claim(Claim::AtHash, Problem::Mismatch))
            };
            assert_eq!(hash_claims.check(&jwt, ALL), want, "{alg} {owner}");
            // A hash that the caller does not name cannot be compared, which is an error.
            let others: Vec<_> = ALL.iter().copied().filter(|h| !h.is_of(alg)).collect();
            let rejected = hash_claims.check(&jwt, &others);
            assert_eq!(rejected, Err(Error::AlgorithmNotAccepted), "{alg}");
        }
    }
    for (hash, size) in ALL.iter().zip(["512", "384", "256"]) {
        for family in ["HS", "RS", "PS", "ES"] {
            for bits in ["256", "384", "512"] {
                let name = format!("{family}{bits}");
                assert_eq!(hash.is_of(&name), bits == size, "{name}");
            }
        }
        assert!(!hash.is_of("") && !hash.is_of("none"));
        assert_eq!(format!("{hash:?}"), format!("SHA-{size}"));
    }
}

#[test]
fn debug_omits_secrets() {
    let hash_claims = HashClaims::from_authorization_endpoint(Some(ACCESS_TOKEN), Some(CODE));
    assert_eq!(format!("{hash_claims:?}"), "HashClaims { .. }");
}
