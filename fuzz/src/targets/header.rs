//! A header is read as `serde_json` reads it, and rejected exactly for the errors in it.

use jose_verify::{Error, Member, Options, Problem, scratch_len};

use crate::json::{self, Json, Members};
use crate::{pipeline, token};

const STRINGS: [Member; 4] = [Member::Alg, Member::Kid, Member::Typ, Member::Cty];

/// Reads `header` as the header of a token with an empty payload.
pub fn check(header: &[u8]) {
    let token = token::join(header, b"", b"");
    let mut scratch = vec![0; scratch_len(token.len())];
    let result = Options::new().peek_header_untrusted(&token, &mut scratch);

    let json = Json::parse(header);
    let Some(members) = json.as_ref().and_then(Json::members) else {
        let early = [&json::MALFORMED[..], &STRINGS.map(wrong_type)].concat();
        return pipeline::assert_follows(&result, &early);
    };
    pipeline::assert_follows(&result, &rejections(members));
    let Ok(header) = result else { return };
    for media_type in [
        "JWT",
        "application/at+JWT",
        "application/a/b",
        "application/",
    ] {
        let typ = json::get(members, "typ").and_then(Json::text);
        let is_type = typ.is_some_and(|typ| is_type(typ, media_type));
        assert_eq!(header.is_type(media_type), is_type, "{media_type}");
    }
    for (name, ours) in [
        ("alg", Some(header.algorithm())),
        ("kid", header.key_id()),
        ("typ", header.typ()),
        ("cty", header.content_type()),
    ] {
        match (json::get(members, name), ours) {
            (Some(Json::String(raw, text)), Some(ours)) => json::assert_same_text(raw, text, ours),
            (None, None) => {}
            (Some(Json::Null), None) if name != "alg" => {}
            (this, ours) => panic!("{name}: serde_json: {this:?}, jose-verify: {ours:?}"),
        }
    }
}

fn rejections(members: &Members<'_>) -> Vec<Error> {
    let mut reasons = json::stricter(members);
    let member = |name| json::get(members, name);
    let is_wrong = |name: &Member| match member(name.name()) {
        None | Some(Json::String(..)) => false,
        // `null` counts as absent, except for `alg`.
        Some(Json::Null) => *name == Member::Alg,
        Some(_) => true,
    };
    reasons.extend(STRINGS.into_iter().filter(is_wrong).map(wrong_type));
    match member("alg").map(Json::text) {
        None => reasons.push(Error::Header(Member::Alg, Problem::Missing)),
        Some(Some(alg)) if alg.eq_ignore_ascii_case("none") => reasons.push(Error::Unsecured),
        Some(_) => {}
    }
    if member("crit").is_some() {
        reasons.push(Error::Header(Member::Crit, Problem::Unsupported));
    }
    if member("b64").is_some() {
        reasons.push(Error::Header(Member::B64, Problem::Unsupported));
    }
    reasons
}

fn wrong_type(member: Member) -> Error {
    Error::Header(member, Problem::WrongType)
}

/// Returns whether a `typ` is this media type.
pub fn is_type(typ: &str, media_type: &str) -> bool {
    without_prefix(typ) == without_prefix(media_type)
}

/// RFC 7515 §4.1.9: `application/` may be left out if no other slash follows.
fn without_prefix(media_type: &str) -> String {
    let lower = media_type.to_ascii_lowercase();
    match lower.strip_prefix("application/") {
        Some(subtype) if !subtype.contains('/') => subtype.to_owned(),
        _ => lower,
    }
}
