#include "base/networks.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"

/* All addresses are kept as IPv6, IPv4 ones mapped (RFC 4291 2.5.5.2). */
struct network {
	unsigned char bytes[16];
	unsigned int bits;
};

struct sark_networks {
	size_t count;
	struct network *list;
};

static const unsigned char mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff,
	0xff };

/* Returns the number of bits the text's family has, 0 if it is none. */
static unsigned int
read_address(const char *text, unsigned char bytes[16])
{
	memcpy(bytes, mapped, sizeof(mapped));
	if (inet_pton(AF_INET, text, bytes + sizeof(mapped)) == 1)
		return 32;
	return inet_pton(AF_INET6, text, bytes) == 1 ? 128 : 0;
}

int
sark_address_canonical(const char *text, char out[SARK_ADDRESS_TEXT])
{
	unsigned char bytes[16];

	if (read_address(text, bytes) == 0)
		return -1;
	if (memcmp(bytes, mapped, sizeof(mapped)) == 0)
		inet_ntop(
		    AF_INET, bytes + sizeof(mapped), out, SARK_ADDRESS_TEXT);
	else
		inet_ntop(AF_INET6, bytes, out, SARK_ADDRESS_TEXT);
	return 0;
}

void
sark_address_network(const char *address, char out[SARK_NETWORK_TEXT])
{
	unsigned char bytes[16];

	if (sark_address_canonical(address, out) == -1) {
		out[0] = '\0';
		return;
	}
	if (strchr(out, ':') == NULL)
		return;
	(void)read_address(out, bytes);
	memset(bytes + 8, 0, 8);
	inet_ntop(AF_INET6, bytes, out, SARK_ADDRESS_TEXT);
	memcpy(out + strlen(out), "/64", sizeof("/64"));
}

/* Whether the first bits of a and b are the same. */
static bool
same(const unsigned char a[16], const unsigned char b[16], unsigned int bits)
{
	unsigned int whole = bits / 8;
	unsigned char mask = (unsigned char)(0xff00 >> (bits % 8));

	return memcmp(a, b, whole) == 0 &&
	    (bits % 8 == 0 || ((a[whole] ^ b[whole]) & mask) == 0);
}

static int
read_network(const char *text, struct network *network)
{
	char address[SARK_ADDRESS_TEXT];
	const char *slash = strchr(text, '/');
	size_t len = slash == NULL ? strlen(text) : (size_t)(slash - text);
	unsigned int width, i;
	int64_t bits;

	if (len >= sizeof(address))
		return -1;
	memcpy(address, text, len);
	address[len] = '\0';
	width = read_address(address, network->bytes);
	if (width == 0)
		return -1;
	bits = width;
	if (slash != NULL && sark_num_int(slash + 1, 0, width, &bits) == -1)
		return -1;
	network->bits = (unsigned int)bits + 128 - width;
	for (i = network->bits; i < 128; i++)
		if ((network->bytes[i / 8] & (0x80 >> (i % 8))) != 0)
			return -1;
	return 0;
}

bool
sark_network_valid(const char *text)
{
	struct network network;

	return read_network(text, &network) == 0;
}

int
sark_networks_make(void *ctx, const char *const *list,
    struct sark_networks **networks_r, struct sark_err *err)
{
	struct sark_networks *networks = sark_new(ctx, struct sark_networks);
	size_t n = 0, i;

	while (list != NULL && list[n] != NULL)
		n++;
	networks->list = sark_new_array(networks, struct network, n);
	networks->count = n;
	for (i = 0; i < n; i++) {
		if (read_network(list[i], &networks->list[i]) == 0)
			continue;
		talloc_free(networks);
		return sark_err_set(
		    err, SARK_CONFIG, "'%s' is no address or network", list[i]);
	}
	*networks_r = networks;
	return 0;
}

bool
sark_networks_hold(const struct sark_networks *networks, const char *address)
{
	unsigned char bytes[16];
	size_t i;

	if (networks->count == 0 || read_address(address, bytes) == 0)
		return false;
	for (i = 0; i < networks->count; i++)
		if (same(
			bytes, networks->list[i].bytes, networks->list[i].bits))
			return true;
	return false;
}

/* The last element before *end of a comma-separated list; moves *end. */
static int
last_hop(const char *list, size_t *end, char out[SARK_ADDRESS_TEXT])
{
	char text[SARK_ADDRESS_TEXT];
	size_t from = *end, to = *end, start;

	while (from > 0 && list[from - 1] != ',')
		from--;
	start = from;
	while (from < to && (list[from] == ' ' || list[from] == '\t'))
		from++;
	while (to > from && (list[to - 1] == ' ' || list[to - 1] == '\t'))
		to--;
	*end = start > 0 ? start - 1 : 0;
	if (to - from >= sizeof(text))
		return -1;
	memcpy(text, list + from, to - from);
	text[to - from] = '\0';
	return sark_address_canonical(text, out);
}

void
sark_networks_client(const struct sark_networks *trusted, const char *peer,
    const char *forwarded, char out[SARK_ADDRESS_TEXT])
{
	char hop[SARK_ADDRESS_TEXT];
	size_t end;

	if (sark_address_canonical(peer, out) == -1) {
		out[0] = '\0';
		return;
	}
	end = forwarded == NULL ? 0 : strlen(forwarded);
	while (end > 0 && sark_networks_hold(trusted, out)) {
		if (last_hop(forwarded, &end, hop) == -1)
			return;
		memcpy(out, hop, sizeof(hop));
	}
}
