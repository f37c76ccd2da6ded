#include "auth/group.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

static bool
is_group(const char *name, size_t n)
{
	size_t i;

	if (n > SARK_GROUP_MAX || !sark_str_utf8(name, n))
		return false;
	for (i = 0; i < n; i++)
		if ((unsigned char)name[i] < ' ' || name[i] == 0x7f)
			return false;
	return true;
}

/* The normal form on its way. */
struct form {
	const char *from;
	char *out;
	size_t len;
	size_t solid; /* up to here blanks stay: they were escaped */
	bool value;   /* behind the equals sign of the part */
};

static void
trim(struct form *form)
{
	while (form->len > form->solid && form->out[form->len - 1] == ' ')
		form->len--;
}

/* One character, or an escaped pair of them. */
static void
step(struct form *form)
{
	char c = *form->from++;
	bool separates = c == ',' || c == '+' || (c == '=' && !form->value);

	if (c == '\\' && *form->from != '\0') {
		form->out[form->len++] = c;
		form->out[form->len++] = *form->from++;
		form->solid = form->len;
		return;
	}
	if (separates)
		trim(form);
	form->out[form->len++] = c;
	if (!separates)
		return;
	form->value = c == '=';
	form->from += strspn(form->from, " ");
	form->solid = form->len;
}

char *
sark_group_normal(void *ctx, const char *name)
{
	size_t n = strnlen(name, SARK_GROUP_MAX + 1);
	struct form form = { .from = name + strspn(name, " ") };

	if (!is_group(name, n))
		return NULL;
	form.out = sark_new_array(ctx, char, n + 1);
	/* A plain name may hold commas and plus signs with blanks. */
	if (strchr(name, '=') == NULL) {
		form.len = strlen(form.from);
		memcpy(form.out, form.from, form.len);
	} else {
		while (*form.from != '\0')
			step(&form);
	}
	trim(&form);
	form.out[form.len] = '\0';
	sark_str_lower(form.out);
	return form.len > 0 ? form.out : NULL;
}
