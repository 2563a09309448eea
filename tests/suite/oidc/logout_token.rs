//! Back-channel logout tokens.

use jose_verify::oidc::{self, LogoutToken};
use jose_verify::{Check, Claim, Clock, Error, Member, NumericDate, Policy, Problem};

use super::verified_by;
use crate::support::verdict::{NOW, UNCHECKED};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Returns the subject and the session of a logout token with these claims.
fn read(claims: &str) -> Result<(Option<String>, Option<String>), Error> {
    let read = verified_by(&UNCHECKED, claims, Clock::Absent, |jwt| {
        let logout = LogoutToken::from_verified(jwt)?;
        let text = |string: Option<jose_verify::json::JsonStr<'_>>| string.map(|s| s.to_string());
        Ok((text(logout.subject()), text(logout.session_id())))
    });
    read.and_then(|read| read)
}

#[test]
fn subject_and_session() {
    let with = |more: &str| read(&format!(r#"{{"events":{{"{EVENT}":{{}}}}{more}}}"#));
    let (a, b) = (Some("a".to_owned()), Some("b".to_owned()));
    assert_eq!(with(r#","sub":"a""#), Ok((a.clone(), None)));
    assert_eq!(with(r#","sid":"\u0062""#), Ok((None, b.clone())));
    assert_eq!(with(r#","sub":"a","sid":"b""#), Ok((a, b)));
    assert_eq!(with(""), Err(Error::Claim(Claim::Sid, Problem::Missing)));
    assert_eq!(
        with(r#","sid":5"#),
        Err(Error::Claim(Claim::Sid, Problem::WrongType))
    );
    assert_eq!(
        with(r#","sub":"a","sid":null"#),
        Err(Error::Claim(Claim::Sid, Problem::WrongType))
    );
    let nonce = with(r#","sub":"a","nonce":"n""#);
    assert_eq!(nonce, Err(Error::Claim(Claim::Nonce, Problem::Prohibited)));
    let nonce = with(r#","sub":"a","n\u006fnce":"""#);
    assert_eq!(nonce, Err(Error::Claim(Claim::Nonce, Problem::Prohibited)));
}

#[test]
fn event_member() {
    let with = |events: &str| read(&format!(r#"{{"sub":"a"{events}}}"#)).map(|_| ());
    let missing = Err(Error::Claim(Claim::Events, Problem::Mismatch));
    let wrong = Err(Error::Claim(Claim::Events, Problem::WrongType));
    let escaped = EVENT.replace('/', "\\/");
    for (events, want) in [
        (
            String::new(),
            Err(Error::Claim(Claim::Events, Problem::Missing)),
        ),
        (r#","events":{}"#.to_owned(), missing),
        (format!(r#","events":{{"{EVENT}s":{{}}}}"#), missing),
        (format!(r#","events":{{"x":{{"{EVENT}":{{}}}}}}"#), missing),
        (format!(r#","events":["{EVENT}"]"#), wrong),
        (format!(r#","events":"{EVENT}""#), wrong),
        (r#","events":null"#.to_owned(), wrong),
        (format!(r#","events":{{"{EVENT}":null}}"#), wrong),
        (format!(r#","events":{{"{EVENT}":"{{}}"}}"#), wrong),
        (format!(r#","events":{{"{EVENT}":[]}}"#), wrong),
        (
            format!(r#","events":{{"{EVENT}":{{}},"{escaped}":{{}}}}"#),
            Err(Error::DuplicateMember),
        ),
        (format!(r#","events":{{"{escaped}":{{}}}}"#), Ok(())),
        (
            format!(r#","events":{{"{EVENT}":{{"x":1}},"y":{{}}}}"#),
            Ok(()),
        ),
    ] {
        assert_eq!(with(&events), want, "{events}");
    }
}

#[test]
fn policy() {
    let policy = oidc::logout_token(&["https://op"], &["us"]);
    let fields = [
        (
            "iss",
            r#""https://op""#.to_owned(),
            Error::Claim(Claim::Iss, Problem::Missing),
        ),
        (
            "aud",
            r#""us""#.to_owned(),
            Error::Claim(Claim::Aud, Problem::Missing),
        ),
        (
            "iat",
            NOW.to_string(),
            Error::Claim(Claim::Iat, Problem::Missing),
        ),
        (
            "exp",
            (NOW + 120).to_string(),
            Error::Claim(Claim::Exp, Problem::Missing),
        ),
        (
            "jti",
            r#""bWJq""#.to_owned(),
            Error::Claim(Claim::Jti, Problem::Missing),
        ),
        (
            "sid",
            r#""08a5019c""#.to_owned(),
            Error::Claim(Claim::Sid, Problem::Missing),
        ),
        (
            "events",
            format!(r#"{{"{EVENT}":{{}}}}"#),
            Error::Claim(Claim::Events, Problem::Missing),
        ),
    ];
    let claims = |leave_out: Option<usize>| {
        let members = fields.iter().enumerate();
        let members = members.filter(|(i, _)| Some(*i) != leave_out);
        let members: Vec<_> = members
            .map(|(_, (n, v, _))| format!(r#""{n}":{v}"#))
            .collect();
        format!("{{{}}}", members.join(","))
    };
    let verify = |claims: &str, policy: &Policy<'_>| {
        let now = NumericDate::from_seconds(NOW);
        let read = |jwt: &jose_verify::Verified<'_>| LogoutToken::from_verified(jwt).map(|_| ());
        verified_by(policy, claims, now, read).and_then(|read| read)
    };
    assert_eq!(verify(&claims(None), &policy), Ok(()));
    for (i, (name, _, missing)) in fields.iter().enumerate() {
        assert_eq!(verify(&claims(Some(i)), &policy), Err(*missing), "{name}");
    }
    let typed = Policy {
        typ: Check::Required("logout+jwt"),
        ..policy
    };
    assert_eq!(
        verify(&claims(None), &typed),
        Err(Error::Header(Member::Typ, Problem::Missing))
    );
}
