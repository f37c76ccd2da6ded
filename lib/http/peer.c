#include "config.h"

#include "http/peer.h"

#include <sys/socket.h>

bool
sark_peer_may(const struct sark_peers *peers, int fd)
{
	struct ucred peer = { .uid = (uid_t)-1 };
	socklen_t size = sizeof(peer);
	size_t i;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == -1)
		peer.uid = (uid_t)-1;
	if (peer.uid == 0)
		return true;
	for (i = 0; i < peers->n; i++)
		if (peers->uids[i] == peer.uid)
			return true;
	peers->refused(peers->arg, peer.uid);
	return false;
}
