//! A service lets a device in only if the device can say, freshly and with a key that is known,
//! that nobody has tampered with it: an Entity Attestation Token (RFC 9711).
//!
//!     cargo run --example attestation

#![allow(clippy::unwrap_used, reason = "a program for people and tests")]

use core::time::Duration;
use jose_verify::alg::ES256;
use jose_verify::{
    Audience, Check, Claim, Error, KeySet, NumericDate, Policy, Verifier, scratch_len,
};

/// This service.
const VERIFIER: &str = "https://attest.example.com";

/// Why a device is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refused {
    /// The token is not that of a known device, or not for us, or not of now.
    Token(Error),
    /// It answers another question, so it may be a copy.
    Nonce,
    /// The device did not start its vendor's code, or can be debugged.
    State,
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Token(error)
    }
}

/// Whether a device may come in that was asked with `nonce`, and the version that it runs.
fn admit(
    token: &[u8],
    devices: &KeySet<16>,
    device: &str,
    nonce: &str,
    now: NumericDate,
) -> Result<String, Refused> {
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
    // Every device has one key, under its own name: a key says nothing about other devices.
    let key_id = attestation.header().key_id();
    if key_id.is_none_or(|key_id| key_id != device) {
        return Err(Refused::Token(Error::NoKey));
    }
    let claims = attestation.claims();
    let says = |name: &str, wanted: &str| {
        let text = claims.get(name).and_then(|value| value.as_str());
        text.is_some_and(|text| text == wanted)
    };
    if !says("eat_nonce", nonce) {
        return Err(Refused::Nonce);
    }
    let started_well = claims.get("oemboot").and_then(|value| value.as_bool());
    if started_well != Some(true) || !says("dbgstat", "disabled-permanently") {
        return Err(Refused::State);
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
    fn fresh_and_untampered_devices_alone() {
        let devices = KeySet::from_jwks(DEVICES, &[&ES256]).unwrap();
        let late = NumericDate::from_seconds(1_750_000_060);
        for (token, device, nonce, now, wanted) in [
            (TOKEN, "device-0017", NONCE, NOW, Ok("42".into())),
            (TOKEN, "device-0017", "another", NOW, Err(Refused::Nonce)),
            (
                TOKEN,
                "device-0017",
                NONCE,
                late,
                Err(Refused::Token(Error::Claim(Claim::Exp, Problem::Expired))),
            ),
            (
                TOKEN,
                "device-0016",
                NONCE,
                NOW,
                Err(Refused::Token(Error::Claim(Claim::Iss, Problem::Mismatch))),
            ),
            (DEBUGGED, "device-0017", NONCE, NOW, Err(Refused::State)),
        ] {
            let found = admit(token.trim_ascii(), &devices, device, nonce, now);
            assert_eq!(found, wanted, "{device} {nonce}");
        }
    }
}
