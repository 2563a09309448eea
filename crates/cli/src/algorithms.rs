//! Algorithms by their names, and lists of them that live as long as the program.

use std::collections::HashMap;
use std::str::FromStr;

use jose_verify::{Algorithm, MACS, SIGNATURES};
use serde::Deserialize;

/// What the library wants to be told: which algorithms are accepted.
pub(crate) type AlgorithmList = &'static [&'static dyn Algorithm];

/// One of the twelve, as its bit in a set of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct AlgorithmName(u16);

/// All that there are, each with its bit.
fn all() -> impl Iterator<Item = (u16, &'static dyn Algorithm)> {
    let bits = (0..u16::BITS).map(|i| 1 << i);
    bits.zip(SIGNATURES.iter().chain(MACS).copied())
}

impl FromStr for AlgorithmName {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = all().find(|(_, algorithm)| algorithm.name() == name);
        found.map(|(bit, _)| Self(bit)).ok_or_else(|| {
            let names: Vec<_> = all().map(|(_, algorithm)| algorithm.name()).collect();
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

/// Lists made at run time.
///
/// A list lives for ever, because keys refer to it. So each is made only once: there are at most 4096 of them,
/// however many lines a batch has.
#[derive(Debug, Default)]
pub(crate) struct AlgorithmLists(HashMap<u16, AlgorithmList>);

impl AlgorithmLists {
    /// The list of these algorithms, in the order of RFC 7518 whatever the order of the names.
    pub(crate) fn of(&mut self, names: &[AlgorithmName]) -> AlgorithmList {
        let set = names.iter().fold(0, |set, name| set | name.0);
        self.0.entry(set).or_insert_with(|| {
            let members = all().filter(|(bit, _)| set & bit != 0);
            Vec::leak(members.map(|(_, algorithm)| algorithm).collect())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_exact() {
        for (_, algorithm) in all() {
            assert!(algorithm.name().parse::<AlgorithmName>().is_ok());
        }
        for name in ["", "none", "rs256", " RS256", "RS256 ", "EdDSA"] {
            assert!(name.parse::<AlgorithmName>().is_err(), "{name}");
        }
        assert_eq!(all().count(), 12);
    }

    #[test]
    fn a_list_is_made_once() {
        let mut lists = AlgorithmLists::default();
        let name = |name: &str| name.parse::<AlgorithmName>().unwrap();
        let first = lists.of(&[name("ES256"), name("RS256")]);
        let again = lists.of(&[name("RS256"), name("ES256"), name("RS256")]);
        assert!(std::ptr::eq(first, again));
        let names: Vec<_> = first.iter().map(|a| a.name()).collect();
        assert_eq!(names, ["RS256", "ES256"]);
        assert!(lists.of(&[]).is_empty());
    }
}
