#include "auth/username.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

/* clang-format off */
/* Unicode 15: categories Cc, Cf, Zs, Zl, Zp and the fillers that show nothing. */
static const struct {
	uint32_t	first;
	uint32_t	last;
} unseen[] = {
	{ 0x0000, 0x0020 }, { 0x007f, 0x00a0 }, { 0x00ad, 0x00ad },
	{ 0x034f, 0x034f }, { 0x0600, 0x0605 }, { 0x061c, 0x061c },
	{ 0x06dd, 0x06dd }, { 0x070f, 0x070f }, { 0x0890, 0x0891 },
	{ 0x08e2, 0x08e2 }, { 0x115f, 0x1160 }, { 0x1680, 0x1680 },
	{ 0x17b4, 0x17b5 }, { 0x180b, 0x180f }, { 0x2000, 0x200f },
	{ 0x2028, 0x202f }, { 0x205f, 0x206f }, { 0x3000, 0x3000 },
	{ 0x3164, 0x3164 }, { 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff },
	{ 0xffa0, 0xffa0 }, { 0xfff0, 0xfffb }, { 0x110bd, 0x110bd },
	{ 0x110cd, 0x110cd }, { 0x13430, 0x1343f }, { 0x1bca0, 0x1bca3 },
	{ 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff },
};
/* clang-format on */

static bool
can_be_seen(uint32_t c)
{
	size_t i;

	for (i = 0; i < SARK_COUNT(unseen); i++)
		if (c >= unseen[i].first && c <= unseen[i].last)
			return false;
	return true;
}

/* The character at p, which is well-formed UTF-8; *step_r its bytes. */
static uint32_t
character(const unsigned char *p, size_t *step_r)
{
	uint32_t c = *p;
	size_t i, n;

	n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	if (n > 1)
		c &= 0x7fu >> n;
	for (i = 1; i < n; i++)
		c = c << 6 | (p[i] & 0x3f);
	*step_r = n;
	return c;
}

char *
sark_username_normal(void *ctx, const char *name)
{
	size_t i, step, n = strnlen(name, SARK_USERNAME_MAX + 1);
	const unsigned char *p = (const unsigned char *)name;
	char *normal;

	if (n == 0 || n > SARK_USERNAME_MAX || !sark_str_utf8(name, n))
		return NULL;
	for (i = 0; i < n; i += step)
		if (!can_be_seen(character(p + i, &step)))
			return NULL;
	normal = sark_strdup(ctx, name);
	sark_str_lower(normal);
	return normal;
}
