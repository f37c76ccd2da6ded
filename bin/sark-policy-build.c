/* sark-policy-build: a folder of Rego becomes the policy that programs load. */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "config.h"
#include "json/reader.h"
#include "policy/native.h"
#include "policy_compile.h"
#include "policy_install.h"
#include "run.h"
#include "tool.h"

/* The administrator's own, where there is one, or the one that ships. */
#define SOURCE_OWN     SARK_SYSCONFDIR "/policy"
#define SOURCE_SHIPPED SARK_DATADIR "/policy"
#define TRY_MS	       5000

const char *argp_program_version = "sark-policy-build (SARK) " PACKAGE_VERSION;

static const char doc[] =
    "Tests a policy, compiles it and installs it where programs load it.\v"
    "The policy is a folder of Rego: " SOURCE_OWN ", or, where that is "
    "missing, " SOURCE_SHIPPED ". "
    "With opa(1) in PATH the Rego is tested and compiled; without, the "
    "compiled module that came with it is used, if the Rego is unchanged. "
    "data.json may be changed in both cases.\n";

enum { KEY_CHECK = 256, KEY_SAVE, KEY_WASM };

/* clang-format off */
static const struct argp_option options[] = {
	{ "config", 'c', "FILE", 0, "Settings, instead of $SARK_CONF or "
	  SARK_CONF_DEFAULT_PATH, 0 },
	{ "source", 's', "DIR", 0, "Folder of Rego, as the argument", 0 },
	{ "output", 'o', "DIR", 0, "Where to install, instead of the setting "
	  "policy_dir", 0 },
	{ "wasm", KEY_WASM, "FILE", 0, "The compiled module (policy.wasm in "
	  "the source folder)", 0 },
	{ "check", KEY_CHECK, NULL, 0, "Test and compile, install nothing", 0 },
	{ "save", KEY_SAVE, NULL, 0, "Also write the compiled module, and "
	  "beside it the list of its sources; needs opa", 0 },
	{ "verbose", 'v', NULL, 0, "Say what is done", 0 },
	{ NULL, 0, NULL, 0, NULL, 0 }
};
/* clang-format on */

struct call {
	const char *config, *source, *output, *wasm;
	bool check, save, verbose;
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
	case 's':
		call->source = arg;
		return 0;
	case 'o':
		call->output = arg;
		return 0;
	case KEY_WASM:
		call->wasm = arg;
		return 0;
	case KEY_CHECK:
		call->check = true;
		return 0;
	case KEY_SAVE:
		call->save = true;
		return 0;
	case 'v':
		call->verbose = true;
		return 0;
	case ARGP_KEY_ARG:
		if (call->source != NULL)
			argp_error(state, "one folder of Rego, not two");
		call->source = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* The settings matter only where no option says where to install. */
static int
find_output(struct call *call, struct sark_err *err)
{
	struct sark_conf *conf;

	if (call->check || call->output != NULL)
		return 0;
	if (sark_conf_read(call->ctx, call->config, &conf, err) == -1)
		return -1;
	call->output = conf->policy_dir;
	return 0;
}

/* The compiled module: made by opa where it is, else the one that came. */
static int
find_wasm(const struct call *call, const struct policy_scratch *scratch,
    const struct policy_source *source, struct policy_file *wasm,
    struct sark_err *err)
{
	bool opa = run_has("opa");

	if (!opa && call->save)
		return sark_err_set(
		    err, SARK_UNAVAILABLE, "--save: opa is not installed");
	if (!opa) {
		if (call->verbose)
			fprintf(stderr, "no opa: using %s\n", call->wasm);
		return policy_source_wasm(
		    call->ctx, source, call->wasm, wasm, err);
	}
	if (policy_source_copy(source, scratch->sources, err) == -1 ||
	    policy_compile_rego(call->ctx, scratch, source, wasm, err) == -1)
		return -1;
	if (!call->save)
		return 0;
	return policy_source_save(source, call->wasm, wasm, err);
}

/*
 * Asked with the empty input, a policy may answer by the rule "values" that
 * its values are wrong; the reason says how.
 */
static int
judge_values(const struct call *call, const char *answer, size_t len,
    struct sark_err *err)
{
	const struct sark_json *root, *rule;
	struct sark_err not_json;
	const char *reason;

	sark_err_init(&not_json);
	if (answer == NULL ||
	    sark_json_parse(call->ctx, answer, len, &root, &not_json) == -1)
		return 0;
	rule = sark_json_get(root, "rule");
	if (sark_json_type(rule) != SARK_JSON_STRING ||
	    !sark_str_eq(sark_json_str(rule), "values"))
		return 0;
	reason = sark_json_str(sark_json_get(root, "reason"));
	return sark_err_set(err, SARK_CONFIG, "%s/data.json: %s", call->source,
	    reason != NULL ? reason : "the policy refuses these values");
}

/* Loads the object as a program would, and lets it answer once. */
static int
try_out(const struct call *call, const struct policy_scratch *scratch,
    struct policy_build *build, struct sark_err *err)
{
	struct sark_native_source source = {
		.data = build->source->data.text,
		.data_len = build->source->data.len,
		.limits = { .deadline_ms = TRY_MS,
		    .memory_bytes = (int64_t)64 << 20 },
	};
	const struct sark_engine_input input = {
		.json = "{}", .len = 2, .now_ns = sark_clock_ns()
	};
	struct sark_native *native;
	const char *answer;
	size_t len;
	char *path;

	path =
	    sark_format(call->ctx, "%s/%s", scratch->dir, build->object->name);
	source.fd = open(path, O_RDONLY | O_CLOEXEC);
	if (source.fd == -1)
		return sark_err_set(
		    err, SARK_INTERNAL, "%s: %s", path, strerror(errno));
	if (sark_native_load(call->ctx, &source, &native, err) == -1) {
		close(source.fd);
		return -1;
	}
	close(source.fd);
	build->abi = sark_native_abi(native);
	build->builtins = sark_native_builtins(native);
	if (sark_native_eval(native, call->ctx, &input, &answer, &len, err) ==
	    -1)
		return sark_err_set(err, SARK_CONFIG, "%s", err->text);
	if (call->verbose)
		fprintf(stderr, "the empty input gives %s\n", answer);
	return judge_values(call, answer, len, err);
}

static int
build(struct call *call, struct sark_err *err)
{
	struct policy_file wasm, object;
	struct policy_scratch *scratch;
	struct policy_source source;
	struct sark_manifest manifest;
	struct policy_build made = {
		.source = &source, .wasm = &wasm, .object = &object
	};

	if (call->source == NULL)
		call->source =
		    access(SOURCE_OWN, F_OK) == 0 ? SOURCE_OWN : SOURCE_SHIPPED;
	if (call->wasm == NULL)
		call->wasm =
		    sark_format(call->ctx, "%s/" POLICY_WASM, call->source);
	if (find_output(call, err) == -1 ||
	    policy_source_read(call->ctx, call->source, &source, err) == -1 ||
	    policy_scratch_make(call->ctx, call->verbose, &scratch, err) ==
		-1 ||
	    find_wasm(call, scratch, &source, &wasm, err) == -1 ||
	    policy_compile_wasm(call->ctx, scratch, &wasm, &object, err) ==
		-1 ||
	    try_out(call, scratch, &made, err) == -1)
		return -1;
	policy_manifest_of(call->ctx, &made, &manifest);
	if (!call->check &&
	    policy_install(call->output, &made, &manifest, err) == -1)
		return -1;
	if (call->verbose)
		fprintf(stderr, "revision %s%s%s\n", manifest.revision,
		    call->check ? "" : " installed in ",
		    call->check ? "" : call->output);
	return 0;
}

int
main(int argc, char **argv)
{
	static const struct argp argp = { options, take, "[DIR]", doc, NULL,
		NULL, NULL };
	struct call call = { .config = tool_config() };
	struct sark_err err;

	call.ctx = tool_begin(&argp, &call, argc, argv, &err);
	return tool_end(
	    "sark-policy-build", call.ctx, build(&call, &err), &err);
}
