#ifndef SARK_BASE_CALLER_H
#define SARK_BASE_CALLER_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Who is asking, and through which request.  Made by the dispatcher from the
 * verified credential and the web server's parameters, on the request's
 * memory; never changed afterwards.  Strings are never NULL unless said;
 * lists end in NULL and are never NULL themselves.
 */
struct sark_caller {
	/* from the credential; user_id is "" for an anonymous caller */
	const char *user_id; /* UUID */
	const char *username;
	const char *email;
	const char *name;
	const char *provider; /* "local", "ldap", ... */
	const char *const *roles;
	const char *const *teams;
	const char *const *managed_teams;
	const char *const *permissions; /* from the roles */
	const char *const *scopes;	/* NULL: not limited by scopes */
	/* roles on one resource: base/permission.h; NULL: none */
	const char *const *scoped;
	const char *session_id; /* UUID or "" */
	/* of an API key, which has no session */
	const char *key_id; /* UUID or "" */
	int64_t key_rate;   /* requests a minute, 0: what a key gets */
	bool mfa;
	int64_t mfa_time; /* s since the epoch, 0 without */
	bool withheld;	  /* his roles wait for a second factor */
	bool agent;

	/* from the request */
	const char *client_ip;	/* canonical text, "" unknown */
	const char *user_agent; /* at most 512 bytes, UTF-8 */
	const char *request_id; /* [A-Za-z0-9._-]{1,128} */
	const char *trace_id;	/* 32 hex digits or "" */
	int64_t time_ns;	/* when the request came */
};

#endif
