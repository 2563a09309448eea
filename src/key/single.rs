//! One key for one algorithm, in exactly the memory that it takes.

use core::fmt::{self, Debug};

use crate::alg::{InlineKey, ParameterSource, Word};
use crate::encoding::json::JsonStr;
use crate::error::Error;
use crate::jose::jwk::Jwk;
use crate::key::Keys;
use crate::key::key_ref::{Candidate, KeyName, KeyRef, Resolved};
use crate::key::lookup::{KeyRequest, Sealed};
use crate::limits::MAX_KID_LEN;

/// A key for one algorithm: one that is pinned in a device, or that the caller knows the token's key to be.
///
/// It takes the memory of its algorithm: 64 bytes for [`ES256`](crate::ES256), and what a `kid` takes. A key without a
/// name fits every token, because the caller has chosen it; one with a name fits tokens with that `kid` or none. For
/// several algorithms, or a name that is not borrowed, use a [`KeySet`](crate::KeySet).
///
/// ```
/// use jose_verify::{Error, HS256, Key, KeyParameters};
///
/// let secret = KeyParameters::oct(b"a secret of at least 32 bytes, for HS256");
/// let key = Key::new(HS256, &secret)?;
/// # let _ = key;
/// assert_eq!(Key::new(HS256, &KeyParameters::oct(b"short")).err(), Some(Error::WeakKey));
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Key<'k, A: InlineKey, M = <A as InlineKey>::Material> {
    algorithm: A,
    material: M,
    name: KeyName<'k>,
}

impl<'k, A: InlineKey> Key<'k, A> {
    /// Takes a key in its parameters.
    ///
    /// # Errors
    ///
    /// - [`Error::UnsupportedKey`]: not a key of this algorithm's type.
    /// - [`Error::MalformedKey`], [`Error::WeakKey`], [`Error::KeyTooLarge`]: such a key, but refused.
    pub fn new(algorithm: A, parameters: &dyn ParameterSource) -> Result<Self, Error> {
        Self::new_in(algorithm, parameters, A::EMPTY)
    }

    /// Reads one JWK (RFC 7517 §4). The key borrows its `kid`.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new), and:
    ///
    /// - [`Error::MalformedJson`], [`Error::DuplicateMember`], [`Error::LimitExceeded`]: not a JSON object.
    /// - [`Error::WrongKeyUse`]: `use` or `key_ops` forbid it.
    /// - [`Error::AlgorithmNotAccepted`]: its `alg` is another.
    pub fn from_jwk(algorithm: A, jwk: &'k [u8]) -> Result<Self, Error> {
        let jwk = Jwk::parse(jwk)?;
        if !jwk.may_verify() {
            return Err(Error::WrongKeyUse);
        }
        // RFC 7517 §4.4.
        if jwk.algorithm().is_some_and(|alg| alg != algorithm.name()) {
            return Err(Error::AlgorithmNotAccepted);
        }
        if jwk
            .key_id()
            .is_some_and(|kid| kid.is_longer_than(MAX_KID_LEN))
        {
            return Err(Error::KeyTooLarge);
        }
        if jwk.is_incomplete() {
            return Err(Error::MalformedKey);
        }
        let mut key = Self::new(algorithm, &jwk)?;
        key.name = jwk.key_id().map_or(KeyName::Any, KeyName::Is);
        Ok(key)
    }

    /// A key from the material of another one of the same algorithm, which a build script wrote out: a constant, which
    /// takes no RAM.
    ///
    /// Nothing is judged: whoever can change the material can forge signatures. Material of ECDSA is the same on machines
    /// of either word size, apart from a word of 64 bits being two of 32, the lower one first; that of RSA is not.
    ///
    /// ```
    /// use jose_verify::{ES256, Es256, Key, KeyParameters};
    /// # const POINT: [u8; 65] = [
    /// #     4, 127, 205, 206, 39, 112, 246, 196, 93, 65, 131, 203, 238, 111, 219, 75, 123, 88, 7, 51, 53, 123, 233, 239, 19,
    /// #     186, 207, 110, 60, 123, 209, 84, 69, 199, 241, 68, 205, 27, 189, 155, 126, 135, 44, 223, 237, 185, 238, 185, 244,
    /// #     179, 105, 93, 110, 169, 11, 36, 173, 138, 70, 35, 40, 133, 136, 229, 173,
    /// # ];
    /// # #[cfg(target_pointer_width = "64")] {
    ///
    /// static VENDOR: Key<'static, Es256> = Key::from_material_unchecked(ES256, [
    ///     0xfdff_2dc1_32f6_6d53, 0x74dd_3bc8_fbc4_5c57, 0x6797_9cbd_0eb9_9834, 0x7f31_6e41_f5d8_a8d1,
    ///     0xd6a6_7b44_6b19_a7bb, 0x49b7_1d4d_7f22_6d31, 0xb3ba_e2b5_8e38_5c4e, 0x4f8c_8a5c_1d39_6c4f,
    /// ]);
    /// # }
    /// let key = Key::new(ES256, &KeyParameters::ec_point("P-256", &POINT))?;
    /// println!("{:x?}", key.material());
    /// # Ok::<(), jose_verify::Error>(())
    /// ```
    #[must_use]
    pub const fn from_material_unchecked(algorithm: A, material: A::Material) -> Self {
        Self {
            algorithm,
            material,
            name: KeyName::Any,
        }
    }
}

impl<A: InlineKey, M: AsRef<[Word]> + AsMut<[Word]>> Key<'_, A, M> {
    /// Takes a key in its parameters, in memory of the caller's kind: less than [`new`](Key::new) takes for RSA keys that are
    /// not of the longest.
    ///
    /// ```
    /// use jose_verify::{Error, Key, KeyParameters, RS256, Rs256, words};
    ///
    /// /// A key of 2048 bits, in half of the memory that one of 4096 bits takes.
    /// type Pinned<'k> = Key<'k, Rs256, [jose_verify::Word; words::RSA_2048]>;
    ///
    /// fn pinned(n: &[u8]) -> Result<Pinned<'static>, Error> {
    ///     Key::new_in(RS256, &KeyParameters::rsa(n, &[1, 0, 1]), [0; words::RSA_2048])
    /// }
    /// # assert_eq!(pinned(&[0xff; 512]).err(), Some(Error::KeyTooLarge));
    /// # assert!(pinned(&[0xff; 256]).is_ok());
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`new`](Key::new); [`Error::KeyTooLarge`] also if the memory is too short.
    pub fn new_in(
        algorithm: A,
        parameters: &dyn ParameterSource,
        memory: M,
    ) -> Result<Self, Error> {
        let mut material = memory;
        match algorithm.key_type().load(parameters, material.as_mut()) {
            Ok(_) => Ok(Self {
                algorithm,
                material,
                name: KeyName::Any,
            }),
            Err(Error::KeySetFull) => Err(Error::KeyTooLarge),
            Err(reason) => Err(reason),
        }
    }

    /// The same key under a `kid`: it fits tokens with exactly that one, and those without. One longer than
    /// [`MAX_KID_LEN`] is that of no token.
    #[must_use]
    pub fn with_key_id(self, key_id: &str) -> Key<'_, A, M> {
        Key {
            algorithm: self.algorithm,
            material: self.material,
            name: KeyName::Is(JsonStr::from(key_id)),
        }
    }

    /// The key material, to be written out: see [`from_material_unchecked`](Self::from_material_unchecked). Of a MAC it is
    /// as secret as the key.
    #[must_use]
    pub const fn material(&self) -> &M {
        &self.material
    }

    /// Its algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> A {
        self.algorithm
    }

    /// The key as the pipeline sees it.
    pub(crate) fn key_ref(&self) -> KeyRef<'_> {
        KeyRef::single(self.name, &self.algorithm, self.material.as_ref())
    }
}

impl<A: InlineKey, M: AsRef<[Word]> + AsMut<[Word]>> Keys for Key<'_, A, M> {
    fn key(&self, position: usize) -> Option<KeyRef<'_>> {
        (position == 0).then(|| self.key_ref())
    }

    fn accepts(&self, alg: JsonStr<'_>) -> bool {
        alg == self.algorithm.name()
    }

    // Without the detour of a reference that could be to any kind of key.
    fn find<'k>(
        &'k self,
        request: &KeyRequest<'_>,
        from: usize,
        _: Sealed,
    ) -> Option<(usize, Candidate<'k>)> {
        let fits = from == 0 && self.name.fits(request.kid) && self.accepts(request.alg);
        let resolved = Resolved::Loaded(&self.algorithm, self.material.as_ref());
        fits.then_some((0, Candidate(resolved)))
    }
}

impl<A: InlineKey, M> Debug for Key<'_, A, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the material, which may be a secret.
        f.debug_struct("Key")
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}
