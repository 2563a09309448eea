//! A key that opens the way to the parsers behind the signature.

use std::cell::RefCell;

use jose_verify::{InvalidSignature, VerificationKey};

/// Accepts every signature under every algorithm, and remembers the last one.
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
    /// What came last.
    pub fn last(&self) -> Signed {
        self.last.borrow().clone()
    }
}

impl VerificationKey for AnySignature {
    fn key_id(&self) -> Option<&str> {
        None
    }

    fn accepts(&self, _algorithm: &str) -> bool {
        true
    }

    fn verify(
        &self,
        _algorithm: &str,
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
