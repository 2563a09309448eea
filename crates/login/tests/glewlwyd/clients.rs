//! The ways in which a client authenticates at the token endpoint, without the client of this
//! package, which `relying_party` tests. The core verifies the tokens.

use std::time::{SystemTime, UNIX_EPOCH};

use base64ct::{Base64UrlUnpadded, Encoding};
use jose_verify::alg::ES256;
use jose_verify::oidc::{self, Nonce};
use jose_verify_login::{Client, Error, Flow};
use serde_json::{Value, json};

use crate::log_in;
use crate::provider::{Glewlwyd, NONCE, SECRET, error_of, find_key, sign, signed_by, with_name};
use crate::support::{Page, parameter};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Logs in at a client that authenticates with these fields of the form.
fn redeem(provider: &Glewlwyd, client_id: &str, fields: &[(&str, &str)]) -> Page {
    let (_, callback) = provider.authorize("ES256", client_id);
    let fields = [&[("client_id", client_id)], fields].concat();
    provider.redeem("ES256", &parameter(&callback, "code"), &fields, None)
}

#[track_caller]
fn assert_is_login(provider: &Glewlwyd, client_id: &str, page: &Page) {
    assert_eq!(page.status, 200, "{client_id}: {}", page.body);
    let answer: Value = serde_json::from_str(&page.body).unwrap();
    let token = answer["id_token"].as_str().unwrap();
    let (issuer, clients) = ([provider.issuer("ES256")], [client_id]);
    let policy = oidc::id_token(&issuer, &clients, Nonce::Sent(NONCE));
    let keys = provider.key_set("ES256", &ES256);
    assert_eq!(error_of(token, &keys, &policy), None);
}

#[track_caller]
fn assert_is_rejected(page: &Page) {
    assert!((400..500).contains(&page.status), "{}", page.status);
    assert!(!page.body.contains("id_token"));
}

#[test]
#[ignore = "cargo xtask companion log-in glewlwyd runs it"]
fn a_secret_in_the_form() {
    let provider = Glewlwyd::honest(&["ES256"]);
    let method = json!({ "token_endpoint_auth_method": ["client_secret_post"] });
    provider.add_client("post", &method);
    let page = redeem(&provider, "post", &[("client_secret", SECRET)]);
    assert_is_login(&provider, "post", &page);
    let page = redeem(&provider, "post", &[("client_secret", "another secret")]);
    assert_is_rejected(&page);
    // Each client has one method.
    let page = redeem(&provider, "basic", &[("client_secret", SECRET)]);
    assert_is_rejected(&page);
}

#[test]
#[ignore = "cargo xtask companion log-in glewlwyd runs it"]
fn a_signed_assertion() {
    let provider = Glewlwyd::honest(&["ES256"]);
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
    let log_in = |audience: &str, key: &Value| {
        let assertion = sign(&assertion("assertion", audience), key);
        let fields = [
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", &assertion),
        ];
        redeem(&provider, "assertion", &fields)
    };
    let endpoint = provider.endpoint("ES256", "token");
    assert_is_login(&provider, "assertion", &log_in(&endpoint, &key));
    assert_is_rejected(&log_in(&endpoint, &new_key()));
    // Its audience must be the token endpoint. The issuer is not accepted.
    assert_is_rejected(&log_in(&provider.issuer("ES256"), &key));
}

#[test]
#[ignore = "cargo xtask companion log-in glewlwyd runs it"]
fn an_assertion_with_the_secret() {
    let provider = Glewlwyd::honest(&["ES256"]);
    let method = json!({ "token_endpoint_auth_method": ["client_secret_jwt"] });
    provider.add_client("mac", &method);
    let log_in = |secret: &str| {
        let k = Base64UrlUnpadded::encode_string(secret.as_bytes());
        let key = json!({ "kty": "oct", "k": k, "alg": "HS256", "kid": "the secret" });
        let assertion = sign(
            &assertion("mac", &provider.endpoint("ES256", "token")),
            &key,
        );
        let fields = [
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", &assertion),
        ];
        redeem(&provider, "mac", &fields)
    };
    assert_is_login(&provider, "mac", &log_in(SECRET));
    assert_is_rejected(&log_in("another secret of more than 32 bytes"));
}

/// Returns the claims of a client assertion (RFC 7523 §3).
fn assertion(client_id: &str, audience: &str) -> Value {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    json!({
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "jti": format!("{}", now.as_nanos()),
        "iat": now.as_secs(),
        "exp": now.as_secs() + 60,
    })
}

#[test]
#[ignore = "cargo xtask companion log-in glewlwyd runs it"]
fn a_secret_that_must_be_encoded() {
    let provider = Glewlwyd::honest(&["ES256"]);
    let secret = "a secret with spaces, of more than 32 bytes";
    provider.change_client("basic", &json!({ "client_secret": secret }));
    let mut settings = provider.settings("ES256", &signed_by("ES256", &ES256));
    settings.client_secret = Some(secret.to_owned());
    // The client encodes it, as RFC 6749 §2.3.1 requires, and Glewlwyd does not decode it.
    let error = log_in(&mut Client::discover(settings).unwrap(), Flow::Code).err();
    assert!(
        matches!(error, Some(Error::OAuth(_) | Error::Http { .. })),
        "{error:?}"
    );
    let (_, callback) = provider.authorize("ES256", "basic");
    let code = parameter(&callback, "code");
    let page = provider.redeem("ES256", &code, &[], Some(("basic", secret)));
    assert_is_login(&provider, "basic", &page);
}
