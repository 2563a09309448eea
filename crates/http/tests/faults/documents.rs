//! Documents with keys that are unusual but whole, and entity tags.

use std::sync::Arc;
use std::time::Duration;

use jose_verify_http::{Error, FetchError, Issuers, KeyReport};
use serde_json::{Value, json};

use super::server::{FaultServer, Reply};
use super::support::{ISSUER, TestKey, jwks};
use super::tools::{TestClock, builder, config, only_good_tokens_pass, verify};

fn started(server: &FaultServer, clock: &TestClock) -> Issuers {
    builder(clock).build([config(server)]).unwrap()
}

fn refresh(issuers: &Issuers, clock: &TestClock) -> Result<bool, FetchError> {
    clock.advance(Duration::from_secs(300));
    issuers.get(ISSUER).unwrap().refresh_blocking()
}

/// Returns a set with the test's key 1 among these entries.
fn among(entries: &[Value]) -> String {
    let mut keys = entries.to_vec();
    keys.insert(entries.len() / 2, TestKey::new(1).jwk());
    json!({ "keys": keys }).to_string()
}

/// Entries that cannot be used do not affect the others, and are reported.
#[test]
fn entries_that_are_skipped() {
    let (server, good) = (FaultServer::start(), TestKey::new(1).token());
    let nested = format!("{}1{}", "[".repeat(40), "]".repeat(40));
    let nested: Value = serde_json::from_str(&nested).unwrap();
    let mut deep = TestKey::new(2).jwk();
    deep["x5c"] = nested.clone();
    let mut no_point = TestKey::new(2).jwk();
    no_point["x"] = no_point["y"].clone();
    for (case, entries) in [
        (
            "foreign",
            vec![json!({"kty": "OKP", "crv": "X25519", "x": "AA"})],
        ),
        ("nested 40 deep", vec![deep]),
        ("nested arrays only", vec![nested]),
        ("a point that is not on the curve", vec![no_point]),
        (
            "no objects",
            vec![json!(1), json!("a"), json!(null), json!([])],
        ),
        (
            "a long kid",
            vec![json!({"kty": "EC", "kid": "a".repeat(10_000)})],
        ),
        ("100,000 entries", vec![json!({}); 100_000]),
    ] {
        let clock = TestClock::default();
        server.set("/jwks", Reply::Document(among(&entries)));
        let issuers = started(&server, &clock);
        only_good_tokens_pass(&issuers, &good, "1", case);
        let Error::Token(rejection) = verify(&issuers, &TestKey::new(3).token()).unwrap_err()
        else {
            unreachable!("{case}")
        };
        let KeyReport {
            skipped,
            more_skipped,
            used,
            ..
        } = &*rejection.keys;
        assert_eq!(skipped.len() + more_skipped, entries.len(), "{case}");
        assert_eq!(*used, 1, "{case}");
        assert!(skipped.len() <= KeyReport::MAX_SKIPPED, "{case}");
        let rest = format!("; {more_skipped} more are skipped");
        assert_eq!(rejection.to_string().contains(&rest), *more_skipped > 0);
        // One line of a log for each token without a key.
        assert!(rejection.to_string().len() < 16 * 1024, "{case}");
    }
}

/// A key that is no longer published stays for the lifetime of its tokens.
#[test]
fn a_set_without_usable_keys() {
    let (server, key) = (FaultServer::start(), TestKey::new(1));
    let foreign = json!({"keys": [{"kty": "OKP", "crv": "X25519", "x": "AA"}]}).to_string();
    for document in [jwks(&[]), foreign] {
        let clock = TestClock::default();
        server.set("/jwks", Reply::Document(document.clone()));
        let issuers = started(&server, &clock);
        let error = verify(&issuers, &key.token()).unwrap_err();
        let Error::Unavailable(unavailable) = &error else {
            unreachable!("{error}")
        };
        assert_eq!(unavailable.reason, None);
        // Not the time of the next fetch in the background, which is later.
        assert_eq!(unavailable.retry_after, Duration::from_secs(10));

        server.set("/jwks", Reply::Document(jwks(&[&key])));
        clock.advance(unavailable.retry_after);
        assert!(verify(&issuers, &key.token()).is_ok());
        server.set("/jwks", Reply::Document(document));
        // A published key was removed, which is a change.
        assert_eq!(refresh(&issuers, &clock), Ok(false));
        assert!(verify(&issuers, &key.token()).is_ok());
        clock.advance(Duration::from_secs(3600));
        assert!(matches!(
            verify(&issuers, &key.token()),
            Err(Error::Unavailable(_))
        ));
    }
}

#[test]
fn two_keys_with_the_same_kid() {
    let (server, clock) = (FaultServer::start(), TestClock::default());
    let (one, other) = (TestKey::new(1), TestKey::new(2));
    let mut same = other.jwk();
    same["kid"] = json!("1");
    let document = json!({"keys": [one.jwk(), same]}).to_string();
    server.set("/jwks", Reply::Document(document));
    let issuers = started(&server, &clock);
    let token = other.sign(&one.header(), &super::support::claims());
    for token in [one.token(), token] {
        only_good_tokens_pass(&issuers, &token, "1", "both keys are tried");
    }
}

#[test]
fn entity_tags() {
    let (server, clock) = (FaultServer::start(), TestClock::default());
    let tagged = |key: u8, tag: &str| Reply::Tagged(jwks(&[&TestKey::new(key)]), tag.to_owned());
    server.set("/jwks", tagged(1, "\"1\""));
    let issuers = started(&server, &clock);
    assert_eq!(refresh(&issuers, &clock), Ok(true));
    for _ in 0..3 {
        assert_eq!(refresh(&issuers, &clock), Ok(false), "not modified");
    }
    // That the server has not modified the keys counts as a fetch: they are not stale.
    let status = issuers.get(ISSUER).unwrap().status();
    assert_eq!(status.age, Some(Duration::ZERO));

    // A tag that changes at each fetch.
    let number = |number: usize| Reply::Tagged(jwks(&[&TestKey::new(1)]), format!("\"{number}\""));
    server.set("/jwks", Reply::Each(Arc::new(number)));
    for _ in 0..3 {
        assert_eq!(refresh(&issuers, &clock), Ok(false));
    }
    // After a failure, and with a tag that a header cannot contain.
    server.set("/jwks", Reply::raw("500 Oops", "ETag: \"5\"\r\n", b""));
    assert_eq!(refresh(&issuers, &clock), Err(FetchError::Status(500)));
    server.set("/jwks", tagged(2, "\"caf\u{e9}\""));
    assert_eq!(refresh(&issuers, &clock), Ok(true));
    assert_eq!(refresh(&issuers, &clock), Ok(false));
    only_good_tokens_pass(&issuers, &TestKey::new(2).token(), "2", "tags");
}

/// Keys that change at each fetch cause no more fetches than keys that never change, and the
/// number of keys does not grow beyond those of one lifetime.
#[test]
fn keys_that_change_at_each_fetch() {
    let (server, clock) = (FaultServer::start(), TestClock::default());
    let key = |number: usize| TestKey::new(u8::try_from(number % 250 + 1).unwrap());
    let document = move |number| Reply::Document(jwks(&[&key(number)]));
    server.set("/jwks", Reply::Each(Arc::new(document)));
    let issuers = started(&server, &clock);
    let hours = 3;
    let unknown = super::tools::forged("unknown");
    for _ in 0..hours * 3600 / 4 {
        assert!(verify(&issuers, &unknown).is_err());
        clock.advance(Duration::from_secs(4));
    }
    let fetches = server.requests("/jwks");
    assert!(fetches <= 1 + 6 + hours * 12, "{fetches}");
    let keys = issuers.get(ISSUER).unwrap().status().keys;
    assert!(keys <= 3600 / 300 + 2, "{keys}");
    let kid = fetches.to_string();
    only_good_tokens_pass(&issuers, &key(fetches - 1).token(), &kid, "the last key");
}
