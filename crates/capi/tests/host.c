/* Tests the C interface on the host: results, errors, and every kind of wrong call. Run it from the folder `crates/capi`, also
 * under valgrind and with the sanitizers. They detect accesses beyond scratch and key memory, which have exactly the required size. */
#include "host.h"

int checks, failures;

/* Copies a text to the heap, so that a test can modify it and accesses beyond the block are detected. */
Buffer copy(const char *text) {
    Buffer buffer = {malloc(strlen(text) + 1), strlen(text)};
    if (!buffer.data) abort();
    memcpy(buffer.data, text, buffer.len);
    return buffer;
}

Buffer read_file(const char *path) {
    FILE *file = fopen(path, "rb");
    char text[16384];
    if (!file) abort();
    size_t len = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    while (len && text[len - 1] == '\n') len--;
    text[len] = 0;
    return copy(text);
}

jv_key_set *secret_keys(void) {
    static const jv_algorithm *const hs256[] = {&JV_HS256};
    static JV_KEY_SET_MEMORY(memory, 1);
    jv_key_set *keys;
    EXPECT(jv_key_set_init((uint8_t *)memory, sizeof memory, hs256, 1, &keys), JV_OK);
    EXPECT(jv_key_set_add_secret(keys, SECRET, sizeof SECRET, NO_KEY_ID), JV_OK);
    return keys;
}

jv_error verify_text(const char *text, const jv_key_set *keys, const jv_policy *policy, int64_t now, jv_claims *claims) {
    static uint8_t scratch[2048];
    return jv_verify((const uint8_t *)text, strlen(text), keys, policy, now, scratch, sizeof scratch, claims);
}

static const jv_algorithm *const ES256_ONLY[] = {&JV_ES256};
static const jv_algorithm *const MACS[] = {&JV_HS256, &JV_HS384, &JV_HS512};
static const jv_algorithm *const SIGNATURES[] = {&JV_RS256, &JV_RS384, &JV_RS512, &JV_PS256, &JV_PS384,
                                                 &JV_PS512, &JV_ES256, &JV_ES384, &JV_ES512};

/* Reads the claims of RFC 7515 A.1 with every function. */
static void expect_joes_claims(const jv_claims *claims) {
    char text[16];
    size_t len;
    int64_t seconds;
    uint32_t nanoseconds;
    bool is_root = false;
    jv_string payload;
    EXPECT(jv_claims_issuer(claims, text, sizeof text, &len), JV_OK);
    CHECK(len == 3 && strcmp(text, "joe") == 0);
    EXPECT(jv_claims_string(claims, "iss", text, 4, NULL), JV_OK);
    EXPECT(jv_claims_string(claims, "iss", text, 3, &len), JV_BUFFER_TOO_SMALL);
    EXPECT(jv_claims_string(claims, "iss", NULL, 0, &len), JV_BUFFER_TOO_SMALL);
    EXPECT(jv_claims_string(claims, "iss", NULL, 4, &len), JV_NULL_POINTER);
    EXPECT(jv_claims_string(claims, NULL, text, sizeof text, &len), JV_NULL_POINTER);
    EXPECT(jv_claims_string(claims, "exp", text, sizeof text, &len), JV_OTHER_TYPE);
    EXPECT(jv_claims_string(claims, "\xff", text, sizeof text, &len), JV_NOT_UTF8);
    EXPECT(jv_claims_subject(claims, text, sizeof text, &len), JV_NO_SUCH_CLAIM);
    EXPECT(jv_claims_jwt_id(claims, text, sizeof text, &len), JV_NO_SUCH_CLAIM);
    EXPECT(jv_claims_integer(claims, "exp", &seconds), JV_OK);
    CHECK(seconds == EXPIRY);
    EXPECT(jv_claims_integer(claims, "exp", NULL), JV_OK);
    EXPECT(jv_claims_integer(claims, "iss", &seconds), JV_OTHER_TYPE);
    EXPECT(jv_claims_time(claims, "exp", &seconds, &nanoseconds), JV_OK);
    CHECK(seconds == EXPIRY && nanoseconds == 0);
    EXPECT(jv_claims_time(claims, "iss", &seconds, NULL), JV_OTHER_TYPE);
    EXPECT(jv_claims_boolean(claims, "http://example.com/is_root", &is_root), JV_OK);
    CHECK(is_root);
    EXPECT(jv_claims_boolean(claims, "exp", &is_root), JV_OTHER_TYPE);
    EXPECT(jv_claims_payload(claims, &payload), JV_OK);
    CHECK(payload.len == 70 && memcmp(payload.data, "{\"iss\":\"joe\"", 12) == 0);
    EXPECT(jv_claims_payload(claims, NULL), JV_NULL_POINTER);
}

/* After an error there are no claims to read. */
static void expect_no_claims(const jv_claims *claims) {
    char text[16];
    int64_t integer;
    bool boolean;
    jv_string payload;
    EXPECT(jv_claims_string(claims, "iss", text, sizeof text, NULL), JV_NOT_VERIFIED);
    EXPECT(jv_claims_integer(claims, "exp", &integer), JV_NOT_VERIFIED);
    EXPECT(jv_claims_time(claims, "exp", &integer, NULL), JV_NOT_VERIFIED);
    EXPECT(jv_claims_boolean(claims, "exp", &boolean), JV_NOT_VERIFIED);
    EXPECT(jv_claims_payload(claims, &payload), JV_NOT_VERIFIED);
}

static void verifies_and_rejects(const char *text, const jv_key_set *keys) {
    jv_policy policy;
    jv_claims claims = JV_CLAIMS_INIT;
    Buffer token = copy(text);
    size_t scratch_len = jv_scratch_len(token.len);
    uint8_t *scratch = malloc(scratch_len);
    expect_no_claims(&claims);
    EXPECT(joes_policy(&policy), JV_OK);
    EXPECT(jv_verify(token.data, token.len, keys, &policy, BEFORE_EXPIRY, scratch, scratch_len, &claims), JV_OK);
    expect_joes_claims(&claims);
    EXPECT(jv_verify(token.data, token.len, keys, &policy, JV_NO_CLOCK, scratch, scratch_len, &claims), JV_OK);
    EXPECT(jv_verify(token.data, token.len, keys, &policy, EXPIRY, scratch, scratch_len, &claims), JV_EXP_EXPIRED);
    expect_no_claims(&claims);
    EXPECT(jv_verify(token.data, token.len, keys, &policy, EXPIRY, scratch, 3, &claims), JV_SCRATCH_TOO_SMALL);

    /* A token with a changed character is rejected. */
    for (size_t i = 0; i < token.len; i += 3) {
        uint8_t character = token.data[i];
        token.data[i] = character == 'A' ? 'B' : 'A';
        jv_error error = jv_verify(token.data, token.len, keys, &policy, BEFORE_EXPIRY, scratch, scratch_len, &claims);
        CHECK(error != JV_OK && (error < 1000 || error >= 2000));
        token.data[i] = character;
    }
    expect_no_claims(&claims);

    EXPECT(jv_verify_in_place(token.data, token.len, keys, &policy, BEFORE_EXPIRY, &claims), JV_OK);
    expect_joes_claims(&claims);
    CHECK(jv_verify_in_place(token.data, token.len, keys, &policy, BEFORE_EXPIRY, &claims) != JV_OK);
    expect_no_claims(&claims);
    free(scratch);
    free(token.data);
}

/* Adds keys as a JWK, as a point and as a secret, and verifies tokens with them. */
static void keys_in_every_form(void) {
    static const char JWK[] = "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
                              "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}";
    static JV_KEY_SET_MEMORY(memory, 2);
    jv_key_set *keys;
    uint8_t *bytes = (uint8_t *)memory;
    CHECK(jv_key_set_size(2) <= sizeof memory);

    EXPECT(jv_key_set_init(bytes, sizeof memory, ES256_ONLY, 1, &keys), JV_OK);
    EXPECT(jv_key_set_add_jwk(keys, (const uint8_t *)JWK, sizeof JWK - 1), JV_OK);
    verifies_and_rejects(ES256_TOKEN, keys);

    EXPECT(jv_key_set_init(bytes, sizeof memory, SIGNATURES, 9, &keys), JV_OK);
    EXPECT(jv_key_set_add_ec_point(keys, JV_STRING("P-256"), POINT, sizeof POINT, JV_STRING("pinned")), JV_OK);
    verifies_and_rejects(ES256_TOKEN, keys);
    EXPECT(jv_key_set_add_secret(keys, SECRET, sizeof SECRET, NO_KEY_ID), JV_UNSUPPORTED_KEY);
    EXPECT(jv_key_set_add_rsa(keys, POINT, sizeof POINT, POINT, 1, NO_KEY_ID), JV_WEAK_KEY);
    EXPECT(jv_key_set_add_ec_point(keys, JV_STRING("P-384"), POINT, sizeof POINT, NO_KEY_ID), JV_MALFORMED_KEY);
    EXPECT(jv_key_set_add_jwk(keys, (const uint8_t *)JWK, sizeof JWK - 1), JV_OK);
    CHECK(jv_key_set_len(keys) == 2);
    EXPECT(jv_key_set_add_jwk(keys, (const uint8_t *)JWK, sizeof JWK - 1), JV_KEY_SET_FULL);

    EXPECT(jv_key_set_init(bytes, sizeof memory, MACS, 3, &keys), JV_OK);
    EXPECT(jv_key_set_add_secret(keys, SECRET, sizeof SECRET, NO_KEY_ID), JV_OK);
    verifies_and_rejects(HS256_TOKEN, keys);

    jv_key_set_wipe(bytes, sizeof memory);
    size_t set_bytes = 0;
    for (size_t i = 0; i < sizeof memory; i++) set_bytes += bytes[i] != 0;
    CHECK(set_bytes == 0);
    jv_key_set_wipe(NULL, 8);
}

/* Verifies an ID token with the JWK Set of its issuer. */
static void id_token(void) {
    const jv_string no_text = {NULL, 0};
    static const jv_string issuer = {(const uint8_t *)"https://c2id.example.com", 24};
    static const jv_string client = {(const uint8_t *)"client-12345", 12};
    Buffer token = read_file("../../vectors/demo/connect2id.jwt"), jwks = read_file("../../vectors/demo/connect2id.jwks.json");
    size_t len = jv_key_set_size(4), scratch_len = jv_scratch_len(token.len), kept, skipped;
    uint8_t *memory = malloc(len), *scratch = malloc(scratch_len);
    jv_key_set *keys;
    jv_policy policy;
    jv_claims claims = JV_CLAIMS_INIT;
    char subject[64], issuer_text[25];
    jv_string payload;

    EXPECT(jv_key_set_init(memory, len, SIGNATURES, 9, &keys), JV_OK);
    EXPECT(jv_key_set_load(keys, jwks.data, jwks.len, &kept, &skipped), JV_OK);
    CHECK(kept >= 1 && kept == jv_key_set_len(keys));
    EXPECT(jv_policy_init(&policy, sizeof policy, JV_PROFILE_ID_TOKEN), JV_OK);
#define VERIFY() jv_verify(token.data, token.len, keys, &policy, 1311281000, scratch, scratch_len, &claims)
    EXPECT(VERIFY(), JV_UNDECIDED);
    policy.issuer.values = &issuer, policy.issuer.value_count = 1;
    policy.audience.values = &client, policy.audience.value_count = 1;
    policy.authorized_party.values = &client, policy.authorized_party.value_count = 1;
    EXPECT(VERIFY(), JV_UNDECIDED);
    policy.nonce.demand = JV_REQUIRED;
    EXPECT(VERIFY(), JV_UNDECIDED);
    policy.nonce.value = JV_STRING("n-0S6_WzA2Mj");
    policy.auth_time.demand = JV_REQUIRED, policy.auth_time.max_age = 300;
    EXPECT(VERIFY(), JV_OK);
    EXPECT(jv_claims_subject(&claims, subject, sizeof subject, NULL), JV_OK);
    CHECK(strcmp(subject, "user-248289761001") == 0);
    /* In the token, the issuer contains escapes. */
    EXPECT(jv_claims_issuer(&claims, issuer_text, sizeof issuer_text, &kept), JV_OK);
    CHECK(kept == 24 && strcmp(issuer_text, "https://c2id.example.com") == 0);
    issuer_text[0] = '#';
    EXPECT(jv_claims_issuer(&claims, issuer_text, 24, &kept), JV_BUFFER_TOO_SMALL);
    CHECK(issuer_text[0] == 0 && kept == 0);
    EXPECT(jv_claims_payload(&claims, &payload), JV_OK);
    EXPECT(jv_claims_issuer(&claims, (char *)payload.data + payload.len - 1, 1, &kept), JV_OVERLAP);
    EXPECT(jv_claims_issuer(&claims, (char *)&claims, sizeof claims, &kept), JV_OVERLAP);
    policy.nonce.value = JV_STRING("another");
    EXPECT(VERIFY(), JV_NONCE_MISMATCH);
    /* A value that the demand does not compare is an error. */
    policy.nonce.demand = JV_NOT_CHECKED;
    EXPECT(VERIFY(), JV_UNDECIDED);
    policy.nonce.value = no_text;
    policy.audience.values = &issuer;
    EXPECT(VERIFY(), JV_AUD_MISMATCH);
    policy.audience.kind = JV_AUDIENCE_ANY_OF, policy.audience.values = &client;
    EXPECT(VERIFY(), JV_OK);
    /* One of several subjects; a claim that must be absent; a value that was not set. */
    const jv_string subjects[] = {JV_STRING("someone"), JV_STRING("user-248289761001")};
    policy.subject.demand = JV_REQUIRED, policy.subject.values = subjects, policy.subject.value_count = 2;
    EXPECT(VERIFY(), JV_OK);
    policy.subject.value_count = 1;
    EXPECT(VERIFY(), JV_SUB_MISMATCH);
    policy.subject.demand = JV_ABSENT;
    EXPECT(VERIFY(), JV_UNDECIDED);
    policy.subject.value_count = 0;
    EXPECT(VERIFY(), JV_SUB_PROHIBITED);
    policy.subject.demand = JV_NOT_CHECKED;
    policy.events.demand = JV_REQUIRED, policy.events.value = JV_STRING("event");
    EXPECT(VERIFY(), JV_EVENTS_MISSING);
    policy.events.demand = JV_ABSENT, policy.events.value = no_text;
    EXPECT(VERIFY(), JV_OK);
    policy.nonce.demand = JV_REQUIRED, policy.nonce.value = JV_STRING("");
    EXPECT(VERIFY(), JV_NONCE_NOTHING_EXPECTED);
    policy.nonce.demand = JV_NOT_CHECKED, policy.nonce.value = no_text;
    policy.auth_time.demand = JV_NOT_CHECKED;
    EXPECT(VERIFY(), JV_UNDECIDED);
    policy.auth_time.demand = JV_REQUIRED;
    policy.issuer.values = &client;
    EXPECT(VERIFY(), JV_ISS_MISMATCH);

    /* An HTML error page does not change the keys. A JWK Set without usable keys removes them. */
    EXPECT(jv_key_set_load(keys, (const uint8_t *)"<html>", 6, &kept, &skipped), JV_MALFORMED_JSON);
    CHECK(jv_key_set_len(keys) >= 1 && kept == 0);
    static const char OTHERS[] = "{\"keys\":[{\"kty\":\"OKP\"},5]}";
    EXPECT(jv_key_set_load(keys, (const uint8_t *)OTHERS, sizeof OTHERS - 1, &kept, &skipped), JV_NO_USABLE_KEY);
    CHECK(kept == 0 && skipped == 2 && jv_key_set_len(keys) == 0);
    EXPECT(VERIFY(), JV_NO_KEY);
    free(memory), free(scratch), free(token.data), free(jwks.data);
}

/* Counts the keys that fit into memory of an exact size. The memory is first filled with nonzero bytes. */
static void capacity_of_memory(void) {
    static const size_t CAPACITIES[] = {1, 2, 16};
    static const uint8_t EXPONENT[] = {1, 0, 1};
    uint8_t modulus[512], kid[257];
    jv_key_set *keys;
    memset(modulus, 0xff, sizeof modulus), memset(kid, 'k', sizeof kid);
#define INIT(len) EXPECT(jv_key_set_init(memory, len, SIGNATURES, 9, &keys), JV_OK)
#define ADD(bits, kid_len) \
    jv_key_set_add_rsa(keys, modulus, (bits) / 8, EXPONENT, sizeof EXPONENT, (jv_string){kid, kid_len})
    for (size_t i = 0; i < sizeof CAPACITIES / sizeof *CAPACITIES; i++) {
        const size_t capacity = CAPACITIES[i], len = jv_key_set_size(capacity);
        uint8_t *memory = malloc(len);
        if (!memory) abort();
        CHECK(len == JV_KEY_SET_BASE_SIZE + capacity * JV_KEY_SIZE);
        memset(memory, 0xa5, len);
        INIT(len);
        for (size_t key = 0; key < capacity; key++) EXPECT(ADD(2048, 44), JV_OK);
        EXPECT(ADD(2048, 0), JV_KEY_SET_FULL);
        CHECK(jv_key_set_len(keys) == capacity);
        /* Half as many keys of twice the size fit. */
        INIT(len);
        for (size_t key = 0; key < capacity / 2; key++) EXPECT(ADD(4096, 88), JV_OK);
        EXPECT(ADD(4096, 0), JV_KEY_SET_FULL);
        CHECK(jv_key_set_len(keys) == capacity / 2);
        /* Identifiers also share their memory. */
        INIT(len);
        EXPECT(ADD(2048, 257), JV_LIMIT_KEY_ID_LEN);
        size_t rest = capacity == 1 ? 256 : 44 * capacity + 256;
        for (; rest > 256; rest -= 256) EXPECT(ADD(2048, 256), JV_OK);
        EXPECT(ADD(2048, rest + 1), rest >= 256 ? JV_LIMIT_KEY_ID_LEN : JV_KEY_SET_FULL);
        EXPECT(ADD(2048, rest), JV_OK);
        EXPECT(ADD(2048, 1), JV_KEY_SET_FULL);
        EXPECT(ADD(2048, 0), capacity <= 2 ? JV_KEY_SET_FULL : JV_OK);
        free(memory);
    }
    /* With one byte less than two keys need, the memory holds one larger key. */
    const size_t len = jv_key_set_size(2) - 1;
    uint8_t *memory = malloc(len);
    if (!memory) abort();
    INIT(len);
    EXPECT(ADD(4096, 256), JV_OK);
    EXPECT(jv_key_set_add_ec_point(keys, JV_STRING("P-256"), POINT, sizeof POINT, NO_KEY_ID), JV_KEY_SET_FULL);
    free(memory);
}

/* Loads a JWK Set of four keys into memory for one, two and four keys. The token names the second key. */
static void jwk_set_that_does_not_fit(void) {
    static const struct {
        size_t capacity, kept;
        jv_error loaded, verified;
    } CASES[] = {
        {1, 1, JV_KEY_SET_FULL, JV_NO_KEY},
        {2, 2, JV_KEY_SET_FULL, JV_OK},
        {4, 4, JV_OK, JV_OK},
    };
    Buffer token = read_file("../../vectors/demo/akana.jwt"), jwks = read_file("../../vectors/demo/akana.jwks.json");
    size_t scratch_len = jv_scratch_len(token.len), kept, skipped;
    uint8_t *scratch = malloc(scratch_len);
    jv_key_set *keys;
    jv_policy policy;
    jv_claims claims = JV_CLAIMS_INIT;
    EXPECT(jv_policy_init(&policy, sizeof policy, JV_PROFILE_JWT), JV_OK);
    policy.issuer.demand = policy.audience.demand = JV_NOT_CHECKED;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const size_t len = jv_key_set_size(CASES[i].capacity);
        uint8_t *memory = malloc(len);
        EXPECT(jv_key_set_init(memory, len, SIGNATURES, 9, &keys), JV_OK);
        EXPECT(jv_key_set_load(keys, jwks.data, jwks.len, NULL, NULL), CASES[i].loaded);
        EXPECT(jv_key_set_load(keys, jwks.data, jwks.len, &kept, &skipped), CASES[i].loaded);
        CHECK(kept == CASES[i].kept && skipped == 4 - kept && jv_key_set_len(keys) == kept);
        EXPECT(jv_verify(token.data, token.len, keys, &policy, JV_NO_CLOCK, scratch, scratch_len, &claims),
               CASES[i].verified);
        free(memory);
    }

    /* No key fits. */
    static JV_KEY_SET_MEMORY(small, 1);
    char large[1024] = "{\"keys\":[{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"";
    size_t end = strlen(large);
    memset(large + end, '_', 682);
    strcpy(large + end + 682, "8\"}]}");
    EXPECT(jv_key_set_init((uint8_t *)small, sizeof small, SIGNATURES, 9, &keys), JV_OK);
    EXPECT(jv_key_set_load(keys, (const uint8_t *)large, strlen(large), &kept, &skipped), JV_KEY_SET_FULL);
    CHECK(kept == 0 && skipped == 1 && jv_key_set_len(keys) == 0);
    free(scratch), free(token.data), free(jwks.data);
}

/* A key without a `kid` fits every token if it was added by itself. From a JWK Set, it fits only tokens without a `kid`. */
static void keys_without_identifier(void) {
    Buffer token = read_file("../../vectors/demo/connect2id.jwt");
    Buffer jwks = read_file("../../vectors/demo/connect2id.jwks.json");
    static JV_KEY_SET_MEMORY(memory, 1);
    size_t scratch_len = jv_scratch_len(token.len);
    uint8_t *scratch = malloc(scratch_len);
    jv_key_set *keys;
    jv_policy policy;
    jv_claims claims = JV_CLAIMS_INIT;
    EXPECT(jv_policy_init(&policy, sizeof policy, JV_PROFILE_JWT), JV_OK);
    policy.issuer.demand = policy.audience.demand = JV_NOT_CHECKED;
    EXPECT(jv_key_set_init((uint8_t *)memory, sizeof memory, SIGNATURES, 9, &keys), JV_OK);
    char text[1024] = "";
    if (jwks.len >= sizeof text) abort();
    memcpy(text, jwks.data, jwks.len);
    char *name = strstr(text, "\"kid\""), *jwk = strchr(text, '[') + 1, *end = strrchr(text, ']');
    if (!name) abort();
    /* Turns `kid` into an unknown member. */
    memcpy(name, "\"KID\"", 5);
    EXPECT(jv_key_set_add_jwk(keys, (const uint8_t *)jwk, (size_t)(end - jwk)), JV_OK);
    EXPECT(jv_verify(token.data, token.len, keys, &policy, JV_NO_CLOCK, scratch, scratch_len, &claims), JV_OK);
    EXPECT(jv_key_set_load(keys, (const uint8_t *)text, jwks.len, NULL, NULL), JV_OK);
    EXPECT(jv_verify(token.data, token.len, keys, &policy, JV_NO_CLOCK, scratch, scratch_len, &claims), JV_NO_KEY);
    free(scratch), free(token.data), free(jwks.data);
}

/* Calls with wrong arguments return errors. */
static void wrong_calls(void) {
    static JV_KEY_SET_MEMORY(memory, 1);
    static const jv_algorithm *const mixed[] = {&JV_HS256, &JV_ES256}, *const hole[] = {&JV_ES256, NULL};
    const jv_algorithm *many[17];
    uint8_t *bytes = (uint8_t *)memory, token[] = ES256_TOKEN, scratch[256];
    size_t len = sizeof token - 1;
    jv_key_set *keys = (jv_key_set *)memory;
    jv_policy policy, other;
    jv_claims claims = JV_CLAIMS_INIT, unsized = JV_CLAIMS_INIT;
    jv_string values[JV_MAX_VALUES + 1];
    for (size_t i = 0; i < 17; i++) many[i] = &JV_ES256;
    for (size_t i = 0; i <= JV_MAX_VALUES; i++) values[i] = JOE;

    EXPECT(jv_key_set_init(NULL, sizeof memory, ES256_ONLY, 1, &keys), JV_NULL_POINTER);
    CHECK(keys == NULL);
    EXPECT(jv_key_set_init(bytes, sizeof memory, NULL, 1, &keys), JV_NULL_POINTER);
    EXPECT(jv_key_set_init(bytes, sizeof memory, hole, 2, &keys), JV_NULL_POINTER);
    EXPECT(jv_key_set_init(bytes, sizeof memory, ES256_ONLY, 1, NULL), JV_NULL_POINTER);
    EXPECT(jv_key_set_init(bytes, sizeof memory, ES256_ONLY, 0, &keys), JV_OUT_OF_RANGE);
    EXPECT(jv_key_set_init(bytes, sizeof memory, many, 17, &keys), JV_OUT_OF_RANGE);
    EXPECT(jv_key_set_init(bytes + 4, sizeof memory - 4, ES256_ONLY, 1, &keys), JV_UNUSABLE_MEMORY);
    EXPECT(jv_key_set_init(bytes, jv_key_set_size(1) - 1, ES256_ONLY, 1, &keys), JV_UNUSABLE_MEMORY);
    EXPECT(jv_key_set_init(bytes, SIZE_MAX, ES256_ONLY, 1, &keys), JV_OVERLAP);
    EXPECT(jv_key_set_init(bytes, sizeof memory, mixed, 2, &keys), JV_UNUSABLE_ALGORITHM_LIST);
    EXPECT(jv_key_set_init(bytes, sizeof memory, many, 2, &keys), JV_UNUSABLE_ALGORITHM_LIST);
    CHECK(keys == NULL);
    EXPECT(jv_key_set_init(bytes, jv_key_set_size(1), ES256_ONLY, 1, &keys), JV_OK);
    EXPECT(jv_key_set_add_ec_point(keys, JV_STRING("P-256"), NULL, 65, NO_KEY_ID), JV_NULL_POINTER);
    EXPECT(jv_key_set_add_ec_point(keys, (jv_string){NULL, 5}, POINT, 65, NO_KEY_ID), JV_NULL_POINTER);
    EXPECT(jv_key_set_add_ec_point(NULL, JV_STRING("P-256"), POINT, 65, NO_KEY_ID), JV_NULL_POINTER);
    EXPECT(jv_key_set_add_ec_point(keys, JV_STRING("P-256"), POINT, SIZE_MAX, NO_KEY_ID), JV_OVERLAP);
    EXPECT(jv_key_set_add_ec_point(keys, JV_STRING("P-256"), POINT, 65, JV_STRING("\xff")), JV_NOT_UTF8);
    EXPECT(jv_key_set_add_jwk(keys, NULL, 5), JV_NULL_POINTER);
    EXPECT(jv_key_set_add_jwk(keys, NULL, 0), JV_MALFORMED_JSON);
    EXPECT(jv_key_set_add_secret(keys, NULL, 5, NO_KEY_ID), JV_NULL_POINTER);
    EXPECT(jv_key_set_add_rsa(keys, NULL, 5, POINT, 3, NO_KEY_ID), JV_NULL_POINTER);
    EXPECT(jv_key_set_add_rsa(keys, POINT, 5, NULL, 3, NO_KEY_ID), JV_NULL_POINTER);
    EXPECT(jv_key_set_load(NULL, token, len, NULL, NULL), JV_NULL_POINTER);
    EXPECT(jv_key_set_load(keys, NULL, 1, NULL, NULL), JV_NULL_POINTER);
    EXPECT(jv_key_set_refuse_ambiguity(NULL), JV_NULL_POINTER);
    EXPECT(jv_key_set_refuse_ambiguity(keys), JV_OK);
    CHECK(jv_key_set_len(NULL) == 0 && jv_key_set_len(keys) == 0);
    EXPECT(jv_key_set_add_ec_point(keys, JV_STRING("P-256"), POINT, 65, NO_KEY_ID), JV_OK);

    EXPECT(jv_policy_init(NULL, sizeof policy, JV_PROFILE_JWT), JV_NULL_POINTER);
    EXPECT(jv_policy_init(&policy, sizeof policy - 1, JV_PROFILE_JWT), JV_STRUCT_SIZE);
    EXPECT(jv_policy_init(&policy, sizeof policy, 0), JV_OUT_OF_RANGE);
    EXPECT(joes_policy(&policy), JV_OK);
#define CALL(token, len, keys, policy, scratch, scratch_len, claims) \
    EXPECT(jv_verify(token, len, keys, policy, BEFORE_EXPIRY, scratch, scratch_len, claims), wanted)
    jv_string unset = {NULL, 0};
    jv_error wanted = JV_NULL_POINTER;
    CALL(NULL, len, keys, &policy, scratch, sizeof scratch, &claims);
    CALL(token, len, NULL, &policy, scratch, sizeof scratch, &claims);
    CALL(token, len, keys, NULL, scratch, sizeof scratch, &claims);
    CALL(token, len, keys, &policy, NULL, sizeof scratch, &claims);
    CALL(token, len, keys, &policy, scratch, sizeof scratch, NULL);
    EXPECT(jv_verify_in_place(NULL, len, keys, &policy, 0, &claims), JV_NULL_POINTER);
    EXPECT(jv_verify_in_place(token, len, keys, &policy, 0, NULL), JV_NULL_POINTER);
    wanted = JV_OVERLAP;
    CALL(token, len, keys, &policy, token, len, &claims);
    CALL(token, len, keys, &policy, token + len - 1, 1, &claims);
    CALL(token, len, keys, &policy, (uint8_t *)&claims, sizeof claims, &claims);
    CALL(token, len, keys, &policy, (uint8_t *)&policy, sizeof policy, &claims);
    CALL((uint8_t *)&claims, sizeof claims, keys, &policy, scratch, sizeof scratch, &claims);
    CALL(token, len, keys, (const jv_policy *)&claims, scratch, sizeof scratch, &claims);
    EXPECT(jv_verify_in_place((uint8_t *)&policy, sizeof policy, keys, &policy, 0, &claims), JV_OVERLAP);
    EXPECT(jv_verify_in_place(token, len, keys, (const jv_policy *)&claims, 0, &claims), JV_OVERLAP);
    /* Strings of the policy and keys must not be in a buffer that is written before they are used. */
    memcpy(scratch, "joe", 3);
    const jv_string in_scratch = {scratch, 3};
    other = policy, other.issuer.values = &in_scratch, other.issuer.value_count = 1;
    CALL(token, len, keys, &other, scratch, sizeof scratch, &claims);
    other = policy, other.nonce.demand = JV_REQUIRED, other.nonce.value = in_scratch;
    CALL(token, len, keys, &other, scratch, sizeof scratch, &claims);
    const jv_string in_token = {token + len - 3, 3};
    other = policy, other.subject.demand = JV_IF_PRESENT, other.subject.values = &in_token, other.subject.value_count = 1;
    EXPECT(jv_verify_in_place(token, len, keys, &other, 0, &claims), JV_OVERLAP);
    CALL(token, len, keys, &policy, (uint8_t *)keys + sizeof(void *) * 60, 64, &claims);
    EXPECT(jv_verify_in_place((uint8_t *)keys, 64, keys, &policy, 0, &claims), JV_OVERLAP);
    CALL(token, SIZE_MAX, keys, &policy, scratch, sizeof scratch, &claims);
    wanted = JV_STRUCT_SIZE;
    unsized.struct_size = 0;
    CALL(token, len, keys, &policy, scratch, sizeof scratch, &unsized);
    EXPECT(jv_claims_integer(&unsized, "exp", NULL), JV_STRUCT_SIZE);
    EXPECT(jv_claims_integer(NULL, "exp", NULL), JV_NULL_POINTER);
    memset(&other, 0, sizeof other);
    CALL(token, len, keys, &other, scratch, sizeof scratch, &claims);
    other.struct_size = sizeof other;
    wanted = JV_UNDECIDED;
    CALL(token, len, keys, &other, scratch, sizeof scratch, &claims);
    other = policy, other.issuer.values = &unset, other.issuer.value_count = 1;
    CALL(token, len, keys, &other, scratch, sizeof scratch, &claims);
    other = policy, other.expires_at.demand = 6;
    wanted = JV_OUT_OF_RANGE;
    CALL(token, len, keys, &other, scratch, sizeof scratch, &claims);
    other = policy, other.issuer.values = values, other.issuer.value_count = JV_MAX_VALUES + 1;
    CALL(token, len, keys, &other, scratch, sizeof scratch, &claims);
    other = policy, other.audience.demand = JV_REQUIRED, other.audience.kind = 0;
    CALL(token, len, keys, &other, scratch, sizeof scratch, &claims);
    wanted = JV_OK;
    other = policy, other.issuer.values = values, other.issuer.value_count = JV_MAX_VALUES;
    CALL(token, len, keys, &other, scratch, sizeof scratch, &claims);
    CALL(token, len, keys, &policy, scratch, sizeof scratch, &claims);
    EXPECT(jv_verify_in_place(token, len, keys, &policy, BEFORE_EXPIRY, &claims), JV_OK);
}

static void errors_have_names(void) {
    jv_string name = jv_error_name(JV_BAD_SIGNATURE), message = jv_error_message(JV_BAD_SIGNATURE);
    CHECK(name.len == 13 && memcmp(name.data, "bad_signature", 13) == 0);
    CHECK(message.len > 0 && message.data[0] == 't');
    name = jv_error_claim(JV_AUD_MISMATCH);
    CHECK(name.len == 3 && memcmp(name.data, "aud", 3) == 0);
    CHECK(jv_error_claim(JV_BAD_SIGNATURE).len == 0 && jv_error_claim(JV_OVERLAP).len == 0);
    name = jv_error_name(JV_OVERLAP);
    CHECK(name.len == 7 && memcmp(name.data, "overlap", 7) == 0);
    name = jv_error_name(999);
    CHECK(name.len == 7 && memcmp(name.data, "unknown", 7) == 0);
    CHECK(jv_error_refresh_keys(JV_NO_KEY) && !jv_error_refresh_keys(JV_BAD_SIGNATURE));
}

int main(void) {
    keys_in_every_form();
    id_token();
    capacity_of_memory();
    jwk_set_that_does_not_fit();
    keys_without_identifier();
    wrong_calls();
    errors_have_names();
    empty_outputs();
    times();
    what_the_field_sends();
    printf("%d checks, %d failures\n", checks, failures);
    return failures != 0;
}
