//! The hash claims of an ID Token: `at_hash`, `c_hash` and `s_hash`.

use core::fmt::{self, Debug};

use crate::alg::{HashFunction, MAX_DIGEST_LEN};
use crate::encoding::base64url;
use crate::encoding::json::JsonStr;
use crate::error::{Claim, Error, Problem};
use crate::policy::Check;
use crate::policy::check::Verdict;
use crate::verify::Verified;

/// Length of the base64url text of half the longest digest: 32 bytes of SHA-512.
const MAX_TEXT_LEN: usize = 43;

/// The values that were received together with an ID Token. The ID Token contains their hashes.
///
/// The check detects code and token substitution: an ID Token that is combined with another user's
/// access token or code. Like a [`Policy`](crate::Policy), this type has no default, so every
/// omitted check is explicit. The two constructors follow OpenID Connect Core. Make them stricter
/// with struct update syntax.
///
/// ```
/// use jose_verify::{Check, Error, Verified};
/// use jose_verify::alg::SHA256;
/// use jose_verify::oidc::HashClaims;
///
/// /// Hybrid flow, `response_type` `code id_token`, with a profile that also binds `state`.
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
    /// `at_hash`: the access token as received.
    pub access_token: Check<&'a str>,
    /// `c_hash`: the code as received.
    pub code: Check<&'a str>,
    /// `s_hash`: the state of the authentication request (FAPI 1.0, Part 2, §5.1.1).
    pub state: Check<&'a str>,
}

impl<'a> HashClaims<'a> {
    /// Creates the checks for an ID Token from the token endpoint (OpenID Connect Core §3.1.3.6,
    /// §3.3.3.6). `at_hash` is optional. If it is present, it must match.
    #[must_use]
    pub const fn from_token_endpoint(access_token: &'a str) -> Self {
        Self {
            access_token: Check::IfPresent(access_token),
            code: Check::NotChecked,
            state: Check::NotChecked,
        }
    }

    /// Creates the checks for an ID Token from the authorization endpoint, which arrives through
    /// the browser. Every value that came with it requires its hash.
    ///
    /// The response type `id_token token` requires `at_hash` (OpenID Connect Core §3.2.2.9), and
    /// `code id_token` requires `c_hash`. `code id_token token` requires both (§3.3.2.9,
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

    /// Checks the hash claims of an ID Token.
    ///
    /// `hashes` lists the hash functions of all algorithms that you accept for ID Tokens. The `alg`
    /// of the ID Token selects one of them.
    ///
    /// # Errors
    ///
    /// [`Error::Claim`] with [`Claim::AtHash`], [`Claim::CHash`] or [`Claim::SHash`]:
    ///
    /// - [`Problem::Missing`]: the claim is required but absent.
    /// - [`Problem::Mismatch`]: the claim is the hash of a different value.
    /// - [`Problem::WrongType`]: the claim is not a string. This is an error even if the claim is
    ///   not checked.
    /// - [`Problem::NothingExpected`]: the value that came with the ID Token is empty.
    ///
    /// [`Error::AlgorithmNotAccepted`]: none of `hashes` belongs to the algorithm of the ID Token.
    pub fn check(
        &self,
        id_token: &Verified<'_>,
        hashes: &[&dyn HashFunction],
    ) -> Result<(), Error> {
        let check = |claim: Claim, expected: Check<&str>| {
            let error = |problem| Error::Claim(claim, problem);
            let found = match id_token.claims().get(claim.name()) {
                Some(value) => Some(value.as_str().ok_or(error(Problem::WrongType))?),
                None => None,
            };
            // Looked up only when needed: an unknown hash is an error only if something is hashed.
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
        check(Claim::AtHash, self.access_token)?;
        check(Claim::CHash, self.code)?;
        check(Claim::SHash, self.state)
    }
}

const fn required(expected: Option<&str>) -> Check<&str> {
    match expected {
        Some(expected) => Check::Required(expected),
        None => Check::NotChecked,
    }
}

/// Returns the hash function of the token's own algorithm.
fn hash_of<'h>(
    id_token: &Verified<'_>,
    hashes: &[&'h dyn HashFunction],
) -> Result<&'h dyn HashFunction, Error> {
    // The token is verified, so its `alg` has at most 32 bytes. Longer names were rejected.
    let mut buffer = [0; 32];
    let algorithm = id_token.header().algorithm().unescape(&mut buffer)?;
    let found = hashes.iter().find(|hash| hash.is_of(algorithm));
    found.copied().ok_or(Error::AlgorithmNotAccepted)
}

/// Returns whether a claim is the base64url text of the left half of a hash (OpenID Connect Core
/// §3.1.3.6).
fn is_left_half(claim: JsonStr<'_>, hash: &dyn HashFunction, hashed: &str) -> bool {
    let mut digest = [0; MAX_DIGEST_LEN];
    let digest = hash.digest(&[hashed.as_bytes()], &mut digest);
    let left = digest.get(..digest.len().div_euclid(2)).unwrap_or_default();
    let mut text = [0; MAX_TEXT_LEN];
    base64url::encode(left, &mut text).is_ok_and(|text| claim == text)
}

impl Debug for HashClaims<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Omits the values, because an access token and a code are secrets.
        f.debug_struct("HashClaims").finish_non_exhaustive()
    }
}
