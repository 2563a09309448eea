//! Logins at `LemonLDAP::NG`, which `cargo xtask companion log-in lemonldap` unpacks before it runs
//! these tests. `cargo test` ignores them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod exchange;
mod hostile;
mod logout;
mod portal;
#[path = "../support/mod.rs"]
mod support;

use jose_verify::alg::{HashFunction, SHA256, SHA384, SHA512};
use jose_verify::oidc::{self, HashClaims, Nonce, UserInfo, check_same_user};
use jose_verify::{Check, Claim, Error as TokenError, Member, Policy, Problem, oauth};
use jose_verify_login::{Client, Error, Flow, User};

use exchange::{Exchange, code_grant, keys, tokens, verify};
use portal::{Case, Portal, SECRET};
use support::{Browser, parameter};

const HASHES: &[&dyn HashFunction] = &[&SHA256, &SHA384, &SHA512];

fn log_in(client: &mut Client, flow: Flow) -> Result<User, Error> {
    support::log_in(client, flow, Portal::browse)
}

/// Calls the function for each algorithm, at an instance that signs with it.
fn each_algorithm(mut check: impl FnMut(&Portal, &Case)) {
    for portal in Portal::with_each_key() {
        for case in portal.cases() {
            check(&portal, &case);
        }
    }
}

fn assert_is_the_doctor(user: Result<User, Error>, case: &str) -> User {
    let user = user.unwrap_or_else(|error| panic!("{case}: {error}"));
    assert_eq!(user.subject, "dwho", "{case}");
    let claims = &user.claims;
    assert!(claims.contains(r#""sub":"dwho""#), "{case}: {claims}");
    // It is optional in the code flow, but this provider always sends it.
    assert!(claims.contains(r#""at_hash":"#), "{case}: {claims}");
    let user_info = user.user_info.as_deref().unwrap();
    let email = r#""email":"dwho@badwolf.org""#;
    assert!(user_info.contains(email), "{case}: {user_info}");
    assert!(!user.access_token.is_empty(), "{case}");
    user
}

#[test]
#[ignore = "cargo xtask companion log-in lemonldap runs it"]
fn an_algorithm_of_each_family() {
    let mut number = 0;
    each_algorithm(|portal, case| {
        if case.name.ends_with("256") {
            let mut client = portal.client(case.name, &case.signed_by);
            assert_is_the_doctor(log_in(&mut client, Flow::Code), case.name);
            number += 1;
        }
    });
    // Version 2.16 has RS and HS. Later ones have PS and ES256 too.
    assert!([2, 4].contains(&number), "{number}");
}

#[test]
#[ignore = "cargo xtask companion log-in lemonldap runs it"]
fn both_flows_with_every_algorithm() {
    let mut number = 0;
    each_algorithm(|portal, case| {
        let mut client = portal.client(case.name, &case.signed_by);
        for flow in [Flow::Code, Flow::Hybrid] {
            let name = format!("{} {flow:?}", case.name);
            assert_is_the_doctor(log_in(&mut client, flow), &name);
        }
        number += 1;
    });
    assert!([6, 10].contains(&number), "{number}");
}

#[test]
#[ignore = "cargo xtask companion log-in lemonldap runs it"]
fn user_info_as_a_signed_jwt() {
    each_algorithm(check_signed_user_info);
}

fn check_signed_user_info(portal: &Portal, case: &Case) {
    let id = format!("{}-signed", case.name);
    let mut client = portal.client(&id, &case.signed_by);
    let user = assert_is_the_doctor(log_in(&mut client, Flow::Code), &id);
    let response = Exchange::new(portal, &id).signed_user_info(&user.access_token);
    let (issuer, id) = ([&*portal.url], [&*id]);
    let mut policy = oidc::user_info(&issuer, &id);
    let keys = keys(portal, case);
    verify(&keys, &policy, &response, |jwt| {
        assert_eq!(jwt.claims().subject().unwrap(), "dwho", "{id:?}");
        Ok(())
    })
    .unwrap();
    // It should contain `aud` (Core §5.3.2).
    policy.audience = oidc::id_token(&issuer, &id, Nonce::NotSent).audience;
    let error = verify(&keys, &policy, &response, |_| Ok(()));
    assert_eq!(error, Err(TokenError::missing(Claim::Aud)), "{id:?}");
}

/// The client accepts the same algorithms for ID Tokens and for UserInfo, so this uses the library.
#[test]
#[ignore = "cargo xtask companion log-in lemonldap runs it"]
fn user_info_signed_with_another_algorithm() {
    let portal = Portal::honest();
    let exchange = Exchange::new(&portal, "mixed");
    let tokens = exchange.log_in(&mut Browser::new());
    let response = exchange.signed_user_info(&tokens.access);
    let (issuer, id) = ([&*portal.url], ["mixed"]);
    let policy = oidc::id_token(&issuer, &id, Nonce::Sent(&exchange.nonce));
    let rsa = keys(&portal, &portal.case("RS256"));
    verify(&rsa, &policy, &tokens.id, |id_token| {
        let policy = oidc::user_info(&issuer, &id);
        let mac = keys(&portal, &portal.case("HS256"));
        verify(&mac, &policy, &response, |jwt| {
            UserInfo::from_verified(jwt, id_token).map(|_| ())
        })?;
        let error = verify(&rsa, &policy, &response, |_| Ok(())).err();
        assert_eq!(error, Some(TokenError::AlgorithmNotAccepted));
        Ok(())
    })
    .unwrap();
}

/// JWTs as access tokens (RFC 9068), which a resource server verifies.
#[test]
#[ignore = "cargo xtask companion log-in lemonldap runs it"]
fn access_tokens_with_every_algorithm() {
    each_algorithm(check_access_token);
}

fn check_access_token(portal: &Portal, case: &Case) {
    let id = format!("{}-access", case.name);
    let mut client = portal.client(&id, &case.signed_by);
    let user = assert_is_the_doctor(log_in(&mut client, Flow::Code), &id);
    let (issuer, audience) = ([&*portal.url], [&*id]);
    let keys = keys(portal, case);
    let check = |policy: &Policy<'_>| {
        verify(&keys, policy, &user.access_token, |jwt| {
            assert_eq!(jwt.claims().subject().unwrap(), "dwho", "{id}");
            Ok(())
        })
    };
    let mut policy = oauth::access_token(&issuer, &audience);
    // Version 2.16 writes the same `typ` as in ID Tokens, which RFC 9068 §2.1 does not allow.
    if check(&policy) == Err(TokenError::Header(Member::Typ, Problem::Mismatch)) {
        policy.typ = Check::Required("JWT");
    }
    assert_eq!(check(&policy), Ok(()), "{id}");
    // It is not an ID Token.
    let id_token = oidc::id_token(&issuer, &audience, Nonce::Sent("the nonce"));
    assert!(check(&id_token).is_err(), "{id}");
    // No other resource server accepts it.
    let another = ["another"];
    policy.audience = oauth::access_token(&issuer, &another).audience;
    let expected = TokenError::Claim(Claim::Aud, Problem::Mismatch);
    assert_eq!(check(&policy), Err(expected), "{id}");
}

/// The hash of the algorithm, of the right value.
#[test]
#[ignore = "cargo xtask companion log-in lemonldap runs it"]
fn hashes_of_other_values() {
    each_algorithm(check_hashes);
}

fn check_hashes(portal: &Portal, case: &Case) {
    let exchange = Exchange::new(portal, case.name);
    let tokens = exchange.log_in(&mut Browser::new());
    let (issuer, id) = ([&*portal.url], [case.name]);
    let policy = oidc::id_token(&issuer, &id, Nonce::Sent(&exchange.nonce));
    let check = |hash_claims: HashClaims<'_>, token: &str| {
        verify(&keys(portal, case), &policy, token, |id_token| {
            hash_claims.check(id_token, HASHES)
        })
    };
    let hash_claims = HashClaims {
        access_token: Check::Required(&tokens.access),
        ..HashClaims::from_token_endpoint("")
    };
    check(hash_claims, &tokens.id).unwrap();
    let hash_claims = HashClaims::from_token_endpoint("another access token");
    let expected = TokenError::Claim(Claim::AtHash, Problem::Mismatch);
    assert_eq!(check(hash_claims, &tokens.id), Err(expected));

    let callback = exchange.authorize(&mut Browser::new(), "code id_token");
    let (code, token) = (
        parameter(&callback, "code"),
        parameter(&callback, "id_token"),
    );
    let hash_claims = HashClaims::from_authorization_endpoint(None, Some(&code));
    check(hash_claims, &token).unwrap();
    let hash_claims = HashClaims::from_authorization_endpoint(None, Some("another code"));
    let expected = TokenError::Claim(Claim::CHash, Problem::Mismatch);
    assert_eq!(check(hash_claims, &token), Err(expected), "{}", case.name);

    let callback = exchange.authorize(&mut Browser::new(), "code id_token token");
    let value = |name| parameter(&callback, name);
    let (access_token, code) = (value("access_token"), value("code"));
    let both = HashClaims::from_authorization_endpoint(Some(&access_token), Some(&code));
    check(both, &value("id_token")).unwrap();
}

#[test]
#[ignore = "cargo xtask companion log-in lemonldap runs it"]
fn rotated_keys() {
    each_algorithm(|portal, case| {
        if case.is_mac() {
            return;
        }
        let mut client = portal.client(case.name, &case.signed_by);
        assert_is_the_doctor(log_in(&mut client, Flow::Code), case.name);
        // The ID Token from the browser is signed with the old key, and the other with the new one.
        let login = client.begin(Flow::Hybrid).unwrap();
        let parameters = Portal::browse(login.url());
        portal.rotate();
        assert_is_the_doctor(client.finish(&login, &parameters), case.name);
        for flow in [Flow::Code, Flow::Hybrid] {
            assert_is_the_doctor(log_in(&mut client, flow), case.name);
        }
    });
}

#[test]
#[ignore = "cargo xtask companion log-in lemonldap runs it"]
fn client_secret_post() {
    each_algorithm(check_client_secret_post);
}

fn check_client_secret_post(portal: &Portal, case: &Case) {
    let exchange = Exchange::new(portal, case.name);
    let code = parameter(&exchange.authorize(&mut Browser::new(), "code"), "code");
    let (status, _) = exchange.token_with_post("a wrong secret", &code_grant(&code));
    assert_ne!(status, 200);
    let (status, body) = exchange.token_with_post(SECRET, &code_grant(&code));
    assert_eq!(status, 200, "{body}");
    let (issuer, id) = ([&*portal.url], [case.name]);
    let policy = oidc::id_token(&issuer, &id, Nonce::Sent(&exchange.nonce));
    let id_token = tokens(&body).id;
    verify(&keys(portal, case), &policy, &id_token, |_| Ok(())).unwrap();
}

#[test]
#[ignore = "cargo xtask companion log-in lemonldap runs it"]
fn refreshed_id_tokens() {
    let portal = Portal::honest();
    let keys = keys(&portal, &portal.case("RS256"));
    let exchange = Exchange::new(&portal, "refresh");
    let first = exchange.log_in(&mut Browser::new());
    let refresh_token = first.refresh.unwrap();
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", &*refresh_token),
    ];
    let later = exchange.token(&form);
    assert_ne!(later.access, first.access);
    let (issuer, id) = ([&*portal.url], ["refresh"]);
    let policy = oidc::id_token(&issuer, &id, Nonce::NotSent);
    verify(&keys, &policy, &first.id, |first| {
        verify(&keys, &policy, &later.id, |id_token| {
            HashClaims::from_token_endpoint(&later.access).check(id_token, HASHES)?;
            check_same_user(id_token, first)
        })
    })
    .unwrap();
}
