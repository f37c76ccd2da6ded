# What the tests share: one honest request, and how to ask with a change of it.
package sark.example

base := {
	"user": {
		"id": "u-dana", "username": "dana", "roles": ["developer"], "teams": ["web"],
		"managed_teams": [], "provider": "local", "mfa": true, "mfa_age": 60, "agent": false,
	},
	"action": "tool:invoke",
	"tool": {
		"name": "jira.update", "sensitivity": "medium", "server_id": "s-1", "owner": "u-olga",
		"team": "web", "requires_approval": false, "registered": true,
	},
	"server": {
		"id": "s-1", "name": "jira", "status": "registered", "sensitivity": "medium",
		"team": "web", "owner": "u-olga", "tags": [],
	},
	"parameters": {},
	"context": {},
	"request": {"time_ns": at("2026-06-15T10:00:00Z"), "client_ip": "10.1.2.3"},
}

at(moment) := time.parse_rfc3339_ns(moment)

ask(change) := answer if answer := data.sark.decision with input as object.union(base, change)

ask_of(whole) := answer if answer := data.sark.decision with input as whole

allowed(change) if ask(change).allow == true

denied_by(rule, change) if {
	answer := ask(change)
	answer.allow == false
	answer.rule == rule
	answer.reason != ""
}

# The same about a server alone, and about nothing at all.
of_server(action, change) := object.union(
	object.union(object.remove(base, ["tool", "parameters"]), {"action": action}),
	change,
)

of_nothing(action, change) := object.union(
	object.union(object.remove(base, ["tool", "server", "parameters"]), {"action": action}),
	change,
)

admin := {"id": "u-ada", "username": "ada", "roles": ["admin"], "teams": []}

manager := {"managed_teams": ["web"]}

when(moment) := {"request": {"time_ns": at(moment)}}

tool(level) := {"tool": {"sensitivity": level}}
