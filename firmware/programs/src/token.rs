//! Verifies a token as a device does, with key and token in RAM. Then checks that modified tokens
//! are rejected.

use core::cell::UnsafeCell;
use core::mem::MaybeUninit;
use core::time::Duration;

use jose_verify::alg::{Algorithm, InlineKey, Precomputation, Tables, Word};
use jose_verify::{
    Audience, Check, Claim, Clock, Error, Key, KeySet, Keys, NumericDate, Policy, Problem,
    Verified, Verifier,
};

use crate::console::{fail, print, print_number};
use crate::measure::measure;
use crate::vectors::Case;

/// A day, in seconds, which is longer than the lifetime of any token here.
const LATER: i64 = 24 * 60 * 60;

/// The static variables of a program: the key, the token as received, and the buffer that it is
/// decoded into.
pub struct Memory<K, const TOKEN: usize, const SCRATCH: usize> {
    contents: UnsafeCell<Contents<K, TOKEN, SCRATCH>>,
}

struct Contents<K, const TOKEN: usize, const SCRATCH: usize> {
    /// Not an `Option`: its `None` is not all zeros, so its initial value would take flash of the
    /// size of a key.
    key: MaybeUninit<K>,
    token: [u8; TOKEN],
    scratch: [u8; SCRATCH],
}

// SAFETY: there is one core, and no interrupt or exception handler uses the memory.
unsafe impl<K, const TOKEN: usize, const SCRATCH: usize> Sync for Memory<K, TOKEN, SCRATCH> {}

impl<K, const TOKEN: usize, const SCRATCH: usize> Memory<K, TOKEN, SCRATCH> {
    /// Returns memory without a key and a token.
    #[expect(
        clippy::new_without_default,
        reason = "a constant initializer of a static variable"
    )]
    pub const fn new() -> Self {
        let contents = Contents {
            key: MaybeUninit::uninit(),
            token: [0; TOKEN],
            scratch: [0; SCRATCH],
        };
        Self {
            contents: UnsafeCell::new(contents),
        }
    }
}

/// Loads the key of a case and verifies its token, and measures both. Then checks that the token is
/// rejected after each of several changes.
pub fn run<A: InlineKey, M: Material, const TOKEN: usize, const SCRATCH: usize>(
    case: &Case,
    algorithm: A,
    material: M,
    memory: &'static Memory<Key<'static, A, M>, TOKEN, SCRATCH>,
) {
    run_and(
        case,
        single(case, algorithm, material),
        memory,
        |key| key,
        |_, _| {},
    );
}

/// Runs a case like [`run`], with precomputed tables for the key in flash.
pub fn run_with_tables<A: InlineKey, M: Material, const TOKEN: usize, const SCRATCH: usize>(
    case: &Case,
    algorithm: A,
    material: M,
    memory: &'static Memory<Key<'static, A, M>, TOKEN, SCRATCH>,
    by: &'static dyn Precomputation,
    tables: Tables<'static>,
) {
    run_and(
        case,
        single(case, algorithm, material),
        memory,
        |key| key.with_tables_unchecked(by, tables),
        |_, _| {},
    );
}

/// Runs a case like [`run`], with a key in flash, and then verifies the token in place.
pub fn run_from_flash<K: Keys, const TOKEN: usize, const SCRATCH: usize>(
    case: &Case,
    key: &'static K,
    memory: &'static Memory<(), TOKEN, SCRATCH>,
) {
    let load = |slot: Slot<()>| Ok(&*slot.write(()));
    run_and(
        case,
        load,
        memory,
        |()| key,
        |token, key| {
            expect(case, "in place", in_place(case, token, *key), Ok(()));
        },
    );
}

/// Runs a case like [`run`], with a key set into which the key is loaded directly, and then
/// verifies the token in place.
pub fn run_also_in_place<const WORDS: usize, const TOKEN: usize, const SCRATCH: usize>(
    case: &Case,
    algorithms: &[&'static dyn Algorithm],
    memory: &'static Memory<KeySet<1, WORDS>, TOKEN, SCRATCH>,
) {
    let load = |slot: &'static mut MaybeUninit<KeySet<1, WORDS>>| {
        // Outside of the measurement: a device would initialize a static variable with it.
        let set = slot.write(KeySet::new());
        measure(case.name, "load", || {
            set.accept(algorithms)?;
            set.add(&case.key, None)
        })?;
        Ok(&*set)
    };
    let then = |token: &mut [u8], key: &&KeySet<1, WORDS>| {
        let verified = measure(case.name, "verify_in_place", || in_place(case, token, *key));
        expect(case, "in place", verified, Ok(()));
    };
    run_and(case, load, memory, |key| key, then);
}

fn run_and<H: 'static, K: Keys, const TOKEN: usize, const SCRATCH: usize>(
    case: &Case,
    load: impl FnOnce(&'static mut MaybeUninit<H>) -> Result<&'static H, Error>,
    memory: &'static Memory<H, TOKEN, SCRATCH>,
    with: impl FnOnce(&'static H) -> K,
    then: impl FnOnce(&mut [u8], &K),
) {
    // SAFETY: only this function takes the reference, and all borrows end before it returns.
    let contents = unsafe { &mut *memory.contents.get() };
    let Some(token) = contents.token.get_mut(..case.token.len()) else {
        fail("the memory is too small for the token")
    };
    token.copy_from_slice(case.token);

    let slot = &mut contents.key;
    let Ok(key) = load(slot) else {
        fail("the key is refused")
    };
    let key = &with(key);
    let scratch = &mut contents.scratch;
    let verified = measure(case.name, "verify", || outcome(case, token, key, scratch));
    expect(case, "good", verified, Ok(()));
    check_rejections(case, token, key, scratch);
    then(token, key);
}

/// The memory of a key.
pub trait Material: AsRef<[Word]> + AsMut<[Word]> + 'static {}

impl<const WORDS: usize> Material for [Word; WORDS] {}

/// The memory that a key is loaded into.
type Slot<K> = &'static mut MaybeUninit<K>;

/// The loaded key.
type Loaded<K> = Result<&'static K, Error>;

/// Loads the key of a case as a single key.
fn single<A: InlineKey, M: Material>(
    case: &Case,
    algorithm: A,
    material: M,
) -> impl FnOnce(Slot<Key<'static, A, M>>) -> Loaded<Key<'static, A, M>> {
    move |slot| {
        // Not with `?`, which would put a second copy of the key on the stack.
        measure(case.name, "load", || {
            match Key::new_in(algorithm, &case.key, material) {
                Ok(key) => Ok(&*slot.write(key)),
                Err(error) => Err(error),
            }
        })
    }
}

/// Verifies a token and reads a claim, as a program that uses the claims does.
#[inline(never)]
fn outcome(case: &Case, token: &[u8], key: &impl Keys, scratch: &mut [u8]) -> Result<(), Error> {
    let policy = policy(case);
    let verifier = Verifier::new(key, &policy);
    read(case, &verifier.verify(token, now(case), scratch)?)
}

fn read(case: &Case, verified: &Verified<'_>) -> Result<(), Error> {
    let issuer = verified
        .claims()
        .issuer()
        .ok_or(Error::missing(Claim::Iss))?;
    if issuer == case.issuer {
        Ok(())
    } else {
        Err(Error::Claim(Claim::Iss, Problem::Mismatch))
    }
}

fn policy(case: &Case) -> Policy<'_> {
    let audience = match &case.audience {
        Some(audience) => Check::Required(Audience::AnyOf(audience)),
        None => Check::NotChecked,
    };
    Policy {
        expires_at: Check::Required(Duration::ZERO),
        ..Policy::jwt(Check::Required(&case.issuer), audience)
    }
}

fn now(case: &Case) -> Clock {
    Clock::Now(NumericDate::from_seconds(case.now))
}

/// Checks that the token is rejected after a change to the token, the time or the issuer.
fn check_rejections(case: &Case, token: &mut [u8], key: &impl Keys, scratch: &mut [u8]) {
    let late = Case {
        now: case.now + LATER,
        ..*case
    };
    expect(
        case,
        "late",
        outcome(&late, token, key, scratch),
        Err(Error::Claim(Claim::Exp, Problem::Expired)),
    );
    let other = Case {
        issuer: "another issuer",
        ..*case
    };
    let mismatch = Err(Error::Claim(Claim::Iss, Problem::Mismatch));
    expect(
        case,
        "of another issuer",
        outcome(&other, token, key, scratch),
        mismatch,
    );

    // Not at the end of a segment, where a changed character may be invalid base64url.
    for (part, back) in [("signature", 10), ("claims", signature_len(token) + 10)] {
        let position = token.len().saturating_sub(back);
        flip(token, position);
        expect(
            case,
            part,
            outcome(case, token, key, scratch),
            Err(Error::BadSignature),
        );
        flip(token, position);
    }
    expect(
        case,
        "as before",
        outcome(case, token, key, scratch),
        Ok(()),
    );
}

fn signature_len(token: &[u8]) -> usize {
    token.iter().rev().take_while(|c| **c != b'.').count()
}

/// Replaces a character with another of the alphabet. Doing it twice restores the character.
fn flip(token: &mut [u8], position: usize) {
    if let Some(character) = token.get_mut(position) {
        // Upper and lower case differ in bit 0x20: `a` (0x61) becomes `A` (0x41). A digit or sign
        // is exchanged with its neighbour.
        *character = match *character {
            c if c.is_ascii_alphabetic() => c ^ 0x20,
            b'-' => b'_',
            b'_' => b'-',
            digit => digit ^ 1,
        };
    }
}

fn expect(case: &Case, what: &str, found: Result<(), Error>, wanted: Result<(), Error>) {
    print(case.name);
    print(", ");
    print(what);
    match found {
        Ok(()) => print(": verified\n"),
        Err(error) => {
            // The number, because the names would count as flash of the core.
            print(": refused, error ");
            print_number(error.code().into());
            print("\n");
        }
    }
    if found != wanted {
        fail("that is wrong");
    }
}

/// Verifies the token in place. It is overwritten, so this comes last.
fn in_place(case: &Case, token: &mut [u8], key: &impl Keys) -> Result<(), Error> {
    let policy = policy(case);
    let verifier = Verifier::new(key, &policy);
    read(case, &verifier.verify_in_place(token, now(case))?)
}
