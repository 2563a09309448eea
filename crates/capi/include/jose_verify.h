/* jose-verify: verifies JSON Web Tokens. README.md explains how to link the library.
 *
 * Generated from crates/capi/src by crates/capi/header; do not edit.
 *
 * All memory belongs to the caller. Nothing is allocated, nothing is global, and nothing has to be
 * released. Strings and buffers are a pointer and a length. A call with wrong arguments returns an
 * error from 1000 to 1999. After an error, every output is empty: 0, false or an empty string. */

#ifndef JOSE_VERIFY_H
#define JOSE_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Keys are stored in machine words, so sizes depend on the width of a word. */
#if UINTPTR_MAX > UINT32_MAX
#define JV_64_BITS
#endif

/* Declares memory for a key set: static JV_KEY_SET_MEMORY(memory, 4);
 * See jv_key_set_size for what it holds. */
#define JV_KEY_SET_MEMORY(name, capacity) \
    uint64_t name[(JV_KEY_SET_BASE_SIZE + (capacity) * JV_KEY_SIZE + 7) / 8]

/* Initializes claims: jv_claims claims = JV_CLAIMS_INIT; */
#define JV_CLAIMS_INIT {sizeof(jv_claims), 0, {0}}

/* Makes a jv_string from a literal: JV_STRING("https://issuer.example.com")
 * Does not compile with a wide literal, or with a pointer or an array, whose sizeof is not the
 * length. */
#define JV_LITERAL_LEN_(literal) \
    (sizeof("" literal "") - sizeof(char[sizeof(*"" literal "") == 1 ? 1 : -1]))
#define JV_LITERAL_(literal) {(const uint8_t *)("" literal ""), JV_LITERAL_LEN_(literal)}
#ifdef __cplusplus
#define JV_STRING(literal) (jv_string JV_LITERAL_(literal))
#else
#define JV_STRING(literal) ((jv_string)JV_LITERAL_(literal))
#endif

/* Lets the compiler warn if a result is not used. */
#if defined(__GNUC__)
#define JV_MUST_USE __attribute__((warn_unused_result))
#elif (defined(__cplusplus) && __cplusplus >= 201703L) || \
    (defined(_MSVC_LANG) && _MSVC_LANG >= 201703L) || \
    (defined(__STDC_VERSION__) && __STDC_VERSION__ >= 202311L)
#define JV_MUST_USE [[nodiscard]]
#else
#define JV_MUST_USE
#endif

/* Errors of tokens and keys. */
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
    JV_PRIVATE_KEY = 30, /* the text is a private key, and a verifier needs the public key */
    JV_DER_NOT_PEM = 31, /* the key is in DER, not in PEM */
    JV_SSH_KEY = 32, /* the key is in an SSH format, not in PEM */
    JV_ESCAPED_LINE_BREAKS = 33, /* the PEM text contains the characters \n instead of line breaks */
    JV_NO_LINE_BREAKS = 34, /* the PEM block has no line breaks */
    JV_NO_PEM_BOUNDARY = 35, /* the BEGIN or END line of the PEM block is missing */
    JV_UNSUPPORTED_PEM_LABEL = 36, /* the label of the PEM block is not that of a public key or a certificate */
    JV_SHORT_COORDINATE = 37, /* a coordinate does not have the full width of the curve: leading zeros are missing */
    JV_PUBLIC_KEY_AS_SECRET = 38, /* the shared secret is the text of an asymmetric key */
    JV_STALE_KEYS = 39, /* the published keys are older than allowed */
    JV_MALFORMED_CLAIMS = 40, /* the payload is not a JSON object */
    JV_BUFFER_TOO_SMALL = 44, /* the buffer is too small for the result */
    JV_INSUFFICIENT_SCOPE = 89, /* the token lacks a required scope */
    JV_REPLAYED = 90, /* the token was used before */
    JV_REPLAY_GUARD_FULL = 91, /* the replay guard has no room for another token */
    JV_REPLAY_UNKNOWN = 92, /* the clock went back, and the replay guard may have forgotten the token */
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
    JV_LIMIT_KEY_ID_LEN = 210, /* the "kid" of a key is longer than the limit */
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
 Bytes of memory that a key set needs in addition to its keys.
 */
#define JV_KEY_SET_BASE_SIZE 592
#endif

#if !defined(JV_64_BITS)
/*
 Bytes of memory that a key set needs in addition to its keys.
 */
#define JV_KEY_SET_BASE_SIZE 424
#endif

#if defined(JV_64_BITS)
/*
 Bytes of memory for each key: an RSA key of 2048 bits with a `kid` of 44 bytes.
 */
#define JV_KEY_SIZE 592
#endif

#if !defined(JV_64_BITS)
/*
 Bytes of memory for each key: an RSA key of 2048 bits with a `kid` of 44 bytes.
 */
#define JV_KEY_SIZE 584
#endif

/*
 The largest number of values in one list.
 */
#define JV_MAX_VALUES 8

/*
 Any JWT (RFC 7519). Checks `exp`, `nbf` and `iat` if they are present. You decide the checks of
 `iss` and `aud`.
 */
#define JV_PROFILE_JWT 1

/*
 An ID token (OpenID Connect Core §3.1.3.7). You set the issuers, and your client identifiers
 twice: as the audience and as the authorized party. You decide the check of the nonce.
 */
#define JV_PROFILE_ID_TOKEN 2

/*
 An access token (RFC 9068 §4). You set the issuers and the audience.
 */
#define JV_PROFILE_ACCESS_TOKEN 3

/*
 `aud` must contain one of `values`. Other audiences do not matter (RFC 7519 §4.1.3).
 */
#define JV_AUDIENCE_ANY_OF 1

/*
 `values` are your client identifiers, one of which `aud` must contain. Every other audience must
 be one of `trusted`, unless `azp` is one of yours (OpenID Connect Core §3.1.3.7).
 */
#define JV_AUDIENCE_CLIENT 2

/*
 Number of 64-bit words that can hold the result of verification on any machine.
 */
#define JV_CLAIMS_WORDS 80

/*
 The time of a device without a clock. Time claims must still be numbers, but they are not
 compared, so expired tokens are accepted. Compensate with a nonce or a version.
 */
#define JV_NO_CLOCK -9223372036854775807

/*
 An algorithm. List the ones that you accept by their addresses, such as `&JV_ES256`. A linker
 that drops unused sections (`-Wl,--gc-sections`) leaves out all others.
 */
typedef struct jv_algorithm jv_algorithm;

/*
 Keys, and the algorithms that they may be used with.

 A key set starts at the beginning of memory that you own. Do not move or copy it. Nothing has to
 be released. Any number of threads may verify with it while none changes it.
 */
typedef struct jv_key_set jv_key_set;

/*
 A borrowed string of UTF-8. It does not end with a zero byte; print it with
 `"%.*s", (int)s.len, (const char *)s.data`.
 */
typedef struct jv_string {
    /*
     Pointer to the first byte. May be NULL if the length is 0.
     */
    const uint8_t *data;
    /*
     Number of bytes.
     */
    size_t len;
} jv_string;

/*
 The result of a function: 0 (`JV_OK`) or an error.

 Numbers below 1000 and from 2000 on are the stable error numbers of the library, such as
 `JV_EXP_EXPIRED`. Numbers from 1000 to 1999 exist only in C: the call itself is wrong, or a
 claim is absent (`JV_NO_SUCH_CLAIM`) or has another type (`JV_OTHER_TYPE`).
 */
typedef uint32_t jv_error;

/*
 What a policy demands of one claim. In zeroed memory, every check is undecided, which is an
 error.
 */
typedef uint32_t jv_demand;

/*
 The check of a claim against one string.
 */
typedef struct jv_check_text {
    /*
     What is demanded.
     */
    jv_demand demand;
    /*
     The string to compare with. NULL data means that it is not set.
     */
    struct jv_string value;
} jv_check_text;

/*
 The check of a claim against several strings, one of which must match.
 */
typedef struct jv_check_texts {
    /*
     What is demanded.
     */
    jv_demand demand;
    /*
     The strings to compare with.
     */
    const struct jv_string *values;
    /*
     Number of `values`, at most `JV_MAX_VALUES`.
     */
    size_t value_count;
} jv_check_texts;

/*
 The check of `aud`.
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
     The strings to compare with.
     */
    const struct jv_string *values;
    /*
     Number of `values`, at most `JV_MAX_VALUES`.
     */
    size_t value_count;
    /*
     Audiences that are accepted in addition to yours. Only for `JV_AUDIENCE_CLIENT`.
     */
    const struct jv_string *trusted;
    /*
     Number of `trusted`, at most `JV_MAX_VALUES`.
     */
    size_t trusted_count;
} jv_check_audience;

/*
 The check of a time claim.
 */
typedef struct jv_check_time {
    /*
     What is demanded.
     */
    jv_demand demand;
    /*
     Tolerance for clock skew, in seconds.
     */
    uint32_t leeway;
} jv_check_time;

/*
 The check of `auth_time`.
 */
typedef struct jv_check_age {
    /*
     What is demanded.
     */
    jv_demand demand;
    /*
     The longest time since authentication, in seconds.
     */
    uint32_t max_age;
    /*
     Tolerance for clock skew, in seconds.
     */
    uint32_t leeway;
} jv_check_age;

/*
 All checks of one kind of token. `jv_policy_init` fills it in. Afterwards, set the checks that
 it leaves undecided, and change others if you need to.
 */
typedef struct jv_policy {
    /*
     `sizeof(jv_policy)`; set by `jv_policy_init`
     */
    size_t struct_size;
    /*
     The profile; set by `jv_policy_init`
     */
    uint32_t profile;
    /*
     `typ` in the header
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
     `exp`: rejected if now ≥ `exp` + leeway
     */
    struct jv_check_time expires_at;
    /*
     `nbf`: rejected if now + leeway < `nbf`
     */
    struct jv_check_time not_before;
    /*
     `iat`: rejected if now + leeway < `iat`
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
     `amr`: must contain this method
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
     `events`: must be an object with a member of this name, whose value is an object (RFC 8417).
     An ID token must not contain `events`.
     */
    struct jv_check_text events;
} jv_policy;

/*
 The claims of a token that was verified. Initialize it with `JV_CLAIMS_INIT`. Only `jv_verify`
 and its variants fill it in. It borrows from the buffer that the token was decoded into.
 */
typedef struct jv_claims {
    /*
     `sizeof(jv_claims)`
     */
    size_t struct_size;
    /*
     Private to the library.
     */
    uint32_t verified;
    /*
     Private to the library.
     */
    uint64_t storage[JV_CLAIMS_WORDS];
} jv_claims;

/*
 Success.
 */
#define JV_OK 0

/*
 A required pointer is NULL or misaligned.
 */
#define JV_NULL_POINTER 1000

/*
 The first member of a struct is not its size, or not a size that this version knows.
 */
#define JV_STRUCT_SIZE 1001

/*
 Memory for a key set is not aligned to 8 bytes, or is too small for one key.
 */
#define JV_UNUSABLE_MEMORY 1002

/*
 Two buffers overlap, or a length is too large for any buffer.
 */
#define JV_OVERLAP 1003

/*
 A string is not UTF-8.
 */
#define JV_NOT_UTF8 1004

/*
 A check of the policy is undecided, lacks the value that its demand compares, or has a value
 that its demand does not compare.
 */
#define JV_UNDECIDED 1005

/*
 A list has too many entries (see `JV_MAX_VALUES`) or too few, or a number is not a known demand,
 kind or profile.
 */
#define JV_OUT_OF_RANGE 1006

/*
 The claims are not from a token that was verified.
 */
#define JV_NOT_VERIFIED 1007

/*
 The token has no claim with this name.
 */
#define JV_NO_SUCH_CLAIM 1008

/*
 The claim has another JSON type, or is a number out of range.
 */
#define JV_OTHER_TYPE 1009

/*
 The time is before 1970, or its nanoseconds are a second or more. An example is `(time_t)-1`,
 with which `time` reports a failure.
 */
#define JV_TIME_OUT_OF_RANGE 1010

/*
 The string contains U+0000, at which a reader that does not know the length would stop.
 */
#define JV_ZERO_BYTE 1011

/*
 The check is undecided: verification fails with `JV_UNDECIDED`.
 */
#define JV_DECIDE 0

/*
 The claim must be present and match.
 */
#define JV_REQUIRED 1

/*
 The claim must be present with any value.
 */
#define JV_PRESENT 2

/*
 The claim may be absent. If present, it must match.
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
 HMAC using SHA-256. The secret must have at least 32 bytes.
 */
extern const struct jv_algorithm JV_HS256;

/*
 HMAC using SHA-384. The secret must have at least 48 bytes.
 */
extern const struct jv_algorithm JV_HS384;

/*
 HMAC using SHA-512. The secret must have at least 64 bytes.
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
 Returns the stable name of an error in snake case, such as `bad_signature`.
 */
JV_MUST_USE struct jv_string jv_error_name(jv_error error);

/*
 Returns a message for people: one sentence without a full stop.
 */
JV_MUST_USE struct jv_string jv_error_message(jv_error error);

/*
 Returns the claim that an error is about, such as `aud`, or an empty string if it is not about a
 claim.
 */
JV_MUST_USE struct jv_string jv_error_claim(jv_error error);

/*
 Returns whether fetching the issuer's keys again may help. Only `JV_NO_KEY` returns true.
 */
JV_MUST_USE bool jv_error_refresh_keys(jv_error error);

/*
 Returns the bytes of memory for a key set of `capacity` keys, to allocate it at run time.
 `JV_KEY_SET_MEMORY` declares it statically.

 Memory for N keys holds N keys of at most RSA-2048, whose identifiers (`kid`) have 44 bytes on
 average, and 256 bytes more in total. An RSA key of 4096 bits takes the memory of two. Memory
 between the sizes for N and N + 1 keys can hold larger keys, but not more of them.
 */
JV_MUST_USE size_t jv_key_set_size(size_t capacity);

/*
 Creates an empty key set in `memory`, which must be aligned to 8 bytes and large enough for one
 key.

 `algorithms` points to the addresses of 1 to 16 different algorithms. All must be MACs, or all
 signatures. Only these algorithms are accepted. The list is copied.

 On success, `*set` points to the beginning of `memory`. On error it is NULL, and nothing else is
 written. Errors: `JV_NULL_POINTER`, `JV_UNUSABLE_MEMORY`, `JV_OVERLAP`, `JV_OUT_OF_RANGE`,
 `JV_UNUSABLE_ALGORITHM_LIST`.

 # Safety

 `memory` is `memory_len` bytes that nothing else uses while the key set is in use. `algorithms`
 is an array of `algorithm_count` pointers to algorithms of this library. `set` points to a
 pointer that can be written. Each of them may be NULL.
 */
JV_MUST_USE
jv_error jv_key_set_init(uint8_t *memory,
                         size_t memory_len,
                         const struct jv_algorithm *const *algorithms,
                         size_t algorithm_count,
                         struct jv_key_set **set);

/*
 Rejects a token without a `kid` if several keys fit it (`JV_AMBIGUOUS_KEY`). By default, each of
 these keys is tried.

 # Safety

 `set` is NULL or a key set from `jv_key_set_init` that nothing else uses during the call.
 */
JV_MUST_USE jv_error jv_key_set_refuse_ambiguity(struct jv_key_set *set);

/*
 Replaces all keys with the usable keys of a JWK Set (RFC 7517 §5). Entries that cannot be used
 are skipped. `kept` and `skipped`, which may be NULL, receive the counts.

 If the text is not a JWK Set, the keys do not change. If no entry is usable
 (`JV_NO_USABLE_KEY`), the key set is empty afterwards. If not all usable keys fit
 (`JV_KEY_SET_FULL`), the keys that fit are loaded and can be used. These two errors report the
 counts of the load. After every other error, both counts are 0.

 # Safety

 See `jv_key_set_refuse_ambiguity`; `jwks` is `jwks_len` bytes. `kept` and `skipped` are NULL or
 point to numbers that can be written.
 */
JV_MUST_USE
jv_error jv_key_set_load(struct jv_key_set *set,
                         const uint8_t *jwks,
                         size_t jwks_len,
                         size_t *kept,
                         size_t *skipped);

/*
 Adds one JWK (RFC 7517 §4). A key without a `kid` fits every token.

 # Safety

 See `jv_key_set_refuse_ambiguity`; `jwk` is `jwk_len` bytes.
 */
JV_MUST_USE jv_error jv_key_set_add_jwk(struct jv_key_set *set, const uint8_t *jwk, size_t jwk_len);

/*
 Adds a shared secret for the HMAC algorithms. The bytes are used unchanged.

 `key_id` is the key's identifier. If its length is 0, the key has none and fits every token.

 # Safety

 See `jv_key_set_refuse_ambiguity`; `secret` is `secret_len` bytes and `key_id` a string.
 */
JV_MUST_USE
jv_error jv_key_set_add_secret(struct jv_key_set *set,
                               const uint8_t *secret,
                               size_t secret_len,
                               struct jv_string key_id);

/*
 Adds an ECDSA public key: a point, compressed or uncompressed (SEC 1 §2.3.3), on the curve
 `P-256`, `P-384` or `P-521`. `key_id` is as for `jv_key_set_add_secret`.

 # Safety

 See `jv_key_set_refuse_ambiguity`; `point` is `point_len` bytes, `curve` and `key_id` are
 strings.
 */
JV_MUST_USE
jv_error jv_key_set_add_ec_point(struct jv_key_set *set,
                                 struct jv_string curve,
                                 const uint8_t *point,
                                 size_t point_len,
                                 struct jv_string key_id);

/*
 Adds an RSA public key: modulus and exponent, both big-endian. `key_id` is as for
 `jv_key_set_add_secret`.

 # Safety

 See `jv_key_set_refuse_ambiguity`; `n` is `n_len` bytes, `e` is `e_len` bytes, and `key_id` is
 a string.
 */
JV_MUST_USE
jv_error jv_key_set_add_rsa(struct jv_key_set *set,
                            const uint8_t *n,
                            size_t n_len,
                            const uint8_t *e,
                            size_t e_len,
                            struct jv_string key_id);

/*
 Adds a public key in PEM (RFC 7468): `PUBLIC KEY`, `RSA PUBLIC KEY`, or the key of a
 `CERTIFICATE`, which is not validated. `key_id` is as for `jv_key_set_add_secret`.

 `scratch` receives the decoded bytes. It needs `jv_scratch_len(pem_len)` bytes.

 # Safety

 See `jv_key_set_refuse_ambiguity`; `pem` is `pem_len` bytes, `scratch` is `scratch_len` bytes
 that nothing else uses, and `key_id` is a string.
 */
JV_MUST_USE
jv_error jv_key_set_add_pem(struct jv_key_set *set,
                            const uint8_t *pem,
                            size_t pem_len,
                            uint8_t *scratch,
                            size_t scratch_len,
                            struct jv_string key_id);

/*
 Returns the number of keys in a key set, or 0 for NULL.

 # Safety

 `set` is NULL or a key set from `jv_key_set_init` that nothing modifies during the call.
 */
JV_MUST_USE size_t jv_key_set_len(const struct jv_key_set *set);

/*
 Overwrites the memory of a key set with zeros, for instance to erase a secret. The key set in it
 must not be used afterwards.

 # Safety

 `memory` is NULL or `memory_len` bytes, and a key set in it is no longer used.
 */
void jv_key_set_wipe(uint8_t *memory, size_t memory_len);

/*
 Fills in a policy with the checks of a profile: `JV_PROFILE_JWT`, `JV_PROFILE_ID_TOKEN` or
 `JV_PROFILE_ACCESS_TOKEN`. `struct_size` is `sizeof(jv_policy)`.

 If the profile is unknown (`JV_OUT_OF_RANGE`), the policy is filled with zeros, so that
 verification fails. If the size is wrong (`JV_STRUCT_SIZE`), nothing is written.

 # Safety

 `policy` is NULL or points to `struct_size` bytes that can be written.
 */
JV_MUST_USE jv_error jv_policy_init(struct jv_policy *policy, size_t struct_size, uint32_t profile);

/*
 Stores the claims set in `*payload`: a JSON object, exactly as in the token. The string is valid
 until the buffer is used again. On error, it is empty, and its `data` is not NULL.

 # Safety

 `claims` is NULL, or claims whose buffer was not modified. `payload` is NULL or points to a
 string that can be written.
 */
JV_MUST_USE jv_error jv_claims_payload(const struct jv_claims *claims, struct jv_string *payload);

/*
 Copies a string claim to `buffer`, unescaped and followed by a zero byte. `len` receives the
 length without the zero byte.

 `len` may be NULL. A string that contains U+0000 is then an error (`JV_ZERO_BYTE`), because a
 reader would stop there.

 If the string and the zero byte do not fit, the error is `JV_BUFFER_TOO_SMALL`. Other errors:
 `JV_NO_SUCH_CLAIM`, `JV_OTHER_TYPE`, `JV_NOT_VERIFIED`, and those of an invalid call. On every
 error, `buffer` contains the empty string and `*len` is 0. An output that overlaps the claims is
 not written (`JV_OVERLAP`).

 # Safety

 `claims` is NULL, or claims whose buffer was not modified. `name` is NULL or a string that ends
 with a zero byte. `buffer` is `buffer_len` bytes that nothing else uses. `len` is NULL or points
 to a number that can be written.
 */
JV_MUST_USE
jv_error jv_claims_string(const struct jv_claims *claims,
                          const char *name,
                          char *buffer,
                          size_t buffer_len,
                          size_t *len);

/*
 Copies `iss` to `buffer`; see `jv_claims_string`.

 # Safety

 See `jv_claims_string`.
 */
JV_MUST_USE jv_error jv_claims_issuer(const struct jv_claims *claims, char *buffer, size_t buffer_len, size_t *len);

/*
 Copies `sub` to `buffer`; see `jv_claims_string`.

 # Safety

 See `jv_claims_string`.
 */
JV_MUST_USE jv_error jv_claims_subject(const struct jv_claims *claims, char *buffer, size_t buffer_len, size_t *len);

/*
 Copies `jti` to `buffer`; see `jv_claims_string`.

 # Safety

 See `jv_claims_string`.
 */
JV_MUST_USE jv_error jv_claims_jwt_id(const struct jv_claims *claims, char *buffer, size_t buffer_len, size_t *len);

/*
 Stores a claim that is a 64-bit integer in `*integer`, which is 0 on error. A number with a
 fraction or an exponent is `JV_OTHER_TYPE`.

 # Safety

 `claims` is NULL, or claims whose buffer was not modified. `name` is NULL or a string that ends
 with a zero byte. `integer` is NULL or points to a number that can be written.
 */
JV_MUST_USE jv_error jv_claims_integer(const struct jv_claims *claims, const char *name, int64_t *integer);

/*
 Stores a time claim. `*seconds` receives the whole seconds since 1970-01-01T00:00:00Z, rounded
 down, and `*nanoseconds` receives the rest. Both are 0 on error. Either pointer may be NULL.

 # Safety

 See `jv_claims_integer`.
 */
JV_MUST_USE
jv_error jv_claims_time(const struct jv_claims *claims,
                        const char *name,
                        int64_t *seconds,
                        uint32_t *nanoseconds);

/*
 Stores a claim that is `true` or `false` in `*boolean`, which is `false` on error.

 # Safety

 See `jv_claims_integer`.
 */
JV_MUST_USE jv_error jv_claims_boolean(const struct jv_claims *claims, const char *name, bool *boolean);

/*
 Returns the bytes of scratch that suffice for any token of this length.
 */
JV_MUST_USE size_t jv_scratch_len(size_t token_len);

/*
 Verifies the signature of a JWT with `keys`, then checks its claims against `policy`.

 `now` is the time in whole seconds since 1970-01-01T00:00:00Z, or `JV_NO_CLOCK`. `exp` is
 compared with the start of this second, and times that must not be in the future with its end.
 Every other negative time is an error (`JV_TIME_OUT_OF_RANGE`). An example is `(time_t)-1`, with
 which `time` reports a failure.

 `claims` receives the result. It borrows from `scratch`, so do not modify `scratch` while you
 read claims. After an error `claims` is empty.

 # Safety

 `token` is `token_len` bytes, and `scratch` is `scratch_len` bytes that nothing else uses.
 `keys` is a key set, `policy` is a policy whose strings are valid, and `claims` is a `jv_claims`
 that begins with its size. Each pointer may be NULL.
 */
JV_MUST_USE
jv_error jv_verify(const uint8_t *token,
                   size_t token_len,
                   const struct jv_key_set *keys,
                   const struct jv_policy *policy,
                   int64_t now,
                   uint8_t *scratch,
                   size_t scratch_len,
                   struct jv_claims *claims);

/*
 Verifies like `jv_verify`, at a time with fractions of a second. `seconds` since
 1970-01-01T00:00:00Z must not be negative, and `nanoseconds` must be less than 1,000,000,000.

 # Safety

 As for `jv_verify`.
 */
JV_MUST_USE
jv_error jv_verify_at(const uint8_t *token,
                      size_t token_len,
                      const struct jv_key_set *keys,
                      const struct jv_policy *policy,
                      int64_t seconds,
                      uint32_t nanoseconds,
                      uint8_t *scratch,
                      size_t scratch_len,
                      struct jv_claims *claims);

/*
 Verifies like `jv_verify`, but without a scratch buffer. `token` is overwritten, even on
 error, and `claims` borrows from it.

 # Safety

 As for `jv_verify`; nothing else uses the token's bytes.
 */
JV_MUST_USE
jv_error jv_verify_in_place(uint8_t *token,
                            size_t token_len,
                            const struct jv_key_set *keys,
                            const struct jv_policy *policy,
                            int64_t now,
                            struct jv_claims *claims);

/*
 Verifies like `jv_verify_in_place`, at a time as for `jv_verify_at`.

 # Safety

 As for `jv_verify_in_place`.
 */
JV_MUST_USE
jv_error jv_verify_in_place_at(uint8_t *token,
                               size_t token_len,
                               const struct jv_key_set *keys,
                               const struct jv_policy *policy,
                               int64_t seconds,
                               uint32_t nanoseconds,
                               struct jv_claims *claims);

/*
 Returns what is wrong with a text that is not a token, as a clause for people, such as "the
 token is in quotation marks". The string is empty if the mistake is not a known one. It contains
 nothing from the text.

 Use it for a message after `JV_MALFORMED_TOKEN` or `JV_MALFORMED_BASE64URL`. It does not affect
 what is accepted. `jv_verify_in_place` overwrites the token, so pass a copy that was made
 before.

 # Safety

 `token` is NULL or `token_len` bytes.
 */
JV_MUST_USE struct jv_string jv_token_mistake(const uint8_t *token, size_t token_len);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* JOSE_VERIFY_H */
