//! The claims set (RFC 7519 §4): registered claims typed, all others by name.

use core::fmt::{self, Debug};

#[cfg(feature = "serde")]
use serde::Deserialize;

#[cfg(feature = "serde")]
use crate::encoding::json::DeserializeError;
use crate::encoding::json::{JsonStr, Name, NameBuf, Object, Span, Value, is_object, parse_spans};
use crate::error::{Claim, Error, Problem};
use crate::jose::strings::StringOrArray;
use crate::time::NumericDate;

/// The claims of a verified token.
///
/// Registered claims were checked for their type while the payload was read: one of the wrong type,
/// `null` included, refuses the token. Everything borrows from the buffer that the token was
/// decoded into.
#[derive(Clone, Copy)]
pub struct Claims<'a> {
    object: Object<'a>,
    registered: Registered,
}

/// How many claims are registered: those with the numbers 1 to 14 of [`Claim`].
const REGISTERED: usize = 14;

/// Where the registered claims stand (RFC 7519 §4.1, OpenID Connect Core §2, RFC 9068 §2.2,
/// RFC 8417 §2.2), in the order of [`Claim`].
#[derive(Debug, Clone, Copy, Default)]
struct Registered([Option<Span>; REGISTERED]);

/// What a registered claim must be.
#[derive(Clone, Copy)]
enum Type {
    String,
    StringOrArray,
    ArrayOfStrings,
    NumericDate,
    Object,
}

/// Returns the registered claim of that name, and what it must be.
#[inline]
fn registered_claim(name: &[u8]) -> Option<(Claim, Type)> {
    Some(match name {
        b"iss" => (Claim::Iss, Type::String),
        b"sub" => (Claim::Sub, Type::String),
        b"aud" => (Claim::Aud, Type::StringOrArray),
        b"azp" => (Claim::Azp, Type::String),
        b"exp" => (Claim::Exp, Type::NumericDate),
        b"nbf" => (Claim::Nbf, Type::NumericDate),
        b"iat" => (Claim::Iat, Type::NumericDate),
        b"nonce" => (Claim::Nonce, Type::String),
        b"auth_time" => (Claim::AuthTime, Type::NumericDate),
        b"acr" => (Claim::Acr, Type::String),
        b"amr" => (Claim::Amr, Type::ArrayOfStrings),
        b"jti" => (Claim::Jti, Type::String),
        b"client_id" => (Claim::ClientId, Type::String),
        b"events" => (Claim::Events, Type::Object),
        _ => return None,
    })
}

impl Registered {
    #[inline]
    fn span(&self, claim: Claim) -> Option<Span> {
        *self.0.get(index(claim))?
    }

    #[inline]
    fn set(&mut self, text: &[u8], name: Name<'_>, value: Span) -> Result<(), Error> {
        let mut buf = NameBuf::new();
        if let Some((claim, wanted)) = registered_claim(name.unescape(&mut buf)) {
            if let Err(problem) = wanted.check(text, value) {
                return Err(Error::Claim(claim, problem));
            }
            if let Some(span) = self.0.get_mut(index(claim)) {
                *span = Some(value);
            }
        }
        Ok(())
    }
}

/// Returns the position of a registered claim.
#[inline]
fn index(claim: Claim) -> usize {
    usize::from(claim.number()).wrapping_sub(1)
}

impl Type {
    #[inline]
    fn check(self, text: &[u8], value: Span) -> Result<(), Problem> {
        let fits = match self {
            Self::String => value.is_string(),
            Self::NumericDate if value.is_short_number() => true,
            Self::NumericDate => {
                return value.numeric_date(text).map(|_| ());
            }
            // An empty array names nobody and is rejected.
            Self::StringOrArray => value.is_string() || array_of_strings(text, value) == Some(true),
            Self::ArrayOfStrings => array_of_strings(text, value).is_some(),
            Self::Object => value.is_object(),
        };
        if fits {
            Ok(())
        } else {
            Err(Problem::WrongType)
        }
    }
}

impl<'a> Claims<'a> {
    // On a stack of its own: its table of names is gone before the claims are checked.
    #[inline(never)]
    pub(crate) fn parse(payload: &'a [u8]) -> Result<Self, Error> {
        // RFC 7519 §7.2, step 10: the payload is a JSON object.
        if !is_object(payload) {
            return Err(Error::MalformedClaims);
        }
        let mut registered = Registered::default();
        let set = |name, value| registered.set(payload, name, value);
        let object = parse_spans(payload, set)?;
        Ok(Self { object, registered })
    }

    /// Returns a registered claim that is a string.
    pub(crate) fn string(&self, claim: Claim) -> Option<JsonStr<'a>> {
        self.registered.span(claim)?.as_str(self.object.as_bytes())
    }

    // Where flash is scarce, the checks of times share it.
    #[cfg_attr(target_pointer_width = "32", inline(never))]
    fn numeric_date(&self, claim: Claim) -> Option<NumericDate> {
        let span = self.registered.span(claim)?;
        span.numeric_date(self.object.as_bytes()).ok()
    }

    fn string_or_array(&self, claim: Claim) -> Option<StringOrArray<'a>> {
        let span = self.registered.span(claim)?;
        StringOrArray::new(span.value(self.object.as_bytes())?)
    }

    /// `iss` (RFC 7519 §4.1.1).
    #[must_use]
    pub fn issuer(&self) -> Option<JsonStr<'a>> {
        self.string(Claim::Iss)
    }

    /// `sub` (RFC 7519 §4.1.2).
    #[must_use]
    pub fn subject(&self) -> Option<JsonStr<'a>> {
        self.string(Claim::Sub)
    }

    /// Returns `sub` where it has to identify a user. An empty one does not.
    pub(crate) fn user(&self) -> Result<JsonStr<'a>, Error> {
        let subject = self.subject().filter(|subject| *subject != "");
        subject.ok_or(Error::missing(Claim::Sub))
    }

    /// `aud` (RFC 7519 §4.1.3).
    #[must_use]
    pub fn audience(&self) -> Option<StringOrArray<'a>> {
        self.string_or_array(Claim::Aud)
    }

    /// `azp` (OpenID Connect Core §2).
    #[must_use]
    pub fn authorized_party(&self) -> Option<JsonStr<'a>> {
        self.string(Claim::Azp)
    }

    /// `exp` (RFC 7519 §4.1.4).
    #[must_use]
    pub fn expires_at(&self) -> Option<NumericDate> {
        self.numeric_date(Claim::Exp)
    }

    /// `nbf` (RFC 7519 §4.1.5).
    #[must_use]
    pub fn not_before(&self) -> Option<NumericDate> {
        self.numeric_date(Claim::Nbf)
    }

    /// `iat` (RFC 7519 §4.1.6).
    #[must_use]
    pub fn issued_at(&self) -> Option<NumericDate> {
        self.numeric_date(Claim::Iat)
    }

    /// `nonce` (OpenID Connect Core §2).
    #[must_use]
    pub fn nonce(&self) -> Option<JsonStr<'a>> {
        self.string(Claim::Nonce)
    }

    /// `auth_time` (OpenID Connect Core §2).
    #[must_use]
    pub fn auth_time(&self) -> Option<NumericDate> {
        self.numeric_date(Claim::AuthTime)
    }

    /// `acr` (OpenID Connect Core §2).
    #[must_use]
    pub fn acr(&self) -> Option<JsonStr<'a>> {
        self.string(Claim::Acr)
    }

    /// `amr` (OpenID Connect Core §2).
    #[must_use]
    pub fn amr(&self) -> Option<StringOrArray<'a>> {
        self.string_or_array(Claim::Amr)
    }

    /// `jti` (RFC 7519 §4.1.7).
    #[must_use]
    pub fn jwt_id(&self) -> Option<JsonStr<'a>> {
        self.string(Claim::Jti)
    }

    /// `client_id` (RFC 8693 §4.3).
    #[must_use]
    pub fn client_id(&self) -> Option<JsonStr<'a>> {
        self.string(Claim::ClientId)
    }

    /// `events` (RFC 8417 §2.2).
    #[must_use]
    pub fn events(&self) -> Option<Object<'a>> {
        let span = self.registered.span(Claim::Events)?;
        span.value(self.object.as_bytes())?.as_object()
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
    /// Takes a look at all of it.
    #[must_use]
    pub const fn as_raw(&self) -> &'a str {
        self.object.as_raw()
    }

    /// Deserialises the claims into your own type. Strings with escapes are unescaped in `buffer`.
    ///
    /// Needs the feature `serde`, and no allocator. Strings and names with escapes are unescaped
    /// one at a time, so the buffer must hold the longest that the type reads. Such a string fits
    /// an owned field (`String`, `heapless::String`), not a borrowed one. Other strings need no
    /// buffer.
    ///
    /// Accepts what `serde_json` accepts, with two exceptions: its `RawValue`, and floats for a
    /// hand-written type that asks for an integer but also accepts a float. Floats are rounded to
    /// the nearest.
    ///
    /// # Errors
    ///
    /// The claims do not fit the type, or an unescaped string does not fit the buffer. A buffer as
    /// long as [`as_raw`](Self::as_raw) is always large enough.
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
    /// # fn read(claims: &jose_verify::Claims<'_>) -> Result<(), jose_verify::json::DeserializeError> {
    /// let manifest: Manifest<'_> = claims.deserialize_in(&mut [0; 64])?;
    /// # let _ = (manifest.version, manifest.digest, manifest.channel);
    /// # Ok(()) }
    /// ```
    #[cfg(feature = "serde")]
    pub fn deserialize_in<T: Deserialize<'a>>(
        &self,
        buffer: &mut [u8],
    ) -> Result<T, DeserializeError> {
        self.object.deserialize_in(buffer)
    }

    /// Deserialises the claims as a type of the caller's.
    ///
    /// Needs the features `serde` and `alloc`. Takes what [`deserialize_in`](Self::deserialize_in)
    /// takes; strings that are written with escapes are unescaped on the heap.
    ///
    /// # Errors
    ///
    /// The claims do not fit the type.
    ///
    /// ```
    /// #[derive(serde::Deserialize)]
    /// struct Session {
    ///     email: String,
    ///     #[serde(default)]
    ///     groups: Vec<String>,
    /// }
    /// # fn read(claims: &jose_verify::Claims<'_>) -> Result<(), jose_verify::json::DeserializeError> {
    /// let session: Session = claims.deserialize()?;
    /// # let _ = (session.email, session.groups);
    /// # Ok(()) }
    /// ```
    #[cfg(all(feature = "serde", feature = "alloc"))]
    pub fn deserialize<T: Deserialize<'a>>(&self) -> Result<T, DeserializeError> {
        self.object.deserialize()
    }
}

impl Debug for Claims<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Omits the claims, which may be personal data.
        f.debug_struct("Claims").finish_non_exhaustive()
    }
}

/// Whether an array of strings, if it is one, holds any.
#[inline(never)]
fn array_of_strings(text: &[u8], value: Span) -> Option<bool> {
    let value = value.value(text)?;
    StringOrArray::array(value)?;
    Some(!value.as_array()?.is_empty())
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
        for value in ["5", "true", "null", "[]", r#""a""#] {
            refused("events", value);
        }
    }

    #[test]
    fn every_registered_claim_has_a_span() {
        for (index, claim) in Claim::ALL.iter().enumerate() {
            let registered = registered_claim(claim.name().as_bytes()).map(|(claim, _)| claim);
            assert_eq!(registered, (index < REGISTERED).then_some(*claim));
            assert_eq!(super::index(*claim), index);
        }
    }

    fn refused(name: &str, value: &str) {
        let claim = Claim::ALL.iter().find(|claim| claim.name() == name);
        let want = Error::Claim(*claim.unwrap(), Problem::WrongType);
        let escapes = name
            .chars()
            .map(|c| std::format!("\\u{:04x}", u32::from(c)));
        // Every name also wholly in escapes.
        for name in [name, &escapes.collect::<std::string::String>()] {
            let text = std::format!(r#"{{"x":1,"{name}":{value}}}"#);
            let error = Claims::parse(text.as_bytes()).err();
            assert_eq!(error, Some(want), "{text}");
        }
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
            (
                br#"{"exp":1e300}"#,
                Error::Claim(Claim::Exp, Problem::OutOfRange),
            ),
        ] {
            assert_eq!(Claims::parse(text).err(), Some(want), "{text:?}");
        }
    }
}
