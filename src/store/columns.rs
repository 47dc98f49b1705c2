//! How domain types stand in columns, on both engines alike.

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::{Database, Decode, Encode, Type};

use super::failure::Inconsistent;
use crate::domain::access_key::KeyStatus;
use crate::domain::account::Cloud;
use crate::domain::credentials::Service;
use crate::domain::device_authorization::DeviceState;
use crate::domain::grant::GrantKind;
use crate::domain::login_profile::LogonStatus;
use crate::domain::service_access::AccessorKind;
use crate::domain::session::{EndReason, SessionKind};
use crate::domain::time::Time;

impl<DB: Database> Type<DB> for Time
where
    i64: Type<DB>,
{
    fn type_info() -> DB::TypeInfo {
        i64::type_info()
    }
    fn compatible(ty: &DB::TypeInfo) -> bool {
        i64::compatible(ty)
    }
}

impl<'q, DB: Database> Encode<'q, DB> for Time
where
    i64: Encode<'q, DB>,
{
    fn encode_by_ref(&self, buffer: &mut DB::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
        self.0.encode_by_ref(buffer)
    }
}

impl<'r, DB: Database> Decode<'r, DB> for Time
where
    i64: Decode<'r, DB>,
{
    fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
        i64::decode(value).map(Self)
    }
}

/// Words: enums with `as_str` and `parse`.
macro_rules! words {
    ($($word:ty),*) => { $(
        impl<DB: Database> Type<DB> for $word
        where
            str: Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                <str as Type<DB>>::type_info()
            }
            fn compatible(ty: &DB::TypeInfo) -> bool {
                <str as Type<DB>>::compatible(ty)
            }
        }

        impl<'q, DB: Database> Encode<'q, DB> for $word
        where
            &'static str: Encode<'q, DB>,
        {
            fn encode_by_ref(&self, buffer: &mut DB::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
                self.as_str().encode(buffer)
            }
        }

        impl<'r, DB: Database> Decode<'r, DB> for $word
        where
            &'r str: Decode<'r, DB>,
        {
            fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
                let text = <&str as Decode<DB>>::decode(value)?;
                <$word>::parse(text).ok_or_else(|| {
                    Inconsistent { table: "?", column: stringify!($word), value: text.to_owned() }.into()
                })
            }
        }
    )* };
}

words!(AccessorKind, Cloud, DeviceState, GrantKind, KeyStatus, LogonStatus, Service, SessionKind, EndReason);

/// Reads a domain type from a row of either engine; `$body` builds it from `$row`.
macro_rules! from_row {
    ($ty:ty, |$row:ident| $body:expr) => {
        impl sqlx::FromRow<'_, sqlx::sqlite::SqliteRow> for $ty {
            fn from_row($row: &sqlx::sqlite::SqliteRow) -> sqlx::Result<Self> {
                use sqlx::Row as _;
                Ok($body)
            }
        }
        impl sqlx::FromRow<'_, sqlx::postgres::PgRow> for $ty {
            fn from_row($row: &sqlx::postgres::PgRow) -> sqlx::Result<Self> {
                use sqlx::Row as _;
                Ok($body)
            }
        }
    };
}
pub(super) use from_row;

/// Reads a JSON column.
pub(super) fn json<T: serde::de::DeserializeOwned>(
    table: &'static str,
    column: &'static str,
    value: String,
) -> sqlx::Result<T> {
    serde_json::from_str(&value).map_err(|_| sqlx::Error::Decode(Box::new(Inconsistent { table, column, value })))
}

/// Writes a JSON column.
pub(super) fn to_json<T: serde::Serialize>(value: &T) -> Result<String, crate::domain::error::Error> {
    serde_json::to_string(value).map_err(crate::domain::error::Error::internal)
}

/// Whether a text is JSON of this type.
pub(super) fn holds<T: serde::de::DeserializeOwned>(text: &str) -> bool {
    serde_json::from_str::<T>(text).is_ok()
}
