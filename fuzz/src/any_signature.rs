//! A key that accepts any signature, to reach the parsers behind the signature.

use std::cell::RefCell;

use jose_verify::Keys;
use jose_verify::alg::InvalidSignature;
use jose_verify::keys::{ForeignKey, KeyRef};

/// Accepts every signature under the algorithms of RFC 7518 and some other names, and remembers the
/// last one.
#[derive(Debug, Default)]
pub struct AnySignature {
    last: RefCell<Signed>,
}

/// What a key was asked to verify.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Signed {
    /// Header and payload with the dot between them.
    pub signing_input: Vec<u8>,
    /// The decoded signature.
    pub signature: Vec<u8>,
}

impl AnySignature {
    /// Returns what the key was last asked to verify.
    pub fn last(&self) -> Signed {
        self.last.borrow().clone()
    }
}

impl ForeignKey for AnySignature {
    fn key_id(&self) -> Option<&str> {
        None
    }

    fn algorithms(&self) -> &[&'static str] {
        &[
            "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
            "HS256", "HS384", "HS512", "EdDSA", "a", "",
        ]
    }

    fn verify(
        &self,
        _algorithm: &'static str,
        signing_input: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        *self.last.borrow_mut() = Signed {
            signing_input: signing_input.to_vec(),
            signature: signature.to_vec(),
        };
        Ok(())
    }
}

impl Keys for AnySignature {
    fn key(&self, position: usize) -> Option<KeyRef<'_>> {
        (position == 0).then(|| KeyRef::foreign(self))
    }
}
