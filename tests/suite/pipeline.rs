//! The order of the pipeline, and what it does with tokens that are not well-formed.

use jose_verify::{
    Check, Error, KeySet, MACS, NumericDate, Policy, oidc, peek_header_untrusted, scratch_len,
    verify, verify_in_place, verify_jws, verify_jws_in_place,
};

use super::support::sign::{base64url, key, token, token_with_header};

const POLICY: Policy<'static> = oidc::jwt(Check::NotChecked, Check::NotChecked);

fn verdict(token: &str) -> Result<(), Error> {
    let mut scratch = vec![0; scratch_len(token.len())];
    let now = NumericDate::from_seconds(0);
    let result = verify(token.as_bytes(), &key(), &POLICY, now, &mut scratch).map(|_| ());
    let mut copy = token.as_bytes().to_vec();
    let in_place = verify_in_place(&mut copy, &key(), &POLICY, now).map(|_| ());
    assert_eq!(result, in_place, "{token}");
    result
}

#[test]
fn each_stage_refuses_before_the_next() {
    let unsigned = |header: &str, payload: &str| {
        let (header, payload) = (base64url(header.as_bytes()), base64url(payload.as_bytes()));
        format!("{header}.{payload}.c2ln")
    };
    let signed = token_with_header(br#"{"alg":"HS256"}"#, br#"{"exp":0}"#);
    let (signing_input, _) = signed.rsplit_once('.').unwrap();
    for (token, want) in [
        (String::from("a.b"), Error::MalformedToken),
        (String::from("a.b.c.d.e"), Error::Encrypted),
        (String::from("e30=.e30.c2ln"), Error::MalformedBase64url),
        (unsigned("{", "{}"), Error::MalformedJson),
        (unsigned("{}", "{}"), Error::MalformedHeader),
        (unsigned(r#"{"alg":"none"}"#, "{}"), Error::Unsecured),
        (
            unsigned(r#"{"alg":"HS256","crit":["x"]}"#, "{}"),
            Error::UnsupportedCritical,
        ),
        (
            unsigned(r#"{"alg":"RS256"}"#, "{}"),
            Error::AlgorithmNotAccepted,
        ),
        (unsigned(r#"{"alg":"HS256"}"#, "{}"), Error::BadSignature),
        // The payload is not looked at before the signature holds.
        (
            unsigned(r#"{"alg":"HS256"}"#, "not JSON"),
            Error::BadSignature,
        ),
        (format!("{signing_input}.!"), Error::MalformedBase64url),
        (
            token_with_header(br#"{"alg":"HS256"}"#, b"[]"),
            Error::MalformedClaims,
        ),
        (
            token_with_header(br#"{"alg":"HS256"}"#, b""),
            Error::MalformedClaims,
        ),
        (
            token_with_header(br#"{"alg":"HS256"}"#, b"{"),
            Error::MalformedJson,
        ),
        (
            token_with_header(br#"{"alg":"HS256"}"#, br#"{"iss":5}"#),
            Error::WrongClaimType,
        ),
        (signed.clone(), Error::Expired),
    ] {
        assert_eq!(verdict(&token), Err(want), "{token}");
    }
    assert_eq!(verdict(&token("{}")), Ok(()));
}

#[test]
fn a_payload_that_is_not_base64url_is_refused_though_signed() {
    // Whoever signs may put anything between the dots; make such a token from its parts.
    use hmac::{Hmac, KeyInit, Mac};
    let signing_input = format!("{}.e30=", base64url(br#"{"alg":"HS256"}"#));
    let secret = b"0123456789abcdef0123456789abcdef";
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret).unwrap();
    mac.update(signing_input.as_bytes());
    let token = format!(
        "{signing_input}.{}",
        base64url(&mac.finalize().into_bytes())
    );
    assert_eq!(verdict(&token), Err(Error::MalformedBase64url));
}

#[test]
fn scratch() {
    let token = token(r#"{"sub":"somebody with a longer name"}"#);
    let needed = scratch_len(token.len());
    let now = NumericDate::from_seconds(0);
    let mut succeeded = false;
    for len in 0..=needed {
        let mut scratch = vec![0; len];
        match verify(token.as_bytes(), &key(), &POLICY, now, &mut scratch) {
            Ok(_) => succeeded = true,
            Err(error) => {
                assert_eq!(error, Error::ScratchTooSmall, "{len}");
                assert!(!succeeded, "more scratch can only help");
            }
        }
    }
    assert!(succeeded, "scratch_len suffices");
    for token_len in 0..200 {
        for dots in 0..token_len {
            let rest = token_len - dots;
            assert!(scratch_len(dots) + scratch_len(rest) <= scratch_len(token_len));
        }
    }
}

#[test]
fn what_is_verified_can_be_read() {
    let header = br#"{"typ":"JWT","alg":"HS256","kid":"k\/1","cty":"x"}"#;
    let text = token_with_header(header, br#"{"sub":"s"}"#);
    let mut scratch = vec![0; scratch_len(text.len())];
    let now = NumericDate::from_seconds(0);
    let jwt = verify(text.as_bytes(), &key(), &POLICY, now, &mut scratch).unwrap();
    assert!(jwt.header().algorithm() == "HS256");
    assert!(jwt.header().key_id().unwrap() == "k/1");
    assert!(jwt.header().typ().unwrap() == "JWT");
    assert!(jwt.header().content_type().unwrap() == "x");
    assert!(jwt.claims().subject().unwrap() == "s");

    let mut copy = text.clone().into_bytes();
    let jwt = verify_in_place(&mut copy, &key(), &POLICY, now).unwrap();
    assert!(jwt.header().key_id().unwrap() == "k/1");
    assert_eq!(jwt.claims().as_raw(), r#"{"sub":"s"}"#);

    let text = token_with_header(header, b"\xff any bytes \x00");
    let jws = verify_jws(text.as_bytes(), &key(), &mut scratch).unwrap();
    assert_eq!(jws.payload(), b"\xff any bytes \x00");
    let mut copy = text.into_bytes();
    let jws = verify_jws_in_place(&mut copy, &key()).unwrap();
    assert_eq!(jws.payload(), b"\xff any bytes \x00");
    assert!(jws.header().key_id().unwrap() == "k/1");
}

#[test]
fn peeking_verifies_nothing() {
    let mut scratch = [0; 256];
    let header = peek_header_untrusted(b"eyJhbGciOiJFUzI1NiJ9.?.?", &mut scratch).unwrap();
    assert!(header.algorithm() == "ES256" && header.key_id().is_none());
    let unsecured = peek_header_untrusted(b"eyJhbGciOiJub25lIn0.e30.", &mut scratch);
    assert_eq!(unsecured.err(), Some(Error::Unsecured));
    assert_eq!(
        peek_header_untrusted(b"e30", &mut scratch).err(),
        Some(Error::MalformedToken)
    );
    let small = peek_header_untrusted(b"eyJhbGciOiJFUzI1NiJ9..", &mut []);
    assert_eq!(small.err(), Some(Error::ScratchTooSmall));
}

#[test]
fn a_missing_key_is_told_from_a_bad_signature() {
    let jwks = br#"{"keys":[{"kty":"oct","kid":"a","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}]}"#;
    let keys = KeySet::<1>::from_jwks(jwks, MACS).unwrap();
    let mut scratch = [0; 256];
    for (kid, want, refresh) in [("a", Error::BadSignature, false), ("b", Error::NoKey, true)] {
        let header = format!(r#"{{"alg":"HS256","kid":"{kid}"}}"#);
        let token = token_with_header(header.as_bytes(), b"{}");
        let error = verify_jws(token.as_bytes(), &keys, &mut scratch).err();
        assert_eq!(error, Some(want));
        assert_eq!(want.refresh_keys(), refresh);
    }
}
