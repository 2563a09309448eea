//! JWK thumbprints (RFC 7638).

use crate::alg::{HashFunction, MAX_DIGEST_LEN};
use crate::encoding::base64url;
use crate::encoding::json::JsonStr;
use crate::error::Error;
use crate::jose::jwk::Jwk;
use crate::limits::MAX_KEY_PARAMETER_LEN;

/// The thumbprint of a JWK: the hash of its required members (RFC 7638 §3.2), at the front of `buffer`.
///
/// The members are hashed as they are written, so a key whose number was written with leading zeros has another
/// thumbprint. The key itself is not judged. That of a shared secret is a hash of the secret and may give it away
/// (§7).
///
/// # Errors
///
/// - [`Error::MalformedJson`], [`Error::DuplicateMember`], [`Error::LimitExceeded`]: not a JSON object.
/// - [`Error::MalformedKey`]: a required member is missing, no string, or not base64url.
/// - [`Error::UnsupportedKey`]: `kty` is none of `RSA`, `EC` and `oct`.
///
/// ```
/// use jose_verify::{Error, MAX_DIGEST_LEN, SHA256, jwk_thumbprint};
///
/// let jwk = br#"{"kid":"1","kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
///     "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
/// let mut buffer = [0; MAX_DIGEST_LEN];
/// let thumbprint = jwk_thumbprint(jwk, &SHA256, &mut buffer)?;
/// assert_eq!(thumbprint[..4], [0xa0, 0xa2, 0x32, 0xc2]);
/// # Ok::<(), Error>(())
/// ```
pub fn jwk_thumbprint<'b>(
    jwk: &[u8],
    hash: &dyn HashFunction,
    buffer: &'b mut [u8; MAX_DIGEST_LEN],
) -> Result<&'b [u8], Error> {
    let jwk = Jwk::parse(jwk)?;
    let kty = jwk.kty.ok_or(Error::MalformedKey)?;
    // §3.2 and §3.3: the members in the order of their names, without white space.
    let parts: [&[u8]; 9] = if kty == "RSA" {
        let (e, n) = (parameter(jwk.e)?, parameter(jwk.n)?);
        let kty: &[u8] = br#"","kty":"RSA","n":""#;
        [br#"{"e":""#, e, kty, n, br#""}"#, b"", b"", b"", b""]
    } else if kty == "EC" {
        let (crv, x, y) = (curve(jwk.crv)?, parameter(jwk.x)?, parameter(jwk.y)?);
        let (kty, between): (&[u8], &[u8]) = (br#"","kty":"EC","x":""#, br#"","y":""#);
        [br#"{"crv":""#, crv, kty, x, between, y, br#""}"#, b"", b""]
    } else if kty == "oct" {
        let k = parameter(jwk.k)?;
        [
            br#"{"k":""#,
            k,
            br#"","kty":"oct"}"#,
            b"",
            b"",
            b"",
            b"",
            b"",
            b"",
        ]
    } else {
        return Err(Error::UnsupportedKey);
    };
    Ok(hash.digest(&parts, buffer))
}

/// The text of a parameter, which is base64url and so needs no escapes.
fn parameter(text: Option<JsonStr<'_>>) -> Result<&[u8], Error> {
    let text = text.and_then(|text| text.as_plain_str());
    let text = text.ok_or(Error::MalformedKey)?.as_bytes();
    let mut decoded = [0; MAX_KEY_PARAMETER_LEN];
    base64url::decode(text, &mut decoded, Error::KeyTooLarge).map_err(|error| match error {
        Error::MalformedBase64url => Error::MalformedKey,
        error => error,
    })?;
    Ok(text)
}

/// The name of a curve, written without escapes.
fn curve(name: Option<JsonStr<'_>>) -> Result<&[u8], Error> {
    let name = name.and_then(|name| name.as_plain_str());
    name.map(str::as_bytes).ok_or(Error::MalformedKey)
}
