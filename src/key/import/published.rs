//! Import of published keys: PEM, DER, certificates, `x5c`, and secrets as text.

use crate::alg::{Algorithm, KeyParameters, ParameterSource};
use crate::encoding::base64url;
use crate::encoding::json::{JsonStr, Value, outline_members, outline_string, read_object};
use crate::error::{Error, Limit};
use crate::jose::jwk::Jwk;
use crate::key::import::{asn1, pem};
use crate::key::jwk_options::Add;
use crate::key::key_ref::KeyName;
use crate::key::memory::KeyMemory;
use crate::key::set::KeySetIn;
use crate::key::{LoadReport, Skipped};
use crate::limits::{MAX_KEY_PARAMETER_LEN, MAX_KEY_SET_LEN};

/// Maximum length of a curve name in bytes. No registered name is longer.
const MAX_NAME_LEN: usize = 16;

impl<'a> KeyParameters<'a> {
    /// Parses a public key in PEM (RFC 7468): `PUBLIC KEY`, `RSA PUBLIC KEY`, or the public key of
    /// a `CERTIFICATE`.
    ///
    /// A certificate is not validated: its signature, its validity period and its chain are not
    /// checked. It serves only as a container for the key, which is as trustworthy as its source.
    ///
    /// The first such block is used. Other blocks, text outside blocks, and white space are ignored
    /// (RFC 7468 §2). So you can use the output of `openssl x509 -text`, or a certificate that is
    /// followed by those of its authorities. `scratch` receives the decoded bytes.
    /// [`scratch_len`](crate::scratch_len) of the text's length suffices.
    ///
    /// # Errors
    ///
    /// - [`Error::MalformedKey`]: the block is not base64, or its content is not the DER structure
    ///   that its label names.
    /// - [`Error::PrivateKey`], [`Error::DerNotPem`], [`Error::SshKey`],
    ///   [`Error::EscapedLineBreaks`], [`Error::NoLineBreaks`], [`Error::NoPemBoundary`],
    ///   [`Error::UnsupportedPemLabel`]: the text contains no such block. The error says what it
    ///   contains instead.
    /// - [`Error::UnsupportedKey`]: [`from_spki_der`](Self::from_spki_der) does not support the
    ///   key's type or curve.
    /// - [`Error::KeyTooLarge`]: an element is 64 KiB or longer.
    /// - [`Error::ScratchTooSmall`]: the decoded bytes do not fit into `scratch`.
    ///
    /// ```
    /// use jose_verify::{Error, Key, scratch_len};
    /// use jose_verify::alg::{ES256, KeyParameters};
    ///
    /// let pem = b"-----BEGIN PUBLIC KEY-----
    /// MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7
    /// 6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==
    /// -----END PUBLIC KEY-----
    /// ";
    /// let key = Key::new(ES256, &KeyParameters::from_pem(pem, &mut [0; scratch_len(256)])?)?;
    /// # let _ = key;
    /// # Ok::<(), Error>(())
    /// ```
    pub fn from_pem(pem: &[u8], scratch: &'a mut [u8]) -> Result<Self, Error> {
        let (label, der) = pem::decode(pem, scratch)?;
        match label {
            b"PUBLIC KEY" => Self::from_spki_der(der),
            b"RSA PUBLIC KEY" => Self::from_rsa_der(der),
            b"CERTIFICATE" => Self::from_certificate_der(der),
            _ => Err(Error::MalformedKey),
        }
    }

    /// Parses a public key in PEM from a member of a JSON object, in which line breaks are escaped
    /// as `\n`. An example is Akeneo's `{"public_key":"-----BEGIN CERTIFICATE-----\n…"}`.
    ///
    /// `scratch` receives the unescaped text and the decoded bytes. Twice the length of the JSON
    /// text suffices.
    ///
    /// # Errors
    ///
    /// The errors of [`from_pem`](Self::from_pem), and:
    ///
    /// - [`Error::MalformedJson`], [`Error::DuplicateMember`], [`Error::Limit`]: the text is not a
    ///   JSON object, repeats a name, or exceeds a limit.
    /// - [`Error::MalformedKey`]: the member is missing or not a string.
    pub fn from_pem_member(
        json: &[u8],
        member: &str,
        scratch: &'a mut [u8],
    ) -> Result<Self, Error> {
        let (pem, scratch) = unescape(string_member(json, member)?, scratch)?;
        Self::from_pem(pem.as_bytes(), scratch)
    }

    /// Parses a `SubjectPublicKeyInfo` in base64 from a member of a JSON object. Keycloak publishes
    /// the key of a realm this way: `{"realm":"x","public_key":"MIIBIjANBgkqhki…"}`.
    ///
    /// `scratch` receives the unescaped text and the decoded bytes. Twice the length of the JSON
    /// text suffices.
    ///
    /// # Errors
    ///
    /// The errors of [`from_pem_member`](Self::from_pem_member), except those of PEM.
    /// [`Error::MalformedKey`] if the member is not base64 with padding and without white space.
    pub fn from_spki_member(
        json: &[u8],
        member: &str,
        scratch: &'a mut [u8],
    ) -> Result<Self, Error> {
        let (text, scratch) = unescape(string_member(json, member)?, scratch)?;
        Self::from_spki_der(pem::decode_base64(text.as_bytes(), scratch)?)
    }

    /// Parses a `SubjectPublicKeyInfo` in DER (RFC 5280 §4.1): RSA (RFC 3279 §2.3.1), RSASSA-PSS
    /// (RFC 4055 §3.1), a point on P-256, P-384 or P-521 (RFC 5480), Ed25519 and Ed448 (RFC 8410),
    /// or ML-DSA (RFC 9881).
    ///
    /// An RSASSA-PSS key can be used only with PS256, PS384 and PS512, or with the one of them that
    /// its parameters allow.
    ///
    /// # Errors
    ///
    /// The errors of [`from_pem`](Self::from_pem). [`Error::UnsupportedKey`] includes an RSASSA-PSS
    /// key whose parameters no algorithm of RFC 7518 satisfies: SHA-1, different hashes, or a salt
    /// longer than the hash.
    pub fn from_spki_der(der: &'a [u8]) -> Result<Self, Error> {
        asn1::subject_public_key_info(der)
    }

    /// Parses an `RSAPublicKey` in DER (RFC 8017, Appendix A.1.1).
    ///
    /// # Errors
    ///
    /// The errors of [`from_pem`](Self::from_pem).
    pub fn from_rsa_der(der: &'a [u8]) -> Result<Self, Error> {
        asn1::rsa_public_key(der)
    }

    /// Parses the public key of an X.509 certificate in DER (RFC 5280 §4.1). The certificate is not
    /// validated: see [`from_pem`](Self::from_pem).
    ///
    /// # Errors
    ///
    /// The errors of [`from_pem`](Self::from_pem).
    pub fn from_certificate_der(der: &'a [u8]) -> Result<Self, Error> {
        asn1::certificate(der)
    }

    /// Decodes a shared secret from base64url (strict, without padding), the form used in JWKs and
    /// by many providers. If the text itself is the secret, use [`oct`](Self::oct). `buffer`
    /// receives the secret.
    ///
    /// # Errors
    ///
    /// - [`Error::MalformedKey`]: the text is not base64url.
    /// - [`Error::KeyTooLarge`]: the secret does not fit into `buffer`.
    pub fn oct_from_base64url(text: &str, buffer: &'a mut [u8]) -> Result<Self, Error> {
        let secret = base64url::decode_secret(text.as_bytes(), buffer, Error::KeyTooLarge);
        secret.map(Self::oct).map_err(|error| match error {
            Error::MalformedBase64url => Error::MalformedKey,
            error => error,
        })
    }

    /// Decodes a shared secret from the lenient base64url of some platforms, such as Akana.
    /// `buffer` receives the secret.
    ///
    /// `+` and `-` are both 62, and `/` and `_` are both 63. Other characters are skipped.
    /// Everything from the first `=` on is ignored. Trailing bits that do not fill a byte are
    /// ignored too.
    ///
    /// Many texts decode to the same secret. Use it only if the other party decodes in the same
    /// way.
    ///
    /// # Errors
    ///
    /// [`Error::KeyTooLarge`] if the secret does not fit into `buffer`.
    pub fn oct_from_lenient_base64url(text: &str, buffer: &'a mut [u8]) -> Result<Self, Error> {
        base64url::decode_lenient(text, buffer, Error::KeyTooLarge).map(Self::oct)
    }
}

impl<M: KeyMemory> KeySetIn<M> {
    /// Adds a JWK with the key of the first certificate in its `x5c` (RFC 7517 §4.7), for providers
    /// that publish only certificates. [`add_jwk`](Self::add_jwk) never reads `x5c`.
    ///
    /// The certificate is not validated. `use`, `key_ops`, `alg` and `kid` apply as in
    /// [`add_jwk`](Self::add_jwk). If the JWK also has key parameters, they must equal those of the
    /// certificate. `scratch` receives the certificate. Twice the length of the JWK suffices.
    ///
    /// # Errors
    ///
    /// The errors of [`add_jwk`](Self::add_jwk), and:
    ///
    /// - [`Error::MalformedKey`]: the JWK has no `x5c`, its first element is not a certificate, or
    ///   the JWK's own parameters are those of another key.
    /// - [`Error::ScratchTooSmall`]: the certificate does not fit into `scratch`.
    pub fn add_x5c(&mut self, jwk: &[u8], scratch: &mut [u8]) -> Result<(), Error> {
        let jwk = Jwk::parse(jwk)?;
        if !jwk.may_verify() {
            return Err(Error::WrongKeyUse);
        }
        add_certificate(&jwk, scratch, &mut |key| {
            self.add_published(&jwk, key, KeyName::Any)
        })
    }
}

impl<M: KeyMemory> KeySetIn<M> {
    /// Replaces the keys with those of a JSON object that maps a `kid` to a certificate or public
    /// key in PEM, as Google and Firebase publish them: `{"kid":"-----BEGIN CERTIFICATE-----\n…"}`.
    ///
    /// A certificate is not validated: see [`KeyParameters::from_pem`]. Entries that cannot be used
    /// are skipped, as in [`load`](Self::load). So are keys with the same `kid` as an earlier key
    /// ([`Error::MalformedKey`]). `scratch` receives the unescaped text and the decoded bytes.
    /// Twice the length of the longest entry suffices.
    ///
    /// # Errors
    ///
    /// On these errors, the set keeps its keys:
    ///
    /// - [`Error::MalformedJson`], [`Error::Limit`]: the text is not a JSON object, or it is longer
    ///   than [`MAX_KEY_SET_LEN`].
    /// - [`Error::MalformedKeySet`]: no member is a string with a PEM block. The text may be a JWK
    ///   Set, or an error that the provider reports as JSON.
    /// - [`Error::UnusableAlgorithmList`]: see [`Algorithms::new`](crate::alg::Algorithms::new).
    ///
    /// On this error, the set is empty:
    ///
    /// - [`Error::NoUsableKey`]: the object has no usable key. If every entry was skipped for the
    ///   same reason, that reason is returned instead.
    pub fn load_pem_map(
        &mut self,
        json: &[u8],
        algorithms: &[&'static dyn Algorithm],
        scratch: &mut [u8],
        mut skipped: impl FnMut(Skipped<'_>),
    ) -> Result<LoadReport, Error> {
        let report = self.replace_by_map(json, algorithms, scratch, &mut skipped)?;
        self.usable(report)
    }

    fn replace_by_map(
        &mut self,
        json: &[u8],
        algorithms: &[&'static dyn Algorithm],
        scratch: &mut [u8],
        skipped: &mut dyn FnMut(Skipped<'_>),
    ) -> Result<LoadReport, Error> {
        if json.len() > MAX_KEY_SET_LEN {
            return Err(Error::Limit(Limit::KeySetLen));
        }
        // The text is checked before the first key is replaced.
        let mut is_map = false;
        outline_members(json, &mut |_, value| {
            is_map |= outline_string(value).is_some() && pem::has_boundary(value);
            Ok(())
        })?;
        if !is_map {
            return Err(Error::MalformedKeySet);
        }
        self.accept(algorithms)?;
        let (mut report, mut position) = (LoadReport::default(), 0_usize);
        outline_members(json, &mut |key_id, pem| {
            match self.add_pem(key_id, pem, scratch) {
                Ok(()) => report.keep(),
                Err(reason) => skipped(Skipped {
                    position,
                    key_id,
                    reason: report.count(reason),
                }),
            }
            position = position.saturating_add(1);
            Ok(())
        })?;
        Ok(report)
    }

    /// Adds an entry of a map.
    fn add_pem(
        &mut self,
        key_id: Option<JsonStr<'_>>,
        pem: &[u8],
        scratch: &mut [u8],
    ) -> Result<(), Error> {
        let (key_id, pem) = key_id.zip(outline_string(pem)).ok_or(Error::MalformedKey)?;
        let (pem, scratch) = unescape(pem, scratch)?;
        let key = KeyParameters::from_pem(pem.as_bytes(), scratch)?;
        // After parsing, so that short entries without a key do not cause a search.
        if self.all().any(|key| key.is_named(key_id)) {
            return Err(Error::MalformedKey);
        }
        self.push(KeyName::Is(key_id), &key, &|_| true)
    }
}

/// Calls `add` with the parameters of the first certificate in a JWK's `x5c`. If the JWK has
/// parameters too, they must be the same.
pub(crate) fn add_certificate(
    jwk: &Jwk<'_>,
    scratch: &mut [u8],
    add: &mut Add<'_>,
) -> Result<(), Error> {
    let (text, scratch) = unescape(first_certificate(jwk)?, scratch)?;
    let der = pem::decode_base64(text.as_bytes(), scratch)?;
    let key = asn1::certificate(der)?;
    if !is_same_key(jwk, &key) {
        return Err(Error::MalformedKey);
    }
    add(&key)
}

/// Returns the unescaped string and the rest of the buffer. A string with escapes, such as `\/`, is
/// unescaped to the front of the buffer.
fn unescape<'t, 'b: 't>(
    string: JsonStr<'t>,
    buffer: &'b mut [u8],
) -> Result<(&'t str, &'b mut [u8]), Error> {
    if let Some(plain) = string.as_plain_str() {
        return Ok((plain, buffer));
    }
    let len = string.unescaped_len();
    let (front, rest) = buffer
        .split_at_mut_checked(len)
        .ok_or(Error::ScratchTooSmall)?;
    let text = string.unescape(front).map_err(|_| Error::ScratchTooSmall)?;
    Ok((text, rest))
}

/// Returns the string member `name`.
fn string_member<'a>(json: &'a [u8], name: &str) -> Result<JsonStr<'a>, Error> {
    let string = member(json, name)?.as_str();
    string.ok_or(Error::MalformedKey)
}

/// RFC 7517 §4.7: "The PKIX certificate containing the key value MUST be the first certificate."
fn first_certificate<'a>(jwk: &Jwk<'a>) -> Result<JsonStr<'a>, Error> {
    let chain = jwk.get("x5c").and_then(|chain| chain.as_array());
    let first = chain.and_then(|chain| chain.iter().next());
    first
        .and_then(|first| first.as_str())
        .ok_or(Error::MalformedKey)
}

/// Returns the member `requested`.
fn member<'a>(json: &'a [u8], requested: &str) -> Result<Value<'a>, Error> {
    if json.len() > MAX_KEY_SET_LEN {
        return Err(Error::Limit(Limit::KeySetLen));
    }
    let mut found = None;
    read_object(json, &mut |name, value| {
        if name == requested {
            found = Some(value);
        }
        Ok(())
    })?;
    found.ok_or(Error::MalformedKey)
}

/// Returns whether the JWK has the key type of the certificate's key (RFC 7517 §4.1) and, if it has
/// parameters, the same parameters.
fn is_same_key(jwk: &Jwk<'_>, key: &KeyParameters<'_>) -> bool {
    let is_type = |kty: &str| jwk.is("kty", kty) && key.is("kty", kty);
    if is_type("RSA") {
        has_none(jwk, &["n", "e"]) || (is_number(jwk, "n", key) && is_number(jwk, "e", key))
    } else if is_type("EC") {
        is_same_curve(jwk, key) && (has_none(jwk, &["x", "y"]) || is_point(jwk, key))
    } else if is_type("OKP") {
        is_same_curve(jwk, key) && (has_none(jwk, &["x"]) || is_string(jwk, "x", key))
    } else {
        is_type("AKP") && (has_none(jwk, &["pub"]) || is_string(jwk, "pub", key))
    }
}

fn has_none(jwk: &Jwk<'_>, members: &[&str]) -> bool {
    !members.iter().any(|name| jwk.has(name))
}

fn is_same_curve(jwk: &Jwk<'_>, key: &KeyParameters<'_>) -> bool {
    let mut buffer = [0; MAX_NAME_LEN];
    match jwk.get("crv").map(|crv| crv.as_str()) {
        None => true,
        Some(crv) => crv
            .and_then(|crv| crv.unescape(&mut buffer).ok())
            .is_some_and(|crv| key.is("crv", crv)),
    }
}

/// Returns whether the parameter is the same number. Some providers write leading zeros.
fn is_number(jwk: &Jwk<'_>, name: &str, key: &KeyParameters<'_>) -> bool {
    let mut buffer = [0; MAX_KEY_PARAMETER_LEN];
    let zeros = |bytes: &[u8]| bytes.iter().take_while(|b| **b == 0).count();
    match (jwk.parameter(name, &mut buffer), key.bytes(name, &mut [])) {
        (Ok(own), Ok(other)) => own.get(zeros(own)..) == other.get(zeros(other)..),
        _ => false,
    }
}

/// Returns whether the parameter is the same byte string. Compares the encoded texts, because the
/// byte string can be long and has exactly one strict encoding.
fn is_string(jwk: &Jwk<'_>, name: &str, key: &KeyParameters<'_>) -> bool {
    key.bytes(name, &mut [])
        .is_ok_and(|bytes| is_encoded(jwk, name, bytes))
}

fn is_encoded(jwk: &Jwk<'_>, name: &str, bytes: &[u8]) -> bool {
    let text = jwk.get(name).and_then(|value| value.as_str());
    let Some(text) = text.and_then(|text| text.as_plain_str()) else {
        return false;
    };
    let (mut buffer, mut rest) = ([0; 64], text.as_bytes());
    for block in bytes.chunks(48) {
        let encoded = base64url::encode(block, &mut buffer).map(str::as_bytes);
        match encoded.ok().and_then(|encoded| rest.strip_prefix(encoded)) {
            Some(after) => rest = after,
            None => return false,
        }
    }
    rest.is_empty()
}

/// Returns whether the coordinates are those of the same point (SEC 1 §2.3.3).
fn is_point(jwk: &Jwk<'_>, key: &KeyParameters<'_>) -> bool {
    match key.point() {
        Some([4, coordinates @ ..]) => {
            let (x, y) = coordinates.split_at(coordinates.len() / 2);
            is_encoded(jwk, "x", x) && is_encoded(jwk, "y", y)
        }
        Some([tag @ (2 | 3), x @ ..]) => {
            let mut buffer = [0; MAX_KEY_PARAMETER_LEN];
            let y = jwk
                .parameter("y", &mut buffer)
                .ok()
                .filter(|y| y.len() == x.len());
            let parity = y.and_then(|y| y.last()).map(|last| last & 1);
            is_encoded(jwk, "x", x) && parity == Some(tag & 1)
        }
        _ => false,
    }
}
