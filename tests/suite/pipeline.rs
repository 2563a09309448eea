//! The order of the pipeline's stages, every entry point, and malformed tokens.

mod options;
mod verified_by;

use jose_verify::alg::{HS256, KeyParameters, MACS};
use jose_verify::json::JsonStr;
use jose_verify::keys::VerifiedBy;
use jose_verify::{
    Check, Claim, Error, IssuerVerifier, JwsVerifier, KeySet, Keys, Member, NumericDate, Options,
    Policy, Problem, Tenant, Verified, VerifiedJws, Verifier, scratch_len,
};

use super::support::Keyring;
use super::support::hash::hmac;
use super::support::sign::{SECRET, base64url, key, token, token_with_header};
use super::support::verdict::verdict_at;

const POLICY: Policy<'static> = Policy::jwt(Check::NotChecked, Check::NotChecked);

fn verify(token: &str) -> Result<(), Error> {
    verdict_at(token, &key(), &POLICY, NumericDate::from_seconds(0))
}

#[test]
fn each_stage_rejects_before_the_next() {
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
        (
            unsigned("{}", "{}"),
            Error::Header(Member::Alg, Problem::Missing),
        ),
        (unsigned(r#"{"alg":"none"}"#, "{}"), Error::Unsecured),
        (
            unsigned(r#"{"alg":"HS256","crit":["x"]}"#, "{}"),
            Error::Header(Member::Crit, Problem::Unsupported),
        ),
        (
            unsigned(r#"{"alg":"RS256"}"#, "{}"),
            Error::AlgorithmNotAccepted,
        ),
        (unsigned(r#"{"alg":"HS256"}"#, "{}"), Error::BadSignature),
        // The payload is not parsed before the signature is verified.
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
            Error::Claim(Claim::Iss, Problem::WrongType),
        ),
        (signed.clone(), Error::Claim(Claim::Exp, Problem::Expired)),
    ] {
        assert_eq!(verify(&token), Err(want), "{token}");
    }
    assert_eq!(verify(&token("{}")), Ok(()));
}

#[test]
fn a_signed_payload_that_is_not_base64url() {
    // The helpers always encode the payload correctly, so the token is assembled by hand.
    use hmac::{Hmac, KeyInit, Mac};
    let signing_input = format!("{}.e30=", base64url(br#"{"alg":"HS256"}"#));
    let secret = b"0123456789abcdef0123456789abcdef";
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret).unwrap();
    mac.update(signing_input.as_bytes());
    let token = format!(
        "{signing_input}.{}",
        base64url(&mac.finalize().into_bytes())
    );
    assert_eq!(verify(&token), Err(Error::MalformedBase64url));
}

#[test]
fn scratch() {
    let token = token(r#"{"sub":"somebody with a longer name"}"#);
    let needed = scratch_len(token.len());
    let now = NumericDate::from_seconds(0);
    let (key, mut succeeded) = (key(), false);
    let verifier = Verifier::new(&key, &POLICY);
    for len in 0..=needed {
        let mut scratch = vec![0; len];
        match verifier.verify(token.as_bytes(), now, &mut scratch) {
            Ok(_) => succeeded = true,
            Err(error) => {
                assert_eq!(error, Error::ScratchTooSmall, "{len}");
                assert!(
                    !succeeded,
                    "a longer scratch buffer never fails after a shorter one succeeded"
                );
            }
        }
    }
    assert!(succeeded, "scratch_len is long enough");
    for token_len in 0..200 {
        for dots in 0..token_len {
            let rest = token_len - dots;
            assert!(scratch_len(dots) + scratch_len(rest) <= scratch_len(token_len));
        }
    }
}

#[test]
fn header_and_payload_can_be_read() {
    let header = br#"{"typ":"JWT","alg":"HS256","kid":"k\/1","cty":"x"}"#;
    let text = token_with_header(header, br#"{"sub":"s"}"#);
    let mut scratch = vec![0; scratch_len(text.len())];
    let now = NumericDate::from_seconds(0);
    let key = key();
    let verifier = Verifier::new(&key, &POLICY);
    let jwt = verifier.verify(text.as_bytes(), now, &mut scratch).unwrap();
    assert!(jwt.header().algorithm() == "HS256");
    assert!(jwt.header().key_id().unwrap() == "k/1");
    assert!(jwt.header().typ().unwrap() == "JWT");
    assert!(jwt.header().content_type().unwrap() == "x");
    assert!(jwt.claims().subject().unwrap() == "s");

    let mut copy = text.clone().into_bytes();
    let jwt = verifier.verify_in_place(&mut copy, now).unwrap();
    assert!(jwt.header().key_id().unwrap() == "k/1");
    assert_eq!(jwt.claims().as_raw(), r#"{"sub":"s"}"#);

    let text = token_with_header(header, b"\xff any bytes \x00");
    let verifier = JwsVerifier::new(&key);
    let jws = verifier.verify(text.as_bytes(), &mut scratch).unwrap();
    assert_eq!(jws.payload(), b"\xff any bytes \x00");
    let mut copy = text.into_bytes();
    let jws = verifier.verify_in_place(&mut copy).unwrap();
    assert_eq!(jws.payload(), b"\xff any bytes \x00");
    assert!(jws.header().key_id().unwrap() == "k/1");
}

#[test]
fn debug_omits_claims() {
    let text = token(r#"{"sub":"subject","jti":"7"}"#);
    let (key, mut scratch) = (key(), vec![0; scratch_len(text.len())]);
    let by = r#"by: VerifiedBy { position: 0, algorithm: "HS256" }, .. }"#;
    let verifier = Verifier::new(&key, &POLICY);
    let now = NumericDate::from_seconds(0);
    let jwt = verifier.verify(text.as_bytes(), now, &mut scratch).unwrap();
    assert_eq!(format!("{jwt:?}"), format!("Verified {{ {by}"));
    let jws_verifier = JwsVerifier::new(&key);
    let jws = jws_verifier.verify(text.as_bytes(), &mut scratch).unwrap();
    assert_eq!(format!("{jws:?}"), format!("VerifiedJws {{ {by}"));

    let options = format!("options: {:?}, .. }}", Options::new());
    let shown = format!("Verifier {{ policy: {POLICY:?}, checks: [], {options}");
    assert_eq!(format!("{verifier:?}"), shown);
    assert_eq!(
        format!("{jws_verifier:?}"),
        format!("JwsVerifier {{ {options}")
    );
    let issuers = IssuerVerifier::new(|_| None::<Tenant<'_, Keyring>>);
    assert_eq!(
        format!("{issuers:?}"),
        format!("IssuerVerifier {{ {options}")
    );
}

#[test]
fn peek_header_untrusted() {
    let mut scratch = [0; 256];
    let strict = Options::new();
    let header = strict
        .peek_header_untrusted(b"eyJhbGciOiJFUzI1NiJ9.?.?", &mut scratch)
        .unwrap();
    assert!(header.algorithm() == "ES256" && header.key_id().is_none());
    let unsecured = strict.peek_header_untrusted(b"eyJhbGciOiJub25lIn0.e30.", &mut scratch);
    assert_eq!(unsecured.err(), Some(Error::Unsecured));
    assert_eq!(
        strict.peek_header_untrusted(b"e30", &mut scratch).err(),
        Some(Error::MalformedToken)
    );
    let small = strict.peek_header_untrusted(b"eyJhbGciOiJFUzI1NiJ9..", &mut []);
    assert_eq!(small.err(), Some(Error::ScratchTooSmall));
}

#[test]
fn a_missing_key_is_not_a_bad_signature() {
    let jwks = concat!(
        r#"{"keys":[{"kty":"oct","kid":"a","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_"#,
        r#"T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}]}"#
    )
    .as_bytes();
    let keys = KeySet::<1>::from_jwks(jwks, MACS).unwrap();
    let mut scratch = [0; 256];
    for (kid, want, refresh) in [("a", Error::BadSignature, false), ("b", Error::NoKey, true)] {
        let header = format!(r#"{{"alg":"HS256","kid":"{kid}"}}"#);
        let token = token_with_header(header.as_bytes(), b"{}");
        let error = JwsVerifier::new(&keys)
            .verify(token.as_bytes(), &mut scratch)
            .err();
        assert_eq!(error, Some(want));
        assert_eq!(want.should_refresh_keys(), refresh);
    }
}

/// The verifier that a token is passed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Api {
    /// A JWT of one issuer: [`Verifier`].
    OneIssuer,
    /// A JWT of any of several issuers: [`IssuerVerifier`].
    SeveralIssuers,
    /// A JWS: [`JwsVerifier`].
    Jws,
}

/// Where a token is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Memory {
    Scratch,
    InPlace,
}

/// How a token's segments are encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Strict,
    Padded,
}

/// One way to call the pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct EntryPoint {
    api: Api,
    memory: Memory,
    form: Form,
}

/// All ways to call the pipeline.
const ENTRY_POINTS: [EntryPoint; 12] = [
    entry(Api::OneIssuer, Memory::Scratch, Form::Strict),
    entry(Api::OneIssuer, Memory::Scratch, Form::Padded),
    entry(Api::OneIssuer, Memory::InPlace, Form::Strict),
    entry(Api::OneIssuer, Memory::InPlace, Form::Padded),
    entry(Api::SeveralIssuers, Memory::Scratch, Form::Strict),
    entry(Api::SeveralIssuers, Memory::Scratch, Form::Padded),
    entry(Api::SeveralIssuers, Memory::InPlace, Form::Strict),
    entry(Api::SeveralIssuers, Memory::InPlace, Form::Padded),
    entry(Api::Jws, Memory::Scratch, Form::Strict),
    entry(Api::Jws, Memory::Scratch, Form::Padded),
    entry(Api::Jws, Memory::InPlace, Form::Strict),
    entry(Api::Jws, Memory::InPlace, Form::Padded),
];

const fn entry(api: Api, memory: Memory, form: Form) -> EntryPoint {
    EntryPoint { api, memory, form }
}

const ISSUER: &str = "https://a.example.com";
const OTHER_ISSUER: &str = "https://b.example.com";
const OTHER_SECRET: &[u8] = b"a secret of the other issuer, at least 32 bytes";
const TIME_OF_VERIFICATION: NumericDate = NumericDate::from_seconds(1_000);

/// What was read from an accepted token.
#[derive(Debug, PartialEq, Eq)]
struct Read {
    payload: Vec<u8>,
    by: VerifiedBy,
}

impl From<Verified<'_>> for Read {
    fn from(jwt: Verified<'_>) -> Self {
        Self {
            payload: jwt.claims().as_raw().as_bytes().to_vec(),
            by: jwt.by(),
        }
    }
}

impl From<VerifiedJws<'_>> for Read {
    fn from(jws: VerifiedJws<'_>) -> Self {
        Self {
            payload: jws.payload().to_vec(),
            by: jws.by(),
        }
    }
}

impl EntryPoint {
    /// Returns the options for this form.
    fn options(self, options: Options<'_>) -> Options<'_> {
        match self.form {
            Form::Strict => options,
            Form::Padded => options.padded(),
        }
    }

    /// Returns an HS256 token in this form.
    fn token(self, secret: &[u8], header: &str, payload: &str) -> String {
        token_in_form(self.form, header, payload, |input| {
            hmac("HS256", secret, input)
        })
    }

    /// Verifies a token with `keys` as the keys of [`ISSUER`].
    fn verify_token(
        self,
        token: &str,
        keys: &dyn Keys,
        options: Options<'_>,
    ) -> Result<Read, Error> {
        let options = self.options(options);
        let policy = Policy::jwt(Check::Required(&[ISSUER]), Check::NotChecked);
        let other = other_key();
        let (other, unchecked): (&dyn Keys, _) = (&other, POLICY);
        let tenants = [
            Tenant::new(ISSUER, &keys, unchecked),
            Tenant::new(OTHER_ISSUER, &other, unchecked),
        ];
        let find = |iss: JsonStr<'_>| {
            let position = [ISSUER, OTHER_ISSUER]
                .iter()
                .position(|known| iss == *known);
            position.map(|position| tenants[position])
        };
        let one = Verifier::new(keys, &policy).with_options(options);
        let several = IssuerVerifier::new(find).with_options(options);
        let jws = JwsVerifier::new(keys).with_options(options);

        let mut copy = token.as_bytes().to_vec();
        let mut scratch = vec![0; scratch_len(token.len())];
        let (text, scratch) = (token.as_bytes(), &mut scratch);
        match (self.api, self.memory) {
            (Api::OneIssuer, Memory::Scratch) => one
                .verify(text, TIME_OF_VERIFICATION, scratch)
                .map(Read::from),
            (Api::OneIssuer, Memory::InPlace) => one
                .verify_in_place(&mut copy, TIME_OF_VERIFICATION)
                .map(Read::from),
            (Api::SeveralIssuers, Memory::Scratch) => several
                .verify(text, TIME_OF_VERIFICATION, scratch)
                .map(|(_, jwt)| jwt.into()),
            (Api::SeveralIssuers, Memory::InPlace) => several
                .verify_in_place(&mut copy, TIME_OF_VERIFICATION)
                .map(|(_, jwt)| jwt.into()),
            (Api::Jws, Memory::Scratch) => jws.verify(text, scratch).map(Read::from),
            (Api::Jws, Memory::InPlace) => jws.verify_in_place(&mut copy).map(Read::from),
        }
    }
}

/// Returns the expected result for a payload signed with the key at this position.
fn read(payload: &str, position: usize, algorithm: &'static str) -> Read {
    Read {
        payload: payload.as_bytes().to_vec(),
        by: VerifiedBy {
            position,
            algorithm,
        },
    }
}

fn other_key() -> Keyring {
    Keyring::from_parameters(&KeyParameters::oct(OTHER_SECRET), &[&HS256]).unwrap()
}

/// Encodes a segment of a token.
fn segment(form: Form, bytes: &[u8]) -> String {
    in_form(form, &base64url(bytes))
}

/// Converts an unpadded segment to this form.
fn in_form(form: Form, segment: &str) -> String {
    let padding = match form {
        Form::Strict => 0,
        Form::Padded => segment.len().wrapping_neg() % 4,
    };
    segment.to_owned() + &"=".repeat(padding)
}

/// Returns a token in this form. The signature covers the text in this form.
fn token_in_form(
    form: Form,
    header: &str,
    payload: &str,
    sign: impl FnOnce(&[u8]) -> Vec<u8>,
) -> String {
    let [header, payload] = [header, payload].map(|part| segment(form, part.as_bytes()));
    let input = format!("{header}.{payload}");
    let signature = segment(form, &sign(input.as_bytes()));
    format!("{input}.{signature}")
}

fn claims(iss: &str, members: &str) -> String {
    format!(r#"{{"iss":"{iss}"{members}}}"#)
}

/// Returns the same token with each bit of its signature flipped in turn.
fn flipped(token: &str, form: Form) -> impl Iterator<Item = String> {
    use base64ct::{Base64UrlUnpadded, Encoding};
    let (input, signature) = token.rsplit_once('.').unwrap();
    let signature = Base64UrlUnpadded::decode_vec(signature.trim_end_matches('=')).unwrap();
    (0..8 * signature.len()).map(move |bit| {
        let mut signature = signature.clone();
        signature[bit / 8] ^= 1 << (bit % 8);
        format!("{input}.{}", segment(form, &signature))
    })
}

#[test]
fn every_entry_point_accepts_valid_tokens_and_rejects_forgeries() {
    const EXPIRED: Error = Error::Claim(Claim::Exp, Problem::Expired);
    const MISMATCH: Error = Error::Claim(Claim::Iss, Problem::Mismatch);
    // The space makes the segment end in the middle of a base64 group, so that it can be padded.
    const HEADER: &str = r#"{"alg":"HS256" }"#;
    let read = |payload: &str| read(payload, 0, "HS256");
    for (i, entry) in ENTRY_POINTS.iter().enumerate() {
        assert!(!ENTRY_POINTS[..i].contains(entry), "{entry:?}");
        let key = key();
        let verify = |token: &str| entry.verify_token(token, &key, Options::new());
        let make = |secret: &[u8], claims: &str| entry.token(secret, HEADER, claims);
        let is_jwt = entry.api != Api::Jws;

        // Payloads of every length modulo 3.
        for more in [
            "",
            r#","exp":1001"#,
            r#","x":"1""#,
            r#","x":"12""#,
            r#","x":"123""#,
        ] {
            let claims = claims(ISSUER, more);
            let good = make(SECRET, &claims);
            assert_eq!(verify(&good), Ok(read(&claims)), "{entry:?} {claims}");
        }
        let good_claims = claims(ISSUER, r#","x":1"#);
        let good = make(SECRET, &good_claims);
        assert_eq!(verify(&good), Ok(read(&good_claims)), "{entry:?}");

        // One flipped bit of the signature.
        for forged in flipped(&good, entry.form) {
            assert_eq!(
                verify(&forged),
                Err(Error::BadSignature),
                "{entry:?} {forged}"
            );
        }
        // Another secret.
        let forged = make(OTHER_SECRET, &good_claims);
        assert_eq!(verify(&forged), Err(Error::BadSignature), "{entry:?}");

        // The other form, signed in that form.
        let other_form = match entry.form {
            Form::Strict => Form::Padded,
            Form::Padded => Form::Strict,
        };
        let sign = |input: &[u8]| hmac("HS256", SECRET, input);
        let in_other_form = token_in_form(other_form, HEADER, &good_claims, sign);
        assert_eq!(
            verify(&in_other_form),
            Err(Error::MalformedBase64url),
            "{entry:?}"
        );
        // The other form in one segment only.
        let [ours, theirs] =
            [&good, &in_other_form].map(|token| token.split('.').collect::<Vec<_>>());
        for position in 0..3 {
            assert_ne!(ours[position].len() % 4, theirs[position].len() % 4);
            let mut mixed = ours.clone();
            mixed[position] = theirs[position];
            // With the option `padded`, padding is checked before anything else. With several
            // issuers, the issuer is read from the payload first. Otherwise, the payload is decoded
            // only after the signature is verified.
            let is_payload_read = entry.api == Api::SeveralIssuers || entry.form == Form::Padded;
            let want = match position {
                1 if !is_payload_read => Error::BadSignature,
                _ => Error::MalformedBase64url,
            };
            assert_eq!(verify(&mixed.join(".")), Err(want), "{entry:?} {position}");
        }
        // Converted from the other form to this one: the signature covers other text.
        let converted = theirs
            .iter()
            .map(|segment| in_form(entry.form, segment.trim_end_matches('=')));
        let converted = converted.collect::<Vec<_>>().join(".");
        assert_eq!(verify(&converted), Err(Error::BadSignature), "{entry:?}");

        // Claims that fail the policy, with a valid signature.
        let expired_claims = claims(ISSUER, r#","exp":1000"#);
        let expired = verify(&make(SECRET, &expired_claims));
        if is_jwt {
            assert_eq!(expired, Err(EXPIRED), "{entry:?}");
        } else {
            assert_eq!(expired, Ok(read(&expired_claims)), "{entry:?}");
        }

        // The other issuer's name with our signature, and our name with their signature.
        let their_claims = claims(OTHER_ISSUER, "");
        let crossed = verify(&make(SECRET, &their_claims));
        match entry.api {
            Api::OneIssuer => assert_eq!(crossed, Err(MISMATCH), "{entry:?}"),
            // It is verified with the other issuer's keys.
            Api::SeveralIssuers => assert_eq!(crossed, Err(Error::BadSignature), "{entry:?}"),
            Api::Jws => assert_eq!(crossed, Ok(read(&their_claims)), "{entry:?}"),
        }
        let our_name = verify(&make(OTHER_SECRET, &claims(ISSUER, "")));
        assert_eq!(our_name, Err(Error::BadSignature), "{entry:?}");
        let theirs_alone = verify(&make(OTHER_SECRET, &their_claims));
        match entry.api {
            Api::SeveralIssuers => assert_eq!(theirs_alone, Ok(read(&their_claims)), "{entry:?}"),
            _ => assert_eq!(theirs_alone, Err(Error::BadSignature), "{entry:?}"),
        }
        // An unknown issuer, and no issuer.
        for (claims, want) in [
            (claims("https://c.example.com", ""), MISMATCH),
            (
                r#"{"sub":"x"}"#.to_owned(),
                Error::Claim(Claim::Iss, Problem::Missing),
            ),
        ] {
            let result = verify(&make(SECRET, &claims));
            if is_jwt {
                assert_eq!(result, Err(want), "{entry:?}");
            } else {
                assert_eq!(result, Ok(read(&claims)), "{entry:?}");
            }
        }
        let unsecured = entry.token(SECRET, r#"{"alg":"none"}"#, &good_claims);
        assert_eq!(verify(&unsecured), Err(Error::Unsecured), "{entry:?}");
    }
}
