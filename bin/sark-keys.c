/* sark-keys: the keys that sign access tokens, and the sealing key. */
#include <argp.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/uuid.h"
#include "config.h"
#include "crypto/keychange.h"
#include "crypto/keyfile.h"
#include "crypto/keylist.h"
#include "crypto/secret.h"
#include "json/writer.h"
#include "proc/lock.h"
#include "tool.h"

/* Workers look for new keys once a second: the old one signs that long. */
#define LATE_SIGNERS_MS 60000

const char *argp_program_version = "sark-keys (SARK) " PACKAGE_VERSION;

static const char doc[] =
    "Manages the keys that sign access tokens, the sealing key and the "
    "pepper.\v"
    "make      make the first key, or the next one, published before use\n"
    "list      show the keys\n"
    "rotate    sign with the next key, or a new one; the old one still\n"
    "          verifies until its last token has expired\n"
    "retire    end a key and its tokens now\n"
    "seal-key  make the key that seals session records, if there is none\n"
    "pepper    make the key that digests of API keys are made with, if there\n"
    "          is none\n";

/* clang-format off */
static const struct argp_option options[] = {
	{ "config", 'c', "FILE", 0, "Settings, instead of $SARK_CONF or "
	  SARK_CONF_DEFAULT_PATH, 0 },
	{ "json", 'j', NULL, 0, "Print the list as JSON", 0 },
	{ NULL, 0, NULL, 0, NULL, 0 }
};
/* clang-format on */

struct call {
	const char *config;
	const char *verb;
	const char *kid;
	bool json;
	const struct sark_conf *conf;
	void *ctx;
};

static error_t
take(int key, char *arg, struct argp_state *state)
{
	struct call *call = state->input;

	switch (key) {
	case 'c':
		call->config = arg;
		return 0;
	case 'j':
		call->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (state->arg_num == 0)
			call->verb = arg;
		else if (state->arg_num == 1 &&
		    sark_str_eq(call->verb, "retire"))
			call->kid = arg;
		else
			argp_error(state, "unexpected argument: %s", arg);
		return 0;
	case ARGP_KEY_END:
		if (call->verb == NULL)
			argp_error(state, "nothing to do");
		else if (sark_str_eq(call->verb, "retire") && call->kid == NULL)
			argp_error(state, "retire takes the name of a key");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static struct sark_keychange
change_of(const struct call *call)
{
	return (struct sark_keychange){
		.dir = call->conf->key_dir,
		.now_ms = sark_clock_ms(),
		.verify_ms = (call->conf->access_token_ttl_s +
				 call->conf->clock_leeway_s) *
			1000 +
		    LATE_SIGNERS_MS,
	};
}

static int
make(const struct call *call, struct sark_err *err)
{
	const struct sark_keychange change = change_of(call);

	return sark_keychange_make(&change, err);
}

static int
rotate(const struct call *call, struct sark_err *err)
{
	const struct sark_keychange change = change_of(call);

	return sark_keychange_rotate(&change, err);
}

static int
retire(const struct call *call, struct sark_err *err)
{
	const struct sark_keychange change = change_of(call);

	return sark_keychange_retire(&change, call->kid, err);
}

static void
list_json(const struct call *call, const struct sark_keylist *list)
{
	struct sark_buf buf;
	struct sark_jw jw;
	size_t i;

	sark_buf_init(&buf, call->ctx);
	sark_jw_init(&jw, &buf);
	sark_jw_open(&jw, NULL, '{');
	sark_jw_open(&jw, "keys", '[');
	for (i = 0; i < list->count; i++)
		sark_key_to_json(&jw, &list->keys[i]);
	sark_jw_close(&jw);
	sark_jw_close(&jw);
	printf("%s\n", buf.data);
}

static void
list_table(const struct sark_keylist *list)
{
	char made[SARK_TIME_TEXT], until[SARK_TIME_TEXT];
	const struct sark_key_entry *key;
	size_t i;

	printf(
	    "%-20s %-8s %-24s %s\n", "KEY", "STATE", "MADE", "VERIFIES UNTIL");
	for (i = 0; i < list->count; i++) {
		key = &list->keys[i];
		sark_time_format(made, key->created_ms);
		sark_time_format(until, key->verify_until_ms);
		printf("%-20s %-8s %-24s %s\n", key->kid,
		    sark_key_state_name(key->state), made,
		    key->state == SARK_KEY_RETIRED ? until : "-");
	}
}

static int
list(const struct call *call, struct sark_err *err)
{
	struct sark_keylist keys;

	if (sark_keylist_read(call->ctx, call->conf->key_dir, &keys, err) == -1)
		return -1;
	if (call->json)
		list_json(call, &keys);
	else
		list_table(&keys);
	return 0;
}

/* A secret key in a file of its own. */
static int
make_file(void *ctx, const char *path, struct sark_err *err)
{
	unsigned char key[SARK_KEYFILE_BYTES];
	char text[2 * sizeof(key) + 2];
	int ret;

	/* One that is there is not made again, but it must be one. */
	if (access(path, F_OK) == 0 || errno != ENOENT) {
		ret = sark_keyfile_read(ctx, path, key, err);
		sark_secret_wipe(key, sizeof(key));
		return ret;
	}
	sark_random(key, sizeof(key));
	sark_str_hex(text, key, sizeof(key));
	text[2 * sizeof(key)] = '\n';
	text[2 * sizeof(key) + 1] = '\0';
	ret = sark_keychange_store_secret(path, text, err);
	sark_secret_wipe(key, sizeof(key));
	sark_secret_wipe(text, sizeof(text));
	return ret;
}

static int
seal_key(const struct call *call, struct sark_err *err)
{
	return make_file(call->ctx, call->conf->seal_key_file, err);
}

static int
pepper(const struct call *call, struct sark_err *err)
{
	return make_file(call->ctx, call->conf->apikey_pepper_file, err);
}

static const struct verb {
	const char *name;
	int (*run)(const struct call *, struct sark_err *);
	bool changes;
} verbs[] = {
	{ "make", make, true },
	{ "list", list, false },
	{ "rotate", rotate, true },
	{ "retire", retire, true },
	{ "seal-key", seal_key, true },
	{ "pepper", pepper, true },
};

static int
run(struct call *call, struct sark_err *err)
{
	struct sark_lock *lock;
	struct sark_conf *conf;
	size_t i;

	for (i = 0; i < SARK_COUNT(verbs); i++)
		if (sark_str_eq(verbs[i].name, call->verb))
			break;
	if (i == SARK_COUNT(verbs))
		return sark_err_set(
		    err, SARK_USAGE, "unknown command %s", call->verb);
	if (sark_conf_read(call->ctx, call->config, &conf, err) == -1)
		return -1;
	call->conf = conf;
	if (verbs[i].changes &&
	    sark_lock_take(call->ctx, conf->key_dir, "keyring", &lock, err) ==
		-1)
		return -1;
	return verbs[i].run(call, err);
}

int
main(int argc, char **argv)
{
	const struct argp argp = { options, take, "COMMAND [KEY]", doc, NULL,
		NULL, NULL };
	struct call call = { .config = tool_config() };
	struct sark_err err;

	call.ctx = tool_begin(&argp, &call, argc, argv, &err);
	return tool_end("sark-keys", call.ctx, run(&call, &err), &err);
}
