//! What errors say in addition to their name: values, files, keys and algorithms.

use serde_json::{Value, json};

use super::key_files::data;
use super::support::{MADE_SECRET, Run, batch, file, run, token, token_with};

/// Verifies a token with these claims as of 1500.
fn verify(claims: &Value, more: &[&str]) -> Run {
    let token = token(claims);
    let given = ["verify", "--secret", MADE_SECRET, "--now=1500"];
    run(&[&given[..], more, &[&token]].concat(), b"")
}

const ANY: [&str; 2] = ["--any-issuer", "--any-audience"];

/// Asserts that the token is rejected with these values.
fn assert_values(claims: &Value, more: &[&str], expected: &str, found: &str) {
    let run = verify(claims, more);
    assert_eq!(run.code, 1, "{claims} {run:?}");
    let (_, values) = run.stderr.split_once('\n').unwrap();
    assert_eq!(
        values,
        format!("expected: {expected}\nfound: {found}\n"),
        "{claims}"
    );
    let json = verify(claims, &[more, &["--json"]].concat()).json();
    assert!(
        json["expected"].is_string() && json["found"].is_string(),
        "{json}"
    );
}

#[test]
fn expected_and_found_times() {
    for (claims, more, expected, found) in [
        (
            json!({"exp": 1500}),
            &ANY[..],
            "later than 1500 (now)",
            "1500",
        ),
        (
            json!({"exp": 1489.5}),
            &["--leeway=10", ANY[0], ANY[1]],
            "later than 1500 (now) - 10 (leeway)",
            "1489.5",
        ),
        (json!({"nbf": 1501}), &ANY, "at most 1500 (now)", "1501"),
        (
            json!({"iat": 9999}),
            &["--leeway=10", ANY[0], ANY[1]],
            "at most 1500 (now) + 10 (leeway)",
            "9999",
        ),
        (json!({"exp": "2000"}), &ANY, "a number", r#""2000""#),
        (
            json!({"auth_time": 1000}),
            &["--max-age=300", ANY[0], ANY[1]],
            "from 1500 (now) - 300 (max age), to now",
            "1000",
        ),
    ] {
        assert_values(&claims, more, expected, found);
    }
}

#[test]
fn expected_and_found_strings() {
    let id_token = [
        "--any-issuer",
        "--audience=us",
        "--any-nonce",
        "--profile=id-token",
    ];
    let whole = json!({"iss": "i", "sub": "s", "aud": "us", "exp": 2000, "iat": 1000});
    let changed = |name: &str, value: Value| {
        let mut claims = whole.clone();
        claims[name] = value;
        claims
    };
    for (claims, more, expected, found) in [
        (
            json!({"iss": "joe"}),
            &["--issuer=eve", "--any-audience"][..],
            r#""eve""#,
            r#""joe""#,
        ),
        (
            json!({"iss": "joe"}),
            &["--issuer=a", "--issuer=b", "--any-audience"],
            r#""a" or "b""#,
            r#""joe""#,
        ),
        (
            json!({}),
            &["--issuer=a", "--any-audience"],
            r#""a""#,
            "nothing",
        ),
        (json!({"iss": 5}), &ANY, "a string", "5"),
        (
            json!({"aud": ["x", "y"]}),
            &["--any-issuer", "--audience=me"],
            r#""me""#,
            r#"["x","y"]"#,
        ),
        (
            json!({"acr": "0"}),
            &["--acr=1", "--acr=2", ANY[0], ANY[1]],
            r#""1" or "2""#,
            r#""0""#,
        ),
        (
            json!({"sub": "a"}),
            &["--subject=b", ANY[0], ANY[1]],
            r#""b""#,
            r#""a""#,
        ),
        (
            json!({"azp": "a"}),
            &["--azp=b", ANY[0], ANY[1]],
            r#""b""#,
            r#""a""#,
        ),
        (
            json!({}),
            &["--client-id=b", ANY[0], ANY[1]],
            r#""b""#,
            "nothing",
        ),
        (
            json!({}),
            &["--typ=jwt", ANY[0], ANY[1]],
            r#""jwt""#,
            "nothing",
        ),
        (
            changed("azp", json!("app")),
            &id_token,
            r#""us""#,
            r#""app""#,
        ),
        (
            changed("aud", json!(["us", "x"])),
            &id_token,
            r#""us""#,
            r#"["us","x"]"#,
        ),
        (changed("events", json!({})), &id_token, "nothing", "{}"),
        (
            json!({"iss": "\u{1b}[2J\u{202e}"}),
            &["--issuer=\u{9b}x", "--any-audience"],
            r#""\u009bx""#,
            r#""\u001b[2J\u202e""#,
        ),
        (
            json!({"iss": "x".repeat(300)}),
            &["--issuer=a", "--any-audience"],
            r#""a""#,
            &format!(r#""{}…"#, "x".repeat(255)),
        ),
    ] {
        assert_values(&claims, more, expected, found);
    }
}

#[test]
fn expected_and_found_values_of_a_template() {
    for (claims, more, expected, found) in [
        (
            json!({"iss": "https://a/x", "tid": "t"}),
            &["--issuer-template=https://a/{t}", "--any-audience"],
            r#""https://a/{t}" with the tid of the token"#,
            r#""https://a/x""#,
        ),
        (
            json!({"iss": "https://a/x", "tid": "/"}),
            &["--issuer-template=https://a/{t}", "--any-audience"],
            r#"letters, digits, "-", ".", "_" and "~""#,
            r#""/""#,
        ),
    ] {
        assert_values(&claims, more, expected, found);
    }
}

#[test]
fn values_of_a_forged_token_are_not_shown() {
    let claims = json!({"iss": "mallory", "exp": 1});
    let token = token(&claims);
    let (input, _) = token.rsplit_once('.').unwrap();
    for forged in [
        format!("{input}.AAAA"),
        format!("{input}."),
        format!("{token}AA"),
        token.replacen("eyJ", "eyI", 1),
        token_with(r#"{"alg":"HS512"}"#, &claims.to_string()),
        token_with(r#"{"alg":"none"}"#, &claims.to_string()),
    ] {
        for more in [
            &[][..],
            &["--explain"],
            &["--json"],
            &["--json", "--explain"],
        ] {
            let given = [
                "verify",
                "--secret",
                MADE_SECRET,
                "--issuer=joe",
                "--any-audience",
            ];
            let run = run(&[&given[..], more, &[&forged]].concat(), b"");
            assert_eq!(run.code, 1, "{run:?}");
            for text in [run.text(), &run.stderr] {
                assert!(
                    !text.contains("mallory") && !text.contains("joe"),
                    "{run:?}"
                );
                assert!(
                    !text.contains("passed") && !text.contains("found"),
                    "{run:?}"
                );
            }
        }
    }
}

/// A nonce binds the token to a browser, and the other values are secrets.
#[test]
fn secrets_are_not_shown() {
    let claims = json!({
        "iss": "i", "sub": "s", "aud": "us", "exp": 2000, "iat": 1000, "nonce": "found-nonce",
        "at_hash": "found-hash", "c_hash": "found-hash", "s_hash": "found-hash",
    });
    for (option, want) in [
        ("--nonce=sent-nonce", "expected: the nonce that was sent\n"),
        (
            "--access-token=sent-token",
            "expected: the hash of the access token\n",
        ),
        ("--code=sent-code", "expected: the hash of the code\n"),
        ("--state=sent-state", "expected: the hash of the state\n"),
    ] {
        let mut given = vec!["--profile=id-token", ANY[0], ANY[1], option];
        if !option.starts_with("--nonce") {
            given.push("--any-nonce");
        }
        for more in [
            &[][..],
            &["--explain"],
            &["--json"],
            &["--json", "--explain"],
        ] {
            let run = verify(&claims, &[&given[..], more].concat());
            let text = format!("{}{}", run.text(), run.stderr);
            assert_eq!(run.code, 1, "{run:?}");
            assert!(
                !text.contains("sent-") && !text.contains("found-"),
                "{text}"
            );
            assert!(!text.contains(MADE_SECRET), "{text}");
            assert!(
                more.contains(&"--json") || run.stderr.contains(want),
                "{text}"
            );
        }
    }
}

#[test]
fn the_reason_for_skipping_the_key_that_the_token_names() {
    let ec = r#""kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0""#;
    let content = format!(
        r#"{{"keys":[{{{ec},"kid":"good"}},
            {{"kty":"RSA","kid":"weak","n":"AQAB","e":"AQAB"}},
            {{{ec},"kid":"enc","use":"enc"}},
            {{"kty":"OKP","crv":"Ed25519","kid":"a\nb","x":"AA"}},
            {{{ec},"kid":"other","alg":"HS256"}}]}}"#
    );
    let jwks = file("skipped.jwks", &content);
    let (alg, set) = (r#"the token has alg "RS256""#, format!(" of {jwks}"));
    for (kid, reason, in_batch) in [
        (
            r#","kid":"weak""#,
            format!(r#"the key "weak"{set} was skipped: weak_key: the key is too weak"#),
            true,
        ),
        (
            r#","kid":"enc""#,
            format!(r#"the key "enc"{set} was skipped: wrong_key_use: "#),
            true,
        ),
        (
            r#","kid":"a\nb""#,
            format!(r#"the key "a\nb"{set} was skipped: unsupported_key: "#),
            true,
        ),
        (
            r#","kid":"other""#,
            format!(r#"the key "other"{set} was skipped: algorithm_not_accepted: "#),
            true,
        ),
        (
            r#","kid":"good""#,
            format!(r#"{alg}, and the key "good"{set} is for ES256"#),
            false,
        ),
        (
            r#","kid":"absent""#,
            format!(r#"no key{set} has the kid "absent"; 4 keys were skipped"#),
            false,
        ),
        (
            "",
            format!(r"{alg}, and the keys{set} are for ES256; 4 keys were skipped"),
            false,
        ),
    ] {
        let token = token_with(&format!(r#"{{"alg":"RS256"{kid}}}"#), "{}");
        let given = ["verify", "--key", &jwks, ANY[0], ANY[1], &token];
        let stderr = run(&given, b"").stderr;
        let (_, message) = stderr.split_once(": ").unwrap();
        assert!(message.starts_with("no_key: "), "{stderr}");
        assert!(message.contains(&reason), "{stderr}");
        let keys: Value = serde_json::from_str(&content).unwrap();
        let answer = batch(&json!({"token": token, "keys": keys}).to_string()).remove(0);
        assert_eq!(answer["error"], "no_key");
        match answer["message"].as_str() {
            Some(message) => assert!(in_batch && message.contains(&reason.replace(&set, ""))),
            None => assert!(!in_batch, "{answer}"),
        }
    }
}

#[test]
fn a_secret_that_is_too_short_for_the_token() {
    for (secret, alg, message) in [
        (
            40,
            "HS512",
            Some("HS512 needs at least 64 bytes, and the secret has 40"),
        ),
        (
            40,
            "HS384",
            Some("HS384 needs at least 48 bytes, and the secret has 40"),
        ),
        (
            63,
            "HS512",
            Some("HS512 needs at least 64 bytes, and the secret has 63"),
        ),
        (64, "RS256", None),
    ] {
        let secret = "x".repeat(secret);
        let token = token_with(&format!(r#"{{"alg":"{alg}"}}"#), "{}");
        let run = run(
            &["verify", "--secret", &secret, ANY[0], ANY[1], &token],
            b"",
        );
        run.assert_failed(1, "error: algorithm_not_accepted: ");
        assert!(!run.stderr.contains(&secret));
        let answer = batch(&json!({"token": token, "secret": secret}).to_string()).remove(0);
        assert_eq!(answer["error"], "algorithm_not_accepted");
        assert_eq!(answer["message"].as_str(), message, "{answer}");
        if let Some(message) = message {
            assert!(run.stderr.contains(message), "{run:?}");
        }
    }
}

#[test]
fn the_algorithms_of_the_token_and_of_the_key() {
    let token = token_with(r#"{"alg":"HS256"}"#, "{}");
    for (key, message) in [
        (
            "accepted/p256-node.jwk",
            r#"the token has alg "HS256", and the key is for ES256"#,
        ),
        (
            "accepted/pss-openssl-spki.pem",
            r#"the token has alg "HS256", and the key is for PS256"#,
        ),
        ("accepted/rsa-node.jwks", r#"the token has alg "HS256""#),
    ] {
        let key = data(key);
        let run = run(&["verify", "--key", &key, ANY[0], ANY[1], &token], b"");
        run.assert_failed(1, "error: algorithm_not_accepted: ");
        assert!(run.stderr.contains(message), "{run:?}");
    }
}

#[test]
fn metadata_that_excludes_algorithms_is_named() {
    let metadata = |algorithms: &str| {
        let text = format!(
            r#"{{"issuer":"https://op","jwks_uri":"x",
                "id_token_signing_alg_values_supported":{algorithms}}}"#
        );
        file(&format!("names-{}.json", algorithms.len()), text)
    };
    let (es256, all) = (
        metadata(r#"["ES256"]"#),
        metadata(r#"["HS256","HS384","HS512"]"#),
    );
    let hs512 = metadata(r#"["HS512","none"]"#);
    let rsa = data("accepted/rsa-node.jwk");
    // Not accepted with any of these lists.
    let token = token_with(r#"{"alg":"ES384"}"#, "{}");
    let secret = ["--secret", MADE_SECRET];
    for (keys, metadata, alg, named) in [
        (["--key", &rsa], &es256, &[][..], Some("lists only ES256")),
        (secret, &hs512, &[], Some("lists only HS512")),
        (secret, &all, &[], None),
        (secret, &hs512, &["--alg=HS384"], None),
    ] {
        let given = [
            "verify",
            "--profile=id-token",
            "--issuer=https://op",
            "--any-nonce",
        ];
        let more = ["--any-audience", "--metadata", metadata, &token];
        let run = run(&[&given[..], &keys, alg, &more].concat(), b"");
        assert_ne!(run.code, 0);
        let note = format!(
            "of the accepted algorithms, {metadata} {}",
            named.unwrap_or_default()
        );
        assert_eq!(
            run.stderr.contains(note.trim_end()),
            named.is_some(),
            "{run:?}"
        );
    }
}

/// A secret that is given as such fits every `kid`.
#[test]
fn a_secret_fits_every_kid() {
    for kid in ["", r#","kid":"1""#, r#","kid":"""#, r#","kid":"unknown""#] {
        let token = token_with(&format!(r#"{{"alg":"HS256"{kid}}}"#), "{}");
        let given = ["verify", "--secret", MADE_SECRET, ANY[0], ANY[1], &token];
        assert_eq!(run(&given, b"").code, 0, "{kid}");
        let answer = batch(&json!({"token": token, "secret": MADE_SECRET}).to_string()).remove(0);
        assert_eq!(answer["ok"], true, "{kid}");
    }
}

#[test]
fn what_was_passed_instead_of_a_token() {
    let token = token(&json!({"iss": "joe"}));
    for (case, text, hint) in [
        ("a token", token.clone(), None),
        ("another segment", format!("{token}.AAAA"), None),
        (
            "a scheme",
            format!("Bearer {token}"),
            Some("precedes the token"),
        ),
        (
            "a header",
            format!("Authorization: Bearer {token}"),
            Some("precedes the token"),
        ),
        ("quotes", format!("\"{token}\""), Some("in quotation marks")),
        (
            "JSON",
            format!("{{\"access_token\":\"{token}\"}}"),
            Some("the text is JSON"),
        ),
        ("SD-JWT", format!("{token}~WyJhIl0~"), Some("SD-JWT")),
        (
            "padding",
            format!("{token}="),
            Some("the token has padding, which --padded accepts"),
        ),
        (
            "base64",
            format!("{token}+/"),
            Some("base64, not base64url"),
        ),
        (
            "a URL",
            format!("https://app.example.com/cb#{token}"),
            Some("a URL"),
        ),
        (
            "line breaks",
            token.replace('.', ".\n"),
            Some("white space"),
        ),
        (
            "a line break inside the payload",
            {
                let (rest, signature) = token.rsplit_once('.').unwrap();
                let (front, back) = rest.split_at(rest.len() - 4);
                format!("{front}\n{back}.{signature}")
            },
            Some("white space"),
        ),
        (
            "PEM",
            "-----BEGIN PUBLIC KEY-----".to_owned(),
            Some("the text is PEM"),
        ),
        ("nothing", String::new(), Some("the text is empty")),
        (
            "an opaque token",
            "2YotnFZFEjr1zCsicMWpAA".to_owned(),
            Some("an opaque token"),
        ),
        (
            "a part",
            token.rsplit_once('.').unwrap().0.to_owned(),
            Some("a part of the token"),
        ),
    ] {
        let given = ["verify", "--secret", MADE_SECRET, ANY[0], ANY[1]];
        let verified = run(&given, text.as_bytes());
        let hints: Vec<_> = verified
            .stderr
            .lines()
            .filter(|line| line.starts_with("hint"))
            .collect();
        match hint {
            Some(hint) => assert!(
                hints.len() == 1 && hints[0].contains(hint),
                "{case} {verified:?}"
            ),
            None => assert!(hints.is_empty(), "{case} {verified:?}"),
        }
        assert_eq!(
            verified.code,
            i32::from(case != "a token"),
            "{case} {verified:?}"
        );
        // Neither message contains the token.
        assert!(
            !verified.stderr.contains("eyJ") && !verified.stderr.contains("2Yotn"),
            "{case}"
        );
        let json = run(&[&given[..], &["--json"]].concat(), text.as_bytes()).json();
        assert_eq!(json["hint"].is_string(), hint.is_some(), "{case} {json}");
    }
}

#[test]
fn a_mistake_is_named_by_inspect_but_padding_is_none_where_it_is_accepted() {
    let token = token(&json!({"iss": "joe"}));
    let inspected = run(&["inspect"], format!("Bearer {token}").as_bytes());
    assert!(
        inspected.stderr.contains("hint: an authentication scheme"),
        "{inspected:?}"
    );
    // A text with padding is what --padded asks for, so padding is not the mistake.
    let padded = [
        "verify",
        "--secret",
        MADE_SECRET,
        "--padded",
        ANY[0],
        ANY[1],
    ];
    let padded = run(&padded, format!("{token}=").as_bytes());
    assert!(
        padded.code == 1 && !padded.stderr.contains("hint"),
        "{padded:?}"
    );
}
