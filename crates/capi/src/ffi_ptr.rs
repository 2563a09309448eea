//! What C lends, as references: NULL, length and alignment are checked here and nowhere else.

use core::marker::PhantomData;
use core::mem::MaybeUninit;
use core::{ptr, slice, str};

use crate::code::{
    Code, JV_NOT_UTF8, JV_NULL_POINTER, JV_OVERLAP, JV_STRUCT_SIZE, JV_UNUSABLE_MEMORY,
};
use crate::string::jv_string;

/// # Safety
///
/// Unless it is NULL or misaligned, the pointer is that of a value of the type, which nobody
/// changes for `'a`.
pub(crate) unsafe fn reference<'a, T>(pointer: *const T) -> Result<&'a T, Code> {
    if pointer.is_null() || !pointer.is_aligned() {
        return Err(Code(JV_NULL_POINTER));
    }
    // SAFETY: neither NULL nor misaligned; the rest is the caller's promise.
    Ok(unsafe { &*pointer })
}

/// # Safety
///
/// Unless it is NULL or misaligned, the pointer is that of a value of the type, which nobody else
/// uses for `'a`.
pub(crate) unsafe fn reference_mut<'a, T>(pointer: *mut T) -> Result<&'a mut T, Code> {
    if pointer.is_null() || !pointer.is_aligned() {
        return Err(Code(JV_NULL_POINTER));
    }
    // SAFETY: neither NULL nor misaligned; the rest is the caller's promise.
    Ok(unsafe { &mut *pointer })
}

/// # Safety
///
/// Unless it is NULL or misaligned, `len` values of the type stand there, which nobody changes for
/// `'a`.
pub(crate) unsafe fn array<'a, T>(data: *const T, len: usize) -> Result<&'a [T], Code> {
    if len == 0 {
        return Ok(&[]);
    }
    if data.is_null() || !data.is_aligned() {
        return Err(Code(JV_NULL_POINTER));
    }
    check_len::<T>(len)?;
    // SAFETY: neither NULL nor misaligned, and no longer than memory can be; the rest is the
    // caller's promise.
    Ok(unsafe { slice::from_raw_parts(data, len) })
}

/// # Safety
///
/// Unless it is NULL, `len` bytes stand there, which nobody else uses for `'a`.
pub(crate) unsafe fn bytes_mut<'a>(data: *mut u8, len: usize) -> Result<&'a mut [u8], Code> {
    if len == 0 {
        return Ok(&mut []);
    }
    if data.is_null() {
        return Err(Code(JV_NULL_POINTER));
    }
    check_len::<u8>(len)?;
    // SAFETY: not NULL, and no longer than memory can be; the rest is the caller's promise.
    Ok(unsafe { slice::from_raw_parts_mut(data, len) })
}

/// Memory that C lends for `'m`, divided from its beginning on. Nothing is given out twice.
pub(crate) struct Arena<'m> {
    start: *mut u8,
    len: usize,
    lent: PhantomData<&'m mut [u8]>,
}

impl<'m> Arena<'m> {
    /// # Safety
    ///
    /// Unless it is NULL, `len` bytes stand there, which nobody else uses for `'m`. They may have
    /// no value yet.
    pub(crate) unsafe fn new(start: *mut u8, len: usize) -> Result<Self, Code> {
        if start.is_null() {
            return Err(Code(JV_NULL_POINTER));
        }
        check_len::<u8>(len)?;
        Ok(Self {
            start,
            len,
            lent: PhantomData,
        })
    }

    /// Bytes that are not given out.
    pub(crate) const fn left(&self) -> usize {
        self.len
    }

    /// An aligned place for so many values of the type, nothing of which is written yet.
    pub(crate) fn place<T>(&mut self, count: usize) -> Result<*mut T, Code> {
        let place = self.start.cast::<T>();
        let bytes = count.checked_mul(size_of::<T>());
        let left = bytes.and_then(|bytes| Some((bytes, self.len.checked_sub(bytes)?)));
        let (bytes, left) = left
            .filter(|_| place.is_aligned())
            .ok_or(Code(JV_UNUSABLE_MEMORY))?;
        // SAFETY: as many bytes are there.
        self.start = unsafe { self.start.add(bytes) };
        self.len = left;
        Ok(place)
    }

    /// So many values of the type.
    pub(crate) fn array<T: Copy>(&mut self, count: usize, value: T) -> Result<&'m mut [T], Code> {
        let place = self.place::<T>(count)?;
        // SAFETY: a place for so many, that nobody else uses for `'m`; these may be without value.
        let values = unsafe { slice::from_raw_parts_mut(place.cast::<MaybeUninit<T>>(), count) };
        values.fill(MaybeUninit::new(value));
        // SAFETY: the same place, which was written to just now.
        Ok(unsafe { slice::from_raw_parts_mut(place, count) })
    }
}

/// No object is longer than half of what an address can count.
pub(crate) fn check_len<T>(len: usize) -> Result<(), Code> {
    let bytes = len.checked_mul(size_of::<T>());
    match bytes.map(isize::try_from) {
        Some(Ok(_)) => Ok(()),
        _ => Err(Code(JV_OVERLAP)),
    }
}

/// # Safety
///
/// As for [`array`], with the string's data.
pub(crate) unsafe fn text<'a>(string: jv_string) -> Result<&'a str, Code> {
    // SAFETY: the caller's promise.
    let bytes = unsafe { array(string.data, string.len) }?;
    str::from_utf8(bytes).map_err(|_| Code(JV_NOT_UTF8))
}

/// That two pieces of memory have no byte in common: what is read must not be what is written.
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

/// [`reference`] to a struct that begins with its own size, which is looked at before anything else
/// in it.
///
/// # Safety
///
/// As for [`reference`], but only so many bytes need to be there as the struct itself says.
pub(crate) unsafe fn sized_reference<'a, T>(pointer: *const T) -> Result<&'a T, Code> {
    // SAFETY: the caller's promise: a size is there.
    check_struct_size::<T>(unsafe { *reference(pointer.cast::<usize>())? })?;
    // SAFETY: the caller's promise, now that the size is the type's.
    unsafe { reference(pointer) }
}

/// [`reference_mut`] to such a struct.
///
/// # Safety
///
/// As for [`reference_mut`], but only so many bytes need to be there as the struct itself says.
pub(crate) unsafe fn sized_reference_mut<'a, T>(pointer: *mut T) -> Result<&'a mut T, Code> {
    // SAFETY: the caller's promise: a size is there.
    check_struct_size::<T>(unsafe { *reference(pointer.cast::<usize>().cast_const())? })?;
    // SAFETY: the caller's promise, now that the size is the type's.
    unsafe { reference_mut(pointer) }
}

/// A struct begins with its own size, as the C compiler knew it. There is one version so far, so
/// there is one size.
pub(crate) fn check_struct_size<T>(struct_size: usize) -> Result<(), Code> {
    if struct_size == size_of::<T>() {
        Ok(())
    } else {
        Err(Code(JV_STRUCT_SIZE))
    }
}

/// Writes a result where C wants it, if it wants it.
///
/// # Safety
///
/// Unless it is NULL, the pointer is that of a value of the type that nobody else uses.
pub(crate) unsafe fn write_out<T>(place: *mut T, value: T) {
    if !place.is_null() {
        // SAFETY: not NULL; the rest is the caller's promise, who may have put the value into a
        // packed struct.
        unsafe { ptr::write_unaligned(place, value) }
    }
}
