//! Keys and tokens in the forms that known providers use.

use base64ct::{Base64, Encoding};
use core::time::Duration;
use jose_verify::alg::SIGNATURES;
use jose_verify::{
    Audience, Check, Claim, Clock, Error, KeySet, Keys, NumericDate, Options, Policy, Problem,
    Verified, Verifier,
};
use num_bigint::BigUint;
use serde_json::{Value, json};

use super::{CLIENT, NONCE, OP, claims, id_token, jwk, published, signed_text, verify, with};
use crate::support::Keyring;
use crate::support::curve::curve;
use crate::support::rsa::{EXPONENTS, RsaKey};
use crate::support::sign::base64url;
use crate::support::verdict::{NOW, verdict, verdict_at};

/// Returns keys other than the provider's current one.
fn other_keys(count: usize) -> Vec<RsaKey> {
    let pairs = (0..5).flat_map(|p| (0..p).map(move |q| (p, q))).skip(1);
    let keys = pairs.flat_map(|(p, q)| EXPONENTS.map(|e| (p, q, e)));
    keys.take(count)
        .map(|(p, q, e)| RsaKey::new(p, q, e))
        .collect()
}

/// Returns a JWK Set with this many keys, the provider's current one among them.
fn set_of(count: usize, write: impl Fn(&RsaKey, &str) -> Value) -> Value {
    let others = other_keys(count - 1);
    let mut keys: Vec<Value> = others
        .iter()
        .enumerate()
        .map(|(i, key)| write(key, &format!("key-{i}")))
        .collect();
    keys.insert(count / 2, write(&OP, "current"));
    json!({ "keys": keys })
}

/// Fourteen keys in 22 KB: no `alg`, certificates and their thumbprints, proprietary members.
#[test]
fn microsoft_entra() {
    let certificate = Base64::encode_string(&[0x30; 780]);
    let jwks = set_of(14, |key, kid| {
        let members = json!({
            "kid": kid, "use": "sig", "x5t": kid, "x5c": [certificate],
            "cloud_instance_name": "microsoftonline.com",
            "issuer": "https://login.microsoftonline.com/{tenantid}/v2.0",
        });
        with(&key.jwk(), &members)
    });
    let len = jwks.to_string().len();
    assert!((20_000..26_000).contains(&len), "{len} bytes");
    let keys = published(&jwks);
    assert_eq!(keys.len(), 14);
    let header = json!({"kid": "current", "x5t": "current"});
    assert_eq!(verify(&id_token(&header, &claims()), &*keys), Ok(()));
    assert_eq!(
        verify(&id_token(&json!({}), &claims()), &*keys),
        Ok(()),
        "without `kid`, every key is tried"
    );
    let rejected = verify(&id_token(&json!({"kid": "key-3"}), &claims()), &*keys);
    assert_eq!(rejected, Err(Error::BadSignature));
}

/// Two to nine keys with `alg` and `use`.
#[test]
fn google_auth0_okta_cognito_apple() {
    for count in 2..=9 {
        let keys = published(&set_of(count, jwk));
        assert_eq!(keys.len(), count);
        let token = id_token(&json!({"kid": "current"}), &claims());
        assert_eq!(verify(&token, &*keys), Ok(()), "{count}");
        let later = id_token(&json!({"kid": "next"}), &claims());
        assert_eq!(verify(&later, &*keys), Err(Error::NoKey), "{count}");
    }
}

/// A signing key next to an encryption key, sometimes with the same `kid`.
#[test]
fn keycloak() {
    let encryption = with(
        &jwk(&RsaKey::new(0, 2, 65_537), "encryption"),
        &json!({"use": "enc", "alg": "RSA-OAEP"}),
    );
    for kid in ["encryption", "current"] {
        let encryption = with(&encryption, &json!({ "kid": kid }));
        for keys in [
            [&encryption, &jwk(&OP, "current")],
            [&jwk(&OP, "current"), &encryption],
        ] {
            let mut set = KeySet::<4>::new();
            let jwks = json!({ "keys": keys }).to_string();
            let report = set.load(jwks.as_bytes(), SIGNATURES, |_| {}).unwrap();
            assert_eq!((report.kept(), report.skipped(Error::WrongKeyUse)), (1, 1));
            let token = id_token(&json!({"kid": "current"}), &claims());
            assert_eq!(verify(&token, &set), Ok(()));
        }
    }
    // The same key twice with one `kid` and two algorithms.
    let twice = [
        jwk(&OP, "current"),
        with(&jwk(&OP, "current"), &json!({"alg": "PS256"})),
    ];
    let keys = published(&json!({ "keys": twice }));
    assert_eq!(
        verify(&id_token(&json!({"kid": "current"}), &claims()), &*keys),
        Ok(())
    );
}

/// The set still contains an RSA key of 1024 bits, which is skipped as weak.
#[test]
fn yahoo() {
    let weak = json!({
        "kty": "RSA", "kid": "old", "alg": "RS256", "use": "sig", "e": "AQAB",
        "n": base64url(&[0xc5; 128]),
    });
    let mut set = KeySet::<4>::new();
    let jwks = json!({"keys": [weak, jwk(&OP, "current")]}).to_string();
    let report = set.load(jwks.as_bytes(), SIGNATURES, |_| {}).unwrap();
    assert_eq!((report.kept(), report.skipped(Error::WeakKey)), (1, 1));
    assert_eq!(
        verify(&id_token(&json!({"kid": "current"}), &claims()), &set),
        Ok(())
    );
    let by_weak_key = id_token(&json!({"kid": "old"}), &claims());
    assert_eq!(verify(&by_weak_key, &set), Err(Error::NoKey));
}

/// Leading zeros before a modulus, and a modulus in plain base64. The latter is skipped while the
/// rest is loaded.
#[test]
fn battle_net() {
    let n = OP.n.to_bytes_be();
    let zeros = base64url(&[&[0], &n[..]].concat());
    let plain = Base64::encode_string(&RsaKey::new(0, 2, 65_537).n.to_bytes_be());
    assert!(plain.contains(['+', '/', '=']));
    let jwks = json!({"keys": [
        with(&jwk(&RsaKey::new(0, 2, 65_537), "plain"), &json!({ "n": plain })),
        with(&jwk(&OP, "current"), &json!({ "n": zeros })),
    ]});
    let mut set = KeySet::<4>::new();
    let report = set
        .load(jwks.to_string().as_bytes(), SIGNATURES, |_| {})
        .unwrap();
    assert_eq!((report.kept(), report.skipped(Error::MalformedKey)), (1, 1));
    assert_eq!(
        verify(&id_token(&json!({"kid": "current"}), &claims()), &set),
        Ok(())
    );
}

/// Workload tokens: `aud` is an array, and there is no nonce.
#[test]
fn kubernetes_and_github_actions() {
    let kubernetes = json!({
        "iss": "https://kubernetes.default.svc.cluster.local",
        "aud": ["https://kubernetes.default.svc.cluster.local", "vault"],
        "exp": NOW + 3607, "iat": NOW, "nbf": NOW, "jti": "0b8ad2a4-36e3-4a3a-8b1c-1f1b2a3c4d5e",
        "kubernetes.io": {
            "namespace": "default",
            "pod": {"name": "web-0", "uid": "7c1b"},
            "serviceaccount": {"name": "default", "uid": "a1b2"},
        },
        "sub": "system:serviceaccount:default:default",
    });
    let github = json!({
        "iss": "https://token.actions.githubusercontent.com", "aud": ["sts.amazonaws.com"],
        "sub": "repo:octo-org/octo-repo:ref:refs/heads/main", "ref": "refs/heads/main",
        "repository_owner_id": "123", "run_attempt": "1", "environment": null,
        "exp": NOW + 300, "iat": NOW - 5, "nbf": NOW - 305, "jti": "example-id",
    });
    let keys = published(&set_of(4, jwk));
    for (claims, issuer, audience) in [
        (
            &kubernetes,
            "https://kubernetes.default.svc.cluster.local",
            "vault",
        ),
        (
            &github,
            "https://token.actions.githubusercontent.com",
            "sts.amazonaws.com",
        ),
    ] {
        let token = id_token(&json!({"kid": "current"}), claims);
        for (audience, want) in [
            (audience, Ok(())),
            ("other", Err(Error::Claim(Claim::Aud, Problem::Mismatch))),
        ] {
            let (issuers, audiences) = ([issuer], [audience]);
            let any_of = Check::Required(Audience::AnyOf(&audiences));
            let policy = Policy {
                expires_at: Check::Required(Duration::ZERO),
                ..Policy::jwt(Check::Required(&issuers), any_of)
            };
            assert_eq!(verdict(&token, &*keys, &policy), want, "{issuer}");
        }
    }
}

/// Tokens whose segments are padded with `=`, which RFC 7515 does not allow. They are rejected
/// without the option `padded`.
#[test]
fn aws_alb() {
    let (curve, secret) = (curve("ES256"), BigUint::from(0x0a1b_5eed_u32));
    let jwk = with(&curve.jwk(&curve.point(&secret)), &json!({"kid": ALB_KEY}));
    let key = Keyring::from_jwk(jwk.to_string().as_bytes(), SIGNATURES).unwrap();
    let sign = |input: &str| curve.sign(&secret, &BigUint::from(0x1234_5678_u32), input.as_bytes());
    // Headers of different lengths, with and without padding.
    for more in ["", "-", "--"] {
        let header = json!({
            "alg": "ES256", "kid": ALB_KEY, "signer": ALB, "client": CLIENT, "exp": NOW + 120,
            "iss": format!("https://alb.example.com/{more}"),
        });
        let claims = with(&claims(), &json!({"nonce": null, "aud": null}));
        let [header, payload] = [header, claims].map(|part| padded(part.to_string().as_bytes()));
        let input = format!("{header}.{payload}");
        let token = format!("{input}.{}", padded(&sign(&input)));
        assert!(token.ends_with('='));
        assert_eq!(verify(&token, &key), Err(Error::MalformedBase64url));
        // Removing the padding does not help, because it was signed.
        let bare = token.replace('=', "");
        assert_eq!(verify(&bare, &key), Err(Error::BadSignature));

        let mut scratch = vec![0; token.len()];
        let peeked = PADDED
            .peek_header_untrusted(token.as_bytes(), &mut scratch)
            .unwrap();
        assert!(peeked.key_id().unwrap() == ALB_KEY);
        let jwt = alb_verify(&token, &key, &mut scratch).unwrap();
        assert!(jwt.header().get("signer").unwrap().as_str().unwrap() == ALB);
        assert!(jwt.claims().subject().unwrap() == "248289761001");

        let rejected = |token: &str| alb_verify(token, &key, &mut vec![0; 2000]).err();
        // Signed without padding, padded in some segments only, or padded too much: malformed.
        let input = input.replace('=', "");
        let without = format!("{input}.{}", padded(&sign(&input)));
        let more = token.replace('.', "=.");
        for other in [without, token.trim_end_matches('=').to_owned(), more] {
            assert_eq!(rejected(&other), Some(Error::MalformedBase64url), "{other}");
        }
        // A signature over other text.
        let other = format!("{header}.{}.{}", padded(b"{}"), padded(&sign(&input)));
        assert_eq!(rejected(&other), Some(Error::BadSignature));
    }
}

const ALB_KEY: &str = "0d4e6b2a-9f1c-4b57-8f70-2b8de5f3a9c1";
const ALB: &str =
    "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188";

/// Encodes bytes as base64url with padding.
fn padded(bytes: &[u8]) -> String {
    let text = base64url(bytes);
    let padding = "=".repeat(text.len().wrapping_neg() % 4);
    format!("{text}{padding}")
}

const PADDED: Options<'_> = Options::new().padded();

fn alb_verify<'b>(
    token: &str,
    key: &impl Keys,
    scratch: &'b mut [u8],
) -> Result<Verified<'b>, Error> {
    let policy = Policy {
        expires_at: Check::Required(Duration::ZERO),
        ..Policy::jwt(Check::Required(&[super::ISSUER]), Check::NotChecked)
    };
    let now = NumericDate::from_seconds(NOW);
    let verifier = Verifier::new(key, &policy).with_options(PADDED);
    verifier.verify(token.as_bytes(), now, scratch)
}

/// PHP writes `\/` in URLs.
#[test]
fn php() {
    let escaped = claims().to_string().replace('/', r"\/");
    assert!(escaped.contains(r#""https:\/\/op.example.com""#));
    let keys = published(&json!({"keys": [jwk(&OP, "https://op.example.com/key")]}));
    let token = signed_text(&json!({"kid": "https://op.example.com/key"}), &escaped);
    assert_eq!(verify(&token, &*keys), Ok(()));
    // Also in the header and in the key set.
    let header = r#"{"alg":"RS256","kid":"https:\/\/op.example.com\/key"}"#;
    let token =
        crate::support::sign::token_signed_by(header.as_bytes(), escaped.as_bytes(), |input| {
            OP.sign("RS256", input)
        });
    let jwks = json!({"keys": [jwk(&OP, "https://op.example.com/key")]}).to_string();
    let mut set = KeySet::<1>::new();
    let report = set
        .load(jwks.replace('/', r"\/").as_bytes(), SIGNATURES, |_| {})
        .unwrap();
    assert_eq!(report.kept(), 1);
    assert_eq!(verify(&token, &set), Ok(()));
}

/// Dates with fractions and exponents are compared exactly.
#[test]
fn akeneo_and_others() {
    let keys = published(&json!({"keys": [OP.jwk()]}));
    for (exp, seconds, nanos) in [
        ("1643029678.467703", 1_643_029_678, 467_703_000),
        ("1643029678.467703000", 1_643_029_678, 467_703_000),
        ("1.643029678467703E9", 1_643_029_678, 467_703_000),
        ("1643029678.0", 1_643_029_678, 0),
        ("1.688E9", 1_688_000_000, 0),
        ("1.688e+09", 1_688_000_000, 0),
        ("16880000000e-1", 1_688_000_000, 0),
    ] {
        let text = format!(
            concat!(
                r#"{{"iss":"https://op.example.com","sub":"s","aud":"{CLIENT}","#,
                r#""nonce":"{NONCE}","iat":{exp},"exp":{exp}}}"#
            ),
            CLIENT = CLIENT,
            NONCE = NONCE,
            exp = exp,
        );
        let token = signed_text(&json!({}), &text);
        let policy = Policy {
            issued_at: Check::Present,
            ..super::POLICY
        };
        let verify = |now: NumericDate| verdict_at(&token, &*keys, &policy, now);
        let before = match nanos {
            0 => NumericDate::new(seconds - 1, 999_999_999),
            _ => NumericDate::new(seconds, nanos - 1),
        };
        assert_eq!(verify(before), Ok(()), "{exp}");
        assert_eq!(
            verify(NumericDate::new(seconds, nanos)),
            Err(Error::Claim(Claim::Exp, Problem::Expired)),
            "{exp}"
        );
        assert_eq!(verdict_at(&token, &*keys, &policy, Clock::Absent), Ok(()));
    }
}
