//! UserInfo responses.

use core::fmt::{self, Debug};

use crate::encoding::json::JsonStr;
use crate::error::{Claim, Error, Problem};
use crate::jose::claims::Claims;
use crate::verify::Verified;

/// Claims about the user from the UserInfo endpoint (OpenID Connect Core §5.3), known to be about
/// the user of an ID Token.
///
/// "The `sub` Claim in the UserInfo Response MUST be verified to exactly match the `sub` Claim in
/// the ID Token; if they do not match, the UserInfo Response values MUST NOT be used" (§5.3.2). So
/// there is no way to the values but past that comparison.
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
    /// Reads a response in plain JSON (`application/json`).
    ///
    /// It is not signed: it is as good as the connection that it was fetched by.
    ///
    /// # Errors
    ///
    /// - [`Error::MalformedClaims`], [`Error::MalformedJson`], [`Error::DuplicateMember`],
    ///   [`Error::Limit`]: not a JSON object.
    /// - [`Error::Claim`] with [`Problem::WrongType`] or [`Problem::OutOfRange`]: a registered
    ///   claim cannot be read.
    /// - [`Claim::Sub`], [`Problem::Missing`] or [`Problem::Mismatch`]: not about this user.
    /// - [`Claim::Events`], [`Problem::Prohibited`]: it is about an event, so it is not UserInfo.
    pub fn parse(response: &'a [u8], id_token: &Verified<'_>) -> Result<Self, Error> {
        Self::about_the_user_of(&Claims::parse(response)?, id_token)
    }

    /// Takes a response that is a signed JWT (`application/jwt`), verified by the policy
    /// [`user_info`](super::user_info).
    ///
    /// # Errors
    ///
    /// [`Claim::Sub`], [`Problem::Missing`] or [`Problem::Mismatch`]: not about this user;
    /// [`Claim::Events`], [`Problem::Prohibited`]: about an event.
    pub fn from_verified(response: &Verified<'a>, id_token: &Verified<'_>) -> Result<Self, Error> {
        Self::about_the_user_of(response.claims(), id_token)
    }

    fn about_the_user_of(claims: &Claims<'a>, id_token: &Verified<'_>) -> Result<Self, Error> {
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

    /// `sub`, which is that of the ID Token.
    #[must_use]
    pub const fn subject(&self) -> JsonStr<'a> {
        self.subject
    }

    /// What the provider says of the user.
    #[must_use]
    pub const fn claims(&self) -> &Claims<'a> {
        &self.claims
    }
}

impl Debug for UserInfo<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Omits the claims, which are personal data.
        f.debug_struct("UserInfo").finish_non_exhaustive()
    }
}
