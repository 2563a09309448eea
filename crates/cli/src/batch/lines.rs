//! Reads lines of bounded length.

use std::io::{self, BufRead, BufReader, Read};

/// Length of the longest accepted line, in bytes. Enough for the largest token and the largest key
/// set that the library accepts.
pub(super) const MAX_LINE_LEN: usize = 4 << 20;

/// Reads one line after another into the same buffer.
#[derive(Debug)]
pub(super) struct Lines<R> {
    input: BufReader<R>,
    line: Vec<u8>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line<'l> {
    /// A line without its line feed.
    Text(&'l [u8]),
    /// A line that is too long, and was skipped.
    TooLong,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(input: R) -> Self {
        Self {
            input: BufReader::with_capacity(64 * 1024, input),
            line: Vec::new(),
        }
    }

    /// Returns whether another line can be read without waiting for it.
    pub(super) fn is_next_ready(&self) -> bool {
        self.input.buffer().contains(&b'\n')
    }

    /// Returns the next line. The last one may lack its line feed.
    pub(super) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        self.line.clear();
        let with_line_feed = MAX_LINE_LEN.saturating_add(1);
        let limit = u64::try_from(with_line_feed).unwrap_or(u64::MAX);
        let len = self
            .input
            .by_ref()
            .take(limit)
            .read_until(b'\n', &mut self.line)?;
        if len == 0 {
            return Ok(None);
        }
        if self.line.last() == Some(&b'\n') {
            self.line.pop();
        } else if len == with_line_feed {
            self.input.skip_until(b'\n')?;
            return Ok(Some(Line::TooLong));
        }
        Ok(Some(Line::Text(&self.line)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_with_and_without_line_feed() {
        let mut lines = Lines::new(&b"a\n\nb"[..]);
        for want in [&b"a"[..], b"", b"b"] {
            assert_eq!(lines.next().unwrap(), Some(Line::Text(want)));
        }
        assert_eq!(lines.next().unwrap(), None);
        assert_eq!(Lines::new(&b""[..]).next().unwrap(), None);
    }

    #[test]
    fn a_line_that_is_too_long_is_skipped() {
        let longest = vec![b'x'; MAX_LINE_LEN];
        for end in ["", "\n"] {
            let fits = [&longest, end.as_bytes()].concat();
            let mut lines = Lines::new(&fits[..]);
            assert_eq!(lines.next().unwrap(), Some(Line::Text(&longest)));
            assert_eq!(lines.next().unwrap(), None);
        }
        let too_long = [&longest[..], b"xx\nnext\n", &longest, b"x"].concat();
        let mut lines = Lines::new(&too_long[..]);
        assert_eq!(lines.next().unwrap(), Some(Line::TooLong));
        assert_eq!(lines.next().unwrap(), Some(Line::Text(b"next")));
        assert_eq!(lines.next().unwrap(), Some(Line::TooLong));
        assert_eq!(lines.next().unwrap(), None);
    }
}
