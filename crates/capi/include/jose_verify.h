/* jose-verify: verifies JSON Web Tokens. Made from crates/capi/src by crates/capi/header; README.md tells how to link it.
 *
 * Everything lives in memory of the caller: nothing is allocated, nothing is global, nothing needs to be released.
 * Strings and buffers are pointer and length. A call whose arguments are wrong is refused with a number from 1000 to 1999. */

#ifndef JOSE_VERIFY_H
#define JOSE_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Keys are kept in the machine's words, so sizes depend on it. */
#if UINTPTR_MAX > UINT32_MAX
#define JV_64_BITS
#endif

/* Declares memory for a key set: static JV_KEY_SET_MEMORY(memory, 4); What it has room for: see jv_key_set_size. */
#define JV_KEY_SET_MEMORY(name, capacity) \
    uint64_t name[(JV_KEY_SET_BASE_SIZE + (capacity) * JV_KEY_SIZE + 7) / 8]

/* The value of claims before the first token: jv_claims claims = JV_CLAIMS_INIT; */
#define JV_CLAIMS_INIT {sizeof(jv_claims), 0, {0}}

/* A literal as a string: JV_STRING("https://issuer.example.com") */
#ifdef __cplusplus
#define JV_STRING(literal) (jv_string{(const uint8_t *)(literal), sizeof(literal) - 1})
#else
#define JV_STRING(literal) ((jv_string){(const uint8_t *)(literal), sizeof(literal) - 1})
#endif

/* The errors of tokens and keys. */
enum {
    JV_MALFORMED_TOKEN = 1, /* the token is not three segments separated by dots */
    JV_ENCRYPTED = 2, /* the token is encrypted (JWE) and cannot be verified here */
    JV_MALFORMED_BASE64URL = 3, /* a text is not strict base64url */
    JV_MALFORMED_JSON = 4, /* the text is not well-formed JSON of the expected kind */
    JV_DUPLICATE_MEMBER = 5, /* a JSON object has two members of the same name */
    JV_SCRATCH_TOO_SMALL = 7, /* the scratch buffer is too small for this token */
    JV_UNSECURED = 9, /* the token is not signed (alg none) */
    JV_ALGORITHM_NOT_ACCEPTED = 11, /* the algorithm is not accepted for these keys */
    JV_BAD_SIGNATURE = 12, /* the signature does not verify */
    JV_NO_KEY = 13, /* no key fits the token */
    JV_AMBIGUOUS_KEY = 14, /* the token has no "kid" and several keys fit */
    JV_MALFORMED_KEY = 20, /* the key is malformed */
    JV_WEAK_KEY = 21, /* the key is too weak */
    JV_UNSUPPORTED_KEY = 22, /* none of the accepted algorithms uses this type of key */
    JV_KEY_TOO_LARGE = 23, /* the key is too large */
    JV_WRONG_KEY_USE = 24, /* the key is not meant for verifying signatures */
    JV_UNUSABLE_ALGORITHM_LIST = 25, /* the list of algorithms is empty or too long, names one twice, or mixes MACs with signatures */
    JV_MALFORMED_KEY_SET = 26, /* the text is not a JWK Set */
    JV_NO_USABLE_KEY = 27, /* the key set contains no usable key */
    JV_KEY_SET_FULL = 28, /* the key set has no room for another key */
    JV_MALFORMED_CLAIMS = 40, /* the payload is not a JSON object */
    JV_BUFFER_TOO_SMALL = 44, /* the buffer is too small for the result */
    JV_INSUFFICIENT_SCOPE = 89, /* the token lacks a required scope */
    JV_REPLAYED = 90, /* the token was used before */
    JV_REPLAY_GUARD_FULL = 91, /* the replay guard has no room for another token */
    JV_MALFORMED_METADATA = 100, /* the text is not a provider's metadata */
    JV_METADATA_MISMATCH = 102, /* the metadata belongs to another issuer */
    JV_MALFORMED_TOKEN_RESPONSE = 101, /* the text is not a token endpoint's response */
    JV_LIMIT_TOKEN_LEN = 201, /* the token is longer than the limit */
    JV_LIMIT_JSON_LEN = 202, /* a JSON text is longer than the limit */
    JV_LIMIT_JSON_DEPTH = 203, /* a JSON value is nested deeper than the limit */
    JV_LIMIT_MEMBERS = 204, /* a JSON object has more members than the limit */
    JV_LIMIT_NAME_COLLISIONS = 205, /* too many names in a JSON object have the same hash */
    JV_LIMIT_KEY_SET_LEN = 206, /* the JWK or JWK Set is longer than the limit */
    JV_LIMIT_METADATA_LEN = 207, /* the provider's metadata is longer than the limit */
    JV_LIMIT_TOKEN_RESPONSE_LEN = 208, /* the token response is longer than the limit */
    JV_LIMIT_JWT_ID_LEN = 209, /* claim "jti" is longer than a replay guard remembers */
    JV_HEADER_ALG_MISSING = 2101, /* header parameter "alg" is missing */
    JV_HEADER_ALG_WRONG_TYPE = 2102, /* header parameter "alg" has the wrong JSON type */
    JV_HEADER_KID_WRONG_TYPE = 2202, /* header parameter "kid" has the wrong JSON type */
    JV_HEADER_TYP_MISSING = 2301, /* header parameter "typ" is missing */
    JV_HEADER_TYP_WRONG_TYPE = 2302, /* header parameter "typ" has the wrong JSON type */
    JV_HEADER_TYP_MISMATCH = 2303, /* header parameter "typ" does not have an expected value */
    JV_HEADER_TYP_PROHIBITED = 2310, /* header parameter "typ" is not allowed */
    JV_HEADER_TYP_NOTHING_EXPECTED = 2313, /* header parameter "typ" cannot be compared: the expected value is missing or empty, or the list is too long */
    JV_HEADER_CTY_WRONG_TYPE = 2402, /* header parameter "cty" has the wrong JSON type */
    JV_HEADER_CRIT_UNSUPPORTED = 2512, /* header parameter "crit" asks for something that is not supported */
    JV_HEADER_B64_UNSUPPORTED = 2612, /* header parameter "b64" asks for something that is not supported */
    JV_ISS_MISSING = 10101, /* claim "iss" is missing */
    JV_ISS_WRONG_TYPE = 10102, /* claim "iss" has the wrong JSON type */
    JV_ISS_MISMATCH = 10103, /* claim "iss" is not an accepted issuer */
    JV_ISS_PROHIBITED = 10110, /* claim "iss" is not allowed */
    JV_ISS_NOTHING_EXPECTED = 10113, /* claim "iss" cannot be compared: the expected value is missing or empty, or the list is too long */
    JV_SUB_MISSING = 10201, /* claim "sub" is missing */
    JV_SUB_WRONG_TYPE = 10202, /* claim "sub" has the wrong JSON type */
    JV_SUB_MISMATCH = 10203, /* claim "sub" does not have an expected value */
    JV_SUB_PROHIBITED = 10210, /* claim "sub" is not allowed */
    JV_SUB_NOTHING_EXPECTED = 10213, /* claim "sub" cannot be compared: the expected value is missing or empty, or the list is too long */
    JV_AUD_MISSING = 10301, /* claim "aud" is missing */
    JV_AUD_WRONG_TYPE = 10302, /* claim "aud" has the wrong JSON type */
    JV_AUD_MISMATCH = 10303, /* claim "aud" does not contain an accepted audience */
    JV_AUD_UNTRUSTED = 10304, /* claim "aud" contains an audience that is not trusted */
    JV_AUD_PROHIBITED = 10310, /* claim "aud" is not allowed */
    JV_AUD_NOTHING_EXPECTED = 10313, /* claim "aud" cannot be compared: the expected value is missing or empty, or the list is too long */
    JV_AZP_MISSING = 10401, /* claim "azp" is missing */
    JV_AZP_WRONG_TYPE = 10402, /* claim "azp" has the wrong JSON type */
    JV_AZP_MISMATCH = 10403, /* claim "azp" does not have an expected value */
    JV_AZP_PROHIBITED = 10410, /* claim "azp" is not allowed */
    JV_AZP_NOTHING_EXPECTED = 10413, /* claim "azp" cannot be compared: the expected value is missing or empty, or the list is too long */
    JV_EXP_MISSING = 10501, /* claim "exp" is missing */
    JV_EXP_WRONG_TYPE = 10502, /* claim "exp" has the wrong JSON type */
    JV_EXP_EXPIRED = 10505, /* the token has expired: claim "exp" is in the past */
    JV_EXP_TOO_LONG = 10509, /* the token's lifetime is too long: claim "exp" is too far after "iat" */
    JV_EXP_PROHIBITED = 10510, /* claim "exp" is not allowed */
    JV_EXP_OUT_OF_RANGE = 10511, /* claim "exp" is out of range */
    JV_NBF_MISSING = 10601, /* claim "nbf" is missing */
    JV_NBF_WRONG_TYPE = 10602, /* claim "nbf" has the wrong JSON type */
    JV_NBF_NOT_YET_VALID = 10606, /* the token is not valid yet: claim "nbf" is in the future */
    JV_NBF_PROHIBITED = 10610, /* claim "nbf" is not allowed */
    JV_NBF_OUT_OF_RANGE = 10611, /* claim "nbf" is out of range */
    JV_IAT_MISSING = 10701, /* claim "iat" is missing */
    JV_IAT_WRONG_TYPE = 10702, /* claim "iat" has the wrong JSON type */
    JV_IAT_IN_FUTURE = 10707, /* claim "iat" is in the future */
    JV_IAT_TOO_OLD = 10708, /* claim "iat" is too far in the past */
    JV_IAT_PROHIBITED = 10710, /* claim "iat" is not allowed */
    JV_IAT_OUT_OF_RANGE = 10711, /* claim "iat" is out of range */
    JV_NONCE_MISSING = 10801, /* claim "nonce" is missing */
    JV_NONCE_WRONG_TYPE = 10802, /* claim "nonce" has the wrong JSON type */
    JV_NONCE_MISMATCH = 10803, /* claim "nonce" does not have an expected value */
    JV_NONCE_PROHIBITED = 10810, /* claim "nonce" is not allowed */
    JV_NONCE_NOTHING_EXPECTED = 10813, /* claim "nonce" cannot be compared: the expected value is missing or empty, or the list is too long */
    JV_AUTH_TIME_MISSING = 10901, /* claim "auth_time" is missing */
    JV_AUTH_TIME_WRONG_TYPE = 10902, /* claim "auth_time" has the wrong JSON type */
    JV_AUTH_TIME_IN_FUTURE = 10907, /* claim "auth_time" is in the future */
    JV_AUTH_TIME_TOO_OLD = 10908, /* claim "auth_time" is too far in the past */
    JV_AUTH_TIME_PROHIBITED = 10910, /* claim "auth_time" is not allowed */
    JV_AUTH_TIME_OUT_OF_RANGE = 10911, /* claim "auth_time" is out of range */
    JV_ACR_MISSING = 11001, /* claim "acr" is missing */
    JV_ACR_WRONG_TYPE = 11002, /* claim "acr" has the wrong JSON type */
    JV_ACR_MISMATCH = 11003, /* claim "acr" does not have an expected value */
    JV_ACR_PROHIBITED = 11010, /* claim "acr" is not allowed */
    JV_ACR_NOTHING_EXPECTED = 11013, /* claim "acr" cannot be compared: the expected value is missing or empty, or the list is too long */
    JV_AMR_MISSING = 11101, /* claim "amr" is missing */
    JV_AMR_WRONG_TYPE = 11102, /* claim "amr" has the wrong JSON type */
    JV_AMR_MISMATCH = 11103, /* claim "amr" does not have an expected value */
    JV_AMR_PROHIBITED = 11110, /* claim "amr" is not allowed */
    JV_AMR_NOTHING_EXPECTED = 11113, /* claim "amr" cannot be compared: the expected value is missing or empty, or the list is too long */
    JV_JTI_MISSING = 11201, /* claim "jti" is missing */
    JV_JTI_WRONG_TYPE = 11202, /* claim "jti" has the wrong JSON type */
    JV_JTI_MISMATCH = 11203, /* claim "jti" does not have an expected value */
    JV_JTI_PROHIBITED = 11210, /* claim "jti" is not allowed */
    JV_JTI_NOTHING_EXPECTED = 11213, /* claim "jti" cannot be compared: the expected value is missing or empty, or the list is too long */
    JV_CLIENT_ID_MISSING = 11301, /* claim "client_id" is missing */
    JV_CLIENT_ID_WRONG_TYPE = 11302, /* claim "client_id" has the wrong JSON type */
    JV_CLIENT_ID_MISMATCH = 11303, /* claim "client_id" does not have an expected value */
    JV_CLIENT_ID_PROHIBITED = 11310, /* claim "client_id" is not allowed */
    JV_CLIENT_ID_NOTHING_EXPECTED = 11313, /* claim "client_id" cannot be compared: the expected value is missing or empty, or the list is too long */
    JV_EVENTS_MISSING = 11401, /* claim "events" is missing */
    JV_EVENTS_WRONG_TYPE = 11402, /* claim "events" has the wrong JSON type */
    JV_EVENTS_MISMATCH = 11403, /* claim "events" does not contain the expected event */
    JV_EVENTS_PROHIBITED = 11410, /* claim "events" is not allowed */
    JV_EVENTS_NOTHING_EXPECTED = 11413, /* claim "events" cannot be compared: the expected value is missing or empty, or the list is too long */
    JV_AT_HASH_MISSING = 11501, /* claim "at_hash" is missing */
    JV_AT_HASH_WRONG_TYPE = 11502, /* claim "at_hash" has the wrong JSON type */
    JV_AT_HASH_MISMATCH = 11503, /* claim "at_hash" does not have an expected value */
    JV_AT_HASH_PROHIBITED = 11510, /* claim "at_hash" is not allowed */
    JV_AT_HASH_NOTHING_EXPECTED = 11513, /* claim "at_hash" cannot be compared: the expected value is missing or empty, or the list is too long */
    JV_C_HASH_MISSING = 11601, /* claim "c_hash" is missing */
    JV_C_HASH_WRONG_TYPE = 11602, /* claim "c_hash" has the wrong JSON type */
    JV_C_HASH_MISMATCH = 11603, /* claim "c_hash" does not have an expected value */
    JV_C_HASH_PROHIBITED = 11610, /* claim "c_hash" is not allowed */
    JV_C_HASH_NOTHING_EXPECTED = 11613, /* claim "c_hash" cannot be compared: the expected value is missing or empty, or the list is too long */
    JV_S_HASH_MISSING = 11701, /* claim "s_hash" is missing */
    JV_S_HASH_WRONG_TYPE = 11702, /* claim "s_hash" has the wrong JSON type */
    JV_S_HASH_MISMATCH = 11703, /* claim "s_hash" does not have an expected value */
    JV_S_HASH_PROHIBITED = 11710, /* claim "s_hash" is not allowed */
    JV_S_HASH_NOTHING_EXPECTED = 11713, /* claim "s_hash" cannot be compared: the expected value is missing or empty, or the list is too long */
    JV_SID_MISSING = 11801, /* claim "sid" is missing, and so is "sub" */
    JV_SID_WRONG_TYPE = 11802, /* claim "sid" has the wrong JSON type */
    JV_SCOPE_WRONG_TYPE = 11902, /* claim "scope" has the wrong JSON type */
    JV_SCOPE_NOTHING_EXPECTED = 11913, /* claim "scope" cannot be compared: the expected value is missing or empty, or the list is too long */
    JV_OTHER_MISSING = 12001, /* a claim of the application is missing */
    JV_OTHER_WRONG_TYPE = 12002, /* a claim of the application has the wrong JSON type */
    JV_OTHER_MISMATCH = 12003, /* a claim of the application does not have an expected value */
    JV_OTHER_PROHIBITED = 12010, /* a claim of the application is not allowed */
};


#if defined(JV_64_BITS)
/*
 Bytes of memory for a key set beside its keys.
 */
#define JV_KEY_SET_BASE_SIZE 592
#endif

#if !defined(JV_64_BITS)
/*
 Bytes of memory for a key set beside its keys.
 */
#define JV_KEY_SET_BASE_SIZE 424
#endif

#if defined(JV_64_BITS)
/*
 Bytes of memory for each key: one of RSA with 2048 bits, whose `kid` has 44 bytes.
 */
#define JV_KEY_SIZE 592
#endif

#if !defined(JV_64_BITS)
/*
 Bytes of memory for each key: one of RSA with 2048 bits, whose `kid` has 44 bytes.
 */
#define JV_KEY_SIZE 584
#endif

/*
 Values in one list, at most.
 */
#define JV_MAX_VALUES 8

/*
 Any JWT (RFC 7519): `exp`, `nbf` and `iat` as far as they are there. Issuer and audience are to
 be decided.
 */
#define JV_PROFILE_JWT 1

/*
 An ID Token (OpenID Connect Core §3.1.3.7). To be given: issuers; our client identifiers as
 audience, and again as authorized party; the nonce is to be decided.
 */
#define JV_PROFILE_ID_TOKEN 2

/*
 An access token (RFC 9068 §4). To be given: issuers and audience.
 */
#define JV_PROFILE_ACCESS_TOKEN 3

/*
 `aud` names one of `values`; others beside it do not matter (RFC 7519 §4.1.3).
 */
#define JV_AUDIENCE_ANY_OF 1

/*
 `values` are our client identifiers, one of which `aud` names; every other audience is one of
 `trusted`, unless `azp` is one of ours (OpenID Connect Core §3.1.3.7).
 */
#define JV_AUDIENCE_CLIENT 2

/*
 Words of 64 bits in which a verified token fits, on any machine.
 */
#define JV_CLAIMS_WORDS 80

/*
 Instead of the time, on a device without a clock: times must still be numbers, but nothing is
 compared with them, so expired tokens pass. Make up for it with a nonce or a version.
 */
#define JV_NO_CLOCK -9223372036854775807

/*
 One algorithm. Name those that you accept by their addresses, such as `&JV_ES256`; a linker that
 drops unused sections (`-Wl,--gc-sections`) leaves all others out.
 */
typedef struct jv_algorithm jv_algorithm;

/*
 Keys, and the algorithms that they may be used with. It lives in memory of yours, begins where
 that begins, and must not be moved or copied. There is nothing to release. While nobody changes
 it, any number of threads may verify with it.
 */
typedef struct jv_key_set jv_key_set;

/*
 Text or bytes that belong to somebody else. Not ended by a zero byte; print it with `"%.*s",
 (int)s.len, s.data`.
 */
typedef struct jv_string {
    /*
     The first byte; may be NULL if there is none.
     */
    const uint8_t *data;
    /*
     How many.
     */
    size_t len;
} jv_string;

/*
 What a function says: 0 (`JV_OK`), the stable number of an error of the library
 (`JV_EXP_EXPIRED` and so on), or one from 1000 to 1999, which C alone can get: the call itself
 was wrong, or it asked for a claim that is not there (`JV_NO_SUCH_CLAIM`) or not what it asked
 for (`JV_OTHER_TYPE`).
 */
typedef uint32_t jv_error;

/*
 What is demanded of one claim. Memory that is all zeros demands nothing and leaves it undecided,
 which is an error.
 */
typedef uint32_t jv_demand;

/*
 A claim that is compared with one text.
 */
typedef struct jv_check_text {
    /*
     What is demanded.
     */
    jv_demand demand;
    /*
     The text, where the claim has to fit.
     */
    struct jv_string value;
} jv_check_text;

/*
 A claim that is compared with several texts, one of which must fit.
 */
typedef struct jv_check_texts {
    /*
     What is demanded.
     */
    jv_demand demand;
    /*
     The texts, where the claim has to fit.
     */
    const struct jv_string *values;
    /*
     How many; at most `JV_MAX_VALUES`.
     */
    size_t value_count;
} jv_check_texts;

/*
 The claim `aud`.
 */
typedef struct jv_check_audience {
    /*
     What is demanded.
     */
    jv_demand demand;
    /*
     `JV_AUDIENCE_ANY_OF` or `JV_AUDIENCE_CLIENT`
     */
    uint32_t kind;
    /*
     The texts, where the claim has to fit.
     */
    const struct jv_string *values;
    /*
     How many; at most `JV_MAX_VALUES`.
     */
    size_t value_count;
    /*
     Audiences that may stand beside us; only for `JV_AUDIENCE_CLIENT`.
     */
    const struct jv_string *trusted;
    /*
     How many; at most `JV_MAX_VALUES`.
     */
    size_t trusted_count;
} jv_check_audience;

/*
 A claim that is a time.
 */
typedef struct jv_check_time {
    /*
     What is demanded.
     */
    jv_demand demand;
    /*
     Tolerance in seconds, for clocks that disagree.
     */
    uint32_t leeway;
} jv_check_time;

/*
 The claim `auth_time`.
 */
typedef struct jv_check_age {
    /*
     What is demanded.
     */
    jv_demand demand;
    /*
     Seconds that may have passed.
     */
    uint32_t max_age;
    /*
     Tolerance in seconds.
     */
    uint32_t leeway;
} jv_check_age;

/*
 All checks of one kind of token. `jv_policy_init` fills it in; what it leaves to be decided, and
 what you change, you set afterwards.
 */
typedef struct jv_policy {
    /*
     `sizeof(jv_policy)`, set by `jv_policy_init`
     */
    size_t struct_size;
    /*
     The profile, set by `jv_policy_init`
     */
    uint32_t profile;
    /*
     The header's `typ`
     */
    struct jv_check_text typ;
    /*
     `iss`
     */
    struct jv_check_texts issuer;
    /*
     `sub`
     */
    struct jv_check_texts subject;
    /*
     `aud`
     */
    struct jv_check_audience audience;
    /*
     `azp`
     */
    struct jv_check_texts authorized_party;
    /*
     `exp`: refused when now ≥ `exp` + leeway
     */
    struct jv_check_time expires_at;
    /*
     `nbf`: refused when now + leeway < `nbf`
     */
    struct jv_check_time not_before;
    /*
     `iat`: refused when it lies later than now + leeway
     */
    struct jv_check_time issued_at;
    /*
     `nonce`
     */
    struct jv_check_text nonce;
    /*
     `auth_time`
     */
    struct jv_check_age auth_time;
    /*
     `acr`
     */
    struct jv_check_texts acr;
    /*
     `amr`: this method among them
     */
    struct jv_check_text amr;
    /*
     `jti`
     */
    struct jv_check_text jwt_id;
    /*
     `client_id`
     */
    struct jv_check_texts client_id;
    /*
     `events`: an object with a member of this name, whose value is an object (RFC 8417). An ID
     Token must not have the claim.
     */
    struct jv_check_text events;
} jv_policy;

/*
 The claims of a verified token. Initialise it with `JV_CLAIMS_INIT` and give it to `jv_verify`;
 only that fills it. It reads from the buffer that the token was decoded into.
 */
typedef struct jv_claims {
    /*
     `sizeof(jv_claims)`
     */
    size_t struct_size;
    /*
     For the library alone.
     */
    uint32_t verified;
    /*
     For the library alone.
     */
    uint64_t storage[JV_CLAIMS_WORDS];
} jv_claims;

/*
 Nothing is wrong.
 */
#define JV_OK 0

/*
 A pointer is NULL that must not be.
 */
#define JV_NULL_POINTER 1000

/*
 The first member of a struct is not the struct's size, or not one that this version knows.
 */
#define JV_STRUCT_SIZE 1001

/*
 Memory for a key set does not begin at a multiple of 8 bytes, or is too small for one key.
 */
#define JV_UNUSABLE_MEMORY 1002

/*
 Two buffers overlap, or a length is impossible.
 */
#define JV_OVERLAP 1003

/*
 A text is not UTF-8.
 */
#define JV_NOT_UTF8 1004

/*
 A check of the policy is left undecided, demands something and gives no value, or gives a value
 that its demand does not look at.
 */
#define JV_UNDECIDED 1005

/*
 A list is longer than `JV_MAX_VALUES`, or no demand, kind or profile has that number.
 */
#define JV_OUT_OF_RANGE 1006

/*
 The claims are not those of a token that was verified.
 */
#define JV_NOT_VERIFIED 1007

/*
 The token has no claim of that name.
 */
#define JV_NO_SUCH_CLAIM 1008

/*
 The claim is of another JSON type, or a number that does not fit.
 */
#define JV_OTHER_TYPE 1009

/*
 Not decided yet: verifying fails with `JV_UNDECIDED`.
 */
#define JV_DECIDE 0

/*
 The claim must be there and fit.
 */
#define JV_REQUIRED 1

/*
 The claim must be there, whatever it says.
 */
#define JV_PRESENT 2

/*
 The claim may be missing; if it is there, it must fit.
 */
#define JV_IF_PRESENT 3

/*
 The claim may have any value, and may be absent.
 */
#define JV_NOT_CHECKED 4

/*
 The claim must be absent.
 */
#define JV_ABSENT 5

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/*
 HMAC using SHA-256; the secret has at least 32 bytes.
 */
extern const struct jv_algorithm JV_HS256;

/*
 HMAC using SHA-384; the secret has at least 48 bytes.
 */
extern const struct jv_algorithm JV_HS384;

/*
 HMAC using SHA-512; the secret has at least 64 bytes.
 */
extern const struct jv_algorithm JV_HS512;

/*
 RSASSA-PKCS1-v1_5 using SHA-256.
 */
extern const struct jv_algorithm JV_RS256;

/*
 RSASSA-PKCS1-v1_5 using SHA-384.
 */
extern const struct jv_algorithm JV_RS384;

/*
 RSASSA-PKCS1-v1_5 using SHA-512.
 */
extern const struct jv_algorithm JV_RS512;

/*
 RSASSA-PSS using SHA-256 and MGF1 with SHA-256.
 */
extern const struct jv_algorithm JV_PS256;

/*
 RSASSA-PSS using SHA-384 and MGF1 with SHA-384.
 */
extern const struct jv_algorithm JV_PS384;

/*
 RSASSA-PSS using SHA-512 and MGF1 with SHA-512.
 */
extern const struct jv_algorithm JV_PS512;

/*
 ECDSA using P-256 and SHA-256.
 */
extern const struct jv_algorithm JV_ES256;

/*
 ECDSA using P-384 and SHA-384.
 */
extern const struct jv_algorithm JV_ES384;

/*
 ECDSA using P-521 and SHA-512.
 */
extern const struct jv_algorithm JV_ES512;

/*
 The stable name of an error in snake case, such as `bad_signature`.
 */
struct jv_string jv_error_name(jv_error error);

/*
 One sentence for a person, without a full stop.
 */
struct jv_string jv_error_message(jv_error error);

/*
 The claim that an error is about, such as `aud`, or an empty string if it is about no claim.
 */
struct jv_string jv_error_claim(jv_error error);

/*
 Whether fetching the issuer's keys again may help: for `JV_NO_KEY` only.
 */
bool jv_error_refresh_keys(jv_error error);

/*
 Bytes of memory for a key set of so many keys, to allocate it at run time. `JV_KEY_SET_MEMORY`
 declares it.

 Memory for N keys has room for N keys whose identifiers (`kid`) have 44 bytes on average, and
 256 more together, none of them larger than RSA with 2048 bits; one with 4096 bits takes the
 room of two. Bytes beyond those of N keys are room for larger keys, not for more.
 */
size_t jv_key_set_size(size_t capacity);

/*
 Makes a key set without keys in `memory`, which is aligned to 8 bytes and has room for at least
 one key. `algorithms` are the addresses of 1 to 16 algorithms, each of them once, all of them
 MACs or all of them signatures; only these are accepted. The list is copied.

 Gives `*set`, which points to the memory, or NULL after an error: `JV_NULL_POINTER`,
 `JV_UNUSABLE_MEMORY`, `JV_OVERLAP`, `JV_OUT_OF_RANGE`, `JV_UNUSABLE_ALGORITHM_LIST`. The memory
 is then as it was.

 # Safety

 `memory` is `memory_len` bytes that nobody else uses as long as the key set is used,
 `algorithms` an array of `algorithm_count` pointers to algorithms of this library, `set` a place
 for a pointer; each of them may be NULL.
 */
jv_error jv_key_set_init(uint8_t *memory,
                         size_t memory_len,
                         const struct jv_algorithm *const *algorithms,
                         size_t algorithm_count,
                         struct jv_key_set **set);

/*
 Has a token that names no key and that several keys fit refused (`JV_AMBIGUOUS_KEY`) instead of
 tried with each.

 # Safety

 `set` is NULL or what [`jv_key_set_init`] gave, and nobody else uses it now. So it is for all
 that follow.
 */
jv_error jv_key_set_refuse_ambiguity(struct jv_key_set *set);

/*
 Replaces all keys by those of a JWK Set (RFC 7517 §5) that can be used. An entry that cannot be
 used is skipped; `kept` and `skipped`, which may be NULL, receive the numbers.

 If the text is no JWK Set the keys stay as they are. If nothing in it can be used
 (`JV_NO_USABLE_KEY`), none are left. If there is no room for all (`JV_KEY_SET_FULL`), those for
 which there is are kept and can be used.

 # Safety

 See [`jv_key_set_refuse_ambiguity`]; `jwks` is `jwks_len` bytes.
 */
jv_error jv_key_set_load(struct jv_key_set *set, const uint8_t *jwks, size_t jwks_len, size_t *kept, size_t *skipped);

/*
 Adds one JWK (RFC 7517 §4). Without `kid` it fits every token.

 # Safety

 See [`jv_key_set_refuse_ambiguity`]; `jwk` is `jwk_len` bytes.
 */
jv_error jv_key_set_add_jwk(struct jv_key_set *set, const uint8_t *jwk, size_t jwk_len);

/*
 Adds a shared secret, byte for byte, for the HMAC algorithms. `key_id` is its identifier, or a
 string of length 0: a key without one fits every token. So it is for the others.

 # Safety

 See [`jv_key_set_refuse_ambiguity`]; `secret` is `secret_len` bytes, `key_id` a string.
 */
jv_error jv_key_set_add_secret(struct jv_key_set *set,
                               const uint8_t *secret,
                               size_t secret_len,
                               struct jv_string key_id);

/*
 Adds a point on an elliptic curve, compressed or not (SEC 1 §2.3.3), for the ECDSA algorithm of
 the curve: `P-256`, `P-384` or `P-521`.

 # Safety

 See [`jv_key_set_refuse_ambiguity`]; `point` is `point_len` bytes, `curve` and `key_id` are
 strings.
 */
jv_error jv_key_set_add_ec_point(struct jv_key_set *set,
                                 struct jv_string curve,
                                 const uint8_t *point,
                                 size_t point_len,
                                 struct jv_string key_id);

/*
 Adds an RSA public key by modulus and exponent, both with the most significant byte first.

 # Safety

 See [`jv_key_set_refuse_ambiguity`]; `n` is `n_len` bytes, `e` is `e_len` bytes, `key_id` a
 string.
 */
jv_error jv_key_set_add_rsa(struct jv_key_set *set,
                            const uint8_t *n,
                            size_t n_len,
                            const uint8_t *e,
                            size_t e_len,
                            struct jv_string key_id);

/*
 How many keys there are.

 # Safety

 See [`jv_key_set_refuse_ambiguity`].
 */
size_t jv_key_set_len(const struct jv_key_set *set);

/*
 Overwrites the memory of a key set, for instance because of a secret in it. It is no key set
 afterwards.

 # Safety

 `memory` is NULL or `memory_len` bytes, and what [`jv_key_set_init`] made of it is no longer
 used.
 */
void jv_key_set_wipe(uint8_t *memory, size_t memory_len);

/*
 Fills in a policy with a profile: `JV_PROFILE_JWT`, `JV_PROFILE_ID_TOKEN` or
 `JV_PROFILE_ACCESS_TOKEN`. `struct_size` is `sizeof(jv_policy)`.

 # Safety

 `policy` is NULL or a place for a policy.
 */
jv_error jv_policy_init(struct jv_policy *policy, size_t struct_size, uint32_t profile);

/*
 The claims set as it is written: a JSON object, in `*payload`. It ends where the buffer is used
 again.

 # Safety

 `claims` is NULL or claims whose buffer is untouched, `payload` NULL or a place for a string.
 */
jv_error jv_claims_payload(const struct jv_claims *claims, struct jv_string *payload);

/*
 A claim that is a string, unescaped, with a zero byte behind it: the buffer has room for both,
 or nothing is written (`JV_BUFFER_TOO_SMALL`). `len`, which may be NULL, receives the length
 without the zero byte; a string may hold zero bytes of its own. Other errors:
 `JV_NO_SUCH_CLAIM`, `JV_OTHER_TYPE`, `JV_NOT_VERIFIED`.

 # Safety

 `claims` is NULL or claims whose buffer is untouched, `name` NULL or a string that ends with a
 zero byte, `buffer` is `buffer_len` bytes that nobody else uses, `len` NULL or a place for a
 number.
 */
jv_error jv_claims_string(const struct jv_claims *claims,
                          const char *name,
                          char *buffer,
                          size_t buffer_len,
                          size_t *len);

/*
 `iss`; see [`jv_claims_string`].

 # Safety

 See [`jv_claims_string`].
 */
jv_error jv_claims_issuer(const struct jv_claims *claims, char *buffer, size_t buffer_len, size_t *len);

/*
 `sub`; see [`jv_claims_string`].

 # Safety

 See [`jv_claims_string`].
 */
jv_error jv_claims_subject(const struct jv_claims *claims, char *buffer, size_t buffer_len, size_t *len);

/*
 `jti`; see [`jv_claims_string`].

 # Safety

 See [`jv_claims_string`].
 */
jv_error jv_claims_jwt_id(const struct jv_claims *claims, char *buffer, size_t buffer_len, size_t *len);

/*
 A claim that is an integer of 64 bits, written without fraction and exponent.

 # Safety

 `claims` is NULL or claims whose buffer is untouched, `name` NULL or a string that ends with a
 zero byte, `integer` NULL or a place for a number.
 */
jv_error jv_claims_integer(const struct jv_claims *claims, const char *name, int64_t *integer);

/*
 A claim that is a time: seconds since 1970-01-01T00:00:00Z, rounded towards the past, and
 nanoseconds after them, which may be NULL.

 # Safety

 See [`jv_claims_integer`].
 */
jv_error jv_claims_time(const struct jv_claims *claims, const char *name, int64_t *seconds, uint32_t *nanoseconds);

/*
 A claim that is `true` or `false`.

 # Safety

 See [`jv_claims_integer`].
 */
jv_error jv_claims_boolean(const struct jv_claims *claims, const char *name, bool *boolean);

/*
 Bytes of scratch that suffice for any token of this length.
 */
size_t jv_scratch_len(size_t token_len);

/*
 Verifies a JWT: its signature with `keys`, then its claims against `policy` at the time `now`,
 in seconds since 1970-01-01T00:00:00Z, or `JV_NO_CLOCK`.

 `claims` receives the result and reads from `scratch`, which is therefore left alone as long as
 claims are read. After an error the claims are empty.

 # Safety

 `token` is `token_len` bytes, `scratch` is `scratch_len` bytes that nobody else uses, `keys` a
 key set, `policy` a policy whose strings are there, `claims` a `jv_claims` that begins with its
 size. Each pointer may be NULL.
 */
jv_error jv_verify(const uint8_t *token,
                   size_t token_len,
                   const struct jv_key_set *keys,
                   const struct jv_policy *policy,
                   int64_t now,
                   uint8_t *scratch,
                   size_t scratch_len,
                   struct jv_claims *claims);

/*
 [`jv_verify`] without a scratch buffer: the token is decoded over its own text, which is no
 token afterwards, whatever comes of it. `claims` reads from there.

 # Safety

 As for [`jv_verify`]; nobody else uses the token's bytes.
 */
jv_error jv_verify_in_place(uint8_t *token,
                            size_t token_len,
                            const struct jv_key_set *keys,
                            const struct jv_policy *policy,
                            int64_t now,
                            struct jv_claims *claims);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* JOSE_VERIFY_H */
