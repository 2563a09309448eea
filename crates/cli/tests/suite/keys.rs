//! `keys`

use jose_verify::limits::{KEY_ID_BYTES_PER_KEY, MAX_KEYS_ON_HEAP, MAX_KID_LEN};

use super::support::{Run, demo, file, jwk, run};

fn keys(name: &str, content: &str) -> Run {
    run(&["keys", &file(name, content)], b"")
}

/// Returns the table without its heading, split into cells where the names of the columns start.
fn rows(run: &Run) -> Vec<Vec<String>> {
    let mut lines = run.text().lines();
    let head = lines.next().unwrap();
    let names = ["KID", "KTY", "ALG", "BITS", "USABLE"];
    let starts = names.map(|name| head.find(name).unwrap());
    let split = |line: &str| {
        let ends = starts.iter().skip(1).copied().chain([line.len()]);
        let cells = starts.iter().zip(ends);
        cells
            .map(|(start, end)| line.get(*start..end).unwrap().trim().to_owned())
            .collect()
    };
    lines.map(split).collect()
}

#[test]
fn every_kind_of_key() {
    let content = format!(
        r#"{{"keys":[
            {{"kty":"EC","crv":"P-256","kid":"1","alg":"ES256",
              "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
              "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}},
            {{"kty":"RSA","kid":"2","use":"enc","n":"AQ","e":"AQAB"}},
            {{"kty":"RSA","kid":"3","n":"AQAB","e":"AQAB"}},
            {{"kty":"OKP","kid":"4","crv":"Ed25519","x":"AA"}},
            {{"kty":"R  S","kid":5}},
            {{"kty":"RSA","kid":"6","kid":"7"}},
            "8",
            {}
        ]}}"#,
        jwk()
    );
    let run = keys("every-kind.jwks", &content);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let verdict = |row: &Vec<String>| row[4].split(':').next().unwrap().to_owned();
    let rows = rows(&run);
    let verdicts: Vec<_> = rows.iter().map(verdict).collect();
    assert_eq!(
        verdicts,
        [
            "usable with ES256",
            "wrong_key_use",
            "weak_key",
            "unsupported_key",
            "malformed_key",
            "duplicate_member",
            "malformed_key",
            "usable with HS256, HS384, HS512",
        ]
    );
    assert_eq!(rows[0][..4], [r#""1""#, "EC P-256", "ES256", "256"]);
    assert_eq!(rows[2][..4], [r#""3""#, "RSA", "-", "17"]);
    assert_eq!(rows[3][..4], [r#""4""#, "OKP Ed25519", "-", "-"]);
    assert_eq!(rows[4][..4], ["5", r#""R  S""#, "-", "-"]);
    assert_eq!(rows[7][..4], ["-", "oct", "-", "512"]);
}

#[test]
fn the_demo_key_sets() {
    let akana = run(&["keys", &demo("akana.jwks.json")], b"");
    assert_eq!((akana.code, akana.text().lines().count()), (0, 5));
    let connect2id = run(&["keys", &demo("connect2id.jwks.json")], b"");
    let want = [r#""1e9gdk7""#, "RSA", "RS256", "2048", "usable with RS256"];
    assert_eq!(rows(&connect2id), [want]);
}

#[test]
fn a_single_key() {
    let run = keys("single.jwk", &jwk());
    assert_eq!((run.code, run.text().lines().count()), (0, 2));
}

#[test]
fn nothing_usable() {
    let run = keys("unusable.jwk", r#"{"kty":"oct","k":"AA"}"#);
    assert_eq!(
        (run.code, rows(&run)[0][4].as_str()),
        (1, "weak_key: the key is too weak")
    );
    assert_eq!(
        run.stderr,
        format!(
            "error: no_usable_key: {}: the key set contains no usable key\n",
            file("unusable.jwk", r#"{"kty":"oct","k":"AA"}"#)
        )
    );
    assert_eq!(keys("empty.jwks", r#"{"keys":[]}"#).code, 1);
}

/// Returns the verdicts on `count` identical keys.
fn verdicts(name: &str, jwk: &str, count: usize) -> Vec<String> {
    let many = vec![jwk; count].join(",");
    let run = keys(name, &format!(r#"{{"keys":[{many}]}}"#));
    rows(&run).into_iter().map(|row| row[4].clone()).collect()
}

#[test]
fn many_keys_are_kept() {
    let verdicts = verdicts("many.jwks", &jwk(), 1000);
    assert_eq!(verdicts.len(), 1000);
    for verdict in verdicts {
        assert!(verdict.starts_with("usable"), "{verdict}");
    }
}

#[test]
fn keys_beyond_the_limit_are_reported() {
    // The longest key identifiers, because otherwise the text is too long before the set is full.
    let key_ids = MAX_KEYS_ON_HEAP * KEY_ID_BYTES_PER_KEY / MAX_KID_LEN;
    let key_id = "x".repeat(MAX_KID_LEN);
    let secret = "A".repeat(42) + "E";
    let jwk = format!(r#"{{"kty":"oct","kid":"{key_id}","k":"{secret}"}}"#);
    let verdicts = verdicts("full.jwks", &jwk, key_ids + 1);
    assert!(verdicts[key_ids - 1].starts_with("usable"));
    assert!(verdicts[key_ids].starts_with("key_set_full"));
}

#[test]
fn terminal_escapes_are_escaped() {
    let jwk = jwk()
        .replace('}', r#","kid":"\u001b[2J\n@"}"#)
        .replace('@', "\u{9b}\u{202e}");
    let run = keys("tricks.jwk", &jwk);
    assert!(
        run.text().contains(r#""\u001b[2J\n\u009b\u202e" "#),
        "{run:?}"
    );
    let run = super::support::run(&["keys", "/tmp/\u{1b}[31mx\n"], b"");
    run.assert_failed(2, r"cannot read /tmp/\u001b[31mx\u000a: ");
}

#[test]
fn a_very_long_key_identifier_is_truncated() {
    let long = jwk().replace('}', &format!(r#","kid":"{}"}}"#, "x".repeat(70_000)));
    let many = vec!["0"; 100_000].join(",");
    let run = keys(
        "long.jwks",
        &format!(r#"{{"keys":[{long},{},{many}]}}"#, jwk()),
    );
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let mut lines = run.text().lines();
    assert!(lines.all(|line| line.chars().count() < 200));
    assert!(
        run.text()
            .contains(&format!("\n\"{}…  oct", "x".repeat(63)))
    );
    assert_eq!(run.text().lines().count(), 100_003);
}

#[test]
fn a_set_whose_keys_share_one_error_is_listed() {
    let content = r#"{"keys":[{"kty":"oct","kty":"oct"}]}"#;
    let run = keys("one-fault.jwks", content);
    assert_eq!(run.code, 1);
    assert!(rows(&run)[0][4].starts_with("duplicate_member"), "{run:?}");
}

#[test]
fn from_standard_input() {
    let usable = run(&["keys", "-"], jwk().as_bytes());
    assert_eq!((usable.code, usable.text().lines().count()), (0, 2));
    for (stdin, code, stderr) in [
        ("{", 2, "error: malformed_json: standard input: "),
        (
            r#"{"keys":[]}"#,
            1,
            "error: no_usable_key: standard input: ",
        ),
        (
            &" ".repeat(1 << 21),
            2,
            "error: limit_key_set_len: standard input: ",
        ),
    ] {
        let run = run(&["keys", "-"], stdin.as_bytes());
        assert_eq!(run.code, code);
        assert!(run.stderr.starts_with(stderr), "{run:?}");
    }
}

#[test]
fn files_without_keys() {
    for (index, (content, name)) in [
        ("", "malformed_json"),
        ("[]", "malformed_json"),
        (r#"["a","RSA"]"#, "malformed_json"),
        ("{} {}", "malformed_json"),
        ("{}", "malformed_key_set"),
        (r#"{"iss":"joe"}"#, "malformed_key_set"),
        (r#"{"keys":{}}"#, "malformed_key_set"),
        (r#"{"keys":null}"#, "malformed_key_set"),
        (r#"{"keys":[],"keys":[]}"#, "duplicate_member"),
    ]
    .into_iter()
    .enumerate()
    {
        let run = keys(&format!("not-keys-{index}"), content);
        run.assert_failed(2, &format!("error: {name}: /"));
    }
    run(&["keys", "/nonexistent"], b"").assert_failed(2, "cannot read /nonexistent: ");
    run(&["keys", "/dev/zero"], b"").assert_failed(2, "error: limit_key_set_len: /dev/zero: ");
}
