//! Reports the outcome of every check of a policy, to show why a token is rejected.

use crate::error::{Error, Member};
use crate::policy::check::Verdict;
use crate::policy::{Candidate, ClaimCheck, Policy};

/// The outcome of one check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The token satisfies the check. A [`ClaimCheck`] also has this outcome if it compared
    /// nothing.
    Passed,
    /// The check was not made: the policy does not require it, the claim is optional and absent, or
    /// the [`Clock`](crate::Clock) cannot decide it.
    NotMade,
    /// The token is rejected with this error.
    Failed(Error),
}

/// The name and the outcome of one check. It never contains a value of the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckReport<'r> {
    /// The name of the header parameter, the claim, or the caller's own check.
    pub name: &'r str,
    /// The outcome of the check.
    pub outcome: Outcome,
}

impl Policy<'_> {
    /// Runs every check, reports each outcome, and returns the first failure. A wrong type is
    /// returned before anything is reported, as for the claims that the parser checks.
    pub(crate) fn explain(
        &self,
        token: &Candidate<'_>,
        extra: &[&dyn ClaimCheck],
        report: &mut dyn FnMut(CheckReport<'_>),
    ) -> Result<(), Error> {
        self.check_types(token.claims)?;
        let mut first = Ok(());
        let mut record = |name: &str, outcome| {
            if let (Outcome::Failed(error), Ok(())) = (outcome, first) {
                first = Err(error);
            }
            report(CheckReport { name, outcome });
        };
        let outcome = |verdict, error: &dyn Fn(_) -> Error| match verdict {
            Verdict::Passed => Outcome::Passed,
            Verdict::NotMade => Outcome::NotMade,
            Verdict::Failed(problem) => Outcome::Failed(error(problem)),
        };
        let typ = outcome(self.typ(token), &|problem| {
            Error::Header(Member::Typ, problem)
        });
        record(Member::Typ.name(), typ);
        self.each_claim(token, |claim, verdict| {
            let found = outcome(verdict, &|problem| Error::Claim(claim, problem));
            record(claim.name(), found);
            Ok(())
        })?;
        for check in extra {
            let found = match check.check(token) {
                Ok(()) => Outcome::Passed,
                Err(error) => Outcome::Failed(error),
            };
            record(check.name(), found);
        }
        first
    }
}
