//! Scopes and roles: the permissions of a token, in a claim that the caller names.

use core::fmt::{self, Debug};

use crate::encoding::json::{JsonStr, SplitSpaces, Value};
use crate::error::{Claim, Error, Problem};
use crate::jose::claims::Claims;
use crate::jose::strings::{StringOrArray, Strings};
use crate::limits::MAX_EXPECTED;
use crate::policy::check::{is_usable, strings};
use crate::policy::{Candidate, ClaimCheck, StringList};

/// The values of a claim such as `scope`, `scp`, `roles` or `groups`.
///
/// Providers write them as one string of values separated by spaces (RFC 6749 §3.3), or as an
/// array. In an array, each string is one value, even if it contains spaces. If the claim is
/// absent, there are no values, so the token grants nothing.
///
/// ```
/// use jose_verify::{Error, Verified};
/// use jose_verify::oauth::Scopes;
///
/// fn may_write(access_token: &Verified<'_>) -> Result<(), Error> {
///     Scopes::read(access_token.claims(), "scope")?.require(&["catalog", "catalog.write"])
/// }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Scopes<'a>(Form<'a>);

#[derive(Debug, Clone, Copy)]
enum Form<'a> {
    Absent,
    Spaced(JsonStr<'a>),
    Listed(StringOrArray<'a>),
}

impl<'a> Scopes<'a> {
    /// Reads the claim `name`.
    ///
    /// # Errors
    ///
    /// [`Problem::WrongType`] with [`Claim::Scope`]: the claim is neither a string nor an array of
    /// strings.
    pub fn read(claims: &Claims<'a>, name: &str) -> Result<Self, Error> {
        let Some(value) = claims.get(name) else {
            return Ok(Self(Form::Absent));
        };
        Self::of_value(value).ok_or(Error::Claim(Claim::Scope, Problem::WrongType))
    }

    /// Reads a string or an array of strings.
    pub(super) fn of_value(value: Value<'a>) -> Option<Self> {
        let form = match value.as_str() {
            Some(string) => Form::Spaced(string),
            None => Form::Listed(StringOrArray::array(value)?),
        };
        Some(Self(form))
    }

    /// Returns whether one of the values equals `value`, compared exactly.
    #[must_use]
    pub fn contains(&self, value: &str) -> bool {
        self.iter().any(|v| v == value)
    }

    /// Checks that the claim contains all of these values.
    ///
    /// # Errors
    ///
    /// - [`Error::InsufficientScope`]: a value is missing.
    /// - [`Problem::NothingExpected`] with [`Claim::Scope`]: `values` is empty, contains an empty
    ///   string, or has more than [`MAX_EXPECTED`](crate::limits::MAX_EXPECTED) strings.
    pub fn require(&self, values: &dyn StringList) -> Result<(), Error> {
        expect_scopes(values)?;
        if strings(values).all(|value| self.contains(value)) {
            Ok(())
        } else {
            Err(Error::InsufficientScope)
        }
    }

    /// Iterates over the values in order.
    #[must_use]
    pub fn iter(&self) -> ScopeValues<'a> {
        ScopeValues(match self.0 {
            Form::Absent => Source::None,
            Form::Spaced(string) => Source::Spaced(string.split_spaces()),
            Form::Listed(array) => Source::Listed(array.iter()),
        })
    }
}

fn expect_scopes(values: &dyn StringList) -> Result<(), Error> {
    if is_usable(values) && values.string_at(MAX_EXPECTED).is_none() {
        Ok(())
    } else {
        Err(Error::Claim(Claim::Scope, Problem::NothingExpected))
    }
}

impl<'a> IntoIterator for Scopes<'a> {
    type Item = JsonStr<'a>;
    type IntoIter = ScopeValues<'a>;

    fn into_iter(self) -> ScopeValues<'a> {
        self.iter()
    }
}

impl<'a> IntoIterator for &Scopes<'a> {
    type Item = JsonStr<'a>;
    type IntoIter = ScopeValues<'a>;

    fn into_iter(self) -> ScopeValues<'a> {
        self.iter()
    }
}

/// An iterator over the values of [`Scopes`].
#[derive(Debug, Clone)]
pub struct ScopeValues<'a>(Source<'a>);

#[derive(Debug, Clone)]
enum Source<'a> {
    None,
    Spaced(SplitSpaces<'a>),
    Listed(Strings<'a>),
}

impl<'a> Iterator for ScopeValues<'a> {
    type Item = JsonStr<'a>;

    fn next(&mut self) -> Option<JsonStr<'a>> {
        match &mut self.0 {
            Source::None => None,
            Source::Spaced(values) => values.next(),
            Source::Listed(strings) => strings.next(),
        }
    }
}

/// Checks that a claim such as `scope`, `scp`, `roles` or `groups` contains all of these scopes or
/// roles. [`Scopes`] reads the claim.
#[derive(Clone, Copy)]
pub struct RequiredScopes<'p> {
    /// The name of the claim.
    pub claim: &'p str,
    /// The scopes. All of them are required.
    pub scopes: &'p dyn StringList,
}

impl ClaimCheck for RequiredScopes<'_> {
    fn name(&self) -> &str {
        self.claim
    }

    fn check(&self, token: &Candidate<'_>) -> Result<(), Error> {
        // Checked first, so that the caller's mistake is detected with any token.
        expect_scopes(self.scopes)?;
        Scopes::read(token.claims(), self.claim)?.require(self.scopes)
    }
}

impl Debug for RequiredScopes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequiredScopes")
            .field("claim", &self.claim)
            .finish_non_exhaustive()
    }
}
