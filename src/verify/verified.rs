//! Verified tokens. Only the pipeline can construct them.

use core::fmt::{self, Debug};

use crate::error::Error;
use crate::jose::claims::Claims;
use crate::jose::header::Header;
use crate::key::VerifiedBy;
use crate::policy::{Candidate, CheckReport, ClaimCheck, Policy};
use crate::time::Clock;

/// A JWT whose signature and claims were checked. Only a [`Verifier`](crate::Verifier) or an
/// [`IssuerVerifier`](crate::IssuerVerifier) can construct one.
#[derive(Clone, Copy)]
#[must_use = "use the claims of the verified token"]
pub struct Verified<'b> {
    header: Header<'b>,
    claims: Claims<'b>,
    by: VerifiedBy,
}

impl<'b> Verified<'b> {
    /// Returns the header.
    #[must_use]
    pub const fn header(&self) -> &Header<'b> {
        &self.header
    }

    /// Returns the claims.
    #[must_use]
    pub const fn claims(&self) -> &Claims<'b> {
        &self.claims
    }

    /// Returns the key and the algorithm that verified the signature.
    #[must_use]
    pub const fn by(&self) -> VerifiedBy {
        self.by
    }
}

/// A JWS whose signature was checked. Nothing else was checked. Only a
/// [`JwsVerifier`](crate::JwsVerifier) can construct one.
#[derive(Clone, Copy)]
#[must_use = "use the verified payload"]
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

    /// Returns the header.
    #[must_use]
    pub const fn header(&self) -> &Header<'b> {
        &self.header
    }

    /// Returns the payload, which can be any bytes.
    #[must_use]
    pub const fn payload(&self) -> &'b [u8] {
        self.payload
    }

    /// Returns the key and the algorithm that verified the signature.
    #[must_use]
    pub const fn by(&self) -> VerifiedBy {
        self.by
    }

    /// Parses the payload as claims and checks them.
    // Not inlined, so that its stack frame does not exist while the signature is verified.
    #[inline(never)]
    pub(super) fn check(
        self,
        policy: &Policy<'_>,
        extra: &[&dyn ClaimCheck],
        clock: Clock,
    ) -> Result<Verified<'b>, Error> {
        // Checked by reference, so that the claims are moved only once, and only on success.
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

    /// Does the same as [`check`](Self::check) and reports the outcome of each check.
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
        // Omits the claims, which can be personal data.
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
