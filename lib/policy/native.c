#include "policy/native.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "policy/native_priv.h"
#include "policy/zone.h"

/* Memory over that of a fresh instance which one evaluation may leave. */
#define KEEP_BYTES ((size_t)4 << 20)
/* Making an instance reads the data: it may take longer than evaluating. */
#define START_MS  5000
#define ABI_LEAST 1003 /* opa_eval with resettable heap and sets */

static uint32_t
pages(const struct sark_native *native)
{
	return (uint32_t)(native->limits.memory_bytes / SARK_NATIVE_PAGE);
}

static int
native_free(struct sark_native *native)
{
	sark_watch_fini(&native->watch);
	sark_native_drop(native);
	if (native->handle != NULL)
		dlclose(native->handle);
	if (native->fd != -1)
		close(native->fd);
	return 0;
}

/* A value that a function without arguments returns, read here. */
static int
ask(struct sark_native *native, enum sark_native_fn fn,
    struct sark_term **value_r, struct sark_err *err)
{
	uint32_t value, dump;
	const char *text;
	size_t len;

	if (sark_native_call(native, fn, NULL, &value, err) == -1 ||
	    sark_native_call(
		native, SARK_NATIVE_JSON_DUMP, &value, &dump, err) == -1)
		return -1;
	text = sark_native_text(native, dump, &len);
	if (text == NULL ||
	    sark_term_parse(native->scratch, text, len, value_r) == -1 ||
	    (*value_r)->type != SARK_TERM_OBJECT)
		return sark_err_set(err, SARK_POLICY_UNAVAILABLE,
		    "policy: no list of %s",
		    fn == SARK_NATIVE_BUILTINS ? "builtins" : "entrypoints");
	return 0;
}

static int
find_entrypoint(struct sark_native *native, const struct sark_term *list,
    struct sark_err *err)
{
	const struct sark_term *entry;
	int64_t id;

	entry = sark_term_member(list, SARK_NATIVE_ENTRYPOINT);
	if (entry == NULL || sark_term_get_int(entry, &id) == -1 || id < 0 ||
	    id > INT32_MAX)
		return sark_err_set(err, SARK_CONFIG,
		    "the policy has no entrypoint " SARK_NATIVE_ENTRYPOINT);
	native->entrypoint = (uint32_t)id;
	return 0;
}

/* What a fresh instance is asked once in the life of the object. */
static int
learn(struct sark_native *native, struct sark_err *err)
{
	struct sark_term *value;

	if (sark_native_call(
		native, SARK_NATIVE_ABI_VERSION, NULL, &native->abi, err) == -1)
		return -1;
	if (native->abi / 1000 != 1 || native->abi < ABI_LEAST)
		return sark_err_set(err, SARK_CONFIG,
		    "the policy speaks WebAssembly ABI %u.%u, not 1.3",
		    native->abi / 1000, native->abi % 1000);
	if (ask(native, SARK_NATIVE_BUILTINS, &value, err) == -1 ||
	    sark_native_bind(native, value, err) == -1 ||
	    ask(native, SARK_NATIVE_ENTRYPOINTS, &value, err) == -1)
		return -1;
	return find_entrypoint(native, value, err);
}

static int
load_data(struct sark_native *native, struct sark_err *err)
{
	uint32_t text[2];

	text[1] = (uint32_t)native->data_len;
	if (sark_native_give(
		native, native->data, native->data_len, &text[0], err) == -1 ||
	    sark_native_call(native, SARK_NATIVE_JSON_PARSE, text,
		&native->data_at, err) == -1)
		return -1;
	if (native->data_at == 0)
		return sark_err_set(
		    err, SARK_CONFIG, "the policy does not read its data");
	if (sark_native_call(
		native, SARK_NATIVE_HEAP_GET, NULL, &native->heap, err) == -1)
		return -1;
	native->module->memory(native->vm, &native->size);
	return 0;
}

static int
prepare(struct sark_native *native, struct sark_err *err)
{
	enum sark_native_fault fault;

	native->vm =
	    native->module->start(&native->host, pages(native), &fault);
	if (native->vm == NULL)
		return sark_native_explain(native, fault, err);
	native->watch.vm = native->vm;
	if (native->abi == 0 && learn(native, err) == -1)
		return -1;
	return load_data(native, err);
}

/* Makes an instance when there is none, under a deadline of its own. */
static int
ensure(struct sark_native *native, struct sark_err *err)
{
	int ret;

	if (native->vm != NULL)
		return 0;
	if (sark_watch_begin(&native->watch, START_MS, err) == -1)
		return -1;
	ret = prepare(native, err);
	sark_watch_end(&native->watch);
	if (ret == -1)
		sark_native_drop(native);
	return ret;
}

static int
open_object(struct sark_native *native, int fd, struct sark_err *err)
{
	char path[64];

	native->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (native->fd == -1)
		return sark_err_set(
		    err, SARK_CONFIG, "dup: %s", strerror(errno));
	/* The descriptor is what was verified; a name could mean another. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", native->fd);
	native->handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (native->handle == NULL)
		return sark_err_set(err, SARK_CONFIG, "%s", dlerror());
	native->module = dlsym(native->handle, SARK_NATIVE_SYMBOL);
	if (native->module == NULL || native->module->abi != SARK_NATIVE_ABI)
		return sark_err_set(err, SARK_CONFIG,
		    "not a policy for this version: run sark-policy-build");
	native->watch.module = native->module;
	return 0;
}

int
sark_native_load(void *ctx, const struct sark_native_source *source,
    struct sark_native **native_r, struct sark_err *err)
{
	struct sark_native *native = sark_new(ctx, struct sark_native);
	struct sark_err why;
	int ret = -1;

	native->fd = -1;
	native->limits = source->limits;
	native->host.arg = native;
	native->host.builtin = sark_native_builtin;
	native->data = sark_memdup(native, source->data, source->data_len);
	native->data_len = source->data_len;
	native->zones = sark_zones_new(native);
	native->scratch = talloc_new(native);
	talloc_set_destructor(native, native_free);
	sark_err_init(&why);
	if (open_object(native, source->fd, &why) == 0 &&
	    ensure(native, &why) == 0) {
		talloc_free_children(native->scratch);
		*native_r = native;
		ret = 0;
	} else {
		sark_err_set(err, SARK_CONFIG, "%s", why.text);
		talloc_free(native);
	}
	return ret;
}

/*
 * The one answer [{"result":VALUE}]; [] is undefined.  *result_r is VALUE.
 */
static int
unwrap(const char **result_r, size_t *len_r, struct sark_err *err)
{
	static const char head[] = "[{\"result\":";
	const char *text = *result_r;
	size_t n = sizeof(head) - 1;

	if (*len_r <= n + 2 || strncmp(text, head, n) != 0 ||
	    strcmp(text + *len_r - 2, "}]") != 0)
		return sark_err_set(err, SARK_POLICY_UNAVAILABLE,
		    "policy: data.sark.decision is undefined");
	*result_r = text + n;
	*len_r -= n + 2;
	return 0;
}

static int
evaluate(struct sark_native *native, const struct sark_engine_input *input,
    const char **text_r, size_t *len_r, struct sark_err *err)
{
	uint32_t a[5] = { native->entrypoint, native->data_at };
	uint32_t none, answer;

	a[3] = (uint32_t)input->len;
	if (sark_native_call(native, SARK_NATIVE_HEAP_SET, &native->heap, &none,
		err) == -1 ||
	    sark_native_give(native, input->json, input->len, &a[2], err) ==
		-1 ||
	    sark_native_call(native, SARK_NATIVE_HEAP_GET, NULL, &a[4], err) ==
		-1 ||
	    sark_native_call(native, SARK_NATIVE_EVAL, a, &answer, err) == -1)
		return -1;
	*text_r = sark_native_text(native, answer, len_r);
	if (*text_r == NULL)
		return sark_err_set(
		    err, SARK_POLICY_UNAVAILABLE, "policy: no answer");
	return unwrap(text_r, len_r, err);
}

/* A large request must not make the process large for ever. */
static void
shrink(struct sark_native *native)
{
	size_t size;

	if (native->vm == NULL)
		return;
	native->module->memory(native->vm, &size);
	if (size > native->size + KEEP_BYTES)
		sark_native_drop(native);
}

int
sark_native_eval(struct sark_native *native, void *ctx,
    const struct sark_engine_input *input, const char **result_r,
    size_t *result_len_r, struct sark_err *err)
{
	const char *text;
	int ret;

	sark_err_init(&native->err);
	native->now_ns = input->now_ns;
	if (ensure(native, err) == -1 ||
	    sark_watch_begin(&native->watch, native->limits.deadline_ms, err) ==
		-1)
		return -1;
	ret = evaluate(native, input, &text, result_len_r, err);
	sark_watch_end(&native->watch);
	if (ret == 0)
		*result_r = sark_strndup(ctx, text, *result_len_r);
	shrink(native);
	talloc_free_children(native->scratch);
	return ret;
}

const char *const *
sark_native_builtins(const struct sark_native *native)
{
	return native->names;
}

int64_t
sark_native_abi(const struct sark_native *native)
{
	return native->abi;
}
