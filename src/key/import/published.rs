//! Keys as others publish them: PEM, DER, certificates, `x5c`, and secrets as text.

use super::{asn1, pem};
use crate::alg::{Algorithm, KeyParameters};
use crate::encoding::base64url;
use crate::encoding::json::{JsonStr, Value, read_object};
use crate::error::Error;
use crate::jose::jwk::Jwk;
use crate::key::single::check_use;
use crate::key::{AlgorithmList, Key};
use crate::limits::{MAX_KEY_PARAMETER_LEN, MAX_KEY_SET_LEN};

/// A list of algorithms as the caller writes it.
type List = &'static [&'static dyn Algorithm];

impl Key {
    /// Reads a public key in PEM (RFC 7468): `PUBLIC KEY`, `RSA PUBLIC KEY`, or the public key of a `CERTIFICATE`.
    ///
    /// No certificate is validated, neither its signature nor its time nor its chain: it is but a wrapping of the key,
    /// which is as good as the place that it was got from.
    ///
    /// The text is one block and nothing else, with at most one line break at its end. `scratch` receives what is
    /// decoded; [`scratch_len`](crate::scratch_len) of the text's length suffices.
    ///
    /// # Errors
    ///
    /// - [`Error::MalformedKey`]: not one of these blocks, or not DER of what its label says.
    /// - [`Error::UnsupportedKey`]: another type of key or curve, or none that fits `algorithms`.
    /// - [`Error::WeakKey`], [`Error::KeyTooLarge`], [`Error::UnusableAlgorithmList`]: as for
    ///   [`from_parameters`](Self::from_parameters).
    /// - [`Error::ScratchTooSmall`]
    ///
    /// ```
    /// use jose_verify::{ES256, Error, Key, VerificationKey, scratch_len};
    ///
    /// let pem = b"-----BEGIN PUBLIC KEY-----
    /// MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7
    /// 6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==
    /// -----END PUBLIC KEY-----
    /// ";
    /// let key = Key::from_pem(pem, &[&ES256], &mut [0; scratch_len(256)])?;
    /// assert!(key.accepts("ES256"));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn from_pem(pem: &[u8], algorithms: List, scratch: &mut [u8]) -> Result<Self, Error> {
        let (label, der) = pem::decode(pem, scratch)?;
        match label {
            b"PUBLIC KEY" => Self::from_spki_der(der, algorithms),
            b"RSA PUBLIC KEY" => Self::from_rsa_der(der, algorithms),
            b"CERTIFICATE" => Self::from_certificate_der(der, algorithms),
            _ => Err(Error::MalformedKey),
        }
    }

    /// Reads a public key in PEM that is a member of a JSON object, with `\n` for its line breaks: Akeneo's
    /// `{"public_key":"-----BEGIN CERTIFICATE-----\n…"}`.
    ///
    /// `scratch` receives the unescaped text and what is decoded; twice the length of the JSON text suffices.
    ///
    /// # Errors
    ///
    /// As for [`from_pem`](Self::from_pem), and:
    ///
    /// - [`Error::MalformedJson`], [`Error::DuplicateMember`], [`Error::LimitExceeded`]: not a JSON object.
    /// - [`Error::MalformedKey`]: no such member, or not a string.
    pub fn from_pem_member(
        json: &[u8],
        member: &str,
        algorithms: List,
        scratch: &mut [u8],
    ) -> Result<Self, Error> {
        let (pem, scratch) = unescape(string_member(json, member)?, json.len(), scratch)?;
        Self::from_pem(pem.as_bytes(), algorithms, scratch)
    }

    /// Reads a `SubjectPublicKeyInfo` in DER (RFC 5280 §4.1): RSA, or a point on one of the three curves.
    ///
    /// # Errors
    ///
    /// As for [`from_pem`](Self::from_pem). A key that is restricted to RSASSA-PSS by its identifier
    /// (RFC 4055 §3.1) is [`Error::UnsupportedKey`].
    pub fn from_spki_der(der: &[u8], algorithms: List) -> Result<Self, Error> {
        Self::from_parameters(&asn1::subject_public_key_info(der)?, algorithms)
    }

    /// Reads an `RSAPublicKey` in DER (RFC 8017, Appendix A.1.1).
    ///
    /// # Errors
    ///
    /// As for [`from_pem`](Self::from_pem).
    pub fn from_rsa_der(der: &[u8], algorithms: List) -> Result<Self, Error> {
        Self::from_parameters(&asn1::rsa_public_key(der)?, algorithms)
    }

    /// Takes the public key of an X.509 certificate in DER (RFC 5280 §4.1), which is not validated: see
    /// [`from_pem`](Self::from_pem).
    ///
    /// # Errors
    ///
    /// As for [`from_pem`](Self::from_pem).
    pub fn from_certificate_der(der: &[u8], algorithms: List) -> Result<Self, Error> {
        Self::from_parameters(&asn1::certificate(der)?, algorithms)
    }

    /// Reads a JWK whose key is taken from the first certificate of its `x5c` (RFC 7517 §4.7), for providers that
    /// publish nothing else. [`from_jwk`](Self::from_jwk) never looks there.
    ///
    /// The certificate is not validated. `use`, `key_ops`, `alg` and `kid` count as ever. If the JWK has the
    /// parameters of the key as well, they must be the same. `scratch` receives the certificate; twice the length of
    /// the JWK suffices.
    ///
    /// # Errors
    ///
    /// As for [`from_jwk`](Self::from_jwk), and [`Error::MalformedKey`] without `x5c`, with one that is no array of
    /// strings, or when the JWK's own parameters are those of another key; [`Error::ScratchTooSmall`].
    pub fn from_x5c(jwk: &[u8], algorithms: List, scratch: &mut [u8]) -> Result<Self, Error> {
        let list = AlgorithmList::new(algorithms)?;
        let (text, scratch) = unescape(first_certificate(jwk)?, jwk.len(), scratch)?;
        let der = pem::decode_base64(text.as_bytes(), scratch)?;
        let parameters = asn1::certificate(der)?;
        let parsed = Jwk::parse(jwk)?;
        check_use(&parsed, list)?;
        check_type(&parsed, &parameters)?;
        let mut key = Self::unloaded(list);
        key.take(&parsed, &parameters)?;
        let has_parameters = parsed.n.or(parsed.e).or(parsed.x).or(parsed.y).is_some();
        if has_parameters && Self::from_checked_list(jwk, list)?.material() != key.material() {
            return Err(Error::MalformedKey);
        }
        Ok(key)
    }

    /// Takes a shared secret that is written in base64url (strict, without padding), as JWKs and many providers have
    /// it. For one that is the text itself use [`from_secret`](Self::from_secret).
    ///
    /// # Errors
    ///
    /// As for [`from_secret`](Self::from_secret), and [`Error::MalformedKey`] if it is not base64url.
    pub fn from_secret_base64url(text: &str, algorithms: List) -> Result<Self, Error> {
        let mut secret = [0; MAX_KEY_PARAMETER_LEN];
        let secret = base64url::decode_secret(text.as_bytes(), &mut secret, Error::KeyTooLarge);
        let secret = secret.map_err(|error| match error {
            Error::MalformedBase64url => Error::MalformedKey,
            error => error,
        })?;
        Self::from_secret(secret, algorithms)
    }

    /// Takes a shared secret that is written in what some platforms (Akana) call base64url, decoded as leniently as
    /// they do: `+` and `-` are both 62, `/` and `_` both 63, other characters are skipped, and everything from the
    /// first `=` on is ignored, as are bits at the end that do not fill a byte.
    ///
    /// Many texts stand for one secret then. Use it only where the other side decodes like this.
    ///
    /// # Errors
    ///
    /// As for [`from_secret`](Self::from_secret).
    pub fn from_secret_base64url_lenient(text: &str, algorithms: List) -> Result<Self, Error> {
        let mut secret = [0; MAX_KEY_PARAMETER_LEN];
        let secret = base64url::decode_lenient(text, &mut secret, Error::KeyTooLarge)?;
        Self::from_secret(secret, algorithms)
    }
}

/// The string, in the front of the buffer if it is written with escapes: a slash may be. Then the rest of the buffer.
fn unescape<'b>(
    string: JsonStr<'b>,
    longest: usize,
    buffer: &'b mut [u8],
) -> Result<(&'b str, &'b mut [u8]), Error> {
    if let Some(plain) = string.as_plain_str() {
        return Ok((plain, buffer));
    }
    // Every character takes at most as many bytes as it is written with.
    let (front, rest) = buffer
        .split_at_mut_checked(longest)
        .ok_or(Error::ScratchTooSmall)?;
    let text = string.unescape(front).map_err(|_| Error::ScratchTooSmall)?;
    Ok((text, rest))
}

/// The string member of that name.
fn string_member<'a>(json: &'a [u8], wanted: &str) -> Result<JsonStr<'a>, Error> {
    let string = member(json, wanted)?.as_str();
    string.ok_or(Error::MalformedKey)
}

/// RFC 7517 §4.7: "The PKIX certificate containing the key value MUST be the first certificate."
fn first_certificate(jwk: &[u8]) -> Result<JsonStr<'_>, Error> {
    let chain = member(jwk, "x5c")?.as_array();
    let first = chain.and_then(|chain| chain.iter().next());
    first
        .and_then(|first| first.as_str())
        .ok_or(Error::MalformedKey)
}

/// The member of that name.
fn member<'a>(json: &'a [u8], wanted: &str) -> Result<Value<'a>, Error> {
    if json.len() > MAX_KEY_SET_LEN {
        return Err(Error::LimitExceeded);
    }
    let mut found = None;
    read_object(json, &mut |name, value| {
        if name == wanted {
            found = Some(value);
        }
        Ok(())
    })?;
    found.ok_or(Error::MalformedKey)
}

/// The certificate's key is of the type that `kty` names (RFC 7517 §4.1).
fn check_type(jwk: &Jwk<'_>, parameters: &KeyParameters<'_>) -> Result<(), Error> {
    let kty = jwk.kty.ok_or(Error::MalformedKey)?;
    let fits = match parameters {
        KeyParameters::Rsa { .. } => kty == "RSA",
        KeyParameters::EcPoint { crv, .. } => kty == "EC" && jwk.crv.is_none_or(|c| c == *crv),
        _ => false,
    };
    if fits {
        Ok(())
    } else {
        Err(Error::MalformedKey)
    }
}
