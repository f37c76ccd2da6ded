package sark.decision_test

import data.sark.example

# Each step takes away the first denial that the one before told.
test_order if {
	all_wrong := {
		"user": {"roles": ["viewer"], "agent": true, "delegation_depth": 9, "teams": [], "mfa": false},
		"tool": {"sensitivity": "high", "requires_approval": true},
		"server": {"status": "disabled"},
		"parameters": {"path": "../x"},
		"request": {"client_ip": "255.0.0.1", "time_ns": example.at("2026-06-15T20:00:00Z")},
	}
	steps := [
		["status", {"server": {"status": "registered"}}],
		["network", {"request": {"client_ip": "10.0.0.1"}}],
		["rbac", {"user": {"roles": ["developer"]}}],
		["agents", {"user": {"delegation_depth": 0}}],
		["guard", {"parameters": {"path": "x"}}],
		["sensitivity", {"user": {"teams": ["web"]}}],
		["hours", {"user": {"mfa": true}}],
		["approval", {"tool": {"requires_approval": false}}],
	]
	every i, step in steps {
		mended := object.union_n(array.concat([all_wrong], [change | some j, [_, change] in steps; j < i]))
		example.denied_by(step[0], mended)
	}
	example.allowed(object.union_n(array.concat([all_wrong], [change | some [_, change] in steps])))
}

# What denies before the clock is read may be kept for the whole time.
test_early_denials_do_not_expire if {
	night := {"request": {"time_ns": example.at("2026-06-15T20:00:00Z")}, "tool": {"sensitivity": "critical"}}
	answer := example.ask(night)
	answer.rule == "rbac"
	answer.cache_ttl == 600
}

test_shortest_limit if {
	answer := example.ask({
		"user": object.union(example.manager, {"mfa_age": 3500}),
		"tool": {"sensitivity": "critical", "requires_approval": true},
		"approval": {
			"subject": "u-dana", "action": "tool:invoke", "tool": "jira.update", "server_id": "s-1",
			"approver": "u-olga", "approver_agent": false, "expires_ns": example.at("2026-06-15T10:10:00Z"),
		},
	})
	answer.allow
	answer.cache_ttl == 100
}

# A later denial that hangs on the hour too ends with it.
test_late_denial_expires if {
	answer := example.ask({"user": example.manager, "tool": {"sensitivity": "critical", "requires_approval": true}})
	answer.rule == "approval"
	answer.cache_ttl == 900
}
