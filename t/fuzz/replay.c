/*
 * Runs a target over files without a fuzzer, as any compiler can build it:
 * over those named, or over t/data/fuzz/NAME of the source, a line of TAP
 * for each.  An input that breaks something ends the process before its line.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "fuzz.h"

#define FILE_MAX (1024 * 1024)

static int
replay(int n, const char *path)
{
	void *ctx = talloc_new(NULL);
	struct sark_err err;
	uint8_t *copy;
	char *text;
	size_t len;
	int ret = -1;

	sark_err_init(&err);
	if (sark_file_read(ctx, path, FILE_MAX, &text, &len, &err) == -1) {
		printf("not ok %d - %s\n", n, err.text);
	} else {
		/* Exactly as long as it is, for AddressSanitizer to see. */
		copy = sark_mem_check(malloc(len + (len == 0)));
		memcpy(copy, text, len);
		LLVMFuzzerTestOneInput(copy, len);
		free(copy);
		printf("ok %d - %s\n", n, strrchr(path, '/') + 1);
		ret = 0;
	}
	fflush(stdout);
	talloc_free(ctx);
	return ret;
}

static int
visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int
replay_folder(const char *folder)
{
	struct dirent **names;
	int n, i, ret = 0;
	char *path;

	n = scandir(folder, &names, visible, alphasort);
	if (n <= 0) {
		printf("1..1\nnot ok 1 - no inputs in %s\n", folder);
		return 1;
	}
	printf("1..%d\n", n);
	for (i = 0; i < n; i++) {
		path = sark_format(NULL, "%s/%s", folder, names[i]->d_name);
		if (replay(i + 1, path) == -1)
			ret = 1;
		talloc_free(path);
		free(names[i]);
	}
	free(names);
	return ret;
}

int
main(int argc, char **argv)
{
	const char *top = getenv("top_srcdir");
	char *folder;
	int i, ret = 0;

	if (argc > 1) {
		printf("1..%d\n", argc - 1);
		for (i = 1; i < argc; i++)
			if (replay(i, argv[i]) == -1)
				ret = 1;
		return ret;
	}
	folder = sark_format(
	    NULL, "%s/t/data/fuzz/%s", top == NULL ? "." : top, fuzz_name);
	ret = replay_folder(folder);
	talloc_free(folder);
	return ret;
}
