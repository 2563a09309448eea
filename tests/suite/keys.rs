//! Keys: which are loaded, and which are rejected.

use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{KeyInit, Mac};
use jose_verify::alg::{
    Algorithm, AlgorithmKind, ES256, ES384, ES512, Es256, HS256, HS384, HS512, InvalidSignature,
    KeyParameters, KeyType, MACS, PS256, ParameterSource, RS256, Rs256, SIGNATURES, Word,
};
use jose_verify::json::JsonStr;
use jose_verify::keys::{KeyMemory, KeySetIn, Lent, LentKeySet, Slot, VerifiedBy, WORDS_PER_KEY};
use jose_verify::oauth::ReplayGuard;
use jose_verify::{
    Error, GrowingKeySet, JwsVerifier, Key, KeySet, Keys, Limit, RotatingKeys, limits, scratch_len,
    words,
};
use serde_json::{Value, json};

use super::support::Keyring;
use super::support::hash::digest;
use super::support::rsa::{EXPONENTS, RsaKey};
use super::support::sign::{base64url, token_signed_by};
use super::support::vector::cases;
use super::support::verdict::signature_verdict;

/// Returns the first public key for this algorithm in a vector file, and a token that it verifies.
pub(super) fn public_key(alg: &str) -> (Value, String) {
    let all = cases("jwcrypto/signed.json");
    let fits = |case: &&Value| case["expect"]["alg"] == alg && !case["keys"].is_null();
    let case = all.iter().find(fits).expect(alg);
    let mut jwk = match &case["keys"]["keys"] {
        Value::Array(keys) => keys[0].clone(),
        _ => case["keys"].clone(),
    };
    let members = jwk.as_object_mut().unwrap();
    for name in ["kid", "alg", "use", "key_ops"] {
        members.remove(name);
    }
    (jwk, case["token"].as_str().unwrap().to_owned())
}

pub(super) fn load(jwk: &Value, list: &[&'static dyn Algorithm]) -> Result<Keyring, Error> {
    Keyring::from_jwk(jwk.to_string().as_bytes(), list)
}

/// Verifies a token and returns which key verified it.
pub(super) fn verified_by(token: &str, keys: &(impl Keys + ?Sized)) -> Result<VerifiedBy, Error> {
    let mut scratch = vec![0; scratch_len(token.len())];
    let jws = JwsVerifier::new(keys).verify(token.as_bytes(), &mut scratch);
    jws.map(|jws| jws.by())
}

/// Returns whether one of the keys can be used with the algorithm of that name.
pub(super) fn serves(keys: &dyn Keys, name: &str) -> bool {
    let mut keys = (0..).map_while(|position| keys.key(position));
    keys.any(|key| key.algorithms().any(|algorithm| algorithm == name))
}

/// Returns whether the keys accept the algorithm of that name, whether or not a key for it is
/// loaded.
pub(super) fn accepts(keys: &dyn Keys, name: &str) -> bool {
    keys.accepts(JsonStr::from(name))
}

/// Loads a secret for every algorithm of the list that it is long enough for.
pub(super) fn secret_key(secret: &[u8], list: &[&'static dyn Algorithm]) -> Result<Keyring, Error> {
    Keyring::from_parameters(&KeyParameters::oct(secret), list)
}

pub(super) fn bytes(jwk: &Value, member: &str) -> Vec<u8> {
    let text = jwk[member].as_str().unwrap();
    let mut buffer = vec![0; text.len()];
    Base64UrlUnpadded::decode(text, &mut buffer)
        .unwrap()
        .to_vec()
}

#[test]
fn jwk_members_are_checked() {
    let (rsa, _) = public_key("RS256");
    let (ec, _) = public_key("ES256");
    for (jwk, member, value, want) in [
        (&rsa, "use", json!("sig"), None),
        (&rsa, "use", json!("enc"), Some(Error::WrongKeyUse)),
        (&rsa, "use", json!(5), Some(Error::MalformedKey)),
        (&rsa, "key_ops", json!(["verify"]), None),
        (
            &rsa,
            "key_ops",
            json!(["encrypt"]),
            Some(Error::WrongKeyUse),
        ),
        (&rsa, "key_ops", json!([]), Some(Error::WrongKeyUse)),
        (&rsa, "alg", json!("RS256"), None),
        (&rsa, "alg", json!("RS384"), None),
        (
            &rsa,
            "alg",
            json!("RSA-OAEP"),
            Some(Error::AlgorithmNotAccepted),
        ),
        (&rsa, "alg", json!("ES256"), Some(Error::UnsupportedKey)),
        (
            &rsa,
            "alg",
            json!("HS256"),
            Some(Error::AlgorithmNotAccepted),
        ),
        (&rsa, "kty", json!("EC"), Some(Error::MalformedKey)),
        (&rsa, "kty", json!("oct"), Some(Error::UnsupportedKey)),
        (&rsa, "kty", json!("OKP"), Some(Error::MalformedKey)),
        (&rsa, "kty", json!("rsa"), Some(Error::UnsupportedKey)),
        (&rsa, "kty", json!(null), Some(Error::MalformedKey)),
        (&rsa, "kid", json!("k".repeat(256)), None),
        (
            &rsa,
            "kid",
            json!("k".repeat(257)),
            Some(Error::Limit(Limit::KeyIdLen)),
        ),
        (&rsa, "kid", json!(1), Some(Error::MalformedKey)),
        (&rsa, "n", json!(""), Some(Error::MalformedKey)),
        (&rsa, "n", json!("AQ=="), Some(Error::MalformedKey)),
        (&rsa, "n", json!("+/8"), Some(Error::MalformedKey)),
        (&rsa, "e", json!("AQAB"), None),
        (&rsa, "e", json!("AAAAAQAB"), None),
        (&rsa, "e", json!("Aw"), None),
        (&rsa, "e", json!("Af____8"), None),
        (&rsa, "e", json!("AgAAAAE"), Some(Error::KeyTooLarge)),
        (&rsa, "e", json!("A".repeat(684)), Some(Error::KeyTooLarge)),
        (&rsa, "e", json!(""), Some(Error::MalformedKey)),
        (&rsa, "e", json!("AA"), Some(Error::MalformedKey)),
        (&rsa, "e", json!("AQ"), Some(Error::WeakKey)),
        (&rsa, "e", json!("Ag"), Some(Error::MalformedKey)),
        (&rsa, "e", json!("AQAA"), Some(Error::MalformedKey)),
        (&rsa, "x5c", json!(["not even a certificate"]), None),
        (&ec, "crv", json!("P-384"), Some(Error::MalformedKey)),
        (&ec, "crv", json!("secp256k1"), Some(Error::UnsupportedKey)),
        (
            &ec,
            "crv",
            json!("a curve with quite a long name"),
            Some(Error::UnsupportedKey),
        ),
        (&ec, "crv", json!(null), Some(Error::MalformedKey)),
        (&ec, "x", ec["y"].clone(), Some(Error::MalformedKey)),
        (&ec, "x", json!("AA"), Some(Error::MalformedKey)),
        (&ec, "x", json!("A".repeat(88)), Some(Error::MalformedKey)),
        (&ec, "x", json!("A".repeat(90)), Some(Error::KeyTooLarge)),
        (&ec, "y", json!(null), Some(Error::MalformedKey)),
        (&ec, "d", json!("a private member, which is not read"), None),
    ] {
        let mut changed = jwk.clone();
        changed[member] = value.clone();
        if value.is_null() {
            changed.as_object_mut().unwrap().remove(member);
        }
        // A set of eight can hold the longest `kid`.
        let set = KeySet::<8>::from_jwk(changed.to_string().as_bytes(), SIGNATURES);
        assert_eq!(set.err(), want, "{member}: {value}");
    }
}

#[test]
fn zero_coordinates_are_not_a_point() {
    for (crv, width) in [("P-256", 32), ("P-384", 48), ("P-521", 66)] {
        let zero = base64url(&vec![0; width]);
        let jwk = json!({"kty": "EC", "crv": crv, "x": zero, "y": zero});
        assert_eq!(
            load(&jwk, SIGNATURES).err(),
            Some(Error::MalformedKey),
            "{crv}"
        );
    }
}

#[test]
fn leading_zeros_of_a_modulus_are_ignored() {
    let (jwk, token) = public_key("RS256");
    for (zeros, want) in [(1, Ok(())), (16, Ok(()))] {
        let mut n = vec![0; zeros];
        n.extend(bytes(&jwk, "n"));
        let mut padded = jwk.clone();
        padded["n"] = json!(base64url(&n));
        assert_eq!(
            signature_verdict(&token, &load(&padded, &[&RS256]).unwrap()),
            want
        );
    }
}

#[test]
fn keys_from_parameters() {
    let (rsa, token) = public_key("PS256");
    let (n, e) = (bytes(&rsa, "n"), bytes(&rsa, "e"));
    let key = Keyring::from_parameters(&KeyParameters::rsa(&n, &e), &[&PS256]).unwrap();
    assert_eq!(signature_verdict(&token, &key), Ok(()));
    for (alg, crv) in [("ES256", "P-256"), ("ES384", "P-384"), ("ES512", "P-521")] {
        let (jwk, token) = public_key(alg);
        let (x, y) = (bytes(&jwk, "x"), bytes(&jwk, "y"));
        let load = |key| Keyring::from_parameters(&key, &[&ES256, &ES384, &ES512]);
        let key = load(KeyParameters::ec(crv, &x, &y)).unwrap();
        assert_eq!(signature_verdict(&token, &key), Ok(()), "{alg}");

        let full = [&[4][..], &x, &y].concat();
        let half = [&[2 + (y.last().unwrap() & 1)][..], &x].concat();
        for point in [&full, &half] {
            let key = load(KeyParameters::ec_point(crv, point)).unwrap();
            assert_eq!(signature_verdict(&token, &key), Ok(()), "{alg}");
        }
        let hybrid = [&[6 + (y.last().unwrap() & 1)][..], &x, &y].concat();
        let compact = [&[5][..], &x].concat();
        for point in [&full[..full.len() - 1], &hybrid, &compact, &[0], &[], &[4]] {
            let error = load(KeyParameters::ec_point(crv, point)).err();
            assert_eq!(error, Some(Error::MalformedKey), "{alg} {point:?}");
        }
    }
}

#[test]
fn secrets_are_at_least_as_long_as_the_hash() {
    let lengths: [(&[&'static dyn Algorithm], usize); 3] =
        [(&[&HS256], 32), (&[&HS384], 48), (&[&HS512], 64)];
    for (list, len) in lengths {
        let secret = vec![7; 600];
        assert!(secret_key(&secret[..len], list).is_ok());
        let short = secret_key(&secret[..len - 1], list);
        assert_eq!(short.err(), Some(Error::WeakKey));
        assert_eq!(secret_key(&[], list).err(), Some(Error::WeakKey));
        assert!(secret_key(&secret[..528], list).is_ok());
        let long = secret_key(&secret[..529], list);
        assert_eq!(long.err(), Some(Error::KeyTooLarge));
    }
    let key = secret_key(&[7; 48], MACS).unwrap();
    assert!(["HS256", "HS384"].iter().all(|a| serves(&key, a)));
    assert!(!serves(&key, "HS512"));
}

#[test]
fn algorithm_lists_do_not_mix_macs_with_signatures() {
    let lists: [&[&'static dyn Algorithm]; 4] = [
        &[],
        &[&HS256, &RS256],
        &[&ES256, &HS512, &RS256],
        &[&ES256, &RS256, &ES256],
    ];
    for list in lists {
        let rejected = Some(Error::UnusableAlgorithmList);
        assert_eq!(secret_key(&[7; 64], list).err(), rejected);
        assert_eq!(Keyring::from_jwk(b"{}", list).err(), rejected);
        assert_eq!(
            KeySet::<1>::from_jwks(br#"{"keys":[]}"#, list).err(),
            rejected
        );
    }
    let nine = || SIGNATURES.iter().copied();
    let seventeen: Vec<_> = nine().chain(nine()).take(17).collect();
    let rejected = Keyring::from_jwk(b"{}", &seventeen).err();
    assert_eq!(rejected, Some(Error::UnusableAlgorithmList));
}

#[test]
fn debug_omits_secrets() {
    let secret = KeyParameters::oct(&[0x77; 64]);
    let key = Key::new(HS256, &secret).unwrap().with_key_id("id");
    assert_eq!(format!("{key:?}"), "Key { algorithm: HS256, .. }");
    let shown = format!("{:?}", key.key(0).unwrap());
    assert_eq!(shown, r#"KeyRef { kid: Some("id"), .. }"#);
    // The stored `kid` is unescaped, but its line break is still escaped in a log.
    let jwk = json!({"kty": "oct", "k": base64url(&[7; 32]), "kid": "a\nb\"c"});
    let set = KeySet::<1>::from_jwk(jwk.to_string().as_bytes(), &[&HS256]).unwrap();
    let shown = format!("{:?}", set.key(0).unwrap());
    assert_eq!(shown, r#"KeyRef { kid: Some("a\nb\"c"), .. }"#);
    let set = KeySet::<1>::from_parameters(&secret, MACS).unwrap();
    assert!(!set.is_empty());
    let shown = r#"KeySet { algorithms: ["HS256", "HS384", "HS512"], len: 1, .. }"#;
    assert_eq!(format!("{set:?}"), shown);
    let rotating = format!("{:?}", RotatingKeys::from(set));
    assert_eq!(rotating, format!("RotatingKeys {{ set: {shown}, .. }}"));
    let (n, e, x, y) = (&[0x77; 256], &[3], &[0x77; 32], &[0x77; 32]);
    let (crv, point) = ("P-256", &[0x77; 65]);
    for (parameters, want) in [
        (KeyParameters::oct(b"secret"), "oct"),
        (KeyParameters::rsa(n, e), "RSA"),
        (KeyParameters::ec(crv, x, y), "EC"),
        (KeyParameters::ec_point(crv, point), "EC"),
        (KeyParameters::okp("Ed25519", x), "OKP"),
        (KeyParameters::akp("ML-DSA-44", x), "AKP"),
    ] {
        let want = format!("KeyParameters {{ kty: {want:?}, .. }}");
        assert_eq!(format!("{parameters:?}"), want);
    }
}

#[test]
fn debug_of_an_algorithm_is_its_name() {
    for algorithm in SIGNATURES.iter().chain(MACS) {
        assert_eq!(format!("{algorithm:?}"), algorithm.name());
    }
    let same = format!("{}", Error::BadSignature);
    assert_eq!(format!("{InvalidSignature}"), same);
}

#[test]
fn sizes_match_docs_memory_md() {
    let page = include_str!("../../docs/memory.md");
    let thousands = |n: usize| match n {
        1000.. => format!("{},{:03}", n / 1000, n % 1000),
        _ => n.to_string(),
    };
    let in_a_set = |materials: &[usize]| {
        let bytes = |material: &usize| words::in_set(*material) * size_of::<Word>();
        let bytes = materials.iter().map(|material| thousands(bytes(material)));
        bytes.collect::<Vec<_>>().join(", ")
    };
    let key = size_of::<KeySet<5>>() - size_of::<KeySet<4>>();
    let set = size_of::<KeySet<4>>() - 4 * key;
    let rotating = size_of::<RotatingKeys<5>>() - size_of::<RotatingKeys<4>>();
    let rotating_rest = size_of::<RotatingKeys<4>>() - 4 * rotating;
    let seen = size_of::<ReplayGuard<5>>() - size_of::<ReplayGuard<4>>();
    let guard = size_of::<ReplayGuard<4>>() - 4 * seen;
    let lines = [
        format!("| `Key<Es256>` | {} |", size_of::<Key<'_, Es256>>()),
        format!(
            "| `Key<Rs256>`, for up to 4096 bits | {} |",
            thousands(size_of::<Key<'_, Rs256>>())
        ),
        format!(
            "| the same for 2048 bits, by `Key::new_in` | {} |",
            thousands(size_of::<Key<'_, Rs256, [Word; words::RSA_2048]>>())
        ),
        format!("| `KeySet<N>` | {key} for each key, and {set} |"),
        format!("| `RotatingKeys<N>` | {rotating} for each key, and {rotating_rest} |"),
        format!("| `oauth::ReplayGuard<N>` | {seen} for each token, and {guard} |"),
        format!(
            "| RSA, 2048, 3072, 4096 bits | {} |",
            in_a_set(&[words::RSA_2048, words::RSA_3072, words::RSA_4096])
        ),
        format!(
            "| P-256, P-384, P-521 | {} |",
            in_a_set(&[words::P256, words::P384, words::P521])
        ),
        format!(
            "| secret for HS256, HS384, HS512 | {} |",
            in_a_set(&[words::HS256, words::HS384, words::HS512])
        ),
    ];
    let missing = lines.iter().filter(|line| !page.contains(*line));
    assert_eq!(missing.collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn empty_key_material_verifies_nothing() {
    let empty = [0; 2 * WORDS_PER_KEY];
    // HMAC-SHA-256 of the empty message with the empty key, which RFC 2104 pads with zeros.
    let mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(b"")
        .unwrap()
        .finalize()
        .into_bytes();
    assert_eq!(HS256.verify(&empty, b"", &mac), Err(InvalidSignature));
    assert_eq!(HS512.verify(&[], b"", &mac), Err(InvalidSignature));
    assert_eq!(secret_key(&[0; 64], MACS).err(), Some(Error::WeakKey));
    assert_eq!(RS256.verify(&empty, b"", &[0; 256]), Err(InvalidSignature));
    assert_eq!(ES256.verify(&empty, b"", &[0; 64]), Err(InvalidSignature));
}

#[test]
#[cfg(target_pointer_width = "64")]
fn sizes_have_bounds() {
    assert!(size_of::<KeySet<16>>() <= 10_000);
    assert!(size_of::<Key<'_, Es256>>() <= 100);
}

/// Returns a key of 2048 bits with one of the exponents.
fn rsa_2048(number: usize) -> RsaKey {
    RsaKey::new(0, 1, EXPONENTS[number % EXPONENTS.len()])
}

fn with_kid(mut jwk: Value, kid: &str) -> Value {
    jwk["kid"] = json!(kid);
    jwk
}

fn jwk_set(keys: &[Value]) -> Vec<u8> {
    json!({ "keys": keys }).to_string().into_bytes()
}

/// Returns a token with this `kid`, signed with the key.
fn rs256_token(key: &RsaKey, kid: &str) -> String {
    let header = json!({"alg": "RS256", "kid": kid}).to_string();
    token_signed_by(header.as_bytes(), b"{}", |input| key.sign("RS256", input))
}

/// Returns distinct `kid`s of these lengths.
fn kids(lengths: &[usize]) -> Vec<String> {
    let lengths = lengths.iter().enumerate();
    lengths.map(|(i, len)| format!("{i:k<len$}")).collect()
}

#[test]
fn a_set_holds_as_many_rsa_keys_as_documented() {
    let load = |kids: &[String]| {
        let key = |(i, kid): (usize, &String)| with_kid(rsa_2048(i).jwk(), kid);
        let keys: Vec<Value> = kids.iter().enumerate().map(key).collect();
        KeySet::<16>::from_jwks(&jwk_set(&keys), &[&RS256])
    };
    // The average is 44 bytes: one of the longest and several shorter ones.
    let mut lengths = [29; 16];
    (lengths[7], lengths[15]) = (256, 42);
    assert_eq!(lengths.iter().sum::<usize>(), 16 * 44);
    let names = kids(&lengths);
    let set = load(&names).unwrap();
    assert_eq!(set.len(), 16);
    for (position, kid) in names.iter().enumerate() {
        let want = VerifiedBy {
            position,
            algorithm: "RS256",
        };
        let token = rs256_token(&rsa_2048(position), kid);
        assert_eq!(verified_by(&token, &set), Ok(want), "{kid}");
        let forged = rs256_token(&rsa_2048(position + 1), kid);
        assert_eq!(
            signature_verdict(&forged, &set),
            Err(Error::BadSignature),
            "{kid}"
        );
    }
    assert_eq!(load(&kids(&[44; 16])).unwrap().len(), 16);
    // This exceeds the average and the allowance for a single long `kid`.
    assert_eq!(load(&kids(&[62; 16])).err(), Some(Error::KeySetFull));
    assert_eq!(load(&kids(&[10; 17])).err(), Some(Error::KeySetFull));
}

#[test]
fn the_longest_kid_of_a_set() {
    let (key, names) = (rsa_2048(0), kids(&[256, 257]));
    let set = |kid: &str| KeySet::<16>::from_jwks(&jwk_set(&[with_kid(key.jwk(), kid)]), &[&RS256]);
    let longest = set(&names[0]).unwrap();
    assert_eq!(
        signature_verdict(&rs256_token(&key, &names[0]), &longest),
        Ok(())
    );
    assert_eq!(set(&names[1]).err(), Some(Error::Limit(Limit::KeyIdLen)));
    // The limit is in bytes, not in characters, and counts them unescaped.
    assert!(set(&"é".repeat(128)).is_ok());
    let too_long = Some(Error::Limit(Limit::KeyIdLen));
    assert_eq!(set(&"é".repeat(129)).err(), too_long);
    // The smallest set can hold one longest `kid`. If an allowed `kid` does not fit, the error is a
    // different one.
    let long = with_kid(key.jwk(), &names[0]);
    let alone = KeySet::<1>::from_jwks(&jwk_set(std::slice::from_ref(&long)), &[&RS256]);
    assert_eq!(alone.unwrap().len(), 1);
    let two = KeySet::<2>::from_jwks(&jwk_set(&[long.clone(), long]), &[&RS256]);
    assert_eq!(two.err(), Some(Error::KeySetFull));

    let mut set = KeySet::<16>::new();
    set.accept(&[&RS256]).unwrap();
    let (n, e) = (key.n.to_bytes_be(), key.e.to_bytes_be());
    let parameters = KeyParameters::rsa(&n, &e);
    assert_eq!(
        set.add(&parameters, Some(&names[1])),
        Err(Error::Limit(Limit::KeyIdLen))
    );
    assert_eq!(
        (set.add(&parameters, Some(&names[0])), set.len()),
        (Ok(()), 1)
    );
}

#[test]
fn larger_keys_take_more_words_of_a_set() {
    let largest = |key: &RsaKey| key.modulus_bits() == 4096;
    let key = RsaKey::all().into_iter().find(largest).unwrap();
    let names = kids(&[44; 16]);
    let keys: Vec<_> = names.iter().map(|kid| with_kid(key.jwk(), kid)).collect();
    let mut set = KeySet::<16>::new();
    let mut skipped = Vec::new();
    let report = set
        .load(&jwk_set(&keys), &[&RS256], |entry| {
            skipped.push((entry.position, entry.reason));
        })
        .unwrap();
    // On 64 bits, each takes 131 words instead of 67. On 32 bits, the number of keys is the same.
    assert_eq!((report.kept(), set.len()), (8, 8));
    let want: Vec<_> = (8..16)
        .map(|position| (position, Error::KeySetFull))
        .collect();
    assert_eq!(skipped, want);
    for (position, kid) in names.iter().enumerate() {
        let want = if position < 8 {
            Ok(())
        } else {
            Err(Error::NoKey)
        };
        assert_eq!(
            signature_verdict(&rs256_token(&key, kid), &set),
            want,
            "{kid}"
        );
    }
    // The words that remain are enough for a small key.
    let (ec, _) = public_key("ES256");
    let mixed = [&keys[..8], &[ec]].concat();
    let mixed = KeySet::<16>::from_jwks(&jwk_set(&mixed), &[&RS256, &ES256]);
    assert_eq!(mixed.unwrap().len(), 9);
}

/// Length of a public key of ML-DSA-87 in bytes (FIPS 204, Table 2).
const ML_DSA_87_LEN: usize = 2592;

/// Number of words that such a key takes in a set.
const ML_DSA_87_WORDS: usize = ML_DSA_87_LEN / size_of::<Word>() + 1;

/// A key type for keys as long as those of ML-DSA-87, which this crate does not implement.
#[derive(Debug)]
struct LargeKey;

impl KeyType for LargeKey {
    fn load(&self, key: &dyn ParameterSource, material: &mut [Word]) -> Result<usize, Error> {
        if !key.is("kty", "AKP") || !key.is("alg", "ML-DSA-87") {
            return Err(Error::UnsupportedKey);
        }
        let mut buffer = [0; ML_DSA_87_LEN];
        let public_key = key.bytes("pub", &mut buffer)?;
        let (words, []) = public_key.as_chunks() else {
            return Err(Error::MalformedKey);
        };
        let material = material.get_mut(..words.len()).ok_or(Error::KeySetFull)?;
        let words = words.iter().map(|word| Word::from_le_bytes(*word));
        material
            .iter_mut()
            .zip(words)
            .for_each(|(to, from)| *to = from);
        Ok(material.len())
    }
}

/// A substitute for ML-DSA-87, in which anyone who knows the public key can sign. Only the key size
/// matters here.
#[derive(Debug)]
struct LargeAlgorithm;

impl LargeAlgorithm {
    fn sign(public_key: &[u8], signing_input: &[u8]) -> Vec<u8> {
        digest("HS256", &[public_key, signing_input])
    }
}

impl Algorithm for LargeAlgorithm {
    fn name(&self) -> &'static str {
        "ML-DSA-87"
    }

    fn kind(&self) -> AlgorithmKind {
        AlgorithmKind::Signature
    }

    fn key_type(&self) -> &'static dyn KeyType {
        &LargeKey
    }

    fn verify(
        &self,
        material: &[Word],
        input: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let public_key: Vec<u8> = material
            .iter()
            .flat_map(|word| word.to_le_bytes())
            .collect();
        let good = public_key.len() == ML_DSA_87_LEN && signature == Self::sign(&public_key, input);
        if good { Ok(()) } else { Err(InvalidSignature) }
    }
}

/// Returns a JWK Set with a large key between two others, and a token for each key.
fn large_key_set() -> (Vec<u8>, [String; 3]) {
    let (ec, of_ec) = public_key("ES256");
    let public_key: Vec<u8> = (0..=250).cycle().take(ML_DSA_87_LEN).collect();
    let large =
        json!({"kty": "AKP", "alg": "ML-DSA-87", "pub": base64url(&public_key), "kid": "l"});
    let rsa = rsa_2048(0);
    let jwks = jwk_set(&[ec, large, with_kid(rsa.jwk(), "r")]);
    let header = br#"{"alg":"ML-DSA-87","kid":"l"}"#;
    let of_large = token_signed_by(header, b"{}", |input| {
        LargeAlgorithm::sign(&public_key, input)
    });
    (jwks, [of_ec, of_large, rs256_token(&rsa, "r")])
}

const WITH_LARGE: &[&dyn Algorithm] = &[&ES256, &LargeAlgorithm, &RS256];

/// Loads the three keys and verifies a token with each of them.
fn assert_large_key_set(set: &mut KeySetIn<impl KeyMemory>) {
    let (jwks, tokens) = large_key_set();
    let report = set.load(&jwks, WITH_LARGE, |_| {}).unwrap();
    assert_eq!((report.kept(), set.len()), (3, 3));
    for (position, token) in tokens.iter().enumerate() {
        let by = verified_by(token, set).unwrap();
        assert_eq!(by.position, position);
    }
    let forged = format!("{}AAAA", tokens[1]);
    assert_eq!(signature_verdict(&forged, set), Err(Error::BadSignature));
}

#[test]
fn a_large_key_of_a_foreign_type() {
    let (jwks, tokens) = large_key_set();
    let alone = KeySet::<1, ML_DSA_87_WORDS>::from_jwks(&jwks, &[&LargeAlgorithm]).unwrap();
    assert_eq!(
        (alone.len(), signature_verdict(&tokens[1], &alone)),
        (1, Ok(()))
    );
    let large_alone = json!({"keys": [serde_json::from_slice::<Value>(&jwks).unwrap()["keys"][1]]});
    let short = KeySet::<1, { ML_DSA_87_WORDS - 1 }>::from_jwks(
        large_alone.to_string().as_bytes(),
        &[&LargeAlgorithm],
    );
    assert_eq!(short.err(), Some(Error::KeySetFull));
    assert_large_key_set(&mut KeySet::<16>::new());
    assert_large_key_set(&mut GrowingKeySet::default());
    // This key is too long for its own key type.
    let long = json!({"kty": "AKP", "alg": "ML-DSA-87", "pub": base64url(&[1; 2600])});
    let long = GrowingKeySet::from_jwk(long.to_string().as_bytes(), WITH_LARGE);
    assert_eq!(long.err(), Some(Error::KeyTooLarge));
}

#[test]
fn a_set_in_borrowed_memory() {
    const WORDS: usize = ML_DSA_87_WORDS + 2 * WORDS_PER_KEY;
    let (mut slots, mut kids, mut words) = ([Slot::EMPTY; 3], [0; 2], [0; WORDS]);
    let mut set: LentKeySet<'_> = KeySetIn::in_memory(Lent {
        slots: &mut slots,
        kids: &mut kids,
        words: &mut words,
    });
    assert!(set.is_empty());
    assert_large_key_set(&mut set);

    // Each of the three slices can be too short.
    let (jwks, _) = large_key_set();
    for (slots, kids, words, want) in [
        (2, 2, WORDS, 2),
        (3, 1, WORDS, 2),
        (3, 0, WORDS, 1),
        (3, 2, ML_DSA_87_WORDS, 2),
        (1, 2, WORDS, 1),
    ] {
        let (mut slots, mut kids, mut words) =
            (vec![Slot::EMPTY; slots], vec![0; kids], vec![0; words]);
        let mut set: LentKeySet<'_> = KeySetIn::in_memory(Lent {
            slots: &mut slots,
            kids: &mut kids,
            words: &mut words,
        });
        let report = set.load(&jwks, WITH_LARGE, |_| {}).unwrap();
        assert_eq!(report.kept(), want, "{report:?}");
        assert_eq!(report.skipped(Error::KeySetFull), 3 - want, "{report:?}");
    }
    let mut nothing: LentKeySet<'_> = KeySetIn::in_memory(Lent {
        slots: &mut [],
        kids: &mut [],
        words: &mut [],
    });
    let full = nothing.load(&jwks, WITH_LARGE, |_| {}).err();
    assert_eq!(full, Some(Error::KeySetFull));
}

#[test]
fn growing_key_set() {
    let (ec, _) = public_key("ES256");
    let names = kids(&[60; 150]);
    let mut keys: Vec<_> = names.iter().map(|kid| with_kid(ec.clone(), kid)).collect();
    let rsa = rsa_2048(0);
    keys.push(with_kid(rsa.jwk(), "last"));
    let jwks = jwk_set(&keys);
    let set = GrowingKeySet::from_jwks(&jwks, &[&ES256, &RS256]).unwrap();
    assert_eq!(set.len(), 151);
    let by = verified_by(&rs256_token(&rsa, "last"), &set).unwrap();
    assert_eq!(by.position, 150);
    for (position, kid) in names.iter().enumerate() {
        let key = set.key(position).unwrap();
        assert!(key.key_id().unwrap() == kid.as_str());
    }
    // Keys can also be added one by one, and a copy is independent.
    let mut grown = GrowingKeySet::default();
    grown.accept(&[&ES256]).unwrap();
    for key in &keys[..150] {
        grown.add_jwk(key.to_string().as_bytes()).unwrap();
    }
    let copy = grown.clone();
    grown.accept(&[&ES256]).unwrap();
    assert_eq!((copy.len(), grown.len()), (150, 0));
    let none = grown.load(br#"{"keys":[]}"#, &[&ES256], |_| {}).err();
    assert_eq!(none, Some(Error::NoUsableKey));
    // The limit on the number of keys applies.
    grown.accept(&[&HS256]).unwrap();
    let secret = KeyParameters::oct(&[7; 32]);
    for number in 0..limits::MAX_KEYS_ON_HEAP {
        grown.add(&secret, Some(&number.to_string())).unwrap();
    }
    let full = grown.add(&secret, None);
    assert_eq!(
        (full, grown.len()),
        (Err(Error::KeySetFull), limits::MAX_KEYS_ON_HEAP)
    );
}
