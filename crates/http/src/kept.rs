//! Documents that are kept in files, so that a program that restarts while an issuer is down can
//! verify at once.
//!
//! A file has four lines, an empty line, and the document as it was fetched:
//!
//! ```text
//! jose-verify kept keys 1
//! https://login.example.com
//! https://login.example.com/keys
//! 1700000000
//!
//! {"keys":[…]}
//! ```
//!
//! The second line is the issuer. The third says where the keys were configured to be, so that a
//! changed configuration does not use old keys. The fourth is the time of the fetch.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jose_verify::NumericDate;
use jose_verify::alg::{HashFunction, MAX_DIGEST_LEN, SHA256};

const FIRST_LINE: &str = "jose-verify kept keys 1";
/// The longest file that is read, in bytes.
const MAX_LEN: u64 = 4 << 20;

/// The file of one issuer.
#[derive(Debug, Clone)]
pub(crate) struct KeptFile {
    path: PathBuf,
    issuer: String,
    location: String,
}

/// A document that was kept.
pub(crate) struct Kept {
    pub(crate) document: Vec<u8>,
    /// The time since it was fetched.
    pub(crate) age: Duration,
}

impl KeptFile {
    /// Returns the file in `folder` for this issuer, whose keys are configured to be at `location`.
    pub(crate) fn new(folder: &Path, issuer: &str, location: &str) -> Self {
        let mut buffer = [0; MAX_DIGEST_LEN];
        let digest = SHA256.digest(&[issuer.as_bytes()], &mut buffer);
        let name = digest
            .iter()
            .take(16)
            .fold(String::new(), |mut name, byte| {
                let digits = [byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16));
                name.extend(digits.into_iter().flatten());
                name
            });
        Self {
            path: folder.join(name).with_extension("keys"),
            issuer: escape(issuer),
            location: escape(location),
        }
    }

    /// Replaces the file. A crash leaves the old file or the new one.
    pub(crate) fn write(&self, document: &[u8], now: NumericDate) -> io::Result<()> {
        let new = self.path.with_extension("new");
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = fs::File::create(&new)?;
        let Self {
            issuer, location, ..
        } = self;
        let seconds = now.seconds();
        write!(file, "{FIRST_LINE}\n{issuer}\n{location}\n{seconds}\n\n")?;
        file.write_all(document)?;
        file.sync_all()?;
        fs::rename(&new, &self.path)
    }

    /// Reads the file. Returns `None` if there is none for this issuer and location.
    pub(crate) fn read(&self, now: NumericDate) -> io::Result<Option<Kept>> {
        let text = match fs::metadata(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
            Ok(file) if file.len() > MAX_LEN => return Err(io::ErrorKind::FileTooLarge.into()),
            Ok(_) => fs::read(&self.path)?,
        };
        self.parse(&text, now)
    }

    fn parse(&self, text: &[u8], now: NumericDate) -> io::Result<Option<Kept>> {
        let invalid = || io::Error::from(io::ErrorKind::InvalidData);
        let mut rest = text;
        let mut line = || {
            let end = rest.iter().position(|b| *b == b'\n').ok_or_else(invalid)?;
            let (line, after) = rest.split_at(end);
            rest = after.get(1..).unwrap_or_default();
            std::str::from_utf8(line).map_err(|_| invalid())
        };
        if line()? != FIRST_LINE {
            return Err(invalid());
        }
        let (issuer, location) = (line()?, line()?);
        let fetched_at: i64 = line()?.parse().map_err(|_| invalid())?;
        if !line()?.is_empty() {
            return Err(invalid());
        }
        if (issuer, location) != (&self.issuer, &self.location) {
            return Ok(None);
        }
        // A time in the future is that of a clock that was wrong then or is now. The age is
        // unknown, so the document is not used.
        let age = u64::try_from(now.seconds().saturating_sub(fetched_at));
        Ok(age.ok().map(|age| Kept {
            document: rest.to_vec(),
            age: Duration::from_secs(age),
        }))
    }
}

/// Returns the text on one line.
fn escape(text: &str) -> String {
    text.escape_debug().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: NumericDate = NumericDate::from_seconds(1_700_000_000);

    fn file(issuer: &str, location: &str) -> KeptFile {
        KeptFile::new(Path::new("unused"), issuer, location)
    }

    fn parse(file: &KeptFile, text: &str) -> io::Result<Option<(Vec<u8>, u64)>> {
        let kept = file.parse(text.as_bytes(), NOW)?;
        Ok(kept.map(|kept| (kept.document, kept.age.as_secs())))
    }

    #[test]
    fn only_a_file_of_this_issuer_and_location_is_used() {
        let text = "jose-verify kept keys 1\nhttps://a\nhttps://a/k\n1699999990\n\n{\"keys\":[]}\n";
        let kept = parse(&file("https://a", "https://a/k"), text);
        assert_eq!(kept.unwrap(), Some((b"{\"keys\":[]}\n".to_vec(), 10)));
        for other in [
            file("https://b", "https://a/k"),
            file("https://a", "https://a/other"),
        ] {
            assert_eq!(parse(&other, text).unwrap(), None);
        }
    }

    #[test]
    fn a_file_from_the_future_is_not_used() {
        let text = "jose-verify kept keys 1\nhttps://a\nk\n1700000001\n\n{}";
        assert_eq!(parse(&file("https://a", "k"), text).unwrap(), None);
    }

    #[test]
    fn damaged_files() {
        let text = "jose-verify kept keys 1\nhttps://a\nk\n1699999990\n\n{}";
        let file = file("https://a", "k");
        assert!(parse(&file, text).unwrap().is_some());
        for end in 0..text.len() - 2 {
            assert!(parse(&file, &text[..end]).is_err(), "{end}");
        }
        for (from, to) in [
            ("kept keys 1", "kept keys 2"),
            ("1699999990", "soon"),
            ("\n\n", "\nx\n"),
        ] {
            assert!(parse(&file, &text.replacen(from, to, 1)).is_err(), "{from}");
        }
    }

    #[test]
    fn a_name_with_line_breaks_stays_on_its_line() {
        let folder = std::env::temp_dir().join(format!("jose-verify-kept-{}", std::process::id()));
        let file = KeptFile::new(&folder, "https://a\nhttps://b", "k");
        file.write(b"keys", NOW).unwrap();
        assert_eq!(file.read(NOW).unwrap().unwrap().document, b"keys");
        fs::remove_dir_all(folder).unwrap();
    }
}
