//! The error of deserialization, which contains nothing from the token.

use core::fmt;

use serde::de::{self, Expected, Unexpected};

use crate::error::{Claim, Error, Problem};

/// Why claims do not fit the caller's type.
///
/// It contains nothing from the token, so it can be logged. The name of a field comes from the
/// type's declaration.
///
/// ```
/// use jose_verify::Claims;
/// use jose_verify::json::DeserializeErrorKind;
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct Manifest {
///     version: u32,
/// }
/// # fn read(claims: &Claims<'_>) {
/// // {"version":"7"}
/// let error = claims.deserialize_in::<Manifest>(&mut []).err().unwrap();
/// assert_eq!(error.kind(), DeserializeErrorKind::WrongType);
/// assert_eq!(error.field(), Some("version"));
/// assert_eq!(error.to_string(), r#"claim "version" has the wrong type"#);
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct DeserializeError {
    field: Option<&'static str>,
    kind: DeserializeErrorKind,
}

/// The kind of a [`DeserializeError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum DeserializeErrorKind {
    /// A required field is missing.
    MissingField,
    /// A field occurs twice.
    DuplicateField,
    /// A member is unknown, and the type denies unknown fields.
    UnknownField,
    /// A value is not a variant of the enum.
    UnknownVariant,
    /// A value has the wrong JSON type. This includes `null` for a field that is not an `Option`.
    WrongType,
    /// A value has the right JSON type but is rejected: a number is out of range, an array has the
    /// wrong length, or the type's own check fails.
    InvalidValue,
    /// The buffer cannot hold an unescaped string.
    BufferTooSmall,
}

impl DeserializeErrorKind {
    /// Returns the message's clause after the claim's name.
    const fn predicate(self) -> &'static str {
        match self {
            Self::MissingField => "is missing",
            Self::DuplicateField => "appears twice",
            Self::UnknownField => "has an unknown name",
            Self::UnknownVariant => "is not a known variant",
            Self::WrongType => "has the wrong type",
            Self::InvalidValue => "has an invalid value",
            Self::BufferTooSmall => "is too long for the buffer",
        }
    }

    const fn error(self) -> DeserializeError {
        DeserializeError {
            field: None,
            kind: self,
        }
    }
}

impl DeserializeError {
    pub(super) const WRONG_TYPE: Self = DeserializeErrorKind::WrongType.error();
    pub(super) const INVALID_VALUE: Self = DeserializeErrorKind::InvalidValue.error();
    pub(super) const BUFFER_TOO_SMALL: Self = DeserializeErrorKind::BufferTooSmall.error();

    /// Returns the kind of the error.
    #[must_use]
    pub const fn kind(&self) -> DeserializeErrorKind {
        self.kind
    }

    /// Returns the declared name of the innermost struct field that has the error.
    ///
    /// It is `None` if there is no such field: for a claim with an unknown name, for a map, and
    /// often inside of `flatten` and of enums that serde buffers.
    #[must_use]
    pub const fn field(&self) -> Option<&'static str> {
        self.field
    }

    const fn of_field(kind: DeserializeErrorKind, field: &'static str) -> Self {
        let field = Some(field);
        Self { field, kind }
    }

    /// Adds a field to the error, unless it already has an inner one.
    pub(super) fn or_field(self, field: impl FnOnce() -> Option<&'static str>) -> Self {
        Self {
            field: self.field.or_else(field),
            ..self
        }
    }
}

// The other arguments are dropped, because they may contain parts of the token.
impl de::Error for DeserializeError {
    #[cold]
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::INVALID_VALUE
    }

    #[cold]
    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self::WRONG_TYPE
    }

    #[cold]
    fn invalid_value(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self::INVALID_VALUE
    }

    #[cold]
    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        Self::INVALID_VALUE
    }

    #[cold]
    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        DeserializeErrorKind::UnknownVariant.error()
    }

    #[cold]
    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        DeserializeErrorKind::UnknownField.error()
    }

    #[cold]
    fn missing_field(field: &'static str) -> Self {
        Self::of_field(DeserializeErrorKind::MissingField, field)
    }

    #[cold]
    fn duplicate_field(field: &'static str) -> Self {
        Self::of_field(DeserializeErrorKind::DuplicateField, field)
    }
}

impl fmt::Display for DeserializeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let predicate = self.kind.predicate();
        match self.field {
            // `field` is a known field. The unknown one is inside of its value.
            Some(field) if self.kind == DeserializeErrorKind::UnknownField => {
                write!(f, "claim \"{field}\" has a member with an unknown name")
            }
            Some(field) => write!(f, "claim \"{field}\" {predicate}"),
            None => write!(f, "a claim {predicate}"),
        }
    }
}

impl core::error::Error for DeserializeError {}

/// Converts to [`Error::BufferTooSmall`], [`Error::DuplicateMember`], or an error of the claim with
/// the field's name. If no claim has that name, it is [`Claim::Other`].
impl From<DeserializeError> for Error {
    fn from(error: DeserializeError) -> Self {
        let problem = match error.kind {
            DeserializeErrorKind::BufferTooSmall => return Self::BufferTooSmall,
            DeserializeErrorKind::DuplicateField => return Self::DuplicateMember,
            DeserializeErrorKind::MissingField => Problem::Missing,
            DeserializeErrorKind::WrongType => Problem::WrongType,
            DeserializeErrorKind::UnknownField => Problem::Prohibited,
            DeserializeErrorKind::UnknownVariant | DeserializeErrorKind::InvalidValue => {
                Problem::Mismatch
            }
        };
        let mut claims = Claim::ALL.iter().copied();
        let claim = claims.find(|claim| error.field == Some(claim.name()));
        Self::Claim(claim.unwrap_or(Claim::Other), problem)
    }
}
