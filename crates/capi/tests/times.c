/* Times that C passes: whole seconds, fractions of a second, and times that are no time. */
#include "host.h"

/* {"iss":"joe","iat":1300819000.7,"nbf":1300819000.999999999,"exp":1300819380.5} */
#define FRACTIONS \
    "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLCJpYXQiOjEzMDA4MTkwMDAuNywibmJmIjoxMzAwODE5MDAwLjk5OTk5OTk5OSw" \
    "iZXhwIjoxMzAwODE5MzgwLjV9.CIZmqYamfiEU9D2Z7lsNKY_Pd73zxBTV3XCEVCJ2xh4"
/* {"iss":"joe","iat":1300819001,"exp":1300819380} */
#define NEXT_SECOND \
    "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLCJpYXQiOjEzMDA4MTkwMDEsImV4cCI6MTMwMDgxOTM4MH0.XwvGsPACLgVVcoz" \
    "hcRXkKsTiYaL8ficZAHWXnYWBIuo"
/* {"iss":"joe","nbf":1300819001,"exp":1300819380} */
#define NOT_BEFORE_NEXT_SECOND \
    "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLCJuYmYiOjEzMDA4MTkwMDEsImV4cCI6MTMwMDgxOTM4MH0.VYZP08_R53h6u6V" \
    "N3vEBcKZfSXZW1Ce30OZiBL8H6TA"

static jv_error verify_at(const char *text, const jv_key_set *keys, const jv_policy *policy, int64_t seconds,
                          uint32_t nanoseconds) {
    jv_claims claims = JV_CLAIMS_INIT;
    Buffer token = copy(text);
    const size_t scratch_len = jv_scratch_len(token.len);
    uint8_t *scratch = malloc(scratch_len);
    jv_error error = jv_verify_at(token.data, token.len, keys, policy, seconds, nanoseconds, scratch, scratch_len, &claims);
    EXPECT(jv_verify_in_place_at(token.data, token.len, keys, policy, seconds, nanoseconds, &claims), error);
    free(scratch), free(token.data);
    return error;
}

static jv_error verify_in_second(const char *text, const jv_key_set *keys, const jv_policy *policy, int64_t now) {
    jv_claims claims = JV_CLAIMS_INIT;
    Buffer token = copy(text);
    jv_error error = verify_text(text, keys, policy, now, &claims);
    EXPECT(jv_verify_in_place(token.data, token.len, keys, policy, now, &claims), error);
    free(token.data);
    return error;
}

/* `time` returns (time_t)-1 if there is no clock. Compared with `exp`, that is long before any expiry. */
static void no_time(const jv_key_set *keys, const jv_policy *policy) {
    static const int64_t TIMES[] = {-1, -2, -EXPIRY, INT64_MIN, JV_NO_CLOCK + 1, INT32_MIN, -1000000000};
    for (size_t i = 0; i < sizeof TIMES / sizeof *TIMES; i++) {
        EXPECT(verify_in_second(HS256_TOKEN, keys, policy, TIMES[i]), JV_TIME_OUT_OF_RANGE);
        EXPECT(verify_at(HS256_TOKEN, keys, policy, TIMES[i], 0), JV_TIME_OUT_OF_RANGE);
    }
    static const uint32_t NANOSECONDS[] = {1000000000, 1000000001, 0x80000000, UINT32_MAX};
    for (size_t i = 0; i < sizeof NANOSECONDS / sizeof *NANOSECONDS; i++)
        EXPECT(verify_at(HS256_TOKEN, keys, policy, BEFORE_EXPIRY, NANOSECONDS[i]), JV_TIME_OUT_OF_RANGE);
    /* JV_NO_CLOCK is not a number of seconds. */
    EXPECT(verify_at(HS256_TOKEN, keys, policy, JV_NO_CLOCK, 0), JV_TIME_OUT_OF_RANGE);
    EXPECT(verify_in_second(HS256_TOKEN, keys, policy, JV_NO_CLOCK), JV_OK);
    EXPECT(verify_in_second(HS256_TOKEN, keys, policy, 0), JV_OK);
    EXPECT(verify_in_second(HS256_TOKEN, keys, policy, INT64_MAX), JV_EXP_EXPIRED);
    EXPECT(verify_at(HS256_TOKEN, keys, policy, INT64_MAX, 999999999), JV_EXP_EXPIRED);
}

/* A second of `time` stands for all moments until the next one. */
static void whole_seconds(const jv_key_set *keys, const jv_policy *policy) {
    static const struct {
        const char *token;
        int64_t now;
        jv_error wanted;
    } CASES[] = {
        /* iat = now + 0.7 and nbf = now + 0.999999999 are in the same second; exp = now + 0.5 has not come. */
        {FRACTIONS, 1300819000, JV_OK},
        {FRACTIONS, 1300819380, JV_OK},
        {FRACTIONS, 1300818999, JV_NBF_NOT_YET_VALID},
        {FRACTIONS, 1300819381, JV_EXP_EXPIRED},
        {NEXT_SECOND, 1300819001, JV_OK},
        {NEXT_SECOND, 1300819000, JV_IAT_IN_FUTURE},
        {NOT_BEFORE_NEXT_SECOND, 1300819001, JV_OK},
        {NOT_BEFORE_NEXT_SECOND, 1300819000, JV_NBF_NOT_YET_VALID},
        {HS256_TOKEN, BEFORE_EXPIRY, JV_OK},
        {HS256_TOKEN, EXPIRY, JV_EXP_EXPIRED},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        EXPECT(verify_in_second(CASES[i].token, keys, policy, CASES[i].now), CASES[i].wanted);
}

static void fractions(const jv_key_set *keys, const jv_policy *policy) {
    static const struct {
        const char *token;
        int64_t seconds;
        uint32_t nanoseconds;
        jv_error wanted;
    } CASES[] = {
        {FRACTIONS, 1300819000, 999999999, JV_OK},
        {FRACTIONS, 1300819000, 999999998, JV_NBF_NOT_YET_VALID},
        {FRACTIONS, 1300819000, 0, JV_NBF_NOT_YET_VALID},
        {FRACTIONS, 1300819380, 499999999, JV_OK},
        {FRACTIONS, 1300819380, 500000000, JV_EXP_EXPIRED},
        {NEXT_SECOND, 1300819000, 999999999, JV_IAT_IN_FUTURE},
        {NEXT_SECOND, 1300819001, 0, JV_OK},
        {HS256_TOKEN, BEFORE_EXPIRY, 999999999, JV_OK},
        {HS256_TOKEN, EXPIRY, 0, JV_EXP_EXPIRED},
        {HS256_TOKEN, 0, 0, JV_OK},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        EXPECT(verify_at(CASES[i].token, keys, policy, CASES[i].seconds, CASES[i].nanoseconds), CASES[i].wanted);
    jv_policy issued = *policy;
    issued.not_before.demand = JV_NOT_CHECKED;
    EXPECT(verify_at(FRACTIONS, keys, &issued, 1300819000, 700000000), JV_OK);
    EXPECT(verify_at(FRACTIONS, keys, &issued, 1300819000, 699999999), JV_IAT_IN_FUTURE);
}

void times(void) {
    const jv_key_set *keys = secret_keys();
    jv_policy policy;
    EXPECT(joes_policy(&policy), JV_OK);
    no_time(keys, &policy);
    whole_seconds(keys, &policy);
    fractions(keys, &policy);
}
