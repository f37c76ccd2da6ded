#include "table.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

#define COLUMNS_MAX 12

/* Characters of a UTF-8 text. */
static size_t
width(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		if (((unsigned char)*text & 0xc0) != 0x80)
			n++;
	return n;
}

const char *
table_cell(void *ctx, const struct sark_json *item, const char *pointer)
{
	char *text = sark_strdup(ctx, client_text(ctx, item, pointer));
	char *p;

	for (p = text; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f ||
		    (p[0] == '\xc2' && (unsigned char)p[1] < 0xa0))
			*p = '?';
	return text;
}

static void
print_cell(const char *text, size_t to, bool last)
{
	fputs(text, stdout);
	if (last)
		return;
	for (size_t n = width(text); n < to + 2; n++)
		fputc(' ', stdout);
}

void
table_print(
    void *ctx, const struct sark_json *items, const struct column *columns)
{
	size_t widths[COLUMNS_MAX] = { 0 };
	size_t i, j, n = 0, w;

	for (; columns[n].heading != NULL && n < COLUMNS_MAX; n++)
		widths[n] = strlen(columns[n].heading);
	for (i = 0; i < sark_json_count(items); i++) {
		for (j = 0; j < n; j++) {
			w = width(table_cell(ctx, sark_json_element(items, i),
			    columns[j].pointer));
			if (w > widths[j])
				widths[j] = w;
		}
	}
	for (j = 0; j < n; j++)
		print_cell(columns[j].heading, widths[j], j == n - 1);
	fputc('\n', stdout);
	for (i = 0; i < sark_json_count(items); i++) {
		for (j = 0; j < n; j++)
			print_cell(table_cell(ctx, sark_json_element(items, i),
				       columns[j].pointer),
			    widths[j], j == n - 1);
		fputc('\n', stdout);
	}
}

void
table_print_one(
    void *ctx, const struct sark_json *item, const struct column *columns)
{
	const char *text;
	size_t j;

	for (j = 0; columns[j].heading != NULL; j++) {
		text = table_cell(ctx, item, columns[j].pointer);
		if (*text != '\0')
			printf("%-12s %s\n", columns[j].heading, text);
	}
}

void
table_print_json(const struct sark_http_answer *answer)
{
	fwrite(answer->body, 1, answer->len, stdout);
	fputc('\n', stdout);
}
