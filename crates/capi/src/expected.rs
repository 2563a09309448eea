//! What a policy from C expects, after its pointers, strings and numbers were checked.

use core::time::Duration;

use jose_verify::{Audience, Check, MaxAge, Policy, StringList};

use crate::code::{Code, JV_OUT_OF_RANGE, JV_UNDECIDED};
use crate::ffi_ptr::{Region, array, text};
use crate::policy::{
    JV_ABSENT, JV_AUDIENCE_ANY_OF, JV_AUDIENCE_CLIENT, JV_DECIDE, JV_IF_PRESENT, JV_MAX_VALUES,
    JV_NOT_CHECKED, JV_PRESENT, JV_REQUIRED, base, jv_check_audience, jv_check_text,
    jv_check_texts, jv_check_time, jv_demand, jv_policy,
};
use crate::string::jv_string;

/// A list of strings from C, as a list for the core.
struct Strings<'a> {
    items: [&'a str; JV_MAX_VALUES],
    len: usize,
}

impl<'a> Strings<'a> {
    /// Reads a list, which may be empty.
    ///
    /// # Errors
    ///
    /// `JV_OUT_OF_RANGE` if there are more than [`JV_MAX_VALUES`]; `JV_UNDECIDED` if a string is
    /// not set; those of [`array`] and [`text`].
    ///
    /// # Safety
    ///
    /// `values` is NULL or `count` strings that are valid for `'a`.
    unsafe fn new(values: *const jv_string, count: usize) -> Result<Self, Code> {
        // SAFETY: guaranteed by the caller.
        let strings: &'a [jv_string] = unsafe { array(values, count) }?;
        let mut items = [""; JV_MAX_VALUES];
        for (index, string) in strings.iter().enumerate() {
            let item = items.get_mut(index).ok_or(Code(JV_OUT_OF_RANGE))?;
            // NULL data means that the value was never set. An empty string has an address.
            if string.data.is_null() {
                return Err(Code(JV_UNDECIDED));
            }
            // SAFETY: guaranteed by the caller.
            *item = unsafe { text(*string) }?;
        }
        Ok(Self {
            items,
            len: strings.len(),
        })
    }

    /// Reads a list that is compared with a claim. No claim could match an empty one.
    ///
    /// # Errors
    ///
    /// `JV_UNDECIDED` if the list is empty; those of [`new`](Self::new).
    ///
    /// # Safety
    ///
    /// As for [`new`](Self::new).
    unsafe fn non_empty(values: *const jv_string, count: usize) -> Result<Self, Code> {
        if count == 0 {
            return Err(Code(JV_UNDECIDED));
        }
        // SAFETY: guaranteed by the caller.
        unsafe { Self::new(values, count) }
    }
}

impl StringList for Strings<'_> {
    fn string_at(&self, index: usize) -> Option<&str> {
        self.items.get(..self.len)?.get(index).copied()
    }
}

/// The expected audiences from C, with their strings as lists for the core.
struct Audiences<'a> {
    kind: u32,
    values: Strings<'a>,
    trusted: Strings<'a>,
}

/// A policy from C after all of its pointers, strings and numbers were checked.
pub(crate) struct Expected<'a> {
    base: Policy<'a>,
    issuer: Check<Strings<'a>>,
    subject: Check<Strings<'a>>,
    client_id: Check<Strings<'a>>,
    audience: Check<Audiences<'a>>,
    authorized_party: Check<Strings<'a>>,
    acr: Check<Strings<'a>>,
}

impl<'a> Expected<'a> {
    /// Checks a policy.
    ///
    /// # Errors
    ///
    /// `JV_UNDECIDED` or `JV_OUT_OF_RANGE`; those of [`array`] and [`text`].
    ///
    /// # Safety
    ///
    /// The strings of the policy are valid for `'a`.
    pub(crate) unsafe fn new(policy: &jv_policy) -> Result<Self, Code> {
        let one = |check: jv_check_text| {
            check_compared(check.demand, check.value.data.is_null())?;
            decide(check.demand, || {
                if check.value.data.is_null() {
                    return Err(Code(JV_UNDECIDED));
                }
                // SAFETY: guaranteed by the caller.
                unsafe { text::<'a>(check.value) }
            })
        };
        let several = |check: jv_check_texts| {
            check_compared(check.demand, check.value_count == 0)?;
            // SAFETY: guaranteed by the caller.
            decide(check.demand, || unsafe {
                Strings::non_empty(check.values, check.value_count)
            })
        };
        let time = |check: jv_check_time| decide(check.demand, || Ok(seconds(check.leeway)));
        let age = policy.auth_time;
        check_compared(age.demand, age.max_age == 0)?;
        check_compared(policy.audience.demand, policy.audience.value_count == 0)?;
        let max_age = MaxAge {
            age: seconds(age.max_age),
            leeway: seconds(age.leeway),
        };
        Ok(Self {
            base: Policy {
                typ: one(policy.typ)?,
                expires_at: time(policy.expires_at)?,
                not_before: time(policy.not_before)?,
                issued_at: time(policy.issued_at)?,
                nonce: one(policy.nonce)?,
                auth_time: decide(age.demand, || Ok(max_age))?,
                amr: one(policy.amr)?,
                jwt_id: one(policy.jwt_id)?,
                events: one(policy.events)?,
                // Checks that later versions add keep the profile's value.
                ..base(policy.profile)?
            },
            issuer: several(policy.issuer)?,
            subject: several(policy.subject)?,
            client_id: several(policy.client_id)?,
            // SAFETY: guaranteed by the caller.
            audience: decide(policy.audience.demand, || unsafe {
                audiences(&policy.audience)
            })?,
            authorized_party: several(policy.authorized_party)?,
            acr: several(policy.acr)?,
        })
    }

    /// Returns the policy for the core.
    pub(crate) fn policy(&self) -> Policy<'_> {
        Policy {
            issuer: map(&self.issuer, list),
            subject: map(&self.subject, list),
            client_id: map(&self.client_id, list),
            audience: map(&self.audience, Audiences::audience),
            authorized_party: map(&self.authorized_party, list),
            acr: map(&self.acr, list),
            ..self.base
        }
    }
}

impl Audiences<'_> {
    fn audience(&self) -> Audience<'_> {
        match self.kind {
            JV_AUDIENCE_CLIENT => Audience::Client {
                client_ids: &self.values,
                trusted: &self.trusted,
            },
            _ => Audience::AnyOf(&self.values),
        }
    }
}

/// Reads the expected audiences.
///
/// # Safety
///
/// The strings are valid for `'a`.
unsafe fn audiences<'a>(check: &jv_check_audience) -> Result<Audiences<'a>, Code> {
    if !matches!(check.kind, JV_AUDIENCE_ANY_OF | JV_AUDIENCE_CLIENT) {
        return Err(Code(JV_OUT_OF_RANGE));
    }
    Ok(Audiences {
        kind: check.kind,
        // SAFETY: guaranteed by the caller.
        values: unsafe { Strings::non_empty(check.values, check.value_count) }?,
        // SAFETY: guaranteed by the caller.
        trusted: unsafe { Strings::new(check.trusted, check.trusted_count) }?,
    })
}

/// Checks that no string of the policy overlaps a buffer that is written before they are compared.
///
/// # Errors
///
/// `JV_OVERLAP` if one does.
pub(crate) fn check_strings_disjoint(policy: &Policy<'_>, buffer: Region) -> Result<(), Code> {
    let strings = [
        policy.typ,
        policy.nonce,
        policy.amr,
        policy.jwt_id,
        policy.events,
    ];
    let lists = [
        policy.issuer,
        policy.subject,
        policy.authorized_party,
        policy.acr,
        policy.client_id,
    ];
    let (audience, trusted) = match expected(&policy.audience) {
        Some(Audience::AnyOf(ours)) => (Some(ours), None),
        Some(Audience::Client {
            client_ids,
            trusted,
        }) => (Some(client_ids), Some(trusted)),
        _ => (None, None),
    };
    let check = |text: &str| Region::of_text(text).check_disjoint(buffer);
    strings.iter().filter_map(expected).try_for_each(check)?;
    let lists = lists.iter().filter_map(expected);
    for list in lists.chain(audience).chain(trusted) {
        (0..JV_MAX_VALUES)
            .map_while(|index| list.string_at(index))
            .try_for_each(check)?;
    }
    Ok(())
}

fn list<'t>(strings: &'t Strings<'_>) -> &'t dyn StringList {
    strings
}

fn seconds(seconds: u32) -> Duration {
    Duration::from_secs(seconds.into())
}

/// Returns the value that a claim is compared with.
const fn expected<T: Copy>(check: &Check<T>) -> Option<T> {
    match check {
        Check::Required(value) | Check::IfPresent(value) => Some(*value),
        Check::Present | Check::Absent | Check::NotChecked => None,
    }
}

/// Rejects a value that the demand does not compare, because a caller who sets a value expects it
/// to be compared.
const fn check_compared(demand: jv_demand, is_empty: bool) -> Result<(), Code> {
    match demand {
        JV_PRESENT | JV_NOT_CHECKED | JV_ABSENT if !is_empty => Err(Code(JV_UNDECIDED)),
        _ => Ok(()),
    }
}

/// Combines a demand with its value. The value is read only if the demand compares it.
fn decide<T>(demand: jv_demand, value: impl FnOnce() -> Result<T, Code>) -> Result<Check<T>, Code> {
    match demand {
        JV_DECIDE => Err(Code(JV_UNDECIDED)),
        JV_REQUIRED => Ok(Check::Required(value()?)),
        JV_PRESENT => Ok(Check::Present),
        JV_IF_PRESENT => Ok(Check::IfPresent(value()?)),
        JV_NOT_CHECKED => Ok(Check::NotChecked),
        JV_ABSENT => Ok(Check::Absent),
        _ => Err(Code(JV_OUT_OF_RANGE)),
    }
}

/// Returns the same check with `value` applied to what it compares.
fn map<'t, T, U>(check: &'t Check<T>, value: impl FnOnce(&'t T) -> U) -> Check<U> {
    match check {
        Check::Required(expected) => Check::Required(value(expected)),
        Check::Present => Check::Present,
        Check::IfPresent(expected) => Check::IfPresent(value(expected)),
        Check::Absent => Check::Absent,
        Check::NotChecked => Check::NotChecked,
    }
}
