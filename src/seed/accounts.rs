//! What the fields of a seed are called and what may stand in them.

use super::fields::{Field, Fields, SeedFault};
use super::plan::{
    AccessKeySeed, AccountSeed, ConsoleSeed, GroupSeed, InlineSeed, MfaSeed, PasswordSeed, PolicySeed, RoleSeed, Seed,
    UserSeed,
};
use super::tree::Node;
use crate::domain::access_key::KeyStatus;
use crate::domain::account::{Cloud, DOMAIN_SUFFIX, alias_of_domain};
use crate::domain::name;
use crate::domain::password_policy::PolicyChange;
use crate::domain::role::MAX_SESSION_SECONDS;
use crate::domain::security_preference::{IDLE_DAYS, MfaAtLogin, PreferenceChange, SESSION_HOURS, masks_are_valid};

type Found<T> = Result<T, SeedFault>;

/// The most keys that are made of a number.
const MOST_KEYS: i64 = 100;

pub(super) fn seed(node: Node) -> Found<Seed> {
    let mut fields = Field::root(node).fields()?;
    let seed_number = fields.number("seed_number", 0..=i64::MAX)?.unwrap_or(0);
    let accounts = fields.list("accounts")?.into_iter().map(account).collect::<Found<Vec<_>>>()?;
    fields.end()?;
    Ok(Seed { seed_number: seed_number.unsigned_abs(), accounts })
}

fn account(field: Field) -> Found<AccountSeed> {
    let place = field.place.clone();
    let mut fields = field.fields()?;
    let cloud = fields.need("cloud")?;
    let cloud = Cloud::parse(&cloud.text()?).ok_or_else(|| cloud.fault("must be alibaba or aws"))?;
    let id = match fields.take("id") {
        None => None,
        Some(id) => {
            let text = id.text()?;
            if !cloud.is_account_id(&text) {
                return Err(id.fault(format!("must have {} digits", cloud.account_digits())));
            }
            Some(text)
        }
    };
    let (users_may_change_passwords, password_policy) = match fields.take("password_policy") {
        Some(policy) => password_policy(policy, cloud).map(|(may, policy)| (may, Some(policy)))?,
        None => (None, None),
    };
    let account = AccountSeed {
        place,
        cloud,
        alias: alias(&mut fields, cloud)?,
        password_policy,
        users_may_change_passwords,
        security_preference: fields.take("security_preference").map(security_preference).transpose()?,
        access_keys: access_keys(&mut fields)?,
        policies: fields.list("policies")?.into_iter().map(|field| policy(field, cloud)).collect::<Found<_>>()?,
        groups: fields.list("groups")?.into_iter().map(|field| group(field, cloud)).collect::<Found<_>>()?,
        roles: fields.list("roles")?.into_iter().map(|field| role(field, cloud)).collect::<Found<_>>()?,
        users: fields.list("users")?.into_iter().map(|field| user(field, cloud)).collect::<Found<_>>()?,
        id,
    };
    fields.end()?;
    Ok(account)
}

/// An alias, or the default domain that it makes.
fn alias(fields: &mut Fields, cloud: Cloud) -> Found<Option<String>> {
    match (fields.take("alias"), fields.take("domain")) {
        (None, None) => Ok(None),
        (Some(_), Some(field)) => Err(field.fault("goes without alias, which says the same")),
        (Some(field), None) => {
            let alias = field.text()?;
            let checked = name::check_account_alias(&alias);
            checked.map_err(|_| field.fault("an alias has 3 to 63 small letters, digits and dashes"))?;
            Ok(Some(alias))
        }
        (None, Some(field)) if !cloud.has_default_domains() => Err(field.fault("this cloud has no default domains")),
        (None, Some(field)) => {
            let domain = field.text()?.to_lowercase();
            let Some(alias) = alias_of_domain(&domain) else {
                return Err(field.fault(format!("must end with {DOMAIN_SUFFIX}, once")));
            };
            let checked = name::check_domain_alias(alias, domain.chars().count());
            checked.map_err(|_| field.fault("has letters, digits, dots, dashes and _, 64 of them at the most"))?;
            Ok(Some(alias.to_owned()))
        }
    }
}

fn password_policy(field: Field, cloud: Cloud) -> Found<(Option<bool>, PolicyChange)> {
    let mut fields = field.fields()?;
    // IAM 2010-05-08 UpdateAccountPasswordPolicy takes 6 to 128.
    let lengths = match cloud {
        Cloud::Alibaba => PolicyChange::MINIMUM_LENGTH,
        Cloud::Aws => 6..=128,
    };
    let change = PolicyChange {
        minimum_length: fields.number("minimum_length", lengths)?,
        require_lowercase: fields.flag("require_lowercase")?,
        require_uppercase: fields.flag("require_uppercase")?,
        require_numbers: fields.flag("require_numbers")?,
        require_symbols: fields.flag("require_symbols")?,
        hard_expiry: fields.flag("hard_expiry")?,
        max_login_attempts: fields.number("max_login_attempts", PolicyChange::MAX_LOGIN_ATTEMPTS)?,
        reuse_prevention: fields.number("reuse_prevention", PolicyChange::REUSE_PREVENTION)?,
        max_age_days: fields.number("max_age_days", PolicyChange::MAX_AGE_DAYS)?,
        minimum_distinct: fields.number("minimum_distinct", PolicyChange::MINIMUM_DISTINCT)?,
        refuse_user_name: fields.flag("refuse_user_name")?,
        initial_age_days: fields.number("initial_age_days", PolicyChange::INITIAL_AGE_DAYS)?,
        refuse_risk_passwords: fields.flag("refuse_risk_passwords")?,
    };
    let users_may_change = fields.flag("users_may_change")?;
    fields.end()?;
    Ok((users_may_change, change))
}

fn security_preference(field: Field) -> Found<PreferenceChange> {
    let mut fields = field.fields()?;
    let mut idle = |name| match fields.take(name) {
        None => Ok(None),
        Some(field) => match field.number()? {
            days if IDLE_DAYS.contains(&days) => Ok(Some(days)),
            _ => Err(field.fault(format!("must be one of {IDLE_DAYS:?}"))),
        },
    };
    let (idle_days_users, idle_days_access_keys) = (idle("idle_days_users")?, idle("idle_days_access_keys")?);
    let mfa_at_login = match fields.take("mfa_at_login") {
        None => None,
        Some(field) => Some(match &*field.text()? {
            "mandatory" => MfaAtLogin::Mandatory,
            "independent" => MfaAtLogin::Independent,
            "adaptive" => MfaAtLogin::Adaptive,
            _ => return Err(field.fault("must be mandatory, independent or adaptive")),
        }),
    };
    let network_masks = match fields.take("network_masks") {
        None => None,
        Some(field) => {
            let masks = field.text()?;
            if !masks_are_valid(&masks) {
                return Err(field.fault("must be addresses or CIDR blocks with ; between them"));
            }
            Some(masks)
        }
    };
    let change = PreferenceChange {
        save_mfa_ticket: fields.flag("save_mfa_ticket")?,
        change_password: fields.flag("change_password")?,
        manage_access_keys: fields.flag("manage_access_keys")?,
        manage_mfa_devices: fields.flag("manage_mfa_devices")?,
        session_hours: fields.number("session_hours", SESSION_HOURS)?,
        network_masks,
        mfa_at_login,
        idle_days_users,
        idle_days_access_keys,
        ..PreferenceChange::default()
    };
    fields.end()?;
    Ok(change)
}

/// Whether the cloud takes a name. AWS: letters, digits and `+=,.@_-` (IAM 2010-05-08 CreateUser, CreateRole,
/// CreateGroup, CreatePolicy).
fn named(
    fields: &mut Fields,
    cloud: Cloud,
    most: usize,
    check: fn(&str) -> Result<(), name::NameFault>,
) -> Found<String> {
    let field = fields.need("name")?;
    let name = field.text()?;
    let fits = match cloud {
        Cloud::Alibaba => check(&name).is_ok(),
        Cloud::Aws => name.len() <= most && name.chars().all(|c| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c)),
    };
    if fits { Ok(name) } else { Err(field.fault("is no name that the cloud takes")) }
}

/// A path (IAM 2010-05-08 CreateUser, `Path`); RAM has none.
fn path(fields: &mut Fields, cloud: Cloud) -> Found<String> {
    let Some(field) = fields.take("path") else { return Ok("/".to_owned()) };
    let path = field.text()?;
    let shaped = path.starts_with('/') && path.ends_with('/') && path.len() <= 512;
    if cloud == Cloud::Alibaba {
        Err(field.fault("this cloud has no paths"))
    } else if shaped && path.chars().all(|c| c.is_ascii_graphic()) {
        Ok(path)
    } else {
        Err(field.fault("must begin and end with /"))
    }
}

fn inline_policies(fields: &mut Fields) -> Found<Vec<InlineSeed>> {
    let Some(field) = fields.take("inline_policies") else { return Ok(Vec::new()) };
    let entries = field.entries()?.into_iter();
    entries.map(|(name, field)| Ok(InlineSeed { name, document: field.document()?, place: field.place })).collect()
}

fn policy(field: Field, cloud: Cloud) -> Found<PolicySeed> {
    let place = field.place.clone();
    let mut fields = field.fields()?;
    let policy = PolicySeed {
        place,
        name: named(&mut fields, cloud, 128, name::check_policy_name)?,
        path: path(&mut fields, cloud)?,
        description: fields.text_or_none("description")?,
        document: fields.need("document")?.document()?,
        tags: fields.tags()?,
    };
    fields.end()?;
    Ok(policy)
}

fn group(field: Field, cloud: Cloud) -> Found<GroupSeed> {
    let place = field.place.clone();
    let mut fields = field.fields()?;
    let group = GroupSeed {
        place,
        name: named(&mut fields, cloud, 128, name::check_group_name)?,
        path: path(&mut fields, cloud)?,
        display_name: fields.text_or_none("display_name")?,
        comments: fields.text_or_none("comments")?,
        policies: fields.names("policies")?,
        inline_policies: inline_policies(&mut fields)?,
    };
    fields.end()?;
    Ok(group)
}

fn role(field: Field, cloud: Cloud) -> Found<RoleSeed> {
    let place = field.place.clone();
    let mut fields = field.fields()?;
    let role = RoleSeed {
        place,
        name: named(&mut fields, cloud, 64, name::check_role_name)?,
        path: path(&mut fields, cloud)?,
        description: fields.text_or_none("description")?,
        trust_policy: fields.need("trust_policy")?.document()?,
        max_session_seconds: fields
            .number("max_session_seconds", MAX_SESSION_SECONDS)?
            .unwrap_or(*MAX_SESSION_SECONDS.start()),
        console_login_allowed: fields.flag("console_login_allowed")?.unwrap_or(true),
        permissions_boundary: fields.text("permissions_boundary")?,
        tags: fields.tags()?,
        policies: fields.names("policies")?,
        inline_policies: inline_policies(&mut fields)?,
    };
    fields.end()?;
    Ok(role)
}

fn user(field: Field, cloud: Cloud) -> Found<UserSeed> {
    let place = field.place.clone();
    let mut fields = field.fields()?;
    let user = UserSeed {
        place,
        name: named(&mut fields, cloud, 64, name::check_user_name)?,
        path: path(&mut fields, cloud)?,
        display_name: fields.text_or_none("display_name")?,
        comments: fields.text_or_none("comments")?,
        email: checked(&mut fields, "email", name::is_email, "must be an e-mail address")?,
        mobile_phone: checked(&mut fields, "mobile_phone", name::is_phone, "must be a number such as 86-18600008888")?,
        permissions_boundary: fields.text("permissions_boundary")?,
        tags: fields.tags()?,
        groups: fields.names("groups")?,
        policies: fields.names("policies")?,
        inline_policies: inline_policies(&mut fields)?,
        console: fields.take("console").map(console).transpose()?,
        access_keys: access_keys(&mut fields)?,
        mfa: fields.take("mfa").map(mfa).transpose()?,
    };
    fields.end()?;
    Ok(user)
}

fn checked(fields: &mut Fields, name: &'static str, is: fn(&str) -> bool, problem: &str) -> Found<String> {
    match fields.take(name) {
        None => Ok(String::new()),
        Some(field) => {
            let text = field.text()?;
            if is(&text) { Ok(text) } else { Err(field.fault(problem)) }
        }
    }
}

fn console(field: Field) -> Found<ConsoleSeed> {
    let place = field.place.clone();
    let mut fields = field.fields()?;
    let password = match (fields.text("password")?, fields.text("password_hash")?) {
        (Some(_), Some(_)) => return Err(SeedFault::at(&place, "give password or password_hash, not both")),
        (plain, hash) => plain.map(PasswordSeed::Plain).or(hash.map(PasswordSeed::Hash)),
    };
    let console = ConsoleSeed {
        place,
        password,
        enabled: fields.flag("enabled")?.unwrap_or(true),
        password_reset_required: fields.flag("password_reset_required")?.unwrap_or(false),
        mfa_bind_required: fields.flag("mfa_bind_required")?.unwrap_or(false),
    };
    fields.end()?;
    Ok(console)
}

/// A list of keys, or how many are to be made.
fn access_keys(fields: &mut Fields) -> Found<Vec<AccessKeySeed>> {
    let Some(field) = fields.take("access_keys") else { return Ok(Vec::new()) };
    if field.is_scalar() {
        let count = field.number()?;
        if !(0..=MOST_KEYS).contains(&count) {
            return Err(field.fault("is more than anyone may have"));
        }
        let place = field.place.clone();
        let key = |_| AccessKeySeed { place: place.clone(), id: None, secret: None, status: KeyStatus::Active };
        return Ok((0..count).map(key).collect());
    }
    field.list()?.into_iter().map(access_key).collect()
}

/// The clouds' own ids have 16 to 128 letters and digits (IAM 2010-05-08 AccessKey); a dot stands in those of STS.
fn access_key(field: Field) -> Found<AccessKeySeed> {
    let place = field.place.clone();
    let mut fields = field.fields()?;
    let id = fields.take("id");
    let secret = fields.take("secret");
    let status = match fields.take("status") {
        None => KeyStatus::Active,
        Some(field) => match KeyStatus::parse(&field.text()?) {
            Some(status @ (KeyStatus::Active | KeyStatus::Inactive)) => status,
            _ => return Err(field.fault("must be Active or Inactive")),
        },
    };
    fields.end()?;
    let given = |field: Option<Field>, least: usize, problem: &str| match field {
        None => Ok(None),
        Some(field) => {
            let text = field.text()?;
            let fits = (least..=128).contains(&text.len()) && text.chars().all(|c| c.is_ascii_graphic());
            let is_account = text.bytes().all(|byte| byte.is_ascii_digit());
            if fits && !is_account { Ok(Some(text)) } else { Err(field.fault(problem)) }
        }
    };
    let id = given(id, 4, "must have 4 to 128 letters and digits, and not be digits alone, which name an account")?;
    let secret = given(secret, 1, "must have 1 to 128 letters, digits and signs, not digits alone")?;
    Ok(AccessKeySeed { place, id, secret, status })
}

fn mfa(field: Field) -> Found<MfaSeed> {
    let place = field.place.clone();
    let mut fields = field.fields()?;
    let name = match fields.take("name") {
        None => None,
        Some(field) => {
            let name = field.text()?;
            name::check_mfa_device_name(&name).map_err(|_| field.fault("is no name of a device"))?;
            Some(name)
        }
    };
    let seed = match fields.take("seed") {
        None => None,
        Some(field) => {
            let bytes = base32(&field.text()?).filter(|bytes| (16..=128).contains(&bytes.len()));
            Some(bytes.ok_or_else(|| field.fault("must be 16 bytes or more in base 32"))?)
        }
    };
    fields.end()?;
    Ok(MfaSeed { place, name, seed })
}

/// Reads base 32 (RFC 4648 section 6), with or without padding.
fn base32(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0_u32, 0_u32);
    for byte in text.trim_end_matches('=').bytes() {
        let value = match byte.to_ascii_uppercase() {
            letter @ b'A'..=b'Z' => letter - b'A',
            digit @ b'2'..=b'7' => digit - b'2' + 26,
            _ => return None,
        };
        held = ((held << 5) | u32::from(value)) & 0xFFF;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((held >> bits) & 0xFF).ok()?);
        }
    }
    Some(bytes)
}
