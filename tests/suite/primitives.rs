//! The algorithms against others: the crate `rsa`, the curve crates' own ECDSA, the crate `hmac`, and textbook
//! implementations that share no code with any of them.

mod ecdsa;
mod hmac;
mod rsa;
