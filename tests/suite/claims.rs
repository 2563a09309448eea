//! Reading claims: by name, unescaped, from arrays, and into a serde type.

use jose_verify::{Check, Clock, Error, Policy, Verified};

use super::support::sign::token;
use super::support::verdict::with_verified;

fn with_claims<T>(claims: &str, read: impl FnOnce(&Verified<'_>) -> T) -> T {
    let policy = Policy::jwt(Check::NotChecked, Check::NotChecked);
    with_verified(token(claims), &policy, Clock::Absent, read).unwrap()
}

const CLAIMS: &str = r#"{
    "https:\/\/example.com\/groups": ["audit", "ad\u006din", 7],
    "name#ja-Kana-JP": "\u30af\u30ec\u30fc\u30e0",
    "age": 42, "big": 9223372036854775808, "ratio": 1.50, "admin": true, "nothing": null,
    "realm_access": {"roles": ["a", "b"], "twice": 1, "twice": 2},
    "level": -3, "empty": [], "text": "plain"
}"#;

#[test]
fn any_claim_by_name() {
    with_claims(CLAIMS, |jwt| {
        let claims = jwt.claims();
        let groups = claims
            .get("https://example.com/groups")
            .unwrap()
            .as_array()
            .unwrap();
        let mut elements = groups.iter();
        assert!(elements.next().unwrap().as_str().unwrap() == "audit");
        assert!(elements.next().unwrap().as_str().unwrap() == "admin");
        assert_eq!(elements.next().unwrap().as_i64(), Some(7));
        assert!(elements.next().is_none() && elements.next().is_none());
        assert_eq!(groups.as_raw(), r#"["audit", "ad\u006din", 7]"#);
        assert!(claims.get("empty").unwrap().as_array().unwrap().is_empty());

        let name = claims.get("name#ja-Kana-JP").unwrap().as_str().unwrap();
        assert!(
            name.as_plain_str().is_none(),
            "`as_plain_str` never returns escapes"
        );
        let mut buffer = [0; 12];
        assert_eq!(name.unescape(&mut buffer), Ok("クレーム"));
        assert_eq!(name.unescape(&mut buffer[..11]), Err(Error::BufferTooSmall));
        let text = claims.get("text").unwrap().as_str().unwrap();
        assert_eq!(text.as_plain_str(), Some("plain"));
        assert_eq!(text.unescape(&mut []), Ok("plain"));

        assert_eq!(claims.get("age").unwrap().as_i64(), Some(42));
        assert_eq!(claims.get("level").unwrap().as_i64(), Some(-3));
        assert_eq!(claims.get("big").unwrap().as_i64(), None);
        assert_eq!(claims.get("ratio").unwrap().as_i64(), None);
        assert_eq!(
            claims.get("ratio").unwrap().as_number().unwrap().as_raw(),
            "1.50"
        );
        assert_eq!(claims.get("admin").unwrap().as_bool(), Some(true));
        assert!(matches!(
            claims.get("nothing"),
            Some(jose_verify::json::Value::Null)
        ));
        assert!(claims.get("Age").is_none());
    });
}

#[test]
fn accessors_of_another_type_return_none() {
    with_claims(CLAIMS, |jwt| {
        let age = jwt.claims().get("age").unwrap();
        assert!(age.as_str().is_none() && age.as_bool().is_none());
        assert!(age.as_array().is_none() && age.as_object().is_none());
        let admin = jwt.claims().get("admin").unwrap();
        assert!(admin.as_i64().is_none() && admin.as_number().is_none());
    });
}

#[test]
fn all_claims_in_order() {
    with_claims(
        r#"{"name":"a","name#ja":"b","n\u0061me#de":{"x":[1]},"z":1}"#,
        |jwt| {
            let names = jwt
                .claims()
                .as_object()
                .iter()
                .map(|(name, _)| format!("{name}"));
            assert_eq!(
                names.collect::<Vec<_>>(),
                ["name", "name#ja", "name#de", "z"]
            );
            let nested = jwt.claims().get("name#de").unwrap().as_object().unwrap();
            assert_eq!(nested.into_iter().count(), 1);
        },
    );
    with_claims("{}", |jwt| {
        assert_eq!(jwt.claims().as_object().iter().count(), 0);
    });
}

#[test]
fn every_way_to_iterate() {
    with_claims(r#"{"aud":["\u0061","b"],"amr":["c"],"x":[1,2]}"#, |jwt| {
        let audience = jwt.claims().audience().unwrap();
        let mut by_reference = Vec::new();
        for one in &audience {
            by_reference.push(one);
        }
        assert!(by_reference.iter().eq(["a", "b"].iter()) && audience.into_iter().eq(["a", "b"]));
        let shown = by_reference
            .iter()
            .map(|one| one.escape_debug().to_string());
        assert!(shown.eq(["a", "b"]));

        let array = jwt.claims().get("x").unwrap().as_array().unwrap();
        let mut sum = 0;
        for number in &array {
            sum += number.as_i64().unwrap();
        }
        assert_eq!((sum, array.into_iter().count()), (3, 2));
    });
    with_claims(r#"{"aud":"one","exp":7.5}"#, |jwt| {
        assert!(jwt.claims().audience().unwrap().into_iter().eq(["one"]));
        let expires_at = jwt.claims().expires_at().unwrap();
        assert_eq!(expires_at.seconds(), 7);
        assert_eq!(expires_at.subsec_nanos(), 500_000_000);
    });
}

#[test]
fn nested_objects() {
    with_claims(CLAIMS, |jwt| {
        let access = jwt
            .claims()
            .get("realm_access")
            .unwrap()
            .as_object()
            .unwrap();
        let roles = access.get("roles").unwrap().unwrap().as_array().unwrap();
        assert!(
            roles
                .iter()
                .any(|role| role.as_str().is_some_and(|r| r == "b"))
        );
        assert_eq!(access.get("twice").err(), Some(Error::DuplicateMember));
        assert!(access.get("none").unwrap().is_none());
        assert!(access.as_raw().starts_with(r#"{"roles""#));
    });
}

#[cfg(feature = "serde")]
mod serde_types {
    use super::with_claims;
    use jose_verify::json::DeserializeErrorKind;
    use serde::Deserialize;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Manifest<'a> {
        version: u32,
        digest: &'a str,
        note: heapless::String<16>,
        parts: heapless::Vec<u8, 4>,
        rollback: Option<bool>,
    }

    const MANIFEST: &str = concat!(
        r#"{"iss":"vendor","version":7,"digest":"ab\"","note":"caf\u00e9","#,
        r#""parts":[1,2],"x":{"y":[null]}}"#,
    );

    #[test]
    fn custom_claims() {
        let plain = MANIFEST.replace(r#"ab\""#, "ab");
        with_claims(&plain, |jwt| {
            let manifest: Manifest<'_> = jwt.claims().deserialize_in(&mut [0; 16]).unwrap();
            assert_eq!((manifest.version, manifest.digest), (7, "ab"));
            assert_eq!(manifest.note, "café");
            assert_eq!(manifest.parts, [1, 2]);
            assert_eq!(manifest.rollback, None);
            let small: Result<Manifest<'_>, _> = jwt.claims().deserialize_in(&mut [0; 2]);
            let error = small.unwrap_err();
            assert_eq!(error.kind(), DeserializeErrorKind::BufferTooSmall);
            assert_eq!(error.field(), Some("note"));
        });
    }

    #[test]
    fn borrowed_strings_never_contain_escapes() {
        with_claims(MANIFEST, |jwt| {
            let manifest: Result<Manifest<'_>, _> = jwt.claims().deserialize_in(&mut [0; 64]);
            assert_eq!(
                manifest.unwrap_err().kind(),
                DeserializeErrorKind::WrongType
            );
        });
    }

    #[test]
    fn wrong_types_are_rejected() {
        for claims in [
            "{}",
            r#"{"version":-1,"digest":"","note":"","parts":[]}"#,
            r#"{"version":4294967296,"digest":"","note":"","parts":[]}"#,
            r#"{"version":1,"digest":5,"note":"","parts":[]}"#,
            r#"{"version":1,"digest":"","note":"","parts":[1,2,3,4,5]}"#,
            r#"{"version":1.5,"digest":"","note":"","parts":[]}"#,
        ] {
            with_claims(claims, |jwt| {
                let manifest: Result<Manifest<'_>, _> = jwt.claims().deserialize_in(&mut [0; 64]);
                assert!(manifest.is_err(), "{claims}");
            });
        }
    }
}
