//! Keys as others publish them.

mod asn1;
mod der;
mod pem;
mod published;
