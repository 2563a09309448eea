//! Reports every check of a token, and the values that a failed check compared.

use jose_verify::oidc::{HashClaims, LogoutToken};
use jose_verify::{
    Check, Claim, Clock, Error, Header, JwsVerifier, Keys, Outcome, Policy, Problem, Verified,
    Verifier, scratch_len,
};
use serde::Serialize;
use serde_json::json;

use super::{Expectations, HASHES, Profile, TENANT, Values, further_checks};

/// A check of a token whose signature is verified.
#[derive(Debug, Serialize)]
pub(crate) struct CheckLine {
    pub(crate) name: String,
    pub(crate) outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expected: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) found: Option<String>,
}

/// The verified content, as JSON.
struct Content {
    /// The header. Only its `typ` is compared.
    header: Vec<u8>,
    payload: Vec<u8>,
}

impl Expectations {
    /// Returns the values that a failed check compared, if the signature is valid.
    pub(crate) fn values_of(&self, error: Error, token: &[u8], keys: &dyn Keys) -> Option<Values> {
        let (name, problem) = self.subject(error)?;
        let content = self.verified_content(token, keys)?;
        Some(self.values_in(name, Some(problem), &content))
    }

    /// Returns the outcome of every check. The list is empty if the signature is not valid or the
    /// claims cannot be parsed.
    pub(crate) fn explain(&self, token: &[u8], keys: &dyn Keys) -> Vec<CheckLine> {
        let Some(content) = self.verified_content(token, keys) else {
            return Vec::new();
        };
        let (policy, template) = (self.policy(), self.template());
        let checks = further_checks(template.as_ref());
        let verifier = Verifier::new(keys, &policy)
            .with_options(self.options())
            .with_checks(&checks);
        let mut scratch = vec![0; scratch_len(token.len())];
        let mut lines = Vec::new();
        // The error of the token is reported elsewhere.
        let _ = verifier.explain(token, self.time(), &mut scratch, |check| {
            lines.push(self.line(check.name, check.outcome, &content));
        });
        if !lines.is_empty() {
            lines.extend(self.explain_further(token, keys, &content));
        }
        lines
    }

    /// Explains the checks of the profile that are not part of a policy.
    fn explain_further(&self, token: &[u8], keys: &dyn Keys, content: &Content) -> Vec<CheckLine> {
        // These checks need a verified token, even if the policy rejects it.
        let policy = Policy {
            expires_at: Check::NotChecked,
            not_before: Check::NotChecked,
            issued_at: Check::NotChecked,
            ..Policy::jwt(Check::NotChecked, Check::NotChecked)
        };
        let verifier = Verifier::new(keys, &policy).with_options(self.options());
        let mut scratch = vec![0; scratch_len(token.len())];
        let Ok(jwt) = verifier.verify(token, Clock::Absent, &mut scratch) else {
            return Vec::new();
        };
        match self.profile {
            Profile::IdToken => self.explain_hashes(&jwt, content),
            Profile::LogoutToken => {
                let outcome = match LogoutToken::from_verified(&jwt) {
                    // The policy has reported the other claims.
                    Err(error) if error.claim() != Some(Claim::Sid) => Outcome::NotMade,
                    checked => outcome(checked.map(|_| ())),
                };
                vec![self.line("sid", outcome, content)]
            }
            Profile::AccessToken | Profile::Jwt | Profile::Jws => Vec::new(),
        }
    }

    fn explain_hashes(&self, jwt: &Verified<'_>, content: &Content) -> Vec<CheckLine> {
        let none = HashClaims {
            access_token: Check::NotChecked,
            code: Check::NotChecked,
            state: Check::NotChecked,
        };
        let given = self.hashed_values.hash_claims();
        let access_token = HashClaims {
            access_token: given.access_token,
            ..none
        };
        let code = HashClaims {
            code: given.code,
            ..none
        };
        let state = HashClaims {
            state: given.state,
            ..none
        };
        [
            ("at_hash", access_token),
            ("c_hash", code),
            ("s_hash", state),
        ]
        .into_iter()
        .map(|(name, claims)| {
            let is_made = claims != none && jwt.claims().get(name).is_some();
            let outcome = match claims.check(jwt, &HASHES) {
                Ok(()) if !is_made => Outcome::NotMade,
                checked => outcome(checked),
            };
            self.line(name, outcome, content)
        })
        .collect()
    }

    fn line(&self, name: &str, outcome: Outcome, content: &Content) -> CheckLine {
        let (word, error) = match outcome {
            Outcome::Passed => ("passed", None),
            Outcome::Failed(error) => ("failed", Some(error)),
            _ => ("not made", None),
        };
        let problem = error
            .and_then(|error| self.subject(error))
            .map(|(_, problem)| problem);
        let values = match outcome {
            Outcome::Passed | Outcome::Failed(_) => self.values_in(name, problem, content),
            _ => Values::default(),
        };
        CheckLine {
            name: name.to_owned(),
            outcome: word,
            error: error.map(Error::name),
            expected: values.expected,
            found: values.found,
        }
    }

    fn values_in(&self, name: &str, problem: Option<Problem>, content: &Content) -> Values {
        let text = if name == "typ" {
            &content.header
        } else {
            &content.payload
        };
        self.values(name, problem, text)
    }

    /// Returns the claim or header parameter of an error, and what is wrong with it.
    fn subject(&self, error: Error) -> Option<(&'static str, Problem)> {
        match error {
            // The only check of a claim without a name of its own.
            Error::Claim(Claim::Other, problem) if self.issuer_template.is_some() => {
                Some((TENANT, problem))
            }
            Error::Claim(Claim::Other | Claim::Scope, _) => None,
            Error::Claim(claim, problem) => Some((claim.name(), problem)),
            Error::Header(member, problem) => Some((member.name(), problem)),
            _ => None,
        }
    }

    /// Returns the content of a token whose signature is valid.
    fn verified_content(&self, token: &[u8], keys: &dyn Keys) -> Option<Content> {
        let mut scratch = vec![0; scratch_len(token.len())];
        let verifier = JwsVerifier::new(keys).with_options(self.options());
        let jws = verifier.verify(token, &mut scratch).ok()?;
        Some(Content {
            header: typ_of(jws.header()),
            payload: jws.payload().to_vec(),
        })
    }
}

fn typ_of(header: &Header<'_>) -> Vec<u8> {
    let typ = header.typ().map(|typ| json!({"typ": typ.to_string()}));
    typ.map_or_else(Vec::new, |typ| typ.to_string().into_bytes())
}

const fn outcome(result: Result<(), Error>) -> Outcome {
    match result {
        Ok(()) => Outcome::Passed,
        Err(error) => Outcome::Failed(error),
    }
}
