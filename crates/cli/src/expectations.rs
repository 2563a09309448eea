//! The checks that `verify` and each request of `batch` apply to a token.

use clap::ValueEnum;
use core::time::Duration;
use jose_verify::alg::{SHA256, SHA384, SHA512};
use jose_verify::oidc::{self, HashClaims, LogoutToken, Nonce};
use jose_verify::{
    Audience, Check, Error, Header, JwsVerifier, Keys, MaxAge, Member, Policy, Problem, StringList,
    Verified, Verifier, oauth,
};
use serde::Deserialize;

use crate::unix_time::UnixTime;

/// The kind of token that is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum Profile {
    /// An OpenID Connect ID Token
    IdToken,
    /// A JWT access token (RFC 9068)
    AccessToken,
    /// An OpenID Connect back-channel logout token
    LogoutToken,
    /// Any JWT
    #[default]
    Jwt,
    /// Any JWS: checks its signature, but no claims
    Jws,
}

impl TryFrom<String> for Profile {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let unknown = "expected id-token, access-token, logout-token, jwt or jws";
        <Self as ValueEnum>::from_str(&name, false).map_err(|_| unknown.to_owned())
    }
}

/// The profile and additional checks.
///
/// `None` omits a check. For `nonce`, `subject` and `typ`, it keeps the check of the profile.
pub(crate) struct Expectations {
    pub(crate) profile: Profile,
    pub(crate) issuers: Option<Vec<String>>,
    /// `aud` must contain one of these. In an ID Token or logout token, other audiences are
    /// accepted only if `azp` is one of these.
    pub(crate) audiences: Option<Vec<String>>,
    pub(crate) nonce: Option<String>,
    pub(crate) subject: Option<String>,
    /// `acr` must be one of these.
    pub(crate) acr: Option<Vec<String>>,
    pub(crate) hashed_values: HashedValues,
    pub(crate) typ: Option<String>,
    pub(crate) leeway: u32,
    pub(crate) max_age: Option<u32>,
    pub(crate) now: Option<UnixTime>,
}

/// Values that came with an ID Token and whose hashes the ID Token must contain. Not `Debug`,
/// because they are secrets.
#[derive(Default)]
pub(crate) struct HashedValues {
    pub(crate) access_token: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) state: Option<String>,
}

impl HashedValues {
    pub(crate) const fn is_any_given(&self) -> bool {
        self.access_token.is_some() || self.code.is_some() || self.state.is_some()
    }

    fn check(&self, id_token: &Verified<'_>) -> Result<(), Error> {
        let hash_claims = HashClaims {
            access_token: required(self.access_token.as_deref()),
            code: required(self.code.as_deref()),
            state: required(self.state.as_deref()),
        };
        hash_claims.check(id_token, &[&SHA256, &SHA384, &SHA512])
    }
}

/// A token that passed all checks.
#[derive(Debug)]
pub(crate) struct Accepted<'t> {
    pub(crate) header: Header<'t>,
    pub(crate) content: Content<'t>,
}

/// The signed content.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Content<'t> {
    /// A claims set that satisfies the policy, as JSON.
    Claims(&'t str),
    /// The payload for profile `jws`, which can be any bytes.
    Payload(&'t [u8]),
}

impl<'t> Content<'t> {
    pub(crate) const fn as_bytes(self) -> &'t [u8] {
        match self {
            Self::Claims(text) => text.as_bytes(),
            Self::Payload(bytes) => bytes,
        }
    }
}

impl Expectations {
    /// Returns whether claims are to be checked, which profile `jws` cannot do.
    pub(crate) const fn has_claim_checks(&self) -> bool {
        self.issuers.is_some()
            || self.audiences.is_some()
            || self.nonce.is_some()
            || self.subject.is_some()
            || self.acr.is_some()
            || self.max_age.is_some()
    }

    /// Verifies a token. `token` is overwritten, even on error.
    pub(crate) fn verify<'t>(
        &self,
        token: &'t mut [u8],
        keys: &dyn Keys,
    ) -> Result<Accepted<'t>, Error> {
        if self.profile == Profile::Jws {
            let jws = JwsVerifier::new(keys).verify_in_place(token)?;
            self.check_type(jws.header())?;
            return Ok(Accepted {
                header: *jws.header(),
                content: Content::Payload(jws.payload()),
            });
        }
        let policy = self.policy();
        let now = self.now.unwrap_or_else(UnixTime::now).date();
        let jwt = Verifier::new(keys, &policy).verify_in_place(token, now)?;
        match self.profile {
            Profile::IdToken => self.hashed_values.check(&jwt)?,
            Profile::LogoutToken => LogoutToken::from_verified(&jwt).map(|_| ())?,
            Profile::AccessToken | Profile::Jwt | Profile::Jws => {}
        }
        Ok(Accepted {
            header: *jwt.header(),
            content: Content::Claims(jwt.claims().as_raw()),
        })
    }

    fn policy(&self) -> Policy<'_> {
        let audiences = self.audiences.as_ref().map(list);
        let any_of = required(audiences.map(Audience::AnyOf));
        let profile = match self.profile {
            Profile::IdToken => id_token(audiences),
            Profile::AccessToken => Policy {
                audience: any_of,
                ..oauth::access_token(&NONE, &NONE)
            },
            Profile::LogoutToken => Policy {
                audience: client(audiences),
                ..oidc::logout_token(&NONE, &NONE)
            },
            Profile::Jwt | Profile::Jws => Policy::jwt(Check::NotChecked, any_of),
        };
        let leeway = Duration::from_secs(self.leeway.into());
        let max_age = |seconds: u32| MaxAge {
            age: Duration::from_secs(seconds.into()),
            leeway,
        };
        let nonce = match &self.nonce {
            Some(nonce) => Check::Required(nonce.as_str()),
            None => profile.nonce,
        };
        let subject = self
            .subject
            .as_ref()
            .map(|subject| -> &dyn StringList { subject });
        Policy {
            issuer: required(self.issuers.as_ref().map(list)),
            nonce,
            subject: subject.map_or(profile.subject, Check::Required),
            typ: self.typ.as_deref().map_or(profile.typ, Check::Required),
            auth_time: required(self.max_age.map(max_age)),
            acr: required(self.acr.as_ref().map(list)),
            ..profile.with_leeway(leeway)
        }
    }

    /// Checks the `typ` of a JWS as [`Policy::typ`] does for a JWT.
    fn check_type(&self, header: &Header<'_>) -> Result<(), Error> {
        let Some(expected) = &self.typ else {
            return Ok(());
        };
        match header.typ() {
            _ if expected.is_empty() => Err(Error::Header(Member::Typ, Problem::NothingExpected)),
            None => Err(Error::Header(Member::Typ, Problem::Missing)),
            Some(_) if header.is_type(expected) => Ok(()),
            Some(_) => Err(Error::Header(Member::Typ, Problem::Mismatch)),
        }
    }
}

/// The empty list, also for values of a profile that are overwritten afterwards.
const NONE: [&str; 0] = [];

/// Requires `aud` to contain one of the client IDs. Other audiences are accepted only if `azp` is
/// one of the client IDs.
fn client(audiences: Option<&dyn StringList>) -> Check<Audience<'_>> {
    required(audiences.map(|client_ids| Audience::Client {
        client_ids,
        trusted: &NONE,
    }))
}

/// Returns the policy for an ID Token that was issued to one of these clients, or to any client.
fn id_token(audiences: Option<&dyn StringList>) -> Policy<'_> {
    match audiences {
        Some(client_ids) => oidc::id_token(&NONE, client_ids, Nonce::NotSent),
        None => Policy {
            audience: Check::NotChecked,
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
