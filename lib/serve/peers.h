#ifndef SARK_SERVE_PEERS_H
#define SARK_SERVE_PEERS_H

#include "base/app.h"
#include "base/attr.h"
#include "base/err.h"
#include "http/peer.h"

/*
 * The users of the setting peer_users, looked up now: the sandbox would not
 * let us later.  NULL in *peers_r if there are none: then the mode of the
 * socket alone says who may connect.  Who may not is counted in
 * sark_peers_refused_total{program}, and logged once a minute.
 * Errors: CONFIG no such user.
 */
int sark_peers_open(struct sark_app *app, const struct sark_peers **peers_r,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;

#endif
