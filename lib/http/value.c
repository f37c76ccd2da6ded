#include "http/value.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "base/uuid.h"

static int
say(char what[SARK_VALUE_WHAT], const char *text)
{
	snprintf(what, SARK_VALUE_WHAT, "%s", text);
	return -1;
}

void
sark_value_range(char what_r[SARK_VALUE_WHAT], const char *verb,
    const struct sark_field *field, const char *noun)
{
	long long min = (long long)field->min, max = (long long)field->max;

	if (min == max)
		snprintf(
		    what_r, SARK_VALUE_WHAT, "must %s %lld%s", verb, min, noun);
	else if (max == 0 && min > 0)
		snprintf(what_r, SARK_VALUE_WHAT, "must %s at least %lld%s",
		    verb, min, noun);
	else
		snprintf(what_r, SARK_VALUE_WHAT, "must %s %lld to %lld%s",
		    verb, min, max, noun);
}

static bool
control(const char *text, const char *but)
{
	for (; *text != '\0'; text++)
		if (((unsigned char)*text < 0x20 || *text == 0x7f) &&
		    strchr(but, *text) == NULL)
			return true;
	return false;
}

bool
sark_value_length(const char *text, size_t min, size_t max)
{
	size_t len = strlen(text);

	return len >= min && len <= max && !control(text, "");
}

static int
text_of(const struct sark_field *field, const char *text, void *member,
    char what_r[SARK_VALUE_WHAT])
{
	int64_t len = (int64_t)strlen(text);

	if (len < field->min || (field->max > 0 && len > field->max)) {
		sark_value_range(what_r, "be", field, " bytes long");
		return -1;
	}
	if (control(text, field->type == SARK_SECRET ? "" : "\n\t"))
		return say(what_r, "must not hold control characters");
	if (field->charset != NULL && !sark_str_of(text, field->charset))
		return say(what_r, "holds a character that is not allowed");
	*(const char **)member = text;
	return 0;
}

static int
choice_of(const struct sark_field *field, const char *text, void *member,
    char what_r[SARK_VALUE_WHAT])
{
	size_t n = 0, i;

	for (i = 0; field->choices[i] != NULL; i++) {
		if (!sark_str_eq(field->choices[i], text))
			continue;
		*(int *)member = (int)i + 1;
		return 0;
	}
	say(what_r, "must be one of");
	for (i = 0; field->choices[i] != NULL; i++) {
		n = strlen(what_r);
		snprintf(what_r + n, SARK_VALUE_WHAT - n, "%s %s",
		    i == 0 ? "" : ",", field->choices[i]);
	}
	return -1;
}

int
sark_value_text(const struct sark_field *field, const char *text, void *member,
    char what_r[SARK_VALUE_WHAT])
{
	switch (field->type) {
	case SARK_TEXT:
	case SARK_SECRET:
		return text_of(field, text, member, what_r);
	case SARK_CHOICE:
		return choice_of(field, text, member, what_r);
	case SARK_UUID:
		if (!sark_uuid_valid(text))
			return say(what_r, "must be a lower-case UUID");
		*(const char **)member = text;
		return 0;
	default:
		if (sark_time_parse(text, (int64_t *)member) == -1)
			return say(what_r, "must be a time as in RFC 3339");
		return 0;
	}
}

int
sark_value_int(const struct sark_field *field, int64_t value, void *member,
    char what_r[SARK_VALUE_WHAT])
{
	if ((field->min != 0 || field->max != 0) &&
	    (value < field->min || value > field->max)) {
		sark_value_range(what_r, "be", field, "");
		return -1;
	}
	*(int64_t *)member = value;
	return 0;
}
