#ifndef T_FUZZ_FUZZ_H
#define T_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

/*
 * A target: one reader of what comes from outside, and what must hold of it
 * whatever the bytes are.  libFuzzer calls it, or replay.c with one file
 * after another.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* libFuzzer asks for an input of at most max bytes made from this one. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);

/* Its inputs are in t/data/fuzz/NAME. */
extern const char fuzz_name[];

/* Ends the process with the text of what does not hold. */
#define fuzz_holds(what) \
	((what) ? (void)0 : fuzz_broken(__FILE__, __LINE__, #what))
void fuzz_broken(const char *file, int line, const char *what)
    __attribute__((noreturn));

/* The input, read from its beginning; at its end all bytes are 0. */
struct fuzz_input {
	const uint8_t *at;
	size_t left;
};

uint8_t fuzz_byte(struct fuzz_input *in) SARK_NONNULL(1);
uint16_t fuzz_word(struct fuzz_input *in) SARK_NONNULL(1);
/* All that is left as a text on ctx; a NUL byte ends it for its reader. */
char *fuzz_text(struct fuzz_input *in, void *ctx) SARK_NONNULL(1);

/*
 * A folder of this process under the temporary one; what fuzz_file writes
 * there and the folder are gone when the process ends.
 */
const char *fuzz_dir(void) __attribute__((returns_nonnull));
/* A folder in it. */
void fuzz_folder(const char *name) SARK_NONNULL(1);
/* Writes a file, mode 0600, into the folder and returns its path. */
const char *fuzz_file(const char *name, const char *text) SARK_NONNULL(1, 2)
    __attribute__((returns_nonnull));

#endif
