//! A key for one algorithm, without the overhead of a key set.

use core::fmt::{self, Debug};

use crate::alg::{Algorithm, InlineKey, ParameterSource, Word};
use crate::encoding::json::JsonStr;
use crate::error::{Error, Limit};
use crate::jose::jwk::Jwk;
use crate::key::Keys;
use crate::key::jwk_options::JwkOptions;
use crate::key::key_ref::{Candidate, KeyName, KeyRef, KeyRequest, Resolved};
use crate::key::lookup::Sealed;
use crate::limits::MAX_KID_LEN;

/// A key for one algorithm, such as a key that is pinned in a device, or that the caller chose for
/// a token.
///
/// It takes only the memory that its algorithm needs, such as 64 bytes for
/// [`ES256`](crate::alg::ES256), plus a reference to its `kid`, which is borrowed. Use a
/// [`KeySet`](crate::KeySet) for several algorithms, or if the `kid` cannot be borrowed.
///
/// A key without a `kid` fits every token, because the caller chose it. A key with a `kid` fits
/// tokens with the same `kid` and tokens without one.
///
/// ```
/// use jose_verify::{Error, Key};
/// use jose_verify::alg::{HS256, KeyParameters};
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
    /// Creates a key from its parameters.
    ///
    /// # Errors
    ///
    /// - [`Error::UnsupportedKey`]: the algorithm requires a key of another type, or the key is
    ///   [for](ParameterSource::is_for) other algorithms.
    /// - [`Error::MalformedKey`], [`Error::WeakKey`], [`Error::KeyTooLarge`],
    ///   [`Error::ShortCoordinate`], [`Error::PublicKeyAsSecret`]: the key has the right type but
    ///   is rejected.
    pub fn new(algorithm: A, parameters: &dyn ParameterSource) -> Result<Self, Error> {
        Self::new_in(algorithm, parameters, A::EMPTY)
    }

    /// Parses one JWK (RFC 7517 §4). The key borrows its `kid` from the text.
    ///
    /// # Errors
    ///
    /// The errors of [`new`](Self::new). Other members, such as `kid`, can also cause
    /// [`Error::MalformedKey`]. In addition:
    ///
    /// - [`Error::MalformedJson`], [`Error::DuplicateMember`], [`Error::Limit`]: the text is not a
    ///   JSON object, repeats a name, or exceeds a limit.
    /// - [`Error::WrongKeyUse`]: `use` or `key_ops` do not allow verification.
    /// - [`Error::AlgorithmNotAccepted`]: the key's `alg` names another algorithm.
    pub fn from_jwk(algorithm: A, jwk: &'k [u8]) -> Result<Self, Error> {
        let jwk = Jwk::parse(jwk)?;
        Self::check(algorithm, &jwk, jwk.may_verify())?;
        let key = Self::new(algorithm, &jwk);
        Ok(key.map_err(|reason| jwk.reason(reason))?.named(&jwk))
    }

    /// Does the same as [`from_jwk`](Self::from_jwk), but also accepts what `options` permit.
    ///
    /// # Errors
    ///
    /// The errors of [`from_jwk`](Self::from_jwk). With [`JwkOptions::x5c`] also
    /// [`Error::ScratchTooSmall`], if the certificate does not fit into the buffer.
    pub fn from_jwk_with(
        algorithm: A,
        jwk: &'k [u8],
        options: JwkOptions<'_>,
    ) -> Result<Self, Error> {
        let (jwk, mut options) = (Jwk::parse(jwk)?, options);
        Self::check(algorithm, &jwk, options.may_verify(&jwk))?;
        let mut key = Err(Error::MalformedKey);
        options
            .read(&jwk, &mut |parameters| {
                key = Self::new(algorithm, parameters);
                Ok(())
            })
            .map_err(|reason| jwk.reason(reason))?;
        Ok(key.map_err(|reason| jwk.reason(reason))?.named(&jwk))
    }

    /// Checks the members that are common to all keys.
    fn check(algorithm: A, jwk: &Jwk<'_>, may_verify: bool) -> Result<(), Error> {
        if !may_verify {
            return Err(Error::WrongKeyUse);
        }
        if !jwk.is_for(algorithm.name()) {
            return Err(Error::AlgorithmNotAccepted);
        }
        let kid = jwk.key_id();
        if kid.is_some_and(|kid| kid.is_longer_than(MAX_KID_LEN)) {
            return Err(Error::Limit(Limit::KeyIdLen));
        }
        Ok(())
    }

    /// Returns the key with the `kid` of its JWK.
    fn named(self, jwk: &Jwk<'k>) -> Self {
        let name = jwk.key_id().map_or(KeyName::Any, KeyName::Is);
        Self { name, ..self }
    }

    /// Creates a key from the [`material`](Self::material) of another key with the same algorithm,
    /// for instance material that a build script wrote out. The key can be a constant, which takes
    /// no RAM.
    ///
    /// The material is not checked. Anyone who can change it can forge signatures.
    ///
    /// ECDSA material has the same content on 32-bit and 64-bit machines: a 64-bit word corresponds
    /// to two 32-bit words, the lower one first. RSA material differs between them.
    ///
    /// ```
    /// use jose_verify::Key;
    /// use jose_verify::alg::{ES256, Es256, KeyParameters};
    /// # const POINT: [u8; 65] = [
    /// #     4, 127, 205, 206, 39, 112, 246, 196, 93, 65, 131, 203, 238, 111, 219, 75, 123, 88, 7,
    /// #     51, 53, 123, 233, 239, 19, 186, 207, 110, 60, 123, 209, 84, 69, 199, 241, 68, 205, 27,
    /// #     189, 155, 126, 135, 44, 223, 237, 185, 238, 185, 244, 179, 105, 93, 110, 169, 11, 36,
    /// #     173, 138, 70, 35, 40, 133, 136, 229, 173,
    /// # ];
    /// # #[cfg(target_pointer_width = "64")] {
    ///
    /// static VENDOR: Key<'static, Es256> = Key::from_material_unchecked(ES256, [
    ///     0xfdff_2dc1_32f6_6d53, 0x74dd_3bc8_fbc4_5c57,
    ///     0x6797_9cbd_0eb9_9834, 0x7f31_6e41_f5d8_a8d1,
    ///     0xd6a6_7b44_6b19_a7bb, 0x49b7_1d4d_7f22_6d31,
    ///     0xb3ba_e2b5_8e38_5c4e, 0x4f8c_8a5c_1d39_6c4f,
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
    /// Creates a key from its parameters, in memory that the caller provides. An RSA key of less
    /// than 4096 bits then takes less memory than with [`new`](Key::new).
    ///
    /// ```
    /// use jose_verify::{Error, Key, words};
    /// use jose_verify::alg::{KeyParameters, RS256, Rs256};
    ///
    /// /// A 2048-bit key, which takes half the memory of a 4096-bit key.
    /// type Pinned<'k> = Key<'k, Rs256, [jose_verify::alg::Word; words::RSA_2048]>;
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
    /// The errors of [`new`](Key::new). [`Error::KeyTooLarge`] is also returned if the memory is
    /// too short.
    pub fn new_in(
        algorithm: A,
        parameters: &dyn ParameterSource,
        memory: M,
    ) -> Result<Self, Error> {
        if !parameters.is_for(algorithm.name()) {
            return Err(Error::UnsupportedKey);
        }
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

    /// Returns the key material, for instance to write it out for
    /// [`from_material_unchecked`](Self::from_material_unchecked). The material of a MAC key is as
    /// secret as the key.
    #[must_use]
    pub const fn material(&self) -> &M {
        &self.material
    }

    /// Returns the key's algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> A {
        self.algorithm
    }

    /// Returns a reference to the key, for the verification pipeline.
    pub(crate) fn key_ref(&self) -> KeyRef<'_> {
        let (name, algorithm, material) = self.parts();
        KeyRef::single(name, algorithm, material)
    }

    /// Returns the name, the algorithm and the material.
    pub(crate) fn parts(&self) -> (KeyName<'_>, &(dyn Algorithm + 'static), &[Word]) {
        (self.name, &self.algorithm, self.material.as_ref())
    }
}

impl<A: InlineKey, M: Copy> Key<'_, A, M> {
    /// Returns the key with this `kid`. The key then fits tokens with exactly this `kid` and tokens
    /// without one. A `kid` longer than [`MAX_KID_LEN`] matches no token.
    #[must_use]
    pub const fn with_key_id(self, key_id: &str) -> Key<'_, A, M> {
        Key {
            algorithm: self.algorithm,
            material: self.material,
            name: KeyName::Is(JsonStr::of(key_id)),
        }
    }
}

impl<A: InlineKey, M: AsRef<[Word]> + AsMut<[Word]>> Keys for Key<'_, A, M> {
    fn key(&self, position: usize) -> Option<KeyRef<'_>> {
        (position == 0).then(|| self.key_ref())
    }

    fn accepts(&self, alg: JsonStr<'_>) -> bool {
        alg == self.algorithm.name()
    }

    // Overridden for speed: avoids building a `KeyRef`.
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

    fn count(&self, _: Sealed) -> usize {
        1
    }
}

impl<A: InlineKey, M> Debug for Key<'_, A, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Omits the material, which can be secret.
        f.debug_struct("Key")
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}
