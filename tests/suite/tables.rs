//! Damaged tables are never used, whatever the damage is. Otherwise a forger could sign for a key
//! whose table is incomplete.

use jose_verify::Key;
use jose_verify::alg::{
    ES256, ES384, ES512, InlineKey, KeyParameters, P256_TABLES, P384_TABLES, P521_TABLES,
    Precomputation, Tables, Word,
};
use num_bigint::BigUint;

use super::support::curve::curve;
use super::support::report::report;

const MESSAGE: &[u8] = b"eyJhbGciOiJFUyJ9.e30";

/// A linear congruential generator of pseudorandom positions. They are the same on each run.
struct Positions(u64);

impl Positions {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

/// A key, the implementation of its tables, a valid signature, and signatures of a forger.
struct Victim<A: InlineKey> {
    key: Key<'static, A>,
    by: &'static dyn Precomputation,
    good: Vec<u8>,
    /// Made with the private key 0: they are valid where the multiples of the key contribute
    /// nothing.
    forged: [Vec<u8>; 2],
    damaged: usize,
}

impl<A: InlineKey> Victim<A> {
    fn new(algorithm: A, by: &'static dyn Precomputation) -> Self {
        let curve = curve(algorithm.name());
        let secret = BigUint::from(0x1234_5678_9abc_def1_u64);
        let bytes = {
            let (x, y) = curve.point(&secret);
            curve.octets(&x, &y)
        };
        let (x, y) = bytes.split_at(curve.width);
        let key = Key::new(algorithm, &KeyParameters::ec(curve.crv, x, y)).unwrap();
        let sign = |d: u64, k: u64| {
            let d = if d == 0 {
                BigUint::ZERO
            } else {
                secret.clone()
            };
            curve.sign(&d, &BigUint::from(k), MESSAGE)
        };
        Self {
            key,
            by,
            good: sign(1, 0x7777_7777),
            forged: [sign(0, 0x2222_2222), sign(0, 0x3333_3333)],
            damaged: 0,
        }
    }

    /// Returns tables of this many words: the key's own and the shared one.
    fn tables(&self, words: usize) -> (Vec<Word>, Vec<Word>) {
        let mut memory = vec![0; words];
        let prepared = self.key.prepare(self.by, &mut memory);
        let tables = prepared.tables().unwrap();
        (tables.key.to_vec(), tables.shared.to_vec())
    }

    /// Attaches tables. Asserts that the valid signature is accepted and the forged ones are not,
    /// if `verify` is set. Returns whether each of the two tables is used.
    fn attach(&self, tables: Tables<'_>, verify: bool) -> (bool, bool) {
        let prepared = self.key.with_tables(self.by, tables);
        let used = prepared.tables();
        if verify {
            let material = self.key.material().as_ref();
            let check = |signature: &[u8]| match used {
                Some(tables) => self.by.verify(material, tables, MESSAGE, signature),
                None => self.key.algorithm().verify(material, MESSAGE, signature),
            };
            assert!(check(&self.good).is_ok());
            assert!(self.forged.iter().all(|forged| check(forged).is_err()));
        }
        (
            used.is_some(),
            used.is_some_and(|tables| !tables.shared.is_empty()),
        )
    }

    /// Asserts that a damaged table is not used, first in place of the key's, then of the shared
    /// one.
    fn damage(&mut self, key: &[Word], shared: &[Word], change: &mut dyn FnMut(&mut Vec<Word>)) {
        let mut changed = key.to_vec();
        change(&mut changed);
        // Verifying signatures takes most of the time, so it is done for one change in eight.
        let verify = self.damaged.is_multiple_of(16);
        let tables = Tables {
            key: &changed,
            shared,
        };
        let same = changed.starts_with(key);
        assert_eq!(self.attach(tables, verify), (same, same));
        let mut changed = shared.to_vec();
        change(&mut changed);
        let tables = Tables {
            key,
            shared: &changed,
        };
        assert_eq!(
            self.attach(tables, verify),
            (true, changed.starts_with(shared))
        );
        self.damaged += 2;
    }

    fn run(mut self, small: usize, large: usize) -> usize {
        let (key, shared) = self.tables(small);
        let tables = Tables {
            key: &key,
            shared: &shared,
        };
        assert_eq!(self.attach(tables, true), (true, true));
        let mut older = shared.clone();
        older.resize(key.len().max(shared.len()), 7);
        for at in 0..key.len().min(shared.len()) {
            self.damage(&key, &shared, &mut |table| table.truncate(at));
            self.damage(&key, &shared, &mut |table| table[at..].fill(0));
            self.damage(&key, &shared, &mut |table| table[at..].fill(Word::MAX));
            self.damage(&key, &shared, &mut |table| table[at] = 0);
            self.damage(&key, &shared, &mut |table| table[at] ^= 1 << (at % 32));
            self.damage(&key, &shared, &mut |table| {
                let len = table.len();
                table.swap(at, (at + 1) % len);
            });
            // A half-written table over the previous content.
            self.damage(&key, &shared, &mut |table| {
                let len = table.len();
                table[at.min(len)..].copy_from_slice(&older[at.min(len)..len]);
            });
        }
        let (key, shared) = self.tables(large);
        let tables = Tables {
            key: &key,
            shared: &shared,
        };
        assert_eq!(self.attach(tables, true), (true, true));
        let mut positions = Positions(large.try_into().unwrap());
        for round in 0..400 {
            let at = positions.below(key.len());
            let other = positions.below(key.len());
            self.damage(&key, &shared, &mut |table| match round % 5 {
                0 => table.truncate(at),
                1 => table[at..].fill(0),
                2 => table[at..].fill(Word::MAX),
                3 => table[at] ^= 1 << (other % 32),
                _ => table.swap(at, other),
            });
        }
        self.damaged
    }
}

#[test]
fn damaged_tables_are_never_used() {
    let kb = 1024 / size_of::<Word>();
    let damaged = Victim::new(ES256, &P256_TABLES).run(4 * kb, 128 * kb)
        + Victim::new(ES384, &P384_TABLES).run(5 * kb, 128 * kb)
        + Victim::new(ES512, &P521_TABLES).run(6 * kb, 128 * kb);
    report(format_args!("{damaged} damaged tables, none used"));
    assert!(damaged >= 10_000, "{damaged}");
}

/// If a damaged table is attached unchecked, some signatures with the private key 0 are valid. This
/// shows that the forger of these tests can forge, and that the check is what prevents it.
#[test]
fn unchecked_tables_are_as_trusted_as_the_key() {
    let victim = Victim::new(ES256, &P256_TABLES);
    // The larger the table, the more terms of the sum come from it.
    let (key, shared) = victim.tables(16_000);
    let mut truncated = key.clone();
    // Everything after the header and the first entry.
    truncated[(16 + 64) / size_of::<Word>()..].fill(0);
    let tables = Tables {
        key: &truncated,
        shared: &shared,
    };
    assert!(
        victim
            .key
            .with_tables(&P256_TABLES, tables)
            .tables()
            .is_none()
    );
    let prepared = victim.key.with_tables_unchecked(&P256_TABLES, tables);
    let unchecked = prepared.tables().unwrap();
    let curve = curve("ES256");
    // The private key is 0.
    let forge = |k: u32| curve.sign(&BigUint::ZERO, &BigUint::from(k), MESSAGE);
    let is_valid = |signature: Vec<u8>| {
        let material = victim.key.material();
        P256_TABLES
            .verify(material, unchecked, MESSAGE, &signature)
            .is_ok()
    };
    let forged = (1000..1100).filter(|k| is_valid(forge(*k))).count();
    report(format_args!(
        "{forged} of 100 signatures forged with an unchecked table"
    ));
    assert!(forged > 0);
}

#[test]
fn tables_of_another_key_or_curve_are_not_used() {
    let victim = Victim::new(ES256, &P256_TABLES);
    let (key, shared) = victim.tables(1024);
    let swapped = Tables {
        key: &shared,
        shared: &key,
    };
    assert_eq!(victim.attach(swapped, true), (false, false));
    let other = Victim::new(ES384, &P384_TABLES);
    let (key, shared) = other.tables(1024);
    let tables = Tables {
        key: &key,
        shared: &shared,
    };
    assert_eq!(victim.attach(tables, true), (false, false));
    // An implementation for another curve does not attach any table.
    assert!(
        victim
            .key
            .with_tables(&P384_TABLES, tables)
            .tables()
            .is_none()
    );
}
