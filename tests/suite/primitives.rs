//! The algorithms compared with other implementations: the crate `rsa`, the curve crates' own
//! ECDSA, the crate `hmac`, and textbook implementations that share no code with any of them.

mod ecdsa;
mod hmac;
mod rsa;

use jose_verify::Error;
use jose_verify::alg::{Algorithm, InvalidSignature, KeyParameters, Word};
use jose_verify::keys::WORDS_PER_KEY;

use crate::keys::serves;
use crate::support::Keyring;

/// The key material for each algorithm that accepts the key. Verifies messages of any form, not
/// only tokens.
#[derive(Debug)]
pub(crate) struct Loaded(Vec<(&'static dyn Algorithm, Vec<Word>)>);

impl Loaded {
    /// Loads the key for the algorithms of the list that accept it. Asserts that a set uses the key
    /// for the same algorithms. Rejects the key if a set does.
    pub(crate) fn new(
        parameters: &KeyParameters<'_>,
        list: &[&'static dyn Algorithm],
    ) -> Result<Self, Error> {
        let keys = Keyring::from_parameters(parameters, list)?;
        let load = |algorithm: &&'static dyn Algorithm| {
            // Long enough for any key.
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

    /// Returns whether the algorithm of that name accepts the key.
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
