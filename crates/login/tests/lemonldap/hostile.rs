//! Logins that must fail.

use jose_verify::alg::{HS256, RS256, RS384};
use jose_verify::{Claim, Error as TokenError, Problem};
use jose_verify_login::{Client, Error, Flow};

use crate::exchange::{Exchange, code_grant};
use crate::portal::{ENCODED_SECRET, Portal, SECRET};
use crate::support::{
    Browser, assert_is_mismatch, is_token_error, log_in_elsewhere, parameter, published, secret,
    settings,
};
use crate::{assert_is_the_doctor, log_in};

#[test]
#[ignore = "cargo xtask companion log-in lemonldap runs it"]
fn an_impostor() {
    for portal in Portal::with_each_key() {
        let twin = Portal::posing_as(&portal, "first");
        for case in portal.cases() {
            let mut client = portal.client(case.name, &case.signed_by);
            assert_is_the_doctor(log_in(&mut client, Flow::Code), case.name);
            // Its ID Token has the right claims, but a signature of another key with the same
            // `kid`.
            let error = led_astray(&mut client, Flow::Hybrid, &portal, &twin);
            let rejected = is_token_error(&error, TokenError::BadSignature);
            assert!(rejected, "{}: {error:?}", case.name);
            // The provider does not accept its code.
            let error = led_astray(&mut client, Flow::Code, &portal, &twin);
            assert!(
                matches!(error, Error::OAuth(_) | Error::Http { .. }),
                "{}: {error:?}",
                case.name
            );
        }
        // Its metadata names an issuer other than the one it was fetched from.
        let error = Client::discover(settings(&twin.url, "RS256", &published(&RS256))).err();
        let rejected = is_token_error(error.as_ref(), TokenError::MetadataMismatch);
        assert!(rejected, "{error:?}");
    }
}

/// The `kid` of its ID Tokens is unknown, so the client fetches the keys again.
#[test]
#[ignore = "cargo xtask companion log-in lemonldap runs it"]
fn an_impostor_with_another_key_id() {
    for portal in Portal::with_each_key() {
        let twin = Portal::posing_as(&portal, "another");
        for case in portal.cases() {
            let mut client = portal.client(case.name, &case.signed_by);
            let error = led_astray(&mut client, Flow::Hybrid, &portal, &twin);
            let rejected = match error.token_error() {
                Some(TokenError::BadSignature) => case.is_mac(),
                Some(TokenError::NoKey) => !case.is_mac(),
                _ => false,
            };
            assert!(rejected, "{}: {error:?}", case.name);
            // Later logins still succeed.
            assert_is_the_doctor(log_in(&mut client, Flow::Hybrid), case.name);
        }
    }
}

/// Returns the error of a login whose browser was led to another provider.
fn led_astray(client: &mut Client, flow: Flow, home: &Portal, elsewhere: &Portal) -> Error {
    log_in_elsewhere(client, flow, (&home.url, &elsewhere.url), Portal::browse)
}

#[test]
#[ignore = "cargo xtask companion log-in lemonldap runs it"]
fn another_provider() {
    let (portal, other) = (Portal::honest(), Portal::honest());
    let mut client = portal.client("RS256", &published(&RS256));
    // The callback does not contain `iss`, so only the requests and the keys tell.
    let error = led_astray(&mut client, Flow::Code, &portal, &other);
    assert!(
        matches!(error, Error::OAuth(_) | Error::Http { .. }),
        "{error:?}"
    );
    let error = led_astray(&mut client, Flow::Hybrid, &portal, &other);
    let rejected = is_token_error(&error, TokenError::BadSignature);
    assert!(rejected, "{error:?}");
}

#[test]
#[ignore = "cargo xtask companion log-in lemonldap runs it"]
fn algorithms_that_the_client_does_not_accept() {
    let portal = Portal::honest();
    for (client_id, signed_by) in [
        ("RS256", published(&RS384)),
        ("HS256", published(&RS256)),
        ("RS256", secret(&HS256)),
        ("HS384", secret(&HS256)),
    ] {
        let mut client = portal.client(client_id, &signed_by);
        for flow in [Flow::Code, Flow::Hybrid] {
            let error = log_in(&mut client, flow).err();
            let rejected = is_token_error(error.as_ref(), TokenError::AlgorithmNotAccepted);
            assert!(rejected, "{client_id}: {error:?}");
        }
    }
}

/// This provider can be configured not to sign ID Tokens.
#[test]
#[ignore = "cargo xtask companion log-in lemonldap runs it"]
fn unsigned_id_tokens() {
    let portal = Portal::honest();
    for signed_by in [published(&RS256), secret(&HS256)] {
        for flow in [Flow::Code, Flow::Hybrid] {
            let error = log_in(&mut portal.client("none", &signed_by), flow).err();
            let token_error = error.as_ref().and_then(Error::token_error);
            assert!(token_error.is_some(), "{error:?}");
        }
    }
}

#[test]
#[ignore = "cargo xtask companion log-in lemonldap runs it"]
fn callbacks_that_do_not_belong_to_the_login() {
    let portal = Portal::honest();
    let client = portal.client("RS256", &published(&RS256));
    let begun = client.begin(Flow::Hybrid).unwrap();
    let earlier = Portal::browse(begun.url());
    let finish = |flow, change: &dyn Fn(String) -> String| {
        let login = client.begin(flow).unwrap();
        let parameters = change(Portal::browse(login.url()));
        client.finish(&login, &parameters).err().unwrap()
    };
    // The callback of another browser.
    let error = finish(Flow::Code, &|_| earlier.clone());
    assert!(matches!(error, Error::StateMismatch), "{error:?}");
    // An ID Token of another login.
    let id_token = parameter(&earlier, "id_token");
    let error = finish(Flow::Hybrid, &|own| {
        own.replace(&parameter(&own, "id_token"), &id_token)
    });
    assert_is_mismatch(&error, Claim::Nonce);
    // A code of another login: the ID Token contains another hash.
    let code = parameter(&earlier, "code");
    let error = finish(Flow::Hybrid, &|own| {
        own.replace(&parameter(&own, "code"), &code)
    });
    assert_is_mismatch(&error, Claim::CHash);
    // A duplicate parameter.
    let error = finish(Flow::Code, &|own| format!("{own}&code={code}"));
    assert!(matches!(error, Error::Callback("code")), "{error:?}");
}

/// Version 2.16 checks the code verifier only if the registration of the client requires it. The
/// nonce protects the other client.
#[test]
#[ignore = "cargo xtask companion log-in lemonldap runs it"]
fn codes_of_another_login() {
    let portal = Portal::honest();
    for id in ["RS256", "public"] {
        let mut client = portal.client(id, &published(&RS256));
        assert_is_the_doctor(log_in(&mut client, Flow::Code), id);
        let begun = client.begin(Flow::Code).unwrap();
        let code = parameter(&Portal::browse(begun.url()), "code");
        let login = client.begin(Flow::Code).unwrap();
        let own = Portal::browse(login.url());
        let parameters = own.replace(&parameter(&own, "code"), &code);
        let error = client.finish(&login, &parameters).err();
        let nonce = TokenError::Claim(Claim::Nonce, Problem::Mismatch);
        let rejected = match &error {
            Some(Error::OAuth(_) | Error::Http { .. }) => true,
            Some(error) => id != "public" && error.token_error() == Some(nonce),
            None => false,
        };
        assert!(rejected, "{id}: {error:?}");
    }
}

#[test]
#[ignore = "cargo xtask companion log-in lemonldap runs it"]
fn a_wrong_client_secret() {
    let portal = Portal::honest();
    for (id, client_secret) in [
        ("RS256", Some(SECRET.to_uppercase())),
        ("RS256", None),
        // This one is right, but the provider does not decode it.
        ("encoded", Some(ENCODED_SECRET.to_owned())),
    ] {
        let is_missing = client_secret.is_none();
        let mut settings = settings(&portal.url, id, &published(&RS256));
        settings.client_secret = client_secret;
        let error = log_in(&mut Client::discover(settings).unwrap(), Flow::Code).err();
        let rejected = matches!(error, Some(Error::OAuth(_) | Error::Http { .. }));
        assert!(rejected, "{id}, {is_missing}: {error:?}");
    }
    let exchange = Exchange::new(&portal, "encoded");
    let code = parameter(&exchange.authorize(&mut Browser::new(), "code"), "code");
    let (status, body) = exchange.token_with_post(ENCODED_SECRET, &code_grant(&code));
    assert_eq!(status, 200, "{body}");
}
