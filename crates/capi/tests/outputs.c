/* After an error, every output is empty: a caller that ignores the error does not act on what the output contained before. */
#include "host.h"

/* {"iss":"joe","exp":1300819380,"sub":"a\u0000b","jti":"\u0000","end":"x\u0000","both":"\u00e9\u0000"} */
#define ZERO_BYTES \
    "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLCJleHAiOjEzMDA4MTkzODAsInN1YiI6ImFcdTAwMDBiIiwianRpIjoiXHUwMDA" \
    "wIiwiZW5kIjoieFx1MDAwMCIsImJvdGgiOiJcdTAwZTlcdTAwMDAifQ.FJ6XnxK3yT702XCL5KazwueKnwNLPe42GWDgewfg8YE"
/* {"iss":"joe","exp":1300819380,"empty":"","twin":"a\\u0000b","picture":"\u2400","n":5,"f":1.5,"yes":true,"nothing":null,"list":["a"]} */
#define VALUES \
    "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLCJleHAiOjEzMDA4MTkzODAsImVtcHR5IjoiIiwidHdpbiI6ImFcXHUwMDAwYiI" \
    "sInBpY3R1cmUiOiJcdTI0MDAiLCJuIjo1LCJmIjoxLjUsInllcyI6dHJ1ZSwibm90aGluZyI6bnVsbCwibGlzdCI6WyJhIl19.C4" \
    "Om0wWUdn0YuD85EDWtZJR07xiIuQ-NyTCTeCpMS_M"

static const jv_string STALE = {(const uint8_t *)"stale", 5};

/* Reads a string into a buffer that contains a name, and expects an error and the empty string. */
static void expect_empty(const jv_claims *claims, const char *name, size_t buffer_len, jv_error wanted) {
    char text[16] = "administrator";
    size_t len = 99;
    EXPECT(jv_claims_string(claims, name, text, buffer_len, &len), wanted);
    CHECK(len == 0 && (buffer_len == 0 || text[0] == 0) && strcmp(text + 1, "dministrator") == 0);
    text[0] = 'a';
    EXPECT(jv_claims_string(claims, name, text, buffer_len, NULL), wanted);
    CHECK(buffer_len == 0 || text[0] == 0);
}

/* Reads a claim that cannot be read as a number, a time or a `bool`. */
static void expect_zeros(const jv_claims *claims, const char *name, jv_error wanted) {
    int64_t integer = 99, seconds = 99;
    uint32_t nanoseconds = 99;
    bool boolean = true;
    EXPECT(jv_claims_integer(claims, name, &integer), wanted);
    EXPECT(jv_claims_time(claims, name, &seconds, &nanoseconds), wanted);
    EXPECT(jv_claims_boolean(claims, name, &boolean), wanted);
    CHECK(integer == 0 && seconds == 0 && nanoseconds == 0 && !boolean);
    seconds = nanoseconds = 99;
    EXPECT(jv_claims_time(claims, name, NULL, &nanoseconds), wanted);
    EXPECT(jv_claims_time(claims, name, &seconds, NULL), wanted);
    CHECK(seconds == 0 && nanoseconds == 0);
}

static void expect_no_payload(const jv_claims *claims, jv_error wanted) {
    jv_string payload = STALE;
    EXPECT(jv_claims_payload(claims, &payload), wanted);
    CHECK(payload.len == 0 && payload.data && payload.data[0] == 0);
}

/* Claims that were never verified, or are no claims. */
static void without_claims(const jv_key_set *keys, const jv_policy *policy) {
    jv_claims unsized = JV_CLAIMS_INIT, unverified = JV_CLAIMS_INIT, failed = JV_CLAIMS_INIT;
    unsized.struct_size--;
    EXPECT(verify_text(VALUES, keys, policy, BEFORE_EXPIRY, &failed), JV_OK);
    EXPECT(verify_text(VALUES, keys, policy, EXPIRY, &failed), JV_EXP_EXPIRED);
    const struct {
        const jv_claims *claims;
        jv_error wanted;
    } CASES[] = {
        {NULL, JV_NULL_POINTER},
        {(const jv_claims *)((const char *)&unverified + 1), JV_NULL_POINTER},
        {&unsized, JV_STRUCT_SIZE},
        {&unverified, JV_NOT_VERIFIED},
        {&failed, JV_NOT_VERIFIED},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        expect_empty(CASES[i].claims, "iss", 16, CASES[i].wanted);
        expect_empty(CASES[i].claims, "iss", 0, CASES[i].wanted);
        expect_zeros(CASES[i].claims, "exp", CASES[i].wanted);
        expect_no_payload(CASES[i].claims, CASES[i].wanted);
    }
}

/* Claims that are absent, have another type, or do not fit. */
static void with_claims(const jv_key_set *keys, const jv_policy *policy) {
    static const char *const NOT_STRINGS[] = {"exp", "n", "f", "yes", "nothing", "list"};
    jv_claims claims = JV_CLAIMS_INIT;
    char text[4] = "old";
    size_t len = 99;
    int64_t integer = 99;
    bool boolean = false;
    EXPECT(verify_text(VALUES, keys, policy, BEFORE_EXPIRY, &claims), JV_OK);
    for (size_t i = 0; i < sizeof NOT_STRINGS / sizeof *NOT_STRINGS; i++)
        expect_empty(&claims, NOT_STRINGS[i], 16, JV_OTHER_TYPE);
    expect_zeros(&claims, "iss", JV_OTHER_TYPE);
    expect_zeros(&claims, "nothing", JV_OTHER_TYPE);
    expect_zeros(&claims, "absent", JV_NO_SUCH_CLAIM);
    expect_zeros(&claims, NULL, JV_NULL_POINTER);
    expect_zeros(&claims, "\xff", JV_NOT_UTF8);
    expect_empty(&claims, "absent", 16, JV_NO_SUCH_CLAIM);
    expect_empty(&claims, NULL, 16, JV_NULL_POINTER);
    expect_empty(&claims, "\xff", 16, JV_NOT_UTF8);
    expect_empty(&claims, "iss", 3, JV_BUFFER_TOO_SMALL);
    expect_empty(&claims, "iss", 1, JV_BUFFER_TOO_SMALL);
    expect_empty(&claims, "iss", 0, JV_BUFFER_TOO_SMALL);
    /* "a\\u0000b" has seven characters. */
    expect_empty(&claims, "twin", 8, JV_BUFFER_TOO_SMALL);
    EXPECT(jv_claims_subject(&claims, text, sizeof text, &len), JV_NO_SUCH_CLAIM);
    CHECK(text[0] == 0 && len == 0);
    text[0] = 'o', len = 99;
    EXPECT(jv_claims_jwt_id(&claims, text, sizeof text, &len), JV_NO_SUCH_CLAIM);
    CHECK(text[0] == 0 && len == 0);
    text[0] = 'o', len = 99;
    EXPECT(jv_claims_issuer(&claims, text, 3, &len), JV_BUFFER_TOO_SMALL);
    CHECK(text[0] == 0 && len == 0);
    /* A length that no buffer has is no buffer. */
    text[0] = 'o';
    EXPECT(jv_claims_issuer(&claims, text, SIZE_MAX, &len), JV_OVERLAP);
    CHECK(text[0] == 'o' && len == 0);
    EXPECT(jv_claims_issuer(&claims, NULL, 4, &len), JV_NULL_POINTER);
    CHECK(len == 0);
    /* What has the type is stored. */
    EXPECT(jv_claims_string(&claims, "empty", text, 1, NULL), JV_OK);
    CHECK(text[0] == 0);
    EXPECT(jv_claims_issuer(&claims, text, sizeof text, &len), JV_OK);
    CHECK(strcmp(text, "joe") == 0 && len == 3);
    EXPECT(jv_claims_integer(&claims, "n", &integer), JV_OK);
    EXPECT(jv_claims_boolean(&claims, "yes", &boolean), JV_OK);
    CHECK(integer == 5 && boolean);
}

/* Without a length, C reads "a\0b" as "a". */
static void zero_bytes(const jv_key_set *keys, const jv_policy *policy) {
    static const struct {
        const char *name, *value;
        size_t len;
    } WITH[] = {{"sub", "a\0b", 3}, {"jti", "\0", 1}, {"end", "x\0", 2}, {"both", "\xc3\xa9\0", 3}},
      WITHOUT[] = {{"iss", "joe", 3}, {"empty", "", 0}, {"twin", "a\\u0000b", 8}, {"picture", "\xe2\x90\x80", 3}};
    jv_claims claims = JV_CLAIMS_INIT;
    char text[9];
    size_t len;
    EXPECT(verify_text(ZERO_BYTES, keys, policy, BEFORE_EXPIRY, &claims), JV_OK);
    for (size_t i = 0; i < 4; i++) {
        memset(text, 'o', sizeof text);
        EXPECT(jv_claims_string(&claims, WITH[i].name, text, sizeof text, NULL), JV_ZERO_BYTE);
        CHECK(text[0] == 0 && text[1] == 'o');
        EXPECT(jv_claims_string(&claims, WITH[i].name, text, sizeof text, &len), JV_OK);
        CHECK(len == WITH[i].len && memcmp(text, WITH[i].value, len + 1) == 0);
    }
    memset(text, 'o', sizeof text);
    EXPECT(jv_claims_subject(&claims, text, sizeof text, NULL), JV_ZERO_BYTE);
    CHECK(text[0] == 0);
    text[0] = 'o';
    EXPECT(jv_claims_jwt_id(&claims, text, sizeof text, NULL), JV_ZERO_BYTE);
    CHECK(text[0] == 0);
    EXPECT(verify_text(VALUES, keys, policy, BEFORE_EXPIRY, &claims), JV_OK);
    for (size_t i = 0; i < 4; i++) {
        EXPECT(jv_claims_string(&claims, WITHOUT[i].name, text, sizeof text, NULL), JV_OK);
        CHECK(memcmp(text, WITHOUT[i].value, WITHOUT[i].len + 1) == 0);
    }
}

/* An output in the claims, or in the payload that they borrow, would change what is read next. It is not written. */
static void overlapping_outputs(const jv_key_set *keys, const jv_policy *policy) {
    jv_claims claims = JV_CLAIMS_INIT, before;
    union {
        size_t len;
        char text[16];
        struct {
            int64_t seconds;
        } time;
        uint32_t nanoseconds;
    } both;
    jv_string payload;
    int64_t integer = 99;
    uint32_t nanoseconds = 99;
    size_t len = 99;
    EXPECT(verify_text(VALUES, keys, policy, BEFORE_EXPIRY, &claims), JV_OK);
    EXPECT(jv_claims_payload(&claims, &payload), JV_OK);
    before = claims;
    void *const inside[] = {&claims, &claims.verified, &claims.storage[3], (uint8_t *)(uintptr_t)payload.data,
                            (uint8_t *)(uintptr_t)payload.data + payload.len - 1};
    for (size_t i = 0; i < sizeof inside / sizeof *inside; i++) {
        EXPECT(jv_claims_integer(&claims, "exp", inside[i]), JV_OVERLAP);
        EXPECT(jv_claims_boolean(&claims, "yes", inside[i]), JV_OVERLAP);
        EXPECT(jv_claims_time(&claims, "exp", inside[i], &nanoseconds), JV_OVERLAP);
        EXPECT(jv_claims_time(&claims, "exp", &integer, inside[i]), JV_OVERLAP);
        EXPECT(jv_claims_payload(&claims, inside[i]), JV_OVERLAP);
        EXPECT(jv_claims_string(&claims, "iss", inside[i], 4, &len), JV_OVERLAP);
        CHECK(len == 0 && integer == 0 && nanoseconds == 0);
        EXPECT(jv_claims_string(&claims, "iss", both.text, sizeof both.text, inside[i]), JV_OVERLAP);
        CHECK(both.text[0] == 0);
        /* Also on another error. */
        EXPECT(jv_claims_integer(&claims, "absent", inside[i]), JV_NO_SUCH_CLAIM);
        EXPECT(jv_claims_string(&claims, "absent", inside[i], 4, NULL), JV_NO_SUCH_CLAIM);
        CHECK(memcmp(&before, &claims, sizeof claims) == 0);
        len = 99, integer = 99, nanoseconds = 99;
    }
    CHECK(memcmp(payload.data, "{\"iss\":\"joe\"", 12) == 0 && payload.data[payload.len - 1] == '}');
    /* Two outputs in the same place. */
    EXPECT(jv_claims_string(&claims, "iss", both.text, sizeof both.text, &both.len), JV_OVERLAP);
    CHECK(both.len == 0);
    EXPECT(jv_claims_time(&claims, "exp", &both.time.seconds, &both.nanoseconds), JV_OVERLAP);
    CHECK(both.time.seconds == 0);
    /* The name may be in the buffer. */
    strcpy(both.text, "iss");
    EXPECT(jv_claims_string(&claims, both.text, both.text, sizeof both.text, &len), JV_OK);
    CHECK(strcmp(both.text, "joe") == 0);
    strcpy(both.text, "none");
    EXPECT(jv_claims_string(&claims, both.text, both.text, sizeof both.text, &len), JV_NO_SUCH_CLAIM);
    CHECK(both.text[0] == 0);
}

/* Outputs of verification, of key sets and of policies. */
static void other_outputs(const jv_key_set *keys, const jv_policy *policy) {
    static const jv_algorithm *const hs256[] = {&JV_HS256};
    static const char NO_KEYS[] = "{\"keys\":[]}";
    static JV_KEY_SET_MEMORY(memory, 1);
    jv_claims claims = JV_CLAIMS_INIT;
    jv_policy filled = *policy, zeros;
    jv_key_set *set;
    size_t kept, skipped;
    memset(&zeros, 0, sizeof zeros);

    /* Verification with any mistake empties the claims. */
    for (int mistake = 0; mistake < 5; mistake++) {
        EXPECT(verify_text(VALUES, keys, policy, BEFORE_EXPIRY, &claims), JV_OK);
        const jv_error error = verify_text(mistake == 0 ? "no token" : VALUES, mistake == 1 ? NULL : keys,
                                           mistake == 2   ? NULL
                                           : mistake == 3 ? &zeros
                                                          : policy,
                                           mistake == 4 ? -1 : BEFORE_EXPIRY, &claims);
        static const jv_error WANTED[] = {JV_MALFORMED_TOKEN, JV_NULL_POINTER, JV_NULL_POINTER, JV_STRUCT_SIZE,
                                          JV_TIME_OUT_OF_RANGE};
        EXPECT(error, WANTED[mistake]);
        expect_no_payload(&claims, JV_NOT_VERIFIED);
    }
    /* Claims in the memory of the key set: neither is written. */
    EXPECT(jv_key_set_init((uint8_t *)memory, sizeof memory, hs256, 1, &set), JV_OK);
    jv_claims *const inside = (jv_claims *)(memory + sizeof memory / sizeof *memory - sizeof claims / 8);
    const jv_claims fresh = JV_CLAIMS_INIT;
    memcpy(inside, &fresh, sizeof fresh), inside->verified = 99;
    EXPECT(verify_text(VALUES, set, policy, BEFORE_EXPIRY, inside), JV_OVERLAP);
    CHECK(inside->verified == 99);

    /* A policy without a profile decides nothing. */
    EXPECT(jv_policy_init(&filled, sizeof filled, 99), JV_OUT_OF_RANGE);
    CHECK(memcmp(&filled, &zeros, sizeof zeros) == 0);
    filled.struct_size = sizeof filled, filled.profile = JV_PROFILE_JWT;
    EXPECT(verify_text(VALUES, keys, &filled, BEFORE_EXPIRY, &claims), JV_UNDECIDED);
    filled = *policy;
    EXPECT(jv_policy_init(&filled, sizeof filled + 1, JV_PROFILE_JWT), JV_STRUCT_SIZE);
    CHECK(filled.struct_size == sizeof filled && filled.issuer.demand == JV_REQUIRED && filled.issuer.values == policy->issuer.values);

    /* Counts of a load that did not happen. */
    const struct {
        jv_key_set *set;
        const char *jwks;
        jv_error wanted;
    } LOADS[] = {{NULL, NO_KEYS, JV_NULL_POINTER},
                 {set, NULL, JV_NULL_POINTER},
                 {set, "<html>....", JV_MALFORMED_JSON},
                 {set, "{\"kyes\":[]}", JV_MALFORMED_KEY},
                 {set, (const char *)memory, JV_OVERLAP}};
    for (size_t i = 0; i < sizeof LOADS / sizeof *LOADS; i++) {
        kept = skipped = 99;
        jv_error error = jv_key_set_load(LOADS[i].set, (const uint8_t *)LOADS[i].jwks, 10, &kept, &skipped);
        CHECK(error != JV_OK && kept == 0 && skipped == 0);
        if (i != 3) EXPECT(error, LOADS[i].wanted);
    }
    /* Inputs and outputs in the memory of the key set. */
    const jv_string in_set = {(const uint8_t *)memory + 16, 4};
    const uint8_t *const bytes = in_set.data;
    kept = 99;
    EXPECT(jv_key_set_load(set, (const uint8_t *)NO_KEYS, sizeof NO_KEYS - 1, (size_t *)memory + 2, &kept), JV_OVERLAP);
    CHECK(kept == 0);
    EXPECT(jv_key_set_load(set, (const uint8_t *)NO_KEYS, sizeof NO_KEYS - 1, NULL, (size_t *)memory + 2), JV_OVERLAP);
    EXPECT(jv_key_set_add_jwk(set, bytes, 4), JV_OVERLAP);
    EXPECT(jv_key_set_add_secret(set, bytes, 64, NO_KEY_ID), JV_OVERLAP);
    EXPECT(jv_key_set_add_secret(set, SECRET, sizeof SECRET, in_set), JV_OVERLAP);
    EXPECT(jv_key_set_add_ec_point(set, in_set, POINT, sizeof POINT, NO_KEY_ID), JV_OVERLAP);
    EXPECT(jv_key_set_add_ec_point(set, JV_STRING("P-256"), bytes, 65, NO_KEY_ID), JV_OVERLAP);
    EXPECT(jv_key_set_add_rsa(set, bytes, 4, POINT, 1, NO_KEY_ID), JV_OVERLAP);
    EXPECT(jv_key_set_add_rsa(set, POINT, 4, bytes, 1, NO_KEY_ID), JV_OVERLAP);
    EXPECT(jv_key_set_add_rsa(set, POINT, 4, POINT, 1, in_set), JV_OVERLAP);
    EXPECT(jv_key_set_init((uint8_t *)memory, sizeof memory, hs256, 1, (jv_key_set **)(void *)(memory + 1)), JV_OVERLAP);
    set = (jv_key_set *)memory;
    EXPECT(jv_key_set_init((uint8_t *)memory, 8, hs256, 1, &set), JV_UNUSABLE_MEMORY);
    CHECK(set == NULL);
}

void empty_outputs(void) {
    const jv_key_set *keys = secret_keys();
    jv_policy policy;
    EXPECT(joes_policy(&policy), JV_OK);
    without_claims(keys, &policy);
    with_claims(keys, &policy);
    zero_bytes(keys, &policy);
    overlapping_outputs(keys, &policy);
    other_outputs(keys, &policy);
    const jv_string none = jv_error_claim(JV_BAD_SIGNATURE);
    CHECK(none.len == 0 && none.data[0] == 0);
}
