//! `verify_in_place` gives the result of `verify` for every token, with and without padding, for
//! one issuer and for several.

use jose_verify::{Check, Clock, Options, Policy, Tenant, scratch_len};

use crate::any_signature::AnySignature;
use crate::pipeline::{self, Accepted};
use crate::token;
use crate::vectors::CASES;

/// The first is the issuer of the vectors. The others are short, so that mutations find them.
const ISSUERS: [&str; 4] = ["https://issuer.example.com", "a", "é/\n", ""];
const STRICT: Options<'_> = Options::new();
const PADDED: Options<'_> = Options::new().padded();

/// Verifies `token`, with and without padding. If it has several lines, they are the decoded
/// header, payload and signature.
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
        assert_eq!(unpadded, padded, "results with and without padding agree");
    }
}

/// Verifies `token` as a JWS, as a JWT, and as a JWT of one of [`ISSUERS`], with a key that accepts
/// every signature. Returns what these three accepted, the last one with its issuer. Also verifies
/// it with the keys of three vectors for its `alg`. Most assertions are in [`pipeline`].
fn check_token(token: &[u8], options: Options<'_>) -> [(Option<String>, Option<Accepted>); 3] {
    let key = AnySignature::default();
    let unchecked = Policy::jwt(Check::NotChecked, Check::NotChecked);
    let jws = pipeline::jws(token, &key, options);
    let jwt = pipeline::jwt(token, &key, &unchecked, Clock::Absent, options);
    assert!(jws.is_ok() || jwt.is_err());
    let tenants = ISSUERS.map(|issuer| Tenant::new(issuer, &key, unchecked));
    let several = pipeline::of_issuers(token, &tenants, Clock::Absent, options);
    assert!(jwt.is_ok() || several.is_err());

    let mut scratch = vec![0; scratch_len(token.len())];
    if let Ok(header) = options.peek_header_untrusted(token, &mut scratch) {
        let same_algorithm = CASES
            .iter()
            .filter(|case| header.algorithm() == case.algorithm);
        for (number, case) in same_algorithm.take(3).enumerate() {
            let _ = case.verify(token, options);
            // Only one case and two issuers: every issuer costs more signature verifications.
            if number == 0 {
                let _ = case.verify_with_issuers(token, &ISSUERS[..2], options);
            }
        }
    }
    let (issuer, of_issuer) = several.ok().unzip();
    [(None, jws.ok()), (None, jwt.ok()), (issuer, of_issuer)]
}
