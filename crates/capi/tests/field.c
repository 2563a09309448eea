/* What issuers and users send: each kind with inputs that are accepted, and inputs that look alike and are not. */
#include "host.h"

/* {"alg":"HS256","kid":"1"}, {"iss":"joe","exp":1300819380} */
#define KID_1 \
    "eyJhbGciOiJIUzI1NiIsImtpZCI6IjEifQ.eyJpc3MiOiJqb2UiLCJleHAiOjEzMDA4MTkzODB9.9Mi-aMZXSy1BAJfqkY9k7AGH" \
    "IsFFa9Ur76RlB83jilY"
/* {"alg":"HS256","kid":""}, {"iss":"joe","exp":1300819380} */
#define KID_EMPTY \
    "eyJhbGciOiJIUzI1NiIsImtpZCI6IiJ9.eyJpc3MiOiJqb2UiLCJleHAiOjEzMDA4MTkzODB9.lyly36fBiHDxupjsPhzIO6C5pA" \
    "IiZAy9tIcNvFWFJNI"
/* {"alg":"HS256","kid":null,"typ":null,"cty":null}, {"iss":"joe","exp":1300819380} */
#define KID_NULL \
    "eyJhbGciOiJIUzI1NiIsImtpZCI6bnVsbCwidHlwIjpudWxsLCJjdHkiOm51bGx9.eyJpc3MiOiJqb2UiLCJleHAiOjEzMDA4MTk" \
    "zODB9.x2c83dFz4-GvNjKN_OunmORmV5ha6IcUa7r4plvB6Iw"
/* {"alg":"HS256","kid":1}, {"iss":"joe","exp":1300819380} */
#define KID_NUMBER \
    "eyJhbGciOiJIUzI1NiIsImtpZCI6MX0.eyJpc3MiOiJqb2UiLCJleHAiOjEzMDA4MTkzODB9.8P-TVGge63TLHmjxNgbXP7SGMTp" \
    "Vxl2RF0ecEiLw_bQ"
/* {"alg":"HS256","kid":"https://issuer.example.com/keys/1"}, {"iss":"joe","exp":1300819380} */
#define KID_URL \
    "eyJhbGciOiJIUzI1NiIsImtpZCI6Imh0dHBzOi8vaXNzdWVyLmV4YW1wbGUuY29tL2tleXMvMSJ9.eyJpc3MiOiJqb2UiLCJleHA" \
    "iOjEzMDA4MTkzODB9.Qx8yXXPMxdv9jExpcdPq6txRE5b1KvGdS95TZ0auc6I"
/* {"alg":null}, {"iss":"joe","exp":1300819380} */
#define ALG_NULL \
    "eyJhbGciOm51bGx9.eyJpc3MiOiJqb2UiLCJleHAiOjEzMDA4MTkzODB9.3H9el70TwQiCPFdL_wOhI-fOoEvVajdTq2Xm1v5rlX" \
    "I"
/* {"iss":"joe","exp":1300819380,"iat":1300819000,"sub":"u","aud":"server","azp":"android"} */
#define GOOGLE_ON_ANDROID \
    "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLCJleHAiOjEzMDA4MTkzODAsImlhdCI6MTMwMDgxOTAwMCwic3ViIjoidSIsImF" \
    "1ZCI6InNlcnZlciIsImF6cCI6ImFuZHJvaWQifQ.i64x7EDudV5pFdX0kTl-NaDI_5OhePMNkCvFmEuKoMk"
/* {"iss":"joe","exp":1300819380,"iat":1300819000,"sub":"u","aud":"android","azp":"android"} */
#define FOR_THE_APP \
    "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLCJleHAiOjEzMDA4MTkzODAsImlhdCI6MTMwMDgxOTAwMCwic3ViIjoidSIsImF" \
    "1ZCI6ImFuZHJvaWQiLCJhenAiOiJhbmRyb2lkIn0.bXIyxnl44S17fgGqO1xqLNd1scQ8j_GuypfAfEB56Oo"
/* {"iss":"joe","exp":1300819380,"iat":1300819000,"sub":"u","aud":"server","azp":"other"} */
#define OF_ANOTHER_APP \
    "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLCJleHAiOjEzMDA4MTkzODAsImlhdCI6MTMwMDgxOTAwMCwic3ViIjoidSIsImF" \
    "1ZCI6InNlcnZlciIsImF6cCI6Im90aGVyIn0.FiDJlQQ8ffq6oJgbGXPOSWDkuo8MHw1ayX3FnJavF10"
/* {"iss":"joe","exp":1300819380,"iat":1300819000,"sub":"u","aud":"server"} */
#define WITHOUT_AZP \
    "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLCJleHAiOjEzMDA4MTkzODAsImlhdCI6MTMwMDgxOTAwMCwic3ViIjoidSIsImF" \
    "1ZCI6InNlcnZlciJ9.pQ9tM-zofWQhQNyJwe17DgzJaM7nvdQFYtUQJ2vd5r0"
/* {"iss":"joe","exp":1300819380,"client_id":"app"} */
#define COGNITO \
    "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLCJleHAiOjEzMDA4MTkzODAsImNsaWVudF9pZCI6ImFwcCJ9.N8uUk0HnEK-5hd" \
    "05m1gGTiD96SGofJ34aLnpZ-9H2lg"
/* {"iss":"joe","exp":1300819380,"client_id":"other"} */
#define OF_ANOTHER_CLIENT \
    "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLCJleHAiOjEzMDA4MTkzODAsImNsaWVudF9pZCI6Im90aGVyIn0.0NJ4wTyVHJo" \
    "_93wKjyyVER5IqiEu5pqrwWgmtS144Cc"
/* {"iss":"joe","exp":1300819380,"client_id":"app","aud":"app"} */
#define WITH_AUDIENCE \
    "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLCJleHAiOjEzMDA4MTkzODAsImNsaWVudF9pZCI6ImFwcCIsImF1ZCI6ImFwcCJ" \
    "9.IQWAcJjnwlGEgTLQYDudVdgHyOK6L8kT0kQj5D7KYbo"
/* {"iss":"joe","exp":1300819380,"client_id":null} */
#define CLIENT_ID_NULL \
    "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLCJleHAiOjEzMDA4MTkzODAsImNsaWVudF9pZCI6bnVsbH0.-UlpdsaKYnsMDRD" \
    "WavevsMBoQKPf3l82_MLBLT4p_e0"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const jv_algorithm *const HS256[] = {&JV_HS256}, *const ES256[] = {&JV_ES256};
static JV_KEY_SET_MEMORY(memory, 3);

static jv_key_set *empty_set(const jv_algorithm *const *algorithms) {
    jv_key_set *keys;
    EXPECT(jv_key_set_init((uint8_t *)memory, sizeof memory, algorithms, 1, &keys), JV_OK);
    return keys;
}

/* The key of RFC 7515 A.3 as members of a JWK, and in PEM. */
#define EC_MEMBERS "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\"," \
    "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\""
#define PEM_BODY "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n" \
    "6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n"
#define PEM "-----BEGIN PUBLIC KEY-----\n" PEM_BODY "-----END PUBLIC KEY-----\n"

/* A secret without an identifier fits tokens with every `kid`. */
static void secrets_and_key_identifiers(void) {
    static const char *const TOKENS[] = {KID_1, KID_EMPTY, KID_URL, HS256_TOKEN};
    static const uint8_t OTHER[64] = {1};
    jv_claims claims = JV_CLAIMS_INIT;
    jv_policy policy;
    EXPECT(joes_policy(&policy), JV_OK);
    jv_key_set *keys = empty_set(HS256);
    EXPECT(jv_key_set_add_secret(keys, SECRET, sizeof SECRET, NO_KEY_ID), JV_OK);
    for (size_t i = 0; i < COUNT(TOKENS); i++) EXPECT(verify_text(TOKENS[i], keys, &policy, 0, &claims), JV_OK);
    EXPECT(verify_text(KID_NUMBER, keys, &policy, 0, &claims), JV_HEADER_KID_WRONG_TYPE);
    EXPECT(verify_text(ALG_NULL, keys, &policy, 0, &claims), JV_HEADER_ALG_WRONG_TYPE);

    /* With an identifier, it fits exactly this one. */
    keys = empty_set(HS256);
    EXPECT(jv_key_set_add_secret(keys, SECRET, sizeof SECRET, JV_STRING("1")), JV_OK);
    EXPECT(verify_text(KID_1, keys, &policy, 0, &claims), JV_OK);
    EXPECT(verify_text(KID_EMPTY, keys, &policy, 0, &claims), JV_NO_KEY);
    EXPECT(verify_text(KID_URL, keys, &policy, 0, &claims), JV_NO_KEY);
    EXPECT(verify_text(HS256_TOKEN, keys, &policy, 0, &claims), JV_OK);

    /* Another secret fits, but its MAC differs. */
    keys = empty_set(HS256);
    EXPECT(jv_key_set_add_secret(keys, OTHER, sizeof OTHER, NO_KEY_ID), JV_OK);
    for (size_t i = 0; i < COUNT(TOKENS); i++)
        EXPECT(verify_text(TOKENS[i], keys, &policy, 0, &claims), JV_BAD_SIGNATURE);
}

/* Google's `azp` names the app that asked for a token, and `aud` the server that it is for. */
static void authorized_parties(void) {
    static const jv_string server = {(const uint8_t *)"server", 6}, android = {(const uint8_t *)"android", 7};
    static const struct {
        const char *token;
        jv_error only_server, also_android, not_checked;
    } CASES[] = {
        {GOOGLE_ON_ANDROID, JV_AZP_MISMATCH, JV_OK, JV_OK},
        {WITHOUT_AZP, JV_OK, JV_OK, JV_OK},
        {OF_ANOTHER_APP, JV_AZP_MISMATCH, JV_AZP_MISMATCH, JV_OK},
        /* Accepting the app as authorized party does not accept tokens that are for the app. */
        {FOR_THE_APP, JV_AUD_MISMATCH, JV_AUD_MISMATCH, JV_AUD_MISMATCH},
    };
    const jv_string both[] = {server, android};
    const jv_key_set *keys = secret_keys();
    jv_claims claims = JV_CLAIMS_INIT;
    jv_policy policy;
    EXPECT(jv_policy_init(&policy, sizeof policy, JV_PROFILE_ID_TOKEN), JV_OK);
    policy.issuer.values = &JOE, policy.issuer.value_count = 1;
    policy.audience.values = &server, policy.audience.value_count = 1;
    policy.authorized_party.values = both;
    policy.nonce.demand = JV_NOT_CHECKED;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        jv_policy ignoring = policy;
        policy.authorized_party.value_count = 1;
        EXPECT(verify_text(CASES[i].token, keys, &policy, 1300819000, &claims), CASES[i].only_server);
        policy.authorized_party.value_count = 2;
        EXPECT(verify_text(CASES[i].token, keys, &policy, 1300819000, &claims), CASES[i].also_android);
        ignoring.authorized_party.demand = JV_NOT_CHECKED, ignoring.authorized_party.value_count = 0;
        EXPECT(verify_text(CASES[i].token, keys, &ignoring, 1300819000, &claims), CASES[i].not_checked);
    }
}

/* Access tokens of Cognito have `client_id` and no `aud`. */
static void client_identifiers(void) {
    static const struct {
        const char *token;
        jv_error absent, not_checked;
    } CASES[] = {
        {COGNITO, JV_OK, JV_OK},
        {WITH_AUDIENCE, JV_AUD_PROHIBITED, JV_OK},
        {OF_ANOTHER_CLIENT, JV_CLIENT_ID_MISMATCH, JV_CLIENT_ID_MISMATCH},
        {HS256_TOKEN, JV_CLIENT_ID_MISSING, JV_CLIENT_ID_MISSING},
        {CLIENT_ID_NULL, JV_CLIENT_ID_WRONG_TYPE, JV_CLIENT_ID_WRONG_TYPE},
    };
    static const jv_string app = {(const uint8_t *)"app", 3};
    const jv_key_set *keys = secret_keys();
    jv_claims claims = JV_CLAIMS_INIT;
    jv_policy policy;
    EXPECT(joes_policy(&policy), JV_OK);
    policy.client_id.demand = JV_REQUIRED, policy.client_id.values = &app, policy.client_id.value_count = 1;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        policy.audience.demand = JV_ABSENT;
        EXPECT(verify_text(CASES[i].token, keys, &policy, 0, &claims), CASES[i].absent);
        policy.audience.demand = JV_NOT_CHECKED;
        EXPECT(verify_text(CASES[i].token, keys, &policy, 0, &claims), CASES[i].not_checked);
    }
}

static jv_error add_pem(jv_key_set *keys, const char *text) {
    Buffer pem = copy(text);
    const size_t scratch_len = jv_scratch_len(pem.len);
    uint8_t *scratch = malloc(scratch_len);
    const jv_error error = jv_key_set_add_pem(keys, pem.data, pem.len, scratch, scratch_len, NO_KEY_ID);
    free(scratch), free(pem.data);
    return error;
}

/* Keys from files, with what editors and tools put around them. */
static void pem_files(void) {
    static const struct {
        const char *text;
        jv_error wanted;
    } CASES[] = {
        {PEM, JV_OK},
        {"\n\n" PEM "\n\n", JV_OK},
        {"\xef\xbb\xbf" PEM, JV_OK},
        {"Bag Attributes\n    friendlyName: key\n" PEM, JV_OK},
        {"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" PEM, JV_OK},
        {"-----BEGIN PUBLIC KEY-----  \n  " PEM_BODY "-----END PUBLIC KEY-----", JV_OK},
        {"-----BEGIN PRIVATE KEY-----\n" PEM_BODY "-----END PRIVATE KEY-----\n", JV_PRIVATE_KEY},
        {"-----BEGIN EC PRIVATE KEY-----\n" PEM_BODY "-----END EC PRIVATE KEY-----\n", JV_PRIVATE_KEY},
        {"-----BEGIN PUBLIC KEY-----\\nMFkw\\n-----END PUBLIC KEY-----", JV_ESCAPED_LINE_BREAKS},
        {"-----BEGIN PUBLIC KEY-----MFkw-----END PUBLIC KEY-----", JV_NO_LINE_BREAKS},
        {PEM_BODY, JV_NO_PEM_BOUNDARY},
        {"ssh-rsa AAAAB3NzaC1yc2EAAAADAQAB joe@example.com", JV_SSH_KEY},
        {"-----BEGIN PGP PUBLIC KEY BLOCK-----\nmQEN\n-----END PGP PUBLIC KEY BLOCK-----\n", JV_UNSUPPORTED_PEM_LABEL},
    };
    jv_claims claims = JV_CLAIMS_INIT;
    jv_policy policy;
    EXPECT(joes_policy(&policy), JV_OK);
    for (size_t i = 0; i < COUNT(CASES); i++) {
        jv_key_set *keys = empty_set(ES256);
        EXPECT(add_pem(keys, CASES[i].text), CASES[i].wanted);
        CHECK(jv_key_set_len(keys) == (CASES[i].wanted == JV_OK));
        EXPECT(verify_text(ES256_TOKEN, keys, &policy, 0, &claims), CASES[i].wanted == JV_OK ? JV_OK : JV_NO_KEY);
    }
    jv_key_set *keys = empty_set(ES256), *macs;
    const uint8_t *pem = (const uint8_t *)PEM;
    uint8_t scratch[256], *inside = (uint8_t *)memory + 64;
    const size_t len = strlen(PEM);
    EXPECT(jv_key_set_add_pem(keys, pem, len, scratch, 90, NO_KEY_ID), JV_SCRATCH_TOO_SMALL);
    EXPECT(jv_key_set_add_pem(keys, pem, len, NULL, sizeof scratch, NO_KEY_ID), JV_NULL_POINTER);
    EXPECT(jv_key_set_add_pem(keys, NULL, len, scratch, sizeof scratch, NO_KEY_ID), JV_NULL_POINTER);
    EXPECT(jv_key_set_add_pem(NULL, pem, len, scratch, sizeof scratch, NO_KEY_ID), JV_NULL_POINTER);
    EXPECT(jv_key_set_add_pem(keys, pem, len, scratch, sizeof scratch, JV_STRING("\xff")), JV_NOT_UTF8);
    EXPECT(jv_key_set_add_pem(keys, pem, len, inside, 256, NO_KEY_ID), JV_OVERLAP);
    EXPECT(jv_key_set_add_pem(keys, inside, 256, scratch, sizeof scratch, NO_KEY_ID), JV_OVERLAP);
    EXPECT(jv_key_set_add_pem(keys, scratch, 8, scratch, sizeof scratch, NO_KEY_ID), JV_OVERLAP);
    EXPECT(jv_key_set_add_pem(keys, pem, len, scratch, sizeof scratch, (jv_string){scratch, 4}), JV_OVERLAP);
    EXPECT(jv_key_set_add_pem(keys, pem, len, scratch, sizeof scratch, JV_STRING("1")), JV_OK);
    EXPECT(verify_text(ES256_TOKEN, keys, &policy, 0, &claims), JV_OK);
    /* A public key is no secret. */
    macs = empty_set(HS256);
    EXPECT(jv_key_set_add_pem(macs, pem, len, scratch, sizeof scratch, NO_KEY_ID), JV_UNSUPPORTED_KEY);
}

/* A text that is no token: the error says what it is. */
static void token_mistakes(void) {
    static const struct {
        const char *text, *message;
    } CASES[] = {
        {"Bearer " HS256_TOKEN, "an authentication scheme such as \"Bearer\" precedes the token"},
        {"\"" HS256_TOKEN "\"", "the token is in quotation marks"},
        {"{\"access_token\":\"" HS256_TOKEN "\"}", "the text is JSON, not a token in the compact serialization"},
        {HS256_TOKEN "=", "the token has padding (\"=\"), which a JWT must not have"},
        {"2YotnFZFEjr1zCsicMWpAA", "the text has no dots: it is not a JWT, but it may be an opaque token"},
    };
    const jv_key_set *keys = secret_keys();
    jv_claims claims = JV_CLAIMS_INIT;
    jv_policy policy;
    EXPECT(joes_policy(&policy), JV_OK);
    for (size_t i = 0; i < COUNT(CASES); i++) {
        const jv_error error = verify_text(CASES[i].text, keys, &policy, 0, &claims);
        CHECK(error == JV_MALFORMED_TOKEN || error == JV_MALFORMED_BASE64URL || error == JV_MALFORMED_JSON);
        const jv_string message = jv_token_mistake((const uint8_t *)CASES[i].text, strlen(CASES[i].text));
        CHECK(message.len == strlen(CASES[i].message) && memcmp(message.data, CASES[i].message, message.len) == 0);
    }
    const jv_string none = jv_token_mistake((const uint8_t *)HS256_TOKEN, sizeof HS256_TOKEN - 1);
    CHECK(none.len == 0 && none.data[0] == 0);
    CHECK(jv_token_mistake(NULL, 5).len == 0);
    CHECK(jv_token_mistake(NULL, 0).len == sizeof "the text is empty" - 1);
}

static jv_error add_jwk(jv_key_set *keys, const char *jwk) {
    return jv_key_set_add_jwk(keys, (const uint8_t *)jwk, strlen(jwk));
}

/* Serializers write null for members that are absent. */
static void null_members(void) {
    static const char *const ABSENT[] = {
        "{" EC_MEMBERS ",\"alg\":null}", "{" EC_MEMBERS ",\"use\":null,\"key_ops\":null}", "{" EC_MEMBERS ",\"kid\":null}",
        "{\"x5c\":null,\"x5t\":null,\"x5u\":null,\"exp\":null," EC_MEMBERS "}",
    };
    static const char *const REJECTED[] = {
        "{" EC_MEMBERS ",\"alg\":0}", "{" EC_MEMBERS ",\"kid\":[]}", "{\"kty\":null}", "{" EC_MEMBERS ",\"use\":false}",
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":null,\"y\":null}", "{" EC_MEMBERS ",\"alg\":\"null\"}", "null",
    };
    jv_claims claims = JV_CLAIMS_INIT;
    jv_policy policy;
    EXPECT(joes_policy(&policy), JV_OK);
    for (size_t i = 0; i < COUNT(ABSENT); i++) {
        jv_key_set *keys = empty_set(ES256);
        EXPECT(add_jwk(keys, ABSENT[i]), JV_OK);
        EXPECT(verify_text(ES256_TOKEN, keys, &policy, 0, &claims), JV_OK);
    }
    for (size_t i = 0; i < COUNT(REJECTED); i++) {
        jv_key_set *keys = empty_set(ES256);
        CHECK(add_jwk(keys, REJECTED[i]) != JV_OK && jv_key_set_len(keys) == 0);
    }
    const jv_key_set *keys = secret_keys();
    EXPECT(verify_text(KID_NULL, keys, &policy, 0, &claims), JV_OK);
    EXPECT(verify_text(ALG_NULL, keys, &policy, 0, &claims), JV_HEADER_ALG_WRONG_TYPE);
}

/* An entry that nothing can read does not keep the others out. */
static void foreign_entries(void) {
#define DEEP_8(inner) "[[[[[[[[" inner "]]]]]]]]"
#define KEY "{" EC_MEMBERS "}"
    static const struct {
        const char *jwks;
        jv_error wanted;
        size_t kept, skipped;
    } CASES[] = {
        {"{\"keys\":[" KEY ",{\"z\":" DEEP_8(DEEP_8(DEEP_8(DEEP_8("[]")))) "}]}", JV_OK, 1, 1},
        {"{\"keys\":[{\"z\":\"\\ud800\"}," KEY "]}", JV_OK, 1, 1},
        {"{\"keys\":[{\"kty\":\"EC\",\"kty\":\"RSA\"},5,null,\"x\",[]," KEY "]}", JV_OK, 1, 5},
        {"{\"keys\":[{\"\\udc00\":1},{\"z\":{\"z\":\"\\ud800\\ud800\"}}," KEY "]}", JV_OK, 1, 2},
        {"{\"keys\":[{\"z\":\"\\ud800\"}]}", JV_NO_USABLE_KEY, 0, 1},
        /* A text that is no JSON changes nothing. */
        {"{\"keys\":[" KEY ",{\"z\":\"\\u00zz\"}]}", JV_MALFORMED_JSON, 0, 0},
        {"{\"keys\":[" KEY ",{\"z\":[}]}", JV_MALFORMED_JSON, 0, 0},
        {"{\"keys\":[" KEY "]", JV_MALFORMED_JSON, 0, 0},
    };
    size_t kept, skipped;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        jv_key_set *keys = empty_set(ES256);
        EXPECT(jv_key_set_load(keys, (const uint8_t *)CASES[i].jwks, strlen(CASES[i].jwks), &kept, &skipped),
               CASES[i].wanted);
        CHECK(kept == CASES[i].kept && skipped == CASES[i].skipped && jv_key_set_len(keys) == kept);
    }
}

/* Azure Key Vault and did:jwk name keys with more than 128 bytes. */
static void long_key_identifiers(void) {
    static const size_t ACCEPTED[] = {129, 178, 214, 230, 256}, REJECTED[] = {257, 300, 1000, 4096};
    char jwk[8192];
    uint8_t kid[4096];
    memset(kid, 'k', sizeof kid);
    for (size_t i = 0; i < COUNT(ACCEPTED) + COUNT(REJECTED); i++) {
        const size_t len = i < COUNT(ACCEPTED) ? ACCEPTED[i] : REJECTED[i - COUNT(ACCEPTED)];
        const jv_error wanted = i < COUNT(ACCEPTED) ? JV_OK : JV_LIMIT_KEY_ID_LEN;
        jv_key_set *keys = empty_set(ES256);
        EXPECT(jv_key_set_add_ec_point(keys, JV_STRING("P-256"), POINT, sizeof POINT, (jv_string){kid, len}), wanted);
        keys = empty_set(ES256);
        sprintf(jwk, "{" EC_MEMBERS ",\"kid\":\"%.*s\"}", (int)len, (const char *)kid);
        EXPECT(add_jwk(keys, jwk), wanted);
    }
}

/* Anyone knows a public key, so its text is no secret. */
static void public_keys_as_secrets(void) {
    static const char *const REJECTED[] = {
        PEM,
        "\n" PEM,
        "-----BEGIN CERTIFICATE-----\n" PEM_BODY "-----END CERTIFICATE-----\n",
        "-----BEGIN RSA PUBLIC KEY-----\n" PEM_BODY "-----END RSA PUBLIC KEY-----",
        "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7vbqajDw4o6gJy8UtmIbkcpnkO3Kwc4qs joe@example.com",
        "{" EC_MEMBERS "}",
        "{\"keys\":[{" EC_MEMBERS "}]}",
    };
    static const char *const ACCEPTED[] = {
        "-----BEGIN my long passphrase-----", "ssh-rsa is what this passphrase begins with",
        "{\"kty\" and \"EC\" are parts of this passphrase", "PUBLIC KEY PUBLIC KEY PUBLIC KEY PUBLIC KEY",
    };
    for (size_t i = 0; i < COUNT(REJECTED); i++) {
        jv_key_set *keys = empty_set(HS256);
        EXPECT(jv_key_set_add_secret(keys, (const uint8_t *)REJECTED[i], strlen(REJECTED[i]), NO_KEY_ID),
               JV_PUBLIC_KEY_AS_SECRET);
        CHECK(jv_key_set_len(keys) == 0);
    }
    for (size_t i = 0; i < COUNT(ACCEPTED); i++)
        EXPECT(jv_key_set_add_secret(empty_set(HS256), (const uint8_t *)ACCEPTED[i], strlen(ACCEPTED[i]), NO_KEY_ID), JV_OK);
}

void what_the_field_sends(void) {
    secrets_and_key_identifiers();
    authorized_parties();
    client_identifiers();
    pem_files();
    token_mistakes();
    null_members();
    foreign_entries();
    long_key_identifiers();
    public_keys_as_secrets();
}
