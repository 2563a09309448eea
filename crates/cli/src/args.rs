//! The arguments as clap parses them, with the help that `--help` shows.

use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand};

use crate::algorithms::AlgorithmName;
use crate::expectations::Profile;
use crate::help::{BATCH_HELP, FORMS_HELP};
use crate::jwk_leniency::JwkLeniency;
use crate::key_file::Fallback;
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
    /// Exit code 0: verified, the claims are on standard output. 1: rejected. 2: the arguments,
    /// files or keys cannot be used.
    #[command(after_long_help = FORMS_HELP)]
    Verify(Box<VerifyArguments>),
    /// Show the header and claims of a token WITHOUT verifying it
    ///
    /// Exit code 0: shown, whatever the token contains. 1: not a token. 2: the arguments or
    /// standard input cannot be used.
    Inspect {
        /// The token; if absent or `-`, it is read from standard input
        token: Option<String>,
    },
    /// List every key of a file, and say whether it can be used
    ///
    /// Standard error receives warnings about private keys, a `kid` that several keys have, expired
    /// certificates, and RSA keys with the ROCA fingerprint (CVE-2017-15361).
    ///
    /// Exit code 0: at least one key is usable. 1: no key is usable. 2: the arguments or the file
    /// cannot be used.
    #[command(after_long_help = FORMS_HELP)]
    Keys {
        #[command(flatten)]
        jwks: JwkArguments,
        /// A file with public keys; `-` reads standard input
        file: PathBuf,
    },
    /// Verify many tokens: one JSON object per line on standard input, one answer per line on
    /// standard output
    #[command(after_long_help = BATCH_HELP)]
    Batch,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArguments {
    #[command(flatten)]
    pub(crate) keys: KeyArguments,
    #[command(flatten)]
    pub(crate) jwks: JwkArguments,
    /// Accepted algorithms, separated by commas [default: all nine asymmetric algorithms with
    /// --key; HS256, HS384 and HS512 with a secret]
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub(crate) alg: Option<Vec<AlgorithmName>>,
    /// A file with the provider's metadata, which must be for --issuer or --issuer-template. ID
    /// Tokens are then accepted only with the algorithms that the metadata lists, unless --alg is
    /// given
    #[arg(long, value_name = "FILE")]
    pub(crate) metadata: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) expectations: ExpectationArguments,
    /// Print the outcome of every check on standard error, with the expected and the actual value.
    /// Nothing is printed unless the signature is valid. With --json, the answer contains the
    /// checks. The nonce and hashes are not shown
    #[arg(long)]
    pub(crate) explain: bool,
    /// Print one JSON object on one line, whether the token is verified, rejected or not examined.
    /// It contains `expected` and `found` if the value of a claim is the reason. Exit code 2 means
    /// that arguments, files or keys cannot be used; 1 means a rejected token
    #[arg(long)]
    pub(crate) json: bool,
    /// The token; if absent or `-`, it is read from standard input
    pub(crate) token: Option<String>,
}

/// What is accepted in JWKs beyond RFC 7517 and RFC 7518.
#[derive(Debug, Args)]
pub(crate) struct JwkArguments {
    /// Accept EC keys in JWKs whose coordinates lack leading zeros, or have one too many. Some
    /// servers, such as Glewlwyd, drop leading zeros
    #[arg(long)]
    pub(crate) short_coordinates: bool,
    /// Accept JWKs with this `use` [default: sig]; may be repeated. SPIFFE uses `jwt-svid`. A JWK
    /// without `use` is always accepted
    #[arg(long = "use", value_name = "S")]
    pub(crate) uses: Vec<String>,
}

impl From<JwkArguments> for JwkLeniency {
    fn from(given: JwkArguments) -> Self {
        Self {
            short_coordinates: given.short_coordinates,
            uses: given.uses,
        }
    }
}

/// The source of the keys, which must be exactly one.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct KeyArguments {
    /// A file with public keys, in any form that the end of `verify --help` lists. Only the key of
    /// a certificate is used; the certificate is not validated
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// The same as --key, for a JWK Set or a single JWK
    #[arg(long, value_name = "FILE")]
    pub(crate) jwks: Option<PathBuf>,
    /// The same as --key, for a public key or a certificate in PEM
    #[arg(long, value_name = "FILE")]
    pub(crate) pem: Option<PathBuf>,
    /// A shared secret: the bytes of this text. Other users can read it in the process list
    #[arg(long, value_name = "TEXT")]
    pub(crate) secret: Option<String>,
    /// A file that contains a shared secret, byte for byte: a line feed at its end is part of the
    /// secret
    #[arg(long, value_name = "FILE")]
    pub(crate) secret_file: Option<PathBuf>,
}

impl KeyArguments {
    /// Returns the path of the file with public keys. The option determines what a file of unknown
    /// form is taken for.
    pub(crate) fn public_keys(&self) -> Option<(&Path, Fallback)> {
        let jwks = self.jwks.as_deref().map(|file| (file, Fallback::Json));
        let file = self.key.as_deref().or(self.pem.as_deref());
        jwks.or(file.map(|file| (file, Fallback::Pem)))
    }

    /// Returns the path of the file, if the keys come from a file.
    pub(crate) fn file(&self) -> Option<&Path> {
        let public_keys = self.public_keys().map(|(file, _)| file);
        public_keys.or(self.secret_file.as_deref())
    }
}

/// The checks that the token must pass.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
#[derive(Debug, Args)]
pub(crate) struct ExpectationArguments {
    /// The kind of token
    #[arg(long, value_enum, default_value_t)]
    pub(crate) profile: Profile,
    /// An accepted issuer (`iss`); may be repeated
    #[arg(long, value_name = "S")]
    pub(crate) issuer: Vec<String>,
    /// An issuer with a placeholder in braces that stands for the claim `tid`, such as
    /// `https://login.microsoftonline.com/{tenantid}/v2.0`. It accepts every tenant: compare `tid`
    /// with those that you serve
    #[arg(long, value_name = "S", conflicts_with_all = ["issuer", "any_issuer"])]
    pub(crate) issuer_template: Option<String>,
    /// Accept any issuer
    #[arg(long, conflicts_with = "issuer")]
    pub(crate) any_issuer: bool,
    /// An accepted audience (`aud`); may be repeated. In an ID Token or logout token, other
    /// audiences are accepted only if `azp` is one of these
    #[arg(long, value_name = "S")]
    pub(crate) audience: Vec<String>,
    /// Accept any audience
    #[arg(long, conflicts_with = "audience")]
    pub(crate) any_audience: bool,
    /// An accepted authorized party (`azp`), which is then required; may be repeated. Without it,
    /// an ID Token's `azp` must be one of --audience if it is present. On Android, Google's ID
    /// Tokens have the app's client ID here
    #[arg(long, value_name = "S")]
    pub(crate) azp: Vec<String>,
    /// Accept any `azp` in an ID Token, or none
    #[arg(long, conflicts_with = "azp")]
    pub(crate) ignore_azp: bool,
    /// An accepted value of the claim `client_id`, which is then required; may be repeated. Use it
    /// with --any-audience for access tokens without `aud`, such as those of Amazon Cognito
    #[arg(long, value_name = "S")]
    pub(crate) client_id: Vec<String>,
    /// The nonce that was sent with the authentication request
    #[arg(long, value_name = "S")]
    pub(crate) nonce: Option<String>,
    /// Accept any nonce, or none
    #[arg(long, conflicts_with = "nonce")]
    pub(crate) any_nonce: bool,
    /// The required subject (`sub`)
    #[arg(long, value_name = "S")]
    pub(crate) subject: Option<String>,
    /// An accepted authentication context class (`acr`); may be repeated
    #[arg(long, value_name = "S")]
    pub(crate) acr: Vec<String>,
    /// The access token whose hash the ID Token must contain (`at_hash`)
    #[arg(long, value_name = "TEXT")]
    pub(crate) access_token: Option<String>,
    /// The code whose hash the ID Token must contain (`c_hash`)
    #[arg(long, value_name = "TEXT")]
    pub(crate) code: Option<String>,
    /// The state whose hash the ID Token must contain (`s_hash`)
    #[arg(long, value_name = "TEXT")]
    pub(crate) state: Option<String>,
    /// Accept an ID Token without the hashes of --access-token, --code and --state. A hash that is
    /// present must match
    #[arg(long)]
    pub(crate) hashes_if_present: bool,
    /// The required type (`typ`) in the header
    #[arg(long, value_name = "S")]
    pub(crate) typ: Option<String>,
    /// Accept a logout token without `exp`, as earlier drafts allowed. It then never expires.
    /// Requires --profile logout-token, because an ID Token or access token must expire
    #[arg(long)]
    pub(crate) no_exp: bool,
    /// Accept only tokens with `=` padding, such as those of AWS Application Load Balancers
    #[arg(long)]
    pub(crate) padded: bool,
    /// Tolerance for `exp`, `nbf` and `iat`, and for `auth_time` with --max-age [default: 0]
    #[arg(long, value_name = "SECS")]
    pub(crate) leeway: Option<u32>,
    /// The longest accepted time since the user authenticated, extended by --leeway; requires
    /// `auth_time`
    #[arg(long, value_name = "SECS")]
    pub(crate) max_age: Option<u32>,
    /// Verify as of this time, in seconds since 1970 [default: the system clock]
    #[arg(long, value_name = "UNIX", allow_negative_numbers = true)]
    pub(crate) now: Option<UnixTime>,
}
