//! Restricts the algorithms of `verify` to those in the provider's metadata.

use std::path::Path;
use std::slice;

use jose_verify::limits::MAX_METADATA_LEN;
use jose_verify::oauth::ProviderMetadata;
use jose_verify::{Error, Limit};

use crate::algorithms::AlgorithmList;
use crate::diagnostic::Diagnostic;
use crate::expectations::{Expectations, Profile, Values, any_of, found};
use crate::failure::Failure;
use crate::input;

/// The accepted algorithms after the metadata was read.
#[derive(Debug)]
pub(crate) struct Restricted {
    pub(crate) algorithms: AlgorithmList,
    /// Names the remaining algorithms, if the metadata excludes any.
    pub(crate) note: Option<String>,
}

/// Returns the algorithms in `accepted` that the provider uses to sign ID Tokens.
///
/// Returns all of them if the metadata does not list any, and for other kinds of tokens, about
/// which the metadata says nothing.
pub(crate) fn algorithms(
    path: &Path,
    expectations: &Expectations,
    accepted: AlgorithmList,
) -> Result<Restricted, Failure> {
    let text = input::file(path, MAX_METADATA_LEN, Error::Limit(Limit::MetadataLen))?;
    let issuer = match expectations.issuers.as_deref() {
        Some([issuer]) => Some(issuer),
        // Metadata for several tenants contains the template.
        _ => expectations.issuer_template.as_ref(),
    };
    let issuer = issuer.ok_or_else(|| {
        let message = "--metadata requires exactly one --issuer, that of the metadata, \
                       or --issuer-template";
        Failure::unusable(message.to_owned())
    })?;
    // The keys come from another option, so `jwks_uri` can be absent, as in RFC 8414.
    let metadata = ProviderMetadata::parse_authorization_server(&text, issuer);
    let metadata = metadata.map_err(|error| {
        let diagnostic = match error {
            Error::MetadataMismatch => Diagnostic::from(error).with_values(Some(Values {
                expected: Some(any_of(slice::from_ref(issuer))),
                found: found("issuer", &text),
            })),
            _ => error.into(),
        };
        Failure::Unusable(diagnostic.in_file(path))
    })?;
    if expectations.profile != Profile::IdToken || metadata.signing_algorithms().is_none() {
        return Ok(Restricted {
            algorithms: accepted,
            note: None,
        });
    }
    let count = accepted.len();
    let mut listed = accepted;
    listed.retain(|algorithm| metadata.supports_signing_algorithm(algorithm.name()));
    if listed.is_empty() {
        let error = Error::UnusableAlgorithmList;
        let message = "the provider signs ID Tokens with none of the accepted algorithms";
        return Err(Failure::Unusable(
            Diagnostic::new(error, message.to_owned()).in_file(path),
        ));
    }
    let names: Vec<_> = listed.iter().map(|algorithm| algorithm.name()).collect();
    let names = names.join(", ");
    let note = format!(
        "of the accepted algorithms, {} lists only {names}",
        path.display()
    );
    Ok(Restricted {
        note: (listed.len() < count).then_some(note),
        algorithms: listed,
    })
}
