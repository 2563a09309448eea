//! Policies: the checks of a token's claims. Each check is set or explicitly omitted.

pub(crate) mod check;
pub mod checks;
mod explain;
mod extra;
mod jwt;
#[cfg(feature = "alloc")]
mod owned;

use core::fmt::{self, Debug};
use core::time::Duration;

use crate::encoding::json::JsonStr;
use crate::error::{Claim, Error, Member, Problem};
use crate::jose::claims::Claims;
use crate::jose::strings::StringOrArray;
use crate::limits::MAX_EXPECTED;
use crate::policy::check::{Verdict, is_one_of, strings};
use crate::time::NumericDate;

pub use self::check::{Check, StringList};
pub use self::explain::{CheckReport, Outcome};
pub use self::extra::{Candidate, ClaimCheck};
#[cfg(feature = "alloc")]
pub use self::owned::PolicyBuf;

/// The expected audience of a token.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Audience<'p> {
    /// `aud` contains one of these (RFC 7519 §4.1.3). Additional audiences are ignored. To reject
    /// them, add the check [`SoleAudience`](crate::checks::SoleAudience).
    AnyOf(&'p dyn StringList),
    /// `aud` contains one of your clients (OpenID Connect Core §3.1.3.7, step 3). Every additional
    /// audience must be trusted, unless `azp` is one of your clients.
    ///
    /// The exception for `azp` is specific to this crate: the trusted issuer itself states which
    /// client it issued the token to.
    Client {
        /// Your client IDs at the issuer. Usually there is one.
        client_ids: &'p dyn StringList,
        /// Additional audiences that are accepted.
        trusted: &'p dyn StringList,
    },
}

/// The maximum time since the user authenticated (OpenID Connect Core §3.1.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaxAge {
    /// The maximum time since `auth_time`.
    pub age: Duration,
    /// The tolerance for clock skew. It is separate from the leeway for `exp`, which could be
    /// several times a short maximum age.
    pub leeway: Duration,
}

/// The checks for one kind of token.
///
/// A policy has one field for each check and no default, so every omitted check is explicit. If a
/// later version adds a check, a policy that names every field stops compiling until you decide on
/// the new check.
///
/// The profiles in [`oauth`](crate::oauth) and [`oidc`](crate::oidc) return policies for well-known
/// kinds of tokens. Adjust them with struct update syntax. Further checks, such as a maximum
/// lifetime, are in [`checks`](crate::checks).
///
/// An empty expected value is the caller's mistake ([`Problem::NothingExpected`]), because an unset
/// variable often yields one.
///
/// ```
/// use core::time::Duration;
/// use jose_verify::{Check, Policy, oidc};
///
/// let nonce = oidc::Nonce::Sent("n-0S6_WzA2Mj");
/// let base = oidc::id_token(&["https://issuer.example.com"], &["client-1"], nonce);
/// let policy = Policy {
///     acr: Check::Required(&["urn:mace:incommon:iap:silver"]),
///     ..base.with_leeway(Duration::from_secs(30))
/// };
/// # let _ = policy;
/// ```
#[derive(Clone, Copy)]
pub struct Policy<'p> {
    /// The header parameter `typ`, compared by [`Header::is_type`](crate::Header::is_type).
    pub typ: Check<&'p str>,
    /// `iss`: one of these, compared exactly. Name several issuers only if every key may sign for
    /// each of them, because the policy does not know which key belongs to which issuer.
    pub issuer: Check<&'p dyn StringList>,
    /// `sub`: one of these, compared exactly.
    pub subject: Check<&'p dyn StringList>,
    /// `aud`.
    pub audience: Check<Audience<'p>>,
    /// `azp`: one of these, compared exactly.
    pub authorized_party: Check<&'p dyn StringList>,
    /// `exp`, with this leeway: rejected if now ≥ `exp` + leeway.
    pub expires_at: Check<Duration>,
    /// `nbf`, with this leeway: rejected if now + leeway < `nbf`.
    pub not_before: Check<Duration>,
    /// `iat`, with this leeway: rejected if `iat` > now + leeway.
    pub issued_at: Check<Duration>,
    /// `nonce`: this value, compared exactly.
    pub nonce: Check<&'p str>,
    /// `auth_time`: rejected if now > `auth_time` + age + leeway, or if `auth_time` > now + leeway.
    pub auth_time: Check<MaxAge>,
    /// `acr`: one of these, compared exactly.
    pub acr: Check<&'p dyn StringList>,
    /// `amr`: contains this method.
    pub amr: Check<&'p str>,
    /// `jti`: this value, compared exactly.
    pub jwt_id: Check<&'p str>,
    /// `client_id`: one of these, compared exactly.
    pub client_id: Check<&'p dyn StringList>,
    /// `events`: an object that has this member, whose value is an object (RFC 8417 §2.2).
    pub events: Check<&'p str>,
}

impl Policy<'_> {
    /// Returns the policy with this leeway for those of `exp`, `nbf` and `iat` that it checks.
    /// `auth_time` keeps its own leeway.
    #[must_use]
    pub const fn with_leeway(self, leeway: Duration) -> Self {
        const fn with(check: Check<Duration>, leeway: Duration) -> Check<Duration> {
            match check {
                Check::Required(_) => Check::Required(leeway),
                Check::IfPresent(_) => Check::IfPresent(leeway),
                other => other,
            }
        }
        Self {
            expires_at: with(self.expires_at, leeway),
            not_before: with(self.not_before, leeway),
            issued_at: with(self.issued_at, leeway),
            ..self
        }
    }

    /// Checks the policy itself. Call it when your program starts, to detect an unset variable
    /// before the first token arrives.
    ///
    /// An expected string must not be empty. A list must have between one and
    /// [`MAX_EXPECTED`](crate::limits::MAX_EXPECTED) strings. Only the list of trusted audiences
    /// can be empty.
    ///
    /// # Errors
    ///
    /// [`Error::Claim`] or [`Error::Header`] with [`Problem::NothingExpected`].
    ///
    /// ```
    /// use jose_verify::{Claim, Error, Problem, oauth};
    ///
    /// let audiences: [String; 0] = [];
    /// let policy = oauth::access_token(&["https://login.example.com"], &audiences);
    /// let mistake = Error::Claim(Claim::Aud, Problem::NothingExpected);
    /// assert_eq!(policy.validate(), Err(mistake));
    /// ```
    pub fn validate(&self) -> Result<(), Error> {
        let text = |check: Check<&str>| check.expected().is_none_or(is_text);
        let is_complete = |list: &dyn StringList| list.string_at(MAX_EXPECTED).is_none();
        let list = |check: &Check<&dyn StringList>| {
            let list = check.expected();
            list.is_none_or(|list| check::is_usable(*list) && is_complete(*list))
        };
        let audience = self.audience.expected().is_none_or(|audience| {
            let (ours, trusted) = match *audience {
                Audience::AnyOf(ours) => (ours, None),
                Audience::Client {
                    client_ids,
                    trusted,
                } => (client_ids, Some(trusted)),
            };
            audience.is_usable() && is_complete(ours) && trusted.is_none_or(is_complete)
        });
        // RFC 7515 §4.1.9: `application/` is only the prefix of a media type.
        let typ = self.typ.expected();
        let is_prefix_only = typ.is_some_and(|typ| typ.eq_ignore_ascii_case("application/"));
        if !text(self.typ) || is_prefix_only {
            return Err(Error::Header(Member::Typ, Problem::NothingExpected));
        }
        for (claim, is_usable) in [
            (Claim::Iss, list(&self.issuer)),
            (Claim::Sub, list(&self.subject)),
            (Claim::Aud, audience),
            (Claim::Azp, list(&self.authorized_party)),
            (Claim::Nonce, text(self.nonce)),
            (Claim::Acr, list(&self.acr)),
            (Claim::Amr, text(self.amr)),
            (Claim::Jti, text(self.jwt_id)),
            (Claim::ClientId, list(&self.client_id)),
            (Claim::Events, text(self.events)),
        ] {
            if !is_usable {
                return Err(Error::Claim(claim, Problem::NothingExpected));
            }
        }
        Ok(())
    }

    /// Runs the checks in order and returns the first failure.
    // Not inlined, so that its stack frame does not exist while the claims are parsed.
    #[inline(never)]
    pub(crate) fn check(&self, token: &Candidate<'_>) -> Result<(), Error> {
        self.check_types(token.claims)?;
        if let Verdict::Failed(problem) = self.typ(token) {
            return Err(Error::Header(Member::Typ, problem));
        }
        self.each_claim(token, |claim, verdict| match verdict {
            Verdict::Failed(problem) => Err(Error::Claim(claim, problem)),
            Verdict::Passed | Verdict::NotMade => Ok(()),
        })
    }

    /// Checks the types of `auth_time`, `acr` and `amr`, which the parser only records.
    #[inline]
    fn check_types(&self, claims: &Claims<'_>) -> Result<(), Error> {
        for (is_made, claim) in [
            (self.auth_time.is_made(), Claim::AuthTime),
            (self.acr.is_made(), Claim::Acr),
            (self.amr.is_made(), Claim::Amr),
        ] {
            match claims.type_problem(claim) {
                Some(problem) if is_made => return Err(Error::Claim(claim, problem)),
                _ => {}
            }
        }
        Ok(())
    }

    /// Checks the claims in order, starting with the issuer, and passes each verdict to `each`
    /// until it returns an error.
    #[inline]
    fn each_claim(
        &self,
        token: &Candidate<'_>,
        mut each: impl FnMut(Claim, Verdict) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let claims = token.claims;
        // RFC 7519 §4.1.1, OpenID Connect Core §3.1.3.7 step 2.
        each(Claim::Iss, one_of(&self.issuer, claims, Claim::Iss))?;
        // RFC 7519 §4.1.2.
        each(Claim::Sub, one_of(&self.subject, claims, Claim::Sub))?;
        each(Claim::Aud, self.audience(claims))?;
        // OpenID Connect Core §3.1.3.7 step 5.
        each(
            Claim::Azp,
            one_of(&self.authorized_party, claims, Claim::Azp),
        )?;
        each(Claim::Exp, self.expires_at(token))?;
        each(Claim::Nbf, self.not_before(token))?;
        each(Claim::Iat, self.issued_at(token))?;
        // OpenID Connect Core §3.1.3.7 step 11.
        each(Claim::Nonce, equals(&self.nonce, claims, Claim::Nonce))?;
        each(Claim::AuthTime, self.auth_time(token))?;
        // OpenID Connect Core §3.1.3.7 step 12.
        each(Claim::Acr, one_of(&self.acr, claims, Claim::Acr))?;
        each(Claim::Amr, self.amr(claims))?;
        // RFC 7519 §4.1.7.
        each(Claim::Jti, equals(&self.jwt_id, claims, Claim::Jti))?;
        // RFC 9068 §2.2.
        each(
            Claim::ClientId,
            one_of(&self.client_id, claims, Claim::ClientId),
        )?;
        each(Claim::Events, self.events(claims))
    }

    /// Checks `typ`. RFC 8725 §3.11: explicit typing.
    fn typ(&self, token: &Candidate<'_>) -> Verdict {
        let header = token.header;
        self.typ.verdict(header.typ(), is_text, |_, expected| {
            Verdict::new(header.is_type(expected), Problem::Mismatch)
        })
    }

    /// Checks `aud` (RFC 7519 §4.1.3, OpenID Connect Core §3.1.3.7 steps 3 and 4).
    fn audience(&self, claims: &Claims<'_>) -> Verdict {
        self.audience.verdict(
            claims.audience(),
            Audience::is_usable,
            |audience, expected| match expected {
                Audience::AnyOf(ours) => any_of(audience, *ours),
                Audience::Client {
                    client_ids,
                    trusted,
                } => any_of(audience, *client_ids)
                    .and(|| others(audience, claims, *client_ids, *trusted)),
            },
        )
    }

    /// Checks `exp`. RFC 7519 §4.1.4: the token must not be accepted "on or after" `exp`.
    fn expires_at(&self, token: &Candidate<'_>) -> Verdict {
        self.expires_at
            .verdict(token.claims.expires_at(), always, |expires_at, leeway| {
                let end = expires_at.later_by(*leeway);
                check::not_reached(token.clock, end, Problem::Expired)
            })
    }

    /// Checks `nbf`. RFC 7519 §4.1.5: the token must not be accepted before `nbf`.
    fn not_before(&self, token: &Candidate<'_>) -> Verdict {
        let not_before = token.claims.not_before();
        past_verdict(&self.not_before, not_before, token, Problem::NotYetValid)
    }

    /// Checks `iat` (RFC 7519 §4.1.6). Stricter than the RFC: a token that was issued in the
    /// future is rejected.
    fn issued_at(&self, token: &Candidate<'_>) -> Verdict {
        let issued_at = token.claims.issued_at();
        past_verdict(&self.issued_at, issued_at, token, Problem::InFuture)
    }

    /// Checks `auth_time` (OpenID Connect Core §3.1.3.7 step 13). Stricter than the specification:
    /// a login in the future is rejected, because it would outlast any maximum age.
    fn auth_time(&self, token: &Candidate<'_>) -> Verdict {
        self.auth_time
            .verdict(token.claims.auth_time(), always, |auth_time, max| {
                let latest = auth_time.later_by(max.age).later_by(max.leeway);
                check::not_passed(token.clock, latest, Problem::TooOld).and(|| {
                    check::not_in_future(token.clock, auth_time, max.leeway, Problem::InFuture)
                })
            })
    }

    /// Checks `amr` (OpenID Connect Core §2).
    fn amr(&self, claims: &Claims<'_>) -> Verdict {
        self.amr
            .verdict(claims.amr(), is_text, |methods, expected| {
                Verdict::new(methods.contains(expected), Problem::Mismatch)
            })
    }

    /// Checks `events` (RFC 8417 §2.2).
    fn events(&self, claims: &Claims<'_>) -> Verdict {
        self.events
            .verdict(claims.events(), is_text, |events, expected| {
                match events.get(expected) {
                    Ok(Some(event)) if event.as_object().is_some() => Verdict::Passed,
                    Ok(Some(_)) => Verdict::Failed(Problem::WrongType),
                    Ok(None) | Err(_) => Verdict::Failed(Problem::Mismatch),
                }
            })
    }
}

impl Audience<'_> {
    /// Returns whether the expected values are usable. An empty list of trusted audiences is valid:
    /// no additional audience is trusted.
    fn is_usable(&self) -> bool {
        match self {
            Self::AnyOf(ours) => check::is_usable(*ours),
            Self::Client {
                client_ids,
                trusted,
            } => check::is_usable(*client_ids) && !strings(*trusted).any(str::is_empty),
        }
    }
}

const fn is_text(expected: &&str) -> bool {
    !expected.is_empty()
}

/// Any duration is a usable expected value.
const fn always<T>(_: &T) -> bool {
    true
}

/// Checks that a claim is in a list.
#[allow(clippy::inline_always, reason = "measured")]
#[cfg_attr(target_pointer_width = "64", inline(always))]
fn one_of(check: &Check<&dyn StringList>, claims: &Claims<'_>, claim: Claim) -> Verdict {
    match check {
        Check::NotChecked => Verdict::NotMade,
        _ => list_verdict(check, claims.string(claim)),
    }
}

// Not inlined, so that all claims share it.
#[cfg_attr(target_pointer_width = "32", inline(never))]
fn list_verdict(check: &Check<&dyn StringList>, claim: Option<JsonStr<'_>>) -> Verdict {
    check.verdict(
        claim,
        |expected| check::is_usable(*expected),
        |claim, expected| Verdict::new(is_one_of(claim, *expected), Problem::Mismatch),
    )
}

/// Checks that a claim equals a string.
#[allow(clippy::inline_always, reason = "measured")]
#[cfg_attr(target_pointer_width = "64", inline(always))]
fn equals(check: &Check<&str>, claims: &Claims<'_>, claim: Claim) -> Verdict {
    match check {
        Check::NotChecked => Verdict::NotMade,
        _ => string_verdict(check, claims.string(claim)),
    }
}

#[inline(never)]
fn string_verdict(check: &Check<&str>, claim: Option<JsonStr<'_>>) -> Verdict {
    check.verdict(claim, is_text, |claim, expected| {
        Verdict::new(claim == *expected, Problem::Mismatch)
    })
}

/// Checks that a claim is not a time in the future.
// Not inlined on 32-bit targets, so that both claims share it.
#[cfg_attr(target_pointer_width = "32", inline(never))]
fn past_verdict(
    check: &Check<Duration>,
    claim: Option<NumericDate>,
    token: &Candidate<'_>,
    problem: Problem,
) -> Verdict {
    check.verdict(claim, always, |time, leeway| {
        check::not_in_future(token.clock, time, *leeway, problem)
    })
}

/// Checks that the token names at least one of the expected strings.
fn any_of(named: StringOrArray<'_>, expected: &dyn StringList) -> Verdict {
    let named = named.iter().any(|one| is_one_of(one, expected));
    Verdict::new(named, Problem::Mismatch)
}

/// Checks the audiences other than the caller's clients.
fn others(
    audience: StringOrArray<'_>,
    claims: &Claims<'_>,
    client_ids: &dyn StringList,
    trusted: &dyn StringList,
) -> Verdict {
    let is_ours = |one| is_one_of(one, client_ids);
    let issued_to_us = claims.authorized_party().is_some_and(is_ours);
    let known = || {
        audience
            .iter()
            .all(|one| is_ours(one) || is_one_of(one, trusted))
    };
    Verdict::new(issued_to_us || known(), Problem::Untrusted)
}

impl Debug for Audience<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AnyOf(_) => "AnyOf(..)",
            Self::Client { .. } => "Client { .. }",
        })
    }
}

/// Shows which claims are checked. Expected claim values are omitted, because they can include a
/// nonce or a subject. `typ` and durations are shown.
impl Debug for Policy<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn omitted<T>(check: &Check<T>) -> Check<fmt::Arguments<'_>> {
            check.map(|_| format_args!(".."))
        }
        f.debug_struct("Policy")
            .field("typ", &self.typ)
            .field("issuer", &omitted(&self.issuer))
            .field("subject", &omitted(&self.subject))
            .field("audience", &self.audience)
            .field("authorized_party", &omitted(&self.authorized_party))
            .field("expires_at", &self.expires_at)
            .field("not_before", &self.not_before)
            .field("issued_at", &self.issued_at)
            .field("nonce", &omitted(&self.nonce))
            .field("auth_time", &self.auth_time)
            .field("acr", &omitted(&self.acr))
            .field("amr", &omitted(&self.amr))
            .field("jwt_id", &omitted(&self.jwt_id))
            .field("client_id", &omitted(&self.client_id))
            .field("events", &omitted(&self.events))
            .finish()
    }
}
