//! PEM, the text encoding of DER (RFC 7468).

use base64ct::{Base64, Encoding};

use crate::error::Error;

/// The labels of public keys and certificates.
const LABELS: [&[u8]; 3] = [b"PUBLIC KEY", b"RSA PUBLIC KEY", b"CERTIFICATE"];

/// Decodes the first block that is a public key or a certificate, into the front of `buffer`.
/// Returns its label and its content.
///
/// RFC 7468 §2: text before, between and after blocks is permitted, and white space is ignored.
/// Other blocks are ignored too, such as the `EC PARAMETERS` of OpenSSL or a private key before its
/// certificate. A block is decoded strictly: any other character is an error, as is padding that is
/// missing, wrong or not at the end.
pub(super) fn decode<'p, 'b>(
    pem: &'p [u8],
    buffer: &'b mut [u8],
) -> Result<(&'p [u8], &'b [u8]), Error> {
    let mut lines = lines(pem);
    let mut block = lines
        .by_ref()
        .filter_map(|line| label(line, BEGIN))
        .filter(|label| LABELS.contains(label));
    let label = block.next().ok_or_else(|| reason_for_no_block(pem))?;
    let mut content = Content::new(buffer);
    loop {
        let line = lines.next().ok_or(Error::NoPemBoundary)?;
        if self::label(line, END) == Some(label) {
            return Ok((label, content.finish()?));
        }
        // The end of another block, or an end on the same line as the content.
        if let Some(at) = position(line, b"-----") {
            return Err(if at == 0 {
                Error::NoPemBoundary
            } else {
                Error::NoLineBreaks
            });
        }
        line.iter().try_for_each(|byte| content.push(*byte))?;
    }
}

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";

/// Returns the lines without the white space around them. A byte order mark before the first line
/// is dropped. RFC 7468 §3 allows a line to end in LF, CRLF or CR.
fn lines(pem: &[u8]) -> impl Iterator<Item = &[u8]> {
    let text = pem.strip_prefix(b"\xef\xbb\xbf").unwrap_or(pem);
    let lines = text.split(|byte| matches!(byte, b'\n' | b'\r'));
    lines.map(<[u8]>::trim_ascii)
}

/// Returns the label of an encapsulation boundary (RFC 7468 §3). A label contains no two hyphens in
/// a row.
fn label<'l>(line: &'l [u8], start: &[u8]) -> Option<&'l [u8]> {
    let label = line.strip_prefix(start)?.strip_suffix(b"-----")?;
    position(label, b"--").is_none().then_some(label)
}

/// Returns why a text has no block that is a public key or a certificate.
#[cold]
fn reason_for_no_block(text: &[u8]) -> Error {
    let mut labels = lines(text).filter_map(|line| label(line, BEGIN)).peekable();
    let has_block = labels.peek().is_some();
    if labels.any(|label| label.ends_with(b"PRIVATE KEY")) {
        Error::PrivateKey
    } else if is_ssh(text.trim_ascii()) {
        Error::SshKey
    } else if has_block {
        Error::UnsupportedPemLabel
    } else if is_der(text) {
        Error::DerNotPem
    } else if position(text, BEGIN).is_none() {
        Error::NoPemBoundary
    } else if position(text, b"\\n").is_some() {
        Error::EscapedLineBreaks
    } else {
        Error::NoLineBreaks
    }
}

/// Returns whether the text is an SSH public key: one line (RFC 4253 §6.6, as OpenSSH writes it) or
/// a block (RFC 4716 §3.1).
fn is_ssh(text: &[u8]) -> bool {
    const STARTS: [&[u8]; 4] = [b"ssh-", b"ecdsa-sha2-", b"sk-", b"---- BEGIN SSH2 "];
    STARTS.iter().any(|start| text.starts_with(start))
}

/// Returns whether the bytes start with the header of a DER SEQUENCE that is longer than 127 bytes
/// or as long as the text. Keys and certificates are such a SEQUENCE.
fn is_der(text: &[u8]) -> bool {
    match text {
        [0x30, 0x81..=0x84, ..] => true,
        // X.690 §8.1.3.4: a length in the short form is at most 127.
        [0x30, len @ ..=0x7f, content @ ..] => usize::from(*len) == content.len(),
        _ => false,
    }
}

/// Returns whether a text contains the start of a block.
pub(super) fn has_boundary(text: &[u8]) -> bool {
    position(text, BEGIN).is_some()
}

/// Returns the first position of `wanted`.
fn position(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|part| part == wanted)
}

/// The content of a block while it is decoded, four characters at a time.
struct Content<'b> {
    buffer: &'b mut [u8],
    written: usize,
    /// The characters that are not decoded yet, and their number.
    group: [u8; 4],
    len: usize,
    /// Whether the last group was padded. No group may follow it.
    is_padded: bool,
}

impl<'b> Content<'b> {
    const fn new(buffer: &'b mut [u8]) -> Self {
        Self {
            buffer,
            written: 0,
            group: [0; 4],
            len: 0,
            is_padded: false,
        }
    }

    /// Adds a character of the block. White space is ignored.
    fn push(&mut self, byte: u8) -> Result<(), Error> {
        if byte == b' ' || matches!(byte, b'\t'..=b'\r') {
            return Ok(());
        }
        let place = self.group.get_mut(self.len);
        *place.ok_or(Error::MalformedKey)? = byte;
        self.len = self.len.saturating_add(1);
        if self.len < self.group.len() {
            return Ok(());
        }
        self.len = 0;
        if self.is_padded {
            return Err(Error::MalformedKey);
        }
        self.is_padded = byte == b'=';
        let free = self.buffer.get_mut(self.written..).unwrap_or_default();
        let len = decode_strict(&self.group, free)?;
        self.written = self.written.saturating_add(len);
        Ok(())
    }

    fn finish(self) -> Result<&'b [u8], Error> {
        if self.len > 0 {
            return Err(Error::MalformedKey);
        }
        self.buffer
            .get(..self.written)
            .ok_or(Error::ScratchTooSmall)
    }
}

/// Decodes base64 with padding and without white space. Returns the number of decoded bytes.
fn decode_strict(text: &[u8], buffer: &mut [u8]) -> Result<usize, Error> {
    let padding = text.iter().rev().take_while(|byte| **byte == b'=').count();
    let groups = text.len().div_euclid(4);
    let len = groups.saturating_mul(3).saturating_sub(padding);
    let buffer = buffer.get_mut(..len).ok_or(Error::ScratchTooSmall)?;
    let decoded = Base64::decode(text, buffer).map_err(|_| Error::MalformedKey)?;
    Ok(decoded.len())
}

/// Decodes base64 with padding, as in `x5c` (RFC 7517 §4.7).
pub(super) fn decode_base64<'b>(text: &[u8], buffer: &'b mut [u8]) -> Result<&'b [u8], Error> {
    let len = decode_strict(text, buffer)?;
    buffer.get(..len).ok_or(Error::ScratchTooSmall)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A block with the label `PUBLIC KEY` and the content 1, 2, 3.
    const BLOCK: &str = "-----BEGIN PUBLIC KEY-----\nAQID\n-----END PUBLIC KEY-----\n";

    fn decoded(pem: impl AsRef<[u8]>) -> Result<(), Error> {
        decode(pem.as_ref(), &mut [0; 64]).map(|_| ())
    }

    #[test]
    fn a_block_is_found_in_other_text() {
        let key = |body: &str| {
            std::format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n")
        };
        let other = |label: &str| {
            std::format!("-----BEGIN {label}-----\nBggqhkjOPQMBBw==\n-----END {label}-----\n")
        };
        for (case, pem) in [
            ("one block", BLOCK.into()),
            ("without a line break at the end", BLOCK.trim_end().into()),
            ("CRLF", BLOCK.replace('\n', "\r\n")),
            ("CR", BLOCK.replace('\n', "\r")),
            ("byte order mark", std::format!("\u{feff}{BLOCK}")),
            ("blank lines", std::format!("\n\n \n{BLOCK}\n\t\n\n")),
            ("spaces at line ends", BLOCK.replace('\n', "  \t\n")),
            (
                "indented",
                std::format!("  {}", BLOCK.replace('\n', "\n  ")),
            ),
            ("spaces in a line", key("A Q\tI D")),
            ("short lines", key("AQ\nI\nD")),
            ("blank lines in the block", key("\nAQ\n\nID\n")),
            (
                "text around",
                std::format!("Certificate:\n  Data: x\n{BLOCK}x\n"),
            ),
            ("parameters before", other("EC PARAMETERS") + BLOCK),
            ("private key before", other("EC PRIVATE KEY") + BLOCK),
            ("a second key", std::format!("{BLOCK}{}", key("BAUG"))),
            (
                "a certificate after",
                std::format!("{BLOCK}{}", other("CERTIFICATE")),
            ),
            (
                "garbage after",
                std::format!("{BLOCK}-----BEGIN PUBLIC KEY-----\n\u{e9}"),
            ),
            ("not UTF-8 around", std::format!("\u{e9}\n{BLOCK}")),
        ] {
            let mut buffer = [0; 3];
            let found = decode(pem.as_bytes(), &mut buffer);
            assert_eq!(found, Ok((&b"PUBLIC KEY"[..], &[1, 2, 3][..])), "{case}");
            let found = decode(pem.as_bytes(), &mut buffer[..2]);
            assert_eq!(found, Err(Error::ScratchTooSmall), "{case}");
        }
    }

    #[test]
    fn padding_and_labels() {
        for (label, body, content) in [
            ("PUBLIC KEY", "AQIDBAUGBw==", &[1, 2, 3, 4, 5, 6, 7][..]),
            ("RSA PUBLIC KEY", "AQIDBAU=", &[1, 2, 3, 4, 5]),
            ("CERTIFICATE", "AQID\nBAUG\nBw==", &[1, 2, 3, 4, 5, 6, 7]),
            ("CERTIFICATE", "", &[]),
        ] {
            let pem = std::format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----");
            let mut buffer = [0; 16];
            let found = decode(pem.as_bytes(), &mut buffer);
            assert_eq!(found, Ok((label.as_bytes(), content)), "{pem}");
        }
    }

    #[test]
    fn malformed_content_is_rejected() {
        for body in [
            "AQI",
            "AQI=\nAQI=",
            "AQI=\nAQID",
            "AQ-_",
            "AQIDB",
            "A===",
            "====",
            "AQJ=\u{0}",
            "AR==",
            "AQ==A",
            "AQ=\n",
            "AQID\n=",
            "Proc-Type: 4,ENCRYPTED\n\nAQID",
            "é",
            "AQID\u{a0}",
            "AQID\\",
        ] {
            let pem = BLOCK.replace("AQID", body);
            assert_eq!(decoded(pem), Err(Error::MalformedKey), "{body:?}");
        }
    }

    /// Asserts that a text has no usable block, for this reason.
    fn assert_reason(want: Error, texts: &[&str]) {
        for text in texts {
            assert_eq!(decoded(text), Err(want), "{text:?}");
        }
    }

    #[test]
    fn a_label_says_what_is_in_the_block() {
        let labelled = |label: &str| BLOCK.replace("PUBLIC KEY", label);
        for label in [
            "PRIVATE KEY",
            "EC PRIVATE KEY",
            "RSA PRIVATE KEY",
            "ENCRYPTED PRIVATE KEY",
            "OPENSSH PRIVATE KEY",
        ] {
            assert_reason(Error::PrivateKey, &[&labelled(label)]);
            let with_parameters = labelled("EC PARAMETERS") + &labelled(label);
            assert_reason(Error::PrivateKey, &[&with_parameters]);
        }
        // RFC 7468 §5.1: parsers SHOULD NOT treat `X509 CERTIFICATE` as `CERTIFICATE`.
        for label in [
            "EC PARAMETERS",
            "CERTIFICATE REQUEST",
            "PKCS7",
            "TRUSTED CERTIFICATE",
            "X509 CERTIFICATE",
            "public key",
            "",
        ] {
            assert_reason(Error::UnsupportedPemLabel, &[&labelled(label)]);
        }
    }

    #[test]
    fn missing_boundaries_and_line_breaks() {
        assert_reason(
            Error::NoPemBoundary,
            &[
                "",
                "AQID",
                "AQID\n-----END PUBLIC KEY-----\n",
                "-----BEGIN PUBLIC KEY-----\nAQID\n",
                "-----BEGIN PUBLIC KEY-----\nAQID\n-----END CERTIFICATE-----\n",
                &BLOCK.replace("-----BEGIN", "----BEGIN"),
                &BLOCK.to_lowercase(),
                "<!doctype html><p>not found",
                // The character `0` is also the tag of a SEQUENCE.
                "0123456789",
            ],
        );
        assert_reason(
            Error::NoLineBreaks,
            &[
                &BLOCK.replace('\n', ""),
                &BLOCK.replace('\n', " "),
                &BLOCK.replace("AQID\n", "AQID"),
                &BLOCK.replacen('\n', "", 1),
            ],
        );
        let escaped = BLOCK.replace('\n', "\\n");
        let quoted = std::format!("\"{escaped}\"\n");
        let escaped_crlf = BLOCK.replace('\n', "\\r\\n");
        assert_reason(
            Error::EscapedLineBreaks,
            &[&escaped, &quoted, &escaped_crlf],
        );
    }

    #[test]
    fn other_formats() {
        assert_reason(
            Error::SshKey,
            &[
                "ssh-rsa AAAAB3Nz me@host",
                "ssh-ed25519 AAAA",
                "ecdsa-sha2-nistp256 AAAA",
                "---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n",
            ],
        );
        for der in [
            &[0x30, 0x82, 1, 0, 2][..],
            &[0x30, 0x81, 0x80],
            &[0x30, 2, 5, 0],
            // The last byte of the key has the value of a line feed or a space.
            &[0x30, 2, 5, b'\n'],
            &[0x30, 2, b' ', b' '],
        ] {
            assert_eq!(decoded(der), Err(Error::DerNotPem), "{der:?}");
        }
        // Not a DER length, although it equals the number of bytes that follow.
        let mut not_der = std::vec![b'l'; 2 + 0x98];
        not_der[..2].copy_from_slice(&[0x30, 0x98]);
        assert_eq!(decoded(not_der), Err(Error::NoPemBoundary));
    }
}
