/* A plugin for QEMU that counts instructions exactly. Each time the program enters the function at address `mark`, the
 * plugin prints the number of instructions since the last time to standard error:
 *   gcc -shared -fPIC -O2 -o insncount.so insncount.c
 *   qemu-system-arm ... -plugin ./insncount.so,mark=0xADDRESS[,profile=FILE]
 * With `profile`, FILE receives an address and its count on each line.
 * The interface is declared here because Debian ships no qemu-plugin.h; build with -DQPV=2 from QEMU 9 on. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef QPV
#define QPV 1
#endif
#define PUBLIC __attribute__((visibility("default")))

typedef uint64_t plugin_id;
struct block;
struct instruction;
extern void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id, void (*)(plugin_id, struct block *));
extern size_t qemu_plugin_tb_n_insns(const struct block *);
extern struct instruction *qemu_plugin_tb_get_insn(const struct block *, size_t);
extern uint64_t qemu_plugin_insn_vaddr(const struct instruction *);
extern void qemu_plugin_register_vcpu_insn_exec_cb(struct instruction *, void (*)(unsigned, void *), int, void *);
extern void qemu_plugin_register_atexit_cb(plugin_id, void (*)(plugin_id, void *), void *);

PUBLIC int qemu_plugin_version = QPV;

typedef struct {
    uint64_t address, count;
} Counter;

/* Counters by address, in a hash table with open addressing. It has far more slots than any image here has instructions. */
#define SLOTS (1u << 18)
static Counter *counters[SLOTS];
static uint64_t mark, total, at_last_mark;
static char *profile;

static Counter *counter(uint64_t address) {
    unsigned slot = (unsigned)(address >> 1) % SLOTS;
    while (counters[slot] && counters[slot]->address != address) slot = (slot + 1) % SLOTS;
    if (!counters[slot]) {
        counters[slot] = calloc(1, sizeof(Counter));
        if (!counters[slot]) abort();
        counters[slot]->address = address;
    }
    return counters[slot];
}

static void executed(unsigned cpu, void *data) {
    Counter *c = data;
    (void)cpu;
    if (c->address == mark) {
        fprintf(stderr, "MARK %llu\n", (unsigned long long)(total - at_last_mark));
        at_last_mark = total;
    }
    total++;
    c->count++;
}

static void translated(plugin_id id, struct block *block) {
    (void)id;
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); i++) {
        struct instruction *instruction = qemu_plugin_tb_get_insn(block, i);
        Counter *c = counter(qemu_plugin_insn_vaddr(instruction));
        qemu_plugin_register_vcpu_insn_exec_cb(instruction, executed, 0, c);
    }
}

static void finished(plugin_id id, void *data) {
    (void)id;
    (void)data;
    if (!profile) return;
    FILE *file = fopen(profile, "w");
    if (!file) return;
    for (unsigned slot = 0; slot < SLOTS; slot++)
        if (counters[slot])
            fprintf(file, "%llx %llu\n", (unsigned long long)counters[slot]->address,
                    (unsigned long long)counters[slot]->count);
    fclose(file);
}

PUBLIC int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv) {
    (void)info;
    for (int i = 0; i < argc; i++) {
        /* The lowest bit of the address marks Thumb code, and is not part of it. */
        if (!strncmp(argv[i], "mark=", 5)) mark = strtoull(argv[i] + 5, NULL, 0) & ~1ull;
        else if (!strncmp(argv[i], "profile=", 8)) profile = strdup(argv[i] + 8);
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, finished, NULL);
    return 0;
}
