//! JWK and JWK Set (RFC 7517): parses the members that are common to all keys, without validating
//! the key.

use core::fmt::{self, Debug};

use crate::alg::ParameterSource;
use crate::encoding::base64url;
use crate::encoding::json::{
    Array, JsonStr, NameBuf, Object, OutlineElements, Span, Value, outline_members, outline_string,
    parse_spans,
};
use crate::error::{Error, Limit};
use crate::limits::MAX_KEY_SET_LEN;

/// A JWK (RFC 7517 §4) and its members, for keys that are not stored in a
/// [`KeySet`](crate::KeySet).
///
/// ```
/// use jose_verify::{Error, Jwk};
///
/// let jwk = Jwk::parse(br#"{"kty":"OKP","crv":"Ed25519","kid":"1","use":"sig",
///     "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#)?;
/// assert!(jwk.key_type() == "OKP" && jwk.may_verify());
/// assert!(jwk.key_id().unwrap() == "1" && jwk.algorithm().is_none());
/// assert!(jwk.get("crv").unwrap().as_str().unwrap() == "Ed25519");
/// let mut buffer = [0; 32];
/// assert_eq!(jwk.parameter("x", &mut buffer)?.len(), 32);
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Jwk<'a> {
    members: Object<'a>,
    kty: JsonStr<'a>,
    public_key_use: Option<Span>,
    key_ops: Option<Span>,
    alg: Option<Span>,
    kid: Option<Span>,
    has_curve: bool,
}

impl<'a> Jwk<'a> {
    /// Parses one JWK. Unknown members are ignored (RFC 7517 §4). Members other than `kty` count as
    /// absent if they are null, as some serializers write them.
    ///
    /// # Errors
    ///
    /// - [`Error::MalformedJson`], [`Error::DuplicateMember`], [`Error::Limit`]: the text is not a
    ///   JSON object, repeats a name, or exceeds a limit.
    /// - [`Error::MalformedKey`]: `kty` is missing, or `kty`, `crv`, `use`, `key_ops`, `alg` or
    ///   `kid` has the wrong type.
    // Not inlined, so that its table of names is off the stack before the key is loaded.
    #[inline(never)]
    pub fn parse(text: &'a [u8]) -> Result<Self, Error> {
        if text.len() > MAX_KEY_SET_LEN {
            return Err(Error::Limit(Limit::KeySetLen));
        }
        let (mut kty, mut public_key_use, mut key_ops) = (None, None, None);
        let (mut alg, mut kid, mut crv) = (None, None, None);
        let members = parse_spans(text, |name, value| {
            let mut buf = NameBuf::new();
            match name.unescape(&mut buf) {
                b"kty" => kty = Some(string(value)?),
                _ if value.is_null() => {}
                b"use" => public_key_use = Some(string(value)?),
                b"alg" => alg = Some(string(value)?),
                b"kid" => kid = Some(string(value)?),
                b"crv" => crv = Some(string(value)?),
                b"key_ops" if value.is_array() => key_ops = Some(value),
                b"key_ops" => return Err(Error::MalformedKey),
                _ => {}
            }
            Ok(())
        })?;
        // RFC 7517 §4.1: `kty` MUST be present.
        let kty = kty.and_then(|kty: Span| kty.as_str(text));
        let kty = kty.ok_or(Error::MalformedKey)?;
        Ok(Self {
            members,
            kty,
            public_key_use,
            key_ops,
            alg,
            kid,
            has_curve: crv.is_some(),
        })
    }

    fn string(&self, span: Option<Span>) -> Option<JsonStr<'a>> {
        span?.as_str(self.members.as_bytes())
    }

    /// Returns `kty` (RFC 7517 §4.1).
    #[must_use]
    pub const fn key_type(&self) -> JsonStr<'a> {
        self.kty
    }

    /// Returns `use` (RFC 7517 §4.2).
    #[must_use]
    pub fn public_key_use(&self) -> Option<JsonStr<'a>> {
        self.string(self.public_key_use)
    }

    /// Returns `key_ops` (RFC 7517 §4.3).
    #[must_use]
    pub fn key_operations(&self) -> Option<Array<'a>> {
        self.key_ops?.value(self.members.as_bytes())?.as_array()
    }

    /// Returns `alg` (RFC 7517 §4.4).
    #[must_use]
    pub fn algorithm(&self) -> Option<JsonStr<'a>> {
        self.string(self.alg)
    }

    /// Returns `kid` (RFC 7517 §4.5).
    #[must_use]
    pub fn key_id(&self) -> Option<JsonStr<'a>> {
        self.string(self.kid)
    }

    /// Returns whether `use` and `key_ops` allow verification with this key (RFC 7517 §4.2, §4.3).
    #[must_use]
    pub fn may_verify(&self) -> bool {
        self.may_verify_with(&["sig"])
    }

    /// Returns whether `key_ops` and `use` allow verification. `use` must have one of these values.
    pub(crate) fn may_verify_with(&self, uses: &[&str]) -> bool {
        let is_accepted = |public_key_use| uses.iter().any(|u| public_key_use == *u);
        let for_signatures = self.public_key_use().is_none_or(is_accepted);
        let is_verify = |op: Value<'_>| op.as_str().is_some_and(|op| op == "verify");
        for_signatures
            && self
                .key_operations()
                .is_none_or(|ops| ops.iter().any(is_verify))
    }

    /// Returns whether `alg`, the algorithm that the key is intended for (RFC 7517 §4.4), is absent
    /// or names `algorithm`.
    #[must_use]
    pub fn is_for(&self, algorithm: &str) -> bool {
        self.algorithm().is_none_or(|alg| alg == algorithm)
    }

    /// Returns why the key is rejected, given the reason of its key type. A key that fits no
    /// algorithm because a member is missing is malformed.
    pub(crate) fn reason(&self, reason: Error) -> Error {
        if reason == Error::UnsupportedKey && self.is_incomplete() {
            Error::MalformedKey
        } else {
            reason
        }
    }

    /// Returns whether the member that refines the key type is missing: `crv` for an EC or OKP key
    /// (RFC 7518 §6.2.1.1, RFC 8037 §2), or `alg` for an AKP key (RFC 9964).
    fn is_incomplete(&self) -> bool {
        if self.kty == "EC" || self.kty == "OKP" {
            !self.has_curve
        } else {
            self.kty == "AKP" && self.alg.is_none()
        }
    }

    /// Returns a member by its name, which is compared after unescaping. O(n): reads the JWK once.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Value<'a>> {
        // Cannot fail: `parse` rejected malformed text and duplicate names.
        self.members.get(name).ok().flatten()
    }

    /// Returns whether the JWK has a member of this name that is not null.
    pub(crate) fn has(&self, name: &str) -> bool {
        !matches!(self.get(name), None | Some(Value::Null))
    }

    /// Decodes a base64url member, such as a key parameter, into the front of `buffer`.
    ///
    /// # Errors
    ///
    /// - [`Error::MalformedKey`]: the member is missing, or is not a string in strict base64url.
    /// - [`Error::KeyTooLarge`]: the decoded bytes do not fit into `buffer`.
    pub fn parameter<'b>(&self, name: &str, buffer: &'b mut [u8]) -> Result<&'b [u8], Error> {
        // No base64url character needs an escape, so a string with escapes is rejected.
        let text = self.get(name).and_then(|value| value.as_str());
        let text = text.and_then(|text| text.as_plain_str());
        let text = text.ok_or(Error::MalformedKey)?.as_bytes();
        // Decodes in constant time, because the parameter can be secret.
        base64url::decode_secret(text, buffer, Error::KeyTooLarge).map_err(|error| match error {
            Error::MalformedBase64url => Error::MalformedKey,
            error => error,
        })
    }
}

impl ParameterSource for Jwk<'_> {
    fn is(&self, member: &str, value: &str) -> bool {
        match member {
            "kty" => self.kty == value,
            _ => self
                .get(member)
                .and_then(|found| found.as_str())
                .is_some_and(|found| found == value),
        }
    }

    fn bytes<'b>(&'b self, member: &str, buffer: &'b mut [u8]) -> Result<&'b [u8], Error> {
        self.parameter(member, buffer)
    }

    fn is_for(&self, algorithm: &str) -> bool {
        Jwk::is_for(self, algorithm)
    }
}

impl Debug for Jwk<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Omits the parameters, which can be secret.
        f.debug_struct("Jwk")
            .field("kty", &self.kty.escape_debug())
            .field("kid", &self.key_id().map(|kid| kid.escape_debug()))
            .finish_non_exhaustive()
    }
}

fn string(value: Span) -> Result<Span, Error> {
    if value.is_string() {
        Ok(value)
    } else {
        Err(Error::MalformedKey)
    }
}

/// Returns the texts of the entries of a JWK Set, for keys that are not stored in a
/// [`KeySet`](crate::KeySet). Parse each as a [`Jwk`].
///
/// Only the grammar of the text is checked (RFC 8259). An exceeded limit, a duplicate member or an
/// unpaired surrogate in one entry does not affect the others. If an entry is nested deeper than
/// [`MAX_JSON_DEPTH`](crate::limits::MAX_JSON_DEPTH), its end is found by counting brackets.
/// Members other than `keys` are ignored (RFC 7517 §5).
///
/// # Errors
///
/// - [`Error::MalformedJson`]: the text is not JSON, or not an object. [`Error::MalformedKeySet`]:
///   it has no array `keys`.
/// - [`Error::DuplicateMember`]: it has `keys` twice.
/// - [`Error::Limit`]: the text is longer than [`MAX_KEY_SET_LEN`].
///
/// ```
/// use jose_verify::{Error, Jwk};
/// use jose_verify::keys::jwk_set_entries;
///
/// let jwks = br#"{"keys":[{"kty":"EC","crv":"P-256",
///     "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
///     "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;
/// for entry in jwk_set_entries(jwks)? {
///     let jwk = Jwk::parse(entry)?;
///     assert!(jwk.key_type() == "EC");
/// }
/// # Ok::<(), Error>(())
/// ```
pub fn entries(text: &[u8]) -> Result<JwkSetEntries<'_>, Error> {
    if text.len() > MAX_KEY_SET_LEN {
        return Err(Error::Limit(Limit::KeySetLen));
    }
    let mut keys = None;
    outline_members(text, &mut |name, value| {
        let is_keys = name.is_some_and(|name| name == "keys");
        if is_keys && keys.replace(value).is_some() {
            return Err(Error::DuplicateMember);
        }
        Ok(())
    })?;
    let elements = keys.and_then(OutlineElements::new);
    elements.map(JwkSetEntries).ok_or(Error::MalformedKeySet)
}

/// An iterator over the texts of the entries of a JWK Set, in order.
#[derive(Clone)]
pub struct JwkSetEntries<'a>(OutlineElements<'a>);

impl<'a> Iterator for JwkSetEntries<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        self.0.next()
    }
}

impl Debug for JwkSetEntries<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Omits the entries, which can be secret.
        f.debug_struct("JwkSetEntries").finish_non_exhaustive()
    }
}

/// Returns the `kid` of an entry, even if the entry is not a valid key. Returns `None` if there are
/// several.
pub(crate) fn kid_of_entry(entry: &[u8]) -> Option<JsonStr<'_>> {
    let (mut kid, mut count) = (None, 0_usize);
    let outlined = outline_members(entry, &mut |name, value| {
        if name.is_some_and(|name| name == "kid") {
            kid = outline_string(value);
            count = count.saturating_add(1);
        }
        Ok(())
    });
    outlined.ok()?;
    kid.filter(|_| count == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_of_a_jwk() {
        let text = br#"{"kty":"RSA","k\u0069d":"1","use":"sig","n":"AQ","e":"AQAB",
            "x5c":["a"],"ext":true}"#;
        let jwk = Jwk::parse(text).unwrap();
        assert!(jwk.key_type() == "RSA" && jwk.key_id().unwrap() == "1");
        assert!(jwk.is("kty", "RSA") && !jwk.is("kty", "EC") && !jwk.is("crv", ""));
        let mut buffer = [0; 3];
        assert_eq!(jwk.bytes("n", &mut buffer), Ok(&[1][..]));
        assert_eq!(jwk.bytes("e", &mut buffer), Ok(&[1, 0, 1][..]));
        assert_eq!(jwk.bytes("e", &mut buffer[..2]), Err(Error::KeyTooLarge));
        assert_eq!(jwk.bytes("x", &mut buffer), Err(Error::MalformedKey));
        assert_eq!(jwk.bytes("x5c", &mut buffer), Err(Error::MalformedKey));
        assert!(jwk.algorithm().is_none() && jwk.may_verify());
    }

    #[test]
    fn every_member_has_its_span() {
        let text =
            br#"{"kty":"0","use":"1","alg":"2","kid":"3","key_ops":["4"],"d":"5","kt":"6","":"7"}"#;
        let jwk = Jwk::parse(text).unwrap();
        let strings = [
            Some(jwk.key_type()),
            jwk.public_key_use(),
            jwk.algorithm(),
            jwk.key_id(),
            jwk.get("d").unwrap().as_str(),
            jwk.get("kt").unwrap().as_str(),
            jwk.get("").unwrap().as_str(),
        ];
        let strings = strings.map(|s| s.unwrap().as_plain_str().unwrap());
        assert_eq!(strings, ["0", "1", "2", "3", "5", "6", "7"]);
        assert_eq!(jwk.key_operations().unwrap().as_raw(), r#"["4"]"#);
    }

    #[test]
    #[cfg_attr(miri, ignore = "parsing a megabyte takes minutes under Miri")]
    fn a_text_longer_than_the_limit_is_rejected() {
        for (len, want) in [
            (MAX_KEY_SET_LEN, None),
            (MAX_KEY_SET_LEN + 1, Some(Error::Limit(Limit::KeySetLen))),
        ] {
            let mut text = std::string::String::from(r#"{"keys":[]}"#);
            text.extend(core::iter::repeat_n(' ', len - text.len()));
            assert_eq!(entries(text.as_bytes()).err(), want);
            let jwk = Jwk::parse(text.as_bytes()).err();
            assert_eq!(jwk, want.or(Some(Error::MalformedKey)));
        }
    }

    #[test]
    fn use_and_key_ops_must_allow_verification() {
        for (members, want) in [
            ("", true),
            (r#","use":"sig""#, true),
            (r#","use":"enc""#, false),
            (r#","use":"SIG""#, false),
            (r#","key_ops":["verify"]"#, true),
            (r#","key_ops":["sign","verify"]"#, true),
            (r#","key_ops":["encrypt"]"#, false),
            (r#","key_ops":[]"#, false),
            (r#","use":"enc","key_ops":["verify"]"#, false),
            (r#","use":"sig","key_ops":["wrapKey"]"#, false),
        ] {
            let text = std::format!(r#"{{"kty":"RSA"{members}}}"#);
            let jwk = Jwk::parse(text.as_bytes()).unwrap();
            assert_eq!(jwk.may_verify(), want, "{text}");
        }
    }

    #[test]
    fn malformed_keys_and_sets_are_rejected() {
        for (text, want) in [
            ("{}", Error::MalformedKey),
            (r#"{"kty":5}"#, Error::MalformedKey),
            (r#"{"kid":5}"#, Error::MalformedKey),
            (r#"{"key_ops":"verify"}"#, Error::MalformedKey),
            (r#"{"kty":"RSA","kty":"RSA"}"#, Error::DuplicateMember),
            ("[]", Error::MalformedJson),
        ] {
            assert_eq!(Jwk::parse(text.as_bytes()).err(), Some(want), "{text}");
        }
        for (text, want) in [
            ("{}", Error::MalformedKeySet),
            (r#"{"keys":{}}"#, Error::MalformedKeySet),
            (r#"{"keys":[],"keys":[]}"#, Error::DuplicateMember),
            (r#"{"keys":[}"#, Error::MalformedJson),
        ] {
            assert_eq!(entries(text.as_bytes()).err(), Some(want), "{text}");
        }
        assert_eq!(entries(br#"{"keys":[]}"#).unwrap().count(), 0);
    }
}
