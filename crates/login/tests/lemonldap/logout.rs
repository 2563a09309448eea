//! The end of a session, and logout tokens (OpenID Connect Back-Channel Logout 1.0). Version 2.16
//! sends no logout tokens.

use std::thread::scope;
use std::time::Duration;

use jose_verify::oidc::{self, LogoutToken, Nonce};
use jose_verify::{Check, Claim, Error, Policy};

use crate::exchange::{Exchange, keys, verify};
use crate::portal::{LOGGED_OUT_URI, Options, Portal};
use crate::support::{Browser, Inbox};

/// Logs in and out. Returns the ID Token, and the logout token if the provider sends one.
fn log_out(portal: &Portal, inbox: &Inbox) -> (String, Option<String>) {
    let exchange = Exchange::new(portal, "logout");
    let mut browser = Browser::new();
    let tokens = exchange.log_in(&mut browser);
    // The user is still logged in: no form.
    let url = exchange.authorization_url("code");
    assert!(browser.follow_to_page(&url).is_ok());
    assert_eq!(exchange.user_info(&tokens.access).status, 200);
    let logout_token = scope(|scope| {
        // The provider sends the logout token before it responds to the browser.
        let received = sends_logout_tokens(portal).then(|| scope.spawn(|| inbox.receive()));
        end_session(portal, &mut browser, &tokens.id);
        received.map(|received| received.join().unwrap())
    });
    let page = browser.follow_to_page(&url);
    assert!(page.is_err(), "the user is still logged in");
    assert_eq!(exchange.user_info(&tokens.access).status, 401);
    let logout_token = logout_token.map(|form| {
        let mut form = form_urlencoded::parse(form.as_bytes());
        let token = form.find(|(name, _)| name == "logout_token").unwrap().1;
        token.into_owned()
    });
    (tokens.id, logout_token)
}

fn end_session(portal: &Portal, browser: &mut Browser, id_token: &str) {
    let endpoint = portal.endpoint(portal.metadata().end_session_endpoint());
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs([
        ("id_token_hint", id_token),
        ("post_logout_redirect_uri", LOGGED_OUT_URI),
        ("state", "the state of the logout"),
    ]);
    let page = browser.get(&format!("{endpoint}?{}", query.finish()));
    let location = page.location.unwrap_or_else(|| panic!("{}", page.body));
    let query = location.strip_prefix(LOGGED_OUT_URI).unwrap();
    let mut query = form_urlencoded::parse(&query.as_bytes()[1..]);
    let state = query.find(|(name, _)| name == "state").unwrap().1;
    assert_eq!(state, "the state of the logout");
}

fn sends_logout_tokens(portal: &Portal) -> bool {
    let supported = r#""backchannel_logout_supported":true"#;
    portal.metadata.contains(supported)
}

#[test]
#[ignore = "cargo xtask companion log-in lemonldap runs it"]
fn logout() {
    let inbox = Inbox::open();
    let inbox_url = inbox.url();
    let options = Options {
        logout_uri: &inbox_url,
        ..Options::default()
    };
    let portal = Portal::start(options);
    let (id_token, logout_token) = log_out(&portal, &inbox);
    let Some(logout_token) = logout_token else {
        println!("this version does not send logout tokens");
        return;
    };
    let keys = keys(&portal, &portal.case("RS256"));
    let (issuer, id) = ([&*portal.url], ["logout"]);
    let policy = oidc::logout_token(&issuer, &id);
    // It has no `exp`, which Back-Channel Logout 1.0 §2.4 requires.
    let error = verify(&keys, &policy, &logout_token, |_| Ok(()));
    assert_eq!(error, Err(Error::missing(Claim::Exp)));
    let policy = Policy {
        expires_at: Check::IfPresent(Duration::ZERO),
        ..policy
    };
    let id_tokens = oidc::id_token(&issuer, &id, Nonce::NotSent);
    verify(&keys, &id_tokens, &id_token, |id_token| {
        verify(&keys, &policy, &logout_token, |jwt| {
            let logout_token = LogoutToken::from_verified(jwt)?;
            assert_eq!(logout_token.subject().unwrap(), "dwho");
            let session_id = id_token.claims().get("sid").unwrap().as_str();
            assert_eq!(logout_token.session_id(), session_id);
            Ok(())
        })
    })
    .unwrap();
    // Neither token is accepted as the other.
    assert!(verify(&keys, &id_tokens, &logout_token, |_| Ok(())).is_err());
    assert!(verify(&keys, &policy, &id_token, |_| Ok(())).is_err());
    // The logout token of an impostor.
    let twin = Portal::start(Options {
        issuer: &portal.url,
        ..options
    });
    let (_, logout_token) = log_out(&twin, &inbox);
    let error = verify(&keys, &policy, &logout_token.unwrap(), |_| Ok(()));
    assert_eq!(error, Err(Error::BadSignature));
}
