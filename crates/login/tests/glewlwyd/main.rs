//! Logins at Glewlwyd, which `cargo xtask companion log-in glewlwyd` unpacks before it runs these
//! tests. `cargo test` ignores them.
//!
//! | file | what it tests |
//! |---|---|
//! | `logins` | the flows, the hashes, `UserInfo`, and other tokens, with every algorithm |
//! | `rotation` | keys and secrets that the provider replaces |
//! | `logout` | the end of a session, and logout tokens |
//! | `attacks` | an impostor, and answers that belong to another login |
//! | `clients` | the ways in which a client authenticates |
//! | `oddities` | where Glewlwyd departs from RFC 7518 |
//! | `provider` | starts and configures Glewlwyd |

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod attacks;
mod clients;
mod logins;
mod logout;
mod oddities;
mod provider;
mod relying_party;
mod rotation;
#[path = "../support/mod.rs"]
mod support;

use jose_verify::oidc::{self, Nonce};
use jose_verify::{Claim, Error as TokenError, Member, Policy, Problem};
use jose_verify_login::{Client, Error, Flow, User};
use serde_json::Value;
use support::is_token_error;

use crate::provider::{CASES, NONCE, browse};

const CLIENT: &[&str] = &["basic"];

/// Returns the names of all algorithms.
fn all() -> Vec<&'static str> {
    CASES.iter().map(|(alg, _)| *alg).collect()
}

fn log_in(client: &mut Client, flow: Flow) -> Result<User, Error> {
    support::log_in(client, flow, browse)
}

#[track_caller]
fn assert_is_alice(outcome: Result<User, Error>, case: &str) {
    let user = outcome.unwrap_or_else(|error| panic!("{case}: {error}"));
    let claims: Value = serde_json::from_str(&user.claims).unwrap();
    assert_eq!(claims["sub"], user.subject, "{case}");
    assert_eq!(claims["name"], "Alice", "{case}");
    // The client checks it if it is present.
    assert!(claims["at_hash"].is_string(), "{case}: {claims}");
    let user_info: Value = serde_json::from_str(&user.user_info.unwrap()).unwrap();
    assert_eq!(user_info["email"], "alice@example.com", "{case}");
}

#[track_caller]
fn assert_is_token_error(outcome: Result<User, Error>, expected: TokenError, case: &str) {
    let error = outcome.err();
    let matches = is_token_error(error.as_ref(), expected);
    assert!(matches, "{case}: {error:?}");
}

/// Checks that a login failed because all published keys were skipped for this reason.
#[track_caller]
fn assert_keys_are_skipped(outcome: Result<User, Error>, reason: TokenError, case: &str) {
    let error = outcome.err();
    let Some(Error::Verification(jose_verify_http::Error::Unavailable(unavailable))) = &error
    else {
        panic!("{case}: {error:?}");
    };
    let skipped = &unavailable.keys.skipped;
    let is_reason = skipped.iter().all(|key| key.reason == reason);
    assert!(!skipped.is_empty() && is_reason, "{case}: {error:?}");
}

/// Returns the policy for an ID Token of a login without the client.
fn id_token(issuer: &[String; 1]) -> Policy<'_> {
    oidc::id_token(issuer, &CLIENT, Nonce::Sent(NONCE))
}

fn claim(claim: Claim, problem: Problem) -> TokenError {
    TokenError::Claim(claim, problem)
}

fn wrong_type() -> TokenError {
    TokenError::Header(Member::Typ, Problem::Mismatch)
}
