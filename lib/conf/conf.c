#include "conf/conf.h"

#include <confuse.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/networks.h"
#include "base/num.h"
#include "base/str.h"
#include "conf/comments.h"

#define FILE_MAX (1024 * 1024)
#define WORD	 "abcdefghijklmnopqrstuvwxyz0123456789"

/*
 * Where libconfuse's callbacks, which carry no pointer of ours, put the
 * first error, and the file it is in; set while a file is read and at no
 * other time.
 */
static struct sark_err *sink;
static const char *source;

static void complain(cfg_t *cfg, const char *format, va_list ap)
    SARK_FORMAT(2, 0);

static void
complain(cfg_t *cfg, const char *format, va_list ap)
{
	char text[256];

	vsnprintf(text, sizeof(text), format, ap);
	sark_err_set(sink, SARK_CONFIG, "%s:%d: %s",
	    source != NULL ? source : "(settings)", cfg->line, text);
}

static const struct sark_conf_key *
key_named(const char *name)
{
	const struct sark_conf_key *key;

	for (key = sark_conf_keys; key->name != NULL; key++)
		if (sark_str_eq(key->name, name))
			return key;
	return NULL;
}

static int
check_text(cfg_t *cfg, const struct sark_conf_key *key, const char *value)
{
	int64_t len = (int64_t)strlen(value);

	if (key->type == SARK_CONF_PATH && value[0] != '/' &&
	    (len > 0 || *key->fallback != '\0'))
		cfg_error(cfg, "%s: not an absolute path", key->name);
	else if (key->type == SARK_CONF_CHOICE &&
	    !sark_str_in(value, key->choices))
		cfg_error(cfg, "%s: unknown choice '%s'", key->name, value);
	else if (key->type == SARK_CONF_WORD && !sark_str_of(value, WORD))
		cfg_error(
		    cfg, "%s: only lower-case letters and digits", key->name);
	else if ((key->type == SARK_CONF_TEXT || key->type == SARK_CONF_WORD) &&
	    (len < key->min || len > key->max))
		cfg_error(cfg, "%s: %s", key->name,
		    len < key->min ? "may not be empty" : "too long");
	else
		return 0;
	return -1;
}

/* Called after each value of the list. */
static int
check_list(cfg_t *cfg, const struct sark_conf_key *key, cfg_opt_t *opt)
{
	unsigned int n = cfg_opt_size(opt);
	const char *last = n == 0 ? NULL : cfg_opt_getnstr(opt, n - 1);

	if (n > (unsigned int)key->max)
		cfg_error(cfg, "%s: more than %lld values", key->name,
		    (long long)key->max);
	else if (key->type == SARK_CONF_NETWORKS && last != NULL &&
	    !sark_network_valid(last))
		cfg_error(
		    cfg, "%s: '%s' is no address or network", key->name, last);
	else
		return 0;
	return -1;
}

static int
check_value(cfg_t *cfg, cfg_opt_t *opt)
{
	const struct sark_conf_key *key = key_named(opt->name);
	double ratio;
	long value;

	if (key == NULL)
		return -1;
	switch (key->type) {
	case SARK_CONF_INT:
		value = cfg_opt_getnint(opt, 0);
		if (value >= key->min && value <= key->max)
			return 0;
		cfg_error(cfg, "%s: %ld is not within %lld and %lld", key->name,
		    value, (long long)key->min, (long long)key->max);
		return -1;
	case SARK_CONF_RATIO:
		ratio = cfg_opt_getnfloat(opt, 0);
		if (ratio >= 0 && ratio <= 1) /* and a number */
			return 0;
		cfg_error(
		    cfg, "%s: %g is not within 0 and 1", key->name, ratio);
		return -1;
	case SARK_CONF_BOOL:
		return 0;
	case SARK_CONF_LIST:
	case SARK_CONF_NETWORKS:
		return check_list(cfg, key, opt);
	default:
		return check_text(cfg, key, cfg_opt_getnstr(opt, 0));
	}
}

/* libconfuse would take 010 for eight, 0x10 for sixteen, "" for zero. */
static int
parse_int(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	int64_t number;

	if (sark_num_int(value, LONG_MIN, LONG_MAX, &number) == -1) {
		cfg_error(
		    cfg, "%s: '%s' is no decimal number", opt->name, value);
		return -1;
	}
	*(long *)result = (long)number;
	return 0;
}

/* The table as libconfuse wants it; the strings are its defaults. */
static cfg_opt_t *
options(void *ctx)
{
	size_t n = 0;
	cfg_opt_t *opts;
	const struct sark_conf_key *key;
	int64_t number = 0;

	while (sark_conf_keys[n].name != NULL)
		n++;
	opts = sark_new_array(ctx, cfg_opt_t, n + 1);
	for (n = 0; (key = &sark_conf_keys[n])->name != NULL; n++) {
		cfg_opt_t *opt = &opts[n];

		opt->name = key->name;
		switch (key->type) {
		case SARK_CONF_INT:
			opt->type = CFGT_INT;
			opt->parsecb = parse_int;
			if (sark_num_int(key->fallback, key->min, key->max,
				&number) == 0)
				opt->def.number = (long)number;
			break;
		case SARK_CONF_RATIO:
			opt->type = CFGT_FLOAT;
			opt->def.fpnumber = strtod(key->fallback, NULL);
			break;
		case SARK_CONF_BOOL:
			opt->type = CFGT_BOOL;
			opt->def.boolean = sark_str_eq(key->fallback, "true")
			    ? cfg_true
			    : cfg_false;
			break;
		case SARK_CONF_LIST:
		case SARK_CONF_NETWORKS:
			opt->type = CFGT_STR;
			opt->flags = CFGF_LIST;
			opt->def.parsed = sark_strdup(ctx, key->fallback);
			break;
		default:
			opt->type = CFGT_STR;
			opt->def.string = key->fallback;
		}
	}
	return opts;
}

static const char *const *
list_of(void *ctx, cfg_opt_t *opt)
{
	unsigned int i, n = cfg_opt_size(opt);
	const char **list = sark_new_array(ctx, const char *, n + 1);

	for (i = 0; i < n; i++)
		list[i] = sark_strdup(list, cfg_opt_getnstr(opt, i));
	return list;
}

static void
take(struct sark_conf *conf, const struct sark_conf_key *key, cfg_opt_t *opt)
{
	void *at = (char *)conf + key->offset;

	switch (key->type) {
	case SARK_CONF_INT:
		*(int64_t *)at = cfg_opt_getnint(opt, 0);
		break;
	case SARK_CONF_RATIO:
		*(double *)at = cfg_opt_getnfloat(opt, 0);
		break;
	case SARK_CONF_BOOL:
		*(bool *)at = cfg_opt_getnbool(opt, 0) == cfg_true;
		break;
	case SARK_CONF_LIST:
	case SARK_CONF_NETWORKS:
		*(const char *const **)at = list_of(conf, opt);
		break;
	default:
		*(const char **)at = sark_strdup(conf, cfg_opt_getnstr(opt, 0));
	}
}

static int
parse(cfg_t *cfg, const char *path, struct sark_err *err)
{
	const struct sark_conf_key *key;
	char *text;
	size_t len, line;
	int result;

	if (sark_file_read(NULL, path, FILE_MAX, &text, &len, err) == -1)
		return -1;
	if (strlen(text) != len) {
		talloc_free(text);
		return sark_err_set(
		    err, SARK_CONFIG, "%s: holds a NUL byte", path);
	}
	line = sark_conf_blank_comments(text);
	if (line > 0) {
		talloc_free(text);
		return sark_err_set(err, SARK_CONFIG,
		    "%s:%zu: a comment that does not end", path, line);
	}
	for (key = sark_conf_keys; key->name != NULL; key++)
		cfg_set_validate_func(cfg, key->name, check_value);
	cfg_set_error_function(cfg, complain);
	sink = err;
	source = path;
	result = cfg_parse_buf(cfg, text);
	sink = NULL;
	source = NULL;
	talloc_free(text);
	if (result != CFG_SUCCESS)
		/* libconfuse does not tell of everything that it refuses. */
		return sark_err_set(err, SARK_CONFIG, "%s:%d: cannot be parsed",
		    path, cfg->line);
	return 0;
}

int
sark_conf_read(void *ctx, const char *path, struct sark_conf **conf_r,
    struct sark_err *err)
{
	struct sark_conf *conf = sark_new(ctx, struct sark_conf);
	const struct sark_conf_key *key;
	cfg_t *cfg;
	int ret = -1;

	cfg = sark_mem_check(cfg_init(options(conf), CFGF_NONE));
	if (parse(cfg, path, err) == -1)
		goto out;
	for (key = sark_conf_keys; key->name != NULL; key++)
		take(conf, key, cfg_getopt(cfg, key->name));
	*conf_r = conf;
	ret = 0;
out:
	cfg_free(cfg);
	if (ret == -1)
		talloc_free(conf);
	return ret;
}

void
sark_conf_keep_fixed(const struct sark_conf *now, struct sark_conf *next)
{
	bool user = !sark_str_eq(now->user, next->user);
	bool group = !sark_str_eq(now->group, next->group);
	bool run_dir = !sark_str_eq(now->run_dir, next->run_dir);

	if (user || group || run_dir)
		sark_log(SARK_LOG_WARNING, "settings_need_restart", "user",
		    user ? next->user : NULL, "group",
		    group ? next->group : NULL, "run_dir",
		    run_dir ? next->run_dir : NULL, NULL);
	next->user = sark_strdup(next, now->user);
	next->group = sark_strdup(next, now->group);
	next->run_dir = sark_strdup(next, now->run_dir);
}

static void
dump_text(FILE *out, const char *value)
{
	fputc('"', out);
	for (; *value != '\0'; value++) {
		/* "${" would be a variable of the environment. */
		if (*value == '"' || *value == '\\' || *value == '$')
			fputc('\\', out);
		fputc(*value, out);
	}
	fputc('"', out);
}

static void
dump_list(FILE *out, const char *const *list)
{
	const char *const *item;

	fputc('{', out);
	for (item = list; *item != NULL; item++) {
		if (item != list)
			fputs(", ", out);
		dump_text(out, *item);
	}
	fputc('}', out);
}

void
sark_conf_dump(const struct sark_conf *conf, FILE *out)
{
	const struct sark_conf_key *key;

	for (key = sark_conf_keys; key->name != NULL; key++) {
		const void *at = (const char *)conf + key->offset;

		fprintf(out, "%s = ", key->name);
		if (key->type == SARK_CONF_INT)
			fprintf(out, "%lld", (long long)*(const int64_t *)at);
		else if (key->type == SARK_CONF_RATIO)
			fprintf(out, "%.9g", *(const double *)at);
		else if (key->type == SARK_CONF_BOOL)
			fputs(*(const bool *)at ? "true" : "false", out);
		else if (key->type == SARK_CONF_LIST ||
		    key->type == SARK_CONF_NETWORKS)
			dump_list(out, *(const char *const *const *)at);
		else
			dump_text(out, *(const char *const *)at);
		fputc('\n', out);
	}
}
