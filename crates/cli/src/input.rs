//! Reads tokens and files, at most as far as the longest usable input.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;

use jose_verify::limits::MAX_TOKEN_LEN;
use jose_verify::{Error, Limit};

use crate::diagnostic::Diagnostic;
use crate::failure::Failure;
use crate::output::write_error_line;

/// Bytes of white space that may surround a token on standard input.
const MAX_SURROUNDING: usize = 1024;

/// Returns the token from the argument or standard input, without surrounding white space.
pub(crate) fn token(argument: Option<String>) -> Result<Vec<u8>, Failure> {
    let text = match argument {
        Some(token) if token != "-" => token.into_bytes(),
        _ => standard_input("token", MAX_TOKEN_LEN.saturating_add(MAX_SURROUNDING))?
            .ok_or(Failure::rejected(Error::Limit(Limit::TokenLen)))?,
    };
    Ok(text.trim_ascii().to_vec())
}

/// Returns the content of standard input, or `None` if it is longer than `limit`.
pub(crate) fn standard_input(what: &str, limit: usize) -> Result<Option<Vec<u8>>, Failure> {
    if io::stdin().is_terminal() {
        // Otherwise the program would seem to hang.
        write_error_line(&format!("reading the {what} from standard input"));
    }
    read_up_to(io::stdin(), limit).map_err(|error| unreadable("standard input", &error))
}

/// Returns the content of a file. A file longer than `limit` is the error `too_long`.
pub(crate) fn file(path: &Path, limit: usize, too_long: Error) -> Result<Vec<u8>, Failure> {
    File::open(path)
        .and_then(|file| read_up_to(file, limit))
        .map_err(|error| unreadable(&path.display().to_string(), &error))?
        .ok_or_else(|| Failure::Unusable(Diagnostic::from(too_long).in_file(path)))
}

pub(crate) fn unreadable(name: &str, error: &io::Error) -> Failure {
    Failure::unusable(format!("cannot read {name}: {error}"))
}

fn read_up_to(source: impl Read, limit: usize) -> io::Result<Option<Vec<u8>>> {
    let mut content = Vec::new();
    let one_more = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    source.take(one_more).read_to_end(&mut content)?;
    Ok((content.len() <= limit).then_some(content))
}
