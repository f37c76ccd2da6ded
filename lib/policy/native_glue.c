/*
 * Goes into every compiled policy, beside the output of wasm2c: the runtime
 * that the output asks for (wasm-rt.h of wabt) and the door of native_abi.h.
 * sark-policy-build(8) carries this text and compiles it; nothing of it is in
 * the library.
 *
 * Memory is one mapping of the size of the cap, so growing moves nothing and
 * calls nothing: the compiled code holds no lock and no resource at any
 * instruction, and may be left by siglongjmp from a signal handler.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "policy.h"

#define TYPES_MAX 64
#define ARITY_MAX 24

struct Z_env_instance_t {
	const struct sark_native_host *host;
	wasm_rt_memory_t memory;
	size_t mapped;
	volatile sig_atomic_t interruptible;
	volatile sig_atomic_t late;
	char reason[256];
	sigjmp_buf back;
};

struct sark_native_vm {
	struct Z_env_instance_t env;
	Z_policy_instance_t instance;
};

uint32_t wasm_rt_call_stack_depth;

/* A trap has no argument that leads to its instance. */
static struct Z_env_instance_t *running;

static struct {
	uint32_t params, results;
	wasm_rt_type_t types[ARITY_MAX];
} types[TYPES_MAX];
static uint32_t types_count;

static void leave(struct Z_env_instance_t *env, enum sark_native_fault fault,
    const char *reason) __attribute__((noreturn));

static void
leave(struct Z_env_instance_t *env, enum sark_native_fault fault,
    const char *reason)
{
	env->interruptible = 0;
	strncpy(env->reason, reason, sizeof(env->reason) - 1);
	siglongjmp(env->back, fault);
}

/* What wasm-rt.h declares. */

void
wasm_rt_trap(wasm_rt_trap_t code)
{
	static const char *const reasons[] = {
		[WASM_RT_TRAP_NONE] = "no trap",
		[WASM_RT_TRAP_OOB] = "memory access out of bounds",
		[WASM_RT_TRAP_INT_OVERFLOW] = "integer overflow",
		[WASM_RT_TRAP_DIV_BY_ZERO] = "integer division by zero",
		[WASM_RT_TRAP_INVALID_CONVERSION] = "conversion of a NaN",
		[WASM_RT_TRAP_UNREACHABLE] = "unreachable instruction",
		[WASM_RT_TRAP_CALL_INDIRECT] = "wrong indirect call",
		[WASM_RT_TRAP_UNCAUGHT_EXCEPTION] = "uncaught exception",
		[WASM_RT_TRAP_EXHAUSTION] = "call stack exhausted",
	};

	leave(running, SARK_NATIVE_TRAP,
	    (size_t)code < sizeof(reasons) / sizeof(reasons[0])
		? reasons[code]
		: "unknown trap");
}

bool
wasm_rt_is_initialized(void)
{
	return true;
}

uint32_t
wasm_rt_register_func_type(uint32_t params, uint32_t results, ...)
{
	wasm_rt_type_t list[ARITY_MAX] = { 0 };
	uint32_t i;
	va_list ap;

	if (params + results > ARITY_MAX)
		leave(running, SARK_NATIVE_TRAP, "a function type is too long");
	va_start(ap, results);
	for (i = 0; i < params + results; i++)
		list[i] = va_arg(ap, wasm_rt_type_t);
	va_end(ap);
	for (i = 0; i < types_count; i++)
		if (types[i].params == params && types[i].results == results &&
		    memcmp(types[i].types, list, sizeof(list)) == 0)
			return i + 1;
	if (types_count == TYPES_MAX)
		leave(running, SARK_NATIVE_TRAP, "too many function types");
	types[i].params = params;
	types[i].results = results;
	memcpy(types[i].types, list, sizeof(list));
	types_count++;
	return i + 1;
}

uint32_t
wasm_rt_grow_memory(wasm_rt_memory_t *memory, uint32_t delta)
{
	uint32_t before = memory->pages;

	if (delta > memory->max_pages - before)
		leave(running, SARK_NATIVE_MEMORY, "memory cap");
	memory->pages = before + delta;
	memory->size = memory->pages * SARK_NATIVE_PAGE;
	return before;
}

void
wasm_rt_allocate_funcref_table(
    wasm_rt_funcref_table_t *table, uint32_t size, uint32_t max)
{
	table->data = calloc(size, sizeof(*table->data));
	if (table->data == NULL)
		leave(running, SARK_NATIVE_MEMORY, "table");
	table->size = size;
	table->max_size = max;
}

void
wasm_rt_free_funcref_table(wasm_rt_funcref_table_t *table)
{
	free(table->data);
	table->data = NULL;
}

/* What the policy imports. */

wasm_rt_memory_t *
Z_envZ_memory(struct Z_env_instance_t *env)
{
	return &env->memory;
}

void
Z_envZ_opa_abort(struct Z_env_instance_t *env, u32 address)
{
	const char *text = "no reason given";

	if (address < env->memory.size &&
	    memchr(env->memory.data + address, '\0',
		env->memory.size - address) != NULL)
		text = (const char *)env->memory.data + address;
	leave(env, SARK_NATIVE_ABORT, text);
}

/* No interruption while the host works: it may hold whatever it likes. */
static u32
builtin(
    struct Z_env_instance_t *env, u32 id, unsigned int count, const u32 *args)
{
	uint32_t result = 0;
	int ret;

	env->interruptible = 0;
	ret = env->host->builtin(
	    env->host->arg, (int32_t)id, count, args, &result);
	if (ret == -1)
		leave(env, SARK_NATIVE_HOST, "");
	env->interruptible = 1;
	if (env->late)
		leave(env, SARK_NATIVE_DEADLINE, "");
	return result;
}

u32
Z_envZ_opa_builtin0(struct Z_env_instance_t *env, u32 id, u32 ctx)
{
	(void)ctx;
	return builtin(env, id, 0, NULL);
}

u32
Z_envZ_opa_builtin1(struct Z_env_instance_t *env, u32 id, u32 ctx, u32 a)
{
	(void)ctx;
	return builtin(env, id, 1, (const u32[]){ a });
}

u32
Z_envZ_opa_builtin2(struct Z_env_instance_t *env, u32 id, u32 ctx, u32 a, u32 b)
{
	(void)ctx;
	return builtin(env, id, 2, (const u32[]){ a, b });
}

u32
Z_envZ_opa_builtin3(
    struct Z_env_instance_t *env, u32 id, u32 ctx, u32 a, u32 b, u32 c)
{
	(void)ctx;
	return builtin(env, id, 3, (const u32[]){ a, b, c });
}

u32
Z_envZ_opa_builtin4(
    struct Z_env_instance_t *env, u32 id, u32 ctx, u32 a, u32 b, u32 c, u32 d)
{
	(void)ctx;
	return builtin(env, id, 4, (const u32[]){ a, b, c, d });
}

/* The door. */

static uint32_t
nested(struct sark_native_vm *vm, enum sark_native_fn fn, const uint32_t *a)
{
	Z_policy_instance_t *i = &vm->instance;

	switch (fn) {
	case SARK_NATIVE_BUILTINS:
		return Z_policyZ_builtins(i);
	case SARK_NATIVE_ENTRYPOINTS:
		return Z_policyZ_entrypoints(i);
	case SARK_NATIVE_MALLOC:
		return Z_policyZ_opa_malloc(i, a[0]);
	case SARK_NATIVE_HEAP_GET:
		return Z_policyZ_opa_heap_ptr_get(i);
	case SARK_NATIVE_HEAP_SET:
		Z_policyZ_opa_heap_ptr_set(i, a[0]);
		return 0;
	case SARK_NATIVE_JSON_PARSE:
		return Z_policyZ_opa_json_parse(i, a[0], a[1]);
	case SARK_NATIVE_VALUE_PARSE:
		return Z_policyZ_opa_value_parse(i, a[0], a[1]);
	case SARK_NATIVE_JSON_DUMP:
		return Z_policyZ_opa_json_dump(i, a[0]);
	case SARK_NATIVE_VALUE_DUMP:
		return Z_policyZ_opa_value_dump(i, a[0]);
	case SARK_NATIVE_EVAL:
		return Z_policyZ_opa_eval(
		    i, 0, a[0], a[1], a[2], a[3], a[4], 0);
	case SARK_NATIVE_ABI_VERSION:
		return *Z_policyZ_opa_wasm_abi_version(i) * 1000 +
		    *Z_policyZ_opa_wasm_abi_minor_version(i);
	}
	return 0;
}

static enum sark_native_fault
call(struct sark_native_vm *vm, enum sark_native_fn fn, const uint32_t *args,
    uint32_t *result_r)
{
	int fault;

	running = &vm->env;
	wasm_rt_call_stack_depth = 0;
	vm->env.late = 0;
	/* Without the signal mask: the handler runs with the mask unchanged. */
	fault = sigsetjmp(vm->env.back, 0);
	if (fault != SARK_NATIVE_OK) {
		vm->env.interruptible = 0;
		return (enum sark_native_fault)fault;
	}
	vm->env.interruptible = 1;
	*result_r = nested(vm, fn, args);
	vm->env.interruptible = 0;
	return SARK_NATIVE_OK;
}

static void
stop(struct sark_native_vm *vm)
{
	Z_policy_free(&vm->instance);
	munmap(vm->env.memory.data, vm->env.mapped);
	free(vm);
}

static struct sark_native_vm *
start(const struct sark_native_host *host, uint32_t pages,
    enum sark_native_fault *fault_r)
{
	struct sark_native_vm *volatile vm;
	void *memory;
	int fault;

	*fault_r = SARK_NATIVE_MEMORY;
	vm = calloc(1, sizeof(*vm));
	if (vm == NULL)
		return NULL;
	vm->env.host = host;
	vm->env.mapped = (size_t)pages * SARK_NATIVE_PAGE;
	memory = mmap(NULL, vm->env.mapped, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED) {
		free(vm);
		return NULL;
	}
	vm->env.memory.data = memory;
	vm->env.memory.max_pages = pages;
	vm->env.memory.pages = SARK_NATIVE_PAGES_INITIAL;
	vm->env.memory.size = SARK_NATIVE_PAGES_INITIAL * SARK_NATIVE_PAGE;
	running = &vm->env;
	wasm_rt_call_stack_depth = 0;
	fault = sigsetjmp(vm->env.back, 0);
	if (fault == SARK_NATIVE_OK && pages < SARK_NATIVE_PAGES_INITIAL)
		fault = SARK_NATIVE_MEMORY;
	if (fault == SARK_NATIVE_OK) {
		Z_policy_init_module();
		Z_policy_instantiate(&vm->instance, &vm->env);
	}
	*fault_r = (enum sark_native_fault)fault;
	if (fault == SARK_NATIVE_OK)
		return vm;
	stop(vm);
	return NULL;
}

static unsigned char *
memory_of(struct sark_native_vm *vm, size_t *size_r)
{
	*size_r = vm->env.memory.size;
	return vm->env.memory.data;
}

static void
interrupt(struct sark_native_vm *vm)
{
	if (vm->env.interruptible)
		leave(&vm->env, SARK_NATIVE_DEADLINE, "");
	vm->env.late = 1;
}

static const char *
reason_of(const struct sark_native_vm *vm)
{
	return vm->env.reason;
}

extern const struct sark_native_module sark_native_module
    __attribute__((visibility("default")));
const struct sark_native_module sark_native_module = {
	.abi = SARK_NATIVE_ABI,
	.start = start,
	.stop = stop,
	.call = call,
	.nested = nested,
	.memory = memory_of,
	.interrupt = interrupt,
	.reason = reason_of,
};
