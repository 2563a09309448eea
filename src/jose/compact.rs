//! The compact serialization (RFC 7515 §7.1): splits a token at its dots without decoding it.

use crate::encoding::base64url::without_padding;
use crate::encoding::swar;
use crate::error::Error;

/// The segments of a token, still in base64url.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Compact<'a> {
    pub(crate) protected_header: &'a [u8],
    pub(crate) payload: &'a [u8],
    pub(crate) signature: &'a [u8],
    /// The header and the payload as received, with the dot between them: the signed text (RFC 7515
    /// §5.1).
    pub(crate) signing_input: &'a [u8],
    /// Length of the header as received, including any padding.
    pub(crate) padded_header_len: usize,
}

impl<'a> Compact<'a> {
    pub(crate) fn parse(token: &'a [u8]) -> Result<Self, Error> {
        let first = dot(token, 0);
        let second = dot(token, after(first));
        let third = dot(token, after(second));
        // With fewer than three segments, a segment starts beyond the end, so `get` fails.
        let segment = |start, end| token.get(start..end).ok_or(Error::MalformedToken);
        let jws = Self {
            protected_header: segment(0, first)?,
            payload: segment(after(first), second)?,
            signature: segment(after(second), third)?,
            signing_input: segment(0, second)?,
            padded_header_len: first,
        };
        if third < token.len() {
            return Err(too_many_segments(token, third));
        }
        Ok(jws)
    }

    /// Removes the padding from the segments. The signing input keeps it.
    pub(crate) fn without_padding(self) -> Result<Self, Error> {
        Ok(Self {
            protected_header: without_padding(self.protected_header)?,
            payload: without_padding(self.payload)?,
            signature: without_padding(self.signature)?,
            ..self
        })
    }
}

/// Returns the position of the next dot at or after `start`, or the token's length if there is
/// none.
fn dot(token: &[u8], start: usize) -> usize {
    match token.get(start..) {
        Some(rest) => start.wrapping_add(swar::byte(rest, b'.')),
        None => token.len(),
    }
}

/// Returns the start of the segment after a dot. After the last segment, it is beyond the end of
/// the token.
const fn after(dot: usize) -> usize {
    dot.wrapping_add(1)
}

/// Returns the error for a token with a dot at `third`.
#[cold]
fn too_many_segments(token: &[u8], third: usize) -> Error {
    let fourth = dot(token, after(third));
    let fifth = dot(token, after(fourth));
    // RFC 7516 §9: a text of five segments is a JWE.
    if fourth < token.len() && fifth == token.len() {
        Error::Encrypted
    } else {
        Error::MalformedToken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_segments_are_split() {
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
        let jws = Compact::parse(b"AA==.AAA=.AAAA").unwrap();
        let jws = jws.without_padding().unwrap();
        assert_eq!(jws.padded_header_len, 4);
        assert_eq!(jws.protected_header, b"AA");
        assert_eq!(jws.payload, b"AAA");
        assert_eq!(jws.signature, b"AAAA");
        assert_eq!(jws.signing_input, b"AA==.AAA=");
        for token in ["AA.AAA=.AAAA", "AA==.AAA.AAAA", "AA==.AAA=.AA"] {
            let jws = Compact::parse(token.as_bytes()).unwrap();
            let error = jws.without_padding().err();
            assert_eq!(error, Some(Error::MalformedBase64url), "{token}");
        }
    }

    #[test]
    fn malformed_tokens_are_rejected() {
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
        let dots = std::vec![b'.'; 1 << 20];
        assert_eq!(Compact::parse(&dots).err(), Some(Error::MalformedToken));
    }
}
