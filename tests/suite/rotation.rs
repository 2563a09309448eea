//! Key rotation: when keys are fetched again, and how long old keys stay.

use core::time::Duration;
use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::thread;

use crate::support::secs;
use jose_verify::alg::{Algorithm, HS256, HS384, HS512, KeyParameters, MACS, PS256, RS256};
use jose_verify::keys::{GrowingRotatingKeys, Refetch};
use jose_verify::{Error, JwsVerifier, KeySet, Keys, Options, RotatingKeys, scratch_len};
use serde_json::{Value, json};

use super::keys::public_key;
use super::support::report::report;
use super::support::sign::{base64url, token_with_secret};
use super::support::verdict::{signature_verdict, signature_verdict_with};

/// Returns the secret of a key: its name, padded to 64 bytes.
fn secret(name: &str) -> Vec<u8> {
    format!("{name:-<64}").into_bytes()
}

fn jwk(kid: &str) -> Value {
    json!({"kty": "oct", "kid": kid, "k": base64url(&secret(kid))})
}

fn jwks(kids: &[&str]) -> Vec<u8> {
    let keys: Vec<_> = kids.iter().map(|kid| jwk(kid)).collect();
    json!({ "keys": keys }).to_string().into_bytes()
}

fn token(kid: &str, secret: &[u8]) -> String {
    let header = format!(r#"{{"alg":"HS256","kid":"{kid}"}}"#);
    token_with_secret(secret, header.as_bytes(), b"{}")
}

const HOUR: u64 = 3600;

fn updated<const N: usize>(keys: &RotatingKeys<N>, kids: &[&str], now: u64) -> RotatingKeys<N> {
    let updated = keys.updated(&jwks(kids), MACS, secs(HOUR), secs(now), |_| {});
    updated.unwrap().0
}

fn ids(keys: &dyn Keys) -> Vec<&str> {
    let keys = (0..).map_while(|position| keys.key(position));
    let plain = keys.map(|key| key.key_id().unwrap().as_plain_str());
    plain.map(Option::unwrap).collect()
}

#[test]
fn replaced_keys_stay_until_their_last_token_expires() {
    let first = updated(&RotatingKeys::<4>::new(), &["a", "b"], 0);
    let second = updated(&first, &["b", "c"], 1000);
    assert_eq!(ids(&second), ["b", "c", "a"]);
    assert_eq!(
        (first.retires_next(), second.retires_next()),
        (None, Some(secs(4600)))
    );
    assert_eq!(ids(&first), ["a", "b"], "the old set is unchanged");
    let of_a = token("a", &secret("a"));
    assert_eq!(signature_verdict(&of_a, second.set()), Ok(()));

    // A key's retirement is counted from the first update without it, not from the last.
    let third = updated(&second, &["c"], 2000);
    assert_eq!(ids(&third), ["c", "b", "a"]);
    assert_eq!(third.retires_next(), Some(secs(4600)));
    assert_eq!(ids(&updated(&third, &["c"], 4599)), ["c", "b", "a"]);
    let fourth = updated(&third, &["c"], 4600);
    assert_eq!(ids(&fourth), ["c", "b"]);
    assert_eq!(signature_verdict(&of_a, fourth.set()), Err(Error::NoKey));
    assert_eq!(ids(&third.without_retired(secs(4599))), ["c", "b", "a"]);
    let without = third.without_retired(secs(4600));
    assert_eq!(
        (ids(&without), without.retires_next()),
        (vec!["c", "b"], Some(secs(5600)))
    );
    assert_eq!(ids(&third.without_retired(secs(u64::MAX))), ["c"]);
    // A key that is published again no longer retires.
    let back = updated(&third, &["a"], 3000);
    assert_eq!(ids(&back.without_retired(secs(100_000))), ["a"]);
}

#[test]
fn withdrawn_keys_are_removed_at_once() {
    let first = updated(&RotatingKeys::<4>::new(), &["a", "b"], 0);
    let (second, report) = first
        .updated(&jwks(&["b"]), MACS, secs(0), secs(10), |_| {})
        .unwrap();
    assert_eq!((ids(&second), report.kept()), (vec!["b"], 1));
    // A key that was to stay longer is removed too.
    let second = updated(&first, &["b"], 10);
    let third = second
        .updated(&jwks(&["b"]), MACS, secs(0), secs(20), |_| {})
        .unwrap()
        .0;
    assert_eq!(ids(&third), ["b"]);
}

#[test]
fn published_keys_come_first() {
    let first = updated(&RotatingKeys::<3>::new(), &["a", "b", "c"], 0);
    assert_eq!(ids(&updated(&first, &["d", "e"], 1)), ["d", "e", "a"]);
    assert_eq!(ids(&updated(&first, &["d", "e", "f"], 1)), ["d", "e", "f"]);
    assert_eq!(ids(&updated(&first, &["c", "b", "a"], 1)), ["c", "b", "a"]);
}

/// An entry that changes at each fetch cannot evict a key that was already in use, whether the
/// entry changed before or after the key was replaced.
#[test]
fn churn_does_not_evict_replaced_keys() {
    let churn: Vec<String> = (0..200).map(|i| format!("x{i}")).collect();
    for replaced_at in [1, 2, 7, 50] {
        let mut keys = RotatingKeys::<4>::new();
        for (now, x) in churn.iter().enumerate() {
            let current = if now < replaced_at { "a" } else { "b" };
            let now = u64::try_from(now).unwrap();
            keys = updated(&keys, &[current, x], now * 10);
            let good = token("a", &secret("a"));
            assert_eq!(
                signature_verdict(&good, &keys),
                Ok(()),
                "{replaced_at} {now}"
            );
            assert_eq!(ids(&keys)[..2], [current, x]);
            assert!(ids(&keys).len() <= 4);
        }
        let retires_at = u64::try_from(replaced_at).unwrap() * 10 + HOUR;
        let before = keys.without_retired(secs(retires_at - 1));
        assert!(ids(&before).contains(&"a"));
        let after = keys.without_retired(secs(retires_at));
        assert!(!ids(&after).contains(&"a"));
    }
    // Several replaced keys: those known for the longest time stay, and they retire in time.
    let first = updated(&RotatingKeys::<3>::new(), &["a", "b"], 0);
    let second = updated(&first, &["c", "b"], 10);
    assert_eq!(ids(&second), ["c", "b", "a"]);
    let third = updated(&second, &["d"], 20);
    assert_eq!(ids(&third), ["d", "a", "b"]);
    assert_eq!(third.retires_next(), Some(secs(10 + HOUR)));
    assert_eq!(ids(&third.without_retired(secs(10 + HOUR))), ["d", "b"]);
    // A key that comes back counts as new.
    let fourth = updated(&third, &["e", "a"], 30);
    assert_eq!(ids(&fourth), ["e", "a", "b"]);
    assert_eq!(ids(&updated(&fourth, &["f", "g"], 40)), ["f", "g", "b"]);
    assert_eq!(ids(&updated(&fourth, &["f", "b"], 40)), ["f", "b", "e"]);
}

/// An entry that cycles through old keys does not make them older than a key in use.
#[test]
fn cycling_through_old_keys_does_not_evict_replaced_keys() {
    let cycle = ["x0", "x1", "x2", "x3", "x4", "x5"];
    let mut keys = RotatingKeys::<8>::new();
    let mut now = 0;
    let mut fetch = |keys: &RotatingKeys<8>, ids: &[&str]| {
        now += 200;
        updated(keys, ids, now)
    };
    for i in 0..30 {
        keys = fetch(&keys, &["g1", cycle[i % 6]]);
    }
    for i in 0..400 {
        let fresh = format!("fresh{i}");
        let other = if i % 2 == 0 { cycle[i / 2 % 6] } else { &fresh };
        keys = fetch(&keys, &["g2", other]);
    }
    keys = fetch(&keys, &["g3", "last"]);
    assert!(ids(&keys).contains(&"g2"), "{:?}", ids(&keys));
}

/// If an issuer cannot be reached, or its JWK Set is rejected, a revoked key must not stay in use
/// forever.
#[test]
fn old_keys_are_stale() {
    let day = secs(24 * HOUR);
    let stale = |keys: &RotatingKeys<4>, now| keys.fresh(day, now).map(|_| ()).err();
    let first = updated(&RotatingKeys::new(), &["a"], 100);
    let refused = first.updated(b"<html>", MACS, secs(HOUR), secs(1000), |_| {});
    assert_eq!(refused.err(), Some(Error::MalformedJson));
    let end = day + secs(100);
    let nano = Duration::from_nanos(1);
    for (case, keys, end) in [
        ("updated", &first, end),
        ("without retired", &first.without_retired(end), end),
        (
            "the same keys again",
            &updated(&first, &["a"], 200),
            end + secs(100),
        ),
        ("no usable key", &updated(&first, &[], 300), end + secs(200)),
        (
            "published",
            &first.with_published(KeySet::new(), secs(0), secs(400)),
            end + secs(300),
        ),
    ] {
        for (now, want) in [
            (secs(0), None),
            (end, None),
            (end + nano, Some(Error::StaleKeys)),
            (Duration::MAX, Some(Error::StaleKeys)),
        ] {
            assert_eq!(stale(keys, now), want, "{case} {now:?}");
        }
        let unbounded = keys.fresh(Duration::MAX, Duration::MAX);
        assert_eq!(unbounded.unwrap().set().len(), keys.set().len(), "{case}");
    }
    // Keys that are part of the program have no age.
    for keys in [RotatingKeys::new(), RotatingKeys::from(first.set().clone())] {
        assert_eq!(stale(&keys, Duration::MAX), None);
        assert_eq!(stale(&keys.without_retired(end), Duration::MAX), None);
        assert_eq!(
            stale(&updated(&keys, &["a"], 0), Duration::MAX),
            Some(Error::StaleKeys)
        );
    }
}

/// The same `kid` for another key: both are tried until tokens of the old one have expired.
#[test]
fn one_kid_for_two_keys() {
    let first = updated(&RotatingKeys::<4>::new(), &["a"], 0);
    let other = json!({"keys": [{"kty": "oct", "kid": "a", "k": base64url(&secret("z"))}]});
    let other = other.to_string();
    let (second, _) = first
        .updated(other.as_bytes(), MACS, secs(HOUR), secs(1), |_| {})
        .unwrap();
    assert_eq!(ids(&second), ["a", "a"]);
    assert!(second.has_new_keys(&first) && !second.has_new_keys(&second));
    for name in ["a", "z"] {
        let token = token("a", &secret(name));
        assert_eq!(signature_verdict(&token, second.set()), Ok(()), "{name}");
    }
}

/// The same key with two `kid`s counts as two keys, because a token names one of them.
#[test]
fn two_kids_for_one_key() {
    let first = updated(&RotatingKeys::<4>::new(), &["a"], 0);
    let renamed = json!({"keys": [{"kty": "oct", "kid": "b", "k": base64url(&secret("a"))}]});
    let renamed = renamed.to_string();
    let (second, _) = first
        .updated(renamed.as_bytes(), MACS, secs(HOUR), secs(1), |_| {})
        .unwrap();
    assert_eq!(ids(&second), ["b", "a"]);
    assert!(second.has_new_keys(&first));
}

/// The latest publication decides what a key may be used for, even for tokens issued earlier.
#[test]
fn one_key_for_fewer_algorithms() {
    let (mut jwk, token) = public_key("RS256");
    let update = |keys: &RotatingKeys<4>, jwk: &Value| {
        let jwks = json!({ "keys": [jwk] }).to_string();
        let (new, _) = keys
            .updated(
                jwks.as_bytes(),
                &[&RS256, &PS256],
                secs(HOUR),
                secs(1),
                |_| {},
            )
            .unwrap();
        new
    };
    jwk.as_object_mut().unwrap().remove("alg");
    let first = update(&RotatingKeys::new(), &jwk);
    assert_eq!(signature_verdict(&token, first.set()), Ok(()));
    jwk["alg"] = json!("PS256");
    let second = update(&first, &jwk);
    assert!(second.has_new_keys(&first));
    assert_eq!((second.set().len(), second.retires_next()), (1, None));
    assert_eq!(signature_verdict(&token, second.set()), Err(Error::NoKey));
}

#[test]
fn with_published_replaces_keys_of_other_formats() {
    let first = updated(&RotatingKeys::<4>::new(), &["a", "b"], 0);
    let none = first.with_published(KeySet::new(), secs(HOUR), secs(1));
    assert_eq!(
        (ids(&none), none.retires_next()),
        (vec!["a", "b"], Some(secs(3601)))
    );
    assert!(ids(&first.with_published(KeySet::new(), secs(0), secs(1))).is_empty());
}

#[test]
fn invalid_key_sets_change_nothing() {
    let first = updated(&RotatingKeys::<4>::default(), &["a"], 0);
    for (text, want) in [
        ("<html>", Error::MalformedJson),
        (r#"{"error":"x"}"#, Error::MalformedKeySet),
    ] {
        let error = first
            .updated(text.as_bytes(), MACS, secs(HOUR), secs(1), |_| {})
            .err();
        assert_eq!(error, Some(want), "{text}");
    }
    assert_eq!(ids(&first), ["a"]);
    let same = updated(&first, &["a"], 1);
    assert!(!same.has_new_keys(&first));
    let more = updated(&first, &["a", "b"], 1);
    assert!(more.has_new_keys(&first) && !first.has_new_keys(&more));
}

#[test]
fn keys_retire_when_nothing_usable_is_published() {
    let first = updated(&RotatingKeys::<4>::default(), &["a"], 0);
    for text in [r#"{"keys":[]}"#, r#"{"keys":[{"kty":"OKP"},{"kty":5}]}"#] {
        let (second, report) = first
            .updated(text.as_bytes(), MACS, secs(HOUR), secs(1), |_| {})
            .unwrap();
        assert_eq!((ids(&second), report.kept()), (vec!["a"], 0), "{text}");
        assert!(ids(&second.without_retired(secs(3601))).is_empty());
        let (withdrawn, _) = first
            .updated(text.as_bytes(), MACS, secs(0), secs(1), |_| {})
            .unwrap();
        assert!(ids(&withdrawn).is_empty());
        let none = signature_verdict(&token("a", &secret("a")), withdrawn.set());
        assert_eq!(none, Err(Error::NoKey));
    }
}

#[test]
fn keys_stay_for_accepted_algorithms_only() {
    let of = |list: &[&'static dyn Algorithm]| {
        RotatingKeys::<4>::new().updated(&jwks(&["a"]), list, secs(HOUR), secs(0), |_| {})
    };
    let (first, _) = of(&[&HS256, &HS384]).unwrap();
    let verify = |keys: &RotatingKeys<4>| signature_verdict(&token("a", &secret("a")), keys.set());
    // If the new list contains one of the key's algorithms, the key stays for that algorithm.
    let (second, _) = first
        .updated(
            &jwks(&["b"]),
            &[&HS256, &HS512],
            secs(HOUR),
            secs(1),
            |_| {},
        )
        .unwrap();
    assert_eq!((ids(&second), verify(&second)), (vec!["b", "a"], Ok(())));
    // If it contains none of them, the key is removed even if no other key remains, and its tokens
    // are rejected.
    for kids in [&["b"][..], &[]] {
        let (third, _) = first
            .updated(&jwks(kids), &[&HS512], secs(HOUR), secs(1), |_| {})
            .unwrap();
        assert_eq!(ids(&third), kids);
        assert_eq!(verify(&third), Err(Error::AlgorithmNotAccepted));
        assert_eq!(
            verify(&third.without_retired(secs(1))),
            Err(Error::AlgorithmNotAccepted)
        );
    }
}

/// Rejecting ambiguity is an option of the verifier, so it is independent of updates of the keys.
#[test]
fn ambiguity_stays_rejected() {
    let token = token_with_secret(&secret("a"), br#"{"alg":"HS256"}"#, b"{}");
    let strict = |keys: &RotatingKeys<4>| {
        signature_verdict_with(&token, keys, Options::new().refuse_ambiguity())
    };
    let two = updated(&RotatingKeys::new(), &["a", "b"], 0);
    assert_eq!(signature_verdict(&token, &two), Ok(()));
    assert_eq!(strict(&two), Err(Error::AmbiguousKey));
    let three = updated(&two, &["c"], 1).without_retired(secs(2));
    assert_eq!(ids(&three), ["c", "a", "b"]);
    assert_eq!(strict(&three), Err(Error::AmbiguousKey));
    let published = RotatingKeys::new().with_published(two.set().clone(), secs(HOUR), secs(0));
    assert_eq!(strict(&published), Err(Error::AmbiguousKey));
    let one = updated(&RotatingKeys::new(), &["a"], 0);
    assert_eq!(strict(&one), Ok(()));
}

/// Rotating keys can be used directly, without their set.
#[test]
fn rotating_keys_are_keys() {
    let first = updated(&RotatingKeys::<4>::new(), &["a"], 0);
    let second = updated(&first, &["b"], 1);
    for name in ["a", "b"] {
        let good = token(name, &secret(name));
        assert_eq!(signature_verdict(&good, &second), Ok(()), "{name}");
        assert_eq!(signature_verdict(&good, second.set()), Ok(()), "{name}");
        let forged = token(name, &secret("z"));
        let rejected = signature_verdict(&forged, &second);
        assert_eq!(rejected, Err(Error::BadSignature), "{name}");
    }
    let unknown = signature_verdict(&token("c", &secret("c")), &second);
    assert_eq!(unknown, Err(Error::NoKey));
    let none = signature_verdict(&token("a", &secret("a")), &RotatingKeys::<4>::new());
    assert_eq!(none, Err(Error::NoKey));
}

#[test]
fn skipped_entries_are_reported() {
    let keys = RotatingKeys::<2>::new();
    let text =
        json!({"keys": [jwk("a"), {"kty": "oct", "kid": "w", "k": "AA"}, jwk("b"), jwk("c")]});
    let mut skipped = Vec::new();
    let text = text.to_string();
    let (keys, report) = keys
        .updated(text.as_bytes(), MACS, secs(HOUR), secs(0), |entry| {
            skipped.push((
                entry.position,
                entry.key_id.unwrap().to_string(),
                entry.reason,
            ));
        })
        .unwrap();
    assert_eq!(ids(&keys), ["a", "b"]);
    let want = [
        (1, "w".to_owned(), Error::WeakKey),
        (3, "c".to_owned(), Error::KeySetFull),
    ];
    assert_eq!(skipped, want);
    assert_eq!((report.kept(), report.skipped(Error::KeySetFull)), (2, 1));
}

#[test]
fn growing_rotating_keys_keep_all_keys() {
    let kids: Vec<String> = (0..120).map(|i| format!("k{i}")).collect();
    let mut keys = GrowingRotatingKeys::default();
    for (now, kid) in kids.iter().enumerate() {
        let now = u64::try_from(now).unwrap();
        let next = keys.updated(&jwks(&[kid]), MACS, secs(HOUR), secs(now), |_| {});
        keys = next.unwrap().0;
    }
    assert_eq!(ids(&keys).len(), 120);
    assert_eq!(ids(&keys)[..2], ["k119", "k118"]);
    assert_eq!(keys.retires_next(), Some(secs(3601)));
    assert_eq!(ids(&keys.without_retired(secs(3600 + 60))).len(), 60);
    for kid in &kids {
        let good = token(kid, &secret(kid));
        assert_eq!(signature_verdict(&good, &keys), Ok(()), "{kid}");
    }
}

#[test]
fn rotation_without_kid() {
    let set = |name: &str| {
        let list: [&dyn Algorithm; 3] = [&HS256, &HS384, &HS512];
        let secret = secret(name);
        KeySet::<2>::from_parameters(&KeyParameters::oct(&secret), &list).unwrap()
    };
    let token = |name: &str| token_with_secret(&secret(name), br#"{"alg":"HS256"}"#, b"{}");
    let first = RotatingKeys::new().with_published(set("a"), secs(HOUR), secs(0));
    // A token of a newer key and a forged token look alike. Only fetching the key distinguishes
    // them.
    let (fresh, forged) = (token("b"), token("evil"));
    for token in [&fresh, &forged] {
        let rejected = signature_verdict(token, first.set());
        assert_eq!(rejected, Err(Error::BadSignature));
    }
    let second = first.with_published(set("b"), secs(HOUR), secs(10));
    assert!(second.has_new_keys(&first));
    assert_eq!(signature_verdict(&fresh, second.set()), Ok(()));
    assert_eq!(signature_verdict(&token("a"), second.set()), Ok(()));
    let rejected = signature_verdict(&forged, second.set());
    assert_eq!(rejected, Err(Error::BadSignature));
}

#[test]
fn errors_that_start_a_refetch() {
    for error in Error::all() {
        for names_key in [true, false] {
            let begins = Refetch::new(secs(5), secs(300)).begin(error, names_key, secs(0));
            let stale = error == Error::BadSignature && !names_key;
            assert_eq!(begins, error == Error::NoKey || stale, "{error:?}");
        }
    }
}

#[test]
fn pauses_double_and_are_reset() {
    let mut refetch = Refetch::new(secs(5), secs(60));
    let mut now = 1000;
    assert!(
        refetch.begin_at(secs(now)),
        "the first refetch begins at once"
    );
    assert!(
        !refetch.begin_at(secs(now + 30)),
        "only one refetch at a time"
    );
    for pause in [10, 20, 40, 60, 60] {
        now += 2;
        refetch.end(false, secs(now));
        assert_eq!(refetch.pause(), secs(pause));
        assert!(!refetch.begin_at(secs(now)) && !refetch.begin_at(secs(now + pause - 1)));
        now += pause;
        assert!(refetch.begin_at(secs(now)), "{pause}");
    }
    refetch.end(true, secs(now));
    assert_eq!(refetch.pause(), secs(5));
    assert!(!refetch.begin_at(secs(now + 4)) && refetch.begin_at(secs(now + 5)));
    // A refetch whose end is never reported times out.
    assert!(!refetch.begin_at(secs(now + 5 + 59)) && refetch.begin_at(secs(now + 5 + 60)));
    // A clock that goes back by a minute does not allow an early refetch.
    refetch.end(false, secs(0));
    let before = now + 5 + 60 - 60;
    assert!(!refetch.begin_at(secs(before)) && !refetch.begin_at(secs(before + 60)));
    // After a clock that was wrong by years, the pause is no longer than usual.
    assert!(!refetch.begin_at(secs(1)) && !refetch.begin_at(secs(0)));
    assert!(!refetch.begin_at(refetch.pause()) && refetch.begin_at(secs(1) + refetch.pause()));
}

/// Fetches as often as allowed for this many seconds. `brings` says whether the fetch with this
/// number, counted from zero, returns new keys. Returns the number of fetches that begin.
fn fetches(refetch: &mut Refetch, seconds: u64, brings: impl Fn(u64) -> bool) -> u64 {
    let mut count = 0;
    for now in 0..=seconds {
        if refetch.begin_at(secs(now)) {
            refetch.end(brings(count), secs(now));
            count += 1;
        }
    }
    count
}

/// Keys that change at each fetch, or at every other one, cause a bounded number of fetches.
#[test]
fn churn_of_keys_does_not_cause_fetches() {
    let random = |i: u64| (i + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 63 == 1;
    for (shortest, longest, doublings) in [(5, 300, 6), (1, 60, 6), (10, 10, 0), (7, 100, 4)] {
        for seconds in [0, 1, 60, 1000, 20_000] {
            let new = || Refetch::new(secs(shortest), secs(longest));
            let steady = 1 + doublings + seconds / longest;
            let any = doublings + (1 + doublings) * (1 + seconds / longest);
            let never = fetches(&mut new(), seconds, |_| false);
            let always = fetches(&mut new(), seconds, |_| true);
            assert!(
                never <= steady && always <= steady,
                "{never} {always} {steady}"
            );
            for brings in [|i| i % 2 == 0, |i| i % 2 == 1, |i| i % 7 == 3, random] {
                let churn = fetches(&mut new(), seconds, brings);
                assert!(churn <= any.min(1 + seconds / shortest), "{churn} {any}");
            }
        }
    }
    // A fetch per second would be 20,000.
    let mut refetch = Refetch::new(secs(1), secs(300));
    assert!(fetches(&mut refetch, 20_000, |_| true) <= 76);
}

/// A rotation resets the pause, so that a second new key soon after is found quickly.
#[test]
fn a_rotation_resets_the_pause() {
    let mut refetch = Refetch::new(secs(5), secs(60));
    for now in [0, 10, 30, 70, 130] {
        assert!(refetch.begin_at(secs(now)), "{now}");
        refetch.end(false, secs(now));
    }
    for (now, brings, pause) in [
        (190, true, 5),
        // The previous fetch also returned new keys.
        (200, true, 10),
        // The pause was reset less than a minute ago.
        (210, false, 20),
        (230, true, 40),
        (270, false, 60),
        (330, true, 5),
        (335, false, 10),
        (345, false, 20),
        (389, true, 40),
        (429, false, 60),
        (489, true, 5),
    ] {
        assert!(refetch.begin_at(secs(now)), "{now}");
        refetch.end(brings, secs(now));
        assert_eq!(refetch.pause(), secs(pause), "{now}");
    }
    // A clock that was wrong by years does not prevent resets.
    let mut refetch = Refetch::new(secs(5), secs(60));
    assert!(refetch.begin_at(secs(1_000_000)));
    refetch.end(true, secs(1_000_000));
    assert!(!refetch.begin_at(secs(0)) && refetch.begin_at(secs(5)));
    refetch.end(false, secs(5));
    assert!(refetch.begin_at(secs(65)));
    refetch.end(true, secs(65));
    assert_eq!(refetch.pause(), secs(5));
}

#[test]
fn pauses_of_any_length() {
    for (shortest, longest, first, second) in [(0, 0, 1, 1), (7, 3, 7, 7), (3, 7, 3, 6)] {
        let mut refetch = Refetch::new(secs(shortest), secs(longest));
        assert_eq!(refetch.pause(), secs(first));
        refetch.end(false, secs(0));
        assert_eq!(refetch.pause(), secs(second));
    }
    let mut refetch = Refetch::new(Duration::MAX, Duration::MAX);
    assert!(refetch.begin_at(Duration::MAX));
    refetch.end(false, Duration::MAX);
    assert!(!refetch.begin_at(Duration::MAX) && refetch.pause() == Duration::MAX);
}

/// Verifies this many tokens with random `kid`s in sequence. Returns how often the keys are
/// fetched.
fn flood(tokens: u64, seconds: u64, shortest: u64, longest: u64) -> u64 {
    let keys = updated(&RotatingKeys::<4>::new(), &["a", "b"], 0);
    let mut refetch = Refetch::new(secs(shortest), secs(longest));
    let (mut fetches, mut seen, mut state) = (0, HashSet::new(), 0x9e37_79b9_7f4a_7c15_u64);
    for i in 0..tokens {
        state = state
            .wrapping_mul(0x5851_f42d_4c95_7f2d)
            .wrapping_add(0x1405_7b7e_f767_814f);
        let kid = format!("{:016x}", state ^ (state >> 29));
        let header = base64url(format!(r#"{{"alg":"HS256","kid":"{kid}"}}"#).as_bytes());
        let token = format!("{header}.e30.{header}");
        let mut scratch = [0; scratch_len(256)];
        let verifier = JwsVerifier::new(&keys);
        let error = verifier.verify(token.as_bytes(), &mut scratch).unwrap_err();
        assert_eq!(error, Error::NoKey);
        let header = Options::new().peek_header_untrusted(token.as_bytes(), &mut scratch);
        let header = header.unwrap();
        let now = i * seconds / tokens;
        if refetch.begin(error, header.key_id().is_some(), secs(now)) {
            fetches += 1;
            let same = updated(&keys, &["a", "b"], now);
            refetch.end(same.has_new_keys(&keys), secs(now));
        }
        seen.insert(kid);
    }
    assert_eq!(
        u64::try_from(seen.len()),
        Ok(tokens),
        "all `kid`s are different"
    );
    fetches
}

#[test]
fn flood_of_unknown_key_ids() {
    for (seconds, shortest, longest, doublings) in [
        (10, 5, 300, 6),
        (1000, 5, 300, 6),
        (10_000, 1, 60, 6),
        (100_000, 10, 10, 0),
    ] {
        let fetches = flood(100_000, seconds, shortest, longest);
        let bound = 1 + doublings + seconds / longest;
        assert!(0 < fetches && fetches <= bound, "{fetches} > {bound}");
        report(format_args!(
            "100000 unknown kids in {seconds} s: {fetches} fetches, at most {bound}"
        ));
    }
}

/// Threads verify tokens while another thread replaces the keys. Every token is accepted
/// throughout.
#[test]
fn keys_replaced_while_other_threads_verify() {
    let shared = Arc::new(Mutex::new(Arc::new(updated(
        &RotatingKeys::<4>::new(),
        &["a"],
        0,
    ))));
    let current = |shared: &Mutex<Arc<RotatingKeys<4>>>| Arc::clone(&shared.lock().unwrap());
    let readers: Vec<_> = (0..4)
        .map(|_| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                let token = token("a", &secret("a"));
                for _ in 0..500 {
                    let keys = current(&shared);
                    assert_eq!(signature_verdict(&token, keys.set()), Ok(()));
                }
            })
        })
        .collect();
    for now in 0..200 {
        let kids = if now % 2 == 0 { ["b", "c"] } else { ["d", "b"] };
        let next = updated(&current(&shared), &kids, now);
        *shared.lock().unwrap() = Arc::new(next);
    }
    for reader in readers {
        reader.join().unwrap();
    }
}
