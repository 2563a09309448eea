//! The number of dots and the length decide whether a text is a token.

use jose_verify::limits::MAX_TOKEN_LEN;
use jose_verify::{Error, Limit, Options};

use crate::any_signature::{AnySignature, Signed};
use crate::{pipeline, token};

const TOO_LONG: Error = Error::Limit(Limit::TokenLen);

/// Verifies `token`. If it begins with `~`, the rest after its second byte is first filled to a
/// length near the limit: [`MAX_TOKEN_LEN`] plus the second byte minus 128.
pub fn check(token: &[u8]) {
    let Some(([b'~', distance], rest)) = token.split_first_chunk() else {
        return check_token(token);
    };
    let mut long = rest.to_vec();
    long.resize(MAX_TOKEN_LEN + usize::from(*distance) - 128, b'A');
    check_token(&long);
}

fn check_token(token: &[u8]) {
    let key = AnySignature::default();
    let result = pipeline::jws(token, &key, Options::new());
    let segments: Vec<&[u8]> = token.split(|b| *b == b'.').collect();
    let expected = match (token.len(), segments.len()) {
        (len, _) if len > MAX_TOKEN_LEN => Err(TOO_LONG),
        (_, 3) => Ok(()),
        (_, 5) => Err(Error::Encrypted),
        _ => Err(Error::MalformedToken),
    };
    let form_errors = [TOO_LONG, Error::Encrypted, Error::MalformedToken];
    match (result, expected) {
        (Ok(jws), Ok(())) => {
            assert_eq!(Some(jws.payload), token::decode(segments[1]));
            let signed = Signed {
                signing_input: segments[..2].join(&b'.'),
                signature: token::decode(segments[2]).expect("base64url"),
            };
            assert_eq!(key.last(), signed);
        }
        (Err(error), Ok(())) => assert!(!form_errors.contains(&error), "{error:?}"),
        (result, Err(error)) => assert_eq!(result, Err(error)),
    }
}
