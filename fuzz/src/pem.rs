//! Reads PEM with a decoder on top of the crate `base64`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jose_verify::Error;
use jose_verify::alg::KeyParameters;

const LABELS: [&str; 3] = ["PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE"];

/// The label and the content of the first block that is a public key or a certificate.
#[derive(Debug)]
pub struct Block {
    label: &'static str,
    der: Vec<u8>,
}

impl Block {
    /// Decodes the first such block of a text. Other blocks and text outside blocks are ignored.
    ///
    /// # Errors
    ///
    /// The reason why the text has no such block, or the error for malformed content.
    pub fn decode(text: &[u8]) -> Result<Self, Error> {
        // One character for each byte, so that all bytes are valid text.
        let chars: String = text.iter().copied().map(char::from).collect();
        let lines = lines(&chars);
        let labelled = |line: &str| LABELS.into_iter().find(|l| label(line) == Some(*l));
        let Some(at) = lines.iter().position(|line| labelled(line).is_some()) else {
            return Err(reason(text, &chars, &lines));
        };
        let label = labelled(lines[at]).expect("a label");
        let after = &lines[at + 1..];
        let boundary = after.iter().position(|line| line.contains("-----"));
        let body: Vec<u8> = after[..boundary.unwrap_or(after.len())]
            .iter()
            .flat_map(|line| line.chars())
            .filter(|c| !c.is_ascii_whitespace() && *c != '\x0b')
            .map(|c| u8::try_from(c).expect("a byte"))
            .collect();
        // Malformed content is found before the end of the block, except an incomplete group of
        // four characters at the end.
        let groups = STANDARD.decode(&body[..body.len() / 4 * 4]);
        let der = groups.map_err(|_| Error::MalformedKey)?;
        let boundary = boundary.map(|at| after[at]).ok_or(Error::NoPemBoundary)?;
        if boundary != format!("-----END {label}-----") {
            return Err(if boundary.starts_with("-----") {
                Error::NoPemBoundary
            } else {
                Error::NoLineBreaks
            });
        }
        if !body.len().is_multiple_of(4) {
            return Err(Error::MalformedKey);
        }
        Ok(Self { label, der })
    }

    /// Reads the content.
    ///
    /// # Errors
    ///
    /// Those of the format that the label names.
    pub fn parameters(&self) -> Result<KeyParameters<'_>, Error> {
        match self.label {
            "PUBLIC KEY" => KeyParameters::from_spki_der(&self.der),
            "RSA PUBLIC KEY" => KeyParameters::from_rsa_der(&self.der),
            _ => KeyParameters::from_certificate_der(&self.der),
        }
    }
}

/// Returns the lines without the white space around them.
fn lines(chars: &str) -> Vec<&str> {
    // A byte order mark.
    let chars = chars.strip_prefix("\u{ef}\u{bb}\u{bf}").unwrap_or(chars);
    let is_space = |c: char| c.is_ascii_whitespace();
    let lines = chars.split(['\n', '\r']);
    lines.map(|line| line.trim_matches(is_space)).collect()
}

/// Returns the label of a line that begins a block.
fn label(line: &str) -> Option<&str> {
    let label = line.strip_prefix("-----BEGIN ")?.strip_suffix("-----")?;
    (!label.contains("--")).then_some(label)
}

fn reason(text: &[u8], chars: &str, lines: &[&str]) -> Error {
    let labels: Vec<_> = lines.iter().filter_map(|line| label(line)).collect();
    let start = chars.trim_matches(|c: char| c.is_ascii_whitespace());
    let ssh = ["ssh-", "ecdsa-sha2-", "sk-", "---- BEGIN SSH2 "];
    if labels.iter().any(|label| label.ends_with("PRIVATE KEY")) {
        Error::PrivateKey
    } else if ssh.iter().any(|ssh| start.starts_with(ssh)) {
        Error::SshKey
    } else if !labels.is_empty() {
        Error::UnsupportedPemLabel
    } else if is_der(text) {
        Error::DerNotPem
    } else if !chars.contains("-----BEGIN ") {
        Error::NoPemBoundary
    } else if chars.contains("\\n") {
        Error::EscapedLineBreaks
    } else {
        Error::NoLineBreaks
    }
}

/// Returns whether the bytes begin with the tag of a SEQUENCE and then have a length in more than
/// one byte, or the length of the rest.
fn is_der(text: &[u8]) -> bool {
    let [0x30, len, rest @ ..] = text else {
        return false;
    };
    (0x81..=0x84).contains(len) || (*len < 0x80 && usize::from(*len) == rest.len())
}
