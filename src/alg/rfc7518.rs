//! The algorithms of RFC 7518 §3.1. Each is one type and one constant, which hide the
//! implementation.

use core::fmt::{self, Debug};
use core::marker::PhantomData;

use ::sha2::{Sha256, Sha384, Sha512};

use crate::alg::ecdsa::{EcTables, Ecdsa, P256, P384, P521};
use crate::alg::ecdsa::{P256_WORDS, P384_WORDS, P521_WORDS};
use crate::alg::hmac::Hmac;
use crate::alg::material_len as words;
use crate::alg::rsa::{Pkcs1, Pss, Rsa};
use crate::alg::{
    Algorithm, AlgorithmKind, InlineKey, InvalidSignature, KeyType, Precomputation, Tables, Word,
};

/// Declares an algorithm: the constant, its type, and the implementation that the type delegates
/// to.
macro_rules! algorithm {
    (
        $(#[$doc:meta])+
        $constant:ident: $type:ident, $words:path, $implementation:ty, $($name:literal)?
    ) => {
        $(#[$doc])+
        pub const $constant: $type = $type(PhantomData);

        #[doc = concat!("The type of [`", stringify!($constant), "`].")]
        #[derive(Clone, Copy)]
        pub struct $type(PhantomData<()>);

        impl $type {
            const IMPLEMENTATION: $implementation = <$implementation>::new($($name)?);
        }

        impl Algorithm for $type {
            fn name(&self) -> &'static str {
                Self::IMPLEMENTATION.name()
            }

            fn kind(&self) -> AlgorithmKind {
                Self::IMPLEMENTATION.kind()
            }

            fn key_type(&self) -> &'static dyn KeyType {
                Self::IMPLEMENTATION.key_type()
            }

            fn verify(
                &self,
                material: &[Word],
                signing_input: &[u8],
                signature: &[u8],
            ) -> Result<(), InvalidSignature> {
                Self::IMPLEMENTATION.verify(material, signing_input, signature)
            }
        }

        impl InlineKey for $type {
            type Material = [Word; $words];
            const EMPTY: Self::Material = [0; $words];
        }

        impl Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

algorithm! {
    /// HMAC using SHA-256. The secret has at least 32 bytes.
    HS256: Hs256, words::HS256, Hmac<Sha256>, "HS256"
}

algorithm! {
    /// HMAC using SHA-384. The secret has at least 48 bytes.
    HS384: Hs384, words::HS384, Hmac<Sha384>, "HS384"
}

algorithm! {
    /// HMAC using SHA-512. The secret has at least 64 bytes.
    HS512: Hs512, words::HS512, Hmac<Sha512>, "HS512"
}

algorithm! {
    /// RSASSA-PKCS1-v1_5 using SHA-256.
    RS256: Rs256, words::RSA_4096, Rsa<Pkcs1<Sha256>>, "RS256"
}

algorithm! {
    /// RSASSA-PKCS1-v1_5 using SHA-384.
    RS384: Rs384, words::RSA_4096, Rsa<Pkcs1<Sha384>>, "RS384"
}

algorithm! {
    /// RSASSA-PKCS1-v1_5 using SHA-512.
    RS512: Rs512, words::RSA_4096, Rsa<Pkcs1<Sha512>>, "RS512"
}

algorithm! {
    /// RSASSA-PSS using SHA-256 and MGF1 with SHA-256.
    PS256: Ps256, words::RSA_4096, Rsa<Pss<Sha256>>, "PS256"
}

algorithm! {
    /// RSASSA-PSS using SHA-384 and MGF1 with SHA-384.
    PS384: Ps384, words::RSA_4096, Rsa<Pss<Sha384>>, "PS384"
}

algorithm! {
    /// RSASSA-PSS using SHA-512 and MGF1 with SHA-512.
    PS512: Ps512, words::RSA_4096, Rsa<Pss<Sha512>>, "PS512"
}

algorithm! {
    /// ECDSA using P-256 and SHA-256. A signature is r ‖ s, 32 bytes each (RFC 7518 §3.4). A
    /// signature in DER is rejected.
    ES256: Es256, words::P256, Ecdsa<P256, P256_WORDS>,
}

algorithm! {
    /// ECDSA using P-384 and SHA-384.
    ES384: Es384, words::P384, Ecdsa<P384, P384_WORDS>,
}

algorithm! {
    /// ECDSA using P-521 and SHA-512.
    ES512: Es512, words::P521, Ecdsa<P521, P521_WORDS>,
}

/// All digital signature algorithms of RFC 7518. A program that names this list links all of them.
pub const SIGNATURES: &[&dyn Algorithm] = &[
    &RS256, &RS384, &RS512, &PS256, &PS384, &PS512, &ES256, &ES384, &ES512,
];

/// All message authentication codes of RFC 7518.
pub const MACS: &[&dyn Algorithm] = &[&HS256, &HS384, &HS512];

/// Declares the precomputation for the keys of one curve.
macro_rules! tables {
    ($(#[$doc:meta])+ $constant:ident: $type:ident, $algorithm:ident, $implementation:ty) => {
        $(#[$doc])+
        pub const $constant: $type = $type(PhantomData);

        #[doc = concat!("The type of [`", stringify!($constant), "`].")]
        #[derive(Clone, Copy)]
        pub struct $type(PhantomData<()>);

        impl $type {
            const IMPLEMENTATION: $implementation = <$implementation>::new();
        }

        impl Precomputation for $type {
            fn algorithm(&self) -> &'static dyn Algorithm {
                &$algorithm
            }

            fn table_len(&self, available: usize) -> usize {
                Self::IMPLEMENTATION.table_len(available)
            }

            fn fill(&self, material: &[Word], table: &mut [Word]) {
                Self::IMPLEMENTATION.fill(material, table);
            }

            fn fill_shared(&self, table: &mut [Word]) {
                Self::IMPLEMENTATION.fill_shared(table);
            }

            fn is_intact(&self, material: &[Word], table: &[Word]) -> bool {
                Self::IMPLEMENTATION.is_intact(material, table)
            }

            fn is_shared_intact(&self, table: &[Word]) -> bool {
                Self::IMPLEMENTATION.is_shared_intact(table)
            }

            fn verify(
                &self,
                material: &[Word],
                tables: Tables<'_>,
                signing_input: &[u8],
                signature: &[u8],
            ) -> Result<(), InvalidSignature> {
                Self::IMPLEMENTATION.verify(material, tables, signing_input, signature)
            }
        }

        impl Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($constant))
            }
        }
    };
}

tables! {
    /// Precomputed tables for P-256 keys, which make [`ES256`] verification faster.
    P256_TABLES: P256Tables, ES256, EcTables<P256, P256_WORDS>
}

tables! {
    /// Precomputed tables for P-384 keys, which make [`ES384`] verification faster.
    P384_TABLES: P384Tables, ES384, EcTables<P384, P384_WORDS>
}

tables! {
    /// Precomputed tables for P-521 keys, which make [`ES512`] verification faster.
    P521_TABLES: P521Tables, ES512, EcTables<P521, P521_WORDS>
}
