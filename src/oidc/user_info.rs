//! UserInfo responses.

use core::fmt::{self, Debug};

use crate::encoding::json::JsonStr;
use crate::error::{Claim, Error, Problem};
use crate::jose::claims::Claims;
use crate::verify::Verified;

/// Claims from the UserInfo endpoint (OpenID Connect Core §5.3) about the user of an ID Token.
///
/// "The `sub` Claim in the UserInfo Response MUST be verified to exactly match the `sub` Claim in
/// the ID Token; if they do not match, the UserInfo Response values MUST NOT be used" (§5.3.2).
/// Every constructor compares the two, so the values cannot be used without this check.
///
/// ```
/// use jose_verify::{Error, Verified};
/// use jose_verify::oidc::UserInfo;
///
/// fn email<'a>(response: &'a [u8], id_token: &Verified<'_>) -> Result<Option<String>, Error> {
///     let user_info = UserInfo::parse(response, id_token)?;
///     let email = user_info.claims().get("email").and_then(|email| email.as_str());
///     Ok(email.map(|email| email.to_string()))
/// }
/// ```
#[derive(Clone, Copy)]
pub struct UserInfo<'a> {
    subject: JsonStr<'a>,
    claims: Claims<'a>,
}

impl<'a> UserInfo<'a> {
    /// Parses a response in plain JSON (`application/json`).
    ///
    /// The response is not signed. It is only as trustworthy as the connection that delivered it.
    ///
    /// A claim that is `null` counts as absent, because many serializers write `null` for a value
    /// that is not set. The types of claims other than `sub` and `events` are not checked, because
    /// no decision depends on them. If the type is wrong, the typed accessor returns `None`, and
    /// [`Claims::get`] returns the value.
    ///
    /// # Errors
    ///
    /// - [`Error::MalformedClaims`], [`Error::MalformedJson`], [`Error::DuplicateMember`]: the
    ///   response is not a JSON object, or it repeats a name.
    /// - [`Error::Limit`]: the response exceeds a [limit](crate::limits).
    /// - [`Claim::Sub`] or [`Claim::Events`] with [`Problem::WrongType`]: the claim has the wrong
    ///   type.
    /// - [`Claim::Sub`] with [`Problem::Missing`] or [`Problem::Mismatch`]: the response is not
    ///   about the user of the ID Token.
    /// - [`Claim::Events`] with [`Problem::Prohibited`]: the response describes an event, so it is
    ///   not UserInfo.
    pub fn parse(response: &'a [u8], id_token: &Verified<'_>) -> Result<Self, Error> {
        Self::for_user_of(&Claims::parse_user_info(response)?, id_token)
    }

    /// Checks a response that is a signed JWT (`application/jwt`). Verify it first, with the policy
    /// [`user_info`](super::user_info).
    ///
    /// # Errors
    ///
    /// - [`Claim::Sub`] with [`Problem::Missing`] or [`Problem::Mismatch`]: the response is not
    ///   about the user of the ID Token.
    /// - [`Claim::Events`] with [`Problem::Prohibited`]: the response describes an event.
    pub fn from_verified(response: &Verified<'a>, id_token: &Verified<'_>) -> Result<Self, Error> {
        Self::for_user_of(response.claims(), id_token)
    }

    /// Creates the value if the claims are about the user of the ID Token.
    fn for_user_of(claims: &Claims<'a>, id_token: &Verified<'_>) -> Result<Self, Error> {
        if claims.events().is_some() {
            return Err(Error::Claim(Claim::Events, Problem::Prohibited));
        }
        let subject = claims.user()?;
        let expected = id_token.claims().user()?;
        if subject == expected {
            Ok(Self {
                subject,
                claims: *claims,
            })
        } else {
            Err(Error::Claim(Claim::Sub, Problem::Mismatch))
        }
    }

    /// Returns `sub`, which equals the `sub` of the ID Token.
    #[must_use]
    pub const fn subject(&self) -> JsonStr<'a> {
        self.subject
    }

    /// Returns the claims about the user.
    #[must_use]
    pub const fn claims(&self) -> &Claims<'a> {
        &self.claims
    }
}

impl Debug for UserInfo<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Omits the claims, because they are personal data.
        f.debug_struct("UserInfo").finish_non_exhaustive()
    }
}
