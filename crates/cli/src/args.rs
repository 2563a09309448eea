//! The arguments, as clap reads them and `--help` shows them.

use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand};

use crate::algorithms::AlgorithmName;
use crate::expectations::Profile;
use crate::unix_time::UnixTime;

/// Verify and inspect JSON Web Tokens
#[derive(Debug, Parser)]
#[command(name = "jose-verify", version, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Verify a token and print its claims
    ///
    /// Exit code 0: verified, the claims are on standard output. 1: refused. 2: the arguments,
    /// files or keys cannot be used.
    Verify(Box<VerifyArguments>),
    /// Show header and claims of a token WITHOUT verifying it
    ///
    /// Exit code 0: shown, whatever it says. 1: that is no token. 2: the arguments or standard
    /// input cannot be used.
    Inspect {
        /// The token; `-` or nothing: standard input
        token: Option<String>,
    },
    /// List every key of a JWK Set, and whether it can be used
    ///
    /// Exit code 0: at least one key is usable. 1: none is. 2: the arguments or the file cannot be
    /// used.
    Keys {
        /// A file with a JWK Set or a single JWK; `-`: standard input
        file: PathBuf,
    },
    /// Verify tokens in bulk: one JSON object a line on standard input, one answer a line on
    /// standard output
    #[command(after_long_help = BATCH_HELP)]
    Batch,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArguments {
    #[command(flatten)]
    pub(crate) keys: KeyArguments,
    /// Accepted algorithms, comma separated [default: all nine asymmetric ones with --jwks and
    /// --pem, HS256, HS384 and HS512 with a secret]
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub(crate) alg: Option<Vec<AlgorithmName>>,
    /// A file with the metadata of the provider, which must be those of the --issuer. An ID Token
    /// is then accepted with the algorithms alone that they list, unless --alg names some
    #[arg(long, value_name = "FILE", requires = "issuer")]
    pub(crate) metadata: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) expectations: ExpectationArguments,
    /// Print one JSON object on one line, whether the token is verified, refused or not looked at.
    /// Exit code 2 tells arguments, files or keys that cannot be used from a refused token
    #[arg(long)]
    pub(crate) json: bool,
    /// The token; `-` or nothing: standard input
    pub(crate) token: Option<String>,
}

/// Exactly one of these says what the token is verified with.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct KeyArguments {
    /// A file with a JWK Set or a single JWK
    #[arg(long, value_name = "FILE")]
    pub(crate) jwks: Option<PathBuf>,
    /// A file with a public key or a certificate in PEM. The certificate is not validated, it only
    /// carries the key
    #[arg(long, value_name = "FILE")]
    pub(crate) pem: Option<PathBuf>,
    /// A shared secret: the bytes of this text. Others can read it in the list of processes
    #[arg(long, value_name = "TEXT")]
    pub(crate) secret: Option<String>,
    /// A file that holds a shared secret, byte for byte: a line feed at its end is part of the
    /// secret
    #[arg(long, value_name = "FILE")]
    pub(crate) secret_file: Option<PathBuf>,
}

impl KeyArguments {
    /// The file that was given, if it was one.
    pub(crate) fn file(&self) -> Option<&Path> {
        let file = self.jwks.as_deref().or(self.pem.as_deref());
        file.or(self.secret_file.as_deref())
    }
}

/// What the token has to fulfil.
#[derive(Debug, Args)]
pub(crate) struct ExpectationArguments {
    /// What kind of token it must be
    #[arg(long, value_enum, default_value_t)]
    pub(crate) profile: Profile,
    /// An accepted issuer (`iss`); may be repeated
    #[arg(long, value_name = "S")]
    pub(crate) issuer: Vec<String>,
    /// Accept any issuer
    #[arg(long, conflicts_with = "issuer")]
    pub(crate) any_issuer: bool,
    /// An accepted audience (`aud`); may be repeated. An ID Token may name others beside it only
    /// if `azp` is one of these
    #[arg(long, value_name = "S")]
    pub(crate) audience: Vec<String>,
    /// Accept any audience
    #[arg(long, conflicts_with = "audience")]
    pub(crate) any_audience: bool,
    /// The nonce that was sent with the authentication request
    #[arg(long, value_name = "S")]
    pub(crate) nonce: Option<String>,
    /// Accept any nonce, or none
    #[arg(long, conflicts_with = "nonce")]
    pub(crate) any_nonce: bool,
    /// The subject (`sub`) that the token must be about
    #[arg(long, value_name = "S")]
    pub(crate) subject: Option<String>,
    /// An accepted authentication context class (`acr`); may be repeated
    #[arg(long, value_name = "S")]
    pub(crate) acr: Vec<String>,
    /// The access token that the ID Token must belong to (`at_hash`)
    #[arg(long, value_name = "TEXT")]
    pub(crate) access_token: Option<String>,
    /// The code that the ID Token must belong to (`c_hash`)
    #[arg(long, value_name = "TEXT")]
    pub(crate) code: Option<String>,
    /// The state that the ID Token must belong to (`s_hash`)
    #[arg(long, value_name = "TEXT")]
    pub(crate) state: Option<String>,
    /// The type (`typ`) that the header must name
    #[arg(long, value_name = "S")]
    pub(crate) typ: Option<String>,
    /// Tolerance for `exp`, `nbf` and `iat`, and for `auth_time` with --max-age [default: 0]
    #[arg(long, value_name = "SECS")]
    pub(crate) leeway: Option<u32>,
    /// How long ago the user may have authenticated, to which --leeway is added; demands
    /// `auth_time`
    #[arg(long, value_name = "SECS")]
    pub(crate) max_age: Option<u32>,
    /// Verify as of this time, in seconds since 1970 [default: the system clock]
    #[arg(long, value_name = "UNIX", allow_negative_numbers = true)]
    pub(crate) now: Option<UnixTime>,
}

const BATCH_HELP: &str = r#"A line asks (only "token" and one of the keys are required):
  {"id": any, "token": "...",
   "keys": {JWK Set or JWK} | "pem": "..." | "secret": "text" | "secret_base64url": "...",
   "algs": "RS256" | [...],
   "profile": "jwt" | "id-token" | "access-token" | "logout-token" | "jws",
   "issuer": "..." | [...], "audience": "..." | [...], "nonce": "...", "subject": "...",
   "acr": "..." | [...], "typ": "...", "now": 1311281000, "leeway": 0, "max_age": 300,
   "access_token": "...", "code": "...", "state": "..."}
and is answered, in order, by one of:
  {"id": any, "ok": true, "alg": "RS256", "kid": "...", "payload": "<base64url>"}
  {"id": any, "ok": false, "error": "bad_signature", "code": 12}
  {"id": any, "ok": false, "error": "bad_request", "code": 0, "message": "..."}

Absent or null: "profile" is jwt, "now" the system clock, "leeway" 0, "algs" all that fit the kind
of key, "id" null. issuer, audience, nonce, subject, acr and max_age are then not checked; the rest
of the profile is. An ID Token must be bound to access_token, code and state as far as they are
given. "kid" is there if the token has one. A line has at most 4 MiB.

Exit code 0: every line was answered, whatever the answers. 2: standard input or output failed."#;
