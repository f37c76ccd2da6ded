/*
 * P-13: each allocation of a request fails once.  The library has one answer
 * to that, its hook (base/mem.h): the process ends with EX_OSERR.  What must
 * not be is another end, or an answer that is not the right one.
 */
#include "config.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>

#include "auth/bearer.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "conf/conf.h"
#include "crypto/keyring.h"
#include "http/dispatch.h"
#include "../lib/crypto/mint.h"

#define UUID	  "01890a5d-ac96-774b-bcce-b302099a8057"
#define HEADER	  "{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"" MINT_KID "\"}"
#define MOST	  100000 /* no request allocates so often */
#define ANSWERS	  65536
#define IN_JSON_C 99

/* ---- an allocator that can fail; glibc's own stands behind it */

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);

static unsigned int left; /* until one fails, 0: none does */
static bool failed;

static bool
fails(void)
{
	if (left == 0 || --left > 0)
		return false;
	failed = true;
	errno = ENOMEM;
	return true;
}

void *
malloc(size_t n)
{
	return fails() ? NULL : __libc_malloc(n);
}

void *
calloc(size_t n, size_t size)
{
	return fails() ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *p, size_t n)
{
	return fails() ? NULL : __libc_realloc(p, n);
}

/* ---- what is asked */

struct thing {
	const char *name;
	const struct sark_json *more;
};

struct fixture {
	struct mint *mint;
	struct sark_conf conf;
	struct sark_app app;
	struct sark_dispatch dispatch;
	struct sark_exchange in;
	struct sark_buf out;
	char *token, *forged;
};

static int
echo(struct sark_app *app, const struct sark_req *req, struct sark_resp *resp,
    struct sark_err *err)
{
	const struct thing *thing = req->input;
	size_t len;

	(void)app;
	(void)err;
	resp->status = 200;
	sark_buf_format(&resp->body, "{\"user\":\"%s\",\"name\":\"%s\"",
	    req->caller->username, thing == NULL ? "" : thing->name);
	if (thing != NULL && thing->more != NULL)
		sark_buf_format(&resp->body, ",\"more\":%s",
		    sark_json_text(req->mem, thing->more, &len));
	sark_buf_char(&resp->body, '}');
	return 0;
}

/* clang-format off */
static const struct sark_field fields[] = {
	{ "/name", SARK_TEXT, offsetof(struct thing, name), 1, 10, SARK_REQUIRED },
	{ "/more", SARK_ANY, offsetof(struct thing, more) },
	{ NULL }
};
static const struct sark_input input = { fields, sizeof(struct thing) };
static const struct sark_route routes[] = {
	{ SARK_POST, "/things", SARK_MAY("server:register"), &input, echo },
	{ SARK_GET, "/me", SARK_SIGNED_IN, NULL, echo },
	{ 0 }
};
/* clang-format on */

static int
authenticate(struct sark_app *app, const struct sark_route *route,
    const struct sark_credential *credential, struct sark_caller *caller,
    struct sark_err *err)
{
	static const char *const may[] = { "server:register", NULL };
	struct sark_standing_slot *slot;

	(void)route;
	if (credential->bearer == NULL)
		return sark_err_set(err, SARK_UNAUTHENTICATED, "none");
	if (sark_auth_bearer(app, credential->bearer, caller, &slot, err) == -1)
		return -1;
	/* There is nobody here to ask. */
	caller->permissions = may;
	return 0;
}

static void
add(struct fixture *f, const char *name, const char *value)
{
	struct sark_param param = { name, value, (uint32_t)strlen(name),
		(uint32_t)strlen(value) };

	sark_exchange_add(&f->in, &param);
}

static void
ask(struct fixture *f, const char *method, const char *uri, const char *token,
    const char *body)
{
	char length[24];

	sark_exchange_reset(&f->in);
	sark_buf_reset(&f->out);
	add(f, "REQUEST_METHOD", method);
	add(f, "REQUEST_URI", uri);
	add(f, "HTTP_X_REQUEST_ID", "r-1");
	if (token != NULL)
		add(f, "HTTP_AUTHORIZATION", token);
	if (body != NULL) {
		snprintf(length, sizeof(length), "%zu", strlen(body));
		add(f, "CONTENT_TYPE", "application/json");
		add(f, "CONTENT_LENGTH", length);
		f->in.body = body;
		f->in.body_len = strlen(body);
	}
	sark_dispatch_handle(&f->dispatch, &f->in, &f->out);
}

/* Everything that is asked, its answers one after the other to fd. */
static void
ask_all(struct fixture *f, int fd)
{
	static const char more[] =
	    "{\"name\":\"a\\u00e9b\",\"more\":{\"list\":[1,2.5,true,null,"
	    "\"text\"],\"deep\":{\"a\":{\"b\":[{\"c\":\"d\"}]}}}}";
	const struct {
		const char *method, *uri, *token, *body;
	} asked[] = {
		{ "POST", "/things", f->token, more },
		{ "POST", "/things", f->token, "{\"name\":7}" },
		{ "POST", "/things", f->token, "{\"name\":" },
		{ "POST", "/things", f->forged, "{\"name\":\"a\"}" },
		{ "GET", "/me", f->token, NULL },
		{ "GET", "/nowhere", NULL, NULL },
	};
	size_t i;

	for (i = 0; i < SARK_COUNT(asked); i++) {
		ask(f, asked[i].method, asked[i].uri, asked[i].token,
		    asked[i].body);
		if (write(fd, f->out.data, f->out.len) == -1)
			_exit(EX_IOERR);
	}
}

static int
setup(void **state)
{
	static const char *const nobody[] = { NULL };
	struct fixture *f = sark_new(NULL, struct fixture);
	double now = (double)sark_clock_ms() / 1000;
	struct sark_err err;

	sark_err_init(&err);
	sark_log_open("test", SARK_LOG_ERROR, SARK_LOG_KV, SARK_LOG_STDERR);
	f->mint = mint_new(f);
	f->conf.issuer = "https://sark.test";
	f->conf.audience = "sark";
	f->conf.token_cache_entries = 8;
	f->conf.trusted_proxies = f->conf.cors_origins = nobody;
	f->app.conf = &f->conf;
	f->dispatch.app = &f->app;
	f->dispatch.routes = routes;
	f->dispatch.authenticate = authenticate;
	sark_buf_init(&f->out, f);
	f->token = sark_format(f, "Bearer %s",
	    mint_token(f, f->mint->private_pem, HEADER,
		sark_format(f,
		    "{\"iss\":\"https://sark.test\",\"aud\":\"sark\",\"sub\":"
		    "\"" UUID "\",\"jti\":\"" UUID "\",\"sid\":\"" UUID "\","
		    "\"username\":\"alice\",\"roles\":[\"developer\"],"
		    "\"iat\":%.0f,\"nbf\":%.0f,\"exp\":%.0f}",
		    now - 10, now - 10, now + 3600)));
	f->forged = sark_strdup(f, f->token);
	f->forged[strlen(f->forged) - 9] ^= 1;
	*state = f;
	if (sark_keyring_open(f, f->mint->dir, false, &f->app.keys, &err) == -1)
		return -1;
	return sark_dispatch_init(&f->dispatch, f, &err);
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	mint_remove(f->mint);
	talloc_free(f);
	return 0;
}

static size_t
read_all(int fd, char *data)
{
	size_t len = 0;
	ssize_t n;

	while (len < ANSWERS && (n = read(fd, data + len, ANSWERS - len)) > 0)
		len += (size_t)n;
	return len;
}

/*
 * json-c 0.16 reads from NULL where it finds no memory for a member's name.
 * That ends the process as well, and is told apart from what we would do.
 */
static void
at_fault(int number, siginfo_t *info, void *context)
{
	void *frames[8];
	Dl_info where;
	int i, n = backtrace(frames, 8);

	(void)context;
	for (i = 0; i < n && info->si_addr < (void *)4096; i++)
		if (dladdr(frames[i], &where) != 0 &&
		    strstr(where.dli_fname, "libjson-c") != NULL)
			_exit(IN_JSON_C);
	signal(number, SIG_DFL);
	raise(number);
}

static void
expect_null(void)
{
	struct sigaction action = { .sa_sigaction = at_fault,
		.sa_flags = SA_SIGINFO | SA_NODEFER };
	void *frame;

	/* the first call loads a library */
	if (backtrace(&frame, 1) < 1 || sigaction(SIGSEGV, &action, NULL) == -1)
		_exit(EX_IOERR);
}

/* In a process whose kth allocation fails: its answers, its wait status. */
static size_t
answers(struct fixture *f, unsigned int k, char *data, int *status)
{
	int ends[2], null;
	size_t len;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid != -1);
	if (pid == 0) {
		null = open("/dev/null", O_WRONLY);
		if (null == -1 || dup2(null, STDERR_FILENO) == -1)
			_exit(EX_IOERR);
		signal(SIGABRT, SIG_DFL);
		expect_null();
		left = k;
		ask_all(f, ends[1]);
		_exit(failed || k == 0 ? EX_OK : EX_DATAERR);
	}
	close(ends[1]);
	len = read_all(ends[0], data);
	close(ends[0]);
	assert_int_equal(waitpid(pid, status, 0), pid);
	return len;
}

static void
every_allocation_fails_once(void **state)
{
	struct fixture *f = *state;
	static char right[ANSWERS], got[ANSWERS];
	unsigned int k, ended = 0, in_json_c = 0;
	size_t len, n;
	int status;

	len = answers(f, 0, right, &status);
	assert_int_equal(status, 0);
	assert_true(len > 0 && len < ANSWERS);
	for (k = 1; k < MOST; k++) {
		n = answers(f, k, got, &status);
		if (!WIFEXITED(status))
			fail_msg(
			    "allocation %u: signal %d", k, WTERMSIG(status));
		if (WEXITSTATUS(status) == EX_DATAERR)
			break; /* there are not so many */
		/* Answers that were given are the right ones. */
		if (n > len || memcmp(right, got, n) != 0)
			fail_msg("allocation %u: a wrong answer: %.*s", k,
			    (int)n, got);
		if (WEXITSTATUS(status) == EX_OSERR)
			ended++;
		else if (WEXITSTATUS(status) == IN_JSON_C)
			in_json_c++;
		else if (WEXITSTATUS(status) != EX_OK || n != len)
			fail_msg(
			    "allocation %u: exit %d", k, WEXITSTATUS(status));
	}
	print_message("# %u allocations, %u ended the process, %u in json-c\n",
	    k - 1, ended, in_json_c);
	assert_in_range(ended, 20, k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    every_allocation_fails_once, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
