//! Does one piece of the library's work, whose instructions `cargo xtask figures instructions`
//! counts.
//!
//!     work --list
//!     work ROW

#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "a benchmark panics if its inputs are unusable"
)]

use std::env;
use std::hint::black_box;

use jose_verify::alg::{ES256, HS256, KeyParameters, P256_TABLES, Tables, Word};
use jose_verify::{Claim, Error, Key, Keys, NumericDate, Problem, Verifier, scratch_len};
use jose_verify_benches::{
    LENGTHS, NOW, POLICY, TABLES, UNSIGNED, VECTORS, hs256, other_signature, set, unsigned,
    unsigned_key, vector,
};

/// The length of the token that the work is done on, the work, and its expected result.
type Work = (usize, Box<dyn FnMut() -> Verdict>, Verdict);

type Verdict = Result<(), Error>;

fn main() {
    let wanted = env::args().nth(1).unwrap_or_default();
    for (row, make) in rows() {
        if wanted == "--list" {
            println!("{row}");
        } else if wanted == row {
            let (length, mut work, want) = make();
            // The first run does the work that is needed only once.
            assert_eq!(work(), want);
            assert_eq!(counted_work(&mut *work), want);
            println!("{length}");
            return;
        }
    }
    assert_eq!(wanted, "--list", "no such row");
}

/// Only the instructions of this function are counted.
#[inline(never)]
fn counted_work(work: &mut dyn FnMut() -> Verdict) -> Verdict {
    black_box(work)()
}

fn rows() -> Vec<(String, Box<dyn Fn() -> Work>)> {
    let mut rows: Vec<(String, Box<dyn Fn() -> Work>)> = Vec::new();
    let mut row = |name: String, make: Box<dyn Fn() -> Work>| rows.push((name, make));
    for name in VECTORS {
        let make = || {
            let (token, key) = vector(name);
            verification(token, key, NOW, Ok(()))
        };
        row(name.to_owned(), Box::new(make));
    }
    for name in ["ES256", "ES384", "ES512"] {
        let make = || {
            let (token, key) = vector(name);
            // 64 KB for the key, and as much for the table that all keys share.
            let memory = vec![0; 128 * 1024 / size_of::<Word>()];
            verification(token, key.prepare(TABLES, memory), NOW, Ok(()))
        };
        row(format!("{name}, prepared in 64 KB"), Box::new(make));
    }
    row(
        "tables of 64 KB each, attached".to_owned(),
        Box::new(attach_tables),
    );
    for len in LENGTHS {
        let make = move || verification(unsigned(len), unsigned_key(), NOW, Ok(()));
        row(format!("all but the signature, {len}"), Box::new(make));
        let make = move || in_place(unsigned(len), unsigned_key());
        row(format!("the same in place, {len}"), Box::new(make));
    }
    for count in [1, 15] {
        let make = move || verification(unsigned(350), *set(count, &UNSIGNED), NOW, Ok(()));
        let name = format!("all but the signature, last of {count}");
        row(name, Box::new(make));
        let make = move || {
            let (token, _) = hs256(350);
            verification(token, *set(count, &HS256), NOW, Ok(()))
        };
        row(format!("HS256, last of {count}"), Box::new(make));
    }
    for (name, change, now, want) in rejected() {
        let make = move || {
            let (token, key) = hs256(350);
            verification(change(token), key, now, Err(want))
        };
        row(format!("HS256, {name}"), Box::new(make));
    }
    rows
}

type Rejected = (&'static str, fn(String) -> String, NumericDate, Error);

fn rejected() -> [Rejected; 3] {
    let late = NumericDate::from_seconds(i64::MAX);
    [
        (
            "expired",
            |token| token,
            late,
            Error::Claim(Claim::Exp, Problem::Expired),
        ),
        (
            "bad signature",
            |t| other_signature(&t),
            NOW,
            Error::BadSignature,
        ),
        (
            "malformed",
            |t| t.replace('.', ""),
            NOW,
            Error::MalformedToken,
        ),
    ]
}

fn verification(token: String, keys: impl Keys + 'static, now: NumericDate, want: Verdict) -> Work {
    let mut scratch = vec![0; scratch_len(token.len())];
    let length = token.len();
    let work = move || {
        let verdict = Verifier::new(&keys, &POLICY).verify(token.as_bytes(), now, &mut scratch);
        black_box(&verdict)
            .as_ref()
            .map_or_else(|e| Err(*e), |_| Ok(()))
    };
    (length, Box::new(work), want)
}

/// Attaches two tables, which reads every word of both. The length is theirs, in bytes.
fn attach_tables() -> Work {
    let key = Key::new(ES256, &KeyParameters::ec_point("P-256", &POINT)).unwrap();
    let mut memory = vec![0; 128 * 1024 / size_of::<Word>()];
    let prepared = key.prepare(&P256_TABLES, &mut memory);
    let tables = prepared.tables().unwrap();
    let (own, shared) = (tables.key.to_vec(), tables.shared.to_vec());
    let length = size_of_val(&*own) + size_of_val(&*shared);
    let work = move || {
        let tables = Tables {
            key: &own,
            shared: &shared,
        };
        let prepared = key.with_tables(&P256_TABLES, tables);
        black_box(prepared.tables()).map(|_| ()).ok_or(Error::NoKey)
    };
    (length, Box::new(work), Ok(()))
}

/// The key of RFC 7515, Appendix A.3.
const POINT: [u8; 65] = [
    4, 127, 205, 206, 39, 112, 246, 196, 93, 65, 131, 203, 238, 111, 219, 75, 123, 88, 7, 51, 53,
    123, 233, 239, 19, 186, 207, 110, 60, 123, 209, 84, 69, 199, 241, 68, 205, 27, 189, 155, 126,
    135, 44, 223, 237, 185, 238, 185, 244, 179, 105, 93, 110, 169, 11, 36, 173, 138, 70, 35, 40,
    133, 136, 229, 173,
];

fn in_place(token: String, keys: impl Keys + 'static) -> Work {
    let length = token.len();
    // Each run overwrites its token.
    let mut copies = vec![token.into_bytes(); 2].leak().iter_mut();
    let work = move || {
        let token = copies.next().unwrap();
        let verdict = Verifier::new(&keys, &POLICY).verify_in_place(token, NOW);
        black_box(&verdict)
            .as_ref()
            .map_or_else(|e| Err(*e), |_| Ok(()))
    };
    (length, Box::new(work), Ok(()))
}
