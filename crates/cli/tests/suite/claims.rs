//! Options for claims, and their members in `batch`. Each case runs with both.

use serde_json::{Value, json};

use super::support::{MADE_SECRET, batch, hmac, run, token};

/// The claims of an ID Token for `us`, changed by `changes`. Null removes a claim.
fn id_token(changes: Value) -> Value {
    let mut claims =
        json!({"iss": "https://op", "sub": "s", "aud": "us", "iat": 1000, "exp": 2000});
    change(&mut claims, changes);
    claims
}

/// The claims of a logout token.
fn logout_token(changes: Value) -> Value {
    let mut claims = json!({
        "iss": "https://op", "aud": "us", "iat": 1000, "exp": 2000, "jti": "1", "sid": "x",
        "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
    });
    change(&mut claims, changes);
    claims
}

fn change(object: &mut Value, changes: Value) {
    let (Some(object), Value::Object(changes)) = (object.as_object_mut(), changes) else {
        panic!("not an object");
    };
    object.extend(changes);
    object.retain(|_, value| !value.is_null());
}

/// Returns the error of `verify` with these options, or of the same members in `batch`.
fn verify(token: &str, options: &Value) -> Value {
    let (by_line, by_option) = (in_batch(token, options), on_command_line(token, options));
    assert_eq!(by_line, by_option, "{options}");
    by_line
}

fn in_batch(token: &str, options: &Value) -> Value {
    let mut line = json!({"token": token, "secret": MADE_SECRET, "now": 1500});
    change(&mut line, options.clone());
    match batch(&line.to_string()).remove(0)["error"].take() {
        Value::Null => json!("ok"),
        error => error,
    }
}

fn on_command_line(token: &str, options: &Value) -> Value {
    let mut arguments = ["verify", "--json", "--secret", MADE_SECRET].to_vec();
    let mut given = Vec::new();
    let mut undecided = vec!["issuer", "audience", "nonce"];
    let options = options.as_object().unwrap();
    for (name, value) in options {
        undecided.retain(|other| other != name);
        let option = format!("--{}", name.replace('_', "-"));
        match value {
            Value::Bool(true) => given.push(option),
            Value::String(text) => given.push(format!("{option}={text}")),
            Value::Array(texts) => given.extend(
                texts
                    .iter()
                    .map(|text| format!("{option}={}", text.as_str().unwrap())),
            ),
            _ => panic!("{value}"),
        }
    }
    if options.get("profile") != Some(&json!("jws")) {
        given.extend(undecided.iter().map(|name| format!("--any-{name}")));
        given.push("--now=1500".to_owned());
    }
    arguments.extend(given.iter().map(String::as_str));
    let run = run(&[&arguments[..], &[token]].concat(), b"");
    if run.stdout.is_empty() {
        assert_eq!(run.code, 2, "{run:?}");
        return json!("bad_request");
    }
    match run.json()["error"].take() {
        Value::Null => json!("ok"),
        Value::String(error) if error == "unusable_input" => json!("bad_request"),
        error => error,
    }
}

#[test]
fn azp_is_required_exactly_or_ignored() {
    let android = json!({"azp": "app"});
    let several = json!({"aud": ["us", "them"], "azp": "app"});
    for (claims, options, want) in [
        (&android, json!({"audience": "us"}), "azp_mismatch"),
        (&android, json!({"audience": "us", "azp": "app"}), "ok"),
        (
            &android,
            json!({"audience": "us", "azp": ["x", "app"]}),
            "ok",
        ),
        (
            &android,
            json!({"audience": "us", "azp": "us"}),
            "azp_mismatch",
        ),
        (
            &android,
            json!({"audience": "us", "azp": "APP"}),
            "azp_mismatch",
        ),
        (
            &android,
            json!({"audience": "us", "ignore_azp": true}),
            "ok",
        ),
        // A token that was issued to the app itself does not pass.
        (
            &android,
            json!({"audience": "app", "azp": "app"}),
            "aud_mismatch",
        ),
        (&json!({}), json!({"audience": "us"}), "ok"),
        (
            &json!({}),
            json!({"audience": "us", "azp": "app"}),
            "azp_missing",
        ),
        (
            &json!({}),
            json!({"audience": "us", "ignore_azp": true}),
            "ok",
        ),
        (&json!({"azp": ""}), json!({"azp": "app"}), "azp_mismatch"),
        (
            &json!({"azp": 5}),
            json!({"ignore_azp": true}),
            "azp_wrong_type",
        ),
        // Neither option makes another audience trusted.
        (
            &several,
            json!({"audience": "us", "azp": "app"}),
            "aud_untrusted",
        ),
        (
            &several,
            json!({"audience": "us", "ignore_azp": true}),
            "aud_untrusted",
        ),
        (&android, json!({"azp": ""}), "azp_nothing_expected"),
    ] {
        let mut options = options;
        change(&mut options, json!({"profile": "id-token"}));
        let token = token(&id_token(claims.clone()));
        assert_eq!(verify(&token, &options), want, "{claims} {options}");
    }
    let token = token(&id_token(android));
    assert_eq!(
        verify(&token, &json!({"profile": "jwt", "azp": "app"})),
        "ok"
    );
    assert_eq!(
        verify(&token, &json!({"profile": "jwt", "azp": "x"})),
        "azp_mismatch"
    );
}

#[test]
fn client_id_for_access_tokens_without_aud() {
    let cognito = id_token(json!({"aud": null, "client_id": "app", "token_use": "access"}));
    for (claims, options, want) in [
        (&cognito, json!({"client_id": "app"}), "ok"),
        (&cognito, json!({"client_id": ["x", "app"]}), "ok"),
        (&cognito, json!({"client_id": "ap"}), "client_id_mismatch"),
        (
            &cognito,
            json!({"client_id": ""}),
            "client_id_nothing_expected",
        ),
        (
            &cognito,
            json!({"client_id": "app", "audience": "app"}),
            "aud_missing",
        ),
        (
            &id_token(json!({})),
            json!({"client_id": "app"}),
            "client_id_missing",
        ),
        (
            &id_token(json!({"client_id": ["app"]})),
            json!({"client_id": "app"}),
            "client_id_wrong_type",
        ),
    ] {
        assert_eq!(verify(&token(claims), &options), want, "{claims} {options}");
    }
}

#[test]
fn logout_tokens_without_exp_are_accepted_by_name() {
    for (claims, no_exp, want) in [
        (json!({}), false, "ok"),
        (json!({}), true, "ok"),
        (json!({"exp": null}), false, "exp_missing"),
        (json!({"exp": null}), true, "ok"),
        (json!({"exp": 1500}), true, "exp_expired"),
        (json!({"exp": "2000"}), true, "exp_wrong_type"),
        (json!({"exp": null, "iat": null}), true, "iat_missing"),
        (json!({"exp": null, "jti": null}), true, "jti_missing"),
        (json!({"exp": null, "nonce": "n"}), true, "nonce_prohibited"),
        (json!({"exp": null, "aud": "them"}), true, "aud_mismatch"),
    ] {
        let mut options = json!({"profile": "logout-token", "audience": "us"});
        if no_exp {
            change(&mut options, json!({"no_exp": true}));
        }
        let claims = logout_token(claims);
        let token = token(&claims);
        // `verify` has no option to accept any nonce in a logout token.
        assert_eq!(in_batch(&token, &options), want, "{claims} {options}");
        assert_eq!(
            on_command_line(&token, &options),
            want,
            "{claims} {options}"
        );
    }
}

#[test]
fn id_tokens_contain_the_required_claims_even_if_any_value_is_accepted() {
    for claim in ["iss", "sub", "aud", "exp", "iat"] {
        let claims = id_token(json!({claim: null}));
        for (profile, want) in [
            ("id-token", json!(format!("{claim}_missing"))),
            ("jwt", json!("ok")),
        ] {
            let token = token(&claims);
            assert_eq!(
                verify(&token, &json!({"profile": profile})),
                want,
                "{claim}"
            );
        }
    }
    let token = token(&id_token(
        json!({"iss": "any", "aud": ["any"], "azp": "any"}),
    ));
    assert_eq!(verify(&token, &json!({"profile": "id-token"})), "ok");
}

#[test]
fn hashes_are_required_unless_they_may_be_absent() {
    // The left half of the SHA-256 of `code`.
    let right = json!({"c_hash": "VpTQii5T_8rgwxA-Wtb2Bw"});
    let wrong = json!({"c_hash": "77QmUPtjPfzWtF2AnpK9RQ"});
    for (claims, options, want) in [
        (&right, json!({"code": "code"}), "ok"),
        (
            &right,
            json!({"code": "code", "hashes_if_present": true}),
            "ok",
        ),
        (&wrong, json!({"code": "code"}), "c_hash_mismatch"),
        (
            &wrong,
            json!({"code": "code", "hashes_if_present": true}),
            "c_hash_mismatch",
        ),
        (&json!({}), json!({"code": "code"}), "c_hash_missing"),
        (
            &json!({}),
            json!({"code": "code", "hashes_if_present": true}),
            "ok",
        ),
        (
            &json!({"c_hash": 5}),
            json!({"code": "code", "hashes_if_present": true}),
            "c_hash_wrong_type",
        ),
        (
            &right,
            json!({"code": "", "hashes_if_present": true}),
            "c_hash_nothing_expected",
        ),
        (
            &json!({}),
            json!({"state": "s", "access_token": "a", "hashes_if_present": true}),
            "ok",
        ),
        (&right, json!({"hashes_if_present": true}), "bad_request"),
    ] {
        let mut options = options;
        change(&mut options, json!({"profile": "id-token"}));
        let token = token(&id_token(claims.clone()));
        assert_eq!(verify(&token, &options), want, "{claims} {options}");
    }
}

#[test]
fn padded_tokens_are_accepted_by_name() {
    let pad = |token: &str| {
        let segments = token.split('.').map(|segment| {
            let missing = (4 - segment.len() % 4) % 4;
            format!("{segment}{}", "=".repeat(missing))
        });
        segments.collect::<Vec<_>>().join(".")
    };
    let plain = token(&id_token(json!({"sub": "sx"})));
    // The issuer signs the text with its padding.
    let (input, _) = plain.rsplit_once('.').unwrap();
    let input = pad(input);
    let mac = hmac(MADE_SECRET.as_bytes(), input.as_bytes());
    let mac = <base64ct::Base64Url as base64ct::Encoding>::encode_string(&mac);
    let padded = format!("{input}.{mac}");
    assert_ne!(pad(&plain), plain);
    for (token, options, want) in [
        (&padded, json!({}), "malformed_base64url"),
        (&padded, json!({"padded": true}), "ok"),
        (&padded, json!({"padded": true, "profile": "jws"}), "ok"),
        (&plain, json!({"padded": true}), "malformed_base64url"),
        (&pad(&plain), json!({"padded": true}), "bad_signature"),
        (
            &format!("{padded}="),
            json!({"padded": true}),
            "malformed_base64url",
        ),
        (
            &padded,
            json!({"padded": true, "issuer": "x"}),
            "iss_mismatch",
        ),
    ] {
        assert_eq!(verify(token, &options), want, "{token} {options}");
    }
}

#[test]
fn options_that_do_not_fit_the_profile_are_named() {
    for (profile, options, message) in [
        (
            "jwt",
            json!({"ignore_azp": true}),
            "requires profile id-token",
        ),
        (
            "logout-token",
            json!({"ignore_azp": true}),
            "requires profile id-token",
        ),
        (
            "id-token",
            json!({"ignore_azp": true, "azp": "x"}),
            "ignore_azp cannot be used with azp",
        ),
        (
            "jwt",
            json!({"no_exp": true}),
            "no_exp requires profile logout-token",
        ),
        (
            "id-token",
            json!({"no_exp": true}),
            "no_exp requires profile logout-token",
        ),
        (
            "access-token",
            json!({"no_exp": true}),
            "no_exp requires profile logout-token",
        ),
        (
            "id-token",
            json!({"hashes_if_present": true}),
            "requires access_token, code or state",
        ),
        ("jws", json!({"azp": "x"}), "jws checks no claims"),
        ("jws", json!({"client_id": "x"}), "jws checks no claims"),
        ("jws", json!({"ignore_azp": true}), "jws checks no claims"),
        ("jws", json!({"no_exp": true}), "jws checks no claims"),
    ] {
        let mut options = options;
        change(&mut options, json!({"profile": profile}));
        assert_eq!(
            on_command_line("a.b.c", &options),
            "bad_request",
            "{options}"
        );
        let mut line = json!({"token": "a.b.c", "secret": MADE_SECRET});
        change(&mut line, options);
        let answer = batch(&line.to_string()).remove(0);
        assert_eq!(answer["error"], "bad_request");
        let text = answer["message"].as_str().unwrap();
        assert!(text.contains(message), "{text}");
    }
    for (name, value) in [
        ("no_exp", json!(1)),
        ("padded", json!("yes")),
        ("azp", json!(5)),
    ] {
        let mut line = json!({"token": "a.b.c", "secret": MADE_SECRET});
        change(&mut line, json!({name: value}));
        assert_eq!(batch(&line.to_string())[0]["error"], "bad_request");
    }
}
