//! Responses that contain no keys: each leaves the keys as they are, names what happened, delays
//! no request whose key is known, and ends.

use std::time::Duration;

use jose_verify_http::{Error, FetchError, IssuerConfig, Issuers, KeyLocation, Metadata};
use serde_json::{Value, json};

use super::server::{FaultServer, Reply};
use super::support::{self, ISSUER, TestKey, jwks};
use super::tools::{
    Client, TestClock, builder, config, forged, median_time, only_good_tokens_pass, verify,
};

/// A fault: its name, what the server does, and whether the error names it.
pub(crate) type Fault = (&'static str, Reply, fn(&FetchError) -> bool);

fn is_timeout(error: &FetchError) -> bool {
    *error == FetchError::Timeout
}

fn is_transport(error: &FetchError) -> bool {
    matches!(error, FetchError::Transport(_))
}

fn is_too_long(error: &FetchError) -> bool {
    *error == FetchError::TooLong(1 << 20)
}

fn is_no_document(error: &FetchError) -> bool {
    matches!(error, FetchError::Keys(_))
}

/// Returns the faults of a connection. The good document is at `good`.
fn of_connections() -> Vec<Fault> {
    let ok = b"HTTP/1.1 200 OK\r\n".to_vec();
    let body = b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n".to_vec();
    let pause = Duration::from_millis(20);
    let without_end = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec();
    let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    let hints = b"HTTP/1.1 103 Early Hints\r\n\r\n".to_vec();
    let drip = |first: &[u8], again: &[u8]| Reply::Endless(first.to_vec(), again.to_vec(), pause);
    let flood = |first: &[u8], again: Vec<u8>| {
        Reply::Endless(first.to_vec(), again, Duration::from_micros(1))
    };
    vec![
        ("stalls after accept", Reply::Stall(Vec::new()), is_timeout),
        ("stalls in headers", Reply::Stall(ok.clone()), is_timeout),
        ("stalls in the body", Reply::Stall(body.clone()), is_timeout),
        ("drips headers", drip(&ok, b"A: b\r\n"), is_timeout),
        ("drips the body", drip(&body, b" "), is_timeout),
        ("drips chunks", drip(&chunked, b"1\r\n \r\n"), is_timeout),
        ("endless hints", flood(&hints, hints.clone()), |error| {
            is_timeout(error) || is_transport(error)
        }),
        (
            "endless headers",
            flood(&ok, vec![b'a'; 4096]),
            is_transport,
        ),
        (
            "endless lines",
            flood(&ok, b"A: b\r\n".repeat(500)),
            is_transport,
        ),
        (
            "endless body",
            flood(&without_end, vec![b' '; 65536]),
            is_too_long,
        ),
        ("connection reset", Reply::Reset, is_transport),
        ("nothing", Reply::Raw(Vec::new()), is_transport),
        ("garbage", Reply::Raw(vec![0xa5; 300]), is_transport),
        (
            "truncated body",
            Reply::Raw([&body, &b"{\"keys\":["[..]].concat()),
            is_transport,
        ),
        (
            "truncated chunk",
            Reply::Raw([&chunked, &b"ff\r\n{"[..]].concat()),
            is_transport,
        ),
    ]
}

/// Returns the faults of a whole response.
fn of_responses(server: &FaultServer) -> Vec<Fault> {
    let good = jwks(&[&TestKey::new(7)]);
    let location = format!("Location: {}/good\r\n", server.url());
    let redirect = |status: &str| Reply::raw(status, &location, good.as_bytes());
    let longer = format!("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{good}");
    let gzip = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xab, 0xae, 5, 0];
    let gzip = Reply::raw("200 OK", "Content-Encoding: gzip\r\n", &gzip);
    let unasked = Reply::raw("304 Not Modified", "ETag: \"1\"\r\n", b"");
    // Not as one value, so that the memory of a soak is not that of this server.
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 20000000\r\n\r\n";
    let long = Reply::Endless(head.into(), vec![b' '; 65536], Duration::from_micros(1));
    let status = |number: &'static str| Reply::raw(number, "", b"forged");
    vec![
        ("500", status("500 Oops"), |e| *e == FetchError::Status(500)),
        ("404", status("404 Gone"), |e| *e == FetchError::Status(404)),
        ("204", status("204 No Content"), |e| {
            *e == FetchError::Status(204)
        }),
        ("301", redirect("301 Moved"), |e| {
            *e == FetchError::Status(301)
        }),
        ("302", redirect("302 Found"), |e| {
            *e == FetchError::Status(302)
        }),
        ("307", redirect("307 Temporary"), |e| {
            *e == FetchError::Status(307)
        }),
        ("308", redirect("308 Permanent"), |e| {
            *e == FetchError::Status(308)
        }),
        ("304 that was not asked for", unasked, |e| {
            *e == FetchError::Status(304)
        }),
        ("20 MB", long, is_too_long),
        (
            "an empty body",
            Reply::Document(String::new()),
            is_no_document,
        ),
        (
            "HTML",
            Reply::Document("<html>forged</html>".into()),
            is_no_document,
        ),
        ("null", Reply::Document("null".into()), is_no_document),
        (
            "no member keys",
            Reply::Document("{}".into()),
            is_no_document,
        ),
        (
            "a length that is too short",
            Reply::Raw(longer.into()),
            is_no_document,
        ),
        ("gzip", gzip, is_no_document),
    ]
}

/// Returns all faults.
pub(crate) fn all(server: &FaultServer) -> Vec<Fault> {
    let mut faults = of_connections();
    faults.extend(of_responses(server));
    faults
}

/// An error is for a log: it reveals no secret of the URL and no part of the response.
fn reveals_nothing(error: &impl ToString, case: &str) {
    let text = error.to_string();
    for secret in ["secret", "password", "forged", "\u{fffd}"] {
        assert!(!text.contains(secret), "{case}: {text}");
    }
}

/// A fault after keys were fetched.
fn with_keys(server: &FaultServer, (case, reply, names): &Fault) {
    let clock = TestClock::default();
    let (key, next) = (TestKey::new(1), TestKey::new(2));
    server.set("/jwks", Reply::Document(jwks(&[&key])));
    let client = Client::new();
    let builder = builder(&clock).client(client.clone());
    let issuers = builder.build([config(server)]).unwrap();
    let token = key.token();
    let usual = median_time(15, || assert!(verify(&issuers, &token).is_ok(), "{case}"));

    server.set("/jwks", reply.clone());
    clock.advance(Duration::from_secs(300));
    client.expect_timeout(names(&FetchError::Timeout));
    let issuer = issuers.get(ISSUER).unwrap();
    let error = std::thread::scope(|scope| {
        let fetch = scope.spawn(|| issuer.refresh_blocking());
        let during = median_time(15, || assert!(verify(&issuers, &token).is_ok(), "{case}"));
        // Much less than the timeout. Other tests use the processors at the same time.
        let bound = usual * 5 + Duration::from_millis(20);
        assert!(during < bound, "{case}: {during:?} instead of {usual:?}");
        let outcome = fetch.join().unwrap();
        assert!(outcome.is_err(), "{case}: {outcome:?}");
        outcome.unwrap_err()
    });
    assert!(names(&error), "{case}: {error:?}");
    reveals_nothing(&error, case);
    assert_eq!(issuer.status().last_error, Some(error), "{case}");
    only_good_tokens_pass(&issuers, &token, "1", case);

    // It recovers within the pause, and new keys are known.
    client.expect_timeout(false);
    server.set("/jwks", Reply::Document(jwks(&[&key, &next])));
    clock.advance(Duration::from_secs(20));
    let accepted = verify(&issuers, &next.token());
    assert!(accepted.is_ok(), "{case}: {accepted:?}");
    assert_eq!(issuer.status().last_error, None, "{case}");
    only_good_tokens_pass(&issuers, &token, "1", case);
}

/// A fault of the first fetch.
fn without_keys(server: &FaultServer, (case, reply, names): &Fault) {
    let clock = TestClock::default();
    let key = TestKey::new(1);
    server.set("/jwks", reply.clone());
    let client = Client::new();
    let builder = builder(&clock).client(client.clone());
    let issuers = builder.build([config(server)]).unwrap();
    client.expect_timeout(names(&FetchError::Timeout));
    let requests = server.requests("/jwks");
    for token in [key.token(), forged("1"), forged("unknown")] {
        let error = verify(&issuers, &token).unwrap_err();
        let Error::Unavailable(unavailable) = &error else {
            unreachable!("{case}: {error}");
        };
        assert!(
            names(unavailable.reason.as_ref().unwrap()),
            "{case}: {error}"
        );
        assert_eq!(unavailable.retry_after, Duration::from_secs(10), "{case}");
        assert_eq!(error.response().status, 503, "{case}");
        reveals_nothing(&error, case);
    }
    assert_eq!(server.requests("/jwks"), requests + 1, "{case}");
    client.expect_timeout(false);
    server.set("/jwks", Reply::Document(jwks(&[&key])));
    clock.advance(Duration::from_secs(10));
    only_good_tokens_pass(&issuers, &key.token(), "1", case);
}

#[test]
fn faults_of_connections() {
    let server = FaultServer::start();
    for fault in &of_connections() {
        with_keys(&server, fault);
        without_keys(&server, fault);
    }
    super::tools::eventually("all connections are closed", || server.open() == 0);
}

#[test]
fn faults_of_responses() {
    let server = FaultServer::start();
    server.set("/good", Reply::Document(jwks(&[&TestKey::new(7)])));
    for fault in &of_responses(&server) {
        with_keys(&server, fault);
        without_keys(&server, fault);
    }
    assert_eq!(server.requests("/good"), 0, "no redirect is followed");
}

/// Returns metadata with these changes.
fn metadata(server: &FaultServer, changes: Value) -> Reply {
    let issuer = server.url();
    let mut metadata = json!({
        "issuer": issuer, "jwks_uri": format!("{issuer}/jwks"),
        "authorization_endpoint": issuer, "token_endpoint": issuer,
        "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    });
    let Value::Object(changes) = changes else {
        unreachable!()
    };
    metadata.as_object_mut().unwrap().extend(changes);
    metadata
        .as_object_mut()
        .unwrap()
        .retain(|_, value| !value.is_null());
    Reply::Document(metadata.to_string())
}

#[test]
fn faults_of_metadata() {
    const PATH: &str = "/.well-known/openid-configuration";
    let server = FaultServer::start();
    let key = TestKey::new(1);
    server.set("/jwks", Reply::Document(jwks(&[&key])));
    server.set("/good", metadata(&server, json!({})));
    let location = format!("Location: {}/good\r\n", server.url());
    let other = json!({"issuer": "https://other.example.com"});
    let plain = json!({"jwks_uri": "http://keys.example.com/jwks"});
    let file = json!({"jwks_uri": "file:///etc/passwd"});
    let is_metadata: fn(&FetchError) -> bool = |e| matches!(e, FetchError::Metadata(_));
    let faults: [Fault; 8] = [
        ("another issuer", metadata(&server, other), is_metadata),
        ("HTML", Reply::Document("<html>".into()), is_metadata),
        (
            "no jwks_uri",
            metadata(&server, json!({"jwks_uri": null})),
            |e| *e == FetchError::NoJwksUri || matches!(e, FetchError::Metadata(_)),
        ),
        ("http", metadata(&server, plain), |e| {
            *e == FetchError::InsecureUrl
        }),
        ("a file", metadata(&server, file), |e| {
            *e == FetchError::InsecureUrl
        }),
        ("404", Reply::raw("404 Gone", "", b""), |e| {
            *e == FetchError::Status(404)
        }),
        ("302", Reply::raw("302 Found", &location, b""), |e| {
            *e == FetchError::Status(302)
        }),
        ("stalls", Reply::Stall(Vec::new()), is_timeout),
    ];
    for (case, reply, names) in faults {
        server.set(PATH, reply);
        let clock = TestClock::default();
        let client = Client::new();
        let issuers = issuers_by_metadata(&server, &clock, client.clone());
        client.expect_timeout(names(&FetchError::Timeout));
        let requests = server.requests("/jwks");
        let error = issuers.all()[0].refresh_blocking().unwrap_err();
        assert!(names(&error), "{case}: {error:?}");
        assert_eq!(server.requests("/jwks"), requests, "{case}");
        client.expect_timeout(false);
        server.set(PATH, metadata(&server, json!({})));
        clock.advance(Duration::from_secs(10));
        assert_eq!(issuers.all()[0].refresh_blocking(), Ok(true), "{case}");
    }
    assert_eq!(server.requests("/good"), 0, "no redirect is followed");
}

fn issuers_by_metadata(server: &FaultServer, clock: &TestClock, client: Client) -> Issuers {
    let config = IssuerConfig {
        issuer: server.url(),
        keys: KeyLocation::Metadata(Metadata::OpenidConfiguration),
        ..support::config()
    };
    builder(clock).client(client).build([config]).unwrap()
}

#[test]
fn keys_that_move_are_found_after_the_first_fetch_that_fails() {
    const PATH: &str = "/.well-known/openid-configuration";
    let (server, clock) = (FaultServer::start(), TestClock::default());
    let tagged = |key: u8| Reply::Tagged(jwks(&[&TestKey::new(key)]), "\"same\"".to_owned());
    server.set(PATH, metadata(&server, json!({})));
    server.set("/jwks", tagged(1));
    let issuers = issuers_by_metadata(&server, &clock, Client::new());
    assert_eq!(issuers.all()[0].refresh_blocking(), Ok(true));

    let moved = json!({"jwks_uri": format!("{}/moved", server.url())});
    server.set(PATH, metadata(&server, moved));
    server.set("/moved", tagged(2));
    server.set("/jwks", Reply::raw("404 Gone", "", b""));
    for want in [Err(FetchError::Status(404)), Ok(true)] {
        clock.advance(Duration::from_secs(300));
        // An entity tag of the old URL does not make the new document count as unchanged.
        assert_eq!(issuers.all()[0].refresh_blocking(), want);
    }
}
