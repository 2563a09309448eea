//! The checks that `verify` and each request of `batch` apply to a token.

mod explain;
mod policy;
mod values;

use clap::ValueEnum;
use jose_verify::alg::{HashFunction, SHA256, SHA384, SHA512};
use jose_verify::checks::IssuerTemplate;
use jose_verify::oidc::{HashClaims, LogoutToken};
use jose_verify::{
    Check, ClaimCheck, Error, Header, JwsVerifier, Keys, Member, NumericDate, Options, Problem,
    Verified, Verifier,
};
use serde::Deserialize;

use crate::unix_time::UnixTime;

pub(crate) use explain::CheckLine;
pub(crate) use values::{Values, any_of, found};

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
    /// Any JWT. `exp`, `nbf` and `iat` are checked only if present, so a token without `exp` never
    /// expires
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
    /// `iss` must be this text, in which the placeholder in braces is replaced by [`TENANT`].
    pub(crate) issuer_template: Option<String>,
    /// `aud` must contain one of these. In an ID Token or logout token, other audiences are
    /// accepted only if `azp` is one of these.
    pub(crate) audiences: Option<Vec<String>>,
    /// `azp` must be one of these.
    pub(crate) authorized_parties: Option<Vec<String>>,
    /// Omits the check of `azp` that the profile `id-token` makes by itself.
    pub(crate) ignore_azp: bool,
    /// The claim `client_id` must be one of these.
    pub(crate) client_ids: Option<Vec<String>>,
    pub(crate) nonce: Option<String>,
    pub(crate) subject: Option<String>,
    /// `acr` must be one of these.
    pub(crate) acr: Option<Vec<String>>,
    pub(crate) hashed_values: HashedValues,
    pub(crate) typ: Option<String>,
    /// Accepts logout tokens without `exp`.
    pub(crate) no_exp: bool,
    /// Accepts only tokens with `=` padding.
    pub(crate) padded: bool,
    pub(crate) leeway: u32,
    pub(crate) max_age: Option<u32>,
    pub(crate) now: Option<UnixTime>,
}

/// Values that came with an ID Token and whose hashes the ID Token must contain. Not `Debug`,
/// because they are secrets.
#[derive(Default)]
pub(crate) struct HashedValues {
    /// Accepts an ID Token without the hash claims.
    pub(crate) if_present: bool,
    pub(crate) access_token: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) state: Option<String>,
}

impl HashedValues {
    pub(crate) const fn is_any_given(&self) -> bool {
        self.access_token.is_some() || self.code.is_some() || self.state.is_some()
    }

    fn check(&self, id_token: &Verified<'_>) -> Result<(), Error> {
        self.hash_claims().check(id_token, &HASHES)
    }

    fn hash_claims(&self) -> HashClaims<'_> {
        HashClaims {
            access_token: self.claim(self.access_token.as_deref()),
            code: self.claim(self.code.as_deref()),
            state: self.claim(self.state.as_deref()),
        }
    }

    const fn claim<'a>(&self, value: Option<&'a str>) -> Check<&'a str> {
        match value {
            None => Check::NotChecked,
            Some(value) if self.if_present => Check::IfPresent(value),
            Some(value) => Check::Required(value),
        }
    }
}

/// The hash functions of the accepted algorithms.
const HASHES: [&dyn HashFunction; 3] = [&SHA256, &SHA384, &SHA512];

/// The claim that replaces the placeholder of an issuer template. Microsoft Entra ID puts the
/// tenant into it.
const TENANT: &str = "tid";

/// Returns the checks that are not part of a policy and that the library makes with it.
fn further_checks<'a>(template: Option<&'a IssuerTemplate<'_>>) -> Vec<&'a dyn ClaimCheck> {
    template
        .into_iter()
        .map(|check| -> &dyn ClaimCheck { check })
        .collect()
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
            || self.issuer_template.is_some()
            || self.audiences.is_some()
            || self.authorized_parties.is_some()
            || self.ignore_azp
            || self.client_ids.is_some()
            || self.nonce.is_some()
            || self.subject.is_some()
            || self.acr.is_some()
            || self.max_age.is_some()
            || self.no_exp
    }

    /// Describes options that conflict with each other or with the profile. `spell` spells the name
    /// of an option: `no_exp` is `--no-exp` on the command line.
    pub(crate) fn conflict(&self, spell: fn(&str) -> String) -> Option<String> {
        let profile = spell("profile");
        let hashes = &self.hashed_values;
        if self.profile != Profile::IdToken && hashes.is_any_given() {
            let [token, code, state] = ["access_token", "code", "state"].map(spell);
            return Some(format!(
                "{token}, {code} and {state} require {profile} id-token"
            ));
        }
        if hashes.if_present && !hashes.is_any_given() {
            let [option, token, code, state] =
                ["hashes_if_present", "access_token", "code", "state"].map(spell);
            return Some(format!("{option} requires {token}, {code} or {state}"));
        }
        if self.issuers.is_some() && self.issuer_template.is_some() {
            let [issuer, template] = ["issuer", "issuer_template"].map(spell);
            return Some(format!("{issuer} cannot be used with {template}"));
        }
        if self.ignore_azp && self.authorized_parties.is_some() {
            let [ignore_azp, azp] = ["ignore_azp", "azp"].map(spell);
            return Some(format!("{ignore_azp} cannot be used with {azp}"));
        }
        if self.ignore_azp && self.profile != Profile::IdToken {
            let option = spell("ignore_azp");
            return Some(format!(
                "{option} requires {profile} id-token: no other profile checks azp by itself"
            ));
        }
        if self.no_exp && self.profile != Profile::LogoutToken {
            let option = spell("no_exp");
            return Some(format!("{option} requires {profile} logout-token"));
        }
        None
    }

    /// Returns the options for the form of the token.
    pub(crate) const fn options(&self) -> Options<'static> {
        if self.padded {
            Options::new().padded()
        } else {
            Options::new()
        }
    }

    /// Verifies a token. `token` is overwritten, even on error.
    pub(crate) fn verify<'t>(
        &self,
        token: &'t mut [u8],
        keys: &dyn Keys,
    ) -> Result<Accepted<'t>, Error> {
        if self.profile == Profile::Jws {
            let jws = JwsVerifier::new(keys).with_options(self.options());
            let jws = jws.verify_in_place(token)?;
            self.check_type(jws.header())?;
            return Ok(Accepted {
                header: *jws.header(),
                content: Content::Payload(jws.payload()),
            });
        }
        let (policy, template) = (self.policy(), self.template());
        let checks = further_checks(template.as_ref());
        let verifier = Verifier::new(keys, &policy)
            .with_options(self.options())
            .with_checks(&checks);
        let jwt = verifier.verify_in_place(token, self.time())?;
        self.check_further(&jwt)?;
        Ok(Accepted {
            header: *jwt.header(),
            content: Content::Claims(jwt.claims().as_raw()),
        })
    }

    fn template(&self) -> Option<IssuerTemplate<'_>> {
        let template = self.issuer_template.as_deref()?;
        Some(IssuerTemplate {
            template,
            claim: TENANT,
        })
    }

    /// Returns the time as of which the token is verified.
    fn time(&self) -> NumericDate {
        self.now.unwrap_or_else(UnixTime::now).date()
    }

    /// Makes the checks of the profile that are not part of a policy.
    fn check_further(&self, jwt: &Verified<'_>) -> Result<(), Error> {
        match self.profile {
            Profile::IdToken => self.hashed_values.check(jwt),
            Profile::LogoutToken => LogoutToken::from_verified(jwt).map(|_| ()),
            Profile::AccessToken | Profile::Jwt | Profile::Jws => Ok(()),
        }
    }

    /// Checks the `typ` of a JWS as [`Policy::typ`](jose_verify::Policy::typ) does for a JWT.
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
