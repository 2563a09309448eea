//! The subcommand `inspect`: shows a token without verifying it.

use base64ct::{Base64UrlUnpadded, Encoding};
use jose_verify::limits::MAX_TOKEN_LEN;
use jose_verify::{Error, Limit, Options, scratch_len};
use serde_json::value::RawValue;

use crate::diagnostic::Diagnostic;
use crate::failure::Failure;
use crate::input;
use crate::json::{from_object, pretty};
use crate::output::{Output, escaped};
use crate::reason::mistake;

const BANNER: &str = "\
*** NOT VERIFIED *** Anyone could have written the following. Do not trust it. ***
";

pub(crate) fn run(argument: Option<String>) -> Result<(), Failure> {
    let token = input::token(argument)?;
    let report = report(&token).map_err(|error| {
        let hint = mistake(error, &token, true);
        Failure::Rejected(Diagnostic::from(error).with_hint(hint))
    })?;
    // Escaped even when piped: the report is for people, and may reach a terminal later.
    Output::new().write(escaped(&report, &['\n']).as_bytes())?;
    Ok(())
}

fn report(token: &[u8]) -> Result<String, Error> {
    if token.len() > MAX_TOKEN_LEN {
        return Err(Error::Limit(Limit::TokenLen));
    }
    let segments: Vec<&[u8]> = token.splitn(6, |b| *b == b'.').collect();
    let is_encrypted = segments.len() == 5;
    let (header, rest) = match *segments.as_slice() {
        [header, payload, signature] => (header, signed(payload, signature)?),
        [header, _, _, _, _] => (
            header,
            "\nencrypted (JWE): the claims cannot be read\n".to_owned(),
        ),
        _ => return Err(Error::MalformedToken),
    };
    let header = decode(header).and_then(|header| object(&header));
    // Without its header, nothing of an encrypted token is readable.
    let header = header.map_err(|error| {
        if is_encrypted {
            Error::Encrypted
        } else {
            error
        }
    })?;
    let rejection = match peek(token) {
        // The report says below that the token is encrypted.
        None | Some(Error::Encrypted) => String::new(),
        Some(error) => format!(
            "\nverify would reject this header: {}: {error}\n",
            error.name()
        ),
    };
    Ok(format!("{BANNER}\nheader: {header}\n{rejection}{rest}"))
}

/// Returns the library's error, if it rejects the header.
fn peek(token: &[u8]) -> Option<Error> {
    let mut scratch = vec![0; scratch_len(token.len())];
    Options::new()
        .peek_header_untrusted(token, &mut scratch)
        .err()
}

/// Formats a JSON object over several lines.
fn object(text: &[u8]) -> Result<String, Error> {
    let text: &RawValue = from_object(text).map_err(|_| Error::MalformedJson)?;
    Ok(pretty(text.get()))
}

/// Describes the payload and the signature of a JWS.
fn signed(payload: &[u8], signature: &[u8]) -> Result<String, Error> {
    let payload = decode(payload)?;
    let signature = bytes(decode(signature)?.len());
    let content = match object(&payload) {
        Ok(claims) => format!("claims: {claims}"),
        Err(_) => not_claims(&payload),
    };
    Ok(format!(
        "\n{content}\n\nsignature: {signature}, NOT VERIFIED\n"
    ))
}

fn not_claims(payload: &[u8]) -> String {
    let len = bytes(payload.len());
    if let Ok(text) = str::from_utf8(payload) {
        // On one line, so that it cannot imitate other lines of the report.
        let text = escaped(text, &[]);
        return format!("payload: {len} of text, not a JSON object\n{text}");
    }
    let encoded = Base64UrlUnpadded::encode_string(payload);
    format!("payload: {len}, not text, in base64url\n{encoded}")
}

fn bytes(count: usize) -> String {
    let unit = if count == 1 { "byte" } else { "bytes" };
    format!("{count} {unit}")
}

fn decode(segment: &[u8]) -> Result<Vec<u8>, Error> {
    let text = str::from_utf8(segment).map_err(|_| Error::MalformedBase64url)?;
    Base64UrlUnpadded::decode_vec(text).map_err(|_| Error::MalformedBase64url)
}
