//! Several issuers: keys and policy of one, never mixed with those of another.

use core::fmt::{self, Debug};
use core::slice;

use crate::encoding::json::JsonStr;
use crate::error::Error;
use crate::key::Keys;
use crate::policy::{Check, Policy};
use crate::time::Clock;
use crate::verify::{Options, Verified, VerifiedJws, pipeline};

/// An issuer with its own keys and what its tokens have to fulfil, in whatever owns them: a row of a table, an `Arc` that was
/// cloned for one request.
///
/// The three are bound to each other: a token that these keys verify is accepted only if its `iss` is this issuer. So
/// whichever issuer is found for a token, by its untrusted `iss` or by anything else, nobody's token passes as somebody
/// else's.
pub trait Issuer {
    /// The issuer's name, which `iss` must be.
    fn issuer(&self) -> &str;

    /// Its keys.
    fn keys(&self) -> &dyn Keys;

    /// Its policy. Everything of it counts but its `issuer`, in place of which [`issuer`](Self::issuer) is required.
    fn policy(&self) -> Policy<'_>;
}

impl<T: Issuer + ?Sized> Issuer for &T {
    fn issuer(&self) -> &str {
        (**self).issuer()
    }

    fn keys(&self) -> &dyn Keys {
        (**self).keys()
    }

    fn policy(&self) -> Policy<'_> {
        (**self).policy()
    }
}

// A Cortex-M0 has no `Arc`.
#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
impl<T: Issuer + ?Sized> Issuer for alloc::sync::Arc<T> {
    fn issuer(&self) -> &str {
        (**self).issuer()
    }

    fn keys(&self) -> &dyn Keys {
        (**self).keys()
    }

    fn policy(&self) -> Policy<'_> {
        (**self).policy()
    }
}

/// An [`Issuer`] that borrows what it needs.
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

impl<'t, K> Tenant<'t, K> {
    /// Binds them.
    #[must_use]
    pub const fn new(issuer: &'t str, keys: &'t K, policy: Policy<'t>) -> Self {
        Self {
            issuer,
            keys,
            policy,
        }
    }
}

impl<K: Keys> Issuer for Tenant<'_, K> {
    fn issuer(&self) -> &str {
        self.issuer
    }

    fn keys(&self) -> &dyn Keys {
        self.keys
    }

    fn policy(&self) -> Policy<'_> {
        self.policy
    }
}

/// Verifies tokens of any of several issuers, each with the keys and the policy of its own.
///
/// `find` is asked for the issuer by the `iss` that the token claims, which is not verified at that point; `None` refuses
/// the token. As an [`Issuer`] holds its name, a wrong answer refuses a token and never lets one pass. Search a list or a
/// map, and return what owns the keys for this request.
///
/// ```
/// use jose_verify::{Error, Issuer, IssuerVerifier, KeySet, NumericDate, Tenant, scratch_len};
///
/// /// The issuer and the subject of a token.
/// fn authenticate(
///     token: &[u8],
///     tenants: &[Tenant<'_, KeySet<8>>],
///     now: NumericDate,
/// ) -> Result<(String, String), Error> {
///     let verifier = IssuerVerifier::new(|iss| tenants.iter().find(|tenant| iss == tenant.issuer()));
///     let mut scratch = vec![0; scratch_len(token.len())];
///     let (tenant, jwt) = verifier.verify(token, now, &mut scratch)?;
///     let subject = jwt.claims().subject().ok_or(Error::MissingSubject)?;
///     Ok((tenant.issuer().to_string(), subject.to_string()))
/// }
/// ```
#[derive(Clone, Copy)]
pub struct IssuerVerifier<'v, F> {
    find: F,
    options: Options<'v>,
}

impl<'v, T: Issuer, F: Fn(JsonStr<'_>) -> Option<T>> IssuerVerifier<'v, F> {
    /// With the issuers that `find` finds, and strict options.
    #[must_use]
    pub const fn new(find: F) -> Self {
        Self {
            find,
            options: Options::new(),
        }
    }

    /// The same with these options.
    #[must_use]
    pub fn with_options(self, options: Options<'v>) -> Self {
        Self { options, ..self }
    }

    /// Verifies a token and returns it with its issuer.
    ///
    /// # Errors
    ///
    /// As for [`Verifier::verify`](crate::Verifier::verify); [`Error::MissingIssuer`], and [`Error::IssuerMismatch`] if
    /// `find` knows none.
    pub fn verify<'b>(
        &self,
        token: &[u8],
        now: impl Into<Clock>,
        scratch: &'b mut [u8],
    ) -> Result<(T, Verified<'b>), Error> {
        // What is wrong with the header is the answer even where the issuer is unknown.
        self.options.peek_header_untrusted(token, scratch)?;
        let iss = self.options.peek_issuer_untrusted(token, scratch)?;
        let iss = iss.ok_or(Error::MissingIssuer)?;
        let issuer = (self.find)(iss).ok_or(Error::IssuerMismatch)?;
        let jws = pipeline::verify(token, issuer.keys(), &self.options, scratch)?;
        let jwt = check(jws, &issuer, now.into())?;
        Ok((issuer, jwt))
    }

    /// Verifies a token without a scratch buffer: it is decoded over its own text. `token` is overwritten, even on error.
    ///
    /// # Errors
    ///
    /// As for [`verify`](Self::verify), but for [`Error::ScratchTooSmall`].
    pub fn verify_in_place<'b>(
        &self,
        token: &'b mut [u8],
        now: impl Into<Clock>,
    ) -> Result<(T, Verified<'b>), Error> {
        let issuer = pipeline::find_in_place(token, &self.options, &self.find)?;
        let jws = pipeline::verify_in_place(token, issuer.keys(), &self.options)?;
        let jwt = check(jws, &issuer, now.into())?;
        Ok((issuer, jwt))
    }
}

/// The claims against the issuer's policy and its name.
fn check<'b>(
    jws: VerifiedJws<'b>,
    issuer: &impl Issuer,
    clock: Clock,
) -> Result<Verified<'b>, Error> {
    let name = issuer.issuer();
    let policy = Policy {
        issuer: Check::Required(slice::from_ref(&name)),
        ..issuer.policy()
    };
    jws.check(&policy, clock)
}

impl<F> Debug for IssuerVerifier<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuerVerifier")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
