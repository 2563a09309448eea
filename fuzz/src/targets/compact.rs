//! A token is what its dots and its length make it.

use jose_verify::limits::MAX_TOKEN_LEN;
use jose_verify::{Error, Limit, Options};

use crate::any_signature::{AnySignature, Signed};
use crate::{answer, token};

const TOO_LONG: Error = Error::Limit(Limit::TokenLen);

/// `token`; after a `~`, its second byte less 128 is the distance to the longest token, up to which
/// it is filled.
pub fn check(token: &[u8]) {
    let Some(([b'~', distance], rest)) = token.split_first_chunk() else {
        return check_as_it_is(token);
    };
    let mut long = rest.to_vec();
    long.resize(MAX_TOKEN_LEN + usize::from(*distance) - 128, b'A');
    check_as_it_is(&long);
}

fn check_as_it_is(token: &[u8]) {
    let key = AnySignature::default();
    let answer = answer::jws(token, &key, Options::new());
    let segments: Vec<&[u8]> = token.split(|b| *b == b'.').collect();
    let verdict = match (token.len(), segments.len()) {
        (len, _) if len > MAX_TOKEN_LEN => Err(TOO_LONG),
        (_, 3) => Ok(()),
        (_, 5) => Err(Error::Encrypted),
        _ => Err(Error::MalformedToken),
    };
    let by_form = [TOO_LONG, Error::Encrypted, Error::MalformedToken];
    match (answer, verdict) {
        (Ok(jws), Ok(())) => {
            assert_eq!(Some(jws.payload), token::decode(segments[1]));
            let signed = Signed {
                signing_input: segments[..2].join(&b'.'),
                signature: token::decode(segments[2]).expect("base64url"),
            };
            assert_eq!(key.last(), signed);
        }
        (Err(error), Ok(())) => assert!(!by_form.contains(&error), "{error:?}"),
        (answer, Err(error)) => assert_eq!(answer, Err(error)),
    }
}
