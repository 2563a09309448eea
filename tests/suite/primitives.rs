//! The algorithms against others: the crate `rsa`, the curve crates' own ECDSA, the crate `hmac`,
//! and textbook implementations that share no code with any of them.

mod ecdsa;
mod hmac;
mod rsa;

use jose_verify::Error;
use jose_verify::alg::{Algorithm, InvalidSignature, KeyParameters, Word};
use jose_verify::keys::WORDS_PER_KEY;

use crate::keys::serves;
use crate::support::Keyring;

/// A key in the material of each algorithm that takes it, so that messages of any form can be
/// verified with it.
#[derive(Debug)]
pub(crate) struct Loaded(Vec<(&'static dyn Algorithm, Vec<Word>)>);

impl Loaded {
    /// Loads it for those of the list that take it, which are those that it serves in a set; and
    /// refuses it as a set does.
    pub(crate) fn new(
        parameters: &KeyParameters<'_>,
        list: &[&'static dyn Algorithm],
    ) -> Result<Self, Error> {
        let keys = Keyring::from_parameters(parameters, list)?;
        let load = |algorithm: &&'static dyn Algorithm| {
            // Room for the longest.
            let mut material = vec![0; 2 * WORDS_PER_KEY];
            let len = algorithm.key_type().load(parameters, &mut material);
            material.truncate(len.ok()?);
            Some((*algorithm, material))
        };
        let loaded = Self(list.iter().filter_map(load).collect());
        for algorithm in list {
            let name = algorithm.name();
            assert_eq!(loaded.accepts(name), serves(&keys, name), "{name}");
        }
        Ok(loaded)
    }

    fn of(&self, name: &str) -> Option<&(&'static dyn Algorithm, Vec<Word>)> {
        self.0
            .iter()
            .find(|(algorithm, _)| algorithm.name() == name)
    }

    /// Whether the algorithm of that name takes the key.
    pub(crate) fn accepts(&self, name: &str) -> bool {
        self.of(name).is_some()
    }

    pub(crate) fn verify(
        &self,
        name: &str,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let (algorithm, material) = self.of(name).ok_or(InvalidSignature)?;
        algorithm.verify(material, message, signature)
    }
}
