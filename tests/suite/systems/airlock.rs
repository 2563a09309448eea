//! Airlock IAM: signature or MAC as the operator chooses, never unsecured; UserInfo as plain JSON.

use jose_verify::alg::{HS256, HS512, KeyParameters, RS256};
use jose_verify::oauth::ProviderMetadata;
use jose_verify::oidc::{self, Nonce, UserInfo};
use jose_verify::{Claim, Error, KeySet, Keys, NumericDate, Problem, Verified, Verifier};

use super::{NONCE, system, text_of};
use crate::support::Keyring;

const ISSUER: &str = "https://iam.example.com/auth-login/oauth2/v3/as-1";
const AIRLOCK_NOW: NumericDate = NumericDate::from_seconds(1_700_000_060);

fn claims<T>(
    token: &str,
    keys: &impl Keys,
    read: impl FnOnce(&Verified<'_>) -> T,
) -> Result<T, Error> {
    let policy = oidc::id_token(&[ISSUER], &["client-7f3a"], Nonce::Sent(NONCE));
    let mut scratch = vec![0; token.len()];
    let verifier = Verifier::new(keys, &policy);
    verifier
        .verify(token.as_bytes(), AIRLOCK_NOW, &mut scratch)
        .map(|jwt| read(&jwt))
}

fn verify(token: &str, keys: &impl Keys) -> Result<(), Error> {
    claims(token, keys, |_| ())
}

fn published() -> KeySet<4> {
    let jwks = text_of(&system("airlock"), "jwks");
    KeySet::from_jwks(jwks.as_bytes(), &[&RS256]).unwrap()
}

fn client_secret() -> Keyring {
    let secret = text_of(&system("airlock"), "client_secret");
    Keyring::from_parameters(&KeyParameters::oct(secret.as_bytes()), &[&HS256, &HS512]).unwrap()
}

#[test]
fn from_metadata_and_keys_to_claims() {
    let airlock = system("airlock");
    let metadata = text_of(&airlock, "metadata");
    let metadata = ProviderMetadata::parse(metadata.as_bytes(), ISSUER).unwrap();
    assert!(metadata.jwks_uri().unwrap() == format!("{ISSUER}/client-7f3a/jwks").as_str());
    for alg in ["RS256", "HS512"] {
        assert!(metadata.supports_signing_algorithm(alg));
    }
    let read = |jwt: &Verified<'_>| {
        let claims = jwt.claims();
        let auth_time = NumericDate::from_seconds(1_699_999_990);
        assert_eq!(claims.auth_time(), Some(auth_time));
        assert!(claims.audience().unwrap().contains("client-7f3a"));
        let user_name = claims.get("user_name").and_then(|name| name.as_str());
        assert!(user_name.unwrap() == "user-248289761001");
    };
    let signed = claims(&text_of(&airlock, "signed"), &published(), read);
    assert_eq!(signed, Ok(()));
    let maced = claims(&text_of(&airlock, "maced"), &client_secret(), read);
    assert_eq!(maced, Ok(()));
}

#[test]
fn forged_and_confused_tokens() {
    let airlock = system("airlock");
    let token = |member: &str| text_of(&airlock, member);
    let (keys, secret) = (published(), client_secret());
    assert_eq!(verify(&token("forged"), &keys), Err(Error::BadSignature));
    assert_eq!(
        verify(&token("forged_mac"), &secret),
        Err(Error::BadSignature)
    );
    let not_accepted = Err(Error::AlgorithmNotAccepted);
    for confused in ["keyed_with_jwks", "maced"] {
        assert_eq!(verify(&token(confused), &keys), not_accepted, "{confused}");
    }
    assert_eq!(verify(&token("signed"), &secret), not_accepted);
    // "No Signature" is rejected even if the metadata offers it.
    assert_eq!(verify(&token("unsecured"), &keys), Err(Error::Unsecured));
    assert_eq!(verify(&token("unsecured"), &secret), Err(Error::Unsecured));
    assert_eq!(
        Error::Unsecured.message(),
        "the token is not signed (alg none)"
    );
}

#[test]
fn user_info_of_another_user() {
    let airlock = system("airlock");
    let signed = text_of(&airlock, "signed");
    let email = |member: &str| {
        let response = text_of(&airlock, member);
        claims(&signed, &published(), |id_token| {
            let user_info = UserInfo::parse(response.as_bytes(), id_token)?;
            let email = user_info
                .claims()
                .get("email")
                .and_then(|email| email.as_str());
            Ok(email.unwrap().to_string())
        })
        .and_then(|email| email)
    };
    assert_eq!(email("user_info"), Ok("user@example.com".to_owned()));
    for other in ["user_info_of_another", "user_info_with_space"] {
        assert_eq!(
            email(other),
            Err(Error::Claim(Claim::Sub, Problem::Mismatch)),
            "{other}"
        );
    }
}
