//! One call of an operation: its parameters, read by the rules of the wire.

use std::ops::RangeInclusive;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;

use super::Api;
use super::params::{Malformed, Params};
use crate::domain::account::Account;
use crate::domain::error::{Error, Why};
use crate::domain::name::{self, NameFault};
use crate::domain::user::{MOST_TAGS, Tag, UserRef};
use crate::services::Ctx;

/// A call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    /// The API called.
    pub(crate) api: Api,
    /// Its parameters.
    pub(crate) params: &'a Params,
}

/// Gives a fault in a name the parameter it came in.
pub(crate) fn named(parameter: &'static str, result: Result<(), NameFault>) -> Result<(), Error> {
    result.map_err(|fault| {
        let why = match fault {
            NameFault::Length => Why::Length,
            NameFault::InvalidChars => Why::InvalidChars,
        };
        Error::BadParameter(parameter, why)
    })
}

impl<'a> Call<'a> {
    /// A parameter as it was sent, an empty one too.
    pub(crate) fn text(&self, parameter: &str) -> Option<&'a str> {
        self.params.get(parameter)
    }

    /// A parameter that must be there; an empty one is not.
    pub(crate) fn required(&self, parameter: &'static str) -> Result<&'a str, Error> {
        self.text(parameter).filter(|text| !text.is_empty()).ok_or(Error::Missing(parameter))
    }

    /// A parameter that may be there; an empty one is not.
    pub(crate) fn optional(&self, parameter: &str) -> Option<&'a str> {
        self.text(parameter).filter(|text| !text.is_empty())
    }

    /// Free text of up to `most` characters.
    pub(crate) fn free_text(&self, parameter: &'static str, most: usize) -> Result<Option<String>, Error> {
        let Some(text) = self.optional(parameter) else { return Ok(None) };
        named(parameter, name::check_text(text, most))?;
        Ok(Some(text.to_owned()))
    }

    /// `true` or `false` in any case.
    pub(crate) fn boolean(&self, parameter: &'static str) -> Result<Option<bool>, Error> {
        match self.optional(parameter) {
            None => Ok(None),
            Some(text) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
            Some(text) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
            Some(_) => Err(Error::BadParameter(parameter, Why::Format)),
        }
    }

    /// A whole number.
    pub(crate) fn integer(&self, parameter: &'static str) -> Result<Option<i64>, Error> {
        let Some(text) = self.optional(parameter) else { return Ok(None) };
        text.parse().map(Some).map_err(|_| Error::BadParameter(parameter, Why::Format))
    }

    /// A whole number within bounds.
    pub(crate) fn within(&self, parameter: &'static str, range: &RangeInclusive<i64>) -> Result<Option<i64>, Error> {
        match self.integer(parameter)? {
            Some(number) if !range.contains(&number) => {
                Err(Error::BadParameter(parameter, Why::Range(*range.start(), *range.end())))
            }
            number => Ok(number),
        }
    }

    /// One of a few words.
    pub(crate) fn word<T>(
        &self,
        parameter: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        let Some(text) = self.optional(parameter) else { return Ok(None) };
        parse(text).map(Some).ok_or(Error::BadParameter(parameter, Why::Format))
    }

    /// A secret that may be there; an empty one is there.
    pub(crate) fn secret(&self, parameter: &str) -> Option<SecretString> {
        self.text(parameter).map(SecretString::from)
    }

    /// The parameter that names a user: IMS has the principal name, RAM the bare one.
    pub(crate) fn user_parameter(&self) -> &'static str {
        match self.api {
            Api::Ims | Api::Sts => "UserPrincipalName",
            Api::Ram => "UserName",
        }
    }

    /// The user that must be named.
    pub(crate) async fn user(&self, ctx: &Ctx) -> Result<UserRef, Error> {
        self.optional_user(ctx).await?.ok_or(Error::Missing(self.user_parameter()))
    }

    /// The user that may be named.
    pub(crate) async fn optional_user(&self, ctx: &Ctx) -> Result<Option<UserRef>, Error> {
        let parameter = self.user_parameter();
        match self.optional(parameter) {
            Some(text) => self.user_called(ctx, parameter, text).await.map(Some),
            None => Ok(None),
        }
    }

    /// The user whom a parameter calls so.
    pub(crate) async fn user_called(&self, ctx: &Ctx, parameter: &'static str, text: &str) -> Result<UserRef, Error> {
        match self.api {
            Api::Ram => {
                named(parameter, name::check_user_name(text))?;
                Ok(UserRef::Name(text.to_owned()))
            }
            Api::Ims | Api::Sts => {
                let (user, domain) = principal_name(parameter, text)?;
                // That a name of another domain is answered as one that nobody has is inferred.
                if !ctx.account().await?.answers_to(domain) {
                    return Err(Error::missing(crate::domain::error::Noun::User, user));
                }
                Ok(UserRef::Name(user.to_owned()))
            }
        }
    }

    /// Whether the call is about the calling user: it names that user or nobody.
    pub(crate) fn names_caller(&self, ctx: &Ctx) -> bool {
        let named = self.optional(self.user_parameter()).map(|name| name.split('@').next().unwrap_or(name));
        ctx.calling_user().is_some_and(|(_, own)| named.is_none_or(|named| named.eq_ignore_ascii_case(own)))
    }

    /// A new user's name, in `parameter`, in the account's domain.
    pub(crate) fn new_user_name(&self, parameter: &'static str, account: &Account) -> Result<Option<String>, Error> {
        let Some(text) = self.optional(parameter) else { return Ok(None) };
        match self.api {
            Api::Ram => {
                named(parameter, name::check_user_name(text))?;
                Ok(Some(text.to_owned()))
            }
            Api::Ims | Api::Sts => {
                // The whole has 128 characters at the most; one made under a shorter domain may have grown past that.
                if text.chars().count() > 128 {
                    return Err(Error::BadParameter(parameter, Why::Length));
                }
                let (user, domain) = principal_name(parameter, text)?;
                // The code for a domain that is not the account's is inferred.
                if !account.answers_to(domain) {
                    return Err(Error::BadParameter(parameter, Why::Format));
                }
                Ok(Some(user.to_owned()))
            }
        }
    }

    /// How many items a page holds.
    pub(crate) fn max_items(&self, most: i64, default: i64) -> Result<usize, Error> {
        let number = self.within("MaxItems", &(1..=most))?.unwrap_or(default);
        usize::try_from(number).map_err(Error::internal)
    }

    /// The name after which the page starts; empty for the first one.
    pub(crate) fn marker(&self) -> Result<String, Error> {
        self.page_after("Marker")
    }

    /// As `marker`, where the parameter is called otherwise.
    pub(crate) fn page_after(&self, parameter: &'static str) -> Result<String, Error> {
        let Some(marker) = self.optional(parameter) else { return Ok(String::new()) };
        let bytes = URL_SAFE_NO_PAD.decode(marker).ok();
        let name = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        name.filter(|name| !name.contains('\0')).ok_or(Error::BadParameter(parameter, Why::Format))
    }

    /// Labels to put on something.
    pub(crate) fn tags(&self) -> Result<Vec<Tag>, Error> {
        let mut tags: Vec<Tag> = Vec::new();
        for (key, value) in self.tag_pairs()? {
            // The bounds are those of tags in the RAM documentation; the codes are inferred.
            named("Tag", name::check_text(&key, 128))?;
            let value = value.unwrap_or_default();
            if value.chars().count() > 128 {
                return Err(Error::BadParameter("Tag", Why::Length));
            }
            if is_reserved(&key) {
                return Err(Error::BadParameter("Tag", Why::InvalidChars));
            }
            if tags.iter().any(|tag| tag.key == key) {
                return Err(Error::BadParameter("Tag", Why::Format));
            }
            tags.push(Tag { key, value });
        }
        if tags.len() > MOST_TAGS {
            return Err(Error::BadParameter("Tag", Why::Length));
        }
        Ok(tags)
    }

    /// Labels to look for.
    pub(crate) fn tag_pairs(&self) -> Result<Vec<(String, Option<String>)>, Error> {
        let rows = self.params.list("Tag", &["Key", "Value"]).map_err(|fault| match fault {
            Malformed::Escape | Malformed::Utf8 | Malformed::Repeated(_) | Malformed::Json | Malformed::List(_) => {
                Error::BadParameter("Tag", Why::Format)
            }
        })?;
        rows.into_iter()
            .map(|row| {
                let mut cells = row.into_iter();
                let key = cells.next().flatten().filter(|key| !key.is_empty());
                let key = key.ok_or(Error::BadParameter("Tag", Why::Format))?;
                Ok((key, cells.next().flatten().filter(|value| !value.is_empty())))
            })
            .collect()
    }
}

/// Whether a label's key is the cloud's own, or looks like an address: it begins with `aliyun` or `acs:`, or holds
/// `http://` or `https://` (Container Registry 2018-12-01 TagResources, Tag; inferred of RAM, and that case does not
/// count).
fn is_reserved(key: &str) -> bool {
    let key = key.to_lowercase();
    ["aliyun", "acs:"].iter().any(|start| key.starts_with(start))
        || ["http://", "https://"].iter().any(|part| key.contains(part))
}

/// The opaque form of the name after which the next page starts.
pub(crate) fn marker_of(name: &str) -> String {
    URL_SAFE_NO_PAD.encode(name)
}

/// Takes `<user>@<domain>` apart, the user's part 1 to 64 characters (IMS 2019-08-15 CreateUser).
fn principal_name<'a>(parameter: &'static str, text: &'a str) -> Result<(&'a str, &'a str), Error> {
    let (user, domain) = text.split_once('@').ok_or(Error::BadParameter(parameter, Why::Format))?;
    named(parameter, name::check_user_name(user))?;
    let clean = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if domain.is_empty() || !domain.chars().all(clean) {
        return Err(Error::BadParameter(parameter, Why::InvalidChars));
    }
    Ok((user, domain))
}
