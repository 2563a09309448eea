//! Refreshes the tokens of a user (OpenID Connect Core §12).

use jose_verify::oidc::Nonce;
use jose_verify::{Check, Claim, Error as TokenError, Policy, Problem, Verified};
use serde_json::Value;

use crate::client::{Client, check_access_token};
use crate::error::Error;
use crate::user::User;

impl Client {
    /// Requests new tokens with the user's refresh token (OpenID Connect Core §12). Returns the
    /// user with the new tokens.
    ///
    /// If the response has an ID Token, it must be about the same user and the same login (§12.2),
    /// and `claims` and `id_token` are replaced. `user_info` is not fetched again.
    ///
    /// Keep the returned value and drop the old one: the provider may have replaced the refresh
    /// token. Many providers end the session if a replaced refresh token is used again, so no two
    /// threads may refresh the same user at once.
    ///
    /// # Errors
    ///
    /// - [`Error::NoRefreshToken`]: the provider issued none.
    /// - [`Error::OAuth`]: the provider rejects it. After `invalid_grant`, the user has to log in
    ///   again.
    /// - [`Error::Verification`]: the new ID Token is rejected. Discard the user's session.
    /// - The errors of other requests.
    pub fn refresh(&self, user: &User) -> Result<User, Error> {
        let refresh_token = user.refresh_token.as_ref().ok_or(Error::NoRefreshToken)?;
        let earlier: Value =
            serde_json::from_str(&user.claims).map_err(|_| TokenError::MalformedClaims)?;
        let tokens = self.request_tokens(vec![
            ("grant_type", "refresh_token".to_owned()),
            ("refresh_token", refresh_token.clone()),
        ])?;
        let mut refreshed = User {
            access_token: tokens.access_token.clone(),
            expires_in: tokens.expires_in,
            ..user.clone()
        };
        // RFC 6749 §6: without a new refresh token, the old one remains.
        if let Some(refresh_token) = &tokens.refresh_token {
            refreshed.refresh_token = Some(refresh_token.clone());
        }
        if let Some(token) = &tokens.id_token {
            // The same checks as `oidc::check_same_user`, which needs the earlier ID Token to be
            // verified again. It may have expired, and its key may have been replaced.
            let policy = Policy {
                subject: Check::Required(&user.subject),
                ..self.id_token_policy(Nonce::NotSent)
            };
            refreshed.claims = self.keys.verify(token, &policy, &[], |id_token| {
                check_access_token(id_token, &tokens)?;
                check_same_login(id_token, &earlier)?;
                Ok(id_token.claims().as_raw().to_owned())
            })?;
            refreshed.id_token.clone_from(token);
        }
        Ok(refreshed)
    }
}

/// Checks that an ID Token belongs to the same login as an earlier one (OpenID Connect Core §12.2).
/// The policy has compared `iss` and `sub`.
fn check_same_login(id_token: &Verified<'_>, earlier: &Value) -> Result<(), TokenError> {
    let later: Value = serde_json::from_str(id_token.claims().as_raw())
        .map_err(|_| TokenError::MalformedClaims)?;
    let (later, earlier) = (&later, earlier);
    let is_kept = |name: &str| later[name] == earlier[name];
    let is_time_kept = |name: &str| later[name].as_f64() == earlier[name].as_f64();
    let is_absent = |name: &str| later.get(name).is_none();
    let all_audiences_are_kept = {
        let later = audiences(later);
        audiences(earlier).iter().all(|one| later.contains(one))
    };
    for (claim, is_same) in [
        (Claim::Aud, all_audiences_are_kept),
        (Claim::Azp, is_kept("azp")),
        (Claim::Nonce, is_absent("nonce") || is_kept("nonce")),
        (
            Claim::AuthTime,
            is_absent("auth_time") || earlier["auth_time"].is_null() || is_time_kept("auth_time"),
        ),
    ] {
        if !is_same {
            return Err(TokenError::Claim(claim, Problem::Mismatch));
        }
    }
    Ok(())
}

fn audiences(claims: &Value) -> Vec<&str> {
    match &claims["aud"] {
        Value::String(one) => vec![one],
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}
