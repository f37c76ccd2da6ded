#include "base/str.h"
#include "net/ldap.h"

const char *const *
sark_ldap_values(const struct sark_ldap_entry *entry, const char *name)
{
	static const char *const none[] = { NULL };
	size_t i;

	for (i = 0; i < entry->count; i++)
		if (sark_str_eq_nocase(entry->attributes[i].name, name))
			return entry->attributes[i].values;
	return none;
}

const char *
sark_ldap_value(const struct sark_ldap_entry *entry, const char *name)
{
	const char *first = *sark_ldap_values(entry, name);

	return first != NULL ? first : "";
}
