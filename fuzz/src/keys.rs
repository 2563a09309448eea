//! The keys that a source lists.

use jose_verify::Keys;

/// A key's `kid`, and the algorithms that it may be used with.
pub type Listed = (Option<String>, Vec<&'static str>);

/// Returns all keys of a source, in order.
pub fn listed(keys: &impl Keys) -> Vec<Listed> {
    (0..)
        .map_while(|position| keys.key(position))
        .map(|key| {
            let kid = key.key_id().map(|kid| kid.to_string());
            (kid, key.algorithms().collect())
        })
        .collect()
}
