//! `verify`: input that is unusable before any token is examined. Exit code 2.

use super::support::{TOKEN, file, jwk, run};

fn assert_unusable(arguments: &[&str], stderr: &str) {
    let jwks = file("arguments.jwk", jwk());
    let given = ["verify", "--jwks", &jwks, "--alg=HS256", TOKEN];
    run(&[&given, arguments].concat(), b"").assert_failed(2, stderr);
}

#[test]
fn every_check_must_be_decided() {
    assert_unusable(&[], "--any-issuer");
    assert_unusable(&["--any-issuer"], "--any-audience");
    assert_unusable(&["--any-audience"], "--any-issuer");
    assert_unusable(&["--profile=access-token", "--issuer=x"], "--any-audience");
    let id_token = ["--profile=id-token", "--any-issuer", "--any-audience"];
    assert_unusable(&id_token, "--any-nonce");
}

#[test]
fn a_check_cannot_be_both_given_and_waived() {
    for (given, waived) in [
        ("--issuer", "--any-issuer"),
        ("--audience", "--any-audience"),
        ("--nonce", "--any-nonce"),
    ] {
        assert_unusable(&[given, "x", waived], "cannot be used with");
    }
}

#[test]
fn profile_jws_has_no_claim_checks() {
    for argument in [
        "--issuer=x",
        "--any-issuer",
        "--audience=x",
        "--any-audience",
        "--nonce=x",
        "--any-nonce",
        "--subject=x",
        "--leeway=1",
        "--max-age=1",
        "--now=1",
    ] {
        let option = argument.split('=').next().unwrap();
        let message = format!("{option} cannot be used with --profile jws");
        assert_unusable(&["--profile=jws", argument], &message);
    }
}

#[test]
fn invalid_values() {
    for argument in [
        "--profile=JWT",
        "--profile=x",
        "--now=1e9",
        "--now=x",
        "--leeway=-1",
        "--leeway=x",
        "--max-age=1.5",
        "--max-age=4294967296",
    ] {
        assert_unusable(
            &["--any-issuer", "--any-audience", argument],
            "invalid value",
        );
    }
    assert_unusable(&["--unknown"], "unexpected argument");
    for alg in ["", "none", "rs256", "HS256,", "HS256, HS384"] {
        let given = ["verify", "--secret=x", "--alg", alg, TOKEN];
        run(&given, b"").assert_failed(2, "unknown algorithm");
    }
}

#[test]
fn exactly_one_source_of_keys() {
    let decided = ["--any-issuer", "--any-audience", TOKEN];
    for (given, stderr) in [
        (&["verify"][..], "required"),
        (&["verify", "--jwks=a", "--secret=b"], "cannot be used with"),
        (
            &["verify", "--secret=a", "--secret-file=b"],
            "cannot be used with",
        ),
        (
            &["verify", "--jwks=/nonexistent"],
            "cannot read /nonexistent: ",
        ),
        (&["verify", "--jwks=/"], "cannot read /: "),
        (
            &["verify", "--secret-file=/nonexistent"],
            "cannot read /nonexistent: ",
        ),
        (
            &["verify", "--secret-file=/dev/zero"],
            "error: key_too_large: /dev/zero: ",
        ),
        (
            &["verify", "--jwks=/dev/zero"],
            "error: limit_key_set_len: /dev/zero: ",
        ),
        (
            &["verify", "--secret=short"],
            "error: weak_key: the key is too weak: HS256 needs at least 32 bytes, \
             HS384 needs at least 48 bytes, HS512 needs at least 64 bytes\n",
        ),
        (
            &["verify", "--secret=x", "--alg=HS512"],
            "error: weak_key: the key is too weak: HS512 needs at least 64 bytes\n",
        ),
        (
            &["verify", "--secret=x", "--alg=HS256,RS256"],
            "error: unusable_algorithm_list: ",
        ),
    ] {
        run(&[given, &decided].concat(), b"").assert_failed(2, stderr);
    }
}

#[test]
fn keys_that_cannot_be_loaded() {
    let jwk = jwk();
    for (index, (content, name)) in [
        ("", "malformed_json"),
        ("{", "malformed_json"),
        ("[]", "malformed_json"),
        ("{}", "malformed_key"),
        (r#"{"keys":null}"#, "malformed_key_set"),
        (r#"{"keys":[],"keys":[]}"#, "duplicate_member"),
        (r#"{"keys":[]}"#, "no_usable_key"),
        (r#"{"k\u0065ys":[]}"#, "no_usable_key"),
        (&jwk, "unsupported_key"),
    ]
    .into_iter()
    .enumerate()
    {
        let path = file(&format!("unusable-{index}.jwks"), content);
        let given = [
            "verify",
            "--any-issuer",
            "--any-audience",
            "--jwks",
            &path,
            TOKEN,
        ];
        let message = format!("error: {name}: {path}: ");
        run(&given, b"").assert_failed(2, &message);
    }
}

#[test]
fn a_secret_of_zeros() {
    let path = file("zeros", [0; 64]);
    let given = ["verify", "--profile=jws", "--secret-file", &path, TOKEN];
    let message = format!("error: weak_key: {path}: the key is too weak\n");
    run(&given, b"").assert_failed(2, &message);
}

#[test]
fn shared_secrets_without_mac_algorithms_get_a_hint() {
    let given = ["verify", "--any-issuer", "--any-audience", TOKEN, "--jwks"];
    for content in [jwk(), format!(r#"{{"keys":[{}]}}"#, jwk())] {
        let path = file("secrets.jwks", content);
        let run = run(&[&given[..], &[&path]].concat(), b"");
        run.assert_failed(2, "\nhint: these are shared secrets, for --alg HS256, ");
    }
}

#[test]
fn terminal_escapes_are_escaped() {
    let harmful = "\u{1b}[31m\u{202e}x";
    for option in ["--now", "--unknown", "--alg"] {
        let given = format!("{option}={harmful}");
        let run = run(&["verify", "--secret=x", &given], b"");
        assert_eq!(run.code, 2);
        assert!(!run.stderr.contains(['\u{1b}', '\u{202e}']), "{run:?}");
        assert!(run.stderr.ends_with('\n'), "{run:?}");
    }
}

#[test]
fn commands_and_help() {
    assert_eq!(run(&[], b"").code, 2);
    assert_eq!(run(&["unknown"], b"").code, 2);
    assert_eq!(run(&["--help"], b"").code, 0);
    for command in ["verify", "inspect", "keys", "batch"] {
        let help = run(&[command, "--help"], b"");
        assert!(help.code == 0 && help.text().contains("Exit code 0: "));
    }
    assert_eq!(run(&["--version"], b"").text(), "jose-verify 0.1.0\n");
}
