//! `Debug` output never contains a claim, a key or a token. These tests format every public type
//! that holds one, and assert that none of its content appears.

use core::fmt::Debug;
use core::time::Duration;

use jose_verify::alg::{
    ES256, KeyParameters, MACS, P256_TABLES, SHA256, SIGNATURES, Sha256, Tables, Word,
};
use jose_verify::checks::{MaxLifetime, MaxTokenAge, SoleAudience, SubjectPrefix};
use jose_verify::json::{JsonStr, Value};
use jose_verify::keys::{GrowingRotatingKeys, Inline, Lent, Refetch, Skipped, Slot};
use jose_verify::oauth::{ProviderMetadata, ReplayGuard, RequiredScopes, Scopes, TokenResponse};
use jose_verify::oidc::{HashClaims, LogoutToken, Nonce, UserInfo};
use jose_verify::{
    Audience, Candidate, Check, ClaimCheck, Clock, Error, IssuerVerifier, Jwk, JwsVerifier, Key,
    KeySet, Keys, NumericDate, Options, Policy, PolicyBuf, RotatingKeys, Tenant, Verifier,
};

use crate::support::sign::{key, token_with_header};
use crate::support::verdict::UNCHECKED;

/// The value of every string in a token or a response.
const MARKER: &str = "hunter2";

/// The value of every number in a token or a response.
const MARKER_NUMBER: i64 = 73_737_373;

const SECRET: &str =
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
const X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
const Y: &str = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";

/// Formats a value in both ways and asserts that no content appears.
#[track_caller]
fn assert_hides_content(value: &dyn Debug) {
    for shown in [format!("{value:?}"), format!("{value:#?}")] {
        for content in [MARKER, "73737373", SECRET, X, Y, "eyJ", "true"] {
            assert!(!shown.contains(content), "{shown}");
        }
    }
}

fn claims() -> String {
    format!(
        r#"{{"iss":"{MARKER}","sub":"{MARKER}","aud":["{MARKER}","b"],
        "exp":{MARKER_NUMBER},"nonce":"{MARKER}",
        "jti":"{MARKER}","amr":["{MARKER}"],"scope":"{MARKER} b",
        "list":["{MARKER}",{MARKER_NUMBER},true],
        "sid":"{MARKER}","\u0065mail":"\u0068unter2","nested":{{"{MARKER}":"{MARKER}"}},
        "events":{{"http://schemas.openid.net/event/backchannel-logout":{{"x":"{MARKER}"}}}}}}"#
    )
}

#[test]
fn tokens_and_their_claims() {
    let header = format!(r#"{{"alg":"HS256","typ":"{MARKER}","x":"{MARKER}"}}"#);
    let keys = key();
    let token = token_with_header(header.as_bytes(), claims().as_bytes());
    let (mut scratch, mut other) = (vec![0; token.len()], vec![0; token.len()]);
    let policy = UNCHECKED;
    let verifier = Verifier::new(&keys, &policy);
    let jwt = verifier.verify(token.as_bytes(), Clock::Absent, &mut scratch);
    let jwt = jwt.unwrap();
    let jws_verifier = JwsVerifier::new(&keys);
    let jws = jws_verifier.verify(token.as_bytes(), &mut other).unwrap();
    let claims = jwt.claims();
    let (audience, amr) = (claims.audience().unwrap(), claims.amr().unwrap());
    let scopes = Scopes::read(claims, "scope").unwrap();
    let texts: [&dyn Debug; 15] = [
        &jwt,
        &jws,
        claims,
        jwt.header(),
        &claims.as_object(),
        &claims.as_object().iter(),
        &audience,
        &audience.iter(),
        &amr,
        &scopes,
        &scopes.iter(),
        &claims.issuer(),
        &claims.events(),
        &jwt.header().typ(),
        &jwt.header().get("x"),
    ];
    texts.into_iter().for_each(assert_hides_content);
    for (name, value) in claims.as_object() {
        assert_hides_content(&name);
        assert_hides_content(&value);
        assert_parts_hide_content(&value);
    }
    let subject = claims.subject().unwrap();
    assert_hides_content(&subject.chars());
    assert_hides_content(&LogoutToken::from_verified(&jwt));
    let plain = format!(r#"{{"sub":"{MARKER}","email":"{MARKER}"}}"#);
    assert_hides_content(&UserInfo::parse(plain.as_bytes(), &jwt));
    let mut guard = ReplayGuard::<2>::new();
    guard
        .admit(&jwt, Duration::ZERO, NumericDate::from_seconds(0))
        .unwrap();
    assert_hides_content(&guard);
}

/// Like [`assert_hides_content`], for a value, its members and its elements.
fn assert_parts_hide_content(value: &Value<'_>) {
    match value {
        Value::Array(array) => {
            assert_hides_content(array);
            array
                .iter()
                .for_each(|element| assert_parts_hide_content(&element));
        }
        Value::Object(object) => assert_hides_content(object),
        Value::Number(number) => assert_hides_content(number),
        Value::String(string) => assert_hides_content(string),
        Value::Bool(_) | Value::Null => assert_hides_content(value),
    }
}

/// A check that formats its token, as a program that logs tokens would.
#[derive(Debug)]
struct FormattingCheck;

impl ClaimCheck for FormattingCheck {
    fn name(&self) -> &'static str {
        "formatting"
    }

    fn check(&self, token: &Candidate<'_>) -> Result<(), Error> {
        assert_hides_content(token);
        Err(Error::Replayed)
    }
}

#[test]
fn policies_and_checks() {
    let policy = Policy {
        issuer: Check::Required(&MARKER),
        subject: Check::IfPresent(&MARKER),
        audience: Check::Required(Audience::Client {
            client_ids: &MARKER,
            trusted: &MARKER,
        }),
        authorized_party: Check::Required(&MARKER),
        nonce: Check::Required(MARKER),
        acr: Check::Required(&MARKER),
        amr: Check::Required(MARKER),
        jwt_id: Check::Required(MARKER),
        client_id: Check::Required(&MARKER),
        events: Check::Required(MARKER),
        ..UNCHECKED
    };
    let (age, scopes) = (
        MaxTokenAge {
            age: Duration::ZERO,
            leeway: Duration::ZERO,
        },
        RequiredScopes {
            claim: "scope",
            scopes: &MARKER,
        },
    );
    let checks: [&dyn ClaimCheck; 5] = [
        &age,
        &MaxLifetime(Duration::ZERO),
        &SoleAudience,
        &SubjectPrefix(MARKER),
        &scopes,
    ];
    let key = key();
    let tenant = Tenant::new("issuer", &key, policy).with_checks(&checks);
    let issuers = IssuerVerifier::new(|_: JsonStr<'_>| Some(tenant));
    let hash_claims = HashClaims::from_authorization_endpoint(Some(MARKER), Some(MARKER));
    let all: [&dyn Debug; 8] = [
        &policy,
        &policy.audience,
        &PolicyBuf::from(policy),
        &checks,
        &issuers,
        &hash_claims,
        &Nonce::Sent(MARKER),
        &Verifier::new(&key, &policy).with_checks(&checks),
    ];
    all.into_iter().for_each(assert_hides_content);
    let token = token_with_header(br#"{"alg":"HS256"}"#, claims().as_bytes());
    let mut scratch = vec![0; token.len()];
    let formatting: [&dyn ClaimCheck; 1] = [&FormattingCheck];
    let verifier = Verifier::new(&key, &UNCHECKED).with_checks(&formatting);
    let result = verifier.verify(token.as_bytes(), Clock::Absent, &mut scratch);
    assert_eq!(result.err(), Some(Error::Replayed));
}

/// Not everything is omitted: the output shows the checks.
#[test]
fn policies_show_which_claims_are_checked() {
    let policy = Policy {
        subject: Check::IfPresent(&MARKER),
        audience: Check::Required(Audience::AnyOf(&MARKER)),
        expires_at: Check::Required(Duration::from_secs(60)),
        nonce: Check::Required(MARKER),
        ..UNCHECKED
    };
    let shown = format!("{policy:?}");
    for part in [
        "Policy { typ: NotChecked, issuer: NotChecked, subject: IfPresent(..)",
        "audience: Required(AnyOf(..))",
        "expires_at: Required(60s)",
        "nonce: Required(..)",
        "events: NotChecked }",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let client = Audience::Client {
        client_ids: &MARKER,
        trusted: &MARKER,
    };
    assert_eq!(format!("{client:?}"), "Client { .. }");
    let prefix = SubjectPrefix(MARKER);
    assert_eq!(format!("{prefix:?}"), "SubjectPrefix { .. }");
}

#[test]
fn keys() {
    let oct = format!(r#"{{"kty":"oct","kid":"slot-7","k":"{SECRET}"}}"#);
    let ec = format!(r#"{{"kty":"EC","crv":"P-256","kid":"slot-7","x":"{X}","y":"{Y}"}}"#);
    let jwks = format!(r#"{{"keys":[{ec},{{"kty":"OKP","crv":"X","x":"{X}","kid":"slot-7"}}]}}"#);
    let macs = KeySet::<1>::from_jwk(oct.as_bytes(), MACS).unwrap();
    let mut set = KeySet::<2>::new();
    let report = set.load(jwks.as_bytes(), SIGNATURES, |entry: Skipped<'_>| {
        assert_hides_content(&entry);
    });
    let report = report.unwrap();
    let rotating = RotatingKeys::<2>::from(set.clone());
    let growing = GrowingRotatingKeys::default();
    let key = Key::from_jwk(ES256, ec.as_bytes()).unwrap();
    let words = [Word::try_from(MARKER_NUMBER).unwrap(); 4];
    let tables = Tables {
        key: &words,
        shared: &words,
    };
    let prepared = set.clone().prepare(&[&P256_TABLES], vec![0; 4096]);
    let parameters = KeyParameters::oct(SECRET.as_bytes());
    let (mut slots, mut kids) = ([Slot::EMPTY; 1], [b'h'; 8]);
    let lent = Lent {
        slots: &mut slots,
        kids: &mut kids,
        words: &mut words.clone(),
    };
    let jwk = Jwk::parse(ec.as_bytes()).unwrap();
    let all: [&dyn Debug; 20] = [
        &tables,
        &key.with_tables(&P256_TABLES, tables),
        &macs,
        &set,
        &report,
        &rotating,
        &growing,
        &key,
        &prepared,
        &parameters,
        &lent,
        &jwk,
        &jwk.key_id(),
        &jwk.get("x"),
        &macs.key(0),
        &set.key(0),
        &prepared.key(0),
        &Slot::EMPTY,
        &Inline::<1>::default(),
        &(SHA256, Sha256::new(), Options::new()),
    ];
    all.into_iter().for_each(assert_hides_content);
    assert_hides_content(&Refetch::new(Duration::ZERO, Duration::ZERO));
    assert_hides_content(&JwsVerifier::new(&set));
}

#[test]
fn responses_and_metadata() {
    let response = format!(
        concat!(
            r#"{{"access_token":"{0}","token_type":"Bearer","#,
            r#""refresh_token":"{0}","id_token":"{0}"}}"#
        ),
        MARKER
    );
    let response = TokenResponse::parse(response.as_bytes()).unwrap();
    assert_hides_content(&response);
    assert_hides_content(&response.access_token());
    let metadata = format!(r#"{{"issuer":"{MARKER}","jwks_uri":"{MARKER}"}}"#);
    assert_hides_content(&ProviderMetadata::parse(metadata.as_bytes(), MARKER));
}
