//! From the members of a JWK to decoded key parameters (RFC 7518 §6).

use crate::alg::KeyParameters;
use crate::encoding::base64url;
use crate::encoding::json::JsonStr;
use crate::error::Error;
use crate::jose::jwk::Jwk;
use crate::limits::MAX_KEY_PARAMETER_LEN;

/// Bytes of the widest coordinate, that of P-521.
const MAX_COORDINATE_LEN: usize = 66;

/// Bytes of an exponent: its 33 bits, and room for leading zeros.
const MAX_EXPONENT_LEN: usize = 16;

/// Characters of the longest name of a key type or curve: longer ones are none of ours.
const MAX_NAME_LEN: usize = 16;

/// Decodes the parameters and passes them on; they live on this function's stack.
pub(super) fn with_parameters(
    jwk: &Jwk<'_>,
    load: impl FnOnce(&KeyParameters<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut long = [0; MAX_KEY_PARAMETER_LEN];
    let mut name = [0; MAX_NAME_LEN];
    // RFC 7517 §4.1: `kty` MUST be present.
    let kty = jwk.kty.ok_or(Error::MalformedKey)?;
    match kty.unescape(&mut name) {
        Ok("oct") => load(&KeyParameters::Oct {
            k: decode(jwk.k, &mut long)?,
        }),
        Ok("RSA") => load(&KeyParameters::Rsa {
            n: decode(jwk.n, &mut long)?,
            e: decode(jwk.e, &mut [0; MAX_EXPONENT_LEN])?,
        }),
        Ok("EC") => load(&KeyParameters::Ec {
            crv: curve(jwk.crv, &mut name)?,
            x: decode(jwk.x, &mut [0; MAX_COORDINATE_LEN])?,
            y: decode(jwk.y, &mut [0; MAX_COORDINATE_LEN])?,
        }),
        _ => Err(Error::UnsupportedKey),
    }
}

fn curve<'b>(crv: Option<JsonStr<'b>>, buffer: &'b mut [u8]) -> Result<&'b str, Error> {
    let crv = crv.ok_or(Error::MalformedKey)?;
    crv.unescape(buffer).map_err(|_| Error::UnsupportedKey)
}

fn decode<'b>(parameter: Option<JsonStr<'_>>, buffer: &'b mut [u8]) -> Result<&'b [u8], Error> {
    // No character of base64url needs an escape, so one that is written with any is refused.
    let text = parameter
        .and_then(|p| p.as_plain_str())
        .ok_or(Error::MalformedKey)?;
    base64url::decode_secret(text.as_bytes(), buffer, Error::KeyTooLarge).map_err(|error| {
        match error {
            Error::MalformedBase64url => Error::MalformedKey,
            error => error,
        }
    })
}
