//! Policies as a struct that C fills in.

use core::ptr;

use jose_verify::oidc::{self, Nonce};
use jose_verify::{Audience, Check, Policy, oauth};

use crate::code::{Code, JV_OUT_OF_RANGE, jv_error, number};
use crate::ffi_ptr::{check_pointer, check_struct_size};
use crate::string::jv_string;

/// What a policy demands of one claim. In zeroed memory, every check is undecided, which is an
/// error.
pub type jv_demand = u32;

/// The check is undecided: verification fails with `JV_UNDECIDED`.
pub const JV_DECIDE: jv_demand = 0;
/// The claim must be present and match.
pub const JV_REQUIRED: jv_demand = 1;
/// The claim must be present with any value.
pub const JV_PRESENT: jv_demand = 2;
/// The claim may be absent. If present, it must match.
pub const JV_IF_PRESENT: jv_demand = 3;
/// The claim may have any value, and may be absent.
pub const JV_NOT_CHECKED: jv_demand = 4;
/// The claim must be absent.
pub const JV_ABSENT: jv_demand = 5;

/// The largest number of values in one list.
pub const JV_MAX_VALUES: usize = 8;

/// Any JWT (RFC 7519). Checks `exp`, `nbf` and `iat` if they are present. You decide the checks of
/// `iss` and `aud`.
pub const JV_PROFILE_JWT: u32 = 1;
/// An ID token (OpenID Connect Core §3.1.3.7). You set the issuers, and your client identifiers
/// twice: as the audience and as the authorized party. You decide the check of the nonce.
pub const JV_PROFILE_ID_TOKEN: u32 = 2;
/// An access token (RFC 9068 §4). You set the issuers and the audience.
pub const JV_PROFILE_ACCESS_TOKEN: u32 = 3;

/// `aud` must contain one of `values`. Other audiences do not matter (RFC 7519 §4.1.3).
pub const JV_AUDIENCE_ANY_OF: u32 = 1;
/// `values` are your client identifiers, one of which `aud` must contain. Every other audience must
/// be one of `trusted`, unless `azp` is one of yours (OpenID Connect Core §3.1.3.7).
pub const JV_AUDIENCE_CLIENT: u32 = 2;

/// The check of a claim against one string.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct jv_check_text {
    /// What is demanded.
    pub demand: jv_demand,
    /// The string to compare with. NULL data means that it is not set.
    pub value: jv_string,
}

/// The check of a claim against several strings, one of which must match.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct jv_check_texts {
    /// What is demanded.
    pub demand: jv_demand,
    /// The strings to compare with.
    pub values: *const jv_string,
    /// Number of `values`, at most `JV_MAX_VALUES`.
    pub value_count: usize,
}

/// The check of `aud`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct jv_check_audience {
    /// What is demanded.
    pub demand: jv_demand,
    /// `JV_AUDIENCE_ANY_OF` or `JV_AUDIENCE_CLIENT`
    pub kind: u32,
    /// The strings to compare with.
    pub values: *const jv_string,
    /// Number of `values`, at most `JV_MAX_VALUES`.
    pub value_count: usize,
    /// Audiences that are accepted in addition to yours. Only for `JV_AUDIENCE_CLIENT`.
    pub trusted: *const jv_string,
    /// Number of `trusted`, at most `JV_MAX_VALUES`.
    pub trusted_count: usize,
}

/// The check of a time claim.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct jv_check_time {
    /// What is demanded.
    pub demand: jv_demand,
    /// Tolerance for clock skew, in seconds.
    pub leeway: u32,
}

/// The check of `auth_time`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct jv_check_age {
    /// What is demanded.
    pub demand: jv_demand,
    /// The longest time since authentication, in seconds.
    pub max_age: u32,
    /// Tolerance for clock skew, in seconds.
    pub leeway: u32,
}

/// All checks of one kind of token. `jv_policy_init` fills it in. Afterwards, set the checks that
/// it leaves undecided, and change others if you need to.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct jv_policy {
    /// `sizeof(jv_policy)`; set by `jv_policy_init`
    pub struct_size: usize,
    /// The profile; set by `jv_policy_init`
    pub profile: u32,
    /// `typ` in the header
    pub typ: jv_check_text,
    /// `iss`
    pub issuer: jv_check_texts,
    /// `sub`
    pub subject: jv_check_texts,
    /// `aud`
    pub audience: jv_check_audience,
    /// `azp`
    pub authorized_party: jv_check_texts,
    /// `exp`: rejected if now ≥ `exp` + leeway
    pub expires_at: jv_check_time,
    /// `nbf`: rejected if now + leeway < `nbf`
    pub not_before: jv_check_time,
    /// `iat`: rejected if now + leeway < `iat`
    pub issued_at: jv_check_time,
    /// `nonce`
    pub nonce: jv_check_text,
    /// `auth_time`
    pub auth_time: jv_check_age,
    /// `acr`
    pub acr: jv_check_texts,
    /// `amr`: must contain this method
    pub amr: jv_check_text,
    /// `jti`
    pub jwt_id: jv_check_text,
    /// `client_id`
    pub client_id: jv_check_texts,
    /// `events`: must be an object with a member of this name, whose value is an object (RFC 8417).
    /// An ID token must not contain `events`.
    pub events: jv_check_text,
}

/// Fills in a policy with the checks of a profile: `JV_PROFILE_JWT`, `JV_PROFILE_ID_TOKEN` or
/// `JV_PROFILE_ACCESS_TOKEN`. `struct_size` is `sizeof(jv_policy)`.
///
/// If the profile is unknown (`JV_OUT_OF_RANGE`), the policy is filled with zeros, so that
/// verification fails. If the size is wrong (`JV_STRUCT_SIZE`), nothing is written.
///
/// # Safety
///
/// `policy` is NULL or points to `struct_size` bytes that can be written.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_policy_init(
    policy: *mut jv_policy,
    struct_size: usize,
    profile: u32,
) -> jv_error {
    number(check_struct_size::<jv_policy>(struct_size).and_then(|()| {
        check_pointer(policy)?;
        let filled = profile_policy(profile);
        match filled {
            // SAFETY: neither NULL nor misaligned; the caller guarantees the rest.
            Ok(filled) => unsafe { ptr::write(policy, filled) },
            // SAFETY: as above.
            Err(_) => unsafe { ptr::write_bytes(policy, 0, 1) },
        }
        filled.map(|_| ())
    }))
}

/// Passed to a profile instead of the values that C sets.
const NONE: [&str; 0] = [];

/// Returns a profile without the values that C sets.
pub(crate) fn base<'p>(profile: u32) -> Result<Policy<'p>, Code> {
    match profile {
        JV_PROFILE_JWT => Ok(Policy::jwt(Check::NotChecked, Check::NotChecked)),
        JV_PROFILE_ID_TOKEN => Ok(oidc::id_token(&NONE, &NONE, Nonce::NotSent)),
        JV_PROFILE_ACCESS_TOKEN => Ok(oauth::access_token(&NONE, &NONE)),
        _ => Err(Code(JV_OUT_OF_RANGE)),
    }
}

/// Returns the struct that C receives for a profile.
fn profile_policy(profile: u32) -> Result<jv_policy, Code> {
    let base = base(profile)?;
    let (issuer, audience) = match profile {
        JV_PROFILE_JWT => (JV_DECIDE, JV_DECIDE),
        _ => (demand(&base.issuer), demand(&base.audience)),
    };
    let nonce = if profile == JV_PROFILE_ID_TOKEN {
        JV_DECIDE
    } else {
        demand(&base.nonce)
    };
    let kind = match base.audience {
        Check::Required(Audience::Client { .. }) => JV_AUDIENCE_CLIENT,
        _ => JV_AUDIENCE_ANY_OF,
    };
    let time = |check| jv_check_time {
        demand: demand(&check),
        leeway: 0,
    };
    let text = |check: Check<&'static str>| jv_check_text {
        demand: demand(&check),
        value: match check {
            Check::Required(text) | Check::IfPresent(text) => jv_string::from_static(text),
            Check::Present | Check::Absent | Check::NotChecked => NO_TEXT,
        },
    };
    Ok(jv_policy {
        struct_size: size_of::<jv_policy>(),
        profile,
        typ: text(base.typ),
        issuer: no_texts(issuer),
        subject: no_texts(demand(&base.subject)),
        audience: jv_check_audience {
            demand: audience,
            kind,
            values: core::ptr::null(),
            value_count: 0,
            trusted: core::ptr::null(),
            trusted_count: 0,
        },
        authorized_party: no_texts(demand(&base.authorized_party)),
        expires_at: time(base.expires_at),
        not_before: time(base.not_before),
        issued_at: time(base.issued_at),
        nonce: jv_check_text {
            demand: nonce,
            value: NO_TEXT,
        },
        auth_time: jv_check_age {
            demand: demand(&base.auth_time),
            max_age: 0,
            leeway: 0,
        },
        acr: no_texts(demand(&base.acr)),
        amr: text(base.amr),
        jwt_id: text(base.jwt_id),
        client_id: no_texts(demand(&base.client_id)),
        events: text(base.events),
    })
}

const NO_TEXT: jv_string = jv_string {
    data: core::ptr::null(),
    len: 0,
};

const fn no_texts(demand: jv_demand) -> jv_check_texts {
    jv_check_texts {
        demand,
        values: core::ptr::null(),
        value_count: 0,
    }
}

const fn demand<T>(check: &Check<T>) -> jv_demand {
    match check {
        Check::Required(_) => JV_REQUIRED,
        Check::Present => JV_PRESENT,
        Check::IfPresent(_) => JV_IF_PRESENT,
        Check::Absent => JV_ABSENT,
        Check::NotChecked => JV_NOT_CHECKED,
    }
}
