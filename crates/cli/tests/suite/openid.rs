//! OpenID Connect: ID Tokens and the values whose hashes they contain, logout tokens, PEM keys and
//! metadata.

use serde_json::{Value, json};

use super::support::{Run, batch, file, run, vectors};

const SECRET: &str = "a secret of at least 32 bytes, for HS256";

/// An ID Token from `https://op` for `us`, with subject `s` and `acr` `gold`, valid from 1000 to
/// 2000. Contains the hashes of the three values below.
const ID_TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9\
    .eyJpc3MiOiJodHRwczovL29wIiwic3ViIjoicyIsImF1ZCI6InVzIiwiaWF0IjoxMDAwLCJleHAiOjIwMDAsImFjciI6\
    ImdvbGQiLCJhdF9oYXNoIjoiNzdRbVVQdGpQZnpXdEYyQW5wSzlSUSIsImNfaGFzaCI6IkxEa3RLZG9RYWszUGswY25YeE\
    NsdEEiLCJzX2hhc2giOiJiT2h0WDhGNzNJTWpTUGVWQXF4eVRRIn0\
    .WY20TAw7Aq2Ong7L37e7qj50FZCywEH69PflAqVbhHU";

const ACCESS_TOKEN: &str = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
const CODE: &str = "Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk";
const STATE: &str = "af0ifjsldkj";

/// A logout token from `https://op` for `us`, which ends session `x`.
const LOGOUT_TOKEN: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6ImxvZ291dCtqd3QifQ\
    .eyJpc3MiOiJodHRwczovL29wIiwiYXVkIjoidXMiLCJpYXQiOjEwMDAsImV4cCI6MjAwMCwianRpIjoiMSIsInNpZCI6\
    IngiLCJldmVudHMiOnsi\
    aHR0cDovL3NjaGVtYXMub3BlbmlkLm5ldC9ldmVudC9iYWNrY2hhbm5lbC1sb2dvdXQiOnt9fX0\
    .DfQAMAbBrzaZy3NkZ_shzTsNWvRJDB7SGQ6mutqsVug";

/// The same token with a nonce.
const LOGOUT_TOKEN_WITH_NONCE: &str = "eyJhbGciOiJIUzI1NiJ9\
    .eyJpc3MiOiJodHRwczovL29wIiwiYXVkIjoidXMiLCJpYXQiOjEwMDAsImV4cCI6MjAwMCwianRpIjoiMSIsInNpZCI6\
    IngiLCJub25jZSI6Im4i\
    LCJldmVudHMiOnsiaHR0cDovL3NjaGVtYXMub3BlbmlkLm5ldC9ldmVudC9iYWNrY2hhbm5lbC1sb2dvdXQiOnt9fX0\
    .g_eUrD-e960fU3MDNY-nG1eMWxDPW-x4Iqe2wPcCm6A";

fn verify(profile: &str, token: &str, more: &[&str]) -> Run {
    let given = [
        "verify",
        "--secret",
        SECRET,
        "--profile",
        profile,
        "--issuer=https://op",
        "--audience=us",
        "--now=1500",
        token,
    ];
    run(&[&given, more].concat(), b"")
}

#[test]
fn id_tokens_contain_the_hashes_of_other_values() {
    let given = |access_token: &'static str, code: &'static str, state: &'static str| {
        let pairs = [
            ("--access-token", access_token),
            ("--code", code),
            ("--state", state),
        ];
        let pairs = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        let given = ["--any-nonce"].into_iter();
        let given: Vec<_> = given.chain(pairs.flat_map(|(a, b)| [a, b])).collect();
        verify("id-token", ID_TOKEN, &given)
    };
    assert_eq!(given("", "", "").code, 0);
    assert_eq!(given(ACCESS_TOKEN, CODE, STATE).code, 0);
    given(CODE, "", "").assert_failed(1, "error: at_hash_mismatch: ");
    given("", ACCESS_TOKEN, "").assert_failed(1, "error: c_hash_mismatch: ");
    given("", "", CODE).assert_failed(1, "error: s_hash_mismatch: ");
    for option in ["--access-token=x", "--code=x", "--state=x"] {
        let run = verify("jwt", ID_TOKEN, &[option]);
        run.assert_failed(2, "require --profile id-token");
        let run = super::support::run(&["verify", "--secret=x", "--profile=jws", option, "a"], b"");
        run.assert_failed(2, "require --profile id-token");
    }
}

#[test]
fn one_of_several_acr_values_is_accepted() {
    let with = |more: &[&str]| verify("id-token", ID_TOKEN, &[&["--any-nonce"], more].concat());
    assert_eq!(with(&["--acr=gold"]).code, 0);
    assert_eq!(with(&["--acr=silver", "--acr=gold"]).code, 0);
    with(&["--acr=silver"]).assert_failed(1, "error: acr_mismatch: ");
    let jws = ["verify", "--secret=x", "--profile=jws", "--acr=gold", "a"];
    run(&jws, b"").assert_failed(2, "--acr cannot be used with --profile jws");
}

#[test]
fn logout_tokens() {
    assert_eq!(verify("logout-token", LOGOUT_TOKEN, &[]).code, 0);
    let typ = verify("logout-token", LOGOUT_TOKEN, &["--typ=logout+jwt"]);
    assert_eq!(typ.code, 0);
    let nonce = verify("logout-token", LOGOUT_TOKEN_WITH_NONCE, &[]);
    nonce.assert_failed(1, "error: nonce_prohibited: ");
    let id_token = verify("logout-token", ID_TOKEN, &[]);
    id_token.assert_failed(1, "error: jti_missing: ");
    let undecided = [
        "verify",
        "--secret",
        SECRET,
        "--profile=logout-token",
        LOGOUT_TOKEN,
    ];
    run(&undecided, b"").assert_failed(2, "--any-issuer");
}

/// Returns the keys made by OpenSSL, each with a token.
fn published() -> Vec<Value> {
    let text = std::fs::read_to_string(vectors("openssl/keys.json")).unwrap();
    let mut file: Value = serde_json::from_str(&text).unwrap();
    serde_json::from_value(file["keys"].take()).unwrap()
}

#[test]
fn keys_in_pem() {
    for key in published() {
        let (name, token) = (
            key["name"].as_str().unwrap(),
            key["token"].as_str().unwrap(),
        );
        for form in ["spki_pem", "certificate_pem"] {
            let pem = file(
                &format!("{name}-{form}"),
                key["forms"][form].as_str().unwrap(),
            );
            let given = [
                "verify",
                "--pem",
                &pem,
                "--any-issuer",
                "--any-audience",
                "--now=1750000000",
            ];
            assert_eq!(
                run(&[&given[..], &[token]].concat(), b"").code,
                0,
                "{name} {form}"
            );
            let other = [&given[..], &["--alg=PS384", token]].concat();
            assert_ne!(run(&other, b"").code, 0, "{name} {form}");
            let hmac = [&given[..], &["--alg=HS256", token]].concat();
            run(&hmac, b"").assert_failed(2, "error: unsupported_key: ");
        }
    }
    let cut = file("cut.pem", "\n-----BEGIN PUBLIC KEY-----\n");
    let given = [
        "verify",
        "--pem",
        &cut,
        "--any-issuer",
        "--any-audience",
        "a.b.c",
    ];
    run(&given, b"").assert_failed(2, "error: no_pem_boundary: ");
    run(&["verify", "--pem=/nonexistent", "--profile=jws", "a"], b"")
        .assert_failed(2, "cannot read /nonexistent: ");
    run(&["verify", "--pem=a", "--jwks=b", "a"], b"").assert_failed(2, "cannot be used with");
}

#[test]
fn metadata() {
    let metadata = |name: &str, algorithms: &str| {
        let text = format!(
            r#"{{"issuer":"https:\/\/op","jwks_uri":"x",
                "id_token_signing_alg_values_supported":{algorithms}}}"#
        );
        file(name, text)
    };
    let hs256 = metadata("hs256.json", r#"["RS256","HS256"]"#);
    let hs512 = metadata("hs512.json", r#"["HS512"]"#);
    let none = metadata("none.json", r#"["RS256"]"#);
    let odd = metadata("odd.json", "5");
    let with = |profile: &str, more: &[&str]| {
        let token = ["--any-nonce", ID_TOKEN];
        let issuer = ["verify", "--secret", SECRET, "--audience=us", "--now=1500"];
        run(
            &[&issuer[..], &["--profile", profile], more, &token].concat(),
            b"",
        )
    };
    let op = "--issuer=https://op";
    assert_eq!(with("id-token", &[op, "--metadata", &hs256]).code, 0);
    // The secret is too short for HS512, the only algorithm that the metadata allows.
    let weak = with("id-token", &[op, "--metadata", &hs512]);
    weak.assert_failed(2, "error: weak_key: ");
    let unusable = with("id-token", &[op, "--metadata", &none]);
    unusable.assert_failed(2, "error: unusable_algorithm_list: ");
    // The metadata does not apply to other tokens, and --alg takes precedence over it.
    assert_eq!(with("jwt", &[op, "--metadata", &hs512]).code, 0);
    let named = with("id-token", &[op, "--metadata", &hs512, "--alg=HS256"]);
    assert_eq!(named.code, 0);
    let malformed = with("id-token", &[op, "--metadata", &odd]);
    malformed.assert_failed(2, "error: malformed_metadata: ");
    let other = with("id-token", &["--issuer=https://op/", "--metadata", &hs256]);
    other.assert_failed(2, "error: metadata_mismatch: ");
    let values = "expected: \"https://op/\"\nfound: \"https:\\/\\/op\"\n";
    assert!(other.stderr.ends_with(values), "{other:?}");
    let several = with("id-token", &[op, "--issuer=x", "--metadata", &hs256]);
    several.assert_failed(2, "exactly one --issuer");
    let any = with("id-token", &["--any-issuer", "--metadata", &hs256]);
    any.assert_failed(2, "--issuer");
}

/// Returns `ok` or the error for a line with these members.
fn ask(members: &Value) -> Value {
    let mut line = json!({"token": ID_TOKEN, "secret": SECRET, "profile": "id-token", "now": 1500});
    let line_members = line.as_object_mut().unwrap();
    line_members.extend(members.as_object().unwrap().clone());
    line_members.retain(|_, value| !value.is_null());
    let answer = batch(&format!("{line}\n")).remove(0);
    match answer["ok"].as_bool() {
        Some(true) => json!("ok"),
        _ => answer["error"].clone(),
    }
}

#[test]
fn batch_accepts_the_same_members() {
    let logout = |token| json!({"profile": "logout-token", "token": token});
    for (members, want) in [
        (json!({}), "ok"),
        (
            json!({"access_token": ACCESS_TOKEN, "code": CODE, "state": STATE}),
            "ok",
        ),
        (json!({"access_token": CODE}), "at_hash_mismatch"),
        (json!({"code": STATE}), "c_hash_mismatch"),
        (json!({"state": ""}), "s_hash_nothing_expected"),
        (json!({"access_token": 5}), "bad_request"),
        (
            json!({"access_token": "x", "profile": "jwt"}),
            "bad_request",
        ),
        (json!({"state": "x", "profile": "jws"}), "bad_request"),
        (json!({"acr": "gold"}), "ok"),
        (json!({"acr": ["silver", "gold"]}), "ok"),
        (json!({"acr": "silver"}), "acr_mismatch"),
        (json!({"acr": []}), "acr_nothing_expected"),
        (json!({"acr": "gold", "profile": "jws"}), "bad_request"),
        (json!({"audience": "us"}), "ok"),
        (logout(LOGOUT_TOKEN), "ok"),
        (logout(LOGOUT_TOKEN_WITH_NONCE), "nonce_prohibited"),
        (logout(ID_TOKEN), "jti_missing"),
        (json!({"pem": "x"}), "bad_request"),
        (json!({"pem": 5, "secret": null}), "bad_request"),
        (
            json!({"pem": "x", "secret": null}),
            "algorithm_not_accepted",
        ),
        (
            json!({"pem": "x", "secret": null, "algs": "HS256"}),
            "no_pem_boundary",
        ),
    ] {
        assert_eq!(ask(&members), want, "{members}");
    }
    let null = json!({
        "pem": null, "acr": null, "access_token": null, "code": null, "state": null,
    });
    let mut line = json!({"token": ID_TOKEN, "secret": SECRET, "profile": "jws"});
    line.as_object_mut()
        .unwrap()
        .extend(null.as_object().unwrap().clone());
    assert_eq!(batch(&line.to_string())[0]["ok"], true);
    for key in published() {
        for (form, pem) in key["forms"].as_object().unwrap() {
            if form.ends_with("_pem") {
                let members = json!({
                    "token": key["token"], "pem": pem, "secret": null,
                    "profile": "jwt", "now": 1_750_000_000,
                });
                assert_eq!(ask(&members), "ok", "{} {form}", key["name"]);
            }
        }
    }
}
