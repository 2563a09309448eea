//! The error type: `Copy`, with stable numbers and no token content.

mod names;
mod pairs;

use core::fmt;

pub use self::names::{Claim, Limit, Member, Problem};
use self::pairs::{
    CLAIMS, MEMBERS, claim_message, claim_name, limit_message, member_message, member_name,
};

/// Who has to act on an [`Error`]. A server can choose its response by category, without a list of
/// all errors.
///
/// | category | response to a request with a bearer token (RFC 6750 §3.1) |
/// |---|---|
/// | `Token`, `Signature`, `Claims` | 401, `invalid_token` |
/// | `UnknownKey` | fetch the keys again if [`Refetch`] allows it, else 401, `invalid_token` |
/// | `Scope` | 403, `insufficient_scope` |
/// | `Keys`, `Provider`, `Caller` | 500: the sender of the token cannot fix it |
///
/// [`Refetch`]: crate::keys::Refetch
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Category {
    /// The token's text or header is malformed or not accepted.
    Token,
    /// The signature or MAC is wrong.
    Signature,
    /// No key fits the token, or several keys fit and trying them was disabled.
    UnknownKey,
    /// The claims do not satisfy the policy, or the token was used before.
    Claims,
    /// The token is valid, but does not grant this access.
    Scope,
    /// A key or key set cannot be loaded.
    Keys,
    /// A provider's metadata or response cannot be used.
    Provider,
    /// The caller has to change something: a buffer, an expected value, a list of algorithms, a
    /// capacity.
    Caller,
}

impl Category {
    /// Returns the HTTP status for a request whose bearer token was rejected with an error of this
    /// category (RFC 6750 §3.1): 401, 403, or 500 if the fault is not in the token.
    #[must_use]
    pub const fn http_status(self) -> u16 {
        match self {
            Self::Token | Self::Signature | Self::UnknownKey | Self::Claims => 401,
            Self::Scope => 403,
            Self::Keys | Self::Provider | Self::Caller => 500,
        }
    }

    /// Returns the error code of RFC 6750 §3.1 for a bearer token that was rejected with an error
    /// of this category, or `None` if the fault is not in the token (500).
    #[must_use]
    pub const fn bearer_error(self) -> Option<&'static str> {
        match self {
            Self::Token | Self::Signature | Self::UnknownKey | Self::Claims => {
                Some("invalid_token")
            }
            Self::Scope => Some("insufficient_scope"),
            Self::Keys | Self::Provider | Self::Caller => None,
        }
    }
}

/// Declares the variants without data: documentation, number, stable name, category, message.
macro_rules! errors {
    ($(
        $(#[doc = $doc:literal])+
        $variant:ident = $code:literal, $name:literal, $category:ident, $message:literal;
    )+) => {
        /// Why a token or a key was rejected.
        ///
        /// An error names the claim, header parameter or limit concerned, if any. It contains no
        /// token content, so it can be logged. The number and the name of an error never change.
        /// New errors may be added.
        ///
        /// ```
        /// use jose_verify::{Category, Claim, Error, Problem};
        ///
        /// let error = Error::Claim(Claim::Aud, Problem::Mismatch);
        /// assert_eq!((error.code(), error.name()), (10_303, "aud_mismatch"));
        /// assert_eq!(error.to_string(), r#"claim "aud" does not contain an accepted audience"#);
        /// assert_eq!(error.category(), Category::Claims);
        /// assert!(Error::NoKey.should_refresh_keys());
        /// assert!(!Error::BadSignature.should_refresh_keys());
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "defmt", derive(defmt::Format))]
        #[non_exhaustive]
        // As wide as a pointer, so that results that share memory with an error are moved in whole
        // words.
        #[repr(u8)]
        #[cfg_attr(target_pointer_width = "64", repr(align(8)))]
        #[cfg_attr(not(target_pointer_width = "64"), repr(align(4)))]
        pub enum Error {
            $($(#[doc = $doc])+ $variant = $code,)+
            /// A limit is exceeded.
            Limit(Limit) = 200,
            /// A header parameter has a problem.
            Header(Member, Problem) = 201,
            /// A claim has a problem.
            Claim(Claim, Problem) = 202,
        }

        const PLAIN: &[Error] = &[$(Error::$variant),+];

        impl Error {
            /// Returns the stable number, which is below 200 for an error without data.
            ///
            /// The others are 200 + limit, 2000 + 100 × header parameter + problem, and 10 000 +
            /// 100 × claim + problem, with the discriminants of [`Limit`], [`Member`], [`Claim`]
            /// and [`Problem`].
            #[must_use]
            pub const fn code(self) -> u16 {
                match self {
                    $(Self::$variant => $code,)+
                    Self::Limit(limit) => number(200, limit.number(), 0),
                    Self::Header(member, problem) => {
                        number(2_000, problem.number(), member.number())
                    }
                    Self::Claim(claim, problem) => number(10_000, problem.number(), claim.number()),
                }
            }

            /// Returns the stable name in snake case.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                    Self::Limit(limit) => limit.name(),
                    Self::Header(member, problem) => member_name(member, problem),
                    Self::Claim(claim, problem) => claim_name(claim, problem),
                }
            }

            /// Returns a human-readable clause, in lower case and without a full stop.
            ///
            /// It may contain quotation marks. Use [`name`](Self::name) inside a quoted string,
            /// such as in `WWW-Authenticate`.
            #[must_use]
            pub const fn message(self) -> &'static str {
                match self {
                    $(Self::$variant => $message,)+
                    Self::Limit(limit) => limit_message(limit),
                    Self::Header(member, problem) => member_message(member, problem),
                    Self::Claim(claim, problem) => claim_message(claim, problem),
                }
            }

            /// Returns who has to act.
            #[must_use]
            pub const fn category(self) -> Category {
                match self {
                    $(Self::$variant => Category::$category,)+
                    Self::Limit(Limit::KeySetLen | Limit::KeyIdLen) => Category::Keys,
                    Self::Limit(Limit::MetadataLen | Limit::TokenResponseLen) => Category::Provider,
                    Self::Header(_, Problem::NothingExpected)
                    | Self::Claim(_, Problem::NothingExpected) => Category::Caller,
                    Self::Limit(Limit::JwtIdLen) | Self::Claim(..) => Category::Claims,
                    Self::Limit(_) | Self::Header(..) => Category::Token,
                }
            }
        }
    };
}

/// Returns base + 100 × subject + problem.
const fn number(base: u16, problem: u8, subject: u8) -> u16 {
    let widened = u16::from_be_bytes([0, subject]).wrapping_mul(100);
    base.wrapping_add(widened)
        .wrapping_add(u16::from_be_bytes([0, problem]))
}

errors! {
    // The token's text.
    /// The token does not have the three segments of a compact JWS (RFC 7515 §7.1).
    MalformedToken = 1, "malformed_token", Token,
        "the token is not three segments separated by dots";
    /// The token has the five segments of a JWE (RFC 7516 §7.1), which this crate does not decrypt.
    Encrypted = 2, "encrypted", Token,
        "the token is encrypted (JWE) and cannot be verified here";
    /// A text is not base64url without padding (RFC 7515 §2), or its trailing bits are not zero.
    /// White space is not base64url: trim the line feed that a token file ends with.
    MalformedBase64url = 3, "malformed_base64url", Token,
        "a text is not strict base64url";
    /// A text is not JSON in UTF-8 (RFC 8259), or is not a JSON object where one is required.
    MalformedJson = 4, "malformed_json", Token,
        "the text is not well-formed JSON of the expected kind";
    /// An object has two members of the same name (RFC 7515 §4, RFC 7519 §4).
    DuplicateMember = 5, "duplicate_member", Token,
        "a JSON object has two members of the same name";
    /// The scratch buffer is shorter than [`scratch_len`](crate::scratch_len) requires.
    ScratchTooSmall = 7, "scratch_too_small", Caller,
        "the scratch buffer is too small for this token";

    // Keys and signature.
    /// The token is unsecured: `alg` is `none` (RFC 7518 §3.6).
    Unsecured = 9, "unsecured", Token,
        "the token is not signed (alg none)";
    /// The token's `alg` is not among those accepted for these keys.
    AlgorithmNotAccepted = 11, "algorithm_not_accepted", Token,
        "the algorithm is not accepted for these keys";
    /// The signature or MAC is wrong.
    BadSignature = 12, "bad_signature", Signature,
        "the signature does not verify";
    /// No key fits the token's `kid` and `alg`.
    NoKey = 13, "no_key", UnknownKey,
        "no key fits the token";
    /// The token has no `kid`, several keys fit, and trying them was disabled.
    AmbiguousKey = 14, "ambiguous_key", UnknownKey,
        "the token has no \"kid\" and several keys fit";

    // Loading keys.
    /// A key lacks a parameter, or has an invalid one.
    MalformedKey = 20, "malformed_key", Keys,
        "the key is malformed";
    /// A key is shorter than RFC 7518 requires, a secret is all zeros, or an RSA exponent is 1.
    WeakKey = 21, "weak_key", Keys,
        "the key is too weak";
    /// The key's type or curve fits none of the accepted algorithms.
    UnsupportedKey = 22, "unsupported_key", Keys,
        "none of the accepted algorithms uses this type of key";
    /// A key is larger than the limits allow.
    KeyTooLarge = 23, "key_too_large", Keys,
        "the key is too large";
    /// `use` or `key_ops` does not allow the key to verify (RFC 7517 §4.2, §4.3).
    WrongKeyUse = 24, "wrong_key_use", Keys,
        "the key is not meant for verifying signatures";
    /// A list of algorithms is empty, is too long, names one twice, or mixes MACs with signatures.
    UnusableAlgorithmList = 25, "unusable_algorithm_list", Caller,
        "the list of algorithms is empty or too long, names one twice, \
        or mixes MACs with signatures";
    /// The text is not a JWK Set (RFC 7517 §5).
    MalformedKeySet = 26, "malformed_key_set", Keys,
        "the text is not a JWK Set";
    /// A JWK Set contains no usable key.
    NoUsableKey = 27, "no_usable_key", Keys,
        "the key set contains no usable key";
    /// The key set has no room for another key.
    KeySetFull = 28, "key_set_full", Caller,
        "the key set has no room for another key";
    /// The text is a private key. A verifier needs only the public key.
    PrivateKey = 30, "private_key", Keys,
        "the text is a private key, and a verifier needs the public key";
    /// The key is in DER, where PEM is expected.
    DerNotPem = 31, "der_not_pem", Keys,
        "the key is in DER, not in PEM";
    /// The key is in a format of SSH or OpenSSH (RFC 4253 §6.6, RFC 4716).
    SshKey = 32, "ssh_key", Keys,
        "the key is in an SSH format, not in PEM";
    /// The PEM text contains the characters `\n` instead of line breaks, as in an environment
    /// variable.
    EscapedLineBreaks = 33, "escaped_line_breaks", Keys,
        "the PEM text contains the characters \\n instead of line breaks";
    /// The PEM block is on one line (RFC 7468 §3).
    NoLineBreaks = 34, "no_line_breaks", Keys,
        "the PEM block has no line breaks";
    /// A boundary of the PEM block is missing: its `BEGIN` line or its `END` line (RFC 7468 §2).
    NoPemBoundary = 35, "no_pem_boundary", Keys,
        "the BEGIN or END line of the PEM block is missing";
    /// No PEM block has the label of a public key or a certificate.
    UnsupportedPemLabel = 36, "unsupported_pem_label", Keys,
        "the label of the PEM block is not that of a public key or a certificate";
    /// A coordinate of an elliptic curve point does not have the full width of the curve (RFC 7518
    /// §6.2.1.2), usually because leading zeros were dropped.
    ShortCoordinate = 37, "short_coordinate", Keys,
        "a coordinate does not have the full width of the curve: leading zeros are missing";
    /// A shared secret is the text of an asymmetric key: PEM, SSH, a JWK or a JWK Set.
    PublicKeyAsSecret = 38, "public_key_as_secret", Keys,
        "the shared secret is the text of an asymmetric key";
    /// The published keys are older than the caller allows.
    StaleKeys = 39, "stale_keys", Provider,
        "the published keys are older than allowed";

    // Claims.
    /// The payload is not a JSON object, so it is not a claims set (RFC 7519 §7.2).
    MalformedClaims = 40, "malformed_claims", Claims,
        "the payload is not a JSON object";
    /// The buffer cannot hold the result: an unescaped string, base64url text or decoded bytes.
    BufferTooSmall = 44, "buffer_too_small", Caller,
        "the buffer is too small for the result";
    /// The token lacks a required scope or role.
    InsufficientScope = 89, "insufficient_scope", Scope,
        "the token lacks a required scope";
    /// A token that may be used only once was used before.
    Replayed = 90, "replayed", Claims,
        "the token was used before";
    /// A replay guard has no room to remember another token.
    ReplayGuardFull = 91, "replay_guard_full", Caller,
        "the replay guard has no room for another token";
    /// The clock went back, and a replay guard may have forgotten the token.
    ReplayUnknown = 92, "replay_unknown", Caller,
        "the clock went back, and the replay guard may have forgotten the token";

    // Responses of a provider.
    /// The metadata lacks `issuer` or a required `jwks_uri`, or a member has the wrong JSON type.
    MalformedMetadata = 100, "malformed_metadata", Provider,
        "the text is not a provider's metadata";
    /// The metadata is that of another issuer (OpenID Connect Discovery 1.0 §4.3, RFC 8414 §3.3).
    MetadataMismatch = 102, "metadata_mismatch", Provider,
        "the metadata belongs to another issuer";
    /// The response lacks `access_token` or `token_type`, or a member has the wrong JSON type.
    MalformedTokenResponse = 101, "malformed_token_response", Provider,
        "the text is not a token endpoint's response";
}

// A result without a value is returned in one register.
const _: () = assert!(size_of::<Result<(), Error>>() == size_of::<usize>());
const _: () = assert!(size_of::<Error>() <= 8);

impl Error {
    /// Returns every error that this crate's own checks return.
    ///
    /// They come in four groups: errors without data, limits, header parameters and claims. Your
    /// own [`ClaimCheck`](crate::ClaimCheck) may return other pairs of a claim and a problem. So
    /// may the deserialization of claims that do not fit a serde type. Those pairs have numbers and
    /// names as well.
    pub fn all() -> impl Iterator<Item = Self> {
        let limits = Limit::ALL.iter().map(|limit| Self::Limit(*limit));
        let headers = MEMBERS.iter().flat_map(|(member, problems)| {
            problems
                .iter()
                .map(|problem| Self::Header(*member, *problem))
        });
        let claims = CLAIMS.iter().flat_map(|(claim, problems)| {
            problems.iter().map(|problem| Self::Claim(*claim, *problem))
        });
        PLAIN
            .iter()
            .copied()
            .chain(limits)
            .chain(headers)
            .chain(claims)
    }

    /// Returns the error for a missing claim, for claims that your program reads itself.
    #[must_use]
    pub const fn missing(claim: Claim) -> Self {
        Self::Claim(claim, Problem::Missing)
    }

    /// Returns the claim that the error names, if it names one.
    #[must_use]
    pub const fn claim(self) -> Option<Claim> {
        match self {
            Self::Claim(claim, _) => Some(claim),
            _ => None,
        }
    }

    /// Returns whether fetching the issuer's keys again may help: true for [`Error::NoKey`] only.
    ///
    /// Limit how often you fetch with a [`Refetch`](crate::keys::Refetch), because anybody can send
    /// tokens with an unknown `kid`. If tokens carry no `kid`, a token signed with a new key looks
    /// like a forgery ([`Error::BadSignature`]).
    #[must_use]
    pub const fn should_refresh_keys(self) -> bool {
        matches!(self, Self::NoKey)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl core::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::string::{String, ToString};
    use std::vec::Vec;

    /// All pairs, including those that only a caller's own check can return.
    fn all_pairs() -> impl Iterator<Item = Error> {
        let problems = || Problem::ALL.iter().copied();
        let claims = Claim::ALL
            .iter()
            .flat_map(move |claim| problems().map(|problem| Error::Claim(*claim, problem)));
        let members = Member::ALL
            .iter()
            .flat_map(move |member| problems().map(|problem| Error::Header(*member, problem)));
        claims.chain(members)
    }

    #[test]
    fn numbers_and_names_are_unique() {
        let limits = Limit::ALL.iter().map(|limit| Error::Limit(*limit));
        let all: Vec<_> = all_pairs()
            .chain(limits)
            .chain(PLAIN.iter().copied())
            .collect();
        let numbers: HashSet<_> = all.iter().map(|error| error.code()).collect();
        let names: HashSet<_> = all.iter().map(|error| error.name()).collect();
        let listed: HashSet<_> = Error::all().collect();
        assert_eq!((numbers.len(), names.len()), (all.len(), all.len()));
        assert_eq!(listed.len(), Error::all().count(), "each is listed once");
        assert!(listed.iter().all(|error| all.contains(error)));
        let messages: HashSet<_> = Error::all().map(Error::message).collect();
        // `NotYetValid` and `InFuture` have the same message, but no claim has both.
        assert_eq!(messages.len(), listed.len());
    }

    #[test]
    fn pairs_name_their_subject_and_problem() {
        for error in all_pairs() {
            let (subject, problem, prefix) = match error {
                Error::Claim(claim, problem) => (claim.name(), problem.name(), ""),
                Error::Header(member, problem) => (member.name(), problem.name(), "header_"),
                _ => ("", "", ""),
            };
            assert_eq!(error.name(), std::format!("{prefix}{subject}_{problem}"));
            let quoted = match error {
                Error::Claim(Claim::Other, _) => "of the application".to_string(),
                _ => std::format!("\"{subject}\""),
            };
            assert!(error.message().contains(&quoted), "{error}");
        }
    }

    #[test]
    fn display_is_the_message() {
        for error in Error::all() {
            assert_eq!(error.to_string(), error.message());
        }
    }

    #[test]
    fn names_are_the_variants_in_snake_case() {
        for error in PLAIN {
            let mut snake = String::new();
            for c in std::format!("{error:?}").chars() {
                if c.is_uppercase() && !snake.is_empty() {
                    snake.push('_');
                }
                snake.extend(c.to_lowercase());
            }
            assert_eq!(error.name(), snake);
        }
    }
}
