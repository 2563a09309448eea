//! The check of one claim, and the comparisons that it needs.

use core::time::Duration;

use crate::encoding::json::JsonStr;
use crate::error::Problem;
use crate::limits::MAX_EXPECTED;
use crate::time::{Clock, NumericDate};

/// What a policy requires of one claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check<T> {
    /// The claim must be present and match.
    Required(T),
    /// The claim must be present, with any value. Even an empty string or an `exp` in the past
    /// passes.
    Present,
    /// The claim can be absent. If it is present, it must match.
    IfPresent(T),
    /// The claim must be absent.
    Absent,
    /// The claim can be absent or have any value. Its JSON type is still checked, except for
    /// `auth_time`, `acr` and `amr`, which may have any type but `null`.
    NotChecked,
}

/// The outcome of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The claim satisfies the check.
    Passed,
    /// The check was not made: the policy does not require it, the claim is optional and absent, or
    /// the clock cannot decide it.
    NotMade,
    /// The claim does not satisfy the check.
    Failed(Problem),
}

impl Verdict {
    pub(crate) const fn new(matches: bool, problem: Problem) -> Self {
        if matches {
            Self::Passed
        } else {
            Self::Failed(problem)
        }
    }

    /// Creates a verdict from a comparison of times, which is `None` if the clock cannot decide it.
    const fn of_time(is_wrong: Option<bool>, problem: Problem) -> Self {
        match is_wrong {
            Some(true) => Self::Failed(problem),
            Some(false) => Self::Passed,
            None => Self::NotMade,
        }
    }

    /// Combines two checks of one claim. Returns the first failure. Without a failure, returns
    /// `Passed` if at least one check passed.
    pub(crate) fn and(self, other: impl FnOnce() -> Self) -> Self {
        match self {
            Self::Failed(_) => self,
            Self::NotMade => other(),
            Self::Passed => match other() {
                failed @ Self::Failed(_) => failed,
                Self::Passed | Self::NotMade => Self::Passed,
            },
        }
    }
}

impl<T> Check<T> {
    /// Returns the value that the claim is compared with, if there is one.
    pub(crate) fn expected(&self) -> Option<&T> {
        match self {
            Self::Required(expected) | Self::IfPresent(expected) => Some(expected),
            Self::Present | Self::Absent | Self::NotChecked => None,
        }
    }

    /// Returns whether the policy checks the claim.
    pub(crate) const fn is_made(&self) -> bool {
        !matches!(self, Self::NotChecked)
    }

    /// Converts the expected value, if there is one.
    pub(crate) fn map<'t, U>(&'t self, expected: impl FnOnce(&'t T) -> U) -> Check<U> {
        match self {
            Self::Required(value) => Check::Required(expected(value)),
            Self::IfPresent(value) => Check::IfPresent(expected(value)),
            Self::Present => Check::Present,
            Self::Absent => Check::Absent,
            Self::NotChecked => Check::NotChecked,
        }
    }

    /// Checks a claim. `is_usable` validates the expected value first, so that the caller's mistake
    /// is reported even if the claim is absent. `matches` then compares the claim with that value.
    #[inline]
    pub(crate) fn verdict<C>(
        &self,
        claim: Option<C>,
        is_usable: impl FnOnce(&T) -> bool,
        matches: impl FnOnce(C, &T) -> Verdict,
    ) -> Verdict {
        if !self.expected().is_none_or(is_usable) {
            return Verdict::Failed(Problem::NothingExpected);
        }
        match (self, claim) {
            (Self::Required(expected) | Self::IfPresent(expected), Some(claim)) => {
                matches(claim, expected)
            }
            (Self::Required(_) | Self::Present, None) => Verdict::Failed(Problem::Missing),
            (Self::Absent, Some(_)) => Verdict::Failed(Problem::Prohibited),
            (Self::Present, Some(_)) | (Self::Absent, None) => Verdict::Passed,
            (Self::IfPresent(_), None) | (Self::NotChecked, _) => Verdict::NotMade,
        }
    }
}

/// A list of expected strings: an array, a slice, a `Vec`, or a single string.
///
/// Write a literal list as `&["a", "b"]` and an empty list as `&[""; 0]`. Pass a slice by
/// reference, as `&slice`. Implement the trait for your own type if it stores its strings in
/// another way.
///
/// ```
/// use jose_verify::{Check, Policy, StringList};
///
/// let issuers: Vec<String> = vec!["https://issuer.example.com".into()];
/// let one = "https://issuer.example.com".to_owned();
/// # #[cfg(feature = "alloc")]
/// for expected in [&issuers as &dyn StringList, &one, &["https://issuer.example.com"]] {
///     let policy = Policy::jwt(Check::Required(expected), Check::NotChecked);
///     # let _ = policy;
/// }
/// # let _ = (issuers, one);
/// ```
pub trait StringList: Sync {
    /// Returns the string at `index`, or `None` after the last one. Strings after the first
    /// [`MAX_EXPECTED`] are ignored.
    fn string_at(&self, index: usize) -> Option<&str>;
}

impl<S: AsRef<str> + Sync, const N: usize> StringList for [S; N] {
    fn string_at(&self, index: usize) -> Option<&str> {
        self.as_slice().get(index).map(AsRef::as_ref)
    }
}

impl<S: AsRef<str> + Sync> StringList for &[S] {
    fn string_at(&self, index: usize) -> Option<&str> {
        (**self).get(index).map(AsRef::as_ref)
    }
}

impl StringList for &str {
    fn string_at(&self, index: usize) -> Option<&str> {
        (index == 0).then_some(*self)
    }
}

#[cfg(feature = "alloc")]
impl<S: AsRef<str> + Sync> StringList for alloc::vec::Vec<S> {
    fn string_at(&self, index: usize) -> Option<&str> {
        self.as_slice().get(index).map(AsRef::as_ref)
    }
}

#[cfg(feature = "alloc")]
impl StringList for alloc::string::String {
    fn string_at(&self, index: usize) -> Option<&str> {
        (index == 0).then_some(self)
    }
}

/// Returns whether the list is not empty and contains no empty string. An unset variable often
/// yields an empty list or string.
pub(crate) fn is_usable(expected: &dyn StringList) -> bool {
    expected.string_at(0).is_some() && !strings(expected).any(str::is_empty)
}

/// Returns whether a claim equals one of the expected strings.
pub(crate) fn is_one_of(claim: JsonStr<'_>, expected: &dyn StringList) -> bool {
    strings(expected).any(|string| claim == string)
}

/// Iterates over the strings of a list.
#[inline]
pub(crate) fn strings(list: &dyn StringList) -> impl Iterator<Item = &str> {
    (0..MAX_EXPECTED).map_while(|index| list.string_at(index))
}

/// Checks that the clock has not reached `time`.
pub(crate) fn not_reached(clock: Clock, time: NumericDate, problem: Problem) -> Verdict {
    Verdict::of_time(clock.has_reached(time), problem)
}

/// Checks that the clock is not later than `time`.
pub(crate) fn not_passed(clock: Clock, time: NumericDate, problem: Problem) -> Verdict {
    Verdict::of_time(clock.has_passed(time), problem)
}

/// Checks that `time` is not in the future.
pub(crate) fn not_in_future(
    clock: Clock,
    time: NumericDate,
    leeway: Duration,
    problem: Problem,
) -> Verdict {
    Verdict::of_time(clock.is_before(time, leeway), problem)
}
