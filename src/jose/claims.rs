//! The claims set (RFC 7519 §4): typed accessors for registered claims, lookup by name for all
//! others.

use core::fmt::{self, Debug};

#[cfg(feature = "serde")]
use serde::Deserialize;

#[cfg(feature = "serde")]
use crate::encoding::json::DeserializeError;
use crate::encoding::json::{JsonStr, Object, Value, is_object, parse_spans};
use crate::error::{Claim, Error, Problem};
use crate::jose::registered::{Registered, Strictness};
use crate::jose::strings::StringOrArray;
use crate::time::NumericDate;

/// The claims of a verified token.
///
/// The types of registered claims are checked while the payload is parsed. A token is rejected if a
/// registered claim has the wrong type. `null` is a wrong type too. All values borrow from the
/// buffer that the token was decoded into.
///
/// The types of `auth_time`, `acr` and `amr` are checked only if the policy checks the claim,
/// because some providers use another type, such as a string for `amr`. If the type is wrong, the
/// typed accessor returns `None`, and [`get`](Self::get) returns the value. `null` is always
/// rejected.
#[derive(Clone, Copy)]
pub struct Claims<'a> {
    object: Object<'a>,
    registered: Registered,
}

impl<'a> Claims<'a> {
    /// Parses the payload of a token.
    pub(crate) fn parse(payload: &'a [u8]) -> Result<Self, Error> {
        Self::parse_with(payload, Strictness::Token)
    }

    /// Parses a UserInfo response. Registered claims that are `null` or have the wrong type count
    /// as absent. But a `sub` or `events` that is neither `null` nor of the right type is an error.
    pub(crate) fn parse_user_info(response: &'a [u8]) -> Result<Self, Error> {
        Self::parse_with(response, Strictness::UserInfo)
    }

    // Not inlined, so that its table of names is off the stack before the claims are checked. In a
    // program that only parses tokens, the compiler removes the parameter.
    #[inline(never)]
    fn parse_with(payload: &'a [u8], strictness: Strictness) -> Result<Self, Error> {
        // RFC 7519 §7.2, step 10: the payload must be a JSON object.
        if !is_object(payload) {
            return Err(Error::MalformedClaims);
        }
        let mut registered = Registered::default();
        let set = |name, value| registered.set(payload, name, value, strictness);
        let object = parse_spans(payload, set)?;
        Ok(Self { object, registered })
    }

    /// Returns the problem with the type of `auth_time`, `acr` or `amr`, if there is one.
    #[inline]
    pub(crate) fn type_problem(&self, claim: Claim) -> Option<Problem> {
        self.registered.type_problem(claim)
    }

    fn string_or_array(&self, claim: Claim) -> Option<StringOrArray<'a>> {
        let span = self.registered.span(claim)?;
        StringOrArray::new(span.value(self.object.as_bytes())?)
    }

    /// Returns a registered claim that is a string.
    pub(crate) fn string(&self, claim: Claim) -> Option<JsonStr<'a>> {
        self.registered.span(claim)?.as_str(self.object.as_bytes())
    }

    // Not inlined on 32-bit targets, where flash is scarce, so that all time checks share one copy.
    #[cfg_attr(target_pointer_width = "32", inline(never))]
    fn numeric_date(&self, claim: Claim) -> Option<NumericDate> {
        let span = self.registered.span(claim)?;
        span.numeric_date(self.object.as_bytes()).ok()
    }

    /// Returns `iss` (RFC 7519 §4.1.1).
    #[must_use]
    pub fn issuer(&self) -> Option<JsonStr<'a>> {
        self.string(Claim::Iss)
    }

    /// Returns `sub` (RFC 7519 §4.1.2).
    #[must_use]
    pub fn subject(&self) -> Option<JsonStr<'a>> {
        self.string(Claim::Sub)
    }

    /// Returns a `sub` that identifies a user. An empty `sub` counts as missing.
    pub(crate) fn user(&self) -> Result<JsonStr<'a>, Error> {
        let subject = self.subject().filter(|subject| *subject != "");
        subject.ok_or(Error::missing(Claim::Sub))
    }

    /// Returns `aud` (RFC 7519 §4.1.3).
    #[must_use]
    pub fn audience(&self) -> Option<StringOrArray<'a>> {
        self.string_or_array(Claim::Aud)
    }

    /// Returns `azp` (OpenID Connect Core §2).
    #[must_use]
    pub fn authorized_party(&self) -> Option<JsonStr<'a>> {
        self.string(Claim::Azp)
    }

    /// Returns `exp` (RFC 7519 §4.1.4).
    #[must_use]
    pub fn expires_at(&self) -> Option<NumericDate> {
        self.numeric_date(Claim::Exp)
    }

    /// Returns `nbf` (RFC 7519 §4.1.5).
    #[must_use]
    pub fn not_before(&self) -> Option<NumericDate> {
        self.numeric_date(Claim::Nbf)
    }

    /// Returns `iat` (RFC 7519 §4.1.6).
    #[must_use]
    pub fn issued_at(&self) -> Option<NumericDate> {
        self.numeric_date(Claim::Iat)
    }

    /// Returns `nonce` (OpenID Connect Core §2).
    #[must_use]
    pub fn nonce(&self) -> Option<JsonStr<'a>> {
        self.string(Claim::Nonce)
    }

    /// Returns `auth_time` (OpenID Connect Core §2), or `None` if it is not a time.
    #[must_use]
    pub fn auth_time(&self) -> Option<NumericDate> {
        self.numeric_date(Claim::AuthTime)
    }

    /// Returns `acr` (OpenID Connect Core §2), or `None` if it is not a string.
    #[must_use]
    pub fn acr(&self) -> Option<JsonStr<'a>> {
        self.string(Claim::Acr)
    }

    /// Returns `amr` (OpenID Connect Core §2), or `None` if it is not an array of strings.
    #[must_use]
    pub fn amr(&self) -> Option<StringOrArray<'a>> {
        self.string_or_array(Claim::Amr)
    }

    /// Returns `jti` (RFC 7519 §4.1.7).
    #[must_use]
    pub fn jwt_id(&self) -> Option<JsonStr<'a>> {
        self.string(Claim::Jti)
    }

    /// Returns `client_id` (RFC 8693 §4.3).
    #[must_use]
    pub fn client_id(&self) -> Option<JsonStr<'a>> {
        self.string(Claim::ClientId)
    }

    /// Returns `events` (RFC 8417 §2.2).
    #[must_use]
    pub fn events(&self) -> Option<Object<'a>> {
        let span = self.registered.span(Claim::Events)?;
        span.value(self.object.as_bytes())?.as_object()
    }

    /// Returns a claim by its name, which is compared after unescaping. O(n): reads the payload
    /// once.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Value<'a>> {
        // Cannot fail: `parse` rejected malformed text and duplicate names.
        self.object.get(name).ok().flatten()
    }

    /// Returns all claims, for names that are not known in advance.
    #[must_use]
    pub const fn as_object(&self) -> Object<'a> {
        self.object
    }

    /// Returns the text of the claims set as received, including all members that this crate does
    /// not interpret. O(n): revalidates the text as UTF-8.
    #[must_use]
    pub const fn as_raw(&self) -> &'a str {
        self.object.as_raw()
    }

    /// Deserializes the claims into your own type. Unescapes strings in `buffer`. Requires the
    /// feature `serde`, but no allocator.
    ///
    /// Strings and names with escapes are unescaped one at a time, so the buffer must hold the
    /// longest one that the type reads. A string with escapes cannot be borrowed. It requires an
    /// owned field (`String`, `heapless::String`). Strings without escapes need no buffer.
    ///
    /// Accepts what `serde_json` accepts, with two exceptions. `RawValue` is not supported. If a
    /// hand-written type requests an integer, a float is an error, even if the type also accepts
    /// floats. Floats are rounded to nearest.
    ///
    /// # Errors
    ///
    /// Returns an error if the claims do not match the type, or if an unescaped string does not fit
    /// into the buffer. A buffer of the length of [`as_raw`](Self::as_raw) is always large enough.
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
    /// # use jose_verify::{Claims, json::DeserializeError};
    /// # fn read(claims: &Claims<'_>) -> Result<(), DeserializeError> {
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

    /// Deserializes the claims into your own type. Unescapes strings on the heap. Requires the
    /// features `serde` and `alloc`.
    ///
    /// Accepts the same claims as [`deserialize_in`](Self::deserialize_in).
    ///
    /// # Errors
    ///
    /// Returns an error if the claims do not match the type.
    ///
    /// ```
    /// #[derive(serde::Deserialize)]
    /// struct Session {
    ///     email: String,
    ///     #[serde(default)]
    ///     groups: Vec<String>,
    /// }
    /// # use jose_verify::{Claims, json::DeserializeError};
    /// # fn read(claims: &Claims<'_>) -> Result<(), DeserializeError> {
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
        // Omits the claims, which can be personal data.
        f.debug_struct("Claims").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registered_claims_are_typed() {
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
    fn registered_claims_of_the_wrong_type_are_rejected() {
        let strings = ["iss", "sub", "azp", "nonce", "jti", "client_id"];
        for name in strings {
            for value in ["5", "true", "null", "{}", "[]", r#"["a"]"#] {
                assert_wrong_type(name, value);
            }
        }
        for name in ["auth_time", "acr", "amr"] {
            assert_wrong_type(name, "null");
        }
        for name in ["exp", "nbf", "iat"] {
            for value in [r#""5""#, "true", "null", "{}", "[]", "[5]"] {
                assert_wrong_type(name, value);
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
            assert_wrong_type("aud", value);
        }
        for value in ["5", "true", "null", "[]", r#""a""#] {
            assert_wrong_type("events", value);
        }
    }

    fn assert_wrong_type(name: &str, value: &str) {
        let claim = Claim::ALL.iter().find(|claim| claim.name() == name);
        let want = Error::Claim(*claim.unwrap(), Problem::WrongType);
        let escapes = name
            .chars()
            .map(|c| std::format!("\\u{:04x}", u32::from(c)));
        // Every name is also written entirely in escapes.
        for name in [name, &escapes.collect::<std::string::String>()] {
            let text = std::format!(r#"{{"x":1,"{name}":{value}}}"#);
            let error = Claims::parse(text.as_bytes()).err();
            assert_eq!(error, Some(want), "{text}");
        }
    }

    #[test]
    fn payloads_that_are_not_a_claims_set_are_rejected() {
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
