//! The names and messages of each claim or header parameter with each problem.

use crate::error::{Claim, Limit, Member, Problem};

/// Builds the name or the message of each problem with one subject.
macro_rules! of_each_problem {
    ($problem:expr, $before:expr, $between:expr, $name:expr;
     $($variant:ident => $after:literal),+ $(,)?) => {
        match $problem { $(Problem::$variant => concat!($before, $name, $between, $after)),+ }
    };
    (name $problem:expr, $prefix:literal, $name:literal) => {
        of_each_problem!($problem, $prefix, "_", $name;
            Missing => "missing", WrongType => "wrong_type", Mismatch => "mismatch",
            Untrusted => "untrusted", Expired => "expired", NotYetValid => "not_yet_valid",
            InFuture => "in_future", TooOld => "too_old", TooLong => "too_long",
            Prohibited => "prohibited", OutOfRange => "out_of_range", Unsupported => "unsupported",
            NothingExpected => "nothing_expected")
    };
    (message $problem:expr, $before:literal, $name:literal, $between:literal) => {
        of_each_problem!($problem, $before, $between, $name;
            Missing => "is missing", WrongType => "has the wrong JSON type",
            Mismatch => "does not have an expected value",
            Untrusted => "has values that are not trusted", Expired => "is in the past",
            NotYetValid => "is in the future", InFuture => "is in the future",
            TooOld => "is too far in the past", TooLong => "is too long",
            Prohibited => "is not allowed", OutOfRange => "is out of range",
            Unsupported => "asks for something that is not supported",
            NothingExpected => "cannot be compared: the expected value is missing or empty, \
                or the list is too long")
    };
}

/// Declares the problems that each claim and each header parameter can have, and their names.
macro_rules! pairs {
    (
        claims { $($claim:ident, $c:literal: $($cp:ident),+;)+ }
        members { $($member:ident, $m:literal: $($mp:ident),+;)+ }
    ) => {
        pub(super) const CLAIMS: &[(Claim, &[Problem])] =
            &[$((Claim::$claim, &[$(Problem::$cp),+])),+];
        pub(super) const MEMBERS: &[(Member, &[Problem])] =
            &[$((Member::$member, &[$(Problem::$mp),+])),+];

        pub(super) const fn claim_name(claim: Claim, problem: Problem) -> &'static str {
            match claim { $(Claim::$claim => of_each_problem!(name problem, "", $c)),+ }
        }

        pub(super) const fn claim_message(claim: Claim, problem: Problem) -> &'static str {
            if matches!(claim, Claim::Other) {
                return of_each_problem!(message problem, "a claim of the application", "", " ");
            }
            match (claim, problem) {
                (Claim::Iss, Problem::Mismatch) => "claim \"iss\" is not an accepted issuer",
                (Claim::Aud, Problem::Mismatch) => {
                    "claim \"aud\" does not contain an accepted audience"
                }
                (Claim::Aud, Problem::Untrusted) => {
                    "claim \"aud\" contains an audience that is not trusted"
                }
                (Claim::Exp, Problem::Expired) => {
                    "the token has expired: claim \"exp\" is in the past"
                }
                (Claim::Nbf, Problem::NotYetValid) => {
                    "the token is not valid yet: claim \"nbf\" is in the future"
                }
                (Claim::Exp, Problem::TooLong) => {
                    "the token's lifetime is too long: claim \"exp\" is too far after \"iat\""
                }
                (Claim::Events, Problem::Mismatch) => {
                    "claim \"events\" does not contain the expected event"
                }
                (Claim::Sid, Problem::Missing) => "claim \"sid\" is missing, and so is \"sub\"",
                $((Claim::$claim, _) => of_each_problem!(message problem, "claim \"", $c, "\" ")),+
            }
        }

        pub(super) const fn member_name(member: Member, problem: Problem) -> &'static str {
            match member { $(Member::$member => of_each_problem!(name problem, "header_", $m)),+ }
        }

        pub(super) const fn member_message(member: Member, problem: Problem) -> &'static str {
            match member {
                $(Member::$member => {
                    of_each_problem!(message problem, "header parameter \"", $m, "\" ")
                }),+
            }
        }
    };
}

pairs! {
    claims {
        Iss, "iss": Missing, WrongType, Mismatch, Prohibited, NothingExpected;
        Sub, "sub": Missing, WrongType, Mismatch, Prohibited, NothingExpected;
        Aud, "aud": Missing, WrongType, Mismatch, Untrusted, Prohibited, NothingExpected;
        Azp, "azp": Missing, WrongType, Mismatch, Prohibited, NothingExpected;
        Exp, "exp": Missing, WrongType, Expired, TooLong, Prohibited, OutOfRange;
        Nbf, "nbf": Missing, WrongType, NotYetValid, Prohibited, OutOfRange;
        Iat, "iat": Missing, WrongType, InFuture, TooOld, Prohibited, OutOfRange;
        Nonce, "nonce": Missing, WrongType, Mismatch, Prohibited, NothingExpected;
        AuthTime, "auth_time": Missing, WrongType, InFuture, TooOld, Prohibited, OutOfRange;
        Acr, "acr": Missing, WrongType, Mismatch, Prohibited, NothingExpected;
        Amr, "amr": Missing, WrongType, Mismatch, Prohibited, NothingExpected;
        Jti, "jti": Missing, WrongType, Mismatch, Prohibited, NothingExpected;
        ClientId, "client_id": Missing, WrongType, Mismatch, Prohibited, NothingExpected;
        Events, "events": Missing, WrongType, Mismatch, Prohibited, NothingExpected;
        AtHash, "at_hash": Missing, WrongType, Mismatch, Prohibited, NothingExpected;
        CHash, "c_hash": Missing, WrongType, Mismatch, Prohibited, NothingExpected;
        SHash, "s_hash": Missing, WrongType, Mismatch, Prohibited, NothingExpected;
        Sid, "sid": Missing, WrongType;
        Scope, "scope": WrongType, NothingExpected;
        Other, "other": Missing, WrongType, Mismatch, Prohibited;
    }
    members {
        Alg, "alg": Missing, WrongType;
        Kid, "kid": WrongType;
        Typ, "typ": Missing, WrongType, Mismatch, Prohibited, NothingExpected;
        Cty, "cty": WrongType;
        Crit, "crit": Unsupported;
        B64, "b64": Unsupported;
    }
}

pub(super) const fn limit_message(limit: Limit) -> &'static str {
    match limit {
        Limit::TokenLen => "the token is longer than the limit",
        Limit::JsonLen => "a JSON text is longer than the limit",
        Limit::JsonDepth => "a JSON value is nested deeper than the limit",
        Limit::Members => "a JSON object has more members than the limit",
        Limit::NameCollisions => "too many names in a JSON object have the same hash",
        Limit::KeySetLen => "the JWK or JWK Set is longer than the limit",
        Limit::MetadataLen => "the provider's metadata is longer than the limit",
        Limit::TokenResponseLen => "the token response is longer than the limit",
        Limit::KeyIdLen => "the \"kid\" of a key is longer than the limit",
        Limit::JwtIdLen => "claim \"jti\" is longer than a replay guard remembers",
    }
}
