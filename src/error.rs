//! The one error type: `Copy`, numbered, without any content of the token.

use core::fmt;

/// Declares the variants once: number, stable name, message, documentation.
macro_rules! errors {
    ($($(#[doc = $doc:literal])+ $variant:ident = $code:literal, $name:literal, $message:literal;)+) => {
        /// Why a token or a key was refused.
        ///
        /// Number and name of a variant never change; new ones may come. No variant carries data, so an error can be
        /// logged without logging the token.
        ///
        /// ```
        /// use jose_verify::Error;
        /// assert_eq!(Error::BadSignature.code(), 12);
        /// assert_eq!(Error::BadSignature.name(), "bad_signature");
        /// assert!(Error::NoKey.should_refresh_keys() && !Error::BadSignature.should_refresh_keys());
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "defmt", derive(defmt::Format))]
        #[non_exhaustive]
        // As wide as a pointer, although the numbers fit 16 bits: results that share their room with an error are then
        // moved in whole words.
        #[repr(usize)]
        pub enum Error {
            $($(#[doc = $doc])+ $variant = $code,)+
        }

        impl Error {
            /// Every variant, in the order of the numbers.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable number.
            #[must_use]
            pub const fn code(self) -> u16 {
                match self { $(Self::$variant => $code),+ }
            }

            /// The stable name in snake case.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// One sentence for a person, without a full stop.
            #[must_use]
            pub const fn message(self) -> &'static str {
                match self { $(Self::$variant => $message),+ }
            }
        }
    };
}

errors! {
    // The token's text.
    /// The token does not have the three segments of a compact JWS (RFC 7515 §7.1).
    MalformedToken = 1, "malformed_token", "the token is not three segments separated by dots";
    /// The token has the five segments of a JWE (RFC 7516 §7.1), which this crate does not decrypt.
    Encrypted = 2, "encrypted", "the token is encrypted (JWE) and cannot be verified here";
    /// A segment is not base64url without padding, with zero trailing bits (RFC 7515 §2).
    MalformedBase64url = 3, "malformed_base64url", "a segment is not strict base64url";
    /// A text is not JSON in UTF-8 (RFC 8259), or the header is not a JSON object.
    MalformedJson = 4, "malformed_json", "the text is not well-formed JSON of the expected kind";
    /// An object has two members of the same name (RFC 7515 §4, RFC 7519 §4).
    DuplicateMember = 5, "duplicate_member", "a JSON object has two members of the same name";
    /// A bound of [`limits`](crate::limits) is exceeded.
    LimitExceeded = 6, "limit_exceeded", "the input is larger, deeper or has more members than the limits allow";
    /// The scratch buffer is shorter than [`scratch_len`](crate::scratch_len) says.
    ScratchTooSmall = 7, "scratch_too_small", "the scratch buffer is too small for this token";

    // Header, keys and signature.
    /// The header lacks `alg`, or a parameter has the wrong JSON type (RFC 7515 §4.1).
    MalformedHeader = 8, "malformed_header", "a header parameter is missing or of the wrong type";
    /// The token says that it is not signed: `alg` is `none` (RFC 7518 §3.6).
    Unsecured = 9, "unsecured", "the token is not signed (alg none)";
    /// The header's `crit` is malformed, or names an extension that `Options::understand` does not (RFC 7515 §4.1.11).
    UnsupportedCritical = 10, "unsupported_critical", "the header names critical extensions that are not supported";
    /// The token's `alg` is not among those accepted for these keys.
    AlgorithmNotAccepted = 11, "algorithm_not_accepted", "the algorithm is not one that is accepted for these keys";
    /// The signature or MAC is wrong.
    BadSignature = 12, "bad_signature", "the signature does not verify";
    /// No key fits the token's `kid` and `alg`.
    NoKey = 13, "no_key", "no key fits the token";
    /// The token has no `kid`, several keys fit, and trying them was refused.
    AmbiguousKey = 14, "ambiguous_key", "the token names no key and several fit";
    /// The header has `b64` (RFC 7797 §7: not to be used with a JWT).
    UnencodedPayload = 15, "unencoded_payload", "the header asks for an unencoded payload";

    // Keys while they are loaded.
    /// A key lacks a parameter, or has one that cannot be right.
    MalformedKey = 20, "malformed_key", "the key is malformed";
    /// A key is shorter than RFC 7518 demands.
    WeakKey = 21, "weak_key", "the key is too weak";
    /// The key's type or curve fits none of the accepted algorithms.
    UnsupportedKey = 22, "unsupported_key", "the key's type fits none of the accepted algorithms";
    /// A key or its `kid` is larger than the limits allow.
    KeyTooLarge = 23, "key_too_large", "the key is too large";
    /// `use` or `key_ops` say that the key is not for verifying (RFC 7517 §4.2, §4.3).
    WrongKeyUse = 24, "wrong_key_use", "the key is not meant for verifying signatures";
    /// A list of algorithms is empty, has more than the limit, names one twice, or mixes MACs with signatures.
    UnusableAlgorithmList = 25, "unusable_algorithm_list", "the list of algorithms is empty, too long, or mixes MACs with signatures";
    /// The text is not a JWK Set (RFC 7517 §5).
    MalformedKeySet = 26, "malformed_key_set", "the text is not a JWK Set";
    /// Nothing in a JWK Set can be used.
    NoUsableKey = 27, "no_usable_key", "the key set holds no usable key";

    /// The key set has no room for another key.
    KeySetFull = 28, "key_set_full", "the key set has no room for another key";

    // Claims.
    /// The payload is not a JSON object, so not a claims set (RFC 7519 §7.2).
    MalformedClaims = 40, "malformed_claims", "the payload is not a JSON object";
    /// A registered claim has the wrong JSON type.
    WrongClaimType = 41, "wrong_claim_type", "a registered claim has the wrong JSON type";
    /// A time lies beyond the seconds that 64 bits can count.
    TimeOutOfRange = 42, "time_out_of_range", "a time claim is out of range";
    /// The claims do not fit the caller's type.
    CustomClaims = 43, "custom_claims", "the claims do not fit the expected type";
    /// The buffer cannot hold the unescaped string.
    BufferTooSmall = 44, "buffer_too_small", "the buffer is too small for the unescaped string";

    // Policy.
    /// `typ` is required and absent.
    MissingType = 50, "missing_type", "the header lacks typ";
    /// `typ` is another.
    TypeMismatch = 51, "type_mismatch", "the token is of another type";
    /// `iss` is required and absent.
    MissingIssuer = 52, "missing_issuer", "the claim iss is missing";
    /// `iss` is none of those expected.
    IssuerMismatch = 53, "issuer_mismatch", "the token comes from another issuer";
    /// `sub` is required and absent.
    MissingSubject = 54, "missing_subject", "the claim sub is missing";
    /// `sub` is another.
    SubjectMismatch = 55, "subject_mismatch", "the token is about another subject";
    /// `aud` is required and absent.
    MissingAudience = 56, "missing_audience", "the claim aud is missing";
    /// `aud` does not name us.
    AudienceMismatch = 57, "audience_mismatch", "the token is for another audience";
    /// `aud` names others beside us that are not trusted.
    UntrustedAudience = 58, "untrusted_audience", "the token is also for an audience that is not trusted";
    /// `azp` is required and absent.
    MissingAuthorizedParty = 59, "missing_authorized_party", "the claim azp is missing";
    /// `azp` is another party.
    AuthorizedPartyMismatch = 60, "authorized_party_mismatch", "the token was issued to another party";
    /// `exp` is required and absent.
    MissingExpiry = 61, "missing_expiry", "the claim exp is missing";
    /// `exp` has come.
    Expired = 62, "expired", "the token has expired";
    /// `nbf` is required and absent.
    MissingNotBefore = 63, "missing_not_before", "the claim nbf is missing";
    /// `nbf` has not come yet.
    NotYetValid = 64, "not_yet_valid", "the token is not valid yet";
    /// `iat` is required and absent.
    MissingIssuedAt = 65, "missing_issued_at", "the claim iat is missing";
    /// `iat` lies in the future.
    IssuedInFuture = 66, "issued_in_future", "the token was issued in the future";
    /// `nonce` is required and absent.
    MissingNonce = 67, "missing_nonce", "the claim nonce is missing";
    /// `nonce` is another.
    NonceMismatch = 68, "nonce_mismatch", "the nonce is another";
    /// `auth_time` is required and absent.
    MissingAuthTime = 69, "missing_auth_time", "the claim auth_time is missing";
    /// More time than `max_age` has passed since `auth_time`.
    AuthenticationTooOld = 70, "authentication_too_old", "the authentication is too old";
    /// `auth_time` lies in the future.
    AuthenticatedInFuture = 71, "authenticated_in_future", "the authentication lies in the future";
    /// `acr` is required and absent.
    MissingAcr = 72, "missing_acr", "the claim acr is missing";
    /// `acr` is none of those expected.
    AcrMismatch = 73, "acr_mismatch", "the authentication context class is another";
    /// `amr` is required and absent.
    MissingAmr = 74, "missing_amr", "the claim amr is missing";
    /// `amr` lacks the expected method.
    AmrMismatch = 75, "amr_mismatch", "the expected authentication method was not used";
    /// `jti` is required and absent.
    MissingJwtId = 76, "missing_jwt_id", "the claim jti is missing";
    /// `jti` is another.
    JwtIdMismatch = 77, "jwt_id_mismatch", "the token has another identifier";
    /// `client_id` is required and absent.
    MissingClientId = 78, "missing_client_id", "the claim client_id is missing";
    /// `client_id` is another.
    ClientIdMismatch = 79, "client_id_mismatch", "the token was issued to another client";

    // OpenID Connect and OAuth 2.0 around a token.
    /// `at_hash` is required and absent.
    MissingAtHash = 80, "missing_at_hash", "the claim at_hash is missing";
    /// `at_hash` is that of another access token.
    AtHashMismatch = 81, "at_hash_mismatch", "the token belongs to another access token";
    /// `c_hash` is required and absent.
    MissingCHash = 82, "missing_c_hash", "the claim c_hash is missing";
    /// `c_hash` is that of another code.
    CHashMismatch = 83, "c_hash_mismatch", "the token belongs to another code";
    /// `s_hash` is required and absent.
    MissingSHash = 84, "missing_s_hash", "the claim s_hash is missing";
    /// `s_hash` is that of another state.
    SHashMismatch = 85, "s_hash_mismatch", "the token belongs to another state";
    /// `events` does not name the back-channel logout event.
    MissingLogoutEvent = 86, "missing_logout_event", "the token does not name the logout event";
    /// A logout token has a `nonce`, as only an ID Token may.
    NonceProhibited = 87, "nonce_prohibited", "a logout token must not have a nonce";
    /// A logout token has neither `sub` nor `sid`.
    MissingSession = 88, "missing_session", "the logout token names neither a subject nor a session";
    /// A scope or role that is needed is not among those of the token.
    InsufficientScope = 89, "insufficient_scope", "the token does not have the scope that is needed";
    /// A token that may be used once was used before.
    Replayed = 90, "replayed", "the token was used before";
    /// A replay guard has no room to remember another token.
    ReplayGuardFull = 91, "replay_guard_full", "there is no room to remember that the token was used";

    // What a provider answers.
    /// The metadata lacks `issuer` or `jwks_uri`, or a member has the wrong JSON type.
    MalformedMetadata = 100, "malformed_metadata", "the text is not a provider's metadata";
    /// The answer lacks `access_token` or `token_type`, or a member has the wrong JSON type.
    MalformedTokenResponse = 101, "malformed_token_response", "the text is not a token endpoint's answer";
}

impl Error {
    /// Whether fetching the issuer's keys again may help: true for [`Error::NoKey`] only.
    ///
    /// A wrapper bounds how often it does so ([`Refetch`](crate::Refetch)); anybody can send tokens with an unknown `kid`.
    /// Where tokens carry no `kid`, a key that was replaced looks like a forgery ([`Error::BadSignature`]).
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

    #[test]
    fn numbers_and_names_are_unique_and_ascending() {
        assert!(Error::ALL.is_sorted_by(|a, b| a.code() < b.code()));
        for (i, a) in Error::ALL.iter().enumerate() {
            for b in &Error::ALL[..i] {
                assert_ne!(a.name(), b.name());
                assert_ne!(a.message(), b.message());
            }
        }
    }

    #[test]
    fn messages_are_what_is_printed() {
        for error in Error::ALL {
            assert_eq!(std::format!("{error}"), error.message());
        }
    }

    #[test]
    fn names_are_the_variants_in_snake_case() {
        for error in Error::ALL {
            let mut snake = std::string::String::new();
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
