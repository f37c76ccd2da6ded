#ifndef SARK_CONF_CONF_H
#define SARK_CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/attr.h"
#include "base/err.h"

#define SARK_CONF_DEFAULT_PATH SARK_SYSCONFDIR "/sark.conf"

/*
 * The settings of all programs, one file: sark.conf(5).  Times are in the
 * unit of the member's name.  Strings are never NULL, lists end in NULL.
 */
struct sark_conf {
	/* identity */
	const char *issuer;
	const char *audience;
	/* stores */
	const char *postgresql;
	int64_t postgresql_timeout_ms;
	const char *redis_socket;
	int64_t redis_database;
	const char *redis_user;
	const char *redis_password_file; /* "": no password */
	int64_t redis_timeout_ms;
	/* folders and secrets */
	const char *run_dir;
	const char *key_dir;
	const char *seal_key_file;
	const char *apikey_pepper_file;
	const char *share_dir;
	/* audit */
	const char *spool_dir;
	int64_t spool_segment_bytes;
	bool spool_sync;
	/* policy */
	const char *policy_engine;
	const char *policy_dir;
	int64_t policy_deadline_ms;
	int64_t policy_memory_bytes;
	bool policy_cache;
	/* tokens and sessions */
	int64_t access_token_ttl_s;
	int64_t refresh_token_ttl_s;
	bool refresh_rotation;
	int64_t refresh_grace_s;
	bool refresh_same_client;
	int64_t session_lifetime_s;
	int64_t session_limit;
	int64_t expired_keep_days;
	int64_t token_cache_entries;
	int64_t clock_leeway_s;
	/* API keys */
	const char *apikey_environment;
	const char *const *apikey_scopes;
	int64_t apikey_use_interval_s;
	/* passwords */
	int64_t argon2_memory_kib;
	int64_t argon2_passes;
	int64_t password_min_length; /* characters */
	int64_t password_history;    /* passwords */
	const char *password_blocklist;
	int64_t login_delay_after;	   /* failures from a network */
	int64_t login_account_delay_after; /* from all unknown ones */
	int64_t login_delay_max_s;
	int64_t login_hash_slots;
	int64_t login_hash_wait_ms;
	/* second factor */
	const char *mfa_issuer;
	const char *const *mfa_required_roles;
	int64_t mfa_tries;
	/* rate limits, requests a minute; 0 is no limit */
	int64_t rate_user;
	int64_t rate_api_key;
	int64_t rate_address;
	int64_t rate_login_network;
	int64_t rate_login_account;
	/* directory */
	const char *const *ldap_servers;
	bool ldap_starttls;
	const char *ldap_ca_file;
	int64_t ldap_timeout_ms;
	const char *ldap_preset;
	const char *ldap_bind_dn;
	const char *ldap_password_file;
	const char *ldap_base;
	const char *ldap_user_base;
	const char *ldap_user_filter;
	const char *const *ldap_login_attributes;
	const char *ldap_username_attribute;
	const char *ldap_email_attribute;
	const char *ldap_name_attribute;
	const char *ldap_id_attribute;
	const char *ldap_groups;
	const char *ldap_group_base;
	const char *ldap_group_filter;
	int64_t ldap_group_depth;
	int64_t ldap_groups_max;
	const char *ldap_map_file;
	int64_t ldap_sync_percent;
	/* http */
	int64_t body_max_bytes;
	int64_t body_max_unverified_bytes;
	const char *const *trusted_proxies;
	const char *const *cors_origins;
	int64_t request_timeout_ms;
	int64_t deadline_ms;
	int64_t login_deadline_ms;
	int64_t connections_max;
	const char *const *peer_users;
	int64_t queue_max;
	int64_t queue_timeout_ms;
	const char *const *metrics_allow;
	/* process */
	const char *user;
	const char *group;
	const char *sandbox;
	const char *log_level;
	const char *log_format;
	const char *log_target;
	/* traces */
	double trace_sample_ratio;
	int64_t trace_callers_rate;
	const char *trace_endpoint;
	const char *trace_headers_file;
	bool trace_gzip;
	int64_t trace_timeout_ms;
	int64_t trace_delay_ms;
	int64_t trace_queue_spans;
};

enum sark_conf_type {
	SARK_CONF_TEXT,
	SARK_CONF_WORD, /* of lower-case letters and digits */
	SARK_CONF_PATH, /* absolute; "" where that is the default */
	SARK_CONF_INT,
	SARK_CONF_RATIO, /* 0 to 1 */
	SARK_CONF_BOOL,
	SARK_CONF_CHOICE,   /* one of choices */
	SARK_CONF_LIST,	    /* of texts */
	SARK_CONF_NETWORKS, /* a list of addresses and CIDR ranges */
};

/* A row of the one table of settings; min and max are for INT. */
struct sark_conf_key {
	const char *name;
	enum sark_conf_type type;
	size_t offset;	      /* in struct sark_conf */
	const char *fallback; /* as written in the file */
	int64_t min, max;
	const char *const *choices;
	const char *help; /* one sentence */
};

/* The table, ended by a row without a name. */
extern const struct sark_conf_key sark_conf_keys[];

/*
 * Reads and checks the file.  The settings are on ctx.
 * Errors: CONFIG with "file:line: what is wrong".
 */
int sark_conf_read(void *ctx, const char *path, struct sark_conf **conf_r,
    struct sark_err *err) SARK_NONNULL(2, 3, 4) SARK_CHECKED;
/*
 * For a program that takes new settings while it runs: what only a restart
 * changes (user, group, run_dir) stays, which one line of the log tells
 * (settings_need_restart) if next has it otherwise.
 */
void sark_conf_keep_fixed(const struct sark_conf *now, struct sark_conf *next)
    SARK_NONNULL(1, 2);
/* Prints every setting with its value, as a file that could be read back. */
void sark_conf_dump(const struct sark_conf *conf, FILE *out) SARK_NONNULL(1, 2);

#endif
