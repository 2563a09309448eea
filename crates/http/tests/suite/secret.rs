//! Issuers that share a secret with the program.

use base64ct::{Base64UrlUnpadded, Encoding};
use jose_verify::Error as TokenError;
use jose_verify::alg::{HashFunction, MAX_DIGEST_LEN, SHA256};
use jose_verify_http::{ConfigError, IssuerConfig, Issuers, KeyLocation};
use serde_json::{Value, json};

use super::support::{AUDIENCE, ISSUER, claims};

const SECRET: &[u8] = b"a secret that only the issuer and this program know";

/// HMAC with SHA-256 (RFC 2104), for keys of at most 64 bytes.
fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let pad = |byte: u8| -> Vec<u8> {
        let padded = key.iter().chain(std::iter::repeat(&0)).take(64);
        padded.map(|k| k ^ byte).collect()
    };
    let mut buffers = [[0; MAX_DIGEST_LEN]; 2];
    let [inner, outer] = &mut buffers;
    let inner = SHA256.digest(&[&pad(0x36), text], inner);
    SHA256.digest(&[&pad(0x5c), inner], outer).to_vec()
}

fn token(header: &Value, secret: &[u8]) -> String {
    let text = |json: &Value| Base64UrlUnpadded::encode_string(json.to_string().as_bytes());
    let signed = format!("{}.{}", text(header), text(&claims()));
    let mac = Base64UrlUnpadded::encode_string(&hmac(secret, signed.as_bytes()));
    format!("{signed}.{mac}")
}

fn config(secret: &[u8], algorithm: &str) -> IssuerConfig {
    IssuerConfig {
        keys: KeyLocation::Secret(secret.to_vec()),
        ..IssuerConfig::new(ISSUER, [algorithm], [AUDIENCE])
    }
}

#[test]
fn a_secret_fits_every_kid() {
    let issuers = Issuers::new([config(SECRET, "HS256")]).unwrap();
    let verify = |token: &str| {
        let outcome = issuers.verify_blocking::<Value>(token, &[]);
        outcome
            .map(|_| ())
            .map_err(|error| error.token_error().unwrap())
    };
    for header in [
        json!({"alg": "HS256", "typ": "at+jwt"}),
        json!({"alg": "HS256", "typ": "at+jwt", "kid": "any"}),
    ] {
        assert_eq!(verify(&token(&header, SECRET)), Ok(()), "{header}");
        let forged = token(&header, b"another secret, which is also long enough");
        assert_eq!(verify(&forged), Err(TokenError::BadSignature), "{header}");
    }
    let other = token(&json!({"alg": "HS384", "typ": "at+jwt"}), SECRET);
    assert_eq!(verify(&other), Err(TokenError::AlgorithmNotAccepted));
    assert!(issuers.is_ready());
    let shown = format!("{:?}", issuers.all()[0].config());
    assert!(shown.contains("Secret(..)"), "{shown}");
}

#[test]
fn secrets_that_cannot_be_used() {
    let error = |config| Issuers::new([config]).err();
    for secret in [&b""[..], b"a secret of less than 32 bytes"] {
        let error = error(config(secret, "HS256"));
        assert!(matches!(error, Some(ConfigError::Keys(..))), "{error:?}");
    }
    let error = error(config(SECRET, "ES256")).unwrap();
    let want = r#"https://issuer.example.com: "ES256" is not a MAC of this crate"#;
    assert_eq!(error.to_string(), want);
}
