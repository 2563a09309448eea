//! Strict base64url without padding (RFC 4648 §5, RFC 7515 §2): one text for each string of bytes.
//!
//! Tokens are decoded through a table, which takes a fifth of the work of base64ct's constant-time
//! arithmetic: whoever could learn a token from that time handles the token already. The parameters
//! of keys, which may be secret, are left to base64ct.

use base64ct::{Base64UrlUnpadded, Encoding};

use crate::error::Error;

/// Stands in the tables for characters outside the alphabet: negative, and so is all that is made
/// with it.
const INVALID: i8 = -1;

/// What each character stands for.
static SEXTETS: [i8; 256] = sextets();

/// The same at each of the four places in a group, for machines that do not count every kilobyte.
static PLACED: [[i32; 256]; 4] = [placed(18), placed(12), placed(6), placed(0)];

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "evaluated by the compiler, which stops where this would panic"
)]
const fn sextets() -> [i8; 256] {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut table = [INVALID; 256];
    let mut sextet = 0;
    while sextet < alphabet.len() {
        table[alphabet[sextet] as usize] = sextet as i8;
        sextet += 1;
    }
    table
}

#[expect(
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "evaluated by the compiler, which stops where this would panic"
)]
const fn placed(shift: u32) -> [i32; 256] {
    let (sextets, mut table) = (sextets(), [0; 256]);
    let mut i = 0;
    while i < table.len() {
        table[i] = bytes_in_order((sextets[i] as i32) << shift);
        i += 1;
    }
    table
}

/// Encoded characters that the in-place decoder moves at a time, and the bytes they stand for.
const BLOCK_CHARS: usize = 64;
const BLOCK_BYTES: usize = BLOCK_CHARS / 4 * 3;

/// Bytes that a text of `encoded_len` characters decodes to.
pub(crate) const fn decoded_len(encoded_len: usize) -> usize {
    // A quarter less. Not `len * 3 / 4`, which could overflow; this cannot.
    encoded_len.wrapping_sub(encoded_len.div_ceil(4))
}

/// The text without the padding that fills its last group of four (RFC 4648 §4). Anything but
/// exactly that padding is refused, here or by [`decode`], so that there is one padded text for
/// each string of bytes.
pub(crate) fn without_padding(text: &[u8]) -> Result<&[u8], Error> {
    if !text.len().is_multiple_of(4) {
        return Err(Error::MalformedBase64url);
    }
    let without = text.strip_suffix(b"==").or_else(|| text.strip_suffix(b"="));
    Ok(without.unwrap_or(text))
}

/// Decodes `text` to the front of `buffer`, in a time that does not tell what it says.
pub(crate) fn decode_secret<'b>(
    text: &[u8],
    buffer: &'b mut [u8],
    too_small: Error,
) -> Result<&'b [u8], Error> {
    let buffer = buffer.get_mut(..decoded_len(text.len())).ok_or(too_small)?;
    Base64UrlUnpadded::decode(text, buffer).map_err(|_| Error::MalformedBase64url)
}

/// Decodes `text` to the front of `buffer`.
pub(crate) fn decode<'b>(
    text: &[u8],
    buffer: &'b mut [u8],
    too_small: Error,
) -> Result<&'b [u8], Error> {
    let buffer = buffer.get_mut(..decoded_len(text.len())).ok_or(too_small)?;
    // Two groups at a time.
    let (pairs, rest) = text.as_chunks::<8>();
    let (pair_targets, rest_target) = buffer.as_chunks_mut::<6>();
    // Negative as soon as one of the groups is.
    let mut all = 0;
    for (pair, target) in pairs.iter().zip(pair_targets) {
        let [c0, c1, c2, c3, c4, c5, c6, c7] = *pair;
        let (high, low) = (group([c0, c1, c2, c3]), group([c4, c5, c6, c7]));
        all |= high | low;
        let both = u64::from(high.cast_unsigned()) | u64::from(low.cast_unsigned()) << 24;
        if let Some(six) = both.to_le_bytes().first_chunk() {
            *target = *six;
        }
    }
    let (last, last_target) = match (
        rest.split_first_chunk::<4>(),
        rest_target.split_first_chunk_mut::<3>(),
    ) {
        (Some((chars, last)), Some((target, last_target))) => {
            let bits = group(*chars);
            all |= bits;
            [target[0], target[1], target[2], _] = bits.to_le_bytes();
            (last, last_target)
        }
        (_, _) => (rest, rest_target),
    };
    all |= last_group(last, last_target);
    if all < 0 {
        return Err(Error::MalformedBase64url);
    }
    Ok(buffer)
}

/// What four characters stand for: 24 bits, the first byte lowest, or a negative number if one of
/// them is not of the alphabet.
fn group(chars: [u8; 4]) -> i32 {
    if usize::BITS < 64 {
        shifted(chars)
    } else {
        looked_up(chars)
    }
}

/// [`group`] with one small table.
fn shifted(chars: [u8; 4]) -> i32 {
    let sextets = chars.map(|c| SEXTETS.get(usize::from(c)).unwrap_or(&INVALID));
    let bits = sextets.into_iter();
    bytes_in_order(bits.fold(0, |bits, sextet| bits << 6 | i32::from(*sextet)))
}

/// 24 bits with the first byte lowest, as they are written; what is negative stays so.
const fn bytes_in_order(bits: i32) -> i32 {
    let [_, first, second, third] = bits.to_be_bytes();
    i32::from_le_bytes([first, second, third, 0]) | bits >> 31
}

/// [`group`] without shifts.
fn looked_up(chars: [u8; 4]) -> i32 {
    let placed = PLACED.iter().zip(chars);
    placed.fold(0, |bits, (table, c)| {
        bits | table.get(usize::from(c)).copied().unwrap_or(-1)
    })
}

/// Decodes the characters that are left, fewer than four; negative if they are not valid.
fn last_group(chars: &[u8], target: &mut [u8]) -> i32 {
    let (bits, unused) = match *chars {
        [] => return 0,
        [a, b] => (group([a, b, b'A', b'A']), 0x00ff_ff00),
        [a, b, c] => (group([a, b, c, b'A']), 0x00ff_0000),
        // Six bits are no byte.
        _ => return i32::from(INVALID),
    };
    match (target, bits.to_le_bytes()) {
        ([first], [byte, ..]) => *first = byte,
        ([first, second], [byte, other, ..]) => (*first, *second) = (byte, other),
        _ => {}
    }
    // RFC 4648 §3.5: bits that stand for nothing are zero.
    if bits & unused == 0 {
        bits
    } else {
        i32::from(INVALID)
    }
}

/// Encodes `bytes` to the front of `buffer`.
pub(crate) fn encode<'b>(bytes: &[u8], buffer: &'b mut [u8]) -> Result<&'b str, Error> {
    Base64UrlUnpadded::encode(bytes, buffer).map_err(|_| Error::BufferTooSmall)
}

/// Decodes the text in `buffer` to its front and returns the decoded part.
///
/// After an error the buffer's content is unspecified.
pub(crate) fn decode_in_place(buffer: &mut [u8]) -> Result<&mut [u8], Error> {
    let (mut read, mut written) = (0_usize, 0_usize);
    let mut block = [0; BLOCK_CHARS];
    while read < buffer.len() {
        let rest = buffer.get(read..).unwrap_or_default();
        let chars = rest.len().min(BLOCK_CHARS);
        let (Some(text), Some(source)) = (block.get_mut(..chars), rest.get(..chars)) else {
            return Err(Error::MalformedBase64url);
        };
        text.copy_from_slice(source);
        let target = buffer.get_mut(written..).unwrap_or_default();
        let decoded = decode(text, target, Error::MalformedBase64url)?;
        read = read.saturating_add(chars);
        written = written.saturating_add(decoded.len());
    }
    buffer.get_mut(..written).ok_or(Error::MalformedBase64url)
}

/// Undoes [`decode_in_place`]: encodes the first `decoded_len` bytes of `buffer` over its whole
/// length.
///
/// Exact, because the strict encoding has one text for each string of bytes.
pub(crate) fn encode_in_place(buffer: &mut [u8]) -> Result<(), Error> {
    let decoded = decoded_len(buffer.len());
    // From the back, so that no byte is overwritten before it was read.
    for group in (0..decoded.div_ceil(BLOCK_BYTES)).rev() {
        let from = group.saturating_mul(BLOCK_BYTES);
        let to = decoded.min(from.saturating_add(BLOCK_BYTES));
        let mut block = [0; BLOCK_BYTES];
        let source = buffer.get(from..to).unwrap_or_default();
        let bytes = block
            .get_mut(..source.len())
            .ok_or(Error::MalformedBase64url)?;
        bytes.copy_from_slice(source);
        let target = buffer.get_mut(group.saturating_mul(BLOCK_CHARS)..);
        Base64UrlUnpadded::encode(bytes, target.unwrap_or_default())
            .map_err(|_| Error::MalformedBase64url)?;
    }
    Ok(())
}

/// Decodes a text as some platforms do: both alphabets, other characters skipped, everything from
/// the first `=` on and bits that do not fill a byte ignored.
pub(crate) fn decode_lenient<'b>(
    text: &str,
    buffer: &'b mut [u8],
    too_small: Error,
) -> Result<&'b [u8], Error> {
    let (mut bits, mut pending, mut written) = (0_u32, 0_u32, 0_usize);
    let digits = text.bytes().take_while(|c| *c != b'=');
    for digit in digits.filter_map(lenient_digit) {
        bits = (bits << 6) | digit;
        pending = pending.saturating_add(6);
        if let Some(left) = pending.checked_sub(8) {
            let [.., byte] = (bits >> left).to_be_bytes();
            *buffer.get_mut(written).ok_or(too_small)? = byte;
            written = written.saturating_add(1);
            pending = left;
        }
    }
    buffer.get(..written).ok_or(too_small)
}

/// Six bits, in base64 or base64url.
fn lenient_digit(c: u8) -> Option<u32> {
    let (first, value) = match c {
        b'A'..=b'Z' => (b'A', 0),
        b'a'..=b'z' => (b'a', 26),
        b'0'..=b'9' => (b'0', 52),
        b'+' | b'-' => (c, 62),
        b'/' | b'_' => (c, 63),
        _ => return None,
    };
    Some(u32::from(c.saturating_sub(first)).saturating_add(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    const REFUSED: &[&str] = &[
        "A", "AAAAA", "AB", "AAB", "AA=", "AA==", "A+AA", "A/AA", "AA AA", "AAA\n", "AAA!", "é",
    ];

    #[test]
    fn strict() {
        for text in REFUSED {
            let mut buffer = [0; 16];
            assert_eq!(
                decode(text.as_bytes(), &mut buffer, Error::ScratchTooSmall),
                Err(Error::MalformedBase64url),
                "{text:?}"
            );
            let mut buffer = text.as_bytes().to_vec();
            assert_eq!(
                decode_in_place(&mut buffer),
                Err(Error::MalformedBase64url),
                "{text:?} in place"
            );
        }
    }

    #[test]
    fn both_ways_to_read_a_group_agree() {
        for place in 0..4 {
            for c in 0..=u8::MAX {
                let mut chars = *b"Az-_";
                chars[place] = c;
                let bits = looked_up(chars);
                assert_eq!(shifted(chars).max(-1), bits.max(-1), "{chars:?}");
                let valid = c.is_ascii_alphanumeric() || c == b'-' || c == b'_';
                assert_eq!(bits >= 0, valid, "{chars:?}");
                for other in 0..4 {
                    chars = *b"Az-_";
                    (chars[place], chars[other]) = (c, b'=');
                    assert!(shifted(chars) < 0 && looked_up(chars) < 0, "{chars:?}");
                }
            }
        }
        assert_eq!(looked_up(*b"Az-_").to_le_bytes(), [0x03, 0x3f, 0xbf, 0]);
    }

    #[test]
    fn no_character_hides_another() {
        // Through all groups that are decoded together, and beyond; under Miri, which is slow, one
        // length.
        let lengths = if cfg!(miri) { 22..23 } else { 0..40 };
        for len in lengths {
            for first in 0..len {
                for second in first..len {
                    let mut text = std::vec![b'A'; len];
                    text[first] = b'!';
                    text[second] = b'=';
                    let mut buffer = [0; 64];
                    let refused = decode(&text, &mut buffer, Error::ScratchTooSmall);
                    assert_eq!(refused, Err(Error::MalformedBase64url), "{text:?}");
                }
            }
        }
    }

    #[test]
    fn padding() {
        let padded = |text: &str| {
            let mut buffer = [0; 16];
            let bare = without_padding(text.as_bytes())?;
            decode(bare, &mut buffer, Error::ScratchTooSmall).map(<[u8]>::to_vec)
        };
        for (text, len) in [
            ("", 0),
            ("AA==", 1),
            ("AAA=", 2),
            ("AAAA", 3),
            ("AAAAAA==", 4),
        ] {
            assert_eq!(padded(text), Ok(std::vec![0; len]), "{text}");
        }
        for text in [
            "AA", "AA=", "AAA", "AAAAA===", "A===", "=", "==", "===", "====", "AAAA====", "AAA==",
            "AAAA==", "AAAA=", "=AAA", "AA=A", "AB==", "AAB=",
        ] {
            assert_eq!(padded(text), Err(Error::MalformedBase64url), "{text}");
        }
    }

    #[test]
    fn too_small() {
        for (encoded, decoded) in [(0, 0), (2, 1), (3, 2), (4, 3), (6, 4), (7, 5), (8, 6)] {
            assert_eq!(decoded_len(encoded), decoded);
            let text = std::vec![b'A'; encoded];
            let mut buffer = std::vec![0; decoded];
            assert!(decode(&text, &mut buffer, Error::ScratchTooSmall).is_ok());
            if let Some(short) = buffer.get_mut(1..) {
                assert_eq!(
                    decode(&text, short, Error::ScratchTooSmall),
                    Err(Error::ScratchTooSmall)
                );
            }
        }
        assert_eq!(decoded_len(usize::MAX), usize::MAX / 4 * 3 + 2);
    }

    #[test]
    fn lenient() {
        for (text, want) in [
            ("", &b""[..]),
            ("AQID", &[1, 2, 3]),
            ("-_+/", &[0xfb, 0xff, 0xbf]),
            ("Z m 9\nv!", b"foo"),
            ("Zm9vYg==", b"foob"),
            ("Zm9v=YmFy", b"foo"),
            ("=Zm9v", b""),
            ("A", b""),
            ("/w", &[0xff]),
            ("//", &[0xff]),
            ("é\u{0}Zm9v", b"foo"),
            ("azAZ09", &[0x6b, 0x30, 0x19, 0xd3]),
        ] {
            let mut buffer = [0; 16];
            let decoded = decode_lenient(text, &mut buffer, Error::KeyTooLarge);
            assert_eq!(decoded, Ok(want), "{text}");
            let mut exact = std::vec![0; want.len()];
            assert!(decode_lenient(text, &mut exact, Error::KeyTooLarge).is_ok());
            if let Some(short) = exact.get_mut(1..) {
                let decoded = decode_lenient(text, short, Error::KeyTooLarge);
                assert_eq!(decoded, Err(Error::KeyTooLarge), "{text}");
            }
        }
    }

    #[test]
    fn in_place_and_back() {
        // Several blocks; under Miri, which is slow, little more than one.
        let (most, longest): (usize, usize) = if cfg!(miri) { (70, 70) } else { (400, 2000) };
        for len in (0..most).chain([longest]) {
            let bytes: Vec<u8> = (0..len)
                .map(|i| u8::try_from(i * 7 % 256).unwrap())
                .collect();
            let mut text = std::vec![0; len.div_ceil(3) * 4];
            let text_len = Base64UrlUnpadded::encode(&bytes, &mut text).unwrap().len();
            text.truncate(text_len);

            let mut buffer = text.clone();
            assert_eq!(decode_in_place(&mut buffer).unwrap(), bytes);
            encode_in_place(&mut buffer).unwrap();
            assert_eq!(buffer, text, "{len} bytes");
        }
    }
}
