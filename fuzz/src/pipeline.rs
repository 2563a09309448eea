//! Runs the pipeline with a scratch buffer and in place. Both results must be equal.

use std::fmt::Debug;

use jose_verify::keys::VerifiedBy;
use jose_verify::{
    Check, Clock, Error, Header, Issuer, IssuerVerifier, JwsVerifier, Keys, Options, Policy,
    Tenant, Verified, VerifiedJws, Verifier, scratch_len,
};

/// The content of an accepted token, copied out of the buffer that it borrows from.
#[derive(Debug, PartialEq, Eq)]
pub struct Accepted {
    /// `alg`, `kid`, `typ`, `cty`.
    pub header: [Option<String>; 4],
    /// The payload.
    pub payload: Vec<u8>,
    /// The key and the algorithm that verified it.
    pub by: VerifiedBy,
}

impl Accepted {
    fn new(header: &Header<'_>, payload: &[u8], by: VerifiedBy) -> Self {
        let parameters = [
            Some(header.algorithm()),
            header.key_id(),
            header.typ(),
            header.content_type(),
        ];
        Self {
            header: parameters.map(|p| p.map(|p| p.chars().collect())),
            payload: payload.to_vec(),
            by,
        }
    }

    fn jwt(jwt: Verified<'_>) -> Self {
        Self::new(jwt.header(), jwt.claims().as_raw().as_bytes(), jwt.by())
    }

    fn jws(jws: VerifiedJws<'_>) -> Self {
        Self::new(jws.header(), jws.payload(), jws.by())
    }
}

/// Returns the result of a [`Verifier`].
pub fn jwt(
    token: &[u8],
    keys: &impl Keys,
    policy: &Policy<'_>,
    now: Clock,
    options: Options<'_>,
) -> Result<Accepted, Error> {
    let verifier = Verifier::new(keys, policy).with_options(options);
    let mut scratch = vec![0; scratch_len(token.len())];
    let result = verifier.verify(token, now, &mut scratch);
    let result = result.map(Accepted::jwt);
    let mut copy = token.to_vec();
    let in_place = verifier.verify_in_place(&mut copy, now);
    let in_place = in_place.map(Accepted::jwt);
    assert_eq!(result, in_place, "verify and verify_in_place agree");
    result
}

/// Returns the result of a [`JwsVerifier`].
pub fn jws(token: &[u8], keys: &impl Keys, options: Options<'_>) -> Result<Accepted, Error> {
    let verifier = JwsVerifier::new(keys).with_options(options);
    let mut scratch = vec![0; scratch_len(token.len())];
    let result = verifier.verify(token, &mut scratch).map(Accepted::jws);
    let mut copy = token.to_vec();
    let in_place = verifier.verify_in_place(&mut copy);
    let in_place = in_place.map(Accepted::jws);
    assert_eq!(
        result, in_place,
        "verify and verify_in_place of a JWS agree"
    );
    result
}

/// Returns the result of an [`IssuerVerifier`], with the issuer's name. It must accept exactly what
/// the verifier of one of the issuers alone accepts.
pub fn of_issuers<K: Keys>(
    token: &[u8],
    issuers: &[Tenant<'_, K>],
    now: Clock,
    options: Options<'_>,
) -> Result<(String, Accepted), Error> {
    let verifier = IssuerVerifier::new(|iss| issuers.iter().find(|tenant| iss == tenant.issuer()))
        .with_options(options);
    let named = |(tenant, jwt): (&Tenant<'_, K>, Verified<'_>)| {
        (tenant.issuer().to_owned(), Accepted::jwt(jwt))
    };
    let mut scratch = vec![0; scratch_len(token.len())];
    let result = verifier.verify(token, now, &mut scratch).map(named);
    let mut copy = token.to_vec();
    let in_place = verifier.verify_in_place(&mut copy, now).map(named);
    assert_eq!(
        result, in_place,
        "verify and verify_in_place of issuers agree"
    );

    let alone = issuers.iter().find_map(|tenant| {
        let issuer = [tenant.issuer()];
        let policy = Policy {
            issuer: Check::Required(&issuer),
            ..tenant.policy()
        };
        let accepted = jwt(token, &tenant.keys(), &policy, now, options).ok()?;
        Some((tenant.issuer().to_owned(), accepted))
    });
    assert_eq!(
        result.as_ref().ok(),
        alone.as_ref(),
        "the verifier of each issuer alone agrees"
    );

    // Whatever the lookup returns, a token of one issuer is never accepted as one of another.
    for tenant in issuers {
        let wrong = IssuerVerifier::new(|iss| (iss != tenant.issuer()).then_some(tenant));
        let wrong = wrong.with_options(options);
        let result = wrong.verify(token, now, &mut scratch).err();
        assert!(result.is_some(), "{}", tenant.issuer());
        let in_place = wrong.verify_in_place(&mut token.to_vec(), now).err();
        assert_eq!(
            result, in_place,
            "verify and verify_in_place of issuers agree"
        );
    }
    result
}

/// Asserts that a result is one of these errors, or is `Ok` if there are none.
pub fn assert_follows<T: Debug>(result: &Result<T, Error>, reasons: &[Error]) {
    match result {
        Ok(_) => assert!(reasons.is_empty(), "{result:?} despite {reasons:?}"),
        Err(error) => assert!(
            reasons.contains(error),
            "{error:?}, expected one of {reasons:?}"
        ),
    }
}
