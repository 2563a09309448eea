//! Claims, with the policies that a user would choose.

use core::time::Duration;

use jose_verify::checks::IssuerTemplate;
use jose_verify::oidc::{self, LogoutToken, Nonce};
use jose_verify::{Check, ClaimCheck, Clock, Error, NumericDate, Policy, StringList, Verifier};
use serde_json::{Value, json};

use super::material::strings;
use crate::support::sign::{key, token};
use crate::support::verdict::UNCHECKED;

/// Verifies a token with the claims that were sent.
pub(super) fn answer(sent: &Value) -> Result<Value, Error> {
    let token = token(sent["claims"].as_str().unwrap());
    let wanted = &sent["policy"];
    let lists = ["issuer", "audience", "azp", "client_id"].map(|name| strings(&wanted[name]));
    let policy = policy(
        wanted,
        lists.each_ref().map(|list| -> &dyn StringList { list }),
    );
    let template = wanted["issuer_template"].as_str();
    let template = template.map(|template| IssuerTemplate {
        template,
        claim: wanted["template_claim"].as_str().unwrap(),
    });
    let checks: Vec<&dyn ClaimCheck> = template
        .iter()
        .map(|check| -> &dyn ClaimCheck { check })
        .collect();
    let (key, mut token) = (key(), token.into_bytes());
    let verifier = Verifier::new(&key, &policy).with_checks(&checks);
    let jwt = verifier.verify_in_place(&mut token, clock(wanted))?;
    if wanted["profile"] == "logout-token" {
        LogoutToken::from_verified(&jwt)?;
    }
    Ok(json!({ "accepted": true }))
}

/// Returns the profile with the changes that the case names.
fn policy<'p>(
    wanted: &'p Value,
    [issuers, audiences, parties, clients]: [&'p dyn StringList; 4],
) -> Policy<'p> {
    let base = match wanted["profile"].as_str().unwrap() {
        "unchecked" => UNCHECKED,
        "jwt" => Policy::jwt(Check::NotChecked, Check::NotChecked),
        "id-token" => oidc::id_token(issuers, audiences, Nonce::NotSent),
        "logout-token" => oidc::logout_token(issuers, audiences),
        other => panic!("profile {other}"),
    };
    let is = |member: &str, value: &str| wanted[member] == value;
    let has = |member: &str| !wanted[member].is_null();
    Policy {
        audience: match base.audience {
            _ if is("audience", "absent") => Check::Absent,
            audience => audience,
        },
        authorized_party: match base.authorized_party {
            _ if is("azp", "not checked") => Check::NotChecked,
            _ if has("azp") => Check::IfPresent(parties),
            party => party,
        },
        client_id: match base.client_id {
            _ if has("client_id") => Check::Required(clients),
            client => client,
        },
        expires_at: match base.expires_at {
            _ if is("exp", "optional") => Check::IfPresent(Duration::ZERO),
            expires_at => expires_at,
        },
        amr: wanted["amr"].as_str().map_or(base.amr, Check::Required),
        ..base
    }
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
