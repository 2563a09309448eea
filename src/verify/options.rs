//! Options for the form of tokens. Each option exists because a deployment needed it.

use core::fmt::{self, Debug};

use crate::encoding::json::JsonStr;
use crate::error::Error;
use crate::jose::compact::Compact;
use crate::jose::header::{Critical, Header};
use crate::limits::MAX_TOKEN_LEN;
use crate::verify::pipeline;

/// Options of a verifier. The default is strict, as RFC 7515 and RFC 7519 require.
///
/// ```
/// use jose_verify::Options;
///
/// // Rejects tokens without a `kid` that several keys fit, and tokens longer than 8 KiB.
/// const OPTIONS: Options<'_> = Options::new().refuse_ambiguity().max_token_len(8 * 1024);
/// ```
#[derive(Clone, Copy)]
pub struct Options<'v> {
    /// Removes the padding. Only [`padded`](Self::padded) names the function, so that programs
    /// without padding do not link it.
    pub(super) unpad: Option<for<'t> fn(Compact<'t>) -> Result<Compact<'t>, Error>>,
    pub(super) unambiguous: bool,
    pub(super) max_token_len: usize,
    pub(super) critical: Critical<'v>,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl<'v> Options<'v> {
    /// Creates the strict options.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            unpad: None,
            unambiguous: false,
            max_token_len: MAX_TOKEN_LEN,
            critical: Critical::NONE,
        }
    }

    /// Accepts only tokens with `=` padding, as AWS Application Load Balancers produce them.
    ///
    /// RFC 7515 §2 omits padding, so these tokens are rejected by default. The load balancer signs
    /// the text with its padding, so removing the padding beforehand breaks the signature. Each
    /// segment must have exactly the padding that RFC 4648 §4 requires, so each byte string still
    /// has exactly one encoding. A token without this padding is rejected.
    ///
    /// All load balancers of a region sign with the same keys, including those of other customers.
    /// Compare the header parameter `signer` with the ARN of your load balancer. Otherwise, anyone
    /// with a load balancer can log in.
    ///
    /// ```
    /// use core::time::Duration;
    /// use jose_verify::alg::ES256;
    /// use jose_verify::json::JsonStr;
    /// use jose_verify::{
    ///     Check, Claim, Error, Key, NumericDate, Options, Policy, Problem, Verifier,
    /// };
    ///
    /// /// Returns the user's `sub` from the HTTP header `x-amzn-oidc-data`.
    /// fn user<'b>(
    ///     token: &[u8],
    ///     jwk_of: impl Fn(JsonStr<'_>) -> Result<&'static [u8], Error>,
    ///     now: NumericDate,
    ///     scratch: &'b mut [u8],
    /// ) -> Result<JsonStr<'b>, Error> {
    ///     const LOAD_BALANCER: &str = "arn:aws:elasticloadbalancing:eu-central-1:\
    ///         123456789012:loadbalancer/app/web/50dc6c495c0c9188";
    ///     const PADDED: Options<'_> = Options::new().padded();
    ///     // The `kid` is the last segment of the URL that the key is published at.
    ///     let header = PADDED.peek_header_untrusted(token, scratch)?;
    ///     let key = Key::from_jwk(ES256, jwk_of(header.key_id().ok_or(Error::NoKey)?)?)?;
    ///     let policy = Policy {
    ///         expires_at: Check::Required(Duration::ZERO),
    ///         subject: Check::Present,
    ///         ..Policy::jwt(Check::Required(&["https://login.example.com"]), Check::NotChecked)
    ///     };
    ///     let verifier = Verifier::new(&key, &policy).with_options(PADDED);
    ///     let jwt = verifier.verify(token, now, scratch)?;
    ///     let signer = jwt.header().get("signer").and_then(|signer| signer.as_str());
    ///     if signer.is_none_or(|signer| signer != LOAD_BALANCER) {
    ///         return Err(Error::Claim(Claim::Other, Problem::Mismatch));
    ///     }
    ///     jwt.claims().subject().ok_or(Error::missing(Claim::Sub))
    /// }
    /// ```
    #[must_use]
    pub const fn padded(self) -> Self {
        Self {
            unpad: Some(|jws| jws.without_padding()),
            ..self
        }
    }

    /// Rejects a token without a `kid` if several keys fit it, instead of trying each key. The
    /// error is [`Error::AmbiguousKey`].
    ///
    /// An issuer that publishes keys without a `kid` has two keys during a rotation. All of its
    /// tokens are rejected during that time.
    #[must_use]
    pub const fn refuse_ambiguity(self) -> Self {
        Self {
            unambiguous: true,
            ..self
        }
    }

    /// Rejects tokens longer than `bytes`. The default is 1 MiB
    /// ([`MAX_TOKEN_LEN`](crate::limits::MAX_TOKEN_LEN)). The work for a token grows with its
    /// length.
    #[must_use]
    pub const fn max_token_len(self, bytes: usize) -> Self {
        Self {
            max_token_len: bytes,
            ..self
        }
    }

    /// Sets the names of the critical header parameters that the caller understands (`crit`, RFC
    /// 7515 §4.1.11).
    ///
    /// A token whose `crit` lists any other name is rejected. The caller must read the parameters
    /// from the verified [header](crate::Verified::header) and process them as their specification
    /// requires. `b64` is not supported: an unencoded payload is always rejected.
    #[must_use]
    pub const fn understand(self, critical: &'v [&'v str]) -> Self {
        Self {
            critical: Critical::understood(critical),
            ..self
        }
    }

    /// Parses a token's header without verifying anything, for instance to learn which keys to
    /// fetch.
    ///
    /// The header is under the control of the sender. Never use it to decide whether to trust a
    /// token.
    ///
    /// # Errors
    ///
    /// The [`Error`]s of the token and the header.
    ///
    /// ```
    /// use jose_verify::{Options, scratch_len};
    /// let token = b"eyJhbGciOiJFUzI1NiIsImtpZCI6IjEifQ.e30.c2ln";
    /// let mut scratch = [0; scratch_len(64)];
    /// let header = Options::new().peek_header_untrusted(token, &mut scratch)?;
    /// assert!(header.algorithm() == "ES256" && header.key_id().unwrap() == "1");
    /// # Ok::<(), jose_verify::Error>(())
    /// ```
    pub fn peek_header_untrusted<'b>(
        &self,
        token: &[u8],
        scratch: &'b mut [u8],
    ) -> Result<Header<'b>, Error> {
        let (header, _) = pipeline::decode_header(&pipeline::split(token, self)?, self, scratch)?;
        Ok(header)
    }

    /// Parses the `iss` of a token without verifying anything, for instance to learn whose keys to
    /// fetch.
    ///
    /// The claim is under the control of the sender. Use it only to look up an
    /// [`Issuer`](crate::Issuer).
    ///
    /// # Errors
    ///
    /// The [`Error`]s of the token, of the payload as a JSON object, and of `iss`.
    pub fn peek_issuer_untrusted<'b>(
        &self,
        token: &[u8],
        scratch: &'b mut [u8],
    ) -> Result<Option<JsonStr<'b>>, Error> {
        pipeline::peek_issuer(&pipeline::split(token, self)?, scratch)
    }
}

impl Debug for Options<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("padded", &self.unpad.is_some())
            .field("unambiguous", &self.unambiguous)
            .field("max_token_len", &self.max_token_len)
            .field("understood", &self.critical.names())
            .finish()
    }
}
