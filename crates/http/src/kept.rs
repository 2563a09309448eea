//! Documents that are kept in files, so that a program that restarts while an issuer is down can
//! verify at once.
//!
//! A file has four lines, an empty line, and the document as it was fetched:
//!
//! ```text
//! jose-verify kept keys 2
//! https://login.example.com
//! 8f434346648f6b96df89dda901c5176b
//! 1700000000
//!
//! {"keys":[…]}
//! ```
//!
//! The second line is the issuer. The third is a hash of the URL of the keys or the metadata, so
//! that old keys are not used after the configuration changed. The URL itself is not written,
//! because its query may contain a secret. The fourth line is the time of the fetch, in seconds
//! since 1970 (UTC).

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jose_verify::NumericDate;
use jose_verify::alg::{HashFunction, MAX_DIGEST_LEN, SHA256};

const FIRST_LINE: &str = "jose-verify kept keys 2";
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
        Self {
            path: folder.join(hash(issuer)).with_extension("keys"),
            issuer: escape(issuer),
            location: hash(location),
        }
    }

    /// Replaces the file atomically: after a crash, it is the old file or the new one.
    pub(crate) fn write(&self, document: &[u8], now: NumericDate) -> io::Result<()> {
        // Other threads, and other processes with the same number in other containers, may write to
        // the same folder at the same time.
        let new = format!("{:016x}.new", fastrand::u64(..));
        let new = self.path.with_extension(new);
        let written = self.write_to(&new, document, now);
        let replaced = written.and_then(|()| fs::rename(&new, &self.path));
        if replaced.is_err() {
            // The new file may not exist. If it cannot be removed, it stays, and is never read.
            let _ = fs::remove_file(&new);
        }
        replaced
    }

    fn write_to(&self, new: &Path, document: &[u8], now: NumericDate) -> io::Result<()> {
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        // Follows no link that somebody else has put there.
        let mut file = fs::File::create_new(new)?;
        let Self {
            issuer, location, ..
        } = self;
        let seconds = now.seconds();
        write!(file, "{FIRST_LINE}\n{issuer}\n{location}\n{seconds}\n\n")?;
        file.write_all(document)?;
        file.sync_all()
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
        // If the time is in the future, the clock was wrong then or is wrong now. The age is
        // unknown, so the document is not used.
        let age = u64::try_from(now.seconds().saturating_sub(fetched_at));
        Ok(age.ok().map(|age| Kept {
            document: rest.to_vec(),
            age: Duration::from_secs(age),
        }))
    }
}

/// Returns the first half of the text's SHA-256, in hexadecimal.
fn hash(text: &str) -> String {
    let mut buffer = [0; MAX_DIGEST_LEN];
    let digest = SHA256.digest(&[text.as_bytes()], &mut buffer);
    let digits = digest.iter().take(16).flat_map(|b| [b >> 4, b & 15]);
    digits
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

/// Escapes line breaks and other control characters, so that the text fits on one line.
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
        let location = hash("https://a/k");
        let text = format!("{FIRST_LINE}\nhttps://a\n{location}\n1699999990\n\n{{\"keys\":[]}}\n");
        let kept = parse(&file("https://a", "https://a/k"), &text);
        assert_eq!(kept.unwrap(), Some((b"{\"keys\":[]}\n".to_vec(), 10)));
        for other in [
            file("https://b", "https://a/k"),
            file("https://a", "https://a/other"),
        ] {
            assert_eq!(parse(&other, &text).unwrap(), None);
        }
    }

    #[test]
    fn a_file_from_the_future_is_not_used() {
        let text =
            |seconds: u64| format!("{FIRST_LINE}\nhttps://a\n{}\n{seconds}\n\n{{}}", hash("k"));
        let file = file("https://a", "k");
        assert_eq!(parse(&file, &text(1_700_000_001)).unwrap(), None);
        assert!(parse(&file, &text(1_700_000_000)).unwrap().is_some());
    }

    #[test]
    fn damaged_files() {
        let text = format!("{FIRST_LINE}\nhttps://a\n{}\n1699999990\n\n{{}}", hash("k"));
        let file = file("https://a", "k");
        assert!(parse(&file, &text).unwrap().is_some());
        for end in 0..text.len() - 2 {
            assert!(parse(&file, &text[..end]).is_err(), "{end}");
        }
        for (from, to) in [
            ("kept keys 2", "kept keys 1"),
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

    /// Containers that share a folder all have the process number 1, so a name from it is not
    /// unique. Others who may write to the folder could foresee it too.
    #[cfg(unix)]
    #[test]
    fn a_name_that_can_be_foreseen_is_not_written_to() {
        let folder = std::env::temp_dir().join(format!("jose-verify-link-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = KeptFile::new(&folder, "https://a", "k");
        let other = folder.join("other");
        fs::write(&other, "other").unwrap();
        for number in 0..1000 {
            let new = format!("{}-{number}.new", std::process::id());
            std::os::unix::fs::symlink(&other, file.path.with_extension(new)).unwrap();
        }
        let written = file.write(b"keys", NOW);
        assert_eq!(fs::read_to_string(&other).unwrap(), "other");
        assert!(written.is_ok() && file.read(NOW).unwrap().is_some());
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn threads_that_write_at_the_same_time_leave_one_whole_file() {
        let folder = std::env::temp_dir().join(format!("jose-verify-race-{}", std::process::id()));
        let url = "https://a/keys?key=secret";
        let file = KeptFile::new(&folder, "https://a", url);
        let documents: Vec<_> = (0..4).map(|i| vec![b'a' + i; 10_000 << i]).collect();
        std::thread::scope(|scope| {
            for document in &documents {
                let write = || (0..20).for_each(|_| file.write(document, NOW).unwrap());
                scope.spawn(write);
            }
        });
        assert!(documents.contains(&file.read(NOW).unwrap().unwrap().document));
        assert_eq!(
            fs::read_dir(&folder).unwrap().count(),
            1,
            "no other file is left"
        );
        let text = fs::read_to_string(&file.path).unwrap();
        assert!(!text.contains("secret") && !format!("{file:?}").contains("secret"));
        fs::remove_dir_all(folder).unwrap();
    }
}
