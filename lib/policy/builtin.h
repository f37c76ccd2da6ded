#ifndef SARK_POLICY_BUILTIN_H
#define SARK_POLICY_BUILTIN_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "policy/term.h"

/*
 * The functions of Rego that compiled policies ask of their host: those
 * that OPA's own WebAssembly library does not bring, and that neither act
 * nor look at anything but their arguments (time.now_ns: the time of the
 * request).  Answers are OPA 1.22's; where it differs the row says so.
 */
#define SARK_BUILTIN_ARGS 4

struct sark_zones;

struct sark_builtin_call {
	void *ctx; /* of this call */
	int64_t now_ns;
	struct sark_zones *zones;
	unsigned int count;
	const struct sark_term *args[SARK_BUILTIN_ARGS];
};

/*
 * Finders: 1 and the value, 0 undefined (what OPA calls a builtin error: a
 * wrong type, an unreadable text), -1 the evaluation must end: a limit was
 * reached, or the answer cannot be vouched for.
 */
typedef int sark_builtin_fn(const struct sark_builtin_call *call,
    struct sark_term **value_r, struct sark_err *err);

struct sark_builtin {
	const char *name;
	unsigned int args;
	sark_builtin_fn *fn;
};

/* The families, each ended by a row without a name. */
extern const struct sark_builtin sark_builtins_net[], sark_builtins_object[],
    sark_builtins_patch[], sark_builtins_query[], sark_builtins_regex[],
    sark_builtins_text[], sark_builtins_time[], sark_builtins_units[],
    sark_builtins_version[];

/* NULL: there is none of this name. */
const struct sark_builtin *sark_builtin_find(const char *name) SARK_NONNULL(1);

/* An argument, when it is a string, else NULL. */
const struct sark_term *sark_builtin_str(
    const struct sark_builtin_call *call, unsigned int i) SARK_NONNULL(1);
/* An argument as a whole number: 0, or -1. */
int sark_builtin_int(const struct sark_builtin_call *call, unsigned int i,
    int64_t *value_r) SARK_NONNULL(1, 3) SARK_CHECKED;
/* A string as the value; always 1. */
int sark_builtin_give_str(const struct sark_builtin_call *call,
    const char *text, size_t len, struct sark_term **value_r)
    SARK_NONNULL(1, 2, 4);
int sark_builtin_give_bool(const struct sark_builtin_call *call, bool truth,
    struct sark_term **value_r) SARK_NONNULL(1, 3);
int sark_builtin_give_int(const struct sark_builtin_call *call, int64_t value,
    struct sark_term **value_r) SARK_NONNULL(1, 3);

#endif
