//! Inputs that users and providers really send (see `vectors/field/`), with one file and one test
//! for each kind. The hostile cases of a file look similar and must be rejected.

mod claims;
mod documents;
mod headers;
mod keys;
mod material;
mod replays;
mod rotation;
mod secrets;
mod tokens;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::support::report::report;

/// Runs every case of a kind and compares the answers. Compares the number of cases as well, so
/// that no case is skipped silently.
fn assert_kind(kind: &str, count: usize) {
    let file = material::kind(kind);
    let cases = file["cases"].as_array().unwrap();
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let (got, right) = (answer(case), &case["right"]);
            let line = || format!("{}: got {got}, expected {right}", case["name"]);
            (got != *right).then(|| material::shortened(&line()))
        })
        .collect();
    assert!(wrong.is_empty(), "{kind}:\n{}", wrong.join("\n"));
    let hostile = cases.iter().filter(|case| case["hostile"] == true).count();
    assert!(hostile > 0 && hostile <= count, "{kind} has hostile cases");
    assert_eq!(cases.len(), count, "{kind}");
    report(format_args!(
        "field/{kind}.json: {count} cases, {hostile} of them hostile"
    ));
}

/// Returns the library's answer for a case, in the form of its member `right`.
fn answer(case: &Value) -> Value {
    let (sent, right) = (&case["sent"], &case["right"]);
    let has = |member: &str| sent.get(member).is_some();
    let answer = if has("token") {
        tokens::answer(sent)
    } else if has("header") {
        headers::answer(sent)
    } else if has("claims") {
        claims::answer(sent)
    } else if has("secret") {
        secrets::answer(sent)
    } else if has("steps") {
        Ok(replays::answer(sent))
    } else if has("published") {
        Ok(rotation::answer(sent, right))
    } else if ["token_response", "metadata", "user_info"]
        .into_iter()
        .any(has)
    {
        documents::answer(sent, right)
    } else {
        keys::answer(sent, right)
    };
    answer.unwrap_or_else(|error| json!({ "error": error.name() }))
}

/// The kinds that have a test, in the order of their names.
const KINDS: [&str; 20] = [
    "authorization-server-metadata",
    "authorized-parties",
    "foreign-entries",
    "issuer-templates",
    "key-rotation",
    "key-uses",
    "key-wrappings",
    "logout-tokens-without-exp",
    "long-kids",
    "null-members",
    "pem",
    "public-key-as-secret",
    "replays-after-a-clock-jump",
    "rsassa-pss-keys",
    "secrets-and-kids",
    "short-coordinates",
    "side-members",
    "unhelpful-errors",
    "values-that-are-not-times",
    "whole-second-clocks",
];

#[test]
fn every_kind_is_run() {
    let runners = include_str!("field.rs");
    let kinds = material::kinds();
    assert_eq!(kinds, BTreeSet::from(KINDS.map(str::to_owned)));
    for kind in kinds {
        assert!(
            runners.contains(&format!("assert_kind(\"{kind}\", ")),
            "no test runs {kind}"
        );
    }
}

#[test]
fn metadata_of_rfc_8414() {
    assert_kind("authorization-server-metadata", 9);
}

#[test]
fn azp_of_another_client_and_aud_absent() {
    assert_kind("authorized-parties", 11);
}

#[test]
fn one_foreign_entry_spoils_the_set() {
    assert_kind("foreign-entries", 21);
}

#[test]
fn issuer_templates() {
    assert_kind("issuer-templates", 16);
}

#[test]
fn keys_that_change_and_keys_that_stay() {
    assert_kind("key-rotation", 11);
}

#[test]
fn other_registered_uses() {
    assert_kind("key-uses", 9);
}

#[test]
fn keys_in_other_wrappings() {
    assert_kind("key-wrappings", 16);
}

#[test]
fn logout_tokens_without_exp() {
    assert_kind("logout-tokens-without-exp", 9);
}

#[test]
fn long_kids() {
    assert_kind("long-kids", 8);
}

#[test]
fn null_for_an_optional_member() {
    assert_kind("null-members", 33);
}

#[test]
fn pem_files_found_in_practice() {
    assert_kind("pem", 27);
}

#[test]
fn a_public_key_given_as_a_secret() {
    assert_kind("public-key-as-secret", 14);
}

#[test]
fn replays_after_a_clock_jump() {
    assert_kind("replays-after-a-clock-jump", 5);
}

#[test]
fn rsassa_pss_keys() {
    assert_kind("rsassa-pss-keys", 10);
}

#[test]
fn secrets_with_kid() {
    assert_kind("secrets-and-kids", 9);
}

#[test]
fn coordinates_without_leading_zeros() {
    assert_kind("short-coordinates", 22);
}

#[test]
fn side_members_of_the_wrong_type() {
    assert_kind("side-members", 23);
}

#[test]
fn values_that_are_not_times() {
    assert_kind("values-that-are-not-times", 14);
}

#[test]
fn unhelpful_errors() {
    assert_kind("unhelpful-errors", 25);
}

#[test]
fn clock_in_whole_seconds() {
    assert_kind("whole-second-clocks", 11);
}
