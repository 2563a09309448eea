//! The JOSE header (RFC 7515 §4), which is only trusted to look up a key.

use crate::encoding::json::{JsonStr, NameBuf, Object, Span, Value, parse_spans};
use crate::error::{Error, Member, Problem};

/// The `alg` of an unsecured token (RFC 7518 §3.6).
const NONE: &str = "none";

/// The prefix of a media type, which RFC 7515 §4.1.9 recommends omitting.
const APPLICATION: &str = "application/";

/// The header of a token.
///
/// Keys and URLs in the header (`jwk`, `jku`, `x5c`, `x5u`) are ignored, because a token must not
/// choose its own key.
///
/// A `kid`, `typ` or `cty` that is `null` counts as absent, because many serializers write `null`
/// for a value that is not set.
#[derive(Debug, Clone, Copy)]
pub struct Header<'a> {
    object: Object<'a>,
    algorithm: JsonStr<'a>,
    // These three are spans of a string or of `null`.
    key_id: Option<Span>,
    typ: Option<Span>,
    content_type: Option<Span>,
}

/// The critical header parameters that the caller understands.
#[derive(Clone, Copy)]
pub(crate) struct Critical<'v> {
    names: &'v [&'v str],
    /// Only [`understood`](Self::understood) refers to the function, so programs that do not call
    /// `understood` do not link the function.
    check: Option<Check>,
}

/// Checks the `crit` of a header against the names that the caller understands.
type Check = fn(Object<'_>, Span, &[&str]) -> Option<()>;

impl<'v> Critical<'v> {
    /// No parameter is understood.
    pub(crate) const NONE: Self = Self {
        names: &[],
        check: None,
    };

    /// The parameters in `names` are understood.
    pub(crate) const fn understood(names: &'v [&'v str]) -> Self {
        Self {
            names,
            check: Some(check_critical),
        }
    }

    pub(crate) const fn names(&self) -> &'v [&'v str] {
        self.names
    }

    fn check(&self, header: Object<'_>, critical: Span) -> Result<(), Error> {
        let checked = self
            .check
            .and_then(|check| check(header, critical, self.names));
        checked.ok_or(Error::Header(Member::Crit, Problem::Unsupported))
    }
}

impl<'a> Header<'a> {
    // Not inlined, so that its table of names is off the stack before the signature is verified.
    #[inline(never)]
    pub(crate) fn parse(text: &'a [u8], understood: &Critical<'_>) -> Result<Self, Error> {
        let (mut alg, mut kid, mut typ, mut cty) = (None, None, None, None);
        let (mut critical, mut unencoded) = (None, false);
        let object = parse_spans(text, |name, value| {
            let mut buf = NameBuf::new();
            match name.unescape(&mut buf) {
                b"alg" => alg = Some(string(value, Member::Alg)?),
                b"kid" => kid = Some(optional(value, Member::Kid)?),
                b"typ" => typ = Some(optional(value, Member::Typ)?),
                b"cty" => cty = Some(optional(value, Member::Cty)?),
                b"crit" => critical = Some(value),
                b"b64" => unencoded = true,
                _ => {}
            }
            Ok(())
        })?;
        let algorithm = alg.and_then(|alg: Span| alg.as_str(text));
        let algorithm = algorithm.ok_or(Error::Header(Member::Alg, Problem::Missing))?;
        // RFC 8725 §3.2. Case is ignored, because variants such as `NoNe` bypass verifiers that
        // compare inconsistently.
        if algorithm.is_ignoring_ascii_case("", NONE) {
            return Err(Error::Unsecured);
        }
        if let Some(critical) = critical {
            understood.check(object, critical)?;
        }
        // RFC 7797 §7: JWTs MUST NOT use `b64`. A JWS that uses it must list it in `crit`.
        if unencoded {
            return Err(Error::Header(Member::B64, Problem::Unsupported));
        }
        Ok(Self {
            object,
            algorithm,
            key_id: kid,
            typ,
            content_type: cty,
        })
    }

    fn string(&self, span: Option<Span>) -> Option<JsonStr<'a>> {
        span?.as_str(self.object.as_bytes())
    }

    /// Returns `alg` (RFC 7515 §4.1.1).
    #[must_use]
    pub const fn algorithm(&self) -> JsonStr<'a> {
        self.algorithm
    }

    /// Returns `kid` (RFC 7515 §4.1.4).
    #[must_use]
    pub fn key_id(&self) -> Option<JsonStr<'a>> {
        self.string(self.key_id)
    }

    /// Returns `typ` (RFC 7515 §4.1.9).
    #[must_use]
    pub fn typ(&self) -> Option<JsonStr<'a>> {
        self.string(self.typ)
    }

    /// Returns whether `typ` is this media type (RFC 7515 §4.1.9). Case is ignored. Either side can
    /// omit a leading `application/` if no other slash follows.
    #[must_use]
    pub fn is_type(&self, media_type: &str) -> bool {
        let Some(typ) = self.typ() else {
            return false;
        };
        let subtype = media_type
            .split_at_checked(APPLICATION.len())
            .filter(|(front, _)| front.eq_ignore_ascii_case(APPLICATION));
        // Drops the prefix if only a subtype follows.
        let short = match subtype {
            Some((_, subtype)) if !subtype.contains('/') => subtype,
            _ => media_type,
        };
        typ.is_ignoring_ascii_case("", short)
            || (!short.contains('/') && typ.is_ignoring_ascii_case(APPLICATION, short))
    }

    /// Returns `cty` (RFC 7515 §4.1.10).
    #[must_use]
    pub fn content_type(&self) -> Option<JsonStr<'a>> {
        self.string(self.content_type)
    }

    /// Returns a header parameter by its name, which is compared after unescaping. O(n): reads the
    /// header once.
    ///
    /// Use it for parameters that an issuer defines. In a verified token, the signature covers
    /// them. They do not influence the choice of the key.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Value<'a>> {
        // Cannot fail: `parse` rejected malformed text and duplicate names.
        self.object.get(name).ok().flatten()
    }
}

/// RFC 7515 §4.1.11: `crit` is a non-empty list of names without duplicates. Each parameter is in
/// the header and is not defined by the JWS specifications. "If any of the listed extension Header
/// Parameters are not understood and supported by the recipient, then the JWS is invalid."
fn check_critical(header: Object<'_>, critical: Span, understood: &[&str]) -> Option<()> {
    let names = critical.value(header.as_bytes())?.as_array()?;
    // A list longer than `understood` has an unknown or a repeated name. Rejecting it first bounds
    // the work.
    if names.is_empty() || names.iter().nth(understood.len()).is_some() {
        return None;
    }
    for name in names {
        let name = name.as_str()?;
        let understood = understood.iter().find(|known| name == **known)?;
        let listed = names.iter().filter(|other| other.as_str() == Some(name));
        let is_extension = !DEFINED.contains(understood);
        if !is_extension || listed.count() != 1 || header.get(understood).ok()?.is_none() {
            return None;
        }
    }
    Some(())
}

/// The header parameters of RFC 7515 §4.1, which must not be in `crit`.
const DEFINED: [&str; 11] = [
    "alg", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty", "crit",
];

fn string(value: Span, member: Member) -> Result<Span, Error> {
    if value.is_string() {
        Ok(value)
    } else {
        Err(Error::Header(member, Problem::WrongType))
    }
}

/// Accepts `null` too. [`Header::string`] then returns `None`, so the parameter counts as absent.
fn optional(value: Span, member: Member) -> Result<Span, Error> {
    if value.is_null() {
        Ok(value)
    } else {
        string(value, member)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNSUPPORTED_CRIT: Error = Error::Header(Member::Crit, Problem::Unsupported);
    const UNSUPPORTED_B64: Error = Error::Header(Member::B64, Problem::Unsupported);

    const fn wrong_type(member: Member) -> Error {
        Error::Header(member, Problem::WrongType)
    }

    #[test]
    fn parameters_are_parsed() {
        let text = br#"{"typ":"JWT","k\u0069d":"a\/b","alg":"RS256","jku":7,"cty":"x",
            "jwk":{"kty":"oct"}}"#;
        let header = Header::parse(text, &Critical::NONE).unwrap();
        assert!(header.algorithm() == "RS256");
        assert!(header.key_id().unwrap() == "a/b");
        assert!(header.typ().unwrap() == "JWT");
        assert!(header.content_type().unwrap() == "x");
        assert!(header.get("kid").unwrap().as_str().unwrap() == "a/b");
        assert_eq!(header.get("jku").unwrap().as_i64(), Some(7));
        assert!(header.get("x5u").is_none());
        for text in [
            r#"{"alg":"ES256"}"#,
            r#"{"alg":"ES256","kid":null,"typ":null,"cty":null}"#,
        ] {
            let header = Header::parse(text.as_bytes(), &Critical::NONE).unwrap();
            assert!(header.key_id().is_none() && header.typ().is_none());
            assert!(header.content_type().is_none());
        }
    }

    #[test]
    fn critical_parameters_must_be_understood() {
        for (text, accepted) in [
            (r#"{"alg":"RS256","crit":["exp"],"exp":1}"#, true),
            (r#"{"alg":"RS256","crit":["e\u0078p"],"\u0065xp":1}"#, true),
            (r#"{"alg":"RS256","crit":["exp","x"],"x":0,"exp":1}"#, true),
            (r#"{"alg":"RS256","crit":["exp"]}"#, false),
            (r#"{"alg":"RS256","crit":["exp","exp"],"exp":1}"#, false),
            (
                r#"{"alg":"RS256","crit":["exp","\u0065xp"],"exp":1}"#,
                false,
            ),
            (r#"{"alg":"RS256","crit":["EXP"],"EXP":1}"#, false),
            (r#"{"alg":"RS256","crit":["exp","y"],"exp":1,"y":1}"#, false),
            (r#"{"alg":"RS256","crit":["exp",1],"exp":1}"#, false),
            (r#"{"alg":"RS256","crit":["alg"],"exp":1}"#, false),
            (r#"{"alg":"RS256","crit":[],"exp":1}"#, false),
            (r#"{"alg":"RS256","crit":"exp","exp":1}"#, false),
            (r#"{"alg":"RS256","crit":{"exp":1},"exp":1}"#, false),
            (r#"{"alg":"RS256","crit":null,"exp":1}"#, false),
        ] {
            let header =
                Header::parse(text.as_bytes(), &Critical::understood(&["exp", "x", "alg"]));
            let want = (!accepted).then_some(UNSUPPORTED_CRIT);
            assert_eq!(header.err(), want, "{text}");
            let header = Header::parse(text.as_bytes(), &Critical::NONE);
            assert_eq!(header.err(), Some(UNSUPPORTED_CRIT), "{text}");
        }
        let text = br#"{"alg":"RS256","crit":["b64"],"b64":false}"#;
        let header = Header::parse(text, &Critical::understood(&["b64"]));
        assert_eq!(header.err(), Some(UNSUPPORTED_B64));
    }

    #[test]
    fn invalid_headers_are_rejected() {
        for (text, want) in [
            ("", Error::MalformedJson),
            ("[]", Error::MalformedJson),
            ("{}", Error::Header(Member::Alg, Problem::Missing)),
            (
                r#"{"aLg":"RS256"}"#,
                Error::Header(Member::Alg, Problem::Missing),
            ),
            (r#"{"alg":5}"#, wrong_type(Member::Alg)),
            (r#"{"alg":null}"#, wrong_type(Member::Alg)),
            (r#"{"alg":"RS256","kid":5}"#, wrong_type(Member::Kid)),
            (r#"{"alg":"RS256","kid":{}}"#, wrong_type(Member::Kid)),
            (r#"{"alg":"RS256","typ":[]}"#, wrong_type(Member::Typ)),
            (r#"{"alg":"RS256","cty":1}"#, wrong_type(Member::Cty)),
            (r#"{"alg":"RS256","alg":"RS256"}"#, Error::DuplicateMember),
            (
                r#"{"alg":"RS256","\u0061lg":"none"}"#,
                Error::DuplicateMember,
            ),
            (r#"{"alg":"none"}"#, Error::Unsecured),
            (r#"{"alg":"NONE"}"#, Error::Unsecured),
            (r#"{"alg":"n\u004fnE"}"#, Error::Unsecured),
            (r#"{"alg":"RS256","crit":["exp"]}"#, UNSUPPORTED_CRIT),
            (r#"{"alg":"RS256","crit":[]}"#, UNSUPPORTED_CRIT),
            (r#"{"alg":"RS256","crit":"x"}"#, UNSUPPORTED_CRIT),
            (r#"{"alg":"RS256","crit":null}"#, UNSUPPORTED_CRIT),
            (
                r#"{"alg":"RS256","b64":false,"crit":["b64"]}"#,
                UNSUPPORTED_CRIT,
            ),
            (r#"{"alg":"RS256","b64":false}"#, UNSUPPORTED_B64),
            (r#"{"alg":"RS256","b64":true}"#, UNSUPPORTED_B64),
            // Every name is also written entirely in escapes.
            (r#"{"\u0061\u006c\u0067":5}"#, wrong_type(Member::Alg)),
            (
                r#"{"alg":"RS256","\u006b\u0069\u0064":5}"#,
                wrong_type(Member::Kid),
            ),
            (
                r#"{"alg":"RS256","\u0074\u0079\u0070":5}"#,
                wrong_type(Member::Typ),
            ),
            (
                r#"{"alg":"RS256","\u0063\u0074\u0079":5}"#,
                wrong_type(Member::Cty),
            ),
            (
                r#"{"alg":"RS256","\u0063\u0072\u0069\u0074":5}"#,
                UNSUPPORTED_CRIT,
            ),
            (r#"{"alg":"RS256","\u0062\u0036\u0034":5}"#, UNSUPPORTED_B64),
        ] {
            let header = Header::parse(text.as_bytes(), &Critical::NONE);
            assert_eq!(header.err(), Some(want), "{text}");
        }
    }
}
