//! A changed token is rejected, unless the change makes it another token of the vectors.

use std::slice;

use arbitrary::Arbitrary;
use jose_verify::{Error, JwsVerifier, Options, scratch_len};

use crate::edit::Edit;
use crate::token;
use crate::vectors::{CASES, Case, TOKENS};

/// A token of the vectors, changes to it, and a scratch buffer of some size.
#[derive(Debug, Arbitrary)]
pub struct Input<'a> {
    case: u16,
    changes: Vec<Change<'a>>,
    scratch_len: u16,
}

#[derive(Debug, Arbitrary)]
enum Change<'a> {
    /// Edits the text itself.
    Text(Edit<'a>),
    /// Edits the decoded bytes of a segment.
    Decoded(u8, Vec<Edit<'a>>),
    /// Replaces a segment with that of another token.
    Foreign(u8, u16),
    /// Replaces `alg` with that of another token.
    Algorithm(u16),
    /// Swaps two segments.
    Swap(u8, u8),
}

/// Verifies the changed token with the keys and policy of its case, and with those of the next
/// case.
pub fn check(input: &Input<'_>) {
    let case = pick(input.case);
    let mut token = case.token.clone().into_bytes();
    for change in &input.changes {
        change.apply(case, &mut token);
    }
    let is_signed = str::from_utf8(&token).is_ok_and(|token| TOKENS.contains(token));

    let result = case.verify(&token, Options::new());
    let is_original = token == case.token.as_bytes();
    assert!(result.is_ok() || !is_original, "{}: {result:?}", case.name);
    assert!(
        result.is_err() || is_signed,
        "{}: {}",
        case.name,
        token.escape_ascii()
    );
    assert_ne!(result, Err(Error::ScratchTooSmall));

    let neighbour = pick(input.case.wrapping_add(1));
    let result = neighbour.verify(&token, Options::new());
    assert!(
        result.is_err() || is_signed,
        "{}: {}",
        neighbour.name,
        token.escape_ascii()
    );

    check_scratch(case, &token, input.scratch_len.into());
}

/// Asserts that a scratch buffer of any size gives the same result or is too small, and that one of
/// the documented size is never too small.
fn check_scratch(case: &Case, token: &[u8], len: usize) {
    let mut enough = vec![0; scratch_len(token.len())];
    let mut some = vec![0; len.min(enough.len())];
    let verifier = JwsVerifier::new(&case.keys);
    let want = verifier.verify(token, &mut enough).map(|jws| jws.payload());
    let got = verifier.verify(token, &mut some).map(|jws| jws.payload());
    assert!(got == want || got == Err(Error::ScratchTooSmall), "{got:?}");
    assert_ne!(want, Err(Error::ScratchTooSmall));

    let peek = |scratch| {
        let header = Options::new().peek_header_untrusted(token, scratch);
        header.map(|header| header.algorithm().to_string())
    };
    let (want, got) = (peek(&mut enough), peek(&mut some));
    assert!(got == want || got == Err(Error::ScratchTooSmall), "{got:?}");
}

fn pick(index: u16) -> &'static Case {
    &CASES[usize::from(index) % CASES.len()]
}

impl Change<'_> {
    fn apply(&self, case: &Case, token: &mut Vec<u8>) {
        if let Self::Text(edit) = self {
            return Edit::apply_all(slice::from_ref(edit), token);
        }
        let mut segments: Vec<_> = token.split(|b| *b == b'.').map(<[u8]>::to_vec).collect();
        let count = segments.len();
        let position = |which: u8| usize::from(which) % count;
        match self {
            Self::Text(_) => {}
            Self::Decoded(which, edits) => {
                edit_decoded(&mut segments[position(*which)], |bytes| {
                    Edit::apply_all(edits, bytes)
                });
            }
            Self::Foreign(which, other) => {
                if let Some(foreign) = pick(*other).token.split('.').nth(position(*which)) {
                    segments[position(*which)] = foreign.into();
                }
            }
            Self::Algorithm(other) => edit_decoded(&mut segments[0], |header| {
                let text = String::from_utf8_lossy(header);
                *header = text.replace(case.algorithm, pick(*other).algorithm).into();
            }),
            Self::Swap(one, other) => segments.swap(position(*one), position(*other)),
        }
        *token = segments.join(&b'.');
    }
}

fn edit_decoded(segment: &mut Vec<u8>, edit: impl FnOnce(&mut Vec<u8>)) {
    if let Some(mut bytes) = token::decode(segment) {
        edit(&mut bytes);
        *segment = token::encode(&bytes).into();
    }
}
