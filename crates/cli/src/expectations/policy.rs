//! The policy of a profile, with the caller's values.

use core::time::Duration;

use jose_verify::oidc::{self, Nonce};
use jose_verify::{Audience, Check, MaxAge, Policy, StringList, oauth};

use super::{Expectations, Profile};

impl Expectations {
    pub(super) fn policy(&self) -> Policy<'_> {
        let profile = self.profile_policy();
        let leeway = Duration::from_secs(self.leeway.into());
        let max_age = |seconds: u32| MaxAge {
            age: Duration::from_secs(seconds.into()),
            leeway,
        };
        let subject = self
            .subject
            .as_ref()
            .map(|subject| -> &dyn StringList { subject });
        Policy {
            issuer: match &self.issuers {
                Some(issuers) => Check::Required(issuers),
                // A check beside the policy compares `iss` with the template.
                None if self.issuer_template.is_some() => Check::Present,
                None => profile.issuer,
            },
            authorized_party: match &self.authorized_parties {
                Some(parties) => Check::Required(parties),
                None if self.ignore_azp => Check::NotChecked,
                None => profile.authorized_party,
            },
            client_id: self
                .client_ids
                .as_ref()
                .map_or(profile.client_id, |clients| Check::Required(clients)),
            nonce: self.nonce.as_deref().map_or(profile.nonce, Check::Required),
            subject: subject.map_or(profile.subject, Check::Required),
            typ: self.typ.as_deref().map_or(profile.typ, Check::Required),
            auth_time: required(self.max_age.map(max_age)),
            acr: required(self.acr.as_ref().map(list)),
            ..profile.with_leeway(leeway)
        }
    }

    /// Returns the policy of the profile, with the audiences but without other expected values.
    fn profile_policy(&self) -> Policy<'_> {
        let audiences = self.audiences.as_ref().map(list);
        let any_of = required(audiences.map(Audience::AnyOf));
        match self.profile {
            Profile::IdToken => id_token(audiences),
            Profile::AccessToken => Policy {
                issuer: Check::NotChecked,
                audience: any_of,
                ..oauth::access_token(&NONE, &NONE)
            },
            Profile::LogoutToken => self.logout_token(audiences),
            Profile::Jwt | Profile::Jws => Policy::jwt(Check::NotChecked, any_of),
        }
    }

    fn logout_token<'a>(&self, audiences: Option<&'a dyn StringList>) -> Policy<'a> {
        let policy = oidc::logout_token(&NONE, &NONE);
        let audience = audiences.map(|client_ids| Audience::Client {
            client_ids,
            trusted: &NONE,
        });
        Policy {
            issuer: Check::NotChecked,
            audience: required(audience),
            expires_at: match policy.expires_at {
                Check::Required(leeway) if self.no_exp => Check::IfPresent(leeway),
                check => check,
            },
            ..policy
        }
    }
}

/// The empty list. It also stands for values of a profile that are overwritten afterwards.
const NONE: [&str; 0] = [];

/// Returns the policy for an ID Token that was issued to one of these clients, or to any client.
/// OpenID Connect Core §2: `iss` and `aud` are required, even if any value is accepted.
fn id_token(audiences: Option<&dyn StringList>) -> Policy<'_> {
    match audiences {
        Some(client_ids) => Policy {
            issuer: Check::Present,
            ..oidc::id_token(&NONE, client_ids, Nonce::NotSent)
        },
        None => Policy {
            issuer: Check::Present,
            audience: Check::Present,
            authorized_party: Check::NotChecked,
            ..oidc::id_token(&NONE, &NONE, Nonce::NotSent)
        },
    }
}

fn required<T>(expected: Option<T>) -> Check<T> {
    expected.map_or(Check::NotChecked, Check::Required)
}

fn list(strings: &Vec<String>) -> &dyn StringList {
    strings
}
