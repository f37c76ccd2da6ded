#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

void
sark_err_init(struct sark_err *err)
{
	err->code = SARK_OK;
	err->text[0] = '\0';
	err->retry_after_s = 0;
	err->nfields = 0;
}

int
sark_err_set(struct sark_err *err, enum sark_code code, const char *format, ...)
{
	va_list ap;

	if (err->code != SARK_OK)
		return -1;
	err->code = code;
	va_start(ap, format);
	vsnprintf(err->text, sizeof(err->text), format, ap);
	va_end(ap);
	return -1;
}

int
sark_err_field(
    struct sark_err *err, const char *pointer, const char *format, ...)
{
	struct sark_err_field *field;
	va_list ap;

	if (err->code != SARK_OK && err->code != SARK_INVALID)
		return -1;
	sark_err_set(err, SARK_INVALID, "invalid input%s%s",
	    pointer[0] != '\0' ? " at " : "", pointer);
	if (err->nfields == SARK_ERR_FIELDS)
		return -1;
	field = &err->fields[err->nfields++];
	snprintf(field->pointer, sizeof(field->pointer), "%s", pointer);
	va_start(ap, format);
	vsnprintf(field->message, sizeof(field->message), format, ap);
	va_end(ap);
	return -1;
}
