//! The stages of verification, in order. They use `&dyn Keys`, so that they are compiled once for
//! all key types.

use crate::encoding::base64url;
use crate::encoding::json::{JsonStr, read_object};
use crate::error::{Claim, Error, Limit, Problem};
use crate::jose::compact::Compact;
use crate::jose::header::Header;
use crate::key::Keys;
use crate::key::key_ref::{CopiedRequest, KeyRequest};
use crate::key::lookup::verify_signature;
use crate::verify::{Options, VerifiedJws};

/// Verifies the signature of a token and decodes its payload.
// Not inlined, so that its stack is released before the claims are parsed.
#[inline(never)]
pub(super) fn verify<'b>(
    token: &[u8],
    keys: &dyn Keys,
    options: &Options<'_>,
    scratch: &'b mut [u8],
) -> Result<VerifiedJws<'b>, Error> {
    let jws = split(token, options)?;
    let (header, scratch) = decode_header(&jws, options, scratch)?;
    let request = KeyRequest::new(&header)?;
    let signature = base64url::decode(jws.signature, scratch, Error::ScratchTooSmall)?;
    let by = verify_signature(
        keys,
        &request,
        options.unambiguous,
        jws.signing_input,
        signature,
    )?;
    // The payload is decoded only after verification. It overwrites the signature, which is no
    // longer needed.
    let payload = base64url::decode(jws.payload, scratch, Error::ScratchTooSmall)?;
    Ok(VerifiedJws::new(header, payload, by))
}

/// Does the same as [`verify`] without a scratch buffer: decodes the token in place.
// Not inlined, so that its stack is released before the claims are parsed.
#[inline(never)]
pub(super) fn verify_in_place<'b>(
    token: &'b mut [u8],
    keys: &dyn Keys,
    options: &Options<'_>,
) -> Result<VerifiedJws<'b>, Error> {
    let lengths = Lengths::of(&split(token, options)?);
    let (signing_input, signature) = lengths.split(token)?;

    let header = lengths.header(signing_input)?;
    let parsed = Header::parse(base64url::decode_in_place(header)?, &options.critical)?;
    let request = CopiedRequest::new(&parsed)?;
    // Restores the header's text, because the signature covers the text as received.
    base64url::encode_in_place(header)?;
    let signature = base64url::decode_in_place(signature)?;
    let by = verify_signature(
        keys,
        &request.request(),
        options.unambiguous,
        signing_input,
        signature,
    )?;

    let (header, payload) = lengths.header_and_payload(signing_input)?;
    let header = Header::parse(base64url::decode_in_place(header)?, &options.critical)?;
    Ok(VerifiedJws::new(
        header,
        base64url::decode_in_place(payload)?,
        by,
    ))
}

/// Checks the length of the token and splits it at its dots.
pub(super) fn split<'t>(token: &'t [u8], options: &Options<'_>) -> Result<Compact<'t>, Error> {
    if token.len() > options.max_token_len {
        return Err(Error::Limit(Limit::TokenLen));
    }
    let jws = Compact::parse(token)?;
    match options.unpad {
        None => Ok(jws),
        Some(unpad) => unpad(jws),
    }
}

/// Decodes and parses the header. Returns it with the rest of the scratch buffer.
#[inline]
pub(super) fn decode_header<'b>(
    jws: &Compact<'_>,
    options: &Options<'_>,
    scratch: &'b mut [u8],
) -> Result<(Header<'b>, &'b mut [u8]), Error> {
    let len = base64url::decoded_len(jws.protected_header.len());
    let (front, rest) = scratch
        .split_at_mut_checked(len)
        .ok_or(Error::ScratchTooSmall)?;
    let text = base64url::decode(jws.protected_header, front, Error::ScratchTooSmall)?;
    Ok((Header::parse(text, &options.critical)?, rest))
}

/// Parses the `iss` of a token without verifying anything.
pub(super) fn peek_issuer<'b>(
    jws: &Compact<'_>,
    scratch: &'b mut [u8],
) -> Result<Option<JsonStr<'b>>, Error> {
    read_issuer(base64url::decode(
        jws.payload,
        scratch,
        Error::ScratchTooSmall,
    )?)
}

/// Calls `find` with the `iss` of a token, without verifying anything. On success, the token is
/// unchanged.
pub(super) fn find_in_place<T>(
    token: &mut [u8],
    options: &Options<'_>,
    find: impl FnOnce(JsonStr<'_>) -> Option<T>,
) -> Result<T, Error> {
    let lengths = Lengths::of(&split(token, options)?);
    let (signing_input, _) = lengths.split(token)?;
    let (header, payload) = lengths.header_and_payload(signing_input)?;
    // An error in the header is reported even if the issuer is unknown.
    Header::parse(base64url::decode_in_place(header)?, &options.critical)?;
    base64url::encode_in_place(header)?;
    let issuer = read_issuer(base64url::decode_in_place(payload)?)?;
    let found = find(issuer.ok_or(Error::missing(Claim::Iss))?)
        .ok_or(Error::Claim(Claim::Iss, Problem::Mismatch))?;
    base64url::encode_in_place(payload)?;
    Ok(found)
}

fn read_issuer(payload: &[u8]) -> Result<Option<JsonStr<'_>>, Error> {
    let mut issuer = None;
    read_object(payload, &mut |name, value| {
        if name == "iss" {
            issuer = Some(
                value
                    .as_str()
                    .ok_or(Error::Claim(Claim::Iss, Problem::WrongType))?,
            );
        }
        Ok(())
    })?;
    Ok(issuer)
}

/// Returns the length of a scratch buffer that suffices for any token of `token_len` bytes.
#[must_use]
pub const fn scratch_len(token_len: usize) -> usize {
    base64url::decoded_len(token_len)
}

/// The lengths of a token's parts. They stay available while the token is overwritten.
struct Lengths {
    /// Lengths of the segments, without padding.
    header: usize,
    payload: usize,
    signature: usize,
    /// Position of the second dot.
    signing_input: usize,
    /// Position of the first dot.
    padded_header: usize,
}

impl Lengths {
    fn of(jws: &Compact<'_>) -> Self {
        Self {
            header: jws.protected_header.len(),
            payload: jws.payload.len(),
            signature: jws.signature.len(),
            signing_input: jws.signing_input.len(),
            padded_header: jws.padded_header_len,
        }
    }

    /// Splits the token into the signing input and the signature.
    fn split<'t>(&self, token: &'t mut [u8]) -> Result<(&'t mut [u8], &'t mut [u8]), Error> {
        let (signing_input, signature) = halves(token, self.signing_input)?;
        let signature = signature.get_mut(..self.signature);
        Ok((signing_input, signature.ok_or(Error::MalformedToken)?))
    }

    fn header<'t>(&self, signing_input: &'t mut [u8]) -> Result<&'t mut [u8], Error> {
        signing_input
            .get_mut(..self.header)
            .ok_or(Error::MalformedToken)
    }

    fn header_and_payload<'t>(
        &self,
        signing_input: &'t mut [u8],
    ) -> Result<(&'t mut [u8], &'t mut [u8]), Error> {
        let (header, payload) = halves(signing_input, self.padded_header)?;
        let payload = payload.get_mut(..self.payload);
        Ok((self.header(header)?, payload.ok_or(Error::MalformedToken)?))
    }
}

/// Returns the text before and the text after the dot at `position`.
fn halves(text: &mut [u8], position: usize) -> Result<(&mut [u8], &mut [u8]), Error> {
    let (before, dot_and_after) = text
        .split_at_mut_checked(position)
        .ok_or(Error::MalformedToken)?;
    let (_dot, after) = dot_and_after
        .split_first_mut()
        .ok_or(Error::MalformedToken)?;
    Ok((before, after))
}
