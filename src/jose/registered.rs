//! The registered claims: their names, their types, and their positions in a payload.

use crate::encoding::json::{Name, NameBuf, Span};
use crate::error::{Claim, Error, Problem};
use crate::jose::strings::array_of_strings;

/// Number of registered claims: those with the numbers 1 to 14 of [`Claim`].
const REGISTERED: usize = 14;

/// What the payload says about the registered claims (RFC 7519 §4.1, OpenID Connect Core §2, RFC
/// 9068 §2.2, RFC 8417 §2.2).
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Registered {
    /// The spans of the claims, in the order of [`Claim`]. Spans of [`CHECKED_BY_POLICY`] are
    /// marked if the type is wrong.
    spans: [Option<Span>; REGISTERED],
}

/// The claims whose type matters only if the policy checks the claim.
const CHECKED_BY_POLICY: [Claim; 3] = [Claim::AuthTime, Claim::Acr, Claim::Amr];

/// The type of a registered claim.
#[derive(Clone, Copy)]
enum Type {
    String,
    StringOrArray,
    ArrayOfStrings,
    NumericDate,
    Object,
}

/// How registered claims of the wrong type are handled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Strictness {
    /// The claims set is rejected.
    Token,
    /// The claims count as absent, except for those that [`UserInfo`] checks.
    ///
    /// [`UserInfo`]: crate::oidc::UserInfo
    UserInfo,
}

/// Returns the registered claim with this name, and its type.
#[inline]
fn registered_claim(name: &[u8]) -> Option<(Claim, Type)> {
    Some(match name {
        b"iss" => (Claim::Iss, Type::String),
        b"sub" => (Claim::Sub, Type::String),
        b"aud" => (Claim::Aud, Type::StringOrArray),
        b"azp" => (Claim::Azp, Type::String),
        b"exp" => (Claim::Exp, Type::NumericDate),
        b"nbf" => (Claim::Nbf, Type::NumericDate),
        b"iat" => (Claim::Iat, Type::NumericDate),
        b"nonce" => (Claim::Nonce, Type::String),
        b"auth_time" => (Claim::AuthTime, Type::NumericDate),
        b"acr" => (Claim::Acr, Type::String),
        b"amr" => (Claim::Amr, Type::ArrayOfStrings),
        b"jti" => (Claim::Jti, Type::String),
        b"client_id" => (Claim::ClientId, Type::String),
        b"events" => (Claim::Events, Type::Object),
        _ => return None,
    })
}

impl Registered {
    #[inline]
    pub(super) fn span(&self, claim: Claim) -> Option<Span> {
        *self.spans.get(index(claim))?
    }

    /// Returns the problem with the type of one of [`CHECKED_BY_POLICY`], if there is one.
    #[inline]
    pub(super) fn type_problem(&self, claim: Claim) -> Option<Problem> {
        self.span(claim)?.problem()
    }

    /// Checks the type of a registered claim and records its span. Ignores other claims.
    #[inline]
    pub(super) fn set(
        &mut self,
        text: &[u8],
        name: Name<'_>,
        value: Span,
        strictness: Strictness,
    ) -> Result<(), Error> {
        let mut buf = NameBuf::new();
        if let Some((claim, expected)) = registered_claim(name.unescape(&mut buf)) {
            if let Err(problem) = expected.check(text, value) {
                return self.set_problem(claim, problem, value, strictness);
            }
            if let Some(span) = self.spans.get_mut(index(claim)) {
                *span = Some(value);
            }
        }
        Ok(())
    }

    /// Records the problem with the type of a claim, or rejects the claims set.
    #[cold]
    #[inline(never)]
    fn set_problem(
        &mut self,
        claim: Claim,
        problem: Problem,
        value: Span,
        strictness: Strictness,
    ) -> Result<(), Error> {
        let is_null = value.is_null();
        let decides = matches!(claim, Claim::Sub | Claim::Events) && !is_null;
        if strictness == Strictness::UserInfo && !decides {
            return Ok(());
        }
        match self.spans.get_mut(index(claim)) {
            Some(span) if CHECKED_BY_POLICY.contains(&claim) && !is_null => {
                *span = Some(value.with_problem(problem));
                Ok(())
            }
            _ => Err(Error::Claim(claim, problem)),
        }
    }
}

/// Returns the index of a registered claim.
#[inline]
fn index(claim: Claim) -> usize {
    usize::from(claim.number()).wrapping_sub(1)
}

impl Type {
    #[inline]
    fn check(self, text: &[u8], value: Span) -> Result<(), Problem> {
        let matches = match self {
            Self::String => value.is_string(),
            Self::NumericDate if value.is_short_number() => true,
            Self::NumericDate => {
                return value.numeric_date(text).map(|_| ());
            }
            // An empty array names no audience and is rejected.
            Self::StringOrArray => value.is_string() || array_of_strings(text, value) == Some(true),
            Self::ArrayOfStrings => array_of_strings(text, value).is_some(),
            Self::Object => value.is_object(),
        };
        if matches {
            Ok(())
        } else {
            Err(Problem::WrongType)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_registered_claim_has_a_span() {
        for (index, claim) in Claim::ALL.iter().enumerate() {
            let registered = registered_claim(claim.name().as_bytes()).map(|(claim, _)| claim);
            assert_eq!(registered, (index < REGISTERED).then_some(*claim));
            assert_eq!(super::index(*claim), index);
        }
    }
}
