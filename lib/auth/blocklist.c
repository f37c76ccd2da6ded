#include "auth/blocklist.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "crypto/secret.h"

#define FILE_MAX (16 * 1024 * 1024)
/* So few characters again and again are no password of any length. */
#define UNIT_MAX 4

struct sark_blocklist {
	const char **words; /* sorted, lower case */
	size_t count;
};

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t
lines(const char *text)
{
	size_t n = 1;

	for (; *text != '\0'; text++)
		n += *text == '\n';
	return n;
}

static void
take_lines(struct sark_blocklist *list, char *text)
{
	size_t len;

	list->words = sark_new_array(list, const char *, lines(text));
	while (*text != '\0') {
		char *end = text + strcspn(text, "\n");
		bool last = *end == '\0';

		*end = '\0';
		len = strlen(text);
		if (len > 0 && text[len - 1] == '\r')
			text[len - 1] = '\0';
		sark_str_lower(text);
		if (*text != '\0' && *text != '#')
			list->words[list->count++] = text;
		if (last)
			break;
		text = end + 1;
	}
	qsort(list->words, list->count, sizeof(*list->words), by_bytes);
}

int
sark_blocklist_open(void *ctx, const char *path, struct sark_blocklist **list_r,
    struct sark_err *err)
{
	struct sark_blocklist *list = sark_new(ctx, struct sark_blocklist);
	char *text;
	size_t len;

	if (sark_file_read(list, path, FILE_MAX, &text, &len, err) == -1) {
		talloc_free(list);
		return -1;
	}
	take_lines(list, text);
	*list_r = list;
	return 0;
}

static bool
listed(const struct sark_blocklist *list, const char *word)
{
	return *word != '\0' &&
	    bsearch(&word, list->words, list->count, sizeof(*list->words),
		by_bytes) != NULL;
}

/* The letter that a digit or sign stands for, 0 for none. */
static char
letter_of(char c)
{
	static const char signs[] = "014357$@!";
	static const char letters[] = "oiaestsai";
	const char *at = c == '\0' ? NULL : strchr(signs, c);

	return at == NULL ? '\0' : letters[at - signs];
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c & 0x80) != 0;
}

/* The letters of a lower-case text; with signs, what looks like one too. */
static char *
letters(void *ctx, const char *text, bool signs)
{
	char *out = sark_secret_dup(ctx, text, strlen(text));
	size_t n = 0;

	for (; *text != '\0'; text++)
		if (is_letter(*text))
			out[n++] = *text;
		else if (signs && letter_of(*text) != '\0')
			out[n++] = letter_of(*text);
	out[n] = '\0';
	return out;
}

/* Each character one above, or below, the one before; 0 follows 9. */
static bool
is_run(const char *s, int step)
{
	int from, to;

	for (; s[0] != '\0' && s[1] != '\0'; s++) {
		from = step > 0 ? s[0] : s[1];
		to = step > 0 ? s[1] : s[0];
		if (to != from + 1 && !(from == '9' && to == '0'))
			return false;
	}
	return true;
}

/* Whether s is its first n characters again and again, to any end. */
static bool
repeats(const char *s, size_t n)
{
	size_t i;

	for (i = n; s[i] != '\0'; i++)
		if (s[i] != s[i - n])
			return false;
	return true;
}

/* Whether the beginning, of one character or more, is there to the end. */
static bool
again_and_again(const struct sark_blocklist *list, void *ctx, const char *s)
{
	size_t n, len = strlen(s);

	for (n = 1; n < len; n++)
		if (repeats(s, n) && listed(list, sark_secret_dup(ctx, s, n)))
			return true;
	return false;
}

static bool
few_characters(const char *s)
{
	size_t n, len = strlen(s);

	for (n = 1; n <= UNIT_MAX && 2 * n <= len; n++)
		if (repeats(s, n))
			return true;
	return false;
}

/* Without digits and signs at its ends, on ctx. */
static char *
trimmed(void *ctx, const char *text)
{
	size_t len;

	while (*text != '\0' && !is_letter(*text))
		text++;
	len = strlen(text);
	while (len > 0 && !is_letter(text[len - 1]))
		len--;
	return sark_secret_dup(ctx, text, len);
}

/* The letters count for the whole where they are a third of it or more. */
static bool
in_disguise(
    const struct sark_blocklist *list, void *ctx, const char *text, bool signs)
{
	const char *bare = letters(ctx, text, signs);

	return 3 * strlen(bare) >= strlen(text) &&
	    (listed(list, bare) || again_and_again(list, ctx, bare));
}

bool
sark_blocklist_has(const struct sark_blocklist *list, const char *password)
{
	void *ctx = sark_mem_check(talloc_new(NULL));
	char *text = sark_secret_dup(ctx, password, strlen(password));
	bool found;

	sark_str_lower(text);
	found = is_run(text, 1) || is_run(text, -1) || few_characters(text) ||
	    listed(list, text) || again_and_again(list, ctx, text) ||
	    in_disguise(list, ctx, text, false) ||
	    in_disguise(list, ctx, text, true) ||
	    in_disguise(list, ctx, trimmed(ctx, text), true);
	talloc_free(ctx);
	return found;
}
