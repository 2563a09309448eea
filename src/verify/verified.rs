//! Verified tokens, which only the pipeline can make.

use core::fmt::{self, Debug};

use crate::error::Error;
use crate::jose::claims::Claims;
use crate::jose::header::Header;
use crate::key::VerifiedBy;
use crate::policy::{Candidate, CheckReport, ClaimCheck, Policy};
use crate::time::Clock;

/// A JWT whose signature and claims were checked. Only a [`Verifier`](crate::Verifier) or an
/// [`IssuerVerifier`](crate::IssuerVerifier) makes one.
#[derive(Clone, Copy)]
#[must_use = "a verified token that nobody looks at was verified for nothing"]
pub struct Verified<'b> {
    header: Header<'b>,
    claims: Claims<'b>,
    by: VerifiedBy,
}

impl<'b> Verified<'b> {
    /// The header.
    #[must_use]
    pub const fn header(&self) -> &Header<'b> {
        &self.header
    }

    /// The claims.
    #[must_use]
    pub const fn claims(&self) -> &Claims<'b> {
        &self.claims
    }

    /// Which key verified the signature, and with which algorithm.
    #[must_use]
    pub const fn by(&self) -> VerifiedBy {
        self.by
    }
}

/// A JWS whose signature was checked, and nothing else. Only a [`JwsVerifier`](crate::JwsVerifier)
/// makes one.
#[derive(Clone, Copy)]
#[must_use = "a verified payload that nobody looks at was verified for nothing"]
pub struct VerifiedJws<'b> {
    header: Header<'b>,
    payload: &'b [u8],
    by: VerifiedBy,
}

impl<'b> VerifiedJws<'b> {
    pub(super) const fn new(header: Header<'b>, payload: &'b [u8], by: VerifiedBy) -> Self {
        Self {
            header,
            payload,
            by,
        }
    }

    /// The header.
    #[must_use]
    pub const fn header(&self) -> &Header<'b> {
        &self.header
    }

    /// The payload, which may be any bytes.
    #[must_use]
    pub const fn payload(&self) -> &'b [u8] {
        self.payload
    }

    /// Which key verified the signature, and with which algorithm.
    #[must_use]
    pub const fn by(&self) -> VerifiedBy {
        self.by
    }

    /// Parses the payload as claims and checks them.
    // Not inlined, so that its stack is not in use while the signature is verified.
    #[inline(never)]
    pub(super) fn check(
        self,
        policy: &Policy<'_>,
        extra: &[&dyn ClaimCheck],
        clock: Clock,
    ) -> Result<Verified<'b>, Error> {
        // Checked by reference, so that the claims are moved only once, on success.
        let claims = Claims::parse(self.payload);
        if let Ok(claims) = &claims {
            let token = Candidate::new(&self.header, claims, clock);
            policy.check(&token)?;
            for check in extra {
                check.check(&token)?;
            }
        }
        claims.map(|claims| self.with(claims))
    }

    /// Does the same and reports what each check found.
    #[inline(never)]
    pub(super) fn explain(
        self,
        policy: &Policy<'_>,
        extra: &[&dyn ClaimCheck],
        clock: Clock,
        report: &mut dyn FnMut(CheckReport<'_>),
    ) -> Result<Verified<'b>, Error> {
        let claims = Claims::parse(self.payload)?;
        policy.explain(&Candidate::new(&self.header, &claims, clock), extra, report)?;
        Ok(self.with(claims))
    }

    const fn with(self, claims: Claims<'b>) -> Verified<'b> {
        Verified {
            header: self.header,
            claims,
            by: self.by,
        }
    }
}

impl Debug for Verified<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Omits the claims, which may be personal data.
        f.debug_struct("Verified")
            .field("by", &self.by)
            .finish_non_exhaustive()
    }
}

impl Debug for VerifiedJws<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedJws")
            .field("by", &self.by)
            .finish_non_exhaustive()
    }
}
