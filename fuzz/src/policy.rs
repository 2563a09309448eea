//! A model of policies and of additional checks, computed from the claims as `serde_json`
//! reads them.

use std::time::Duration;

use jose_verify::checks::{MaxLifetime, MaxTokenAge, SoleAudience, SubjectPrefix};
use jose_verify::oauth::RequiredScopes;
use jose_verify::{
    Audience, Check, Claim, ClaimCheck, Clock, Error, Member, NumericDate, Policy, Problem,
    StringList,
};

use crate::decimal;
use crate::json::{self, Json, Members};
use crate::targets::header;

/// The claims of a well-formed claims set.
#[derive(Clone, Copy)]
pub struct View<'j>(pub &'j Members<'j>);

impl<'j> View<'j> {
    /// Returns a claim that is a string.
    pub fn text(&self, name: &str) -> Option<&'j str> {
        json::get(self.0, name)?.text()
    }

    /// Returns a claim that is one string or several. A single string is not a valid `amr`.
    pub fn texts(&self, name: &str) -> Option<Vec<&'j str>> {
        let value = json::get(self.0, name)?;
        let one = value.text().filter(|_| name != "amr").map(|one| vec![one]);
        value.texts().or(one)
    }

    /// Returns a claim that is a time.
    pub fn time(&self, name: &str) -> Option<NumericDate> {
        decimal::numeric_date(json::get(self.0, name)?.number()?)
    }

    fn nanos(&self, claim: Claim) -> Option<i128> {
        self.time(claim.name()).map(nanos)
    }
}

/// The inputs of the checks.
pub struct Token<'j> {
    /// The header's `typ`.
    pub typ: Option<&'j str>,
    /// The claims.
    pub claims: View<'j>,
    /// What is known about the time.
    pub clock: Clock,
}

/// The name of a check, and its error if it fails.
pub type Verdict = (&'static str, Option<Error>);

/// Returns the verdicts of a policy, in the order of its checks.
pub fn verdicts(policy: &Policy<'_>, token: &Token<'_>) -> [Verdict; 15] {
    let claims = token.claims;
    let verdict = |claim: Claim, problem: Option<Problem>| -> Verdict {
        let error = problem.map(|problem| Error::Claim(claim, problem));
        (claim.name(), error)
    };
    let string = |claim: Claim, check: Check<&str>| {
        let problem = |text, wanted| none_of(&[text], &[wanted]);
        verdict(
            claim,
            evaluate(check, |s| s.is_empty(), claims.text(claim.name()), problem),
        )
    };
    let list = |claim: Claim, check: Check<&dyn StringList>| {
        let problem = |text, wanted| none_of(&[text], &strings(wanted));
        let is_unset = |list: &&dyn StringList| is_unset(&strings(*list));
        verdict(
            claim,
            evaluate(check, is_unset, claims.text(claim.name()), problem),
        )
    };
    let time = |claim, check, is_wrong: fn(Clock, i128, Duration) -> bool, otherwise| {
        let problem = |time, leeway| is_wrong(token.clock, time, leeway).then_some(otherwise);
        verdict(
            claim,
            evaluate(check, |_| false, claims.nanos(claim), problem),
        )
    };
    let typ = evaluate(policy.typ, |s| s.is_empty(), token.typ, wrong_type_of_token);
    let typ = typ.map(|problem| Error::Header(Member::Typ, problem));
    let audience = |audience: Vec<_>, wanted| wrong_audience(&audience, wanted, &claims);
    let audience = evaluate(
        policy.audience,
        is_unset_audience,
        claims.texts("aud"),
        audience,
    );
    let amr = |amr: Vec<_>, wanted| none_of(&amr, &[wanted]);
    let amr = evaluate(policy.amr, |s| s.is_empty(), claims.texts("amr"), amr);
    let events = json::get(claims.0, "events").and_then(Json::members);
    [
        ("typ", typ),
        list(Claim::Iss, policy.issuer),
        list(Claim::Sub, policy.subject),
        verdict(Claim::Aud, audience),
        list(Claim::Azp, policy.authorized_party),
        time(Claim::Exp, policy.expires_at, is_reached, Problem::Expired),
        time(
            Claim::Nbf,
            policy.not_before,
            is_ahead,
            Problem::NotYetValid,
        ),
        time(Claim::Iat, policy.issued_at, is_ahead, Problem::InFuture),
        string(Claim::Nonce, policy.nonce),
        verdict(Claim::AuthTime, auth_time(policy, token)),
        list(Claim::Acr, policy.acr),
        verdict(Claim::Amr, amr),
        string(Claim::Jti, policy.jwt_id),
        list(Claim::ClientId, policy.client_id),
        verdict(
            Claim::Events,
            evaluate(policy.events, |s| s.is_empty(), events, no_event),
        ),
    ]
}

/// Returns the errors with which a policy rejects a token before its other checks: those for an
/// `auth_time`, `acr` or `amr` that it checks and that has the wrong type.
pub fn wrong_types(policy: &Policy<'_>, claims: View<'_>) -> Vec<Error> {
    let is_checked = [
        (
            Claim::AuthTime,
            !matches!(policy.auth_time, Check::NotChecked),
        ),
        (Claim::Acr, !matches!(policy.acr, Check::NotChecked)),
        (Claim::Amr, !matches!(policy.amr, Check::NotChecked)),
    ];
    let checked = is_checked.into_iter().filter(|(_, checked)| *checked);
    let problem = |(claim, _): (Claim, bool)| {
        let value = json::get(claims.0, claim.name())?;
        let problem = match (claim, value) {
            (Claim::AuthTime, Json::Number(number)) => decimal::numeric_date(number)
                .is_none()
                .then_some(Problem::OutOfRange),
            (Claim::Acr, Json::String(..)) => None,
            (Claim::Amr, value) if value.texts().is_some() => None,
            _ => Some(Problem::WrongType),
        };
        problem.map(|problem| Error::Claim(claim, problem))
    };
    checked.filter_map(problem).collect()
}

fn evaluate<C, T>(
    check: Check<T>,
    is_unset: impl FnOnce(&T) -> bool,
    claim: Option<C>,
    problem: impl FnOnce(C, T) -> Option<Problem>,
) -> Option<Problem> {
    // An empty expected value is an error for every token.
    if let Check::Required(wanted) | Check::IfPresent(wanted) = &check
        && is_unset(wanted)
    {
        return Some(Problem::NothingExpected);
    }
    match (check, claim) {
        (Check::Required(_) | Check::Present, None) => Some(Problem::Missing),
        (Check::Absent, Some(_)) => Some(Problem::Prohibited),
        (Check::Required(wanted) | Check::IfPresent(wanted), Some(claim)) => problem(claim, wanted),
        _ => None,
    }
}

fn strings(list: &dyn StringList) -> Vec<&str> {
    (0..).map_while(|index| list.string_at(index)).collect()
}

fn is_unset(wanted: &[&str]) -> bool {
    wanted.is_empty() || wanted.contains(&"")
}

fn none_of(named: &[&str], wanted: &[&str]) -> Option<Problem> {
    let any = named.iter().any(|one| wanted.contains(one));
    (!any).then_some(Problem::Mismatch)
}

fn wrong_type_of_token(typ: &str, wanted: &str) -> Option<Problem> {
    (!header::is_type(typ, wanted)).then_some(Problem::Mismatch)
}

fn wrong_audience(audience: &[&str], wanted: Audience<'_>, claims: &View<'_>) -> Option<Problem> {
    match wanted {
        Audience::AnyOf(ours) => none_of(audience, &strings(ours)),
        Audience::Client {
            client_ids,
            trusted,
        } => {
            let (ours, trusted) = (strings(client_ids), strings(trusted));
            none_of(audience, &ours).or_else(|| untrusted(audience, &ours, &trusted, claims))
        }
        _ => panic!("{wanted:?} has no model"),
    }
}

fn is_unset_audience(wanted: &Audience<'_>) -> bool {
    match wanted {
        Audience::AnyOf(ours) => is_unset(&strings(*ours)),
        Audience::Client {
            client_ids,
            trusted,
        } => is_unset(&strings(*client_ids)) || strings(*trusted).contains(&""),
        _ => panic!("{wanted:?} has no model"),
    }
}

fn untrusted(
    audience: &[&str],
    ours: &[&str],
    trusted: &[&str],
    claims: &View<'_>,
) -> Option<Problem> {
    let is_known = |one: &&str| ours.contains(one) || trusted.contains(one);
    let is_ours = claims.text("azp").is_some_and(|azp| ours.contains(&azp));
    (!is_ours && !audience.iter().all(is_known)).then_some(Problem::Untrusted)
}

fn auth_time(policy: &Policy<'_>, token: &Token<'_>) -> Option<Problem> {
    let auth_time = token.claims.nanos(Claim::AuthTime);
    evaluate(
        policy.auth_time,
        |_| false,
        auth_time,
        |time, max| {
            if is_older(token.clock, time, [max.age, max.leeway]) {
                return Some(Problem::TooOld);
            }
            is_ahead(token.clock, time, max.leeway).then_some(Problem::InFuture)
        },
    )
}

fn no_event(events: &Members<'_>, wanted: &str) -> Option<Problem> {
    let mut found = events.iter().filter(|(name, _)| name == wanted);
    match (found.next(), found.next()) {
        (Some((_, event)), None) => event.members().is_none().then_some(Problem::WrongType),
        // Two events with this name are a mismatch too, because they are ambiguous.
        _ => Some(Problem::Mismatch),
    }
}

/// Returns the nanoseconds since the epoch. Sums of a few of them do not overflow.
fn nanos(time: NumericDate) -> i128 {
    i128::from(time.seconds()) * 1_000_000_000 + i128::from(time.subsec_nanos())
}

fn span(duration: Duration) -> i128 {
    i128::try_from(duration.as_nanos()).expect("94 bits")
}

/// Returns the earliest possible current time.
fn earliest(clock: Clock) -> Option<i128> {
    match clock {
        Clock::Now(time) | Clock::AtLeast(time) => Some(nanos(time)),
        Clock::Second(start) => Some(nanos(NumericDate::from_seconds(start))),
        Clock::Absent => None,
    }
}

/// Returns the latest possible current time, if it is bounded.
fn latest(clock: Clock) -> Option<i128> {
    match clock {
        Clock::Now(time) => Some(nanos(time)),
        Clock::Second(start) => Some(nanos(NumericDate::new(start, 999_999_999))),
        Clock::AtLeast(_) | Clock::Absent => None,
    }
}

fn is_reached(clock: Clock, time: i128, leeway: Duration) -> bool {
    earliest(clock).is_some_and(|now| now >= time + span(leeway))
}

fn is_ahead(clock: Clock, time: i128, leeway: Duration) -> bool {
    latest(clock).is_some_and(|now| now + span(leeway) < time)
}

fn is_older(clock: Clock, time: i128, [age, leeway]: [Duration; 2]) -> bool {
    earliest(clock).is_some_and(|now| now > time + span(age) + span(leeway))
}

/// An additional check that has a model.
pub trait Modelled: ClaimCheck {
    /// Returns the expected result of the check.
    fn model(&self, token: &Token<'_>) -> Result<(), Error>;
}

fn fail_if(is_wrong: bool, error: Error) -> Result<(), Error> {
    if is_wrong { Err(error) } else { Ok(()) }
}

fn required<T>(value: Option<T>, claim: Claim) -> Result<T, Error> {
    value.ok_or(Error::Claim(claim, Problem::Missing))
}

impl Modelled for MaxTokenAge {
    fn model(&self, token: &Token<'_>) -> Result<(), Error> {
        let iat = required(token.claims.nanos(Claim::Iat), Claim::Iat)?;
        let is_older = is_older(token.clock, iat, [self.age, self.leeway]);
        fail_if(is_older, Error::Claim(Claim::Iat, Problem::TooOld))?;
        let is_ahead = is_ahead(token.clock, iat, self.leeway);
        fail_if(is_ahead, Error::Claim(Claim::Iat, Problem::InFuture))
    }
}

impl Modelled for MaxLifetime {
    fn model(&self, token: &Token<'_>) -> Result<(), Error> {
        let exp = required(token.claims.nanos(Claim::Exp), Claim::Exp)?;
        let iat = required(token.claims.nanos(Claim::Iat), Claim::Iat)?;
        let is_longer = exp - iat > span(self.0);
        fail_if(is_longer, Error::Claim(Claim::Exp, Problem::TooLong))
    }
}

impl Modelled for SubjectPrefix<'_> {
    fn model(&self, token: &Token<'_>) -> Result<(), Error> {
        let nothing = Error::Claim(Claim::Sub, Problem::NothingExpected);
        fail_if(self.0.is_empty(), nothing)?;
        let sub = required(token.claims.text("sub"), Claim::Sub)?;
        let mismatch = Error::Claim(Claim::Sub, Problem::Mismatch);
        fail_if(!sub.starts_with(self.0), mismatch)
    }
}

impl Modelled for SoleAudience {
    fn model(&self, token: &Token<'_>) -> Result<(), Error> {
        let aud = required(token.claims.texts("aud"), Claim::Aud)?;
        let untrusted = Error::Claim(Claim::Aud, Problem::Untrusted);
        fail_if(aud.len() != 1, untrusted)
    }
}

impl Modelled for RequiredScopes<'_> {
    fn model(&self, token: &Token<'_>) -> Result<(), Error> {
        let wanted = strings(self.scopes);
        let nothing = Error::Claim(Claim::Scope, Problem::NothingExpected);
        fail_if(is_unset(&wanted), nothing)?;
        let granted = match json::get(token.claims.0, self.claim) {
            None => Vec::new(),
            // Between two spaces there is an empty string, which matches no scope.
            Some(Json::String(_, text)) => text.split(' ').collect(),
            Some(value) => {
                let wrong_type = Error::Claim(Claim::Scope, Problem::WrongType);
                value.texts().ok_or(wrong_type)?
            }
        };
        let is_granted = wanted.iter().all(|scope| granted.contains(scope));
        fail_if(!is_granted, Error::InsufficientScope)
    }
}
