//! With `short_coordinates`, a key is the one that the curve crates read from padded coordinates.
//! Without the option, only full widths are accepted. `accept_use` accepts the listed values of
//! `use`.

use std::sync::LazyLock;

use arbitrary::Arbitrary;
use jose_verify::alg::SIGNATURES;
use jose_verify::keys::{GrowingRotatingKeys, JwkOptions};
use jose_verify::{Error, GrowingKeySet};
use p256::elliptic_curve::sec1::ToSec1Point;
use serde_json::json;

use crate::edit::Edit;
use crate::token;

/// The length in bytes of a coordinate on P-521.
const WIDEST: usize = 66;

/// A public key whose coordinates are written in some way.
#[derive(Debug, Arbitrary)]
pub struct Input<'a> {
    point: u16,
    x: Coordinate<'a>,
    y: Coordinate<'a>,
    public_key_use: Option<Use>,
    accepted: Vec<Use>,
}

#[derive(Debug, Arbitrary)]
enum Coordinate<'a> {
    /// The full width.
    Full,
    /// At most this many leading zeros are dropped.
    Dropped(u8),
    /// This many zeros are added.
    Added(u8),
    /// The full width with changes.
    Changed(Vec<Edit<'a>>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Arbitrary)]
enum Use {
    Sig,
    Enc,
    JwtSvid,
    Empty,
}

impl Use {
    const fn name(self) -> &'static str {
        match self {
            Self::Sig => "sig",
            Self::Enc => "enc",
            Self::JwtSvid => "jwt-svid",
            Self::Empty => "",
        }
    }
}

/// A point on a curve, with coordinates of the full width.
#[derive(Debug)]
pub struct Point {
    crv: &'static str,
    x: Vec<u8>,
    y: Vec<u8>,
}

/// The first multiples of each curve's base point, and later ones with a leading zero.
pub static POINTS: LazyLock<Vec<Point>> = LazyLock::new(|| {
    let mut points = Vec::new();
    macro_rules! add_points {
        ($curve:ident, $crv:literal) => {
            let mut multiple = $curve::ProjectivePoint::GENERATOR;
            for i in 0..2_000 {
                let encoded = multiple.to_affine().to_sec1_point(false);
                let (x, y) = encoded.as_bytes()[1..].split_at(encoded.as_bytes().len() / 2);
                if i < 4 || x[0] == 0 || y[0] == 0 {
                    let (x, y) = (x.to_vec(), y.to_vec());
                    points.push(Point { crv: $crv, x, y });
                }
                if points.iter().filter(|point| point.crv == $crv).count() == 16 {
                    break;
                }
                multiple += $curve::ProjectivePoint::GENERATOR;
            }
        };
    }
    add_points!(p256, "P-256");
    add_points!(p384, "P-384");
    add_points!(p521, "P-521");
    points
});

/// Loads a key with and without the options.
pub fn check(input: &Input<'_>) {
    let point = &POINTS[usize::from(input.point) % POINTS.len()];
    let (x, y) = (input.x.written(&point.x), input.y.written(&point.y));
    let jwk = jwk(point.crv, &x, &y, input.public_key_use);
    let width = point.x.len();

    let accepted: Vec<_> = input
        .accepted
        .iter()
        .map(|accepted| accepted.name())
        .collect();
    let fits = input
        .public_key_use
        .is_none_or(|public_key_use| input.accepted.contains(&public_key_use));
    for is_lenient in [false, true] {
        let options = JwkOptions::new().accept_use(&accepted);
        let options = if is_lenient {
            options.short_coordinates()
        } else {
            options
        };
        let mut set = GrowingKeySet::default();
        set.accept(SIGNATURES).expect("a list");
        let result = set.add_jwk_with(&jwk, options);
        if !fits {
            assert_eq!(result, Err(Error::WrongKeyUse));
            continue;
        }
        let padded = if is_lenient {
            pad(&x, width).zip(pad(&y, width))
        } else {
            Some((x.clone(), y.clone()))
        };
        let padded = padded.filter(|(x, y)| is_key(point.crv, x, y));
        assert_eq!(result.is_ok(), padded.is_some(), "{result:?}");
        if let Some((x, y)) = padded {
            let full = self::jwk(point.crv, &x, &y, None);
            let full = GrowingKeySet::from_jwk(&full, SIGNATURES).expect("a key");
            let (full, set) = (
                GrowingRotatingKeys::from(full),
                GrowingRotatingKeys::from(set),
            );
            assert!(!set.has_new_keys(&full) && !full.has_new_keys(&set));
        } else if !is_lenient {
            // A coordinate that is longer than on any curve is rejected earlier.
            let is_short = |len: usize| (1..=8).contains(&width.saturating_sub(len));
            let is_short =
                x.len().max(y.len()) <= WIDEST && (is_short(x.len()) || is_short(y.len()));
            assert_eq!(result == Err(Error::ShortCoordinate), is_short);
        }
    }
}

impl Coordinate<'_> {
    fn written(&self, full: &[u8]) -> Vec<u8> {
        match self {
            Self::Full => full.to_vec(),
            Self::Dropped(most) => {
                let zeros = full.iter().take_while(|byte| **byte == 0).count();
                full[zeros.min(usize::from(*most))..].to_vec()
            }
            Self::Added(count) => {
                let zeros = vec![0; usize::from(count % 4)];
                [&zeros[..], full].concat()
            }
            Self::Changed(edits) => {
                let mut bytes = full.to_vec();
                Edit::apply_all(edits, &mut bytes);
                bytes.truncate(80);
                bytes
            }
        }
    }
}

/// Returns a coordinate of the full width, if the lenient reader accepts its length.
fn pad(written: &[u8], width: usize) -> Option<Vec<u8>> {
    let digits = match written {
        [0, digits @ ..] if digits.len() == width => digits,
        digits => digits,
    };
    let zeros = width.checked_sub(digits.len())?;
    (zeros < width).then(|| [&vec![0; zeros][..], digits].concat())
}

/// Returns whether the coordinates are those of a point on the curve.
fn is_key(crv: &str, x: &[u8], y: &[u8]) -> bool {
    let encoded = [&[4], x, y].concat();
    if x.len() != y.len() {
        return false;
    }
    match crv {
        "P-256" => p256::ecdsa::VerifyingKey::from_sec1_bytes(&encoded).is_ok(),
        "P-384" => p384::ecdsa::VerifyingKey::from_sec1_bytes(&encoded).is_ok(),
        _ => p521::ecdsa::VerifyingKey::from_sec1_bytes(&encoded).is_ok(),
    }
}

fn jwk(crv: &str, x: &[u8], y: &[u8], public_key_use: Option<Use>) -> Vec<u8> {
    let (x, y) = (token::encode(x), token::encode(y));
    let mut jwk = json!({"kty": "EC", "crv": crv, "x": x, "y": y, "kid": "1"});
    if let Some(public_key_use) = public_key_use {
        jwk["use"] = json!(public_key_use.name());
    }
    jwk.to_string().into_bytes()
}
