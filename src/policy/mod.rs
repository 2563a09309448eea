//! What a token must say to be trusted: every check its own function, each given or spelled out as not checked.

mod jwt;

use crate::encoding::json::JsonStr;
use crate::error::Error;
use crate::jose::claims::{Claims, StringOrArray};
use crate::jose::header::Header;
use crate::time::{Clock, Leeway, NumericDate};

/// What is demanded of one claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check<T> {
    /// The claim must be there and fit.
    Required(T),
    /// The claim must be there, whatever it says: also an empty string, and for `exp` a time that is past.
    Present,
    /// The claim may be missing; if it is there, it must fit.
    IfPresent(T),
    /// The claim may say anything. Its JSON type is checked all the same.
    NotChecked,
}

impl Check<Leeway> {
    /// The same demand with another tolerance.
    const fn with(self, leeway: Leeway) -> Self {
        match self {
            Self::Required(_) => Self::Required(leeway),
            Self::IfPresent(_) => Self::IfPresent(leeway),
            Self::Present | Self::NotChecked => self,
        }
    }
}

impl<T> Check<T> {
    /// Holds a claim against the demand; `fits` compares the two.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(crate) fn apply<C>(
        self,
        claim: Option<C>,
        missing: Error,
        fits: impl FnOnce(C, T) -> Result<(), Error>,
    ) -> Result<(), Error> {
        match (self, claim) {
            (Self::Required(expected) | Self::IfPresent(expected), Some(claim)) => {
                fits(claim, expected)
            }
            (Self::Required(_) | Self::Present, None) => Err(missing),
            (Self::NotChecked | Self::IfPresent(_), None)
            | (Self::NotChecked | Self::Present, Some(_)) => Ok(()),
        }
    }
}

/// Who the token must be for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience<'p> {
    /// `aud` names one of these (RFC 7519 §4.1.3); others beside it do not matter.
    AnyOf(&'p [&'p str]),
    /// `aud` names one of our clients (OpenID Connect Core §3.1.3.7, step 3); every other audience must be trusted,
    /// unless `azp` says that the token was issued to one of our clients. That exception is ours: it accepts tokens
    /// that the issuer made for us and others as well, and an issuer that we trust says so.
    Client {
        /// Our `client_id` at the issuer; several if we are several clients.
        client_ids: &'p [&'p str],
        /// Audiences that may stand beside us.
        trusted: &'p [&'p str],
    },
}

/// How long ago the user may have authenticated (OpenID Connect Core §3.1.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaxAge {
    /// Seconds since `auth_time`; refused when more have passed.
    pub seconds: u32,
    /// Tolerance on top of them. One of its own, because the leeway for clocks that disagree would stretch a short
    /// `max_age` by a multiple.
    pub leeway: Leeway,
}

/// All checks of one kind of token.
///
/// A policy is a value with one field a check and no default: what is not checked is spelled out, and a check added
/// in a later version stops the build of a policy that is written out, until it is decided. The profiles in
/// [`oauth`](crate::oauth) and [`oidc`](crate::oidc) return policies for well-known kinds of tokens; narrow them with the struct update syntax.
///
/// ```
/// use jose_verify::{Check, Leeway, Policy, oidc};
///
/// let base = oidc::id_token(&["https://issuer.example.com"], &["client-1"], Check::Required("n-0S6_WzA2Mj"));
/// let policy = Policy {
///     acr: Check::Required(&["urn:mace:incommon:iap:silver"]),
///     ..base.with_leeway(Leeway::seconds(30))
/// };
/// # let _ = policy;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy<'p> {
    /// The header's `typ`, compared as [`Header::is_type`] does.
    pub typ: Check<&'p str>,
    /// `iss`: one of these, compared exactly. Name several only if every key may speak for each of them: which key
    /// belongs to which issuer is not known here.
    pub issuer: Check<&'p [&'p str]>,
    /// `sub`: this one, compared exactly.
    pub subject: Check<&'p str>,
    /// `aud`.
    pub audience: Check<Audience<'p>>,
    /// `azp`: one of these, compared exactly.
    pub authorized_party: Check<&'p [&'p str]>,
    /// `exp`: refused when now ≥ `exp` + leeway.
    pub expires_at: Check<Leeway>,
    /// `nbf`: refused when now + leeway < `nbf`.
    pub not_before: Check<Leeway>,
    /// `iat`: refused when it lies later than now + leeway.
    pub issued_at: Check<Leeway>,
    /// `nonce`: this one, compared exactly.
    pub nonce: Check<&'p str>,
    /// `auth_time`: refused when now > `auth_time` + max age + leeway, and when it lies later than now + leeway.
    pub auth_time: Check<MaxAge>,
    /// `acr`: one of these.
    pub acr: Check<&'p [&'p str]>,
    /// `amr`: this method among them.
    pub amr: Check<&'p str>,
    /// `jti`: this one, compared exactly.
    pub jwt_id: Check<&'p str>,
    /// `client_id`: this one, compared exactly.
    pub client_id: Check<&'p str>,
}

impl Policy<'_> {
    /// The same policy with this tolerance for `exp`, `nbf` and `iat`, where they are checked. `auth_time` keeps its
    /// own.
    #[must_use]
    pub const fn with_leeway(self, leeway: Leeway) -> Self {
        Self {
            expires_at: self.expires_at.with(leeway),
            not_before: self.not_before.with(leeway),
            issued_at: self.issued_at.with(leeway),
            ..self
        }
    }

    /// Every check, from who issued the token to what it says.
    pub(crate) fn check(
        &self,
        header: &Header<'_>,
        claims: &Claims<'_>,
        clock: Clock,
    ) -> Result<(), Error> {
        self.check_type(header)?;
        self.check_issuer(claims)?;
        self.check_subject(claims)?;
        self.check_audience(claims)?;
        self.check_authorized_party(claims)?;
        self.check_expires_at(claims, clock)?;
        self.check_not_before(claims, clock)?;
        self.check_issued_at(claims, clock)?;
        self.check_nonce(claims)?;
        self.check_auth_time(claims, clock)?;
        self.check_acr(claims)?;
        self.check_amr(claims)?;
        self.check_jwt_id(claims)?;
        self.check_client_id(claims)
    }

    /// RFC 8725 §3.11: explicit typing.
    fn check_type(&self, header: &Header<'_>) -> Result<(), Error> {
        self.typ
            .apply(header.typ(), Error::MissingType, |_, expected| {
                ensure(header.is_type(expected), Error::TypeMismatch)
            })
    }

    /// RFC 7519 §4.1.1, OpenID Connect Core §3.1.3.7 step 2.
    fn check_issuer(&self, claims: &Claims<'_>) -> Result<(), Error> {
        self.issuer.apply(
            claims.issuer(),
            Error::MissingIssuer,
            one_of(Error::IssuerMismatch),
        )
    }

    /// RFC 7519 §4.1.2.
    fn check_subject(&self, claims: &Claims<'_>) -> Result<(), Error> {
        self.subject.apply(
            claims.subject(),
            Error::MissingSubject,
            equal(Error::SubjectMismatch),
        )
    }

    /// RFC 7519 §4.1.3, OpenID Connect Core §3.1.3.7 steps 3 and 4.
    fn check_audience(&self, claims: &Claims<'_>) -> Result<(), Error> {
        self.audience.apply(
            claims.audience(),
            Error::MissingAudience,
            |audience, expected| match expected {
                Audience::AnyOf(ours) => ensure(
                    audience.iter().any(|a| is_one_of(a, ours)),
                    Error::AudienceMismatch,
                ),
                Audience::Client {
                    client_ids,
                    trusted,
                } => {
                    let azp = claims.authorized_party();
                    let issued_to_us = azp.is_some_and(|azp| is_one_of(azp, client_ids));
                    for_client(audience, client_ids, trusted, issued_to_us)
                }
            },
        )
    }

    /// OpenID Connect Core §3.1.3.7 step 5.
    fn check_authorized_party(&self, claims: &Claims<'_>) -> Result<(), Error> {
        self.authorized_party.apply(
            claims.authorized_party(),
            Error::MissingAuthorizedParty,
            one_of(Error::AuthorizedPartyMismatch),
        )
    }

    /// RFC 7519 §4.1.4: the token is not to be accepted "on or after" `exp`.
    fn check_expires_at(&self, claims: &Claims<'_>, clock: Clock) -> Result<(), Error> {
        self.expires_at.apply(
            claims.expires_at(),
            Error::MissingExpiry,
            |expires_at, leeway| {
                ensure_at(clock, Error::Expired, |now| {
                    now < expires_at.later_by(leeway)
                })
            },
        )
    }

    /// RFC 7519 §4.1.5: nor before `nbf`.
    fn check_not_before(&self, claims: &Claims<'_>, clock: Clock) -> Result<(), Error> {
        self.not_before.apply(
            claims.not_before(),
            Error::MissingNotBefore,
            |not_before, leeway| not_later(clock, not_before, leeway, Error::NotYetValid),
        )
    }

    /// RFC 7519 §4.1.6; stricter: a token from the future is refused.
    fn check_issued_at(&self, claims: &Claims<'_>, clock: Clock) -> Result<(), Error> {
        self.issued_at.apply(
            claims.issued_at(),
            Error::MissingIssuedAt,
            |issued_at, leeway| not_later(clock, issued_at, leeway, Error::IssuedInFuture),
        )
    }

    /// OpenID Connect Core §3.1.3.7 step 11.
    fn check_nonce(&self, claims: &Claims<'_>) -> Result<(), Error> {
        self.nonce.apply(
            claims.nonce(),
            Error::MissingNonce,
            equal(Error::NonceMismatch),
        )
    }

    /// OpenID Connect Core §3.1.3.7 step 13; stricter: a login in the future is refused, for it would outlast any
    /// `max_age`.
    fn check_auth_time(&self, claims: &Claims<'_>, clock: Clock) -> Result<(), Error> {
        self.auth_time.apply(
            claims.auth_time(),
            Error::MissingAuthTime,
            |auth_time, MaxAge { seconds, leeway }| {
                let latest = auth_time
                    .later_by(Leeway::seconds(seconds))
                    .later_by(leeway);
                ensure_at(clock, Error::AuthenticationTooOld, |now| now <= latest)?;
                not_later(clock, auth_time, leeway, Error::AuthenticatedInFuture)
            },
        )
    }

    /// OpenID Connect Core §3.1.3.7 step 12.
    fn check_acr(&self, claims: &Claims<'_>) -> Result<(), Error> {
        self.acr
            .apply(claims.acr(), Error::MissingAcr, one_of(Error::AcrMismatch))
    }

    /// OpenID Connect Core §2.
    fn check_amr(&self, claims: &Claims<'_>) -> Result<(), Error> {
        self.amr
            .apply(claims.amr(), Error::MissingAmr, |methods, expected| {
                ensure(methods.contains(expected), Error::AmrMismatch)
            })
    }

    /// RFC 7519 §4.1.7.
    fn check_jwt_id(&self, claims: &Claims<'_>) -> Result<(), Error> {
        self.jwt_id.apply(
            claims.jwt_id(),
            Error::MissingJwtId,
            equal(Error::JwtIdMismatch),
        )
    }

    /// RFC 9068 §2.2.
    fn check_client_id(&self, claims: &Claims<'_>) -> Result<(), Error> {
        self.client_id.apply(
            claims.client_id(),
            Error::MissingClientId,
            equal(Error::ClientIdMismatch),
        )
    }
}

fn ensure(holds: bool, otherwise: Error) -> Result<(), Error> {
    if holds { Ok(()) } else { Err(otherwise) }
}

/// Without a clock there is nothing to compare; the caller has said so.
fn ensure_at(
    clock: Clock,
    otherwise: Error,
    holds: impl FnOnce(NumericDate) -> bool,
) -> Result<(), Error> {
    match clock {
        Clock::Now(now) => ensure(holds(now), otherwise),
        Clock::Absent => Ok(()),
    }
}

fn not_later(
    clock: Clock,
    time: NumericDate,
    leeway: Leeway,
    otherwise: Error,
) -> Result<(), Error> {
    ensure_at(clock, otherwise, |now| time <= now.later_by(leeway))
}

fn equal(otherwise: Error) -> impl FnOnce(JsonStr<'_>, &str) -> Result<(), Error> {
    move |claim, expected| ensure(claim == expected, otherwise)
}

fn one_of(otherwise: Error) -> impl FnOnce(JsonStr<'_>, &[&str]) -> Result<(), Error> {
    move |claim, expected| ensure(is_one_of(claim, expected), otherwise)
}

fn is_one_of(claim: JsonStr<'_>, expected: &[&str]) -> bool {
    expected.iter().any(|e| claim == *e)
}

fn for_client(
    audience: StringOrArray<'_>,
    client_ids: &[&str],
    trusted: &[&str],
    issued_to_us: bool,
) -> Result<(), Error> {
    let us = |a| is_one_of(a, client_ids);
    ensure(audience.iter().any(us), Error::AudienceMismatch)?;
    let known = |a| us(a) || is_one_of(a, trusted);
    ensure(
        issued_to_us || audience.iter().all(known),
        Error::UntrustedAudience,
    )
}
