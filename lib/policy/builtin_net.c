#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "policy/builtin.h"

/*
 * net.cidr_*.  As in Go, an IPv4 address in an IPv6 one (::ffff:a.b.c.d)
 * counts as IPv4.
 */

typedef unsigned __int128 wide;

#define EXPAND_MAX 65536
#define MAPPED	   ((wide)0xffff << 32)
#define V4_BITS	   32
#define V6_BITS	   128

struct range {
	wide ip;    /* IPv4 in its IPv6 form */
	int prefix; /* as written */
	bool six;   /* written as IPv6 */
};

static wide
mask_of(int ones)
{
	return ones == 0 ? 0 : ~(wide)0 << (V6_BITS - ones);
}

static bool
is_four(wide ip)
{
	return ip >> V4_BITS == MAPPED >> V4_BITS;
}

/* Prefix in 128 bits. */
static int
ones(const struct range *r)
{
	return r->six ? r->prefix : r->prefix + V6_BITS - V4_BITS;
}

static int
parse_ip(const char *text, wide *ip_r, bool *six_r)
{
	unsigned char raw[16];
	size_t i, n = 4;

	*six_r = strchr(text, ':') != NULL;
	if (*six_r)
		n = 16;
	if (inet_pton(*six_r ? AF_INET6 : AF_INET, text, raw) != 1)
		return -1;
	*ip_r = 0;
	for (i = 0; i < n; i++)
		*ip_r = *ip_r << 8 | raw[i];
	if (!*six_r)
		*ip_r |= MAPPED;
	return 0;
}

static int
parse_range(const struct sark_term *text, struct range *r)
{
	char address[INET6_ADDRSTRLEN], *end;
	const char *slash;
	size_t n;

	if (text->type != SARK_TERM_STRING ||
	    memchr(text->text, '\0', text->len) != NULL)
		return -1;
	slash = strchr(text->text, '/');
	if (slash == NULL)
		return -1;
	n = (size_t)(slash - text->text);
	if (n >= sizeof(address))
		return -1;
	memcpy(address, text->text, n);
	address[n] = '\0';
	if (slash[1] == '\0' || strlen(slash) > 8 ||
	    !sark_str_of(slash + 1, "0123456789") ||
	    parse_ip(address, &r->ip, &r->six) == -1)
		return -1;
	r->prefix = (int)strtol(slash + 1, &end, 10);
	if (r->prefix > (r->six ? V6_BITS : V4_BITS))
		return -1;
	r->ip &= mask_of(ones(r));
	return 0;
}

/* Dotted, or hexadecimal with the longest run of zeros left out. */
static void
write_ip(struct sark_buf *buf, wide ip)
{
	int group, run = 0, from = 8, best = 1, i;
	unsigned int part;

	if (is_four(ip)) {
		sark_buf_format(buf, "%u.%u.%u.%u", (unsigned)(ip >> 24) & 255,
		    (unsigned)(ip >> 16) & 255, (unsigned)(ip >> 8) & 255,
		    (unsigned)ip & 255);
		return;
	}
	for (i = 0; i < 8; i++) {
		group = (int)(ip >> (112 - 16 * i) & 0xffff);
		run = group == 0 ? run + 1 : 0;
		if (run > best) {
			best = run;
			from = i - run + 1;
		}
	}
	for (i = 0; i < 8; i++) {
		if (i == from) {
			sark_buf_str(buf, "::");
			i += best - 1;
			continue;
		}
		if (i > 0 && i != from + best)
			sark_buf_char(buf, ':');
		part = (unsigned int)(ip >> (112 - 16 * i) & 0xffff);
		sark_buf_format(buf, "%x", part);
	}
}

static bool
contains_ip(const struct range *r, wide ip)
{
	wide mask = mask_of(ones(r));

	if (is_four(r->ip) != is_four(ip))
		return false;
	if (is_four(ip))
		mask |= ~(((wide)1 << V4_BITS) - 1);
	return ((r->ip ^ ip) & mask) == 0;
}

static bool
contains_range(const struct range *a, const struct range *b)
{
	wide last = b->ip | ~mask_of(ones(b));

	if (a->six && !is_four(a->ip) && b->six && !is_four(b->ip))
		return a->prefix <= b->prefix &&
		    a->ip == (b->ip & mask_of(a->prefix));
	return contains_ip(a, b->ip) && contains_ip(a, last);
}

/* Finder: whether the range a contains the address or range b. */
static int
contains(const struct sark_term *a, const struct sark_term *b, bool *yes_r)
{
	struct range x, y;
	wide ip;
	bool six;

	if (parse_range(a, &x) == -1 || b->type != SARK_TERM_STRING)
		return 0;
	if (strlen(b->text) == b->len && parse_ip(b->text, &ip, &six) == 0) {
		*yes_r = contains_ip(&x, ip);
		return 1;
	}
	if (parse_range(b, &y) == -1)
		return 0;
	*yes_r = contains_range(&x, &y);
	return 1;
}

static int
is_valid(const struct sark_builtin_call *call, struct sark_term **value_r,
    struct sark_err *err SARK_UNUSED)
{
	struct range r;

	return sark_builtin_give_bool(
	    call, parse_range(call->args[0], &r) == 0, value_r);
}

static int
expand(const struct sark_builtin_call *call, struct sark_term **value_r,
    struct sark_err *err)
{
	struct sark_buf buf;
	struct range r;
	wide ip, last;

	if (parse_range(call->args[0], &r) == -1)
		return 0;
	last = r.ip | ~mask_of(ones(&r));
	if (last - r.ip >= EXPAND_MAX)
		return sark_err_set(err, SARK_POLICY_UNAVAILABLE,
		    "net.cidr_expand: more than %d addresses", EXPAND_MAX);
	*value_r = sark_term_new(call->ctx, SARK_TERM_SET);
	sark_buf_init(&buf, call->ctx);
	for (ip = r.ip;; ip++) {
		sark_buf_reset(&buf);
		write_ip(&buf, ip);
		sark_term_add(
		    *value_r, sark_term_str(call->ctx, buf.data, buf.len));
		if (ip == last)
			break;
	}
	sark_term_settle(*value_r);
	return 1;
}

/* The ranges of one operand, one by one, with what stands for each. */
struct walk {
	const struct sark_term *operand, *at;
	int64_t index;
};

/* 1 the next, 0 no more, -1 an element that is no range. */
static int
next(const struct sark_builtin_call *call, struct walk *w,
    const struct sark_term **cidr_r, const struct sark_term **index_r)
{
	const struct sark_term *x = w->at;

	if (x == NULL)
		return 0;
	*cidr_r = x;
	*index_r = x;
	w->at = x->next;
	switch (w->operand->type) {
	case SARK_TERM_STRING:
		w->at = NULL;
		return 1;
	case SARK_TERM_ARRAY:
		*index_r = sark_term_int(call->ctx, w->index++);
		break;
	case SARK_TERM_OBJECT:
		*cidr_r = x->next;
		w->at = x->next->next;
		break;
	default:
		break;
	}
	if ((*cidr_r)->type == SARK_TERM_ARRAY)
		*cidr_r = (*cidr_r)->first;
	else if ((*cidr_r)->type != SARK_TERM_STRING)
		*cidr_r = NULL;
	return *cidr_r != NULL ? 1 : -1;
}

static void
start(struct walk *w, const struct sark_term *operand)
{
	w->operand = operand;
	w->at = operand->type == SARK_TERM_STRING ? operand : operand->first;
	w->index = 0;
}

static void
add_match(const struct sark_builtin_call *call, struct sark_term *set,
    const struct sark_term *a, const struct sark_term *b)
{
	struct sark_term *pair = sark_term_new(call->ctx, SARK_TERM_ARRAY);

	sark_term_add(pair, sark_term_copy(call->ctx, a));
	sark_term_add(pair, sark_term_copy(call->ctx, b));
	sark_term_add(set, pair);
}

static int
contains_matches(const struct sark_builtin_call *call,
    struct sark_term **value_r, struct sark_err *err SARK_UNUSED)
{
	const struct sark_term *a, *b, *index_a, *index_b;
	struct walk outer, inner;
	int more, found;
	bool yes;

	*value_r = sark_term_new(call->ctx, SARK_TERM_SET);
	start(&outer, call->args[0]);
	while ((more = next(call, &outer, &a, &index_a)) == 1) {
		start(&inner, call->args[1]);
		while ((more = next(call, &inner, &b, &index_b)) == 1) {
			found = contains(a, b, &yes);
			if (found != 1)
				return 0;
			if (yes)
				add_match(call, *value_r, index_a, index_b);
		}
		if (more == -1)
			return 0;
	}
	if (more == -1)
		return 0;
	sark_term_settle(*value_r);
	return 1;
}

/* What net.cidr_merge works on. */
struct block {
	wide first, last;
	wide ip; /* as given, for one that stays as it is */
	int prefix;
	bool merged, six;
};

/* A bare IPv4 address means the network of its class, as Go has it. */
static int
block_of(const struct sark_term *term, struct block *b)
{
	struct range r;
	bool six;
	wide ip;

	if (term->type == SARK_TERM_STRING && strlen(term->text) == term->len &&
	    parse_ip(term->text, &ip, &six) == 0) {
		if (!is_four(ip))
			return -1;
		r.six = false;
		r.prefix = (ip >> 24 & 255) < 128 ? 8
		    : (ip >> 24 & 255) < 192	  ? 16
						  : 24;
		b->ip = ip;
		r.ip = ip & mask_of(ones(&r));
	} else if (parse_range(term, &r) == 0) {
		b->ip = r.ip;
	} else {
		return -1;
	}
	b->first = r.ip;
	b->last = r.ip | ~mask_of(ones(&r));
	b->prefix = is_four(r.ip) && r.six ? r.prefix - 96 : r.prefix;
	b->merged = false;
	return 0;
}

static int
by_last(const void *a, const void *b)
{
	const struct block *x = a, *y = b;

	if (x->last != y->last)
		return x->last < y->last ? -1 : 1;
	return x->first < y->first ? -1 : x->first > y->first;
}

/* The address before, which the lowest of a family does not have. */
static wide
previous(wide ip)
{
	return ip == 0 || ip == MAPPED ? ip : ip - 1;
}

static size_t
merge_blocks(struct block *b, size_t n)
{
	size_t i;

	qsort(b, n, sizeof(*b), by_last);
	for (i = n - 1; i > 0; i--) {
		if (previous(b[i].first) > b[i - 1].last)
			continue;
		if (b[i].first < b[i - 1].first)
			b[i - 1].first = b[i].first;
		b[i - 1].last = b[i].last;
		b[i - 1].merged = true;
		memmove(b + i, b + i + 1, (n - i - 1) * sizeof(*b));
		n--;
	}
	return n;
}

static void
add_network(const struct sark_builtin_call *call, struct sark_term *set,
    wide ip, int prefix)
{
	struct sark_buf buf;

	sark_buf_init(&buf, call->ctx);
	write_ip(&buf, ip);
	sark_buf_format(&buf, "/%d", prefix);
	sark_term_add(set, sark_term_str(call->ctx, buf.data, buf.len));
}

/* The fewest networks that make up first to last. */
static void
add_span(const struct sark_builtin_call *call, struct sark_term *set,
    wide first, wide last)
{
	int bits, most = is_four(first) ? V4_BITS : V6_BITS;
	wide size;

	for (;;) {
		for (bits = 0; bits < most; bits++) {
			size = ((wide)2 << bits) - 1;
			if ((first & size) != 0 || first + size > last ||
			    first + size < first)
				break;
		}
		add_network(call, set, first, most - bits);
		size = bits == V6_BITS ? ~(wide)0 : ((wide)1 << bits) - 1;
		if (first + size >= last)
			return;
		first += size + 1;
	}
}

static int
merge(const struct sark_builtin_call *call, struct sark_term **value_r,
    struct sark_err *err SARK_UNUSED)
{
	const struct sark_term *list = call->args[0], *x;
	struct block *blocks;
	size_t n = 0, i;

	if (list->type != SARK_TERM_ARRAY && list->type != SARK_TERM_SET)
		return 0;
	blocks = sark_new_array(call->ctx, struct block, list->count + 1);
	for (x = list->first; x != NULL; x = x->next)
		if (block_of(x, &blocks[n++]) == -1)
			return 0;
	*value_r = sark_term_new(call->ctx, SARK_TERM_SET);
	if (n == 0)
		return 1;
	n = merge_blocks(blocks, n);
	for (i = 0; i < n; i++) {
		if (blocks[i].merged)
			add_span(
			    call, *value_r, blocks[i].first, blocks[i].last);
		else
			add_network(
			    call, *value_r, blocks[i].ip, blocks[i].prefix);
	}
	sark_term_settle(*value_r);
	return 1;
}

const struct sark_builtin sark_builtins_net[] = { { "net.cidr_contains_matches",
						      2, contains_matches },
	{ "net.cidr_expand", 1, expand }, { "net.cidr_is_valid", 1, is_valid },
	{ "net.cidr_merge", 1, merge }, { NULL } };
