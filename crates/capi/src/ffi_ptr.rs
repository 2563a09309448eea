//! Turns pointers from C into references, after checking NULL, lengths and alignment. A reference
//! is created only to memory that is initialized and that nothing else uses at the same time.

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
/// A pointer that is neither NULL nor misaligned points to an initialized `T` that nothing
/// modifies during `'a`.
pub(crate) unsafe fn reference<'a, T>(pointer: *const T) -> Result<&'a T, Code> {
    check_pointer(pointer)?;
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
/// A pointer that is neither NULL nor misaligned points to an initialized `T` that nothing else
/// uses during `'a`.
pub(crate) unsafe fn reference_mut<'a, T>(pointer: *mut T) -> Result<&'a mut T, Code> {
    check_pointer(pointer)?;
    // SAFETY: neither NULL nor misaligned; the caller guarantees the rest.
    Ok(unsafe { &mut *pointer })
}

/// Checks that a pointer is neither NULL nor misaligned.
///
/// # Errors
///
/// `JV_NULL_POINTER` if it is.
pub(crate) fn check_pointer<T>(pointer: *const T) -> Result<(), Code> {
    if pointer.is_null() || !pointer.is_aligned() {
        return Err(Code(JV_NULL_POINTER));
    }
    Ok(())
}

/// Borrows an array. The pointer of an empty array is ignored.
///
/// # Errors
///
/// `JV_NULL_POINTER` if the pointer is NULL or misaligned; [`check_len`].
///
/// # Safety
///
/// A pointer that is neither NULL nor misaligned points to `len` initialized values that nothing
/// modifies during `'a`.
pub(crate) unsafe fn array<'a, T>(data: *const T, len: usize) -> Result<&'a [T], Code> {
    if len == 0 {
        return Ok(&[]);
    }
    check_pointer(data)?;
    check_len::<T>(len)?;
    // SAFETY: neither NULL nor misaligned, and at most `isize::MAX` bytes; the caller guarantees
    // the rest.
    Ok(unsafe { slice::from_raw_parts(data, len) })
}

/// Borrows bytes mutably. The pointer of an empty buffer is ignored.
///
/// # Errors
///
/// `JV_NULL_POINTER` if the pointer is NULL; [`check_len`].
///
/// # Safety
///
/// A pointer that is not NULL points to `len` initialized bytes that nothing else uses during `'a`.
pub(crate) unsafe fn bytes_mut<'a>(data: *mut u8, len: usize) -> Result<&'a mut [u8], Code> {
    check_buffer(data, len)?;
    if len == 0 {
        return Ok(&mut []);
    }
    // SAFETY: not NULL, and at most `isize::MAX` bytes; the caller guarantees the rest.
    Ok(unsafe { slice::from_raw_parts_mut(data, len) })
}

/// Borrows at most `needed` bytes of a buffer whose content does not matter, and fills them with
/// zeros. C need not have initialized them.
///
/// # Errors
///
/// As for [`bytes_mut`].
///
/// # Safety
///
/// As for [`bytes_mut`], except that the bytes may be uninitialized.
pub(crate) unsafe fn zeroed_bytes<'a>(
    data: *mut u8,
    len: usize,
    needed: usize,
) -> Result<&'a mut [u8], Code> {
    check_buffer(data, len)?;
    let len = len.min(needed);
    if len > 0 {
        // SAFETY: not NULL, and within the buffer.
        unsafe { ptr::write_bytes(data, 0, len) };
    }
    // SAFETY: guaranteed by the caller, and initialized above.
    unsafe { bytes_mut(data, len) }
}

/// Checks the pointer and the length of a buffer.
///
/// # Errors
///
/// As for [`bytes_mut`].
pub(crate) fn check_buffer(data: *const u8, len: usize) -> Result<(), Code> {
    if len > 0 && data.is_null() {
        return Err(Code(JV_NULL_POINTER));
    }
    check_len::<u8>(len)
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

/// Memory of the caller that a call reads or writes.
#[derive(Clone, Copy)]
pub(crate) struct Region {
    start: *const u8,
    len: usize,
}

impl Region {
    /// Returns the region of `len` bytes at `start`.
    pub(crate) const fn new(start: *const u8, len: usize) -> Self {
        Self { start, len }
    }

    /// Returns the region of the value at a pointer, which is empty for NULL.
    pub(crate) const fn of<T>(pointer: *const T) -> Self {
        let len = if pointer.is_null() { 0 } else { size_of::<T>() };
        Self::new(pointer.cast(), len)
    }

    /// Returns the region of an array.
    pub(crate) const fn of_array<T>(start: *const T, len: usize) -> Self {
        Self::new(start.cast(), len.saturating_mul(size_of::<T>()))
    }

    /// Returns the region of a string of C.
    pub(crate) const fn of_string(string: jv_string) -> Self {
        Self::new(string.data, string.len)
    }

    /// Returns the region of a text.
    pub(crate) const fn of_text(text: &str) -> Self {
        Self::new(text.as_ptr(), text.len())
    }

    /// Checks that two regions are disjoint, so that writing one does not change the other.
    ///
    /// # Errors
    ///
    /// `JV_OVERLAP` if they share a byte.
    pub(crate) fn check_disjoint(self, other: Self) -> Result<(), Code> {
        if self.len == 0 || other.len == 0 || self.ends_before(other) || other.ends_before(self) {
            Ok(())
        } else {
            Err(Code(JV_OVERLAP))
        }
    }

    fn ends_before(self, other: Self) -> bool {
        let end = self.start.addr().checked_add(self.len);
        end.is_some_and(|end| end <= other.start.addr())
    }
}

/// Borrows a struct that begins with its own size, as [`reference`] does.
///
/// # Errors
///
/// As for [`check_sized`].
///
/// # Safety
///
/// As for [`reference`], except that only as many bytes must be readable as the size states.
pub(crate) unsafe fn sized_reference<'a, T>(pointer: *const T) -> Result<&'a T, Code> {
    // SAFETY: guaranteed by the caller.
    unsafe { check_sized(pointer) }?;
    // SAFETY: guaranteed by the caller, because the size is that of `T`.
    unsafe { reference(pointer) }
}

/// Checks the pointer to a struct that begins with its own size. Nothing else in it is read.
///
/// # Errors
///
/// `JV_NULL_POINTER` if the pointer is NULL or misaligned; [`check_struct_size`].
///
/// # Safety
///
/// A pointer that is neither NULL nor misaligned points to an initialized size.
pub(crate) unsafe fn check_sized<T>(pointer: *const T) -> Result<(), Code> {
    check_pointer(pointer)?;
    // SAFETY: neither NULL nor misaligned; the caller guarantees the rest.
    check_struct_size::<T>(unsafe { ptr::read(pointer.cast::<usize>()) })
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
