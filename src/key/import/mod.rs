//! Parsers for the formats in which keys are published.

mod asn1;
mod der;
mod pem;
mod published;

pub(crate) use self::published::add_certificate;
