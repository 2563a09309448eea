//! Parsers for the formats in which keys are published.

mod asn1;
mod der;
mod pem;
mod published;
