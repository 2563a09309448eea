//! A token that was changed in any way is refused, unless it became another one that was signed
//! with the same keys.

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
    /// Of the text itself.
    Text(Edit<'a>),
    /// Of what a segment decodes to.
    Decoded(u8, Vec<Edit<'a>>),
    /// A segment of another token in place of ours.
    Foreign(u8, u16),
    /// Another token's `alg` in place of ours.
    Algorithm(u16),
    /// Two segments change places.
    Swap(u8, u8),
}

/// The changed token under the case's own keys and policy, and under the keys of its neighbour.
pub fn check(input: &Input<'_>) {
    let case = pick(input.case);
    let mut token = case.token.clone().into_bytes();
    for change in &input.changes {
        change.apply(case, &mut token);
    }
    let is_signed = str::from_utf8(&token).is_ok_and(|token| TOKENS.contains(token));

    let answer = case.answer(&token, Options::new());
    let is_original = token == case.token.as_bytes();
    assert!(answer.is_ok() || !is_original, "{}: {answer:?}", case.name);
    assert!(
        answer.is_err() || is_signed,
        "{}: {}",
        case.name,
        token.escape_ascii()
    );
    assert_ne!(answer, Err(Error::ScratchTooSmall));

    let neighbour = pick(input.case.wrapping_add(1));
    let answer = neighbour.answer(&token, Options::new());
    assert!(
        answer.is_err() || is_signed,
        "{}: {}",
        neighbour.name,
        token.escape_ascii()
    );

    check_scratch(case, &token, input.scratch_len.into());
}

/// A scratch buffer of any size gives the same answer or is too small, and that of the documented
/// size never is.
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
        let place = |which: u8| usize::from(which) % count;
        match self {
            Self::Text(_) => {}
            Self::Decoded(which, edits) => {
                edit_decoded(&mut segments[place(*which)], |bytes| {
                    Edit::apply_all(edits, bytes)
                });
            }
            Self::Foreign(which, other) => {
                if let Some(foreign) = pick(*other).token.split('.').nth(place(*which)) {
                    segments[place(*which)] = foreign.into();
                }
            }
            Self::Algorithm(other) => edit_decoded(&mut segments[0], |header| {
                let text = String::from_utf8_lossy(header);
                *header = text.replace(case.algorithm, pick(*other).algorithm).into();
            }),
            Self::Swap(one, other) => segments.swap(place(*one), place(*other)),
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
