//! A device decides whether to install an update. A signed manifest names the image, and must be
//! signed with the key pinned in flash. The device has no clock, so the version rejects old
//! manifests.
//!
//!     cargo run --example update_manifest

#![allow(clippy::unwrap_used, reason = "an example fails by panicking")]

use jose_verify::alg::{ES256, KeyParameters, Sha256};
use jose_verify::{Check, Claim, Claims, Clock, Error, Key, Policy, Verifier, base64url};

/// The vendor's public key on P-256.
const VENDOR: KeyParameters<'static> = KeyParameters::ec(
    "P-256",
    &[
        211, 96, 58, 136, 66, 11, 161, 18, 125, 170, 205, 89, 109, 22, 30, 2, 64, 195, 98, 38, 34,
        192, 132, 133, 21, 50, 250, 104, 79, 214, 141, 37,
    ],
    &[
        42, 152, 215, 158, 235, 203, 221, 214, 77, 69, 60, 199, 49, 49, 168, 27, 124, 106, 167, 27,
        90, 126, 24, 244, 145, 208, 205, 114, 199, 148, 138, 169,
    ],
);

/// The hardware of this device.
const HARDWARE: &str = "board-7";

/// Why an update is not installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rejected {
    /// The manifest is not from the vendor, or lacks a required claim.
    Manifest(Error),
    /// The manifest is for other hardware.
    Hardware,
    /// The version is not newer than the installed one, so an old manifest cannot be replayed.
    Version,
    /// The image is not the one that the manifest names.
    Image,
}

impl From<Error> for Rejected {
    fn from(error: Error) -> Self {
        Self::Manifest(error)
    }
}

/// Returns the version to install, if the image may replace version `installed`. `manifest` is
/// overwritten, even on error.
fn approve(manifest: &mut [u8], image: &[u8], installed: i64) -> Result<i64, Rejected> {
    let key = Key::new(ES256, &VENDOR)?;
    let policy = Policy {
        typ: Check::Required("update+jwt"),
        ..Policy::jwt(Check::Required(&["vendor"]), Check::NotChecked)
    };
    let manifest = Verifier::new(&key, &policy).verify_in_place(manifest, Clock::Absent)?;
    let claims = manifest.claims();
    let hardware = claims.get("hardware").and_then(|value| value.as_str());
    if hardware.is_none_or(|hardware| hardware != HARDWARE) {
        return Err(Rejected::Hardware);
    }
    let version = integer(claims, "version")?;
    if version <= installed {
        return Err(Rejected::Version);
    }
    if usize::try_from(integer(claims, "size")?) != Ok(image.len()) || !is_digest_of(claims, image)?
    {
        return Err(Rejected::Image);
    }
    Ok(version)
}

fn integer(claims: &Claims<'_>, name: &str) -> Result<i64, Error> {
    let value = claims.get(name).and_then(|value| value.as_i64());
    value.ok_or(Error::missing(Claim::Other))
}

/// Returns whether the claim `sha-256`, in base64url, is the digest of the image.
fn is_digest_of(claims: &Claims<'_>, image: &[u8]) -> Result<bool, Error> {
    let mut hash = Sha256::new();
    // In blocks, as a device would read the image from flash.
    for block in image.chunks(512) {
        hash.update(block);
    }
    let mut text = [0; base64url::encoded_len(32)];
    let digest = base64url::encode(&hash.finalize(), &mut text)?;
    let claim = claims.get("sha-256").and_then(|value| value.as_str());
    Ok(claim.ok_or(Error::missing(Claim::Other))? == digest)
}

const MANIFEST: &[u8] = include_bytes!("../vectors/device/update.jwt");
const IMAGE: &[u8] = include_bytes!("../vectors/device/image.txt");

fn main() {
    println!(
        "on version 41: {:?}",
        approve(&mut MANIFEST.trim_ascii().to_vec(), IMAGE, 41)
    );
    println!(
        "on version 42: {:?}",
        approve(&mut MANIFEST.trim_ascii().to_vec(), IMAGE, 42)
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn approved(manifest: &[u8], image: &[u8], installed: i64) -> Result<i64, Rejected> {
        approve(&mut manifest.trim_ascii().to_vec(), image, installed)
    }

    #[test]
    fn only_newer_versions_of_the_vendor_are_approved() {
        assert_eq!(approved(MANIFEST, IMAGE, 41), Ok(42));
        assert_eq!(approved(MANIFEST, IMAGE, 42), Err(Rejected::Version));
        let (_, shorter) = IMAGE.split_first().unwrap();
        assert_eq!(approved(MANIFEST, shorter, 41), Err(Rejected::Image));
        let other: Vec<u8> = IMAGE.iter().rev().copied().collect();
        assert_eq!(approved(MANIFEST, &other, 41), Err(Rejected::Image));
        let mut forged = MANIFEST.to_vec();
        let character = forged.iter_mut().rev().nth(10).unwrap();
        *character = if *character == b'A' { b'B' } else { b'A' };
        assert_eq!(
            approved(&forged, IMAGE, 41),
            Err(Rejected::Manifest(Error::BadSignature))
        );
    }
}
