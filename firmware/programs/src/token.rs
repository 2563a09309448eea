//! The way of a token through a device: key and token in RAM, verified, refused when anything is wrong with it.

use core::cell::UnsafeCell;
use core::mem::MaybeUninit;

use jose_verify::{
    Algorithm, Audience, Check, Clock, Error, Key, Keys, Leeway, NumericDate, Policy, Tables,
    VerificationKey, Verified, oidc, verify, verify_in_place,
};

use crate::console::{fail, print, print_number};
use crate::measure::measure;
use crate::vectors::Case;

/// A day; every token here lives shorter.
const LATER: i64 = 24 * 60 * 60;

/// The static variables of a program: the key, the token as if it had just been received, and what it is decoded into.
pub struct Memory<const TOKEN: usize, const SCRATCH: usize> {
    contents: UnsafeCell<Contents<TOKEN, SCRATCH>>,
}

struct Contents<const TOKEN: usize, const SCRATCH: usize> {
    /// Not an `Option`, whose `None` is not all zeros and would stand in flash with the size of a key.
    key: MaybeUninit<Key>,
    token: [u8; TOKEN],
    scratch: [u8; SCRATCH],
}

// SAFETY: there is one core, and no interrupt or exception handler that uses it.
unsafe impl<const TOKEN: usize, const SCRATCH: usize> Sync for Memory<TOKEN, SCRATCH> {}

impl<const TOKEN: usize, const SCRATCH: usize> Memory<TOKEN, SCRATCH> {
    /// No key, no token.
    #[expect(
        clippy::new_without_default,
        reason = "a constant for a static variable"
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

/// Loads the case's key and verifies its token, measuring both; then refuses the token after each of several changes.
pub fn run<const TOKEN: usize, const SCRATCH: usize>(
    case: &Case,
    algorithms: &'static [&'static dyn Algorithm],
    memory: &'static Memory<TOKEN, SCRATCH>,
) {
    run_and(case, algorithms, memory, |key| key, |_, _| {});
}

/// [`run`] with tables for the key that were made before and stand in flash.
pub fn run_with_tables<const TOKEN: usize, const SCRATCH: usize>(
    case: &Case,
    algorithms: &'static [&'static dyn Algorithm],
    memory: &'static Memory<TOKEN, SCRATCH>,
    tables: Tables<'static>,
) {
    run_and(
        case,
        algorithms,
        memory,
        |key| key.with_tables(tables),
        |_, _| {},
    );
}

/// [`run`], and once more without a second buffer.
pub fn run_also_in_place<const TOKEN: usize, const SCRATCH: usize>(
    case: &Case,
    algorithms: &'static [&'static dyn Algorithm],
    memory: &'static Memory<TOKEN, SCRATCH>,
) {
    let then = |token: &mut [u8], key: &&Key| {
        let verified = measure(case.name, "verify_in_place", || in_place(case, token, *key));
        expect(case, "in place", verified, Ok(()));
    };
    run_and(case, algorithms, memory, |key| key, then);
}

fn run_and<K: VerificationKey, const TOKEN: usize, const SCRATCH: usize>(
    case: &Case,
    algorithms: &'static [&'static dyn Algorithm],
    memory: &'static Memory<TOKEN, SCRATCH>,
    with: impl FnOnce(&'static Key) -> K,
    then: impl FnOnce(&mut [u8], &K),
) {
    // SAFETY: this is the only place that takes it, and what it borrows ends before it returns.
    let contents = unsafe { &mut *memory.contents.get() };
    let Some(token) = contents.token.get_mut(..case.token.len()) else {
        fail("the memory is too small for the token")
    };
    token.copy_from_slice(case.token);

    let slot = &mut contents.key;
    let loaded = measure(case.name, "load", || load(case, algorithms, slot));
    let Ok(key) = loaded else {
        fail("the key is refused")
    };
    let key = &with(key);
    let scratch = &mut contents.scratch;
    let verified = measure(case.name, "verify", || outcome(case, token, key, scratch));
    expect(case, "good", verified, Ok(()));
    refuse(case, token, key, scratch);
    then(token, key);
}

#[inline(never)]
fn load<'m>(
    case: &Case,
    algorithms: &'static [&'static dyn Algorithm],
    slot: &'m mut MaybeUninit<Key>,
) -> Result<&'m Key, Error> {
    // Not with `?`, which would have the key a second time on the stack.
    match Key::from_parameters(&case.key, algorithms) {
        Ok(key) => Ok(slot.write(key)),
        Err(error) => Err(error),
    }
}

/// What comes of a token: its claims are read, as a program would that acts on them.
#[inline(never)]
fn outcome(case: &Case, token: &[u8], key: &impl Keys, scratch: &mut [u8]) -> Result<(), Error> {
    read(
        case,
        &verify(token, key, &policy(case), now(case), scratch)?,
    )
}

fn read(case: &Case, verified: &Verified<'_>) -> Result<(), Error> {
    let issuer = verified.claims().issuer().ok_or(Error::MissingIssuer)?;
    if issuer == case.issuer {
        Ok(())
    } else {
        Err(Error::IssuerMismatch)
    }
}

fn policy(case: &Case) -> Policy<'_> {
    let audience = match &case.audience {
        Some(audience) => Check::Required(Audience::AnyOf(core::slice::from_ref(audience))),
        None => Check::NotChecked,
    };
    Policy {
        expires_at: Check::Required(Leeway::NONE),
        ..oidc::jwt(
            Check::Required(core::slice::from_ref(&case.issuer)),
            audience,
        )
    }
}

fn now(case: &Case) -> Clock {
    Clock::Now(NumericDate::from_seconds(case.now))
}

/// Changes the token and the circumstances, one at a time.
fn refuse(case: &Case, token: &mut [u8], key: &impl Keys, scratch: &mut [u8]) {
    let late = Case {
        now: case.now + LATER,
        ..*case
    };
    expect(
        case,
        "late",
        outcome(&late, token, key, scratch),
        Err(Error::Expired),
    );
    let other = Case {
        issuer: "another issuer",
        ..*case
    };
    let mismatch = Err(Error::IssuerMismatch);
    expect(
        case,
        "of another issuer",
        outcome(&other, token, key, scratch),
        mismatch,
    );

    // Well inside the signature, then inside the claims, where every character may be any other.
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

/// Exchanges a character for another of the alphabet; twice is no change.
fn flip(token: &mut [u8], position: usize) {
    if let Some(character) = token.get_mut(position) {
        // Letters differ from their other case in this bit; a digit or sign is exchanged with its neighbour.
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
            // The number: the names would count as flash of the core.
            print(": refused, error ");
            print_number(error.code().into());
            print("\n");
        }
    }
    if found != wanted {
        fail("that is wrong");
    }
}

/// The same without a second buffer, over the token's text: what is left is no token, so it comes last.
fn in_place(case: &Case, token: &mut [u8], key: &impl Keys) -> Result<(), Error> {
    read(
        case,
        &verify_in_place(token, key, &policy(case), now(case))?,
    )
}
