#ifndef SARKCTL_COMMANDS_H
#define SARKCTL_COMMANDS_H

#include "client.h"

/*
 * A command: argv[0] is its name.  Returns the exit value of a command that
 * was carried out (evaluate: 1 for deny), or -1 and the error.
 */
typedef int command_fn(
    struct client *client, int argc, char **argv, struct sark_err *err);

command_fn audit_command;
command_fn bindings_command;
command_fn evaluate_command;
command_fn ldap_test_command;
command_fn keys_command;
command_fn login_command;
command_fn logout_command;
command_fn mfa_command;
command_fn roles_command;
command_fn servers_command;
command_fn sessions_command;
command_fn status_command;
command_fn tools_command;
command_fn whoami_command;

#endif
