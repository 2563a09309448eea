//! Text that different parsers read differently: base64url, segments, names.

use jose_verify::alg::SIGNATURES;
use jose_verify::{
    Check, Claim, Error, KeySet, Limit, Member, NumericDate, Options, Policy, Problem, limits,
    scratch_len,
};
use serde_json::json;

use super::{CLAIMS, OURS, rsa_token};
use crate::support::sign::{base64url, key, token, token_with_header, token_with_secret};
use crate::support::verdict::{NOW, UNCHECKED, signature_verdict, verdict, with_verified};

const HS256: &[u8] = br#"{"alg":"HS256"}"#;

const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Returns the same segment in spellings that lenient decoders treat as equal (CVE-2026-102269).
fn rewritten(segment: &str) -> Vec<String> {
    let (half, rest) = segment.split_at(segment.len() / 2);
    let mut variants: Vec<String> = [
        " ", "\n", "\r\n", "\t", "\0", "!", "=", "%", "é", "\u{200b}",
    ]
    .iter()
    .flat_map(|c| {
        [
            format!("{half}{c}{rest}"),
            format!("{segment}{c}"),
            format!("{c}{segment}"),
        ]
    })
    .collect();
    variants.extend([
        format!("{segment}=="),
        format!("{segment}===="),
        format!("{segment}A==="),
    ]);
    // Nonzero trailing bits, if there are any.
    if !segment.len().is_multiple_of(4) {
        let last = segment.chars().last().unwrap();
        let next = ALPHABET
            .chars()
            .nth(ALPHABET.find(last).unwrap() + 1)
            .unwrap();
        variants.push(format!("{}{next}", &segment[..segment.len() - 1]));
    }
    // A single trailing character encodes nothing.
    let whole = &segment[..segment.len() / 4 * 4];
    variants.push(format!("{whole}A"));
    variants
}

/// Different text for the same bytes is rejected in each segment.
#[test]
fn base64url_malleability_cve_2026_102269() {
    // The header, the payload and the MAC each end in the middle of a base64 group.
    let good = token_with_header(br#"{"alg":"HS256","a":"???>>>"}"#, br#"{"b":"???>>>>>"}"#);
    assert_eq!(verdict(&good, &key(), &UNCHECKED), Ok(()));
    let segments: Vec<&str> = good.split('.').collect();
    assert!(
        segments
            .iter()
            .all(|segment| !segment.len().is_multiple_of(4))
    );
    for (place, want) in [
        (0, Error::MalformedBase64url),
        // The signature no longer matches, which is found before the payload is decoded.
        (1, Error::BadSignature),
        (2, Error::MalformedBase64url),
    ] {
        for variant in rewritten(segments[place]) {
            let mut changed = segments.clone();
            changed[place] = &variant;
            let rejected = verdict(&changed.join("."), &key(), &UNCHECKED);
            assert_eq!(rejected, Err(want), "segment {place}: {variant:?}");
        }
    }
    // A payload that was signed in that spelling.
    for variant in rewritten(segments[1]) {
        let signed = signed_text(segments[0], &variant);
        let rejected = verdict(&signed, &key(), &UNCHECKED);
        assert_eq!(rejected, Err(Error::MalformedBase64url), "{variant:?}");
    }
    // The alphabet of plain base64.
    for (place, segment) in segments.iter().enumerate().take(2) {
        let plain = segment.replace('-', "+").replace('_', "/");
        assert_ne!(plain, *segment, "segment {place} contains `-` or `_`");
        let mut changed = segments.clone();
        changed[place] = &plain;
        let signed = signed_text(changed[0], changed[1]);
        assert_eq!(
            verdict(&signed, &key(), &UNCHECKED),
            Err(Error::MalformedBase64url)
        );
    }
}

/// Returns a token of these two segments, unchanged, with a valid MAC.
fn signed_text(header: &str, payload: &str) -> String {
    let input = format!("{header}.{payload}");
    let mac = crate::support::hash::hmac("HS256", crate::support::sign::SECRET, input.as_bytes());
    format!("{input}.{}", base64url(&mac))
}

/// Duplicate members: one parser takes the first, another the last.
#[test]
fn duplicate_members() {
    for header in [
        r#"{"alg":"HS256","alg":"HS256"}"#,
        r#"{"alg":"none","alg":"HS256"}"#,
        r#"{"alg":"HS256","alg":"none"}"#,
        r#"{"alg":"HS256","\u0061lg":"none"}"#,
        r#"{"\u0061\u006c\u0067":"HS256","alg":"HS256"}"#,
        r#"{"alg":"HS256","kid":"a","kid":"b"}"#,
        r#"{"alg":"HS256","kid":"a","\u006bid":"a"}"#,
        r#"{"alg":"HS256","typ":"JWT","typ":"at+jwt"}"#,
        r#"{"x":1,"alg":"HS256","x":1}"#,
        r#"{"alg":"HS256","crit":[],"crit":[]}"#,
    ] {
        let token = token_with_header(header.as_bytes(), CLAIMS);
        assert_eq!(
            verdict(&token, &key(), &UNCHECKED),
            Err(Error::DuplicateMember),
            "{header}"
        );
    }
    for (name, escaped, good, evil) in [
        ("iss", r"\u0069ss", r#""https://good""#, r#""https://evil""#),
        ("sub", r"su\u0062", r#""me""#, r#""admin""#),
        ("aud", r"a\u0075d", r#""us""#, r#"["them"]"#),
        ("exp", r"e\u0078p", "1", "99999999999"),
        ("nonce", r"\u006eonce", r#""a""#, r#""b""#),
        ("other", r"oth\u0065r", "true", "false"),
    ] {
        for claims in [
            format!(r#"{{"{name}":{good},"{name}":{evil}}}"#),
            format!(r#"{{"{name}":{evil},"{name}":{good}}}"#),
            format!(r#"{{"{name}":{good},"{name}":{good}}}"#),
            format!(r#"{{"{name}":{good},"x":{{}},"{escaped}":{evil}}}"#),
            format!(r#"{{"{escaped}":{evil},"{name}":{good}}}"#),
            format!(r#"{{"{escaped}":{evil},"{escaped}":{good}}}"#),
        ] {
            let rejected = verdict(&token(&claims), &key(), &UNCHECKED);
            assert_eq!(rejected, Err(Error::DuplicateMember), "{claims}");
        }
    }
    // Nested duplicates are rejected only when they are looked up.
    let nested = token(r#"{"a":{"b":1,"\u0062":2,"c":3}}"#);
    let read = with_verified(nested, &UNCHECKED, NumericDate::from_seconds(NOW), |jwt| {
        let object = jwt.claims().get("a").unwrap().as_object().unwrap();
        assert_eq!(object.get("b").err(), Some(Error::DuplicateMember));
        assert_eq!(object.get("c").unwrap().unwrap().as_i64(), Some(3));
    });
    assert_eq!(read, Ok(()));
    for jwks in [r#"{"keys":[],"keys":[]}"#, r#"{"keys":[],"\u006beys":[]}"#] {
        let rejected = KeySet::<1>::from_jwks(jwks.as_bytes(), SIGNATURES);
        assert_eq!(rejected.err(), Some(Error::DuplicateMember), "{jwks}");
    }
    let text = OURS.jwk().to_string();
    for member in [
        r#""kty":"EC""#,
        r#""n":"AQAB""#,
        r#""\u006b\u0074\u0079":"RSA""#,
    ] {
        let jwk = text.replacen('{', &format!("{{{member},"), 1);
        let rejected = KeySet::<1>::from_jwk(jwk.as_bytes(), SIGNATURES);
        assert_eq!(rejected.err(), Some(Error::DuplicateMember), "{jwk}");
    }
}

/// Names that differ only in case are different names, so the required one is missing.
#[test]
fn member_names_in_another_case() {
    let policy = Policy {
        issuer: Check::Required(&["https://good"]),
        expires_at: Check::Present,
        ..UNCHECKED
    };
    for (claims, want) in [
        (r#"{"iss":"https://good","exp":9999999999}"#, None),
        (
            r#"{"ISS":"https://good","exp":9999999999}"#,
            Some(Error::Claim(Claim::Iss, Problem::Missing)),
        ),
        (
            r#"{"Iss":"https://good","exp":9999999999}"#,
            Some(Error::Claim(Claim::Iss, Problem::Missing)),
        ),
        (
            r#"{"iss ":"https://good","exp":9999999999}"#,
            Some(Error::Claim(Claim::Iss, Problem::Missing)),
        ),
        (
            r#"{"ıss":"https://good","exp":9999999999}"#,
            Some(Error::Claim(Claim::Iss, Problem::Missing)),
        ),
        (
            r#"{"iss":"https://good","Exp":9999999999}"#,
            Some(Error::Claim(Claim::Exp, Problem::Missing)),
        ),
        (
            r#"{"iss":"https://good","EXP":9999999999}"#,
            Some(Error::Claim(Claim::Exp, Problem::Missing)),
        ),
        (
            r#"{"iss":"https://good","exp\u0000":9999999999}"#,
            Some(Error::Claim(Claim::Exp, Problem::Missing)),
        ),
        // These are neither duplicates nor registered names.
        (
            r#"{"iss":"https://good","ISS":5,"exp":9999999999,"Exp":"x"}"#,
            None,
        ),
    ] {
        assert_eq!(
            verdict(&token(claims), &key(), &policy).err(),
            want,
            "{claims}"
        );
    }
    for header in [
        r#"{"aLg":"HS256"}"#,
        r#"{"ALG":"HS256"}"#,
        r#"{"alg ":"HS256"}"#,
    ] {
        let token = token_with_header(header.as_bytes(), CLAIMS);
        assert_eq!(
            verdict(&token, &key(), &UNCHECKED),
            Err(Error::Header(Member::Alg, Problem::Missing)),
            "{header}"
        );
    }
    for alg in ["hs256", "Hs256", "HS256 ", "HS-256"] {
        let header = json!({ "alg": alg }).to_string();
        let token = token_with_header(header.as_bytes(), CLAIMS);
        let rejected = verdict(&token, &key(), &UNCHECKED);
        assert_eq!(rejected, Err(Error::AlgorithmNotAccepted), "{alg}");
    }
}

/// Tokens with a wrong number of dots (CVE-2025-30204, CVE-2025-27144: a megabyte of them).
#[test]
fn wrong_number_of_segments() {
    let good = token("{}");
    let [header, payload, mac] = good.split('.').collect::<Vec<_>>()[..] else {
        panic!()
    };
    let dots = ".".repeat(limits::MAX_TOKEN_LEN);
    for (text, want) in [
        (String::new(), Error::MalformedToken),
        (String::from(header), Error::MalformedToken),
        (format!("{header}.{payload}"), Error::MalformedToken),
        (format!("{header}.{payload}.{mac}."), Error::MalformedToken),
        (format!(".{header}.{payload}.{mac}"), Error::MalformedToken),
        (
            format!("{header}.{payload}.{mac}.{mac}"),
            Error::MalformedToken,
        ),
        (
            format!("{header}.{payload}.{mac}.{mac}.{mac}"),
            Error::Encrypted,
        ),
        (
            format!("{header}.{payload}.{mac}.{mac}.{mac}."),
            Error::MalformedToken,
        ),
        (format!("{header}..{payload}.{mac}"), Error::MalformedToken),
        (
            format!("{header}\u{2024}{payload}\u{2024}{mac}"),
            Error::MalformedToken,
        ),
        (dots.clone(), Error::MalformedToken),
        (
            format!("{header}.{payload}.{mac}{}", &dots[..1_000_000]),
            Error::MalformedToken,
        ),
        (format!("{dots}."), Error::Limit(Limit::TokenLen)),
        (
            format!("{header}.{}.{mac}", "A".repeat(limits::MAX_TOKEN_LEN)),
            Error::Limit(Limit::TokenLen),
        ),
        // Three segments, one or all of them empty.
        (String::from(".."), Error::MalformedJson),
        (format!(".{payload}.{mac}"), Error::MalformedJson),
        (format!("{header}..{mac}"), Error::BadSignature),
        (format!("{header}.{payload}."), Error::BadSignature),
    ] {
        assert_eq!(signature_verdict(&text, &key()), Err(want), "{text:.80}");
        let mut scratch = vec![0; scratch_len(text.len())];
        let peeked = Options::new()
            .peek_header_untrusted(text.as_bytes(), &mut scratch)
            .err();
        let want = Some(want).filter(|e| *e != Error::BadSignature);
        assert_eq!(peeked, want, "{text:.80}");
    }
}

/// Control: a token signed with our key is accepted, and one with another secret is rejected.
#[test]
fn our_own_token_is_accepted() {
    let good = rsa_token(&OURS, &json!({"alg": "RS256"}));
    assert_eq!(signature_verdict(&good, &OURS.key()), Ok(()));
    let other_secret = token_with_secret(&[7; 32], HS256, CLAIMS);
    assert_eq!(
        signature_verdict(&other_secret, &key()),
        Err(Error::BadSignature)
    );
}
