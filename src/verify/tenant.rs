//! Several issuers and tenants: keys and policy of one, never mixed with those of another.

use core::slice;

use crate::encoding::base64url;
use crate::encoding::json::{JsonStr, read_object};
use crate::error::Error;
use crate::jose::compact::Compact;
use crate::key::lookup::Keys;
use crate::policy::{Check, Policy};
use crate::time::Clock;
use crate::verify::{Verified, peek_header_untrusted, verify};

/// An issuer with its own keys and what its tokens have to fulfil.
///
/// The three are bound to each other: a token that these keys verify is accepted only if its `iss` is this issuer. So
/// whichever tenant is picked for a token, by its untrusted `iss` or by anything else, nobody's token passes as somebody
/// else's.
#[derive(Debug)]
pub struct Tenant<'t, K> {
    issuer: &'t str,
    keys: &'t K,
    policy: Policy<'t>,
}

// Not derived: that would ask it of the keys, too.
impl<K> Clone for Tenant<'_, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for Tenant<'_, K> {}

impl<'t, K: Keys> Tenant<'t, K> {
    /// Binds them. Of the policy everything counts but its `issuer`, in place of which `issuer` is required.
    #[must_use]
    pub const fn new(issuer: &'t str, keys: &'t K, policy: Policy<'t>) -> Self {
        Self {
            issuer,
            keys,
            policy,
        }
    }

    /// The issuer.
    #[must_use]
    pub const fn issuer(&self) -> &'t str {
        self.issuer
    }

    /// Verifies a token that must be this tenant's: the caller knows which, for instance by the URL.
    ///
    /// # Errors
    ///
    /// As for [`verify`](crate::verify).
    pub fn verify<'b>(
        &self,
        token: &[u8],
        now: impl Into<Clock>,
        scratch: &'b mut [u8],
    ) -> Result<Verified<'b>, Error> {
        let policy = Policy {
            issuer: Check::Required(slice::from_ref(&self.issuer)),
            ..self.policy
        };
        verify(token, self.keys, &policy, now, scratch)
    }
}

/// Verifies a token of any of several issuers, with the keys and the policy of its own.
///
/// `tenant` finds it by the `iss` that the token claims, which is not verified at that point; `None` refuses the token.
/// As a [`Tenant`] holds its issuer, a wrong answer refuses a token and never lets one pass. Search a list, a map, or
/// load it from elsewhere.
///
/// # Errors
///
/// As for [`verify`](crate::verify); [`Error::MissingIssuer`], and [`Error::IssuerMismatch`] if `tenant` knows none.
///
/// ```
/// use jose_verify::{Error, KeySet, NumericDate, Tenant, oidc, scratch_len, verify_by_issuer};
///
/// fn authenticate(token: &[u8], eu: &KeySet<8>, us: &KeySet<8>, now: NumericDate) -> Result<&'static str, Error> {
///     let api = &["https://api.example.com"];
///     let tenants = [
///         Tenant::new("https://eu.example.com", eu, oidc::access_token(&[], api)),
///         Tenant::new("https://us.example.com", us, oidc::access_token(&[], api)),
///     ];
///     let find = |issuer: jose_verify::JsonStr<'_>| tenants.iter().find(|t| issuer == t.issuer()).copied();
///     let mut scratch = [0; scratch_len(8192)];
///     let (tenant, jwt) = verify_by_issuer(token, find, now, &mut scratch)?;
///     // … use `jwt` as a token of that tenant …
///     # let _ = jwt;
///     Ok(if tenant.issuer().starts_with("https://eu.") { "eu" } else { "us" })
/// }
/// ```
pub fn verify_by_issuer<'t, 'b, K: Keys>(
    token: &[u8],
    tenant: impl FnOnce(JsonStr<'_>) -> Option<Tenant<'t, K>>,
    now: impl Into<Clock>,
    scratch: &'b mut [u8],
) -> Result<(Tenant<'t, K>, Verified<'b>), Error> {
    // What is wrong with the header is the answer even where the issuer is unknown.
    peek_header_untrusted(token, scratch)?;
    let issuer = peek_issuer_untrusted(token, scratch)?;
    let issuer = issuer.ok_or(Error::MissingIssuer)?;
    let tenant = tenant(issuer).ok_or(Error::IssuerMismatch)?;
    let jwt = tenant.verify(token, now, scratch)?;
    Ok((tenant, jwt))
}

/// Reads the `iss` of a token without verifying anything, for instance to learn whose keys to fetch.
///
/// Anybody can write anything there. It is good for picking a [`Tenant`] and for nothing else.
///
/// # Errors
///
/// The [`Error`]s of token and claims, as far as they concern the text as a whole and `iss`.
pub fn peek_issuer_untrusted<'b>(
    token: &[u8],
    scratch: &'b mut [u8],
) -> Result<Option<JsonStr<'b>>, Error> {
    let jws = Compact::parse(token)?;
    let payload = base64url::decode(jws.payload, scratch, Error::ScratchTooSmall)?;
    let mut issuer = None;
    read_object(payload, &mut |name, value| {
        if name == "iss" {
            issuer = Some(value.as_str().ok_or(Error::WrongClaimType)?);
        }
        Ok(())
    })?;
    Ok(issuer)
}
