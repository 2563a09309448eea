//! An algorithm that takes every key as it is and tells which one it was.

use jose_verify::{
    Algorithm, Error, InvalidSignature, Key, KeyParameters, Kind, VerificationKey, Word,
};
use sha2::{Digest, Sha256};

/// Its "signature" is the hash of the key's parameters.
#[derive(Debug)]
struct Recorder;

/// The list to load a key for.
pub const RECORDER: &[&dyn Algorithm] = &[&Recorder];

impl Algorithm for Recorder {
    fn name(&self) -> &'static str {
        "recorder"
    }

    fn kind(&self) -> Kind {
        Kind::Signature
    }

    fn load(&self, key: &KeyParameters<'_>, material: &mut [Word]) -> Result<(), Error> {
        let words = digest(key);
        let words = words.iter().map(|byte| Word::from(*byte));
        material
            .iter_mut()
            .zip(words)
            .for_each(|(to, word)| *to = word);
        Ok(())
    }

    fn verify(
        &self,
        material: &[Word],
        _: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let words = signature.iter().map(|byte| Word::from(*byte));
        let same = signature.len() == 32 && material.iter().copied().take(32).eq(words);
        if same { Ok(()) } else { Err(InvalidSignature) }
    }
}

fn digest(key: &KeyParameters<'_>) -> Vec<u8> {
    let (kind, first, second): (_, &[u8], &[u8]) = match key {
        KeyParameters::Oct { k } => ("oct", k, &[]),
        KeyParameters::Rsa { n, e } => ("RSA", n, e),
        KeyParameters::EcPoint { crv, point } => ("EC", crv.as_bytes(), point),
        other => panic!("{other:?}"),
    };
    let text = format!("{kind} {first:?} {second:?}");
    Sha256::digest(text).to_vec()
}

/// Whether a key loaded for [`RECORDER`] is the one with these parameters.
pub fn is(key: &Key, parameters: &KeyParameters<'_>) -> bool {
    key.verify("recorder", b"", &digest(parameters)).is_ok()
}
