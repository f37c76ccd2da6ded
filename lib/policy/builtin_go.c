#include "policy/builtin_go.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t
char_len(unsigned char c)
{
	return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

void
sark_go_quote(struct sark_buf *buf, const char *s, size_t len)
{
	static const char special[] = "\a\b\f\n\r\t\v\\\"",
			  letters[] = "abfnrtv\\\"";
	const char *at;
	size_t i, n;
	unsigned char c;

	sark_buf_char(buf, '"');
	for (i = 0; i < len; i += n) {
		c = (unsigned char)s[i];
		n = char_len(c);
		at = c == '\0' ? NULL : strchr(special, c);
		if (at != NULL)
			sark_buf_format(buf, "\\%c", letters[at - special]);
		else if (c < 0x20 || c == 0x7f)
			sark_buf_format(buf, "\\x%02x", c);
		else if (c == 0xc2 && (unsigned char)s[i + 1] <= 0xa0)
			sark_buf_format(
			    buf, "\\u%04x", (unsigned char)s[i + 1]);
		else
			sark_buf_add(buf, s + i, n);
	}
	sark_buf_char(buf, '"');
}

/* Digits and exponent of the shortest text that reads back as value. */
static int
shortest(double value, char digits[40], int *count_r)
{
	char text[40], *e;
	int p, exponent;

	for (p = 0; p < 17; p++) {
		snprintf(text, sizeof(text), "%.*e", p, value);
		if (!islessgreater(strtod(text, NULL), value))
			break;
	}
	e = strchr(text, 'e');
	exponent = (int)strtol(e + 1, NULL, 10);
	*e = '\0';
	digits[0] = text[0];
	snprintf(digits + 1, 39, "%s", text[1] == '.' ? text + 2 : "");
	*count_r = (int)strlen(digits);
	return exponent;
}

/* %v and %g without a precision: as Go, %e from the sixth power on. */
void
sark_go_float(double value, char *out, size_t size, char e)
{
	char digits[40];
	int count, exponent = shortest(value, digits, &count);

	if (exponent < -4 || exponent >= 6)
		snprintf(out, size, "%c%s%s%c%c%02d", digits[0],
		    count > 1 ? "." : "", digits + 1, e,
		    exponent < 0 ? '-' : '+', abs(exponent));
	else
		snprintf(out, size, "%.*f",
		    count - 1 > exponent ? count - 1 - exponent : 0, value);
}
