//! `batch`: every line is answered, valid or not.

use serde_json::{Value, json};

use super::support::{NOW, SECRET, TOKEN, batch, run};

/// Returns a line with this `id` and a token that is accepted.
fn line(id: &str) -> String {
    format!(r#"{{"id":{id},"token":"{TOKEN}","secret_base64url":"{SECRET}","now":{NOW}}}"#)
}

#[test]
fn ids_are_returned_byte_for_byte() {
    let ids = [
        "null",
        "true",
        "0",
        "-1.50E+400",
        "123456789012345678901234567890",
        r#""""#,
        r#""\u0041\/\n é 鍵""#,
        "\"\u{9b}\u{202e}\"",
        "[ 1 , {\"a\":1, \"a\":2} ]",
        r#"{"b" : [], "a":	null}"#,
    ];
    let bad = |id: &str| format!(r#"{{"id":{id},"unknown":1}}"#);
    for make in [line, bad] {
        let lines: Vec<_> = ids.iter().map(|id| make(id)).collect();
        let run = run(&["batch"], lines.join("\n").as_bytes());
        for (id, answer) in ids.iter().zip(run.text().lines()) {
            let start = format!(r#"{{"id":{id},"ok":"#);
            assert!(answer.starts_with(&start), "{id} {answer}");
        }
    }
}

#[test]
fn lines_that_are_not_requests() {
    let lines = [
        "",
        "x",
        "{",
        "[]",
        "5",
        "null",
        " \t",
        "{\"id\":1,\"id\":2}",
        "[1,\"token\"]",
        "\u{feff}{}",
    ];
    let answers = batch(&format!("{}\n{}\n", lines.join("\n"), line("7")));
    assert_eq!(answers.len(), lines.len() + 1);
    for answer in &answers[..lines.len()] {
        let start = json!([null, false, "bad_request", 0]);
        let got = json!([answer["id"], answer["ok"], answer["error"], answer["code"]]);
        assert_eq!(got, start);
    }
    assert_eq!(
        (&answers[10]["id"], &answers[10]["ok"]),
        (&json!(7), &json!(true))
    );
}

#[test]
fn bytes_that_are_not_utf8() {
    let line = line(r#""@""#).into_bytes();
    let broken: Vec<u8> = line
        .iter()
        .map(|b| if *b == b'@' { 0xff } else { *b })
        .collect();
    let run = run(&["batch"], &broken);
    assert_eq!(
        (run.code, run.json()["error"].as_str()),
        (0, Some("bad_request"))
    );
}

#[test]
fn the_last_line_may_lack_its_line_feed() {
    assert!(batch("").is_empty());
    assert_eq!(batch("\n").len(), 1);
    assert_eq!(batch(&line("1")).len(), 1);
    assert_eq!(batch(&format!("{}\r\n", line("1")))[0]["ok"], true);
}

#[test]
fn order_is_kept() {
    let kinds = [
        |i: usize| line(&i.to_string()),
        |i: usize| line(&i.to_string()).replace(NOW, "2000000000"),
        |i: usize| line(&i.to_string()).replace(SECRET, "AA"),
        |i: usize| format!(r#"{{"id":{i}}}"#),
    ];
    let errors = [
        Value::Null,
        json!("exp_expired"),
        json!("weak_key"),
        json!("bad_request"),
    ];
    let lines: Vec<_> = (0..10_000).map(|i| kinds[i * 7 / 3 % 4](i)).collect();
    let answers = batch(&lines.join("\n"));
    assert_eq!(answers.len(), lines.len());
    for (i, answer) in answers.iter().enumerate() {
        assert_eq!(
            (&answer["id"], &answer["error"]),
            (&json!(i), &errors[i * 7 / 3 % 4])
        );
    }
}

#[test]
fn lines_that_are_too_long() {
    let padding = " ".repeat((4 << 20) - line("1").len());
    let longest = format!("{}{padding}", line("1"));
    let answers = batch(&format!("{longest}\n{longest} \n{}\n{longest} ", line("2")));
    let ids: Vec<_> = answers.iter().map(|answer| &answer["id"]).collect();
    assert_eq!(ids, [&json!(1), &Value::Null, &json!(2), &Value::Null]);
    let errors: Vec<_> = answers.iter().map(|answer| &answer["error"]).collect();
    let bad = &json!("bad_request");
    assert_eq!(errors, [&Value::Null, bad, &Value::Null, bad]);
}

#[test]
fn a_token_that_is_too_long() {
    let answers = batch(&line("1").replace(TOKEN, &"x".repeat((1 << 20) + 1)));
    assert_eq!(answers[0]["error"], "limit_token_len");
}
