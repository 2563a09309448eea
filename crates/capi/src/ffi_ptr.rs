//! Turns pointers from C into references, after checking NULL, lengths and alignment.

use core::marker::PhantomData;
use core::mem::MaybeUninit;
use core::{ptr, slice, str};

use crate::code::{
    Code, JV_NOT_UTF8, JV_NULL_POINTER, JV_OVERLAP, JV_STRUCT_SIZE, JV_UNUSABLE_MEMORY,
};
use crate::string::jv_string;

/// Borrows the value at a pointer.
///
/// # Errors
///
/// `JV_NULL_POINTER` if the pointer is NULL or misaligned.
///
/// # Safety
///
/// A pointer that is neither NULL nor misaligned points to a `T` that nothing modifies during `'a`.
pub(crate) unsafe fn reference<'a, T>(pointer: *const T) -> Result<&'a T, Code> {
    if pointer.is_null() || !pointer.is_aligned() {
        return Err(Code(JV_NULL_POINTER));
    }
    // SAFETY: neither NULL nor misaligned; the caller guarantees the rest.
    Ok(unsafe { &*pointer })
}

/// Borrows the value at a pointer mutably.
///
/// # Errors
///
/// As for [`reference`].
///
/// # Safety
///
/// A pointer that is neither NULL nor misaligned points to a `T` that nothing else uses during
/// `'a`.
pub(crate) unsafe fn reference_mut<'a, T>(pointer: *mut T) -> Result<&'a mut T, Code> {
    if pointer.is_null() || !pointer.is_aligned() {
        return Err(Code(JV_NULL_POINTER));
    }
    // SAFETY: neither NULL nor misaligned; the caller guarantees the rest.
    Ok(unsafe { &mut *pointer })
}

/// Borrows an array. The pointer of an empty array is ignored.
///
/// # Errors
///
/// `JV_NULL_POINTER` if the pointer is NULL or misaligned; [`check_len`].
///
/// # Safety
///
/// A pointer that is neither NULL nor misaligned points to `len` values that nothing modifies
/// during `'a`.
pub(crate) unsafe fn array<'a, T>(data: *const T, len: usize) -> Result<&'a [T], Code> {
    if len == 0 {
        return Ok(&[]);
    }
    if data.is_null() || !data.is_aligned() {
        return Err(Code(JV_NULL_POINTER));
    }
    check_len::<T>(len)?;
    // SAFETY: neither NULL nor misaligned, and at most `isize::MAX` bytes; the caller guarantees
    // the rest.
    Ok(unsafe { slice::from_raw_parts(data, len) })
}

/// Borrows a buffer mutably. The pointer of an empty buffer is ignored.
///
/// # Errors
///
/// `JV_NULL_POINTER` if the pointer is NULL; [`check_len`].
///
/// # Safety
///
/// A pointer that is not NULL points to `len` bytes that nothing else uses during `'a`.
pub(crate) unsafe fn bytes_mut<'a>(data: *mut u8, len: usize) -> Result<&'a mut [u8], Code> {
    if len == 0 {
        return Ok(&mut []);
    }
    if data.is_null() {
        return Err(Code(JV_NULL_POINTER));
    }
    check_len::<u8>(len)?;
    // SAFETY: not NULL, and at most `isize::MAX` bytes; the caller guarantees the rest.
    Ok(unsafe { slice::from_raw_parts_mut(data, len) })
}

/// A bump allocator over the caller's memory.
///
/// Invariant: `start` points to `len` bytes that are not allocated yet, so no byte is given out
/// twice.
pub(crate) struct Arena<'m> {
    start: *mut u8,
    len: usize,
    memory: PhantomData<&'m mut [u8]>,
}

impl<'m> Arena<'m> {
    /// Allocates from `len` bytes at `start`.
    ///
    /// # Errors
    ///
    /// `JV_NULL_POINTER` if `start` is NULL; [`check_len`].
    ///
    /// # Safety
    ///
    /// Unless it is NULL, `start` points to `len` bytes that nothing else uses during `'m`. They
    /// may be uninitialized.
    pub(crate) unsafe fn new(start: *mut u8, len: usize) -> Result<Self, Code> {
        if start.is_null() {
            return Err(Code(JV_NULL_POINTER));
        }
        check_len::<u8>(len)?;
        Ok(Self {
            start,
            len,
            memory: PhantomData,
        })
    }

    /// Returns the number of bytes that are not allocated yet.
    pub(crate) const fn remaining(&self) -> usize {
        self.len
    }

    /// Allocates `count` values without initializing them.
    ///
    /// # Errors
    ///
    /// `JV_UNUSABLE_MEMORY` if the remaining memory is too small or misaligned.
    pub(crate) fn alloc_uninit<T>(&mut self, count: usize) -> Result<*mut T, Code> {
        let pointer = self.start.cast::<T>();
        let bytes = count.checked_mul(size_of::<T>());
        let remaining = bytes.and_then(|bytes| Some((bytes, self.len.checked_sub(bytes)?)));
        let (bytes, remaining) = remaining
            .filter(|_| pointer.is_aligned())
            .ok_or(Code(JV_UNUSABLE_MEMORY))?;
        // SAFETY: at least `bytes` bytes remain.
        self.start = unsafe { self.start.add(bytes) };
        self.len = remaining;
        Ok(pointer)
    }

    /// Allocates `count` copies of `value`.
    ///
    /// # Errors
    ///
    /// As for [`alloc_uninit`](Self::alloc_uninit).
    pub(crate) fn alloc_array<T: Copy>(
        &mut self,
        count: usize,
        value: T,
    ) -> Result<&'m mut [T], Code> {
        let pointer = self.alloc_uninit::<T>(count)?;
        // SAFETY: just allocated for `count` values; `MaybeUninit` need not be initialized.
        let values = unsafe { slice::from_raw_parts_mut(pointer.cast::<MaybeUninit<T>>(), count) };
        values.fill(MaybeUninit::new(value));
        // SAFETY: the same memory, initialized above; `values` is no longer used.
        Ok(unsafe { slice::from_raw_parts_mut(pointer, count) })
    }
}

/// Checks that `len` values take at most `isize::MAX` bytes, the limit of any object.
///
/// # Errors
///
/// `JV_OVERLAP` if they take more.
pub(crate) fn check_len<T>(len: usize) -> Result<(), Code> {
    let bytes = len.checked_mul(size_of::<T>());
    match bytes.map(isize::try_from) {
        Some(Ok(_)) => Ok(()),
        _ => Err(Code(JV_OVERLAP)),
    }
}

/// Borrows a string.
///
/// # Errors
///
/// As for [`array`]; `JV_NOT_UTF8`.
///
/// # Safety
///
/// As for [`array`], for the string's pointer and length.
pub(crate) unsafe fn text<'a>(string: jv_string) -> Result<&'a str, Code> {
    // SAFETY: guaranteed by the caller.
    let bytes = unsafe { array(string.data, string.len) }?;
    str::from_utf8(bytes).map_err(|_| Code(JV_NOT_UTF8))
}

/// Checks that two regions of memory are disjoint, so that writing one does not change the other.
///
/// # Errors
///
/// `JV_OVERLAP` if they share a byte.
pub(crate) fn check_disjoint(
    a: *const u8,
    a_len: usize,
    b: *const u8,
    b_len: usize,
) -> Result<(), Code> {
    let a_before_b = a
        .addr()
        .checked_add(a_len)
        .is_some_and(|end| end <= b.addr());
    let b_before_a = b
        .addr()
        .checked_add(b_len)
        .is_some_and(|end| end <= a.addr());
    if a_len == 0 || b_len == 0 || a_before_b || b_before_a {
        Ok(())
    } else {
        Err(Code(JV_OVERLAP))
    }
}

/// Borrows a struct that begins with its own size, as [`reference`] does. Nothing else in it is
/// read before the size is checked.
///
/// # Errors
///
/// As for [`reference`]; [`check_struct_size`].
///
/// # Safety
///
/// As for [`reference`], except that only as many bytes must be readable as the size states.
pub(crate) unsafe fn sized_reference<'a, T>(pointer: *const T) -> Result<&'a T, Code> {
    // SAFETY: the caller guarantees that the struct begins with a size.
    check_struct_size::<T>(unsafe { *reference(pointer.cast::<usize>())? })?;
    // SAFETY: guaranteed by the caller, because the size is that of `T`.
    unsafe { reference(pointer) }
}

/// Borrows such a struct mutably, as [`reference_mut`] does.
///
/// # Errors
///
/// As for [`sized_reference`].
///
/// # Safety
///
/// As for [`reference_mut`], except that only as many bytes must be accessible as the size states.
pub(crate) unsafe fn sized_reference_mut<'a, T>(pointer: *mut T) -> Result<&'a mut T, Code> {
    // SAFETY: the caller guarantees that the struct begins with a size.
    check_struct_size::<T>(unsafe { *reference(pointer.cast::<usize>().cast_const())? })?;
    // SAFETY: guaranteed by the caller, because the size is that of `T`.
    unsafe { reference_mut(pointer) }
}

/// Checks the size field at the start of a struct, which the C compiler computed. There is only
/// one version so far, with one size.
///
/// # Errors
///
/// `JV_STRUCT_SIZE` if it is another size.
pub(crate) fn check_struct_size<T>(struct_size: usize) -> Result<(), Code> {
    if struct_size == size_of::<T>() {
        Ok(())
    } else {
        Err(Code(JV_STRUCT_SIZE))
    }
}

/// Writes a result through an output pointer of C. NULL means that C does not want it.
///
/// # Safety
///
/// Unless it is NULL, the pointer is writable for a `T` that nothing else uses.
pub(crate) unsafe fn write_out<T>(output: *mut T, value: T) {
    if !output.is_null() {
        // SAFETY: not NULL; the caller guarantees the rest. Unaligned, because the output may be
        // a member of a packed struct.
        unsafe { ptr::write_unaligned(output, value) }
    }
}
