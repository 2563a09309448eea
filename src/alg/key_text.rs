//! Recognizes the text of an asymmetric key where a shared secret is expected.

/// The length in bytes of the shortest recognized text: an Ed25519 key as a JWK or for SSH. Most
/// secrets are shorter.
const SHORTEST: usize = 72;

/// Pairs of substrings. A text that contains both of a pair is recognized.
const PARTS: [[&[u8]; 2]; 11] = [
    [b"-----BEGIN ", b"-----END "],
    [b"BEGIN SSH2 ", b"END SSH2 "],
    [b"ssh-", b" AAAAB3Nz"],
    [b"ssh-", b" AAAAC3Nz"],
    [b"ssh-", b" AAAAGnNr"],
    [b"ecdsa-", b" AAAAE2Vj"],
    [b"ecdsa-", b" AAAAInNr"],
    [b"\"kty\"", b"\"RSA\""],
    [b"\"kty\"", b"\"EC\""],
    [b"\"kty\"", b"\"OKP\""],
    [b"\"kty\"", b"\"AKP\""],
];

/// Returns whether bytes are the text of an asymmetric key: PEM, a key for SSH, a JWK or a JWK Set.
///
/// A public key is known to everyone, so anyone could sign with it if it were the secret
/// (CVE-2016-10555). A passphrase that only begins like such a text is not recognized.
// Inlined, so that a program whose only secret is a short constant does not link the search.
#[inline]
pub(super) const fn is_asymmetric_key(secret: &[u8]) -> bool {
    secret.len() >= SHORTEST && has_parts(secret)
}

#[inline(never)]
const fn has_parts(text: &[u8]) -> bool {
    let mut rest: &[[&[u8]; 2]] = &PARTS;
    while let Some(([one, other], after)) = rest.split_first() {
        if contains(text, one) && contains(text, other) {
            return true;
        }
        rest = after;
    }
    false
}

/// Returns whether a text contains a substring. Unlike `windows`, it works in constants.
const fn contains(text: &[u8], part: &[u8]) -> bool {
    let mut rest = text;
    while let Some((_, after)) = rest.split_first() {
        if starts_with(rest, part) {
            return true;
        }
        rest = after;
    }
    false
}

const fn starts_with(text: &[u8], part: &[u8]) -> bool {
    let (mut text, mut part) = (text, part);
    while let Some((wanted, after)) = part.split_first() {
        match text.split_first() {
            Some((byte, rest)) if *byte == *wanted => (text, part) = (rest, after),
            _ => return false,
        }
    }
    true
}
