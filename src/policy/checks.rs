//! Additional checks that a [`Policy`](crate::Policy) has no field for.
//!
//! Pass them to [`Verifier::with_checks`](crate::Verifier::with_checks). Only the checks that you
//! name are linked. To require scopes, use
//! [`oauth::RequiredScopes`](crate::oauth::RequiredScopes).
//!
//! ```
//! use core::time::Duration;
//! use jose_verify::checks::{MaxLifetime, SoleAudience};
//! use jose_verify::{ClaimCheck, Error, Keys, NumericDate, Verifier, oauth};
//!
//! fn authorize(token: &mut [u8], keys: &impl Keys, now: NumericDate) -> Result<(), Error> {
//!     let (issuers, audiences) = (["https://login.example.com"], ["https://api.example.com"]);
//!     let policy = oauth::access_token(&issuers, &audiences);
//!     let lifetime = MaxLifetime(Duration::from_secs(3600));
//!     let checks: [&dyn ClaimCheck; 2] = [&lifetime, &SoleAudience];
//!     Verifier::new(keys, &policy).with_checks(&checks).verify_in_place(token, now)?;
//!     Ok(())
//! }
//! ```

use core::fmt::{self, Debug};
use core::time::Duration;

use crate::error::{Claim, Error, Problem};
use crate::policy::check::{Verdict, not_in_future, not_passed};
use crate::policy::{Candidate, ClaimCheck};
use crate::time::NumericDate;

/// Rejects a token that was issued too long ago. `iat` is required, and the current time must not
/// be later than `iat` + age + leeway.
///
/// A token that was issued in the future is rejected, because it would outlast any maximum age.
/// With [`Clock::AtLeast`](crate::Clock::AtLeast), only the age is checked. With
/// [`Clock::Absent`](crate::Clock::Absent), neither is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaxTokenAge {
    /// The maximum time since `iat`.
    pub age: Duration,
    /// The tolerance for clock skew.
    pub leeway: Duration,
}

impl ClaimCheck for MaxTokenAge {
    fn name(&self) -> &'static str {
        "iat"
    }

    fn check(&self, token: &Candidate<'_>) -> Result<(), Error> {
        let issued_at = token.claims().issued_at();
        let issued_at = issued_at.ok_or(Error::missing(Claim::Iat))?;
        let latest = issued_at.later_by(self.age).later_by(self.leeway);
        let clock = token.clock();
        let verdict = not_passed(clock, latest, Problem::TooOld)
            .and(|| not_in_future(clock, issued_at, self.leeway, Problem::InFuture));
        match verdict {
            Verdict::Failed(problem) => Err(Error::Claim(Claim::Iat, problem)),
            Verdict::Passed | Verdict::NotMade => Ok(()),
        }
    }
}

/// Rejects a token whose lifetime, from `iat` to `exp`, is too long. Both claims are required.
///
/// It limits the damage of a leaked token that the issuer made valid for years.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaxLifetime(pub Duration);

impl ClaimCheck for MaxLifetime {
    fn name(&self) -> &'static str {
        "exp"
    }

    fn check(&self, token: &Candidate<'_>) -> Result<(), Error> {
        let claims = token.claims();
        let required =
            |time: Option<NumericDate>, claim| time.ok_or(Error::Claim(claim, Problem::Missing));
        let expires_at = required(claims.expires_at(), Claim::Exp)?;
        let issued_at = required(claims.issued_at(), Claim::Iat)?;
        if expires_at.since(issued_at) > self.0 {
            return Err(Error::Claim(Claim::Exp, Problem::TooLong));
        }
        Ok(())
    }
}

/// Requires a `sub` that starts with this prefix, such as `system:serviceaccount:production:`.
///
/// End the prefix with the separator that the issuer uses: `repo:octo-org/` instead of
/// `repo:octo-org`, which also matches `repo:octo-org-2/`.
#[derive(Clone, Copy)]
pub struct SubjectPrefix<'p>(pub &'p str);

impl ClaimCheck for SubjectPrefix<'_> {
    fn name(&self) -> &'static str {
        "sub"
    }

    fn check(&self, token: &Candidate<'_>) -> Result<(), Error> {
        if self.0.is_empty() {
            return Err(Error::Claim(Claim::Sub, Problem::NothingExpected));
        }
        let subject = token.claims().subject();
        let subject = subject.ok_or(Error::missing(Claim::Sub))?;
        let mut chars = subject.chars();
        if self
            .0
            .chars()
            .all(|expected| chars.next() == Some(expected))
        {
            Ok(())
        } else {
            Err(Error::Claim(Claim::Sub, Problem::Mismatch))
        }
    }
}

/// Requires an `aud` with exactly one value. The policy determines which values are accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SoleAudience;

impl ClaimCheck for SoleAudience {
    fn name(&self) -> &'static str {
        "aud"
    }

    fn check(&self, token: &Candidate<'_>) -> Result<(), Error> {
        let audience = token.claims().audience();
        let audience = audience.ok_or(Error::missing(Claim::Aud))?;
        match audience.iter().nth(1) {
            None => Ok(()),
            Some(_) => Err(Error::Claim(Claim::Aud, Problem::Untrusted)),
        }
    }
}

/// Requires an `iss` that equals a template whose placeholder is replaced by another claim of the
/// token. Use it for providers that write each customer's identifier into the issuer, such as
/// Microsoft Entra ID.
///
/// The claim must be a non-empty string of unreserved characters of a URL (RFC 3986 §2.3: letters,
/// digits, `-`, `.`, `_`, `~`), other than `.` and `..`. So it cannot add or remove a path segment.
/// The template has one placeholder: a name in braces, with text before it. Anything else is the
/// caller's mistake.
///
/// The check accepts **every** tenant of the provider. To accept only some of them, list their
/// issuers in [`Policy::issuer`](crate::Policy::issuer) instead, or compare the claim with your
/// list after verification. Identify a user by `iss` and `sub`, never by `sub` alone.
///
/// ```
/// use jose_verify::checks::IssuerTemplate;
/// use jose_verify::oidc::{self, Nonce};
/// use jose_verify::{Check, ClaimCheck, Error, Keys, NumericDate, Policy, Verifier};
///
/// const ISSUER: &str = "https://login.microsoftonline.com/{tenantid}/v2.0";
///
/// fn log_in(
///     token: &mut [u8],
///     keys: &impl Keys,
///     nonce: &str,
///     now: NumericDate,
/// ) -> Result<(), Error> {
///     let policy = Policy {
///         issuer: Check::Present,
///         ..oidc::id_token(&[ISSUER], &["client-1"], Nonce::Sent(nonce))
///     };
///     let issuer = IssuerTemplate { template: ISSUER, claim: "tid" };
///     let checks: [&dyn ClaimCheck; 1] = [&issuer];
///     Verifier::new(keys, &policy).with_checks(&checks).verify_in_place(token, now)?;
///     Ok(())
/// }
/// ```
///
/// # Errors
///
/// - [`Problem::NothingExpected`] with [`Claim::Iss`]: the template does not have exactly one
///   placeholder, or the name of the claim is empty.
/// - [`Problem::Missing`], [`Problem::WrongType`] or [`Problem::Mismatch`] with [`Claim::Other`]:
///   the claim is absent, is not a string, or has a value that is not allowed.
/// - [`Problem::Missing`] or [`Problem::Mismatch`] with [`Claim::Iss`]: `iss` is absent, or is not
///   the template with this claim.
#[derive(Clone, Copy)]
pub struct IssuerTemplate<'p> {
    /// The issuer with a placeholder, as in the provider's metadata.
    pub template: &'p str,
    /// The name of the claim that replaces the placeholder.
    pub claim: &'p str,
}

impl IssuerTemplate<'_> {
    /// Returns the text before and after the placeholder.
    fn parts(&self) -> Option<(&str, &str)> {
        let (before, rest) = self.template.split_once('{')?;
        let (name, after) = rest.split_once('}')?;
        let is_brace = |c| matches!(c, '{' | '}');
        let has_more = [before, name, after]
            .iter()
            .any(|part| part.contains(is_brace));
        let is_usable = !before.is_empty() && !name.is_empty() && !has_more;
        (is_usable && !self.claim.is_empty()).then_some((before, after))
    }
}

impl ClaimCheck for IssuerTemplate<'_> {
    fn name(&self) -> &'static str {
        "iss"
    }

    fn check(&self, token: &Candidate<'_>) -> Result<(), Error> {
        let mistake = Error::Claim(Claim::Iss, Problem::NothingExpected);
        let (before, after) = self.parts().ok_or(mistake)?;
        let claims = token.claims();
        let value = claims.get(self.claim).ok_or(Error::missing(Claim::Other))?;
        let wrong_type = Error::Claim(Claim::Other, Problem::WrongType);
        let value = value.as_str().ok_or(wrong_type)?;
        let is_unreserved = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
        let is_dots = value == "." || value == "..";
        if value == "" || is_dots || !value.chars().all(is_unreserved) {
            return Err(Error::Claim(Claim::Other, Problem::Mismatch));
        }
        let issuer = claims.issuer().ok_or(Error::missing(Claim::Iss))?;
        let expected = before.chars().chain(value.chars()).chain(after.chars());
        if issuer.chars().eq(expected) {
            Ok(())
        } else {
            Err(Error::Claim(Claim::Iss, Problem::Mismatch))
        }
    }
}

impl Debug for IssuerTemplate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuerTemplate")
            .field("claim", &self.claim)
            .finish_non_exhaustive()
    }
}

impl Debug for SubjectPrefix<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Omits the prefix, which is part of a claim's value.
        f.debug_struct("SubjectPrefix").finish_non_exhaustive()
    }
}
