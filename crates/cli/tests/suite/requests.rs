//! `batch`: the members of a request.

use serde_json::{Value, json};

use super::support::{CLAIMS, NOW, SECRET, TOKEN, batch, jwk};

/// Removes members from a valid request, adds others, and returns the answer.
fn ask(without: &[&str], with: Value) -> Value {
    let now: u64 = NOW.parse().unwrap();
    let mut request = json!({"token": TOKEN, "secret_base64url": SECRET, "now": now});
    let members = request.as_object_mut().unwrap();
    for name in without {
        members.remove(*name);
    }
    let Value::Object(with) = with else {
        panic!("not an object");
    };
    members.extend(with);
    let mut answers = batch(&format!("{request}\n"));
    assert_eq!(answers.len(), 1);
    answers.remove(0)
}

fn assert_rejected(answer: &Value, error: &str) {
    assert_eq!(
        (&answer["ok"], &answer["error"]),
        (&json!(false), &json!(error)),
        "{answer}"
    );
}

#[test]
fn accepted_and_rejected() {
    let payload = TOKEN.split('.').nth(1).unwrap();
    let accepted = json!({"id": null, "ok": true, "alg": "HS256", "payload": payload});
    assert_eq!(ask(&[], json!({})), accepted);
    let rejected = json!({"id": 7, "ok": false, "error": "exp_expired", "code": 10_505});
    assert_eq!(ask(&["now"], json!({"id": 7})), rejected);
    let message = "the key is too weak: HS256 needs at least 32 bytes, \
        HS384 needs at least 48 bytes, HS512 needs at least 64 bytes";
    let rejected = json!({
        "id": null, "ok": false, "error": "weak_key", "code": 21, "message": message,
    });
    assert_eq!(
        ask(&["secret_base64url"], json!({"secret": "short"})),
        rejected
    );
    assert_eq!(CLAIMS.len() * 4, payload.len() * 3 - 2);
}

#[test]
fn keys() {
    let jwk: Value = serde_json::from_str(&jwk()).unwrap();
    let with = |keys| {
        ask(
            &["secret_base64url"],
            json!({"keys": keys, "algs": ["HS256"]}),
        )
    };
    assert_eq!(with(jwk.clone())["ok"], true);
    assert_eq!(with(json!({"keys": [jwk.clone()]}))["ok"], true);
    assert_rejected(&with(json!({"keys": []})), "no_usable_key");
    assert_rejected(&with(json!({"keys": 5})), "malformed_key_set");
    assert_rejected(&with(json!({})), "malformed_key");
    assert_rejected(&with(json!([jwk.clone()])), "bad_request");
    let without_algs = ask(&["secret_base64url"], json!({"keys": jwk}));
    assert_rejected(&without_algs, "algorithm_not_accepted");
    let not_base64url = ask(&["secret_base64url"], json!({"secret_base64url": "="}));
    assert_rejected(&not_base64url, "malformed_key");
}

#[test]
fn keys_reach_the_library_as_written() {
    let line =
        |keys: &str| format!(r#"{{"token":"{TOKEN}","keys":{keys},"algs":["HS256"],"now":{NOW}}}"#);
    let duplicate = jwk().replace('{', r#"{"kty":"oct","#);
    let answers = batch(&[line(&duplicate), line(&jwk())].join("\n"));
    assert_rejected(&answers[0], "duplicate_member");
    assert_eq!(answers[1]["ok"], true);
}

#[test]
fn algorithms() {
    assert_eq!(ask(&[], json!({"algs": ["HS512", "HS256"]}))["ok"], true);
    assert_eq!(ask(&[], json!({"algs": null}))["ok"], true);
    assert_rejected(
        &ask(&[], json!({"algs": ["HS512"]})),
        "algorithm_not_accepted",
    );
    assert_rejected(&ask(&[], json!({"algs": []})), "unusable_algorithm_list");
    assert_rejected(
        &ask(&[], json!({"algs": ["HS256", "RS256"]})),
        "unusable_algorithm_list",
    );
    assert_rejected(&ask(&[], json!({"algs": ["hs256"]})), "bad_request");
    assert_rejected(&ask(&[], json!({"algs": "HS256,HS384"})), "bad_request");
    assert_eq!(ask(&[], json!({"algs": "HS256"}))["ok"], true);
    assert_rejected(
        &ask(&[], json!({"algs": "HS512"})),
        "algorithm_not_accepted",
    );
}

#[test]
fn a_token_with_white_space_is_malformed() {
    for token in [
        format!("{TOKEN}\n"),
        format!(" {TOKEN}"),
        format!("\t\r\n {TOKEN} \n"),
        format!("\u{a0}{TOKEN}"),
        TOKEN.replacen('.', " .", 1),
    ] {
        assert_rejected(&ask(&[], json!({"token": token})), "malformed_base64url");
    }
    assert_rejected(&ask(&[], json!({"token": " "})), "malformed_token");
}

#[test]
fn leeway_extends_max_age() {
    let secret = "a secret of at least 32 bytes, for HS256";
    // {"auth_time":1000}
    let token =
        "eyJhbGciOiJIUzI1NiJ9.eyJhdXRoX3RpbWUiOjEwMDB9.Rn5StIsgI8KeOus6LHnAH6C1Vk9IUvv0P7MlIT6OLjM";
    for (now, leeway, error) in [
        (1300, 0, None),
        (1310, 9, Some("auth_time_too_old")),
        (1310, 10, None),
        (990, 9, Some("auth_time_in_future")),
        (990, 10, None),
    ] {
        let with = json!({
            "token": token, "secret": secret, "now": now, "leeway": leeway, "max_age": 300,
        });
        let answer = ask(&["secret_base64url"], with);
        assert_eq!(answer["error"].as_str(), error, "{now} {leeway} {answer}");
    }
}

#[test]
fn expected_values() {
    for (with, error) in [
        (json!({"issuer": "joe"}), None),
        (json!({"issuer": ["eve", "joe"]}), None),
        (json!({"issuer": "eve"}), Some("iss_mismatch")),
        (json!({"issuer": []}), Some("iss_nothing_expected")),
        (json!({"audience": "me"}), Some("aud_missing")),
        (json!({"audience": []}), Some("aud_nothing_expected")),
        (json!({"nonce": "x"}), Some("nonce_missing")),
        (json!({"subject": "x"}), Some("sub_missing")),
        (json!({"typ": "jwt"}), None),
        (json!({"typ": "x"}), Some("header_typ_mismatch")),
        (json!({"max_age": 5}), Some("auth_time_missing")),
        (json!({"now": 1_300_819_380}), Some("exp_expired")),
        (json!({"now": 1_300_819_379.5}), None),
        (json!({"now": 1_300_819_380, "leeway": 1}), None),
        (json!({"now": 1_300_819_380.5, "leeway": 1}), None),
        (
            json!({"now": 1_300_819_381, "leeway": 1}),
            Some("exp_expired"),
        ),
        (json!({"now": -1}), None),
        (json!({"profile": "id-token"}), Some("sub_missing")),
        (
            json!({"profile": "id-token", "audience": []}),
            Some("sub_missing"),
        ),
        (
            json!({"profile": "access-token"}),
            Some("header_typ_mismatch"),
        ),
        (json!({"profile": "jws", "now": 2_000_000_000}), None),
        (json!({"profile": "jws", "typ": "application/JWT"}), None),
        (
            json!({"profile": "jws", "typ": "at+jwt"}),
            Some("header_typ_mismatch"),
        ),
    ] {
        let answer = ask(&[], with.clone());
        assert_eq!(answer["error"].as_str(), error, "{with} {answer}");
    }
    let nulls = json!({
        "issuer": null, "audience": null, "nonce": null, "subject": null, "typ": null,
        "profile": null, "leeway": null, "max_age": null, "keys": null, "secret": null,
    });
    assert_eq!(ask(&[], nulls.clone())["ok"], true);
    let mut jws = nulls;
    jws["profile"] = json!("jws");
    assert_eq!(ask(&[], jws)["ok"], true);
}

#[test]
fn bad_requests() {
    for (without, with) in [
        (&["token"][..], json!({})),
        (&["secret_base64url"], json!({})),
        (&[], json!({"secret": "x"})),
        (&[], json!({"keys": {}})),
        (&[], json!({"token": null})),
        (&[], json!({"token": 5})),
        (&[], json!({"audiences": "me"})),
        (&[], json!({"profile": "JWT"})),
        (&[], json!({"profile": {"jws": null}})),
        (&[], json!({"issuer": 5})),
        (&[], json!({"issuer": ["joe", 5]})),
        (&[], json!({"nonce": 5})),
        (&[], json!({"now": "1300819000"})),
        (&[], json!({"now": true})),
        (&[], json!({"leeway": -1})),
        (&[], json!({"leeway": 1.5})),
        (&[], json!({"max_age": "300"})),
        (&[], json!({"profile": "jws", "issuer": "joe"})),
        (&[], json!({"profile": "jws", "max_age": 300})),
    ] {
        let answer = ask(without, with.clone());
        assert_rejected(&answer, "bad_request");
        assert_eq!(answer["code"], 0);
        assert!(
            answer["message"].as_str().is_some_and(|m| !m.is_empty()),
            "{answer}"
        );
    }
    for (name, value) in [
        ("issuer", json!("joe")),
        ("audience", json!([])),
        ("nonce", json!("")),
        ("subject", json!("")),
        ("max_age", json!(0)),
    ] {
        let answer = ask(&[], json!({"profile": "jws", name: value}));
        assert_rejected(&answer, "bad_request");
    }
}

#[test]
fn messages_do_not_quote_the_request() {
    for (line, message) in [
        (
            r#"{"id":5,"leeway":"hidden, expected nothing"}"#,
            "token: expected a string",
        ),
        (
            r#"{"id":5,"token":{"hidden":1}}"#,
            "token: expected a string",
        ),
        (
            r#"{"id":5,"token":"","secret":["hidden"]}"#,
            "secret: expected a string",
        ),
        (
            r#"{"id":5,"token":"","secret":"","leeway":"hidden, expected nothing"}"#,
            "leeway: expected whole seconds from 0 to 4294967295",
        ),
        (
            r#"{"id":5,"token":"","secret":"","algs":["hidden"]}"#,
            "algs: expected the name of an algorithm or an array of them, such as RS256",
        ),
        (
            r#"{"id":5,"hidden at line 1, expected hidden":1}"#,
            "unknown member, expected one of `id`, `token`, `key`, `keys`, `pem`, `secret`, \
             `secret_base64url`, `short_coordinates`, `use`, `algs`, `profile`, `issuer`, \
             `audience`, `azp`, `ignore_azp`, `client_id`, `nonce`, `subject`, `acr`, `typ`, \
             `now`, `leeway`, `max_age`, `access_token`, `code`, `state`, `hashes_if_present`, \
             `no_exp`, `padded` at column 43",
        ),
        (
            r#"{"id":5,"secret":"hidden","secret":"hidden"}"#,
            "duplicate field `secret` at column 34",
        ),
    ] {
        let answer = batch(line).remove(0);
        assert_rejected(&answer, "bad_request");
        assert_eq!(
            (&answer["id"], &answer["message"]),
            (&json!(5), &json!(message))
        );
    }
    for (line, message) in [
        ("[\"hidden\"]", "expected a JSON object"),
        (
            r#"{"secret":"hidden}"#,
            "EOF while parsing a string at column 18",
        ),
        (r#"{"secret":hidden}"#, "expected value at column 11"),
    ] {
        assert_eq!(batch(line)[0]["message"], message);
    }
}
