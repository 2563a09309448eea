//! What people pass instead of a token.

use core::fmt;

/// The mistake in a text that is not a token, in words for the person who passed it.
///
/// Use it for a message after [`Error::MalformedToken`](crate::Error::MalformedToken) or
/// [`Error::MalformedBase64url`](crate::Error::MalformedBase64url). It does not affect what is
/// accepted, and contains nothing from the text.
///
/// ```
/// use jose_verify::TokenMistake;
///
/// let text = b"Bearer eyJhbGciOiJFUzI1NiJ9.e30.c2ln";
/// let mistake = TokenMistake::find(text).unwrap();
/// assert_eq!(mistake, TokenMistake::AuthScheme);
/// assert!(mistake.to_string().contains("Bearer"));
/// assert_eq!(TokenMistake::find(b"eyJhbGciOiJFUzI1NiJ9.e30.c2ln"), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenMistake {
    /// The text is empty or has only white space.
    Empty,
    /// An authentication scheme such as `Bearer` precedes the token (RFC 9110 §11.1), with or
    /// without the name of the header field.
    AuthScheme,
    /// The token is in quotation marks.
    Quotes,
    /// The text is JSON: the JSON serialization of a JWS (RFC 7515 §7.2), or a response that
    /// contains the token.
    Json,
    /// Disclosures follow the token (SD-JWT, RFC 9901 §4). Only the part before the first `~` is
    /// a JWT, and its disclosures are not checked here.
    SdJwt,
    /// The text contains `=`. A token has no padding (RFC 7515 §2).
    Padding,
    /// The text uses `+` or `/`, so it is base64 and not base64url (RFC 4648 §5).
    Base64,
    /// The text is percent-encoded or a URL that contains the token.
    Url,
    /// The text is PEM.
    Pem,
    /// White space or a line break is around or inside the token.
    WhiteSpace,
    /// The text has no dot. It may be an opaque access token, which only its issuer can verify (RFC
    /// 6749 §1.4).
    Opaque,
    /// The text has one dot, or ends in an ellipsis: a part of the token is missing.
    Cut,
}

impl TokenMistake {
    /// Returns the mistake in a text, if it is one of these. Returns `None` for three or five
    /// segments of base64url, and for any other text.
    #[must_use]
    pub fn find(text: &[u8]) -> Option<Self> {
        let trimmed = text.trim_ascii();
        let has = |wanted: &[u8]| trimmed.windows(wanted.len()).any(|part| part == wanted);
        let dots = trimmed
            .split(|byte| *byte == b'.')
            .count()
            .saturating_sub(1);
        let first = *trimmed.first().unwrap_or(&b' ');
        Some(match first {
            b' ' => Self::Empty,
            b'{' | b'[' => Self::Json,
            b'"' | b'\'' | b'`' => Self::Quotes,
            _ if has(b"-----BEGIN ") => Self::Pem,
            _ if has(b"://") || has(b"%") || has_parameter(trimmed) => Self::Url,
            _ if begins_with_scheme(trimmed) => Self::AuthScheme,
            _ if has(b"~") => Self::SdJwt,
            _ if text.iter().any(u8::is_ascii_whitespace) => Self::WhiteSpace,
            _ if has(b"...") || has("…".as_bytes()) => Self::Cut,
            _ if has(b"=") => Self::Padding,
            _ if dots > 0 && (has(b"+") || has(b"/")) => Self::Base64,
            _ if dots == 0 && trimmed.is_ascii() => Self::Opaque,
            _ if dots == 1 => Self::Cut,
            _ => return None,
        })
    }

    /// Returns a clause for people, in lower case and without a full stop.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::Empty => "the text is empty",
            Self::AuthScheme => "an authentication scheme such as \"Bearer\" precedes the token",
            Self::Quotes => "the token is in quotation marks",
            Self::Json => "the text is JSON, not a token in the compact serialization",
            Self::SdJwt => "the text is an SD-JWT: only the part before the first \"~\" is a JWT",
            Self::Padding => "the token has padding (\"=\"), which a JWT must not have",
            Self::Base64 => "the token is base64, not base64url: it contains \"+\" or \"/\"",
            Self::Url => "the text is a URL, a form or percent-encoded: pass only the token",
            Self::Pem => "the text is PEM, such as a key, not a token",
            Self::WhiteSpace => "white space is around or inside the token",
            Self::Opaque => "the text has no dots: it is not a JWT, but it may be an opaque token",
            Self::Cut => "a part of the token is missing",
        }
    }
}

/// Returns whether the text begins with a word and then a space or a colon, such as `Bearer`.
fn begins_with_scheme(text: &[u8]) -> bool {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
    let end = text.iter().position(|byte| !is_name(byte));
    matches!(end.and_then(|end| text.get(end)), Some(b' ' | b':'))
}

/// Returns whether a `=` is followed by a character of base64url, as in a form, a cookie or a
/// query.
fn has_parameter(text: &[u8]) -> bool {
    let mut pairs = text.windows(2);
    pairs.any(|pair| matches!(pair, [b'=', next] if next.is_ascii_alphanumeric()))
}

impl fmt::Display for TokenMistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "eyJhbGciOiJFUzI1NiJ9.e30.c2ln";

    #[test]
    fn what_people_pass_instead_of_a_token() {
        let with = |front: &str, back: &str| std::format!("{front}{TOKEN}{back}");
        for (text, want) in [
            (with("", ""), None),
            (with("", ".x.y"), None),
            (with("", "!"), None),
            (with("", ".x"), None),
            (std::string::String::new(), Some(TokenMistake::Empty)),
            (" \n".into(), Some(TokenMistake::Empty)),
            (with("Bearer ", ""), Some(TokenMistake::AuthScheme)),
            (with("bearer  ", "\n"), Some(TokenMistake::AuthScheme)),
            (with("DPoP ", ""), Some(TokenMistake::AuthScheme)),
            (
                with("Authorization: Bearer ", ""),
                Some(TokenMistake::AuthScheme),
            ),
            (
                with("Authorization:Bearer ", ""),
                Some(TokenMistake::AuthScheme),
            ),
            (with("\"", "\""), Some(TokenMistake::Quotes)),
            (with("'", "'"), Some(TokenMistake::Quotes)),
            (
                with("{\"access_token\":\"", "\"}"),
                Some(TokenMistake::Json),
            ),
            (with("[\"", "\"]"), Some(TokenMistake::Json)),
            (with("", "~"), Some(TokenMistake::SdJwt)),
            (with("", "~WyJhIl0~"), Some(TokenMistake::SdJwt)),
            (with("", "=="), Some(TokenMistake::Padding)),
            (TOKEN.replace(".e30", "=.e30"), Some(TokenMistake::Padding)),
            (with("", "/"), Some(TokenMistake::Base64)),
            (with("", "+c"), Some(TokenMistake::Base64)),
            (
                with("https://app.example.com/cb#", ""),
                Some(TokenMistake::Url),
            ),
            (with("id_token=", ""), Some(TokenMistake::Url)),
            (with("Bearer%20", ""), Some(TokenMistake::Url)),
            (
                "-----BEGIN PUBLIC KEY-----\n".into(),
                Some(TokenMistake::Pem),
            ),
            (with("", "\n"), Some(TokenMistake::WhiteSpace)),
            (TOKEN.replace('.', ".\n"), Some(TokenMistake::WhiteSpace)),
            ("SlAV32hkKG".into(), Some(TokenMistake::Opaque)),
            ("eyJhbGciOiJFUzI1NiJ9.e30".into(), Some(TokenMistake::Cut)),
            ("eyJhbGciOiJFUzI1NiJ9...".into(), Some(TokenMistake::Cut)),
            ("eyJhbGciOiJF…".into(), Some(TokenMistake::Cut)),
        ] {
            assert_eq!(TokenMistake::find(text.as_bytes()), want, "{text}");
        }
    }
}
