#include <string.h>

#include "policy/native_priv.h"

void
sark_native_drop(struct sark_native *native)
{
	if (native->vm != NULL)
		native->module->stop(native->vm);
	native->vm = NULL;
	native->watch.vm = NULL;
}

int
sark_native_explain(struct sark_native *native, enum sark_native_fault fault,
    struct sark_err *err)
{
	const enum sark_code code = SARK_POLICY_UNAVAILABLE;
	const char *reason = "";

	if (native->vm != NULL)
		reason = native->module->reason(native->vm);
	switch (fault) {
	case SARK_NATIVE_TRAP:
		return sark_err_set(err, code, "policy: trap: %s", reason);
	case SARK_NATIVE_ABORT:
		return sark_err_set(err, code, "policy: abort: %s", reason);
	case SARK_NATIVE_DEADLINE:
		return sark_err_set(err, code, "policy: deadline passed");
	case SARK_NATIVE_MEMORY:
		return sark_err_set(err, code,
		    "policy: more than %lld bytes of memory",
		    (long long)native->limits.memory_bytes);
	case SARK_NATIVE_HOST:
		return sark_err_set(err, code, "policy: %s", native->err.text);
	case SARK_NATIVE_OK:
		break;
	}
	return sark_err_set(err, code, "policy: unknown fault");
}

/* A call from outside: a fault is explained, the instance thrown away. */
int
sark_native_call(struct sark_native *native, enum sark_native_fn fn,
    const uint32_t *args, uint32_t *result_r, struct sark_err *err)
{
	enum sark_native_fault fault;

	fault = native->module->call(native->vm, fn, args, result_r);
	if (fault == SARK_NATIVE_OK)
		return 0;
	sark_native_explain(native, fault, err);
	sark_native_drop(native);
	return -1;
}

/* The terminated text at an address, or NULL. */
const char *
sark_native_text(struct sark_native *native, uint32_t address, size_t *len_r)
{
	const unsigned char *memory, *end;
	size_t size;

	memory = native->module->memory(native->vm, &size);
	if (address == 0 || address >= size)
		return NULL;
	end = memchr(memory + address, '\0', size - address);
	if (end == NULL)
		return NULL;
	*len_r = (size_t)(end - (memory + address));
	return (const char *)memory + address;
}

/* Copies text to an address that the policy's malloc gave. */
int
sark_native_put(
    struct sark_native *native, uint32_t address, const char *text, size_t len)
{
	unsigned char *memory;
	size_t size;

	memory = native->module->memory(native->vm, &size);
	if (address == 0 || address > size || len > size - address)
		return -1;
	memcpy(memory + address, text, len);
	return 0;
}

int
sark_native_fit(struct sark_native *native, size_t len, struct sark_err *err)
{
	if (len < (size_t)native->limits.memory_bytes)
		return 0;
	return sark_native_explain(native, SARK_NATIVE_MEMORY, err);
}

/* Allocates and fills; *address_r is where. */
int
sark_native_give(struct sark_native *native, const char *text, size_t len,
    uint32_t *address_r, struct sark_err *err)
{
	const uint32_t size[] = { (uint32_t)len };

	if (sark_native_fit(native, len, err) == -1 ||
	    sark_native_call(
		native, SARK_NATIVE_MALLOC, size, address_r, err) == -1)
		return -1;
	if (sark_native_put(native, *address_r, text, len) == -1)
		return sark_err_set(err, SARK_POLICY_UNAVAILABLE,
		    "policy: allocates outside its memory");
	return 0;
}
