//! The algorithms as objects that C names by their addresses. Algorithms that are not named are
//! not linked.

use jose_verify::alg::{
    Algorithm, ES256, ES384, ES512, HS256, HS384, HS512, PS256, PS384, PS512, RS256, RS384, RS512,
};

/// An algorithm. List the ones that you accept by their addresses, such as `&JV_ES256`. A linker
/// that drops unused sections (`-Wl,--gc-sections`) leaves out all others.
pub struct jv_algorithm {
    pub(crate) object: &'static dyn Algorithm,
}

/// HMAC using SHA-256. The secret must have at least 32 bytes.
#[unsafe(no_mangle)]
pub static JV_HS256: jv_algorithm = jv_algorithm { object: &HS256 };
/// HMAC using SHA-384. The secret must have at least 48 bytes.
#[unsafe(no_mangle)]
pub static JV_HS384: jv_algorithm = jv_algorithm { object: &HS384 };
/// HMAC using SHA-512. The secret must have at least 64 bytes.
#[unsafe(no_mangle)]
pub static JV_HS512: jv_algorithm = jv_algorithm { object: &HS512 };
/// RSASSA-PKCS1-v1_5 using SHA-256.
#[unsafe(no_mangle)]
pub static JV_RS256: jv_algorithm = jv_algorithm { object: &RS256 };
/// RSASSA-PKCS1-v1_5 using SHA-384.
#[unsafe(no_mangle)]
pub static JV_RS384: jv_algorithm = jv_algorithm { object: &RS384 };
/// RSASSA-PKCS1-v1_5 using SHA-512.
#[unsafe(no_mangle)]
pub static JV_RS512: jv_algorithm = jv_algorithm { object: &RS512 };
/// RSASSA-PSS using SHA-256 and MGF1 with SHA-256.
#[unsafe(no_mangle)]
pub static JV_PS256: jv_algorithm = jv_algorithm { object: &PS256 };
/// RSASSA-PSS using SHA-384 and MGF1 with SHA-384.
#[unsafe(no_mangle)]
pub static JV_PS384: jv_algorithm = jv_algorithm { object: &PS384 };
/// RSASSA-PSS using SHA-512 and MGF1 with SHA-512.
#[unsafe(no_mangle)]
pub static JV_PS512: jv_algorithm = jv_algorithm { object: &PS512 };
/// ECDSA using P-256 and SHA-256.
#[unsafe(no_mangle)]
pub static JV_ES256: jv_algorithm = jv_algorithm { object: &ES256 };
/// ECDSA using P-384 and SHA-384.
#[unsafe(no_mangle)]
pub static JV_ES384: jv_algorithm = jv_algorithm { object: &ES384 };
/// ECDSA using P-521 and SHA-512.
#[unsafe(no_mangle)]
pub static JV_ES512: jv_algorithm = jv_algorithm { object: &ES512 };
