//! The subjects of an error, and the problems that they can have.

/// Declares an enum whose variants have a number and a name.
macro_rules! named {
    ($(#[$meta:meta])* $type:ident {
        $($(#[doc = $doc:literal])+ $variant:ident = $number:literal, $name:literal;)+
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "defmt", derive(defmt::Format))]
        #[non_exhaustive]
        #[repr(u8)]
        pub enum $type {
            $($(#[doc = $doc])+ $variant = $number,)+
        }

        impl $type {
            /// Every variant, in the order of the numbers.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Returns the name, as the specifications write it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            pub(crate) const fn number(self) -> u8 {
                match self { $(Self::$variant => $number),+ }
            }
        }
    };
}

named! {
    /// A claim that an [`Error`](crate::Error) names.
    Claim {
        /// `iss`, Issuer (RFC 7519 §4.1.1).
        Iss = 1, "iss";
        /// `sub`, Subject (RFC 7519 §4.1.2).
        Sub = 2, "sub";
        /// `aud`, Audience (RFC 7519 §4.1.3).
        Aud = 3, "aud";
        /// `azp`, Authorized Party (OpenID Connect Core §2).
        Azp = 4, "azp";
        /// `exp`, Expiration Time (RFC 7519 §4.1.4).
        Exp = 5, "exp";
        /// `nbf`, Not Before (RFC 7519 §4.1.5).
        Nbf = 6, "nbf";
        /// `iat`, Issued At (RFC 7519 §4.1.6).
        Iat = 7, "iat";
        /// `nonce` (OpenID Connect Core §2).
        Nonce = 8, "nonce";
        /// `auth_time` (OpenID Connect Core §2).
        AuthTime = 9, "auth_time";
        /// `acr`, Authentication Context Class Reference (OpenID Connect Core §2).
        Acr = 10, "acr";
        /// `amr`, Authentication Methods References (OpenID Connect Core §2).
        Amr = 11, "amr";
        /// `jti`, JWT ID (RFC 7519 §4.1.7).
        Jti = 12, "jti";
        /// `client_id` (RFC 8693 §4.3).
        ClientId = 13, "client_id";
        /// `events`, Security Events (RFC 8417 §2.2).
        Events = 14, "events";
        /// `at_hash`, Access Token hash value (OpenID Connect Core §3.1.3.6).
        AtHash = 15, "at_hash";
        /// `c_hash`, Code hash value (OpenID Connect Core §3.3.2.11).
        CHash = 16, "c_hash";
        /// `s_hash`, State hash value (FAPI 1.0 Part 2 §5.1.1).
        SHash = 17, "s_hash";
        /// `sid`, Session ID (OpenID Connect Front-Channel Logout 1.0 §3).
        Sid = 18, "sid";
        /// `scope` (RFC 8693 §4.2), or the claim that an issuer uses instead.
        Scope = 19, "scope";
        /// A claim that has no variant here, such as one of your application (RFC 7519 §4.3).
        Other = 20, "other";
    }
}

named! {
    /// A header parameter that an [`Error`](crate::Error) names.
    Member {
        /// `alg` (RFC 7515 §4.1.1).
        Alg = 1, "alg";
        /// `kid` (RFC 7515 §4.1.4).
        Kid = 2, "kid";
        /// `typ` (RFC 7515 §4.1.9).
        Typ = 3, "typ";
        /// `cty` (RFC 7515 §4.1.10).
        Cty = 4, "cty";
        /// `crit` (RFC 7515 §4.1.11).
        Crit = 5, "crit";
        /// `b64` (RFC 7797 §3).
        B64 = 6, "b64";
    }
}

named! {
    /// What is wrong with a claim or a header parameter.
    Problem {
        /// It is required and absent.
        Missing = 1, "missing";
        /// It has the wrong JSON type.
        WrongType = 2, "wrong_type";
        /// It has none of the expected values.
        Mismatch = 3, "mismatch";
        /// In addition to an expected value, it contains values that are not trusted.
        Untrusted = 4, "untrusted";
        /// The time at which the token expires has passed.
        Expired = 5, "expired";
        /// The time from which the token is valid has not come yet.
        NotYetValid = 6, "not_yet_valid";
        /// It is in the future, but describes something in the past.
        InFuture = 7, "in_future";
        /// It is too far in the past.
        TooOld = 8, "too_old";
        /// It exceeds an allowed length or duration, such as the maximum lifetime of a token.
        TooLong = 9, "too_long";
        /// It must be absent.
        Prohibited = 10, "prohibited";
        /// It is a number that this crate cannot represent.
        OutOfRange = 11, "out_of_range";
        /// It asks for something that is not supported.
        Unsupported = 12, "unsupported";
        /// The caller expects no value, an empty string, or more than
        /// [`MAX_EXPECTED`](crate::limits::MAX_EXPECTED) strings. This is the caller's mistake,
        /// not the token's.
        NothingExpected = 13, "nothing_expected";
    }
}

named! {
    /// A limit that an [`Error`](crate::Error) names: one of [`limits`](crate::limits), or one that
    /// the caller set.
    Limit {
        /// [`MAX_TOKEN_LEN`](crate::limits::MAX_TOKEN_LEN), or
        /// [`Options::max_token_len`](crate::Options::max_token_len).
        TokenLen = 1, "limit_token_len";
        /// [`MAX_JSON_LEN`](crate::limits::MAX_JSON_LEN).
        JsonLen = 2, "limit_json_len";
        /// [`MAX_JSON_DEPTH`](crate::limits::MAX_JSON_DEPTH).
        JsonDepth = 3, "limit_json_depth";
        /// [`MAX_MEMBERS`](crate::limits::MAX_MEMBERS).
        Members = 4, "limit_members";
        /// [`MAX_NAME_COLLISIONS`](crate::limits::MAX_NAME_COLLISIONS).
        NameCollisions = 5, "limit_name_collisions";
        /// [`MAX_KEY_SET_LEN`](crate::limits::MAX_KEY_SET_LEN).
        KeySetLen = 6, "limit_key_set_len";
        /// [`MAX_METADATA_LEN`](crate::limits::MAX_METADATA_LEN).
        MetadataLen = 7, "limit_metadata_len";
        /// [`MAX_TOKEN_RESPONSE_LEN`](crate::limits::MAX_TOKEN_RESPONSE_LEN).
        TokenResponseLen = 8, "limit_token_response_len";
        /// [`MAX_JWT_ID_LEN`](crate::limits::MAX_JWT_ID_LEN).
        JwtIdLen = 9, "limit_jwt_id_len";
        /// [`MAX_KID_LEN`](crate::limits::MAX_KID_LEN), for the `kid` of a key.
        KeyIdLen = 10, "limit_key_id_len";
    }
}
