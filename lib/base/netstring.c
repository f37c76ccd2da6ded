#include "base/netstring.h"

#include <string.h>

#include "base/mem.h"
#include "base/num.h"

#define MAX_LENGTH_DIGITS 8

/* Decimal of n and a colon: cheaper than a printf on the way of a request. */
static void
add_length(struct sark_buf *buf, size_t n)
{
	char digits[24];
	size_t i = sizeof(digits);

	digits[--i] = ':';
	do {
		digits[--i] = (char)('0' + n % 10);
		n /= 10;
	} while (n > 0);
	sark_buf_add(buf, digits + i, sizeof(digits) - i);
}

void
sark_netstring_add(struct sark_buf *buf, const char *text)
{
	size_t n;

	if (text == NULL) {
		sark_buf_add(buf, "-,", 2);
		return;
	}
	n = strlen(text);
	add_length(buf, n);
	sark_buf_add(buf, text, n);
	sark_buf_char(buf, ',');
}

void
sark_netstring_add_list(struct sark_buf *buf, const char *const *list)
{
	int64_t n = 0, i;

	while (list != NULL && list[n] != NULL)
		n++;
	sark_netstring_add_int(buf, n);
	for (i = 0; i < n; i++)
		sark_netstring_add(buf, list[i]);
}

void
sark_netstring_add_int(struct sark_buf *buf, int64_t value)
{
	char text[24];
	size_t i = sizeof(text);
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

	text[--i] = '\0';
	do {
		text[--i] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	if (value < 0)
		text[--i] = '-';
	sark_netstring_add(buf, text + i);
}

int
sark_netstring_take(char **at, const char **text_r)
{
	char *p = *at;
	size_t n = 0;
	int digits = 0;

	if (p[0] == '-' && p[1] == ',') {
		*text_r = NULL;
		*at = p + 2;
		return 0;
	}
	for (; *p >= '0' && *p <= '9'; p++) {
		if (++digits > MAX_LENGTH_DIGITS)
			return -1;
		n = n * 10 + (size_t)(*p - '0');
	}
	if (digits == 0 || *p != ':' || strnlen(p + 1, n + 1) <= n ||
	    p[n + 1] != ',')
		return -1;
	p[n + 1] = '\0';
	*text_r = p + 1;
	*at = p + n + 2;
	return 0;
}

int
sark_netstring_take_int(char **at, int64_t *value_r)
{
	const char *text;

	if (sark_netstring_take(at, &text) == -1 || text == NULL)
		return -1;
	return sark_num_int(text, INT64_MIN, INT64_MAX, value_r);
}

int
sark_netstring_take_list(
    char **at, void *ctx, size_t max, const char *const **list_r)
{
	const char **list;
	int64_t n, i;

	if (sark_netstring_take_int(at, &n) == -1 || n < 0 || (uint64_t)n > max)
		return -1;
	list = sark_new_array(ctx, const char *, n + 1);
	for (i = 0; i < n; i++)
		if (sark_netstring_take(at, &list[i]) == -1 || list[i] == NULL)
			return -1;
	*list_r = list;
	return 0;
}
