//! What a token has to fulfil, the same for `verify` and for a line of `batch`.

use clap::ValueEnum;
use jose_verify::oauth;
use jose_verify::oidc::{self, Bindings, LogoutToken};
use jose_verify::{
    Audience, Check, Error, Header, JwsVerifier, Keys, Leeway, MaxAge, Policy, SHA256, SHA384,
    SHA512, Verified, Verifier,
};
use serde::Deserialize;

use crate::unix_time::UnixTime;

/// Which kind of token is expected.
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
    /// The signature alone
    Jws,
}

impl TryFrom<String> for Profile {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let unknown = "expected id-token, access-token, logout-token, jwt or jws";
        <Self as ValueEnum>::from_str(&name, false).map_err(|_| unknown.to_owned())
    }
}

/// The profile and what narrows it. `None` is not checked, beyond what the profile does anyway.
pub(crate) struct Demands {
    pub(crate) profile: Profile,
    pub(crate) issuers: Option<Vec<String>>,
    /// One of these; an ID Token may name no others beside them.
    pub(crate) audiences: Option<Vec<String>>,
    pub(crate) nonce: Option<String>,
    pub(crate) subject: Option<String>,
    /// One of these.
    pub(crate) acr: Option<Vec<String>>,
    pub(crate) companions: Companions,
    pub(crate) typ: Option<String>,
    pub(crate) leeway: u32,
    pub(crate) max_age: Option<u32>,
    pub(crate) now: Option<UnixTime>,
}

/// What came with an ID Token, which must name each by its hash. Without `Debug`, for they are secrets.
#[derive(Default)]
pub(crate) struct Companions {
    pub(crate) access_token: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) state: Option<String>,
}

impl Companions {
    pub(crate) const fn are_given(&self) -> bool {
        self.access_token.is_some() || self.code.is_some() || self.state.is_some()
    }

    fn check(&self, id_token: &Verified<'_>) -> Result<(), Error> {
        let bindings = Bindings {
            access_token: required(self.access_token.as_deref()),
            code: required(self.code.as_deref()),
            state: required(self.state.as_deref()),
        };
        bindings.check(id_token, &[&SHA256, &SHA384, &SHA512])
    }
}

/// A token that fulfils its demands.
#[derive(Debug)]
pub(crate) struct Accepted<'t> {
    pub(crate) header: Header<'t>,
    pub(crate) content: Content<'t>,
}

/// What was signed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Content<'t> {
    /// A claims set, which was checked.
    Claims(&'t str),
    /// Anything, for profile `jws`.
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

impl Demands {
    /// Whether a claim is asked to be checked, which profile `jws` would not do.
    pub(crate) const fn concern_claims(&self) -> bool {
        self.issuers.is_some()
            || self.audiences.is_some()
            || self.nonce.is_some()
            || self.subject.is_some()
            || self.acr.is_some()
            || self.max_age.is_some()
    }

    /// Verifies a token, which is decoded over its own text.
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
        let issuers = self.issuers.as_deref().map(borrowed);
        let audiences = self.audiences.as_deref().map(borrowed);
        let acr = self.acr.as_deref().map(borrowed);
        let policy = Policy {
            acr: required(acr.as_deref()),
            ..self.policy(issuers.as_deref(), audiences.as_deref())
        };
        let now = self.now.unwrap_or_else(UnixTime::now).date();
        let jwt = Verifier::new(keys, &policy).verify_in_place(token, now)?;
        match self.profile {
            Profile::IdToken => self.companions.check(&jwt)?,
            Profile::LogoutToken => LogoutToken::from_verified(&jwt).map(|_| ())?,
            Profile::AccessToken | Profile::Jwt | Profile::Jws => {}
        }
        Ok(Accepted {
            header: *jwt.header(),
            content: Content::Claims(jwt.claims().as_raw()),
        })
    }

    fn policy<'p>(
        &'p self,
        issuers: Option<&'p [&'p str]>,
        audiences: Option<&'p [&'p str]>,
    ) -> Policy<'p> {
        let profile = match self.profile {
            Profile::IdToken => id_token(audiences),
            Profile::AccessToken => Policy {
                audience: required(audiences.map(Audience::AnyOf)),
                ..oauth::access_token(&[], &[])
            },
            Profile::LogoutToken => Policy {
                audience: client(audiences),
                ..oidc::logout_token(&[], &[])
            },
            Profile::Jwt | Profile::Jws => {
                Policy::jwt(Check::NotChecked, required(audiences.map(Audience::AnyOf)))
            }
        };
        let leeway = Leeway::seconds(self.leeway);
        let max_age = |seconds| MaxAge { seconds, leeway };
        Policy {
            issuer: required(issuers),
            nonce: required(self.nonce.as_deref()),
            subject: self
                .subject
                .as_deref()
                .map_or(profile.subject, Check::Required),
            typ: self.typ.as_deref().map_or(profile.typ, Check::Required),
            auth_time: required(self.max_age.map(max_age)),
            ..profile.with_leeway(leeway)
        }
    }

    /// What [`Policy::typ`] does for a JWT, for a JWS.
    fn check_type(&self, header: &Header<'_>) -> Result<(), Error> {
        let Some(expected) = &self.typ else {
            return Ok(());
        };
        match header.typ() {
            None => Err(Error::MissingType),
            Some(_) if header.is_type(expected) => Ok(()),
            Some(_) => Err(Error::TypeMismatch),
        }
    }
}

/// One of the audiences, and no others beside it.
fn client<'p>(audiences: Option<&'p [&'p str]>) -> Check<Audience<'p>> {
    required(audiences.map(|client_ids| Audience::Client {
        client_ids,
        trusted: &[],
    }))
}

/// An ID Token for any of the audiences.
fn id_token<'p>(audiences: Option<&'p [&'p str]>) -> Policy<'p> {
    match audiences {
        Some(client_ids) => oidc::id_token(&[], client_ids, Check::NotChecked),
        None => Policy {
            audience: Check::NotChecked,
            authorized_party: Check::NotChecked,
            ..oidc::id_token(&[], &[], Check::NotChecked)
        },
    }
}

fn required<T>(expected: Option<T>) -> Check<T> {
    expected.map_or(Check::NotChecked, Check::Required)
}

fn borrowed(strings: &[String]) -> Vec<&str> {
    strings.iter().map(String::as_str).collect()
}
