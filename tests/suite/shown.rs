//! `Debug` of nothing shows a claim, a key or a token: everything that holds some is formatted, and
//! none of its contents may appear.

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

use crate::support::verdict::UNCHECKED;
use crate::support::sign::{key, token_with_header};

/// What stands wherever a token or a response has a text.
const MARK: &str = "hunter2";

/// A number of the same kind.
const NUMBER: i64 = 73_737_373;

const SECRET: &str =
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
const X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
const Y: &str = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";

/// Formats a value in both ways.
#[track_caller]
fn shows_nothing(value: &dyn Debug) {
    for shown in [format!("{value:?}"), format!("{value:#?}")] {
        for content in [MARK, "73737373", SECRET, X, Y, "eyJ", "true"] {
            assert!(!shown.contains(content), "{shown}");
        }
    }
}

fn claims() -> String {
    format!(
        r#"{{"iss":"{MARK}","sub":"{MARK}","aud":["{MARK}","b"],"exp":{NUMBER},"nonce":"{MARK}",
        "jti":"{MARK}","amr":["{MARK}"],"scope":"{MARK} b","list":["{MARK}",{NUMBER},true],
        "sid":"{MARK}","\u0065mail":"\u0068unter2","nested":{{"{MARK}":"{MARK}"}},
        "events":{{"http://schemas.openid.net/event/backchannel-logout":{{"x":"{MARK}"}}}}}}"#
    )
}

#[test]
fn tokens_and_their_claims() {
    let header = format!(r#"{{"alg":"HS256","typ":"{MARK}","x":"{MARK}"}}"#);
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
    texts.into_iter().for_each(shows_nothing);
    for (name, value) in claims.as_object() {
        shows_nothing(&name);
        shows_nothing(&value);
        parts(&value);
    }
    let subject = claims.subject().unwrap();
    shows_nothing(&subject.chars());
    shows_nothing(&LogoutToken::from_verified(&jwt));
    let plain = format!(r#"{{"sub":"{MARK}","email":"{MARK}"}}"#);
    shows_nothing(&UserInfo::parse(plain.as_bytes(), &jwt));
    let mut guard = ReplayGuard::<2>::new();
    guard
        .admit(&jwt, Duration::ZERO, NumericDate::from_seconds(0))
        .unwrap();
    shows_nothing(&guard);
}

/// What a value consists of.
fn parts(value: &Value<'_>) {
    match value {
        Value::Array(array) => {
            shows_nothing(array);
            array.iter().for_each(|element| parts(&element));
        }
        Value::Object(object) => shows_nothing(object),
        Value::Number(number) => shows_nothing(number),
        Value::String(string) => shows_nothing(string),
        Value::Bool(_) | Value::Null => shows_nothing(value),
    }
}

/// Shows what it is given, as a careless program would.
#[derive(Debug)]
struct Careless;

impl ClaimCheck for Careless {
    fn name(&self) -> &'static str {
        "careless"
    }

    fn check(&self, token: &Candidate<'_>) -> Result<(), Error> {
        shows_nothing(token);
        Err(Error::Replayed)
    }
}

#[test]
fn what_is_expected_of_a_token() {
    let policy = Policy {
        issuer: Check::Required(&MARK),
        subject: Check::IfPresent(&MARK),
        audience: Check::Required(Audience::Client {
            client_ids: &MARK,
            trusted: &MARK,
        }),
        authorized_party: Check::Required(&MARK),
        nonce: Check::Required(MARK),
        acr: Check::Required(&MARK),
        amr: Check::Required(MARK),
        jwt_id: Check::Required(MARK),
        client_id: Check::Required(&MARK),
        events: Check::Required(MARK),
        ..UNCHECKED
    };
    let (age, scopes) = (
        MaxTokenAge {
            age: Duration::ZERO,
            leeway: Duration::ZERO,
        },
        RequiredScopes {
            claim: "scope",
            scopes: &MARK,
        },
    );
    let checks: [&dyn ClaimCheck; 5] = [
        &age,
        &MaxLifetime(Duration::ZERO),
        &SoleAudience,
        &SubjectPrefix(MARK),
        &scopes,
    ];
    let key = key();
    let tenant = Tenant::new("issuer", &key, policy).with_checks(&checks);
    let issuers = IssuerVerifier::new(|_: JsonStr<'_>| Some(tenant));
    let hash_claims = HashClaims::from_authorization_endpoint(Some(MARK), Some(MARK));
    let all: [&dyn Debug; 8] = [
        &policy,
        &policy.audience,
        &PolicyBuf::from(policy),
        &checks,
        &issuers,
        &hash_claims,
        &Nonce::Sent(MARK),
        &Verifier::new(&key, &policy).with_checks(&checks),
    ];
    all.into_iter().for_each(shows_nothing);
    let token = token_with_header(br#"{"alg":"HS256"}"#, claims().as_bytes());
    let mut scratch = vec![0; token.len()];
    let careless: [&dyn ClaimCheck; 1] = [&Careless];
    let verifier = Verifier::new(&key, &UNCHECKED).with_checks(&careless);
    let answer = verifier.verify(token.as_bytes(), Clock::Absent, &mut scratch);
    assert_eq!(answer.err(), Some(Error::Replayed));
}

#[test]
fn keys() {
    let oct = format!(r#"{{"kty":"oct","kid":"slot-7","k":"{SECRET}"}}"#);
    let ec = format!(r#"{{"kty":"EC","crv":"P-256","kid":"slot-7","x":"{X}","y":"{Y}"}}"#);
    let jwks = format!(r#"{{"keys":[{ec},{{"kty":"OKP","crv":"X","x":"{X}","kid":"slot-7"}}]}}"#);
    let macs = KeySet::<1>::from_jwk(oct.as_bytes(), MACS).unwrap();
    let mut set = KeySet::<2>::new();
    let report = set.load(jwks.as_bytes(), SIGNATURES, |entry: Skipped<'_>| {
        shows_nothing(&entry);
    });
    let report = report.unwrap();
    let rotating = RotatingKeys::<2>::from(set.clone());
    let growing = GrowingRotatingKeys::default();
    let key = Key::from_jwk(ES256, ec.as_bytes()).unwrap();
    let words = [Word::try_from(NUMBER).unwrap(); 4];
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
    all.into_iter().for_each(shows_nothing);
    shows_nothing(&Refetch::new(Duration::ZERO, Duration::ZERO));
    shows_nothing(&JwsVerifier::new(&set));
}

#[test]
fn what_a_provider_answers() {
    let response = format!(
        r#"{{"access_token":"{MARK}","token_type":"Bearer","refresh_token":"{MARK}","id_token":"{MARK}"}}"#
    );
    let response = TokenResponse::parse(response.as_bytes()).unwrap();
    shows_nothing(&response);
    shows_nothing(&response.access_token());
    let metadata = format!(r#"{{"issuer":"{MARK}","jwks_uri":"{MARK}"}}"#);
    shows_nothing(&ProviderMetadata::parse(metadata.as_bytes(), MARK));
}
