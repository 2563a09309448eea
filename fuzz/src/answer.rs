//! Answers of the pipeline, of both its forms, which must agree.

use std::fmt::Debug;

use jose_verify::{
    Clock, Error, Header, Keys, Policy, Verified, VerifiedJws, scratch_len, verify,
    verify_in_place, verify_jws, verify_jws_in_place,
};

/// What was accepted, copied out of the buffer that it borrowed from.
#[derive(Debug, PartialEq, Eq)]
pub struct Accepted {
    /// `alg`, `kid`, `typ`, `cty`.
    pub header: [Option<String>; 4],
    /// The payload.
    pub payload: Vec<u8>,
}

impl Accepted {
    fn new(header: &Header<'_>, payload: &[u8]) -> Self {
        let parameters = [
            Some(header.algorithm()),
            header.key_id(),
            header.typ(),
            header.content_type(),
        ];
        Self {
            header: parameters.map(|p| p.map(|p| p.chars().collect())),
            payload: payload.to_vec(),
        }
    }

    fn jwt(jwt: Verified<'_>) -> Self {
        Self::new(jwt.header(), jwt.claims().as_raw().as_bytes())
    }

    fn jws(jws: VerifiedJws<'_>) -> Self {
        Self::new(jws.header(), jws.payload())
    }
}

/// The answer of [`verify`] and [`verify_in_place`].
pub fn jwt(
    token: &[u8],
    keys: &impl Keys,
    policy: &Policy<'_>,
    now: Clock,
) -> Result<Accepted, Error> {
    let mut scratch = vec![0; scratch_len(token.len())];
    let answer = verify(token, keys, policy, now, &mut scratch).map(Accepted::jwt);
    let in_place = verify_in_place(&mut token.to_vec(), keys, policy, now).map(Accepted::jwt);
    assert_eq!(answer, in_place, "verify and verify_in_place");
    answer
}

/// The answer of [`verify_jws`] and [`verify_jws_in_place`].
pub fn jws(token: &[u8], keys: &impl Keys) -> Result<Accepted, Error> {
    let mut scratch = vec![0; scratch_len(token.len())];
    let answer = verify_jws(token, keys, &mut scratch).map(Accepted::jws);
    let in_place = verify_jws_in_place(&mut token.to_vec(), keys).map(Accepted::jws);
    assert_eq!(answer, in_place, "verify_jws and verify_jws_in_place");
    answer
}

/// An answer is right if it is a refusal for one of these reasons, or an acceptance where there is none.
pub fn assert_follows<T: Debug>(answer: &Result<T, Error>, reasons: &[Error]) {
    match answer {
        Ok(_) => assert!(reasons.is_empty(), "{answer:?} in spite of {reasons:?}"),
        Err(error) => assert!(reasons.contains(error), "{error:?}, not of {reasons:?}"),
    }
}
