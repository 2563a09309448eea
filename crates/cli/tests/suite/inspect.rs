//! `inspect`

use base64ct::{Base64UrlUnpadded, Encoding};

use super::support::{Run, TOKEN, run};

fn inspect(header: &[u8], payload: &[u8]) -> Run {
    let encoded = |text| Base64UrlUnpadded::encode_string(text);
    let token = format!("{}.{}.c2ln", encoded(header), encoded(payload));
    run(&["inspect", &token], b"")
}

#[test]
fn header_claims_and_signature_are_shown() {
    let run = run(&["inspect"], TOKEN.as_bytes());
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert!(run.text().starts_with("*** NOT VERIFIED ***"), "{run:?}");
    for line in [
        "  \"alg\": \"HS256\"\n",
        "  \"iss\": \"joe\",\n",
        "  \"http://example.com/is_root\": true\n",
        "signature: 32 bytes, NOT VERIFIED\n",
    ] {
        assert!(run.text().contains(line), "{run:?}");
    }
    assert!(!run.text().contains("reject"), "{run:?}");
}

#[test]
fn tokens_that_verify_would_reject() {
    for (header, error) in [
        (r#"{"alg":"none"}"#, "unsecured: "),
        (
            r#"{"alg":"RS256","crit":["x"]}"#,
            "header_crit_unsupported: ",
        ),
        (r#"{"alg":"RS256","alg":"none"}"#, "duplicate_member: "),
        ("{}", "header_alg_missing: "),
    ] {
        let run = inspect(header.as_bytes(), b"{}");
        let rejection = format!("verify would reject this header: {error}");
        assert!(run.code == 0 && run.text().contains(&rejection), "{run:?}");
    }
    let run = run(&["inspect", "eyJhbGciOiJub25lIn0.e30."], b"");
    assert!(
        run.code == 0 && run.text().contains("signature: 0 bytes"),
        "{run:?}"
    );
}

#[test]
fn spelling_and_duplicate_members_are_kept() {
    let run = inspect(
        br#"{"alg":"RS256"}"#,
        br#"{"exp":1.0e400,"exp":100000000000000000001,"exp":"\ud800"}"#,
    );
    for line in [
        "\"exp\": 1.0e400,\n",
        "\"exp\": 100000000000000000001,\n",
        r#""\ud800""#,
    ] {
        assert!(run.text().contains(line), "{run:?}");
    }
}

#[test]
fn terminal_escapes_are_escaped() {
    let run = inspect(
        r#"{"alg":"RS256","kid":"\u001b[2J","x":"@@"}"#
            .replace("@@", "\u{9b}2J\u{202e}\u{2066}\u{7f}")
            .as_bytes(),
        "\u{1b}[2J\nsignature: VERIFIED\n".as_bytes(),
    );
    let harmful = |c: char| c.is_control() && c != '\n' || c > '\u{7f}';
    assert!(run.code == 0 && !run.text().contains(harmful), "{run:?}");
    assert!(
        run.text().contains(r#""\u009b2J\u202e\u2066\u007f""#),
        "{run:?}"
    );
    assert!(
        run.text()
            .contains(r"\u001b[2J\u000asignature: VERIFIED\u000a"),
        "{run:?}"
    );
}

#[test]
fn payloads_that_are_not_claims() {
    let run = inspect(br#"{"alg":"RS256"}"#, b"\xff\x00");
    assert!(
        run.text()
            .contains("payload: 2 bytes, not text, in base64url\n_wA\n"),
        "{run:?}"
    );
    let run = inspect(br#"{"alg":"RS256"}"#, b"[1]");
    assert!(
        run.text()
            .contains("payload: 3 bytes of text, not a JSON object\n[1]\n"),
        "{run:?}"
    );
}

#[test]
fn encrypted_tokens() {
    let run = run(&["inspect", "eyJhbGciOiJkaXIifQ....tag"], b"");
    assert_eq!(run.code, 0);
    assert!(run.text().starts_with("*** NOT VERIFIED ***"), "{run:?}");
    assert!(run.text().contains("\"alg\": \"dir\"") && run.text().contains("encrypted"));
    assert!(!run.text().contains("reject"), "{run:?}");
    let unreadable = super::support::run(&["inspect", "a.b.c.d.e"], b"");
    unreadable.assert_failed(1, "error: encrypted: ");
}

#[test]
fn one_byte_is_singular() {
    let run = run(&["inspect", "e30.NQ.NQ"], b"");
    for text in ["payload: 1 byte of text", "signature: 1 byte, "] {
        assert!(run.text().contains(text), "{run:?}");
    }
}

#[test]
fn malformed_tokens() {
    let long = format!("e30.{}.", "A".repeat(1 << 20));
    for (token, name) in [
        ("", "malformed_token"),
        ("e30", "malformed_token"),
        ("e30.e30", "malformed_token"),
        ("e30.e30.e30.e30", "malformed_token"),
        ("e30.e30.e30.e30.e30.e30", "malformed_token"),
        ("e30=.e30.", "malformed_base64url"),
        ("e30.e3.", "malformed_base64url"),
        ("e30.e30.é", "malformed_base64url"),
        ("e3.e30.", "malformed_base64url"),
        ("W10.e30.", "malformed_json"),
        ("ew.e30.", "malformed_json"),
        (&long, "limit_token_len"),
    ] {
        let run = run(&["inspect"], token.as_bytes());
        run.assert_failed(1, &format!("error: {name}: "));
    }
}
