//! Strict base64url without padding (RFC 4648 §5, RFC 7515 §2): each byte string has one encoding.
//!
//! Tokens are decoded with lookup tables, which take a fifth of the work of base64ct's
//! constant-time arithmetic. Anyone in a position to learn a token from their timing already has
//! the token. Key parameters, which may be secret, are decoded by base64ct.

use base64ct::{Base64UrlUnpadded, Encoding};

use crate::error::Error;

/// The table entry for characters outside of the alphabet. It is negative, and so is every group
/// that contains it.
const INVALID: i8 = -1;

/// The six bits that each character represents.
static SEXTETS: [i8; 256] = sextets();

/// The same, shifted for each of the four positions in a group, for machines that can spare 4 KiB.
static POSITIONED: [[i32; 256]; 4] = [positioned(18), positioned(12), positioned(6), positioned(0)];

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "evaluated at compile time, where a panic is a compile error"
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
    reason = "evaluated at compile time, where a panic is a compile error"
)]
const fn positioned(shift: u32) -> [i32; 256] {
    let (sextets, mut table) = (sextets(), [0; 256]);
    let mut i = 0;
    while i < table.len() {
        table[i] = bytes_in_order((sextets[i] as i32) << shift);
        i += 1;
    }
    table
}

/// The number of characters that the in-place decoder processes at a time, and the number of bytes
/// that they decode to.
const BLOCK_CHARS: usize = 64;
const BLOCK_BYTES: usize = BLOCK_CHARS / 4 * 3;

/// Returns the number of bytes that `encoded_len` characters decode to.
pub(crate) const fn decoded_len(encoded_len: usize) -> usize {
    // A quarter less: 43 characters are 43 - 11 = 32 bytes. Unlike `len * 3 / 4`, this cannot
    // overflow.
    encoded_len.wrapping_sub(encoded_len.div_ceil(4))
}

/// Removes the padding that fills the last group of four (RFC 4648 §4). Any other padding is
/// rejected, here or by [`decode`], so that each byte string has one padded encoding.
pub(crate) fn without_padding(text: &[u8]) -> Result<&[u8], Error> {
    if !text.len().is_multiple_of(4) {
        return Err(Error::MalformedBase64url);
    }
    let without = text.strip_suffix(b"==").or_else(|| text.strip_suffix(b"="));
    Ok(without.unwrap_or(text))
}

/// Decodes `text` into the front of `buffer`, in a time that does not depend on its content.
pub(crate) fn decode_secret<'b>(
    text: &[u8],
    buffer: &'b mut [u8],
    too_small: Error,
) -> Result<&'b [u8], Error> {
    let buffer = buffer.get_mut(..decoded_len(text.len())).ok_or(too_small)?;
    Base64UrlUnpadded::decode(text, buffer).map_err(|_| Error::MalformedBase64url)
}

/// Decodes `text` into the front of `buffer`.
pub(crate) fn decode<'b>(
    text: &[u8],
    buffer: &'b mut [u8],
    too_small: Error,
) -> Result<&'b [u8], Error> {
    let buffer = buffer.get_mut(..decoded_len(text.len())).ok_or(too_small)?;
    // Decodes two groups at a time.
    let (pairs, rest) = text.as_chunks::<8>();
    let (pair_targets, rest_target) = buffer.as_chunks_mut::<6>();
    // Negative if any of the groups is.
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

/// Decodes four characters into 24 bits, the first byte lowest. Returns a negative number if one of
/// them is outside of the alphabet.
///
/// Example: `Az-_` is 0, 51, 62, 63 in six bits each. Together they are `0x03_3fbf`, which is
/// returned with its bytes in reverse order, as `0xbf_3f03`.
fn group(chars: [u8; 4]) -> i32 {
    if usize::BITS < 64 {
        shifted(chars)
    } else {
        looked_up(chars)
    }
}

/// [`group`] with one small table and shifts.
fn shifted(chars: [u8; 4]) -> i32 {
    let sextets = chars.map(|c| SEXTETS.get(usize::from(c)).unwrap_or(&INVALID));
    let bits = sextets.into_iter();
    bytes_in_order(bits.fold(0, |bits, sextet| bits << 6 | i32::from(*sextet)))
}

/// Reverses the order of the three bytes. A negative number stays negative.
const fn bytes_in_order(bits: i32) -> i32 {
    let [_, first, second, third] = bits.to_be_bytes();
    i32::from_le_bytes([first, second, third, 0]) | bits >> 31
}

/// [`group`] with one table for each position, without shifts.
fn looked_up(chars: [u8; 4]) -> i32 {
    let positioned = POSITIONED.iter().zip(chars);
    positioned.fold(0, |bits, (table, c)| {
        bits | table.get(usize::from(c)).copied().unwrap_or(-1)
    })
}

/// Decodes the last characters, fewer than four. Returns a negative number if they are invalid.
fn last_group(chars: &[u8], target: &mut [u8]) -> i32 {
    let (bits, unused) = match *chars {
        [] => return 0,
        [a, b] => (group([a, b, b'A', b'A']), 0x00ff_ff00),
        [a, b, c] => (group([a, b, c, b'A']), 0x00ff_0000),
        // One character has only six bits, less than a byte.
        _ => return i32::from(INVALID),
    };
    match (target, bits.to_le_bytes()) {
        ([first], [byte, ..]) => *first = byte,
        ([first, second], [byte, other, ..]) => (*first, *second) = (byte, other),
        _ => {}
    }
    // RFC 4648 §3.5: unused trailing bits must be zero.
    if bits & unused == 0 {
        bits
    } else {
        i32::from(INVALID)
    }
}

/// Encodes `bytes` into the front of `buffer`.
pub(crate) fn encode<'b>(bytes: &[u8], buffer: &'b mut [u8]) -> Result<&'b str, Error> {
    Base64UrlUnpadded::encode(bytes, buffer).map_err(|_| Error::BufferTooSmall)
}

/// Decodes the text in `buffer` into the front of `buffer` and returns the decoded part.
///
/// After an error, the content of the buffer is unspecified.
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

/// Reverses [`decode_in_place`]: encodes the decoded bytes at the front of `buffer` over its whole
/// length.
///
/// The result is exactly the original text, because each byte string has only one strict encoding.
pub(crate) fn encode_in_place(buffer: &mut [u8]) -> Result<(), Error> {
    let decoded = decoded_len(buffer.len());
    // From the back, so that no byte is overwritten before it is read.
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

/// Decodes a text as leniently as some platforms do. Both alphabets are accepted and other
/// characters are skipped. Everything from the first `=` on is ignored, and so are bits that do not
/// fill a byte.
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

/// Returns the six bits of a character in base64 or base64url.
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

    const REJECTED: &[&str] = &[
        "A", "AAAAA", "AB", "AAB", "AA=", "AA==", "A+AA", "A/AA", "AA AA", "AAA\n", "AAA!", "é",
    ];

    #[test]
    fn strict() {
        for text in REJECTED {
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
    fn both_group_decoders_agree() {
        for place in 0..4 {
            // Miri is slow, so it tests only some characters.
            for c in (0..=u8::MAX).step_by(if cfg!(miri) { 7 } else { 1 }) {
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
    fn every_invalid_character_is_detected() {
        // Covers all groups that are decoded together, and beyond. Under Miri, which is slow, one
        // length.
        let lengths = if cfg!(miri) { 22..23 } else { 0..40 };
        for len in lengths {
            for first in 0..len {
                for second in first..len {
                    let mut text = std::vec![b'A'; len];
                    text[first] = b'!';
                    text[second] = b'=';
                    let mut buffer = [0; 64];
                    let rejected = decode(&text, &mut buffer, Error::ScratchTooSmall);
                    assert_eq!(rejected, Err(Error::MalformedBase64url), "{text:?}");
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
        let (most, longest): (usize, usize) = if cfg!(miri) { (9, 70) } else { (400, 2000) };
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
