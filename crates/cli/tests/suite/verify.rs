//! `verify`: tokens that are accepted and rejected.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::json;

use super::support::{CLAIMS, NOW, Run, SECRET, TOKEN, demo, file, jwk, run};

/// Runs `verify` with the key of [`TOKEN`] as a JWK, and more arguments.
fn verify(name: &str, more: &[&str], stdin: &str) -> Run {
    let jwks = file(name, jwk());
    let arguments = ["verify", "--jwks", &jwks, "--alg", "HS256"];
    run(&[&arguments, more].concat(), stdin.as_bytes())
}

const DECIDED: [&str; 5] = ["--issuer=joe", "--any-audience", "--now", NOW, TOKEN];

#[test]
fn accepted() {
    let run = verify("accepted.jwk", &DECIDED, "");
    let want = format!("{CLAIMS}\n");
    assert_eq!((run.code, run.text(), run.stderr.as_str()), (0, &*want, ""));
}

#[test]
fn every_key_of_a_large_set_is_used() {
    let other = format!(r#"{{"kty":"oct","k":"{}"}}"#, "A".repeat(42) + "E");
    let content = format!(
        r#"{{"keys":[{}{}]}}"#,
        format!("{other},").repeat(99),
        jwk()
    );
    let jwks = file("large.jwks", content);
    let given = ["verify", "--jwks", &jwks, "--alg=HS256"];
    let run = run(&[&given, &DECIDED[..]].concat(), b"");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
}

/// A JWK Set accepts all algorithms of the list. A single key accepts only its own.
#[test]
fn a_token_for_another_kind_of_key() {
    let ec = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
    // {"alg":"RS256"}
    let token = "eyJhbGciOiJSUzI1NiJ9.e30.AAAA";
    for (content, error) in [
        (ec.to_owned(), "algorithm_not_accepted"),
        (format!(r#"{{"keys":[{ec}]}}"#), "no_key"),
    ] {
        let jwks = file("another-kind.jwks", content);
        let given = ["verify", "--profile=jws", "--jwks", &jwks, token];
        run(&given, b"").assert_failed(1, &format!("error: {error}: "));
    }
}

#[test]
fn the_token_may_come_from_standard_input() {
    let [issuer, audience, now, time, _] = DECIDED;
    let stdin = format!("\r\n {TOKEN}\n\n");
    for dash in [&["-"][..], &[]] {
        let arguments = [&[issuer, audience, now, time], dash].concat();
        assert_eq!(verify("stdin.jwk", &arguments, &stdin).code, 0);
    }
    let endless = "x".repeat(1 << 21);
    let run = verify("stdin.jwk", &[issuer, audience, "-"], &endless);
    run.assert_failed(1, "error: limit_token_len: ");
    verify("stdin.jwk", &[issuer, audience], "").assert_failed(1, "error: malformed_token: ");
}

#[test]
fn rejected() {
    let (forged, padded) = (format!("{TOKEN}A"), format!("{TOKEN}="));
    for (arguments, error) in [
        (
            ["--issuer=eve", "--any-audience", "--now=0", TOKEN],
            "iss_mismatch: claim \"iss\" is not an accepted issuer",
        ),
        (
            ["--any-issuer", "--audience=me", "--now=0", TOKEN],
            "aud_missing: claim \"aud\" is missing",
        ),
        (
            ["--any-issuer", "--any-audience", "--now=1300819380", TOKEN],
            "exp_expired: the token has expired: claim \"exp\" is in the past",
        ),
        (
            ["--any-issuer", "--any-audience", "--now=0", &forged],
            "bad_signature: the signature does not verify",
        ),
        (
            ["--any-issuer", "--any-audience", "--now=0", &padded],
            "malformed_base64url: a text is not strict base64url\n\
             hint: the token has padding, which --padded accepts",
        ),
    ] {
        let run = verify("rejected.jwk", &arguments, "");
        run.assert_failed(1, &format!("error: {error}\n"));
    }
}

#[test]
fn each_option_restricts_the_token() {
    for (argument, code) in [
        ("--now=1300819379.999", 0),
        ("--now=1300819380", 1),
        ("--now=-1.5", 0),
        ("--subject=joe", 1),
        ("--nonce=x", 1),
        ("--any-nonce", 0),
        ("--max-age=300", 1),
        ("--typ=jwt", 0),
        ("--typ=application/JWT", 0),
        ("--typ=at+jwt", 1),
        ("--profile=access-token", 1),
    ] {
        let now = if argument.starts_with("--now") {
            "--leeway=0"
        } else {
            "--now=1300819000"
        };
        let arguments = ["--any-issuer", "--any-audience", now, argument, TOKEN];
        let run = verify("restricted.jwk", &arguments, "");
        assert_eq!(run.code, code, "{argument} {run:?}");
    }
    let late = ["--any-issuer", "--any-audience", "--now=1300819389", TOKEN];
    assert_eq!(
        verify("restricted.jwk", &[&late[..], &["--leeway=9"]].concat(), "").code,
        1
    );
    assert_eq!(
        verify(
            "restricted.jwk",
            &[&late[..], &["--leeway=10"]].concat(),
            ""
        )
        .code,
        0
    );
}

#[test]
fn secrets_are_used_byte_for_byte() {
    let secret = Base64UrlUnpadded::decode_vec(SECRET).unwrap();
    let rejected = "error: bad_signature: the signature does not verify\n";
    let hint = format!("{rejected}hint: the secret ends with a line feed\n");
    for (content, code, stderr) in [
        (secret.clone(), 0, ""),
        ([&secret[..], b"\n"].concat(), 1, hint.as_str()),
        (SECRET.as_bytes().to_vec(), 1, rejected),
    ] {
        let path = file("secret", content);
        let arguments = [&["verify", "--secret-file", &path], &DECIDED[..]].concat();
        let run = run(&arguments, b"");
        assert_eq!((run.code, run.stderr.as_str()), (code, stderr));
    }
    let with_line_feed = format!("{SECRET}\n");
    let arguments = [&["verify", "--secret", &with_line_feed], &DECIDED[..]].concat();
    assert_eq!(
        run(&arguments, b"").stderr,
        rejected,
        "no hint for --secret"
    );
}

#[test]
fn json_of_claims() {
    let run = verify("json.jwk", &[&DECIDED[..], &["--json"]].concat(), "");
    let claims = json!({"iss": "joe", "exp": 1_300_819_380, "http://example.com/is_root": true});
    assert_eq!(
        run.json(),
        json!({"ok": true, "alg": "HS256", "claims": claims})
    );
    let line = CLAIMS.replace("\r\n ", "");
    assert!(run.text().contains(&line), "only white space changes");
    assert_eq!(run.text().find('\n'), Some(run.stdout.len() - 1));
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
}

#[test]
fn json_of_a_payload() {
    let run = verify("json-jws.jwk", &["--profile=jws", "--json", TOKEN], "");
    let payload = TOKEN.split('.').nth(1).unwrap();
    assert_eq!(
        run.json(),
        json!({"ok": true, "alg": "HS256", "payload": payload})
    );
}

#[test]
fn json_of_a_rejected_token() {
    let arguments = [
        "--any-issuer",
        "--any-audience",
        "--now=1300819380",
        "--json",
        TOKEN,
    ];
    let run = verify("json-rejected.jwk", &arguments, "");
    let message = r#"the token has expired: claim "exp" is in the past"#;
    let want = json!({
        "ok": false, "error": "exp_expired", "code": 10_505, "message": message,
        "expected": "later than 1300819380 (now)", "found": "1300819380",
    });
    assert_eq!((run.json(), run.code, run.stderr.as_str()), (want, 1, ""));
}

#[test]
fn json_of_keys_that_cannot_be_loaded() {
    let path = file("none.jwks", r#"{"keys":[]}"#);
    let run = run(
        &[&["verify", "--json", "--jwks", &path], &DECIDED[..]].concat(),
        b"",
    );
    let answer = run.json();
    assert_eq!(answer["error"], "no_usable_key");
    assert_eq!(
        (&answer["ok"], &answer["code"]),
        (&json!(false), &json!(27))
    );
    assert_eq!((run.code, run.stderr.as_str()), (2, ""));
}

#[test]
fn json_of_unusable_input() {
    let jwks = file("unusable.jwk", jwk());
    let undecided = "no issuer to check: pass --issuer, or accept any with --any-issuer";
    let unread = "cannot read /nonexistent: No such file or directory (os error 2)";
    let weak = "the key is too weak: HS256 needs at least 32 bytes";
    for (arguments, name, code, message) in [
        (
            &["--jwks", &jwks, TOKEN][..],
            "unusable_input",
            0,
            undecided,
        ),
        (
            &["--jwks=/nonexistent", "--any-issuer", "--any-audience"],
            "unusable_input",
            0,
            unread,
        ),
        (
            &["--secret=x", "--alg=HS256", "--profile=jws", TOKEN],
            "weak_key",
            21,
            weak,
        ),
    ] {
        let run = run(&[&["verify", "--json"], arguments].concat(), b"");
        let want = json!({"ok": false, "error": name, "code": code, "message": message});
        assert_eq!((run.json(), run.code, run.stderr.as_str()), (want, 2, ""));
    }
}

#[test]
fn a_payload_is_printed_unchanged() {
    let run = verify("jws.jwk", &["--profile=jws", TOKEN], "");
    assert_eq!(
        (run.code, run.text()),
        (0, CLAIMS),
        "no line feed, no clock"
    );
    for (typ, code) in [("JWT", 0), ("application/jwt", 0), ("jose", 1)] {
        let run = verify("jws.jwk", &["--profile=jws", "--typ", typ, TOKEN], "");
        assert_eq!(run.code, code, "{run:?}");
    }
}

#[test]
fn id_tokens() {
    let jwks = demo("connect2id.jwks.json");
    let token = std::fs::read(demo("connect2id.jwt")).unwrap();
    let arguments = [
        "verify",
        "--jwks",
        &jwks,
        "--profile=id-token",
        "--now=1311281000",
    ];
    let issuer = "--issuer=https://c2id.example.com";
    for (more, code) in [
        (
            &[issuer, "--audience=client-12345", "--nonce=n-0S6_WzA2Mj"][..],
            0,
        ),
        (&[issuer, "--audience=client-12345", "--nonce=other"], 1),
        (
            &[
                issuer,
                "--audience=other",
                "--audience=client-12345",
                "--any-nonce",
            ],
            0,
        ),
        (
            &[
                issuer,
                "--audience=other",
                "--audience=another",
                "--any-nonce",
            ],
            1,
        ),
        (
            &[
                issuer,
                "--audience=client-12345",
                "--audience=x",
                "--any-nonce",
            ],
            0,
        ),
        (
            &["--any-issuer", "--any-audience", "--any-nonce", "--json"],
            0,
        ),
        (
            &[
                "--any-issuer",
                "--any-audience",
                "--any-nonce",
                "--max-age=300",
            ],
            0,
        ),
        (
            &[
                "--any-issuer",
                "--any-audience",
                "--any-nonce",
                "--max-age=30",
            ],
            1,
        ),
    ] {
        let run = run(&[&arguments[..], more].concat(), &token);
        assert_eq!(run.code, code, "{more:?} {run:?}");
        if more.contains(&"--json") {
            assert_eq!(run.json()["kid"], "1e9gdk7");
        }
    }
}
