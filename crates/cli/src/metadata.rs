//! A provider's metadata, for `verify`.

use std::path::Path;

use jose_verify::limits::MAX_METADATA_LEN;
use jose_verify::oauth::ProviderMetadata;
use jose_verify::{Error, Limit};

use crate::algorithms::AlgorithmList;
use crate::demands::{Demands, Profile};
use crate::failure::Failure;
use crate::input;
use crate::trouble::Trouble;

/// Those of `accepted` that the provider says it signs ID Tokens with; all of them if it does not
/// say, and for other tokens, of which it says nothing.
pub(crate) fn algorithms(
    path: &Path,
    demands: &Demands,
    accepted: AlgorithmList,
) -> Result<AlgorithmList, Failure> {
    let text = input::file(path, MAX_METADATA_LEN, Error::Limit(Limit::MetadataLen))?;
    let Some([issuer]) = demands.issuers.as_deref() else {
        return Err(Failure::unusable(
            "--metadata needs exactly one --issuer, whose they are".to_owned(),
        ));
    };
    let metadata = ProviderMetadata::parse(&text, issuer);
    let metadata =
        metadata.map_err(|error| Failure::Unusable(Trouble::from(error).in_file(path)))?;
    if demands.profile != Profile::IdToken || metadata.signing_algorithms().is_none() {
        return Ok(accepted);
    }
    let mut listed = accepted;
    listed.retain(|algorithm| metadata.supports_signing_algorithm(algorithm.name()));
    if listed.is_empty() {
        let error = Error::UnusableAlgorithmList;
        let message = "the provider signs ID Tokens with none of the accepted algorithms";
        return Err(Failure::Unusable(
            Trouble::new(error, message.to_owned()).in_file(path),
        ));
    }
    Ok(listed)
}
