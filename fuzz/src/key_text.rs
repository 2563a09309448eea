//! Recognizes the text of an asymmetric key where a secret is expected.

/// Returns whether a secret is PEM, a key for SSH, a JWK or a JWK Set of an asymmetric key. Shorter
/// texts than the shortest key are not recognized.
pub fn is_key(secret: &[u8]) -> bool {
    let text: String = secret.iter().copied().map(char::from).collect();
    let has = |part: &str| text.contains(part);
    let is_pem = has("-----BEGIN ") && has("-----END ");
    let is_ssh2 = has("BEGIN SSH2 ") && has("END SSH2 ");
    let ssh = [" AAAAB3Nz", " AAAAC3Nz", " AAAAGnNr"];
    let ecdsa = [" AAAAE2Vj", " AAAAInNr"];
    let is_ssh =
        has("ssh-") && ssh.into_iter().any(has) || has("ecdsa-") && ecdsa.into_iter().any(has);
    let types = ["\"RSA\"", "\"EC\"", "\"OKP\"", "\"AKP\""];
    let is_jwk = has("\"kty\"") && types.into_iter().any(has);
    text.chars().count() >= 72 && (is_pem || is_ssh2 || is_ssh || is_jwk)
}
