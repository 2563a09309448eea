//! Recognizes the text of an asymmetric key where a shared secret is expected.

/// Bytes of the shortest text that is recognized, an Ed25519 key as a JWK or for SSH. Most secrets
/// are shorter, and are not searched.
const SHORTEST: usize = 72;

/// Returns whether bytes are the text of an asymmetric key: PEM, a key for SSH, a JWK or a JWK Set.
///
/// Everybody knows a public key, so everybody could sign with it if it were the secret
/// (CVE-2016-10555). A passphrase that only begins like such a text is not one.
pub(super) fn is_asymmetric_key(secret: &[u8]) -> bool {
    if secret.len() < SHORTEST {
        return false;
    }
    let any = |parts: &[&[u8]]| parts.iter().any(|part| contains(secret, part));
    let all = |parts: &[&[u8]]| parts.iter().all(|part| contains(secret, part));
    all(&[b"-----BEGIN ", b"-----END "])
        || all(&[b"BEGIN SSH2 PUBLIC KEY ---", b"END SSH2 PUBLIC KEY ---"])
        || any(&[b"ssh-", b"ecdsa-sha2-"]) && any(&[b" AAAAB3Nz", b" AAAAC3Nz", b" AAAAE2Vj"])
        || contains(secret, b"\"kty\"") && any(&[b"\"RSA\"", b"\"EC\"", b"\"OKP\"", b"\"AKP\""])
}

#[inline(never)]
fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
