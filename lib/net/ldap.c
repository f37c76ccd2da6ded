#include "net/ldap.h"

#include <errno.h>
#include <openldap.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "net/connect.h"
#include "net/ldap_name.h"

/* Between the socket and TLS: every read and write passes the deadline. */
#define DEADLINE_LEVEL (LBER_SBIOD_LEVEL_PROVIDER + 1)

struct sark_ldap {
	LDAP *ld;
	int64_t until_ns;
	/* for messages */
	const char *url;
	const char *doing;
};

static int
set_up(Sockbuf_IO_Desc *layer, void *arg)
{
	layer->sbiod_pvt = arg;
	return 0;
}

static int
wait_below(Sockbuf_IO_Desc *layer, short what)
{
	const struct sark_ldap *ldap = layer->sbiod_pvt;
	ber_socket_t fd = -1;

	if (ber_sockbuf_ctrl(layer->sbiod_sb, LBER_SB_OPT_GET_FD, &fd) != 1)
		return -1;
	return sark_connect_wait(fd, what, ldap->until_ns);
}

static ber_slen_t
timed_read(Sockbuf_IO_Desc *layer, void *buf, ber_len_t len)
{
	if (wait_below(layer, POLLIN) == -1)
		return -1;
	return LBER_SBIOD_READ_NEXT(layer, buf, len);
}

static ber_slen_t
timed_write(Sockbuf_IO_Desc *layer, void *buf, ber_len_t len)
{
	if (wait_below(layer, POLLOUT) == -1)
		return -1;
	return LBER_SBIOD_WRITE_NEXT(layer, buf, len);
}

static int
pass_on(Sockbuf_IO_Desc *layer, int opt, void *arg)
{
	return LBER_SBIOD_CTRL_NEXT(layer, opt, arg);
}

static Sockbuf_IO timed = {
	.sbi_setup = set_up,
	.sbi_ctrl = pass_on,
	.sbi_read = timed_read,
	.sbi_write = timed_write,
};

static int
failed(const struct sark_ldap *ldap, int code, struct sark_err *err)
{
	bool late = sark_connect_left_ms(ldap->until_ns) == 0;
	char *more = NULL;

	if (ldap->ld != NULL)
		ldap_get_option(ldap->ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &more);
	sark_err_set(err, late ? SARK_TIMEOUT : SARK_UNAVAILABLE,
	    "%s: %s: %s%s%s", ldap->url, ldap->doing,
	    late ? "not in time" : ldap_err2string(code),
	    more != NULL && *more != '\0' ? ": " : "",
	    more != NULL ? more : "");
	ldap_memfree(more);
	return -1;
}

static bool
is_loopback(const char *host)
{
	return sark_str_eq(host, "localhost") || sark_str_eq(host, "::1") ||
	    sark_str_starts(host, "127.");
}

static int
parse_url(const char *url, LDAPURLDesc **parsed_r, struct sark_err *err)
{
	LDAPURLDesc *u;

	if (ldap_url_parse(url, &u) != LDAP_URL_SUCCESS)
		return sark_err_set(err, SARK_CONFIG, "%s is no LDAP URL", url);
	if ((u->lud_dn != NULL && *u->lud_dn != '\0') || u->lud_attrs != NULL ||
	    u->lud_exts != NULL || u->lud_host == NULL ||
	    *u->lud_host == '\0') {
		ldap_free_urldesc(u);
		return sark_err_set(err, SARK_CONFIG,
		    "%s: takes the form ldaps://host, ldap://host or "
		    "ldapi://path",
		    url);
	}
	*parsed_r = u;
	return 0;
}

int
sark_ldap_check(const struct sark_ldap_server *server, struct sark_err *err)
{
	LDAPURLDesc *u;

	if (parse_url(server->url, &u, err) == -1)
		return -1;
	if (sark_str_eq(u->lud_scheme, "ldap") && !server->starttls &&
	    !is_loopback(u->lud_host))
		sark_err_set(err, SARK_CONFIG,
		    "%s: without StartTLS only an address of this host is "
		    "allowed, passwords would be sent in clear text",
		    server->url);
	ldap_free_urldesc(u);
	return err->code == SARK_OK ? 0 : -1;
}

/*
 * The next message of the answer, 1; it is the caller's.  -1 when none came.
 */
static int
next_message(struct sark_ldap *ldap, int id, LDAPMessage **message_r,
    struct sark_err *err)
{
	int ms = sark_connect_left_ms(ldap->until_ns), code = LDAP_TIMEOUT;
	struct timeval left = { ms / 1000, ms % 1000 * 1000 };

	*message_r = NULL;
	if (ms > 0 &&
	    ldap_result(ldap->ld, id, LDAP_MSG_ONE, &left, message_r) > 0)
		return 1;
	ldap_get_option(ldap->ld, LDAP_OPT_RESULT_CODE, &code);
	return failed(
	    ldap, code == LDAP_SUCCESS ? LDAP_SERVER_DOWN : code, err);
}

/* Takes the result apart and frees it. */
static int
result_of(struct sark_ldap *ldap, LDAPMessage *message, int *code_r,
    char **text_r, LDAPControl ***controls_r, struct sark_err *err)
{
	int code = ldap_parse_result(
	    ldap->ld, message, code_r, NULL, text_r, NULL, controls_r, 1);

	return code == LDAP_SUCCESS ? 0 : failed(ldap, code, err);
}

static int
ask_for_tls(struct sark_ldap *ldap, struct sark_err *err)
{
	int id, code, said = LDAP_OTHER;
	LDAPMessage *message;

	ldap->doing = "StartTLS";
	code = ldap_extended_operation(
	    ldap->ld, LDAP_EXOP_START_TLS, NULL, NULL, NULL, &id);
	if (code != LDAP_SUCCESS)
		return failed(ldap, code, err);
	if (next_message(ldap, id, &message, err) == -1 ||
	    result_of(ldap, message, &said, NULL, NULL, err) == -1)
		return -1;
	/* Never in clear text instead: whoever stands between would ask so. */
	if (said != LDAP_SUCCESS)
		return failed(ldap, said, err);
	return 0;
}

static int
close_ldap(struct sark_ldap *ldap)
{
	if (ldap->ld != NULL)
		ldap_unbind_ext(ldap->ld, NULL, NULL);
	ldap->ld = NULL;
	return 0;
}

static bool
set(struct sark_ldap *ldap, int option, const void *value)
{
	return ldap_set_option(ldap->ld, option, value) == LDAP_OPT_SUCCESS;
}

/* From here on the descriptor is libldap's. */
static int
adopt(struct sark_ldap *ldap, int fd, bool local, struct sark_err *err)
{
	ber_len_t most = SARK_LDAP_MESSAGE_MAX;
	const int version = LDAP_VERSION3;
	Sockbuf *sb = NULL;
	int code;

	code = ldap_init_fd(
	    fd, local ? LDAP_PROTO_IPC : LDAP_PROTO_TCP, ldap->url, &ldap->ld);
	if (code != LDAP_SUCCESS) {
		close(fd);
		return failed(ldap, code, err);
	}
	if (!set(ldap, LDAP_OPT_PROTOCOL_VERSION, &version) ||
	    !set(ldap, LDAP_OPT_REFERRALS, LDAP_OPT_OFF) ||
	    ldap_get_option(ldap->ld, LDAP_OPT_SOCKBUF, &sb) !=
		LDAP_OPT_SUCCESS ||
	    ber_sockbuf_ctrl(sb, LBER_SB_OPT_SET_MAX_INCOMING, &most) != 1 ||
	    ber_sockbuf_add_io(sb, &timed, DEADLINE_LEVEL, ldap) == -1)
		return sark_err_set(
		    err, SARK_INTERNAL, "libldap cannot be set up");
	return 0;
}

static int
start_tls(struct sark_ldap *ldap, const char *ca_file, struct sark_err *err)
{
	const int demand = LDAP_OPT_X_TLS_DEMAND, client = 0;
	const int least = LDAP_OPT_X_TLS_PROTOCOL_TLS1_2;
	int code;

	if (!set(ldap, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand) ||
	    !set(ldap, LDAP_OPT_X_TLS_CACERTFILE, ca_file) ||
	    !set(ldap, LDAP_OPT_X_TLS_PROTOCOL_MIN, &least) ||
	    !set(ldap, LDAP_OPT_X_TLS_NEWCTX, &client))
		return sark_err_set(err, SARK_UNAVAILABLE,
		    "%s: TLS cannot be set up with %s", ldap->url, ca_file);
	ldap->doing = "TLS";
	code = ldap_install_tls(ldap->ld);
	if (code != LDAP_SUCCESS)
		return failed(ldap, code, err);
	return 0;
}

static int
secure(struct sark_ldap *ldap, const struct sark_ldap_server *server,
    const LDAPURLDesc *u, struct sark_err *err)
{
	if (sark_str_eq(u->lud_scheme, "ldapi"))
		return 0;
	if (sark_str_eq(u->lud_scheme, "ldaps"))
		return start_tls(ldap, server->ca_file, err);
	if (!server->starttls)
		return 0;
	if (ask_for_tls(ldap, err) == -1)
		return -1;
	return start_tls(ldap, server->ca_file, err);
}

static int
open_parsed(struct sark_ldap *ldap, const struct sark_ldap_server *server,
    const LDAPURLDesc *u, struct sark_err *err)
{
	bool local = sark_str_eq(u->lud_scheme, "ldapi");
	int fd;

	if (local)
		fd = sark_connect_local(u->lud_host, ldap->until_ns);
	else
		fd =
		    sark_connect_host(u->lud_host, u->lud_port, ldap->until_ns);
	if (fd == -1)
		return sark_err_set(err,
		    errno == ETIMEDOUT ? SARK_TIMEOUT : SARK_UNAVAILABLE,
		    "%s: %s", server->url, strerror(errno));
	if (adopt(ldap, fd, local, err) == -1)
		return -1;
	return secure(ldap, server, u, err);
}

int
sark_ldap_open(void *ctx, const struct sark_ldap_server *server,
    int64_t until_ns, struct sark_ldap **ldap_r, struct sark_err *err)
{
	struct sark_ldap *ldap;
	LDAPURLDesc *u;
	int ret;

	/* Neither ldap.conf(5) nor .ldaprc says how SARK connects. */
	if (setenv("LDAPNOINIT", "1", 1) == -1)
		sark_mem_exhausted();
	if (parse_url(server->url, &u, err) == -1)
		return -1;
	ldap = sark_new(ctx, struct sark_ldap);
	talloc_set_destructor(ldap, close_ldap);
	ldap->url = sark_strdup(ldap, server->url);
	ldap->until_ns = until_ns;
	ldap->doing = "connect";
	ret = open_parsed(ldap, server, u, err);
	ldap_free_urldesc(u);
	if (ret == -1)
		talloc_free(ldap);
	else
		*ldap_r = ldap;
	return ret;
}

void
sark_ldap_until(struct sark_ldap *ldap, int64_t until_ns)
{
	ldap->until_ns = until_ns;
}

/* What the control of a password policy says, -1 for nothing. */
static int
policy_error(struct sark_ldap *ldap, LDAPControl **controls)
{
	LDAPPasswordPolicyError error = PP_noError;
	LDAPControl *control = ldap_control_find(
	    LDAP_CONTROL_PASSWORDPOLICYRESPONSE, controls, NULL);

	if (control == NULL ||
	    ldap_parse_passwordpolicy_control(
		ldap->ld, control, NULL, NULL, &error) != LDAP_SUCCESS ||
	    error == PP_noError)
		return -1;
	return (int)error;
}

static int
take_bound(struct sark_ldap *ldap, LDAPMessage *message,
    struct sark_ldap_bound *bound_r, struct sark_err *err)
{
	LDAPControl **controls = NULL;
	char *text = NULL;

	if (result_of(ldap, message, &bound_r->code, &text, &controls, err) ==
	    -1)
		return -1;
	bound_r->policy = policy_error(ldap, controls);
	bound_r->message = sark_strdup(ldap, text != NULL ? text : "");
	ldap_controls_free(controls);
	ldap_memfree(text);
	return 0;
}

int
sark_ldap_bind(struct sark_ldap *ldap, const char *dn, const char *password,
    struct sark_ldap_bound *bound_r, struct sark_err *err)
{
	LDAPControl ask_policy = {
		.ldctl_oid = (char[]){ LDAP_CONTROL_PASSWORDPOLICYREQUEST },
	};
	LDAPControl *controls[] = { &ask_policy, NULL };
	struct berval secret;
	LDAPMessage *message;
	int code, id;

	*bound_r = (struct sark_ldap_bound){ LDAP_INVALID_CREDENTIALS, -1, "" };
	/* A server may take an empty password for a guest, and say yes. */
	if (*password == '\0' || *dn == '\0')
		return 0;
	ldap->doing = "bind";
	ber_str2bv(password, 0, 0, &secret);
	code = ldap_sasl_bind(
	    ldap->ld, dn, LDAP_SASL_SIMPLE, &secret, controls, NULL, &id);
	if (code != LDAP_SUCCESS)
		return failed(ldap, code, err);
	if (next_message(ldap, id, &message, err) == -1)
		return -1;
	return take_bound(ldap, message, bound_r, err);
}

static void
take_attribute(void *ctx, const char *name, struct berval **values,
    struct sark_ldap_attribute *attribute_r)
{
	size_t i, n = (size_t)ldap_count_values_len(values);
	const char **list = sark_new_array(ctx, const char *, n + 1);

	for (i = 0; i < n; i++)
		list[i] =
		    sark_ldap_text(list, values[i]->bv_val, values[i]->bv_len);
	*attribute_r = (struct sark_ldap_attribute){
		.name = sark_strdup(ctx, name),
		.values = list,
	};
	ldap_value_free_len(values);
}

static void
take_entry(struct sark_ldap *ldap, void *ctx, LDAPMessage *message,
    struct sark_ldap_entry *entry_r)
{
	char *dn = ldap_get_dn(ldap->ld, message), *name;
	struct berval **values;
	BerElement *place = NULL;
	size_t size = 0;

	*entry_r = (struct sark_ldap_entry){
		.dn = sark_strdup(ctx, dn != NULL ? dn : ""),
	};
	ldap_memfree(dn);
	name = ldap_first_attribute(ldap->ld, message, &place);
	for (; name != NULL;
	     name = ldap_next_attribute(ldap->ld, message, place)) {
		values = ldap_get_values_len(ldap->ld, message, name);
		if (entry_r->count == size) {
			size = 2 * size + 8;
			entry_r->attributes = sark_mem_check(talloc_realloc(ctx,
			    entry_r->attributes, struct sark_ldap_attribute,
			    (unsigned int)size));
		}
		if (values != NULL)
			take_attribute(ctx, name, values,
			    &entry_r->attributes[entry_r->count++]);
		ldap_memfree(name);
	}
	ber_free(place, 0);
}

/* The end of the answer. */
static int
take_end(struct sark_ldap *ldap, LDAPMessage *message,
    const struct sark_ldap_search *search, struct sark_ldap_found *found_r,
    struct sark_err *err)
{
	int code;

	if (result_of(ldap, message, &code, NULL, NULL, err) == -1)
		return -1;
	switch (code) {
	case LDAP_SUCCESS:
		return 0;
	case LDAP_SIZELIMIT_EXCEEDED:
	case LDAP_ADMINLIMIT_EXCEEDED:
		found_r->more = true;
		return 0;
	case LDAP_NO_SUCH_OBJECT:
		if (!search->subtree)
			return 0;
		/* FALLTHROUGH */
	default:
		return failed(ldap, code, err);
	}
}

/* Message after message: a server may send more than it was asked for. */
static int
collect(struct sark_ldap *ldap, void *ctx, int id,
    const struct sark_ldap_search *search, struct sark_ldap_found *found_r,
    struct sark_err *err)
{
	LDAPMessage *message;

	while (next_message(ldap, id, &message, err) == 1) {
		switch (ldap_msgtype(message)) {
		case LDAP_RES_SEARCH_RESULT:
			return take_end(ldap, message, search, found_r, err);
		case LDAP_RES_SEARCH_ENTRY:
			if (found_r->count < search->limit) {
				take_entry(ldap, ctx, message,
				    &found_r->entries[found_r->count++]);
				break;
			}
			found_r->more = true;
			ldap_msgfree(message);
			ldap_abandon_ext(ldap->ld, id, NULL, NULL);
			return 0;
		default:
			break; /* references are not followed */
		}
		ldap_msgfree(message);
	}
	return -1;
}

int
sark_ldap_search(struct sark_ldap *ldap, void *ctx,
    const struct sark_ldap_search *search, struct sark_ldap_found *found_r,
    struct sark_err *err)
{
	int left = sark_connect_left_ms(ldap->until_ns), code, id;
	struct timeval time = { left / 1000 + 1, 0 };
	char **names; /* libldap only reads them */

	ldap->doing = search->base;
	memcpy(&names, &search->attributes, sizeof(names));
	*found_r = (struct sark_ldap_found){ 0 };
	found_r->entries =
	    sark_new_array(ctx, struct sark_ldap_entry, search->limit + 1);
	code = ldap_search_ext(ldap->ld, search->base,
	    search->subtree ? LDAP_SCOPE_SUBTREE : LDAP_SCOPE_BASE,
	    search->filter, names, 0, NULL, NULL, &time, (int)search->limit,
	    &id);
	if (code != LDAP_SUCCESS)
		return failed(ldap, code, err);
	return collect(ldap, ctx, id, search, found_r, err);
}
