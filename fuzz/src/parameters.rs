//! The parameters of a key, as a key type reads them.

use jose_verify::Error;
use jose_verify::alg::ParameterSource;
use jose_verify::limits::MAX_KEY_PARAMETER_LEN;

const TYPES: [&str; 5] = ["RSA", "EC", "OKP", "AKP", "oct"];
const CURVES: [&str; 5] = ["P-256", "P-384", "P-521", "Ed25519", "Ed448"];
const ALGORITHMS: [&str; 3] = ["ML-DSA-44", "ML-DSA-65", "ML-DSA-87"];
const PARAMETERS: [&str; 6] = ["n", "e", "x", "y", "k", "pub"];

/// The algorithms to which a key may be restricted.
const NAMES: [&str; 7] = [
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256",
];

/// Everything that a key type can read. Two keys are equal if these are.
#[derive(Debug, PartialEq, Eq)]
pub struct Parameters {
    names: Vec<(&'static str, &'static str)>,
    values: Vec<Result<Vec<u8>, Error>>,
    point: Option<Vec<u8>>,
    is_for: Vec<&'static str>,
}

impl Parameters {
    /// Reads all parameters.
    pub fn of(key: &dyn ParameterSource) -> Self {
        let members = [("kty", &TYPES[..]), ("crv", &CURVES), ("alg", &ALGORITHMS)];
        let pairs = members
            .into_iter()
            .flat_map(|(member, values)| values.iter().map(move |value| (member, *value)));
        let value = |name: &&str| {
            let mut buffer = [0; MAX_KEY_PARAMETER_LEN];
            key.bytes(name, &mut buffer).map(<[u8]>::to_vec)
        };
        Self {
            names: pairs
                .filter(|(member, value)| key.is(member, value))
                .collect(),
            values: PARAMETERS.iter().map(value).collect(),
            point: key.point().map(<[u8]>::to_vec),
            is_for: NAMES.into_iter().filter(|name| key.is_for(name)).collect(),
        }
    }

    /// Returns the same parameters, restricted to these algorithms.
    pub fn only_for(mut self, algorithms: &[&str]) -> Self {
        self.is_for.retain(|name| algorithms.contains(name));
        self
    }
}
