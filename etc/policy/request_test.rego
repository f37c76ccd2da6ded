package sark.request_test

import data.sark.example
import data.sark.request

none := {"allow": false, "reason": "no rule allows this", "rule": "default"}

test_honest if example.ask({}) == {
	"allow": true, "rule": "rbac",
	"reason": "the role developer allows tool:invoke", "cache_ttl": 600,
}

test_nothing if example.ask_of({}) == none

test_no_input if data.sark.decision == none with input as null

test_missing if {
	every member in ["user", "action", "request"] {
		example.ask_of(object.remove(example.base, [member])) == none
	}
}

test_odd_types if {
	every change in [
		{"user": "admin"}, {"user": null}, {"user": []},
		{"action": 1}, {"action": null}, {"action": ["tool:invoke"]},
		{"tool": "x"}, {"tool": null}, {"server": []}, {"parameters": []}, {"parameters": "x"},
		{"context": "x"}, {"context": null}, {"resource": 1}, {"resource": null}, {"resource": []},
		{"request": null}, {"request": {"time_ns": "1"}},
	] {
		example.ask(change) == none
	}
}

test_odd_user if {
	every change in [
		{"id": ""}, {"id": 1}, {"roles": "admin"}, {"roles": {"admin": true}}, {"roles": null},
		{"teams": "web"}, {"managed_teams": "web"}, {"scopes": "tool:invoke"},
		{"agent": "false"}, {"agent": null},
	] {
		example.ask({"user": change}) == none
	}
}

test_resource_forms if {
	example.allowed({"resource": "issue:7"})
	example.allowed({"resource": {"type": "issue", "id": "7"}})
}

# An admin may do all, so it is the form alone that denies.
test_action_forms if {
	every action in ["tool", "", ":", "tool:", ":invoke", "a::b", "Tool:invoke", "tool:invoke ", "a:b-c", "a:b\n", "tööl:invoke"] {
		example.ask({"user": example.admin, "action": action}) == none
	}
	every action in ["a:b", "a_1:b_2:c", "tool:invoke"] {
		example.allowed({"user": example.admin, "action": action})
	}
}

test_level if {
	request.level == "low" with input as {"tool": {"sensitivity": "low"}, "server": {"sensitivity": "high"}}
	request.level == "high" with input as {"server": {"sensitivity": "high"}, "action": "server:read"}
	request.level == "critical" with input as {"tool": {"name": "x"}, "server": {"sensitivity": "low"}}
	request.level == "critical" with input as {"tool": {"sensitivity": "HIGH"}}
	request.level == "critical" with input as {"tool": {"sensitivity": 1}}
	request.level == "high" with input as {"action": "tool:invoke"}
	request.level == "high" with input as {"action": "server:register"}
	request.level == "low" with input as {"action": "audit:read"}
}

test_teams if {
	u := {"teams": ["a", ""], "managed_teams": ["b", ""]}
	request.in_team(u) with input as {"tool": {"team": "a"}}
	request.manages(u) with input as {"tool": {"team": "b"}}
	not request.in_team(u) with input as {"tool": {"team": ""}}
	not request.manages(u) with input as {"tool": {"team": ""}}
	not request.in_team(u) with input as {"tool": {"name": "x"}}
	not request.in_team({}) with input as {"tool": {"team": "a"}}
	not request.manages(u) with input as {"tool": {"team": "a"}}
	not request.owns({"id": "u"}) with input as {"tool": {"owner": null}}
}
