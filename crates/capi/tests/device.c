/* A program for Cortex-M without a C library. It verifies a token with a pinned key and reads its claims. It rejects the token
 * after its expiry and after a modification. Output and exit code go to the emulator (semihosting). */
#include "expect.h"

static uintptr_t host(uintptr_t operation, const void *argument) {
    register uintptr_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

static void print(const char *text) { host(0x04, text); }

static void stop(bool good) {
    /* ADP_Stopped_ApplicationExit with the exit code. */
    const uintptr_t reason[2] = {0x20026, good ? 0 : 1};
    host(0x20, reason);
    for (;;) {
    }
}

static void check(const char *what, bool holds) {
    print(what);
    print(holds ? ": yes\n" : ": NO\n");
    if (!holds) stop(false);
}

static JV_KEY_SET_MEMORY(memory, 1);
static uint8_t token[] = ES256_TOKEN, scratch[sizeof token];

static void verify_a_token(void) {
    static const jv_algorithm *const accepted[] = {&JV_ES256};
    static const jv_string curve = {(const uint8_t *)"P-256", 5};
    const size_t len = sizeof token - 1;
    jv_key_set *keys;
    jv_policy policy;
    jv_claims claims = JV_CLAIMS_INIT;
    char issuer[8];
    int64_t expiry = 0;

    check("the key set is created", jv_key_set_init((uint8_t *)memory, sizeof memory, accepted, 1, &keys) == JV_OK);
    check("the key is added", jv_key_set_add_ec_point(keys, curve, POINT, sizeof POINT, NO_KEY_ID) == JV_OK);
    check("the policy is filled in", joes_policy(&policy) == JV_OK);
    check("the token is verified",
          jv_verify(token, len, keys, &policy, BEFORE_EXPIRY, scratch, sizeof scratch, &claims) == JV_OK);
    check("the issuer is joe", jv_claims_issuer(&claims, issuer, sizeof issuer, NULL) == JV_OK && issuer[0] == 'j' &&
                             issuer[1] == 'o' && issuer[2] == 'e' && issuer[3] == 0);
    check("the expiry is read", jv_claims_integer(&claims, "exp", &expiry) == JV_OK && expiry == EXPIRY);
    check("the expired token is rejected",
          jv_verify(token, len, keys, &policy, EXPIRY, scratch, sizeof scratch, &claims) == JV_EXP_EXPIRED);
    token[len - 10] ^= 1;
    check("the modified token is rejected",
          jv_verify(token, len, keys, &policy, BEFORE_EXPIRY, scratch, sizeof scratch, &claims) == JV_BAD_SIGNATURE);
    token[len - 10] ^= 1;
    check("the token is verified in place", jv_verify_in_place(token, len, keys, &policy, JV_NO_CLOCK, &claims) == JV_OK);
    stop(true);
}

extern uint32_t stack_top, data_start, data_end, data_in_flash, bss_start, bss_end;

static void reset(void) {
    uint32_t *from = &data_in_flash;
    for (uint32_t *to = &data_start; to < &data_end;) *to++ = *from++;
    for (uint32_t *to = &bss_start; to < &bss_end;) *to++ = 0;
    verify_a_token();
}

static void fault(void) { check("no fault", false); }

typedef union {
    const void *stack;
    void (*handler)(void);
} Vector;

__attribute__((section(".vectors"), used)) static const Vector vectors[16] = {
    {.stack = &stack_top}, {.handler = reset}, {.handler = fault}, {.handler = fault}, {.handler = fault}, {.handler = fault},
};
