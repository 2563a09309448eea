//! A client that threads share, and what may be logged.

use std::thread;

use jose_verify_login::{Client, ClientKey, Flow, Login, LogoutRequest, Settings, User};

use super::provider::{Provider, SECRET};

#[test]
fn threads_share_a_client_and_its_keys() {
    let provider = Provider::start();
    let client = provider.client();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for flow in [Flow::Code, Flow::Hybrid] {
                    let user = provider.log_in(&client, flow).unwrap();
                    assert_eq!(user.subject, "alice");
                }
            });
        }
    });
    assert_eq!(provider.requests("/jwks").len(), 1);
}

#[test]
fn one_of_several_threads_finishes_a_login() {
    let provider = Provider::start();
    let client = provider.client();
    let login = client.begin(Flow::Code).unwrap();
    let callback = provider.authorize(login.url());
    let finished = thread::scope(|scope| {
        let threads = [(); 8].map(|()| scope.spawn(|| client.finish(&login, &callback).is_ok()));
        threads.map(|thread| thread.join().unwrap())
    });
    assert_eq!(
        finished.iter().filter(|is_finished| **is_finished).count(),
        1
    );
    assert_eq!(provider.requests("/token").len(), 1);
}

#[test]
fn types_can_be_sent_to_other_threads() {
    fn is_shared<T: Send + Sync + 'static>() {}
    is_shared::<Client>();
    is_shared::<Login>();
    is_shared::<Settings>();
    is_shared::<User>();
    is_shared::<jose_verify_login::Error>();
}

#[test]
fn debug_output_has_no_secrets() {
    let provider = Provider::start();
    let client = provider.client();
    let login = client.begin(Flow::Code).unwrap();
    let query = login.url().split_once('?').unwrap().1.to_owned();
    let secrets: Vec<String> = form_urlencoded::parse(query.as_bytes())
        .filter(|(name, _)| name == "state" || name == "nonce")
        .map(|(_, value)| value.into_owned())
        .collect();
    assert_eq!(secrets.len(), 2);
    let user = client
        .finish(&login, &provider.authorize(login.url()))
        .unwrap();
    let key = ClientKey::new("ES256", Some("kid".to_owned()), |_| Ok(Vec::new()));
    let request = LogoutRequest {
        id_token_hint: Some(&user.id_token),
        ..LogoutRequest::default()
    };
    let shown = format!(
        "{:?} {client:?} {login:?} {user:?} {key:?} {request:?}",
        provider.settings()
    );
    for secret in secrets.iter().map(String::as_str).chain([
        SECRET,
        &user.access_token,
        user.refresh_token.as_deref().unwrap(),
        &user.id_token,
        "alice",
    ]) {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
}
