//! Tables that were damaged: never used, whatever happened to them, so that nobody can sign for a
//! key that they hold less of.

use jose_verify::Key;
use jose_verify::alg::{
    ES256, ES384, ES512, InlineKey, KeyParameters, P256_TABLES, P384_TABLES, P521_TABLES,
    Precomputation, Tables, Word,
};
use num_bigint::BigUint;

use super::support::curve::curve;
use super::support::report::report;

const MESSAGE: &[u8] = b"eyJhbGciOiJFUyJ9.e30";

/// A small generator of numbers (D. H. Lehmer's), for positions that are the same on each run.
struct Positions(u64);

impl Positions {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

/// A key with its tables, and signatures of its holder and of a forger.
struct Victim<A: InlineKey> {
    key: Key<'static, A>,
    by: &'static dyn Precomputation,
    good: Vec<u8>,
    /// Made with the private key 0: they hold where the key's multiples add nothing.
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

    /// Tables of so many words for the key, and for all keys.
    fn tables(&self, words: usize) -> (Vec<Word>, Vec<Word>) {
        let mut memory = vec![0; words];
        let prepared = self.key.prepare(self.by, &mut memory);
        let tables = prepared.tables().unwrap();
        (tables.key.to_vec(), tables.shared.to_vec())
    }

    /// The good signature holds and the forged ones do not; returns whether both tables are used.
    fn judge(&self, tables: Tables<'_>, verify: bool) -> (bool, bool) {
        let prepared = self.key.with_tables(self.by, tables);
        let used = prepared.tables();
        if verify {
            let material = self.key.material().as_ref();
            let verdict = |signature: &[u8]| match used {
                Some(tables) => self.by.verify(material, tables, MESSAGE, signature),
                None => self.key.algorithm().verify(material, MESSAGE, signature),
            };
            assert!(verdict(&self.good).is_ok());
            assert!(self.forged.iter().all(|forged| verdict(forged).is_err()));
        }
        (
            used.is_some(),
            used.is_some_and(|tables| !tables.shared.is_empty()),
        )
    }

    /// A damaged table in place of the key's, then of the shared one: neither is used.
    fn damage(&mut self, key: &[Word], shared: &[Word], change: &mut dyn FnMut(&mut Vec<Word>)) {
        let mut changed = key.to_vec();
        change(&mut changed);
        // Every so often the signatures as well; they take most of the time.
        let verify = self.damaged.is_multiple_of(16);
        let tables = Tables {
            key: &changed,
            shared,
        };
        let same = changed.starts_with(key);
        assert_eq!(self.judge(tables, verify), (same, same));
        let mut changed = shared.to_vec();
        change(&mut changed);
        let tables = Tables {
            key,
            shared: &changed,
        };
        assert_eq!(
            self.judge(tables, verify),
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
        assert_eq!(self.judge(tables, true), (true, true));
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
            // Half of a new table over what was there before.
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
        assert_eq!(self.judge(tables, true), (true, true));
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
    report(format_args!("{damaged} damaged tables"));
    assert!(damaged >= 10_000, "{damaged}");
}

/// What a damaged table is worth to a forger, if it is attached by the constructor that does not
/// look at it: a signature with the private key 0 holds now and then. So the forger of these tests
/// can forge, and what stops it is the check.
#[test]
fn unchecked_tables_are_as_trusted_as_the_key() {
    let victim = Victim::new(ES256, &P256_TABLES);
    // The larger the table, the more of the sum of a verification comes from it.
    let (key, shared) = victim.tables(16_000);
    let mut cut = key.clone();
    // After the header and the first entry.
    cut[(16 + 64) / size_of::<Word>()..].fill(0);
    let tables = Tables {
        key: &cut,
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
    let holds = |signature: Vec<u8>| {
        let material = victim.key.material();
        P256_TABLES
            .verify(material, unchecked, MESSAGE, &signature)
            .is_ok()
    };
    let forged = (1000..1100).filter(|k| holds(forge(*k))).count();
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
    assert_eq!(victim.judge(swapped, true), (false, false));
    let other = Victim::new(ES384, &P384_TABLES);
    let (key, shared) = other.tables(1024);
    let tables = Tables {
        key: &key,
        shared: &shared,
    };
    assert_eq!(victim.judge(tables, true), (false, false));
    // One that is made by something for another curve is none at all.
    assert!(
        victim
            .key
            .with_tables(&P384_TABLES, tables)
            .tables()
            .is_none()
    );
}
