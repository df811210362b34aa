/* CRC-32 of Castagnoli by an instruction of the processor; PostgreSQL's src/port/pg_crc32c_sse42.c does the same. */
#ifndef LIFEBOAT_CRC32C_H
#define LIFEBOAT_CRC32C_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)

/* Whether the processor has the instruction. */
static inline int crc32c_has_instruction(void) { return __builtin_cpu_supports("sse4.2") != 0; }

/* The register after more bytes; only where the instruction is there. */
__attribute__((target("sse4.2"))) static inline uint32_t crc32c_advance(uint32_t sum, const void *bytes, size_t count) {
    const unsigned char *next = (const unsigned char *)bytes;
    unsigned long long wide = sum;
    for (; count >= 8; count -= 8, next += 8) {
        unsigned long long word;
        memcpy(&word, next, 8);
        wide = __builtin_ia32_crc32di(wide, word);
    }
    sum = (uint32_t)wide;
    for (; count > 0; count--) sum = __builtin_ia32_crc32qi(sum, *next++);
    return sum;
}

#else

static inline int crc32c_has_instruction(void) { return 0; }
static inline uint32_t crc32c_advance(uint32_t sum, const void *bytes, size_t count) {
    (void)bytes, (void)count;
    return sum;
}

#endif
#endif
