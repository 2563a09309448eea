//! The order of the pipeline, every way into it, and what it does with tokens that are not
//! well-formed.

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
use super::support::verdict::verdict_at;
use super::support::sign::{SECRET, base64url, key, token, token_with_header};

const POLICY: Policy<'static> = Policy::jwt(Check::NotChecked, Check::NotChecked);

fn verdict(token: &str) -> Result<(), Error> {
    verdict_at(token, &key(), &POLICY, NumericDate::from_seconds(0))
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
            Error::Claim(Claim::Iss, Problem::WrongType),
        ),
        (signed.clone(), Error::Claim(Claim::Exp, Problem::Expired)),
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
    let (key, mut succeeded) = (key(), false);
    let verifier = Verifier::new(&key, &POLICY);
    for len in 0..=needed {
        let mut scratch = vec![0; len];
        match verifier.verify(token.as_bytes(), now, &mut scratch) {
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
fn claims_stay_out_of_debug() {
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
fn peeking_verifies_nothing() {
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
fn a_missing_key_is_told_from_a_bad_signature() {
    let jwks = br#"{"keys":[{"kty":"oct","kid":"a","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}]}"#;
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

/// What a token is verified as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Entry {
    /// A JWT of one issuer: [`Verifier`].
    OneIssuer,
    /// A JWT of any of several issuers: [`IssuerVerifier`].
    SeveralIssuers,
    /// A JWS: [`JwsVerifier`].
    Jws,
}

/// Where it is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Memory {
    Scratch,
    InPlace,
}

/// How its segments are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Strict,
    Padded,
}

/// One of the ways into the pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cell {
    entry: Entry,
    memory: Memory,
    form: Form,
}

/// All of them.
const MATRIX: [Cell; 12] = [
    cell(Entry::OneIssuer, Memory::Scratch, Form::Strict),
    cell(Entry::OneIssuer, Memory::Scratch, Form::Padded),
    cell(Entry::OneIssuer, Memory::InPlace, Form::Strict),
    cell(Entry::OneIssuer, Memory::InPlace, Form::Padded),
    cell(Entry::SeveralIssuers, Memory::Scratch, Form::Strict),
    cell(Entry::SeveralIssuers, Memory::Scratch, Form::Padded),
    cell(Entry::SeveralIssuers, Memory::InPlace, Form::Strict),
    cell(Entry::SeveralIssuers, Memory::InPlace, Form::Padded),
    cell(Entry::Jws, Memory::Scratch, Form::Strict),
    cell(Entry::Jws, Memory::Scratch, Form::Padded),
    cell(Entry::Jws, Memory::InPlace, Form::Strict),
    cell(Entry::Jws, Memory::InPlace, Form::Padded),
];

const fn cell(entry: Entry, memory: Memory, form: Form) -> Cell {
    Cell {
        entry,
        memory,
        form,
    }
}

const ISSUER: &str = "https://a.example.com";
const OTHER_ISSUER: &str = "https://b.example.com";
const OTHER_SECRET: &[u8] = b"the secret of the other, 32 bytes";
const TIME: NumericDate = NumericDate::from_seconds(1_000);

/// What was read of a token that is good.
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

impl Cell {
    /// The options with this cell's form.
    fn options(self, options: Options<'_>) -> Options<'_> {
        match self.form {
            Form::Strict => options,
            Form::Padded => options.padded(),
        }
    }

    /// A token with HS256 in this cell's form.
    fn token(self, secret: &[u8], header: &str, payload: &str) -> String {
        token_in_form(self.form, header, payload, |input| {
            hmac("HS256", secret, input)
        })
    }

    /// What comes of a token of [`ISSUER`], whose keys these are.
    fn judge(self, token: &str, keys: &dyn Keys, options: Options<'_>) -> Result<Read, Error> {
        let options = self.options(options);
        let policy = Policy::jwt(Check::Required(&[ISSUER]), Check::NotChecked);
        let other = other_key();
        let (other, in_general): (&dyn Keys, _) = (&other, POLICY);
        let tenants = [
            Tenant::new(ISSUER, &keys, in_general),
            Tenant::new(OTHER_ISSUER, &other, in_general),
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
        match (self.entry, self.memory) {
            (Entry::OneIssuer, Memory::Scratch) => one.verify(text, TIME, scratch).map(Read::from),
            (Entry::OneIssuer, Memory::InPlace) => {
                one.verify_in_place(&mut copy, TIME).map(Read::from)
            }
            (Entry::SeveralIssuers, Memory::Scratch) => several
                .verify(text, TIME, scratch)
                .map(|(_, jwt)| jwt.into()),
            (Entry::SeveralIssuers, Memory::InPlace) => several
                .verify_in_place(&mut copy, TIME)
                .map(|(_, jwt)| jwt.into()),
            (Entry::Jws, Memory::Scratch) => jws.verify(text, scratch).map(Read::from),
            (Entry::Jws, Memory::InPlace) => jws.verify_in_place(&mut copy).map(Read::from),
        }
    }
}

/// A payload that the key at that position has signed.
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

/// A segment of a token.
fn segment(form: Form, bytes: &[u8]) -> String {
    in_form(form, &base64url(bytes))
}

/// A segment that is written without padding.
fn in_form(form: Form, segment: &str) -> String {
    let padding = match form {
        Form::Strict => 0,
        Form::Padded => segment.len().wrapping_neg() % 4,
    };
    segment.to_owned() + &"=".repeat(padding)
}

/// A token in that form, which is also the form that is signed.
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

/// The same token with each bit of its signature flipped in turn.
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

/// The one table over all ways into the pipeline: the same token is good in each, and its twins are
/// refused in each.
#[test]
fn every_entry_point_accepts_the_good_and_refuses_its_twins() {
    const EXPIRED: Error = Error::Claim(Claim::Exp, Problem::Expired);
    const MISMATCH: Error = Error::Claim(Claim::Iss, Problem::Mismatch);
    // Each segment ends in the middle of a group.
    const HEADER: &str = r#"{"alg":"HS256" }"#;
    let read = |payload: &str| read(payload, 0, "HS256");
    for (i, cell) in MATRIX.iter().enumerate() {
        assert!(!MATRIX[..i].contains(cell), "{cell:?}");
        let key = key();
        let judge = |token: &str| cell.judge(token, &key, Options::new());
        let make = |secret: &[u8], claims: &str| cell.token(secret, HEADER, claims);
        let is_jwt = cell.entry != Entry::Jws;

        // Payloads of every length modulo three.
        for more in [
            "",
            r#","exp":1001"#,
            r#","x":"1""#,
            r#","x":"12""#,
            r#","x":"123""#,
        ] {
            let claims = claims(ISSUER, more);
            let good = make(SECRET, &claims);
            assert_eq!(judge(&good), Ok(read(&claims)), "{cell:?} {claims}");
        }
        let good_claims = claims(ISSUER, r#","x":1"#);
        let good = make(SECRET, &good_claims);
        assert_eq!(judge(&good), Ok(read(&good_claims)), "{cell:?}");

        // One bit of the signature.
        for twin in flipped(&good, cell.form) {
            assert_eq!(judge(&twin), Err(Error::BadSignature), "{cell:?} {twin}");
        }
        // Another secret.
        let forged = make(OTHER_SECRET, &good_claims);
        assert_eq!(judge(&forged), Err(Error::BadSignature), "{cell:?}");

        // The other form, each signed as it is written.
        let other_form = match cell.form {
            Form::Strict => Form::Padded,
            Form::Padded => Form::Strict,
        };
        let sign = |input: &[u8]| hmac("HS256", SECRET, input);
        let written_otherwise = token_in_form(other_form, HEADER, &good_claims, sign);
        assert_eq!(
            judge(&written_otherwise),
            Err(Error::MalformedBase64url),
            "{cell:?}"
        );
        // The other form in one segment only.
        let [ours, theirs] =
            [&good, &written_otherwise].map(|token| token.split('.').collect::<Vec<_>>());
        for place in 0..3 {
            assert_ne!(ours[place].len() % 4, theirs[place].len() % 4);
            let mut mixed = ours.clone();
            mixed[place] = theirs[place];
            // Of several issuers, that of the token is read from its payload. Otherwise nobody
            // looks at a payload before the signature holds; but padding is counted first of all.
            let is_payload_read = cell.entry == Entry::SeveralIssuers || cell.form == Form::Padded;
            let want = match place {
                1 if !is_payload_read => Error::BadSignature,
                _ => Error::MalformedBase64url,
            };
            assert_eq!(judge(&mixed.join(".")), Err(want), "{cell:?} {place}");
        }
        // Brought from the other form to this one: other text was signed.
        let brought = theirs
            .iter()
            .map(|segment| in_form(cell.form, segment.trim_end_matches('=')));
        let brought = brought.collect::<Vec<_>>().join(".");
        assert_eq!(judge(&brought), Err(Error::BadSignature), "{cell:?}");

        // Claims that do not hold, under a good signature.
        let expired_claims = claims(ISSUER, r#","exp":1000"#);
        let expired = judge(&make(SECRET, &expired_claims));
        if is_jwt {
            assert_eq!(expired, Err(EXPIRED), "{cell:?}");
        } else {
            assert_eq!(expired, Ok(read(&expired_claims)), "{cell:?}");
        }

        // The other issuer's name under our signature, and our name under theirs.
        let their_claims = claims(OTHER_ISSUER, "");
        let crossed = judge(&make(SECRET, &their_claims));
        match cell.entry {
            Entry::OneIssuer => assert_eq!(crossed, Err(MISMATCH), "{cell:?}"),
            // It is verified with the other issuer's keys.
            Entry::SeveralIssuers => assert_eq!(crossed, Err(Error::BadSignature), "{cell:?}"),
            Entry::Jws => assert_eq!(crossed, Ok(read(&their_claims)), "{cell:?}"),
        }
        let our_name = judge(&make(OTHER_SECRET, &claims(ISSUER, "")));
        assert_eq!(our_name, Err(Error::BadSignature), "{cell:?}");
        let theirs_alone = judge(&make(OTHER_SECRET, &their_claims));
        match cell.entry {
            Entry::SeveralIssuers => assert_eq!(theirs_alone, Ok(read(&their_claims)), "{cell:?}"),
            _ => assert_eq!(theirs_alone, Err(Error::BadSignature), "{cell:?}"),
        }
        // Nobody's name, and none.
        for (claims, want) in [
            (claims("https://c.example.com", ""), MISMATCH),
            (
                r#"{"sub":"x"}"#.to_owned(),
                Error::Claim(Claim::Iss, Problem::Missing),
            ),
        ] {
            let answer = judge(&make(SECRET, &claims));
            if is_jwt {
                assert_eq!(answer, Err(want), "{cell:?}");
            } else {
                assert_eq!(answer, Ok(read(&claims)), "{cell:?}");
            }
        }
        let unsecured = cell.token(SECRET, r#"{"alg":"none"}"#, &good_claims);
        assert_eq!(judge(&unsecured), Err(Error::Unsecured), "{cell:?}");
    }
}
