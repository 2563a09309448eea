//! The checks of times, and their exact boundaries.

use core::time::Duration;
use jose_verify::{Check, Claim, Clock, Error, MaxAge, NumericDate, Policy, Problem};

use super::policies::{NOW_2023, check, check_at};
use super::support::verdict::UNCHECKED;

/// Returns a policy with this check of one time.
type WithCheck<'a> = &'a dyn Fn(Check<Duration>) -> Policy<'static>;

#[test]
fn times_have_exact_boundaries() {
    let at = |seconds: i64, nanos| Clock::Now(NumericDate::new(NOW_2023 + seconds, nanos));
    let leeway = Duration::from_secs(10);
    let exp = |check| Policy {
        expires_at: check,
        ..UNCHECKED
    };
    let nbf = |check| Policy {
        not_before: check,
        ..UNCHECKED
    };
    let iat = |check| Policy {
        issued_at: check,
        ..UNCHECKED
    };
    let strict = Check::Required(Duration::ZERO);
    let ten = Check::Required(leeway);
    let (early, late) = (
        Err(Error::Claim(Claim::Nbf, Problem::NotYetValid)),
        Err(Error::Claim(Claim::Exp, Problem::Expired)),
    );
    let future = Err(Error::Claim(Claim::Iat, Problem::InFuture));
    for (claim, policy, clock, want) in [
        ("exp", exp(strict), at(-1, 999_999_999), Ok(())),
        ("exp", exp(strict), at(0, 0), late),
        ("exp", exp(ten), at(9, 999_999_999), Ok(())),
        ("exp", exp(ten), at(10, 0), late),
        ("nbf", nbf(strict), at(0, 0), Ok(())),
        ("nbf", nbf(strict), at(-1, 999_999_999), early),
        ("nbf", nbf(ten), at(-10, 0), Ok(())),
        ("nbf", nbf(ten), at(-11, 999_999_999), early),
        ("iat", iat(strict), at(0, 0), Ok(())),
        ("iat", iat(strict), at(-1, 999_999_999), future),
        ("iat", iat(ten), at(-10, 0), Ok(())),
        ("iat", iat(ten), at(-11, 999_999_999), future),
        ("exp", exp(strict), Clock::Second(NOW_2023 - 1), Ok(())),
        ("exp", exp(strict), Clock::Second(NOW_2023), late),
        ("nbf", nbf(strict), Clock::Second(NOW_2023), Ok(())),
        ("nbf", nbf(strict), Clock::Second(NOW_2023 - 1), early),
        ("iat", iat(ten), Clock::Second(NOW_2023 - 10), Ok(())),
        ("iat", iat(ten), Clock::Second(NOW_2023 - 11), future),
    ] {
        let claims = format!(r#"{{"{claim}":{NOW_2023}}}"#);
        assert_eq!(check_at(&claims, &policy, clock), want, "{claim} {clock:?}");
        assert_eq!(check_at(&claims, &policy, Clock::Absent), Ok(()), "{claim}");
    }
    // A token that was issued within the second that a clock without fractions shows.
    let claims = format!(r#"{{"iat":{NOW_2023}.7,"nbf":{NOW_2023}.7,"exp":{NOW_2023}.8}}"#);
    for policy in [exp(strict), nbf(strict), iat(strict)] {
        let clock = Clock::Second(NOW_2023);
        assert_eq!(check_at(&claims, &policy, clock), Ok(()), "{policy:?}");
    }
    assert_eq!(check_at(&claims, &iat(strict), at(0, 0)), future);
    let sets: [(WithCheck<'_>, Error); 3] = [
        (&exp, Error::Claim(Claim::Exp, Problem::Missing)),
        (&nbf, Error::Claim(Claim::Nbf, Problem::Missing)),
        (&iat, Error::Claim(Claim::Iat, Problem::Missing)),
    ];
    for (set, missing) in sets {
        assert_eq!(check("{}", &set(ten)), Err(missing));
        assert_eq!(check("{}", &set(Check::Present)), Err(missing));
        assert_eq!(check_at("{}", &set(ten), Clock::Absent), Err(missing));
        assert_eq!(check("{}", &set(Check::IfPresent(leeway))), Ok(()));
    }
}

#[test]
fn fractions_of_seconds_are_compared() {
    let policy = Policy {
        expires_at: Check::Required(Duration::ZERO),
        ..UNCHECKED
    };
    let claims = r#"{"exp":1643033278.467703}"#;
    let at = |nanos| NumericDate::new(1_643_033_278, nanos);
    assert_eq!(check_at(claims, &policy, at(467_702_999)), Ok(()));
    assert_eq!(
        check_at(claims, &policy, at(467_703_000)),
        Err(Error::Claim(Claim::Exp, Problem::Expired))
    );
    let claims = r#"{"exp":1.688E9}"#;
    let at = NumericDate::from_seconds;
    assert_eq!(check_at(claims, &policy, at(1_687_999_999)), Ok(()));
    assert_eq!(
        check_at(claims, &policy, at(1_688_000_000)),
        Err(Error::Claim(Claim::Exp, Problem::Expired))
    );
}

#[test]
fn max_age() {
    let policy = |leeway| Policy {
        auth_time: Check::Required(MaxAge {
            age: Duration::from_secs(300),
            leeway,
        }),
        ..UNCHECKED
    };
    let at = |seconds: i64, nanos| NumericDate::new(NOW_2023 + seconds, nanos);
    let (strict, ten) = (policy(Duration::ZERO), policy(Duration::from_secs(10)));
    let (old, future) = (
        Err(Error::Claim(Claim::AuthTime, Problem::TooOld)),
        Err(Error::Claim(Claim::AuthTime, Problem::InFuture)),
    );
    let claims = format!(r#"{{"auth_time":{NOW_2023}}}"#);
    for (policy, clock, want) in [
        (strict, at(0, 0), Ok(())),
        (strict, at(300, 0), Ok(())),
        (strict, at(300, 1), old),
        (strict, at(-1, 999_999_999), future),
        (ten, at(310, 0), Ok(())),
        (ten, at(310, 1), old),
        (ten, at(-10, 0), Ok(())),
        (ten, at(-11, 999_999_999), future),
    ] {
        assert_eq!(check_at(&claims, &policy, clock), want, "{clock:?}");
        assert_eq!(check_at(&claims, &policy, Clock::Absent), Ok(()));
    }
    assert_eq!(
        check("{}", &strict),
        Err(Error::Claim(Claim::AuthTime, Problem::Missing))
    );
}

#[test]
fn extreme_times_do_not_overflow() {
    let all = Duration::from_secs(u32::MAX.into());
    let policy = UNCHECKED;
    let policy = Policy {
        expires_at: Check::IfPresent(all),
        not_before: Check::IfPresent(all),
        issued_at: Check::IfPresent(all),
        auth_time: Check::IfPresent(MaxAge {
            age: all,
            leeway: all,
        }),
        ..policy
    };
    let (first, last) = (
        NumericDate::from_seconds(i64::MIN),
        NumericDate::new(i64::MAX, u32::MAX),
    );
    for (claims, clock, want) in [
        (
            r#"{"exp":9223372036854775807}"#,
            NumericDate::from_seconds(NOW_2023),
            Ok(()),
        ),
        (r#"{"exp":9223372036854775807}"#, first, Ok(())),
        (
            r#"{"exp":9223372036854775807}"#,
            last,
            Err(Error::Claim(Claim::Exp, Problem::Expired)),
        ),
        (r#"{"exp":-9223372036854775808}"#, first, Ok(())),
        (r#"{"exp":-1}"#, NumericDate::from_seconds(NOW_2023), Ok(())),
        (
            r#"{"nbf":9223372036854775807}"#,
            NumericDate::from_seconds(i64::MAX - 1),
            Ok(()),
        ),
        (
            r#"{"nbf":9223372036854775807}"#,
            first,
            Err(Error::Claim(Claim::Nbf, Problem::NotYetValid)),
        ),
        (r#"{"iat":-9223372036854775808}"#, first, Ok(())),
        (r#"{"auth_time":9223372036854775807}"#, last, Ok(())),
        (
            r#"{"auth_time":-9223372036854775808}"#,
            last,
            Err(Error::Claim(Claim::AuthTime, Problem::TooOld)),
        ),
        (
            r#"{"exp":9223372036854775808}"#,
            first,
            Err(Error::Claim(Claim::Exp, Problem::OutOfRange)),
        ),
        (
            r#"{"exp":1e300}"#,
            first,
            Err(Error::Claim(Claim::Exp, Problem::OutOfRange)),
        ),
    ] {
        assert_eq!(check_at(claims, &policy, clock), want, "{claims} {clock:?}");
    }
}

#[test]
fn with_leeway_adds_no_checks() {
    let policy = Policy {
        expires_at: Check::Present,
        ..UNCHECKED
    };
    let relaxed = policy.with_leeway(Duration::from_secs(5));
    assert_eq!(format!("{relaxed:?}"), format!("{policy:?}"));
}

#[test]
fn with_leeway_applies_to_exp_nbf_and_iat() {
    let strict = Policy::jwt(Check::NotChecked, Check::NotChecked);
    let relaxed = strict.with_leeway(Duration::from_secs(5));
    for (claim, time, error) in [
        (
            "exp",
            NOW_2023 - 4,
            Error::Claim(Claim::Exp, Problem::Expired),
        ),
        (
            "nbf",
            NOW_2023 + 5,
            Error::Claim(Claim::Nbf, Problem::NotYetValid),
        ),
        (
            "iat",
            NOW_2023 + 5,
            Error::Claim(Claim::Iat, Problem::InFuture),
        ),
    ] {
        let claims = format!(r#"{{"{claim}":{time}}}"#);
        assert_eq!(check(&claims, &strict), Err(error), "{claim}");
        assert_eq!(check(&claims, &relaxed), Ok(()), "{claim}");
    }
}
