//! Claims as serde types: the same result as `serde_json` for the same text, and the field that an
//! error names.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Debug;

use jose_verify::json::{DeserializeError, DeserializeErrorKind as Kind, Value};
use jose_verify::{Check, Claim, Clock, Error, Policy, Verified};
use proptest::prelude::*;
use serde::de::{Deserializer, IgnoredAny, Visitor};
use serde::{Deserialize, de};

use super::json::texts;
use super::support::random::cases;
use super::support::sign::token;
use super::support::verdict::with_verified;

/// Reads the claims if the token is accepted.
fn with_claims<T>(claims: &str, read: impl FnOnce(&Verified<'_>) -> T) -> Result<T, Error> {
    let policy = Policy::jwt(Check::NotChecked, Check::NotChecked);
    with_verified(token(claims), &policy, Clock::Absent, read)
}

/// Returns the result in a form in which values that borrow from different texts can be compared.
fn outcome<T: Debug, E>(result: Result<T, E>) -> Option<String> {
    result.ok().map(|value| format!("{value:?}"))
}

/// Reads the claim `v`, and ignores the claims before and after it.
#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "read by Debug")]
struct One<T> {
    before: Option<IgnoredAny>,
    v: T,
    after: Option<IgnoredAny>,
}

/// Compares every way to read a claim of this type with `serde_json`. Returns how many of the
/// values fit the type.
macro_rules! accepted {
    ($type:ty: $($value:expr),+ $(,)?) => {{
        let mut accepted = 0;
        for value in [$($value),+] {
            let case = format!("{value} as {}", stringify!($type));
            let (before, after) = (r#""before":["]\"",{}]"#, r#""after":{"a":-1.5e3}"#);
            let claims = format!(r#"{{{before},"v":{value} , {after} }}"#);
            let want = outcome(serde_json::from_str::<$type>(value));
            let want_claims = outcome(serde_json::from_str::<One<$type>>(&claims));
            accepted += usize::from(want.is_some());
            with_claims(&claims, |jwt| {
                let (claims, mut buffer) = (jwt.claims(), [0; 256]);
                let v: Value<'_> = claims.get("v").unwrap();
                assert_eq!(outcome(v.deserialize::<$type>()), want, "{case}");
                let in_buffer = outcome(v.deserialize_in::<$type>(&mut buffer));
                assert_eq!(in_buffer, want, "{case}, in a buffer");
                let ours = claims.deserialize::<One<$type>>();
                if let Err(error) = &ours {
                    assert!(error.field().is_some(), "{case}: {error}");
                }
                assert_eq!(outcome(ours), want_claims, "{case}, as a claim");
                let ours = claims.deserialize_in::<One<$type>>(&mut buffer);
                assert_eq!(outcome(ours), want_claims, "{case}, as a claim, in a buffer");
            })
            .unwrap();
        }
        accepted
    }};
}

const OTHERS: [&str; 6] = ["null", "true", "false", r#""1""#, "[]", "{}"];

/// Numbers in every spelling, and around each bound.
const NUMBERS: [&str; 45] = [
    "0",
    "-0",
    "0.0",
    "-0.0",
    "1",
    "-1",
    "1.0",
    "1e0",
    "1E+2",
    "100e-2",
    "0e99999",
    "127",
    "128",
    "-128",
    "-129",
    "255",
    "256",
    "65536",
    "4294967295",
    "4294967296",
    "16777217",
    "12345678901234567",
    "123456789012345678",
    "1234567890123456789",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "18446744073709551615",
    "18446744073709551616",
    "-18446744073709551616",
    "170141183460469231731687303715884105727",
    "170141183460469231731687303715884105728",
    "-170141183460469231731687303715884105728",
    "340282366920938463463374607431768211455",
    "340282366920938463463374607431768211456",
    "0.1",
    "3.4028236e38",
    "3.5e38",
    "1.7976931348623157e308",
    "1.7976931348623159e308",
    "1e400",
    "-1e99999999999999999999",
    "5e-324",
    "1e-99999999999999999999",
];

macro_rules! numbers {
    ($($type:ty: $accepted:literal)+) => {
        $({
            let mut accepted = 0;
            for number in NUMBERS.into_iter().chain(OTHERS) {
                accepted += accepted!($type: number);
            }
            assert_eq!(accepted, $accepted, stringify!($type));
        })+
    };
}

#[test]
fn numbers() {
    numbers! {
        i8: 5 i16: 9 i32: 11 i64: 18 i128: 26
        u8: 5 u16: 6 u32: 9 u64: 16 u128: 20
        f64: 42 f32: 37
        serde_json::Value: 48 IgnoredAny: 51
    }
}

#[test]
fn scalars() {
    assert_eq!(accepted!(bool: "true", "false", "null", "0", "\"true\""), 2);
    assert_eq!(accepted!((): "null", "true", "{}", "[]", "\"\""), 1);
    assert_eq!(
        accepted!(char: r#""a""#, r#""\u00e9""#, r#""\ud83d\ude00""#, r#""ab""#, "5"),
        3
    );
    assert_eq!(accepted!(Option<u8>: "null", "7", "\"7\"", "[]"), 2);
    assert_eq!(accepted!(Option<Option<u8>>: "null", "7"), 2);
    assert_eq!(accepted!(Unit: "null", "{}", "[]"), 1);
    assert_eq!(accepted!(Newtype<u8>: "7", "[7]", "null"), 1);
    assert_eq!(
        accepted!(Bytes: r#""ab""#, r#""a\u0062""#, "[97,98]", "[256]", "5"),
        3
    );
}

#[derive(Debug, Deserialize)]
struct Unit;

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "read by Debug")]
struct Newtype<T>(T);

/// Asks for bytes and accepts bytes or a sequence.
#[derive(Debug)]
#[allow(dead_code, reason = "read by Debug")]
struct Bytes(Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collected;
        impl<'de> Visitor<'de> for Collected {
            type Value = Bytes;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.to_vec()))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<Bytes, A::Error> {
                let mut bytes = Vec::new();
                while let Some(byte) = seq.next_element()? {
                    bytes.push(byte);
                }
                Ok(Bytes(bytes))
            }
        }
        deserializer.deserialize_byte_buf(Collected)
    }
}

#[test]
fn strings() {
    let texts = [
        r#""""#,
        r#""plain""#,
        r#""é😀""#,
        r#""\"\\\/\b\f\n\r\t""#,
        r#""caf\u00e9 \ud83d\ude00""#,
        r#""https:\/\/a.example.com\/and a rest without""#,
        "5",
        "null",
        "{}",
    ];
    for text in texts {
        let is_string = usize::from(text.starts_with('"'));
        let is_plain = usize::from(is_string == 1 && !text.contains('\\'));
        assert_eq!(accepted!(&str: text), is_plain, "{text}");
        assert_eq!(accepted!(&[u8]: text), is_plain, "{text}");
        assert_eq!(accepted!(String: text), is_string, "{text}");
        assert_eq!(accepted!(Cow<'_, str>: text), is_string, "{text}");
        assert_eq!(accepted!(BorrowedCow<'_>: text), is_string, "{text}");
        assert_eq!(accepted!(Box<str>: text), is_string, "{text}");
    }
    with_claims(r#"{"v":"plain","w":"\u0061"}"#, |jwt| {
        let cow = |name| {
            let value = jwt.claims().get(name).unwrap();
            value.deserialize::<BorrowedCow<'_>>().unwrap().0
        };
        assert!(matches!(cow("v"), Cow::Borrowed("plain")));
        assert!(matches!(cow("w"), Cow::Owned(_)));
    })
    .unwrap();
}

#[derive(Debug, Deserialize)]
struct BorrowedCow<'a>(#[serde(borrow)] Cow<'a, str>);

#[test]
fn arrays() {
    assert_eq!(
        accepted!(Vec<u8>: "[]", " [ 1 , 2 ] ", "[256]", "{}", "[[]]", "null"),
        2
    );
    assert_eq!(
        accepted!((u8, String): r#"[1,"a"]"#, "[1]", r#"[1,"a",2]"#, "[]", "{}"),
        1
    );
    assert_eq!(accepted!([u8; 2]: "[1,2]", "[1]", "[1,2,3]"), 1);
    assert_eq!(
        accepted!(Pair: "[1,2]", "[1]", "[1,2,3]", r#"{"0":1,"1":2}"#),
        1
    );
    assert_eq!(
        accepted!(Vec<Vec<Option<bool>>>: "[[],[null,true],[false]]", "[null]"),
        1
    );
    assert_eq!(accepted!(heapless::Vec<u8, 2>: "[1,2]", "[1,2,3]"), 1);
    assert_eq!(accepted!(Vec<ReadsNothing>: "[]", "[1]", "[1,2]"), 1);
    with_claims(r#"{"v":5}"#, |jwt| {
        let value = jwt.claims().get("v").unwrap();
        assert!(value.deserialize::<ReadsNothing>().is_err());
        assert!(jwt.claims().deserialize::<ReadsNothing>().is_err());
        assert!(jwt.claims().deserialize::<One<ReadsNothing>>().is_err());
    })
    .unwrap();
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "read by Debug")]
struct Pair(u8, i64);

/// Violates serde's contract: it reads nothing.
#[derive(Debug)]
struct ReadsNothing;

impl<'de> Deserialize<'de> for ReadsNothing {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Ok(Self)
    }
}

#[test]
fn maps() {
    type Map<K> = BTreeMap<K, u8>;
    assert_eq!(
        accepted!(Map<String>: "{}", r#"{ "a" : 1 , "\u0062" : 2 }"#, r#"{"a":"b"}"#, "[]"),
        2
    );
    assert_eq!(
        accepted!(Map<&str>: r#"{"a":1,"b":2}"#, r#"{"\u0062":2}"#),
        1
    );
    assert_eq!(accepted!(Map<Cow<'_, str>>: r#"{"\u0062":2}"#), 1);
    assert_eq!(
        accepted!(Map<char>: r#"{"a":1}"#, r#"{"\u0061":1}"#, r#"{"ab":1}"#),
        2
    );
    assert_eq!(
        accepted!(Map<bool>: r#"{"true":1,"false":2}"#, r#"{"True":1}"#, r#"{"\u0074rue":1}"#),
        1
    );
    assert_eq!(accepted!(Map<NewtypeString>: r#"{"a":1}"#), 1);
    assert_eq!(accepted!(Map<Option<u8>>: r#"{"1":1}"#, r#"{"null":1}"#), 1);
    assert_eq!(
        accepted!(Map<Plain>: r#"{"one":1,"Two":2}"#, r#"{"three":1}"#),
        1
    );
    for (key, i8s, u64s, i128s, floats) in [
        ("7", 1, 1, 1, 1),
        ("-7", 1, 0, 1, 1),
        ("0", 1, 1, 1, 1),
        ("-0", 0, 0, 1, 1),
        ("07", 0, 0, 0, 0),
        ("+7", 0, 0, 0, 0),
        (" 7", 0, 0, 0, 0),
        ("7 ", 0, 0, 0, 0),
        ("", 0, 0, 0, 0),
        ("x", 0, 0, 0, 0),
        ("-", 0, 0, 0, 0),
        ("1.5", 0, 0, 0, 1),
        ("1e400", 0, 0, 0, 0),
        ("300", 0, 1, 1, 1),
        ("18446744073709551616", 0, 0, 1, 1),
        (r"\u0037", 0, 0, 0, 0),
    ] {
        let object = format!(r#"{{"{key}":1}}"#);
        assert_eq!(accepted!(Map<i8>: &object), i8s, "{key}");
        assert_eq!(accepted!(Map<u64>: &object), u64s, "{key}");
        assert_eq!(accepted!(Map<i128>: &object), i128s, "{key}");
        accepted!(Map<u128>: &object);
        assert_eq!(accepted!(Pairs<f64>: &object), floats, "{key}");
        accepted!(Pairs<f32>: &object);
        accepted!(Pairs<Bytes>: &object);
    }
}

#[derive(Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
struct NewtypeString(String);

/// Members in order, with their names as keys of type `K`.
#[derive(Debug)]
#[allow(dead_code, reason = "read by Debug")]
struct Pairs<K>(Vec<(K, u8)>);

impl<'de, K: Deserialize<'de>> Deserialize<'de> for Pairs<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder<K>(std::marker::PhantomData<K>);
        impl<'de, K: Deserialize<'de>> Visitor<'de> for InOrder<K> {
            type Value = Pairs<K>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Pairs<K>, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(InOrder(std::marker::PhantomData))
    }
}

#[derive(Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
enum Plain {
    One,
    #[serde(alias = "Two")]
    Two,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "read by Debug")]
enum Shapes<'a> {
    Unit,
    Newtype(u8),
    Borrowed(&'a str),
    Tuple(u8, bool),
    Struct { a: u8, b: Option<bool> },
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "read by Debug")]
#[serde(tag = "kind")]
enum Internal {
    User { name: String },
    Device { id: u8, extra: Option<Vec<f64>> },
    Nobody,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "read by Debug")]
#[serde(tag = "t", content = "c")]
enum Adjacent {
    Text(String),
    Pair(u8, u8),
    Fields { a: u8 },
    Nothing,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "read by Debug")]
#[serde(untagged)]
enum Any {
    Null(()),
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Text(String),
    Array(Vec<Any>),
    Object(Object),
}

/// Members with values of any type.
type Object = BTreeMap<String, Any>;

#[test]
fn enumerations() {
    let shapes = [
        r#""Unit""#,
        r#""\u0055nit""#,
        r#"{"Unit":null}"#,
        r#"{ "Newtype" : 7 }"#,
        r#"{"Borrowed":"b"}"#,
        r#"{"Tuple":[1,true]}"#,
        r#"{"Struct":{"a":1}}"#,
        r#"{"Struct":{"a":1,"b":true,"c":[]}}"#,
        r#"{"Struct":[1,null]}"#,
        // Rejected:
        r#""Newtype""#,
        r#""Tuple""#,
        r#""Struct""#,
        r#""Other""#,
        r#"{"Unit":1}"#,
        r#"{"Newtype":null}"#,
        r#"{"Borrowed":"\n"}"#,
        r#"{"Tuple":[1]}"#,
        r#"{"Struct":{}}"#,
        r#"{"Newtype":7,"Unit":null}"#,
        "{}",
        "[]",
        "5",
        "null",
    ];
    let accepted: usize = shapes
        .into_iter()
        .map(|shape| accepted!(Shapes<'_>: shape))
        .sum();
    assert_eq!(accepted, 9);
    assert_eq!(
        accepted!(Internal: r#"{"kind":"User","name":"\u0061"}"#, r#"{"name":"a","kind":"User"}"#,
            r#"{"id":7,"extra":[1.5,2],"kind":"Device"}"#, r#"{"kind":"Nobody","x":{"y":[]}}"#,
            r#"{"kind":"Other"}"#, r#"{"name":"a"}"#, r#"{"kind":"User"}"#, r#""User""#),
        4
    );
    assert_eq!(
        accepted!(Adjacent: r#"{"t":"Text","c":"\ud83d\ude00"}"#, r#"{"c":[1,2],"t":"Pair"}"#,
            r#"{"t":"Fields","c":{"a":1}}"#, r#"{"t":"Nothing"}"#, r#"{"t":"Text"}"#, r#"{"c":1}"#),
        4
    );
    let any = r#"{"a":[1,-1,1.5,"\u00e9",null,true,{"b":{}}],"c":18446744073709551616,"d":-0}"#;
    assert_eq!(accepted!(Any: any, "5", "null", r#""x""#, "1e999"), 4);
    assert_eq!(accepted!(serde_json::Value: any, "5", "null", r#""x""#), 4);
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "read by Debug")]
struct Session<'a> {
    email: &'a str,
    #[serde(default)]
    level: u32,
    #[serde(default = "one")]
    factor: f32,
    #[serde(rename = "https://example.com/groups", default)]
    groups: Vec<String>,
    #[serde(skip)]
    skipped: u8,
    address: Option<Address>,
}

fn one() -> f32 {
    1.0
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "read by Debug")]
#[serde(deny_unknown_fields)]
struct Address {
    country: String,
    #[serde(alias = "zip")]
    postcode: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "read by Debug")]
struct Flat {
    id: u8,
    #[serde(flatten)]
    address: Flattened,
    #[serde(flatten)]
    rest: BTreeMap<String, serde_json::Value>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "read by Debug")]
struct Flattened {
    country: Option<String>,
    score: Option<f64>,
}

#[test]
fn structs() {
    assert_eq!(
        accepted!(Session<'_>:
            r#"{"email":"a"}"#,
            r#"{"\u0065mail":"a","level":7,"factor":1.1,"x":[{"y":"]"}],"skipped":"no"}"#,
            r#"{"https:\/\/example.com\/groups":["\u0061","b"],"email":"é"}"#,
            r#"{"email":"a","address":{"country":"\u0041","zip":1}}"#,
            r#"{"email":"a","address":null}"#,
            r#"["a",7,1.5,["b"],null]"#,
            // Rejected:
            r#"{"email":"\u0061"}"#,
            r#"{"email":"a","level":null}"#,
            r#"{"email":"a","email":"a"}"#,
            r#"{"email":"a","address":{"country":"A","planet":"B"}}"#,
            r#"{"email":"a","address":{"zip":1,"postcode":2,"country":"A"}}"#,
            "{}",
            r#"["a"]"#,
            r#"["a",7,1.5,["b"],null,5]"#),
        6
    );
    assert_eq!(
        accepted!(Flat: r#"{"id":7,"country":"\u0041","score":1,"x":{"y":[1,null]},"\u007a":1}"#,
            r#"{"score":-0.5,"id":1}"#, r#"{"id":1,"x":2,"x":3}"#, r#"{"country":"A"}"#,
            r#"{"id":1,"score":"a"}"#),
        3
    );
}

#[test]
fn errors_name_the_field() {
    for (claims, kind, field, shown) in [
        (
            "{}",
            Kind::MissingField,
            Some("email"),
            r#"claim "email" is missing"#,
        ),
        (
            r#"{"email":5}"#,
            Kind::WrongType,
            Some("email"),
            r#"claim "email" has the wrong type"#,
        ),
        (
            r#"{"\u0065mail":null}"#,
            Kind::WrongType,
            Some("email"),
            r#"claim "email" has the wrong type"#,
        ),
        (
            r#"{"email":"a","level":4294967296}"#,
            Kind::InvalidValue,
            Some("level"),
            r#"claim "level" has an invalid value"#,
        ),
        (
            r#"{"email":"a","level":18446744073709551616}"#,
            Kind::InvalidValue,
            Some("level"),
            r#"claim "level" has an invalid value"#,
        ),
        (
            r#"{"email":"a","level":1.5}"#,
            Kind::WrongType,
            Some("level"),
            r#"claim "level" has the wrong type"#,
        ),
        (
            r#"{"email":"a","https://example.com/groups":["a",1]}"#,
            Kind::WrongType,
            Some("https://example.com/groups"),
            r#"claim "https://example.com/groups" has the wrong type"#,
        ),
        (
            r#"{"email":"a","address":{"country":1}}"#,
            Kind::WrongType,
            Some("country"),
            r#"claim "country" has the wrong type"#,
        ),
        (
            r#"{"email":"a","address":{"zip":"1"}}"#,
            Kind::WrongType,
            Some("zip"),
            r#"claim "zip" has the wrong type"#,
        ),
        (
            r#"{"email":"a","address":{}}"#,
            Kind::MissingField,
            Some("country"),
            r#"claim "country" is missing"#,
        ),
        (
            r#"{"email":"a","address":{"country":"a","country":"b"}}"#,
            Kind::DuplicateField,
            Some("country"),
            r#"claim "country" appears twice"#,
        ),
        (
            r#"{"email":"a","address":{"x":1}}"#,
            Kind::UnknownField,
            Some("address"),
            r#"claim "address" has a member with an unknown name"#,
        ),
        (
            r#"{"email":"a","address":[]}"#,
            Kind::InvalidValue,
            Some("address"),
            r#"claim "address" has an invalid value"#,
        ),
    ] {
        with_claims(claims, |jwt| {
            let error = jwt.claims().deserialize::<Session<'_>>().unwrap_err();
            assert_eq!((error.kind(), error.field()), (kind, field), "{claims}");
            assert_eq!(error.to_string(), shown, "{claims}");
            let in_buffer = jwt.claims().deserialize_in::<Session<'_>>(&mut [0; 64]);
            assert_eq!(in_buffer.unwrap_err(), error, "{claims}");
            let named = Claim::ALL.iter().find(|claim| field == Some(claim.name()));
            let claim = Error::from(error).claim();
            if kind == Kind::DuplicateField {
                assert_eq!(Error::from(error), Error::DuplicateMember, "{claims}");
            } else {
                assert_eq!(claim, Some(*named.unwrap_or(&Claim::Other)), "{claims}");
            }
        })
        .unwrap();
    }
    assert!(size_of::<DeserializeError>() <= 24);
}

/// Asks for a sequence but would also accept a string.
#[derive(Debug, PartialEq)]
struct Roles(Vec<String>);

impl<'de> Deserialize<'de> for Roles {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Words;

        impl Visitor<'_> for Words {
            type Value = Roles;

            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("roles")
            }

            fn visit_str<E>(self, text: &str) -> Result<Roles, E> {
                Ok(Roles(text.split(' ').map(str::to_owned).collect()))
            }
        }
        deserializer.deserialize_seq(Words)
    }
}

#[test]
fn a_string_is_not_a_sequence_at_any_depth() {
    with_claims(r#"{"roles":"admin user"}"#, |jwt| {
        let value = jwt.claims().get("roles").unwrap();
        assert_eq!(
            value.deserialize::<Roles>().unwrap_err().kind(),
            Kind::WrongType
        );
        let whole = jwt.claims().deserialize::<BTreeMap<String, Roles>>();
        assert_eq!(whole.unwrap_err().kind(), Kind::WrongType);
        assert!(serde_json::from_str::<Roles>(r#""admin user""#).is_err());
    })
    .unwrap();
}

#[test]
fn errors_without_a_field() {
    fn error<T: for<'a> Deserialize<'a> + Debug>(claims: &str) -> String {
        with_claims(claims, |jwt| {
            let error = jwt.claims().deserialize::<T>().unwrap_err();
            assert_eq!(error.field(), None, "{claims}");
            error.to_string()
        })
        .unwrap()
    }
    assert_eq!(
        error::<Address>(r#"{"x":1}"#),
        "a claim has an unknown name"
    );
    assert_eq!(
        error::<TopLevelEnum>(r#"{"X":1}"#),
        "a claim is not a known variant"
    );
    assert_eq!(error::<Vec<u8>>("{}"), "a claim has the wrong type");
    assert_eq!(
        error::<BTreeMap<String, u8>>(r#"{"a":300}"#),
        "a claim has an invalid value"
    );
    assert_eq!(error::<Untagged>("{}"), "a claim has an invalid value");
}

type TopLevelEnum = Plain;

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "read by Debug")]
#[serde(untagged)]
enum Untagged {
    Number(u8),
    Text(String),
}

#[test]
fn the_buffer_is_reused_for_each_string() {
    #[derive(Debug, Deserialize)]
    struct Strings {
        a: String,
        b: String,
        plain: String,
    }
    let claims = r#"{"\u0061":"\u0061bc","b":"de\u0066","ignored":"\u0061\u0061\u0061\u0061\u0061",
        "plain":"longer than the buffer","also ignored":["\n\n\n\n\n"]}"#;
    with_claims(claims, |jwt| {
        let read: Strings = jwt.claims().deserialize_in(&mut [0; 3]).unwrap();
        assert_eq!((&*read.a, &*read.b), ("abc", "def"));
        assert_eq!(read.plain, "longer than the buffer");
        let error = jwt
            .claims()
            .deserialize_in::<Strings>(&mut [0; 2])
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.field()),
            (Kind::BufferTooSmall, Some("a"))
        );
        assert_eq!(error.to_string(), r#"claim "a" is too long for the buffer"#);
        assert_eq!(Error::from(error), Error::BufferTooSmall);
        let error = jwt.claims().deserialize_in::<Strings>(&mut []).unwrap_err();
        assert_eq!(error.kind(), Kind::BufferTooSmall);
    })
    .unwrap();
}

/// Rejects everything with an error that repeats the value.
#[derive(Debug)]
struct LeakyError;

impl<'de> Deserialize<'de> for LeakyError {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Err(de::Error::custom(format_args!("not {text}")))
    }
}

#[test]
fn errors_do_not_reveal_values() {
    const MARKER: &str = "s3cr3t";
    macro_rules! shown {
        ($claims:expr => $($type:ty)+) => {
            [$(with_claims($claims, |jwt| {
                let error = jwt.claims().deserialize::<$type>().err();
                let in_buffer = jwt.claims().deserialize_in::<$type>(&mut [0; 8]).err();
                let error = [error, in_buffer].map(|error| error.expect(stringify!($type)));
                format!("{error:?} {} {}", error[0], error[1])
            })
            .unwrap()),+]
        };
    }
    for value in [
        format!(r#""{MARKER}""#),
        format!(r#"{{"{MARKER}":1}}"#),
        format!(r#"["{MARKER}"]"#),
        format!(r#""\n{MARKER} and more""#),
    ] {
        for name in ["v", MARKER] {
            let claims = format!(r#"{{"{name}":{value}}}"#);
            for shown in shown!(&claims => One<u32> One<bool> One<f64> One<LeakyError>
                One<Plain> One<Internal> One<Address> BTreeMap<u8, u8> Address Plain)
            {
                assert!(!shown.contains(MARKER), "{claims}: {shown}");
            }
        }
    }
}

/// Compares the values of all claims, whatever their types, with those of `serde_json`.
fn assert_same_as_serde_json(claims: &str) {
    let value = outcome(serde_json::from_str::<serde_json::Value>(claims));
    let any = outcome(serde_json::from_str::<Any>(claims));
    let ignored = outcome(serde_json::from_str::<IgnoredAny>(claims));
    let read = |jwt: &Verified<'_>| {
        let (claims, mut buffer) = (jwt.claims(), [0; 64]);
        assert_eq!(outcome(claims.deserialize::<serde_json::Value>()), value);
        assert_eq!(
            outcome(claims.deserialize_in::<serde_json::Value>(&mut buffer)),
            value
        );
        assert_eq!(outcome(claims.deserialize::<Any>()), any);
        assert_eq!(outcome(claims.deserialize_in::<Any>(&mut buffer)), any);
        assert_eq!(
            outcome(claims.deserialize_in::<IgnoredAny>(&mut [])),
            ignored
        );
        for (_, value) in claims.as_object() {
            let value: Result<serde_json::Value, _> = value.deserialize();
            assert!(value.is_ok() || any.is_none());
        }
    };
    // A text with a duplicate member or a claim of the wrong type is rejected before it is read.
    let _ = with_claims(claims, read);
}

proptest! {
    #![proptest_config(cases(3000))]

    #[test]
    fn any_claims(claims in texts::claims()) {
        assert_same_as_serde_json(&claims);
    }

    #[test]
    fn any_number(number in texts::number()) {
        accepted!(f64: &number);
        accepted!(f32: &number);
        accepted!(i64: &number);
        accepted!(u64: &number);
        accepted!(i128: &number);
        accepted!(serde_json::Value: &number);
    }
}
