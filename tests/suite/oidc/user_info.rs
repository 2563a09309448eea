//! UserInfo responses.

use jose_verify::oidc::{self, UserInfo};
use jose_verify::{Check, Claim, Error, NumericDate, Problem};

use super::{verified, verified_by};
use crate::support::verdict::NOW;

const ID_TOKEN: &str = r#"{"sub":"248289761001","email":"old@example.com"}"#;

#[test]
fn plain_json() {
    let email = |response: &str| {
        verified(ID_TOKEN, |id_token| {
            let user_info = UserInfo::parse(response.as_bytes(), id_token)?;
            assert!(user_info.subject() == "248289761001");
            let email = user_info.claims().get("email");
            Ok(email
                .and_then(|email| email.as_str())
                .map(|e| e.to_string()))
        })
    };
    let good = r#"{"email":"new@example.com","sub":"248289761001"}"#;
    assert_eq!(email(good), Ok(Some("new@example.com".to_owned())));
    let escaped = r#" {"s\u0075b":"24828976\u0031001"} "#;
    assert_eq!(email(escaped), Ok(None));
    let mismatch = Err(Error::Claim(Claim::Sub, Problem::Mismatch));
    for (response, want) in [
        (r#"{"sub":"248289761002"}"#, mismatch.clone()),
        (r#"{"sub":"248289761001 "}"#, mismatch.clone()),
        (r#"{"sub":"24828976100"}"#, mismatch),
        (
            r#"{"sub":""}"#,
            Err(Error::Claim(Claim::Sub, Problem::Missing)),
        ),
        (
            r#"{"email":"x"}"#,
            Err(Error::Claim(Claim::Sub, Problem::Missing)),
        ),
        ("{}", Err(Error::Claim(Claim::Sub, Problem::Missing))),
        (
            r#"{"sub":248289761001}"#,
            Err(Error::Claim(Claim::Sub, Problem::WrongType)),
        ),
        (
            r#"{"sub":null}"#,
            Err(Error::Claim(Claim::Sub, Problem::Missing)),
        ),
        (
            r#"{"sub":"evil","sub":"248289761001"}"#,
            Err(Error::DuplicateMember),
        ),
        (r#"["248289761001"]"#, Err(Error::MalformedClaims)),
        ("", Err(Error::MalformedClaims)),
        ("<html>", Err(Error::MalformedClaims)),
        (r#"{"sub":"248289761001"} x"#, Err(Error::MalformedJson)),
    ] {
        assert_eq!(email(response), want, "{response}");
    }
    let anonymous = verified("{}", |id_token| {
        UserInfo::parse(br#"{"email":"x"}"#, id_token).err()
    });
    assert_eq!(
        anonymous,
        Some(Error::Claim(Claim::Sub, Problem::Missing)),
        "an ID Token without `sub` matches no response"
    );
}

/// Only `sub` and `events` are checked. Other registered claims may be `null` or have any type.
#[test]
fn plain_json_with_side_claims_of_any_type() {
    let parse = |members: &str| {
        let response = format!(r#"{{"sub":"248289761001"{members}}}"#);
        verified(ID_TOKEN, |id_token| {
            let user_info = UserInfo::parse(response.as_bytes(), id_token)?;
            let claims = user_info.claims();
            let times = [claims.expires_at(), claims.not_before(), claims.issued_at()];
            let strings = [
                claims.issuer(),
                claims.nonce(),
                claims.acr(),
                claims.client_id(),
            ];
            assert!(
                times
                    .iter()
                    .chain(&[claims.auth_time()])
                    .all(Option::is_none),
                "{members}"
            );
            assert!(strings.iter().all(Option::is_none), "{members}");
            assert!(
                claims.audience().is_none() && claims.amr().is_none(),
                "{members}"
            );
            assert!(claims.authorized_party().is_none() && claims.jwt_id().is_none());
            let found = claims.as_object().iter().count();
            Ok((user_info.subject().to_string(), found))
        })
    };
    let names = [
        "iss",
        "aud",
        "azp",
        "exp",
        "nbf",
        "iat",
        "nonce",
        "auth_time",
        "acr",
        "amr",
        "jti",
        "client_id",
        "events",
        "email",
    ];
    for name in names {
        let parsed = parse(&format!(r#","{name}":null"#));
        assert_eq!(parsed, Ok(("248289761001".to_owned(), 2)), "{name}");
    }
    for members in [
        r#","amr":"pwd""#,
        r#","acr":0,"auth_time":"yesterday""#,
        r#","aud":[],"azp":["x"]"#,
        r#","exp":"1750000000","nbf":1e300,"iat":true"#,
        r#","iss":5,"nonce":{},"jti":7,"client_id":[1]"#,
        r#","\u0065xp":"soon""#,
        r#","aud":["x",5],"amr":["pwd",5]"#,
    ] {
        let parsed = parse(members).map(|(subject, _)| subject);
        assert_eq!(parsed, Ok("248289761001".to_owned()), "{members}");
    }
    let event = |problem| Err(Error::Claim(Claim::Events, problem));
    for (members, want) in [
        (r#","events":{}"#, event(Problem::Prohibited)),
        (r#","events":{"logout":{}}"#, event(Problem::Prohibited)),
        (r#","events":5"#, event(Problem::WrongType)),
        (r#","events":"logout""#, event(Problem::WrongType)),
        (r#","\u0065vents":[]"#, event(Problem::WrongType)),
        (r#","exp":1,"exp":null"#, Err(Error::DuplicateMember)),
        (r#","sub":null"#, Err(Error::DuplicateMember)),
        (r#","exp":nul"#, Err(Error::MalformedJson)),
    ] {
        assert_eq!(parse(members).map(|_| ()), want, "{members}");
    }
}

#[test]
fn signed() {
    let policy = oidc::user_info(&["https://op"], &["us"]);
    assert!(matches!(policy.subject, Check::Present));
    let now = NumericDate::from_seconds(NOW);
    let verify = |response: &str| {
        verified(ID_TOKEN, |id_token| {
            let read = |response: &jose_verify::Verified<'_>| {
                UserInfo::from_verified(response, id_token)
                    .map(|user_info| assert!(user_info.claims().get("name").is_some()))
            };
            verified_by(&policy, response, now, read).and_then(|read| read)
        })
    };
    for (claims, want) in [
        (r#""sub":"248289761001""#, Ok(())),
        (
            r#""sub":"248289761001","iss":"https://op","aud":["us","x"]"#,
            Ok(()),
        ),
        (
            r#""sub":"248289761001","iss":"https://other""#,
            Err(Error::Claim(Claim::Iss, Problem::Mismatch)),
        ),
        (
            r#""sub":"248289761001","aud":"other""#,
            Err(Error::Claim(Claim::Aud, Problem::Mismatch)),
        ),
        (
            r#""sub":"248289761001","exp":1"#,
            Err(Error::Claim(Claim::Exp, Problem::Expired)),
        ),
        (
            r#""sub":"248289761002""#,
            Err(Error::Claim(Claim::Sub, Problem::Mismatch)),
        ),
        (
            r#""iss":"https://op""#,
            Err(Error::Claim(Claim::Sub, Problem::Missing)),
        ),
    ] {
        let claims = format!(r#"{{"name":"Jane",{claims}}}"#);
        assert_eq!(verify(&claims), want, "{claims}");
    }
}
