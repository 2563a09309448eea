//! A policy that owns its strings.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Debug};
use core::time::Duration;

use crate::error::Error;
use crate::limits::MAX_EXPECTED;
use crate::policy::{Audience, Check, MaxAge, Policy, StringList};

/// A policy that owns its strings, so it can outlive the strings that it was created from. Requires
/// the feature `alloc`.
///
/// Create it from a [`Policy`], and verify with [`as_policy`](Self::as_policy), which does not
/// allocate.
///
/// ```
/// use jose_verify::{Error, Keys, NumericDate, PolicyBuf, Verifier, oauth, scratch_len};
///
/// struct Service {
///     policy: PolicyBuf,
/// }
///
/// impl Service {
///     fn new(issuers: &Vec<String>, audiences: &Vec<String>) -> Self {
///         Self { policy: oauth::access_token(issuers, audiences).into() }
///     }
///
///     fn check(&self, token: &[u8], keys: &impl Keys, now: NumericDate) -> Result<(), Error> {
///         let mut scratch = vec![0; scratch_len(token.len())];
///         let policy = self.policy.as_policy();
///         Verifier::new(keys, &policy).verify(token, now, &mut scratch).map(|_| ())
///     }
/// }
/// ```
#[derive(Clone)]
pub struct PolicyBuf {
    typ: Check<String>,
    issuer: Check<Vec<String>>,
    subject: Check<Vec<String>>,
    audience: Check<AudienceBuf>,
    authorized_party: Check<Vec<String>>,
    expires_at: Check<Duration>,
    not_before: Check<Duration>,
    issued_at: Check<Duration>,
    nonce: Check<String>,
    auth_time: Check<MaxAge>,
    acr: Check<Vec<String>>,
    amr: Check<String>,
    jwt_id: Check<String>,
    client_id: Check<Vec<String>>,
    events: Check<String>,
}

#[derive(Clone)]
enum AudienceBuf {
    AnyOf(Vec<String>),
    Client {
        client_ids: Vec<String>,
        trusted: Vec<String>,
    },
}

impl PolicyBuf {
    /// Does the same as [`Policy::validate`].
    ///
    /// A `PolicyBuf` keeps at most [`MAX_EXPECTED`] strings of a list. To detect a longer list,
    /// call [`Policy::validate`] before the conversion.
    ///
    /// # Errors
    ///
    /// The errors of [`Policy::validate`].
    pub fn validate(&self) -> Result<(), Error> {
        self.as_policy().validate()
    }

    /// Returns a policy that borrows from this value. Adjust it for one token with struct update
    /// syntax: `Policy { nonce, ..policy.as_policy() }`.
    #[must_use]
    pub fn as_policy(&self) -> Policy<'_> {
        Policy {
            typ: self.typ.map(String::as_str),
            issuer: self.issuer.map(borrowed),
            subject: self.subject.map(borrowed),
            audience: self.audience.map(|audience| match audience {
                AudienceBuf::AnyOf(ours) => Audience::AnyOf(ours),
                AudienceBuf::Client {
                    client_ids,
                    trusted,
                } => Audience::Client {
                    client_ids,
                    trusted,
                },
            }),
            authorized_party: self.authorized_party.map(borrowed),
            expires_at: self.expires_at,
            not_before: self.not_before,
            issued_at: self.issued_at,
            nonce: self.nonce.map(String::as_str),
            auth_time: self.auth_time,
            acr: self.acr.map(borrowed),
            amr: self.amr.map(String::as_str),
            jwt_id: self.jwt_id.map(String::as_str),
            client_id: self.client_id.map(borrowed),
            events: self.events.map(String::as_str),
        }
    }
}

impl From<Policy<'_>> for PolicyBuf {
    fn from(policy: Policy<'_>) -> Self {
        let string = |string: &&str| (*string).to_owned();
        Self {
            typ: policy.typ.map(string),
            issuer: policy.issuer.map(|list| owned(*list)),
            subject: policy.subject.map(|list| owned(*list)),
            audience: policy.audience.map(|audience| match *audience {
                Audience::AnyOf(ours) => AudienceBuf::AnyOf(owned(ours)),
                Audience::Client {
                    client_ids,
                    trusted,
                } => AudienceBuf::Client {
                    client_ids: owned(client_ids),
                    trusted: owned(trusted),
                },
            }),
            authorized_party: policy.authorized_party.map(|list| owned(*list)),
            expires_at: policy.expires_at,
            not_before: policy.not_before,
            issued_at: policy.issued_at,
            nonce: policy.nonce.map(string),
            auth_time: policy.auth_time,
            acr: policy.acr.map(|list| owned(*list)),
            amr: policy.amr.map(string),
            jwt_id: policy.jwt_id.map(string),
            client_id: policy.client_id.map(|list| owned(*list)),
            events: policy.events.map(string),
        }
    }
}

fn borrowed(list: &Vec<String>) -> &dyn StringList {
    list
}

fn owned(list: &dyn StringList) -> Vec<String> {
    let strings = (0..MAX_EXPECTED).map_while(|index| list.string_at(index));
    strings.map(ToOwned::to_owned).collect()
}

impl Debug for PolicyBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_policy().fmt(f)
    }
}
