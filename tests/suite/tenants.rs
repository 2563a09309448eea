//! Several issuers: the keys and the policy of one are never mixed with those of another.

use std::sync::Arc;

use jose_verify::alg::{HS256, KeyParameters};
use jose_verify::json::JsonStr;
use jose_verify::{
    Audience, Check, Claim, Error, Issuer, IssuerVerifier, Keys, NumericDate, Options, Policy,
    Problem, StringList, Tenant, scratch_len,
};

use super::support::Keyring;
use super::support::sign::token_with_secret;
use super::support::verdict::NOW;

const A: &str = "https://a.example.com";
const B: &str = "https://b.example.com";
const SECRET_A: &[u8] = b"the secret of a, of 32 bytes....";
const SECRET_B: &[u8] = b"the secret of b, of 32 bytes....";

fn keys(secret: &[u8]) -> Keyring {
    Keyring::from_parameters(&KeyParameters::oct(secret), &[&HS256]).unwrap()
}

fn policy(audience: &dyn StringList) -> Policy<'_> {
    Policy::jwt(
        Check::NotChecked,
        Check::Required(Audience::AnyOf(audience)),
    )
}

fn token(secret: &[u8], claims: &str) -> String {
    token_with_secret(secret, br#"{"alg":"HS256"}"#, claims.as_bytes())
}

/// Returns the issuer whose tenant accepts the token. The results with a scratch buffer and in
/// place must be equal.
fn verify_with<T: Issuer>(
    token: &str,
    find: impl Fn(JsonStr<'_>) -> Option<T>,
) -> Result<String, Error> {
    let verifier = IssuerVerifier::new(find);
    let mut scratch = vec![0; scratch_len(token.len())];
    let now = NumericDate::from_seconds(NOW);
    let result = verifier.verify(token.as_bytes(), now, &mut scratch);
    let result = result.map(|(tenant, jwt)| {
        assert!(jwt.claims().issuer().unwrap() == tenant.issuer());
        tenant.issuer().to_owned()
    });
    let mut copy = token.as_bytes().to_vec();
    let in_place = verifier
        .verify_in_place(&mut copy, now)
        .map(|(tenant, jwt)| {
            assert!(jwt.claims().issuer().unwrap() == tenant.issuer());
            tenant.issuer().to_owned()
        });
    assert_eq!(result, in_place, "{token}");
    result
}

/// Returns the issuer whose tenant accepts the token; `find` returns the position of a tenant.
fn verify(token: &str, find: impl Fn(JsonStr<'_>) -> Option<usize>) -> Result<String, Error> {
    let (a, b) = (keys(SECRET_A), keys(SECRET_B));
    let tenants = [
        Tenant::new(A, &a, policy(&["api-a"])),
        Tenant::new(B, &b, policy(&["api-b"])),
    ];
    verify_with(token, |issuer| {
        find(issuer).map(|position| tenants[position])
    })
}

/// Finds the tenant as a correct caller would.
fn find_correctly(issuer: JsonStr<'_>) -> Option<usize> {
    [A, B].iter().position(|known| issuer == *known)
}

#[test]
fn tokens_are_verified_with_the_keys_and_policy_of_their_issuer() {
    let claims = |iss: &str, aud: &str| format!(r#"{{"aud":"{aud}","iss":"{iss}"}}"#);
    let escaped = A.replace('/', "\\/");
    for (secret, iss, aud, want) in [
        (SECRET_A, A, "api-a", Ok(A.to_owned())),
        (SECRET_B, B, "api-b", Ok(B.to_owned())),
        (SECRET_A, &escaped, "api-a", Ok(A.to_owned())),
        // One tenant's signature over the other's claims.
        (SECRET_A, B, "api-b", Err(Error::BadSignature)),
        (SECRET_B, A, "api-a", Err(Error::BadSignature)),
        // The audience of the other tenant's policy.
        (
            SECRET_A,
            A,
            "api-b",
            Err(Error::Claim(Claim::Aud, Problem::Mismatch)),
        ),
        // Unknown issuers.
        (
            SECRET_A,
            "https://a.example.com/",
            "api-a",
            Err(Error::Claim(Claim::Iss, Problem::Mismatch)),
        ),
        (
            SECRET_A,
            "",
            "api-a",
            Err(Error::Claim(Claim::Iss, Problem::Mismatch)),
        ),
    ] {
        let token = token(secret, &claims(iss, aud));
        assert_eq!(verify(&token, find_correctly), want, "{iss} {aud}");
    }
}

/// Whatever tenant the caller returns, a token is accepted only as one of its own issuer.
#[test]
fn a_token_is_never_accepted_for_the_wrong_tenant() {
    for (secret, iss) in [(SECRET_A, A), (SECRET_A, B), (SECRET_B, A), (SECRET_B, B)] {
        let claims = format!(r#"{{"iss":"{iss}","aud":["api-a","api-b"]}}"#);
        let token = token(secret, &claims);
        for found in 0..2 {
            let keys_match = (found == 0) == (secret == SECRET_A);
            let want = match (keys_match, iss == [A, B][found]) {
                (true, true) => Ok(iss.to_owned()),
                (true, false) => Err(Error::Claim(Claim::Iss, Problem::Mismatch)),
                (false, _) => Err(Error::BadSignature),
            };
            assert_eq!(verify(&token, |_| Some(found)), want, "{iss} {found}");
        }
    }
}

#[test]
fn tenants_by_reference() {
    let a = keys(SECRET_A);
    // The policy's issuer is ignored: the tenant's own is required.
    let both = Policy {
        issuer: Check::Required(&[A, B]),
        ..policy(&["api-a"])
    };
    for policy in [both, policy(&["api-a"])] {
        let tenant = Tenant::new(A, &a, policy);
        let verify =
            |claims: &str| verify_with(&token(SECRET_A, claims), |_| Some(&tenant)).map(|_| ());
        assert_eq!(verify(&format!(r#"{{"iss":"{A}","aud":"api-a"}}"#)), Ok(()));
        let other = verify(&format!(r#"{{"iss":"{B}","aud":"api-a"}}"#));
        assert_eq!(other, Err(Error::Claim(Claim::Iss, Problem::Mismatch)));
        let missing = verify(r#"{"aud":"api-a"}"#);
        assert_eq!(missing, Err(Error::Claim(Claim::Iss, Problem::Missing)));
        let copy = tenant;
        assert_eq!(copy.issuer(), tenant.issuer());
    }
}

/// An issuer that owns its name, audiences and keys.
struct Owned {
    name: String,
    audiences: Vec<String>,
    keys: Keyring,
}

impl Issuer for Owned {
    fn issuer(&self) -> &str {
        &self.name
    }

    fn keys(&self) -> &dyn Keys {
        &self.keys
    }

    fn policy(&self) -> Policy<'_> {
        policy(&self.audiences)
    }
}

/// What `find` returns can own the keys while the token is verified. The verifier returns it with
/// the token.
#[test]
fn issuers_that_own_their_keys() {
    let owned = |name: &str, secret: &[u8]| {
        Arc::new(Owned {
            name: name.to_owned(),
            audiences: vec!["api".to_owned()],
            keys: keys(secret),
        })
    };
    let table = [owned(A, SECRET_A), owned(B, SECRET_B)];
    let find = |iss: JsonStr<'_>| table.iter().find(|known| iss == known.issuer()).cloned();
    for (secret, iss, want) in [
        (SECRET_A, A, Ok(A.to_owned())),
        (SECRET_B, B, Ok(B.to_owned())),
        (SECRET_A, B, Err(Error::BadSignature)),
        (
            SECRET_A,
            "https://c.example.com",
            Err(Error::Claim(Claim::Iss, Problem::Mismatch)),
        ),
    ] {
        let token = token(secret, &format!(r#"{{"iss":"{iss}","aud":"api"}}"#));
        assert_eq!(verify_with(&token, find), want, "{iss}");
    }
    // The verifier can be the only owner of the issuer.
    let good = token(SECRET_A, &format!(r#"{{"iss":"{A}","aud":"api"}}"#));
    let only = verify_with(&good, |_| Some(owned(A, SECRET_A)));
    assert_eq!(only, Ok(A.to_owned()));
    assert!(table.iter().all(|known| Arc::strong_count(known) == 1));
}

#[test]
fn tokens_without_a_readable_issuer() {
    for (claims, want) in [
        (
            r#"{"aud":"api-a"}"#,
            Error::Claim(Claim::Iss, Problem::Missing),
        ),
        (r#"{"iss":5}"#, Error::Claim(Claim::Iss, Problem::WrongType)),
        (
            r#"{"iss":["https://a.example.com"]}"#,
            Error::Claim(Claim::Iss, Problem::WrongType),
        ),
        (
            r#"{"iss":"https://a.example.com","\u0069ss":"https://b.example.com"}"#,
            Error::DuplicateMember,
        ),
        (r#"{"iss":"https://a.example.com""#, Error::MalformedJson),
        ("[]", Error::MalformedJson),
    ] {
        let token = token(SECRET_A, claims);
        assert_eq!(verify(&token, find_correctly), Err(want), "{claims}");
        let mut scratch = vec![0; scratch_len(token.len())];
        let issuer = Options::new().peek_issuer_untrusted(token.as_bytes(), &mut scratch);
        let want = if want == Error::Claim(Claim::Iss, Problem::Missing) {
            None
        } else {
            Some(want)
        };
        assert_eq!(issuer.err(), want, "{claims}");
    }
    assert_eq!(verify("a.b", find_correctly), Err(Error::MalformedToken));
    assert_eq!(verify("a.b.c.d.e", find_correctly), Err(Error::Encrypted));
    let unsigned = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2EuZXhhbXBsZS5jb20ifQ.";
    assert_eq!(verify(unsigned, find_correctly), Err(Error::Unsecured));
    // Also for an unknown issuer: {"iss":"x"}.
    let unsigned = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJ4In0.";
    assert_eq!(verify(unsigned, find_correctly), Err(Error::Unsecured));
    let good = token(SECRET_A, &format!(r#"{{"iss":"{A}"}}"#));
    let short = Options::new()
        .peek_issuer_untrusted(good.as_bytes(), &mut [0; 8])
        .err();
    assert_eq!(short, Some(Error::ScratchTooSmall));
}
