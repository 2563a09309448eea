//! The claims set (RFC 7519 §4): registered claims typed, all others by name.

use core::str;

use crate::error::Error;
use crate::json::{Array, Elements, JsonStr, Members, Object, Value};
use crate::time::NumericDate;

/// The claims of a verified token.
///
/// Registered claims were checked for their type while the payload was read: one of the wrong type, `null`
/// included, refuses the token. Everything borrows from the buffer that the token was decoded into.
#[derive(Debug, Clone, Copy)]
pub struct Claims<'a> {
    object: Object<'a>,
    registered: Registered<'a>,
}

/// The claims that have a meaning here: RFC 7519 §4.1, OpenID Connect Core §2, RFC 9068 §2.2.
#[derive(Debug, Clone, Copy, Default)]
struct Registered<'a> {
    issuer: Option<JsonStr<'a>>,
    subject: Option<JsonStr<'a>>,
    audience: Option<StringOrArray<'a>>,
    authorized_party: Option<JsonStr<'a>>,
    expires_at: Option<NumericDate>,
    not_before: Option<NumericDate>,
    issued_at: Option<NumericDate>,
    nonce: Option<JsonStr<'a>>,
    auth_time: Option<NumericDate>,
    acr: Option<JsonStr<'a>>,
    amr: Option<StringOrArray<'a>>,
    jwt_id: Option<JsonStr<'a>>,
    client_id: Option<JsonStr<'a>>,
}

/// Bytes of the longest name in [`Registered::set`], and some more; a test knows all names.
const MAX_REGISTERED_NAME_LEN: usize = 16;

impl<'a> Registered<'a> {
    fn set(&mut self, name: JsonStr<'a>, value: Value<'a>) -> Result<(), Error> {
        let mut buffer = [0; MAX_REGISTERED_NAME_LEN];
        match name.unescape(&mut buffer) {
            Ok("iss") => self.issuer = Some(string(value)?),
            Ok("sub") => self.subject = Some(string(value)?),
            Ok("aud") => self.audience = Some(string_or_array(value)?),
            Ok("azp") => self.authorized_party = Some(string(value)?),
            Ok("exp") => self.expires_at = Some(numeric_date(value)?),
            Ok("nbf") => self.not_before = Some(numeric_date(value)?),
            Ok("iat") => self.issued_at = Some(numeric_date(value)?),
            Ok("nonce") => self.nonce = Some(string(value)?),
            Ok("auth_time") => self.auth_time = Some(numeric_date(value)?),
            Ok("acr") => self.acr = Some(string(value)?),
            Ok("amr") => self.amr = Some(array_of_strings(value)?),
            Ok("jti") => self.jwt_id = Some(string(value)?),
            Ok("client_id") => self.client_id = Some(string(value)?),
            _ => {}
        }
        Ok(())
    }
}

impl<'a> Claims<'a> {
    // On a stack of its own, for the same reason as the header.
    #[inline(never)]
    pub(crate) fn parse(payload: &'a [u8]) -> Result<Self, Error> {
        // RFC 7519 §7.2, step 10: the payload is a JSON object.
        let text = str::from_utf8(payload).map_err(|_| Error::MalformedClaims)?;
        if !text.trim_ascii_start().starts_with('{') {
            return Err(Error::MalformedClaims);
        }
        let mut registered = Registered::default();
        let mut members = Members::of(text);
        while let Some((name, value)) = members.next()? {
            registered.set(name, value)?;
        }
        let object = Object::checked(text);
        Ok(Self { object, registered })
    }

    /// `iss` (RFC 7519 §4.1.1).
    #[must_use]
    pub const fn issuer(&self) -> Option<JsonStr<'a>> {
        self.registered.issuer
    }

    /// `sub` (RFC 7519 §4.1.2).
    #[must_use]
    pub const fn subject(&self) -> Option<JsonStr<'a>> {
        self.registered.subject
    }

    /// `aud` (RFC 7519 §4.1.3).
    #[must_use]
    pub const fn audience(&self) -> Option<StringOrArray<'a>> {
        self.registered.audience
    }

    /// `azp` (OpenID Connect Core §2).
    #[must_use]
    pub const fn authorized_party(&self) -> Option<JsonStr<'a>> {
        self.registered.authorized_party
    }

    /// `exp` (RFC 7519 §4.1.4).
    #[must_use]
    pub const fn expires_at(&self) -> Option<NumericDate> {
        self.registered.expires_at
    }

    /// `nbf` (RFC 7519 §4.1.5).
    #[must_use]
    pub const fn not_before(&self) -> Option<NumericDate> {
        self.registered.not_before
    }

    /// `iat` (RFC 7519 §4.1.6).
    #[must_use]
    pub const fn issued_at(&self) -> Option<NumericDate> {
        self.registered.issued_at
    }

    /// `nonce` (OpenID Connect Core §2).
    #[must_use]
    pub const fn nonce(&self) -> Option<JsonStr<'a>> {
        self.registered.nonce
    }

    /// `auth_time` (OpenID Connect Core §2).
    #[must_use]
    pub const fn auth_time(&self) -> Option<NumericDate> {
        self.registered.auth_time
    }

    /// `acr` (OpenID Connect Core §2).
    #[must_use]
    pub const fn acr(&self) -> Option<JsonStr<'a>> {
        self.registered.acr
    }

    /// `amr` (OpenID Connect Core §2).
    #[must_use]
    pub const fn amr(&self) -> Option<StringOrArray<'a>> {
        self.registered.amr
    }

    /// `jti` (RFC 7519 §4.1.7).
    #[must_use]
    pub const fn jwt_id(&self) -> Option<JsonStr<'a>> {
        self.registered.jwt_id
    }

    /// `client_id` (RFC 8693 §4.3).
    #[must_use]
    pub const fn client_id(&self) -> Option<JsonStr<'a>> {
        self.registered.client_id
    }

    /// Any claim by its name, compared after unescaping. One pass over the payload.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Value<'a>> {
        // Neither malformed nor with duplicates: both were refused when the payload was read.
        self.object.get(name).ok().flatten()
    }

    /// All claims, for names that are not known beforehand.
    #[must_use]
    pub const fn as_object(&self) -> Object<'a> {
        self.object
    }

    /// The claims set as it is written, with everything in it that this crate does not interpret.
    #[must_use]
    pub const fn as_raw(&self) -> &'a str {
        self.object.as_raw()
    }

    /// The claims as a type of the caller's, by serde.
    ///
    /// Strings and names that are written with escapes are unescaped in `buffer`, one at a time: it must hold the
    /// longest of them, also of those that the type leaves out. Such a string fits an owned field
    /// (`String`, `heapless::String`), not a borrowed one.
    ///
    /// Needs the feature `serde`. serde-json-core sets the bounds of what a type may hold: a type that asks for a value of
    /// any kind (`untagged`, `flatten`, `serde_json::Value`) is refused, maps need string keys (others panic), a float takes
    /// `null` as NaN, and a character outside the Basic Multilingual Plane that is written as a pair of escapes is
    /// refused wherever it stands. [`get`](Self::get) has none of these; where there is std, neither has `serde_json`, given
    /// [`as_raw`](Self::as_raw).
    ///
    /// # Errors
    ///
    /// [`Error::CustomClaims`]; [`Error::BufferTooSmall`], which a buffer as long as [`as_raw`](Self::as_raw) never is.
    ///
    /// ```
    /// #[derive(serde::Deserialize)]
    /// struct Manifest<'a> {
    ///     version: u32,
    ///     #[serde(borrow)]
    ///     digest: &'a str,
    ///     #[serde(rename = "https://example.com/channel")]
    ///     channel: Option<&'a str>,
    /// }
    /// # fn read(claims: &jose_verify::Claims<'_>) -> Result<(), jose_verify::Error> {
    /// let manifest: Manifest<'_> = claims.deserialize(&mut [0; 64])?;
    /// # let _ = (manifest.version, manifest.digest, manifest.channel);
    /// # Ok(()) }
    /// ```
    #[cfg(feature = "serde")]
    pub fn deserialize<T: serde::Deserialize<'a>>(&self, buffer: &mut [u8]) -> Result<T, Error> {
        let text = self.object.as_raw().as_bytes();
        match serde_json_core::from_slice_escaped(text, buffer) {
            Ok((claims, _)) => Ok(claims),
            Err(serde_json_core::de::Error::EscapedStringIsTooLong) => Err(Error::BufferTooSmall),
            Err(_) => Err(Error::CustomClaims),
        }
    }
}

/// One string or several: the claim `aud` has both forms.
#[derive(Debug, Clone, Copy)]
pub struct StringOrArray<'a>(OneOrMany<'a>);

#[derive(Debug, Clone, Copy)]
enum OneOrMany<'a> {
    One(JsonStr<'a>),
    Many(Array<'a>),
}

impl<'a> StringOrArray<'a> {
    /// An array of strings, which may be empty.
    pub(crate) fn array(value: Value<'a>) -> Result<Self, Error> {
        array_of_strings(value)
    }

    /// The strings, in order.
    #[must_use]
    pub fn iter(&self) -> Strings<'a> {
        match self.0 {
            OneOrMany::One(string) => Strings {
                one: Some(string),
                many: None,
            },
            OneOrMany::Many(array) => Strings {
                one: None,
                many: Some(array.iter()),
            },
        }
    }

    /// Whether one of the strings is this one.
    #[must_use]
    pub fn contains(&self, string: &str) -> bool {
        self.iter().any(|s| s == string)
    }
}

impl<'a> IntoIterator for StringOrArray<'a> {
    type Item = JsonStr<'a>;
    type IntoIter = Strings<'a>;

    fn into_iter(self) -> Strings<'a> {
        self.iter()
    }
}

impl<'a> IntoIterator for &StringOrArray<'a> {
    type Item = JsonStr<'a>;
    type IntoIter = Strings<'a>;

    fn into_iter(self) -> Strings<'a> {
        self.iter()
    }
}

/// The strings of a [`StringOrArray`].
#[derive(Debug, Clone)]
pub struct Strings<'a> {
    one: Option<JsonStr<'a>>,
    many: Option<Elements<'a>>,
}

impl<'a> Iterator for Strings<'a> {
    type Item = JsonStr<'a>;

    fn next(&mut self) -> Option<JsonStr<'a>> {
        match &mut self.many {
            Some(elements) => elements.next()?.as_str(),
            None => self.one.take(),
        }
    }
}

fn string(value: Value<'_>) -> Result<JsonStr<'_>, Error> {
    value.as_str().ok_or(Error::WrongClaimType)
}

fn numeric_date(value: Value<'_>) -> Result<NumericDate, Error> {
    value
        .as_number()
        .ok_or(Error::WrongClaimType)?
        .numeric_date()
}

/// RFC 7519 §4.1.3: an array of strings, or a single one. An empty array names nobody and is refused.
fn string_or_array(value: Value<'_>) -> Result<StringOrArray<'_>, Error> {
    match value {
        Value::String(string) => Ok(StringOrArray(OneOrMany::One(string))),
        Value::Array(array) if array.is_empty() => Err(Error::WrongClaimType),
        _ => array_of_strings(value),
    }
}

fn array_of_strings(value: Value<'_>) -> Result<StringOrArray<'_>, Error> {
    let array = value.as_array().ok_or(Error::WrongClaimType)?;
    if array.iter().all(|element| element.as_str().is_some()) {
        Ok(StringOrArray(OneOrMany::Many(array)))
    } else {
        Err(Error::WrongClaimType)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registered_claims() {
        let text =
            br#" {"iss":"a","s\u0075b":"b","aud":["c","d"],"azp":"e","exp":1.5,"nbf":2,"iat":3e0,
            "nonce":"f","auth_time":4,"acr":"g","amr":["h"],"jti":"i","client_id":"j","ISS":5} "#;
        let claims = Claims::parse(text).unwrap();
        assert!(claims.issuer().unwrap() == "a");
        assert!(claims.subject().unwrap() == "b");
        assert!(claims.audience().unwrap().iter().eq(["c", "d"]));
        assert!(claims.authorized_party().unwrap() == "e");
        assert_eq!(claims.expires_at(), Some(NumericDate::new(1, 500_000_000)));
        assert_eq!(claims.not_before(), Some(NumericDate::from_seconds(2)));
        assert_eq!(claims.issued_at(), Some(NumericDate::from_seconds(3)));
        assert!(claims.nonce().unwrap() == "f");
        assert_eq!(claims.auth_time(), Some(NumericDate::from_seconds(4)));
        assert!(claims.acr().unwrap() == "g");
        assert!(claims.amr().unwrap().contains("h"));
        assert!(claims.jwt_id().unwrap() == "i");
        assert!(claims.client_id().unwrap() == "j");
        assert_eq!(claims.get("ISS").unwrap().as_i64(), Some(5));
        assert!(claims.get("sub").unwrap().as_str().unwrap() == "b");
        assert!(claims.get("none").is_none());
    }

    #[test]
    fn wrong_types() {
        let strings = ["iss", "sub", "azp", "nonce", "acr", "jti", "client_id"];
        for name in strings {
            let escaped = name
                .chars()
                .map(|c| std::format!("\\u{:04x}", u32::from(c)));
            refused(&escaped.collect::<std::string::String>(), "5");
            for value in ["5", "true", "null", "{}", "[]", r#"["a"]"#] {
                refused(name, value);
            }
        }
        for name in ["exp", "nbf", "iat", "auth_time"] {
            for value in [r#""5""#, "true", "null", "{}", "[]", "[5]"] {
                refused(name, value);
            }
        }
        for value in [
            "5",
            "true",
            "null",
            "{}",
            "[]",
            "[5]",
            r#"["a",5]"#,
            r#"[["a"]]"#,
        ] {
            refused("aud", value);
        }
        for value in ["5", "true", "null", "{}", r#""a""#, r#"["a",5]"#] {
            refused("amr", value);
        }
    }

    fn refused(name: &str, value: &str) {
        let text = std::format!(r#"{{"x":1,"{name}":{value}}}"#);
        let error = Claims::parse(text.as_bytes()).err();
        assert_eq!(error, Some(Error::WrongClaimType), "{text}");
    }

    #[test]
    fn not_a_claims_set() {
        for (text, want) in [
            (&b""[..], Error::MalformedClaims),
            (b" ", Error::MalformedClaims),
            (b"[]", Error::MalformedClaims),
            (br#"[{"exp":1}]"#, Error::MalformedClaims),
            (br#""x""#, Error::MalformedClaims),
            (b"1", Error::MalformedClaims),
            (b"null", Error::MalformedClaims),
            (b"\xff", Error::MalformedClaims),
            (b"\xef\xbb\xbf{}", Error::MalformedClaims),
            (b"{", Error::MalformedJson),
            (b"{} {}", Error::MalformedJson),
            (br#"{"a":1,"\u0061":1}"#, Error::DuplicateMember),
            (br#"{"exp":1e300}"#, Error::TimeOutOfRange),
        ] {
            assert_eq!(Claims::parse(text).err(), Some(want), "{text:?}");
        }
    }
}
