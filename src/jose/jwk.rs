//! JWK and JWK Set (RFC 7517): the members that matter, read but not yet judged.

use crate::encoding::json::{Array, JsonStr, Value, read_object};
use crate::error::Error;
use crate::limits::MAX_KEY_SET_LEN;

/// One JWK, its parameters still in base64url.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Jwk<'a> {
    pub(crate) kty: Option<JsonStr<'a>>,
    pub(crate) public_key_use: Option<JsonStr<'a>>,
    pub(crate) key_ops: Option<Array<'a>>,
    pub(crate) alg: Option<JsonStr<'a>>,
    pub(crate) kid: Option<JsonStr<'a>>,
    pub(crate) crv: Option<JsonStr<'a>>,
    pub(crate) n: Option<JsonStr<'a>>,
    pub(crate) e: Option<JsonStr<'a>>,
    pub(crate) x: Option<JsonStr<'a>>,
    pub(crate) y: Option<JsonStr<'a>>,
    pub(crate) k: Option<JsonStr<'a>>,
}

impl<'a> Jwk<'a> {
    /// Reads one JWK; unknown members are passed over (RFC 7517 §4).
    // On a stack of its own: its table of names is gone before the key is prepared.
    #[inline(never)]
    pub(crate) fn parse(text: &'a [u8]) -> Result<Self, Error> {
        if text.len() > MAX_KEY_SET_LEN {
            return Err(Error::LimitExceeded);
        }
        let mut jwk = Self::default();
        read_object(text, &mut |name, value| {
            if name == "key_ops" {
                jwk.key_ops = Some(value.as_array().ok_or(Error::MalformedKey)?);
            } else if let Some(parameter) = jwk.parameter(name) {
                *parameter = Some(value.as_str().ok_or(Error::MalformedKey)?);
            }
            Ok(())
        })?;
        Ok(jwk)
    }

    /// The place for the member of that name, if it is a string that matters.
    fn parameter(&mut self, name: JsonStr<'_>) -> Option<&mut Option<JsonStr<'a>>> {
        let mut buffer = [0; 3];
        Some(match name.unescape(&mut buffer).ok()? {
            "kty" => &mut self.kty,
            "use" => &mut self.public_key_use,
            "alg" => &mut self.alg,
            "kid" => &mut self.kid,
            "crv" => &mut self.crv,
            "n" => &mut self.n,
            "e" => &mut self.e,
            "x" => &mut self.x,
            "y" => &mut self.y,
            "k" => &mut self.k,
            _ => return None,
        })
    }

    /// Whether `use` and `key_ops` allow to verify with this key (RFC 7517 §4.2, §4.3).
    pub(crate) fn may_verify(&self) -> bool {
        let for_signatures = self.public_key_use.is_none_or(|u| u == "sig");
        let is_verify = |op: Value<'_>| op.as_str().is_some_and(|op| op == "verify");
        for_signatures && self.key_ops.is_none_or(|ops| ops.iter().any(is_verify))
    }
}

/// The entries of a JWK Set, in order, whatever they are, for keys that are kept elsewhere than in a
/// [`KeySet`](crate::KeySet): each that is an object can be given to [`Key::from_jwk`](crate::Key::from_jwk).
///
/// The whole text was checked when this returns; members other than `keys` are passed over (RFC 7517 §5).
///
/// # Errors
///
/// [`Error::MalformedJson`], [`Error::DuplicateMember`], [`Error::LimitExceeded`], [`Error::MalformedKeySet`]: the text as
/// a whole is not a JWK Set.
///
/// ```
/// use jose_verify::{ES256, Error, Key, jwk_set_entries};
///
/// let jwks = br#"{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
///     "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;
/// for entry in jwk_set_entries(jwks)? {
///     let jwk = entry.as_object().ok_or(Error::MalformedKey)?;
///     let key = Key::from_jwk(jwk.as_raw().as_bytes(), &[&ES256])?;
///     # let _ = key;
/// }
/// # Ok::<(), Error>(())
/// ```
pub fn entries(text: &[u8]) -> Result<Array<'_>, Error> {
    if text.len() > MAX_KEY_SET_LEN {
        return Err(Error::LimitExceeded);
    }
    let mut keys = None;
    read_object(text, &mut |name, value| {
        if name == "keys" {
            keys = Some(value.as_array().ok_or(Error::MalformedKeySet)?);
        }
        Ok(())
    })?;
    keys.ok_or(Error::MalformedKeySet)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_of_a_jwk() {
        let text = br#"{"kty":"RSA","k\u0069d":"1","use":"sig","n":"AQ","e":"AQAB","x5c":["a"],"ext":true}"#;
        let jwk = Jwk::parse(text).unwrap();
        assert!(jwk.kty.unwrap() == "RSA" && jwk.kid.unwrap() == "1");
        assert!(jwk.n.unwrap() == "AQ" && jwk.e.unwrap() == "AQAB");
        assert!(jwk.x.is_none() && jwk.may_verify());
    }

    #[test]
    fn every_member_has_its_place() {
        let text = br#"{"kty":"0","use":"1","alg":"2","kid":"3","crv":"4","n":"5","e":"6","x":"7","y":"8","k":"9",
            "key_ops":["10"],"d":"11","kt":"12","ktyx":"13","":"14"}"#;
        let jwk = Jwk::parse(text).unwrap();
        let strings = [
            jwk.kty,
            jwk.public_key_use,
            jwk.alg,
            jwk.kid,
            jwk.crv,
            jwk.n,
            jwk.e,
            jwk.x,
            jwk.y,
            jwk.k,
        ];
        assert!(
            strings.map(|s| s.unwrap().as_plain_str().unwrap())
                == ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]
        );
        assert_eq!(jwk.key_ops.unwrap().as_raw(), r#"["10"]"#);
    }

    #[test]
    #[cfg_attr(miri, ignore = "a megabyte takes minutes")]
    fn longest() {
        for (len, want) in [
            (MAX_KEY_SET_LEN, None),
            (MAX_KEY_SET_LEN + 1, Some(Error::LimitExceeded)),
        ] {
            let mut text = std::string::String::from(r#"{"keys":[]}"#);
            text.extend(core::iter::repeat_n(' ', len - text.len()));
            assert_eq!(entries(text.as_bytes()).err(), want);
            assert_eq!(Jwk::parse(text.as_bytes()).err(), want);
        }
    }

    #[test]
    fn may_verify() {
        for (text, want) in [
            ("{}", true),
            (r#"{"use":"sig"}"#, true),
            (r#"{"use":"enc"}"#, false),
            (r#"{"use":"SIG"}"#, false),
            (r#"{"key_ops":["verify"]}"#, true),
            (r#"{"key_ops":["sign","verify"]}"#, true),
            (r#"{"key_ops":["encrypt"]}"#, false),
            (r#"{"key_ops":[]}"#, false),
            (r#"{"use":"enc","key_ops":["verify"]}"#, false),
            (r#"{"use":"sig","key_ops":["wrapKey"]}"#, false),
        ] {
            assert_eq!(
                Jwk::parse(text.as_bytes()).unwrap().may_verify(),
                want,
                "{text}"
            );
        }
    }

    #[test]
    fn refused() {
        for (text, want) in [
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
        assert!(entries(br#"{"keys":[]}"#).unwrap().is_empty());
    }
}
