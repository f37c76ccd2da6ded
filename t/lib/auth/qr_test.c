/* QR codes: the two drawings show one code, whole and with its quiet zone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "auth/qr.h"
#include "base/mem.h"

#define QUIET 4
#define SIDE  128 /* more than any code here has */

struct grid {
	int side;
	char dark[SIDE][SIDE];
};

/* Reads the lines of block elements. */
static void
from_text(const char *text, struct grid *grid)
{
	int x = 0, y = 0;

	memset(grid, 0, sizeof(*grid));
	for (; *text != '\0'; text++) {
		if (*text == '\n') {
			assert_true(grid->side == 0 || grid->side == x);
			grid->side = x;
			x = 0;
			y += 2;
			continue;
		}
		assert_true(x < SIDE && y < SIDE - 1);
		if (*text != ' ') {
			assert_memory_equal(text, "\xe2\x96", 2);
			text += 2;
			grid->dark[y][x] = *text != '\x84';
			grid->dark[y + 1][x] = *text != '\x80';
		}
		x++;
	}
	assert_true(y == grid->side || y == grid->side + 1);
}

/* Reads the dark path: "Mx yhNv1h-Nz", again and again. */
static void
from_svg(const char *svg, struct grid *grid)
{
	const char *path = strstr(svg, "fill=\"#000\" d=\"");
	int x, y, n, back, read, side;

	memset(grid, 0, sizeof(*grid));
	assert_int_equal(sscanf(strstr(svg, "viewBox"), "viewBox=\"0 0 %d %d\"",
			     &grid->side, &side),
	    2);
	assert_int_equal(grid->side, side);
	assert_non_null(path);
	for (path += 15; *path == 'M'; path += read) {
		assert_int_equal(sscanf(path, "M%d %dh%dv1h-%dz%n", &x, &y, &n,
				     &back, &read),
		    4);
		assert_int_equal(n, back);
		assert_true(n > 0 && x >= 0 && y >= 0);
		assert_true(x + n <= grid->side && y < grid->side);
		memset(&grid->dark[y][x], 1, (size_t)n);
	}
	assert_string_equal(path, "\"/></svg>");
}

/* One of the three finder patterns, ISO/IEC 18004 section 6.3.3. */
static void
assert_finder(const struct grid *grid, int left, int top)
{
	for (int y = 0; y < 7; y++)
		for (int x = 0; x < 7; x++) {
			bool ring = x == 0 || y == 0 || x == 6 || y == 6;
			bool core = x > 1 && x < 5 && y > 1 && y < 5;

			assert_int_equal(
			    grid->dark[top + y][left + x], ring || core);
		}
}

static void
assert_quiet(const struct grid *grid)
{
	int last = grid->side - QUIET;

	for (int y = 0; y < grid->side; y++)
		for (int x = 0; x < grid->side; x++)
			if (x < QUIET || y < QUIET || x >= last || y >= last)
				assert_int_equal(grid->dark[y][x], 0);
}

static void
two_drawings_of_one_code(void **state)
{
	static const char *const texts[] = { "a",
		"otpauth://totp/SARK:alice?secret="
		"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=SARK"
		"&algorithm=SHA1&digits=6&period=30" };
	void *ctx = talloc_new(NULL);
	struct grid *text = sark_new(ctx, struct grid);
	struct grid *svg = sark_new(ctx, struct grid);
	struct sark_err err;
	struct sark_qr *qr;

	(void)state;
	sark_err_init(&err);
	for (size_t i = 0; i < SARK_COUNT(texts); i++) {
		assert_int_equal(sark_qr_make(ctx, texts[i], &qr, &err), 0);
		from_text(sark_qr_text(ctx, qr), text);
		from_svg(sark_qr_svg(ctx, qr), svg);
		assert_int_equal(text->side, svg->side);
		assert_memory_equal(text->dark, svg->dark, sizeof(text->dark));
		assert_int_equal((text->side - 2 * QUIET - 17) % 4, 0);
		assert_finder(text, QUIET, QUIET);
		assert_finder(text, text->side - QUIET - 7, QUIET);
		assert_finder(text, QUIET, text->side - QUIET - 7);
		assert_quiet(text);
	}
	assert_true(text->side > 2 * QUIET + 21); /* not that of "a" */
	talloc_free(ctx);
}

static void
too_long_a_text(void **state)
{
	void *ctx = talloc_new(NULL);
	char *text = sark_new_array(ctx, char, 2333);
	struct sark_err err;
	struct sark_qr *qr;

	(void)state;
	sark_err_init(&err);
	memset(text, 'a', 2331);
	assert_int_equal(sark_qr_make(ctx, text, &qr, &err), 0);
	memset(text, 'a', 2332);
	assert_int_equal(sark_qr_make(ctx, text, &qr, &err), -1);
	assert_int_equal(err.code, SARK_INTERNAL);
	talloc_free(ctx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_drawings_of_one_code),
		cmocka_unit_test(too_long_a_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
