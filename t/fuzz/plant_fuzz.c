/*
 * The control of the fuzzers themselves, t/fuzz/plant.t: mistakes of four
 * kinds, each behind a word that has to be found first.
 */
#include "fuzz.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

const char fuzz_name[] = "plant";

static volatile int sink;

static bool
starts(const uint8_t *data, size_t size, const char *word)
{
	size_t i;

	for (i = 0; word[i] != '\0'; i++)
		if (i == size || data[i] != (uint8_t)word[i])
			return false;
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	volatile int most = INT_MAX;
	void *volatile lost;

	if (starts(data, size, "end"))
		sink = data[size];
	if (starts(data, size, "int"))
		sink = most + (int)size;
	if (starts(data, size, "not"))
		fuzz_holds(size == 0);
	if (starts(data, size, "new")) {
		lost = malloc(size);
		lost = NULL;
		sink = lost != NULL;
	}
	return 0;
}
