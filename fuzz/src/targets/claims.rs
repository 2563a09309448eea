//! What a policy accepts really holds, and what it refuses does not; every accessor reads what is written.

use core::time::Duration;
use std::sync::LazyLock;

use jose_verify::{Audience, Check, Claims, Clock, Error, MaxAge, NumericDate, Policy, Verifier, oauth, oidc, scratch_len};
use jose_verify::json::JsonStr;
use serde::Deserialize;

use crate::any_signature::AnySignature;
use crate::json::{self, Json, Members};
use crate::{answer, decimal, token};

// The values that the vectors use, so that their payloads pass.
const ISSUERS: &[&str] = &["https://issuer.example.com", "https://other.example.com"];
const CLIENT: &str = "client-7f3a";
const CLIENTS: &[&str] = &[CLIENT, "client-2"];
const NONCE: &str = "n-0S6_WzA2Mj";
const NOW: NumericDate = NumericDate::new(1_750_000_000, 500_000_000);

/// Seconds of every leeway, and of the largest age.
const LEEWAY: u32 = 30;
const MAX_AGE: u32 = 300;

static POLICIES: LazyLock<[Policy<'static>; 4]> = LazyLock::new(|| {
    let leeway = Duration::from_secs(LEEWAY);
    let id_token = oidc::id_token(ISSUERS, CLIENTS, Check::IfPresent(NONCE)).with_leeway(leeway);
    let trusted = Audience::Client {
        client_ids: CLIENTS,
        trusted: &["trusted"],
    };
    let everything = Policy {
        typ: Check::NotChecked,
        issuer: Check::Required(ISSUERS),
        subject: Check::Required("user-248289761001"),
        audience: Check::Required(trusted),
        authorized_party: Check::Required(CLIENTS),
        expires_at: Check::Required(leeway),
        not_before: Check::Required(leeway),
        issued_at: Check::Required(leeway),
        nonce: Check::Required(NONCE),
        auth_time: Check::Required(MaxAge {
            seconds: MAX_AGE,
            leeway,
        }),
        acr: Check::Required(&["silver", "gold"]),
        amr: Check::Required("otp"),
        jwt_id: Check::Required("jti-0001"),
        client_id: Check::Required(CLIENT),
    };
    let access_token = Policy {
        typ: Check::NotChecked,
        ..oauth::access_token(ISSUERS, &[CLIENT]).with_leeway(leeway)
    };
    let any_of = Audience::AnyOf(&[CLIENT, "other"]);
    let jwt = Policy::jwt(Check::IfPresent(ISSUERS), Check::IfPresent(any_of)).with_leeway(leeway);
    [id_token, everything, access_token, jwt]
});

/// `payload` under several policies, and whatever can be read from it.
pub fn check(payload: &[u8]) {
    let token = token::join(token::HEADER, payload, b"");
    let json = Json::parse(payload);
    let refusals = refusals(payload, json.as_ref());
    let members = json.as_ref().and_then(Json::members);
    for policy in &*POLICIES {
        let mut scratch = vec![0; scratch_len(token.len())];
        let key = AnySignature::default();
        let answer = Verifier::new(&key, policy).verify(&token, NOW, &mut scratch);
        match members {
            Some(members) if refusals.is_empty() => {
                answer::assert_follows(&answer, &unmet(policy, members));
            }
            _ => answer::assert_follows(&answer, &refusals),
        }
    }

    let policy = Policy::jwt(Check::NotChecked, Check::NotChecked);
    let mut scratch = vec![0; scratch_len(token.len())];
    let key = AnySignature::default();
    let verifier = Verifier::new(&key, &policy);
    if let Ok(jwt) = verifier.verify(&token, Clock::Absent, &mut scratch) {
        let members = members.expect("an object");
        assert_registered(jwt.claims(), members);
        assert_custom(jwt.claims(), members);
        assert_any(payload, jwt.claims());
    }
}

const STRINGS: [&str; 7] = ["iss", "sub", "azp", "nonce", "acr", "jti", "client_id"];
const TIMES: [&str; 4] = ["exp", "nbf", "iat", "auth_time"];

/// Why a payload may be refused before any policy.
pub fn refusals(payload: &[u8], json: Option<&Json<'_>>) -> Vec<Error> {
    let is_space = |byte: &u8| b" \t\n\r".contains(byte);
    if payload.iter().find(|byte| !is_space(byte)) != Some(&b'{') {
        return vec![Error::MalformedClaims];
    }
    let Some(members) = json.and_then(Json::members) else {
        // What is wrong with the part before may be found first.
        return vec![
            Error::MalformedJson,
            Error::DuplicateMember,
            Error::LimitExceeded,
            Error::WrongClaimType,
            Error::TimeOutOfRange,
        ];
    };
    let mut reasons = json::stricter(members);
    for (name, value) in members {
        let name = name.as_str();
        let fits = match name {
            "aud" => value.text().is_some() || value.texts().is_some_and(|t| !t.is_empty()),
            "amr" => value.texts().is_some(),
            _ if STRINGS.contains(&name) => value.text().is_some(),
            _ if TIMES.contains(&name) => value.number().is_some(),
            _ => true,
        };
        if !fits {
            reasons.push(Error::WrongClaimType);
        }
        let number = value.number().filter(|_| TIMES.contains(&name));
        if number.is_some_and(|number| decimal::numeric_date(number).is_none()) {
            reasons.push(Error::TimeOutOfRange);
        }
    }
    reasons
}

/// The claims of well-formed members.
struct View<'j>(&'j Members<'j>);

impl<'j> View<'j> {
    fn text(&self, name: &str) -> Option<&'j str> {
        json::get(self.0, name)?.text()
    }

    fn time(&self, name: &str) -> Option<NumericDate> {
        decimal::numeric_date(json::get(self.0, name)?.number()?)
    }

    fn texts(&self, name: &str) -> Option<Vec<&'j str>> {
        let value = json::get(self.0, name)?;
        value.texts().or_else(|| value.text().map(|one| vec![one]))
    }
}

/// The checks of a policy that members do not meet.
fn unmet(policy: &Policy<'_>, members: &Members<'_>) -> Vec<Error> {
    use Error::*;
    let claims = View(members);
    let text = |check: Check<&str>, name, missing, mismatch| {
        demand(
            check,
            claims.text(name),
            missing,
            mismatch,
            |claim, wanted| claim == wanted,
        )
    };
    let one_of = |check: Check<&[&str]>, name, missing, mismatch| {
        demand(
            check,
            claims.text(name),
            missing,
            mismatch,
            |claim, wanted| wanted.contains(&claim),
        )
    };
    let time = |check: Check<Leeway>, name, missing, mismatch, fits: fn(i128) -> bool| {
        demand(check, claims.time(name), missing, mismatch, |time, _| {
            fits(until(time))
        })
    };
    let audience = |fits: fn(&View<'_>, &[&str], Audience<'_>) -> bool, mismatch| {
        let fits = |claim: Vec<_>, wanted| fits(&claims, &claim, wanted);
        demand(
            policy.audience,
            claims.texts("aud"),
            MissingAudience,
            mismatch,
            fits,
        )
    };
    let auth_time = |mismatch, fits: fn(i128) -> bool| {
        let fits = |time, _| fits(until(time));
        demand(
            policy.auth_time,
            claims.time("auth_time"),
            MissingAuthTime,
            mismatch,
            fits,
        )
    };
    let amr = demand(
        policy.amr,
        claims.texts("amr"),
        MissingAmr,
        AmrMismatch,
        |amr, wanted| amr.contains(&wanted),
    );
    let checks = [
        one_of(policy.issuer, "iss", MissingIssuer, IssuerMismatch),
        text(policy.subject, "sub", MissingSubject, SubjectMismatch),
        audience(is_for_us, AudienceMismatch),
        audience(is_trusted, UntrustedAudience),
        one_of(
            policy.authorized_party,
            "azp",
            MissingAuthorizedParty,
            AuthorizedPartyMismatch,
        ),
        time(policy.expires_at, "exp", MissingExpiry, Expired, |t| {
            t > -nanos(LEEWAY)
        }),
        time(
            policy.not_before,
            "nbf",
            MissingNotBefore,
            NotYetValid,
            |t| t <= nanos(LEEWAY),
        ),
        time(
            policy.issued_at,
            "iat",
            MissingIssuedAt,
            IssuedInFuture,
            |t| t <= nanos(LEEWAY),
        ),
        text(policy.nonce, "nonce", MissingNonce, NonceMismatch),
        auth_time(AuthenticationTooOld, |t| t >= -nanos(MAX_AGE + LEEWAY)),
        auth_time(AuthenticatedInFuture, |t| t <= nanos(LEEWAY)),
        one_of(policy.acr, "acr", MissingAcr, AcrMismatch),
        amr,
        text(policy.jwt_id, "jti", MissingJwtId, JwtIdMismatch),
        text(
            policy.client_id,
            "client_id",
            MissingClientId,
            ClientIdMismatch,
        ),
    ];
    checks.into_iter().flatten().collect()
}

fn demand<C, T>(
    check: Check<T>,
    claim: Option<C>,
    missing: Error,
    mismatch: Error,
    fits: impl FnOnce(C, T) -> bool,
) -> Option<Error> {
    match (check, claim) {
        (Check::Required(_) | Check::Present, None) => Some(missing),
        (Check::Required(wanted) | Check::IfPresent(wanted), Some(claim)) => {
            (!fits(claim, wanted)).then_some(mismatch)
        }
        _ => None,
    }
}

/// Nanoseconds from now.
fn until(time: NumericDate) -> i128 {
    let since_epoch =
        |t: NumericDate| i128::from(t.seconds()) * 1_000_000_000 + i128::from(t.subsec_nanos());
    since_epoch(time) - since_epoch(NOW)
}

fn nanos(seconds: u32) -> i128 {
    i128::from(seconds) * 1_000_000_000
}

fn is_for_us(_: &View<'_>, audiences: &[&str], wanted: Audience<'_>) -> bool {
    let (Audience::AnyOf(ours)
    | Audience::Client {
        client_ids: ours, ..
    }) = wanted;
    ours.iter().any(|us| audiences.contains(us))
}

fn is_trusted(claims: &View<'_>, audiences: &[&str], wanted: Audience<'_>) -> bool {
    let Audience::Client {
        client_ids,
        trusted,
    } = wanted
    else {
        return true;
    };
    let is_known = |a: &&str| client_ids.contains(a) || trusted.contains(a);
    let azp = claims.text("azp");
    azp.is_some_and(|azp| client_ids.contains(&azp)) || audiences.iter().all(is_known)
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
}

fn owned(string: JsonStr<'_>) -> String {
    string.chars().collect()
}

/// A caller's claims, of every shape that serde knows without an allocator.
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

/// A type that takes any value is the same from us as from `serde_json`.
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

/// Without a panic; and what is handed out is what is written.
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
