//! A service admits a device only if it presents a fresh Entity Attestation Token (RFC 9711),
//! signed with the device's known key, which states that the device was not tampered with.
//!
//!     cargo run --example attestation

#![allow(clippy::unwrap_used, reason = "an example fails by panicking")]

use core::time::Duration;
use jose_verify::alg::ES256;
use jose_verify::{
    Audience, Check, Claim, Error, KeySet, NumericDate, Policy, Verifier, scratch_len,
};

/// The identifier of this service.
const VERIFIER: &str = "https://attest.example.com";

/// Why a device is not admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rejected {
    /// The token is not from a known device, not for this service, or expired.
    Token(Error),
    /// The nonce is not the one that was sent, so the token may be replayed.
    Nonce,
    /// The device did not boot its vendor's code, or debugging is enabled.
    State,
}

impl From<Error> for Rejected {
    fn from(error: Error) -> Self {
        Self::Token(error)
    }
}

/// Admits a device that was challenged with `nonce`, and returns the software version that it runs.
fn admit(
    token: &[u8],
    devices: &KeySet<16>,
    device: &str,
    nonce: &str,
    now: NumericDate,
) -> Result<String, Rejected> {
    let issuers = [device];
    let policy = Policy {
        typ: Check::Required("eat+jwt"),
        expires_at: Check::Required(Duration::ZERO),
        issued_at: Check::Required(Duration::from_secs(10)),
        ..Policy::jwt(
            Check::Required(&issuers),
            Check::Required(Audience::AnyOf(&[VERIFIER])),
        )
    };
    let mut scratch = vec![0; scratch_len(token.len())];
    let attestation = Verifier::new(devices, &policy).verify(token, now, &mut scratch)?;
    // The `kid` of each key is the name of its device, so no device can speak for another.
    let key_id = attestation.header().key_id();
    if key_id.is_none_or(|key_id| key_id != device) {
        return Err(Rejected::Token(Error::NoKey));
    }
    let claims = attestation.claims();
    let equals = |name: &str, wanted: &str| {
        let text = claims.get(name).and_then(|value| value.as_str());
        text.is_some_and(|text| text == wanted)
    };
    if !equals("eat_nonce", nonce) {
        return Err(Rejected::Nonce);
    }
    let booted_vendor_code = claims.get("oemboot").and_then(|value| value.as_bool());
    if booted_vendor_code != Some(true) || !equals("dbgstat", "disabled-permanently") {
        return Err(Rejected::State);
    }
    let version = claims.get("swversion").and_then(|value| value.as_str());
    Ok(version
        .ok_or(Error::missing(Claim::Other))?
        .chars()
        .collect())
}

const DEVICES: &[u8] = include_bytes!("../vectors/device/devices.jwks.json");
const TOKEN: &[u8] = include_bytes!("../vectors/device/attestation.jwt");
const NONCE: &str = "bPLTBb1ZRcHUvwBWAKGvyg";
const NOW: NumericDate = NumericDate::from_seconds(1_750_000_000);

fn main() -> Result<(), Error> {
    let devices = KeySet::from_jwks(DEVICES, &[&ES256])?;
    let token = TOKEN.trim_ascii();
    println!("{:?}", admit(token, &devices, "device-0017", NONCE, NOW));
    println!(
        "{:?}",
        admit(token, &devices, "device-0017", "another nonce", NOW)
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use jose_verify::Problem;

    use super::*;

    const DEBUGGED: &[u8] = include_bytes!("../vectors/device/attestation-debug.jwt");

    #[test]
    fn only_fresh_tokens_of_untampered_devices_are_admitted() {
        let devices = KeySet::from_jwks(DEVICES, &[&ES256]).unwrap();
        let late = NumericDate::from_seconds(1_750_000_060);
        for (token, device, nonce, now, wanted) in [
            (TOKEN, "device-0017", NONCE, NOW, Ok("42".into())),
            (TOKEN, "device-0017", "another", NOW, Err(Rejected::Nonce)),
            (
                TOKEN,
                "device-0017",
                NONCE,
                late,
                Err(Rejected::Token(Error::Claim(Claim::Exp, Problem::Expired))),
            ),
            (
                TOKEN,
                "device-0016",
                NONCE,
                NOW,
                Err(Rejected::Token(Error::Claim(Claim::Iss, Problem::Mismatch))),
            ),
            (DEBUGGED, "device-0017", NONCE, NOW, Err(Rejected::State)),
        ] {
            let found = admit(token.trim_ascii(), &devices, device, nonce, now);
            assert_eq!(found, wanted, "{device} {nonce}");
        }
    }
}
