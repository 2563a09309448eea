//! Describes what a file contains instead of a public key.

use serde_json::{Map, Value};

use super::contains;
use super::der::{self, Outline};

/// What a file contains instead of a public key, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sighting {
    /// A noun phrase, such as "a private key in PKCS #8".
    pub(crate) what: String,
    pub(crate) hint: Option<&'static str>,
}

const EXTRACT: &str = "write the public key to a file with `openssl pkey -pubout`";
const CONVERT_SSH: &str = "convert it with `ssh-keygen -e -m pkcs8`";
const FROM_CERTIFICATE: &str = "take the certificate out of it, or the public key";
const ENCODING: &str = "save the file in UTF-8 without a byte order mark";

/// Returns what the text contains, if it is something that is often passed instead of a public key.
pub(crate) fn sighting(text: &[u8]) -> Option<Sighting> {
    if let Some(outline) = der::outline(text) {
        return of_der(outline);
    }
    let found = of_encoding(text).or_else(|| of_pem(text));
    found.or_else(|| of_text(text.trim_ascii()))
}

fn seen(what: &str, hint: Option<&'static str>) -> Sighting {
    Sighting {
        what: what.to_owned(),
        hint,
    }
}

fn of_der(outline: Outline) -> Option<Sighting> {
    let (what, hint) = match outline {
        Outline::Certificate | Outline::PublicKey | Outline::RsaPublicKey => return None,
        Outline::Pkcs8 => ("a private key in PKCS #8, in DER", Some(EXTRACT)),
        Outline::EncryptedPkcs8 => ("an encrypted private key in PKCS #8, in DER", Some(EXTRACT)),
        Outline::RsaPrivateKey => ("a private key in PKCS #1, in DER", Some(EXTRACT)),
        Outline::EcPrivateKey => ("a private key in SEC 1, in DER", Some(EXTRACT)),
        Outline::Pkcs12 => ("a PKCS #12 file", Some(FROM_CERTIFICATE)),
        Outline::Pkcs7 => ("a PKCS #7 file", Some(FROM_CERTIFICATE)),
        Outline::Request => ("a certificate request, in DER", None),
        Outline::RevocationList => ("a certificate revocation list, in DER", None),
    };
    Some(seen(what, hint))
}

fn of_encoding(text: &[u8]) -> Option<Sighting> {
    let what = match text {
        [] => "an empty file",
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "UTF-16 text",
        [first, 0, second, 0, ..] if first.is_ascii() && second.is_ascii() => "UTF-16 text",
        [0, first, 0, second, ..] if first.is_ascii() && second.is_ascii() => "UTF-16 text",
        [0xef, 0xbb, 0xbf, rest @ ..] if rest.trim_ascii_start().starts_with(b"{") => {
            "JSON after a byte order mark"
        }
        [0xfe, 0xed, 0xfe, 0xed, ..] => "a Java key store",
        [b'P', b'K', 3, 4, ..] => "a ZIP file",
        [0x30, 0x82, ..] => "DER of an unknown kind, or only a part of a DER file",
        _ if text.trim_ascii().is_empty() => "an empty file",
        _ => return None,
    };
    let hint = (what.contains("UTF-16") || what.contains("mark")).then_some(ENCODING);
    Some(seen(what, hint))
}

/// Describes the first PEM block that is not a public key.
fn of_pem(text: &[u8]) -> Option<Sighting> {
    let text = String::from_utf8_lossy(text);
    let is_usable = |label: &&str| ["PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE"].contains(label);
    let mut labels = text
        .split("-----BEGIN ")
        .skip(1)
        .filter_map(|rest| rest.split_once("-----"))
        .map(|(label, _)| label);
    if labels.clone().any(|label| is_usable(&label)) {
        return None;
    }
    // OpenSSL writes the parameters of a curve before a private key.
    let mut label = labels.next()?;
    if label == "EC PARAMETERS" {
        label = labels.next().unwrap_or(label);
    }
    let is_encrypted = text.contains("ENCRYPTED");
    let (what, hint) = match label {
        "PRIVATE KEY" => ("a private key in PKCS #8", Some(EXTRACT)),
        "ENCRYPTED PRIVATE KEY" => ("an encrypted private key in PKCS #8", Some(EXTRACT)),
        "RSA PRIVATE KEY" if is_encrypted => ("an encrypted private key in PKCS #1", Some(EXTRACT)),
        "RSA PRIVATE KEY" => ("a private key in PKCS #1", Some(EXTRACT)),
        "EC PRIVATE KEY" if is_encrypted => ("an encrypted private key in SEC 1", Some(EXTRACT)),
        "EC PRIVATE KEY" => ("a private key in SEC 1", Some(EXTRACT)),
        "OPENSSH PRIVATE KEY" => ("an OpenSSH private key", Some(CONVERT_SSH)),
        "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => ("a certificate request", None),
        "PKCS7" | "CMS" => ("a PKCS #7 file", Some(FROM_CERTIFICATE)),
        "X509 CRL" => ("a certificate revocation list", None),
        "EC PARAMETERS" => ("the parameters of a curve", None),
        _ => {
            let label: String = label.chars().take(40).collect();
            let what = format!("a PEM block with the label {label:?}");
            return Some(seen(&what, None));
        }
    };
    Some(seen(what, hint))
}

/// Returns whether the text is a JSON object with this member.
fn has_member(text: &[u8], name: &str) -> bool {
    let object: Option<Map<String, Value>> = serde_json::from_slice(text).ok();
    object.is_some_and(|object| object.contains_key(name))
}

fn of_text(text: &[u8]) -> Option<Sighting> {
    let starts = |start: &str| text.starts_with(start.as_bytes());
    let is_base64 = |b: &u8| b.is_ascii_alphanumeric() || b"+/=-_".contains(b);
    let is_token = || starts("eyJ") && text.split(|b| *b == b'.').count() == 3;
    let (what, hint) = if starts("<") {
        ("an HTML or XML page", None)
    } else if has_member(text, "jwks_uri") {
        (
            "metadata of a provider",
            Some("pass the document that its jwks_uri names"),
        )
    } else if has_member(text, "error") {
        ("an error response", None)
    } else if has_member(text, "access_token") || has_member(text, "id_token") {
        ("a token response, not a key", None)
    } else if starts("---- BEGIN SSH2 PUBLIC KEY") {
        (
            "a public key in RFC 4716",
            Some("convert it with `ssh-keygen -i`"),
        )
    } else if ["ssh-", "ecdsa-sha2-", "sk-"].into_iter().any(starts) {
        ("an OpenSSH public key", Some(CONVERT_SSH))
    } else if starts("PuTTY-User-Key-File") {
        ("a PuTTY private key", None)
    } else if is_token() {
        ("a token, not a key", None)
    } else if starts("M") && text.iter().all(|b| is_base64(b) || b.is_ascii_whitespace()) {
        let hint = "add a line -----BEGIN PUBLIC KEY----- or -----BEGIN CERTIFICATE-----, \
                    and the END line";
        ("base64 without a BEGIN line", Some(hint))
    } else if starts("{") || starts("[") || contains(text, "-----") {
        return None;
    } else {
        let hint = "pass a shared secret with --secret-file";
        ("text that contains no key", Some(hint))
    };
    Some(seen(what, hint))
}
