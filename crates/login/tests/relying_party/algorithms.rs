//! Which algorithms are accepted.

use jose_verify::Error as TokenError;
use jose_verify_login::{Client, Error, Flow, Settings, SignedBy};
use serde_json::json;

use super::provider::{Provider, SECRET};
use super::signing::TestKey;

fn discover(provider: &Provider, signed_by: &SignedBy) -> Result<Client, Error> {
    Client::discover(Settings {
        signed_by: *signed_by,
        ..provider.settings()
    })
}

#[test]
fn the_metadata_narrows_the_algorithms() {
    let provider = Provider::start();
    let listed = |names: &[&str]| {
        let metadata = json!({ "id_token_signing_alg_values_supported": names });
        provider.with(|b| b.metadata = metadata);
    };
    // The provider publishes a key for each of the two, and signs with ES256.
    let rsa =
        json!({"kty": "RSA", "kid": "rsa", "e": "AQAB", "n": format!("{}w", "1".repeat(341))});
    provider.with(|b| b.jwks["keys"].as_array_mut().unwrap().push(rsa));
    let rejected = Some(TokenError::AlgorithmNotAccepted);
    let both = || SignedBy::listed(["ES256", "RS256"]).unwrap();
    for (names, signed_by, want) in [
        (&["ES256", "HS256"][..], SignedBy::Metadata, None),
        (&["RS256"], SignedBy::Metadata, rejected),
        (&["ES256"], both(), None),
        (&["RS256"], both(), rejected),
        // A name counts, whatever the metadata lists.
        (
            &["RS256"],
            SignedBy::published_keys(["ES256"]).unwrap(),
            None,
        ),
        (
            &["ES256"],
            SignedBy::published_keys(["RS256"]).unwrap(),
            rejected,
        ),
    ] {
        listed(names);
        let client = discover(&provider, &signed_by).unwrap();
        let outcome = provider.log_in(&client, Flow::Code);
        let error = outcome.as_ref().err().and_then(Error::token_error);
        assert_eq!(error, want, "{names:?} {signed_by:?}");
    }
    // Without a list, all that the client accepts.
    provider.with(|b| b.metadata = json!({ "id_token_signing_alg_values_supported": null }));
    let client = discover(&provider, &both()).unwrap();
    provider.log_in(&client, Flow::Code).unwrap();
}

#[test]
fn no_algorithm_is_left() {
    let provider = Provider::start();
    let metadata = json!({ "id_token_signing_alg_values_supported": ["HS256", "none", "RS256"] });
    provider.with(|b| b.metadata = metadata);
    let error = discover(&provider, &SignedBy::listed(["ES256", "PS256"]).unwrap());
    assert_eq!(
        error.unwrap_err().to_string(),
        "the client accepts ID Tokens with ES256, PS256, but the provider's metadata lists \
         [\"HS256\", \"none\", \"RS256\"]"
    );
    // The metadata alone does not make the client accept MACs.
    provider.with(|b| b.metadata = json!({ "id_token_signing_alg_values_supported": ["HS256"] }));
    let error = discover(&provider, &SignedBy::Metadata).unwrap_err();
    assert!(
        matches!(error, Error::NoCommonAlgorithm { .. }),
        "{error:?}"
    );
}

#[test]
fn a_mac_only_by_configuration() {
    let provider = Provider::start();
    provider.with(|b| b.key = TestKey::Secret(SECRET.into()));
    let client = discover(&provider, &SignedBy::Metadata).unwrap();
    let error = provider.log_in(&client, Flow::Code).unwrap_err();
    assert_eq!(error.token_error(), Some(TokenError::AlgorithmNotAccepted));
    // The secret fits every `kid`, and no keys are fetched.
    let client = discover(&provider, &SignedBy::client_secret(["HS256"]).unwrap()).unwrap();
    let fetches = provider.requests("/jwks").len();
    for kid in ["1", "another"] {
        provider.with(|b| b.kid = kid);
        provider.log_in(&client, Flow::Code).unwrap();
    }
    assert_eq!(provider.requests("/jwks").len(), fetches);
    // A published key does not count then.
    provider.with(|b| b.key = TestKey::new(1));
    let error = provider.log_in(&client, Flow::Code).unwrap_err();
    assert_eq!(error.token_error(), Some(TokenError::AlgorithmNotAccepted));
}

#[test]
fn names_and_secrets_that_cannot_be_used() {
    for (outcome, name) in [
        (SignedBy::listed(["ES256", "HS256"]), "HS256"),
        (SignedBy::published_keys(["none"]), "none"),
        (SignedBy::client_secret(["HS256", "ES256"]), "ES256"),
    ] {
        let error = outcome.unwrap_err();
        let is_unknown = matches!(&error, Error::UnknownAlgorithm(unknown) if unknown == name);
        assert!(is_unknown, "{error:?}");
    }
    assert!(SignedBy::listed([""; 0]).is_err());
    let provider = Provider::start();
    for secret in [None, Some(""), Some("less than 32 bytes")] {
        let settings = Settings {
            client_secret: secret.map(str::to_owned),
            signed_by: SignedBy::client_secret(["HS256"]).unwrap(),
            ..provider.settings()
        };
        let error = Client::discover(settings).unwrap_err();
        let is_missing = matches!(error, Error::NoSecret);
        assert_eq!(is_missing, secret.is_none_or(str::is_empty), "{error:?}");
    }
}
