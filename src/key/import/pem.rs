//! PEM, the text encoding of DER (RFC 7468).

use base64ct::{Base64, Encoding};

use crate::error::Error;

/// Decodes a single PEM block into the front of `buffer`. Returns the label and the content.
///
/// Stricter than many parsers: no text before the block, at most one line break after it, and no
/// white space, blank lines or headers inside it. Lines end in LF or CRLF. The length of a line can
/// be any multiple of four characters, because RFC 7468 §2 allows parsers to accept line lengths
/// other than 64.
pub(super) fn decode<'p, 'b>(
    pem: &'p [u8],
    buffer: &'b mut [u8],
) -> Result<(&'p [u8], &'b [u8]), Error> {
    let mut lines = pem.split_inclusive(|byte| *byte == b'\n');
    let mut line = || lines.next().map(without_end).ok_or(Error::MalformedKey);
    let label = label(line()?, b"-----BEGIN ").ok_or(Error::MalformedKey)?;
    let (mut written, mut is_last) = (0_usize, false);
    loop {
        let text = line()?;
        if self::label(text, b"-----END ") == Some(label) {
            break;
        }
        // Padding is allowed only on the last line.
        if is_last || text.is_empty() {
            return Err(Error::MalformedKey);
        }
        is_last = text.ends_with(b"=");
        let free = buffer.get_mut(written..).unwrap_or_default();
        written = written.saturating_add(decode_line(text, free)?);
    }
    if lines.next().is_some() {
        return Err(Error::MalformedKey);
    }
    let content = buffer.get(..written).ok_or(Error::ScratchTooSmall)?;
    Ok((label, content))
}

/// Returns a line without its line break, which the last line may lack.
fn without_end(line: &[u8]) -> &[u8] {
    match line.strip_suffix(b"\n") {
        Some(line) => line.strip_suffix(b"\r").unwrap_or(line),
        None => line,
    }
}

/// Returns the label of an encapsulation boundary (RFC 7468 §3).
fn label<'l>(line: &'l [u8], start: &[u8]) -> Option<&'l [u8]> {
    line.strip_prefix(start)?.strip_suffix(b"-----")
}

/// Decodes a line of base64 with padding. Returns the number of decoded bytes.
fn decode_line(text: &[u8], buffer: &mut [u8]) -> Result<usize, Error> {
    let padding = text.iter().rev().take_while(|byte| **byte == b'=').count();
    let groups = text.len().div_euclid(4);
    let len = groups.saturating_mul(3).saturating_sub(padding);
    let buffer = buffer.get_mut(..len).ok_or(Error::ScratchTooSmall)?;
    let decoded = Base64::decode(text, buffer).map_err(|_| Error::MalformedKey)?;
    Ok(decoded.len())
}

/// Decodes base64 with padding, as in `x5c` (RFC 7517 §4.7).
pub(super) fn decode_base64<'b>(text: &[u8], buffer: &'b mut [u8]) -> Result<&'b [u8], Error> {
    let len = decode_line(text, buffer)?;
    buffer.get(..len).ok_or(Error::ScratchTooSmall)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_with_lines_of_any_length_are_decoded() {
        for (pem, label, content) in [
            (
                "-----BEGIN A-----\nAQID\n-----END A-----\n",
                "A",
                &[1, 2, 3][..],
            ),
            ("-----BEGIN A-----\nAQID\n-----END A-----", "A", &[1, 2, 3]),
            (
                "-----BEGIN A-----\r\nAQID\r\n-----END A-----\r\n",
                "A",
                &[1, 2, 3],
            ),
            (
                "-----BEGIN A B-----\nAQID\nBAUG\nBw==\n-----END A B-----\n",
                "A B",
                &[1, 2, 3, 4, 5, 6, 7],
            ),
            (
                "-----BEGIN A-----\nAQIDBAU=\n-----END A-----\n",
                "A",
                &[1, 2, 3, 4, 5],
            ),
            ("-----BEGIN A-----\n-----END A-----\n", "A", &[]),
        ] {
            let mut buffer = [0; 16];
            let found = decode(pem.as_bytes(), &mut buffer);
            assert_eq!(found, Ok((label.as_bytes(), content)), "{pem}");
            let mut exact = std::vec![0; content.len()];
            assert!(decode(pem.as_bytes(), &mut exact).is_ok());
            if let Some(short) = exact.get_mut(1..) {
                let found = decode(pem.as_bytes(), short);
                assert_eq!(found, Err(Error::ScratchTooSmall), "{pem}");
            }
        }
    }

    #[test]
    fn malformed_blocks_are_rejected() {
        let around = |body: &str| std::format!("-----BEGIN A-----\n{body}\n-----END A-----\n");
        let bodies = [
            "AQI",
            "AQI=\nAQI=",
            "AQI=\nAQID",
            "AQID ",
            " AQID",
            "AQ ID",
            "AQID\n",
            "\nAQID",
            "AQID\n\nAQID",
            "AQ-_",
            "AQIDB",
            "A===",
            "====",
            "AQJ=\u{0}",
            "AR==",
            "AQID\r\r",
            "Proc-Type: 4,ENCRYPTED\n\nAQID",
            "AQ\nID",
            "é",
        ];
        let whole = [
            "",
            "\n",
            "AQID",
            "-----BEGIN A-----",
            "-----BEGIN A-----\n",
            "-----BEGIN A-----\nAQID",
            "-----BEGIN A-----\nAQID\n",
            "-----BEGIN A-----\nAQID\n-----END B-----\n",
            "-----BEGIN A-----\nAQID\n-----END A----\n",
            "-----BEGIN A----\nAQID\n-----END A-----\n",
            " -----BEGIN A-----\nAQID\n-----END A-----\n",
            "\n-----BEGIN A-----\nAQID\n-----END A-----\n",
            "-----BEGIN A-----\nAQID\n-----END A-----\n\n",
            "-----BEGIN A-----\nAQID\n-----END A----- \n",
            "x\n-----BEGIN A-----\nAQID\n-----END A-----\n",
            "-----BEGIN A-----\nAQID\n-----END A-----\nx",
            "-----BEGIN A----- AQID -----END A-----",
            "-----BEGIN A-----\nAQID-----END A-----\n",
            "-----BEGIN A-----\nAQID\n-----END A-----\n-----BEGIN A-----\nAQID\n-----END A-----\n",
            "-----begin A-----\nAQID\n-----end A-----\n",
            "-----BEGIN A-----\rAQID\r-----END A-----\r",
            "-----BEGIN A-----\nAQID\n-----END A-----\r",
            "-----BEGIN A-----\nAQID\n-----END A-----\r\r\n",
        ];
        let bodies = bodies.iter().map(|body| around(body));
        for pem in bodies.chain(whole.map(std::string::String::from)) {
            let mut buffer = [0; 64];
            let found = decode(pem.as_bytes(), &mut buffer);
            assert_eq!(found, Err(Error::MalformedKey), "{pem:?}");
        }
    }
}
