//! The header tries to choose the key, or contains more than is understood.

use jose_verify::alg::{KeyParameters, SIGNATURES};
use jose_verify::{Check, Error, KeySet, Member, Options, Policy, Problem};
use serde_json::{Value, json};

use super::{CLAIMS, OURS, THEIRS, rsa_token, set, with};
use crate::support::Keyring;
use crate::support::curve::curve;
use crate::support::rsa::RsaKey;
use crate::support::sign::{base64url, key as mac_key, token_signed_by, token_with_header};
use crate::support::verdict::{UNCHECKED, signature_verdict, signature_verdict_with, verdict};

/// Returns our public key with a `kid`.
fn our_keys() -> Box<KeySet<8>> {
    set(&[with(&OURS.jwk(), &json!({"kid": "ours"}))], SIGNATURES)
}

/// Returns a public key to which the caller gave a `kid`.
fn named(key: &RsaKey, key_id: &str) -> Keyring {
    let (n, e) = (key.n.to_bytes_be(), key.e.to_bytes_be());
    let mut keys = Keyring::new();
    keys.accept(SIGNATURES).unwrap();
    keys.add(&KeyParameters::rsa(&n, &e), Some(key_id)).unwrap();
    keys
}

/// Returns an RS256 token with these additional header members.
fn rs256(key: &RsaKey, members: &Value) -> String {
    rsa_token(key, &with(&json!({"alg": "RS256"}), members))
}

/// A token that contains the key it is signed with (CVE-2018-0114, CVE-2026-27962).
#[test]
fn embedded_key_cve_2018_0114() {
    let own = with(
        &THEIRS.jwk(),
        &json!({"kid": "ours", "alg": "RS256", "use": "sig"}),
    );
    let certificate = base64url(&[0x30; 600]);
    for (members, want) in [
        (json!({"jwk": own}), Error::BadSignature),
        (json!({"jwk": own, "kid": "ours"}), Error::BadSignature),
        (json!({"jwk": own, "kid": "theirs"}), Error::NoKey),
        (json!({"jwk": THEIRS.jwk()}), Error::BadSignature),
        (
            json!({"x5c": [certificate], "kid": "ours"}),
            Error::BadSignature,
        ),
        (
            json!({"x5c": [certificate], "x5t": "AAAA", "x5t#S256": "AAAA"}),
            Error::BadSignature,
        ),
        (json!({"jwks": {"keys": [own]}}), Error::BadSignature),
    ] {
        let token = rs256(&THEIRS, &members);
        assert_eq!(
            signature_verdict(&token, &*our_keys()),
            Err(want),
            "{members}"
        );
    }
    let token = rs256(&THEIRS, &json!({"jwk": own}));
    let theirs = set(&[own], SIGNATURES);
    assert_eq!(
        signature_verdict(&token, &*theirs),
        Ok(()),
        "control: the forgery is valid under the attacker's own key"
    );

    let p256 = curve("ES256");
    let header = json!({"alg": "ES256", "jwk": p256.jwk(&p256.g)}).to_string();
    let one = num_bigint::BigUint::from(1_u8);
    let two = num_bigint::BigUint::from(2_u8);
    let token = token_signed_by(header.as_bytes(), CLAIMS, |input| {
        p256.sign(&one, &two, input)
    });
    assert_eq!(signature_verdict(&token, &p256.key(&p256.g)), Ok(()));
    assert_eq!(
        signature_verdict(&token, &p256.key(&p256.point(&two))),
        Err(Error::BadSignature)
    );
}

/// URLs of keys: never fetched, and not even parsed as a URL or as a string.
#[test]
fn jku_and_x5u_not_fetched() {
    let urls = [
        json!("https://evil.example.com/jwks.json"),
        json!("http://127.0.0.1:1/latest/meta-data"),
        json!("file:///dev/zero"),
        json!("https://issuer.example.com@evil.example.com/"),
        json!("not a URL \u{0}"),
        json!(""),
        json!(5),
        json!(null),
        json!({"url": []}),
    ];
    for (name, url) in ["jku", "x5u"]
        .iter()
        .flat_map(|name| urls.iter().map(move |p| (name, p)))
    {
        let members = json!({(*name): url, "kid": "ours"});
        let good = rs256(&OURS, &members);
        assert_eq!(
            verdict(&good, &*our_keys(), &UNCHECKED),
            Ok(()),
            "{members}"
        );
        let forged = rs256(&THEIRS, &members);
        let rejected = verdict(&forged, &*our_keys(), &UNCHECKED);
        assert_eq!(rejected, Err(Error::BadSignature), "{members}");
    }
}

/// A `kid` that is a path, a query, a command, or not a string at all.
#[test]
fn kid_injection() {
    for kid in [
        "../../../../dev/null",
        "..\\..\\windows\\win.ini",
        "/etc/passwd\0.jwk",
        "ours\0",
        "\0",
        "ours' OR '1'='1",
        "ours'; DROP TABLE keys; --",
        "x' UNION SELECT 'secret",
        "|/bin/true",
        "$(id)",
        "{{7*7}}",
        "ours\r\nX-Injected: 1",
        "OURS",
        "ours ",
        "*",
        "",
        "\u{feff}ours",
        "оurs", // the first letter is Cyrillic
        &"k".repeat(10_000),
        &"../".repeat(3_500),
    ] {
        let token = rs256(&OURS, &json!({ "kid": kid }));
        assert_eq!(
            signature_verdict(&token, &*our_keys()),
            Err(Error::NoKey),
            "{kid:?}"
        );
        let named = named(&OURS, "ours");
        assert_eq!(
            signature_verdict(&token, &named),
            Err(Error::NoKey),
            "{kid:?}"
        );
    }
    for kid in [
        json!(0),
        json!(1.5),
        json!(false),
        json!(true),
        json!({}),
        json!(["ours"]),
    ] {
        let token = rs256(&OURS, &json!({ "kid": kid }));
        let rejected = signature_verdict(&token, &*our_keys());
        let malformed = Error::Header(Member::Kid, Problem::WrongType);
        assert_eq!(rejected, Err(malformed), "{kid}");
    }
    assert_eq!(
        signature_verdict(&rs256(&OURS, &json!({"kid": "ours"})), &*our_keys()),
        Ok(())
    );
    let by_name = rs256(&OURS, &json!({"kid": "ours"}));
    assert_eq!(signature_verdict(&by_name, &named(&OURS, "ours")), Ok(()));
}

/// `null` counts as absent for `kid`, `typ` and `cty` only, and never makes a check pass.
#[test]
fn null_in_the_header() {
    let typed = |typ| Policy { typ, ..UNCHECKED };
    let (required, absent) = (typed(Check::Required("JWT")), typed(Check::Absent));
    let missing = Err(Error::Header(Member::Typ, Problem::Missing));
    let refused = |member, problem| Err(Error::Header(member, problem));
    for (members, policy, want) in [
        (r#""kid":null"#, UNCHECKED, Ok(())),
        (r#""k\u0069d":null"#, UNCHECKED, Ok(())),
        (r#""kid": null ,"typ":null,"cty":null"#, UNCHECKED, Ok(())),
        (r#""typ":null"#, absent, Ok(())),
        (r#""typ":null"#, typed(Check::IfPresent("JWT")), Ok(())),
        (r#""typ":null"#, required, missing),
        (r#""typ":null,"kid":null"#, typed(Check::Present), missing),
        (
            r#""kid":null,"kid":"ours""#,
            UNCHECKED,
            Err(Error::DuplicateMember),
        ),
        (r#""kid":nulls"#, UNCHECKED, Err(Error::MalformedJson)),
        (
            r#""kid":[null]"#,
            UNCHECKED,
            refused(Member::Kid, Problem::WrongType),
        ),
        (
            r#""typ":false"#,
            UNCHECKED,
            refused(Member::Typ, Problem::WrongType),
        ),
        (
            r#""cty":{}"#,
            UNCHECKED,
            refused(Member::Cty, Problem::WrongType),
        ),
        (
            r#""crit":null"#,
            UNCHECKED,
            refused(Member::Crit, Problem::Unsupported),
        ),
        (
            r#""b64":null"#,
            UNCHECKED,
            refused(Member::B64, Problem::Unsupported),
        ),
    ] {
        let header = format!(r#"{{"alg":"RS256",{members}}}"#);
        // The signature is verified before the policy is checked.
        let forged = if want == missing { Ok(()) } else { want };
        let forged = forged.and(Err(Error::BadSignature));
        for (key, want) in [(&OURS, want), (&THEIRS, forged)] {
            let sign = |input: &[u8]| key.sign("RS256", input);
            let token = token_signed_by(header.as_bytes(), CLAIMS, sign);
            assert_eq!(verdict(&token, &*our_keys(), &policy), want, "{members}");
        }
    }
    let token = token_with_header(br#"{"alg":null}"#, CLAIMS);
    let rejected = verdict(&token, &mac_key(), &UNCHECKED);
    assert_eq!(rejected, refused(Member::Alg, Problem::WrongType));
    // A key that the caller named fits a token without `kid`, and `null` is not the name "null".
    let token = rs256(&OURS, &json!({"kid": null}));
    assert_eq!(signature_verdict(&token, &named(&OURS, "null")), Ok(()));
    let by_name = rs256(&OURS, &json!({"kid": "null"}));
    assert_eq!(signature_verdict(&by_name, &*our_keys()), Err(Error::NoKey));
    // Several keys fit a token without `kid`, so `null` is ambiguous too.
    let two = [
        with(&OURS.jwk(), &json!({"kid": "a"})),
        with(&THEIRS.jwk(), &json!({"kid": "b"})),
    ];
    let strict = Options::new().refuse_ambiguity();
    let rejected = signature_verdict_with(&token, &*set(&two, SIGNATURES), strict);
    assert_eq!(rejected, Err(Error::AmbiguousKey));
}

/// The header names one key of the set, but another key of the set signed the token.
#[test]
fn kid_substitution() {
    let jwks = [
        with(&OURS.jwk(), &json!({"kid": "a"})),
        with(&THEIRS.jwk(), &json!({"kid": "b"})),
        RsaKey::new(0, 3, 65_537).jwk(),
    ];
    let keys = set(&jwks, SIGNATURES);
    for (signer, kid, want) in [
        (&*OURS, "a", Ok(())),
        (&*THEIRS, "b", Ok(())),
        (&*OURS, "b", Err(Error::BadSignature)),
        (&*THEIRS, "a", Err(Error::BadSignature)),
        (&RsaKey::new(0, 3, 65_537), "a", Err(Error::BadSignature)),
        (&RsaKey::new(0, 3, 65_537), "c", Err(Error::NoKey)),
    ] {
        let token = rs256(signer, &json!({ "kid": kid }));
        assert_eq!(signature_verdict(&token, &*keys), want, "{kid}");
    }
}

/// Critical extensions that are ignored (CVE-2025-59420, CVE-2026-32597). None is supported here,
/// so every `crit` is rejected.
#[test]
fn crit_ignored_cve_2025_59420() {
    for members in [
        r#""crit":["x-policy"],"x-policy":"deny""#,
        r#""crit":["x-policy"]"#,
        r#""crit":[]"#,
        r#""crit":"x""#,
        r#""crit":"""#,
        r#""crit":[1]"#,
        r#""crit":[null]"#,
        r#""crit":[["x"]]"#,
        r#""crit":{}"#,
        r#""crit":{"x":1}"#,
        r#""crit":null"#,
        r#""crit":false"#,
        r#""crit":0"#,
        r#""crit":["alg"]"#,
        r#""crit":["kid"],"kid":"1""#,
        r#""crit":["crit"]"#,
        r#""crit":["exp"],"exp":1"#,
        r#""crit":["x","x"],"x":1"#,
        r#""crit":["http:\/\/example.invalid\/UNDEFINED"]"#,
        r#""cri\u0074":["x"]"#,
    ] {
        for header in [
            format!(r#"{{"alg":"HS256",{members}}}"#),
            format!(r#"{{{members},"alg":"HS256"}}"#),
        ] {
            let token = token_with_header(header.as_bytes(), CLAIMS);
            let rejected = verdict(&token, &mac_key(), &UNCHECKED);
            assert_eq!(
                rejected,
                Err(Error::Header(Member::Crit, Problem::Unsupported)),
                "{header}"
            );
        }
    }
    // Names are case-sensitive: `CRIT` is an unknown member.
    let token = token_with_header(br#"{"alg":"HS256","CRIT":["x"]}"#, CLAIMS);
    assert_eq!(verdict(&token, &mac_key(), &UNCHECKED), Ok(()));
}

/// An unencoded payload (RFC 7797): the signature does not cover the bytes that are read.
#[test]
fn b64_false_rfc_7797() {
    for (members, want) in [
        (
            r#""b64":false,"crit":["b64"]"#,
            Error::Header(Member::Crit, Problem::Unsupported),
        ),
        (
            r#""b64":true,"crit":["b64"]"#,
            Error::Header(Member::Crit, Problem::Unsupported),
        ),
        (
            r#""b64":false"#,
            Error::Header(Member::B64, Problem::Unsupported),
        ),
        (
            r#""b64":true"#,
            Error::Header(Member::B64, Problem::Unsupported),
        ),
        (
            r#""b64":null"#,
            Error::Header(Member::B64, Problem::Unsupported),
        ),
        (
            r#""b6\u0034":false"#,
            Error::Header(Member::B64, Problem::Unsupported),
        ),
    ] {
        let header = format!(r#"{{"alg":"HS256",{members}}}"#);
        let encoded = token_with_header(header.as_bytes(), CLAIMS);
        assert_eq!(
            verdict(&encoded, &mac_key(), &UNCHECKED),
            Err(want),
            "{header}"
        );
        let (start, mac) = encoded.rsplit_once('.').unwrap();
        let (start, _) = start.split_once('.').unwrap();
        for payload in ["", "data", "{}"] {
            let unencoded = format!("{start}.{payload}.{mac}");
            assert_eq!(
                verdict(&unencoded, &mac_key(), &UNCHECKED),
                Err(want),
                "{unencoded}"
            );
        }
    }
}
