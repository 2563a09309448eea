//! What may be said about the form of tokens. Every one of these exists because somebody met the limit.

use crate::encoding::json::JsonStr;
use crate::error::Error;
use crate::jose::compact::Compact;
use crate::jose::header::{Critical, Header};
use crate::limits::MAX_TOKEN_LEN;
use crate::verify::pipeline;

/// Options of a verifier. Those of [`new`](Self::new) are the strict ones that RFC 7515 and RFC 7519 ask for.
///
/// ```
/// use jose_verify::Options;
///
/// // A token without `kid` that several keys fit is refused, and so is one of more than 8 KiB.
/// const OPTIONS: Options<'_> = Options::new().refuse_ambiguity().max_token_len(8 * 1024);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Options<'v> {
    /// Takes off the padding. A function that only [`padded`](Self::padded) names, so that nobody else links it.
    unpad: Option<for<'t> fn(Compact<'t>) -> Result<Compact<'t>, Error>>,
    pub(super) unambiguous: bool,
    max_token_len: usize,
    pub(super) critical: Critical<'v>,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl<'v> Options<'v> {
    /// The strict options.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            unpad: None,
            unambiguous: false,
            max_token_len: MAX_TOKEN_LEN,
            critical: Critical::NONE,
        }
    }

    /// For tokens whose segments end in `=`, as AWS Application Load Balancers make them.
    ///
    /// RFC 7515 §2 has no padding, so these are refused otherwise. A load balancer signs the text with its padding: taking
    /// it off beforehand breaks the signature. Each segment must have exactly the padding that RFC 4648 §4 demands, so
    /// there is still one text for each string of bytes; a token without it is refused.
    ///
    /// All load balancers of a region are signed for under the same keys, also those of others: compare the header's
    /// `signer` with your load balancer's ARN, or anybody who has one can log in.
    ///
    /// ```
    /// use jose_verify::{
    ///     Check, ES256, Error, JsonStr, Key, Leeway, NumericDate, Options, Policy, Verifier,
    /// };
    ///
    /// /// The user's `sub` from the header `x-amzn-oidc-data`.
    /// fn user<'b>(
    ///     token: &[u8],
    ///     jwk_of: impl Fn(JsonStr<'_>) -> Result<&'static [u8], Error>,
    ///     now: NumericDate,
    ///     scratch: &'b mut [u8],
    /// ) -> Result<JsonStr<'b>, Error> {
    ///     const LOAD_BALANCER: &str =
    ///         "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188";
    ///     const PADDED: Options<'_> = Options::new().padded();
    ///     // The key's identifier is the end of the URL that it is published under.
    ///     let header = PADDED.peek_header_untrusted(token, scratch)?;
    ///     let key = Key::from_jwk(ES256, jwk_of(header.key_id().ok_or(Error::NoKey)?)?)?;
    ///     let policy = Policy {
    ///         expires_at: Check::Required(Leeway::NONE),
    ///         subject: Check::Present,
    ///         ..Policy::jwt(Check::Required(&["https://login.example.com"]), Check::NotChecked)
    ///     };
    ///     let verifier = Verifier::new(&key, &policy).with_options(PADDED);
    ///     let jwt = verifier.verify(token, now, scratch)?;
    ///     let signer = jwt.header().get("signer").and_then(|signer| signer.as_str());
    ///     if signer.is_none_or(|signer| signer != LOAD_BALANCER) {
    ///         return Err(Error::CustomClaims);
    ///     }
    ///     jwt.claims().subject().ok_or(Error::MissingSubject)
    /// }
    /// ```
    #[must_use]
    pub const fn padded(self) -> Self {
        Self {
            unpad: Some(|jws| jws.without_padding()),
            ..self
        }
    }

    /// A token without `kid` that several keys fit is refused with [`Error::AmbiguousKey`], instead of tried with each.
    ///
    /// An issuer that does not name its keys has two of them while it replaces one, and none of its tokens is accepted
    /// meanwhile.
    #[must_use]
    pub const fn refuse_ambiguity(self) -> Self {
        Self {
            unambiguous: true,
            ..self
        }
    }

    /// Tokens of more than so many bytes are refused: 1 MiB if this is not called
    /// ([`MAX_TOKEN_LEN`](crate::limits::MAX_TOKEN_LEN)). The work for a token grows with its length.
    #[must_use]
    pub const fn max_token_len(self, bytes: usize) -> Self {
        Self {
            max_token_len: bytes,
            ..self
        }
    }

    /// The names of critical header parameters (`crit`, RFC 7515 §4.1.11) that the caller understands.
    ///
    /// A token that lists any other is refused. The caller reads those that it understands from the verified
    /// [header](crate::Verified::header), and does what their specification asks for. `b64` cannot be understood: a payload
    /// that is not encoded is refused.
    #[must_use]
    pub const fn understand(self, critical: &'v [&'v str]) -> Self {
        Self {
            critical: Critical::understood(critical),
            ..self
        }
    }

    /// Reads a token's header without verifying anything, for instance to learn which keys to fetch.
    ///
    /// Anybody can write anything into a header. Never decide on it whether to trust a token.
    ///
    /// # Errors
    ///
    /// The [`Error`]s of token and header.
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
        let (header, _) = pipeline::decode_header(&self.split(token)?, self, scratch)?;
        Ok(header)
    }

    /// Reads the `iss` of a token without verifying anything, for instance to learn whose keys to fetch.
    ///
    /// Anybody can write anything there. It is good for finding an [`Issuer`](crate::Issuer) and for nothing else.
    ///
    /// # Errors
    ///
    /// The [`Error`]s of token and claims, as far as they concern the text as a whole and `iss`.
    pub fn peek_issuer_untrusted<'b>(
        &self,
        token: &[u8],
        scratch: &'b mut [u8],
    ) -> Result<Option<JsonStr<'b>>, Error> {
        pipeline::peek_issuer(&self.split(token)?, scratch)
    }

    /// The token's segments.
    pub(super) fn split<'t>(&self, token: &'t [u8]) -> Result<Compact<'t>, Error> {
        if token.len() > self.max_token_len {
            return Err(Error::LimitExceeded);
        }
        let jws = Compact::parse(token)?;
        match self.unpad {
            None => Ok(jws),
            Some(unpad) => unpad(jws),
        }
    }
}
