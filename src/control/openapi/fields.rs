//! The members that a type reads, asked of the type itself; for debug builds, which hold the description to them.

use std::fmt;

use serde::de::{DeserializeOwned, Deserializer, Error, Visitor};

/// Ends the reading once the members are known.
#[derive(Debug)]
struct Found(Option<&'static [&'static str]>);

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("found")
    }
}

impl std::error::Error for Found {}

impl Error for Found {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self(None)
    }
}

struct Asking;

impl<'de> Deserializer<'de> for Asking {
    type Error = Found;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Found> {
        Err(Found(None))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Found> {
        Err(Found(Some(fields)))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// The members of a struct; `None` of what is none.
pub(super) fn of<T: DeserializeOwned>() -> Option<&'static [&'static str]> {
    T::deserialize(Asking).err().and_then(|found| found.0)
}
