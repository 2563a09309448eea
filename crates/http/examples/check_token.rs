//! Verifies the access token on standard input, without an asynchronous runtime, and prints its
//! claims. Exit codes: 0 valid, 1 rejected, 2 wrong usage or no keys.
//!
//!     check_token ISSUER AUDIENCE ALGORITHM < token

use std::io::{Read, stdin};
use std::process::ExitCode;

use jose_verify_http::{AccessToken, Error, IssuerConfig, Issuers};
use serde_json::{Map, Value};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [issuer, audience, algorithm] = &arguments[..] else {
        eprintln!("usage: check_token ISSUER AUDIENCE ALGORITHM < token");
        return ExitCode::from(2);
    };
    let config = IssuerConfig::new(issuer, [algorithm], [audience]);
    let issuers = match Issuers::builder().on_demand().build([config]) {
        Ok(issuers) => issuers,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    let mut token = String::new();
    if let Err(error) = stdin().take(1 << 20).read_to_string(&mut token) {
        eprintln!("the token cannot be read: {error}");
        return ExitCode::from(2);
    }
    match issuers.verify_blocking(token.trim_ascii(), &[]) {
        Ok(AccessToken::<Map<String, Value>> { claims, .. }) => {
            println!("{}", Value::from(claims));
            ExitCode::SUCCESS
        }
        Err(error @ Error::Unavailable(_)) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(1)
        }
    }
}
