//! The end of a session, and logout tokens (OpenID Connect Back-Channel Logout 1.0).

use std::collections::BTreeSet;

use jose_verify::alg::{Algorithm, ES256};
use jose_verify::oidc::{self, LogoutToken};
use jose_verify::{Check, Claim, Policy, Problem, Verified};
use jose_verify_login::{Error, Flow};
use serde_json::json;

use crate::provider::{CASES, Glewlwyd, Tokens, error_of, verify};
use crate::{CLIENT, all, assert_is_alice, claim, id_token, log_in};

#[test]
#[ignore = "cargo xtask companion log-in glewlwyd runs it"]
fn logout_tokens() {
    let provider = Glewlwyd::honest(&all());
    let twin = Glewlwyd::posing_as(&provider, &all(), 1);
    let mut identifiers = BTreeSet::new();
    for (alg, algorithm) in CASES {
        let tokens = provider.tokens(alg);
        let (keys, issuer) = (provider.key_set(alg, algorithm), [provider.issuer(alg)]);
        let mut scratch = Vec::new();
        let login = verify(&tokens.id_token, &keys, &id_token(&issuer), &mut scratch).unwrap();
        let before = provider.user_info(alg, "", &tokens.access_token);
        assert_eq!(before.status, 200, "{alg}");
        let logout_token = end_session(&provider, alg, &tokens, &session_id(&login));
        // The session has ended: its access token is not accepted anymore.
        let after = provider.user_info(alg, "", &tokens.access_token);
        assert_eq!(after.status, 401, "{alg}");

        // Glewlwyd writes no `exp`, which Back-Channel Logout 1.0 §2.4 requires.
        let policy = oidc::logout_token(&issuer, &CLIENT);
        let error = error_of(&logout_token, &keys, &policy);
        assert_eq!(error, Some(claim(Claim::Exp, Problem::Missing)), "{alg}");
        let policy = Policy {
            expires_at: Check::Absent,
            ..policy
        };
        let mut scratch = Vec::new();
        let verified = verify(&logout_token, &keys, &policy, &mut scratch).unwrap();
        let logout = LogoutToken::from_verified(&verified).unwrap();
        assert_eq!(logout.subject(), login.claims().subject(), "{alg}");
        assert!(logout.session_id().is_none(), "{alg}");
        let identifier = verified.claims().jwt_id().unwrap().to_string();
        assert!(identifiers.insert(identifier), "{alg}: repeated jti");

        // Neither token is accepted as the other.
        let error = error_of(&logout_token, &keys, &id_token(&issuer));
        assert!(error.is_some(), "{alg}");
        let policy = Policy {
            expires_at: Check::NotChecked,
            jwt_id: Check::NotChecked,
            nonce: Check::NotChecked,
            ..policy
        };
        let error = error_of(&tokens.id_token, &keys, &policy);
        assert_eq!(error, Some(claim(Claim::Events, Problem::Missing)), "{alg}");
        refuse_forged(&provider, &twin, (alg, algorithm), &policy);
    }
}

/// Checks that a logout token of an impostor is rejected because of its signature.
fn refuse_forged(
    provider: &Glewlwyd,
    twin: &Glewlwyd,
    (alg, algorithm): (&str, &'static dyn Algorithm),
    policy: &Policy<'_>,
) {
    let tokens = twin.tokens(alg);
    let (own, keys) = (
        twin.key_set(alg, algorithm),
        provider.key_set(alg, algorithm),
    );
    let mut scratch = Vec::new();
    let issuer = [provider.issuer(alg)];
    let login = verify(&tokens.id_token, &own, &id_token(&issuer), &mut scratch).unwrap();
    let forged = end_session(twin, alg, &tokens, &session_id(&login));
    assert_eq!(error_of(&forged, &own, policy), None, "{alg}");
    let error = error_of(&forged, &keys, policy);
    assert_eq!(error, Some(jose_verify::Error::BadSignature), "{alg}");
}

pub(crate) fn session_id(id_token: &Verified<'_>) -> String {
    let sid = id_token.claims().get("sid").unwrap();
    sid.as_str().unwrap().to_string()
}

/// Ends the session in the browser, as the user confirms it on Glewlwyd's page. Returns the logout
/// token that the client receives.
pub(crate) fn end_session(provider: &Glewlwyd, alg: &str, tokens: &Tokens, sid: &str) -> String {
    let mut browser = tokens.browser.clone();
    let hint = &tokens.id_token;
    let url = provider.endpoint(alg, &format!("end_session?id_token_hint={hint}"));
    let page = browser
        .get(&url)
        .location
        .expect("a redirect to the page of logouts");
    assert!(page.contains("prompt=end_session"), "{page}");
    assert!(page.contains(&format!("sid={sid}")), "{page}");
    let url = provider.endpoint(alg, &format!("session/{sid}"));
    assert_eq!(browser.send("DELETE", &url, &[], "").status, 200, "{alg}");
    let body = provider.inbox.receive();
    body.strip_prefix("logout_token=").unwrap().to_owned()
}

#[test]
#[ignore = "cargo xtask companion log-in glewlwyd runs it"]
fn a_logout_token_that_names_the_session() {
    let provider = Glewlwyd::honest(&["ES256"]);
    // The property is a string.
    let required = json!({ "backchannel_logout_session_required": "true" });
    provider.change_client("basic", &required);
    let (keys, issuer) = (
        provider.key_set("ES256", &ES256),
        [provider.issuer("ES256")],
    );
    let tokens = provider.tokens("ES256");
    let mut scratch = Vec::new();
    let login = verify(&tokens.id_token, &keys, &id_token(&issuer), &mut scratch).unwrap();
    let logout_token = end_session(&provider, "ES256", &tokens, &session_id(&login));
    let policy = Policy {
        expires_at: Check::Absent,
        ..oidc::logout_token(&issuer, &CLIENT)
    };
    let mut scratch = Vec::new();
    let verified = verify(&logout_token, &keys, &policy, &mut scratch).unwrap();
    let logout = LogoutToken::from_verified(&verified).unwrap();
    let session = logout.session_id().map(|sid| sid.to_string());
    assert_eq!(session, Some(session_id(&login)));
}

#[test]
#[ignore = "cargo xtask companion log-in glewlwyd runs it"]
fn a_hint_of_an_impostor() {
    let provider = Glewlwyd::honest(&all());
    let twin = Glewlwyd::posing_as(&provider, &all(), 1);
    for (alg, algorithm) in CASES {
        let hint = twin.tokens(alg).id_token;
        let url = provider.endpoint(alg, &format!("end_session?id_token_hint={hint}"));
        let page = provider.browser().get(&url);
        let location = page.location.unwrap_or_default();
        assert!(!location.contains("sid="), "{alg}: {location}");
        // Logins still succeed, and this client has kept nothing of the other provider.
        let outcome = log_in(&mut provider.client(alg, algorithm), Flow::Code);
        assert!(
            !matches!(outcome, Err(Error::OAuth(_) | Error::Http { .. })),
            "{alg}"
        );
        assert_is_alice(outcome, alg);
    }
}
