//! Provider metadata is read as `serde_json` reads it, and rejected exactly for the errors in it.

use jose_verify::oauth::ProviderMetadata;
use jose_verify::{Claim, Error, Problem};

use crate::json::{self, Json, Members};
use crate::pipeline;

const STRINGS: [&str; 8] = [
    "issuer",
    "jwks_uri",
    "authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "end_session_endpoint",
    "introspection_endpoint",
    "revocation_endpoint",
];
const ALGORITHMS: &str = "id_token_signing_alg_values_supported";
const METHODS: &str = "code_challenge_methods_supported";
const SENDS_ISSUER: &str = "authorization_response_iss_parameter_supported";

type Parser = for<'a> fn(&'a [u8], &str) -> Result<ProviderMetadata<'a>, Error>;

/// The parser that requires `jwks_uri`, and the one that does not.
const PARSERS: [Parser; 2] = [
    |text, issuer| ProviderMetadata::parse(text, issuer),
    |text, issuer| ProviderMetadata::parse_authorization_server(text, issuer),
];

/// Parses `text` as the metadata of the issuer that it names, and of another issuer.
pub fn check(text: &[u8]) {
    let json = Json::parse(text);
    let Some(members) = json.as_ref().and_then(Json::members) else {
        let reasons = [&json::MALFORMED[..], &[Error::MalformedMetadata]].concat();
        for parse in PARSERS {
            let result = parse(text, "https://login.example.com");
            pipeline::assert_follows(&result, &reasons);
        }
        return;
    };
    let text_of = |name| json::get(members, name).and_then(Json::text);
    let issuer = text_of("issuer").unwrap_or_default();
    for (parse, requires_keys) in PARSERS.into_iter().zip([true, false]) {
        let result = parse(text, issuer);
        let mut reasons = rejections(members, requires_keys);
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
        let other = parse(text, &format!("{issuer}x"));
        pipeline::assert_follows(&other, &reasons);
    }
}

fn check_members(metadata: &ProviderMetadata<'_>, members: &Members<'_>) {
    let ours = [
        Some(metadata.issuer()),
        metadata.jwks_uri(),
        metadata.authorization_endpoint(),
        metadata.token_endpoint(),
        metadata.user_info_endpoint(),
        metadata.end_session_endpoint(),
        metadata.introspection_endpoint(),
        metadata.revocation_endpoint(),
    ];
    for (name, ours) in STRINGS.into_iter().zip(ours) {
        match (json::get(members, name), ours) {
            (Some(Json::String(raw, text)), Some(ours)) => json::assert_same_text(raw, text, ours),
            (None | Some(Json::Null), None) => {}
            (this, ours) => panic!("{name}: serde_json: {this:?}, jose-verify: {ours:?}"),
        }
    }
    let sends_issuer = json::get(members, SENDS_ISSUER).and_then(Json::bool);
    assert_eq!(metadata.sends_issuer(), sends_issuer.unwrap_or_default());
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

fn rejections(members: &Members<'_>, requires_keys: bool) -> Vec<Error> {
    let mut reasons = json::stricter(members);
    // `null` counts as absent.
    let present = |value: &&Json<'_>| !matches!(value, Json::Null);
    let member = |name: &str| json::get(members, name).filter(present);
    let is_wrong = |name: &&str| member(name).is_some_and(|value| value.text().is_none());
    let is_wrong_list = |name: &&str| member(name).is_some_and(|value| value.texts().is_none());
    let missing = member("issuer").is_none() || requires_keys && member("jwks_uri").is_none();
    let wrong_flag = member(SENDS_ISSUER).is_some_and(|value| value.bool().is_none());
    let wrong_list = [ALGORITHMS, METHODS].iter().any(is_wrong_list);
    if missing || wrong_flag || wrong_list || STRINGS.iter().any(is_wrong) {
        reasons.push(Error::MalformedMetadata);
    }
    reasons
}
