//! `LemonLDAP::NG` from Debian's packages.

use std::path::PathBuf;

use crate::packages::Packages;
use crate::process::{Outcome, target_folder};

/// The portal, its `FastCGI` server, and the modules that it needs as an OpenID provider. Debian
/// only recommends or suggests the modules. `apache2` would be a larger alternative to the server.
const NAMES: [&str; 7] = [
    "liblemonldap-ng-portal-perl",
    "lemonldap-ng-fastcgi-server",
    "libconvert-pem-perl",
    "libcrypt-jwt-perl",
    "libcrypt-openssl-bignum-perl",
    "libio-string-perl",
    "libstring-random-perl",
];

/// Unpacks the packages and returns their folder.
pub fn unpack() -> Outcome<PathBuf> {
    let packages = Packages {
        folder: target_folder("target").join("lemonldap"),
        names: &NAMES,
        programs: &["perl"],
        version: 1,
    };
    packages.unpack()?;
    Ok(packages.folder)
}
