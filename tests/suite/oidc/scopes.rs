//! Scopes and roles.

use jose_verify::limits::MAX_EXPECTED;
use jose_verify::oauth::Scopes;
use jose_verify::{Claim, Error, Problem};

use super::verified;

fn values(claims: &str, name: &str) -> Result<Vec<String>, Error> {
    verified(claims, |jwt| {
        let scopes = Scopes::read(jwt.claims(), name)?;
        let values: Vec<_> = scopes.iter().map(|value| value.to_string()).collect();
        for value in &values {
            assert!(scopes.contains(value), "{value}");
        }
        Ok(values)
    })
}

#[test]
fn strings_and_arrays() {
    let strings = |list: &[&str]| Ok(list.iter().map(|s| (*s).to_owned()).collect());
    for (claims, want) in [
        ("{}", strings(&[])),
        (r#"{"scope":""}"#, strings(&[])),
        (r#"{"scope":" "}"#, strings(&[])),
        (r#"{"scope":"openid"}"#, strings(&["openid"])),
        (r#"{"scope":"openid email"}"#, strings(&["openid", "email"])),
        (r#"{"scope":"a\u0020b\u0063"}"#, strings(&["a", "bc"])),
        (r#"{"scope":[]}"#, strings(&[])),
        (r#"{"scope":["a","b c"]}"#, strings(&["a", "b c"])),
        (
            r#"{"scope":["a",5]}"#,
            Err(Error::Claim(Claim::Scope, Problem::WrongType)),
        ),
        (
            r#"{"scope":5}"#,
            Err(Error::Claim(Claim::Scope, Problem::WrongType)),
        ),
        (
            r#"{"scope":null}"#,
            Err(Error::Claim(Claim::Scope, Problem::WrongType)),
        ),
        (
            r#"{"scope":{"a":"b"}}"#,
            Err(Error::Claim(Claim::Scope, Problem::WrongType)),
        ),
    ] {
        assert_eq!(values(claims, "scope"), want, "{claims}");
    }
    let claims = r#"{"https://example.com/groups":["audit","admin"],"ro\u006ces":"x"}"#;
    let groups = values(claims, "https://example.com/groups");
    assert_eq!(groups, strings(&["audit", "admin"]));
    assert_eq!(values(claims, "roles"), strings(&["x"]));
    assert_eq!(values(claims, "scope"), strings(&[]));
}

#[test]
fn required_scopes() {
    let require = |claims: &str, required: &[&str]| {
        verified(claims, |jwt| {
            Scopes::read(jwt.claims(), "scope")?.require(&required)
        })
    };
    let insufficient = Err(Error::InsufficientScope);
    let claims = r#"{"scope":"read write.all \u0061dmin"}"#;
    let nothing = Err(Error::Claim(Claim::Scope, Problem::NothingExpected));
    for (required, want) in [
        (&[][..], nothing),
        (&["read"], Ok(())),
        (&["admin", "read"], Ok(())),
        (&["write"], insufficient),
        (&["write.all "], insufficient),
        (&["read write.all"], insufficient),
        (&["Read"], insufficient),
        (&["rea"], insufficient),
        (&[""], nothing),
        (&["read", ""], nothing),
        (&["read", "delete"], insufficient),
    ] {
        assert_eq!(require(claims, required), want, "{required:?}");
    }
    assert_eq!(
        require(r#"{"scope":["read write"]}"#, &["read"]),
        insufficient
    );
    assert_eq!(require("{}", &["read"]), insufficient);
    // Values after the limit would be ignored.
    let mut many = vec!["read"; MAX_EXPECTED];
    assert_eq!(require(claims, &many), Ok(()));
    many.push("delete");
    assert_eq!(require(claims, &many), nothing);
}
