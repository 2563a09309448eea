//! `verify_in_place` gives the answer of `verify`, whatever the token and whoever verifies.

use jose_verify::{Check, Clock, oidc, peek_header_untrusted, scratch_len};

use crate::any_signature::AnySignature;
use crate::vectors::CASES;
use crate::{answer, token};

/// `token` as it is; or, if it has several lines, made of header, payload and signature, a line each.
pub fn check(token: &[u8]) {
    let mut lines = token.splitn(3, |b| *b == b'\n');
    match (lines.next(), lines.next(), lines.next()) {
        (Some(header), Some(payload), signature) => {
            check_token(&token::join(header, payload, signature.unwrap_or_default()));
        }
        _ => check_token(token),
    }
}

/// The assertions are in [`answer`].
fn check_token(token: &[u8]) {
    let nothing = oidc::jwt(Check::NotChecked, Check::NotChecked);
    let jws = answer::jws(token, &AnySignature::default());
    let jwt = answer::jwt(token, &AnySignature::default(), &nothing, Clock::Absent);
    assert!(jws.is_ok() || jwt.is_err());

    let mut scratch = vec![0; scratch_len(token.len())];
    let Ok(header) = peek_header_untrusted(token, &mut scratch) else {
        return;
    };
    for case in CASES
        .iter()
        .filter(|case| header.algorithm() == case.algorithm)
        .take(3)
    {
        let _ = case.answer(token);
    }
}
