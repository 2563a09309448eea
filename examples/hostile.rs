//! Runs the library on a hostile input of a given shape and size. `cargo xtask bounded-work` counts
//! the instructions.
//!
//!     hostile --list
//!     hostile SHAPE BYTES

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::string_slice,
    reason = "a tool for tests, which fails by panicking"
)]

use core::time::Duration;
use std::env;
use std::hint::black_box;

use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use jose_verify::alg::{HS256, Hs256, KeyParameters, MACS, MAX_DIGEST_LEN, SHA256, SIGNATURES};
use jose_verify::keys::{Lent, LentKeySet, Slot, WORDS_PER_KEY, jwk_thumbprint};
use jose_verify::limits::{MAX_KEYS_ON_HEAP, MAX_KID_LEN};
use jose_verify::oauth::{ProviderMetadata, Scopes, TokenResponse};
use jose_verify::{
    Audience, Check, Clock, Issuer, IssuerVerifier, Key, KeySet, Options, Policy, Tenant,
    TokenMistake, Verifier, scratch_len,
};
use sha2::Sha256;

const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";
const ISSUER: &str = "https://issuer.example.com";

/// The input of the library.
enum Input {
    Token(String),
    Jwks(String),
    /// A map from `kid` to PEM.
    Map(String),
    /// Entries of a map, after one key fewer than a set on the heap can hold.
    LargeMap(String),
    /// A key, a provider's metadata or a token response. It is parsed as each of them.
    Document(String),
    /// A shared secret.
    Secret(String),
    /// A text that is passed instead of a token.
    Mistake(String),
}

impl Input {
    fn text(&self) -> &str {
        match self {
            Self::Token(text)
            | Self::Jwks(text)
            | Self::Map(text)
            | Self::LargeMap(text)
            | Self::Document(text)
            | Self::Secret(text)
            | Self::Mistake(text) => text,
        }
    }
}

/// Makes an input of about this many bytes. Headers and claims are measured before encoding.
type Shape = fn(usize) -> Input;

const SHAPES: &[(&str, Shape)] = &[
    // Tokens that anyone can send.
    ("token: dots", |size| Input::Token(".".repeat(size))),
    ("token: one segment", |size| Input::Token("A".repeat(size))),
    ("header: long string", |size| header("x", &text("a", size))),
    ("header: long kid", |size| header("kid", &text("k", size))),
    ("header: kid of escapes", |size| {
        header("kid", &text("\\u006b", size))
    }),
    ("header: string of escapes", |size| {
        header("x", &text("\\n", size))
    }),
    ("header: string of backslashes", |size| {
        header("x", &text("\\\\", size))
    }),
    ("header: string of surrogate pairs", |size| {
        header("x", &text("\\ud83d\\ude00", size))
    }),
    ("header: unterminated string", |size| {
        header("x", &format!("\"{}", "\\\"".repeat(size / 2)))
    }),
    ("header: long number", |size| {
        header("x", &"1".repeat(size + 1))
    }),
    ("header: long array", |size| header("x", &array("0", size))),
    ("header: white space", |size| {
        header("x", &format!("{}0", " ".repeat(size)))
    }),
    ("header: unterminated nesting", |size| {
        header("x", &"[".repeat(size))
    }),
    ("header: nesting at the limit, repeated", |size| {
        header(
            "x",
            &array(&format!("{}{}", "[".repeat(31), "]".repeat(31)), size),
        )
    }),
    ("header: objects, repeated", |size| {
        header("x", &array(r#"{"a":{"b":[{}]}}"#, size))
    }),
    ("header: many members", |size| {
        unsigned(&members(size, |i| format!("n{i}")))
    }),
    ("header: names with a common prefix", |size| {
        unsigned(&members(size, |i| format!("{}{i:04}", "n".repeat(1000))))
    }),
    ("header: escaped names with a common prefix", |size| {
        unsigned(&members(size, |i| {
            format!("\\u006e{}{i:04}", "n".repeat(1000))
        }))
    }),
    ("header: few long names with a common prefix", |size| {
        let len = size / 120;
        unsigned(&members(size, |i| {
            format!("\\u006e{}{i:04}", "n".repeat(len))
        }))
    }),
    ("header: eight-kilobyte names", |size| {
        unsigned(&members(size, |i| {
            format!("\\u006e{}{i:04}", "n".repeat(8_000))
        }))
    }),
    ("payload: not examined", |size| {
        Input::Token(format!("eyJhbGciOiJIUzI1NiJ9.{}.c2ln", "A".repeat(size)))
    }),
    ("signature: long", |size| {
        Input::Token(format!("eyJhbGciOiJIUzI1NiJ9.e30.{}", "A".repeat(size)))
    }),
    // Tokens from someone who can sign.
    ("claims: long string", |size| claims("x", &text("a", size))),
    ("claims: iss of escapes", |size| {
        claims("iss", &text("\\u0061", size))
    }),
    ("claims: long aud", |size| {
        claims("aud", &array("\"a\"", size))
    }),
    ("claims: aud of one long string", |size| {
        claims("aud", &array(&text("a", size), 0))
    }),
    ("claims: aud of nested arrays", |size| {
        claims("aud", &array("[[]]", size))
    }),
    ("claims: long amr", |size| {
        claims("amr", &array("\"\\u0061\"", size))
    }),
    ("claims: long exp", |size| {
        claims("exp", &format!("1{}", "0".repeat(size)))
    }),
    ("claims: exp with many zeros", |size| {
        claims("exp", &format!("0.{}1", "0".repeat(size)))
    }),
    ("claims: exp with a long exponent", |size| {
        claims("exp", &format!("1e-{}", "9".repeat(size)))
    }),
    ("claims: long objects", |size| {
        claims("x", &array(r#"{"a":1,"a":1}"#, size))
    }),
    ("claims: unterminated nesting", |size| {
        claims("x", &"{\"a\":".repeat(size / 5))
    }),
    ("claims: many scopes", |size| {
        claims("scope", &text("a ", size))
    }),
    ("claims: scopes of escapes", |size| {
        claims("scope", &text("\\u0061\\u0020", size))
    }),
    ("claims: scopes beyond ASCII", |size| {
        claims("scope", &text("é ", size))
    }),
    ("claims: list of scopes", |size| {
        claims("scope", &array("\"a\"", size))
    }),
    ("claims: many members", |size| {
        signed(&members(size, |i| format!("n{i}")))
    }),
    // JWK Sets from a hostile provider.
    ("keys: tiny entries", |size| jwks("{}", size)),
    ("keys: numbers", |size| jwks("0", size)),
    ("keys: unknown types", |size| jwks(r#"{"kty":"x"}"#, size)),
    ("keys: encryption keys", |size| {
        jwks(&rsa(256, r#","use":"enc""#), size)
    }),
    ("keys: RSA, even modulus", |size| {
        jwks(&rsa(256, "").replace("_w\"", "_g\""), size)
    }),
    ("keys: RSA, weak", |size| jwks(&rsa(128, ""), size)),
    ("keys: RSA, too large", |size| jwks(&rsa(2048, ""), size)),
    ("keys: RSA, not base64url", |size| {
        jwks(&rsa(256, "").replace("_w\"", "+w\""), size)
    }),
    ("keys: RSA, 2048 bits", |size| jwks(&rsa(256, ""), size)),
    ("keys: RSA, 4096 bits, kid too long", |size| {
        jwks(
            &rsa(512, &format!(r#","kid":"{}""#, "k".repeat(MAX_KID_LEN + 1))),
            size,
        )
    }),
    ("keys: P-256, off the curve", |size| {
        jwks(&ec("P-256", 32), size)
    }),
    ("keys: P-521, off the curve", |size| {
        jwks(&ec("P-521", 66), size)
    }),
    ("keys: many members each", |size| {
        let many: Vec<String> = (0..130).map(|i| format!("\"n{i}\":0")).collect();
        jwks(&format!("{{{}}}", many.join(",")), size)
    }),
    ("keys: one long kid", |size| {
        jwks(&rsa(256, &format!(r#","kid":{}"#, text("k", size))), 0)
    }),
    ("keys: certificates", |size| {
        jwks(&rsa(256, &format!(r#","x5c":[{}]"#, text("A", 2000))), size)
    }),
    ("keys: unterminated nesting", |size| {
        Input::Jwks(format!(r#"{{"keys":[{}"#, "[".repeat(size)))
    }),
    ("keys: many other members", |size| {
        Input::Jwks(members(size, |i| format!("n{i}")))
    }),
    ("keys: an entry of deep arrays", |size| {
        let deep = "[".repeat(size / 2) + &"]".repeat(size / 2);
        Input::Jwks(format!(r#"{{"keys":[{deep}]}}"#))
    }),
    ("keys: a member of deep objects", |size| {
        let deep = r#"{"a":"#.repeat(size / 6) + "0" + &"}".repeat(size / 6);
        jwks(&rsa(256, &format!(r#","z":{deep}"#)), 0)
    }),
    ("keys: entries nested too deeply", |size| {
        jwks(
            &format!(r#"{{"z":{}{}}}"#, "[".repeat(33), "]".repeat(33)),
            size,
        )
    }),
    ("keys: strings of escapes", |size| {
        jwks(&rsa(256, &format!(r#","z":{}"#, text("\\n", size))), 0)
    }),
    ("keys: unpaired surrogates", |size| {
        jwks(&rsa(256, &format!(r#","z":{}"#, text("\\ud800", size))), 0)
    }),
    ("keys: strings beyond ASCII", |size| {
        jwks(&rsa(256, &format!(r#","z":{}"#, text("é€", size))), 0)
    }),
    ("keys: null members", |size| {
        jwks(r#"{"kty":"RSA","n":null,"use":null,"kid":null}"#, size)
    }),
    ("keys: P-521, short coordinates", |size| {
        jwks(&ec("P-521", 65), size)
    }),
    // Maps from `kid` to PEM.
    ("map: empty entries", |size| map(size, |_| String::new())),
    ("map: many keys", |size| map(size, |_| P256_PEM.into())),
    ("map: duplicates of a kid", |size| {
        let entry = format!(r#""1":"{P256_PEM}","#);
        Input::Map(format!(r#"{{{}"2":""}}"#, entry.repeat(size / entry.len())))
    }),
    ("map: long kids with a common prefix", |size| {
        let name = |i| format!("{}{i:06}", "k".repeat(250));
        named_map(size, name, |_| P256_PEM.into())
    }),
    // Each name is compared with those of the keys before it. A larger map takes no more work for
    // each byte, because the set is full.
    ("large map: empty entries", |size| {
        Input::LargeMap(r#","a":"""#.repeat(size / 7))
    }),
    ("large map: duplicates", |size| {
        let entry = format!(r#","k":"{P256_PEM}""#);
        Input::LargeMap(entry.repeat(size / entry.len()))
    }),
    ("large map: long duplicates", |size| {
        let entry = format!(r#","{}0001":"{P256_PEM}""#, "k".repeat(252));
        Input::LargeMap(entry.repeat(size / entry.len()))
    }),
    ("large map: duplicates of escapes", |size| {
        let entry = format!(r#","{}0001":"{P256_PEM}""#, "\\u006b".repeat(252));
        Input::LargeMap(entry.repeat(size / entry.len()))
    }),
    ("map: a deep entry", |size| {
        let deep = "[".repeat(size / 2) + &"]".repeat(size / 2);
        Input::Map(format!(r#"{{"1":{deep},"2":"{P256_PEM}"}}"#))
    }),
    ("map: an entry of escapes", |size| {
        Input::Map(format!(r#"{{"1":{}}}"#, text("\\u000a", size)))
    }),
    // Other documents that a provider publishes or returns.
    ("realm: long key", |size| {
        document(&format!(r#""public_key":{}"#, text("MIIB", size)))
    }),
    ("realm: a key of escapes", |size| {
        document(&format!(r#""public_key":{}"#, text("\\u004dIIB", size)))
    }),
    ("pem: long text before", |size| {
        Input::Document("Subject: CN = a\n".repeat(size / 16) + &P256_PEM.replace("\\n", "\n"))
    }),
    ("pem: many lines that begin a block", |size| {
        Input::Document("-----BEGIN EC PARAMETERS-----\n".repeat(size / 30))
    }),
    ("pem: one line of beginnings", |size| {
        Input::Document("-----BEGIN ".repeat(size / 11))
    }),
    ("pem: line breaks", |size| {
        Input::Document("\n".repeat(size))
    }),
    ("pem: white space in a block", |size| {
        pem(&format!("A{}\n", " \t\r".repeat(20)), size)
    }),
    ("pem: hyphens in a block", |size| {
        pem(&format!("{}\n", "----".repeat(16)), size)
    }),
    ("pem: one long line", |size| pem("AAAA", size)),
    ("pem: lines", |size| {
        pem(&format!("{}\n", "A".repeat(64)), size)
    }),
    ("pem: short lines", |size| pem("AAAA\n", size)),
    ("pem: long label", |size| {
        Input::Document(format!("-----BEGIN {}", "A".repeat(size)))
    }),
    ("pem: unterminated sequences", |size| {
        // SEQUENCE, and a length in two bytes. A length of 64 KiB or more is rejected at once.
        pem("MIL//zCC//8wgv//", size)
    }),
    ("pem: a member of escapes", |size| {
        let lines = text("AAAA\\n", size);
        let begin = lines.replacen('"', "\"-----BEGIN PUBLIC KEY-----\\n", 1);
        Input::Document(format!(r#"{{"pem":{begin}}}"#))
    }),
    ("metadata: long issuer", |size| {
        document(&format!(
            r#""jwks_uri":"a","issuer":{}"#,
            text("\\u0061", size)
        ))
    }),
    ("metadata: many algorithms", |size| {
        let listed = array("\"a\"", size);
        document(&format!(
            r#""id_token_signing_alg_values_supported":{listed}"#
        ))
    }),
    ("answer: long token", |size| {
        document(&format!(
            r#""token_type":"Bearer","access_token":{}"#,
            text("a", size)
        ))
    }),
    ("answer: long expires_in", |size| {
        document(&format!(r#""expires_in":{}"#, "1".repeat(size + 1)))
    }),
    ("thumbprint: long parameters", |size| {
        document(&format!(r#""kty":"oct","k":{}"#, text("A", size)))
    }),
    // What callers pass by mistake.
    ("secret: almost PEM", |size| {
        Input::Secret("-----BEGIN-----END".repeat(size / 18))
    }),
    ("secret: almost a key for SSH", |size| {
        Input::Secret("ssh- AAAAB3N".repeat(size / 12))
    }),
    ("secret: almost a JWK", |size| {
        Input::Secret(r#"{"kty""RS"#.repeat(size / 9))
    }),
    ("mistake: one segment", |size| {
        Input::Mistake("A".repeat(size))
    }),
    ("mistake: dots", |size| Input::Mistake(".".repeat(size))),
    ("mistake: hyphens", |size| {
        Input::Mistake("a-----BEGIN".repeat(size / 11))
    }),
    ("mistake: white space", |size| {
        Input::Mistake(" ".repeat(size) + "a")
    }),
    ("mistake: parameters", |size| {
        Input::Mistake("a&token".repeat(size / 7))
    }),
];

/// A key in PEM, as a member of a JSON object contains it.
const P256_PEM: &str = "-----BEGIN PUBLIC KEY-----\\n\
    MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\\n\
    6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\\n\
    -----END PUBLIC KEY-----\\n";

/// Makes a map with these entries after others that leave room for one key.
fn large_map(entries: &str) -> String {
    let mut text = format!(r#"{{"k":"{P256_PEM}""#);
    for i in 1..MAX_KEYS_ON_HEAP - 1 {
        let kid = "k".repeat(252);
        text.extend([",\"", &kid, &format!("{i:04}\":\"{P256_PEM}\"")]);
    }
    text + entries + "}"
}

/// Makes a map with as many different `kid`s as fit.
fn map(size: usize, pem: impl Fn(usize) -> String) -> Input {
    named_map(size, |i| i.to_string(), pem)
}

fn named_map(size: usize, name: impl Fn(usize) -> String, pem: impl Fn(usize) -> String) -> Input {
    let mut text = String::from("{\"\":\"\"");
    for i in 0.. {
        if text.len() >= size {
            break;
        }
        text.extend([",\"", &name(i), "\":\"", &pem(i), "\""]);
    }
    Input::Map(text + "}")
}

/// Makes a PEM certificate whose body repeats one piece.
fn pem(piece: &str, size: usize) -> Input {
    let body = piece.repeat(size / piece.len());
    let body = body.trim_end_matches('\n');
    Input::Document(format!(
        "-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"
    ))
}

fn document(members: &str) -> Input {
    Input::Document(format!("{{{members}}}"))
}

/// Makes a JSON string that repeats one piece.
fn text(piece: &str, size: usize) -> String {
    format!("\"{}\"", piece.repeat(size / piece.len()))
}

/// Makes a JSON array that repeats one element.
fn array(element: &str, size: usize) -> String {
    format!(
        "[{element}{}]",
        format!(",{element}").repeat(size / (element.len() + 1))
    )
}

/// Makes a header with members of these names, as many as fit.
fn members(size: usize, name: impl Fn(usize) -> String) -> String {
    let mut text = String::from(r#"{"alg":"HS256""#);
    for i in 0.. {
        if text.len() >= size {
            break;
        }
        text.extend([",\"", &name(i), "\":0"]);
    }
    text + "}"
}

/// Makes an unsigned token with one additional member in its header.
fn header(name: &str, value: &str) -> Input {
    unsigned(&format!(r#"{{"alg":"HS256","{name}":{value}}}"#))
}

fn unsigned(header: &str) -> Input {
    let header = Base64UrlUnpadded::encode_string(header.as_bytes());
    Input::Token(format!("{header}.e30.c2ln"))
}

fn claims(name: &str, value: &str) -> Input {
    signed(&format!(r#"{{"{name}":{value}}}"#))
}

fn signed(payload: &str) -> Input {
    let payload = Base64UrlUnpadded::encode_string(payload.as_bytes());
    let input = format!("eyJhbGciOiJIUzI1NiJ9.{payload}");
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET).unwrap();
    mac.update(input.as_bytes());
    let mac = Base64UrlUnpadded::encode_string(&mac.finalize().into_bytes());
    Input::Token(format!("{input}.{mac}"))
}

fn jwks(entry: &str, size: usize) -> Input {
    Input::Jwks(format!(r#"{{"keys":{}}}"#, array(entry, size)))
}

/// Makes an RSA key with a modulus of this many bytes, all bits set, and additional members.
fn rsa(bytes: usize, members: &str) -> String {
    let n = Base64UrlUnpadded::encode_string(&vec![0xff; bytes]);
    format!(r#"{{"kty":"RSA","e":"AQAB","n":"{n}"{members}}}"#)
}

fn ec(crv: &str, width: usize) -> String {
    let x = Base64UrlUnpadded::encode_string(&vec![1; width]);
    format!(r#"{{"kty":"EC","crv":"{crv}","x":"{x}","y":"{x}"}}"#)
}

/// Does the work that is counted. `cargo xtask bounded-work` finds this function by its name.
#[inline(never)]
fn hostile_work(
    input: &Input,
    [copy, other_copy]: [&mut [u8]; 2],
    scratch: &mut [u8],
    key: &Key<'_, Hs256>,
    policy: &Policy<'_>,
    lent: Lent<'_>,
) {
    match input {
        Input::Token(token) => {
            let token = token.as_bytes();
            let _ = black_box(Options::new().peek_issuer_untrusted(token, scratch));
            let one = Verifier::new(key, policy);
            let verified = one.verify(token, Clock::Absent, scratch);
            if let Ok(jwt) = &verified {
                let scopes = Scopes::read(jwt.claims(), "scope");
                let _ = black_box(scopes.map(|scopes| scopes.require(&["b", "c"])));
            }
            let _ = black_box(verified.is_ok());
            let _ = black_box(one.verify_in_place(copy, Clock::Absent));
            let tenant = Tenant::new(ISSUER, key, *policy);
            let several = IssuerVerifier::new(|iss| (iss == tenant.issuer()).then_some(tenant));
            let _ = black_box(several.verify(token, Clock::Absent, scratch).is_ok());
            let in_place = several.verify_in_place(other_copy, Clock::Absent);
            let _ = black_box(in_place.is_ok());
        }
        Input::Jwks(jwks) => {
            let mut set = KeySet::<8>::new();
            let loaded = set.load(jwks.as_bytes(), SIGNATURES, |skipped| {
                black_box(skipped);
            });
            let _ = black_box(loaded);
        }
        Input::Map(map) => {
            let mut set = KeySet::<8>::new();
            let loaded = set.load_pem_map(map.as_bytes(), SIGNATURES, scratch, |skipped| {
                black_box(skipped);
            });
            let _ = black_box(loaded);
        }
        Input::LargeMap(map) => {
            let mut set = LentKeySet::in_memory(lent);
            let loaded = set.load_pem_map(map.as_bytes(), SIGNATURES, scratch, |skipped| {
                black_box(skipped);
            });
            let _ = black_box(loaded);
        }
        Input::Secret(secret) => {
            let secret = KeyParameters::oct(secret.as_bytes());
            let _ = black_box(KeySet::<2>::from_parameters(&secret, MACS).is_ok());
        }
        Input::Mistake(text) => {
            let _ = black_box(TokenMistake::find(text.as_bytes()));
        }
        Input::Document(text) => {
            let text = text.as_bytes();
            let set = |key| KeySet::<2>::from_parameters(&key, SIGNATURES);
            let _ = black_box(KeyParameters::from_pem(text, scratch).and_then(set).is_ok());
            let key = KeyParameters::from_pem_member(text, "pem", copy);
            let _ = black_box(key.and_then(set).is_ok());
            let key = KeyParameters::from_spki_member(text, "public_key", other_copy);
            let _ = black_box(key.and_then(set).is_ok());
            let _ = black_box(ProviderMetadata::parse(text, ISSUER).is_ok());
            let _ = black_box(TokenResponse::parse(text).is_ok());
            let mut digest = [0; MAX_DIGEST_LEN];
            let _ = black_box(jwk_thumbprint(text, &SHA256, &mut digest).is_ok());
        }
    }
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if arguments[0] == "--list" {
        for (name, _) in SHAPES {
            println!("{name}");
        }
        return;
    }
    let (name, shape) = SHAPES
        .iter()
        .find(|(name, _)| *name == arguments[0])
        .expect("unknown shape");
    // Encoding a part of a token in base64url makes it longer by a third.
    let size: usize = arguments[1].parse().expect("the size is not a number");
    let in_base64url = name.starts_with("header") || name.starts_with("claims");
    let mut input = shape(if in_base64url { size / 4 * 3 } else { size });
    println!("{}", input.text().len());
    if let Input::LargeMap(entries) = &mut input {
        *entries = large_map(entries);
    }
    let text = input.text();
    let key = Key::new(HS256, &KeyParameters::oct(SECRET)).unwrap();
    let policy = Policy {
        audience: Check::IfPresent(Audience::AnyOf(&["us", "them"])),
        amr: Check::IfPresent("otp"),
        expires_at: Check::IfPresent(Duration::ZERO),
        ..Policy::jwt(Check::IfPresent(&[ISSUER]), Check::NotChecked)
    };
    let (mut copy, mut scratch) = (text.as_bytes().to_vec(), vec![0; scratch_len(text.len())]);
    if matches!(input, Input::Map(_) | Input::LargeMap(_)) {
        scratch.resize(2 * text.len(), 0);
    }
    if matches!(input, Input::Document(_)) {
        copy.resize(2 * text.len(), 0);
    }
    let mut other_copy = copy.clone();
    let copies = [&mut copy[..], &mut other_copy[..]];
    // As large as a set on the heap can be.
    let mut slots = vec![Slot::EMPTY; MAX_KEYS_ON_HEAP];
    let mut kids = vec![0; MAX_KEYS_ON_HEAP * MAX_KID_LEN];
    let mut words = vec![0; MAX_KEYS_ON_HEAP * WORDS_PER_KEY];
    let lent = Lent {
        slots: &mut slots,
        kids: &mut kids,
        words: &mut words,
    };
    hostile_work(&input, copies, &mut scratch, &key, &policy, lent);
}
