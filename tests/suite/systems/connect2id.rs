//! Connect2id: stateless sessions, claims named by URLs and with language tags, UserInfo as a
//! signed JWT.

use core::time::Duration;
use jose_verify::alg::{RS256, SHA256};
use jose_verify::oauth::{ProviderMetadata, Scopes, TokenResponse};
use jose_verify::oidc::{self, HashClaims, Nonce, UserInfo};
use jose_verify::{
    Check, Claim, Error, KeySet, MaxAge, NumericDate, Policy, Problem, Verified, Verifier,
};

use super::{NONCE, id_token_of, system, text_of};

const ISSUER: &str = "https://c2id.example.com";
const CLIENTS: [&str; 1] = ["client-12345"];

fn at(seconds: i64) -> NumericDate {
    NumericDate::from_seconds(1_311_280_970 + seconds)
}

fn published() -> KeySet<4> {
    let jwks = text_of(&system("connect2id"), "jwks");
    KeySet::from_jwks(jwks.as_bytes(), &[&RS256]).unwrap()
}

/// Reads the ID Token this many seconds after it was issued.
fn id_token<T>(seconds: i64, read: impl FnOnce(&Verified<'_>) -> T) -> Result<T, Error> {
    let token = id_token_of(&text_of(&system("connect2id"), "token_response"));
    verify(&token, seconds, read)
}

fn verify<T>(token: &str, seconds: i64, read: impl FnOnce(&Verified<'_>) -> T) -> Result<T, Error> {
    let max_age = MaxAge {
        age: Duration::from_secs(900),
        leeway: Duration::ZERO,
    };
    let policy = Policy {
        acr: Check::Required(&["c2id.loa.basic", "c2id.loa.hisec"]),
        auth_time: Check::Required(max_age),
        ..oidc::id_token(&[ISSUER], &CLIENTS, Nonce::Sent(NONCE))
    };
    let mut scratch = vec![0; token.len()];
    let keys = published();
    let verifier = Verifier::new(&keys, &policy);
    let jwt = verifier.verify(token.as_bytes(), at(seconds), &mut scratch)?;
    Ok(read(&jwt))
}

#[test]
fn from_metadata_and_token_response_to_claims() {
    let connect2id = system("connect2id");
    let metadata = text_of(&connect2id, "metadata");
    let metadata = ProviderMetadata::parse(metadata.as_bytes(), ISSUER).unwrap();
    assert!(metadata.jwks_uri().unwrap() == "https://c2id.example.com/jwks.json");
    assert!(metadata.supports_signing_algorithm("RS256"));
    let response = text_of(&connect2id, "token_response");
    let response = TokenResponse::parse(response.as_bytes()).unwrap();
    assert!(response.is_bearer());
    assert_eq!(response.expires_in(), Ok(Some(Duration::from_secs(3600))));
    let access_token = response.access_token().to_string();
    let read = id_token(60, |jwt| {
        assert!(jwt.header().key_id().unwrap() == "1e9gdk7");
        assert!(jwt.claims().subject().unwrap() == "alice");
        let groups = Scopes::read(jwt.claims(), "https://example.com/groups")?;
        groups.require(&["audit", "admin"])?;
        HashClaims::from_token_endpoint(&access_token).check(jwt, &[&SHA256])
    });
    assert_eq!(read, Ok(Ok(())));
}

#[test]
fn forged_and_expired_tokens() {
    let connect2id = system("connect2id");
    let forged = verify(&text_of(&connect2id, "forged"), 60, |_| ());
    assert_eq!(forged, Err(Error::BadSignature));
    let other = text_of(&connect2id, "metadata_of_another");
    let other = ProviderMetadata::parse(other.as_bytes(), ISSUER).err();
    assert_eq!(other, Some(Error::MetadataMismatch));
    assert_eq!(
        id_token(900, |_| ()),
        Err(Error::Claim(Claim::AuthTime, Problem::TooOld))
    );
}

/// An ID Token in a cookie: refreshed when it reaches an age, rejected when it has expired.
#[test]
fn a_stateless_session() {
    let due = |seconds| {
        let is_due = |jwt: &Verified<'_>| {
            oidc::is_refresh_due(jwt.claims(), Duration::from_secs(600), at(seconds))
        };
        id_token(seconds, is_due).and_then(|due| due)
    };
    assert_eq!((due(0), due(599)), (Ok(false), Ok(false)));
    assert_eq!((due(600), due(899)), (Ok(true), Ok(true)));
    assert_eq!(due(1000), Err(Error::Claim(Claim::Exp, Problem::Expired)));
}

#[test]
fn user_info_plain_and_signed() {
    let connect2id = system("connect2id");
    let plain = text_of(&connect2id, "user_info");
    let check = |user_info: &UserInfo<'_>| {
        let claims = user_info.claims();
        let text = |name: &str| {
            claims
                .get(name)
                .and_then(|v| v.as_str())
                .unwrap()
                .to_string()
        };
        assert_eq!(text("name"), "Alice Adams");
        assert_eq!(text("name#ja-Hani-JP"), "アリス");
        assert_eq!(text("email"), "alice@wonderland.net");
    };
    let read = id_token(60, |jwt| {
        UserInfo::parse(plain.as_bytes(), jwt).map(|u| check(&u))
    });
    assert_eq!(read, Ok(Ok(())));

    // If the provider sends `iss` and `aud`, they can be required.
    let keys = published();
    let optional = oidc::user_info(&[ISSUER], &CLIENTS);
    let required = Policy {
        issuer: Check::Required(&[ISSUER]),
        ..optional
    };
    for (member, want) in [
        ("user_info_jwt", Ok(())),
        (
            "user_info_jwt_of_another",
            Err(Error::Claim(Claim::Sub, Problem::Mismatch)),
        ),
        (
            "user_info_jwt_for_another",
            Err(Error::Claim(Claim::Aud, Problem::Mismatch)),
        ),
        ("user_info_jwt_forged", Err(Error::BadSignature)),
    ] {
        let response = text_of(&connect2id, member);
        for policy in [optional, required] {
            let read = id_token(60, |id_token| {
                let mut scratch = vec![0; response.len()];
                let verifier = Verifier::new(&keys, &policy);
                let response = verifier.verify(response.as_bytes(), at(60), &mut scratch)?;
                UserInfo::from_verified(&response, id_token).map(|u| check(&u))
            });
            assert_eq!(read, Ok(want), "{member}");
        }
    }
}
