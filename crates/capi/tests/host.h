/* Shared by the tests on the host. */
#ifndef HOST_H
#define HOST_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"

/* Counted by CHECK and EXPECT. */
extern int checks, failures;

#define CHECK(condition)                                                        \
    do {                                                                        \
        checks++;                                                               \
        if (!(condition)) {                                                     \
            failures++;                                                         \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);     \
        }                                                                       \
    } while (0)

/* Compares two errors and prints the names of both if they differ. */
#define EXPECT(call, wanted)                                                                          \
    do {                                                                                              \
        jv_error found_ = (call);                                                                     \
        jv_string name_ = jv_error_name(found_);                                                      \
        checks++;                                                                                     \
        if (found_ != (wanted)) {                                                                     \
            failures++;                                                                               \
            fprintf(stderr, "%s:%d: %s is %.*s, not " #wanted "\n", __FILE__, __LINE__, #call,        \
                    (int)name_.len, (const char *)name_.data);                                        \
        }                                                                                             \
    } while (0)

typedef struct {
    uint8_t *data;
    size_t len;
} Buffer;

Buffer copy(const char *text);
Buffer read_file(const char *path);

/* The secret of RFC 7515 A.1. The tokens in the tests are signed with it by Python's hmac. */
static const uint8_t SECRET[64] = {
    0x03, 0x23, 0x35, 0x4b, 0x2b, 0x0f, 0xa5, 0xbc, 0x83, 0x7e, 0x06, 0x65, 0x77, 0x7b, 0xa6, 0x8f,
    0x5a, 0xb3, 0x28, 0xe6, 0xf0, 0x54, 0xc9, 0x28, 0xa9, 0x0f, 0x84, 0xb2, 0xd2, 0x50, 0x2e, 0xbf,
    0xd3, 0xfb, 0x5a, 0x92, 0xd2, 0x06, 0x47, 0xef, 0x96, 0x8a, 0xb4, 0xc3, 0x77, 0x62, 0x3d, 0x22,
    0x3d, 0x2e, 0x21, 0x72, 0x05, 0x2e, 0x4f, 0x08, 0xc0, 0xcd, 0x9a, 0xf5, 0x67, 0xd0, 0x80, 0xa3,
};

/* A key set with this secret, which has no identifier. */
jv_key_set *secret_keys(void);

/* Verifies a text with its keys and policy at a time. The claims are readable until the next call. */
jv_error verify_text(const char *text, const jv_key_set *keys, const jv_policy *policy, int64_t now, jv_claims *claims);

void empty_outputs(void);
void times(void);
void what_the_field_sends(void);

#endif
