//! Names of algorithms, and lists of accepted algorithms.

use std::str::FromStr;

use jose_verify::alg::{Algorithm, MACS, SIGNATURES};
use serde::Deserialize;

/// Accepted algorithms as the user names them. Whether they may be combined is checked only when
/// the keys are loaded, because an error in the token takes precedence.
pub(crate) type AlgorithmList = Vec<&'static dyn Algorithm>;

/// The name of one of the twelve algorithms, stored as its position in [`all`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct AlgorithmName(usize);

/// Returns all twelve algorithms.
fn all() -> impl Iterator<Item = &'static dyn Algorithm> {
    SIGNATURES.iter().chain(MACS).copied()
}

/// Returns the algorithms with these names, without duplicates. Signatures come first, then MACs,
/// each in the order of RFC 7518, whatever the order of the names.
pub(crate) fn named(names: &[AlgorithmName]) -> AlgorithmList {
    all()
        .enumerate()
        .filter(|(position, _)| names.contains(&AlgorithmName(*position)))
        .map(|(_, algorithm)| algorithm)
        .collect()
}

impl FromStr for AlgorithmName {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = all().position(|algorithm| algorithm.name() == name);
        found.map(Self).ok_or_else(|| {
            let names: Vec<_> = all().map(Algorithm::name).collect();
            format!("unknown algorithm, expected one of {}", names.join(", "))
        })
    }
}

impl TryFrom<String> for AlgorithmName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        name.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_exact() {
        for algorithm in all() {
            assert!(algorithm.name().parse::<AlgorithmName>().is_ok());
        }
        for name in ["", "none", "rs256", " RS256", "RS256 ", "EdDSA"] {
            assert!(name.parse::<AlgorithmName>().is_err(), "{name}");
        }
        assert_eq!(all().count(), 12);
    }

    #[test]
    fn a_list_does_not_depend_on_the_order_of_the_names() {
        let name = |name: &str| name.parse::<AlgorithmName>().unwrap();
        for names in [
            &[name("ES256"), name("RS256")][..],
            &[name("RS256"), name("ES256"), name("RS256")],
        ] {
            let names: Vec<_> = named(names).iter().map(|a| a.name()).collect();
            assert_eq!(names, ["RS256", "ES256"]);
        }
        assert!(named(&[]).is_empty());
    }
}
