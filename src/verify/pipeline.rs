//! The pipeline: from a token's text to claims that may be trusted.

use crate::encoding::base64url;
use crate::error::Error;
use crate::jose::claims::Claims;
use crate::jose::compact::Compact;
use crate::jose::header::Header;
use crate::key::lookup::{CopiedQuery, KeyQuery, Keys, Unescaped, verify_signature};
use crate::policy::Policy;
use crate::time::Clock;

/// Verifies a JWT: its signature with `keys`, then its claims against `policy`.
///
/// `token` is the token and nothing else: a line feed behind it is not base64url.
///
/// `now` is a [`NumericDate`](crate::NumericDate), or [`Clock::Absent`] on a device without a clock. `scratch`
/// receives what is decoded; [`scratch_len`] says how much it needs.
///
/// # Errors
///
/// The [`Error`]s of token, header, keys, signature, claims and policy.
///
/// ```
/// use jose_verify::{Check, Error, HS256, Key, NumericDate, oidc, scratch_len, verify};
///
/// // The token of RFC 7515, Appendix A.1: {"iss":"joe","exp":1300819380,"http://example.com/is_root":true}
/// let token = b"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9\
///     .eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ\
///     .dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// let key = Key::from_jwk(
///     br#"{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}"#,
///     &[&HS256],
/// )?;
/// let policy = oidc::jwt(Check::Required(&["joe"]), Check::NotChecked);
///
/// let mut scratch = [0; scratch_len(256)];
/// let verified = verify(token, &key, &policy, NumericDate::from_seconds(1_300_819_000), &mut scratch)?;
/// let is_root = verified.claims().get("http://example.com/is_root").unwrap();
/// assert_eq!(is_root.as_bool(), Some(true));
///
/// let late = NumericDate::from_seconds(1_300_819_380);
/// assert_eq!(verify(token, &key, &policy, late, &mut scratch).err(), Some(Error::Expired));
/// # Ok::<(), Error>(())
/// ```
pub fn verify<'b>(
    token: &[u8],
    keys: &impl Keys,
    policy: &Policy<'_>,
    now: impl Into<Clock>,
    scratch: &'b mut [u8],
) -> Result<Verified<'b>, Error> {
    verify_jws(token, keys, scratch)?.check(policy, now.into())
}

/// [`verify`] without a scratch buffer: the token is decoded over its own text.
///
/// Whatever comes of it, the text is no token afterwards.
///
/// # Errors
///
/// As for [`verify`], but for [`Error::ScratchTooSmall`].
pub fn verify_in_place<'b>(
    token: &'b mut [u8],
    keys: &impl Keys,
    policy: &Policy<'_>,
    now: impl Into<Clock>,
) -> Result<Verified<'b>, Error> {
    verify_jws_in_place(token, keys)?.check(policy, now.into())
}

/// Verifies the signature alone; the payload may be anything.
///
/// For content that is not a claims set. For a JWT use [`verify`]: a good signature says who made a token, not whom
/// it is for nor whether it still holds.
///
/// # Errors
///
/// The [`Error`]s of token, header, keys and signature.
pub fn verify_jws<'b>(
    token: &[u8],
    keys: &impl Keys,
    scratch: &'b mut [u8],
) -> Result<VerifiedJws<'b>, Error> {
    verify_compact(&Compact::parse(token)?, keys, scratch)
}

/// From a token in its segments to a payload whose signature holds.
// A frame of its own: what it needs on the stack is free again for what follows.
#[inline(never)]
pub(crate) fn verify_compact<'b>(
    jws: &Compact<'_>,
    keys: &impl Keys,
    scratch: &'b mut [u8],
) -> Result<VerifiedJws<'b>, Error> {
    let (header, scratch) = decode_header(jws, scratch)?;
    let mut room = Unescaped::EMPTY;
    let query = KeyQuery::new(&header, &mut room)?;
    let signature = base64url::decode(jws.signature, scratch, Error::ScratchTooSmall)?;
    verify_signature(keys, &query, jws.signing_input, signature)?;
    // Only now, and over the signature, which has served.
    let payload = base64url::decode(jws.payload, scratch, Error::ScratchTooSmall)?;
    Ok(VerifiedJws { header, payload })
}

/// [`verify_jws`] without a scratch buffer: the token is decoded over its own text.
///
/// # Errors
///
/// As for [`verify_jws`], but for [`Error::ScratchTooSmall`].
// A frame of its own: what it needs on the stack is free again for what follows.
#[inline(never)]
pub fn verify_jws_in_place<'b>(
    token: &'b mut [u8],
    keys: &impl Keys,
) -> Result<VerifiedJws<'b>, Error> {
    let jws = Compact::parse(token)?;
    let (header_len, signed_len) = (jws.protected_header.len(), jws.signing_input.len());
    let (signing_input, signature) = halves(token, signed_len)?;

    let (header_text, _) = halves(signing_input, header_len)?;
    let query = CopiedQuery::new(&Header::parse(base64url::decode_in_place(header_text)?)?)?;
    // The signature covers the header as it was received.
    base64url::encode_in_place(header_text)?;
    let signature = base64url::decode_in_place(signature)?;
    verify_signature(keys, &query.query(), signing_input, signature)?;

    let (header, payload) = halves(signing_input, header_len)?;
    Ok(VerifiedJws {
        header: Header::parse(base64url::decode_in_place(header)?)?,
        payload: base64url::decode_in_place(payload)?,
    })
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
/// use jose_verify::{peek_header_untrusted, scratch_len};
/// let token = b"eyJhbGciOiJFUzI1NiIsImtpZCI6IjEifQ.e30.c2ln";
/// let mut scratch = [0; scratch_len(64)];
/// let header = peek_header_untrusted(token, &mut scratch)?;
/// assert!(header.algorithm() == "ES256" && header.key_id().unwrap() == "1");
/// # Ok::<(), jose_verify::Error>(())
/// ```
pub fn peek_header_untrusted<'b>(token: &[u8], scratch: &'b mut [u8]) -> Result<Header<'b>, Error> {
    let jws = Compact::parse(token)?;
    let (header, _) = decode_header(&jws, scratch)?;
    Ok(header)
}

/// Bytes of scratch that suffice for any token of this length.
#[must_use]
pub const fn scratch_len(token_len: usize) -> usize {
    base64url::decoded_len(token_len)
}

/// Decodes and reads the header; the rest of the scratch buffer stays free.
#[inline]
pub(crate) fn decode_header<'b>(
    jws: &Compact<'_>,
    scratch: &'b mut [u8],
) -> Result<(Header<'b>, &'b mut [u8]), Error> {
    let len = base64url::decoded_len(jws.protected_header.len());
    let (front, rest) = scratch
        .split_at_mut_checked(len)
        .ok_or(Error::ScratchTooSmall)?;
    let text = base64url::decode(jws.protected_header, front, Error::ScratchTooSmall)?;
    Ok((Header::parse(text)?, rest))
}

/// What stands before and after the dot at `position`.
fn halves(text: &mut [u8], position: usize) -> Result<(&mut [u8], &mut [u8]), Error> {
    let (before, dot_and_after) = text
        .split_at_mut_checked(position)
        .ok_or(Error::MalformedToken)?;
    let (_dot, after) = dot_and_after
        .split_first_mut()
        .ok_or(Error::MalformedToken)?;
    Ok((before, after))
}

/// A JWT whose signature and claims were checked. Only [`verify`], [`verify_in_place`] and what is made of them, such as
/// [`padded::verify`](crate::verify::padded::verify), make one.
#[derive(Debug, Clone, Copy)]
#[must_use = "a verified token that nobody looks at was verified for nothing"]
pub struct Verified<'b> {
    header: Header<'b>,
    claims: Claims<'b>,
}

impl<'b> Verified<'b> {
    /// The header.
    #[must_use]
    pub const fn header(&self) -> &Header<'b> {
        &self.header
    }

    /// The claims.
    #[must_use]
    pub const fn claims(&self) -> &Claims<'b> {
        &self.claims
    }
}

/// A JWS whose signature was checked, and nothing else. Only [`verify_jws`] and [`verify_jws_in_place`] make one.
#[derive(Debug, Clone, Copy)]
#[must_use = "a verified payload that nobody looks at was verified for nothing"]
pub struct VerifiedJws<'b> {
    header: Header<'b>,
    payload: &'b [u8],
}

impl<'b> VerifiedJws<'b> {
    /// The header.
    #[must_use]
    pub const fn header(&self) -> &Header<'b> {
        &self.header
    }

    /// The payload, whatever it is.
    #[must_use]
    pub const fn payload(&self) -> &'b [u8] {
        self.payload
    }

    /// From a signature that holds to claims that may be trusted.
    // A frame of its own: the signature is verified without it.
    #[inline(never)]
    pub(crate) fn check(self, policy: &Policy<'_>, clock: Clock) -> Result<Verified<'b>, Error> {
        // Looked at where it is, and moved once, when all is well.
        let claims = Claims::parse(self.payload);
        if let Ok(claims) = &claims {
            policy.check(&self.header, claims, clock)?;
        }
        claims.map(|claims| Verified {
            header: self.header,
            claims,
        })
    }
}
