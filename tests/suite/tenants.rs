//! Several issuers: keys and policy of one, never mixed with those of another.

use jose_verify::{
    Audience, Check, Error, HS256, JsonStr, Key, KeySet, NumericDate, Policy, Tenant, oidc,
    peek_issuer_untrusted, scratch_len, verify_by_issuer,
};

use super::support::judge::NOW;
use super::support::sign::token_with_secret;

const A: &str = "https://a.example.com";
const B: &str = "https://b.example.com";
const SECRET_A: &[u8] = b"the secret of a, of 32 bytes....";
const SECRET_B: &[u8] = b"the secret of b, of 32 bytes....";

fn keys(secret: &[u8]) -> Box<KeySet<2>> {
    let mut keys = Box::new(KeySet::new());
    keys.push(Key::from_secret(secret, &[&HS256]).unwrap())
        .unwrap();
    keys
}

fn policy(audience: &'static [&'static str]) -> Policy<'static> {
    oidc::jwt(
        Check::NotChecked,
        Check::Required(Audience::AnyOf(audience)),
    )
}

fn token(secret: &[u8], claims: &str) -> String {
    token_with_secret(secret, br#"{"alg":"HS256"}"#, claims.as_bytes())
}

/// The issuer of the tenant by whom the token is accepted.
fn judge(
    token: &str,
    find: impl for<'j> FnOnce(JsonStr<'j>) -> Option<usize>,
) -> Result<String, Error> {
    let (a, b) = (keys(SECRET_A), keys(SECRET_B));
    let tenants = [
        Tenant::new(A, &*a, policy(&["api-a"])),
        Tenant::new(B, &*b, policy(&["api-b"])),
    ];
    let mut scratch = vec![0; scratch_len(token.len())];
    let now = NumericDate::from_seconds(NOW);
    let find = |issuer: JsonStr<'_>| find(issuer).map(|place| tenants[place]);
    let (tenant, jwt) = verify_by_issuer(token.as_bytes(), find, now, &mut scratch)?;
    assert!(jwt.claims().issuer().unwrap() == tenant.issuer());
    Ok(tenant.issuer().to_owned())
}

/// As a caller would.
fn honest(issuer: JsonStr<'_>) -> Option<usize> {
    [A, B].iter().position(|known| issuer == *known)
}

#[test]
fn each_token_with_the_keys_and_the_policy_of_its_issuer() {
    let claims = |iss: &str, aud: &str| format!(r#"{{"aud":"{aud}","iss":"{iss}"}}"#);
    let escaped = A.replace('/', "\\/");
    for (secret, iss, aud, want) in [
        (SECRET_A, A, "api-a", Ok(A.to_owned())),
        (SECRET_B, B, "api-b", Ok(B.to_owned())),
        (SECRET_A, &escaped, "api-a", Ok(A.to_owned())),
        // One tenant's signature on the other's claims.
        (SECRET_A, B, "api-b", Err(Error::BadSignature)),
        (SECRET_B, A, "api-a", Err(Error::BadSignature)),
        // The policy of the other.
        (SECRET_A, A, "api-b", Err(Error::AudienceMismatch)),
        // Nobody's.
        (
            SECRET_A,
            "https://a.example.com/",
            "api-a",
            Err(Error::IssuerMismatch),
        ),
        (SECRET_A, "", "api-a", Err(Error::IssuerMismatch)),
    ] {
        let token = token(secret, &claims(iss, aud));
        assert_eq!(judge(&token, honest), want, "{iss} {aud}");
    }
}

/// Whatever the caller answers, a token passes as its own issuer's or not at all.
#[test]
fn a_wrong_answer_never_lets_a_token_pass() {
    for (secret, iss) in [(SECRET_A, A), (SECRET_A, B), (SECRET_B, A), (SECRET_B, B)] {
        let claims = format!(r#"{{"iss":"{iss}","aud":["api-a","api-b"]}}"#);
        let token = token(secret, &claims);
        for answer in 0..2 {
            let own = (answer == 0) == (secret == SECRET_A);
            let want = match (own, iss == [A, B][answer]) {
                (true, true) => Ok(iss.to_owned()),
                (true, false) => Err(Error::IssuerMismatch),
                (false, _) => Err(Error::BadSignature),
            };
            assert_eq!(judge(&token, |_| Some(answer)), want, "{iss} {answer}");
        }
    }
}

#[test]
fn by_the_callers_tenant() {
    let a = keys(SECRET_A);
    // An issuer in the policy counts for nothing: the tenant's own is required.
    let both = Policy {
        issuer: Check::Required(&[A, B]),
        ..policy(&["api-a"])
    };
    let now = NumericDate::from_seconds(NOW);
    for policy in [both, policy(&["api-a"])] {
        let tenant = Tenant::new(A, &*a, policy);
        let judge = |claims: &str| {
            let token = token(SECRET_A, claims);
            let mut scratch = vec![0; scratch_len(token.len())];
            tenant
                .verify(token.as_bytes(), now, &mut scratch)
                .map(|_| ())
        };
        assert_eq!(judge(&format!(r#"{{"iss":"{A}","aud":"api-a"}}"#)), Ok(()));
        let other = judge(&format!(r#"{{"iss":"{B}","aud":"api-a"}}"#));
        assert_eq!(other, Err(Error::IssuerMismatch));
        let nobody = judge(r#"{"aud":"api-a"}"#);
        assert_eq!(nobody, Err(Error::MissingIssuer));
        let copy = tenant;
        assert_eq!(copy.issuer(), tenant.issuer());
    }
}

#[test]
fn an_issuer_that_cannot_be_read() {
    for (claims, want) in [
        (r#"{"aud":"api-a"}"#, Error::MissingIssuer),
        (r#"{"iss":5}"#, Error::WrongClaimType),
        (
            r#"{"iss":["https://a.example.com"]}"#,
            Error::WrongClaimType,
        ),
        (
            r#"{"iss":"https://a.example.com","\u0069ss":"https://b.example.com"}"#,
            Error::DuplicateMember,
        ),
        (r#"{"iss":"https://a.example.com""#, Error::MalformedJson),
        ("[]", Error::MalformedJson),
    ] {
        let token = token(SECRET_A, claims);
        assert_eq!(judge(&token, honest), Err(want), "{claims}");
        let mut scratch = vec![0; scratch_len(token.len())];
        let peeked = peek_issuer_untrusted(token.as_bytes(), &mut scratch);
        let want = if want == Error::MissingIssuer {
            None
        } else {
            Some(want)
        };
        assert_eq!(peeked.err(), want, "{claims}");
    }
    assert_eq!(judge("a.b", honest), Err(Error::MalformedToken));
    assert_eq!(judge("a.b.c.d.e", honest), Err(Error::Encrypted));
    let unsigned = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2EuZXhhbXBsZS5jb20ifQ.";
    assert_eq!(judge(unsigned, honest), Err(Error::Unsecured));
    // Also where nobody knows the issuer: {"iss":"x"}.
    let unsigned = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJ4In0.";
    assert_eq!(judge(unsigned, honest), Err(Error::Unsecured));
    let good = token(SECRET_A, &format!(r#"{{"iss":"{A}"}}"#));
    let short = peek_issuer_untrusted(good.as_bytes(), &mut [0; 8]).err();
    assert_eq!(short, Some(Error::ScratchTooSmall));
}
