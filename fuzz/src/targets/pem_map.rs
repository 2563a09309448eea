//! A map from `kid` to PEM loads the keys that `serde_json` and another decoder of PEM read, and
//! reports every other entry.

use jose_verify::alg::SIGNATURES;
use jose_verify::limits::MAX_KID_LEN;
use jose_verify::{Error, GrowingKeySet, KeySet, Limit};

use crate::keys::{self, Listed};
use crate::outline;
use crate::pem::Block;

/// Small, so that inputs exceed it.
const CAPACITY: usize = 2;

/// A skipped entry: position, `kid` and reason.
type Skipped = (usize, Option<String>, Error);

/// Loads `text` into a set that grows, and into a small one.
pub fn check(text: &[u8]) {
    let mut scratch = vec![0; 2 * text.len()];
    let mut all = GrowingKeySet::from_jwk(PINNED, SIGNATURES).expect("a key");
    let mut few = KeySet::<CAPACITY>::from_jwk(PINNED, SIGNATURES).expect("a key");
    let mut reported: Vec<Skipped> = Vec::new();
    let result = all.load_pem_map(text, SIGNATURES, &mut scratch, |skipped| {
        let kid = skipped.key_id.map(|kid| kid.to_string());
        reported.push((skipped.position, kid, skipped.reason));
    });
    let by_value = few.load_pem_map(text, SIGNATURES, &mut scratch, |_| {});
    let Some(entries) = outline::members(text) else {
        // The grammar is not checked in a container that is nested too deeply.
        if !outline::may_be_too_deep(text) {
            assert_eq!(result, Err(Error::MalformedJson));
            assert_eq!(by_value, Err(Error::MalformedJson));
            assert!(all.len() == 1 && few.len() == 1, "the keys are unchanged");
            assert_eq!(reported, []);
        }
        return;
    };
    let has_block = |text: &[u8]| text.windows(11).any(|part| part == b"-----BEGIN ");
    let is_pem = |value: &[u8]| outline::string(value).is_some() && has_block(value);
    if !entries.iter().any(|(_, value)| is_pem(value)) {
        assert_eq!(result, Err(Error::MalformedKeySet));
        assert_eq!(by_value, Err(Error::MalformedKeySet));
        assert!(all.len() == 1 && few.len() == 1, "the keys are unchanged");
        return assert_eq!(reported, []);
    }
    let (kept, skipped) = expected(&entries);
    assert_eq!(keys::listed(&all), kept);
    assert_eq!(reported, skipped);
    let count = |reason| skipped.iter().filter(|(.., r)| *r == reason).count();
    match result {
        Ok(report) => {
            assert_eq!(report.kept(), kept.len());
            for (reason, counted) in report.reasons() {
                assert_eq!(counted, count(reason));
            }
            let counted: usize = report.reasons().map(|(_, counted)| counted).sum();
            assert_eq!(counted, skipped.len());
        }
        Err(error) => {
            let only = skipped.first().map(|(.., reason)| *reason);
            let only = only.filter(|reason| count(*reason) == skipped.len());
            assert!(kept.is_empty());
            assert_eq!(error, only.unwrap_or(Error::NoUsableKey));
        }
    }
    // A key that does not fit leaves room for smaller ones, so any keys may be missing.
    let few = keys::listed(&few);
    let mut rest = kept.iter();
    assert!(few.iter().all(|key| rest.any(|other| key == other)));
    assert_eq!(few.is_empty(), kept.is_empty());
}

const PINNED: &[u8] = br#"{"kty":"EC","crv":"P-256",
    "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;

/// Returns the keys and the skipped entries.
fn expected(entries: &[outline::Member<'_>]) -> (Vec<Listed>, Vec<Skipped>) {
    let (mut kept, mut skipped) = (Vec::<Listed>::new(), Vec::new());
    for (position, (name, value)) in entries.iter().enumerate() {
        let is_taken = kept.iter().any(|(kid, _)| kid == name);
        let key = match (name, outline::string(value)) {
            (Some(name), Some(pem)) => load(name, &pem, is_taken),
            _ => Err(Error::MalformedKey),
        };
        match key {
            Ok(algorithms) => kept.push((name.clone(), algorithms)),
            Err(reason) => skipped.push((position, name.clone(), reason)),
        }
    }
    (kept, skipped)
}

/// Returns the algorithms of an entry's key, or the reason under which the entry is counted.
fn load(name: &str, pem: &str, is_taken: bool) -> Result<Vec<&'static str>, Error> {
    let block = Block::decode(pem.as_bytes()).map_err(|_| Error::MalformedKey)?;
    let parameters = block.parameters()?;
    if is_taken {
        return Err(Error::MalformedKey);
    }
    let set = GrowingKeySet::from_parameters(&parameters, SIGNATURES)?;
    if name.len() > MAX_KID_LEN {
        return Err(Error::Limit(Limit::KeyIdLen));
    }
    let listed = keys::listed(&set).pop();
    Ok(listed.expect("a key").1)
}
