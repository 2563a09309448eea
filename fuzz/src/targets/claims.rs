//! Policies and checks give the results of their models, and every accessor returns the value in
//! the text.

use std::sync::LazyLock;
use std::time::Duration;

use jose_verify::checks::{MaxLifetime, MaxTokenAge, SoleAudience, SubjectPrefix};
use jose_verify::json::{JsonStr, Value};
use jose_verify::oauth::RequiredScopes;
use jose_verify::{
    Audience, Check, CheckReport, Claim, ClaimCheck, Claims, Clock, Error, MaxAge, NumericDate,
    Outcome, Policy, PolicyBuf, Problem, Verifier, oauth, oidc, scratch_len,
};
use serde::Deserialize;

use crate::any_signature::AnySignature;
use crate::json::{self, Json, Members};
use crate::policy::{self, Modelled, Token, Verdict, View};
use crate::{decimal, pipeline, token};

// The values that the vectors use, so that their payloads are accepted.
const ISSUERS: &[&str; 2] = &["https://issuer.example.com", "https://other.example.com"];
const CLIENT: &str = "client-7f3a";
const CLIENTS: &[&str; 2] = &[CLIENT, "client-2"];
const NONCE: &str = "n-0S6_WzA2Mj";
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
const NOW: NumericDate = NumericDate::new(1_750_000_000, 500_000_000);

const LEEWAY: Duration = Duration::from_secs(30);
const MAX_AGE: MaxAge = MaxAge {
    age: Duration::from_secs(300),
    leeway: LEEWAY,
};

/// A header, its `typ`, and a clock.
const SITUATIONS: [(&str, Option<&str>, Clock); 4] = [
    (
        r#"{"alg":"ES256","typ":"JWT"}"#,
        Some("JWT"),
        Clock::Now(NOW),
    ),
    (r#"{"alg":"ES256"}"#, None, Clock::AtLeast(NOW)),
    (
        r#"{"alg":"ES256","typ":"JWT"}"#,
        Some("JWT"),
        Clock::Second(NOW.seconds()),
    ),
    (
        r#"{"alg":"ES256","typ":"at+jwt"}"#,
        Some("at+jwt"),
        Clock::Absent,
    ),
];

/// A policy with the same check of every claim.
macro_rules! every {
    ($check:ident) => {
        Policy {
            typ: Check::$check,
            issuer: Check::$check,
            subject: Check::$check,
            audience: Check::$check,
            authorized_party: Check::$check,
            expires_at: Check::$check,
            not_before: Check::$check,
            issued_at: Check::$check,
            nonce: Check::$check,
            auth_time: Check::$check,
            acr: Check::$check,
            amr: Check::$check,
            jwt_id: Check::$check,
            client_id: Check::$check,
            events: Check::$check,
        }
    };
}

const UNCHECKED: Policy<'_> = every!(NotChecked);

/// Policies, each with its copy in a `PolicyBuf`.
static POLICIES: LazyLock<Vec<(Policy<'static>, PolicyBuf)>> = LazyLock::new(|| {
    let id_token = oidc::id_token(ISSUERS, CLIENTS, oidc::Nonce::NotSent);
    let any_of = Audience::AnyOf(&[CLIENT, "other"]);
    let policies = [
        Policy {
            nonce: Check::IfPresent(NONCE),
            ..id_token.with_leeway(LEEWAY)
        },
        Policy {
            typ: Check::NotChecked,
            ..oauth::access_token(ISSUERS, &CLIENT).with_leeway(LEEWAY)
        },
        oidc::logout_token(ISSUERS, CLIENTS),
        Policy::jwt(Check::IfPresent(ISSUERS), Check::IfPresent(any_of)).with_leeway(LEEWAY),
        everything(),
        unset(),
        every!(Present),
        every!(Absent),
    ];
    let copied = policies.map(|policy| (policy, policy.into()));
    copied.into()
});

fn everything() -> Policy<'static> {
    Policy {
        typ: Check::Required("JWT"),
        issuer: Check::Required(ISSUERS),
        subject: Check::Required(&["admin", "user-248289761001"]),
        audience: Check::Required(Audience::Client {
            client_ids: CLIENTS,
            trusted: &["trusted"],
        }),
        authorized_party: Check::Required(CLIENTS),
        expires_at: Check::Required(LEEWAY),
        not_before: Check::Required(LEEWAY),
        issued_at: Check::Required(LEEWAY),
        nonce: Check::Required(NONCE),
        auth_time: Check::Required(MAX_AGE),
        acr: Check::Required(&["silver", "gold"]),
        amr: Check::Required("otp"),
        jwt_id: Check::Required("jti-0001"),
        client_id: Check::Required(CLIENTS),
        events: Check::Required(EVENT),
    }
}

/// Returns a policy with empty strings, as from unset variables, alone or in a list, and with the
/// longest durations.
fn unset() -> Policy<'static> {
    Policy {
        typ: Check::IfPresent(""),
        issuer: Check::IfPresent(&["https://issuer.example.com", ""]),
        subject: Check::IfPresent(&[""; 0]),
        audience: Check::IfPresent(Audience::Client {
            client_ids: CLIENTS,
            trusted: &["trusted", ""],
        }),
        authorized_party: Check::IfPresent(&""),
        expires_at: Check::IfPresent(Duration::MAX),
        not_before: Check::IfPresent(Duration::MAX),
        issued_at: Check::IfPresent(Duration::MAX),
        nonce: Check::IfPresent(""),
        auth_time: Check::IfPresent(MaxAge {
            age: Duration::MAX,
            leeway: Duration::MAX,
        }),
        acr: Check::IfPresent(&[""]),
        amr: Check::IfPresent(""),
        jwt_id: Check::IfPresent(""),
        client_id: Check::IfPresent(&["", CLIENT]),
        events: Check::IfPresent(""),
    }
}

/// Additional checks, each with its name. The durations match the times of the seeds.
const CHECKS: [(&str, &dyn Modelled); 6] = [
    (
        "iat",
        &MaxTokenAge {
            age: Duration::from_secs(100),
            leeway: Duration::from_millis(500),
        },
    ),
    ("exp", &MaxLifetime(Duration::from_secs(3700))),
    ("sub", &SubjectPrefix("user-")),
    ("aud", &SoleAudience),
    (
        "scope",
        &RequiredScopes {
            claim: "scope",
            scopes: &["read", "write"],
        },
    ),
    (
        "roles",
        &RequiredScopes {
            claim: "roles",
            scopes: &"two words",
        },
    ),
];

/// Checks that reject every token, because nothing is expected.
const UNSATISFIABLE: [(&str, &dyn Modelled); 2] = [
    ("sub", &SubjectPrefix("")),
    (
        "scope",
        &RequiredScopes {
            claim: "scope",
            scopes: &["read", ""],
        },
    ),
];

/// Verifies `payload` with several policies and checks, and reads everything in it.
pub fn check(payload: &[u8]) {
    let json = Json::parse(payload);
    let reasons = rejections(payload, json.as_ref());
    let members = json.as_ref().and_then(Json::members);
    let Some(members) = members.filter(|_| reasons.is_empty()) else {
        return assert_rejected(payload, &reasons);
    };
    for (header, typ, clock) in SITUATIONS {
        let text = token::join(header.as_bytes(), payload, b"");
        let claims = View(members);
        let model = Token { typ, claims, clock };
        for (policy, copy) in &*POLICIES {
            let wrong_types = policy::wrong_types(policy, claims);
            if !wrong_types.is_empty() {
                assert_rejected_by(&text, clock, policy, &wrong_types);
                continue;
            }
            let verdicts = policy::verdicts(policy, &model);
            assert_results(&text, clock, policy, &[], &verdicts);
            let result = verify(&text, clock, &copy.as_policy(), &[]);
            assert_eq!(result, first(&verdicts), "{copy:?}");
        }
        assert_checks(&text, &model, CHECKS);
        assert_checks(&text, &model, UNSATISFIABLE);
    }

    let token = token::join(token::HEADER, payload, b"");
    let mut scratch = vec![0; scratch_len(token.len())];
    let key = AnySignature::default();
    let jwt = Verifier::new(&key, &UNCHECKED).verify(&token, Clock::Absent, &mut scratch);
    let jwt = jwt.expect("no reason to reject it");
    assert_registered(jwt.claims(), members);
    assert_custom(jwt.claims(), members);
    assert_any(payload, jwt.claims());
}

/// Asserts that every policy rejects the payload with the same error, before any check is reported.
fn assert_rejected(payload: &[u8], reasons: &[Error]) {
    let token = token::join(token::HEADER, payload, b"");
    for policy in [&UNCHECKED, &every!(Absent)] {
        assert_rejected_by(&token, Clock::Now(NOW), policy, reasons);
    }
}

/// Asserts that a policy rejects the token before any check is reported.
fn assert_rejected_by(token: &[u8], clock: Clock, policy: &Policy<'_>, reasons: &[Error]) {
    let mut scratch = vec![0; scratch_len(token.len())];
    let key = AnySignature::default();
    let no_report = |report: CheckReport<'_>| panic!("{report:?}");
    let verifier = Verifier::new(&key, policy);
    let result = verifier.verify(token, clock, &mut scratch).err();
    pipeline::assert_follows(&result.map_or(Ok(()), Err), reasons);
    let explained = verifier.explain(token, clock, &mut scratch, no_report);
    assert_eq!(explained.err(), result);
}

fn assert_checks<const N: usize>(
    text: &[u8],
    model: &Token<'_>,
    checks: [(&'static str, &'static dyn Modelled); N],
) {
    let found = checks.map(|(name, check)| (name, check.model(model).err()));
    let verdicts = [&policy::verdicts(&UNCHECKED, model)[..], &found].concat();
    let checks = checks.map(|(_, check)| check as &dyn ClaimCheck);
    assert_results(text, model.clock, &UNCHECKED, &checks, &verdicts);
}

/// Asserts that the result is the first failure, and that `explain` reports each check in order.
fn assert_results(
    token: &[u8],
    clock: Clock,
    policy: &Policy<'_>,
    checks: &[&dyn ClaimCheck],
    verdicts: &[Verdict],
) {
    let result = verify(token, clock, policy, checks);
    assert_eq!(result, first(verdicts), "{policy:?}");

    let key = AnySignature::default();
    let verifier = Verifier::new(&key, policy).with_checks(checks);
    let mut scratch = vec![0; scratch_len(token.len())];
    let mut verdicts = verdicts.iter();
    let explained = verifier.explain(token, clock, &mut scratch, |report| {
        let failure = match report.outcome {
            Outcome::Failed(error) => Some(error),
            _ => None,
        };
        let verdict = verdicts.next().copied();
        assert_eq!(Some((report.name, failure)), verdict, "{policy:?}");
    });
    assert_eq!(explained.map(|_| ()), result, "verify and explain agree");
    assert_eq!(verdicts.next(), None, "every check is reported");
}

fn verify(
    token: &[u8],
    clock: Clock,
    policy: &Policy<'_>,
    checks: &[&dyn ClaimCheck],
) -> Result<(), Error> {
    let mut scratch = vec![0; scratch_len(token.len())];
    let key = AnySignature::default();
    let verifier = Verifier::new(&key, policy).with_checks(checks);
    verifier.verify(token, clock, &mut scratch).map(|_| ())
}

fn first(verdicts: &[Verdict]) -> Result<(), Error> {
    let first = verdicts.iter().find_map(|(_, error)| *error);
    first.map_or(Ok(()), Err)
}

/// Returns the errors for which a payload may be rejected before any policy.
pub fn rejections(payload: &[u8], json: Option<&Json<'_>>) -> Vec<Error> {
    let is_space = |byte: &u8| b" \t\n\r".contains(byte);
    if payload.iter().find(|byte| !is_space(byte)) != Some(&b'{') {
        return vec![Error::MalformedClaims];
    }
    let Some(members) = json.and_then(Json::members) else {
        // An error in the part before the malformed one may be found first.
        let problems = [Problem::WrongType, Problem::OutOfRange];
        let of_claim = |claim: &Claim| problems.map(|problem| Error::Claim(*claim, problem));
        let of_claims = Claim::ALL.iter().flat_map(of_claim);
        return json::MALFORMED.into_iter().chain(of_claims).collect();
    };
    let mut reasons = json::stricter(members);
    for (name, value) in members {
        let claim = Claim::ALL.iter().find(|claim| claim.name() == name);
        reasons.extend(claim.and_then(|claim| rejection(*claim, value)));
    }
    reasons
}

/// Returns the error for which a claim is rejected before any policy.
fn rejection(claim: Claim, value: &Json<'_>) -> Option<Error> {
    let problem = if !has_type(claim, value) {
        Problem::WrongType
    } else if is_time(claim)
        && claim != Claim::AuthTime
        && value.number().and_then(decimal::numeric_date).is_none()
    {
        Problem::OutOfRange
    } else {
        return None;
    };
    Some(Error::Claim(claim, problem))
}

fn is_time(claim: Claim) -> bool {
    [Claim::Exp, Claim::Nbf, Claim::Iat, Claim::AuthTime].contains(&claim)
}

fn has_type(claim: Claim, value: &Json<'_>) -> bool {
    match claim {
        Claim::Aud => value.text().is_some() || value.texts().is_some_and(|t| !t.is_empty()),
        // The policy checks the type.
        Claim::AuthTime | Claim::Acr | Claim::Amr => !matches!(value, Json::Null),
        Claim::Events => value.members().is_some(),
        _ if is_time(claim) => value.number().is_some(),
        Claim::Iss | Claim::Sub | Claim::Azp | Claim::Nonce | Claim::Jti | Claim::ClientId => {
            value.text().is_some()
        }
        // The types of other claims are not checked until they are read.
        _ => true,
    }
}

fn assert_registered(ours: &Claims<'_>, members: &Members<'_>) {
    let claims = View(members);
    for (name, ours) in [
        ("iss", ours.issuer()),
        ("sub", ours.subject()),
        ("azp", ours.authorized_party()),
        ("nonce", ours.nonce()),
        ("acr", ours.acr()),
        ("jti", ours.jwt_id()),
        ("client_id", ours.client_id()),
    ] {
        assert_eq!(ours.map(owned).as_deref(), claims.text(name), "{name}");
    }
    for (name, ours) in [
        ("exp", ours.expires_at()),
        ("nbf", ours.not_before()),
        ("iat", ours.issued_at()),
        ("auth_time", ours.auth_time()),
    ] {
        assert_eq!(ours, claims.time(name), "{name}");
    }
    for (name, ours) in [("aud", ours.audience()), ("amr", ours.amr())] {
        let list = ours.map(|list| list.iter().map(owned).collect::<Vec<_>>());
        let list = list
            .as_ref()
            .map(|l| l.iter().map(String::as_str).collect());
        assert_eq!(list, claims.texts(name), "{name}");
    }
    match (json::get(members, "events"), ours.events()) {
        (Some(events), Some(ours)) => events.assert_same(Value::Object(ours)),
        (this, ours) => assert!(
            this.is_none() && ours.is_none(),
            "serde_json: {this:?}, jose-verify: {ours:?}"
        ),
    }
}

fn owned(string: JsonStr<'_>) -> String {
    string.chars().collect()
}

/// Claims of a caller, of every shape that serde supports without an allocator.
#[derive(Debug, Deserialize)]
struct Custom<'a> {
    sub: Option<&'a str>,
    name: Option<heapless::String<16>>,
    level: Option<i64>,
    score: Option<f64>,
    admin: Option<bool>,
    roles: Option<heapless::Vec<heapless::String<8>, 4>>,
    #[serde(borrow)]
    address: Option<Address<'a>>,
    kind: Option<Kind>,
}

#[derive(Debug, Deserialize)]
struct Address<'a> {
    country: &'a str,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    User,
    Device(u8),
}

/// Asserts that deserializing any value gives the same result as with `serde_json`.
fn assert_any(payload: &[u8], ours: &Claims<'_>) {
    let theirs: Option<serde_json::Value> = serde_json::from_slice(payload).ok();
    let mut buffer = vec![0; payload.len()];
    assert_eq!(ours.deserialize().ok(), theirs);
    assert_eq!(ours.deserialize_in(&mut buffer).ok(), theirs);
    for (_, value) in ours.as_object() {
        let alone: Option<serde_json::Value> = value.deserialize().ok();
        assert!(alone.is_some() || theirs.is_none());
    }
}

/// Asserts that deserializing a type does not panic and gives the values in the text.
fn assert_custom(ours: &Claims<'_>, members: &Members<'_>) {
    let member = |name| json::get(members, name);
    let number = |name| member(name).and_then(Json::number);
    for len in [0, 4, 16, 256, 4096] {
        let mut buffer = vec![0; len];
        let Ok(custom) = ours.deserialize_in::<Custom<'_>>(&mut buffer) else {
            continue;
        };
        if let Some(sub) = custom.sub {
            assert_eq!(Some(sub), member("sub").and_then(Json::text));
        }
        if let Some(name) = custom.name {
            assert_eq!(Some(&*name), member("name").and_then(Json::text));
        }
        if let Some(level) = custom.level {
            assert_eq!(Some(level), number("level").and_then(|n| n.parse().ok()));
        }
        if let Some(score) = custom.score {
            assert_eq!(Some(score), number("score").and_then(|n| n.parse().ok()));
        }
        if let Some(admin) = custom.admin {
            assert_eq!(Some(admin), member("admin").and_then(Json::bool));
        }
        if let Some(roles) = custom.roles {
            let roles = roles.iter().map(|role| &**role).collect();
            assert_eq!(Some(roles), member("roles").and_then(Json::texts));
        }
        if let Some(Address { country }) = custom.address {
            let address = member("address")
                .and_then(Json::members)
                .expect("an object");
            assert_eq!(
                Some(country),
                json::get(address, "country").and_then(Json::text)
            );
        }
        match custom.kind {
            Some(Kind::User) => assert_eq!(member("kind").and_then(Json::text), Some("user")),
            Some(Kind::Device(number)) => {
                let kind = member("kind").and_then(Json::members).expect("an object");
                let written = json::get(kind, "device").and_then(Json::number);
                assert_eq!(Some(number), written.and_then(|n| n.parse().ok()));
            }
            None => {}
        }
    }
}
