//! The result of verification, in memory that C provides.

use core::mem::{MaybeUninit, align_of, size_of, transmute};

use jose_verify::Verified;

use crate::code::{Code, JV_NOT_VERIFIED};
use crate::ffi_ptr::{Region, check_sized, sized_reference};

/// Number of 64-bit words that can hold the result of verification on any machine.
pub const JV_CLAIMS_WORDS: usize = 80;

/// Value of `jv_claims::verified` after successful verification. Uninitialized memory is unlikely
/// to contain it.
const VERIFIED: u32 = 0x4A56_0001;

/// The claims of a token that was verified. Initialize it with `JV_CLAIMS_INIT`. Only `jv_verify`
/// and its variants fill it in. It borrows from the buffer that the token was decoded into.
#[repr(C)]
#[derive(Debug)]
pub struct jv_claims {
    /// `sizeof(jv_claims)`
    pub struct_size: usize,
    /// Private to the library.
    pub verified: u32,
    /// Private to the library.
    // The padding of `Verified` is not initialized.
    pub storage: [MaybeUninit<u64>; JV_CLAIMS_WORDS],
}

const _: () = assert!(size_of::<Verified<'static>>() <= size_of::<[u64; JV_CLAIMS_WORDS]>());
const _: () = assert!(align_of::<Verified<'static>>() <= align_of::<u64>());

impl jv_claims {
    /// Checks the pointer to claims, reading nothing but their size.
    ///
    /// # Errors
    ///
    /// Those of [`check_sized`].
    ///
    /// # Safety
    ///
    /// `claims` is NULL or points to a `jv_claims` that begins with its size.
    pub(crate) unsafe fn check(claims: *const Self) -> Result<(), Code> {
        // SAFETY: guaranteed by the caller.
        unsafe { check_sized(claims) }
    }

    /// Forgets the claims of an earlier token.
    ///
    /// # Safety
    ///
    /// `claims` passed [`check`](Self::check) and nothing else uses it during the call.
    pub(crate) const unsafe fn clear(claims: *mut Self) {
        // SAFETY: guaranteed by the caller.
        unsafe { Self::mark(claims, 0) }
    }

    /// Stores the result of verification.
    ///
    /// # Safety
    ///
    /// As for [`clear`](Self::clear). The buffer that `verified` borrows is not modified until the
    /// claims are cleared or no longer read.
    pub(crate) const unsafe fn set(claims: *mut Self, verified: &Verified<'_>) {
        // SAFETY: guaranteed by the caller.
        let verified = unsafe { transmute::<&Verified<'_>, &Verified<'static>>(verified) };
        // SAFETY: within the claims.
        let storage = unsafe { &raw mut (*claims).storage };
        // SAFETY: `storage` is large and aligned enough, as asserted above, and `Verified` needs no
        // drop.
        unsafe { storage.cast::<Verified<'static>>().write(*verified) };
        // SAFETY: guaranteed by the caller.
        unsafe { Self::mark(claims, VERIFIED) }
    }

    /// Writes `verified`, without a reference to the claims.
    ///
    /// # Safety
    ///
    /// As for [`clear`](Self::clear).
    const unsafe fn mark(claims: *mut Self, mark: u32) {
        // SAFETY: within the claims.
        let verified = unsafe { &raw mut (*claims).verified };
        // SAFETY: guaranteed by the caller.
        unsafe { verified.write(mark) };
    }

    fn get(&self) -> Result<&Verified<'_>, Code> {
        if self.verified != VERIFIED {
            return Err(Code(JV_NOT_VERIFIED));
        }
        // SAFETY: only `set` writes the mark, and it writes `storage` first.
        Ok(unsafe { &*self.storage.as_ptr().cast() })
    }
}

/// Borrows the token that was verified.
///
/// # Errors
///
/// `JV_NOT_VERIFIED` if there is none; those of [`sized_reference`].
///
/// # Safety
///
/// `claims` is NULL, or claims whose buffer was not modified.
pub(crate) unsafe fn verified<'a>(claims: *const jv_claims) -> Result<&'a Verified<'a>, Code> {
    // SAFETY: guaranteed by the caller.
    let claims: &'a jv_claims = unsafe { sized_reference(claims) }?;
    claims.get()
}

/// Returns the memory of the claims: the struct, and the payload that they borrow.
///
/// # Safety
///
/// As for [`verified`].
pub(crate) unsafe fn regions(claims: *const jv_claims) -> [Region; 2] {
    // SAFETY: guaranteed by the caller.
    let payload = match unsafe { verified(claims) } {
        Ok(verified) => Region::of_text(verified.claims().as_raw()),
        Err(_) => Region::of_text(""),
    };
    [Region::of(claims), payload]
}
