//! What an ID Token is bound to by hashes: `at_hash`, `c_hash`, `s_hash`.

use core::fmt::{self, Debug};

use crate::alg::{HashFunction, MAX_DIGEST_LEN};
use crate::encoding::base64url;
use crate::encoding::json::JsonStr;
use crate::error::{Claim, Error, Problem};
use crate::policy::Check;
use crate::policy::check::Verdict;
use crate::verify::Verified;

/// Characters of the base64url text of half the longest digest.
const MAX_TEXT_LEN: usize = 43;

/// What came together with an ID Token, which names it by its hash.
///
/// Who passes on an ID Token with an access token or a code of somebody else's is found out by
/// these. Like a [`Policy`](crate::Policy) it has no default: what is not checked is spelled out.
/// The two constructors follow OpenID Connect Core; narrow them with the struct update syntax.
///
/// ```
/// use jose_verify::{Check, Error, Verified};
/// use jose_verify::alg::SHA256;
/// use jose_verify::oidc::HashClaims;
///
/// /// The hybrid flow, `response_type` `code id_token`, and a profile that binds `state` as well.
/// fn check(id_token: &Verified<'_>, code: &str, state: &str) -> Result<(), Error> {
///     let hash_claims = HashClaims {
///         state: Check::Required(state),
///         ..HashClaims::from_authorization_endpoint(None, Some(code))
///     };
///     hash_claims.check(id_token, &[&SHA256])
/// }
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct HashClaims<'a> {
    /// `at_hash`: the access token, as it was received.
    pub access_token: Check<&'a str>,
    /// `c_hash`: the code, as it was received.
    pub code: Check<&'a str>,
    /// `s_hash`: the state of the authentication request (FAPI 1.0, Part 2, §5.1.1).
    pub state: Check<&'a str>,
}

impl<'a> HashClaims<'a> {
    /// For an ID Token from the token endpoint (OpenID Connect Core §3.1.3.6, §3.3.3.6): the issuer
    /// may leave `at_hash` out; if it is there, it must fit.
    #[must_use]
    pub const fn from_token_endpoint(access_token: &'a str) -> Self {
        Self {
            access_token: Check::IfPresent(access_token),
            code: Check::NotChecked,
            state: Check::NotChecked,
        }
    }

    /// For an ID Token from the authorization endpoint, that is, from the browser: whatever came
    /// with it must be bound to it. That is `at_hash` for `id_token token` (OpenID Connect Core
    /// §3.2.2.9), `c_hash` for `code id_token`, and both for `code id_token token` (§3.3.2.9,
    /// §3.3.2.10).
    #[must_use]
    pub const fn from_authorization_endpoint(
        access_token: Option<&'a str>,
        code: Option<&'a str>,
    ) -> Self {
        Self {
            access_token: required(access_token),
            code: required(code),
            state: Check::NotChecked,
        }
    }

    /// Holds the ID Token against them.
    ///
    /// `hashes` are those of the algorithms that the ID Token may be signed with; the one of its
    /// `alg` is taken.
    ///
    /// # Errors
    ///
    /// [`Error::Claim`] with [`Claim::AtHash`], [`Claim::CHash`] or [`Claim::SHash`]:
    ///
    /// - [`Problem::Missing`]: required and absent.
    /// - [`Problem::Mismatch`]: bound to another value.
    /// - [`Problem::WrongType`]: not a string, whether or not it is checked.
    /// - [`Problem::NothingExpected`]: the value that came with the ID Token is empty.
    ///
    /// [`Error::AlgorithmNotAccepted`]: none of `hashes` belongs to the algorithm of the ID Token.
    pub fn check(
        &self,
        id_token: &Verified<'_>,
        hashes: &[&dyn HashFunction],
    ) -> Result<(), Error> {
        let bound = |claim: Claim, expected: Check<&str>| {
            let error = |problem| Error::Claim(claim, problem);
            let found = match id_token.claims().get(claim.name()) {
                Some(value) => Some(value.as_str().ok_or(error(Problem::WrongType))?),
                None => None,
            };
            // The hash is looked up only if it is needed.
            let mut unknown_hash = None;
            let is_usable = |expected: &&str| !expected.is_empty();
            let verdict = expected.verdict(found, is_usable, |found, expected| {
                match hash_of(id_token, hashes) {
                    Ok(hash) => {
                        Verdict::new(is_left_half(found, hash, expected), Problem::Mismatch)
                    }
                    Err(error) => {
                        unknown_hash = Some(error);
                        Verdict::NotMade
                    }
                }
            });
            match (verdict, unknown_hash) {
                (_, Some(error)) => Err(error),
                (Verdict::Failed(problem), None) => Err(error(problem)),
                (Verdict::Passed | Verdict::NotMade, None) => Ok(()),
            }
        };
        bound(Claim::AtHash, self.access_token)?;
        bound(Claim::CHash, self.code)?;
        bound(Claim::SHash, self.state)
    }
}

const fn required(expected: Option<&str>) -> Check<&str> {
    match expected {
        Some(expected) => Check::Required(expected),
        None => Check::NotChecked,
    }
}

/// The hash that the token's own algorithm uses.
fn hash_of<'h>(
    id_token: &Verified<'_>,
    hashes: &[&'h dyn HashFunction],
) -> Result<&'h dyn HashFunction, Error> {
    // Verified, so the name is that of an algorithm: longer ones were refused.
    let mut buffer = [0; 32];
    let algorithm = id_token.header().algorithm().unescape(&mut buffer)?;
    let found = hashes.iter().find(|hash| hash.is_of(algorithm));
    found.copied().ok_or(Error::AlgorithmNotAccepted)
}

/// OpenID Connect Core §3.1.3.6: the base64url text of the left half of the hash.
fn is_left_half(claim: JsonStr<'_>, hash: &dyn HashFunction, hashed: &str) -> bool {
    let mut digest = [0; MAX_DIGEST_LEN];
    let digest = hash.digest(&[hashed.as_bytes()], &mut digest);
    let left = digest.get(..digest.len().div_euclid(2)).unwrap_or_default();
    let mut text = [0; MAX_TEXT_LEN];
    base64url::encode(left, &mut text).is_ok_and(|text| claim == text)
}

impl Debug for HashClaims<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the values: an access token and a code are secrets.
        f.debug_struct("HashClaims").finish_non_exhaustive()
    }
}
