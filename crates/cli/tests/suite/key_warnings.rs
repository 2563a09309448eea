//! `keys`: warnings, on standard error.

use super::key_files::data;
use super::support::{Run, file, run};

fn keys(path: &str) -> Run {
    run(&["keys", path], b"")
}

#[test]
fn keys_that_should_not_be_used_are_usable_with_a_warning() {
    let expired = "the certificate has expired";
    let roca = "the modulus has the fingerprint of ROCA (CVE-2017-15361): \
                the private key can be computed";
    let private = "contains the private key (d, p, q, dp, dq, qi): \
                   replace the key, and publish only the public key";
    for (name, key, warning) in [
        ("private.jwk", "key 1", private),
        ("roca.jwk", "key 1", roca),
        ("roca.pem", "key 1", roca),
        ("expired.pem", "key 1", expired),
        ("expired.der", "key 1", expired),
        ("expired-x5c.jwk", "key 1", expired),
        ("expired.json", "key 2, \"2\"", expired),
        ("duplicate.jwks", "key 1, \"1\"", "2 keys have this kid"),
    ] {
        let path = data(&format!("warned/{name}"));
        let run = keys(&path);
        let want = format!("warning: {path}: {key}: {warning}\n");
        let mut members = run.stderr.clone();
        if name == "private.jwk" {
            // The order of the members is that of the file.
            members = want.clone();
            assert!(run.stderr.contains("contains the private key ("), "{run:?}");
            assert_eq!(run.stderr.lines().count(), 1);
        }
        assert_eq!((run.code, members), (0, want), "{name}");
        assert!(run.text().contains("usable with"), "{run:?}");
    }
}

#[test]
fn a_warning_names_each_key_once() {
    let ec = r#""kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0""#;
    for (case, content, warnings) in [
        (
            "no kid",
            format!(r#"{{"keys":[{{{ec}}},{{{ec}}}]}}"#),
            &[][..],
        ),
        (
            "null",
            format!(r#"{{"keys":[{{{ec},"kid":null}},{{{ec},"kid":null}}]}}"#),
            &[],
        ),
        (
            "one kid, written in two ways",
            format!(
                r#"{{"keys":[{{{ec},"kid":"a"}},{{{ec},"kid":"\u0061"}},{{{ec},"kid":"b"}}]}}"#
            ),
            &["key 1, \"a\": 2 keys have this kid"],
        ),
        (
            "two kids",
            format!(
                r#"{{"keys":[{{{ec},"kid":"a"}},{{{ec},"kid":"b"}},{{{ec},"kid":"a"}},
                    {{{ec},"kid":"b"}},{{{ec},"kid":"a"}}]}}"#
            ),
            &[
                "key 1, \"a\": 3 keys have this kid",
                "key 2, \"b\": 2 keys have this kid",
            ],
        ),
        (
            "d of an EC key",
            format!(r#"{{{ec},"d":"AA"}}"#),
            &["contains the private key (d)"],
        ),
        ("d is null", format!(r#"{{{ec},"d":null,"kid":null}}"#), &[]),
        (
            "another member",
            format!(r#"{{{ec},"p":"AA","D":"AA"}}"#),
            &[],
        ),
        (
            "a kid with control characters",
            format!(r#"{{{ec},"d":"AA","kid":"\u001b[2J"}}"#),
            &["key 1, \"\\u001b[2J\": contains"],
        ),
    ] {
        let run = keys(&file("warned.jwks", content));
        let lines = run.stderr.lines();
        let lines: Vec<_> = lines.filter(|line| line.starts_with("warning: ")).collect();
        assert_eq!(lines.len(), warnings.len(), "{case} {run:?}");
        for (line, warning) in lines.iter().zip(warnings) {
            assert!(line.contains(warning), "{case} {line}");
        }
    }
}
