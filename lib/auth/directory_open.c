#include <string.h>

#include "auth/directory_priv.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "conf/conf.h"
#include "crypto/secret.h"
#include "net/ldap_name.h"

#define PASSWORD_MAX 1024

/* What is usual in a kind of directory. */
struct preset {
	const char *name;
	const char *user_filter;
	const char *login_attributes[3];
	const char *username_attribute;
	const char *name_attribute;
	const char *id_attribute;
	const char *groups;
	const char *group_filter;
};

static const struct preset presets[] = {
	{
	    .name = "openldap",
	    .user_filter = "(objectClass=person)",
	    .login_attributes = { "uid" },
	    .username_attribute = "uid",
	    .name_attribute = "cn",
	    .id_attribute = "entryUUID",
	    .groups = "search",
	    .group_filter =
		"(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)"
		"(objectClass=posixGroup))",
	},
	{
	    .name = "active_directory",
	    .user_filter = "(&(objectClass=user)(!(objectClass=computer)))",
	    .login_attributes = { "sAMAccountName", "userPrincipalName" },
	    .username_attribute = "sAMAccountName",
	    .name_attribute = "displayName",
	    .id_attribute = "objectGUID",
	    .groups = "member_of",
	    .group_filter = "(objectClass=group)",
	},
};

static const struct preset *
preset_of(const struct sark_conf *conf)
{
	size_t i = 0;

	while (!sark_str_eq(presets[i].name, conf->ldap_preset))
		i++;
	return &presets[i];
}

static const char *
or_else(const char *set, const char *usual)
{
	return *set != '\0' ? set : usual;
}

static void
fill(struct sark_directory *d, const struct sark_conf *conf)
{
	const struct preset *preset = preset_of(conf);
	const char *groups = conf->ldap_groups;

	if (sark_str_eq(groups, "preset"))
		groups = preset->groups;
	d->timeout_ms = conf->ldap_timeout_ms;
	d->bind_dn = conf->ldap_bind_dn;
	d->password_file = conf->ldap_password_file;
	d->user_base = or_else(conf->ldap_user_base, conf->ldap_base);
	d->user_filter = or_else(conf->ldap_user_filter, preset->user_filter);
	d->login_attributes = *conf->ldap_login_attributes != NULL
	    ? conf->ldap_login_attributes
	    : preset->login_attributes;
	d->username_attribute =
	    or_else(conf->ldap_username_attribute, preset->username_attribute);
	d->email_attribute = conf->ldap_email_attribute;
	d->name_attribute =
	    or_else(conf->ldap_name_attribute, preset->name_attribute);
	d->id_attribute =
	    or_else(conf->ldap_id_attribute, preset->id_attribute);
	d->groups_of_member = sark_str_eq(groups, "member_of");
	d->group_base = or_else(conf->ldap_group_base, conf->ldap_base);
	d->group_filter =
	    or_else(conf->ldap_group_filter, preset->group_filter);
	d->group_depth = (size_t)conf->ldap_group_depth;
	d->groups_max = (size_t)conf->ldap_groups_max;
}

static int
take_servers(struct sark_directory *d, const struct sark_conf *conf,
    struct sark_err *err)
{
	const char *const *url = conf->ldap_servers;

	for (; *url != NULL && d->nservers < SARK_DIRECTORY_SERVERS; url++) {
		d->servers[d->nservers] = (struct sark_ldap_server){
			.url = *url,
			.ca_file = conf->ldap_ca_file,
			.starttls = conf->ldap_starttls,
		};
		if (sark_ldap_check(&d->servers[d->nservers++], err) == -1) {
			char why[SARK_ERR_TEXT];

			sark_str_copy(why, sizeof(why), err->text);
			sark_err_init(err);
			return sark_err_set(
			    err, SARK_CONFIG, "ldap_servers: %.400s", why);
		}
	}
	return 0;
}

static int
check_dn(void *mem, const char *setting, const char *dn, struct sark_err *err)
{
	if (sark_ldap_dn_normal(mem, dn) != NULL)
		return 0;
	return sark_err_set(
	    err, SARK_CONFIG, "%s: '%.200s' is no DN", setting, dn);
}

/* Whether its first parenthesis ends at its end. */
static bool
in_parentheses(const char *filter)
{
	int depth = 0;

	for (; *filter != '\0'; filter++) {
		if (*filter == '(')
			depth++;
		else if (*filter == ')')
			depth--;
		if (depth <= 0)
			return depth == 0 && *filter == ')' &&
			    filter[1] == '\0';
	}
	return false;
}

/* libldap judges the rest when it is used. */
static int
check_filter(const char *setting, const char *filter, struct sark_err *err)
{
	if (in_parentheses(filter))
		return 0;
	return sark_err_set(err, SARK_CONFIG,
	    "%s: '%.200s' is no filter in parentheses", setting, filter);
}

/* A description of RFC 4512 section 2.5; anything else would be a filter. */
static int
check_attribute(
    const char *setting, const char *attribute, struct sark_err *err)
{
	static const char letters[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.;"
	    "-";

	if (*attribute != '\0' && sark_str_of(attribute, letters))
		return 0;
	return sark_err_set(err, SARK_CONFIG,
	    "%s: '%.60s' is no name of an attribute", setting, attribute);
}

static int
check_all(const struct sark_directory *d, void *mem, struct sark_err *err)
{
	const char *const *attribute = d->login_attributes;

	for (; *attribute != NULL; attribute++)
		if (check_attribute("ldap_login_attributes", *attribute, err) ==
		    -1)
			return -1;
	if (check_attribute(
		"ldap_username_attribute", d->username_attribute, err) == -1 ||
	    check_attribute("ldap_email_attribute", d->email_attribute, err) ==
		-1 ||
	    check_attribute("ldap_name_attribute", d->name_attribute, err) ==
		-1 ||
	    check_attribute("ldap_id_attribute", d->id_attribute, err) == -1 ||
	    check_dn(mem, "ldap_base", d->user_base, err) == -1 ||
	    check_dn(mem, "ldap_group_base", d->group_base, err) == -1 ||
	    check_filter("ldap_user_filter", d->user_filter, err) == -1 ||
	    check_filter("ldap_group_filter", d->group_filter, err) == -1)
		return -1;
	if (*d->bind_dn == '\0')
		return 0;
	if (*d->password_file == '\0')
		return sark_err_set(err, SARK_CONFIG,
		    "ldap_password_file: ldap_bind_dn needs a password");
	return check_dn(mem, "ldap_bind_dn", d->bind_dn, err);
}

int
sark_directory_read_password(
    struct sark_directory *directory, struct sark_err *err)
{
	char *text;
	size_t len;

	if (sark_file_read_secret(directory, directory->password_file,
		PASSWORD_MAX, &text, &len, err) == -1)
		return -1;
	talloc_free(directory->password);
	directory->password =
	    sark_secret_dup(directory, text, strcspn(text, "\r\n"));
	sark_secret_wipe(text, len);
	talloc_free(text);
	return 0;
}

int
sark_directory_open(void *ctx, const struct sark_conf *conf,
    struct sark_directory **directory_r, struct sark_err *err)
{
	struct sark_directory *d;

	*directory_r = NULL;
	if (*conf->ldap_servers == NULL)
		return 0;
	d = sark_new(ctx, struct sark_directory);
	fill(d, conf);
	if (take_servers(d, conf, err) == -1 || check_all(d, d, err) == -1 ||
	    sark_directory_map_read(d, conf->ldap_map_file, &d->map, err) ==
		-1 ||
	    (*d->bind_dn != '\0' &&
		sark_directory_read_password(d, err) == -1)) {
		talloc_free(d);
		return -1;
	}
	*directory_r = d;
	return 0;
}

void
sark_directory_bound(struct sark_directory *directory, const int64_t *until_ns)
{
	directory->until_ns = until_ns;
}

void
sark_directory_keep(struct sark_directory *directory)
{
	directory->keep = true;
}

void
sark_directory_tell(
    struct sark_directory *directory, sark_directory_step *step, void *arg)
{
	directory->step = step;
	directory->step_arg = arg;
}
