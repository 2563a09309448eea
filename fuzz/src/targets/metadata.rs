//! Provider metadata is read as `serde_json` reads it, and rejected exactly for the errors in it.

use jose_verify::oauth::ProviderMetadata;
use jose_verify::{Claim, Error, Problem};

use crate::json::{self, Json, Members};
use crate::pipeline;

const STRINGS: [&str; 6] = [
    "issuer",
    "jwks_uri",
    "authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "end_session_endpoint",
];
const ALGORITHMS: &str = "id_token_signing_alg_values_supported";
const METHODS: &str = "code_challenge_methods_supported";

/// Parses `text` as the metadata of the issuer that it names, and of another issuer.
pub fn check(text: &[u8]) {
    let json = Json::parse(text);
    let Some(members) = json.as_ref().and_then(Json::members) else {
        let result = ProviderMetadata::parse(text, "https://login.example.com");
        let reasons = [&json::MALFORMED[..], &[Error::MalformedMetadata]].concat();
        return pipeline::assert_follows(&result, &reasons);
    };
    let text_of = |name| json::get(members, name).and_then(Json::text);
    let issuer = text_of("issuer").unwrap_or_default();
    let result = ProviderMetadata::parse(text, issuer);
    let mut reasons = rejections(members);
    if issuer.is_empty() {
        // An empty expected issuer is the caller's mistake, whatever the text contains.
        let mistake = Error::Claim(Claim::Iss, Problem::NothingExpected);
        assert_eq!(result.as_ref().err(), Some(&mistake));
    } else {
        pipeline::assert_follows(&result, &reasons);
    }
    if let Ok(metadata) = &result {
        check_members(metadata, members);
    }
    reasons.push(Error::MetadataMismatch);
    let other = ProviderMetadata::parse(text, &format!("{issuer}x"));
    pipeline::assert_follows(&other, &reasons);
}

fn check_members(metadata: &ProviderMetadata<'_>, members: &Members<'_>) {
    let ours = [
        Some(metadata.issuer()),
        Some(metadata.jwks_uri()),
        metadata.authorization_endpoint(),
        metadata.token_endpoint(),
        metadata.user_info_endpoint(),
        metadata.end_session_endpoint(),
    ];
    for (name, ours) in STRINGS.into_iter().zip(ours) {
        match (json::get(members, name), ours) {
            (Some(Json::String(raw, text)), Some(ours)) => json::assert_same_text(raw, text, ours),
            (None, None) => {}
            (this, ours) => panic!("{name}: serde_json: {this:?}, jose-verify: {ours:?}"),
        }
    }
    let listed = |name| json::get(members, name).and_then(Json::texts);
    let algorithms = listed(ALGORITHMS);
    let ours = metadata.signing_algorithms();
    assert_eq!(ours.is_some(), algorithms.is_some());
    let algorithms = algorithms.unwrap_or_default();
    assert!(ours.is_none_or(|ours| ours.iter().eq(algorithms.iter().copied())));
    let methods = listed(METHODS).unwrap_or_default();
    for name in ["RS256", "ES256", "S256", "plain"] {
        assert_eq!(
            metadata.supports_signing_algorithm(name),
            algorithms.contains(&name)
        );
        assert_eq!(
            metadata.supports_challenge_method(name),
            methods.contains(&name)
        );
    }
}

fn rejections(members: &Members<'_>) -> Vec<Error> {
    let mut reasons = json::stricter(members);
    let member = |name: &str| json::get(members, name);
    let is_wrong = |name: &&str| member(name).is_some_and(|value| value.text().is_none());
    let is_wrong_list = |name: &&str| member(name).is_some_and(|value| value.texts().is_none());
    let missing = member("issuer").is_none() || member("jwks_uri").is_none();
    if missing || STRINGS.iter().any(is_wrong) || [ALGORITHMS, METHODS].iter().any(is_wrong_list) {
        reasons.push(Error::MalformedMetadata);
    }
    reasons
}
