//! Claims, with the policies that a user would choose.

use core::time::Duration;

use jose_verify::oidc::{self, LogoutToken, Nonce};
use jose_verify::{Audience, Check, Clock, Error, NumericDate, Policy, StringList, Verified};
use serde_json::{Value, json};

use super::material::strings;
use crate::support::sign::token;
use crate::support::verdict::{UNCHECKED, with_verified};

/// Verifies a token with the claims that were sent.
pub(super) fn answer(sent: &Value) -> Result<Value, Error> {
    let token = token(sent["claims"].as_str().unwrap());
    let wanted = &sent["policy"];
    let lists = ["issuer", "audience", "azp", "client_id"].map(|name| strings(&wanted[name]));
    let [issuers, audiences, parties, clients] = &lists;
    let policy = with_options(
        wanted,
        profile(wanted, issuers, audiences),
        parties,
        clients,
    );
    let read = |jwt: &Verified<'_>| match wanted["profile"].as_str() {
        Some("logout-token") => LogoutToken::from_verified(jwt).map(|_| ()),
        _ => Ok(()),
    };
    with_verified(token, &policy, clock(wanted), read)??;
    Ok(json!({ "accepted": true }))
}

fn profile<'p>(
    wanted: &Value,
    issuers: &'p dyn StringList,
    audiences: &'p dyn StringList,
) -> Policy<'p> {
    match wanted["profile"].as_str().unwrap() {
        "unchecked" => UNCHECKED,
        "jwt" => Policy::jwt(Check::NotChecked, Check::NotChecked),
        "id-token" => oidc::id_token(issuers, audiences, Nonce::NotSent),
        "logout-token" => oidc::logout_token(issuers, audiences),
        other => panic!("profile {other}"),
    }
}

/// Changes the fields that the case names.
fn with_options<'p>(
    wanted: &'p Value,
    base: Policy<'p>,
    parties: &'p Vec<&'p str>,
    clients: &'p Vec<&'p str>,
) -> Policy<'p> {
    let mut policy = base;
    match &wanted["azp"] {
        Value::Null => {}
        azp if azp == "not checked" => policy.authorized_party = Check::NotChecked,
        _ => policy.authorized_party = Check::IfPresent(parties),
    }
    if !clients.is_empty() {
        policy.client_id = Check::Required(clients);
    }
    if wanted["audience"] == "absent" {
        policy.audience = Check::<Audience<'_>>::Absent;
    }
    if wanted["exp"] == "optional" {
        policy.expires_at = Check::IfPresent(Duration::ZERO);
    }
    if let Some(method) = wanted["amr"].as_str() {
        policy.amr = Check::Required(method);
    }
    policy
}

fn clock(wanted: &Value) -> Clock {
    let clock = &wanted["clock"];
    if let Some(second) = clock["second"].as_i64() {
        return Clock::Second(second);
    }
    match clock["now"].as_array().map(Vec::as_slice) {
        Some([seconds, nanos]) => {
            let nanos = u32::try_from(nanos.as_u64().unwrap()).unwrap();
            NumericDate::new(seconds.as_i64().unwrap(), nanos).into()
        }
        _ => Clock::Absent,
    }
}
