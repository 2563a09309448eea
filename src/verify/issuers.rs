//! Verification for several issuers. The keys and the policy of one issuer are never used for
//! another.

use core::fmt::{self, Debug};

use crate::encoding::json::JsonStr;
use crate::error::{Claim, Error, Problem};
use crate::key::Keys;
use crate::policy::{Check, ClaimCheck, Policy};
use crate::time::Clock;
use crate::verify::{Options, Verified, VerifiedJws, pipeline};

/// An issuer with its own keys and policy.
///
/// Implement it for the type that owns them, such as a row of a table. With the feature `alloc`, an
/// `Arc` of an issuer is an issuer too.
///
/// The name, the keys and the policy belong together. A token that these keys verify is accepted
/// only if its `iss` is this issuer's name. A token of one issuer is therefore never accepted as a
/// token of another, even if a lookup by the untrusted `iss` returns the wrong issuer.
pub trait Issuer {
    /// Returns the issuer's name, which `iss` must equal.
    fn issuer(&self) -> &str;

    /// Returns the issuer's keys.
    fn keys(&self) -> &dyn Keys;

    /// Returns the issuer's policy, which can borrow strings that the issuer owns.
    ///
    /// The policy's field `issuer` is ignored. The `iss` must equal [`issuer`](Self::issuer)
    /// instead.
    fn policy(&self) -> Policy<'_>;

    /// Returns additional checks, which run after those of the policy. The default is none.
    fn checks(&self) -> &[&dyn ClaimCheck] {
        &[]
    }
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

    fn checks(&self) -> &[&dyn ClaimCheck] {
        (**self).checks()
    }
}

// Targets without atomics, such as Cortex-M0, have no `Arc`.
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

    fn checks(&self) -> &[&dyn ClaimCheck] {
        (**self).checks()
    }
}

/// An [`Issuer`] that borrows its name and keys.
#[derive(Debug)]
pub struct Tenant<'t, K> {
    issuer: &'t str,
    keys: &'t K,
    policy: Policy<'t>,
    checks: &'t [&'t dyn ClaimCheck],
}

// Not derived, because a derive would require `K: Clone`.
impl<K> Clone for Tenant<'_, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for Tenant<'_, K> {}

impl<'t, K> Tenant<'t, K> {
    /// Creates an issuer from its name, keys and policy.
    #[must_use]
    pub const fn new(issuer: &'t str, keys: &'t K, policy: Policy<'t>) -> Self {
        Self {
            issuer,
            keys,
            policy,
            checks: &[],
        }
    }

    /// Returns the issuer with additional checks, which run after those of the policy. They
    /// replace the checks of an earlier call.
    #[must_use]
    pub const fn with_checks(self, checks: &'t [&'t dyn ClaimCheck]) -> Self {
        Self { checks, ..self }
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

    fn checks(&self) -> &[&dyn ClaimCheck] {
        self.checks
    }
}

/// Verifies the tokens of several issuers, each with the issuer's own keys and policy.
///
/// `find` looks up the issuer by the token's `iss`, which is not verified at that point. It can
/// search a list or a map, and returns the issuer for this request. If it returns `None`, the token
/// is rejected.
///
/// The `iss` must equal the name of the [`Issuer`] that was found. A wrong result therefore rejects
/// the token.
///
/// To search a map, use the unescaped string: `iss.to_string()`, or [`JsonStr::unescape`], which
/// does not allocate. Some issuers write their name as `https:\/\/…`, for which
/// [`JsonStr::as_plain_str`] returns `None`.
///
/// If the issuers own their data and their keys are replaced at run time, let `find` return a value
/// that holds an `Arc` of each:
///
/// ```
/// # #[cfg(feature = "alloc")] {
/// use std::sync::{Arc, Mutex};
/// use jose_verify::{Issuer, KeySet, Keys, Policy, oauth};
///
/// struct Entry {
///     issuer: String,
///     audiences: Vec<String>,
///     keys: Mutex<Arc<KeySet<16>>>,
/// }
///
/// /// The issuer of one request.
/// struct Snapshot {
///     entry: Arc<Entry>,
///     keys: Arc<KeySet<16>>,
/// }
///
/// impl Issuer for Snapshot {
///     fn issuer(&self) -> &str {
///         &self.entry.issuer
///     }
///     fn keys(&self) -> &dyn Keys {
///         &self.keys
///     }
///     fn policy(&self) -> Policy<'_> {
///         oauth::access_token(&self.entry.issuer, &self.entry.audiences)
///     }
/// }
/// # }
/// ```
///
/// If the data is borrowed, use a [`Tenant`]:
///
/// ```
/// use jose_verify::json::JsonStr;
/// use jose_verify::{
///     Claim, Error, Issuer, IssuerVerifier, KeySet, NumericDate, Problem, Tenant, scratch_len,
/// };
///
/// /// Returns the issuer and the subject of a token.
/// fn authenticate(
///     token: &[u8],
///     tenants: &[Tenant<'_, KeySet<8>>],
///     now: NumericDate,
/// ) -> Result<(String, String), Error> {
///     let find = |iss: JsonStr<'_>| tenants.iter().find(|tenant| iss == tenant.issuer());
///     let verifier = IssuerVerifier::new(find);
///     let mut scratch = vec![0; scratch_len(token.len())];
///     let (tenant, jwt) = verifier.verify(token, now, &mut scratch)?;
///     let missing = Error::Claim(Claim::Sub, Problem::Missing);
///     let subject = jwt.claims().subject().ok_or(missing)?;
///     Ok((tenant.issuer().to_string(), subject.to_string()))
/// }
/// ```
#[derive(Clone, Copy)]
pub struct IssuerVerifier<'v, F> {
    find: F,
    options: Options<'v>,
}

impl<'v, T: Issuer, F: Fn(JsonStr<'_>) -> Option<T>> IssuerVerifier<'v, F> {
    /// Creates a verifier that looks up issuers with `find`. The options are strict.
    #[must_use]
    pub const fn new(find: F) -> Self {
        Self {
            find,
            options: Options::new(),
        }
    }

    /// Returns the verifier with these options.
    #[must_use]
    pub fn with_options(self, options: Options<'v>) -> Self {
        Self { options, ..self }
    }

    /// Verifies a token and returns it with its issuer.
    ///
    /// # Errors
    ///
    /// The errors of [`Verifier::verify`](crate::Verifier::verify), and [`Error::Claim`] with
    /// [`Claim::Iss`]:
    ///
    /// - [`Problem::Missing`]: the token has no `iss`.
    /// - [`Problem::Mismatch`]: `find` returned `None`.
    ///
    /// The `iss` is read first, so a payload that is not a JSON object is [`Error::MalformedJson`]
    /// instead of [`Error::MalformedClaims`].
    ///
    /// On [`Error::NoKey`], [`Options::peek_issuer_untrusted`] returns the name of the issuer whose
    /// keys may be outdated. Fetch keys only from issuers that you know, and use one
    /// [`Refetch`](crate::keys::Refetch) for each issuer.
    pub fn verify<'b>(
        &self,
        token: &[u8],
        now: impl Into<Clock>,
        scratch: &'b mut [u8],
    ) -> Result<(T, Verified<'b>), Error> {
        // An error in the header is reported even if the issuer is unknown.
        self.options.peek_header_untrusted(token, scratch)?;
        let iss = self.options.peek_issuer_untrusted(token, scratch)?;
        let iss = iss.ok_or(Error::missing(Claim::Iss))?;
        let issuer = (self.find)(iss).ok_or(Error::Claim(Claim::Iss, Problem::Mismatch))?;
        let jws = pipeline::verify(token, issuer.keys(), &self.options, scratch)?;
        let jwt = check(jws, &issuer, now.into())?;
        Ok((issuer, jwt))
    }

    /// Verifies a token without a scratch buffer by decoding it in place. `token` is overwritten,
    /// even on error.
    ///
    /// # Errors
    ///
    /// The errors of [`verify`](Self::verify), except [`Error::ScratchTooSmall`].
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

/// Checks the claims against the issuer's name and policy.
fn check<'b>(
    jws: VerifiedJws<'b>,
    issuer: &impl Issuer,
    clock: Clock,
) -> Result<Verified<'b>, Error> {
    let name = issuer.issuer();
    let policy = Policy {
        issuer: Check::Required(&name),
        ..issuer.policy()
    };
    jws.check(&policy, issuer.checks(), clock)
}

impl<F> Debug for IssuerVerifier<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuerVerifier")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
