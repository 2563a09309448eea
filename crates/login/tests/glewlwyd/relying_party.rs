//! What the client does beyond logins: other ways to authenticate, keys with short coordinates,
//! refreshed tokens, and logout tokens.

use base64ct::{Base64UrlUnpadded, Encoding};
use jose_verify::Error as TokenError;
use jose_verify::alg::ES256;
use jose_verify_login::{Authentication, Client, ClientKey, Error, Flow, JwkLeniency, Settings};
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use serde_json::{Value, json};

use crate::logout::{end_session, session_id};
use crate::provider::{CASES, Glewlwyd, SECRET, find_key, is_short, signed_by, verify, with_name};
use crate::{all, assert_is_alice, id_token, log_in};

fn settings(provider: &Glewlwyd, client_id: &str, authentication: Authentication) -> Settings {
    Settings {
        client_id: client_id.to_owned(),
        authentication,
        ..provider.settings("ES256", &signed_by("ES256", &ES256))
    }
}

fn client_key(key: &Value) -> ClientKey {
    let d = Base64UrlUnpadded::decode_vec(key["d"].as_str().unwrap()).unwrap();
    let kid = key["kid"].as_str().unwrap().to_owned();
    ClientKey::new("ES256", Some(kid), move |text| {
        let signature: Signature = SigningKey::from_slice(&d)?.sign(text);
        Ok(signature.to_bytes().to_vec())
    })
}

#[test]
#[ignore = "cargo xtask companion log-in glewlwyd runs it"]
fn a_client_with_a_secret_in_the_form_or_a_key() {
    let provider = Glewlwyd::honest(&["ES256"]);
    let method = json!({ "token_endpoint_auth_method": ["client_secret_post"] });
    provider.add_client("post", &method);
    let new_key = || with_name(find_key("ec256", |_| true), "ES256", "of the client");
    let key = new_key();
    let mut public = key.clone();
    public.as_object_mut().unwrap().remove("d");
    let registered = json!({
        "token_endpoint_auth_method": ["private_key_jwt"],
        "client_secret": "",
        "jwks": { "keys": [public] },
    });
    provider.add_client("assertion", &registered);
    let by_key = |key: &Value| Authentication::PrivateKeyJwt(client_key(key));
    let for_issuer = Authentication::PrivateKeyJwt(client_key(&key).for_issuer());
    for (id, authentication, secret, is_accepted) in [
        ("post", Authentication::SecretPost, SECRET, true),
        ("post", Authentication::SecretPost, "another secret", false),
        ("post", Authentication::SecretBasic, SECRET, false),
        ("assertion", by_key(&key), SECRET, true),
        ("assertion", by_key(&new_key()), SECRET, false),
        // Glewlwyd requires the token endpoint as the audience.
        ("assertion", for_issuer, SECRET, false),
    ] {
        let case = format!("{id} {authentication:?}");
        let client = Client::discover(Settings {
            client_secret: Some(secret.to_owned()),
            ..settings(&provider, id, authentication)
        });
        let outcome = log_in(&mut client.unwrap(), Flow::Code);
        if is_accepted {
            assert_is_alice(outcome, &case);
        } else {
            let error = outcome.err();
            let is_rejected = matches!(error, Some(Error::OAuth(_) | Error::Http { .. }));
            assert!(is_rejected, "{case}: {error:?}");
        }
    }
}

#[test]
#[ignore = "cargo xtask companion log-in glewlwyd runs it"]
fn keys_with_short_coordinates() {
    let provider = Glewlwyd::honest(&["ES256"]);
    provider.rotate(
        "ES256",
        &[with_name(find_key("ec256", is_short), "ES256", "short")],
    );
    let strict = settings(&provider, "basic", Authentication::default());
    let lenient = Settings {
        jwk: JwkLeniency {
            short_coordinates: true,
            ..JwkLeniency::default()
        },
        ..strict.clone()
    };
    let mut client = Client::discover(strict).unwrap();
    assert!(log_in(&mut client, Flow::Code).is_err());
    let mut client = Client::discover(lenient).unwrap();
    for flow in [Flow::Code, Flow::Hybrid] {
        assert_is_alice(log_in(&mut client, flow), "short");
    }
}

#[test]
#[ignore = "cargo xtask companion log-in glewlwyd runs it"]
fn refreshed_tokens() {
    let provider = Glewlwyd::honest(&all());
    for (alg, algorithm) in CASES {
        let mut client = provider.client(alg, algorithm);
        let user = log_in(&mut client, Flow::Code).ok().unwrap();
        let next = client.refresh(&user).unwrap();
        assert_ne!(next.access_token, user.access_token, "{alg}");
        assert_eq!(next.subject, user.subject, "{alg}");
        let mut stolen = user.clone();
        stolen.refresh_token = Some("another refresh token".to_owned());
        let error = client.refresh(&stolen).unwrap_err();
        let is_rejected = matches!(error, Error::OAuth(_) | Error::Http { .. });
        assert!(is_rejected, "{alg}: {error:?}");
    }
}

#[test]
#[ignore = "cargo xtask companion log-in glewlwyd runs it"]
fn logout_tokens_of_the_client() {
    let provider = Glewlwyd::honest(&all());
    for (alg, algorithm) in CASES {
        let lenient = Settings {
            logout_without_exp: true,
            ..provider.settings(alg, &signed_by(alg, algorithm))
        };
        let client = Client::discover(lenient).unwrap();
        let tokens = provider.tokens(alg);
        let (keys, issuer) = (provider.key_set(alg, algorithm), [provider.issuer(alg)]);
        let mut scratch = Vec::new();
        let login = verify(&tokens.id_token, &keys, &id_token(&issuer), &mut scratch).unwrap();
        let logout_token = end_session(&provider, alg, &tokens, &session_id(&login));
        let body = format!("logout_token={logout_token}");
        let subject = login.claims().subject().unwrap().to_string();
        let event = client.logout_token(&body).unwrap();
        assert_eq!(event.subject, Some(subject), "{alg}");
        let error = client.logout_token(&body).unwrap_err();
        assert_eq!(error.token_error(), Some(TokenError::Replayed), "{alg}");
        // By default, `exp` is required.
        let error = provider.client(alg, algorithm).logout_token(&body);
        let missing = TokenError::missing(jose_verify::Claim::Exp);
        assert_eq!(error.unwrap_err().token_error(), Some(missing), "{alg}");
    }
}
