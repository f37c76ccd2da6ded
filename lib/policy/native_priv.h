#ifndef SARK_POLICY_NATIVE_PRIV_H
#define SARK_POLICY_NATIVE_PRIV_H

#include "base/attr.h"
#include "base/err.h"
#include "policy/builtin.h"
#include "policy/native.h"
#include "policy/native_abi.h"
#include "policy/native_watch.h"

/* What the files of the native engine share, and nobody else sees. */

struct sark_native_bound {
	int32_t id;
	const struct sark_builtin *builtin;
};

struct sark_native {
	int fd; /* held: dlopen knows the object by this number */
	void *handle;
	const struct sark_native_module *module;
	struct sark_native_vm *vm; /* NULL: to be made */
	struct sark_native_host host;
	struct sark_watch watch;
	struct sark_engine_limits limits;
	char *data;
	size_t data_len;
	uint32_t abi, entrypoint;
	uint32_t data_at; /* address of the data's value */
	uint32_t heap;	  /* where an evaluation's memory begins */
	size_t size;	  /* of the memory of a fresh instance */
	const char **names;
	struct sark_native_bound *bound;
	size_t bounds;
	struct sark_zones *zones;
	/* of the evaluation under way */
	void *scratch;
	int64_t now_ns;
	struct sark_err err; /* why a builtin gave up */
};

/* native_call.c: calls from outside, within an instance that is there. */

/* Throws the instance away. */
void sark_native_drop(struct sark_native *native);
/* Says what ended a call; always -1. */
int sark_native_explain(struct sark_native *native,
    enum sark_native_fault fault, struct sark_err *err);
/* A fault is explained, the instance thrown away. */
int sark_native_call(struct sark_native *native, enum sark_native_fn fn,
    const uint32_t *args, uint32_t *result_r,
    struct sark_err *err) SARK_CHECKED;
/* The terminated text at an address, or NULL. */
const char *sark_native_text(
    struct sark_native *native, uint32_t address, size_t *len_r);
/* Whether so many bytes can be within the cap at all. */
int sark_native_fit(
    struct sark_native *native, size_t len, struct sark_err *err) SARK_CHECKED;
/* Copies text to an address that the policy's malloc gave. */
int sark_native_put(struct sark_native *native, uint32_t address,
    const char *text, size_t len) SARK_CHECKED;
/* Allocates and fills; *address_r is where. */
int sark_native_give(struct sark_native *native, const char *text, size_t len,
    uint32_t *address_r, struct sark_err *err) SARK_CHECKED;

/* native_bridge.c: the builtins that the policy asks for. */

/* Finds them all by name, from the object that builtins() gives. */
int sark_native_bind(struct sark_native *native, const struct sark_term *names,
    struct sark_err *err) SARK_CHECKED;
/* As native_abi.h has it. */
int sark_native_builtin(void *arg, int32_t id, unsigned int count,
    const uint32_t *args, uint32_t *result_r);

#endif
