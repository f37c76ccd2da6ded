package sark.status_test

import data.sark.example

test_blocked if {
	every status in ["quarantined", "disabled", "unhealthy"] {
		example.denied_by("status", {"user": example.admin, "server": {"status": status}})
	}
}

test_others if {
	every status in ["registered", "active"] {
		example.allowed({"server": {"status": status}})
	}
}

test_unknown if {
	example.denied_by("status", {"server": {"status": 1}})
	example.denied_by("status", {"server": {"status": null}})
	example.denied_by("status", {"server": {"id": "s-2"}})
	example.ask_of(object.remove(example.base, ["server"])).rule == "status"
}

test_tool_of_no_server if example.ask_of(object.union(
	object.remove(example.base, ["server", "tool"]),
	{"tool": {"name": "x", "sensitivity": "low", "registered": false}},
)).allow

test_only_invocation if {
	example.allowed({"action": "tool:discover", "server": {"status": "disabled"}})
	example.denied_by("status", {"action": "tool:invoke:again", "server": {"status": "disabled"}})
	example.allowed({"action": "tool:invoked", "server": {"status": "disabled"}})
}
