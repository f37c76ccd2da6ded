package sark.agents_test

import data.sark.example

agent(change) := {"user": object.union({"agent": true}, change)}

for_user(change) := agent({"on_behalf_of": object.union({"id": "u-x", "roles": ["developer"], "teams": ["web"]}, change)})

test_approves_nothing if {
	every action in ["task:approve", "server:approve", "approval:approve", "approval:reject", "approval:decide", "approval:approve:all"] {
		example.denied_by("agents", {"user": object.union(example.admin, {"agent": true}), "action": action})
		example.allowed({"user": example.admin, "action": action})
	}
	example.allowed({"user": object.union(example.admin, {"agent": true}), "action": "approval:read"})
}

test_depth if {
	every depth in [0, 1, 2] {
		example.allowed(agent({"delegation_depth": depth}))
		example.allowed(object.union(agent({}), {"context": {"delegation_depth": depth}}))
	}
	every depth in [3, 99, -1, "1", null, [1]] {
		example.denied_by("agents", agent({"delegation_depth": depth}))
		example.denied_by("agents", object.union(agent({}), {"context": {"delegation_depth": depth}}))
	}
	example.denied_by("agents", object.union(agent({"delegation_depth": 3}), {"context": {"delegation_depth": 0}}))
	example.denied_by("agents", agent({"delegation_depth": 1})) with data.sark_config.agents.max_depth as 0
}

test_rights_of_the_user if {
	example.allowed(for_user({}))
	every change in [{"roles": ["viewer"]}, {"roles": []}, {"roles": "developer"}, {"id": ""}, {"teams": "web"}] {
		example.denied_by("agents", for_user(change))
	}
	example.denied_by("agents", object.union(for_user({"teams": ["hr"]}), example.tool("high")))
	example.allowed(object.union(for_user({}), example.tool("high")))
	example.denied_by("agents", agent({"on_behalf_of": null}))
	example.denied_by("agents", agent({"on_behalf_of": "u-x"}))
}

test_never_more_than_its_own if {
	example.denied_by("rbac", {"user": {"agent": true, "roles": ["viewer"], "on_behalf_of": example.admin}})
}

test_a_person_for_another if {
	example.denied_by("agents", {"user": {"on_behalf_of": {"id": "u-x", "roles": ["viewer"]}}})
}

test_admin_secrets if {
	secret := {"tool": {"sensitivity": "high"}, "parameters": {"token": "t"}}
	ada := object.union(example.admin, {"agent": true})
	not "removed_parameters" in object.keys(example.ask(object.union(secret, {"user": ada})))
	not "removed_parameters" in object.keys(example.ask(object.union(secret, {"user": object.union(ada, {"on_behalf_of": example.admin})})))
	example.ask(object.union(secret, {"user": object.union(ada, {"on_behalf_of": object.union(example.base.user, {})})})).removed_parameters == ["token"]
}

calls(from, to, action) := example.ask_of(example.of_nothing(action, {
	"user": {"id": from, "roles": ["service"], "scopes": ["agent:*"], "agent": true},
	"resource": to,
}))

named(id) := {"type": "agent", "id": id}

test_trust if {
	calls("example-planner", named("example-writer"), "agent:invoke").allow
	every pair in [
		["example-writer", "example-planner"], ["example-planner", "example-visitor"],
		["example-visitor", "example-writer"], ["example-visitor", "example-visitor"],
	] {
		calls(pair[0], named(pair[1]), "agent:invoke").reason == "the trust level of the calling agent does not allow this call"
	}
}

test_unknown if {
	calls("u-new", named("example-writer"), "agent:invoke").reason == "the calling agent is not known"
	every to in [named("u-new"), named(7), {"type": "agent"}, {"id": "example-writer"}, "agent:u-new", "u-new", "", {}] {
		calls("example-planner", to, "agent:invoke").reason == "the called agent is not known"
	}
	every pair in [["agent:example-writer", true], ["example-writer", true]] {
		calls("example-planner", pair[0], "agent:invoke").allow == pair[1]
	}
}

test_environment if {
	reason := "the environments of the agents do not allow this call"
	calls("example-planner", named("example-tester"), "agent:invoke").reason == reason
	calls("example-tester", named("example-writer"), "agent:invoke").reason == reason
}

test_capability if {
	calls("example-planner", named("example-writer"), "agent:summarize").allow
	calls("example-planner", named("example-writer"), "agent:plan").reason == "the called agent does not offer plan"
}

# An entry with a hole in it is no way in.
test_holes if {
	whole := {"trust": "trusted", "environment": "production", "capabilities": ["invoke"]}
	calls("a", named("b"), "agent:invoke").allow with data.sark_config.agents.known as {"a": whole, "b": whole}
	every member in ["trust", "environment", "capabilities"] {
		calls("a", named("b"), "agent:invoke").rule == "agents" with data.sark_config.agents.known as {"a": whole, "b": object.remove(whole, [member])}
	}
	every member in ["trust", "environment"] {
		calls("a", named("b"), "agent:invoke").rule == "agents" with data.sark_config.agents.known as {"a": object.remove(whole, [member]), "b": whole}
	}
}

test_tool_call_that_reaches_an_agent if {
	every resource in [named("example-writer"), {"type": "AGENT", "id": "example-writer"}, "agent:example-writer"] {
		example.denied_by("agents", object.union(agent({"id": "example-visitor"}), {"resource": resource}))
		example.allowed({"user": {"id": "example-visitor"}, "resource": resource})
	}
	example.allowed(object.union(agent({}), {"resource": "issue:7"}))
	example.allowed(object.union(agent({}), {"resource": {"type": "issue", "id": "7"}}))
	example.allowed(object.union(agent({}), {"resource": {"type": 7}}))
}
