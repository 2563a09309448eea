//! The compact serialisation (RFC 7515 §7.1): a token split at its dots, nothing decoded.

use crate::base64url::without_padding;
use crate::error::Error;
use crate::limits::MAX_TOKEN_LEN;
use crate::scan;

/// A token in its segments, all still in base64url.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Compact<'a> {
    pub(crate) protected_header: &'a [u8],
    pub(crate) payload: &'a [u8],
    pub(crate) signature: &'a [u8],
    /// Header and payload with the dot between them (RFC 7515 §5.1): what is signed, as received.
    pub(crate) signing_input: &'a [u8],
}

impl<'a> Compact<'a> {
    pub(crate) fn parse(token: &'a [u8]) -> Result<Self, Error> {
        if token.len() > MAX_TOKEN_LEN {
            return Err(Error::LimitExceeded);
        }
        let (protected_header, rest) = split(token).ok_or(Error::MalformedToken)?;
        let (payload, signature) = split(rest).ok_or(Error::MalformedToken)?;
        if let Some((_, more)) = split(signature) {
            return Err(too_many_segments(more));
        }
        let signed = token.len().saturating_sub(signature.len());
        Ok(Self {
            protected_header,
            payload,
            signature,
            signing_input: token.get(..signed.saturating_sub(1)).unwrap_or_default(),
        })
    }

    /// The same for segments with padding, which is taken off; what is signed keeps it.
    pub(crate) fn parse_padded(token: &'a [u8]) -> Result<Self, Error> {
        let padded = Self::parse(token)?;
        Ok(Self {
            protected_header: without_padding(padded.protected_header)?,
            payload: without_padding(padded.payload)?,
            signature: without_padding(padded.signature)?,
            signing_input: padded.signing_input,
        })
    }
}

/// What stands before the first dot, and what after it.
fn split(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (before, dot_and_after) = text.split_at_checked(scan::byte(text, b'.')?)?;
    Some((before, dot_and_after.get(1..)?))
}

/// `more` is what stands after the third segment.
fn too_many_segments(more: &[u8]) -> Error {
    // RFC 7516 §9: five segments are a JWE.
    match split(more) {
        Some((_, last)) if split(last).is_none() => Error::Encrypted,
        _ => Error::MalformedToken,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_segments() {
        for (token, header, payload, signature, input) in [
            ("a.b.c", "a", "b", "c", "a.b"),
            ("aa.b.", "aa", "b", "", "aa.b"),
            ("a..ccc", "a", "", "ccc", "a."),
            ("..", "", "", "", "."),
        ] {
            let jws = Compact::parse(token.as_bytes()).unwrap();
            assert_eq!(jws.protected_header, header.as_bytes(), "{token}");
            assert_eq!(jws.payload, payload.as_bytes(), "{token}");
            assert_eq!(jws.signature, signature.as_bytes(), "{token}");
            assert_eq!(jws.signing_input, input.as_bytes(), "{token}");
        }
    }

    #[test]
    fn padding_is_signed_but_not_decoded() {
        let jws = Compact::parse_padded(b"AA==.AAA=.AAAA").unwrap();
        assert_eq!(jws.protected_header, b"AA");
        assert_eq!(jws.payload, b"AAA");
        assert_eq!(jws.signature, b"AAAA");
        assert_eq!(jws.signing_input, b"AA==.AAA=");
        for token in ["AA.AAA=.AAAA", "AA==.AAA.AAAA", "AA==.AAA=.AA"] {
            let refused = Compact::parse_padded(token.as_bytes()).err();
            assert_eq!(refused, Some(Error::MalformedBase64url), "{token}");
        }
    }

    #[test]
    fn refused() {
        for (token, want) in [
            ("", Error::MalformedToken),
            ("a", Error::MalformedToken),
            ("a.b", Error::MalformedToken),
            ("a.b.c.", Error::MalformedToken),
            ("a.b.c.d", Error::MalformedToken),
            ("a.b.c.d.e", Error::Encrypted),
            ("....", Error::Encrypted),
            ("a.b.c.d.e.f", Error::MalformedToken),
            (".....", Error::MalformedToken),
        ] {
            assert_eq!(
                Compact::parse(token.as_bytes()).err(),
                Some(want),
                "{token}"
            );
        }
        let dots = std::vec![b'.'; MAX_TOKEN_LEN];
        assert_eq!(Compact::parse(&dots).err(), Some(Error::MalformedToken));
        let long = std::vec![b'.'; MAX_TOKEN_LEN + 1];
        assert_eq!(Compact::parse(&long).err(), Some(Error::LimitExceeded));
    }
}
