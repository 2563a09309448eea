//! The subcommand `keys`: lists the keys of a JWK Set.

mod cell;

use std::path::Path;
use std::{io, iter};

use base64ct::{Base64UrlUnpadded, Encoding};
use jose_verify::alg::{Algorithm, MACS, SIGNATURES};
use jose_verify::keys::jwk_set_entries;
use jose_verify::limits::MAX_KEY_SET_LEN;
use jose_verify::{Error, GrowingKeySet, Keys, Limit};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::diagnostic::Diagnostic;
use crate::failure::Failure;
use crate::input;
use crate::json::from_object;
use crate::key_source::is_set;
use crate::output::Output;

use cell::{cut, quoted, text_of, word};

pub(crate) fn run(file: &Path) -> Result<(), Failure> {
    let (name, text) = if file == Path::new("-") {
        let text = input::standard_input("keys", MAX_KEY_SET_LEN)?;
        (
            Path::new("standard input"),
            text.ok_or(Error::Limit(Limit::KeySetLen)),
        )
    } else {
        (
            file,
            Ok(input::file(
                file,
                MAX_KEY_SET_LEN,
                Error::Limit(Limit::KeySetLen),
            )?),
        )
    };
    let in_file = |error| Diagnostic::from(error).in_file(name);
    let text = text.map_err(|error| Failure::Unusable(in_file(error)))?;
    let rows = entries(&text).and_then(|entries| rows(&entries));
    let rows = rows.map_err(|error| Failure::Unusable(in_file(error)))?;
    print(&rows)?;
    if rows.iter().any(|row| row.is_usable) {
        Ok(())
    } else {
        Err(Failure::Rejected(in_file(Error::NoUsableKey)))
    }
}

/// Returns the text of each key in a file.
fn entries(text: &[u8]) -> Result<Vec<&RawValue>, Error> {
    #[derive(Deserialize)]
    struct Set<'a> {
        #[serde(borrow)]
        keys: Vec<&'a RawValue>,
    }

    if is_set(text) {
        // Fails where the library rejects a set without examining its keys.
        jwk_set_entries(text)?;
        let set: Set<'_> = from_object(text).map_err(|_| Error::MalformedKeySet)?;
        return Ok(set.keys);
    }
    let jwk: &RawValue = from_object(text).map_err(|_| Error::MalformedJson)?;
    // RFC 7517 §4.1: every JWK has `kty`. An object without `keys` and `kty` is some other JSON.
    match from_object::<Members<'_>>(text) {
        Ok(Members { kty: None, .. }) => Err(Error::MalformedKeySet),
        _ => Ok(vec![jwk]),
    }
}

/// The members of a JWK that are shown, as written in the file.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Members<'a> {
    #[serde(borrow)]
    kid: Option<&'a RawValue>,
    #[serde(borrow)]
    kty: Option<&'a RawValue>,
    #[serde(borrow)]
    alg: Option<&'a RawValue>,
    #[serde(borrow)]
    crv: Option<&'a RawValue>,
    #[serde(borrow)]
    n: Option<&'a RawValue>,
    #[serde(borrow)]
    k: Option<&'a RawValue>,
}

const COLUMNS: usize = 5;

struct Row {
    cells: [String; COLUMNS],
    is_usable: bool,
}

fn rows(entries: &[&RawValue]) -> Result<Vec<Row>, Error> {
    // No verifier uses secrets and public keys at once, so each kind has its own set.
    let (mut secrets, mut public_keys) = (accepting(MACS)?, accepting(SIGNATURES)?);
    let row = |entry: &&RawValue| {
        let members: Members<'_> = from_object(entry.get().as_bytes()).unwrap_or_default();
        let is_secret = text_of(members.kty) == "oct";
        let others = if is_secret {
            &mut secrets
        } else {
            &mut public_keys
        };
        let usable = usable_with(entry.get(), others);
        describe(&members, &usable)
    };
    Ok(entries.iter().map(row).collect())
}

/// Returns an empty set for keys that can be used with these algorithms.
fn accepting(algorithms: &[&'static dyn Algorithm]) -> Result<GrowingKeySet, Error> {
    let mut keys = GrowingKeySet::default();
    keys.accept(algorithms)?;
    Ok(keys)
}

/// Adds the key to the others, and returns the algorithms that the library accepts it for.
fn usable_with(jwk: &str, others: &mut GrowingKeySet) -> Result<Vec<&'static str>, Error> {
    if !jwk.starts_with('{') {
        return Err(Error::MalformedKey);
    }
    // First, because an error in the key itself takes precedence over a full set.
    let key = GrowingKeySet::from_jwk(jwk.as_bytes(), others.algorithms())?;
    others.add_jwk(jwk.as_bytes())?;
    let key = key.key(0).ok_or(Error::NoUsableKey)?;
    Ok(key.algorithms().collect())
}

fn describe(members: &Members<'_>, usable: &Result<Vec<&str>, Error>) -> Row {
    let verdict = match usable {
        Ok(names) => format!("usable with {}", names.join(", ")),
        Err(error) => format!("{}: {error}", error.name()),
    };
    let kty = match members.crv {
        Some(crv) => format!("{} {}", word(members.kty), word(Some(crv))),
        None => word(members.kty),
    };
    let cells = [
        cut(quoted(members.kid)),
        cut(kty),
        cut(word(members.alg)),
        size(members),
        verdict,
    ];
    Row {
        cells,
        is_usable: usable.is_ok(),
    }
}

/// Returns the size of the key in bits, or `-` if it has none.
fn size(members: &Members<'_>) -> String {
    let bits = match text_of(members.kty).as_str() {
        "RSA" => decoded(members.n).map(|n| significant_bits(&n)),
        "oct" => decoded(members.k).map(|k| k.len().saturating_mul(8)),
        "EC" => match text_of(members.crv).as_str() {
            "P-256" => Some(256),
            "P-384" => Some(384),
            "P-521" => Some(521),
            _ => None,
        },
        _ => None,
    };
    bits.map_or_else(|| "-".to_owned(), |bits| bits.to_string())
}

fn decoded(member: Option<&RawValue>) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(&text_of(member)).ok()
}

/// Returns the number of bits of a big-endian number, without leading zeros.
fn significant_bits(number: &[u8]) -> usize {
    let mut digits = number.iter().skip_while(|byte| **byte == 0);
    let first = digits
        .next()
        .map_or(0, |byte| u8::BITS.saturating_sub(byte.leading_zeros()));
    let rest = digits.count().saturating_mul(8);
    usize::try_from(first).unwrap_or(0).saturating_add(rest)
}

/// Prints a heading and the rows, in columns as wide as their longest cell.
fn print(rows: &[Row]) -> io::Result<()> {
    let head = ["KID", "KTY", "ALG", "BITS", "USABLE"].map(str::to_owned);
    let mut lines = iter::once(&head).chain(rows.iter().map(|row| &row.cells));
    let mut widths = [0; COLUMNS];
    for line in lines.clone() {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut output = Output::new();
    // Line by line, because a file can contain very many keys.
    lines.try_for_each(|line| output.write(padded(line, &widths).as_bytes()))
}

fn padded(cells: &[String; COLUMNS], widths: &[usize; COLUMNS]) -> String {
    let pad = |(cell, width): (&String, &usize)| format!("{cell:width$}");
    let cells: Vec<String> = cells.iter().zip(widths).map(pad).collect();
    format!("{}\n", cells.join("  ").trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_of_numbers() {
        for (number, bits) in [
            (&[][..], 0),
            (&[0, 0], 0),
            (&[1], 1),
            (&[0, 0x80, 0], 16),
            (&[3, 255], 10),
        ] {
            assert_eq!(significant_bits(number), bits, "{number:?}");
        }
    }
}
