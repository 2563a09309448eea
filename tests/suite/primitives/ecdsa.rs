//! ECDSA compared with the curve crates' own verification and with the textbook, for edge cases
//! that no signer meets by chance and for random signatures.

#![expect(clippy::many_single_char_names, reason = "names from the standards")]

use jose_verify::Key;
use jose_verify::alg::{
    ES256, ES384, ES512, InlineKey, KeyParameters, P256_TABLES, P384_TABLES, P521_TABLES,
    Precomputation,
};
use num_bigint::BigUint;
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::curve::{Affine, CURVES, Curve};
use crate::support::random::{bytes, cases};
use crate::support::report::report;

/// Verifies with a curve crate.
macro_rules! verify_with {
    ($curve:ident, $key:expr, $message:expr, $signature:expr) => {{
        use $curve::ecdsa::{Signature, VerifyingKey, signature::Verifier};
        let key = VerifyingKey::from_sec1_bytes($key).unwrap();
        Signature::from_slice($signature).is_ok_and(|s| key.verify($message, &s).is_ok())
    }};
}

fn theirs(curve: &Curve, q: &Affine, message: &[u8], signature: &[u8]) -> bool {
    let point = [&[4], &curve.octets(&q.0, &q.1)[..]].concat();
    match curve.crv {
        "P-256" => verify_with!(p256, &point, message, signature),
        "P-384" => verify_with!(p384, &point, message, signature),
        _ => verify_with!(p521, &point, message, signature),
    }
}

/// The number of words for the tables of a key, from none to a table for every window. For some of
/// them, doublings remain, or the key's table has a different shape from the base point's.
const MEMORY: [usize; 5] = [0, 75, 300, 1_000, 9_001];

/// Verifies with this crate, without tables and with tables of several shapes. All results must be
/// equal.
fn ours(curve: &Curve, q: &Affine, message: &[u8], signature: &[u8]) -> bool {
    match curve.crv {
        "P-256" => ours_of(ES256, &P256_TABLES, curve, q, message, signature),
        "P-384" => ours_of(ES384, &P384_TABLES, curve, q, message, signature),
        _ => ours_of(ES512, &P521_TABLES, curve, q, message, signature),
    }
}

fn ours_of(
    algorithm: impl InlineKey,
    by: &dyn Precomputation,
    curve: &Curve,
    q: &Affine,
    message: &[u8],
    signature: &[u8],
) -> bool {
    let point = curve.octets(&q.0, &q.1);
    let (x, y) = point.split_at(curve.width);
    let key = Key::new(algorithm, &KeyParameters::ec(curve.crv, x, y)).unwrap();
    let material = key.material().as_ref();
    let verified = algorithm.verify(material, message, signature).is_ok();
    for words in MEMORY {
        let mut memory = vec![0; words];
        let tables = key.prepare(by, &mut memory).tables().unwrap_or_default();
        let again = by.verify(material, tables, message, signature).is_ok();
        assert_eq!(again, verified, "{} {words} {signature:02x?}", curve.crv);
    }
    verified
}

/// Verifies with this crate and with the curve crate. Both results must be equal.
fn agreed(curve: &Curve, q: &Affine, message: &[u8], signature: &[u8]) -> bool {
    let verified = ours(curve, q, message, signature);
    assert_eq!(
        verified,
        theirs(curve, q, message, signature),
        "{}: {signature:02x?}",
        curve.crv
    );
    verified
}

/// Signatures over one message on one curve, and how many were accepted and rejected.
struct Edges {
    curve: &'static Curve,
    message: &'static [u8],
    accepted: usize,
    rejected: usize,
}

impl Edges {
    /// Returns the hash of the message as a number.
    fn z(&self) -> BigUint {
        self.curve.hash(self.message)
    }

    /// Asserts that all three implementations give the expected result. Skips numbers that do not
    /// fit the width of the curve, which no token can contain.
    fn expect(&mut self, want: bool, case: &str, q: &Affine, r: &BigUint, s: &BigUint) {
        let Self { curve, message, .. } = *self;
        if r.bits().max(s.bits()) > 8 * u64::try_from(curve.width).unwrap() {
            return;
        }
        let verified = agreed(curve, q, message, &curve.octets(r, s));
        let textbook = curve.verify(q, message, r, s);
        assert_eq!(
            (verified, textbook),
            (want, want),
            "{} {case}: r {r:x}, s {s:x}",
            curve.crv
        );
        *(if want {
            &mut self.accepted
        } else {
            &mut self.rejected
        }) += 1;
    }

    /// Asserts that a signature and (r, n - s) are valid, and that other nearby values are not. RFC
    /// 7518 does not forbid n - s.
    fn good(&mut self, case: &str, q: &Affine, r: &BigUint, s: &BigUint) {
        let n = &self.curve.n;
        self.expect(true, case, q, r, s);
        self.expect(true, case, q, r, &(n - s));
        self.expect(false, case, q, &(n - r), s);
        self.expect(false, case, q, &(r + n), s);
        self.expect(false, case, q, r, &(s + n));
        if r != s {
            self.expect(false, case, q, s, r);
        }
    }

    /// Asserts the same for the signature with this point as R and this s, under a key computed for
    /// it.
    fn good_with(&mut self, case: &str, nonce: &Affine, s: &BigUint) {
        let q = self.curve.recover(nonce, self.message, s).unwrap();
        self.good(case, &q, &(&nonce.0 % &self.curve.n), s);
    }
}

fn small(number: u32) -> BigUint {
    BigUint::from(number)
}

/// Returns the point with the smallest x coordinate from `start` upwards.
fn lift_from(curve: &Curve, start: &BigUint) -> Affine {
    (0..1000)
        .find_map(|i| curve.lift(&(start + small(i))))
        .unwrap()
}

/// Returns the point with the largest x coordinate below `start`.
fn lift_below(curve: &Curve, start: &BigUint) -> Affine {
    (1..1000)
        .find_map(|i| curve.lift(&(start - small(i))))
        .unwrap()
}

/// R with an x coordinate close to 0, n and p. For x ≥ n, r is x - n. Then r + n < p, so both x are
/// candidates.
fn edges_of_r(edges: &mut Edges) {
    let Curve { n, p, .. } = edges.curve;
    let s = small(0x0123_4567);
    for (case, nonce) in [
        ("x just above 0", lift_from(edges.curve, &small(1))),
        ("x just below n", lift_below(edges.curve, n)),
        ("x just above n", lift_from(edges.curve, &(n + 1_u8))),
        ("x just below p", lift_below(edges.curve, p)),
    ] {
        edges.good_with(case, &nonce, &s);
        let opposite = edges.curve.negative(&nonce);
        edges.good_with(case, &opposite, &s);
    }
    // For r below p - n, the other x belongs to another R.
    let above = lift_from(edges.curve, &(n + 1_u8));
    let q = edges.curve.recover(&above, edges.message, &s).unwrap();
    edges.expect(false, "r not reduced", &q, &above.0, &s);
}

/// s at its limits; u1 = z/s and u2 = r/s at theirs.
fn edges_of_s(edges: &mut Edges) {
    let (curve, z) = (edges.curve, edges.z());
    let nonce = curve.point(&small(0xdead_beef));
    let r = &nonce.0 % &curve.n;
    for (case, s) in [
        ("s = 1", small(1)),
        ("s = 2", small(2)),
        ("s = n/2", &curve.n >> 1_u8),
        ("s = n - 1", &curve.n - 1_u8),
        ("u1 = 1", z.clone()),
        ("u1 = 2", &z * curve.inverse(&small(2)) % &curve.n),
        ("u1 = n - 1", &curve.n - &z),
        ("u2 = 1", r.clone()),
        ("u2 = 2", &r * curve.inverse(&small(2)) % &curve.n),
        ("u2 = n - 1", &curve.n - &r),
    ] {
        edges.good_with(case, &nonce, &s);
    }
}

/// Keys that are small multiples of the base point, so that both halves of the sum use the same
/// points.
fn edges_of_q(edges: &mut Edges) {
    let (curve, z, n) = (edges.curve, edges.z(), &edges.curve.n);
    let half = curve.inverse(&small(2));
    for d in [
        small(1),
        small(2),
        small(3),
        small(4),
        n - 1_u8,
        n - 2_u8,
        n - 3_u8,
        half,
    ] {
        let case = format!("Q = {d:x} · G");
        let q = curve.point(&d);
        let k = small(0x5eed);
        let signature = curve.sign(&d, &k, edges.message);
        let (r, s) = signature.split_at(curve.width);
        edges.good(
            &case,
            &q,
            &BigUint::from_bytes_be(r),
            &BigUint::from_bytes_be(s),
        );
        // u1 + u2 · d = 0: the sum is the point at infinity, which has no x coordinate.
        let r = (n - &z) * curve.inverse(&d) % n;
        edges.expect(false, &format!("{case}, infinity"), &q, &r, &small(7));
        // u1 = u2 · d: a doubling, but r does not match.
        let r = &z * curve.inverse(&d) % n;
        edges.expect(false, &format!("{case}, doubling"), &q, &r, &small(7));
    }
}

/// u1 · G = ± u2 · Q with a matching r: a doubling with a valid signature, and the point at
/// infinity.
fn edges_of_the_sum(edges: &mut Edges) {
    let (curve, z, n) = (edges.curve, edges.z(), &edges.curve.n);
    for k in [small(2), small(3), small(0xbeef), n - 2_u8] {
        let r = curve.point(&k).0 % n;
        let d = &z * curve.inverse(&r) % n;
        let s = &z * 2_u8 * curve.inverse(&k) % n;
        let q = curve.point(&d);
        edges.good(&format!("doubling, k {k:x}"), &q, &r, &s);
        edges.expect(false, "infinity", &curve.negative(&q), &r, &s);
    }
}

/// Pairs of numbers that are not a signature under either of two keys.
fn edges_of_the_range(edges: &mut Edges) {
    let Curve { n, p, width, .. } = edges.curve;
    let most = (small(1) << (8 * width)) - 1_u8;
    let values = [
        small(0),
        small(1),
        n - 1_u8,
        n.clone(),
        n + 1_u8,
        p - 1_u8,
        p.clone(),
        p + 1_u8,
        most,
    ];
    let keys = [edges.curve.g.clone(), edges.curve.negative(&edges.curve.g)];
    for (i, r) in values.iter().enumerate() {
        for (j, s) in values.iter().enumerate() {
            edges.expect(
                false,
                &format!("values {i} and {j}"),
                &keys[(i + j) % 2],
                r,
                s,
            );
        }
    }
}

#[test]
fn edges() {
    for curve in &*CURVES {
        let message = b"header.payload";
        let mut edges = Edges {
            curve,
            message,
            accepted: 0,
            rejected: 0,
        };
        edges_of_r(&mut edges);
        edges_of_s(&mut edges);
        edges_of_q(&mut edges);
        edges_of_the_sum(&mut edges);
        edges_of_the_range(&mut edges);
        report(format_args!(
            "{}: {} accepted, {} rejected",
            curve.crv, edges.accepted, edges.rejected
        ));
        // Some numbers do not fit the width of P-256 or P-384. On P-521, all of them fit.
        let rejected = if curve.width == 66 { 221 } else { 177 };
        assert_eq!(
            (edges.accepted, edges.rejected),
            (60, rejected),
            "{}",
            curve.crv
        );
    }
}

/// Checks the textbook itself: the base point is on the curve and has order n.
#[test]
fn the_textbook_implementation_is_consistent() {
    for curve in &*CURVES {
        let g = Some(curve.g.clone());
        let lifted = curve.lift(&curve.g.0).unwrap();
        assert!(lifted == curve.g || lifted == curve.negative(&curve.g));
        assert_eq!(curve.multiply(&curve.n, &g), None);
        assert_eq!(curve.point(&(&curve.n - 1_u8)), curve.negative(&curve.g));
        let sum = curve.add(&g, &curve.multiply(&small(2), &g));
        assert_eq!(sum, curve.multiply(&small(3), &g));
    }
}

proptest! {
    #![proptest_config(cases(120))]

    #[test]
    fn random_keys_messages_and_changes(
        curve in select(CURVES.iter().collect::<Vec<_>>()),
        secrets in any::<[[u8; 32]; 2]>(),
        message in bytes(300),
        other in any::<[u8; 132]>(),
        position in any::<prop::sample::Index>(),
        bit in 0..8_u8,
    ) {
        // Spreads the scalars over the whole range, also on the larger curves.
        let [d, k] = secrets.map(|s| BigUint::from_bytes_be(&s).pow(3) % (&curve.n - 1_u8) + 1_u8);
        let q = curve.point(&d);
        let signature = curve.sign(&d, &k, &message);
        prop_assert!(agreed(curve, &q, &message, &signature), "unchanged signature rejected");

        let mut flipped = signature.clone();
        *position.get_mut(&mut flipped) ^= 1 << bit;
        prop_assert!(!agreed(curve, &q, &message, &flipped));
        let mut longer = message.clone();
        longer.push(bit);
        prop_assert!(!agreed(curve, &q, &longer, &signature));
        prop_assert!(!agreed(curve, &q, &message, &other[..signature.len()]));
        prop_assert!(!agreed(curve, &curve.negative(&q), &message, &signature));
        let with_prefix = [&[0], &signature[..]].concat();
        let with_suffix = [&signature[..], &[0]].concat();
        for wrong in [&signature[1..], &with_prefix, &with_suffix] {
            prop_assert!(!agreed(curve, &q, &message, wrong));
        }
    }
}
