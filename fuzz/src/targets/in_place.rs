//! `verify_in_place` gives the answer of `verify`, whatever the token, with padding and without,
//! and whoever verifies: one issuer or several.

use jose_verify::{Check, Clock, Options, Policy, Tenant, scratch_len};

use crate::answer::{self, Accepted};
use crate::any_signature::AnySignature;
use crate::token;
use crate::vectors::CASES;

/// The first is that of the vectors, and the last ones are easy to hit.
const ISSUERS: [&str; 4] = ["https://issuer.example.com", "a", "é/\n", ""];
const STRICT: Options<'_> = Options::new();
const PADDED: Options<'_> = Options::new().padded();

/// `token` as it is; or, if it has several lines, made of header, payload and signature, a line
/// each. With and without padding.
pub fn check(token: &[u8]) {
    let mut lines = token.splitn(3, |b| *b == b'\n');
    let token = match (lines.next(), lines.next(), lines.next()) {
        (Some(header), Some(payload), signature) => {
            token::join(header, payload, signature.unwrap_or_default())
        }
        _ => token.to_vec(),
    };
    let unpadded = check_token(&token, STRICT);
    check_token(&token, PADDED);
    if !token.contains(&b'=') {
        let padded = check_token(&token::padded(&token), PADDED);
        assert_eq!(unpadded, padded, "without padding and with it");
    }
}

/// Most assertions are in [`answer`]. What is accepted by a key that accepts every signature: as a
/// JWS, as a JWT, and as one of several issuers.
fn check_token(token: &[u8], options: Options<'_>) -> [(Option<String>, Option<Accepted>); 3] {
    let key = AnySignature::default();
    let nothing = Policy::jwt(Check::NotChecked, Check::NotChecked);
    let jws = answer::jws(token, &key, options);
    let jwt = answer::jwt(token, &key, &nothing, Clock::Absent, options);
    assert!(jws.is_ok() || jwt.is_err());
    let tenants = ISSUERS.map(|issuer| Tenant::new(issuer, &key, nothing));
    let several = answer::of_issuers(token, &tenants, Clock::Absent, options);
    assert!(jwt.is_ok() || several.is_err());

    let mut scratch = vec![0; scratch_len(token.len())];
    if let Ok(header) = options.peek_header_untrusted(token, &mut scratch) {
        let same_algorithm = CASES
            .iter()
            .filter(|case| header.algorithm() == case.algorithm);
        for (number, case) in same_algorithm.take(3).enumerate() {
            let _ = case.answer(token, options);
            // One of them, and two issuers: each asks for more signatures to be verified.
            if number == 0 {
                let _ = case.answer_of_issuers(token, &ISSUERS[..2], options);
            }
        }
    }
    let (issuer, of_issuer) = several.ok().unzip();
    [(None, jws.ok()), (None, jwt.ok()), (issuer, of_issuer)]
}
