//! The flows, the hashes, `UserInfo`, and other tokens, with every algorithm.

use jose_verify::alg::{
    Algorithm, ES256, ES512, HS256, HS512, HashFunction, PS256, RS256, SHA256, SHA384, SHA512,
};
use jose_verify::oidc::{self, HashClaims, UserInfo};
use jose_verify::{Audience, Check, Claim, Error as TokenError, Policy, Problem, oauth};
use jose_verify_login::{Client, Error, Flow};
use serde_json::Value;

use crate::provider::{CASES, Glewlwyd, SECRET, error_of, signed_by, verify};
use crate::{
    CLIENT, all, assert_is_alice, assert_is_token_error, assert_keys_are_skipped, claim, id_token,
    log_in, wrong_type,
};

const HASHES: &[&dyn HashFunction] = &[&SHA256, &SHA384, &SHA512];

#[test]
#[ignore = "cargo xtask companion log-in glewlwyd runs it"]
fn an_algorithm_of_each_family() {
    let provider = Glewlwyd::honest(&["RS256", "PS256", "ES256", "HS256"]);
    let cases: [(&str, &'static dyn Algorithm); 4] = [
        ("RS256", &RS256),
        ("PS256", &PS256),
        ("ES256", &ES256),
        ("HS256", &HS256),
    ];
    for (alg, algorithm) in cases {
        assert_is_alice(
            log_in(&mut provider.client(alg, algorithm), Flow::Code),
            alg,
        );
    }
}

#[test]
#[ignore = "cargo xtask companion log-in glewlwyd runs it"]
fn both_flows_with_every_algorithm() {
    let provider = Glewlwyd::honest(&all());
    for (alg, algorithm) in CASES {
        let mut client = provider.client(alg, algorithm);
        for flow in [Flow::Code, Flow::Hybrid] {
            assert_is_alice(log_in(&mut client, flow), &format!("{alg} {flow:?}"));
        }
    }
}

#[test]
#[ignore = "cargo xtask companion log-in glewlwyd runs it"]
fn hashes_bind_the_code_and_the_access_token() {
    let provider = Glewlwyd::honest(&all());
    for (alg, algorithm) in CASES {
        let (tokens, others) = (provider.tokens(alg), provider.tokens(alg));
        let (keys, issuer) = (provider.key_set(alg, algorithm), [provider.issuer(alg)]);
        let mut scratch = Vec::new();
        let policy = id_token(&issuer);
        let front = verify(&tokens.from_browser, &keys, &policy, &mut scratch).unwrap();
        let with_code =
            |code| HashClaims::from_authorization_endpoint(None, Some(code)).check(&front, HASHES);
        assert_eq!(with_code(&tokens.code), Ok(()), "{alg}");
        let error = with_code(&others.code).err();
        assert_eq!(error, Some(claim(Claim::CHash, Problem::Mismatch)), "{alg}");

        let mut scratch = Vec::new();
        let back = verify(&tokens.id_token, &keys, &policy, &mut scratch).unwrap();
        let with_both = |access_token, code| {
            let hashes = HashClaims::from_authorization_endpoint(Some(access_token), Some(code));
            hashes.check(&back, HASHES).err()
        };
        assert_eq!(with_both(&tokens.access_token, &tokens.code), None, "{alg}");
        let error = with_both(&others.access_token, &tokens.code);
        assert_eq!(
            error,
            Some(claim(Claim::AtHash, Problem::Mismatch)),
            "{alg}"
        );
        let error = with_both(&tokens.access_token, &others.code);
        assert_eq!(error, Some(claim(Claim::CHash, Problem::Mismatch)), "{alg}");
    }
}

#[test]
#[ignore = "cargo xtask companion log-in glewlwyd runs it"]
fn user_info_as_a_signed_jwt() {
    let provider = Glewlwyd::honest(&all());
    for (alg, algorithm) in CASES {
        let tokens = provider.tokens(alg);
        let (keys, issuer) = (provider.key_set(alg, algorithm), [provider.issuer(alg)]);
        let mut scratch = Vec::new();
        let login = verify(&tokens.id_token, &keys, &id_token(&issuer), &mut scratch).unwrap();
        let plain = provider.user_info(alg, "", &tokens.access_token);
        assert_eq!(plain.media_type, "application/json", "{alg}");
        UserInfo::parse(plain.body.as_bytes(), &login).unwrap();

        let signed = provider.user_info(alg, "?format=jwt", &tokens.access_token);
        assert_eq!(signed.media_type, "application/jwt", "{alg}");
        let policy = oidc::user_info(&issuer, &CLIENT);
        let mut scratch = Vec::new();
        let response = verify(&signed.body, &keys, &policy, &mut scratch).unwrap();
        let user_info = UserInfo::from_verified(&response, &login).unwrap();
        assert_eq!(
            user_info.subject(),
            login.claims().subject().unwrap(),
            "{alg}"
        );
        assert!(response.header().is_type("token-userinfo+jwt"), "{alg}");

        // It does not name the client, although Core §5.3.2 recommends that.
        let policy = Policy {
            audience: Check::Required(Audience::AnyOf(&CLIENT)),
            ..policy
        };
        let error = error_of(&signed.body, &keys, &policy);
        assert_eq!(error, Some(claim(Claim::Aud, Problem::Missing)), "{alg}");
        // It is not an ID Token.
        let error = error_of(&signed.body, &keys, &id_token(&issuer));
        assert_eq!(error, Some(wrong_type()), "{alg}");
    }
}

#[test]
#[ignore = "cargo xtask companion log-in glewlwyd runs it"]
fn access_tokens_and_refreshed_tokens() {
    let provider = Glewlwyd::honest(&all());
    for (alg, algorithm) in CASES {
        let tokens = provider.tokens(alg);
        let (keys, issuer) = (provider.key_set(alg, algorithm), [provider.issuer(alg)]);
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", &tokens.refresh_token),
        ];
        let page = provider.post(alg, &form, Some(("basic", SECRET)));
        let answer: Value = serde_json::from_str(&page.body).unwrap();
        let refreshed = answer["access_token"].as_str().unwrap();
        // Glewlwyd writes the scopes into `aud`, as one string.
        let policy = oauth::access_token(&issuer, &["openid profile email"]);
        for token in [&*tokens.access_token, refreshed] {
            assert_eq!(error_of(token, &keys, &policy), None);
            let error = error_of(token, &keys, &id_token(&issuer));
            assert_eq!(error, Some(wrong_type()), "{alg}");
        }
        let error = error_of(&tokens.id_token, &keys, &policy);
        assert_eq!(error, Some(wrong_type()), "{alg}");
    }
}

#[test]
#[ignore = "cargo xtask companion log-in glewlwyd runs it"]
fn algorithms_that_the_client_does_not_accept() {
    let provider = Glewlwyd::honest(&all());
    let accepted: [&'static dyn Algorithm; 6] = [&RS256, &PS256, &ES256, &ES512, &HS256, &HS512];
    for (alg, algorithm) in CASES {
        for other in accepted {
            if other.name() == algorithm.name() {
                continue;
            }
            let settings = provider.settings(alg, &signed_by(other.name(), other));
            let outcome = log_in(&mut Client::discover(settings).unwrap(), Flow::Code);
            let case = format!("{alg}, accepted {}", other.name());
            let error = TokenError::AlgorithmNotAccepted;
            if other.name().starts_with("HS") {
                assert_is_token_error(outcome, error, &case);
            } else if alg.starts_with("HS") {
                // A provider that signs with the secret publishes no keys.
                assert!(matches!(outcome, Err(Error::Verification(_))), "{case}");
            } else {
                assert_keys_are_skipped(outcome, error, &case);
            }
        }
    }
}
