#include "base/str.h"

#include <string.h>
#include <strings.h>

int
sark_str_copy(char *dst, size_t size, const char *src)
{
	size_t n = strlen(src);
	size_t fit = n < size ? n : size - 1;

	memcpy(dst, src, fit);
	dst[fit] = '\0';
	return fit == n ? 0 : -1;
}

bool
sark_str_eq(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static unsigned char
fold(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

bool
sark_str_eq_nocase(const char *a, const char *b)
{
	while (*a != '\0' && fold(*a) == fold(*b)) {
		a++;
		b++;
	}
	return fold(*a) == fold(*b);
}

bool
sark_str_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool
sark_str_in(const char *s, const char *const *list)
{
	for (; list != NULL && *list != NULL; list++)
		if (strcmp(s, *list) == 0)
			return true;
	return false;
}

bool
sark_str_of(const char *s, const char *set)
{
	return s[strspn(s, set)] == '\0';
}

void
sark_str_lower(char *s)
{
	for (; *s != '\0'; s++)
		*s = (char)fold(*s);
}

void
sark_str_hex(char *out, const void *data, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *p = data;
	size_t i;

	for (i = 0; i < n; i++) {
		out[2 * i] = digits[p[i] >> 4];
		out[2 * i + 1] = digits[p[i] & 15];
	}
	out[2 * n] = '\0';
}

/* Length of the well-formed sequence at p, 0 if there is none. */
static size_t
sequence(const unsigned char *p, size_t left)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t n, i;

	if (p[0] >= 0x01 && p[0] <= 0x7f)
		return 1;
	if (p[0] >= 0xc2 && p[0] <= 0xdf)
		n = 2;
	else if (p[0] >= 0xe0 && p[0] <= 0xef)
		n = 3;
	else if (p[0] >= 0xf0 && p[0] <= 0xf4)
		n = 4;
	else
		return 0;
	if (n > left)
		return 0;
	/* The second byte's range rules out overlongs and surrogates. */
	if (p[0] == 0xe0)
		low = 0xa0;
	else if (p[0] == 0xed)
		high = 0x9f;
	else if (p[0] == 0xf0)
		low = 0x90;
	else if (p[0] == 0xf4)
		high = 0x8f;
	if (p[1] < low || p[1] > high)
		return 0;
	for (i = 2; i < n; i++)
		if (p[i] < 0x80 || p[i] > 0xbf)
			return 0;
	return n;
}

bool
sark_str_utf8(const char *s, size_t n)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t i = 0, step;

	while (i < n) {
		step = sequence(p + i, n - i);
		if (step == 0)
			return false;
		i += step;
	}
	return true;
}
