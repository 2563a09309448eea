//! `--explain`

use serde_json::{Value, json};

use super::support::{MADE_SECRET, Run, run, token};

fn explain(claims: &Value, more: &[&str]) -> Run {
    let token = token(claims);
    let given = ["verify", "--explain", "--secret", MADE_SECRET, "--now=1500"];
    run(&[&given[..], more, &[&token]].concat(), b"")
}

/// Returns the lines before the error, with single spaces.
fn lines(run: &Run) -> Vec<String> {
    let lines = run
        .stderr
        .lines()
        .take_while(|line| !line.starts_with("error: "));
    lines
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect()
}

#[test]
fn every_check_of_the_policy_is_listed() {
    let claims = json!({"iss": "joe", "exp": 1000, "aud": "us", "sub": "s"});
    let run = explain(
        &claims,
        &[
            "--issuer=eve",
            "--audience=us",
            "--subject=s",
            "--client-id=c",
        ],
    );
    let want = [
        "typ not made",
        r#"iss failed iss_mismatch, expected "eve", found "joe""#,
        r#"sub passed expected "s", found "s""#,
        r#"aud passed expected "us", found "us""#,
        "azp not made",
        "exp failed exp_expired, expected later than 1500 (now), found 1000",
        "nbf not made",
        "iat not made",
        "nonce not made",
        "auth_time not made",
        "acr not made",
        "amr not made",
        "jti not made",
        r#"client_id failed client_id_missing, expected "c", found nothing"#,
        "events not made",
    ];
    assert_eq!(lines(&run), want);
    assert_eq!((run.code, run.text()), (1, ""));
    assert!(run.stderr.contains("error: iss_mismatch: "), "{run:?}");
}

#[test]
fn an_accepted_token_is_printed_as_without_the_option() {
    let claims = json!({"iss": "joe"});
    let run = explain(&claims, &["--issuer=joe", "--any-audience"]);
    assert_eq!((run.code, run.text()), (0, "{\"iss\":\"joe\"}\n"));
    assert_eq!(lines(&run)[1], r#"iss passed expected "joe", found "joe""#);
    assert_eq!(lines(&run).len(), 15);
}

#[test]
fn checks_beyond_the_policy_are_listed() {
    let id_token = json!({
        "iss": "i", "sub": "s", "aud": "us", "exp": 2000, "iat": 1000,
        "c_hash": "VpTQii5T_8rgwxA-Wtb2Bw", "s_hash": "VpTQii5T_8rgwxA-Wtb2Bw",
    });
    let any = [
        "--any-issuer",
        "--any-audience",
        "--any-nonce",
        "--profile=id-token",
    ];
    let hashes = [
        "--code=code",
        "--state=x",
        "--access-token=y",
        "--hashes-if-present",
    ];
    let run = explain(&id_token, &[&any[..], &hashes].concat());
    let shown = "found another value, which is not shown";
    assert_eq!(
        lines(&run)[15..],
        [
            "at_hash not made".to_owned(),
            "c_hash passed expected the hash of the code, found the same value, which is not shown"
                .to_owned(),
            format!("s_hash failed s_hash_mismatch, expected the hash of the state, {shown}"),
        ]
    );
    let logout = json!({
        "iss": "https://op", "aud": "us", "iat": 1000, "exp": 2000, "jti": "1",
        "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
    });
    let any = ["--any-issuer", "--any-audience", "--profile=logout-token"];
    let run = explain(&logout, &any);
    assert_eq!(
        lines(&run).last().unwrap(),
        "sid failed sid_missing, expected a value of sid or sub, found nothing"
    );
}

#[test]
fn checks_in_json() {
    let claims = json!({"iss": "joe", "exp": 1000});
    let any = ["--json", "--any-audience"];
    let rejected = explain(&claims, &[&any[..], &["--issuer=joe"]].concat()).json();
    assert_eq!(rejected["error"], "exp_expired");
    let checks = rejected["checks"].as_array().unwrap();
    assert_eq!(checks.len(), 15);
    let iss =
        json!({"name": "iss", "outcome": "passed", "expected": "\"joe\"", "found": "\"joe\""});
    let exp = json!({
        "name": "exp", "outcome": "failed", "error": "exp_expired",
        "expected": "later than 1500 (now)", "found": "1000",
    });
    assert!(checks.contains(&iss) && checks.contains(&exp), "{rejected}");
    let accepted = explain(
        &json!({"iss": "joe"}),
        &[&any[..], &["--issuer=joe"]].concat(),
    )
    .json();
    assert_eq!(
        (
            &accepted["ok"],
            accepted["checks"].as_array().unwrap().len()
        ),
        (&json!(true), 15)
    );
}

#[test]
fn profile_jws_has_nothing_to_explain() {
    let given = [
        "verify",
        "--explain",
        "--profile=jws",
        "--secret",
        MADE_SECRET,
        "a.b.c",
    ];
    run(&given, b"").assert_failed(2, "--explain cannot be used with --profile jws");
}
