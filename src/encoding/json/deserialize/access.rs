//! Access to the elements of arrays, the members of objects, and the variants of enums.

use serde::de::{Deserialize, DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess};
use serde::de::{VariantAccess, Visitor};

use crate::encoding::json::deserialize::error::DeserializeError;
use crate::encoding::json::deserialize::reader::{RawString, Reader};
use crate::encoding::json::deserialize::text::Text;
use crate::encoding::json::deserialize::unescape_buf::UnescapeBuf;

/// Reads the elements of an array. The opening bracket has been read.
pub(super) struct Elements<'r, 'a, 'b> {
    reader: &'r mut Reader<'a, 'b>,
}

impl<'r, 'a, 'b> Elements<'r, 'a, 'b> {
    pub(super) const fn new(reader: &'r mut Reader<'a, 'b>) -> Self {
        Self { reader }
    }
}

impl<'a> SeqAccess<'a> for Elements<'_, 'a, '_> {
    type Error = DeserializeError;

    fn next_element_seed<T: DeserializeSeed<'a>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, DeserializeError> {
        if self.reader.peek() == b']' {
            return Ok(None);
        }
        let element = seed.deserialize(&mut *self.reader)?;
        self.reader.after_element(b']')?;
        Ok(Some(element))
    }
}

/// Reads the members of an object. The opening brace has been read.
pub(super) struct Members<'r, 'a, 'b> {
    reader: &'r mut Reader<'a, 'b>,
    /// The fields of the struct being deserialized, for error messages.
    fields: &'static [&'static str],
    /// The name of the member whose value is next.
    name: RawString<'a>,
}

impl<'r, 'a, 'b> Members<'r, 'a, 'b> {
    pub(super) const fn new(
        reader: &'r mut Reader<'a, 'b>,
        fields: &'static [&'static str],
    ) -> Self {
        let name = RawString {
            raw: "",
            escaped: false,
        };
        Self {
            reader,
            fields,
            name,
        }
    }
}

impl<'a> MapAccess<'a> for Members<'_, 'a, '_> {
    type Error = DeserializeError;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'a>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, DeserializeError> {
        let Some(name) = self.reader.name()? else {
            return Ok(None);
        };
        self.name = name;
        let name = Text::name(name, &mut self.reader.buf);
        seed.deserialize(name).map(Some)
    }

    #[inline]
    fn next_value_seed<V: DeserializeSeed<'a>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, DeserializeError> {
        match seed.deserialize(&mut *self.reader) {
            Ok(value) => {
                self.reader.after_element(b'}')?;
                Ok(value)
            }
            Err(error) => Err(with_field(error, self.name, self.fields)),
        }
    }
}

/// Adds the field to the error, if the member is a field of the struct.
#[cold]
#[inline(never)]
fn with_field(
    error: DeserializeError,
    name: RawString<'_>,
    fields: &'static [&'static str],
) -> DeserializeError {
    let name = name.unescaped();
    error.or_field(|| fields.iter().copied().find(|field| name == *field))
}

/// Reads a variant without content, which is a string in JSON.
pub(super) struct UnitVariant<'r, 'a, 'b> {
    name: RawString<'a>,
    buf: &'r mut UnescapeBuf<'b>,
}

impl<'r, 'a, 'b> UnitVariant<'r, 'a, 'b> {
    pub(super) const fn new(name: RawString<'a>, buf: &'r mut UnescapeBuf<'b>) -> Self {
        Self { name, buf }
    }
}

impl<'a> EnumAccess<'a> for UnitVariant<'_, 'a, '_> {
    type Error = DeserializeError;
    type Variant = NoContent;

    fn variant_seed<V: DeserializeSeed<'a>>(
        self,
        seed: V,
    ) -> Result<(V::Value, NoContent), DeserializeError> {
        let variant = seed.deserialize(Text::value(self.name, self.buf))?;
        Ok((variant, NoContent))
    }
}

/// The empty content of a unit variant.
pub(super) struct NoContent;

impl<'a> VariantAccess<'a> for NoContent {
    type Error = DeserializeError;

    fn unit_variant(self) -> Result<(), DeserializeError> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'a>>(
        self,
        _: T,
    ) -> Result<T::Value, DeserializeError> {
        Err(DeserializeError::WRONG_TYPE)
    }

    fn tuple_variant<V: Visitor<'a>>(self, _: usize, _: V) -> Result<V::Value, DeserializeError> {
        Err(DeserializeError::WRONG_TYPE)
    }

    fn struct_variant<V: Visitor<'a>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, DeserializeError> {
        Err(DeserializeError::WRONG_TYPE)
    }
}

/// Reads a variant with content, which is an object with one member in JSON. The opening brace has
/// been read.
pub(super) struct Variant<'r, 'a, 'b> {
    reader: &'r mut Reader<'a, 'b>,
}

impl<'r, 'a, 'b> Variant<'r, 'a, 'b> {
    pub(super) const fn new(reader: &'r mut Reader<'a, 'b>) -> Self {
        Self { reader }
    }
}

impl<'a> EnumAccess<'a> for Variant<'_, 'a, '_> {
    type Error = DeserializeError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'a>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Self), DeserializeError> {
        let name = self.reader.name()?.ok_or(DeserializeError::WRONG_TYPE)?;
        let variant = seed.deserialize(Text::value(name, &mut self.reader.buf))?;
        Ok((variant, self))
    }
}

impl<'a> VariantAccess<'a> for Variant<'_, 'a, '_> {
    type Error = DeserializeError;

    fn unit_variant(self) -> Result<(), DeserializeError> {
        <()>::deserialize(self.reader)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'a>>(
        self,
        seed: T,
    ) -> Result<T::Value, DeserializeError> {
        seed.deserialize(self.reader)
    }

    fn tuple_variant<V: Visitor<'a>>(
        self,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, DeserializeError> {
        self.reader.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'a>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DeserializeError> {
        self.reader.deserialize_struct("", fields, visitor)
    }
}
