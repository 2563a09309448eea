//! What a token must say, as a struct that C fills in.

use core::time::Duration;
use jose_verify::oidc::{self, Nonce};
use jose_verify::{Audience, Check, MaxAge, Policy, StringList, oauth};

use crate::code::{Code, JV_OUT_OF_RANGE, JV_UNDECIDED, jv_error, number};
use crate::ffi_ptr::{array, check_disjoint, check_struct_size, reference_mut, text};
use crate::string::jv_string;

/// What is demanded of one claim. Memory that is all zeros demands nothing and leaves it undecided,
/// which is an error.
pub type jv_demand = u32;

/// Not decided yet: verifying fails with `JV_UNDECIDED`.
pub const JV_DECIDE: jv_demand = 0;
/// The claim must be there and fit.
pub const JV_REQUIRED: jv_demand = 1;
/// The claim must be there, whatever it says.
pub const JV_PRESENT: jv_demand = 2;
/// The claim may be missing; if it is there, it must fit.
pub const JV_IF_PRESENT: jv_demand = 3;
/// The claim may have any value, and may be absent.
pub const JV_NOT_CHECKED: jv_demand = 4;
/// The claim must be absent.
pub const JV_ABSENT: jv_demand = 5;

/// Values in one list, at most.
pub const JV_MAX_VALUES: usize = 8;

/// Any JWT (RFC 7519): `exp`, `nbf` and `iat` as far as they are there. Issuer and audience are to
/// be decided.
pub const JV_PROFILE_JWT: u32 = 1;
/// An ID Token (OpenID Connect Core §3.1.3.7). To be given: issuers; our client identifiers as
/// audience, and again as authorized party; the nonce is to be decided.
pub const JV_PROFILE_ID_TOKEN: u32 = 2;
/// An access token (RFC 9068 §4). To be given: issuers and audience.
pub const JV_PROFILE_ACCESS_TOKEN: u32 = 3;

/// `aud` names one of `values`; others beside it do not matter (RFC 7519 §4.1.3).
pub const JV_AUDIENCE_ANY_OF: u32 = 1;
/// `values` are our client identifiers, one of which `aud` names; every other audience is one of
/// `trusted`, unless `azp` is one of ours (OpenID Connect Core §3.1.3.7).
pub const JV_AUDIENCE_CLIENT: u32 = 2;

/// A claim that is compared with one text.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct jv_check_text {
    /// What is demanded.
    pub demand: jv_demand,
    /// The text, where the claim has to fit.
    pub value: jv_string,
}

/// A claim that is compared with several texts, one of which must fit.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct jv_check_texts {
    /// What is demanded.
    pub demand: jv_demand,
    /// The texts, where the claim has to fit.
    pub values: *const jv_string,
    /// How many; at most `JV_MAX_VALUES`.
    pub value_count: usize,
}

/// The claim `aud`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct jv_check_audience {
    /// What is demanded.
    pub demand: jv_demand,
    /// `JV_AUDIENCE_ANY_OF` or `JV_AUDIENCE_CLIENT`
    pub kind: u32,
    /// The texts, where the claim has to fit.
    pub values: *const jv_string,
    /// How many; at most `JV_MAX_VALUES`.
    pub value_count: usize,
    /// Audiences that may stand beside us; only for `JV_AUDIENCE_CLIENT`.
    pub trusted: *const jv_string,
    /// How many; at most `JV_MAX_VALUES`.
    pub trusted_count: usize,
}

/// A claim that is a time.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct jv_check_time {
    /// What is demanded.
    pub demand: jv_demand,
    /// Tolerance in seconds, for clocks that disagree.
    pub leeway: u32,
}

/// The claim `auth_time`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct jv_check_age {
    /// What is demanded.
    pub demand: jv_demand,
    /// Seconds that may have passed.
    pub max_age: u32,
    /// Tolerance in seconds.
    pub leeway: u32,
}

/// All checks of one kind of token. `jv_policy_init` fills it in; what it leaves to be decided, and
/// what you change, you set afterwards.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct jv_policy {
    /// `sizeof(jv_policy)`, set by `jv_policy_init`
    pub struct_size: usize,
    /// The profile, set by `jv_policy_init`
    pub profile: u32,
    /// The header's `typ`
    pub typ: jv_check_text,
    /// `iss`
    pub issuer: jv_check_texts,
    /// `sub`
    pub subject: jv_check_texts,
    /// `aud`
    pub audience: jv_check_audience,
    /// `azp`
    pub authorized_party: jv_check_texts,
    /// `exp`: refused when now ≥ `exp` + leeway
    pub expires_at: jv_check_time,
    /// `nbf`: refused when now + leeway < `nbf`
    pub not_before: jv_check_time,
    /// `iat`: refused when it lies later than now + leeway
    pub issued_at: jv_check_time,
    /// `nonce`
    pub nonce: jv_check_text,
    /// `auth_time`
    pub auth_time: jv_check_age,
    /// `acr`
    pub acr: jv_check_texts,
    /// `amr`: this method among them
    pub amr: jv_check_text,
    /// `jti`
    pub jwt_id: jv_check_text,
    /// `client_id`
    pub client_id: jv_check_texts,
    /// `events`: an object with a member of this name, whose value is an object (RFC 8417). An ID
    /// Token must not have the claim.
    pub events: jv_check_text,
}

/// Fills in a policy with a profile: `JV_PROFILE_JWT`, `JV_PROFILE_ID_TOKEN` or
/// `JV_PROFILE_ACCESS_TOKEN`. `struct_size` is `sizeof(jv_policy)`.
///
/// # Safety
///
/// `policy` is NULL or a place for a policy.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jv_policy_init(
    policy: *mut jv_policy,
    struct_size: usize,
    profile: u32,
) -> jv_error {
    number(check_struct_size::<jv_policy>(struct_size).and_then(|()| {
        // SAFETY: the caller's promise; any bytes are a policy.
        let place = unsafe { reference_mut(policy) }?;
        *place = filled_in(profile)?;
        Ok(())
    }))
}

/// Passed to a profile in place of values that C sets.
const NONE: [&str; 0] = [];

/// The profile without its values.
fn base<'p>(profile: u32) -> Result<Policy<'p>, Code> {
    match profile {
        JV_PROFILE_JWT => Ok(Policy::jwt(Check::NotChecked, Check::NotChecked)),
        JV_PROFILE_ID_TOKEN => Ok(oidc::id_token(&NONE, &NONE, Nonce::NotSent)),
        JV_PROFILE_ACCESS_TOKEN => Ok(oauth::access_token(&NONE, &NONE)),
        _ => Err(Code(JV_OUT_OF_RANGE)),
    }
}

fn filled_in(profile: u32) -> Result<jv_policy, Code> {
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

/// A list of texts as the core wants it.
struct Texts<'a> {
    items: [&'a str; JV_MAX_VALUES],
    len: usize,
}

impl<'a> Texts<'a> {
    /// # Safety
    ///
    /// `values` is NULL or `count` strings that are there for `'a`.
    unsafe fn new(values: *const jv_string, count: usize) -> Result<Self, Code> {
        // SAFETY: the caller's promise.
        let strings: &'a [jv_string] = unsafe { array(values, count) }?;
        let mut items = [""; JV_MAX_VALUES];
        for (index, string) in strings.iter().enumerate() {
            let item = items.get_mut(index).ok_or(Code(JV_OUT_OF_RANGE))?;
            // A value that was never set; an empty text has an address.
            if string.data.is_null() {
                return Err(Code(JV_UNDECIDED));
            }
            // SAFETY: the caller's promise.
            *item = unsafe { text(*string) }?;
        }
        Ok(Self {
            items,
            len: strings.len(),
        })
    }

    /// A list that is compared with; nothing would fit an empty one.
    ///
    /// # Safety
    ///
    /// As for [`new`](Self::new).
    unsafe fn given(values: *const jv_string, count: usize) -> Result<Self, Code> {
        if count == 0 {
            return Err(Code(JV_UNDECIDED));
        }
        // SAFETY: the caller's promise.
        unsafe { Self::new(values, count) }
    }
}

impl StringList for Texts<'_> {
    fn string_at(&self, index: usize) -> Option<&str> {
        self.items.get(..self.len)?.get(index).copied()
    }
}

/// The audience as the core wants it.
struct Audiences<'a> {
    kind: u32,
    values: Texts<'a>,
    trusted: Texts<'a>,
}

/// A policy whose texts were checked.
pub(crate) struct Expected<'a> {
    base: Policy<'a>,
    issuer: Check<Texts<'a>>,
    subject: Check<Texts<'a>>,
    client_id: Check<Texts<'a>>,
    audience: Check<Audiences<'a>>,
    authorized_party: Check<Texts<'a>>,
    acr: Check<Texts<'a>>,
}

impl<'a> Expected<'a> {
    /// # Safety
    ///
    /// The strings of the policy are there for `'a`.
    pub(crate) unsafe fn new(policy: &jv_policy) -> Result<Self, Code> {
        let one = |check: jv_check_text| {
            used(check.demand, check.value.data.is_null())?;
            decide(check.demand, || {
                if check.value.data.is_null() {
                    return Err(Code(JV_UNDECIDED));
                }
                // SAFETY: the caller's promise.
                unsafe { text::<'a>(check.value) }
            })
        };
        let several = |check: jv_check_texts| {
            used(check.demand, check.value_count == 0)?;
            // SAFETY: the caller's promise.
            decide(check.demand, || unsafe {
                Texts::given(check.values, check.value_count)
            })
        };
        let time = |check: jv_check_time| decide(check.demand, || Ok(seconds(check.leeway)));
        let age = policy.auth_time;
        used(age.demand, age.max_age == 0)?;
        used(policy.audience.demand, policy.audience.value_count == 0)?;
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
                // What later versions check beyond this is as the profile has it.
                ..base(policy.profile)?
            },
            issuer: several(policy.issuer)?,
            subject: several(policy.subject)?,
            client_id: several(policy.client_id)?,
            // SAFETY: the caller's promise.
            audience: decide(policy.audience.demand, || unsafe {
                audiences(&policy.audience)
            })?,
            authorized_party: several(policy.authorized_party)?,
            acr: several(policy.acr)?,
        })
    }

    pub(crate) fn policy(&self) -> Policy<'_> {
        Policy {
            issuer: lend(&self.issuer, list),
            subject: lend(&self.subject, list),
            client_id: lend(&self.client_id, list),
            audience: lend(&self.audience, Audiences::lend),
            authorized_party: lend(&self.authorized_party, list),
            acr: lend(&self.acr, list),
            ..self.base
        }
    }
}

impl Audiences<'_> {
    fn lend(&self) -> Audience<'_> {
        match self.kind {
            JV_AUDIENCE_CLIENT => Audience::Client {
                client_ids: &self.values,
                trusted: &self.trusted,
            },
            _ => Audience::AnyOf(&self.values),
        }
    }
}

/// # Safety
///
/// The strings are there for `'a`.
unsafe fn audiences<'a>(check: &jv_check_audience) -> Result<Audiences<'a>, Code> {
    if !matches!(check.kind, JV_AUDIENCE_ANY_OF | JV_AUDIENCE_CLIENT) {
        return Err(Code(JV_OUT_OF_RANGE));
    }
    Ok(Audiences {
        kind: check.kind,
        // SAFETY: the caller's promise.
        values: unsafe { Texts::given(check.values, check.value_count) }?,
        // SAFETY: the caller's promise.
        trusted: unsafe { Texts::new(check.trusted, check.trusted_count) }?,
    })
}

/// That no text of the policy lies in memory that is written to before it is compared.
pub(crate) fn texts_apart(policy: &Policy<'_>, start: *const u8, len: usize) -> Result<(), Code> {
    let texts = [
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
    let is_apart = |text: &str| check_disjoint(text.as_ptr(), text.len(), start, len);
    texts.iter().filter_map(expected).try_for_each(is_apart)?;
    let lists = lists.iter().filter_map(expected);
    for list in lists.chain(audience).chain(trusted) {
        (0..JV_MAX_VALUES)
            .map_while(|index| list.string_at(index))
            .try_for_each(is_apart)?;
    }
    Ok(())
}

fn list<'t>(texts: &'t Texts<'_>) -> &'t dyn StringList {
    texts
}

fn seconds(seconds: u32) -> Duration {
    Duration::from_secs(seconds.into())
}

/// What a claim is compared with.
const fn expected<T: Copy>(check: &Check<T>) -> Option<T> {
    match check {
        Check::Required(value) | Check::IfPresent(value) => Some(*value),
        Check::Present | Check::Absent | Check::NotChecked => None,
    }
}

/// That a value was not given for nothing: whoever fills in a value wants it to be compared.
const fn used(demand: jv_demand, is_empty: bool) -> Result<(), Code> {
    match demand {
        JV_PRESENT | JV_NOT_CHECKED | JV_ABSENT if !is_empty => Err(Code(JV_UNDECIDED)),
        _ => Ok(()),
    }
}

/// The demand with its value, which only those demands read that compare.
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

fn lend<'t, T, U>(check: &'t Check<T>, value: impl FnOnce(&'t T) -> U) -> Check<U> {
    match check {
        Check::Required(expected) => Check::Required(value(expected)),
        Check::Present => Check::Present,
        Check::IfPresent(expected) => Check::IfPresent(value(expected)),
        Check::Absent => Check::Absent,
        Check::NotChecked => Check::NotChecked,
    }
}
