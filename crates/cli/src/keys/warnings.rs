//! Warnings about keys that can be used but should not be.

use std::collections::HashMap;

use crate::key_file::der::not_after;
use crate::unix_time::UnixTime;

use super::listing::Row;
use super::roca::has_fingerprint;

/// The length of the shortest modulus that the weak generator made, in bytes. Small numbers can
/// have its fingerprint by chance.
const MIN_MODULUS_LEN: usize = 64;

/// Returns the warnings, in the order of the keys.
pub(super) fn warnings(rows: &[Row]) -> Vec<String> {
    let mut warnings = Vec::new();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for key_id in rows.iter().filter_map(|row| row.key_id.as_deref()) {
        let count = counts.entry(key_id).or_default();
        *count = count.saturating_add(1);
    }
    for (row, position) in rows.iter().zip(1_usize..) {
        let [key_id, ..] = &row.cells;
        let key = match key_id.as_str() {
            "-" => format!("key {position}"),
            key_id => format!("key {position}, {key_id}"),
        };
        warnings.extend(of_key(row).map(|warning| format!("{key}: {warning}")));
        // Reported with the first of these keys.
        let count = row.key_id.as_deref().and_then(|id| counts.remove(id));
        if let Some(count @ 2..) = count {
            warnings.push(format!("{key}: {count} keys have this kid"));
        }
    }
    warnings
}

fn of_key(row: &Row) -> impl Iterator<Item = String> {
    let members = &row.private_members;
    let private = (!members.is_empty()).then(|| {
        let members = members.join(", ");
        format!(
            "contains the private key ({members}): replace the key, and publish only the public key"
        )
    });
    let expired = row.certificate.as_deref().and_then(not_after);
    let expired = expired.filter(|end| *end < UnixTime::now().seconds());
    let expired = expired.map(|_| "the certificate has expired".to_owned());
    let weak = row
        .modulus
        .as_deref()
        .filter(|n| n.len() >= MIN_MODULUS_LEN);
    let weak = weak.is_some_and(has_fingerprint);
    let weak = weak.then(|| {
        "the modulus has the fingerprint of ROCA (CVE-2017-15361): the private key can be computed"
            .to_owned()
    });
    [private, expired, weak].into_iter().flatten()
}
