//! The expected and the actual value of each check, for people. Only for tokens whose signature is
//! valid.

use jose_verify::{NumericDate, Problem};

use crate::json::{compact, members};

use super::{Expectations, Profile};

/// What a check compares.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Values {
    pub(crate) expected: Option<String>,
    pub(crate) found: Option<String>,
}

/// The longest value that is shown, in characters. A longer one is truncated.
const MAX_CHARS: usize = 256;

/// Claims whose values are not shown. A nonce binds the token to a browser, and the hashes are
/// those of secrets: a message can be copied to where an attacker reads it.
const NOT_SHOWN: [&str; 4] = ["nonce", "at_hash", "c_hash", "s_hash"];

impl Expectations {
    /// Returns the values of the check with this name. `content` is the verified payload, or the
    /// header for `typ`. `problem` is that of a failed check.
    pub(crate) fn values(&self, check: &str, problem: Option<Problem>, content: &[u8]) -> Values {
        if problem == Some(Problem::NothingExpected) {
            return Values::default();
        }
        let expected = match problem {
            Some(Problem::WrongType) => Some(type_of(check).to_owned()),
            Some(Problem::Prohibited) => Some("nothing".to_owned()),
            _ => Some(self.expected(check)),
        };
        let found = match found(check, content) {
            None => "nothing".to_owned(),
            Some(_) if NOT_SHOWN.contains(&check) => match problem {
                None => "the same value, which is not shown".to_owned(),
                Some(_) => "another value, which is not shown".to_owned(),
            },
            Some(value) => value,
        };
        Values {
            expected,
            found: Some(found),
        }
    }

    fn expected(&self, check: &str) -> String {
        let (now, leeway) = (decimal(self.time()), self.leeway);
        let tolerance = |sign: &str| match leeway {
            0 => String::new(),
            _ => format!(" {sign} {leeway} (leeway)"),
        };
        let listed = |list: &Option<Vec<String>>| list.as_deref().map(any_of);
        let given = match check {
            "typ" => self.typ.as_deref().map(quoted),
            "iss" => listed(&self.issuers).or_else(|| {
                let template = self.issuer_template.as_deref()?;
                Some(format!("{} with the tid of the token", quoted(template)))
            }),
            "tid" => Some("letters, digits, \"-\", \".\", \"_\" and \"~\"".to_owned()),
            "sub" => self.subject.as_deref().map(quoted),
            "aud" => listed(&self.audiences),
            "azp" => listed(&self.authorized_parties).or_else(|| listed(&self.audiences)),
            "client_id" => listed(&self.client_ids),
            "acr" => listed(&self.acr),
            "exp" => Some(format!("later than {now} (now){}", tolerance("-"))),
            "nbf" | "iat" => Some(format!("at most {now} (now){}", tolerance("+"))),
            "auth_time" => self.max_age.map(|max_age| {
                let earliest = tolerance("-");
                format!("from {now} (now) - {max_age} (max age){earliest}, to now")
            }),
            "nonce" => self
                .nonce
                .as_ref()
                .map(|_| "the nonce that was sent".to_owned()),
            "at_hash" => Some("the hash of the access token".to_owned()),
            "c_hash" => Some("the hash of the code".to_owned()),
            "s_hash" => Some("the hash of the state".to_owned()),
            _ => None,
        };
        given.unwrap_or_else(|| self.expected_by_profile(check).to_owned())
    }

    /// Returns what the profile expects by itself.
    fn expected_by_profile(&self, check: &str) -> &'static str {
        match (self.profile, check) {
            (Profile::AccessToken, "typ") => "\"at+jwt\"",
            (Profile::IdToken, "typ") => "\"JWT\", or nothing",
            (Profile::IdToken, "events") | (Profile::LogoutToken, "nonce") => "nothing",
            (Profile::LogoutToken, "events") => {
                "the member \"http://schemas.openid.net/event/backchannel-logout\""
            }
            (Profile::LogoutToken, "sid") => "a value of sid or sub",
            _ => "any value",
        }
    }
}

/// Returns a time in seconds, with its fraction if it has one. Before 1970, the fraction is
/// omitted, because it counts in the other direction.
fn decimal(time: NumericDate) -> String {
    if time.seconds() < 0 {
        return time.seconds().to_string();
    }
    let digits = format!("{}.{:09}", time.seconds(), time.subsec_nanos());
    digits
        .trim_end_matches('0')
        .trim_end_matches('.')
        .to_owned()
}

/// Returns the first member with this name, as written but on one line.
pub(crate) fn found(name: &str, content: &[u8]) -> Option<String> {
    let members = members(content).ok()?;
    let (_, value) = members
        .into_iter()
        .find(|(found, _)| found.as_deref() == Some(name))?;
    let mut value = compact(value.get());
    if let Some((end, _)) = value.char_indices().nth(MAX_CHARS) {
        value.truncate(end);
        value.push('…');
    }
    Some(value)
}

fn type_of(claim: &str) -> &'static str {
    match claim {
        "aud" => "a string or an array of strings",
        "amr" => "an array of strings",
        "exp" | "nbf" | "iat" | "auth_time" => "a number",
        "events" => "an object",
        _ => "a string",
    }
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

/// Returns the accepted values of a check.
pub(crate) fn any_of(texts: &[String]) -> String {
    let texts: Vec<_> = texts.iter().map(|text| quoted(text)).collect();
    texts.join(" or ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_show_their_fraction() {
        for (seconds, nanos, want) in [
            (1_500, 0, "1500"),
            (1_500, 500_000_000, "1500.5"),
            (0, 1, "0.000000001"),
            (10, 100_000, "10.0001"),
            (-2, 500_000_000, "-2"),
        ] {
            assert_eq!(decimal(NumericDate::new(seconds, nanos)), want);
        }
    }
}
