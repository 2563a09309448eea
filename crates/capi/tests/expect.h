/* Shared by the programs for the host and for the device: the tokens of RFC 7515 and a policy for them. */
#ifndef EXPECT_H
#define EXPECT_H

#include "jose_verify.h"

/* {"iss":"joe","exp":1300819380,"http://example.com/is_root":true}, RFC 7515 A.1 and A.3 */
#define CLAIMS_TEXT "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
#define HS256_TOKEN "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." CLAIMS_TEXT \
    ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define ES256_TOKEN "eyJhbGciOiJFUzI1NiJ9." CLAIMS_TEXT \
    ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
#define BEFORE_EXPIRY 1300819379
#define EXPIRY 1300819380

/* The key of RFC 7515 A.3 as an uncompressed point. */
static const uint8_t POINT[65] = {
    4,   127, 205, 206, 39,  112, 246, 196, 93,  65, 131, 203, 238, 111, 219, 75,  123, 88,  7,   51,  53,  123,
    233, 239, 19,  186, 207, 110, 60,  123, 209, 84, 69,  199, 241, 68,  205, 27,  189, 155, 126, 135, 44,  223,
    237, 185, 238, 185, 244, 179, 105, 93,  110, 169, 11, 36,  173, 138, 70,  35,  40,  133, 136, 229, 173,
};

static const jv_string JOE = {(const uint8_t *)"joe", 3};
static const jv_string NO_KEY_ID = {0, 0};

/* A policy for an unexpired JWT from the issuer "joe". */
static inline jv_error joes_policy(jv_policy *policy) {
    jv_error error = jv_policy_init(policy, sizeof *policy, JV_PROFILE_JWT);
    if (error != JV_OK) return error;
    policy->issuer.demand = JV_REQUIRED;
    policy->issuer.values = &JOE;
    policy->issuer.value_count = 1;
    policy->audience.demand = JV_NOT_CHECKED;
    policy->expires_at.demand = JV_REQUIRED;
    return JV_OK;
}

#endif
