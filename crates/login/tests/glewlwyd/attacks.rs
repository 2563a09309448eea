//! An impostor, and answers that belong to another login.

use jose_verify::alg::RS256;
use jose_verify::{Claim, Error as TokenError, oauth, oidc};
use jose_verify_login::{Client, Error, Flow};

use crate::provider::{CASES, Glewlwyd, browse, error_of, signed_by};
use crate::support::{assert_is_mismatch, is_token_error, log_in_elsewhere, parameter};
use crate::{CLIENT, all, assert_is_alice, id_token, log_in};

#[test]
#[ignore = "cargo xtask companion log-in glewlwyd runs it"]
fn an_impostor() {
    let provider = Glewlwyd::honest(&all());
    // Its keys have the same `kid` as those of the provider.
    let twin = Glewlwyd::posing_as(&provider, &all(), 1);
    let urls = (&*provider.url, &*twin.url);
    for (alg, algorithm) in CASES {
        let mut client = provider.client(alg, algorithm);
        assert_is_alice(log_in(&mut client, Flow::Code), alg);
        let error = log_in_elsewhere(&mut client, Flow::Hybrid, urls, browse);
        let rejected = is_token_error(&error, TokenError::BadSignature);
        assert!(rejected, "{alg}: {error:?}");
        // The provider does not accept its code.
        let error = log_in_elsewhere(&mut client, Flow::Code, urls, browse);
        assert!(
            matches!(error, Error::OAuth(_) | Error::Http { .. }),
            "{alg}: {error:?}"
        );
        // Its metadata names an issuer other than the one it was fetched from.
        let mut settings = provider.settings(alg, &signed_by(alg, algorithm));
        settings.issuer = settings.issuer.replace(urls.0, urls.1);
        let error = Client::discover(settings).err();
        let rejected = is_token_error(error.as_ref(), TokenError::MetadataMismatch);
        assert!(rejected, "{alg}: {error:?}");
        assert_is_alice(log_in(&mut client, Flow::Hybrid), alg);
    }
}

#[test]
#[ignore = "cargo xtask companion log-in glewlwyd runs it"]
fn an_impostor_with_unknown_keys() {
    let provider = Glewlwyd::honest(&all());
    let twin = Glewlwyd::posing_as(&provider, &all(), 2);
    let urls = (&*provider.url, &*twin.url);
    for (alg, algorithm) in CASES {
        let mut client = provider.client(alg, algorithm);
        let error = log_in_elsewhere(&mut client, Flow::Hybrid, urls, browse);
        // A secret has no `kid`, so it is tried whatever the token names.
        let expected = if alg.starts_with("HS") {
            TokenError::BadSignature
        } else {
            TokenError::NoKey
        };
        let rejected = is_token_error(&error, expected);
        assert!(rejected, "{alg}");
        assert_is_alice(log_in(&mut client, Flow::Hybrid), alg);
    }
}

#[test]
#[ignore = "cargo xtask companion log-in glewlwyd runs it"]
fn tokens_of_an_impostor() {
    let provider = Glewlwyd::honest(&all());
    let twin = Glewlwyd::posing_as(&provider, &all(), 1);
    for (alg, algorithm) in CASES {
        let tokens = twin.tokens(alg);
        let signed = twin.user_info(alg, "?format=jwt", &tokens.access_token);
        let (keys, issuer) = (provider.key_set(alg, algorithm), [provider.issuer(alg)]);
        let own = twin.key_set(alg, algorithm);
        // `aud` is the list of scopes, as one string.
        let access_token = oauth::access_token(&issuer, &["openid profile email"]);
        let user_info = oidc::user_info(&issuer, &CLIENT);
        for (token, policy) in [
            (&tokens.from_browser, id_token(&issuer)),
            (&tokens.id_token, id_token(&issuer)),
            (&signed.body, user_info),
            (&tokens.access_token, access_token),
        ] {
            // Only the signature is wrong.
            assert_eq!(error_of(token, &own, &policy), None, "{alg}");
            let error = error_of(token, &keys, &policy);
            assert_eq!(error, Some(TokenError::BadSignature), "{alg}");
        }
    }
}

#[test]
#[ignore = "cargo xtask companion log-in glewlwyd runs it"]
fn another_provider() {
    let (provider, other) = (Glewlwyd::honest(&["RS256"]), Glewlwyd::honest(&["RS256"]));
    let urls = (&*provider.url, &*other.url);
    let mut client = provider.client("RS256", &RS256);
    // The callback names the other provider in `iss` (RFC 9207).
    let error = log_in_elsewhere(&mut client, Flow::Code, urls, browse);
    assert!(matches!(error, Error::IssuerMismatch), "{error:?}");
    let nameless = |url: &str| {
        let parameters = browse(url);
        let pairs = parameters
            .split('&')
            .filter(|pair| !pair.starts_with("iss="));
        pairs.collect::<Vec<_>>().join("&")
    };
    let error = log_in_elsewhere(&mut client, Flow::Code, urls, nameless);
    assert!(
        matches!(error, Error::OAuth(_) | Error::Http { .. }),
        "{error:?}"
    );
    let error = log_in_elsewhere(&mut client, Flow::Hybrid, urls, nameless);
    let rejected = is_token_error(&error, TokenError::BadSignature);
    assert!(rejected, "{error:?}");
}

#[test]
#[ignore = "cargo xtask companion log-in glewlwyd runs it"]
fn answers_of_another_login() {
    let provider = Glewlwyd::honest(&all());
    for (alg, algorithm) in CASES {
        let client = provider.client(alg, algorithm);
        let earlier = browse(client.begin(Flow::Hybrid).unwrap().url());
        let finish = |flow, name: &str| {
            let login = client.begin(flow).unwrap();
            let own = browse(login.url());
            let changed = own.replace(&parameter(&own, name), &parameter(&earlier, name));
            client.finish(&login, &changed).err().unwrap()
        };
        let error = finish(Flow::Hybrid, "state");
        assert!(matches!(error, Error::StateMismatch), "{alg}: {error:?}");
        assert_is_mismatch(&finish(Flow::Hybrid, "id_token"), Claim::Nonce);
        assert_is_mismatch(&finish(Flow::Hybrid, "code"), Claim::CHash);
        // The provider rejects the code verifier.
        let error = finish(Flow::Code, "code");
        assert!(
            matches!(error, Error::OAuth(_) | Error::Http { .. }),
            "{alg}: {error:?}"
        );
    }
}
