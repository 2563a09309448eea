//! The entry points: [`Verifier`] and [`JwsVerifier`].

use core::fmt::{self, Debug};

use crate::error::Error;
use crate::key::Keys;
use crate::policy::{CheckReport, ClaimCheck, Policy};
use crate::time::Clock;
use crate::verify::{Options, Verified, VerifiedJws, pipeline};

/// Verifies JWTs: first the signature with its keys, then the claims against its policy.
///
/// A verifier borrows its keys and its policy. It is cheap to create and can be shared.
///
/// ```
/// use jose_verify::alg::HS256;
/// use jose_verify::{
///     Check, Claim, Error, Key, NumericDate, Policy, Problem, Verifier, scratch_len,
/// };
///
/// // The token of RFC 7515, Appendix A.1:
/// // {"iss":"joe","exp":1300819380,"http://example.com/is_root":true}
/// let token = b"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9\
///     .eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNv\
///     bS9pc19yb290Ijp0cnVlfQ\
///     .dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// let jwk = br#"{"kty":"oct",
/// "k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}"#;
/// let key = Key::from_jwk(HS256, jwk)?;
/// let policy = Policy::jwt(Check::Required(&["joe"]), Check::NotChecked);
/// let verifier = Verifier::new(&key, &policy);
///
/// let mut scratch = [0; scratch_len(256)];
/// let verified = verifier.verify(token, NumericDate::from_seconds(1_300_819_000), &mut scratch)?;
/// let is_root = verified.claims().get("http://example.com/is_root").unwrap();
/// assert_eq!(is_root.as_bool(), Some(true));
///
/// let late = NumericDate::from_seconds(1_300_819_380);
/// let expired = Error::Claim(Claim::Exp, Problem::Expired);
/// assert_eq!(verifier.verify(token, late, &mut scratch).err(), Some(expired));
/// # Ok::<(), Error>(())
/// ```
pub struct Verifier<'v, K: ?Sized> {
    jws: JwsVerifier<'v, K>,
    policy: &'v Policy<'v>,
    checks: &'v [&'v dyn ClaimCheck],
}

impl<'v, K: Keys + ?Sized> Verifier<'v, K> {
    /// Creates a verifier with strict options.
    #[must_use]
    pub const fn new(keys: &'v K, policy: &'v Policy<'v>) -> Self {
        Self {
            jws: JwsVerifier::new(keys),
            policy,
            checks: &[],
        }
    }

    /// Returns the verifier with these options.
    #[must_use]
    pub const fn with_options(self, options: Options<'v>) -> Self {
        Self {
            jws: self.jws.with_options(options),
            ..self
        }
    }

    /// Returns the verifier with additional checks, which run after those of the policy. They
    /// replace the checks of an earlier call.
    ///
    /// They can come from [`checks`](crate::checks), or be your own implementations of
    /// [`ClaimCheck`].
    #[must_use]
    pub const fn with_checks(self, checks: &'v [&'v dyn ClaimCheck]) -> Self {
        Self { checks, ..self }
    }

    /// Verifies a token.
    ///
    /// - `token` must contain only the token. A trailing line feed is an error, because it is not
    ///   base64url.
    /// - `now` is a [`NumericDate`](crate::NumericDate). A device without a clock passes
    ///   [`Clock::AtLeast`] with the build time of its firmware, or [`Clock::Absent`].
    /// - `scratch` receives the decoded token. [`scratch_len`](crate::scratch_len) returns the
    ///   length that it needs.
    ///
    /// # Errors
    ///
    /// The [`Error`]s of the token, header, keys, signature, claims and policy.
    pub fn verify<'b>(
        &self,
        token: &[u8],
        now: impl Into<Clock>,
        scratch: &'b mut [u8],
    ) -> Result<Verified<'b>, Error> {
        self.jws
            .verify(token, scratch)?
            .check(self.policy, self.checks, now.into())
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
    ) -> Result<Verified<'b>, Error> {
        self.jws
            .verify_in_place(token)?
            .check(self.policy, self.checks, now.into())
    }

    /// Verifies a token and reports the outcome of every check of its claims, including those after
    /// the first failure.
    ///
    /// Use it to find out why a token is rejected. Do not show the reports to the sender of the
    /// token.
    ///
    /// If the signature is invalid or the claims cannot be parsed, the error is returned and
    /// nothing is reported. A report never contains the value of a claim.
    ///
    /// # Errors
    ///
    /// The same error as [`verify`](Self::verify).
    ///
    /// ```
    /// use jose_verify::{Error, Keys, NumericDate, Outcome, Policy, Verifier, scratch_len};
    ///
    /// fn explain(
    ///     token: &[u8],
    ///     keys: &impl Keys,
    ///     policy: &Policy<'_>,
    ///     now: NumericDate,
    /// ) -> Result<(), Error> {
    ///     let mut scratch = vec![0; scratch_len(token.len())];
    ///     let verifier = Verifier::new(keys, policy);
    ///     verifier.explain(token, now, &mut scratch, |check| match check.outcome {
    ///         Outcome::Failed(error) => eprintln!("{}: {error}", check.name),
    ///         outcome => eprintln!("{}: {outcome:?}", check.name),
    ///     })?;
    ///     Ok(())
    /// }
    /// ```
    pub fn explain<'b>(
        &self,
        token: &[u8],
        now: impl Into<Clock>,
        scratch: &'b mut [u8],
        mut report: impl FnMut(CheckReport<'_>),
    ) -> Result<Verified<'b>, Error> {
        self.jws
            .verify(token, scratch)?
            .explain(self.policy, self.checks, now.into(), &mut report)
    }
}

/// Verifies signatures only. The payload can be any bytes.
///
/// Use it for content that is not a claims set. For a JWT, use a [`Verifier`]: a valid signature
/// shows who made the token, but not who it is for or whether it has expired.
pub struct JwsVerifier<'v, K: ?Sized> {
    keys: &'v K,
    options: Options<'v>,
}

impl<'v, K: Keys + ?Sized> JwsVerifier<'v, K> {
    /// Creates a verifier with strict options.
    #[must_use]
    pub const fn new(keys: &'v K) -> Self {
        Self {
            keys,
            options: Options::new(),
        }
    }

    /// Returns the verifier with these options.
    #[must_use]
    pub const fn with_options(self, options: Options<'v>) -> Self {
        Self { options, ..self }
    }

    /// Verifies the signature of a token. `scratch` receives the decoded token.
    ///
    /// # Errors
    ///
    /// The [`Error`]s of the token, header, keys and signature.
    pub fn verify<'b>(
        &self,
        token: &[u8],
        scratch: &'b mut [u8],
    ) -> Result<VerifiedJws<'b>, Error> {
        pipeline::verify(token, &self.keys, &self.options, scratch)
    }

    /// Verifies the signature of a token without a scratch buffer by decoding it in place. `token`
    /// is overwritten, even on error.
    ///
    /// # Errors
    ///
    /// The errors of [`verify`](Self::verify), except [`Error::ScratchTooSmall`].
    pub fn verify_in_place<'b>(&self, token: &'b mut [u8]) -> Result<VerifiedJws<'b>, Error> {
        pipeline::verify_in_place(token, &self.keys, &self.options)
    }
}

// Not derived, because a derive would require `K: Clone`.
impl<K: ?Sized> Clone for Verifier<'_, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K: ?Sized> Copy for Verifier<'_, K> {}

impl<K: ?Sized> Clone for JwsVerifier<'_, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K: ?Sized> Copy for JwsVerifier<'_, K> {}

impl<K: ?Sized> Debug for Verifier<'_, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("policy", self.policy)
            .field("checks", &self.checks)
            .field("options", &self.jws.options)
            .finish_non_exhaustive()
    }
}

impl<K: ?Sized> Debug for JwsVerifier<'_, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwsVerifier")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
