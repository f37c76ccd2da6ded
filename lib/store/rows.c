#include "store/rows.h"

#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "store/pg.h"

size_t
sark_rows_count(const struct sark_rows *rows)
{
	return rows->count;
}

static const char *
cell(const struct sark_rows *rows, size_t row, int column)
{
	if (row >= rows->count || column < 0 || (size_t)column >= rows->columns)
		return NULL;
	return rows->cells[row * rows->columns + (size_t)column];
}

const char *
sark_rows_text(const struct sark_rows *rows, size_t row, int column)
{
	const char *s = cell(rows, row, column);

	return s != NULL ? s : "";
}

bool
sark_rows_null(const struct sark_rows *rows, size_t row, int column)
{
	return cell(rows, row, column) == NULL;
}

int64_t
sark_rows_int(const struct sark_rows *rows, size_t row, int column)
{
	int64_t value;

	if (sark_num_int(sark_rows_text(rows, row, column), INT64_MIN,
		INT64_MAX, &value) == -1)
		return 0;
	return value;
}

bool
sark_rows_bool(const struct sark_rows *rows, size_t row, int column)
{
	return sark_str_eq(sark_rows_text(rows, row, column), "t");
}

/*
 * One element of an array literal from s on, unquoted into out.  Returns
 * where it ends: at the comma or brace behind it, or at the NUL of a broken
 * literal.
 */
static const char *
element(const char *s, struct sark_buf *out)
{
	bool quoted = *s == '"';

	if (quoted)
		s++;
	for (; *s != '\0'; s++) {
		if (quoted ? *s == '"' : *s == ',' || *s == '}')
			break;
		if (*s == '\\' && s[1] != '\0')
			s++;
		sark_buf_char(out, *s);
	}
	if (quoted && *s == '"')
		s++;
	return s;
}

/* Elements that a literal can have at most: its commas and one. */
static size_t
elements_max(const char *s)
{
	size_t n = 1;

	for (; *s != '\0'; s++)
		if (*s == ',')
			n++;
	return n;
}

const char *const *
sark_rows_list(const struct sark_rows *rows, void *ctx, size_t row, int column)
{
	const char *s = sark_rows_text(rows, row, column);
	const char **list =
	    sark_new_array(ctx, const char *, elements_max(s) + 1);
	struct sark_buf one;
	size_t n = 0;

	if (*s != '{' || s[1] == '}')
		return list;
	sark_buf_init(&one, list);
	while (*s == '{' || *s == ',') {
		sark_buf_reset(&one);
		s = element(s + 1, &one);
		list[n++] = sark_strndup(list, one.data, one.len);
	}
	return list;
}

const char *
sark_pg_array(void *ctx, const char *const *list)
{
	struct sark_buf out;

	sark_buf_init(&out, ctx);
	sark_buf_char(&out, '{');
	for (size_t i = 0; list != NULL && list[i] != NULL; i++) {
		if (i > 0)
			sark_buf_char(&out, ',');
		sark_buf_char(&out, '"');
		for (const char *s = list[i]; *s != '\0'; s++) {
			if (*s == '"' || *s == '\\')
				sark_buf_char(&out, '\\');
			sark_buf_char(&out, *s);
		}
		sark_buf_char(&out, '"');
	}
	sark_buf_char(&out, '}');
	return out.data;
}
