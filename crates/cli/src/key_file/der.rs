//! Recognizes what a DER text contains by its outline. The library validates keys and certificates.

/// An element of DER: its tag and its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Element<'a> {
    tag: u8,
    content: &'a [u8],
}

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const OBJECT_IDENTIFIER: u8 = 0x06;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;

/// What a DER text contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outline {
    /// RFC 5280 §4.1.
    Certificate,
    /// `SubjectPublicKeyInfo` (RFC 5280 §4.1).
    PublicKey,
    /// `RSAPublicKey` (RFC 8017, Appendix A.1.1).
    RsaPublicKey,
    /// `PrivateKeyInfo` (RFC 5208 §5, RFC 5958 §2).
    Pkcs8,
    /// `EncryptedPrivateKeyInfo` (RFC 5208 §6).
    EncryptedPkcs8,
    /// `RSAPrivateKey` (RFC 8017, Appendix A.1.2).
    RsaPrivateKey,
    /// `ECPrivateKey` (RFC 5915 §3).
    EcPrivateKey,
    /// `PFX` (RFC 7292 §4).
    Pkcs12,
    /// `ContentInfo` of PKCS #7 or CMS (RFC 5652 §3).
    Pkcs7,
    /// `CertificationRequest` (RFC 2986 §4).
    Request,
    /// `CertificateList` (RFC 5280 §5.1).
    RevocationList,
}

impl Outline {
    /// Returns whether it is a private key.
    pub(crate) const fn is_private(self) -> bool {
        matches!(
            self,
            Self::Pkcs8 | Self::EncryptedPkcs8 | Self::RsaPrivateKey | Self::EcPrivateKey
        )
    }

    /// Returns whether it is a public key or a certificate.
    pub(crate) const fn is_public_key(self) -> bool {
        matches!(
            self,
            Self::Certificate | Self::PublicKey | Self::RsaPublicKey
        )
    }
}

/// Returns what the text contains, or `None` if it is not exactly one element of these kinds.
pub(crate) fn outline(der: &[u8]) -> Option<Outline> {
    let mut outer = Elements(der);
    let sequence = outer.next()?;
    if sequence.tag != SEQUENCE || !outer.0.is_empty() {
        return None;
    }
    let mut elements = Elements(sequence.content);
    let (first, second) = (elements.next()?, elements.next());
    let second_tag = second.map(|element| element.tag);
    match (first.tag, second_tag) {
        (SEQUENCE, Some(BIT_STRING)) => starts_with_oid(first).then_some(Outline::PublicKey),
        (SEQUENCE, Some(OCTET_STRING)) => starts_with_oid(first).then_some(Outline::EncryptedPkcs8),
        (SEQUENCE, Some(SEQUENCE)) => signed(first),
        (OBJECT_IDENTIFIER, _) => Some(Outline::Pkcs7),
        (INTEGER, Some(INTEGER)) if elements.0.is_empty() => Some(Outline::RsaPublicKey),
        (INTEGER, Some(INTEGER)) => Some(Outline::RsaPrivateKey),
        (INTEGER, Some(OCTET_STRING)) => Some(Outline::EcPrivateKey),
        (INTEGER, Some(SEQUENCE)) => match elements.next().map(|third| third.tag) {
            Some(OCTET_STRING) => Some(Outline::Pkcs8),
            // The checksum of a `PFX` is optional.
            Some(SEQUENCE) | None => (first.content == [3]).then_some(Outline::Pkcs12),
            Some(_) => None,
        },
        _ => None,
    }
}

/// Returns which signed structure starts with this element.
fn signed(content: Element<'_>) -> Option<Outline> {
    let mut elements = Elements(content.content);
    let mut element = elements.next()?;
    if element.tag == VERSION {
        return Some(Outline::Certificate);
    }
    if element.tag == INTEGER {
        element = elements.next()?;
    }
    if !starts_with_oid(element) {
        // The subject of a request.
        return (element.tag == SEQUENCE).then_some(Outline::Request);
    }
    let (_issuer, dates) = (elements.next()?, elements.next()?);
    match dates.tag {
        SEQUENCE => Some(Outline::Certificate),
        UTC_TIME | GENERALIZED_TIME => Some(Outline::RevocationList),
        _ => None,
    }
}

fn starts_with_oid(element: Element<'_>) -> bool {
    let first = Elements(element.content).next();
    element.tag == SEQUENCE && first.is_some_and(|first| first.tag == OBJECT_IDENTIFIER)
}

/// Returns the end of a certificate's validity (RFC 5280 §4.1.2.5), in seconds since 1970.
pub(crate) fn not_after(certificate: &[u8]) -> Option<i64> {
    let outer = Elements(certificate).next()?;
    let content = Elements(outer.content).next()?;
    let mut elements = Elements(content.content);
    let mut element = elements.next()?;
    if element.tag == VERSION {
        element = elements.next()?;
    }
    let (_algorithm, _issuer, validity) = (elements.next()?, elements.next()?, elements.next()?);
    if element.tag != INTEGER || validity.tag != SEQUENCE {
        return None;
    }
    let not_after = Elements(validity.content).nth(1)?;
    seconds(not_after)
}

/// Converts a time, which RFC 5280 §4.1.2.5 requires to be in UTC and to have seconds.
fn seconds(time: Element<'_>) -> Option<i64> {
    let text = str::from_utf8(time.content).ok()?.strip_suffix('Z')?;
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (year, rest) = match time.tag {
        UTC_TIME => {
            let (year, rest) = text.split_at_checked(2)?;
            let year: i64 = year.parse().ok()?;
            // RFC 5280 §4.1.2.5.1: from 1950 to 2049.
            let century = if year < 50 { 2000 } else { 1900 };
            (year.saturating_add(century), rest)
        }
        GENERALIZED_TIME => {
            let (year, rest) = text.split_at_checked(4)?;
            (year.parse().ok()?, rest)
        }
        _ => return None,
    };
    if rest.len() != 10 {
        return None;
    }
    let two = |at: usize| rest.get(at..at.checked_add(2)?)?.parse::<i64>().ok();
    let (month, day, hour) = (two(0)?, two(2)?, two(4)?);
    let (minute, second) = (two(6)?, two(8)?);
    let hours = days(year, month, day)?
        .saturating_mul(24)
        .saturating_add(hour);
    let minutes = hours.saturating_mul(60).saturating_add(minute);
    Some(minutes.saturating_mul(60).saturating_add(second))
}

/// Returns the days from 1970-01-01 to a day of the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    // Days before the first of a month, counted from March: 0, 31, 61, …
    let from_march = month.checked_add(9)?.rem_euclid(12);
    let year = if from_march >= 10 {
        year.checked_sub(1)?
    } else {
        year
    };
    let in_year = from_march
        .saturating_mul(153)
        .saturating_add(2)
        .div_euclid(5);
    let leap_days = year.div_euclid(4).saturating_sub(year.div_euclid(100));
    let leap_days = leap_days.saturating_add(year.div_euclid(400));
    let days = year.saturating_mul(365).saturating_add(leap_days);
    let days = days.saturating_add(in_year).saturating_add(day);
    // 719,469 days from 0000-02-29 to 1970-01-01.
    Some(days.saturating_sub(719_469))
}

/// Iterates over elements. Stops at the first malformed one.
struct Elements<'a>(&'a [u8]);

impl<'a> Iterator for Elements<'a> {
    type Item = Element<'a>;

    fn next(&mut self) -> Option<Element<'a>> {
        let (&[tag, first], rest) = self.0.split_first_chunk()?;
        let (len, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            0x81..=0x84 => {
                let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x0f))?;
                let len = bytes.iter().try_fold(0_usize, |len, byte| {
                    len.checked_mul(256)?.checked_add(usize::from(*byte))
                })?;
                (len, rest)
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(len)?;
        self.0 = rest;
        Some(Element { tag, content })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        for (tag, text, want) in [
            (UTC_TIME, "700101000000Z", Some(0)),
            (UTC_TIME, "500101000000Z", Some(-631_152_000)),
            (UTC_TIME, "491231235959Z", Some(2_524_607_999)),
            (UTC_TIME, "000229120000Z", Some(951_825_600)),
            (GENERALIZED_TIME, "20500101000000Z", Some(2_524_608_000)),
            (GENERALIZED_TIME, "20240301000000Z", Some(1_709_251_200)),
            (GENERALIZED_TIME, "21000301000000Z", Some(4_107_542_400)),
            (GENERALIZED_TIME, "99991231235959Z", Some(253_402_300_799)),
            (UTC_TIME, "7001010000Z", None),
            (UTC_TIME, "700101000000+0000", None),
            (UTC_TIME, "70010100000-Z", None),
            (GENERALIZED_TIME, "700101000000Z", None),
            (INTEGER, "700101000000Z", None),
        ] {
            let content = text.as_bytes();
            assert_eq!(seconds(Element { tag, content }), want, "{text}");
        }
    }

    #[test]
    fn outlines_of_the_smallest_texts() {
        for (der, want) in [
            (&[0x30, 7, 2, 1, 0, 0x30, 0, 4, 0][..], Some(Outline::Pkcs8)),
            (&[0x30, 5, 2, 1, 3, 0x30, 0], Some(Outline::Pkcs12)),
            (&[0x30, 7, 2, 1, 3, 0x30, 0, 0x30, 0], Some(Outline::Pkcs12)),
            (&[0x30, 7, 2, 1, 4, 0x30, 0, 0x30, 0], None),
            (&[0x30, 5, 2, 1, 1, 4, 0], Some(Outline::EcPrivateKey)),
            (&[0x30, 6, 2, 1, 1, 2, 1, 3], Some(Outline::RsaPublicKey)),
            (
                &[0x30, 9, 2, 1, 0, 2, 1, 1, 2, 1, 3],
                Some(Outline::RsaPrivateKey),
            ),
            (&[0x30, 6, 0x30, 2, 6, 0, 3, 0], Some(Outline::PublicKey)),
            (
                &[0x30, 6, 0x30, 2, 6, 0, 4, 0],
                Some(Outline::EncryptedPkcs8),
            ),
            (&[0x30, 6, 0x30, 2, 5, 0, 3, 0], None),
            // Followed by another byte; and a passphrase of digits, because `0` is the tag of a
            // SEQUENCE.
            (&[0x30, 6, 2, 1, 1, 2, 1, 3, 0], None),
            (b"0123456789", None),
            (&[0x30, 0], None),
            (&[], None),
        ] {
            assert_eq!(outline(der), want, "{der:?}");
        }
    }

    #[test]
    fn elements_end_with_the_text() {
        for (der, want) in [
            (&[][..], None),
            (&[0x30], None),
            (&[0x30, 0], Some(0)),
            (&[0x30, 1], None),
            (&[0x30, 0x80, 0, 0], None),
            (&[0x30, 0x81, 2, 5, 0], Some(2)),
            (&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff], None),
            (&[0x30, 0x85, 0, 0, 0, 0, 0], None),
        ] {
            let len = Elements(der).next().map(|element| element.content.len());
            assert_eq!(len, want, "{der:?}");
        }
    }
}
