//! JWK thumbprints (RFC 7638).

use crate::alg::{HashFunction, MAX_DIGEST_LEN, ParameterSource};
use crate::encoding::base64url;
use crate::error::Error;
use crate::jose::jwk::Jwk;

/// Computes the thumbprint of a JWK: the hash of its required members (RFC 7638 §3.2). The
/// thumbprint is written to the front of `buffer` and returned.
///
/// The members are hashed as written, so leading zeros in a number change the thumbprint. The key
/// itself is not validated. The thumbprint of a shared secret is a hash of the secret and can
/// reveal it (§7).
///
/// # Errors
///
/// - [`Error::MalformedJson`], [`Error::DuplicateMember`], [`Error::Limit`]: the text is not a
///   JSON object, repeats a name, or exceeds a limit.
/// - [`Error::MalformedKey`]: a required member is missing, is not a string, contains escapes, or
///   is not base64url.
/// - [`Error::UnsupportedKey`]: `kty` is not `RSA`, `EC`, `OKP`, `AKP` or `oct`.
///
/// ```
/// use jose_verify::Error;
/// use jose_verify::alg::{MAX_DIGEST_LEN, SHA256};
/// use jose_verify::keys::jwk_thumbprint;
///
/// let jwk = br#"{"kid":"1","kty":"EC","crv":"P-256",
///     "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
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
    let parts = canonical(&jwk)?;
    Ok(hash.digest(&parts, buffer))
}

/// Returns the canonical JSON text, in parts whose concatenation is hashed: the required members in
/// lexicographic order, without white space (RFC 7638 §3.2 and §3.3). RFC 8037 §2 and RFC 9964
/// define the required members of OKP and AKP keys.
fn canonical<'a>(jwk: &Jwk<'a>) -> Result<[&'a [u8]; 7], Error> {
    let member = |name| parameter(jwk, name);
    let name = |member| plain(jwk, member);
    let none: &[u8] = b"";
    Ok(if jwk.is("kty", "RSA") {
        let (before, between) = (br#"{"e":""#, br#"","kty":"RSA","n":""#);
        let (e, n) = (member("e")?, member("n")?);
        [before, e, between, n, END, none, none]
    } else if jwk.is("kty", "EC") {
        let (before, between) = (br#"{"crv":""#, br#"","kty":"EC","x":""#);
        let (crv, x, y) = (name("crv")?, member("x")?, member("y")?);
        [before, crv, between, x, br#"","y":""#, y, END]
    } else if jwk.is("kty", "OKP") {
        let (before, between) = (br#"{"crv":""#, br#"","kty":"OKP","x":""#);
        [before, name("crv")?, between, member("x")?, END, none, none]
    } else if jwk.is("kty", "AKP") {
        let (before, between) = (br#"{"alg":""#, br#"","kty":"AKP","pub":""#);
        [
            before,
            name("alg")?,
            between,
            member("pub")?,
            END,
            none,
            none,
        ]
    } else if jwk.is("kty", "oct") {
        let (before, end) = (br#"{"k":""#, br#"","kty":"oct"}"#);
        [before, member("k")?, end, none, none, none, none]
    } else {
        return Err(Error::UnsupportedKey);
    })
}

/// The end of the JSON text, after the value of its last member.
const END: &[u8] = br#""}"#;

/// Returns the text of a parameter, after checking that it is base64url.
fn parameter<'a>(jwk: &Jwk<'a>, name: &str) -> Result<&'a [u8], Error> {
    let text = plain(jwk, name)?;
    for block in text.chunks(BLOCK_CHARS) {
        // Decoding only validates; the hash covers the text.
        base64url::decode_secret(block, &mut [0; BLOCK_CHARS], Error::KeyTooLarge)
            .map_err(|_| Error::MalformedKey)?;
    }
    Ok(text)
}

/// Number of characters that are validated at a time. A multiple of four, so that no group of four
/// is split and each block of a valid text is valid.
const BLOCK_CHARS: usize = 64;

/// Returns the text of a string member. Strings with escapes are rejected.
fn plain<'a>(jwk: &Jwk<'a>, name: &str) -> Result<&'a [u8], Error> {
    let text = jwk.get(name).and_then(|value| value.as_str());
    let text = text.and_then(|text| text.as_plain_str());
    text.map(str::as_bytes).ok_or(Error::MalformedKey)
}
