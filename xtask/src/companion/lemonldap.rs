//! `LemonLDAP::NG` from Debian's packages.

use std::path::PathBuf;

use crate::packages::Packages;
use crate::process::{Outcome, target_folder};

/// The portal, and what it needs as an OpenID provider: Debian only recommends or suggests these
/// modules. The packages of the `FastCGI` server and of `apache2` are alternatives, of which the
/// first is smaller.
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
